"""What one finds outdoors: hay, cones, nuts, nests, hives, webs, bones, feathers."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, around, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


@family("hay bale", "haybale bale_of_hay straw_bale round_bale hay straw", "golden yellow hair")
def hay_bale(f: Forms, *, radius: float = 0.6, length: float = 1.1) -> list[Part]:
    """A round one, rolled, with straw that sticks out."""
    rng, r, straws = chance(radius, length), radius, []
    roll = f.rod(r, length, (0, r, 0), "x", share=1)
    for i in range(46):
        a, x = i * 2.399, length * rng.uniform(-0.48, 0.48)
        y, z = r + r * 0.97 * math.sin(a), r * 0.97 * math.cos(a)
        straws.append(
            f.bone(
                (x, y, z),
                (
                    x + rng.uniform(-0.12, 0.12),
                    max(0.005, y + rng.uniform(-0.05, 0.09)),
                    z * 1.06 + rng.uniform(-0.05, 0.05),
                ),
                r * 0.014,
                r * 0.008,
            )
        )
    line = [
        (
            length * 0.5,
            r + r * (0.94 - 0.86 * i / 40) * math.sin(i * 0.55),
            r * (0.94 - 0.86 * i / 40) * math.cos(i * 0.55),
        )
        for i in range(41)
    ]
    spiral = mirrored(f.hose(line, r * 0.03, steps=1, share=0.15))
    bands = [f.ring(r * 1.0, r * 0.022, (x * length, r, 0), "x") for x in (-0.28, 0, 0.28)]
    return [
        main("hay straw body", roll, *straws),
        second("spiral", spiral, finish="sienna hair"),
        fixed("strings bands", *bands, finish="beige fabric"),
    ]


def _straws(f: Forms, height: float, radius: float, rng: np.random.Generator) -> list[Manifold]:
    """Loose straws on the hay."""
    straws = []
    for i in range(40):
        a, y = i * 2.399, height * (0.06 + 0.8 * ((i * 0.618) % 1))
        x, z = math.cos(a), math.sin(a)
        out = radius * (1.0 - 0.72 * y / height)
        straws.append(
            f.bone(
                (x * out * 0.8, y, z * out * 0.8),
                (x * out * 1.16, y + rng.uniform(-0.05, 0.09), z * out * 1.16),
                radius * 0.014,
                radius * 0.008,
            )
        )
    return straws


def _tines(f: Forms, height: float, radius: float, lean: Point, at: Point) -> Manifold:
    """The fork's prongs."""
    return (
        unite(
            [
                f.hose(
                    [(0, height * 0.34, 0), (d, height * 0.28, 0), (d, height * 0.04, 0)],
                    radius * 0.018,
                )
                for d in (-0.12 * radius, 0.001, 0.12 * radius)
            ]
        )
        .rotate(lean)
        .translate((at[0] + height * 0.15, 0, at[2]))
    )


@family("haystack", "haystack_hill hayrick stook pile_of_hay straw_stack", "golden yellow hair")
def haystack(f: Forms, *, height: float = 1.8, radius: float = 1.1) -> list[Part]:
    """A heap with a pole and a fork in it."""
    rng, body = chance(height, radius), Blob(radius * 0.25)
    body.limb(
        [(0, radius * 0.4, 0), (0, height * 0.5, 0), (0, height * 0.86, 0)],
        [radius * 0.9, radius * 0.72, radius * 0.22],
    )
    for i in range(14):
        a, y = i * 2.399, height * (0.05 + 0.045 * i)
        out = radius * (0.78 - 0.045 * i)
        body.ball((out * math.cos(a), y, out * math.sin(a)), radius * rng.uniform(0.2, 0.3))
    straws = _straws(f, height, radius, rng)
    pole = f.bone((0, height * 0.6, 0), (0.02, height * 1.12, 0), radius * 0.035)
    lean, at = (0.0, 0.0, 24.0), (radius * 0.62, 0.0, radius * 0.62)
    handle = (
        f.bone((0, height * 0.32, 0), (0, height * 1.0, 0), radius * 0.025)
        .rotate(lean)
        .translate((at[0] + height * 0.15, 0, at[2]))
    )
    tines = _tines(f, height, radius, lean, at)
    return [
        main(
            "hay straw body",
            body.solid(f.detail).trim_by_plane((0, 1, 0), 0.0),
            unite(straws).trim_by_plane((0, 1, 0), 0.0),
        ),
        second("pole fork handle", pole, handle.trim_by_plane((0, 1, 0), 0.0), finish="brown wood"),
        fixed("tines prongs", tines.trim_by_plane((0, 1, 0), 0.0), finish="steel"),
    ]


