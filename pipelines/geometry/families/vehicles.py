"""Things that drive. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLASS = "dark glass"
RUBBER = "black rubber"


def wheel(f: Forms, radius: float, thickness: float, at: tuple[float, float, float]) -> Manifold:
    """A tyre that turns about x."""
    return f.rod(radius, thickness, at, "x")


def _car_shell(f: Forms, half: float, width: float, height: float, clear: float) -> Manifold:
    belt, nose = height * 0.66, height * 0.6
    return f.profile(
        [
            (-half, clear),
            (half * 0.98, clear),
            (half, nose * 0.8),
            (half * 0.9, nose),
            (half * 0.42, belt),
            (-half * 0.92, belt * 1.02),
            (-half, belt * 0.9),
        ],
        width,
    )


def _car_pillars(f: Forms, half: float, width: float, height: float) -> Manifold:
    belt = height * 0.66
    pillars = [
        f.profile(
            [(z - 0.05, belt), (z + 0.05, belt), (z2 + 0.05, height), (z2 - 0.05, height)], 0.07
        )
        for z, z2 in (
            (half * 0.42, half * 0.09),
            (-half * 0.16, -half * 0.16),
            (-half * 0.74, -half * 0.42),
        )
    ]
    return mirrored(unite(pillars).translate((width * 0.4, 0, 0)))


@family(
    "car",
    "automobile sedan sports_car race_car racing_car convertible coupe taxi:yellow_paint cab toy_car limousine "
    "supercar hatchback vehicle police_car",
    "red paint",
)
def car(
    f: Forms, *, length: float = 4.2, width: float = 1.8, height: float = 1.3, radius: float = 0.36
) -> list[Part]:
    half, clear = length / 2, radius * 0.55
    belt, nose = height * 0.66, height * 0.6
    body = _car_shell(f, half, width, height, clear)
    cabin = [(half * 0.45, belt), (half * 0.1, height), (-half * 0.45, height), (-half * 0.8, belt)]
    glass = [(z * 0.96, y - 0.03) for z, y in cabin]
    roof = f.box((width * 0.84, 0.05, length * 0.29), (0, height - 0.01, -half * 0.17))
    side = _car_pillars(f, half, width, height)
    axles = [(s * width * 0.45, radius, z) for s in (1, -1) for z in (half * 0.62, -half * 0.62)]
    arches = unite([f.rod(radius * 1.1, 0.5, at, "x") for at in axles])
    return [
        main("body", body - arches, roof, side),
        fixed("windows window glass", f.profile(glass, width * 0.86), finish=GLASS),
        second("wheels tyres tires", *[wheel(f, radius, 0.24, at) for at in axles], finish=RUBBER),
        fixed(
            "rims hubcaps",
            *[wheel(f, radius * 0.55, 0.28, at) for at in axles],
            *[wheel(f, 0.06, width * 0.8, (0, radius, z)) for _, _, z in axles[:2]],
            finish="polished steel",
        ),
        fixed(
            "lights headlights",
            mirrored(f.ball(0.14, (width * 0.34, nose * 0.86, half * 0.95), (1.2, 0.7, 0.6))),
            finish="glossy cream plastic",
        ),
        fixed(
            "taillights",
            mirrored(f.box((0.36, 0.12, 0.08), (width * 0.34, belt * 0.86, -half * 0.99))),
            finish="glossy crimson plastic",
        ),
    ]


def _truck_cab(f: Forms, half: float, width: float, height: float) -> tuple[Manifold, Manifold]:
    """The cab and its side windows."""
    cab = f.profile(
        [
            (half * 0.42, 0.7),
            (half, 0.7),
            (half, height * 0.5),
            (half * 0.88, height * 0.86),
            (half * 0.42, height * 0.86),
        ],
        width * 0.94,
    )
    window = f.profile(
        [
            (half * 0.97, height * 0.53),
            (half * 0.885, height * 0.82),
            (half * 0.6, height * 0.82),
            (half * 0.6, height * 0.53),
        ],
        width * 0.96,
    )
    return cab, window


@family(
    "truck",
    "lorry pickup pickup_truck semi dump_truck monster_truck van fire_truck:red_paint fire_engine:red_paint",
    "blue paint",
)
def truck(
    f: Forms, *, length: float = 6.2, width: float = 2.2, height: float = 2.7, radius: float = 0.48
) -> list[Part]:
    half = length / 2
    cab, window = _truck_cab(f, half, width, height)
    screen = f.box((width * 0.8, height * 0.26, 0.12), (0, 0, 0)).rotate((-18, 0, 0))
    axles = [(s * width * 0.42, radius, z * half) for s in (1, -1) for z in (0.7, -0.35, -0.75)]
    return [
        main("cab body", cab),
        second(
            "box cargo trailer",
            f.slab((width, height * 0.72, length * 0.66), (0, 0.74, -half * 0.31)),
            finish="white paint",
        ),
        fixed(
            "frame",
            f.box((width * 0.6, 0.3, length * 0.96), (0, 0.62, 0)),
            f.box((width * 0.9, 0.22, 0.2), (0, 0.66, half)),
            finish="charcoal steel",
        ),
        fixed(
            "windows window glass",
            window,
            screen.translate((0, height * 0.67, half * 0.93)),
            finish=GLASS,
        ),
        fixed("wheels tyres tires", *[wheel(f, radius, 0.36, at) for at in axles], finish=RUBBER),
        fixed("rims", *[wheel(f, radius * 0.5, 0.4, at) for at in axles], finish="steel"),
        fixed(
            "lights headlights",
            mirrored(f.rod(0.14, 0.1, (width * 0.33, 0.95, half + 0.02), "z")),
            finish="glossy cream plastic",
        ),
    ]


@family("bus", "coach school_bus minibus double_decker tram", "yellow paint")
def bus(
    f: Forms, *, length: float = 9.0, width: float = 2.5, height: float = 3.0, radius: float = 0.5
) -> list[Part]:
    half = length / 2
    axles = [(s * width * 0.44, radius, z * half) for s in (1, -1) for z in (0.62, -0.6)]
    rims = [wheel(f, radius * 0.5, 0.34, at) for at in axles]
    rims += [wheel(f, 0.08, width * 0.8, (0, radius, z)) for _, _, z in axles[:2]]
    arches = unite([f.rod(radius * 1.15, 0.7, at, "x") for at in axles])
    body = f.soft_box((width, height - 0.35, length), (0, 0.35 + (height - 0.35) / 2, 0), 0.22)
    panes = [
        f.box(
            (width + 0.04, height * 0.26, length * 0.105),
            (0, height * 0.68, -half * 0.82 + i * length * 0.128),
        )
        for i in range(7)
    ]
    return [
        main("body", body - arches),
        fixed(
            "windows window glass",
            *panes,
            f.box((width * 0.86, height * 0.36, 0.1), (0, height * 0.66, half)),
            f.box((width * 0.7, height * 0.24, 0.1), (0, height * 0.7, -half)),
            finish=GLASS,
        ),
        second(
            "stripe",
            f.box((width + 0.03, 0.12, length * 0.96), (0, height * 0.42, 0)),
            finish="black paint",
        ),
        fixed("wheels tyres tires", *[wheel(f, radius, 0.3, at) for at in axles], finish=RUBBER),
        fixed("rims", *rims, finish="steel"),
        fixed(
            "lights headlights",
            mirrored(f.rod(0.16, 0.1, (width * 0.34, 0.75, half), "z")),
            finish="glossy cream plastic",
        ),
    ]


@family(
    "train", "locomotive steam_engine steam_train steam_locomotive railway_engine", "black paint"
)
def train(
    f: Forms, *, length: float = 5.5, width: float = 1.8, height: float = 2.9, radius: float = 0.62
) -> list[Part]:
    half, axle = length / 2, 0.5
    boiler_y = axle + 0.35 + radius
    wheels = [
        (s * width * 0.42, 0.42, half * z) for s in (1, -1) for z in (0.55, 0.18, -0.2, -0.58)
    ]
    rods = mirrored(f.box((0.08, 0.1, length * 0.6), (width * 0.475, 0.42, 0)))
    cab = f.slab((width, height - 1.0, length * 0.28), (0, 0.85, -half * 0.68))
    holes = f.box((width * 2, 0.55, length * 0.14), (0, height * 0.74, -half * 0.68))
    return [
        main(
            "body boiler cab",
            f.rod(radius, length * 0.66, (0, boiler_y, half * 0.2), "z"),
            cab - holes,
            f.box((width * 0.9, 0.25, length * 0.94), (0, 0.8, 0)),
        ),
        second(
            "wheels",
            *[wheel(f, 0.42, 0.18, at) for at in wheels],
            f.profile([(half * 0.9, 0.1), (half * 1.16, 0.1), (half * 0.9, 0.75)], width * 0.8),
            finish="red paint",
        ),
        fixed(
            "roof chimney",
            f.box((width * 1.15, 0.12, length * 0.34), (0, height - 0.1, -half * 0.68)),
            f.post(0.14, 0.7, (0, boiler_y + radius * 0.8, half * 0.62), 0.24),
            f.rod(radius * 1.02, 0.1, (0, boiler_y, half * 0.86), "z"),
            finish="charcoal steel",
        ),
        fixed(
            "dome bell light lamp",
            f.ball(0.3, (0, boiler_y + radius * 0.85, half * 0.1)),
            f.rod(0.17, 0.25, (0, boiler_y + radius * 0.75, half * 0.9), "z"),
            finish="brass",
        ),
        fixed("rods", rods, finish="steel"),
    ]


def _spokes(f: Forms, radius: float, hubs: tuple[Point, Point], crank: Point) -> Manifold:
    """A bicycle's spokes, hubs and pedals."""
    spoke = f.rod(0.008, 2 * radius, axis="y")
    spokes = [spoke.rotate((30 * i, 0, 0)).translate(hub) for hub in hubs for i in range(6)]
    _, y, z = crank
    pedals = f.bone((0.07, y + 0.12, z + 0.12), (-0.07, y - 0.12, z - 0.12), 0.015)
    turning = [f.rod(0.04, 0.1, hub, "x") for hub in hubs] + [f.rod(0.1, 0.02, crank, "x")]
    return unite([*spokes, *turning, pedals])


