"""Places of worship and of old times. Their front is +Z."""

from __future__ import annotations

import itertools
import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    Point,
    apart,
    around,
    cornered,
    doorway,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLASS = "dark glass"


def gable(f: Forms, width: float, height: float, length: float, at: Point) -> Manifold:
    """A gable roof of width x, length z that stands on `at`; its ridge runs along z."""
    return f.wedge((length, height, width)).rotate((0, 90, 0)).translate(at)


def pyramid(
    f: Forms, width: float, height: float, depth: float, at: Point, top: float = 0.02
) -> Manifold:
    """A roof of four sides that stands on `at`; `top` is the share of its size that is left at the top."""
    low = f.slab((width, 0.002, depth), at)
    high = f.slab((width * top, 0.002, depth * top), (at[0], at[1] + height, at[2]))
    return Manifold.batch_hull([low, high])


def _cross(f: Forms, size: float, at: Point) -> Manifold:
    t = size * 0.13
    cross = f.slab((t, size, t)) + f.box((size * 0.62, t, t), (0, size * 0.66, 0))
    return cross.translate(at)


@family("church", "chapel kirk parish_church wedding_chapel", "white plaster")
def church(
    f: Forms,
    *,
    width: float = 7.0,
    height: float = 15.0,
    length: float = 13.0,
    depth: float = 3.6,
    windows: int = 4,
) -> list[Part]:
    wall, t = height * 0.3, depth
    rise, back = height * 0.22, -t / 2
    front = length / 2 - t / 2
    tall = height * 0.56
    return [
        main(
            "walls wall tower",
            f.slab((width, wall, length - t), (0, 0, back)),
            gable(f, width * 0.99, rise * 0.95, length - t, (0, wall - 0.02, back)),
            f.slab((t, tall, t), (0, 0, front)),
            f.slab((t * 1.1, height * 0.02, t * 1.1), (0, tall * 0.72, front)),
            f.slab((t * 1.12, height * 0.025, t * 1.12), (0, tall - 0.02, front)),
        ),
        second(
            "roof roofs spire steeple",
            gable(f, width * 1.16, rise, (length - t) * 1.02, (0, wall - 0.05, back))
            - gable(f, width * 1.16, rise, length * 2, (0, wall - 0.3, back)),
            pyramid(f, t * 1.16, height * 0.36, t * 1.16, (0, tall + height * 0.02, front)),
            finish="charcoal shingles",
        ),
        *_church_fittings(f, width, height, length, windows, t, wall, back, front, tall),
    ]


def _church_fittings(
    f: Forms,
    width: float,
    height: float,
    length: float,
    windows: int,
    t: float,
    wall: float,
    back: float,
    front: float,
    tall: float,
) -> list[Part]:
    """A church's windows, door and cross."""
    pane = f.plate(doorway(t * 0.24, wall * 0.55, 8), width * 1.02).rotate((0, 90, 0))
    panes = [
        pane.translate((0, wall * 0.25, back * 0.6 + z)) for z in apart(windows, (length - t) * 0.7)
    ]
    louvre = f.plate(doorway(t * 0.34, tall * 0.17, 8), t * 1.03, (0, tall * 0.78, front))
    louvres = louvre + f.plate(doorway(t * 0.34, tall * 0.17, 8), t * 1.03).rotate(
        (0, 90, 0)
    ).translate((0, tall * 0.78, front))
    gate = f.plate(doorway(t * 0.42, wall * 0.62), 0.3, (0, 0.15, front + t / 2))
    frame = f.plate(doorway(t * 0.54, wall * 0.7), 0.22, (0, 0.1, front + t / 2))
    rose = f.rod(t * 0.17, 0.3, (0, tall * 0.56, front + t / 2), "z")
    return [
        fixed("windows window glass", unite(panes), louvres, rose, finish=GLASS),
        fixed("door gate", gate, finish="brown wood"),
        fixed(
            "frame steps trim",
            frame,
            f.slab((t * 0.8, 0.15, 1.2), (0, 0, front + t / 2 + 0.3)),
            f.ring(t * 0.18, 0.1, (0, tall * 0.56, front + t / 2), "z"),
            finish="grey concrete",
        ),
        fixed("cross", _cross(f, height * 0.09, (0, height * 0.93, front)), finish="gold"),
    ]