@family(
    "pine cone",
    "pinecone fir_cone pinecones conifer_cone",
    "brown wood",
)
def pine_cone(
    f: Forms, *, height: float = 0.09, radius: float = 0.032, rows: int = 9
) -> list[Part]:
    """Overlapping scales about a core, standing."""
    count, scales, plain = within(rows, 3, 16), [], Forms(f.detail * 0.5)
    one = plain.ball(1.0, share=0.3).scale((0.55, 0.16, 0.4)).translate((0.5, 0, 0))
    for row in range(count):
        s = row / (count - 1)
        out = radius * math.sin(math.pi * (0.28 + 0.66 * s)) ** 0.8
        many = max(4, round(9 * out / radius))
        leaf = (
            one.scale((out, out * 0.9 + radius * 0.1, radius * 0.75))
            .rotate((0, 0, 16 + 40 * s))
            .translate((out * 0.08, height * (0.06 + 0.82 * s), 0))
        )
        scales.append(around(leaf, many).rotate((0, 23 * row, 0)))
    core = f.turned(
        [
            (0, height * 0.02),
            (radius * 0.5, height * 0.08),
            (radius * 0.66, height * 0.4),
            (radius * 0.25, height * 0.88),
            (0, height * 0.95),
        ]
    )
    stem = f.bone((0, 0, 0), (0, height * 0.1, 0), radius * 0.14)
    return [main("scales body", *scales), second("core stem", core, stem, finish="dark brown wood")]


@family("acorn", "acorns oak_nut", "caramel wood")
def acorn(f: Forms, *, height: float = 0.04, radius: float = 0.012) -> list[Part]:
    """Standing on its tip's side, in its cup, with a leaf."""
    r, h = radius, height
    nut = f.turned(
        [
            (0, 0),
            (r * 0.12, h * 0.02),
            (r * 0.62, h * 0.14),
            (r * 0.95, h * 0.42),
            (r * 0.92, h * 0.64),
            (0, h * 0.66),
        ]
    )
    cup = f.turned(
        [
            (r * 0.9, h * 0.58),
            (r * 1.16, h * 0.6),
            (r * 1.12, h * 0.76),
            (r * 0.7, h * 0.88),
            (0, h * 0.9),
        ]
    )
    bumps = []
    for row in range(4):
        y, out = h * (0.62 + 0.075 * row), r * (1.12, 1.1, 0.92, 0.55)[row]
        bumps.append(
            around(
                f.ball(r * 0.16, (out, y, 0), (0.7, 1, 1.1), 0.3), max(6, round(14 * out / r))
            ).rotate((0, 13 * row, 0))
        )
    stem = f.hose([(0, h * 0.88, 0), (0, h * 0.96, 0), (r * 0.2, h * 1.05, 0)], r * 0.12)
    return [
        main("nut body", nut),
        second("cup cap hat", cup, *bumps, finish="dark brown wood"),
        fixed("stem stalk", stem, finish="brown wood"),
    ]


