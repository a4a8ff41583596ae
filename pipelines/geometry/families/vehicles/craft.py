"""Things that sail and fly. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, around, mirrored, scaled, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS, RUBBER, wheel


@family(
    "boat",
    "sailboat sailing_boat yacht vessel",
    "brown wood",
)
def boat(
    f: Forms,
    *,
    length: float = 4.0,
    width: float = 1.4,
    height: float = 4.2,
    depth: float = 0.75,
    masts: int = 1,
) -> list[Part]:
    half = length / 2
    plan = [(0.0, half), (0.6, half * 0.45), (1.0, 0.0), (0.95, -half * 0.6), (0.7, -half)]
    ring = [(x * width / 2, z) for x, z in plan] + [(-x * width / 2, z) for x, z in plan[:0:-1]]
    top = f.floor(ring, 0.02, (0, depth, 0))
    keel = f.floor([(x * 0.35, z * 0.78) for x, z in ring], 0.02)
    hull = Manifold.batch_hull([top, keel])
    inside = hull.scale((0.86, 1, 0.88)).translate((0, depth * 0.3, 0))
    masts = within(masts, 0, 5)
    rigs = [_rig(f, half, height, depth, masts, i) for i in range(masts)]
    return [
        main(
            "hull body",
            hull - inside,
            f.box((width * 0.7, 0.06, 0.3), (0, depth * 0.75, -half * 0.5)),
        ),
        *(
            [second("sails sail", *[sail for sail, _ in rigs], finish="cream fabric")]
            if rigs
            else []
        ),
        *_boat_wood(f, depth, half, ring, inside, rigs),
    ]


def _boat_wood(
    f: Forms,
    depth: float,
    half: float,
    ring: list[tuple[float, float]],
    inside: Manifold,
    rigs: list[tuple[Manifold, Manifold]],
) -> list[Part]:
    """A boat's poles, rim and rudder."""
    tiller = f.bone((0, depth * 1.1, -half * 0.62), (0, depth * 0.95, -half * 1.02), 0.03)
    rudder = f.profile(
        [(-half * 1.08, 0.12), (-half * 0.98, 0.1), (-half * 0.97, depth), (-half * 1.05, depth)],
        0.06,
    )
    return [
        fixed(
            "mast masts boom rim rudder",
            *[poles for _, poles in rigs],
            f.floor([(x * 1.05, z * 1.015) for x, z in ring], 0.07, (0, depth - 0.04, 0)) - inside,
            tiller,
            rudder,
            finish="caramel wood",
        ),
    ]


def _rig(
    f: Forms, half: float, height: float, depth: float, masts: int, index: int
) -> tuple[Manifold, Manifold]:
    """The sails and the poles of one mast of a boat; the first mast carries the jib."""
    share = 1.0 / masts
    place = half * 0.12 if masts == 1 else half * (0.5 - 1.15 * index * share)
    top, boom = height * (1.0 - 0.12 * index), depth + 0.35
    aft = place - half * (0.97 if masts == 1 else 1.05 * share)
    sails = [f.profile([(place - 0.06, boom), (place - 0.06, top * 0.97), (aft, boom)], 0.05)]
    poles = [f.post(0.05, top - depth * 0.2, (0, depth * 0.2, place))]
    poles.append(f.rod(0.04, place - aft, (0, boom, (place + aft) / 2), "z"))
    if index == 0:
        sails.append(
            f.profile(
                [(place + 0.1, boom), (half * 0.92, depth + 0.1), (place + 0.1, height * 0.82)],
                0.05,
            )
        )
        poles.append(f.bone((0, height * 0.84, place), (0, depth, half * 0.97), 0.02))
    return unite(sails), unite(poles)


def _wings(f: Forms, half: float, width: float, height: float, y: float) -> Manifold:
    """Wings, tail plane and fin of an airplane whose middle is at height y."""
    wing = f.floor(
        [(0, half * 0.3), (width / 2, -half * 0.06), (width / 2, -half * 0.2), (0, -half * 0.16)],
        0.1,
        (0, y - 0.12, 0),
    )
    tail = f.floor(
        [(0, -half * 0.7), (width * 0.18, -half * 0.9), (width * 0.18, -half), (0, -half)],
        0.07,
        (0, y + 0.1, 0),
    )
    fin = f.profile(
        [
            (-half * 0.55, y),
            (-half * 0.88, y + height * 0.62),
            (-half * 1.02, y + height * 0.62),
            (-half * 0.98, y),
        ],
        0.08,
    )
    return mirrored(wing) + mirrored(tail) + fin


@family(
    "airplane",
    "plane aeroplane aircraft jet airliner jet_plane",
    "white paint",
)
def airplane(
    f: Forms,
    *,
    length: float = 6.0,
    width: float = 6.4,
    radius: float = 0.5,
    height: float = 1.9,
    engines: int = 2,
) -> list[Part]:
    half, y = length / 2, radius * 1.5
    shape = [
        (0.0, -half),
        (0.25, -half * 0.95),
        (0.7, -half * 0.3),
        (1.0, half * 0.2),
        (0.9, half * 0.6),
        (0.45, half * 0.92),
        (0.0, half),
    ]
    fuselage = f.turned([(r * radius, h) for r, h in shape]).rotate((90, 0, 0)).translate((0, y, 0))
    wings = _wings(f, half, width, height, y)
    return [
        main("body fuselage", fuselage),
        second("wings wing tail", wings, finish="blue paint"),
        *_airplane_fittings(f, width, radius, engines, half, y),
    ]


