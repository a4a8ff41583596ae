"""A boat that is paddled and one that dives. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, mirrored, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.sea_craft import layers
from pipelines.geometry.families.vehicles.vehicles import GLASS


@family("submarine", "u_boat yellow_submarine", "yellow paint")
def submarine(
    f: Forms,
    *,
    length: float = 12.0,
    radius: float = 1.4,
    height: float = 4.6,
    width: float = 4.4,
) -> list[Part]:
    half, y = length / 2, radius * 1.12
    shape = pairs("0 -1, 0.2 -0.96, 0.75 -0.5, 1 -0.1, 1 0.45, 0.8 0.8, 0.45 0.95, 0 1")
    hull = f.turned(scaled(shape, radius, half)).rotate((90, 0, 0)).translate((0, y, 0))
    top = height * 0.78
    tower = (
        f.post(1, top - y).scale((radius * 0.4, 1, radius * 0.95)).translate((0, y, half * 0.12))
    )
    fins = _submarine_fins(f, half, radius, width, y, top - radius * 0.45)
    return [
        main("body hull tower", hull, tower),
        second("fins fin rudder wings", fins, finish="red paint"),
        *_submarine_fittings(f, radius, height, half, y, top),
    ]


def _submarine_fins(
    f: Forms, half: float, radius: float, width: float, y: float, tower: float
) -> Manifold:
    """A submarine's tail, and the planes on its tower at the height `tower`."""
    tail = pairs("0 -0.72, 0.5 -0.9, 0.5 -0.99, 0 -0.95", width, half)
    fin = f.floor(tail, 0.14, (0, y, 0))
    upright = pairs("-0.7 0, -0.88 1.1, -0.98 1.1, -0.95 0, -0.98 -1.05, -0.88 -1.05", half, radius)
    rudder = f.profile(upright, 0.14, (0, y, 0))
    plane = pairs("0 -0.4, 1.1 -0.25, 1.1 0.35, 0 0.5", radius)
    wing = f.floor(plane, 0.12, (0, tower, half * 0.12))
    return mirrored(fin + wing) + rudder


def _submarine_fittings(
    f: Forms, radius: float, height: float, half: float, y: float, top: float
) -> list[Part]:
    """A submarine's portholes, screw and periscope."""
    blade = f.box((radius * 0.26, radius * 0.8, 0.08), (0, radius * 0.4, 0)).rotate((0, 30, 0))
    hub = f.rod(radius * 0.16, 0.5, axis="z")
    screw = unite([hub, *[blade.rotate((0, 0, 72 * i)) for i in range(5)]])
    spots = [(0, y + radius * 0.12, half * z) for z in (-0.15, 0.1, 0.35)]
    nose = f.ball(radius * 0.34, (0, y + radius * 0.1, half * 0.9))
    scope = [(0, top - 0.1, half * 0.16), (0, height, half * 0.16), (0, height, half * 0.16 + 0.35)]
    return [
        fixed(
            "windows window portholes glass",
            *[f.rod(radius * 0.2, radius * 2.02, at, "x") for at in spots],
            nose,
            finish=GLASS,
        ),
        fixed(
            "propeller screw periscope frames",
            screw.translate((0, y, -half * 1.02)),
            f.tube(scope, 0.1),
            f.post(0.06, height * 0.2, (0, top - 0.1, half * 0.02)),
            *[f.rod(radius * 0.27, radius * 1.97, at, "x") for at in spots],
            finish="brass",
        ),
    ]


@family("canoe", "kayak", "red paint")
def canoe(
    f: Forms,
    *,
    length: float = 3.8,
    width: float = 0.95,
    height: float = 0.62,
    thickness: float = 0.04,
) -> list[Part]:
    half = length / 2
    shape = [(0.0, 1.0), (0.35, 0.82), (0.75, 0.5), (1.0, 0.0)]
    shape += [(x, -z) for x, z in shape[:-1][::-1]]
    rows = [
        (0.0, 0.4, 0.78, 0.0),
        (height * 0.25, 0.8, 0.9, 0.0),
        (height * 0.65, 1.0, 0.98, 0.0),
        (height * 0.72, 1.0, 1.0, 0.0),
    ]
    inner = [
        (height * 0.1, 0.34, 0.72, 0.0),
        (height * 0.28, 0.72, 0.86, 0.0),
        (height * 0.65, 0.92, 0.95, 0.0),
        (height * 2, 0.92, 0.95, 0.0),
    ]
    hollow = layers(f, inner, shape, width, length)
    prow = f.profile(
        [
            (half * 0.7, height * 0.3),
            (half * 0.99, height * 0.5),
            (half * 1.02, height),
            (half * 0.72, height * 0.7),
        ],
        thickness * 2.4,
    )
    ends = (prow + prow.mirror((0, 0, 1))) - hollow
    return [
        main("hull body", layers(f, rows, shape, width, length) - hollow, ends),
        *_canoe_fittings(f, length, width, height, thickness, half, shape, hollow),
    ]


def _canoe_fittings(
    f: Forms,
    length: float,
    width: float,
    height: float,
    thickness: float,
    half: float,
    shape: list[tuple[float, float]],
    hollow: Manifold,
) -> list[Part]:
    """A canoe's rim, seats and paddle."""
    rim = layers(
        f, [(height * 0.68, 1.03, 1.0, 0.0), (height * 0.76, 1.03, 1.0, 0.0)], shape, width, length
    )
    seats = [
        f.box((width * 0.86, thickness, length * 0.07), (0, height * 0.6, s * half * 0.4))
        for s in (1, -1)
    ]
    paddle = f.bone(
        (width * 0.62, height * 0.77, -half * 0.35),
        (-width * 0.4, height * 0.77, half * 0.25),
        0.02,
    )
    blade = (
        f.ball(0.1, (0, 0, 0), (0.8, 0.3, 2.2))
        .rotate((0, -43, 0))
        .translate((width * 0.76, height * 0.77, -half * 0.43))
    )
    return [
        second("seats seat rim trim", rim - hollow, *seats, finish="caramel wood"),
        fixed("paddle paddles oar oars", paddle, blade, finish="brown wood"),
    ]
