"""What flies, rolls and stands in space, in fact and in games. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, Point, apart, around, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLOW = "cyan neon"


def _dish(f: Forms, radius: float, at: Point, tilt: float) -> tuple[Manifold, Manifold]:
    """A dish that looks along +Z, tilted up by `tilt` degrees, and the feed before it."""
    r = radius
    outer = [(r * 0.1, 0), (r * 0.62, r * 0.12), (r, r * 0.38), (r * 0.97, r * 0.4)]
    inner = [(0.0, r * 0.06), (r * 0.6, r * 0.17), (r * 0.95, r * 0.4), (r * 0.95, r * 0.6)]
    bowl = f.turned(outer) - f.lathe(inner)
    leg = f.bone((r * 0.9, r * 0.36, 0), (0, r * 0.85, 0), r * 0.018)
    feed = around(leg, 3) + f.ball(r * 0.08, (0, r * 0.85, 0))
    turn = (90 - tilt, 0, 0)
    return bowl.rotate(turn).translate(at), feed.rotate(turn).translate(at)


@family(
    "satellite_dish",
    "dish_antenna radar_dish radar tv_dish radio_telescope parabolic_antenna radio_dish",
    "white paint",
)
def satellite_dish(f: Forms, *, radius: float = 1.0, height: float = 1.6) -> list[Part]:
    r, h = radius, height
    bowl, feed = _dish(f, r, (0, h, 0), 40)
    return [
        main("dish bowl", bowl),
        fixed("feed antenna", feed, finish="charcoal steel"),
        second(
            "stand mast base",
            f.post(r * 0.09, h, (0, 0, -r * 0.06)),
            f.ball(r * 0.17, (0, h - r * 0.02, -r * 0.08)),
            f.lathe([(r * 0.5, 0), (r * 0.5, r * 0.08), (r * 0.2, r * 0.14)], (0, 0, -r * 0.06)),
            around(f.bone((r * 0.42, r * 0.08, 0), (0, h * 0.5, 0), r * 0.04), 3).translate(
                (0, 0, -r * 0.06)
            ),
            finish="grey steel",
        ),
    ]


@family(
    "rover",
    "mars_rover moon_rover lunar_rover space_rover planetary_rover moon_buggy curiosity_rover perseverance_rover",
    "white paint",
)
def rover(
    f: Forms,
    *,
    length: float = 2.8,
    width: float = 1.6,
    height: float = 2.0,
    radius: float = 0.27,
    wheels: int = 6,
) -> list[Part]:
    h, w, z, r = height, width, length / 2, radius
    deck, count = r * 2.6, within(wheels, 2, 12) // 2
    rows = apart(count, length * 0.8)
    tyre = f.rod(r, r * 0.9, axis="x") + around(f.box((r * 0.12, r * 0.94, r * 2.08)), 1)
    tyres = mirrored(unite([tyre.translate((w * 0.58, r, x)) for x in rows]))
    arms = [f.bone((w * 0.58, r, x), (w * 0.37, deck * 0.9, x * 0.4), r * 0.13) for x in rows]
    mast = (w * 0.26, deck + r * 0.5, z * 0.6)
    hand = [
        (-w * 0.3, deck * 0.9, z * 0.7),
        (-w * 0.3, deck * 1.3, z * 1.0),
        (-w * 0.3, deck * 0.6, z * 1.3),
    ]
    return [
        main("body deck", f.soft_box((w * 0.8, r * 1.3, length * 0.72), (0, deck, 0), 0.06)),
        fixed("wheels wheel", tyres, finish="charcoal steel"),
        fixed(
            "arms suspension mast",
            mirrored(unite(arms)),
            f.post(0.05, h - mast[1], mast),
            f.tube(hand, r * 0.15),
            f.soft_box((0.2, 0.2, 0.25), (hand[2][0], hand[2][1], hand[2][2]), 0.04),
            finish="grey steel",
        ),
        *_rover_fittings(f, length, h, r, w, z, deck, mast),
    ]


def _rover_fittings(
    f: Forms, length: float, h: float, r: float, w: float, z: float, deck: float, mast: Point
) -> list[Part]:
    """A rover's head, lens and panel."""
    panel = f.box((w * 0.86, 0.05, length * 0.42), (0, deck + r * 0.66, -z * 0.42))
    return [
        second(
            "head camera antenna",
            f.soft_box((w * 0.3, r * 0.7, r * 0.7), (mast[0], h, mast[2]), 0.05),
            f.post(0.02, h * 0.3, (-w * 0.3, deck + r * 0.4, -z * 0.1)),
            f.lathe([(r * 0.2, 0), (r * 0.9, r * 0.2)], (-w * 0.3, deck + h * 0.3, -z * 0.1)),
            finish="white paint",
        ),
        fixed(
            "lens eyes",
            *[
                f.rod(r * 0.2, 0.06, (mast[0] + s * w * 0.08, h, mast[2] + r * 0.36), "z")
                for s in (1, -1)
            ],
            finish="black glass",
        ),
        fixed("panel panels solar", panel, finish="navy glass"),
    ]