@family("temple", "greek_temple roman_temple parthenon acropolis pantheon", "white marble")
def temple(
    f: Forms,
    *,
    width: float = 10.0,
    height: float = 7.5,
    length: float = 14.0,
    radius: float = 0.42,
    columns: int = 6,
    steps: int = 3,
) -> list[Part]:
    base, rise, steps = height * 0.13, height * 0.2, within(steps, 1, 12)
    columns = within(columns, 2, 10)
    tall = height - base - rise - height * 0.12
    x, z = width * 0.44, length * 0.45
    shaft = pairs("1.25 0, 1.25 0.03, 1 0.06, 0.94 0.5, 0.8 0.92, 1.2 0.96, 1.3 1")
    column = Forms(f.detail * 0.4).lathe([(r * radius, y * tall) for r, y in shaft])
    side = within(round(columns * length / width), 2, 40)
    spots = {(round(a, 3), s * z) for a in apart(columns, 2 * x) for s in (1, -1)}
    spots |= {(s * x, round(b, 3)) for b in apart(side, 2 * z) for s in (1, -1)}
    stairs = [
        f.slab(
            (
                width * (0.97 + 0.05 * (steps - i)),
                base / steps + 0.01,
                length * (0.97 + 0.04 * (steps - i)),
            ),
            (0, base * i / steps, 0),
        )
        for i in range(steps)
    ]
    return [
        main("steps base", *stairs),
        main("columns column pillars", *[column.translate((a, base, b)) for a, b in sorted(spots)]),
        *_temple_top(f, width, height, length, base, rise, tall),
    ]


def _temple_top(
    f: Forms, width: float, height: float, length: float, base: float, rise: float, tall: float
) -> list[Part]:
    """What a temple's columns stand about and carry."""
    beam = base + tall
    return [
        main(
            "walls wall cella",
            f.slab((width * 0.58, tall + 0.1, length * 0.68), (0, base - 0.01, 0)),
        ),
        main(
            "beam frieze pediment",
            f.slab((width * 0.98, height * 0.1, length * 0.98), (0, beam - 0.01, 0)),
            f.slab((width * 1.03, height * 0.03, length * 1.02), (0, beam + height * 0.09, 0)),
            gable(f, width * 0.94, rise * 0.9, length * 0.96, (0, beam + height * 0.1, 0)),
        ),
        second(
            "roof",
            gable(f, width * 1.04, rise, length * 1.02, (0, beam + height * 0.115, 0))
            - gable(f, width * 0.96, rise * 0.9, length * 2, (0, beam + height * 0.1, 0)),
            finish="terracotta tiles",
        ),
        fixed(
            "door gate",
            f.slab((width * 0.18, tall * 0.7, length * 0.7), (0, base, 0.1)),
            finish="dark brown wood",
        ),
    ]


def _curved_roof(f: Forms, width: float, height: float, y: float) -> Manifold:
    """A square roof with hollow slopes and corners that turn up."""
    sections = [(1.0, 0.0, 0.16), (0.78, 0.16, 0.05), (0.58, 0.42, 0.0), (0.46, 1.0, 0.0)]
    half, rings = width / 2, []
    for share, rise, lift in sections:
        a, low = half * share, y + height * rise
        up = low + height * lift * 2.2
        corner = [f.box((0.02, 0.03, 0.02), (s * a, up, t * a)) for s in (1, -1) for t in (1, -1)]
        sides = [
            f.box((a, 0.03, 2 * a * 0.94), (0, low, 0)),
            f.box((2 * a * 0.94, 0.03, a), (0, low, 0)),
        ]
        rings.append(Manifold.batch_hull(corner + sides) if lift == 0 else unite([*sides, *corner]))
    flat = [Manifold.batch_hull(pair) for pair in itertools.pairwise(rings[1:])]
    horn = Manifold.batch_hull(
        [
            f.box((0.04, 0.08, 0.04), (half * 1.04, y + height * 0.34, half * 1.04)),
            f.box((0.1, 0.14, 0.1), (half * 0.78, y + height * 0.14, half * 0.78)),
            f.box((0.1, 0.1, 0.1), (half * 0.5, y + height * 0.3, half * 0.5)),
        ]
    )
    eaves = pyramid(f, width, height * 0.4, width, (0, y, 0), 0.55)
    return unite([*flat, eaves, cornered(horn)])