@family("bicycle", "bike cycle mountain_bike push_bike", "green paint")
def bicycle(
    f: Forms, *, length: float = 1.7, height: float = 1.05, thickness: float = 0.025
) -> list[Part]:
    radius, t = height * 0.33, thickness
    back, front = (0.0, radius, -length * 0.31), (0.0, radius, length * 0.31)
    seat, crank, head = (
        (0.0, height * 0.82, -length * 0.13),
        (0.0, radius * 0.85, -0.06),
        (0.0, height * 0.8, length * 0.2),
    )
    frame = [(seat, crank), (crank, head), (seat, head), (crank, back), (back, seat), (head, front)]
    top = (0.0, height * 0.93, length * 0.17)
    return [
        main("frame", *[f.bone(a, b, t) for a, b in frame], f.bone(head, top, t)),
        fixed(
            "wheels tyres tires",
            *[f.ring(radius, 0.03, axis="x").translate(hub) for hub in (back, front)],
            finish=RUBBER,
        ),
        fixed(
            "spokes pedals",
            _spokes(f, radius, (back, front), crank),
            finish="steel",
        ),
        second(
            "saddle seat grips",
            f.ball(0.1, (0, height * 0.86, seat[2] - 0.03), (0.75, 0.35, 1.35)),
            mirrored(f.rod(0.026, 0.12, (0.25, top[1], top[2] - 0.06), "x")),
            finish="black leather",
        ),
        fixed(
            "handlebar handlebars",
            f.tube([(-0.27, top[1], top[2] - 0.06), top, (0.27, top[1], top[2] - 0.06)], 0.017),
            finish="steel",
        ),
    ]
