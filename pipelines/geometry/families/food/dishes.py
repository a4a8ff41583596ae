"""Cooked dishes and meat. What lies on a plate or in a bowl is made with it."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


def dish_bowl(f: Forms, r: float, h: float) -> Manifold:
    """A bowl on a foot, hollow."""
    outer = [
        (0.45, 0.0),
        (0.42, 0.1),
        (0.75, 0.4),
        (1.0, 1.0),
        (0.94, 1.0),
        (0.68, 0.42),
        (0.3, 0.18),
        (0.0, 0.16),
    ]
    return f.turned([(a * r, y * h) for a, y in outer])


def bowl_filling(f: Forms, r: float, h: float) -> Manifold:
    """What fills such a bowl to four fifths, down to its bottom: it seats in the wall."""
    rows = [(0.0, 0.1), (0.36, 0.14), (0.7, 0.4), (0.92, 0.8), (0.0, 0.8)]
    return f.lathe([(a * r, y * h) for a, y in rows])


def flat_plate(f: Forms, r: float) -> Manifold:
    """A plate whose middle lies at 0.03 of its radius."""
    return f.lathe(
        [(r * 0.6, 0), (r, r * 0.1), (r, r * 0.13), (r * 0.62, r * 0.035), (0, r * 0.035)]
    )


@family("sushi", "maki nigiri sashimi sushi_roll california_roll onigiri", "white plaster")
def sushi(f: Forms, *, length: float = 0.16, radius: float = 0.018, pieces: int = 2) -> list[Part]:
    """Rolls and, beside them, rice under fish, on a board."""
    r, top = radius, radius * 0.9
    board = f.soft_box((length, r * 0.5, length * 0.62), (0, r * 0.65, 0), r * 0.15)
    feet = [
        f.box((r * 0.5, r * 0.5, length * 0.55), (s * length * 0.32, r * 0.25, 0)) for s in (1, -1)
    ]
    count, rice, weed, fish, fill = within(pieces, 1, 5), [], [], [], []
    for i in range(count):
        x = (i - (count - 1) / 2) * r * 2.9
        weed.append(f.post(r, r * 1.7, (x, top, length * 0.17), share=0.8))
        rice.append(f.post(r * 0.87, r * 1.76, (x, top, length * 0.17), share=0.7))
        fill.append(f.post(r * 0.38, r * 1.82, (x, top, length * 0.17), share=0.5))
        at = (x, top + r * 0.55, -length * 0.13)
        rice.append(f.soft_box((r * 1.9, r * 1.1, length * 0.27), at, r * 0.5))
        slab = f.soft_box(
            (r * 2.1, r * 0.55, length * 0.33), (x, at[1] + r * 0.75, at[2]), r * 0.25
        )
        fish.append(slab)
    wasabi = f.ball(r * 0.55, (length * 0.4, top + r * 0.2, length * 0.2), (1, 0.8, 1))
    return [
        main("rice", *rice),
        second("fish salmon topping", *fish, finish="salmon paint"),
        fixed("seaweed nori", *weed, finish="dark green leather"),
        fixed("filling", *fill, finish="orange plaster"),
        fixed("wasabi", wasabi, finish="lime plaster"),
        fixed("board tray", board, *feet, finish="dark brown wood"),
    ]


def _noodles(f: Forms, r: float, y: float, count: int) -> Manifold:
    """Strands in loops over the middle of a bowl."""
    rows, plain = [], Forms(f.detail * 0.6)
    for i in range(count):
        a, out = i * 2.4, r * 0.5 * math.sqrt((i + 0.5) / count)
        mid = (out * math.cos(a), y + r * 0.1 * math.cos(i * 1.7), out * math.sin(a))
        wide = r * (0.34 - 0.1 * i / count)
        ring = [
            (
                mid[0] + wide * math.cos(b),
                mid[1] + wide * 0.35 * math.sin(2 * b + i),
                mid[2] + wide * math.sin(b),
            )
            for b in (k * 0.785 for k in range(8))
        ]
        rows.append(plain.hose(ring, r * 0.045, closed=True, steps=3))
    return unite(rows)


def _spring_onions(f: Forms, r: float, y: float) -> Manifold:
    """Small rings that float."""
    return unite(
        [
            f.ball(
                r * 0.1,
                (
                    -r * (0.35 + 0.1 * math.cos(i)),
                    y + r * 0.08,
                    r * (0.35 + 0.13 * math.sin(i * 2)),
                ),
                (1, 0.4, 1),
            )
            for i in range(6)
        ]
    )


def _sliced_meat(f: Forms, r: float, y: float) -> Manifold:
    """Three slices."""
    return unite(
        [
            f.post(r * 0.24, r * 0.06, (0, 0, 0))
            .rotate((18, 0, 0))
            .translate((-r * 0.35 + r * 0.22 * i, y + r * 0.05, -r * (0.32 + 0.05 * i)))
            for i in range(3)
        ]
    )


@family(
    "noodle soup",
    "ramen noodles noodle_bowl pho udon soba bowl_of_noodles bowl_of_ramen instant_noodles",
    "red ceramic",
)
def noodle_soup(
    f: Forms, *, radius: float = 0.1, height: float = 0.085, noodles: int = 12
) -> list[Part]:
    """A bowl with noodles, an egg, greens and two sticks."""
    r, y = radius, height * 0.8
    soup = bowl_filling(f, r, height)
    egg = f.ball(r * 0.26, (r * 0.4, y + r * 0.08, r * 0.3), (1, 1, 1.25)).trim_by_plane(
        (0, -1, 0), -(y + r * 0.16)
    )
    yolk = f.post(r * 0.14, r * 0.02, (r * 0.4, y + r * 0.15, r * 0.3))
    green = _spring_onions(f, r, y)
    meat = _sliced_meat(f, r, y)
    sticks = [
        f.bone(
            (r * 1.35, y + r * (0.55 + 0.06 * s), -r * 0.2 * s),
            (-r * 0.1, y + r * 0.06, r * 0.06 * s),
            r * 0.035,
            r * 0.022,
        )
        for s in (1, -1)
    ]
    nori = (
        f.box((r * 0.05, r * 0.6, r * 0.42))
        .rotate((0, 30, 12))
        .translate((-r * 0.72, y + r * 0.2, -r * 0.05))
    )
    return [
        main("bowl", dish_bowl(f, r, height)),
        second("soup broth", soup, finish="amber plaster"),
        fixed("noodles", _noodles(f, r, y, within(noodles, 2, 30)), finish="lemon plastic"),
        fixed("egg", egg, finish="white plastic"),
        fixed("yolk", yolk, finish="golden yellow plastic"),
        fixed("greens onion", green, finish="lime leaves"),
        fixed("meat pork", meat, finish="sienna plaster"),
        fixed("seaweed nori", nori, finish="dark green leather"),
        fixed("chopsticks sticks", *sticks, finish="brown wood"),
    ]


@family(
    "spaghetti",
    "pasta bolognese spaghetti_bolognese plate_of_pasta spaghetti_and_meatballs tagliatelle",
    "lemon plaster",
)
def spaghetti(
    f: Forms, *, radius: float = 0.13, height: float = 0.07, noodles: int = 11
) -> list[Part]:
    """A heap with sauce and meatballs on a plate."""
    r = radius
    low = _noodles(f, r * 0.8, r * 0.16, within(noodles, 3, 40))
    high = _noodles(f, r * 0.62, r * 0.28, within(noodles // 2, 2, 20))
    heap = Blob(r * 0.1, 0.5).ball((0, r * 0.05, 0), r * 0.55, (1, 0.4, 1)).solid(f.detail)
    sauce = Blob(r * 0.08, 0.5).ball((0, r * 0.33, 0), r * 0.3, (1, 0.4, 1))
    for i in range(7):
        a = i * 0.9
        sauce.ball(
            (r * 0.26 * math.cos(a), r * 0.28, r * 0.26 * math.sin(a)), r * 0.14, (1, 0.5, 1)
        )
    balls = [
        f.ball(r * 0.13, (r * 0.2 * math.cos(a), r * 0.46, r * 0.2 * math.sin(a)))
        for a in (0.4, 2.5, 4.6)
    ]
    leaves = unite(
        [
            f.ball(1.0, share=0.4)
            .scale((r * 0.13, r * 0.025, r * 0.06))
            .translate((r * 0.1, 0, 0))
            .rotate((0, 120 * i, 20))
            for i in range(3)
        ]
    ).translate((0, r * 0.56, 0))
    tall = height / 0.07
    return [
        main(
            "noodles pasta",
            (low + high + heap.trim_by_plane((0, 1, 0), r * 0.03)).scale((1, tall, 1)),
        ),
        second("sauce", sauce.solid(f.detail).scale((1, tall, 1)), finish="scarlet plaster"),
        fixed("meatballs meat", unite(balls).scale((1, tall, 1)), finish="brown dirt"),
        fixed("basil leaves leaf", leaves.scale((1, tall, 1)), finish="green leaves"),
        fixed("plate", flat_plate(f, r * 1.05), finish="white ceramic"),
    ]


@family("rice bowl", "rice bowl_of_rice fried_rice", "royal blue ceramic")
def rice_bowl(f: Forms, *, radius: float = 0.075, height: float = 0.07) -> list[Part]:
    """A bowl heaped with rice, two sticks in it."""
    r, rng, grains = radius, chance(radius, height), []
    heap = f.ball(r * 0.95, (0, height * 0.82, 0), (1, 0.55, 1))
    grain = f.ball(1.0, share=0.2).scale((r * 0.1, r * 0.045, r * 0.045))
    for i in range(120):
        s, a = i / 120, i * 2.399
        ring = r * 0.88 * math.sqrt(s)
        y = height * 0.82 + 0.55 * math.sqrt(max(0.0, (r * 0.9) ** 2 - ring**2))
        grains.append(
            grain.rotate((0, float(rng.uniform(0, 180)), float(rng.uniform(-30, 30)))).translate(
                (ring * math.cos(a), y, ring * math.sin(a))
            )
        )
    sticks = [
        f.bone(
            (0.1 * r * s, height * 1.05, 0),
            (r * (0.9 + 0.2 * s), height * 2.2, -r * 0.3),
            r * 0.04,
            r * 0.05,
        )
        for s in (1, -1)
    ]
    return [
        main("bowl", dish_bowl(f, r, height)),
        second(
            "rice",
            heap.trim_by_plane((0, 1, 0), height * 0.7),
            bowl_filling(f, r, height),
            *grains,
            finish="white plaster",
        ),
        fixed("chopsticks sticks", *sticks, finish="maroon wood"),
    ]


def _salad_leaves(f: Forms, radius: float, height: float) -> tuple[float, list[Manifold]]:
    """Leaves in three rings, each bent."""
    r, rng, leaves = radius, chance(radius, height), []
    plain = Forms(f.detail * 0.4)
    for i in range(26):
        a, ring = i * 2.399, r * 0.8 * math.sqrt((i + 0.4) / 26)
        size = r * rng.uniform(0.24, 0.34)
        leaf = (
            plain.ball(1.0)
            .scale((size, size * 0.2, size * 0.75))
            .rotate(
                (
                    float(rng.uniform(-40, 40)),
                    float(rng.uniform(0, 360)),
                    float(rng.uniform(-40, 40)),
                )
            )
        )
        leaves.append(
            leaf.translate(
                (
                    ring * math.cos(a),
                    height * 0.88 + r * 0.18 * (1 - (ring / r) ** 2),
                    ring * math.sin(a),
                )
            )
        )
    return r, leaves


def _onion_rings(f: Forms, r: float, top: float) -> list[Manifold]:
    """Rings of onion."""
    return [
        f.ring(r * 0.17, r * 0.025, share=0.5)
        .rotate((20, 0, 25 * i))
        .translate(
            (r * 0.25 * math.cos(i * 2.1 + 2), top + r * 0.1, r * 0.25 * math.sin(i * 2.1 + 2))
        )
        for i in range(3)
    ]


@family("salad", "green_salad caesar_salad mixed_salad bowl_of_salad coleslaw", "brown wood")
def salad(f: Forms, *, radius: float = 0.12, height: float = 0.08, tomatoes: int = 5) -> list[Part]:
    """A bowl of leaves with tomatoes, cucumber and onion."""
    r, leaves = _salad_leaves(f, radius, height)
    top = height * 0.96 + r * 0.16
    count = within(tomatoes, 0, 12)
    reds = [
        f.ball(
            r * 0.15, (r * 0.5 * math.cos(i * 2.4), top - r * 0.02 * i, r * 0.5 * math.sin(i * 2.4))
        )
        for i in range(count)
    ]
    discs = [
        f.post(r * 0.2, r * 0.05, (0, 0, 0))
        .rotate((25, 50 * i, 10))
        .translate(
            (r * 0.42 * math.cos(i * 1.9 + 1), top + r * 0.02, r * 0.42 * math.sin(i * 1.9 + 1))
        )
        for i in range(4)
    ]
    rings = _onion_rings(f, r, top)
    bed = bowl_filling(f, r, height)
    parts = [
        main("bowl", dish_bowl(f, r, height)),
        second("leaves lettuce greens", bed, *leaves, finish="lime leaves"),
        fixed("cucumber", *discs, finish="pale green plaster"),
        fixed("onion rings", *rings, finish="mauve plastic"),
    ]
    return [*parts, fixed("tomatoes tomato", *reds, finish="shiny red plastic")] if reds else parts