@family("pagoda", "chinese_tower japanese_temple chinese_temple chinese_pagoda", "red paint")
def pagoda(f: Forms, *, width: float = 6.0, height: float = 16.0, storeys: int = 5) -> list[Part]:
    storeys = within(storeys, 1, 13)
    base, step = height * 0.05, height * 0.8 / storeys
    walls, roofs, panes, rails = [], [], [], []
    for i in range(storeys):
        share = 1.0 - 0.55 * i / max(storeys, 3)
        y, w = base + step * i, width * 0.62 * share
        walls.append(f.slab((w, step * 0.75, w), (0, y - 0.01, 0)))
        roofs.append(_curved_roof(f, width * share * 1.1, step * 0.42, y + step * 0.62))
        panes += [
            f.slab((w * 1.02, step * 0.3, w * 0.2), (0, y + step * 0.18, x))
            for x in (-w * 0.3, w * 0.3)
        ]
        panes += [
            f.slab((w * 0.2, step * 0.3, w * 1.02), (x, y + step * 0.18, 0))
            for x in (-w * 0.3, w * 0.3)
        ]
        rails.append(f.slab((w * 1.1, step * 0.1, w * 1.1), (0, y, 0)))
    return [
        main("walls wall", *walls),
        second("roofs roof", *roofs, finish="dark teal tiles"),
        *_pagoda_fittings(f, width, height, storeys, base, step, panes, rails),
    ]


def _pagoda_fittings(
    f: Forms,
    width: float,
    height: float,
    storeys: int,
    base: float,
    step: float,
    panes: list[Manifold],
    rails: list[Manifold],
) -> list[Part]:
    """A pagoda's windows, door, steps and spire."""
    top = base + step * (storeys - 0.38) + step * 0.38
    spire = f.post(width * 0.02, height * 0.15, (0, top, 0), width * 0.008)
    rings = []
    for i in range(4):
        at = (0, top + step * 0.1 + height * 0.022 * i, 0)
        rings += [f.ring(width * (0.055 - 0.008 * i), width * 0.014, at)]
        rings += [f.rod(width * 0.05, 0.05, at)]
    return [
        fixed("windows window", *panes, finish="black paint"),
        fixed(
            "door gate",
            f.slab((width * 0.13, step * 0.5, width * 0.63), (0, base, 0.03)),
            finish="dark brown wood",
        ),
        fixed(
            "rails base steps",
            *rails,
            f.slab((width * 0.9, base, width * 0.9)),
            f.slab((width * 0.3, base * 0.6, width * 1.1)),
            finish="grey stone",
        ),
        fixed("spire finial", spire, *rings, finish="gold"),
    ]


@family("igloo", "ice_hut snow_house eskimo_house ice_house iglu", "snow")
def igloo(
    f: Forms, *, radius: float = 2.0, height: float = 1.9, length: float = 0.7, width: float = 1.3
) -> list[Part]:
    shell = f.ball(1.0, share=1.0).scale((radius, height, radius)) ^ f.slab(
        (9 * radius, 9, 9 * radius)
    )
    grooves, rows = [], 5
    for i in range(1, rows):
        a = math.pi / 2 * i / (rows + 0.3)
        r, y = radius * math.cos(a), height * math.sin(a)
        grooves.append(f.ring(r * 1.006, 0.03, (0, y, 0)))
        b = math.pi / 2 * (i - 1) / (rows + 0.3)
        rows_y = (height * math.sin(b) + y) / 2
        rib = f.box(
            (0.05, y - height * math.sin(b), 0.12), (0, rows_y, radius * math.cos((a + b) / 2))
        )
        lean = rib.rotate((0, 18 * i, 0))
        grooves.append(around(lean, 14 - 2 * i))
    tunnel = f.plate(doorway(width, width * 0.92), length + radius * 0.6)
    tunnel = tunnel.translate((0, 0, radius * 0.7 + length / 2))
    hole = f.plate(
        doorway(width * 0.66, width * 0.7), length + radius, (0, -0.01, radius + length / 2)
    )
    end = radius * 0.7 + length + radius * 0.3
    rim = f.plate(doorway(width * 1.12, width), 0.22, (0, 0, end - 0.14))
    body = (shell - unite(grooves)) + tunnel + rim
    dark = f.plate(doorway(width * 0.8, width * 0.8), radius * 0.45, (0, 0, radius * 0.72))
    return [
        main("body dome walls blocks", body - hole),
        fixed("entrance door", dark, finish="dark navy paint"),
        second(
            "ground base", f.lathe([(radius * 1.18, 0), (radius * 1.1, 0.1)]), finish="white snow"
        ),
    ]


