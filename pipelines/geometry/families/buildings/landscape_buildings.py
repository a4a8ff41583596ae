"""What stands on farms, at works and on the way into town. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.buildings.old_buildings import gable
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    cornered,
    doorway,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLASS = "dark glass"


@family("well", "wishing_well water_well draw_well stone_well", "grey stone")
def well(
    f: Forms, *, radius: float = 0.65, height: float = 2.3, thickness: float = 0.16
) -> list[Part]:
    wall, t = height * 0.34, thickness
    hole = f.post(radius - t, height)
    rim = f.lathe([(radius * 1.06, 0), (radius * 1.06, 0.07)], (0, wall - 0.02, 0)) - hole
    x, eaves = radius * 0.94, height * 0.76
    roof = f.wedge((2.6 * radius, height - eaves, 2.1 * radius), (0, eaves, 0))
    under = f.wedge((4 * radius, height - eaves, 2.1 * radius), (0, eaves - 0.13, 0))
    return [
        main("wall stone body", f.post(radius, wall) - hole, rim),
        second("roof", roof - under, finish="terracotta tiles"),
        *_winch(f, radius, height, t, wall, eaves, x),
    ]


def _winch(
    f: Forms, radius: float, height: float, t: float, wall: float, eaves: float, x: float
) -> list[Part]:
    """A well's posts and winch, the bucket and the water."""
    axle = height * 0.62
    crank = [
        (x, axle, 0),
        (x + 0.22, axle, 0),
        (x + 0.22, axle - 0.2, 0),
        (x + 0.36, axle - 0.2, 0),
    ]
    bucket = f.lathe([(0.1, 0), (0.13, 0.22)]) - f.lathe([(0.085, 0.02), (0.115, 0.3)])
    pail = height * 0.36
    return [
        fixed(
            "posts frame crank winch",
            mirrored(f.slab((0.1, eaves + 0.1, 0.1), (x, 0.1, 0))),
            f.box((2 * x, 0.09, 0.09), (0, eaves, 0)),
            mirrored(
                gable(f, 1.7 * radius, (height - eaves) * 0.95, 0.08, (0, 0, 0))
                .rotate((0, 90, 0))
                .translate((x, eaves, 0))
            ),
            f.rod(0.07, 2 * x, (0, axle, 0), "x"),
            f.tube(crank, 0.022),
            finish="brown wood",
        ),
        fixed(
            "rope bucket",
            f.post(0.018, axle - pail, (0, pail, 0)),
            f.rod(0.1, 0.3, (0, axle, 0), "x"),
            bucket.translate((0, pail - 0.2, 0)),
            f.box((0.24, 0.02, 0.02), (0, pail + 0.01, 0)),
            finish="caramel wood",
        ),
        fixed("water", f.post(radius - t * 0.8, wall * 0.6), finish="water"),
    ]


@family("barn", "farm_barn red_barn stable hay_barn", "red wood")
def barn(
    f: Forms,
    *,
    width: float = 9.0,
    height: float = 8.0,
    length: float = 12.0,
    doors: int = 2,
    open: float = 0.0,
) -> list[Part]:
    half, wall, z = width / 2, height * 0.45, length / 2
    side = [
        (-half, 0),
        (half, 0),
        (half, wall),
        (half * 0.62, height * 0.8),
        (0, height),
        (-half * 0.62, height * 0.8),
        (-half, wall),
    ]
    body = f.plate(side, length)
    over = [(x * 1.05, y + 0.18) for x, y in side[3:6]]
    over = [(half * 1.12, wall - 0.3), *over, (-half * 1.12, wall - 0.3)]
    roof = f.plate([*over, *[(x * 0.96, y - 0.3) for x, y in over[::-1]]], length * 1.08)
    tall, broad = wall * 0.92, width * 0.2
    inside = f.slab((broad * 2 * (0.98 if open else 0), tall, 1.0), (0, 0.02, z)) if open else None
    return [
        main("walls wall", body - inside if inside else body),
        second("roof", roof, finish="charcoal shingles"),
        *_barn_fittings(f, width, height, length, doors, open, wall, z, side, broad, tall),
    ]


