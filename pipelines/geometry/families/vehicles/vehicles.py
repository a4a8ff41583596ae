"""Things that drive. Their front is +Z."""

from __future__ import annotations

from collections.abc import Sequence

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, Point, apart, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant

GLASS = "dark glass"
RUBBER = "black rubber"


def wheel(f: Forms, radius: float, thickness: float, at: tuple[float, float, float]) -> Manifold:
    """A tyre that turns about x."""
    return f.rod(radius, thickness, at, "x")


def _car_shell(f: Forms, half: float, width: float, height: float, clear: float) -> Manifold:
    """A car's lower body, its flanks drawn in towards the top."""
    belt, nose = height * 0.66, height * 0.6
    side = [
        (-half * 0.97, clear),
        (half * 0.96, clear),
        (half, nose * 0.55),
        (half * 0.98, nose * 0.85),
        (half * 0.88, nose),
        (half * 0.42, belt),
        (-half * 0.9, belt * 1.02),
        (-half * 0.99, belt * 0.94),
        (-half, nose * 0.6),
    ]
    flank = f.profile(side, width * 0.9)
    waist = f.profile([(z * 0.985, min(y, nose * 0.82)) for z, y in side], width)
    return Manifold.batch_hull([flank, waist])


# Where a car's glass house ends at the back, above and below, in half lengths; its roof's middle and length.
TAILS = ((-0.45, -0.8), (-0.78, -0.93), (-0.32, -0.86), (-0.9, -0.95))


def _cabin(f: Forms, half: float, width: float, low: float, height: float, body: int) -> Manifold:
    """A car's glass house, narrower at the roof."""
    top, tail = TAILS[body]
    corners = [
        (half * 0.45, low, 0.44),
        (half * tail, low, 0.44),
        (half * 0.1, height, 0.36),
        (half * top, height, 0.36),
    ]
    dots = [
        f.box((0.02, 0.02, 0.02), (s * width * w, y, z)) for z, y, w in corners for s in (1, -1)
    ]
    return Manifold.batch_hull(dots)


def _car_roof(f: Forms, half: float, width: float, height: float, body: int) -> Manifold:
    """The panel over a car's glass house."""
    back, front = half * TAILS[body][0], half * 0.11
    long, middle = front - back, (front + back) / 2
    low = f.box((width * 0.74, 0.03, long), (0, height, middle))
    return Manifold.batch_hull(
        [low, f.box((width * 0.64, 0.03, long * 0.86), (0, height + 0.04, middle))]
    )


def _car_pillars(
    f: Forms, half: float, width: float, height: float, doors: int, body: int
) -> Manifold:
    """The posts between a car's windows."""
    belt, (top, tail) = height * 0.66, TAILS[body]
    rows = [(half * 0.44, half * 0.1), (half * (tail + 0.02), half * (top + 0.01))]
    rows += [(-half * 0.16, -half * 0.16)] if doors > 2 else [(-half * 0.36, -half * 0.3)]
    rows += [(-half * 0.6, -half * 0.58)] if top < -0.7 else []
    pillars = [
        Manifold.batch_hull(
            [
                f.box((0.09, 0.02, 0.12), (width * 0.43, belt, z)),
                f.box((0.09, 0.02, 0.1), (width * 0.355, height, z2)),
            ]
        )
        for z, z2 in rows
    ]
    return mirrored(unite(pillars))


def _seams(
    f: Forms, half: float, width: float, height: float, doors: int
) -> tuple[Manifold, list[Manifold]]:
    """What is cut out of a car's flanks between its doors, and the door handles."""
    low, belt = height * 0.26, height * 0.665
    ends = [0.4, -0.16, -0.62] if doors > 2 else [0.4, -0.36]
    cuts = [
        f.box((0.06, belt - low, 0.025), (width * 0.5, (low + belt) / 2, half * z)) for z in ends
    ]
    sill = f.box(
        (0.06, 0.025, half * (ends[0] - ends[-1])),
        (width * 0.5, low, half * (ends[0] + ends[-1]) / 2),
    )
    handles = [
        f.box((0.05, 0.035, 0.17), (width * 0.485, belt * 0.88, half * z + 0.18)) for z in ends[1:]
    ]
    return mirrored(unite([*cuts, sill])), [mirrored(handle) for handle in handles]


@family(
    "car",
    "automobile taxi:yellow_paint cab toy_car vehicle",
    "red paint",
)
def car(
    f: Forms,
    *,
    length: float = 4.2,
    width: float = 1.8,
    height: float = 1.35,
    radius: float = 0.34,
    doors: int = 4,
    body: int = Variant("sedan saloon, hatchback compact, coupe sports, estate wagon"),
) -> list[Part]:
    half, clear = length / 2, radius * 0.55
    belt, nose = height * 0.66, height * 0.6
    seams, handles = _seams(f, half, width, height, doors)
    axles = [(s * width * 0.44, radius, z) for s in (1, -1) for z in (half * 0.62, -half * 0.62)]
    arches = unite([f.rod(radius * 1.12, 0.5, at, "x") for at in axles])
    return [
        main(
            "body",
            _car_shell(f, half, width, height, clear) - arches - seams,
            _car_roof(f, half, width, height, body),
            _car_pillars(f, half, width, height, doors, body),
        ),
        fixed(
            "windows window glass", _cabin(f, half, width, belt - 0.03, height, body), finish=GLASS
        ),
        second("wheels tyres tires", *[wheel(f, radius, 0.24, at) for at in axles], finish=RUBBER),
        *_car_fittings(f, width, radius, clear, half, belt, nose, handles, axles),
    ]


