"""Roots, bulbs, leaves and pods. They lie or stand as on a table."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, around, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance
from pipelines.geometry.families.ways import shares, way


@family(
    "potato",
    "potatoes spud sweet_potato:sienna_plaster yam:sienna_plaster jacket_potato",
    "tan dirt",
)
def potato(f: Forms, *, length: float = 0.11, radius: float = 0.033) -> list[Part]:
    """Lumpy, with a few eyes; no two are the same."""
    rng, r, half = chance(length, radius), radius, length / 2
    body = Blob(r * 0.5).limb(
        [(-half * 0.45, r, 0), (0, r * 1.02, r * 0.1), (half * 0.5, r * 0.95, 0)],
        [r * 0.92, r * 1.02, r * 0.85],
        2,
    )
    for _ in range(6):
        a = rng.uniform(0, 2 * math.pi)
        at = (rng.uniform(-0.7, 0.7) * half, r + 0.5 * r * math.sin(a), 0.5 * r * math.cos(a))
        body.ball(at, r * rng.uniform(0.5, 0.7))
    eyes = []
    for x, z in ((-0.4, 0.35), (0.1, 0.55), (0.45, 0.2), (-0.1, -0.3)):
        y = body.reach((x * half, 0.0, z * r), 1)
        eyes.append(f.ball(r * 0.09, (x * half, y, z * r), (1.5, 0.5, 0.8)))
    return [
        main("skin body peel", body.solid(f.detail)),
        second("eyes spots", *eyes, finish="dark brown dirt"),
    ]


def _bulb(f: Forms, r: float, h: float, ribs: int, deep: float) -> Manifold:
    """A bulb with ribs, running out into a point above."""
    rows = (
        (0.0, 0.0),
        (0.3, 0.01),
        (0.85, 0.16),
        (1.0, 0.36),
        (0.8, 0.58),
        (0.3, 0.74),
        (0.13, 0.85),
        (0.09, 1.0),
    )

    def ribbed(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        k = 1 - deep * (0.5 + 0.5 * math.cos(ribs * math.atan2(z, x)))
        return x * k, y, z * k

    return f.turned([(a * r, y * h) for a, y in rows]).refine(2).warp(ribbed)


@family(
    "onion", "onions red_onion:plum_paint shallot:rosy_paint white_onion:white_paint", "amber paint"
)
def onion(f: Forms, *, radius: float = 0.038, height: float = 0.09) -> list[Part]:
    body = _bulb(f, radius, height, 14, 0.05)
    root = f.hose(way("0 0.02 0, 0.3 0.01 0, 0.55 0.03 0.08", radius), radius * 0.025)
    roots = around(root, 7)
    tip = f.hose(
        [
            (0, height * 0.9, 0),
            (radius * 0.06, height * 1.02, 0),
            (radius * 0.25, height * 1.12, 0),
        ],
        radius * 0.1,
        radius * 0.04,
    )
    return [
        main("skin body peel", body),
        second("tip neck", tip, finish="beige plaster"),
        fixed("roots", roots, finish="cream plaster"),
    ]


@family("garlic", "garlic_bulb head_of_garlic", "ivory plaster")
def garlic(f: Forms, *, radius: float = 0.03, height: float = 0.058, cloves: int = 8) -> list[Part]:
    count = within(cloves, 3, 16)
    body = _bulb(f, radius, height, count, 0.2)
    clove = (
        Blob(radius * 0.2)
        .limb(way("0 0.3 0, 0.15 0.7 0, 0 1.25 0", radius), shares("0.3 0.36 0.06", radius), 3)
        .solid(f.detail)
    )
    lines = around(
        f.hose(
            [
                (radius * 0.84 * a, height * y, 0)
                for a, y in ((0.86, 0.16), (1.0, 0.36), (0.8, 0.58), (0.3, 0.74))
            ],
            radius * 0.03,
        ),
        count,
    )
    return [
        main(
            "skin body bulb cloves",
            body,
            clove.rotate((0, 0, 80)).translate((radius * 1.9, radius * 0.32, radius * 0.4)),
        ),
        second("stripes", lines, finish="pale mauve plaster"),
        fixed("roots", f.ball(radius * 0.3, (0, 0.0, 0), (1, 0.3, 1)), finish="tan plaster"),
    ]


def _cupped(f: Forms, size: float, ruffle: float) -> Manifold:
    """A leaf like a bowl, that starts at the origin and stands up at +X."""

    def bent(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        s, w = x / size, z / size
        wave = ruffle * size * s * math.sin(w * 16 + s * 5)
        return x * (1 - 0.38 * s * s), y + size * (0.95 * s * s) + wave + 0.5 * size * w * w, z

    outline = [
        (0, 0.1),
        (0.3, 0.42),
        (0.7, 0.6),
        (1.0, 0.45),
        (1.12, 0.0),
        (1.0, -0.45),
        (0.7, -0.6),
        (0.3, -0.42),
        (0, -0.1),
    ]
    return (
        f.floor([(x * size, z * size) for x, z in outline], size * 0.06)
        .refine_to_length(size * 0.22)
        .warp(bent)
    )


@family(
    "cabbage",
    "lettuce:lime_leaves cabbages salad_head head_of_lettuce:lime_leaves "
    "iceberg_lettuce:lime_leaves brussels_sprout red_cabbage:plum_leaves",
    "pale green leaves",
)
def cabbage(f: Forms, *, radius: float = 0.1, height: float = 0.16, leaves: int = 12) -> list[Part]:
    """A head in loose outer leaves."""
    r, count = radius, within(leaves, 3, 24)
    head = f.ball(r * 0.78, (0, height * 0.52, 0), (1, height * 0.6 / r, 1))
    coarse = Forms(f.detail * 0.6)
    rows = []
    for i in range(count):
        inner = i % 2
        blade = _cupped(coarse, r * (1.05 - 0.16 * inner), 0.05).translate(
            (r * 0.1, height * (0.03 + 0.06 * inner), 0)
        )
        rows.append(blade.rotate((0, 360.0 * i / count, 0)))
    veins = around(
        f.hose(way("0.1 0.05 0, 0.7 0.42 0, 0.84 0.92 0", r), [r * 0.06, r * 0.04, r * 0.015]), 6
    )
    return [
        main("head heart body", head),
        main("leaves leaf", unite(rows)),
        second("veins stalk", veins, f.post(r * 0.2, height * 0.1), finish="cream plaster"),
    ]


def _cucumber_lines(f: Forms, r: float, way_: list[Point]) -> Manifold:
    """Pale lines along it."""
    return unite(
        [
            f.hose(
                [
                    (x * 0.9, y + r * 0.93 * math.cos(a), z + r * 0.93 * math.sin(a))
                    for x, y, z in way_[1:3]
                ],
                r * 0.1,
            )
            for a in (i * 0.7 - 1.0 for i in range(6))
        ]
    )


@family("cucumber", "cucumbers gherkin pickle zucchini courgette marrow", "green paint")
def cucumber(
    f: Forms, *, length: float = 0.26, radius: float = 0.025, slices: int = 3
) -> list[Part]:
    """Lying, with slices cut off before it."""
    r, half = radius, length / 2
    way_ = [
        (-half + r, r, 0.0),
        (-half * 0.3, r, r * 0.3),
        (half * 0.3, r, r * 0.3),
        (half - r, r, 0.0),
    ]
    body = f.hose(way_, [r * 0.8, r, r, r * 0.85], share=0.5)
    lines = _cucumber_lines(f, r, way_)
    rings, flesh, seeds = [], [], []
    for i in range(max(0, min(slices, 8))):
        at, lean = ((i - 1) * r * 1.75, r * 0.22, r * (1.75 + 0.2 * (i % 2))), (0.0, 0.0, 0.0)
        rings.append(f.rod(r * 0.95, r * 0.3, at, "y", share=0.6).rotate(lean))
        flesh.append(f.rod(r * 0.84, r * 0.34, at, "y", share=0.6))
        seeds += [
            f.ball(
                r * 0.09,
                (at[0] + r * 0.42 * math.cos(a), at[1] + r * 0.17, at[2] + r * 0.42 * math.sin(a)),
                (1, 0.5, 1),
            )
            for a in (k * 1.05 for k in range(6))
        ]
    parts = [
        main("skin peel body", body, *rings),
        second("stripes", lines, finish="dark green paint"),
    ]
    if rings:
        parts += [
            fixed("flesh slices", *flesh, finish="pale lime plaster"),
            fixed("seeds", *seeds, finish="cream plastic"),
        ]
    return parts


@family(
    "chili",
    "chilli chili_pepper chilli_pepper hot_pepper jalapeno:green_paint cayenne red_chili",
    "shiny red plastic",
)
def chili(f: Forms, *, length: float = 0.13, radius: float = 0.014) -> list[Part]:
    r = radius
    line = [
        (-length * 0.45, r * 1.3, 0),
        (-length * 0.15, r * 1.05, r),
        (length * 0.2, r * 1.0, r * 0.6),
        (length * 0.42, r * 1.2, -r * 0.6),
        (length * 0.55, r * 1.9, -r * 1.6),
    ]
    body = Blob(r * 0.2).limb(line, shares("0.95 1.0 0.75 0.42 0.06", r), 4)
    cap = f.ball(r * 0.95, (-length * 0.45 - r * 0.5, r * 1.35, -r * 0.2), (0.55, 1, 1))
    stem = f.hose(
        [
            (-length * 0.47, r * 1.4, 0),
            (-length * 0.58, r * 1.6, -r * 0.5),
            (-length * 0.68, r * 2.4, -r * 0.8),
        ],
        r * 0.24,
        r * 0.3,
    )
    return [
        main("skin body", body.solid(f.detail)),
        second("stem cap stalk", cap, stem, finish="green leaves"),
    ]


@family("asparagus", "asparagus_spear green_asparagus", "green leaves")
def asparagus(
    f: Forms, *, height: float = 0.22, radius: float = 0.008, stems: int = 7
) -> list[Part]:
    """A bundle held by a string, standing."""
    r, stalks, tips = radius, [], []
    scale = f.ball(1.0, share=0.2).scale((r * 0.3, r * 1.1, r * 0.6))
    count = within(stems, 1, 24)
    for i in range(count):
        a, out = i * 2.4, r * 1.35 * math.sqrt(i)
        x, z, tall = out * math.cos(a), out * math.sin(a), height * (0.9 + 0.1 * math.sin(i * 1.7))
        stalks.append(f.bone((x, r, z), (x, tall * 0.85, z), r, r * 0.82))
        tips.append(f.bone((x, tall * 0.85, z), (x, tall, z), r * 0.95, r * 0.3))
        tips += [
            scale.translate((r * 0.8, 0, 0))
            .rotate((0, 137.5 * k, 0))
            .translate((x, tall * (0.8 + 0.035 * k), z))
            for k in range(5)
        ]
    string = f.post(r * 1.3 * math.sqrt(count) + r * 0.6, r * 1.6, (0, height * 0.36, 0))
    return [
        main("stalks stems body", *stalks),
        second("tips heads", *tips, finish="moss green leaves"),
        fixed("string", string, finish="tan fabric"),
    ]


@family("peas", "pea pea_pod green_peas snow_pea edamame pod", "green leaves")
def peas(f: Forms, *, length: float = 0.1, radius: float = 0.012, count: int = 7) -> list[Part]:
    """An open pod."""
    r, half, many = radius, length / 2, within(count, 1, 20)
    line = [
        (-half, r * 1.5, 0),
        (-half * 0.6, r * 1.1, 0),
        (0, r, 0),
        (half * 0.6, r * 1.1, 0),
        (half, r * 1.6, 0),
    ]
    widths = shares("0.1 0.95 1.15 0.95 0.06", r)
    pod = f.hose(line, widths, share=0.5)
    inner = f.hose(
        [(x, y + r * 0.32, z) for x, y, z in line], [w * 0.86 for w in widths], share=0.5
    )
    balls = []
    for i in range(many):
        s = (i + 0.5) / many * 2 - 1
        size = r * 0.78 * (1 - 0.3 * s * s)
        balls.append(f.ball(size, (s * half * 0.78, r * (1.15 + 0.35 * s * s), 0), share=0.5))
    stem = f.hose(
        [(-half * 0.78, r * 1.0, 0), (-half * 1.05, r * 1.6, 0), (-half * 1.2, r * 2.4, 0)],
        r * 0.16,
    )
    shell = (pod - inner) - f.box((length * 2, r * 2, r * 4), (0, r * 2.3, 0))
    return [main("pod shell skin", shell, stem), second("peas beans", *balls, finish="lime paint")]


@family(
    "radish",
    "radishes beetroot:maroon_plaster beet:maroon_plaster turnip:white_plaster "
    "swede:mauve_plaster rutabaga:mauve_plaster",
    "rosy paint",
)
def radish(f: Forms, *, radius: float = 0.02, height: float = 0.045, leaves: int = 5) -> list[Part]:
    """Standing on its root's tip, its leaves up."""
    r, h = radius, height
    body = f.turned(
        [
            (a * r, y * h)
            for a, y in (
                (0.02, -0.5),
                (0.07, -0.2),
                (0.3, 0.0),
                (0.9, 0.25),
                (1, 0.55),
                (0.7, 0.9),
                (0.25, 1.0),
                (0, 1.0),
            )
        ]
    )
    tip = body.trim_by_plane((0, -1, 0), -h * 0.08)
    rest = body.trim_by_plane((0, 1, 0), h * 0.08)
    blade = unite(
        [
            f.hose(
                [(0, 0, 0), (r * 0.35, h * 0.6, 0), (r * 0.8, h * 1.1, 0), (r * 1.05, h * 1.45, 0)],
                r * 0.1,
                r * 0.05,
            ),
            f.ball(1.0)
            .scale((r * 0.2, h * 0.5, r * 0.5))
            .rotate((0, 0, -30))
            .translate((r * 1.05, h * 1.45, 0)),
        ]
    )
    crown = around(blade, within(leaves, 1, 12)).translate((0, h * 0.95, 0))
    return [
        main("skin body", rest),
        fixed("root tip", tip, finish="white plaster"),
        second("leaves leaf", crown, finish="grass green leaves"),
    ]
