"""Tall things one sees from afar. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import CrossSection, FillRule, Manifold

from pipelines.geometry.families.curves import Pair, pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    cornered,
    doorway,
    scaled,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("wind turbine", "wind_generator wind_wheel wind_power_plant", "white paint")
def wind_turbine(
    f: Forms, *, height: float = 80.0, radius: float = 2.2, length: float = 34.0, blades: int = 3
) -> list[Part]:
    hub = (0.0, height, radius * 2.2)
    shape = pairs(
        "-0.2 0, 0.9 0.06, 1.5 0.16, 0.9 0.6, 0.25 1, 0 1, -0.2 0.6, -0.4 0.16", radius, length
    )
    blade = f.plate(shape, radius * 0.22)
    turning = (
        unite([blade.rotate((0, 0, 360.0 * i / blades)) for i in range(within(blades, 2, 6))])
        if blades
        else blade
    )
    cabin = f.soft_box(
        (radius * 1.7, radius * 1.8, radius * 5), (0, height, -radius * 0.4), radius * 0.5
    )
    return [
        main("tower mast body", f.lathe([(radius, 0), (radius * 0.6, height)]), cabin),
        second("blades blade rotor", turning.translate(hub), finish="white paint"),
        fixed("hub nose", f.ball(radius * 0.95, hub, (1, 1, 1.2)), finish="silver grey paint"),
        fixed(
            "base foundation door",
            f.post(radius * 2, height * 0.012),
            f.plate(
                doorway(radius * 0.6, radius * 1.4), radius * 0.4, (0, height * 0.01, radius * 0.9)
            ),
            finish="grey concrete",
        ),
    ]


@family("water tower", "water_tank", "silver grey steel")
def water_tower(
    f: Forms, *, height: float = 18.0, radius: float = 4.0, thickness: float = 0.3, legs: int = 4
) -> list[Part]:
    low, legs = height * 0.58, within(legs, 3, 10)
    shape = [(0, 0), (radius * 0.6, height * 0.04), (radius, height * 0.1), (radius, height * 0.3)]
    leg = f.bone((radius * 1.25, thickness, 0), (radius * 0.9, low + height * 0.1, 0), thickness)
    rings = [
        f.ring(radius * (1.22 - 0.32 * s), thickness * 0.5, (0, low * s, 0)) for s in (0.35, 0.7)
    ]
    roof = [(radius * 1.06, 0), (radius * 0.5, height * 0.09), (0.0, height * 0.12)]
    walk = f.lathe([(radius * 1.2, 0), (radius * 1.2, 0.12)], (0, low + height * 0.1, 0))
    return [
        main("tank body", f.turned(shape, (0, low, 0))),
        second("roof", f.lathe(roof, (0, low + height * 0.29, 0)), finish="red paint"),
        fixed(
            "legs frame pipe walkway",
            around(leg, legs).rotate((0, 180.0 / legs, 0)),
            *rings,
            walk,
            f.ring(radius * 1.18, 0.06, (0, low + height * 0.16, 0)),
            around(f.post(0.06, height * 0.06, (radius * 1.18, low + height * 0.1, 0)), 12),
            f.post(thickness * 1.4, low + 0.5),
            finish="charcoal steel",
        ),
    ]


@family("ferris wheel", "big_wheel giant_wheel observation_wheel", "white steel")
def ferris_wheel(
    f: Forms, *, radius: float = 10.0, width: float = 3.2, thickness: float = 0.22, cabins: int = 12
) -> list[Part]:
    y, t, cabins = radius * 1.25, thickness, within(cabins, 4, 20)
    coarse = Forms(f.detail * 0.6)
    spoke = coarse.rod(t * 0.4, radius * 2)
    wheel = unite(
        [
            coarse.ring(radius, t, axis="z"),
            *[spoke.rotate((0, 0, 180.0 * i / cabins)) for i in range(cabins)],
        ]
    ).as_original()
    pair = [wheel.translate((0, y, s * width * 0.28)) for s in (1, -1)]
    leg = coarse.bone((radius * 0.55, t, width * 0.62), (0, y, width * 0.46), t * 1.6)
    legs = cornered(leg)
    spots = [_turned(radius, i / cabins, y) for i in range(cabins)]
    cabin = coarse.soft_box(
        (radius * 0.22, radius * 0.2, width * 0.5), (0, -radius * 0.15, 0), radius * 0.05
    )
    roof = coarse.soft_box(
        (radius * 0.25, radius * 0.04, width * 0.54), (0, -radius * 0.05, 0), 0.1
    )
    bars = [coarse.rod(t * 0.6, width * 0.62, at, "z") for at in spots]
    hung = (roof + f.slab((t, radius * 0.1, t), (0, -radius * 0.09, 0))).as_original()
    return [
        main("wheel frame rim", *pair, f.rod(t * 3, width * 1.05, (0, y, 0), "z"), *bars),
        main("legs stand", legs),
        second("cabins cabin gondolas", *[cabin.translate(at) for at in spots], finish="red paint"),
        fixed("roofs", *[hung.translate(at) for at in spots], finish="yellow paint"),
        fixed("base platform", f.slab((radius * 1.5, 0.5, width * 1.8)), finish="grey concrete"),
    ]


def _turned(radius: float, turn: float, y: float) -> tuple[float, float, float]:
    """A place on a wheel about (0, y, 0) that faces the front, after `turn` of a full circle."""
    angle = 2 * math.pi * turn
    return radius * math.sin(angle), y + radius * math.cos(angle), 0.0


def _bar(start: Pair, stop: Pair, thick: float) -> list[Pair]:
    """Corners of a flat bar, counter-clockwise."""
    (x, y), (u, v) = start, stop
    share = thick / 2 / math.hypot(u - x, v - y)
    a, b = (y - v) * share, (u - x) * share
    return [(x - a, y - b), (u - a, v - b), (u + a, v + b), (x + a, y + b)]


def _lattice(f: Forms, low: Pair, high: Pair, t: float, count: int) -> Manifold:
    """Four leaning walls from (half width, y) low to high, of crossed bars in `count` fields each."""
    (x0, y0), (x1, y1) = low, high
    rise, bars = math.hypot(y1 - y0, x0 - x1), []
    for i in range(count):
        (a, c), (b, d) = ((x0 + (x1 - x0) * s / count, rise * s / count) for s in (i, i + 1))
        bars += [_bar((-a, c), (b, d), t * 0.8), _bar((a, c), (-b, d), t * 0.8)]
        bars.append(_bar((-b, d), (b, d), t))
    wall = CrossSection(bars, fillrule=FillRule.Positive).extrude(t * 0.6)
    lean = math.degrees(math.atan2(x0 - x1, y1 - y0))
    wall = wall.translate((0, 0, -t * 0.6)).rotate((-lean, 0, 0)).translate((0, y0, x0 + t * 0.3))
    beam = Forms(f.detail * 0.4).bone((x0, y0, x0), (x1, y1, x1), t, t * 0.8)
    return around(wall, 4) + cornered(beam)


@family("eiffel tower", "tour_eiffel paris_tower", "brown steel")
def eiffel_tower(
    f: Forms, *, height: float = 30.0, width: float = 12.0, thickness: float = 0.42
) -> list[Part]:
    half, t = width / 2, thickness
    rows = scaled([(1.0, 0.0), (0.58, 0.18), (0.3, 0.37), (0.13, 0.62), (0.06, 0.9)], half, height)
    parts = [
        _lattice(f, a, b, t * (1 - 0.18 * i), n)
        for i, (a, b, n) in enumerate(zip(rows, rows[1:], (1, 2, 3, 4), strict=False))
    ]
    arch = f.plate(doorway(half * 1.45, height * 0.155), t * 1.2) - f.plate(
        doorway(half * 1.3, height * 0.145), 9
    )
    arches = around(arch.translate((0, 0, half * 0.66)), 4)
    foot = f.slab((t * 5, t * 2.4, t * 5), (half, 0, half))
    decks = [f.slab((2.3 * x, height * 0.022, 2.3 * x), (0, y, 0)) for x, y in rows[1:3]]
    return [
        main("frame body beams legs", *parts, arches),
        second(
            "platforms decks",
            *decks,
            f.slab((half * 0.2, height * 0.03, half * 0.2), (0, height * 0.89, 0)),
            finish="dark brown steel",
        ),
        fixed(
            "antenna spire",
            f.post(t * 0.4, height * 0.1, (0, height * 0.9, 0), t * 0.1),
            finish="dark brown steel",
        ),
        fixed("base foundation", cornered(foot), finish="grey stone"),
    ]


@family("mosque", "masjid", "white plaster")
def mosque(
    f: Forms, *, width: float = 14.0, height: float = 13.0, depth: float = 12.0, minarets: int = 4
) -> list[Part]:
    wall, r = height * 0.38, width * 0.3
    onion = pairs("0.96 0, 1.06 0.16, 1.02 0.34, 0.72 0.62, 0.3 0.84, 0.07 0.95, 0 1")
    dome = f.turned(scaled(onion, r, height * 0.42), (0, wall + height * 0.08, 0))
    coarse = Forms(f.detail * 0.6)
    cap = coarse.turned(scaled(onion, width * 0.06, height * 0.13), (0, -0.1, 0))
    spots = [(s * width * 0.5, t * depth * 0.5) for t in (1, -1) for s in (1, -1)][
        : within(minarets, 0, 4)
    ]
    tall = height * 0.84
    shaft = coarse.lathe([(width * 0.055, 0), (width * 0.04, tall)])
    rings = [
        f.lathe([(width * 0.05, 0), (width * 0.065, 0.2), (width * 0.065, 0.4)], (0, tall * y, 0))
        for y in (0.6, 0.95)
    ]
    porch = f.slab((width * 0.3, wall * 1.12, depth * 0.14), (0, 0, depth * 0.48))
    towers = [(unite([shaft, *rings])).translate((x, 0, z)) for x, z in spots]
    return [
        main(
            "walls wall",
            f.slab((width, wall, depth)),
            f.post(r, height * 0.09, (0, wall - 0.02, 0)),
            porch,
            *towers,
        ),
        second(
            "domes dome roof",
            dome,
            *[cap.translate((x, tall, z)) for x, z in spots],
            finish="teal tiles",
        ),
        *_mosque_fittings(f, width, height, depth, r, wall),
    ]


def _mosque_fittings(
    f: Forms, width: float, height: float, depth: float, r: float, wall: float
) -> list[Part]:
    """A mosque's windows, gate and crescent."""
    pane = f.plate(doorway(width * 0.07, wall * 0.5, 8), depth * 1.02, (0, wall * 0.28, 0))
    panes = [pane.translate((x, 0, 0)) for x in apart(6, width * 0.82) if abs(x) > width * 0.12]
    gate = f.plate(doorway(width * 0.2, wall * 0.84), 0.5, (0, 0, depth * 0.55))
    moon = f.ring(r * 0.1, r * 0.025, (0, wall + height * 0.55, 0), "z") - f.slab(
        (r * 0.1, r, r), (0, wall + height * 0.55 + r * 0.06, 0)
    )
    return [
        fixed("windows window", *panes, finish="navy glass"),
        fixed("door gate", gate, finish="brown wood"),
        fixed(
            "moon spire crescent",
            f.post(r * 0.03, height * 0.09, (0, wall + height * 0.47, 0)),
            moon,
            finish="gold",
        ),
    ]
