"""Lobster, shrimp, scorpion, squid, seahorse and ray. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.sea_animals import fin
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _pincer(f: Forms, size: float, at: Point) -> Manifold:
    """An open claw that points to +Z; `size` is its length."""
    claw = Blob(size * 0.08, 0.5).ball((0, 0, size * 0.22), size * 0.26, (0.85, 0.55, 1.15))
    claw.limb(way("0.1 0 0.35, 0.2 0 0.7, 0.06 0 1", size), shares("0.15 0.11 0.03", size), 3)
    claw.limb(way("-0.14 0 0.3, -0.22 0 0.6, -0.1 0 0.85", size), shares("0.1 0.08 0.02", size), 3)
    return claw.solid(f.detail).translate(at)


def _walking(
    f: Forms, pairs: int, x: float, y: float, z: float, reach: float, t: float
) -> Manifold:
    """Jointed legs on both sides, from z forward to z less `reach` back."""
    rows = []
    for i in range(pairs):
        out = z - reach * i / max(1, pairs - 1) if pairs > 1 else z
        lean = reach * (0.35 - 0.8 * i / max(1, pairs - 1))
        rows.append(
            f.hose(
                [(x * 0.6, y, out), (x * 1.7, y * 1.5, out + lean * 0.4), (x * 2.3, t, out + lean)],
                t,
                t * 0.4,
            )
        )
    return mirrored(unite(rows))


def _rings(body: Blob, points: list[Point], radii: list[float], squash: Point) -> None:
    """Overlapping plates along a line."""
    for at, radius in zip(points, radii, strict=True):
        body.ball(at, radius, squash)


def _claws(f: Forms, claw: float, line: list[Point], thick: float) -> Manifold:
    """A pair of arms along a line, each with pincers at its end."""
    return mirrored(f.hose(line, thick, thick * 0.76) + _pincer(f, claw, line[-1]))


def _tail_fan(f: Forms, x: float, half: float) -> Manifold:
    """Five blades, spread behind the origin."""
    blade = f.ball(1.0, squash=(x * 0.4, x * 0.1, half * 0.2), share=0.6)
    blade = blade.translate((0, 0, -half * 0.16))
    return unite([blade.rotate((0, a, 0)) for a in (-48, -24, 0, 24, 48)])


@family("lobster", "crayfish crawfish langoustine crustacean homarus", "red plastic")
def lobster(
    f: Forms,
    *,
    length: float = 0.4,
    width: float = 0.09,
    height: float = 0.075,
    claw: float = 0.16,
    legs: int = 8,
) -> list[Part]:
    """With two great claws and a tail that ends in a fan."""
    x, y, half = width / 2, height * 0.6, length / 2
    scale = (x, y, half)
    body = Blob(x * 0.12).limb(
        [(0, y, -half * 0.05), (0, y * 1.05, half * 0.55), (0, y, half * 0.8)],
        [x * 0.85, x * 0.8, x * 0.25],
        2,
    )
    line = [(0.0, y * (1 - 0.1 * i), -half * (0.12 + 0.14 * i)) for i in range(6)]
    _rings(body, line, [x * (0.92 - 0.06 * i) for i in range(6)], (1.0, 0.85, 0.62))
    feeler = f.hose(way("0.3 1.2 0.75, 1.2 2.2 1.2, 3.2 2.4 0.6", scale), x * 0.07, x * 0.03)
    stalk = f.bone((x * 0.3, y * 1.2, half * 0.7), (x * 0.42, y * 1.75, half * 0.8), x * 0.12)
    pairs = within(legs, 2, 16) // 2
    return [
        main(
            "shell body tail",
            above_ground(body.solid(f.detail)),
            _tail_fan(f, x, half).translate((0, y * 0.45, -half * 0.88)),
        ),
        main(
            "claws claw",
            _claws(f, claw, way("0.7 1 0.5, 1.9 1.1 0.62, 2.1 1 0.94", scale), x * 0.26),
        ),
        second(
            "legs leg feelers antennae",
            _walking(f, pairs, x, y * 0.8, half * 0.5, half * 0.55, x * 0.13),
            mirrored(feeler + stalk),
            finish="crimson plastic",
        ),
        fixed(
            "eyes eye", mirrored(f.ball(x * 0.18, (x * 0.42, y * 1.85, half * 0.82))), finish=EYES
        ),
    ]


@family("shrimp", "prawn krill king_prawn scampi", "salmon plastic")
def shrimp(f: Forms, *, length: float = 0.12, radius: float = 0.016, legs: int = 10) -> list[Part]:
    """Bent, with long feelers."""
    r = radius
    span = length * 0.36
    arc = [
        (0.0, r * 2 + span * (0.9 + math.sin(a)), span * math.cos(a))
        for a in (0.15 + 0.4 * i for i in range(9))
    ]
    body = Blob(r * 0.1)
    _rings(body, arc, [r * (1.0 - 0.07 * i) for i in range(9)], (0.9, 1.0, 1.0))
    body.path(arc, r * 0.7, r * 0.35)
    head = arc[0]
    body.limb([arc[1], head, (0, head[1] - r * 0.8, head[2] + r * 1.9)], [r, r * 0.95, r * 0.3], 2)
    end = arc[-1]
    fan = [
        f.ball(1.0, squash=(r * 0.42, r * 0.12, r * 0.95))
        .translate((0, 0, -r * 0.3))
        .rotate((-25, a, 0))
        .translate(end)
        for a in (-40, 0, 40)
    ]
    feelers = f.hose(way("0.1 -0.5 1.3, 1.2 1.6 2.6, 2.4 2.6 0.6", r, head), r * 0.07, r * 0.04)
    feelers += f.hose(way("0.1 -0.6 1.4, 0.9 -0.6 3.2, 1.6 -1.6 3.8", r, head), r * 0.07, r * 0.04)
    rows = []
    for i in range(within(legs, 2, 20) // 2):
        _, y, z = arc[min(i + 1, 8)]
        rows.append(
            f.hose(
                [
                    (r * 0.3, y - r * 0.5, z),
                    (r * 0.55, y - r * 1.5, z + r * 0.5),
                    (r * 0.4, y - r * 2.2, z),
                ],
                r * 0.12,
                r * 0.05,
            )
        )
    return [
        main("shell body", body.solid(f.detail), *fan),
        second("legs feelers antennae", mirrored(unite([feelers, *rows])), finish="coral plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.26, (r * 0.62, head[1] + r * 0.1, head[2] + r * 0.85))),
            finish=EYES,
        ),
    ]


@family("scorpion", "scorpio scorpions", "charcoal plastic")
def scorpion(
    f: Forms,
    *,
    length: float = 0.1,
    width: float = 0.026,
    height: float = 0.055,
    claw: float = 0.036,
    legs: int = 8,
) -> list[Part]:
    """With claws, its tail and sting raised."""
    x, half, y = width / 2, length / 2, width * 0.45
    scale = (x, y, half)
    body = Blob(x * 0.1).ball((0, y, half * 0.3), x, (0.9, 0.6, 1.0))
    line = [(0.0, y, half * (0.1 - 0.18 * i)) for i in range(4)]
    _rings(body, line, [x * (1.0 - 0.08 * i) for i in range(4)], (1.0, 0.62, 0.5))
    back = -half * 0.5
    tail = [
        (0.0, y + height * up, back - half * out)
        for up, out in ((0.05, 0.1), (0.3, 0.42), (0.62, 0.45), (0.88, 0.2), (0.98, -0.15))
    ]
    body.path(tail, x * 0.3, x * 0.26)
    _rings(body, tail, [x * 0.4] * 4 + [x * 0.44], (1, 1, 1))
    sting = f.hose(
        [
            tail[-1],
            (0, tail[-1][1] - height * 0.02, tail[-1][2] + x * 0.7),
            (0, tail[-1][1] - height * 0.2, tail[-1][2] + x * 0.9),
        ],
        x * 0.22,
        x * 0.03,
    )
    pairs = within(legs, 2, 16) // 2
    return [
        main("body shell tail", body.solid(f.detail)),
        main(
            "claws claw", _claws(f, claw, way("0.6 1 0.5, 2 1.2 0.65, 1.9 1 1.02", scale), x * 0.24)
        ),
        second(
            "legs leg",
            _walking(f, pairs, x, y, half * 0.4, half * 0.7, x * 0.13),
            finish="dark brown plastic",
        ),
        fixed("sting", sting, finish="maroon plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(x * 0.12, (x * 0.25, y + x * 0.36, half * 0.3 + x * 0.75))),
            finish="shiny red plastic",
        ),
    ]


def _squid_body(height: float, thickness: float, arms: int, r: float, low: float) -> Blob:
    """The body, and arms that spread."""
    body = Blob(r * 0.2).limb(
        [(0, low, 0), (0, height * 0.66, 0), (0, height * 0.98, 0)], [r * 0.82, r, r * 0.12], 4
    )
    body.ball((0, low - r * 0.1, 0), r * 0.85)
    count = within(arms, 2, 20)
    for i in range(count):
        a = 2 * math.pi * (i + 0.5) / count
        c, s = math.cos(a), math.sin(a)
        turn = math.sin(i * 2.1) * 0.35
        body.limb(
            [
                (c * r * 0.5, low - r * 0.5, s * r * 0.5),
                (c * r * 0.9, low * 0.5, s * r * 0.9),
                (math.cos(a + turn) * r * 1.3, low * 0.2, math.sin(a + turn) * r * 1.3),
                (math.cos(a + turn) * r * 1.9, thickness * 0.4, math.sin(a + turn) * r * 1.9),
            ],
            [thickness * k for k in (1.3, 1.0, 0.7, 0.35)],
            3,
        )
    return body


@family("squid", "calamari giant_squid", "pink skin")
def squid(
    f: Forms, *, height: float = 0.6, radius: float = 0.085, thickness: float = 0.018, arms: int = 8
) -> list[Part]:
    """Upright: a pointed body with two fins, its arms below."""
    r, low = radius, height * 0.42
    body = _squid_body(height, thickness, arms, r, low)
    shape = [(0, 0), (0.9, -0.35), (1.25, -0.9), (0.7, -1.25), (0, -1.2)]
    fins = mirrored(f.plate([(x * r * 1.6, y * r * 1.6) for x, y in shape], r * 0.16)).translate(
        (0, height * 0.97, 0)
    )
    eye = (r * 0.55, low - r * 0.05)
    z = body.reach((*eye, 0.0), 2)
    return [
        main("body skin arms tentacles", above_ground(body.solid(f.detail))),
        second("fins fin", fins, finish="rosy skin"),
        fixed(
            "eyeballs",
            mirrored(f.ball(r * 0.27, (*eye, z - r * 0.08), (1, 1, 0.7))),
            finish="white plastic",
        ),
        fixed(
            "eyes eye", mirrored(f.ball(r * 0.15, (*eye, z + r * 0.06), (1, 1, 0.7))), finish=EYES
        ),
    ]


def _seahorse_body(head: float, h: float, r: float, loop: float) -> tuple[list[Point], Blob]:
    """Trunk and rolled tail, and the points of its back."""
    curl = [
        (
            0.0,
            loop * 1.25 + loop * (1 - 0.09 * i) * math.sin(a),
            loop * 0.4 + loop * (1 - 0.09 * i) * math.cos(a),
        )
        for i, a in ((i, -2.6 + 0.75 * (8 - i)) for i in range(8, -1, -1))
    ]
    spine = [
        (0.0, h * 0.3, -r * 0.6),
        (0.0, h * 0.5, r * 0.1),
        (0.0, h * 0.68, -r * 0.3),
        (0.0, h * 0.82, -r * 0.45),
        (0.0, h * 0.9, r * 0.1),
    ]
    body = Blob(r * 0.12).limb(spine, [r * 0.6, r, r * 0.75, r * 0.5, head], 4)
    body.limb(
        [spine[0], (0, h * 0.16, -r * 1.2), *curl[::-1][-6:]],
        [r * 0.6, r * 0.42, *[r * (0.36 - 0.04 * i) for i in range(6)]],
        3,
    )
    return spine, body


def _seahorse_plates(f: Forms, h: float, r: float) -> list[Manifold]:
    """Rings about the trunk."""
    return [
        f.ring(r * k, r * 0.09, (0, h * y, z * r), "y", 0.5)
        for y, z, k in (
            (0.36, -0.35, 0.78),
            (0.43, -0.1, 0.93),
            (0.5, 0.1, 0.97),
            (0.57, 0.0, 0.93),
            (0.64, -0.2, 0.82),
        )
    ]


@family("seahorse", "sea_horse seahorses sea_dragon_fish", "golden yellow scales")
def seahorse(
    f: Forms,
    *,
    height: float = 0.16,
    radius: float = 0.018,
    head: float = 0.014,
    tail: float = 0.06,
) -> list[Part]:
    """Upright, its tail rolled up."""
    h, r, loop = height, radius, tail * 0.22
    spine, body = _seahorse_body(head, h, r, loop)
    top = spine[-1]
    body.bone(top, (0, top[1] - head * 0.9, top[2] + head * 2.3), head * 0.42, head * 0.3)
    plates = _seahorse_plates(f, h, r)
    crest = [
        f.post(head * 0.25, head * 0.75, (0, top[1] + head * 0.7, top[2] - head * d), head * 0.02)
        for d in (0.6, 0.1, -0.35)
    ]
    back = fin(
        f,
        [(-r * 0.7, h * 0.6), (-r * 2.1, h * 0.62), (-r * 1.9, h * 0.48), (-r * 0.7, h * 0.45)],
        r * 0.16,
    )
    eye = (0.0, top[1] + head * 0.15, top[2] + head * 0.3)
    x = body.reach(eye, 0)
    return [
        main("body scales skin", body.solid(f.detail)),
        second("fin fins plates crest", back, *plates, *crest, finish="amber plastic"),
        fixed(
            "eyeballs",
            mirrored(f.ball(head * 0.36, (x - head * 0.12, *eye[1:]))),
            finish="white plastic",
        ),
        fixed("eyes eye", mirrored(f.ball(head * 0.22, (x + head * 0.12, *eye[1:]))), finish=EYES),
    ]


def _ray_outline(x: float, z: float) -> list[tuple[float, float]]:
    """Its outline from above."""
    disc = [
        (0, 1.0),
        (0.3, 0.82),
        (0.7, 0.3),
        (1.0, -0.12),
        (0.75, -0.3),
        (0.35, -0.75),
        (0, -0.85),
    ]
    return [(a * x, b * z) for a, b in disc] + [(-a * x, b * z) for a, b in disc[-2:0:-1]]


@family("stingray", "manta manta_ray ray_fish skate_fish", "khaki skin")
def stingray(
    f: Forms, *, width: float = 1.1, length: float = 0.8, thickness: float = 0.09, tail: float = 0.9
) -> list[Part]:
    """Flat, its sides like wings."""
    x, z, t = width / 2, length / 2, thickness
    outline = _ray_outline(x, z)
    flat = f.floor(outline, t * 0.2, (0, -t * 0.1, 0)).refine_to_length(width * 0.06)
    wings = flat.warp(
        lambda v: (
            v[0],
            v[1] + t * 1.6 * (v[0] / x) ** 2 - 0.4 * t * math.cos(v[2] / z * 3) * abs(v[0]) / x,
            v[2],
        )
    )
    body = Blob(t * 0.6).ball((0, 0, 0), t * 0.62, (x * 0.9 / t, 1.0, z * 1.35 / t))
    body.limb(
        [(0, 0, -z * 0.6), (0, t * 0.1, -z - tail * 0.4), (0, t * 0.4, -z - tail)],
        [t * 0.4, t * 0.22, t * 0.13],
        3,
    )
    body.mirrored_ball((x * 0.2, t * 0.45, z * 0.55), t * 0.3)
    lift = t * 1.2
    spots = [
        f.ball(t * 0.3, (s * x * a, t * 0.55 - t * 0.2 * a, z * b), (1, 0.4, 1))
        for s in (1, -1)
        for a, b in ((0.3, 0.1), (0.15, -0.3), (0.42, -0.1))
    ]
    return [
        main(
            "body skin wings tail",
            wings.translate((0, lift, 0)),
            body.solid(f.detail).translate((0, lift, 0)),
        ),
        second("spots", unite(spots).translate((0, lift, 0)), finish="sky blue skin"),
        fixed(
            "eyes eye",
            mirrored(f.ball(t * 0.17, (x * 0.24, lift + t * 0.68, z * 0.62))),
            finish=EYES,
        ),
    ]