@family("nest", "birds_nest bird_nest birdnest eagle_nest nest_with_eggs egg_nest", "brown wood")
def nest(f: Forms, *, radius: float = 0.1, height: float = 0.055, eggs: int = 3) -> list[Part]:
    """Of twigs, with eggs."""
    rng, r, twigs, plain = chance(radius, height), radius, [], Forms(f.detail * 0.5)
    for i in range(46):
        a, up = i * 2.399, height * (0.1 + 0.85 * ((i * 0.618) % 1))
        far = r * (0.72 + 0.26 * up / height) * rng.uniform(0.9, 1.06)
        path = [
            (far * math.cos(a + d), up + height * rng.uniform(-0.12, 0.12), far * math.sin(a + d))
            for d in (-0.45, 0.0, 0.45)
        ]
        twigs.append(plain.hose(path, r * rng.uniform(0.03, 0.045), steps=2, share=0.2))
    bowl = f.turned(
        [
            (r * 0.5, 0),
            (r * 0.85, height * 0.3),
            (r * 0.86, height * 0.8),
            (r * 0.78, height * 0.8),
            (r * 0.55, height * 0.4),
            (0, height * 0.3),
        ]
    )
    count, clutch = within(eggs, 0, 7), []
    for i in range(count):
        a, out = (
            2 * math.pi * i / max(1, count),
            0.0 if count == 1 else r * (0.36 if count < 5 else 0.45),
        )
        clutch.append(
            f.ball(r * 0.27, (0, 0, 0), (1, 1.3, 1))
            .rotate((50, math.degrees(a), 0))
            .translate((out * math.cos(a), height * 0.62, out * math.sin(a)))
        )
    parts = [main("twigs body straw", bowl, *twigs)]
    return [*parts, second("eggs egg", *clutch, finish="sky blue plaster")] if clutch else parts


@family(
    "beehive",
    "bee_hive hive skep honey_hive",
    "golden yellow plaster",
)
def beehive(f: Forms, *, height: float = 0.5, radius: float = 0.22, rings: int = 7) -> list[Part]:
    """Rings of straw with a way in, and bees about it."""
    r, count, rows = radius, within(rings, 3, 14), []
    for i in range(count):
        s = (i + 0.5) / count
        out = r * (math.sin(math.pi * (0.3 + 0.68 * s)) ** 0.6)
        rows.append(
            f.ring(
                max(out - r * 0.12, r * 0.02),
                height / count * 0.6,
                (0, height * s * 0.92 + height * 0.02, 0),
                share=0.9,
            ).scale((1, 1, 1))
        )
        rows.append(
            f.post(max(out - r * 0.1, r * 0.02), height / count, (0, height * 0.92 * i / count, 0))
        )
    hole = f.ball(r * 0.26, (0, height * 0.27, r * 1.0), (1, 1, 0.5))
    rim = f.ring(r * 0.28, r * 0.06, (0, height * 0.27, r * 1.06), "z")
    bees, wings = [], []
    for x, y, z in ((0.55, 0.8, 0.5), (-0.62, 0.6, 0.68), (0.42, 0.4, 0.92)):
        at = (r * x, height * y, r * z)
        bees.append(f.ball(r * 0.1, at, (1, 0.9, 1.4)))
        wings.append(f.ball(r * 0.1, (at[0], at[1] + r * 0.1, at[2]), (1.3, 0.25, 0.6)))
    board = f.post(r * 1.25, height * 0.04, (0, -height * 0.03, 0))
    return [
        main("hive body rings straw", *rows),
        fixed("hole entrance", hole, finish="black plaster"),
        second("rim board", rim, board, finish="brown wood"),
        fixed("bees bee", *bees, finish="amber fur"),
        fixed("wings", *wings, finish="white glass"),
    ]


def _web(f: Forms, r: float, spokes: int, rings: int, t: float) -> Manifold:
    """Spokes and sagging threads about the origin in the plane of x and y.

    Each thread goes all round in one piece, which is far quicker than a union of many.
    """
    thin, turn = Forms(f.detail * 0.5), 2 * math.pi / spokes
    lines = [
        thin.bone(
            (r * 0.03 * math.cos(a), r * 0.03 * math.sin(a), 0.0),
            (r * math.cos(a), r * math.sin(a), 0.0),
            t * 1.3,
        )
        for a in (0.1 + turn * i for i in range(spokes))
    ]
    threads = []
    for k in range(rings):
        out = r * (0.12 + 0.8 * k / (rings - 1))
        path = []
        for i in range(4 * spokes):
            a, reach = 0.1 + turn * i / 4, out * (1.0, 0.91, 0.88, 0.91)[i % 4]
            path.append((reach * math.cos(a), reach * math.sin(a), 0.0))
        threads.append(f.ribbon(path, t * 1.8, t * 1.8, up=(0, 0, 1), steps=1, closed=True))
    hub = f.rod(r * 0.05, t * 2, (0, 0, 0), "z", share=0.4)
    return unite([*lines, hub, *threads])


