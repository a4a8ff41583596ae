"""Vampire, zombie and mummy. Their front is +Z."""

from __future__ import annotations

import math
from dataclasses import replace

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import (
    cape,
    dyed,
    on_head,
)
from pipelines.geometry.families.figure import Figure
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _high_collar(f: Forms) -> Manifold:
    """A collar that stands up behind the head, in shares of the head."""
    return f.stack(
        [
            (
                0,
                [
                    (0.8, 0.5),
                    (0.85, -0.5),
                    (0, -1.05),
                    (-0.85, -0.5),
                    (-0.8, 0.5),
                    (-0.7, 0.5),
                    (-0.75, -0.42),
                    (0, -0.92),
                    (0.75, -0.42),
                    (0.7, 0.5),
                ],
            ),
            (
                1.55,
                [
                    (1.5, 0.5),
                    (1.5, -0.6),
                    (0, -1.3),
                    (-1.5, -0.6),
                    (-1.5, 0.5),
                    (-1.4, 0.5),
                    (-1.4, -0.52),
                    (0, -1.18),
                    (1.4, -0.52),
                    (1.4, 0.5),
                ],
            ),
        ]
    )


@family("vampire", "dracula count_dracula nosferatu vampires vampire_lord", "black fabric")
def vampire(
    f: Forms,
    *,
    height: float = 1.8,
    width: float = 0.4,
    thickness: float = 0.056,
    head: float = 0.118,
) -> list[Part]:
    """Pale, with fangs and a cape with a high collar."""
    p = Figure(height, width, thickness, head)
    x, _y = width / 2, p.face_y
    cloak = cape(f, p, 0.05, 1.15)
    collar = _high_collar(f)
    shirt = f.plate(
        [(-0.3 * x, 0.22 * x), (0.3 * x, 0.22 * x), (0, -0.9 * x)],
        0.03,
        (0, height * 0.77, p.torso().reach((0, height * 0.74, 0), 2)),
    )
    fang = f.bone((0.14, -0.56, 0.9), (0.13, -0.78, 0.93), 0.06, 0.015)
    peak = f.ball(0.3, (0, 0.62, 0.72), (0.8, 1.1, 0.6))
    return [
        main(
            "suit clothes torso trousers",
            p.torso().solid(f.detail),
            p.trousers().solid(f.detail),
            cloak,
        ),
        second("collar lining", on_head(p, collar, -1.5).scale((1, 1, 1)), finish="crimson fabric"),
        *dyed([p.skin(f)], "ivory plaster"),
        fixed("shirt", shirt, finish="white fabric"),
        fixed("hair", p.hair(f), on_head(p, peak), finish="black hair"),
        fixed("fangs teeth", on_head(p, mirrored(fang)), finish="white plastic"),
        fixed("shoes boots", p.shoes(f), finish="black leather"),
        *[
            replace(q, finish="shiny red plastic") if q.name.startswith("eyes") else q
            for q in p.face(f)
        ],
    ]


def _reaching(height: float, x: float, t: float, wide: float) -> Blob:
    """Both arms stretched out in front."""
    return Blob(t * 0.4, 0.5).mirrored_limb(
        [
            (x * 0.92, height * 0.79, 0),
            (x * 0.9, height * 0.775, height * 0.17),
            (x * 0.8, height * 0.79, height * 0.32),
        ],
        [t * 1.05 * wide, t * 0.9 * wide, t * 0.7 * wide],
        2,
    )


def _slumped(height: float, x: float, t: float) -> Blob:
    """The trunk and the upper sleeves."""
    body = Blob(t * 0.9, 0.4)
    for side in (0.3, -0.3):
        body.limb(
            [
                (side * x, height * 0.51, 0),
                (side * x, height * 0.61, 0),
                (side * x, height * 0.75, 0.01),
            ],
            [x * 0.6, x * 0.55, x * 0.56],
            2,
        )
    body.mirrored_limb(
        [
            (0, height * 0.805, 0),
            (x * 0.92, height * 0.79, 0),
            (x * 0.9, height * 0.78, height * 0.1),
        ],
        [t * 1.1, t * 1.05, t * 1.0],
    )
    return body


