"""Fruit. It lies or stands as it does on a table."""

from __future__ import annotations

import math
from itertools import pairwise

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, around, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares


def leaf(f: Forms, length: float, width: float) -> Manifold:
    """A thin leaf along +X from the origin."""
    return (
        f.ball(1.0, share=0.45)
        .scale((length / 2, length * 0.05, width / 2))
        .translate((length * 0.47, 0, 0))
    )


@family("banana", "plantain", "yellow paint")
def banana(f: Forms, *, length: float = 0.2, radius: float = 0.02, count: int = 1) -> list[Part]:
    r, bend = radius, length * 0.62
    points: list[Point] = [
        (bend * math.sin(a) * 0.95, bend * (1 - math.cos(a)) + r, 0.0)
        for a in (-0.85 + 0.28 * i for i in range(7))
    ]
    body = Blob(r * 0.2).limb(points, shares("0.45 0.85 1.0 1.04 1.0 0.82 0.42", r), 3)
    tip, end = points[0], points[-1]
    stem = f.bone(
        (end[0] - r * 0.2, end[1] - r * 0.1, 0),
        (end[0] + length * 0.07, end[1] + length * 0.1, 0),
        r * 0.4,
        r * 0.33,
    )
    # Five flat sides, as the peel has.
    flats = body.solid(f.detail)
    dark = f.ball(r * 0.3, (tip[0] - r * 0.25, tip[1] + r * 0.3, 0)) + f.ball(
        r * 0.36, (end[0] + length * 0.07, end[1] + length * 0.1, 0), (1, 0.8, 1)
    )
    solids = [
        [part.rotate((0, 14.0 * i, 0)).translate((0, 0, r * 1.6 * i)) for i in range(max(1, count))]
        for part in (flats, stem, dark)
    ]
    return [
        main("peel skin body", *solids[0]),
        second("stem stalk", *solids[1], finish="lime paint"),
        fixed("tip ends", *solids[2], finish="dark brown plaster"),
    ]


@family("pear", "pears", "lime paint")
def pear(f: Forms, *, height: float = 0.11, radius: float = 0.04) -> list[Part]:
    h = height
    shape = [
        (0.0, 0.03),
        (0.35, 0.0),
        (0.8, 0.1),
        (1.0, 0.3),
        (0.86, 0.52),
        (0.52, 0.74),
        (0.42, 0.88),
        (0.28, 0.97),
        (0.0, 0.98),
    ]
    blade = leaf(f, h * 0.35, h * 0.17).rotate((0, 25, 20)).translate((0.003, h * 1.05, 0))
    return [
        main("skin body peel", f.turned([(r * radius, y * h) for r, y in shape])),
        second("leaf", blade, finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.hose(
                [(0, h * 0.93, 0), (0.002, h * 1.08, 0), (0.008, h * 1.2, 0)], h * 0.025, h * 0.03
            ),
            finish="dark brown wood",
        ),
    ]


@family(
    "orange",
    "tangerine mandarin clementine grapefruit:salmon_paint citrus",
    "orange paint",
)
def orange(f: Forms, *, radius: float = 0.04, height: float = 0.076) -> list[Part]:
    shape = [
        (0.0, 0.04),
        (0.2, 0.0),
        (0.62, 0.1),
        (0.95, 0.35),
        (1.0, 0.55),
        (0.9, 0.78),
        (0.5, 0.96),
        (0.12, 0.98),
        (0.0, 0.95),
    ]
    blades = unite(
        [leaf(f, radius * 0.95, radius * 0.45).rotate((0, turn, 16)) for turn in (20, 160)]
    )
    return [
        main("skin peel body", f.turned([(r * radius, y * height) for r, y in shape])),
        second("leaf leaves", blades.translate((0, height * 0.98, 0)), finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.post(radius * 0.07, height * 0.14, (0, height * 0.92, 0)),
            finish="dark brown wood",
        ),
    ]


