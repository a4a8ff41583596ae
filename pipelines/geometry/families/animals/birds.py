"""Birds. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def eye_pair(f: Forms, body: Blob, x: float, y: float, radius: float) -> Part:
    """Eyes that look ahead, seated in the body's skin."""
    z = body.reach((x, y, 0.0), 2) - radius * 0.25
    return fixed("eyes eye", mirrored(f.ball(radius, (x, y, z))), finish=EYES)


def bird_legs(f: Forms, x: float, high: float, z: float, thickness: float, toes: float) -> Manifold:
    """Both legs, with three toes in front and one behind; `high` is where they leave the body."""
    foot = (x, thickness, z + toes * 0.1)
    rows = [f.bone((x, high, z), foot, thickness)]
    for turn, reach in ((-35, 1.0), (0, 1.1), (35, 1.0), (180, 0.6)):
        a = math.radians(turn)
        tip = (
            x + math.sin(a) * toes * reach,
            thickness * 0.6,
            foot[2] + math.cos(a) * toes * reach,
        )
        rows.append(f.bone(foot, tip, thickness * 0.9, thickness * 0.6))
    return mirrored(unite(rows))


def folded_wing(
    f: Forms, body: Blob, at: tuple[float, float], size: Point, turn: Point = (12.0, 4.0, 8.0)
) -> Manifold:
    """Both wings, folded along the body: stretched balls with a tip behind; size: its half sides; at: (y, z)."""
    wing = f.ball(1.0, share=0.45).scale(size)
    tip = f.bone(
        (0, -size[1] * 0.2, -size[2] * 0.5),
        (0, -size[1] * 0.5, -size[2] * 1.3),
        size[0] * 1.3,
        size[0] * 0.4,
    )
    x = body.reach((0.0, *at), 0) - size[0] * 0.1
    return mirrored((wing + tip).rotate(turn).translate((x, *at)))


@family(
    "bird",
    "sparrow:brown_feathers chick pigeon:grey_feathers canary",
    "yellow feathers",
)
def bird(
    f: Forms,
    *,
    length: float = 0.22,
    height: float = 0.2,
    radius: float = 0.056,
    tail: float = 0.12,
) -> list[Part]:
    r, y = radius, height * 0.5
    head = (0.0, height * 0.83, length * 0.2)
    body = Blob(r * 0.35).limb(
        [(0, y * 0.9, -length * 0.25), (0, y, 0), (0, y + r * 0.35, length * 0.12), head],
        [r * 0.5, r, r * 0.92, r * 0.68],
        3,
    )
    body.ball(head, r * 0.68)
    fan = f.floor(
        [(r * x, -tail * z) for x, z in ((-0.3, 0), (-0.62, 1.0), (0, 1.1), (0.62, 1.0), (0.3, 0))],
        r * 0.16,
    )
    fan = fan.rotate((-14, 0, 0)).translate((0, y * 0.86, -length * 0.27))
    zone = [((0.0, y + r * 0.1, length * 0.26), r * 1.05)]
    coat, breast = patches(f, body.solid(f.detail), zone)
    beak = f.rod(r * 0.24, r * 0.62, (0, head[1] - r * 0.08, head[2] + r * 0.86), "z", r * 0.02)
    wings = folded_wing(f, body, (y + r * 0.12, -length * 0.05), (r * 0.2, r * 0.62, length * 0.26))
    return [
        main("body feathers head tail", coat, fan),
        main("wings wing", wings),
        second("breast chest belly", breast, finish="cream feathers"),
        fixed(
            "beak legs feet",
            beak,
            bird_legs(f, r * 0.42, y - r * 0.75, 0.0, r * 0.09, r * 0.55),
            finish="orange plastic",
        ),
        eye_pair(f, body, r * 0.44, head[1] + r * 0.14, r * 0.13),
    ]


def _duck_body(r: float, y: float, half: float, head: Point) -> Blob:
    """Trunk, neck, tail and head."""
    body = Blob(r * 0.3).limb(
        [
            (0, y + r * 0.75, -half * 1.05),
            (0, y + r * 0.1, -half * 0.5),
            (0, y, half * 0.1),
            (0, y + r * 0.25, half * 0.5),
        ],
        [r * 0.14, r * 0.72, r * 1.02, r * 0.82],
        3,
    )
    body.limb(
        [(0, y + r * 0.4, half * 0.5), (0, y + r * 0.9, half * 0.62), head],
        [r * 0.55, r * 0.42, r * 0.5],
        2,
    )
    body.ball(head, r * 0.6)
    return body


