"""Meals and what is baked. It stands as it is served."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import smooth
from pipelines.geometry.families.forms import Forms, Point, around, unite
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares


@family("egg", "easter_egg eggs:cream_plaster boiled_egg:white_plaster", "cream plaster")
def egg(f: Forms, *, height: float = 0.06, radius: float = 0.022) -> list[Part]:
    shape = [
        (radius * math.sin(a) * (1 + 0.13 * math.cos(a)), height * (1 - math.cos(a)) / 2)
        for a in (math.pi * i / 24 for i in range(25))
    ]
    return [main("shell body", f.lathe(shape))]


@family("fried egg", "sunny_side_up", "white plaster")
def fried_egg(f: Forms, *, radius: float = 0.06, height: float = 0.016) -> list[Part]:
    rim = [
        (
            radius * (1 + 0.13 * math.sin(3 * a + 1) + 0.07 * math.sin(5 * a)) * math.cos(a),
            radius * (1 + 0.13 * math.sin(3 * a + 1) + 0.07 * math.sin(5 * a)) * math.sin(a),
        )
        for a in (2 * math.pi * i / 48 for i in range(48))
    ]
    white = f.floor(rim, height * 0.3) + f.floor(
        [(x * 0.94, z * 0.94) for x, z in rim], height * 0.45
    )
    return [
        main("white body", white),
        second(
            "yolk",
            f.ball(radius * 0.36, (0, height * 0.45, 0), (1, height * 0.7 / (radius * 0.36), 1)),
            finish="shiny amber plastic",
        ),
    ]


@family("bread", "loaf bread_loaf loaf_of_bread", "caramel plaster")
def bread(
    f: Forms, *, length: float = 0.26, height: float = 0.13, width: float = 0.13
) -> list[Part]:
    half, x, h = length / 2, width / 2, height
    arch = [
        (0.8, 0.0),
        (0.86, 0.12),
        (0.84, 0.5),
        (1.0, 0.62),
        (1.02, 0.78),
        (0.8, 0.95),
        (0.4, 1.03),
        (0.0, 1.05),
    ]
    right = smooth([(a * x, b * h) for a, b in arch], 4)
    outline = right + [(-a, b) for a, b in reversed(right[:-1])]
    loaf = f.plate(outline, length * 0.72).rotate((0, 90, 0)).translate((-half * 0.28, 0, 0))
    crumb = f.plate([(a * 0.9, b * 0.9 + h * 0.05) for a, b in outline], 0.004).rotate((0, 90, 0))
    slice_ = f.plate(outline, length * 0.09).rotate((0, 90, 0))
    cut = half * 0.44
    lean = [
        part.rotate((0, 0, 17)).translate((half * 0.83, h * 0.02, 0))
        for part in (slice_, crumb.translate((length * 0.045, 0, 0)))
    ]
    scores = [
        f.bone((dx - 0.014, h * 1.045, -x * 0.5), (dx + 0.014, h * 1.045, x * 0.5), h * 0.035)
        for dx in (-half * 0.75, -half * 0.35, half * 0.05)
    ]
    return [
        main(
            "crust bread body loaf",
            above_ground(unite([loaf, lean[0]])),
            f.slab((length, 0.004, width * 0.3), (0, 0, 0)),
        ),
        second("crumb slice inside", crumb.translate((cut, 0, 0)), lean[1], finish="cream plaster"),
        fixed("cuts scores", *scores, finish="beige plaster"),
    ]


@family(
    "cheese",
    "cheddar swiss_cheese emmental gouda parmesan",
    "golden yellow plaster",
)
def cheese(
    f: Forms, *, length: float = 0.16, height: float = 0.08, width: float = 0.12
) -> list[Part]:
    """A wedge with holes."""
    body = f.floor([(-width / 2, -length / 2), (width / 2, -length / 2), (0.0, length / 2)], height)
    rind = f.box((width * 1.02, height, 0.008), (0, height / 2, -length / 2))
    holes = [
        f.ball(r * height, (x * width, y * height, z * length))
        for x, y, z, r in (
            (0.26, 0.7, 0.0, 0.17),
            (0.36, 0.3, -0.25, 0.15),
            (-0.3, 0.65, -0.15, 0.16),
            (-0.16, 0.3, 0.15, 0.13),
            (0.1, 1.0, -0.15, 0.2),
            (-0.12, 1.0, -0.38, 0.13),
            (0.02, 1.0, 0.2, 0.1),
            (0.13, 0.3, 0.24, 0.1),
            (0.2, 1.0, -0.4, 0.1),
            (-0.4, 0.3, -0.38, 0.13),
        )
    ]
    return [
        main("cheese body", body - unite(holes)),
        second("rind", rind, finish="mustard plaster"),
    ]


def _toppings(
    f: Forms, r: float, h: float
) -> tuple[list[Manifold], list[Manifold], list[Manifold]]:
    """Meat, leaves and olives."""
    meat, leaves, olives = [], [], []
    for i in range(11):
        a, s = i * 2.399, r * (0.14 + 0.66 * math.sqrt(i / 11))
        meat.append(f.post(r * 0.12, h * 0.14, (s * math.cos(a), h * 0.6, s * math.sin(a))))
        b, t = a + 1.1, r * (0.3 + 0.5 * ((i * 5) % 11) / 11)
        if i % 2:
            leaves.append(
                f.ball(
                    r * 0.075,
                    (t * math.cos(b), h * 0.62 + r * 0.01, t * math.sin(b)),
                    (1.3, 0.25, 0.65),
                )
            )
        else:
            olives.append(
                f.ring(
                    r * 0.034,
                    r * 0.014,
                    (t * math.cos(b), h * 0.62 + r * 0.008, t * math.sin(b)),
                    share=0.3,
                )
            )
    return meat, leaves, olives


@family("pizza", "pizza_pie margherita pepperoni_pizza", "caramel plaster")
def pizza(f: Forms, *, radius: float = 0.16, height: float = 0.022, slices: int = 8) -> list[Part]:
    r, h = radius, height
    base = f.lathe([(r * 0.92, 0.0), (r, h * 0.3), (r, h * 0.5), (r * 0.9, h * 0.45)])
    crust = f.ring(r * 0.94, h * 0.5, (0, h * 0.5, 0))
    lumps = around(f.ball(h * 0.55, (r * 0.95, h * 0.5, 0), (1, 0.9, 2.2)), 11)
    cuts = unite(
        [
            f.box((r * 3, h * 3, r * 0.012), (0, h * 1.92, 0)).rotate(
                (0, 180.0 * i / max(1, slices // 2), 0)
            )
            for i in range(max(1, slices // 2))
        ]
    )
    meat, leaves, olives = _toppings(f, r, h)
    return [
        main("crust dough base", base, crust, lumps),
        second("cheese topping", f.post(r * 0.9, h * 0.62) - cuts, finish="golden yellow plaster"),
        fixed("pepperoni salami sausage", *meat, finish="red plaster"),
        fixed("basil leaves leaf", *leaves, finish="green leaves"),
        fixed("olives olive", *olives, finish="black plastic"),
    ]


@family("pizza slice", "slice_of_pizza piece_of_pizza", "golden yellow plaster")
def pizza_slice(
    f: Forms, *, length: float = 0.2, width: float = 0.13, height: float = 0.022
) -> list[Part]:
    h, half, back = height, length / 2, -length / 2
    flat = [(0.0, half), (-width / 2, back), (width / 2, back)]
    dough = f.floor(flat, h * 0.5)
    top = f.floor(
        [(0.0, half * 0.94), (-width * 0.46, back), (width * 0.46, back)],
        h * 0.25,
        (0, h * 0.42, 0),
    )
    crust = f.bone((-width / 2, h * 0.55, back), (width / 2, h * 0.55, back), h * 0.62)
    drips = [
        f.bone(
            (x * width, h * 0.55, z * length),
            (x * width * 1.05, h * 0.15, z * length),
            h * 0.16,
            h * 0.2,
        )
        for x, z in ((0.36, -0.22), (-0.25, 0.02), (0.16, 0.18))
    ]
    meat = [
        f.post(width * 0.15, h * 0.2, (x * width, h * 0.6, z * length))
        for x, z in ((0.18, -0.3), (-0.2, -0.22), (0.02, -0.02), (0.0, 0.25))
    ]
    basil = [
        f.ball(width * 0.08, (x * width, h * 0.7, z * length), (1.3, 0.25, 0.7))
        for x, z in ((0.0, -0.38), (-0.1, 0.1), (0.17, -0.12))
    ]
    return [
        main("cheese topping", top, *drips),
        second("crust dough base", dough, crust, finish="caramel plaster"),
        fixed("pepperoni salami", *meat, finish="red plaster"),
        fixed("basil leaves", *basil, finish="green leaves"),
    ]


@family("hot dog", "hotdog", "caramel plaster")
def hot_dog(
    f: Forms, *, length: float = 0.18, radius: float = 0.024, thickness: float = 0.004
) -> list[Part]:
    r, half = radius, length / 2
    bun = Blob(r * 0.15)
    for side in (1, -1):
        bun.limb(
            [
                (-half * 0.78, r * 0.9, side * r * 0.72),
                (0, r * 0.95, side * r * 0.8),
                (half * 0.78, r * 0.9, side * r * 0.72),
            ],
            shares("0.82 0.95 0.82", r),
            3,
        )
    sausage = Blob(r * 0.1, 0.6).limb(
        [
            (-half, r * 1.55, 0),
            (-half * 0.5, r * 1.4, 0),
            (half * 0.5, r * 1.4, 0),
            (half, r * 1.55, 0),
        ],
        shares("0.55 0.62 0.62 0.55", r),
        3,
    )
    wave = [
        (
            half * 0.92 * (i / 14 - 1),
            r * 2.02 + (0.06 * r if abs(i - 14) > 11 else 0.0),
            r * 0.3 * math.sin(i * 1.25),
        )
        for i in range(29)
    ]
    return [
        main("bun bread", above_ground(bun.solid(f.detail))),
        second("sausage", sausage.solid(f.detail), finish="sienna plastic"),
        fixed("mustard sauce", f.hose(wave, thickness, steps=1), finish="yellow plastic"),
    ]


def _sprinkles(f: Forms, r: float, points: list[Point], radii: list[float]) -> list[Manifold]:
    """Bits over the cream."""
    bits = []
    for i in range(14):
        a, s = i * 2.4, 0.1 + 0.055 * i
        x, y, z = points[min(len(points) - 1, int(s * len(points)))]
        out = math.hypot(x, z) + radii[int(s * len(radii))] * 0.85
        bits.append(
            f.ball(r * 0.06, (out * math.cos(a), y + r * 0.12, out * math.sin(a)), share=0.15)
        )
    return bits


@family("cupcake", "fairy_cake", "pink plaster")
def cupcake(
    f: Forms, *, height: float = 0.09, radius: float = 0.036, layers: int = 3
) -> list[Part]:
    r, low = radius, height * 0.42
    rays = 18
    rim = [
        (
            r * (1 + 0.05 * (-1) ** i) * math.cos(math.pi * i / rays),
            r * (1 + 0.05 * (-1) ** i) * math.sin(math.pi * i / rays),
        )
        for i in range(2 * rays)
    ]
    cup = f.floor([(x * 0.72, z * 0.72) for x, z in rim], low * 0.02)
    section = f.floor(rim, low)
    cup = section.warp(
        lambda v: (v[0] * (0.72 + 0.28 * v[1] / low), v[1], v[2] * (0.72 + 0.28 * v[1] / low))
    )
    swirl, turns = Blob(r * 0.08), max(1, layers)
    points, radii = [], []
    for i in range(turns * 9 + 1):
        s, a = i / (turns * 9), i * 2 * math.pi / 9
        out = r * 0.72 * (1 - s)
        points.append(
            (out * math.cos(a), low + r * 0.18 + (height - low - r * 0.35) * s, out * math.sin(a))
        )
        radii.append(r * (0.36 - 0.22 * s))
    swirl.limb(points, radii).bone((0, low, 0), (0, height - r * 0.5, 0), r * 0.75, r * 0.15)
    bits = _sprinkles(f, r, points, radii)
    solid = swirl.solid(f.detail)
    return [
        main("icing frosting cream", solid),
        second("cup paper case wrapper", cup, finish="sky blue plastic"),
        fixed("sprinkles", unite(bits), finish="golden yellow plastic"),
        fixed(
            "cherry", f.ball(r * 0.24, (0, height + r * 0.05, 0)), finish="shiny crimson plastic"
        ),
    ]


@family("cookie", "biscuit chocolate_chip_cookie cookies", "caramel plaster")
def cookie(f: Forms, *, radius: float = 0.04, height: float = 0.012) -> list[Part]:
    r, h = radius, height
    body = f.turned(
        [
            (0.0, 0.0),
            (r * 0.9, 0.0),
            (r, h * 0.35),
            (r * 0.9, h * 0.8),
            (r * 0.5, h),
            (0.0, h * 1.05),
        ]
    )
    chips = []
    for i in range(11):
        a, s = i * 2.399, r * 0.85 * math.sqrt((i + 0.4) / 11)
        up = h * (1.05 - 0.3 * (s / r) ** 2)
        chips.append(
            f.ball(r * 0.1, (s * math.cos(a), up * 0.96, s * math.sin(a)), (1.1, 0.7, 0.9))
        )
    return [main("dough body", body), second("chips chocolate", *chips, finish="chocolate plastic")]
