"""Small craft of the air and of space. Their front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, mirrored, scaled, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("drone", "quadcopter quadrocopter camera_drone", "white plastic")
def drone(
    f: Forms, *, width: float = 0.5, height: float = 0.14, radius: float = 0.12, rotors: int = 4
) -> list[Part]:
    rotors, reach, y = within(rotors, 3, 8), width / 2, height * 0.6
    arm = f.bone((0, y, 0), (reach, y + 0.01, 0), 0.022, 0.014)
    motor = f.post(0.022, height * 0.34, (reach, y - 0.005, 0))
    blade = f.box((radius * 1.9, 0.005, 0.022), (reach, y + height * 0.3, 0))
    guard = f.ring(radius, 0.006, (reach, y + height * 0.14, 0)) + f.box(
        (radius * 2, 0.008, 0.01), (reach, y + height * 0.14, 0)
    )
    leg = f.tube(
        [(0.07, y, 0.05), (0.1, 0.012, 0.06), (0.1, 0.012, -0.06), (0.07, y, -0.05)], 0.008
    )
    turn = (0, 180.0 / rotors, 0)
    return [
        main(
            "body arms",
            f.soft_box((0.16, height * 0.45, 0.24), (0, y, 0), 0.035),
            around(arm, rotors).rotate(turn),
        ),
        second(
            "rotors blades propellers",
            around(blade + motor, rotors).rotate(turn),
            finish="black plastic",
        ),
        fixed(
            "guards legs skids",
            around(guard, rotors).rotate(turn),
            mirrored(leg),
            finish="charcoal plastic",
        ),
        fixed(
            "camera lens",
            f.ball(0.035, (0, y - 0.03, 0.11)),
            f.rod(0.018, 0.02, (0, y - 0.03, 0.145), "z"),
            finish="glossy black glass",
        ),
    ]


@family("satellite", "communications_satellite space_station", "gold")
def satellite(
    f: Forms, *, width: float = 8.0, height: float = 2.2, radius: float = 0.9, panels: int = 4
) -> list[Part]:
    y, side = height * 0.62, within(round(panels / 2), 1, 4)
    half, wing = width / 2, (width / 2 - 0.9) / within(round(panels / 2), 1, 4)
    sheets = [f.box((wing * 0.92, 1.3, 0.06), (half - wing * (i + 0.5), y, 0)) for i in range(side)]
    bars = f.rod(0.05, width, (0, y, 0), "x")
    dish = f.lathe([(0.1, 0), (radius * 0.6, radius * 0.14), (radius, radius * 0.4)]) - f.lathe(
        [(0.0, 0.06), (radius * 0.58, radius * 0.2), (radius * 0.95, radius * 0.45)]
    )
    feed = unite([f.post(0.03, radius * 0.6), f.ball(0.08, (0, radius * 0.6, 0))])
    plate = (dish + feed).rotate((90, 0, 0)).translate((0, y, 0.6))
    mast = f.post(0.03, height * 0.45, (0.3, y + 0.6, 0)) + f.ball(
        0.08, (0.3, y + 0.6 + height * 0.45, 0)
    )
    nozzle = f.post(0.34, 0.4, (0, y - 0.95, 0), 0.18)
    return [
        main("body", f.slab((1.2, 1.3, 1.2), (0, y - 0.65, 0)), f.rod(0.45, 0.3, (0, y, 0.6), "z")),
        second("panels panel wings", mirrored(unite(sheets)), finish="navy glass"),
        fixed("dish antenna", plate, mast, finish="white paint"),
        fixed("frame nozzle", bars, nozzle, finish="charcoal steel"),
    ]


@family("surfboard", "surf_board longboard_surf paddleboard", "white paint")
def surfboard(
    f: Forms, *, height: float = 2.1, width: float = 0.56, thickness: float = 0.07, fins: int = 3
) -> list[Part]:
    half = pairs("0.45 0, 0.8 0.06, 0.98 0.3, 1 0.5, 0.86 0.75, 0.5 0.93, 0 1", width / 2, height)
    outline = [*half, *[(-x, y) for x, y in half[::-1] if x > 0]]
    board = f.bevelled(outline, thickness, thickness * 0.3)
    stripe = f.box((width * 0.09, height * 3, thickness * 1.04)) ^ f.plate(outline, 1.0)
    band = f.box((width * 2, height * 0.09, thickness * 1.03), (0, height * 0.66, 0)) ^ f.plate(
        scaled(outline, 0.93, 1.0), 1.0
    )
    fin = f.profile(pairs("0 0.02, 0 0.16, -0.12 0.06, -0.13 0.02"), 0.012)
    rows = [(0.0, 0.02), (0.13, 0.12), (-0.13, 0.12)][: within(fins, 1, 3)]
    return [
        main("board body", board),
        second("stripe stripes", stripe, band, finish="blue paint"),
        fixed(
            "fins fin",
            *[fin.translate((x, y + 0.03, -thickness * 0.45)) for x, y in rows],
            finish="black plastic",
        ),
    ]