@family("spider web", "cobweb spiderweb web spiders_web cobwebs", "white plastic")
def spider_web(f: Forms, *, radius: float = 0.4, rings: int = 7, spokes: int = 10) -> list[Part]:
    """Upright, with a spider in it."""
    r, n, count, t = radius, within(spokes, 5, 20), within(rings, 2, 14), radius * 0.008
    at = (r * 0.28, r * 0.72, r * 0.05)
    body = f.ball(r * 0.09, (at[0], at[1] + r * 0.06, at[2]), (0.9, 1.1, 0.8)) + f.ball(
        r * 0.055, (at[0], at[1] - r * 0.06, at[2])
    )
    legs = [
        f.hose(
            [
                (at[0], at[1], at[2]),
                (at[0] + s * r * 0.1, at[1] + r * (0.09 - 0.05 * i), at[2] + r * 0.06),
                (at[0] + s * r * 0.2, at[1] + r * (0.13 - 0.1 * i), t),
            ],
            r * 0.012,
            r * 0.008,
        )
        for s in (1, -1)
        for i in range(4)
    ]
    return [
        main("web threads", _web(f, r, n, count, t).translate((0, r, 0))),
        second("spider", body, *legs, finish="black fur"),
    ]


@family("bone", "dog_bone bones_bone femur dinosaur_bone single_bone", "ivory plaster")
def bone(f: Forms, *, length: float = 0.2, radius: float = 0.02) -> list[Part]:
    """Thick at both ends, lying."""
    r, half = radius, length / 2
    body = Blob(r * 0.5).limb(
        [(-half, r * 1.4, 0), (0, r * 1.4, 0), (half, r * 1.4, 0)],
        [r * 0.95, r * 0.72, r * 0.95],
        2,
    )
    for s in (1, -1):
        for z in (1, -1):
            body.ball((s * (half + r * 0.5), r * 1.4, z * r * 0.95), r * 1.25, (1.1, 1, 1))
    return [main("bone body", body.solid(f.detail))]


@family(
    "feather",
    "quill_feather plume bird_feather eagle_feather peacock_feather:emerald_feathers "
    "feathers_plume",
    "white feathers",
)
def feather(
    f: Forms, *, height: float = 0.3, width: float = 0.06, thickness: float = 0.004
) -> list[Part]:
    """Upright, bent, with a quill."""
    h, w, t = height, width, thickness

    def bent(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        return x + 0.16 * h * (y / h) ** 2, y, z + 0.08 * h * (y / h) ** 2 + 0.6 * abs(x)

    left, right = [], []
    for i in range(18):
        s = i / 17
        wide = w / 2 * math.sin(math.pi * (0.1 + 0.86 * s)) ** 0.6
        notch = 0.72 if i in (6, 11) else 1.0
        right.append((wide * notch, h * (0.24 + 0.76 * s)))
        left.append((-wide * (0.8 if i in (4, 9, 13) else 1.0), h * (0.24 + 0.76 * s)))
    vane = f.plate([*right, *left[::-1]], t).refine_to_length(h * 0.05).warp(bent)
    shaft = [bent((0.0, h * s, t * 0.4)) for s in (0.0, 0.25, 0.5, 0.75, 0.96)]
    down = [
        f.bone(
            bent((0, h * (0.2 + 0.02 * i), 0)),
            bent((s * w * 0.3, h * (0.24 + 0.02 * i), 0)),
            t * 0.5,
            t * 0.2,
        )
        for i in range(3)
        for s in (1, -1)
    ]
    return [
        main("vane body feather", vane, *down),
        second("quill shaft", f.hose(shaft, t * 1.0, t * 0.4), finish="ivory plastic"),
    ]
