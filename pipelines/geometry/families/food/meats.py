"""Meat and sausages, as they lie on a plate."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.food.dishes import flat_plate
from pipelines.geometry.families.forms import Forms, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _steak_shape() -> list[tuple[float, float]]:
    """Its outline, in shares."""
    return [
        (-1, 0.1),
        (-0.85, -0.6),
        (-0.3, -0.95),
        (0.35, -0.75),
        (0.9, -0.85),
        (1.0, -0.2),
        (0.6, 0.35),
        (0.2, 0.75),
        (-0.4, 0.95),
        (-0.85, 0.7),
    ]


@family(
    "steak", "meat beef t_bone t_bone_steak pork_chop lamb_chop cutlet fillet", "sienna plaster"
)
def steak(
    f: Forms, *, length: float = 0.2, width: float = 0.14, thickness: float = 0.03
) -> list[Part]:
    """With a rim of fat, a bone and the marks of a grill."""
    x, z, t = length / 2, width / 2, thickness
    shape = _steak_shape()
    outer = Blob(t * 0.2, 0.6).path(
        [(a * x * 0.86, t * 0.5, b * z * 0.86) for a, b in [*shape, shape[0]]], t * 0.26
    )
    meat = (
        Blob(t * 0.2, 0.8)
        .ball((-x * 0.28, t * 0.5, z * 0.05), x * 0.6, (1, t * 0.58 / (x * 0.6), z * 1.25 / x))
        .ball((x * 0.4, t * 0.5, -z * 0.3), x * 0.5, (1, t * 0.56 / (x * 0.5), z * 0.9 / x))
    )
    slab = f.floor([(a * x * 0.88, b * z * 0.88) for a, b in shape], t * 0.9, (0, t * 0.05, 0))
    bone = f.hose(
        [
            (x * 0.02, t * 0.9, -z * 0.85),
            (-x * 0.02, t * 0.9, 0),
            (-x * 0.15, t * 0.9, z * 0.85),
        ],
        t * 0.2,
    ) + f.hose(
        [(0, t * 0.9, -z * 0.2), (x * 0.5, t * 0.9, -z * 0.05), (x * 0.85, t * 0.9, -z * 0.15)],
        t * 0.17,
    )
    marks = unite(
        [
            f.box((t * 0.28, t * 0.3, z * 1.5)).rotate((0, 35, 0)).translate((x * d, t * 0.9, 0))
            for d in (-0.6, -0.3, 0.0, 0.3, 0.6)
        ]
    ) ^ f.floor([(a * x * 0.8, b * z * 0.8) for a, b in shape], t * 3)
    return [
        main("meat body", slab, meat.solid(f.detail)),
        second("fat rim", outer.solid(f.detail), finish="cream plaster"),
        fixed("bone", bone, finish="ivory plaster"),
        fixed("marks grill", marks, finish="dark brown plaster"),
    ]


@family(
    "drumstick",
    "chicken_leg chicken_drumstick fried_chicken turkey_leg leg_of_chicken meat_on_the_bone "
    "meat_on_bone",
    "caramel plaster",
)
def drumstick(f: Forms, *, length: float = 0.16, radius: float = 0.035) -> list[Part]:
    r = radius
    body = Blob(r * 0.4).limb(
        [(-length * 0.32, r, 0), (-length * 0.1, r * 1.0, 0), (length * 0.14, r * 0.85, 0)],
        [r, r * 0.9, r * 0.42],
        3,
    )
    bone = f.bone((length * 0.1, r * 0.85, 0), (length * 0.42, r * 0.8, 0), r * 0.2) + mirrored(
        f.ball(r * 0.3, (r * 0.2, 0, 0))
    ).rotate((0, 90, 0)).translate((length * 0.44, r * 0.8, 0))
    bits = Blob(r * 0.1, 0.7)
    for i in range(24):
        s, a = 1 - 2 * (i + 0.5) / 24, i * 2.399
        ring = math.sqrt(1 - s * s)
        bits.ball(
            (
                -length * 0.25 + r * 1.15 * s,
                r + r * 0.8 * ring * math.cos(a),
                r * 0.8 * ring * math.sin(a),
            ),
            r * 0.24,
        )
    return [
        main(
            "meat body crust skin",
            body.solid(f.detail),
            bits.solid(f.detail).trim_by_plane((0, 1, 0), 0.0),
        ),
        second("bone", bone, finish="ivory plaster"),
    ]


def _roast_body(length: float, r: float, y: float) -> Blob:
    """Without head, its legs up and its wings at its sides."""
    body = Blob(r * 0.3).limb(
        [(0, y, -length * 0.25), (0, y * 1.12, 0), (0, y, length * 0.2)], [r * 0.7, r, r * 0.85], 3
    )
    body.mirrored_ball((r * 0.35, y * 1.4, length * 0.02), r * 0.62)
    body.mirrored_limb(
        [
            (r * 0.75, y * 0.85, -length * 0.05),
            (r * 1.0, y * 1.35, -length * 0.22),
            (r * 0.55, y * 1.6, -length * 0.46),
        ],
        [r * 0.52, r * 0.42, r * 0.16],
        3,
    )
    body.mirrored_limb(
        [
            (r * 0.85, y * 1.1, length * 0.2),
            (r * 1.2, y * 0.85, length * 0.1),
            (r * 1.05, y * 0.75, length * 0.3),
        ],
        [r * 0.3, r * 0.24, r * 0.14],
        2,
    )
    return body


def _greens(f: Forms, length: float, r: float) -> Manifold:
    """Leaves about it."""
    return unite(
        [
            f.ball(
                r * 0.3,
                (length * 0.5 * math.cos(a), r * 0.2, length * 0.58 * math.sin(a)),
                (1.1, 0.5, 0.9),
            )
            for a in (i * 0.52 for i in range(12))
        ]
    )


@family(
    "roast chicken",
    "roast_turkey roasted_chicken thanksgiving_turkey chicken_dinner roast cooked_chicken",
    "shiny caramel plaster",
)
def roast_chicken(f: Forms, *, length: float = 0.28, radius: float = 0.09) -> list[Part]:
    """On a dish, with greens around it."""
    r, y = radius, radius * 0.9
    body = _roast_body(length, r, y)
    tip = (r * 0.5, y * 1.66, -length * 0.52)
    cuff = f.bone((r * 0.55, y * 1.6, -length * 0.45), tip, r * 0.13) + f.ball(r * 0.17, tip)
    dish = flat_plate(f, length * 0.72).scale((0.85, 1, 1))
    greens = _greens(f, length, r)
    reds = [
        f.ball(r * 0.2, (length * 0.47 * math.cos(a), r * 0.3, length * 0.55 * math.sin(a)))
        for a in (0.3, 1.3, 2.4, 3.7, 4.9, 5.7)
    ]
    return [
        main("meat body skin", body.solid(f.detail).translate((0, r * 0.05, 0))),
        second("plate dish platter", dish, finish="white ceramic"),
        fixed("greens leaves", greens, finish="green leaves"),
        fixed("tomatoes", *reds, finish="shiny red plastic"),
        fixed("bones cuffs", mirrored(cuff), finish="white plaster"),
    ]


@family(
    "bacon", "bacon_strip rasher bacon_strips slice_of_bacon streaky_bacon", "terracotta plaster"
)
def bacon(f: Forms, *, length: float = 0.2, width: float = 0.035, strips: int = 3) -> list[Part]:
    """Wavy strips side by side."""
    meat, fat = [], []
    for i in range(within(strips, 1, 8)):
        z = i * width * 0.97
        path = [
            (length * (s - 0.5), width * 0.22 * (1 + math.sin(s * 15 + i * 1.3)) + width * 0.05, z)
            for s in (k / 16 for k in range(17))
        ]
        meat.append(f.ribbon(path, width, width * 0.09))
        for off, wide in ((0.43, 0.16), (-0.05, 0.13), (-0.42, 0.2)):
            fat.append(
                f.ribbon([(x, y, v + width * off) for x, y, v in path], width * wide, width * 0.13)
            )
    return [main("meat body", *meat), second("fat stripes", *fat, finish="cream plaster")]


@family(
    "sausage",
    "bratwurst frankfurter wiener salami chorizo sausages grilled_sausage hot_dog_sausage banger",
    "sienna plaster",
)
def sausage(f: Forms, *, length: float = 0.16, radius: float = 0.019, count: int = 1) -> list[Part]:
    """Bent, with marks of a grill."""
    r, bodies, ends, marks = radius, [], [], []
    for i in range(within(count, 1, 6)):
        z = i * r * 2.15
        path = [
            (length * 0.5 * x, r, z + length * 0.16 * (x * x - 0.3))
            for x in (-0.9, -0.45, 0.0, 0.45, 0.9)
        ]
        bodies.append(f.hose(path, r, share=0.5))
        for s, (x, y, v) in ((-1, path[0]), (1, path[-1])):
            ends.append(
                f.hose(
                    [
                        (x + s * r * 0.8, y, v),
                        (x + s * r * 1.15, y, v),
                        (x + s * r * 1.4, y + r * 0.25, v),
                    ],
                    [r * 0.35, r * 0.2, r * 0.28],
                )
            )
        marks += [
            f.rod(r * 0.16, r * 1.1, (0, 0, 0), "z")
            .rotate((0, 30, 0))
            .translate((length * 0.5 * x, r * 1.95, z + length * 0.16 * (x * x - 0.3)))
            for x in (-0.6, -0.2, 0.2, 0.6)
        ]
    return [
        main("skin body meat", *bodies),
        second("ends", *ends, finish="dark brown plaster"),
        fixed("marks grill", *marks, finish="dark brown dirt"),
    ]