def _rags(f: Forms, height: float, x: float) -> Manifold:
    """What hangs from the hem."""
    return unite(
        [
            f.post(0.06, 0.12, (s * x * a, height * 0.43, z), 0.002).rotate((0, 0, 0))
            for s, a, z in ((1, 0.7, 0.08), (-1, 0.3, 0.12), (1, 0.1, -0.1), (-1, 0.8, 0))
        ]
    )


def _torn(f: Forms, height: float, x: float) -> Manifold:
    """What is torn out of the shirt."""
    return unite(
        [
            f.ball(0.045, (x * 0.35, height * 0.68, 0.12)),
            f.ball(0.05, (-x * 0.5, height * 0.58, 0.12)),
        ]
    )


def _rotten_arms(height: float, x: float, t: float) -> Blob:
    """Arms stretched out, with hands and fingers."""
    arms = _reaching(height, x, t, 0.75)
    tip = (x * 0.8, height * 0.79, height * 0.32)
    arms.mirrored_ball((tip[0], tip[1] - t * 0.2, tip[2] + t * 0.5), t * 0.72, (0.95, 0.6, 1.2))
    for dx in (-0.45, -0.15, 0.15, 0.45):
        arms.mirrored_limb(
            [
                (tip[0] + dx * t, tip[1] - t * 0.2, tip[2] + t),
                (tip[0] + dx * t * 1.6, tip[1] - t * 0.75, tip[2] + t * 1.9),
            ],
            [t * 0.24, t * 0.17],
        )
    return arms


def _wounds(f: Forms, p: Figure) -> list[Manifold]:
    """On a cheek and on the trunk."""
    x, y, h, r = p.width / 2, p.face_y, p.height, p.head
    return [
        f.ball(r * 0.22, (r * 0.62, y - r * 0.3, r * 0.72), (0.7, 1, 0.6)),
        f.ball(0.04, (x * 0.35, h * 0.68, x * 0.46)),
        f.ball(0.045, (-x * 0.5, h * 0.58, x * 0.44)),
    ]


def _thin_hair(f: Forms, p: Figure) -> Manifold:
    """Hair with two bald spots."""
    y, r = p.face_y, p.head
    bald = f.ball(r * 0.4, (-r * 0.4, y + r * 1.1, 0.0))
    return p.hair(f) - bald - f.ball(r * 0.3, (r * 0.6, y + r * 0.9, -r * 0.3))


@family(
    "zombie",
    "undead_zombie walking_dead zombies ghoul revenant",
    "brown fabric",
)
def zombie(
    f: Forms,
    *,
    height: float = 1.74,
    width: float = 0.4,
    thickness: float = 0.058,
    head: float = 0.12,
) -> list[Part]:
    """Green, its arms stretched out, its clothes in rags."""
    p = Figure(height, width, thickness, head, 0)
    x, t = width / 2, thickness
    body = _slumped(height, x, t)
    rags = _rags(f, height, x)
    holes = _torn(f, height, x)
    arms = _rotten_arms(height, x, t)
    legs = Blob(t * 0.4, 0.35).mirrored_limb(
        way("0.45 0.35 0.01, 0.46 0.2 0, 0.46 0.03 -0.01", (x, height, 1)),
        shares("1.0 0.8 0.6", t),
        2,
    )
    shorts = p.trousers().solid(f.detail).trim_by_plane((0.25, 1, 0), height * 0.2)
    green = "moss green skin"
    return [
        main("shirt clothes torso rags", body.solid(f.detail) - holes, rags),
        second("trousers pants", shorts, finish="charcoal denim"),
        fixed(
            "skin head face arms hands legs",
            p.bare_head(f),
            arms.solid(f.detail),
            above_ground(legs.solid(f.detail)),
            above_ground(p.shoes(f)),
            finish=green,
        ),
        fixed("wounds", *_wounds(f, p), finish="maroon skin"),
        fixed(
            "hair",
            _thin_hair(f, p),
            finish="dark brown hair",
        ),
        *[
            replace(q, finish="shiny yellow plastic") if q.name.startswith("eyeballs") else q
            for q in p.face(f)
        ],
    ]


