"""What runs on rails. Its front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS, wheel


@family(
    "train", "locomotive steam_engine steam_train steam_locomotive railway_engine", "black paint"
)
def train(
    f: Forms,
    *,
    length: float = 5.5,
    width: float = 1.8,
    height: float = 2.9,
    radius: float = 0.62,
    wagons: int = 0,
) -> list[Part]:
    half, axle = length / 2, 0.5
    boiler_y = axle + 0.35 + radius
    wheels = [
        (s * width * 0.42, 0.42, half * z) for s in (1, -1) for z in (0.55, 0.18, -0.2, -0.58)
    ]
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
        *_train_fittings(f, length, width, height, radius, wagons, half, boiler_y),
    ]


def _train_fittings(
    f: Forms,
    length: float,
    width: float,
    height: float,
    radius: float,
    wagons: int,
    half: float,
    boiler_y: float,
) -> list[Part]:
    """A locomotive's roof, chimney, dome and rods."""
    rods = mirrored(f.box((0.08, 0.1, length * 0.6), (width * 0.42 + 0.1, 0.42, 0)))
    return [
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
        *(_wagons(f, wagons, length, width, height) if wagons > 0 else []),
    ]


def _wagons(f: Forms, count: int, length: float, width: float, height: float) -> list[Part]:
    """Carriages behind a locomotive whose middle is at z = 0."""
    step = length * 1.04
    spots = [-step * (i + 1) + length * 0.06 for i in range(count)]
    body = f.slab((width, height * 0.62, length * 0.92), (0, 0.7, 0))
    roof = f.rod(1, length * 0.96, axis="z").scale((width * 0.56, height * 0.12, 1))
    roof = (roof ^ f.slab((9, 9, 99))).translate((0, 0.68 + height * 0.62, 0))
    pane = f.box((width * 1.02, height * 0.22, length * 0.1))
    panes = unite([pane.translate((0, height * 0.6, z)) for z in apart(6, length * 0.74)])
    turning = [
        mirrored(wheel(f, 0.36, 0.16, (width * 0.42, 0.36, z)))
        + wheel(f, 0.07, width * 0.8, (0, 0.36, z))
        for z in (-length * 0.34, -length * 0.2, length * 0.2, length * 0.34)
    ]
    frame = f.box((width * 0.6, 0.34, length * 1.06), (0, 0.6, 0))

    def each(solid: Manifold) -> Manifold:
        return unite([solid.translate((0, 0, z)) for z in spots])

    return [
        fixed("wagons wagon carriages", each(body), finish="maroon paint"),
        fixed("tops", each(roof), finish="charcoal steel"),
        fixed("windows window glass", each(panes), finish=GLASS),
        fixed("undercarriage couplings", each(unite([*turning, frame])), finish="charcoal steel"),
    ]
