"""Things that sail and fly. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, around, mirrored, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles import GLASS, RUBBER, wheel


@family(
    "boat",
    "sailboat sailing_boat sailing_ship yacht ship vessel dinghy longship galleon",
    "brown wood",
)
def boat(
    f: Forms, *, length: float = 4.0, width: float = 1.4, height: float = 4.2, depth: float = 0.75
) -> list[Part]:
    half = length / 2
    plan = [(0.0, half), (0.6, half * 0.45), (1.0, 0.0), (0.95, -half * 0.6), (0.7, -half)]
    ring = [(x * width / 2, z) for x, z in plan] + [(-x * width / 2, z) for x, z in plan[:0:-1]]
    top = f.floor(ring, 0.02, (0, depth, 0))
    keel = f.floor([(x * 0.35, z * 0.78) for x, z in ring], 0.02)
    hull = Manifold.batch_hull([top, keel])
    inside = hull.scale((0.86, 1, 0.88)).translate((0, depth * 0.3, 0))
    mast_z = half * 0.12
    boom = depth + 0.35
    sail = f.profile(
        [(mast_z - 0.06, boom), (mast_z - 0.06, height * 0.97), (-half * 0.85, boom)], 0.05
    )
    jib = f.profile(
        [(mast_z + 0.1, boom), (half * 0.92, depth + 0.1), (mast_z + 0.1, height * 0.82)], 0.05
    )
    return [
        main(
            "hull body",
            hull - inside,
            f.box((width * 0.7, 0.06, 0.3), (0, depth * 0.75, -half * 0.5)),
        ),
        second("sails sail", sail, jib, finish="cream fabric"),
        fixed(
            "mast boom",
            f.post(0.05, height - depth * 0.2, (0, depth * 0.2, mast_z)),
            f.rod(0.04, half + mast_z, (0, boom, (mast_z - half) / 2), "z"),
            f.bone((0, height * 0.84, mast_z), (0, depth, half * 0.97), 0.02),
            finish="caramel wood",
        ),
    ]


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
    "plane aeroplane aircraft jet airliner biplane jet_plane fighter_jet propeller_plane",
    "white paint",
)
def airplane(
    f: Forms, *, length: float = 6.0, width: float = 6.4, radius: float = 0.5, height: float = 1.9
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
    engines = [f.rod(0.2, 0.9, (width * 0.22, y - 0.27, half * 0.1), "z")]
    return [
        main("body fuselage", fuselage),
        second("wings wing tail", wings, finish="blue paint"),
        fixed("engines engine", mirrored(unite(engines)), finish="steel"),
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
                f.bone((0.4, y - 0.2, 0), (0.5, 0.16, 0), 0.04)
                + wheel(f, 0.16, 0.1, (0.5, 0.16, 0))
            ),
            f.bone((0, y - 0.3, half * 0.62), (0, 0.14, half * 0.62), 0.04),
            wheel(f, 0.14, 0.1, (0, 0.14, half * 0.62)),
            finish=RUBBER,
        ),
    ]


def _skid(f: Forms, y: float) -> Manifold:
    """One runner of a helicopter whose middle is at height y, with its struts."""
    struts = [f.bone((0.65, 0.05, z), (0.35, y - 0.3, z), 0.04) for z in (0.1, 1.1)]
    return unite(
        [f.tube([(0.65, 0.06, -0.7), (0.65, 0.05, 1.6), (0.65, 0.2, 1.85)], 0.05), *struts]
    )


@family("helicopter", "chopper", "red paint")
def helicopter(
    f: Forms, *, length: float = 5.0, width: float = 4.6, height: float = 2.2, radius: float = 0.75
) -> list[Part]:
    y, nose = radius + 0.45, length * 0.2
    blade = f.box((width, 0.07, 0.2))
    blades = (blade + blade.rotate((0, 90, 0))).translate((0, height + 0.1, nose * 0.6))
    rotor = f.box((0.05, 0.9, 0.1), (0.16, y + 0.45, -length * 0.72))
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
        second("rotor blades", blades, rotor, finish="charcoal steel"),
        fixed(
            "skids mast",
            f.post(0.08, height + 0.15 - y, (0, y, nose * 0.6)),
            f.rod(0.06, 0.35, (0.1, y + 0.45, -length * 0.72), "x"),
            mirrored(_skid(f, y)),
            finish="steel",
        ),
    ]


@family("rocket", "spaceship space_ship spacecraft space_rocket missile starship", "white paint")
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