def _taper(
    f: Forms,
    radius: float,
    base: float,
    top: float,
    low: float = 0,
    high: float = 1,
    wider: float = 1,
) -> Manifold:
    """A lighthouse's shaft from share `low` to share `high` of its way from y = base to top."""
    ends = [(radius * (1 - 0.45 * s) * wider, base + (top - base) * s) for s in (low, high)]
    return f.lathe(ends)


@family("lighthouse", "light_house light_tower", "white paint")
def lighthouse(
    f: Forms, *, height: float = 14.0, radius: float = 2.0, stripes: int = 2
) -> list[Part]:
    base, top = height * 0.08, height * 0.74
    bands = [
        _taper(f, radius, base, top, low, low + 0.5 / (stripes + 0.5), 1.012)
        for low in ((i + 0.25) / (stripes + 0.25) for i in range(stripes))
    ]
    r = radius * 0.55
    roof = [(r * 0.95, 0), (r * 0.75, height * 0.02), (r * 0.12, height * 0.1), (0.0, height * 0.1)]
    return [
        main("walls wall shaft body", _taper(f, radius, base, top)),
        second(
            "stripes stripe roof",
            *bands,
            f.lathe(roof, (0, top + height * 0.11, 0)),
            f.ball(r * 0.16, (0, top + height * 0.22, 0)),
            finish="red paint",
        ),
        *_lantern_room(f, height, radius, base, top, r),
    ]


def _lantern_room(
    f: Forms, height: float, radius: float, base: float, top: float, r: float
) -> list[Part]:
    """A lighthouse's lamp with the gallery about it, its windows and its rock."""
    panes = [
        f.box(
            (radius * 0.26, height * 0.045, radius * 3), (0, base + (top - base) * y, radius * 1.5)
        ).rotate((0, turn, 0))
        for y, turn in ((0.36, 0), (0.66, 0), (0.52, 130), (0.3, 230))
    ]
    skin = _taper(f, radius, base, top, 0.0, 1.0, 1.03)
    lamp = f.post(r * 0.72, height * 0.1, (0, top + height * 0.015, 0))
    mullion = f.post(0.05, height * 0.1, (r * 0.74, top + height * 0.01, 0))
    post = f.post(0.05, height * 0.055, (r * 1.5, top, 0))
    return [
        fixed("lamp light lantern", lamp, finish="glossy lemon glass"),
        fixed(
            "windows window door",
            unite(panes) ^ skin,
            f.plate(doorway(radius * 0.5, height * 0.14), radius * 0.5, (0, base, radius * 0.78)),
            finish=GLASS,
        ),
        fixed(
            "gallery balcony railing",
            f.lathe(
                [(r * 1.1, -height * 0.03), (r * 1.6, 0), (r * 1.6, height * 0.012)], (0, top, 0)
            ),
            around(mullion, 8),
            around(post, 14),
            f.ring(r * 1.5, 0.05, (0, top + height * 0.055, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "base rock",
            f.lathe([(radius * 1.4, 0), (radius * 1.3, base * 0.9), (radius * 1.1, base * 1.02)]),
            finish="grey stone",
        ),
    ]
