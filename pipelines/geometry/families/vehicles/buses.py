"""What carries many people by road. Its front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.forms import Forms, Point, apart, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS, RUBBER, wheel


@family("bus", "coach school_bus minibus", "yellow paint")
def bus(
    f: Forms,
    *,
    length: float = 9.0,
    width: float = 2.5,
    height: float = 3.0,
    radius: float = 0.5,
    storeys: int = 1,
) -> list[Part]:
    storeys = within(storeys, 1, 4)
    half, full = length / 2, height * (1 + 0.62 * (storeys - 1))
    axles = [(s * width * 0.44, radius, z * half) for s in (1, -1) for z in (0.62, -0.6)]
    arches = unite([f.rod(radius * 1.15, 0.7, at, "x") for at in axles])
    body = f.soft_box((width, full - 0.35, length), (0, 0.35 + (full - 0.35) / 2, 0), 0.22)
    floors = [height * (0.68 + 0.62 * i) for i in range(storeys)]
    panes = [
        f.box((width + 0.04, height * 0.26, length * 0.105), (0, y, z))
        for y in floors
        for z in apart(7, length * 0.768)
    ]
    door = f.box((0.06, height * 0.62, length * 0.085), (-width / 2, height * 0.5, half * 0.88))
    return [
        main("body", body - arches),
        fixed(
            "windows window glass",
            *panes,
            door,
            *[
                f.box((width * 0.86, height * 0.34, 0.1), (0, y - 0.02 * height, half))
                for y in floors
            ],
            *[f.box((width * 0.7, height * 0.24, 0.1), (0, y, -half)) for y in floors],
            finish=GLASS,
        ),
        *_bus_fittings(f, length, width, height, radius, half, axles, floors),
    ]


def _bus_fittings(
    f: Forms,
    length: float,
    width: float,
    height: float,
    radius: float,
    half: float,
    axles: list[Point],
    floors: list[float],
) -> list[Part]:
    """A bus's stripe, bumpers, wheels and lamps."""
    arm, arm_x, tip = (width * 0.48, height * 0.8, half * 0.97), width * 0.58, half + 0.2
    stripe = f.box((width + 0.03, 0.12, length * 0.96), (0, -height * 0.26, 0))
    rims = [wheel(f, radius * 0.5, 0.34, at) for at in axles]
    rims += [wheel(f, 0.08, width * 0.8, (0, radius, z)) for _, _, z in axles[:2]]
    return [
        second(
            "stripe",
            *[stripe.translate((0, y, 0)) for y in floors],
            finish="black paint",
        ),
        fixed(
            "bumpers mirrors grille",
            f.box((width * 0.96, 0.24, 0.16), (0, 0.45, half)),
            f.box((width * 0.96, 0.24, 0.16), (0, 0.45, -half)),
            mirrored(f.tube([arm, (arm_x, height * 0.78, tip), (arm_x, height * 0.6, tip)], 0.05)),
            finish="charcoal steel",
        ),
        fixed("wheels tyres tires", *[wheel(f, radius, 0.3, at) for at in axles], finish=RUBBER),
        fixed("rims", *rims, finish="steel"),
        fixed(
            "lights headlights",
            mirrored(f.rod(0.16, 0.1, (width * 0.34, 0.75, half), "z")),
            finish="glossy cream plastic",
        ),
    ]
