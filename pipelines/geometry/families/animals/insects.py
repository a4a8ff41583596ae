"""Insects, spiders and snails. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def legs_of(
    f: Forms,
    count: int,
    at: Point,
    reach: float,
    thickness: float,
    *,
    spread: float = 120.0,
    rise: float = 0.42,
) -> Manifold:
    """Jointed legs that stand around a body whose middle is `at`; `reach` is how far out their feet are.

    spread: degrees between the first and the last leg of a side; rise: of the knees, as a share of the reach.
    """
    pairs, rows = max(1, count // 2), []
    x, y, z = at
    for i in range(pairs):
        turn = math.radians(spread * (0.5 - (i / max(1, pairs - 1))))
        out, ahead = math.cos(turn), math.sin(turn)
        way = [
            (x, y, z + ahead * reach * 0.12),
            (x + out * reach * 0.45, y + reach * rise, z + ahead * reach * 0.45),
            (x + out * reach * 0.85, y * 0.45, z + ahead * reach * 0.85),
            (x + out * reach, thickness * 0.5, z + ahead * reach),
        ]
        rows.append(f.hose(way, thickness, thickness * 0.5))
    return mirrored(unite(rows))


@family("spider", "tarantula black_widow arachnid", "black fur")
def spider(
    f: Forms,
    *,
    radius: float = 0.02,
    height: float = 0.03,
    width: float = 0.055,
    thickness: float = 0.0028,
    legs: int = 8,
) -> list[Part]:
    r, y = radius, height * 0.75
    front = (0.0, y, r * 0.75)
    body = (
        Blob(r * 0.12).ball((0, y + r * 0.3, -r * 0.95), r, (0.95, 0.9, 1.1)).ball(front, r * 0.58)
    )
    fangs = mirrored(
        f.bone(
            (r * 0.15, y - r * 0.2, r * 1.2), (r * 0.13, y - r * 0.62, r * 1.3), r * 0.13, r * 0.03
        )
    )
    eyes = [
        f.ball(r * size, (s * r * x, y + r * up, r * out))
        for s in (1, -1)
        for x, up, out, size in (
            (0.18, 0.2, 1.24, 0.15),
            (0.4, 0.3, 1.08, 0.1),
            (0.15, 0.44, 1.08, 0.09),
        )
    ]
    mark = f.ball(r * 0.34, (0, y + r * 1.12, -r * 1.1), (0.7, 0.35, 1.3))
    return [
        main("body abdomen", body.solid(f.detail)),
        main("legs leg", legs_of(f, legs, front, width, thickness)),
        second("mark spot spots", mark, finish="red paint"),
        fixed("fangs jaws", fangs, finish="dark brown plastic"),
        fixed("eyes eye", *eyes, finish="shiny red plastic"),
    ]


def _ant_body(u: float, y: float) -> Blob:
    """Three parts, thin between them."""
    body = (
        Blob(u * 0.35)
        .ball((0, y, -u * 3.3), u * 1.5, (0.9, 0.9, 1.3))
        .bone((0, y, -u * 1.5), (0, y, -u * 1.0), u * 0.5)
    )
    body.ball((0, y, u * 0.3), u * 1.0, (0.8, 0.85, 1.4)).ball(
        (0, y + u * 0.35, u * 2.9), u * 1.25, (1.05, 0.9, 1)
    )
    body.bone((0, y, u * 1.2), (0, y + u * 0.2, u * 2.2), u * 0.45)
    return body


def _ant_feeler(f: Forms, u: float, y: float) -> Manifold:
    """One feeler."""
    return f.hose(
        [
            (u * 0.4, y + u * 1.1, u * 3.4),
            (u * 1.3, y + u * 2.6, u * 3.9),
            (u * 1.9, y + u * 2.2, u * 5.6),
        ],
        u * 0.16,
        u * 0.1,
    )


def _ant_jaw(f: Forms, u: float, y: float) -> Manifold:
    """One jaw."""
    return f.hose(
        [(u * 0.5, y, u * 3.8), (u * 0.75, y - u * 0.1, u * 4.5), (u * 0.2, y - u * 0.1, u * 4.9)],
        u * 0.22,
        u * 0.08,
    )


@family("ant", "insect termite bug", "maroon plastic")
def ant(
    f: Forms,
    *,
    length: float = 0.012,
    height: float = 0.006,
    width: float = 0.006,
    thickness: float = 0.0003,
    legs: int = 6,
    winged: bool = False,
) -> list[Part]:
    u, y = length / 10, height * 0.62
    body = _ant_body(u, y)
    feelers = _ant_feeler(f, u, y)
    jaws = _ant_jaw(f, u, y)
    parts = [
        main("body head abdomen", body.solid(f.detail)),
        second(
            "legs leg feelers antennae",
            legs_of(f, legs, (0, y, u * 0.3), width, thickness, spread=95, rise=0.2),
            mirrored(feelers),
            finish="dark chestnut plastic",
        ),
        fixed("jaws", mirrored(jaws), finish="charcoal plastic"),
        fixed(
            "eyes eye", mirrored(f.ball(u * 0.34, (u * 0.95, y + u * 0.7, u * 3.5))), finish=EYES
        ),
    ]
    if winged:
        leaf = _wing_leaf(f, u * 6, u * 1.3).rotate((0, 62, 14))
        parts.append(
            fixed(
                "wings wing",
                mirrored(leaf.translate((u * 0.4, y + u * 0.6, u * 0.3))),
                finish="pale aqua glass",
            )
        )
    return parts


def _wing_leaf(f: Forms, long: float, wide: float) -> Manifold:
    """A flat, rounded wing along +X from the origin."""
    return (
        f.ball(1.0, share=0.45).scale((long / 2, long * 0.02, wide)).translate((long * 0.48, 0, 0))
    )


def _bee_bands(f: Forms, r: float, y: float, half: float) -> list[Manifold]:
    """Where the stripes are."""
    return [
        f.box((r * 4, r * 4, r * 0.42), (0, y, -half * 0.3 + r * dz)) for dz in (0.45, -0.35, -1.1)
    ]


def _bee_feeler(f: Forms, r: float, y: float, half: float) -> Manifold:
    """One feeler."""
    return f.hose(
        [
            (r * 0.25, y + r * 0.75, half * 0.8),
            (r * 0.5, y + r * 1.4, half),
            (r * 0.6, y + r * 1.3, half * 1.3),
        ],
        r * 0.06,
    )


def _bee_legs(f: Forms, legs: int, r: float, y: float, half: float) -> list[Manifold]:
    """The legs of one side."""
    return [
        f.hose(
            [
                (r * 0.2, y - r * 0.1, z * 0.8),
                (r * 0.85, y - r * 1.2, z),
                (r * 0.75, r * 0.08, z + r * 0.1),
            ],
            r * 0.09,
            r * 0.06,
        )
        for z in [half * (0.35 - 0.8 * i / max(1, legs // 2 - 1)) for i in range(max(1, legs // 2))]
    ]


def _bee_wings(f: Forms, width: float, r: float, y: float, half: float) -> Manifold:
    """The great and the small wing of one side."""
    great = _wing_leaf(f, width, r * 0.75).rotate((0, 18, 38))
    small = _wing_leaf(f, width * 0.72, r * 0.55).rotate((0, 48, 30))
    x, up = r * 0.35, y + r * 0.8
    return great.translate((x, up, -half * 0.1)) + small.translate((x, up, -half * 0.3))


@family("bee", "bumblebee honeybee", "yellow fur")
def bee(
    f: Forms,
    *,
    length: float = 0.03,
    height: float = 0.026,
    radius: float = 0.0085,
    width: float = 0.024,
    legs: int = 6,
) -> list[Part]:
    r, y, half = radius, height * 0.55, length / 2
    body = (
        Blob(r * 0.2)
        .ball((0, y, -half * 0.3), r, (1, 0.95, 1.45))
        .ball((0, y + r * 0.1, half * 0.62), r * 0.78)
    )
    whole = body.solid(f.detail)
    bands = _bee_bands(f, r, y, half)
    stripes, yellow = whole.split(unite(bands))
    feelers = _bee_feeler(f, r, y, half)
    knees = _bee_legs(f, legs, r, y, half)
    sting = f.bone(
        (0, y, -half * 0.3 - r * 1.35),
        (0, y - r * 0.05, -half * 0.3 - r * 1.85),
        r * 0.12,
        r * 0.01,
    )
    return [
        main("body fur", yellow),
        second(
            "stripes bands sting legs feelers antennae",
            stripes,
            sting,
            mirrored(unite([feelers, *knees])),
            finish="black fur",
        ),
        fixed(
            "wings wing", mirrored(_bee_wings(f, width, r, y, half)), finish="pale sky blue glass"
        ),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.3, (r * 0.48, y + r * 0.3, half * 0.62 + r * 0.5))),
            finish=EYES,
        ),
    ]


@family("ladybug", "ladybird lady_beetle", "red paint")
def ladybug(
    f: Forms,
    *,
    radius: float = 0.004,
    height: float = 0.0045,
    legs: int = 6,
) -> list[Part]:
    r, h = radius, height
    dome = (
        f.ball(1.0)
        .scale((r, h * 0.8, r * 1.15))
        .trim_by_plane((0, 1, 0), 0.0)
        .translate((0, h * 0.25, 0))
    )
    seam = f.box((r * 0.06, h * 3, r * 3))
    head = f.ball(r * 0.5, (0, h * 0.42, r * 1.05), (1.15, 0.8, 0.8))
    dots = []
    for x, z in ((0.42, 0.5), (0.62, -0.05), (0.38, -0.55)):
        up = h * 0.25 + h * 0.8 * math.sqrt(max(0.0, 1 - x * x - (z / 1.15) ** 2))
        dots.append(f.ball(r * 0.2, (x * r, up * 0.985, z * r), (1, 0.5, 1)))
    feelers = f.hose([(r * 0.2, h * 0.6, r * 1.35), (r * 0.42, h * 0.85, r * 1.7)], r * 0.05)
    eyes = f.ball(r * 0.15, (r * 0.34, h * 0.55, r * 1.3))
    return [
        main("shell wings body", dome - seam),
        second("dots spots", mirrored(unite(dots)), finish="black paint"),
        fixed(
            "head legs feelers antennae",
            head,
            f.ball(1.0, (0, 0, 0))
            .scale((r * 0.97, h * 0.76, r * 1.12))
            .trim_by_plane((0, 1, 0), -0.2 * h)
            .translate((0, h * 0.25, 0)),
            mirrored(feelers),
            legs_of(f, legs, (0, h * 0.3, 0), r * 1.5, r * 0.075, spread=90, rise=0.05),
            finish="black plastic",
        ),
        fixed("eyes eye", mirrored(eyes), finish="white plastic"),
    ]
