"""Walls and rings of stone, of castles and of old. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    Point,
    apart,
    around,
    doorway,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _teeth(f: Forms, length: float, size: Point, y: float, z: float) -> list[Manifold]:
    """Battlements along x on a wall's top."""
    count = max(2, round(length / (size[0] * 2)))
    return [f.slab(size, (x, y, z)) for x in apart(count, length - size[0])]


@family(
    "castle_wall",
    "city_wall fortress_wall battlement battlements rampart castle_ramparts curtain_wall",
    "grey stone",
)
def castle_wall(
    f: Forms, *, width: float = 6.0, height: float = 3.2, depth: float = 1.2
) -> list[Part]:
    w, h, z = width, height, depth / 2
    tooth = (w * 0.07, h * 0.14, depth * 0.26)
    slits = [f.slab((0.12, h * 0.2, depth * 1.06), (x, h * 0.34, 0)) for x in apart(3, w * 0.6)]
    blocks = [
        f.box(
            (w * 0.11, h * 0.07, depth * 1.03),
            (w * (0.11 + 0.16 * i) - w * 0.5, h * (0.16 + 0.13 * ((i * 3) % 5)), 0),
        )
        for i in range(6)
    ]
    return [
        main(
            "walls wall stones",
            f.slab((w, h * 0.8, depth)),
            f.slab((w, h * 0.1, depth * 1.16), (0, h * 0.74, 0)),
            f.slab((w, h * 0.08, depth * 1.16)),
            *[f.slab((w, h * 0.16, tooth[2]), (0, h * 0.82, s * z * 0.86)) for s in (1, -1)],
            *_teeth(f, w, tooth, h * 0.9, z * 0.86),
            *_teeth(f, w, tooth, h * 0.9, -z * 0.86),
        ),
        second("blocks bricks", *blocks, finish="dark grey stone"),
        fixed("windows slits", *slits, finish="black paint"),
    ]


@family(
    "castle_gate",
    "gatehouse portcullis castle_entrance fortress_gate castle_door",
    "grey stone",
)
def castle_gate(
    f: Forms, *, width: float = 5.0, height: float = 5.0, depth: float = 2.0, bars: int = 6
) -> list[Part]:
    w, h, z = width, height, depth / 2
    r, top = w * 0.17, h * 0.84
    hole = f.plate(doorway(w * 0.34, h * 0.5), depth * 3)
    rim = f.plate(doorway(w * 0.42, h * 0.54), depth * 1.1) - hole
    crown = around(f.slab((r * 0.4, h * 0.09, r * 0.5), (r * 0.98, top + h * 0.06, 0)), 8)
    tower = f.post(r, top) + f.post(r * 1.2, h * 0.09, (0, top - h * 0.02, 0)) + crown
    count = within(bars, 2, 16)
    grille = [f.slab((0.07, h * 0.5, 0.09), (x, h * 0.06, z * 0.5)) for x in apart(count, w * 0.3)]
    grille += [f.box((w * 0.36, 0.07, 0.09), (0, h * y, z * 0.5)) for y in (0.16, 0.27, 0.38)]
    tips = [
        f.post(0.01, h * 0.05, (x, h * 0.012, z * 0.5), 0.05, 0.3) for x in apart(count, w * 0.3)
    ]
    slits = [
        f.slab((r * 0.16, h * 0.13, r * 0.4), (s * w * 0.36, h * y, r * 0.9))
        for s in (1, -1)
        for y in (0.24, 0.54)
    ]
    return [
        main(
            "walls wall towers",
            f.slab((w * 0.6, h * 0.72, depth)) - hole,
            mirrored(tower.translate((w * 0.36, 0, 0))),
            *_teeth(f, w * 0.44, (w * 0.055, h * 0.09, depth * 0.25), h * 0.71, z * 0.75),
            f.slab((w * 0.5, 0.06, depth)),
        ),
        second("arch rim frame", rim, finish="dark grey stone"),
        fixed("portcullis gate bars door", *grille, *tips, finish="charcoal steel"),
        fixed("windows slits", *slits, finish="black paint"),
        *_castle_gate_banner(f, depth, h, w),
    ]


def _castle_gate_banner(f: Forms, depth: float, h: float, w: float) -> list[Part]:
    """A castle gate's banner."""
    return [
        fixed(
            "banner flag shield",
            f.plate(
                [
                    (-w * 0.06, h * 0.7),
                    (w * 0.06, h * 0.7),
                    (w * 0.06, h * 0.58),
                    (0, h * 0.54),
                    (-w * 0.06, h * 0.58),
                ],
                depth * 1.14,
            ),
            finish="red fabric",
        ),
    ]