def _wrapped(p: Figure) -> Blob:
    """The whole body, its arms stretched out."""
    h, x, t, head = p.height, p.width / 2, p.thickness, p.head
    body = _reaching(h, x, t, 0.95)
    for side in (0.3, -0.3):
        points = way(f"{side} 0.51 0, {side} 0.61 0, {side} 0.75 0", (x, h, 1))
        body.limb(points, shares("0.62 0.58 0.58", x), 2)
    legs = way("0.42 0.5 0, 0.48 0.28 0.01, 0.48 0.05 0, 0.5 0.03 0.09", (x, h, 1))
    body.mirrored_limb(legs, shares("1.4 1.05 0.9 0.8", t), 2)
    body.bone((0, h * 0.8, 0), (0, p.face_y - head * 0.4, 0), t)
    body.mirrored_bone((0, h * 0.8, 0), (x * 0.9, h * 0.79, 0), t * 1.1)
    return body.ball((0, p.face_y, 0), head, (0.92, 1.05, 0.98))


def _bandages(f: Forms, p: Figure) -> list[Manifold]:
    """Bands about the legs, the trunk, the head and the arms, each a little askew."""
    h, x, t = p.height, p.width / 2, p.thickness
    bands = []
    for i in range(17):
        up = 0.05 + 0.055 * i
        tilt = (6 * (-1) ** i, 0, 9 * (-1) ** (i // 2))
        if up < 0.46:
            leg = f.ring(t * (0.94 + up), 0.011, share=0.5).scale((1, 1.6, 1)).rotate(tilt)
            bands.append(mirrored(leg.translate((x * 0.47, up * h, 0))))
        elif up * h < p.face_y - p.head:
            trunk = f.ring(x * (0.87 if up < 0.8 else 0.46), 0.011, share=0.6)
            flat = 0.72 if up < 0.8 else 1.0
            bands.append(trunk.scale((1, 1.6, flat)).rotate(tilt).translate((0, up * h, 0)))
        else:
            out = math.sqrt(max(0.05, 1 - ((up * h - p.face_y) / p.head) ** 2)) * p.head * 0.93
            bands.append(f.ring(out, 0.011, share=0.6).rotate(tilt).translate((0, up * h, 0)))
    for along in (0.08, 0.14, 0.2, 0.26):
        arm = f.ring(t * (1.0 - along), 0.009, (0, 0, 0), "z", 0.5)
        bands.append(mirrored(arm.translate((x * 0.88, h * 0.78, h * along))))
    return bands


@family("mummy", "egyptian_mummy bandaged_mummy mummies", "cream fabric")
def mummy(
    f: Forms,
    *,
    height: float = 1.74,
    width: float = 0.4,
    thickness: float = 0.062,
    head: float = 0.122,
) -> list[Part]:
    """Wrapped in bandages, its arms stretched out."""
    p = Figure(height, width, thickness, head)
    body, scale = _wrapped(p), (width / 2, height, height)
    tail = f.ribbon(
        way("0.8 0.785 0.28, 0.84 0.62 0.32, 0.9 0.5 0.3", scale), 0.05, 0.012, up=(0, 0, 1)
    )
    eye = (head * 0.34, p.face_y + head * 0.1)
    z = body.reach((*eye, 0.0), 2)
    socket = f.ball(head * 0.24, (*eye, z - head * 0.12), (1.2, 0.8, 0.8))
    return [
        main("bandages body wraps", above_ground(body.solid(f.detail)), tail),
        second("bands strips", *_bandages(f, p), finish="beige fabric"),
        fixed("sockets", mirrored(socket), finish="black plaster"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.1, (*eye, z + head * 0.04))),
            finish="shiny amber plastic",
        ),
    ]
