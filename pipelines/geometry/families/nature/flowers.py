"""Flowers by kind."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.food.fruit import leaf
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def stalk(f: Forms, height: float, thickness: float, leaves: float) -> Manifold:
    """A stem from the ground to (0, height, 0) with two leaves, `leaves` long."""
    stem = f.hose([(0, 0, 0), (thickness * 0.8, height * 0.5, 0), (0, height, 0)], thickness)
    one = (
        leaf(f, leaves, leaves * 0.42)
        .rotate((0, 0, 38))
        .translate((thickness * 0.4, height * 0.3, 0))
    )
    other = leaf(f, leaves * 0.9, leaves * 0.4).rotate((0, 0, 38)).rotate((0, 170, 0))
    return unite([stem, one, other.translate((thickness * 0.4, height * 0.46, 0))])


def _rose_petals(f: Forms, petals: int, r: float, low: float) -> list[Manifold]:
    """Petals, the inner ones upright."""
    rows = []
    for i in range(max(3, petals)):
        s = i / max(1, petals - 1)
        cup = f.ball(r * 0.62).scale((1, 1.15, 1)) - f.ball(r * 0.56).scale((1, 1.15, 1)).translate(
            (-r * 0.05, r * 0.02, 0)
        )
        petal = cup.trim_by_plane((1, 0, 0), r * 0.22).translate((-r * 0.3, 0, 0))
        petal = (
            petal.scale((1, 1.05 - 0.3 * s, 0.75 + 0.5 * s))
            .rotate((0, 0, -6 - 38 * s))
            .translate((r * (0.02 + 0.42 * s), 0, 0))
        )
        rows.append(petal.rotate((0, 137.5 * i, 0)).translate((0, low + r * (0.75 - 0.22 * s), 0)))
    return rows


def _thorns(f: Forms, height: float, thickness: float) -> list[Manifold]:
    """Thorns of the stem."""
    return [
        f.bone(
            (0, y * height, 0),
            (
                thickness * 2.6 * math.cos(y * 40),
                y * height + thickness,
                thickness * 2.6 * math.sin(y * 40),
            ),
            thickness * 0.7,
            thickness * 0.1,
        )
        for y in (0.2, 0.38, 0.56, 0.7)
    ]


@family("rose", "roses red_rose", "red paint")
def rose(
    f: Forms,
    *,
    height: float = 0.42,
    radius: float = 0.07,
    thickness: float = 0.007,
    petals: int = 11,
) -> list[Part]:
    r, low = radius, height - radius * 1.1
    rows = _rose_petals(f, petals, r, low)
    heart = f.ball(r * 0.42, (0, low + r * 0.7, 0), (1, 1.3, 1))
    sepals = around(leaf(f, r * 1.3, r * 0.4).rotate((0, 0, 12)), 5).translate(
        (0, low + r * 0.12, 0)
    )
    cup = f.ball(r * 0.36, (0, low + r * 0.2, 0), (1, 0.9, 1))
    thorns = _thorns(f, height, thickness)
    return [
        main("petals petal flower", heart, *rows),
        second(
            "leaves leaf stem thorns",
            stalk(f, low + r * 0.1, thickness, height * 0.2),
            sepals,
            cup,
            *thorns,
            finish="green leaves",
        ),
    ]


@family("tulip", "tulips", "rosy paint")
def tulip(
    f: Forms,
    *,
    height: float = 0.4,
    radius: float = 0.045,
    thickness: float = 0.008,
    petals: int = 6,
) -> list[Part]:
    r, low = radius, height - radius * 2.0
    rows = []
    for i in range(max(3, petals)):
        blade = (
            f.ball(1.0, share=0.45)
            .scale((r * 0.14, r * 1.1, r * 0.68))
            .rotate((0, 0, 7 - 5 * (i % 2)))
        )
        rows.append(
            blade.translate((r * (0.62 + 0.1 * (i % 2)), low + r * 1.1, 0)).rotate(
                (0, 360.0 * i / max(3, petals), 0)
            )
        )
    base = f.ball(r * 0.78, (0, low + r * 0.75, 0), (1, 1.05, 1))
    blades = [
        leaf(f, height * 0.75, r * 0.95)
        .rotate((0, 0, 68))
        .rotate((0, turn, 0))
        .translate((0, height * 0.03, 0))
        for turn in (20, 200)
    ]
    stem = f.hose([(0, 0, 0), (thickness * 0.6, low * 0.5, 0), (0, low + r * 0.2, 0)], thickness)
    return [
        main("petals petal flower", base, *rows),
        second("leaves leaf stem", stem, *blades, finish="green leaves"),
    ]


def _sunflower_seeds(f: Forms, r: float) -> list[Manifold]:
    """Seeds in a spiral."""
    seeds = []
    for i in range(70):
        s, a = r * 0.56 * math.sqrt((i + 0.5) / 70), i * 2.399
        up = r * 0.136 * math.sqrt(max(0.0, 1 - (s / (r * 0.62)) ** 2))
        seeds.append(f.ball(r * 0.034, (s * math.cos(a), up, s * math.sin(a)), share=0.15))
    return seeds


@family("sunflower", "sunflowers", "golden yellow paint")
def sunflower(
    f: Forms,
    *,
    height: float = 1.4,
    radius: float = 0.2,
    thickness: float = 0.022,
    petals: int = 18,
) -> list[Part]:
    r, count = radius, max(5, petals)
    petal = (
        f.ball(1.0, share=0.25).scale((r * 0.32, r * 0.03, r * 0.13)).translate((r * 0.84, 0, 0))
    )
    outer = around(petal.rotate((0, 0, 6)), count)
    inner = around(petal.rotate((0, 0, 9)).scale((0.9, 1, 0.9)), count).rotate(
        (0, 180.0 / count, 0)
    )
    disc = f.ball(r * 0.62, (0, 0, 0), (1, 0.22, 1))
    seeds = _sunflower_seeds(f, r)
    back = f.ball(r * 0.5, (0, -r * 0.08, 0), (1, 0.3, 1))

    def faced(solid: Manifold) -> Manifold:
        return solid.rotate((72, 0, 0)).translate((0, height - r, r * 0.2))

    return [
        main("petals petal flower", faced(outer + inner)),
        second(
            "heart centre center seeds", faced(unite([disc, *seeds])), finish="chocolate plaster"
        ),
        fixed(
            "stem leaves leaf",
            faced(back),
            stalk(f, height - r, thickness, height * 0.26),
            f.hose(
                [(0, height - r * 1.2, 0), (0, height - r, r * 0.04), (0, height - r, r * 0.16)],
                thickness,
            ),
            finish="green leaves",
        ),
    ]