def _car_fittings(
    f: Forms,
    width: float,
    radius: float,
    clear: float,
    half: float,
    belt: float,
    nose: float,
    handles: list[Manifold],
    axles: list[Point],
) -> list[Part]:
    """A car's rims, bumpers and lamps."""
    bumper = f.soft_box((width * 0.92, 0.14, 0.16), (0, clear + 0.1, 0), 0.06)
    return [
        fixed(
            "rims hubcaps handles",
            *[wheel(f, radius * 0.58, 0.28, at) for at in axles],
            *[wheel(f, 0.06, width * 0.8, (0, radius, z)) for _, _, z in axles[:2]],
            *handles,
            finish="polished steel",
        ),
        fixed(
            "bumpers grille mirrors",
            bumper.translate((0, 0, half * 0.98)),
            bumper.translate((0, 0, -half * 0.97)),
            f.box((width * 0.36, 0.13, 0.08), (0, nose * 0.74, half * 0.97)),
            mirrored(f.soft_box((0.24, 0.1, 0.1), (width * 0.5, belt + 0.02, half * 0.36), 0.04)),
            finish="charcoal plastic",
        ),
        fixed(
            "lights headlights",
            mirrored(f.ball(0.15, (width * 0.35, nose * 0.8, half * 0.965), (1.2, 0.65, 0.6))),
            finish="glossy cream plastic",
        ),
        fixed(
            "taillights",
            mirrored(f.box((0.34, 0.12, 0.08), (width * 0.34, belt * 0.84, -half * 0.98))),
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
    "lorry box_truck delivery_truck",
    "blue paint",
)
def truck(
    f: Forms,
    *,
    length: float = 6.2,
    width: float = 2.2,
    height: float = 2.7,
    radius: float = 0.48,
    wheels: int = 6,
) -> list[Part]:
    half = length / 2
    cab, window = _truck_cab(f, half, width, height)
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
        *_truck_fittings(f, width, height, radius, wheels, half, window),
    ]


def _truck_fittings(
    f: Forms, width: float, height: float, radius: float, wheels: int, half: float, window: Manifold
) -> list[Part]:
    """A lorry's glass, wheels and lamps."""
    screen = f.box((width * 0.8, height * 0.26, 0.12), (0, 0, 0)).rotate((-18, 0, 0))
    behind = within(round(wheels / 2) - 1, 1, 5)
    rows = [0.7, *[-0.55 + z for z in apart(behind, min(0.4 * (behind - 1), 0.8))]]
    axles = [(s * width * 0.42, radius, z * half) for s in (1, -1) for z in rows]
    return [
        fixed(
            "windows window glass",
            window,
            screen.translate((0, height * 0.67, half * 0.93)),
            finish=GLASS,
        ),
        fixed("wheels tyres tires", *[wheel(f, radius, 0.36, at) for at in axles], finish=RUBBER),
        fixed(
            "rims axles",
            *[wheel(f, radius * 0.5, 0.4, at) for at in axles],
            *[wheel(f, 0.09, width * 0.84, (0, radius, z * half)) for z in rows],
            *[
                f.box((0.5, 0.62 - radius + 0.1, 0.14), (0, (radius + 0.62) / 2, z * half))
                for z in rows
            ],
            finish="steel",
        ),
        fixed(
            "lights headlights",
            mirrored(f.rod(0.14, 0.1, (width * 0.33, 0.95, half + 0.02), "z")),
            finish="glossy cream plastic",
        ),
    ]


def _spokes(f: Forms, radius: float, hubs: Sequence[Point], crank: Point) -> Manifold:
    """A bicycle's spokes, hubs and pedals."""
    spoke = f.rod(0.008, 2 * radius, axis="y")
    spokes = [spoke.rotate((30 * i, 0, 0)).translate(hub) for hub in hubs for i in range(6)]
    _, y, z = crank
    pedals = f.bone((0.07, y + 0.12, z + 0.12), (-0.07, y - 0.12, z - 0.12), 0.015)
    turning = [f.rod(0.04, 0.1, hub, "x") for hub in hubs] + [f.rod(0.1, 0.02, crank, "x")]
    return unite([*spokes, *turning, pedals])


@family("bicycle", "bike cycle mountain_bike push_bike", "green paint")
def bicycle(
    f: Forms,
    *,
    length: float = 1.7,
    height: float = 1.05,
    thickness: float = 0.025,
    wheels: int = 2,
) -> list[Part]:
    radius, t = height * 0.33, thickness
    back, front = (0.0, radius, -length * 0.31), (0.0, radius, length * 0.31)
    seat, crank, head = (
        (0.0, height * 0.82, -length * 0.13),
        (0.0, radius * 0.85, -0.06),
        (0.0, height * 0.8, length * 0.2),
    )
    spread = 0.24 if wheels > 2 else 0.0
    hubs = [front, back] if wheels <= 2 else [front, (spread, *back[1:]), (-spread, *back[1:])]
    frame = [(seat, crank), (crank, head), (seat, head), (crank, back), (back, seat), (head, front)]
    top = (0.0, height * 0.93, length * 0.17)
    return [
        main("frame", *[f.bone(a, b, t) for a, b in frame], f.bone(head, top, t)),
        fixed(
            "wheels tyres tires",
            *[f.ring(radius, 0.03, axis="x").translate(hub) for hub in hubs],
            finish=RUBBER,
        ),
        *_bicycle_fittings(f, height, radius, back, crank, seat, spread, hubs, top),
    ]


def _bicycle_fittings(
    f: Forms,
    height: float,
    radius: float,
    back: Point,
    crank: Point,
    seat: Point,
    spread: float,
    hubs: list[Point],
    top: Point,
) -> list[Part]:
    """A bicycle's spokes, saddle and handlebar."""
    return [
        fixed(
            "spokes pedals",
            _spokes(f, radius, hubs, crank),
            f.rod(0.02, 2 * spread + 0.04, back, "x"),
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
