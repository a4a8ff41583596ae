"""Cakes, pies and puddings, and a drink of milk."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, around, rounded, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("muffin", "blueberry_muffin chocolate_muffin:chocolate_plaster muffins", "caramel plaster")
def muffin(f: Forms, *, height: float = 0.08, radius: float = 0.04) -> list[Part]:
    """With a round top and bits in it."""
    r, y = radius, height * 0.5

    def pleated(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, h, z = v
        k = 1 + 0.04 * math.cos(20 * math.atan2(z, x))
        return x * k, h, z * k

    cup = f.turned([(r * 0.66, 0), (r * 0.9, y)]).refine_to_length(r * 0.16).warp(pleated)
    top = (
        Blob(r * 0.2)
        .ball((0, y, 0), r * 1.02, (1, 0.62, 1))
        .ball((r * 0.15, y + r * 0.32, 0), r * 0.7, (1, 0.75, 1))
    )
    for i in range(8):
        a = i * 0.785
        top.ball(
            (r * 0.78 * math.cos(a), y + r * 0.05, r * 0.78 * math.sin(a)), r * 0.34, (1, 0.7, 1)
        )
    bits = []
    for i in range(14):
        a, ring = i * 2.399, r * 0.85 * math.sqrt((i + 0.5) / 14)
        x, z = ring * math.cos(a), ring * math.sin(a)
        bits.append(f.ball(r * 0.11, (x, top.reach((x, 0.0, z), 1), z)))
    return [
        main("cake top dough", top.solid(f.detail).trim_by_plane((0, 1, 0), y * 0.9)),
        second("paper cup case", cup, finish="beige plaster"),
        fixed("bits berries chips", *bits, finish="indigo plaster"),
    ]


@family("waffle", "waffles belgian_waffle stroopwafel waffle_with_syrup", "caramel plaster")
def waffle(
    f: Forms, *, width: float = 0.16, thickness: float = 0.022, cells: int = 5
) -> list[Part]:
    """Lying, with butter and syrup."""
    count, t = within(cells, 2, 9), thickness
    slab = f.floor(rounded(width, width, width * 0.14), t * 0.6)
    pit = width * 0.88 / count
    rim = f.floor(rounded(width, width, width * 0.14), t)
    holes = [
        f.box(
            (pit * 0.74, t, pit * 0.74),
            ((i - (count - 1) / 2) * pit, t * 0.95, (j - (count - 1) / 2) * pit),
        )
        for i in range(count)
        for j in range(count)
    ]
    butter = f.soft_box((width * 0.2, t * 0.7, width * 0.2), (0, t * 1.35, 0), t * 0.2).rotate(
        (0, 20, 0)
    )
    syrup = Blob(t * 0.4, 0.6).ball((0, t, 0), width * 0.15, (1, t * 0.35 / (width * 0.15), 0.9))
    for a, far in ((0.4, 0.5), (1.9, 0.56), (3.3, 0.5), (4.6, 0.58)):
        tip = (width * far * 0.92 * math.cos(a), t * 0.95, width * far * 0.92 * math.sin(a))
        syrup.limb(
            [(0, t, 0), tip, (tip[0] * 1.06, t * 0.3, tip[2] * 1.06)],
            [t * 0.32, t * 0.26, t * 0.24],
        )
    return [
        main("waffle body dough", slab, rim - unite(holes)),
        second(
            "syrup honey",
            syrup.solid(f.detail).trim_by_plane((0, 1, 0), 0.0),
            finish="shiny sienna plastic",
        ),
        fixed("butter", butter, finish="lemon plaster"),
    ]


@family(
    "pie",
    "apple_pie cherry_pie pumpkin_pie tart quiche blueberry_pie meat_pie pies fruit_tart",
    "caramel plaster",
)
def pie(f: Forms, *, radius: float = 0.13, height: float = 0.05, strips: int = 5) -> list[Part]:
    """In its dish, with a lattice of dough."""
    r, count = radius, within(strips, 2, 9)
    dish = f.lathe(
        [(r * 0.72, 0), (r * 0.98, height * 0.8), (r * 1.02, height * 0.8), (r * 0.76, 0)]
    )
    edge = around(f.ball(r * 0.085, (r * 0.96, height * 0.86, 0), (1, 0.75, 1.15)), 26) + f.ring(
        r * 0.95, r * 0.05, (0, height * 0.84, 0)
    )
    bands = []
    for i in range(count):
        off = r * 0.82 * (2 * (i + 0.5) / count - 1)
        half = math.sqrt(max(0.0, (r * 0.95) ** 2 - off * off))
        for turn, lift in ((0.0, 0.02), (90.0, 0.05)):
            path = [
                (s * half, height * (0.86 + lift + 0.16 * (1 - s * s)), off)
                for s in (-1, -0.5, 0, 0.5, 1)
            ]
            bands.append(f.ribbon(path, r * 0.13, height * 0.09).rotate((0, turn, 0)))
    filling = f.turned(
        [
            (0, height * 0.3),
            (r * 0.84, height * 0.3),
            (r * 0.97, height * 0.78),
            (r * 0.5, height * 0.95),
            (0, height * 0.98),
        ]
    )
    return [
        main("crust lattice dough", edge, *bands),
        second("filling fruit", filling, finish="shiny maroon plastic"),
        fixed("dish tin", dish, finish="white ceramic"),
    ]


def _sauce(height: float, r: float) -> Blob:
    """Sauce that runs down."""
    sauce = Blob(r * 0.1, 0.6).ball((0, height, 0), r * 0.66, (1, 0.14, 1))
    for i in range(7):
        a, low = i * 0.9, height * (0.5 + 0.25 * math.sin(i * 2.3))
        sauce.limb(
            [
                (r * 0.55 * math.cos(a), height, r * 0.55 * math.sin(a)),
                (r * 0.72 * math.cos(a), height * 0.9, r * 0.72 * math.sin(a)),
                (r * 0.86 * math.cos(a), low, r * 0.86 * math.sin(a)),
            ],
            [r * 0.1, r * 0.1, r * 0.08],
        )
    return sauce


def _cherry_stem(f: Forms, height: float, r: float) -> Manifold:
    """A stem."""
    return f.hose(
        [
            (0, height + r * 0.38, 0),
            (r * 0.05, height + r * 0.6, 0),
            (r * 0.2, height + r * 0.75, 0),
        ],
        r * 0.025,
    )


@family(
    "pudding",
    "jelly jello flan custard creme_caramel panna_cotta blancmange creme_brulee",
    "amber plastic",
)
def pudding(f: Forms, *, height: float = 0.06, radius: float = 0.05, ribs: int = 10) -> list[Part]:
    """Turned out on a plate, with sauce and a cherry."""
    r, count = radius, within(ribs, 4, 20)

    def ribbed(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        k = 1 - 0.06 * (0.5 + 0.5 * math.cos(count * math.atan2(z, x)))
        return x * k, y, z * k

    body = (
        f.turned(
            [
                (r, 0),
                (r * 0.96, height * 0.2),
                (r * 0.72, height * 0.92),
                (r * 0.6, height),
                (0, height),
            ]
        )
        .refine_to_length(r * 0.16)
        .warp(ribbed)
    )
    sauce = _sauce(height, r)
    cherry = f.ball(r * 0.2, (0, height + r * 0.2, 0))
    stem = _cherry_stem(f, height, r)
    plate = f.lathe(
        [(r * 1.0, -r * 0.1), (r * 1.55, r * 0.04), (r * 1.55, r * 0.09), (r * 1.0, 0.0), (0, 0.0)]
    )
    return [
        main("pudding jelly body", body),
        second("sauce caramel", sauce.solid(f.detail), finish="shiny sienna plastic"),
        fixed("cherry", cherry, finish="shiny red plastic"),
        fixed("stem stalk", stem, finish="moss green bark"),
        fixed("plate", plate, finish="white ceramic"),
    ]


@family("milkshake", "smoothie frappe frappuccino shake strawberry_milkshake", "pink plaster")
def milkshake(f: Forms, *, height: float = 0.2, radius: float = 0.042) -> list[Part]:
    """In a tall glass, with cream, a cherry and a straw."""
    r, y = radius, height * 0.72
    foot = f.turned(
        [
            (r * 0.85, 0),
            (r * 0.8, height * 0.02),
            (r * 0.22, height * 0.05),
            (r * 0.22, height * 0.09),
            (r * 0.6, height * 0.14),
        ]
    )
    cup = f.turned(
        [(r * 0.4, height * 0.11), (r * 0.68, height * 0.18), (r * 0.82, height * 0.45), (r, y)]
    )
    rim = f.ring(r * 1.0, r * 0.06, (0, y, 0))
    swirl = Blob(r * 0.15, 0.6)
    for i in range(30):
        s = i / 29
        a, out = s * 4.2 * math.pi, r * 0.68 * (1 - s)
        swirl.ball(
            (out * math.cos(a), y + r * 0.1 + r * 1.0 * s, out * math.sin(a)), r * (0.36 - 0.18 * s)
        )
    straw = f.hose(
        [
            (r * 0.4, y * 0.9, -r * 0.2),
            (r * 0.7, height * 1.05, -r * 0.3),
            (r * 1.25, height * 1.14, -r * 0.4),
        ],
        r * 0.1,
        steps=2,
    )
    return [
        main("milkshake drink body", cup),
        second("cream foam", swirl.solid(f.detail), finish="white plaster"),
        fixed("glass foot rim", foot, rim, finish="pale aqua glass"),
        fixed("straw", straw, finish="red stripes"),
        fixed("cherry", f.ball(r * 0.22, (0, y + r * 1.3, 0)), finish="shiny red plastic"),
    ]