def _airplane_fittings(
    f: Forms, width: float, radius: float, engines: int, half: float, y: float
) -> list[Part]:
    """An airplane's engines, windows and wheels."""
    pods = [
        f.rod(0.2, 0.9, (width * (0.22 + 0.12 * i), y - 0.27, half * (0.1 - 0.08 * i)), "z")
        for i in range(within(round(engines / 2), 1, 3))
    ]
    return [
        fixed("engines engine", mirrored(unite(pods)), finish="steel"),
        fixed(
            "windows window cockpit glass",
            f.ball(0.34, (0, y + radius * 0.55, half * 0.62), (0.9, 0.8, 1.4)),
            *[
                f.rod(0.075, 2 * radius * 0.97, (0, y + 0.12, -half * 0.25 + i * 0.38), "x")
                for i in range(5)
            ],
            finish=GLASS,
        ),
        fixed(
            "wheels",
            mirrored(
                f.bone((radius * 0.6, y - radius * 0.3, 0), (0.5, 0.16, 0), 0.04)
                + wheel(f, 0.16, 0.1, (0.5, 0.16, 0))
            ),
            f.bone((0, y - radius * 0.5, half * 0.62), (0, 0.14, half * 0.62), 0.04),
            wheel(f, 0.14, 0.1, (0, 0.14, half * 0.62)),
            finish=RUBBER,
        ),
    ]


def _skid(f: Forms, y: float, radius: float) -> Manifold:
    """One runner of a helicopter whose middle is at height y, with its struts."""
    struts = [
        f.bone((0.65, 0.05, z), (radius * 0.4, y - radius * 0.45, z), 0.04) for z in (0.1, 1.1)
    ]
    return unite(
        [f.tube([(0.65, 0.06, -0.7), (0.65, 0.05, 1.6), (0.65, 0.2, 1.85)], 0.05), *struts]
    )


@family("helicopter", "chopper", "red paint")
def helicopter(
    f: Forms,
    *,
    length: float = 5.0,
    width: float = 4.6,
    height: float = 2.2,
    radius: float = 0.75,
    blades: int = 4,
) -> list[Part]:
    y, nose = radius + 0.45, length * 0.2
    return [
        main(
            "body",
            f.ball(radius, (0, y, nose * 0.6), (0.95, 1, 1.35)),
            f.bone((0, y + 0.15, 0), (0, y + 0.4, -length * 0.72), 0.32, 0.1),
            f.profile(
                [
                    (-length * 0.62, y + 0.3),
                    (-length * 0.76, y + 1.0),
                    (-length * 0.8, y + 1.0),
                    (-length * 0.75, y + 0.2),
                ],
                0.07,
            ),
        ),
        fixed(
            "windows window cockpit glass",
            f.ball(radius * 0.86, (0, y + 0.1, nose * 1.15), (0.98, 0.88, 1)),
            finish=GLASS,
        ),
        *_rotor(f, length, width, height, radius, blades, nose, y),
    ]


def _rotor(
    f: Forms,
    length: float,
    width: float,
    height: float,
    radius: float,
    blades: int,
    nose: float,
    y: float,
) -> list[Part]:
    """A helicopter's blades, mast and skids."""
    blade = f.box((width / 2, 0.07, 0.2), (width / 4, 0, 0))
    turning = around(blade, within(blades, 1, 12)).translate((0, height + 0.1, nose * 0.6))
    rotor = f.box((0.05, 0.9, 0.1), (0.16, y + 0.45, -length * 0.72))
    return [
        second("rotor blades", turning, rotor, finish="charcoal steel"),
        fixed(
            "skids mast",
            f.post(0.08, height + 0.15 - y, (0, y, nose * 0.6)),
            f.rod(0.06, 0.35, (0.1, y + 0.45, -length * 0.72), "x"),
            mirrored(_skid(f, y, radius)),
            finish="steel",
        ),
    ]


@family("rocket", "space_rocket missile", "white paint")
def rocket(f: Forms, *, height: float = 6.0, radius: float = 0.75, fins: int = 4) -> list[Part]:
    low = height * 0.1
    shape = [(0.62, 0.0), (0.86, 0.18), (1.0, 0.42), (0.94, 0.66), (0.8, 0.8)]
    rise = height - low
    tip = scaled([(0.8, 0.8), (0.55, 0.9), (0.2, 0.98), (0.0, 1.0)], radius, rise)
    blade = [(radius * 2.0, -low * 0.2), (radius * 2.0, -low), (radius * 0.55, rise * 0.06)]
    fin = f.plate([(radius * 0.6, rise * 0.3), *blade], radius * 0.14)
    port_y = rise * 0.62
    return [
        main("body hull", f.turned(scaled(shape, radius, rise))),
        second(
            "fins fin nose tip cone",
            f.turned(tip),
            around(fin, fins).rotate((0, 45, 0)),
            finish="red paint",
        ),
        fixed(
            "window porthole glass",
            f.ball(radius * 0.33, (0, port_y, radius * 0.85), (1, 1, 0.5)),
            finish=GLASS,
        ),
        fixed(
            "frame",
            f.ring(radius * 0.35, radius * 0.07, (0, port_y, radius * 0.92), "z"),
            finish="steel",
        ),
        fixed(
            "nozzle engine",
            f.post(radius * 0.62, low * 0.9, (0, -low * 0.8, 0), radius * 0.35),
            finish="charcoal steel",
        ),
    ]