def _webbed_foot(f: Forms, r: float) -> Manifold:
    """One foot, seen from above."""
    return f.floor(
        [
            (r * x, r * z)
            for x, z in (
                (-0.08, -0.1),
                (0.08, -0.1),
                (0.42, 0.6),
                (0.15, 0.5),
                (0, 0.68),
                (-0.15, 0.5),
                (-0.42, 0.6),
            )
        ],
        r * 0.1,
    )


@family(
    "duck",
    "mallard duckling:yellow_feathers drake rubber_duck:yellow_plastic rubber_ducky:yellow_plastic "
    "",
    "yellow feathers",
)
def duck(
    f: Forms,
    *,
    length: float = 0.4,
    height: float = 0.35,
    radius: float = 0.105,
) -> list[Part]:
    r, y, half = radius, radius * 1.25, length / 2
    head = (0.0, max(height, y + r * 1.2), half * 0.62)
    body = _duck_body(r, y, half, head)
    bill = Blob(r * 0.1, 0.3).ball(
        (0, head[1] - r * 0.1, head[2] + r * 0.62), r * 0.3, (1.05, 0.55, 0.9)
    )
    bill.ball((0, head[1] - r * 0.16, head[2] + r * 0.95), r * 0.32, (1.15, 0.32, 0.9))
    foot = _webbed_foot(f, r)
    leg = f.bone((r * 0.4, y - r * 0.7, 0), (r * 0.4, r * 0.08, 0.0), r * 0.09) + foot.translate(
        (r * 0.4, 0, 0)
    )
    wings = folded_wing(
        f, body, (y + r * 0.3, -half * 0.1), (r * 0.22, r * 0.58, half * 0.52), (-6, 6, 8)
    )
    return [
        main("body feathers head", body.solid(f.detail)),
        main("wings wing tail", wings),
        second("beak bill legs feet", bill.solid(f.detail), mirrored(leg), finish="orange plastic"),
        eye_pair(f, body, r * 0.4, head[1] + r * 0.18, r * 0.1),
    ]


def _chicken_body(r: float, half: float, y: float, head: Point) -> Blob:
    """Trunk, neck and head."""
    body = Blob(r * 0.35).limb(
        [
            (0, y + r * 1.05, -half * 0.85),
            (0, y + r * 0.3, -half * 0.4),
            (0, y, 0),
            (0, y + r * 0.35, half * 0.42),
            head,
        ],
        [r * 0.35, r * 0.75, r * 1.05, r * 0.75, r * 0.42],
        3,
    )
    body.ball(head, r * 0.46)
    return body


def _tail_plumes(f: Forms, r: float, half: float, y: float) -> Manifold:
    """Feathers of the tail."""
    return unite(
        [
            f.ball(1.0)
            .scale((r * 0.12, r * 0.24, r * 0.85))
            .translate((0, 0, -r * 0.6))
            .rotate((turn, side, 0))
            .translate((0, y + r * 1.0, -half * 0.75))
            for turn, side in ((62, 0), (40, 14), (40, -14), (20, 10), (20, -10))
        ]
    )


@family(
    "chicken",
    "hen rooster:chestnut_feathers cockerel:chestnut_feathers",
    "white feathers",
)
def chicken(
    f: Forms, *, length: float = 0.36, height: float = 0.4, radius: float = 0.1
) -> list[Part]:
    r, half, y = radius, length / 2, height * 0.48
    head = (0.0, height * 0.86, half * 0.72)
    body = _chicken_body(r, half, y, head)
    plume = _tail_plumes(f, r, half, y)
    comb = unite(
        [
            f.ball(r * size, (0, head[1] + r * up, head[2] + r * out), (0.45, 1.2, 1))
            for size, up, out in ((0.2, 0.48, 0.22), (0.24, 0.58, -0.05), (0.2, 0.48, -0.3))
        ]
    )
    wattle = mirrored(
        f.ball(r * 0.16, (r * 0.1, head[1] - r * 0.45, head[2] + r * 0.45), (0.7, 1.4, 0.8))
    )
    beak = f.rod(r * 0.2, r * 0.5, (0, head[1] - r * 0.06, head[2] + r * 0.62), "z", r * 0.02)
    wings = folded_wing(
        f, body, (y + r * 0.22, -half * 0.05), (r * 0.2, r * 0.58, half * 0.45), (-8, 6, 8)
    )
    return [
        main("body feathers head tail", body.solid(f.detail), plume),
        main("wings wing", wings),
        second("comb wattle crest", comb, wattle, finish="red plastic"),
        fixed(
            "beak legs feet",
            beak,
            bird_legs(f, r * 0.42, y - r * 0.7, 0.0, r * 0.085, r * 0.6),
            finish="orange plastic",
        ),
        eye_pair(f, body, r * 0.36, head[1] + r * 0.1, r * 0.085),
    ]
