"""Small things to eat, sweet and salty."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


@family("sandwich", "sandwiches toastie club_sandwich blt", "caramel plaster")
def sandwich(
    f: Forms, *, width: float = 0.13, height: float = 0.06, depth: float = 0.12
) -> list[Part]:
    """Cut across: a triangle, its cut side to the front."""
    x, z, h = width / 2, depth / 2, height
    flat = [(-x, z), (x, z), (0.0, -z)]

    def layer(low: float, high: float, grow: float) -> object:
        return f.floor([(a * grow, b * grow) for a, b in flat], h * (high - low), (0, h * low, 0))

    wave = [
        f.ball(x * 0.16, (x * (i / 5 - 1), h * 0.6, z * 0.98), (1.2, 0.4, 0.9)) for i in range(11)
    ]
    return [
        main("bread crust toast", layer(0.0, 0.3, 1.0), layer(0.7, 1.0, 1.0)),
        fixed("ham meat", layer(0.28, 0.38, 1.06), finish="salmon plaster"),
        fixed("cheese", layer(0.37, 0.47, 1.09), finish="amber plastic"),
        fixed("tomato", layer(0.46, 0.57, 1.02), finish="red plastic"),
        second("lettuce salad", layer(0.56, 0.71, 1.05), *wave, finish="lime leaves"),
    ]


@family("fries", "french_fries chips fried_potatoes", "golden yellow plaster")
def fries(
    f: Forms,
    *,
    height: float = 0.16,
    width: float = 0.09,
    depth: float = 0.045,
    thickness: float = 0.011,
) -> list[Part]:
    x, z, low, t = width / 2, depth / 2, height * 0.58, thickness
    sticks = []
    for i in range(20):
        a, b = (i % 7) / 6 * 2 - 1, (i // 7) - 1
        long = height * (0.72 + 0.28 * ((i * 5) % 7) / 6)
        stick = f.box((t, long, t), (0, long / 2, 0)).rotate((b * 3.0, 13.0 * i, -a * 8.0))
        sticks.append(stick.translate((a * x * 0.62, height * 0.06, b * z * 0.5)))
    front = [(-0.72, 0), (0.72, 0), (1.0, 1.0), (0.5, 0.84), (0, 0.78), (-0.5, 0.84), (-1.0, 1.0)]
    back = [(-0.72, 0), (0.72, 0), (1.0, 1.12), (-1.0, 1.12)]
    box = unite(
        [
            f.plate([(a * x, b * low) for a, b in front], t * 0.3, (0, 0, z)),
            f.plate([(a * x, b * low) for a, b in back], t * 0.3, (0, 0, -z)),
            f.slab((x * 1.45, t * 0.5, depth)),
            *(
                f.box((t * 0.3, low * 1.02, depth), (0, low * 0.5, 0))
                .rotate((0, 0, -s * math.degrees(math.atan2(0.28 * x, low))))
                .translate((s * 0.715 * x, 0, 0))
                for s in (1, -1)
            ),
        ]
    )
    badge = f.rod(x * 0.36, t * 0.3, (0, low * 0.42, z + t * 0.2), "z")
    return [
        main("fries chips potatoes", *sticks),
        second("box packet bag", box, finish="red plastic"),
        fixed("badge label", badge, finish="yellow plastic"),
    ]


@family("lollipop", "lolly sucker", "candy stripes")
def lollipop(
    f: Forms, *, height: float = 0.18, radius: float = 0.04, thickness: float = 0.006
) -> list[Part]:
    r, y = radius, height - radius
    path = []
    for i in range(45):
        a = i * 0.42
        out = r * 0.9 * (1 - i / 50)
        path.append((out * math.cos(a), y + out * math.sin(a), r * 0.24))
    swirl = unite(
        [
            f.hose([(p[0], p[1], s * p[2]) for p in path], r * 0.085, r * 0.06, steps=1, share=0.2)
            for s in (1, -1)
        ]
    )
    return [
        main(
            "candy head sweet",
            f.rod(r, r * 0.46, (0, y, 0), "z"),
            f.ring(r * 0.94, r * 0.22, (0, y, 0), "z"),
        ),
        second("swirl spiral", swirl, finish="white plastic"),
        fixed("stick", f.post(thickness * 0.5, y), finish="cream wood"),
    ]


def _rolled(f: Forms, x: float, r: float, side: float) -> list[Manifold]:
    """Half a croissant on one side of x = 0: layers about an arc, each lapping over the thinner one beyond it."""
    layers = []
    for i in range(4):
        reach = [(i - 0.5 + 0.3 * k) / 3.6 for k in range(6)]
        line, thick = [], []
        for k, share in enumerate(reach):
            a = 1.45 * max(share, -0.12)
            wide = r * (1.06 - 0.7 * max(share, 0.0) ** 1.25)
            line.append((side * x * 0.74 * math.sin(a), wide * 0.9, x * 0.7 * (1 - math.cos(a))))
            thick.append(wide * (0.86, 0.97, 1.02, 1.0, 0.9, 0.6)[k])
        layers.append(f.hose(line, thick, steps=2, share=0.45))
    return layers


@family("croissant", "crescent_roll", "caramel plaster")
def croissant(f: Forms, *, width: float = 0.16, height: float = 0.06) -> list[Part]:
    """Lying, rolled of layers that lap over each other, its horns to the front."""
    x, r = width / 2, height / 2
    layers = [*_rolled(f, x, r, 1), *_rolled(f, x, r, -1)]
    low = min(layer.bounding_box()[1] for layer in layers)
    flat = [layer.trim_by_plane((0, 1, 0), low + r * 0.2) for layer in layers]
    return [
        main("dough body crust", *flat[::2]),
        second("layers stripes", *flat[1::2], finish="sienna plaster"),
    ]


@family("pretzel", "brezel bretzel", "sienna plaster")
def pretzel(f: Forms, *, width: float = 0.14, thickness: float = 0.009) -> list[Part]:
    """Standing upright, its knot to the front."""
    u, t = width / 2, thickness
    text = (
        "0 -0.92 0, 0.55 -0.8 0, 0.92 -0.35 0, 0.98 0.25 0, 0.75 0.75 0, 0.4 0.8 0, "
        "0.12 0.4 0.4, -0.12 -0.05 0.6, -0.42 -0.5 0.9, -0.6 -0.85 0.9"
    )
    half = way(text, (1.0, 1.0, t * 1.1))
    strand, thick = Blob(t * 0.3), shares("1.25 1.2 1.1 1.05 1 0.95 0.85 0.8 0.72 0.6", t)
    for side in (1, -1):
        strand.limb(
            [
                (side * x * u, (y + 1.05) * u * 0.88, side * z if 0.3 < abs(z / t) < 0.8 else z)
                for x, y, z in half
            ],
            thick,
            4,
        )
    solid = strand.solid(f.detail)
    grains = []
    for i in range(26):
        x, y, _ = half[i % 5]
        side, k = (1 if i % 2 else -1), 0.25 * ((i * 7) % 9) / 9
        at = (side * u * (x + (half[i % 5 + 1][0] - x) * k), (y + 1.05) * u * 0.88)
        grains.append(
            f.box((t * 0.34,) * 3).rotate((31.0 * i, 17.0 * i, 0)).translate((*at, t * 1.0))
        )
    return [
        main("dough body", solid),
        second("salt grains", unite(grains) ^ solid.scale((1, 1, 1.25)), finish="white plastic"),
    ]


def _syrup(height: float, r: float, t: float, top: float) -> Blob:
    """Syrup that runs down."""
    syrup = Blob(r * 0.05).ball((0, top, 0), r * 0.6, (1, 0.1, 1))
    for i, long in enumerate((0.75, 0.45, 0.6, 0.35, 0.55)):
        a = i * 1.257 + 0.4
        x, z = math.cos(a), math.sin(a)
        syrup.limb(
            [
                (x * r * 0.5, top, z * r * 0.5),
                (x * r * 0.96, top - t * 0.05, z * r * 0.96),
                (x * r * 1.04, top - height * long, z * r * 1.04),
            ],
            shares("0.06 0.075 0.09", r),
        )
    return syrup


@family("pancakes", "pancake stack_of_pancakes hotcakes flapjack", "caramel plaster")
def pancakes(
    f: Forms, *, radius: float = 0.08, height: float = 0.07, layers: int = 5
) -> list[Part]:
    r, count = radius, max(1, layers)
    t = height / count
    cakes = [
        f.lathe(
            [(r * 0.93, 0.0), (r, t * 0.3), (r, t * 0.7), (r * 0.93, t)],
            (r * 0.05 * math.sin(i * 2.4), t * (0.15 + i * 0.97), r * 0.05 * math.cos(i * 2.4)),
        )
        for i in range(count)
    ]
    top = t * (0.15 + (count - 1) * 0.97) + t
    syrup = _syrup(height, r, t, top)
    return [
        main("pancakes cakes dough", *cakes),
        second("syrup sauce honey", syrup.solid(f.detail), finish="shiny amber plastic"),
        fixed(
            "butter",
            f.soft_box((r * 0.42, t * 0.6, r * 0.42), (0, top + t * 0.35, 0), r * 0.03).rotate(
                (0, 25, 0)
            ),
            finish="lemon plastic",
        ),
        fixed(
            "plate",
            f.lathe(
                [
                    (r * 0.7, -t * 0.1),
                    (r * 1.45, t * 0.25),
                    (r * 1.45, t * 0.32),
                    (r * 0.75, t * 0.18),
                ]
            ),
            finish="white ceramic",
        ),
    ]
