"""Cars for the racing track. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.road_vehicles import wheels_of


@family("race car", "racing_car formula_one f1_car formula_1_car racer indy_car", "red paint")
def race_car(
    f: Forms, *, length: float = 4.8, width: float = 1.9, height: float = 1.0, radius: float = 0.34
) -> list[Part]:
    half, y = length / 2, radius * 0.75
    nose = Manifold.batch_hull(
        [
            f.box((0.24, 0.14, 0.05), (0, y - 0.08, half * 0.96)),
            f.box((0.56, 0.42, 0.1), (0, y + 0.1, half * 0.1)),
        ]
    )
    tub = Manifold.batch_hull(
        [
            f.box((0.56, 0.42, 0.1), (0, y + 0.1, half * 0.1)),
            f.box((0.6, 0.46, 0.1), (0, y + 0.12, -half * 0.3)),
            f.box((0.36, 0.3, 0.1), (0, y + 0.06, -half * 0.85)),
        ]
    )
    hump = Manifold.batch_hull(
        [
            f.box((0.28, 0.1, 0.1), (0, height * 0.88, -half * 0.22)),
            f.box((0.34, 0.1, 0.2), (0, y + 0.3, -half * 0.24)),
            f.box((0.1, 0.1, 0.1), (0, y + 0.24, -half * 0.85)),
        ]
    )
    pods = Manifold.batch_hull(
        [
            f.soft_box((width * 0.26, 0.4, 0.2), (width * 0.26, y + 0.06, -half * 0.05), 0.08),
            f.soft_box((width * 0.12, 0.26, 0.2), (width * 0.18, y, -half * 0.55), 0.08),
        ]
    )
    pit = f.ball(0.26, (0, y + 0.36, half * 0.02), (0.85, 0.8, 1.5))
    return [
        main(
            "body",
            unite([nose, tub, mirrored(pods)]) - pit,
            hump,
            f.box((width * 0.7, 0.05, length * 0.56), (0, y - 0.14, -half * 0.22)),
        ),
        *_race_fittings(f, width, height, radius, half, y),
    ]


def _race_fittings(
    f: Forms, width: float, height: float, radius: float, half: float, y: float
) -> list[Part]:
    """A racing car's wings, driver, wheels and suspension."""
    rows = [half * 0.62, -half * 0.62]
    front = [
        f.box((width * 0.94, 0.035, 0.42), (0, y - 0.16, half * 0.9)),
        mirrored(f.box((0.03, 0.24, 0.46), (width * 0.47, y - 0.08, half * 0.9))),
    ]
    rear = [
        f.box((width * 0.56, 0.035, 0.34), (0, height * (0.92 - 0.16 * i), -half * 0.92))
        for i in (0, 1)
    ]
    rear += [
        mirrored(f.box((0.03, height * 0.46, 0.42), (width * 0.28, height * 0.76, -half * 0.92))),
        f.box((0.06, height * 0.5, 0.2), (0, height * 0.6, -half * 0.88)),
    ]
    arms = [
        mirrored(f.bone((0.15, y + 0.1 * s, z * 0.94), (width * 0.44, radius + 0.06 * s, z), 0.022))
        for z in rows
        for s in (1, -1)
    ]
    return [
        second("wings wing spoiler", *front, *rear, finish="black paint"),
        fixed(
            "driver helmet",
            f.ball(0.15, (0, y + 0.42, -half * 0.04)),
            f.ball(0.2, (0, y + 0.2, -half * 0.02), (1, 0.9, 0.9)),
            finish="glossy yellow paint",
        ),
        *wheels_of(f, radius, 0.38, width, rows),
        fixed("suspension", *arms, finish="steel"),
    ]