def _barn_fittings(
    f: Forms,
    width: float,
    height: float,
    length: float,
    doors: int,
    open: float,
    wall: float,
    z: float,
    side: list[tuple[float, float]],
    broad: float,
    tall: float,
) -> list[Part]:
    """A barn's doors, trim and windows."""
    leaf, cross = _barn_door(f, broad, tall)
    turn = 75.0 * open
    pairs = []
    for s in (1, -1)[: max(1, doors)]:
        for piece in (leaf, cross):
            hinged = piece.translate((-s * broad / 2, 0, 0.0)).rotate((0, s * turn, 0))
            pairs.append(hinged.translate((s * broad, 0, z + 0.05 - 0.12 * open)))
    hatch = (width * 0.18, height * 0.16, length * 1.02)
    loft = f.slab(hatch, (0, height * 0.62, 0))
    pane = f.box((width * 1.02, wall * 0.3, 0.8), (0, wall * 0.55, 0))
    panes = [pane.translate((0, 0, x)) for x in apart(3, length * 0.6)]
    edge = f.plate(side, 0.3) - f.plate([(x * 0.95, y * 0.97 - 0.01) for x, y in side], 1)
    edge = edge.translate((0, 0, z - 0.1)) + edge.translate((0, 0, 0.1 - z))
    return [
        main("doors door", *pairs[::2], finish="dark red wood"),
        fixed(
            "trim frames", *pairs[1::2], edge, _loft_frame(f, width, height, z), finish="white wood"
        ),
        fixed("windows window hatch", loft, *panes, finish="dark brown wood"),
    ]


def _barn_door(f: Forms, width: float, height: float) -> tuple[Manifold, Manifold]:
    """A barn door's leaf about x = 0 and the white frame and cross upon it."""
    t = width * 0.09
    slant = f.box((t, math.hypot(width, height), 0.08))
    angle = math.degrees(math.atan2(width, height))
    bars = [slant.rotate((0, 0, s * angle)).translate((0, height / 2, 0)) for s in (1, -1)]
    frame = f.slab((width, height, 0.08)) - f.slab((width - 2 * t, height - 2 * t, 1), (0, t, 0))
    within = f.slab((width, height, 1))
    return f.slab((width, height, 0.1)), ((unite(bars) ^ within) + frame).translate((0, 0, 0.06))


def _loft_frame(f: Forms, width: float, height: float, z: float) -> Manifold:
    """The frame about the hatch of a hayloft."""
    w, h = width * 0.22, height * 0.2
    return f.slab((w, h, 0.2), (0, height * 0.6, z)) - f.slab(
        (w * 0.8, h * 0.8, 2), (0, height * 0.62, z)
    )


@family("factory", "works mill_building industrial_plant", "brick")
def factory(
    f: Forms,
    *,
    width: float = 16.0,
    height: float = 6.0,
    depth: float = 10.0,
    chimneys: int = 2,
    bays: int = 4,
) -> list[Part]:
    bays = within(bays, 2, 12)
    wall, step = height * 0.62, width / bays
    saw, sheets = [(-width / 2, wall - 0.02)], []
    for i in range(bays):
        x = -width / 2 + step * i
        saw += [(x, height), (x + step, wall)]
        upper = [(x + step + 0.05, wall + 0.15), (x - 0.1, height + 0.12)]
        lower = [(x - 0.1, height - 0.1), (x + step + 0.05, wall - 0.02)]
        sheets.append(f.plate([*upper, *lower], depth * 1.05))
    teeth = f.plate([*saw, (width / 2, wall - 0.02)], depth)
    gap = min(step * 0.8, width * 0.76 / max(chimneys, 1))
    places = [(width * 0.36 - gap * i, -depth * 0.5 - 0.3) for i in range(chimneys)]
    return [
        main("walls wall", f.slab((width, wall, depth)), teeth),
        second("roof", *sheets, finish="charcoal steel"),
        *_chimneys(f, height, places),
        *_factory_fittings(f, width, height, depth, bays, wall),
    ]