@family("cherry", "cherries", "shiny crimson plastic")
def cherry(f: Forms, *, radius: float = 0.012, height: float = 0.05) -> list[Part]:
    r = radius
    spots = [(-r * 1.1, 0.0), (r * 1.15, r * 0.4)]
    balls = [
        f.ball(r, (x, r * 0.95, z), (1.03, 0.95, 1.03), 0.6) - f.ball(r * 0.3, (x, r * 1.95, z))
        for x, z in spots
    ]
    top = (0.0, height, 0.0)
    stems = [
        f.hose([(x, r * 1.6, z), (x * 0.85, height * 0.62, z * 0.8), top], r * 0.09, r * 0.1)
        for x, z in spots
    ]
    blade = leaf(f, r * 2.2, r * 1.05).rotate((0, 15, -12)).translate(top)
    return [
        main("skin body cherries", *balls),
        second("leaf", blade, finish="grass green leaves"),
        fixed("stem stalk stems", *stems, f.ball(r * 0.18, top), finish="moss green bark"),
    ]


def _strawberry_seeds(
    f: Forms, height: float, radius: float, shape: list[tuple[float, float]]
) -> list[Manifold]:
    """Seeds in rows."""
    seeds = []
    for i in range(34):
        share = 0.1 + 0.8 * i / 33
        out = radius * _outline(shape, share)
        a = i * 2.399
        seeds.append(
            f.ball(
                radius * 0.06,
                (out * math.cos(a), share * height, out * math.sin(a)),
                (0.9, 1.5, 0.9),
                0.15,
            )
        )
    return seeds


@family("strawberry", "strawberries", "red paint")
def strawberry(f: Forms, *, height: float = 0.04, radius: float = 0.016) -> list[Part]:
    shape = [
        (0.0, 0.0),
        (0.28, 0.05),
        (0.66, 0.3),
        (0.96, 0.62),
        (1.0, 0.78),
        (0.8, 0.92),
        (0.35, 0.99),
        (0.0, 0.97),
    ]
    seeds = _strawberry_seeds(f, height, radius, shape)
    blade = (
        f.ball(1.0)
        .scale((radius * 0.5, radius * 0.07, radius * 0.2))
        .translate((radius * 0.5, 0, 0))
        .rotate((0, 0, -4))
    )
    crown = around(blade, 7).translate((0, height * 1.0, 0))
    return [
        main("body skin fruit", f.turned([(r * radius, y * height) for r, y in shape])),
        second("leaves leaf crown", crown, finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.hose(
                [
                    (0, height * 0.95, 0),
                    (0.001, height * 1.15, 0),
                    (height * 0.08, height * 1.28, 0),
                ],
                radius * 0.08,
            ),
            finish="green leaves",
        ),
        fixed("seeds", *seeds, finish="golden yellow plastic"),
    ]


def _outline(shape: list[tuple[float, float]], share: float) -> float:
    """Radius of a turned outline at a share of its height, by straight lines."""
    for (r, y), (r2, y2) in pairwise(shape):
        if y <= share <= y2:
            return r + (r2 - r) * (share - y) / max(y2 - y, 1e-9)
    return 0.0


