"""Things that float and hover."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, cornered, scaled, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("ufo", "flying_saucer alien_spaceship alien_ship saucer_ship", "silver grey steel")
def ufo(
    f: Forms, *, radius: float = 3.0, height: float = 2.4, legs: int = 3, lights: int = 10
) -> list[Part]:
    low = height * 0.3
    disc = pairs("0.25 0, 0.62 0.05, 0.98 0.2, 1 0.25, 0.95 0.29, 0.52 0.42, 0.4 0.46")
    dome = f.ball(radius * 0.42).scale((1, (height * 0.36) / (radius * 0.42), 1))
    bulb = f.ball(radius * 0.055, (radius * 0.76, low + height * 0.345, 0), (1, 0.8, 1))
    leg = f.bone((radius * 0.4, low + height * 0.08, 0), (radius * 0.62, height * 0.03, 0), 0.06)
    foot = f.post(radius * 0.08, height * 0.04, (radius * 0.62, 0, 0))
    return [
        main("body hull disc", f.turned(scaled(disc, radius, height), (0, low, 0))),
        second(
            "dome cockpit window glass",
            dome.translate((0, low + height * 0.42, 0)),
            finish="shiny aqua glass",
        ),
        fixed("lights light lamps", around(bulb, lights), finish="glossy lime plastic"),
        fixed(
            "rim ring legs",
            f.ring(radius * 0.42, radius * 0.035, (0, low + height * 0.45, 0)),
            f.ring(radius, radius * 0.03, (0, low + height * 0.245, 0)),
            f.post(radius * 0.3, height * 0.1, (0, low - height * 0.06, 0), radius * 0.36),
            around(leg + foot, max(legs, 1)).rotate((0, 90, 0)),
            finish="charcoal steel",
        ),
    ]


def _gores(f: Forms, solid: Manifold, radius: float, height: float, count: int) -> Manifold:
    """Every second sector about the y axis of a solid that stands on y = 0."""
    along, across = radius * 2, radius * 4 * math.tan(math.pi / (2 * count))
    wedge = f.floor([(0.0, 0.0), (-across / 2, along), (across / 2, along)], height)
    return solid ^ around(wedge, count)


@family("hot air balloon", "air_balloon hot_balloon montgolfier", "red fabric")
def hot_air_balloon(
    f: Forms, *, height: float = 18.0, radius: float = 6.0, width: float = 2.2, gores: int = 8
) -> list[Part]:
    low, basket, gores = height * 0.22, width * 0.85, within(gores, 3, 24)
    shape = pairs("0.22 0, 0.5 0.16, 0.86 0.42, 1 0.66, 0.82 0.88, 0.4 0.985, 0 1")
    body = f.turned(scaled(shape, radius, height - low), (0, low, 0))
    wider = f.turned(scaled(shape, radius * 1.012, (height - low) * 1.003), (0, low, 0))
    rope = f.bone(
        (width * 0.46, basket * 0.9, width * 0.46), (radius * 0.15, low * 1.02, radius * 0.15), 0.06
    )
    box = f.soft_box((width, basket, width), (0, basket / 2, 0), 0.2)
    weave = f.soft_box((width * 0.86, basket, width * 0.86), (0, basket * 0.62, 0), 0.15)
    rim = f.soft_box((width * 1.1, 0.22, width * 1.1), (0, basket, 0), 0.1)
    share = (low * 0.75 - basket * 0.9) / (low * 1.02 - basket * 0.9)
    reach = 2.9 * (width * 0.46 * (1 - share) + radius * 0.15 * share)
    return [
        main("balloon envelope body", body),
        second(
            "stripes stripe panels",
            _gores(f, wider, radius, height * 1.1, gores),
            finish="yellow fabric",
        ),
        fixed("basket", box - weave, rim - weave, finish="caramel wood"),
        fixed(
            "ropes rope burner",
            cornered(rope),
            f.post(width * 0.16, low * 0.3, (0, low * 0.66, 0)),
            unite([f.rod(0.07, reach, (0, low * 0.75, 0), axis) for axis in ("x", "z")]).rotate(
                (0, 45, 0)
            ),
            finish="charcoal steel",
        ),
    ]


@family("parachute", "skydiver_parachute", "orange fabric")
def parachute(f: Forms, *, height: float = 5.0, radius: float = 2.4, gores: int = 6) -> list[Part]:
    rise, gores = radius * 0.75, within(gores, 3, 12)
    outer = f.ball(1.0, share=1.0).scale((radius, rise, radius)) ^ f.slab(
        (9 * radius, 9 * radius, 9 * radius)
    )
    inner = f.ball(1.0, share=1.0).scale((radius * 0.94, rise * 0.94, radius * 0.94))
    wider = f.ball(1.0, share=1.0).scale((radius * 1.012, rise * 1.012, radius * 1.012)) ^ f.slab(
        (9 * radius, 9 * radius, 9 * radius)
    )
    shell = (outer - inner).translate((0, height - rise, 0))
    cords = f.bone((radius * 0.96, height - rise + 0.03, 0), (0.12, height * 0.1, 0), 0.022)
    return [
        main("canopy cover", shell),
        second(
            "stripes panels",
            (_gores(f, wider, radius, height, gores) - inner).translate((0, height - rise, 0)),
            finish="white fabric",
        ),
        fixed("cords ropes lines", around(cords, gores * 2), finish="charcoal fabric"),
        fixed(
            "pack harness load",
            f.soft_box((0.5, height * 0.11, 0.5), (0, height * 0.055, 0), 0.1),
            finish="olive fabric",
        ),
    ]


@family("blimp", "airship zeppelin dirigible", "silver grey paint")
def blimp(
    f: Forms, *, length: float = 30.0, radius: float = 4.2, height: float = 10.5
) -> list[Part]:
    half, y = length / 2, radius + max(height - 2 * radius, radius * 0.3)
    shape = pairs("0 -1, 0.3 -0.93, 0.72 -0.6, 0.98 0, 1 0.3, 0.8 0.72, 0.4 0.95, 0 1")
    hull = f.turned(scaled(shape, radius, half)).rotate((90, 0, 0)).translate((0, y, 0))
    side = [
        (-half * 0.62, radius * 0.3),
        (-half * 0.82, radius),
        (-half * 0.98, radius),
        (-half * 0.9, radius * 0.1),
    ]
    fin = f.profile(side, 0.3)
    fins = unite([fin.rotate((0, 0, 90.0 * i + 45)) for i in range(4)]).translate((0, y, 0))
    return [
        main("body hull envelope", hull),
        second("fins fin tail", fins, finish="blue paint"),
        *_gondola(f, length, radius, half, y),
    ]


def _gondola(f: Forms, length: float, radius: float, half: float, y: float) -> list[Part]:
    """What hangs beneath a blimp."""
    gondola = f.soft_box(
        (radius * 0.5, y - radius * 0.85 + 0.8, length * 0.2),
        (0, (y - radius * 0.85 + 0.8) / 2, half * 0.2),
        0.35,
    )
    panes = [
        f.box((radius * 0.52, 0.7, 0.8), (0, (y - radius) * 0.7, half * 0.2 + z))
        for z in (-2, -0.7, 0.6, 1.9)
    ]
    engine = f.rod(0.45, 1.8, (radius * 0.45, (y - radius) * 0.6, half * 0.05), "z")
    strut = f.rod(0.15, radius, (0, (y - radius) * 0.6, half * 0.05), "x")
    return [
        fixed("gondola cabin", gondola, finish="white paint"),
        fixed("windows window glass", *panes, finish="dark glass"),
        fixed("engines engine", engine, engine.mirror((1, 0, 0)), strut, finish="charcoal steel"),
    ]