def _factory_fittings(
    f: Forms, width: float, height: float, depth: float, bays: int, wall: float
) -> list[Part]:
    """A factory's windows and doors."""
    step = width / bays
    light = f.box((0.16, (height - wall) * 0.6, depth * 0.88), (0, (wall + height) / 2, 0))
    panes = [light.translate((step * i - width / 2, 0, 0)) for i in range(bays)]
    pane = f.box((step * 0.5, wall * 0.34, depth * 1.02), (0, wall * 0.62, 0))
    panes += [pane.translate((x, 0, 0)) for x in apart(bays, width - step) if abs(x) > 0.1]
    side = f.box((width * 1.01, wall * 0.34, depth * 0.2), (0, wall * 0.62, 0))
    panes += [side.translate((0, 0, z)) for z in apart(3, depth * 0.6)]
    gate = f.slab((step * 0.6, wall * 0.42, 0.3), (step * 0.5, 0, depth / 2))
    door = f.slab((0.9, wall * 0.36, 0.25), (-step * 0.9, 0, depth / 2))
    return [
        fixed("windows window glass", *panes, finish="aqua glass"),
        fixed("gate door", gate, door, finish="steel"),
    ]


def _chimneys(f: Forms, height: float, places: list[tuple[float, float]]) -> list[Part]:
    """Tall round chimneys at (x, z), with white rings."""
    stack = f.lathe([(height * 0.16, 0), (height * 0.09, height * 2.0)])
    rim = f.lathe([(height * 0.115, 0), (height * 0.115, height * 0.12)], (0, height * 1.9, 0))
    band = f.lathe([(height * 0.112, 0), (height * 0.108, height * 0.14)], (0, height * 1.62, 0))
    if not places:
        return []
    return [
        main("chimneys chimney", *[stack.translate((x, 0, z)) for x, z in places]),
        fixed(
            "caps", *[(rim + band).translate((x, 0, z)) for x, z in places], finish="white paint"
        ),
    ]


@family("gate", "gateway city_gate portal entrance_gate castle_gate", "grey stone")
def gate(
    f: Forms,
    *,
    width: float = 4.2,
    height: float = 4.0,
    depth: float = 0.9,
    thickness: float = 0.8,
    open: float = 0.0,
) -> list[Part]:
    w, t = width - 2 * thickness, thickness
    tall = height * 0.74
    hole = f.plate(doorway(w, tall), depth * 4)
    wall = f.slab((width, height * 0.86, depth * 0.8)) - hole
    pillar = f.slab((t, height * 0.9, depth * 1.1)) - hole.translate((-width / 2 + t / 2, 0, 0))
    cap = f.soft_box((t * 1.2, height * 0.05, depth * 1.3), (0, height * 0.9, 0), 0.03)
    ball = f.ball(t * 0.32, (0, height * 0.92 + t * 0.28, 0))
    arch = f.plate(doorway(w + 0.5, tall + 0.25), depth * 0.95) - hole
    return [
        main("wall walls pillars", wall, mirrored(pillar.translate((width / 2 - t / 2, 0, 0)))),
        main(
            "arch keystone caps",
            arch,
            f.slab((0.4, 0.6, depth * 1.05), (0, tall - 0.05, 0)),
            finish="tan stone",
        ),
        main(
            "top coping",
            f.slab((w + 0.2, height * 0.06, depth), (0, height * 0.84, 0)),
            mirrored((cap + ball).translate((width / 2 - t / 2, 0, 0))),
        ),
        *_gate_doors(f, height, open, w, tall),
    ]