@family("watermelon", "melon cantaloupe:beige_skin honeydew:lime_skin", "green stripes")
def watermelon(f: Forms, *, radius: float = 0.13, length: float = 0.32) -> list[Part]:
    """Cut in two: its red side is the front."""
    r, half = radius, length / 2
    shell = f.ball(1.0, share=0.45).scale((half, r, r)).translate((0, r, 0))
    inner = f.ball(1.0, share=0.45).scale((half * 0.93, r * 0.91, r * 0.91)).translate((0, r, 0))
    white = f.ball(1.0, share=0.45).scale((half * 0.965, r * 0.955, r * 0.955)).translate((0, r, 0))
    seeds = []
    for i in range(16):
        a, s = 2 * math.pi * i / 16, 0.62 if i % 2 else 0.42
        x, y = half * s * math.cos(a), r * s * math.sin(a)
        z = r * 0.31 - 0.14 * (r + y)
        seeds.append(f.ball(r * 0.05, (x, r + y, z), (0.75, 1.3, 0.6)))
    # Each layer stands out by a hair, so that no two faces lie in one plane.
    rind, edge, flesh = (
        part.trim_by_plane((0.0, -0.14, -1.0), -r * out)
        for part, out in ((shell, 0.3), (white, 0.305), (inner, 0.31))
    )
    return [
        main("rind skin shell", rind),
        second("flesh inside", flesh, finish="red plaster"),
        fixed("edge white", edge, finish="mint plaster"),
        fixed("seeds", *seeds, finish="black plastic"),
        fixed(
            "stem stalk",
            f.hose(
                [(-half * 0.97, r, 0), (-half * 1.08, r * 1.1, 0.0), (-half * 1.14, r * 1.3, 0.01)],
                r * 0.045,
            ),
            finish="moss green bark",
        ),
    ]


@family("grapes", "grape bunch_of_grapes", "purple paint")
def grapes(f: Forms, *, height: float = 0.16, radius: float = 0.012) -> list[Part]:
    r, balls = radius, []
    rows = within(round(height / (r * 1.75)) - 3, 5, 48)
    for row in range(rows):
        share = row / (rows - 1)
        y = r + (height - 3.2 * r) * share
        ring = r * (0.3 + 2.5 * share**0.75) * (1.0 if share < 0.85 else 0.85)
        count = max(1, round(2 * math.pi * ring / (r * 2.05)))
        for i in range(count):
            a = 2 * math.pi * i / count + row * 0.9
            balls.append(f.ball(r, (ring * math.cos(a), y, ring * math.sin(a)), (1, 1.08, 1), 0.3))
    core = f.bone((0, r * 1.5, 0), (0, height - 3 * r, 0), r * 0.8, r * 2.2)
    top = height - r * 2
    blades = [
        leaf(f, r * 3.6, r * 3.0).rotate((0, turn, 18)).translate((0, top + r * 0.9, 0))
        for turn in (-30, 165)
    ]
    return [
        main("grapes berries fruit body", *balls, core),
        second("leaf leaves", *blades, finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.hose(
                [(0, top - r, 0), (0, height - r * 0.3, 0), (r * 0.8, height + r * 1.2, 0)],
                r * 0.22,
            ),
            finish="bark",
        ),
    ]


@family("pineapple", "ananas", "amber scales")
def pineapple(f: Forms, *, height: float = 0.32, radius: float = 0.065) -> list[Part]:
    r, top = radius, height * 0.6
    shape = [
        (0.0, 0.0),
        (0.62, 0.01),
        (0.9, 0.15),
        (1.0, 0.45),
        (0.95, 0.75),
        (0.7, 0.96),
        (0.0, 1.0),
    ]
    knobs = []
    for row in range(9):
        share = 0.08 + 0.86 * row / 8
        out, count = _outline(shape, share) * r, 12
        bump = (
            f.ball(1.0, share=0.15)
            .scale((r * 0.1, top * 0.052, r * 0.22))
            .translate((out, share * top, 0))
        )
        knobs.append(around(bump, count).rotate((0, 15.0 * (row % 2), 0)))
    blades = []
    for ring, (count, lean, long) in enumerate(((9, 55, 0.26), (8, 32, 0.36), (6, 14, 0.44))):
        blade = f.plate(
            [(-r * 0.2, 0), (r * 0.2, 0), (r * 0.13, height * long * 0.6), (0, height * long)],
            r * 0.07,
        )
        blade = (
            blade.rotate((0, 90, 0))
            .rotate((0, 0, -lean))
            .translate((r * (0.4 - 0.14 * ring), top * 0.97, 0))
        )
        blades.append(around(blade, count).rotate((0, 20.0 * ring, 0)))
    return [
        main("body skin fruit", f.turned([(a * r, y * top) for a, y in shape]), *knobs),
        second("leaves leaf crown", *blades, finish="green leaves"),
    ]
