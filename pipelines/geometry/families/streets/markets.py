"""What stands at markets and fairs. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    cornered,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("carousel", "merry_go_round carrousel fairground_carousel roundabout_ride", "red stripes")
def carousel(f: Forms, *, radius: float = 2.4, height: float = 3.2, horses: int = 8) -> list[Part]:
    r, h, count = radius, height, within(horses, 2, 16)
    top = h * 0.66
    horse = _carousel_horse(Forms(f.detail * 0.5), r * 0.4)
    turns = [360.0 * i / count for i in range(count)]
    lift = [h * (0.3 + 0.05 * (i % 2)) for i in range(count)]
    saddle = f.box((0.3, 0.06, 0.3), (0, 0.13, 0)).scale((r * 0.4, r * 0.4, r * 0.4))
    at = list(zip(turns, lift, strict=True))
    return [
        main(
            "roof canopy top",
            f.lathe(
                [(r * 1.04, 0), (r * 0.5, h * 0.16), (r * 0.1, h * 0.3), (0.0, h * 0.3)],
                (0, top + h * 0.06, 0),
            ),
            f.post(r * 1.02, h * 0.1, (0, top - h * 0.03, 0)),
        ),
        fixed(
            "platform floor base",
            f.lathe([(r * 1.04, 0), (r * 1.04, h * 0.05), (r, h * 0.08)]),
            f.lathe([(r * 0.4, 0), (r * 0.3, h * 0.3), (r * 0.4, top)]),
            finish="caramel wood",
        ),
        second(
            "horses horse animals",
            *[horse.translate((0, y, r * 0.7)).rotate((0, a, 0)) for a, y in at],
            finish="white paint",
        ),
        fixed(
            "saddles saddle",
            *[saddle.translate((0, y, r * 0.7)).rotate((0, a, 0)) for a, y in at],
            finish="blue paint",
        ),
        *_carousel_poles(f, h, r, top, turns),
    ]


def _carousel_horse(f: Forms, size: float) -> Manifold:
    """A small horse that goes to the right."""
    bones = [
        f.bone((0, 0, 0.24), (0, 0.02, -0.2), 0.14),
        f.bone((0, 0.06, 0.26), (0, 0.34, 0.4), 0.09, 0.07),
        f.bone((0, 0.36, 0.4), (0, 0.28, 0.58), 0.075, 0.05),
        f.bone((0, 0.05, -0.3), (0, -0.2, -0.46), 0.05),
        mirrored(f.bone((0.07, -0.05, 0.22), (0.08, -0.32, 0.36), 0.045)),
        mirrored(f.bone((0.07, -0.05, -0.22), (0.08, -0.3, -0.34), 0.045)),
    ]
    return unite(bones).rotate((0, 90, 0)).scale((size, size, size))


def _carousel_poles(f: Forms, h: float, r: float, top: float, turns: list[float]) -> list[Part]:
    """A carousel's poles."""
    bulbs = around(f.ball(r * 0.035, (r * 1.0, top + h * 0.03, 0), share=0.3), 20)
    return [
        fixed(
            "poles pole lights trim",
            *[f.post(0.035, top, (0, 0.02, r * 0.7), share=0.3).rotate((0, a, 0)) for a in turns],
            bulbs,
            f.ball(r * 0.09, (0, h * 1.02, 0)),
            finish="gold",
        ),
    ]


@family(
    "market_stall",
    "stall market_stand fruit_stand food_stall lemonade_stand fruit_stall bazaar_stall",
    "brown wood",
)
def market_stall(
    f: Forms, *, width: float = 2.2, height: float = 2.3, depth: float = 1.4, stripes: int = 8
) -> list[Part]:
    w, h, z = width, height, depth / 2
    count = within(stripes, 2, 20) // 2 * 2 + 1
    step = w * 1.16 / count
    roof = [
        (z * 1.3, h * 0.8),
        (z * 1.28, h * 0.72),
        (z * 1.3, h * 0.72),
        (z * 1.34, h * 0.8),
        (-z * 0.9, h),
        (-z * 0.9, h * 0.98),
    ]
    cloth = [
        f.profile(roof, step * 1.001, (step * (i - count / 2 + 0.5), 0, 0)) for i in range(count)
    ]
    crates = [
        f.box((w * 0.28, h * 0.09, depth * 0.36), (x, h * 0.43, z * 0.5))
        for x in apart(3, w * 0.64)
    ]
    return [
        main(
            "frame posts counter",
            cornered(f.slab((0.08, h * 0.8, 0.08), (w * 0.47, 0, z * 0.8))),
            mirrored(f.slab((0.08, h * 0.96, 0.08), (w * 0.47, 0, -z * 0.8))),
            f.slab((w * 1.04, h * 0.04, depth * 0.95), (0, h * 0.36, z * 0.1)),
            f.slab((w * 0.96, h * 0.36, 0.04), (0, 0, z * 0.8)),
            mirrored(f.slab((0.04, h * 0.36, depth * 0.8), (w * 0.47, 0, 0))),
            mirrored(f.bone((w * 0.47, h * 0.78, z * 1.28), (w * 0.47, h * 0.96, -z * 0.8), 0.04)),
        ),
        second("roof awning cloth canopy", *cloth[::2], finish="red fabric"),
        fixed("stripes", *cloth[1::2], finish="white fabric"),
        fixed("crates boxes", *crates, finish="caramel wood"),
        *_market_stall_fittings(f, h, w, z),
    ]


