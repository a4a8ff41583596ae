"""Small vessels that are drunk from or kept closed: potions and cans. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant


@family(
    "potion",
    "health_potion:red_glass mana_potion:blue_glass magic_potion potion_bottle elixir poison:green_glass",
    "magenta glass",
)
def potion(
    f: Forms,
    *,
    height: float = 0.2,
    radius: float = 0.075,
    shape: int = Variant("round, conical triangular, tall slim, square cubic, heart"),
) -> list[Part]:
    h, r = height, radius
    neck = [(r * 0.34, h * 0.6), (r * 0.32, h * 0.8), (r * 0.46, h * 0.83), (r * 0.46, h * 0.87)]
    outlines = (
        "0.6 0, 0.94 0.16, 1 0.3, 0.86 0.46, 0.5 0.56, 0.34 0.6",
        "1 0, 1.05 0.03, 1 0.08, 0.36 0.56, 0.34 0.6",
        "0.62 0, 0.7 0.03, 0.7 0.36, 0.6 0.5, 0.36 0.57, 0.34 0.6",
        "0.9 0, 0.9 0.1, 0.9 0.3, 0.8 0.42, 0.4 0.5, 0.34 0.6",
        "0.2 0, 0.5 0.1, 0.96 0.32, 0.92 0.46, 0.6 0.55, 0.34 0.6",
    )
    outline = pairs(outlines[shape % len(outlines)], r, h)

    def turned(grow: float, low: float, high: float, more: list[tuple[float, float]]) -> Manifold:
        body = f.turned([(x * grow, y) for x, y in outline])
        if shape % len(outlines) == 3:
            body = f.soft_box(
                (r * 1.55 * grow, h * 0.44, r * 1.55 * grow), (0, h * 0.22, 0), r * 0.2
            ) + body.scale((0.6, 1, 0.6))
        body = body ^ f.box((9, high - low, 9), (0, (high + low) / 2, 0))
        return body + f.lathe(more) if more else body

    return [
        main("potion liquid drink", turned(1.015, -h, h * 0.345, [])),
        fixed(
            "bottle glass",
            turned(1.0, h * 0.34, h, neck),
            f.post(r * 0.36, h * 0.3, (0, h * 0.45, 0)) ^ f.box((9, h * 0.3, 9), (0, h * 0.6, 0)),
            finish="light blue glass",
        ),
        *_potion_fittings(f, h, r),
    ]


def _potion_fittings(f: Forms, h: float, r: float) -> list[Part]:
    """A potion's cork and tag."""
    return [
        fixed(
            "cork stopper",
            f.rod(r * 0.3, h * 0.16, (0, h * 0.91, 0), end=r * 0.36),
            finish="tan wood",
        ),
        fixed(
            "tag string collar",
            f.ring(r * 0.38, r * 0.07, (0, h * 0.66, 0), share=0.6),
            f.box((r * 0.5, h * 0.14, r * 0.06), (r * 0.2, h * 0.6, r * 0.42)),
            f.bone((0, h * 0.655, r * 0.36), (r * 0.2, h * 0.64, r * 0.42), r * 0.05),
            finish="tan cardboard",
        ),
    ]


@family(
    "tin_can",
    "soda_can beer_can can soup_can food_can coke_can can_of_soup can_of_soda tin",
    "red paint",
)
def tin_can(
    f: Forms,
    *,
    height: float = 0.12,
    radius: float = 0.033,
    kind: int = Variant("soda beer coke cola, soup food"),
) -> list[Part]:
    h, r, food = height, radius, kind % 2
    low, high, wide = (0.08, 0.92, 1.0) if food else (0.1, 0.88, 1.012)
    ribs = [f.ring(r * 0.985, r * 0.03, (0, h * y, 0)) for y in (0.4, 0.5, 0.6)] if food else []
    return [
        main(
            "label paint body",
            f.lathe([(r * wide, h * low), (r * wide, h * high)]),
            *ribs,
        ),
        second(
            "band stripe logo",
            f.lathe([(r * wide * 1.012, h * 0.4), (r * wide * 1.012, h * 0.6)]),
            f.rod(r * 0.5, 3 * r, (0, h * 0.5, 2 * r), "z") ^ f.post(r * wide * 1.02, h, share=1),
            finish="white paint",
        ),
        *_tin_can_metal(f, food, h, r),
    ]


def _tin_can_metal(f: Forms, food: int, h: float, r: float) -> list[Part]:
    """A tin can's metal."""
    soda = [
        (r * 0.74, 0),
        (r * 0.8, h * 0.02),
        (r, h * 0.1),
        (r, h * 0.88),
        (r * 0.8, h * 0.98),
        (r * 0.82, h),
        (r * 0.74, h),
        (r * 0.72, h * 0.975),
    ]
    soup = [
        (r * 1.02, 0),
        (r * 1.02, h * 0.025),
        (r * 0.98, h * 0.05),
        (r * 0.98, h * 0.95),
        (r * 1.02, h * 0.975),
        (r * 1.02, h),
        (r * 0.94, h),
        (r * 0.94, h * 0.975),
    ]
    tab = f.ring(r * 0.2, r * 0.07, (0, h * 0.985, r * 0.1), share=0.5).scale((1, 1, 1.3)) + f.post(
        r * 0.1, h * 0.02, (0, h * 0.97, 0)
    )
    return [
        fixed("metal lid top rim tab", f.lathe(soup if food else soda), tab, finish="silver"),
    ]