@family(
    "space_station",
    "orbital_station spacestation iss international_space_station orbital_base",
    "white paint",
)
def space_station(
    f: Forms, *, radius: float = 6.0, length: float = 9.0, thickness: float = 1.0, arms: int = 4
) -> list[Part]:
    r, t, half = radius, thickness, length / 2
    spokes = around(f.rod(t * 0.45, r, (r / 2, 0, 0), "x"), within(arms, 1, 12))
    hub = [
        (t * 0.5, -half),
        (t * 1.5, -half * 0.8),
        (t * 1.5, -half * 0.2),
        (t * 2, 0),
        (t * 1.5, half * 0.3),
        (t * 0.9, half * 0.6),
        (t * 0.9, half * 0.8),
        (t * 0.4, half),
    ]
    wing = f.box((r * 0.55, 0.12, t * 2.4), (r * 0.45, -half * 0.62, 0))
    bays = around(f.soft_box((t * 2.4, t * 1.7, t * 3.2), (r, 0, 0), t * 0.4), within(arms, 1, 8))
    return [
        main("body hull ring", f.ring(r, t), f.lathe(hub), spokes),
        second(
            "pods modules docks",
            bays,
            f.lathe([(t * 1.7, 0), (t * 1.7, t * 0.6)], (0, half * 0.3, 0)),
            f.lathe([(t * 1.7, 0), (t * 1.7, t * 0.5)], (0, -half * 0.5, 0)),
            finish="grey steel",
        ),
        fixed(
            "panels panel solar wings",
            mirrored(wing),
            mirrored(wing).rotate((0, 90, 0)),
            finish="navy glass",
        ),
        *_space_station_fittings(f, half, r, t),
    ]


def _space_station_fittings(f: Forms, half: float, r: float, t: float) -> list[Part]:
    """A space station's windows and antenna."""
    pane = f.box((0.3, t * 0.3, t * 0.5), (r + t * 0.95, 0, 0))
    lights = around(pane, 36)
    return [
        fixed(
            "windows lights light",
            lights,
            around(f.box((0.3, t * 0.4, t * 0.4), (t * 1.52, half * 0.12, 0)), 8),
            finish="glowing lemon neon",
        ),
        fixed(
            "antenna mast",
            f.post(0.12, half * 0.5, (0, half * 0.95, 0)),
            f.bone((0, half * 1.3, 0), (t, half * 1.42, 0), 0.09),
            finish="silver",
        ),
    ]


@family("space_shuttle", "shuttle orbiter shuttle_orbiter nasa_shuttle", "white paint")
def space_shuttle(
    f: Forms, *, length: float = 9.0, width: float = 6.0, radius: float = 1.0
) -> list[Part]:
    r, z, w = radius, length / 2, width / 2
    hull = f.hose(
        [(0, r, -z), (0, r, z * 0.3), (0, r * 0.95, z * 0.72), (0, r * 0.8, z * 0.98)],
        [r, r, r * 0.82, r * 0.22],
        share=0.8,
    )
    flat = f.box((9, r * 0.9, length * 1.4), (0, -r * 0.17, 0))
    delta = [
        (0.0, z * 0.55),
        (r * 0.8, z * 0.5),
        (r * 1.3, z * 0.05),
        (w, -z * 0.62),
        (w, -z * 0.9),
        (0.0, -z * 0.92),
    ]
    fin = f.profile(pairs("-0.5 0, -0.95 1, -1.14 1, -1.0 0", z, r * 2.1), r * 0.16).translate(
        (0, r * 1.8, 0)
    )
    pods = mirrored(
        f.bone((r * 0.62, r * 1.55, -z * 0.98), (r * 0.55, r * 1.5, -z * 0.7), r * 0.36)
    )
    return [
        main("body hull fuselage", hull - flat, fin, pods),
        second(
            "wings wing", mirrored(f.floor(delta, r * 0.24, (0, r * 0.3, 0))), finish="white paint"
        ),
        *_space_shuttle_fittings(f, length, r, z, delta),
    ]


def _space_shuttle_fittings(
    f: Forms, length: float, r: float, z: float, delta: list[tuple[float, float]]
) -> list[Part]:
    """A space shuttle's tiles, windows and engines."""
    nozzle = f.rod(r * 0.42, r * 0.7, (0, 0, -z - r * 0.24), "z", r * 0.26)
    glass = [
        f.box((r * 0.3, r * 0.3, r * 0.5), (x * r, r * 1.58, z * 0.66))
        for x in (-0.5, -0.17, 0.17, 0.5)
    ]
    skin = f.hose(
        [(0, r, -z), (0, r, z * 0.3), (0, r * 0.95, z * 0.72), (0, r * 0.8, z * 0.98)],
        [r * 1.02, r * 1.02, r * 0.85, r * 0.24],
        share=0.8,
    )
    return [
        fixed(
            "tiles belly nose",
            mirrored(f.floor([(a * 1.01, b) for a, b in delta], r * 0.16, (0, r * 0.2, 0))),
            skin ^ f.box((9, r * 0.5, length * 1.4), (0, r * 0.5, 0)),
            skin ^ f.box((9, 9, r), (0, r, z * 1.16)),
            finish="charcoal tiles",
        ),
        fixed("windows window cockpit", unite(glass) ^ skin, finish="dark glass"),
        fixed(
            "engines nozzles engine",
            *[
                nozzle.translate(at)
                for at in ((0, r * 1.5, 0), (r * 0.5, r * 0.85, 0), (-r * 0.5, r * 0.85, 0))
            ],
            finish="charcoal steel",
        ),
    ]