def _market_stall_fittings(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """A market stall's apples, oranges and limes."""
    balls = [
        [
            f.ball(w * 0.034, (x + dx * w * 0.068, h * 0.485, z * 0.5 + dz * w * 0.07), share=0.3)
            for dx in (-1.4, -0.5, 0.5, 1.4)
            for dz in (-1, 0, 1)
        ]
        for x in apart(3, w * 0.64)
    ]
    return [
        fixed("apples fruit", *balls[0], finish="red paint"),
        fixed("oranges", *balls[1], finish="orange paint"),
        fixed("limes vegetables", *balls[2], finish="green paint"),
    ]


@family(
    "food_cart",
    "hot_dog_cart hot_dog_stand ice_cream_cart popcorn_cart street_food_cart vendor_cart hotdog_stand hotdog_cart",
    "red paint",
)
def food_cart(
    f: Forms, *, width: float = 1.5, height: float = 2.2, depth: float = 0.9, radius: float = 0.3
) -> list[Part]:
    w, h, z, r = width, height, depth / 2, radius
    low, top = r * 1.1, h * 0.46
    tyre = (
        f.ring(r * 0.9, r * 0.1, axis="z")
        + f.rod(r * 0.14, 0.12, axis="z")
        + unite([f.box((r * 1.8, r * 0.06, 0.03)).rotate((0, 0, 45.0 * i)) for i in range(4)])
    )
    low_end = [(0.0, 0.0), (w * 0.62, w * 0.128), (w * 0.62, -w * 0.128)]
    high_end = [(0.0, 0.0), (0.06, 0.012), (0.06, -0.012)]
    wedges = around(f.stack([(h * 0.8, low_end), (h, high_end)]), 8)
    return [
        main(
            "body box case", f.soft_box((w * 0.9, top - low, depth), (0, (top + low) / 2, 0), 0.04)
        ),
        second(
            "umbrella canopy roof",
            f.lathe(
                [(w * 0.66, 0), (w * 0.64, h * 0.02), (0.05, h * 0.18), (0, h * 0.19)],
                (0, h * 0.8, 0),
            ),
            finish="yellow fabric",
        ),
        fixed("panels stripes", wedges, finish="red fabric"),
        fixed(
            "wheels wheel tyres",
            *[tyre.translate((-w * 0.22, r, s * (z + 0.05))) for s in (1, -1)],
            f.rod(0.03, depth + 0.1, (-w * 0.22, r, 0), "z"),
            f.box((0.06, r * 0.4, depth * 0.6), (-w * 0.22, r * 1.05, 0)),
            finish="black rubber",
        ),
        *_food_cart_fittings(f, depth, h, w, z, low, top),
    ]


def _food_cart_fittings(
    f: Forms, depth: float, h: float, w: float, z: float, low: float, top: float
) -> list[Part]:
    """A food cart's counter, sign and sausages."""
    return [
        fixed(
            "counter handle pole legs",
            f.slab((w * 0.98, 0.04, depth * 1.1), (0, top - 0.02, 0)),
            f.post(0.03, h * 0.42, (0, top, 0)),
            mirrored(f.post(0.035, low + 0.04, (w * 0.36, 0, 0)))
            ^ f.box((w, h * 2, depth), (w / 2, 0, 0)),
            f.tube(
                [
                    (-w * 0.44, top * 0.9, z * 0.7),
                    (-w * 0.66, top, z * 0.7),
                    (-w * 0.66, top, -z * 0.7),
                    (-w * 0.44, top * 0.9, -z * 0.7),
                ],
                0.025,
            ),
            finish="silver",
        ),
        fixed(
            "sign board",
            f.box((w * 0.6, (top - low) * 0.5, 0.02), (0, (top + low) / 2, z + 0.005)),
            finish="cream paint",
        ),
        fixed(
            "sausages buns food",
            *[
                f.bone(
                    (w * (0.1 + 0.09 * i), top + 0.07, -z * 0.3),
                    (w * (0.1 + 0.09 * i), top + 0.07, z * 0.3),
                    0.055,
                )
                for i in range(4)
            ],
            finish="tan paint",
        ),
    ]