def _gate_doors(f: Forms, height: float, open: float, w: float, tall: float) -> list[Part]:
    """A gate's two doors with their iron."""
    leaf = f.plate(doorway(w, tall), 0.1) ^ f.slab((w / 2 - 0.02, height, 1), (w / 4, 0.03, 0))
    bands = unite([f.box((w / 2 - 0.06, 0.12, 0.14), (w / 4, tall * y, 0)) for y in (0.14, 0.5)])
    handle = f.ring(0.1, 0.02, (w * 0.06, tall * 0.42, 0.09), "z") + f.rod(
        0.04, 0.2, (w * 0.06, tall * 0.47, 0), "z"
    )

    def hung(piece: Manifold) -> Manifold:
        turned = piece.translate((-w / 2, 0, 0)).rotate((0, 80 * open, 0))
        return mirrored(turned.translate((w / 2 + 0.01, 0, 0)))

    return [
        second("doors door leaves", hung(leaf), finish="brown wood"),
        fixed("hinges handles bands", hung(bands), hung(handle), finish="charcoal steel"),
    ]


@family("arch", "archway triumphal_arch arc_de_triomphe stone_arch", "cream concrete")
def arch(
    f: Forms, *, width: float = 9.0, height: float = 10.0, depth: float = 4.5, radius: float = 0.35
) -> list[Part]:
    span, tall = width * 0.38, height * 0.64
    hole = f.plate(doorway(span, tall), depth * 3)
    side = f.plate(doorway(depth * 0.42, tall * 0.6), width * 3).rotate((0, 90, 0))
    body = f.slab((width, height * 0.74, depth)) - hole - side
    column = f.lathe(
        [
            (radius * 1.3, 0),
            (radius * 1.3, 0.3),
            (radius, 0.4),
            (radius * 0.85, height * 0.56),
            (radius * 1.3, height * 0.6),
        ]
    )
    return [
        main(
            "body walls wall",
            body,
            f.slab((width * 0.96, height * 0.22, depth * 0.96), (0, height * 0.76, 0)),
        ),
        main(
            "columns column base",
            cornered(column.translate((width * 0.35, height * 0.12, depth * 0.52))),
            f.slab((width * 1.04, height * 0.12, depth * 1.16))
            - f.slab((span, 9, 99), (0, -1, 0))
            - f.slab((99, 9, depth * 0.42), (0, -1, 0)),
        ),
        *_cornice(f, width, height, depth, span, tall, hole),
    ]


def _cornice(
    f: Forms, width: float, height: float, depth: float, span: float, tall: float, hole: Manifold
) -> list[Part]:
    """An arch's cornice, key stone and panel."""
    ring = f.plate(doorway(span + width * 0.09, tall + width * 0.045), depth * 1.03) - hole
    panel = f.box((width * 0.5, height * 0.1, depth * 1.02), (0, height * 0.88, 0))
    return [
        second(
            "cornice trim ring",
            ring - f.slab((99, height * 0.12, 99)),
            f.slab((width * 1.08, height * 0.05, depth * 1.2), (0, height * 0.73, 0)),
            f.slab((width * 1.04, height * 0.03, depth * 1.06), (0, height * 0.97, 0)),
            f.slab((width * 0.07, height * 0.1, depth * 1.08), (0, tall - height * 0.02, 0)),
            panel,
            finish="tan concrete",
        ),
    ]


@family("tent", "camping_tent", "orange fabric")
def tent(f: Forms, *, width: float = 2.4, height: float = 1.6, length: float = 2.8) -> list[Part]:
    cover = f.wedge((length, height, width)).rotate((0, 90, 0))
    slit = f.plate(
        [(-width * 0.18, 0.0), (width * 0.18, 0.0), (0, height * 0.8)], 0.06, (0, 0, length / 2)
    )
    return [
        main("cover", cover),
        second("door flap entrance", slit, finish="charcoal fabric"),
        fixed(
            "poles pole ropes",
            f.rod(0.03, length * 1.06, (0, height - 0.01, 0), "z"),
            *[
                f.bone((0, height, s * length * 0.52), (0, 0.02, s * length * 0.78), 0.02)
                for s in (1, -1)
            ],
            mirrored(f.post(0.03, 0.15, (width * 0.5, 0, length * 0.5))),
            finish="steel",
        ),
    ]
