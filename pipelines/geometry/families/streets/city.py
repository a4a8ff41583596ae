"""Machines and fittings of city streets. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, cornered, mirrored, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "vending_machine",
    "soda_machine snack_machine drinks_machine drink_machine coke_machine",
    "red paint",
)
def vending_machine(
    f: Forms, *, width: float = 0.95, height: float = 1.85, depth: float = 0.8, rows: int = 5
) -> list[Part]:
    w, h, z, count = width, height, depth / 2, within(rows, 1, 10)
    pane = (w * 0.62, h * 0.66, -w * 0.13, h * 0.59)
    hole = f.box((pane[0], pane[1], depth * 0.5), (pane[2], pane[3], z))
    step = pane[1] / count
    levels = [pane[3] - pane[1] / 2 + step * i for i in range(count)]
    shelves = [
        f.box((pane[0] * 1.02, 0.025, depth * 0.2), (pane[2], y + 0.012, z * 0.64)) for y in levels
    ]
    cans = _cans(f, w, z, pane, step, levels)
    return [
        main(
            "body case",
            f.soft_box((w, h * 0.97, depth), (0, h * 0.515, 0), 0.03) - hole,
            cornered(f.post(0.04, h * 0.06, (w * 0.42, 0, z * 0.8))),
        ),
        fixed(
            "shelves back inside",
            *shelves,
            f.box((pane[0] * 1.02, pane[1] * 1.02, 0.05), (pane[2], pane[3], z * 0.5)),
            finish="white neon",
        ),
        fixed("cans snacks bottles", *cans[0], finish="orange paint"),
        fixed("drinks", *cans[1], finish="green paint"),
        fixed("sodas", *cans[2], finish="blue paint"),
        *_vending_machine_fittings(f, h, w, z),
    ]


def _cans(
    f: Forms,
    w: float,
    z: float,
    pane: tuple[float, float, float, float],
    step: float,
    levels: list[float],
) -> list[list[Manifold]]:
    """Cans on a vending machine's shelves, of three kinds in turn."""
    cans: list[list[Manifold]] = [[], [], []]
    for i, y in enumerate(levels):
        for j, x in enumerate(apart(6, pane[0] * 0.84)):
            at = (pane[2] + x, y + 0.02, z * 0.68)
            cans[(i + j) % 3].append(f.post(w * 0.04, step * 0.6, at, share=0.3))
    return cans