@family(
    "stonehenge", "stone_circle henge megalithic_circle standing_stones druid_circle", "grey stone"
)
def stonehenge(
    f: Forms, *, radius: float = 4.0, height: float = 1.8, stones: int = 12
) -> list[Part]:
    r, h, count = radius, height, within(stones, 4, 24)
    w = 2 * math.pi * r / count
    uprights, lintels, small = [], [], []
    for i in range(count):
        turn = 360.0 * i / count
        tall = h * (1.0 if i % 5 != 3 else 0.72)
        stone = Manifold.batch_hull(
            [
                f.slab((w * 0.34, 0.1, w * 0.56), (r, 0, 0)),
                f.slab(
                    (w * 0.28, 0.1, w * 0.44),
                    (r + 0.03 * (i % 3 - 1), tall - 0.1, 0.03 * ((i * 2) % 3 - 1)),
                ),
            ]
        )
        uprights.append(stone.rotate((0, turn, 0)))
        if i % 5 not in (2, 3):
            mid = turn + 180.0 / count
            lintels.append(
                f.slab(
                    (w * 0.34, h * 0.2, w * 1.12), (r * math.cos(math.pi / count), h * 0.98, 0)
                ).rotate((0, mid, 0))
            )
    for turn in (40, 140, 220, 320):
        pair = [f.slab((w * 0.3, h * 1.3, w * 0.36), (r * 0.5, 0, s * w * 0.34)) for s in (1, -1)]
        small.append(
            unite([*pair, f.slab((w * 0.36, h * 0.22, w * 1.2), (r * 0.5, h * 1.28, 0))]).rotate(
                (0, turn, 0)
            )
        )
    return [
        main("stones stone pillars", *uprights, *small),
        *_stonehenge_fittings(f, h, r, w, lintels),
    ]


def _stonehenge_fittings(
    f: Forms, h: float, r: float, w: float, lintels: list[Manifold]
) -> list[Part]:
    """A stonehenge's lintels and ground."""
    return [
        second(
            "lintels tops",
            *lintels,
            f.slab((w * 0.9, h * 0.2, w * 0.4), (0, 0.05, 0)),
            finish="light grey stone",
        ),
        fixed("ground grass", f.lathe([(r * 1.3, -0.12), (r * 1.24, 0.06)]), finish="grass"),
    ]


def _arcade(f: Forms, r: float, low: float, step: float, count: int) -> list[Manifold]:
    """What a row of arches takes from a wall of radius r about the y axis, its storey `step` high."""
    arch = f.plate(doorway(2 * math.pi * r / count * 0.62, step * 0.74, 6), r * 0.1)
    arch = arch.translate((0, low + step * 0.1, r))
    return [arch.rotate((0, 360.0 * (i + 0.5) / count, 0)) for i in range(count)]


def _ringed(f: Forms, r: float, wall: float, low: float, high: float) -> Manifold:
    """A round wall about the y axis, r to its outer face."""
    return f.lathe([(r, low), (r, high)]) - f.post(r - wall, high * 3, (0, -high, 0), share=1)


def _outer_wall(f: Forms, r: float, h: float, count: int, rows: int) -> Manifold:
    """Storeys of arches and, above them, one of small windows."""
    step = h * 0.8 / rows
    slit = f.box((r * 0.05, h * 0.07, r * 0.1), (0, h * 0.9, r))
    holes = [slit.rotate((0, 360.0 * i / count, 0)) for i in range(count)]
    for row in range(rows):
        holes += _arcade(f, r, step * row, step, count)
    return _ringed(f, r, r * 0.07, 0, h) - unite(holes)


@family("colosseum", "coliseum amphitheatre amphitheater roman_arena gladiator_arena", "tan stone")
def colosseum(
    f: Forms, *, radius: float = 6.0, height: float = 4.8, arches: int = 28, storeys: int = 3
) -> list[Part]:
    """An oval of arches about rows of seats, its outer wall fallen on one side."""
    r, h, count, rows = radius, height, 4 * within(round(arches / 4), 3, 9), within(storeys, 1, 4)
    step, oval = h * 0.8 / rows, (1.0, 1.0, 0.82)
    # The outer wall stands behind and ends in two slopes.
    side = [(-3, -0.1), (0.45, -0.1), (-0.3, 1.2), (-3, 1.2)]
    standing = f.profile(side, 3).scale((r, h, r)).rotate((0, 24, 0))
    holes = [
        *_arcade(f, r * 0.93, 0, h * 0.29, count),
        *_arcade(f, r * 0.93, h * 0.29, h * 0.27, count),
    ]
    inner = _ringed(f, r * 0.93, r * 0.07, 0, h * 0.62) - (unite(holes) - standing)
    bands = [
        _ringed(f, r * 1.02, r * 0.06, step * i - h * 0.02, step * i + h * 0.02)
        for i in range(1, rows + 1)
    ]
    bands.append(_ringed(f, r * 1.025, r * 0.06, h * 0.97, h))
    dark = [
        _ringed(f, r * 0.9, r * 0.04, 0.02 * h, h * 0.58),
        _ringed(f, r * 0.965, r * 0.03, 0.02 * h, h * 0.95) ^ standing,
    ]
    shell = _outer_wall(f, r, h, count, rows) ^ standing
    return [
        main("walls wall ring", shell.scale(oval), inner.scale(oval)),
        second("bands cornices", (unite(bands) ^ standing).scale(oval), finish="sand stone"),
        fixed("arches openings", unite(dark).scale(oval), finish="dark brown stone"),
        *_colosseum_arena(f, h, r, oval),
    ]


def _colosseum_arena(f: Forms, h: float, r: float, oval: Point) -> list[Part]:
    """A colosseum's seats and arena."""
    steps = "0.87 0.56, 0.8 0.56, 0.8 0.44, 0.72 0.44, 0.72 0.32, 0.63 0.32, 0.63 0.2, 0.5 0.2"
    seats = f.lathe(pairs(f"0.87 0, {steps}, 0.5 0.05", r, h))
    return [
        fixed("seats rows inside", seats.scale(oval), finish="light tan stone"),
        fixed(
            "arena floor ground sand",
            f.post(r * 0.52, h * 0.07).scale(oval),
            f.lathe([(r * 1.07, -0.1), (r * 1.06, 0.03)]).scale(oval),
            finish="sand",
        ),
    ]
