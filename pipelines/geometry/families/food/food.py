"""Things to eat."""

from __future__ import annotations

import math

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, around, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("apple", "fruit", "red paint")
def apple(f: Forms, *, height: float = 0.08, radius: float = 0.042) -> list[Part]:
    shape = [
        (0.0, 0.12),
        (0.25, 0.02),
        (0.55, 0.04),
        (0.85, 0.28),
        (1.0, 0.58),
        (0.92, 0.84),
        (0.6, 1.0),
        (0.25, 0.97),
        (0.0, 0.84),
    ]
    leaf = f.ball(0.016, squash=(1, 0.16, 0.5)).translate((0.016, 0, 0)).rotate((0, 0, 25))
    return [
        main("skin body", f.turned([(r * radius, h * height) for r, h in shape])),
        second("leaf", leaf.translate((0, height * 1.06, 0)), finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.bone((0, height * 0.8, 0), (0.004, height * 1.2, 0), 0.003),
            finish="dark brown wood",
        ),
    ]


@family("burger", "hamburger cheeseburger", "caramel plaster")
def burger(f: Forms, *, height: float = 0.1, radius: float = 0.07) -> list[Part]:
    r, h = radius, height
    top = [(0.9, 0.55), (1.0, 0.6), (0.98, 0.72), (0.75, 0.92), (0.4, 1.0), (0.0, 1.02)]
    base = [(0.85, 0.0), (0.98, 0.06), (0.98, 0.16), (0.9, 0.2)]
    seeds = [
        f.ball(
            0.004,
            (r * s * math.cos(a), h * (1.02 - 0.24 * s**1.6), r * s * math.sin(a)),
            (1, 0.7, 1.5),
        )
        for a, s in [(i * 2.4, 0.15 + 0.058 * i) for i in range(12)]
    ]
    wave = around(f.ball(r * 0.24, (r * 0.88, h * 0.5, 0), (1, 0.2, 1.3)), 11)
    return [
        main(
            "bun bread",
            f.lathe(scaled(top, r, h)),
            f.lathe(scaled(base, r, h)),
        ),
        fixed(
            "patty meat",
            f.lathe(scaled([(0.9, 0.18), (1.02, 0.24), (1.02, 0.36), (0.9, 0.4)], r, h)),
            finish="dark brown plaster",
        ),
        second(
            "lettuce salad",
            wave,
            f.post(r * 0.95, h * 0.11, (0, h * 0.42, 0)),
            finish="lime leaves",
        ),
        fixed(
            "cheese",
            f.slab((r * 1.55, h * 0.045, r * 1.55), (0, h * 0.39, 0)).rotate((0, 45, 0)),
            finish="amber plastic",
        ),
        fixed("tomato", f.post(r * 0.97, h * 0.05, (0, h * 0.52, 0)), finish="red plastic"),
        fixed("seeds", *seeds, finish="cream plastic"),
    ]


@family("ice cream", "ice_cream_cone icecream gelato", "pink plaster")
def ice_cream(f: Forms, *, height: float = 0.2, radius: float = 0.04) -> list[Part]:
    low = height * 0.55
    scoops = (
        Blob(0.01)
        .ball((0, low + radius * 0.45, 0), radius)
        .ball((0, low + radius * 1.6, 0), radius * 0.8)
    )
    drips = [
        f.ball(
            radius * 0.3,
            (radius * 0.88 * math.cos(a), low + radius * 0.02, radius * 0.88 * math.sin(a)),
        )
        for a in (0.2, 1.5, 2.6, 4.0, 5.2)
    ]
    return [
        main("scoop scoops ice", scoops.solid(f.detail), *drips),
        second(
            "cone waffle",
            f.post(0.004, low + radius * 0.1, (0, 0, 0), radius * 0.98),
            finish="caramel waffle",
        ),
        fixed(
            "cherry",
            f.ball(radius * 0.28, (0, low + radius * 2.5, 0)),
            finish="shiny crimson plastic",
        ),
    ]


@family("cake", "birthday_cake wedding_cake:white_plaster", "cream plaster")
def cake(f: Forms, *, height: float = 0.22, radius: float = 0.14, candles: int = 6) -> list[Part]:
    r, h = radius, height
    tiers = [
        f.lathe(
            [
                (r * s * 0.98, a * h),
                (r * s, (a + 0.03) * h),
                (r * s, (b - 0.03) * h),
                (r * s * 0.95, b * h),
            ]
        )
        for s, a, b in ((1.0, 0.02, 0.42), (0.62, 0.4, 0.72))
    ]
    beads = [
        around(f.ball(r * 0.09, (r * s * 0.99, y * h, 0)), n)
        for s, y, n in ((1.0, 0.06, 20), (0.62, 0.44, 13), (0.93, 0.42, 18))
    ]
    sticks = around(f.post(r * 0.035, h * 0.22, (r * 0.42, h * 0.7, 0)), candles)
    flames = around(f.ball(r * 0.05, (r * 0.42, h * 0.92 + r * 0.06, 0), (1, 1.7, 1)), candles)
    return [
        main("cake icing body", *tiers),
        second("cream frosting beads", *beads, finish="pink plaster"),
        fixed("candles", sticks, finish="sky blue plastic"),
        fixed("flames", flames, finish="shiny orange plastic"),
        fixed("plate", f.post(r * 1.2, h * 0.03), finish="white ceramic"),
    ]


@family("donut", "doughnut", "caramel plaster")
def donut(f: Forms, *, radius: float = 0.035, thickness: float = 0.018) -> list[Part]:
    t = thickness
    icing = f.ring(radius, t * 1.06, (0, t * 1.05, 0)) - f.box((1, 1, 1), (0, -0.5 + t * 1.25, 0))
    bits = []
    for i in range(16):
        a, s = i * 2.4, ((i * 7) % 5 - 2) / 5
        out = radius + s * t * 1.2
        y = t + math.sqrt(max(t * t - (s * t * 1.2) ** 2, 0)) * 1.08
        bit = f.bone((-0.003, 0, 0), (0.003, 0, 0), 0.0013).rotate((0, i * 67.0, 0))
        bits.append(bit.translate((out * math.cos(a), y - 0.0006, out * math.sin(a))))
    return [
        main("dough body", f.ring(radius, t, (0, t, 0))),
        second("icing glaze frosting", icing, finish="pink plastic"),
        fixed("sprinkles", unite(bits), finish="turquoise plastic"),
    ]


@family("pumpkin", "", "orange plaster")
def pumpkin(f: Forms, *, height: float = 0.22, radius: float = 0.15) -> list[Part]:
    lobe = (
        f.ball(radius * 0.52, (radius * 0.52, height / 2, 0))
        .translate((0, -height / 2, 0))
        .scale((1, height / (radius * 1.04), 1))
        .translate((0, height / 2, 0))
    )
    return [
        main("skin body", around(lobe, 10), f.ball(radius * 0.5, (0, height / 2, 0))),
        second(
            "stem stalk",
            f.tube(
                [(0, height * 0.8, 0), (0.005, height * 1.08, 0), (0.03, height * 1.22, 0)],
                0.02,
                0.014,
            ),
            finish="moss green bark",
        ),
    ]