@family("lunar_lander", "moon_lander lander apollo_lander lunar_module lander_module", "gold")
def lunar_lander(
    f: Forms, *, height: float = 5.0, width: float = 5.0, radius: float = 1.5, legs: int = 4
) -> list[Part]:
    h, r, w = height, radius, width / 2
    low = h * 0.26
    leg = f.bone((r * 0.95, h * 0.46, 0), (w, h * 0.06, 0), r * 0.07) + f.bone(
        (r * 0.9, low, 0), (w * 0.88, h * 0.14, 0), r * 0.05
    )
    pad = f.lathe([(r * 0.16, 0), (r * 0.26, h * 0.012), (r * 0.08, h * 0.05)], (w, 0, 0))
    eight = Forms(0.2)
    top = eight.soft_box((r * 1.5, h * 0.3, r * 1.3), (0, h * 0.68, 0), r * 0.32)
    count = within(legs, 3, 8)
    return [
        main("descent base stage", f.stack([(low, f.circle(r, 0.2)), (h * 0.5, f.circle(r, 0.2))])),
        second(
            "cabin ascent body",
            top,
            f.rod(r * 0.55, r * 0.9, (0, h * 0.68, r * 0.4), "z", r * 0.4),
            f.post(r * 0.7, h * 0.06, (0, h * 0.49, 0)),
            finish="light grey steel",
        ),
        fixed(
            "legs leg ladder",
            around(leg, count).rotate((0, 45, 0)),
            around(pad, count).rotate((0, 45, 0)),
            finish="grey steel",
        ),
        fixed(
            "nozzle engine thrusters",
            f.post(r * 0.42, low * 0.75, (0, low * 0.35, 0), r * 0.16),
            mirrored(f.rod(r * 0.1, r * 0.3, (r * 0.8, h * 0.72, r * 0.2), "x", r * 0.16)),
            finish="charcoal steel",
        ),
        *_lunar_lander_fittings(f, h, r),
    ]


def _lunar_lander_fittings(f: Forms, h: float, r: float) -> list[Part]:
    """A lunar lander's windows and antenna."""
    return [
        fixed(
            "windows window hatch",
            mirrored(f.rod(r * 0.16, 0.2, (r * 0.24, h * 0.74, r * 0.84 - 0.06), "z", share=0.16)),
            f.box((r * 0.3, h * 0.07, 0.1), (0, h * 0.62, r * 0.85)),
            finish="black glass",
        ),
        fixed(
            "antenna dish",
            f.post(0.05, h * 0.17, (r * 0.3, h * 0.82, -r * 0.2)),
            f.lathe([(0.05, 0), (r * 0.3, r * 0.14)], (r * 0.3, h * 0.98, -r * 0.2)),
            finish="silver",
        ),
    ]


@family(
    "solar_panel", "solar_panels photovoltaic_panel pv_panel solar_cell solar_array", "navy glass"
)
def solar_panel(
    f: Forms, *, width: float = 2.0, length: float = 1.2, height: float = 1.1, rows: int = 4
) -> list[Part]:
    w, h, count = width, height, within(rows, 1, 12)
    tilt, y = (-48, 0, 0), h * 0.62
    lines = [f.box((w * 0.97, 0.02, 0.066), (0, t, 0)) for t in apart(count + 1, length * 0.95)]
    lines += [f.box((0.02, length * 0.95, 0.066), (t, 0, 0)) for t in apart(count + 3, w * 0.97)]
    frame = f.box((w * 1.04, length * 1.05, 0.05), (0, 0, -0.012))
    return [
        main("panel cells glass", f.box((w, length, 0.06)).rotate(tilt).translate((0, y, 0))),
        second(
            "frame lines", unite([frame, *lines]).rotate(tilt).translate((0, y, 0)), finish="silver"
        ),
        fixed(
            "stand post base",
            f.post(0.05, y, (0, 0, -0.03)),
            mirrored(
                f.bone((w * 0.3, y - length * 0.25, length * 0.1), (0, h * 0.25, -0.03), 0.025)
            ),
            f.slab((w * 0.4, 0.05, length * 0.5), (0, 0, -0.03)),
            finish="grey steel",
        ),
    ]