def _vending_machine_fittings(
    f: Forms,
    h: float,
    w: float,
    z: float,
) -> list[Part]:
    """A vending machine's panel and flap."""
    keys = [
        f.box((0.04, 0.035, 0.02), (w * (0.3 + 0.06 * (i % 3)), h * (0.62 - 0.035 * (i // 3)), z))
        for i in range(9)
    ]
    return [
        second(
            "panel slot buttons keys",
            *keys,
            f.box((w * 0.16, h * 0.1, 0.02), (w * 0.36, h * 0.78, z)),
            f.box((w * 0.03, h * 0.06, 0.03), (w * 0.36, h * 0.44, z)),
            finish="silver",
        ),
        fixed(
            "flap tray",
            f.box((w * 0.6, h * 0.1, 0.03), (-w * 0.13, h * 0.14, z)),
            finish="black plastic",
        ),
    ]


@family(
    "arcade_machine",
    "arcade_cabinet arcade arcade_game video_game_machine pac_man_machine",
    "blue paint",
)
def arcade_machine(
    f: Forms, *, width: float = 0.7, height: float = 1.75, depth: float = 0.85, buttons: int = 6
) -> list[Part]:
    w, h, z = width, height, depth / 2
    side = [
        (z * 0.6, 0),
        (z * 0.6, h * 0.46),
        (z, h * 0.52),
        (z, h * 0.57),
        (z * 0.4, h * 0.62),
        (z * 0.1, h * 0.84),
        (z * 0.6, h * 0.9),
        (z * 0.6, h),
        (-z, h),
        (-z, 0),
    ]
    inner = [
        (z * 0.5, 0),
        (z * 0.5, h * 0.46),
        (z * 0.88, h * 0.525),
        (z * 0.88, h * 0.555),
        (z * 0.3, h * 0.6),
        (z * 0.0, h * 0.84),
        (z * 0.5, h * 0.9),
        (z * 0.5, h * 0.98),
        (-z * 0.95, h * 0.98),
        (-z * 0.95, 0),
    ]
    flank = f.profile(side, w * 0.06)
    screen = (
        f.box((w * 0.8, h * 0.23, 0.03)).rotate((-22, 0, 0)).translate((0, h * 0.725, z * 0.18))
    )
    return [
        main("body case sides", mirrored(flank.translate((w * 0.47, 0, 0)))),
        second("front panel back", f.profile(inner, w * 0.9), finish="charcoal paint"),
        fixed("screen display", screen, finish="cyan neon"),
        *_arcade_machine_fittings(f, buttons, h, w, z),
    ]


def _arcade_machine_fittings(f: Forms, buttons: int, h: float, w: float, z: float) -> list[Part]:
    """An arcade machine's sign, buttons, joystick and door."""
    keys = []
    for i in range(within(buttons, 1, 9)):
        ahead = 0.82 - 0.2 * (i // 3)
        y = h * (0.545 + (0.88 - ahead) * 0.077)
        keys.append(f.post(w * 0.032, h * 0.02, (w * (0.11 * (i % 3) - 0.02), y, z * ahead)))
    return [
        fixed(
            "sign marquee title",
            f.box((w * 0.88, h * 0.075, 0.03), (0, h * 0.945, z * 0.51)),
            finish="yellow neon",
        ),
        fixed("buttons button", *keys, finish="red plastic"),
        fixed(
            "joystick stick",
            f.bone((-w * 0.24, h * 0.56, z * 0.7), (-w * 0.24, h * 0.63, z * 0.7), 0.012),
            f.ball(w * 0.05, (-w * 0.24, h * 0.64, z * 0.7)),
            finish="red plastic",
        ),
        fixed(
            "door slots coins",
            f.box((w * 0.4, h * 0.2, 0.03), (0, h * 0.22, z * 0.5)),
            *[
                f.box((w * 0.05, h * 0.05, 0.05), (s * w * 0.08, h * 0.25, z * 0.5))
                for s in (1, -1)
            ],
            finish="steel",
        ),
    ]


@family("atm", "cash_machine cashpoint bank_machine cash_dispenser", "blue paint")
def atm(f: Forms, *, width: float = 0.7, height: float = 1.6, depth: float = 0.6) -> list[Part]:
    w, h, z = width, height, depth / 2
    side = [
        (z, 0),
        (z, h * 0.5),
        (z * 0.5, h * 0.56),
        (z * 0.34, h * 0.84),
        (z, h * 0.88),
        (z, h),
        (-z, h),
        (-z, 0),
    ]
    pad = f.profile(
        [(z * 1.02, h * 0.48), (z * 1.02, h * 0.53), (z * 0.6, h * 0.55), (z * 0.6, h * 0.48)],
        w * 0.44,
    )
    return [
        main("body case", f.profile(side, w)),
        second(
            "sides frame",
            mirrored(
                f.profile(
                    [(a * 1.05, b * 1.01) for a, b in side[:4]]
                    + [(z * 1.05, h * 0.87), (z * 1.05, h * 1.01), (-z, h * 1.01), (-z, 0)],
                    w * 0.06,
                ).translate((w * 0.5, 0, 0))
            ),
            pad,
            finish="silver",
        ),
        fixed(
            "screen display",
            f.box((w * 0.56, h * 0.2, 0.04)).rotate((-10, 0, 0)).translate((0, h * 0.7, z * 0.42)),
            finish="sky blue neon",
        ),
        fixed(
            "sign title", f.box((w * 0.8, h * 0.07, 0.03), (0, h * 0.94, z)), finish="white neon"
        ),
        *_atm_fittings(f, h, w, z),
    ]


def _atm_fittings(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """An atm's keys, slots and money."""
    keys = [
        f.box(
            (0.045, 0.02, 0.03),
            (w * (0.06 * (i % 4) - 0.09), h * 0.55, z * (0.9 - 0.13 * (i // 4))),
        )
        for i in range(12)
    ]
    keys = [key.translate((0, h * 0.008 * (2 - i // 4) * -0.4, 0)) for i, key in enumerate(keys)]
    return [
        fixed("keys key buttons", *keys, finish="steel"),
        fixed(
            "slots slot card",
            f.box((w * 0.3, h * 0.02, 0.04), (0, h * 0.4, z)),
            f.box((w * 0.14, h * 0.02, 0.1), (w * 0.36, h * 0.64, z * 0.44)),
            finish="black plastic",
        ),
        fixed(
            "money notes cash",
            f.box((w * 0.24, 0.008, 0.16), (0, h * 0.4, z + 0.04)),
            finish="green paint",
        ),
    ]


@family(
    "gas_pump",
    "petrol_pump fuel_pump gasoline_pump petrol_station_pump fuel_dispenser",
    "red paint",
)
def gas_pump(
    f: Forms, *, width: float = 0.75, height: float = 1.8, depth: float = 0.5
) -> list[Part]:
    w, h = width, height
    return [
        main(
            "body case",
            f.soft_box((w * 0.9, h * 0.76, depth), (0, h * 0.44, 0), 0.05),
            f.soft_box((w * 0.7, h * 0.16, depth * 0.7), (0, h * 0.86, 0), 0.05),
        ),
        second(
            "panels front top",
            f.box((w * 0.7, h * 0.3, depth * 1.03), (0, h * 0.34, 0)),
            f.rod(w * 0.24, depth * 0.5, (0, h * 0.98, 0), "z"),
            f.slab((w * 1.04, h * 0.07, depth * 1.1)),
            finish="white paint",
        ),
        fixed(
            "display screen dials",
            f.box((w * 0.62, h * 0.17, depth * 1.04), (0, h * 0.66, 0)),
            finish="black glass",
        ),
        fixed(
            "numbers",
            *[f.box((w * 0.42, h * 0.03, depth * 1.07), (0, h * y, 0)) for y in (0.63, 0.69)],
            finish="lemon neon",
        ),
        *_gas_pump_hose(f, h, w),
    ]


def _gas_pump_hose(f: Forms, h: float, w: float) -> list[Part]:
    """A gas pump's hose."""
    grip = (w * 0.58, h * 0.52, 0.0)
    pipe = [
        (w * 0.42, h * 0.22, 0),
        (w * 0.8, h * 0.12, 0),
        (w * 0.92, h * 0.4, 0),
        (w * 0.7, h * 0.6, 0),
        (w * 0.6, h * 0.5, 0),
    ]
    return [
        fixed(
            "hose nozzle gun",
            f.hose(pipe, 0.03),
            f.soft_box((0.12, 0.26, 0.09), (w * 0.52, grip[1], 0), 0.03),
            f.bone((w * 0.56, h * 0.56, 0), (w * 0.7, h * 0.5, 0), 0.025),
            finish="black rubber",
        ),
    ]
