"""Small buildings, castle parts and old stones. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    doorway,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("treehouse", "tree_house tree_hut tree_fort", "brown wood")
def treehouse(
    f: Forms, *, height: float = 6.0, width: float = 2.4, radius: float = 0.4, branches: int = 5
) -> list[Part]:
    h, w, r = height, width, radius
    deck, wall = h * 0.4, h * 0.22
    house = f.slab((w * 0.8, wall, w * 0.7), (0, deck + 0.08, w * 0.12))
    roof = f.wedge((w * 0.98, h * 0.14, w * 1.0), (0, deck + wall + 0.05, w * 0.12))
    count = within(branches, 3, 9)
    ends = [(h * 0.15 * math.cos(2.4 * i), h * 0.15 * math.sin(2.4 * i)) for i in range(count)]
    limb = [f.bone((0, h * 0.66, 0), (x, h * 0.78, z), r * 0.36) for x, z in ends]
    rail = [
        f.slab((0.05, h * 0.09, 0.05), (x, deck, w * 0.7))
        for x in (-w * 0.56, -w * 0.3, w * 0.3, w * 0.56)
    ]
    rail += [mirrored(f.box((w * 0.3, 0.05, 0.05), (w * 0.43, deck + h * 0.09, w * 0.7)))]
    return [
        main("walls wall house", house),
        second("roof", roof, finish="red wood"),
        fixed(
            "deck platform floor rails",
            f.box((w * 1.2, 0.1, w * 1.5), (0, deck + 0.04, 0)),
            *rail,
            *[
                f.bone((0, deck * 0.6, 0), (a * w * 0.5, deck, b * w * 0.6), 0.07)
                for a in (1, -1)
                for b in (1, -1)
            ],
            finish="caramel wood",
        ),
        fixed(
            "trunk tree branches",
            f.lathe(pairs("1.6 0, 1.1 0.06, 0.9 0.4, 0.7 0.75", r, h), (0, 0, -w * 0.18)),
            *limb,
            finish="brown bark",
        ),
        *_treehouse_fittings(f, branches, h, w, deck, wall),
    ]


def _treehouse_fittings(
    f: Forms, branches: int, h: float, w: float, deck: float, wall: float
) -> list[Part]:
    """A treehouse's leaves, door and ladder."""
    leaf = [
        f.ball(
            h * 0.15,
            (
                h * 0.17 * math.cos(2.4 * i),
                h * (0.8 + 0.04 * (i % 3)),
                h * 0.17 * math.sin(2.4 * i),
            ),
            share=0.45,
        )
        for i in range(within(branches, 3, 9))
    ]
    lad = [
        f.bone((s * w * 0.12, 0.03, w * 0.98), (s * w * 0.12, deck + 0.1, w * 0.72), 0.04)
        for s in (1, -1)
    ]
    lad += [
        f.rod(0.03, w * 0.24, (0, deck * t, w * (0.98 - 0.26 * t)), "x", share=0.3)
        for t in (0.12, 0.28, 0.44, 0.6, 0.76, 0.92)
    ]
    return [
        fixed(
            "leaves crown foliage",
            *leaf,
            f.ball(h * 0.17, (0, h * 0.88, 0), share=0.5),
            finish="green leaves",
        ),
        fixed(
            "door window",
            f.slab((w * 0.2, wall * 0.7, 0.1), (0, deck + 0.09, w * 0.47)),
            mirrored(f.box((w * 0.15, wall * 0.3, 0.1), (w * 0.27, deck + wall * 0.6, w * 0.47))),
            finish="dark brown wood",
        ),
        fixed("ladder", *lad, finish="caramel wood"),
    ]


@family("doghouse", "dog_house dog_kennel kennel pet_house", "red wood")
def doghouse(
    f: Forms, *, width: float = 0.9, height: float = 1.0, depth: float = 1.1
) -> list[Part]:
    w, h, z = width, height, depth / 2
    low, wall = h * 0.08, h * 0.52
    side = [(-w / 2, 0), (w / 2, 0), (w / 2, wall), (0, h * 0.92), (-w / 2, wall)]
    hole = f.plate(doorway(w * 0.46, h * 0.52), depth, (0, low, z * 0.9))
    slope = Manifold.batch_hull(
        [
            f.box((0.05, 0.05, depth * 1.16), (0, h * 0.97, 0.04)),
            f.box((0.05, 0.05, depth * 1.16), (w * 0.62, wall * 0.94, 0.04)),
        ]
    )
    lines = [
        f.box((w * 1.01, 0.012, depth * 1.01), (0, low + wall * (0.2 + 0.2 * i), 0))
        for i in range(4)
    ]
    return [
        main(
            "walls wall body",
            f.plate(side, depth, (0, low * 0.5, 0))
            - hole
            - unite(lines)
            + f.plate([(x * 0.97, y * 0.99) for x, y in side], depth * 0.97, (0, low * 0.5, 0))
            - hole,
        ),
        second("roof", mirrored(slope), finish="blue wood"),
        fixed(
            "floor base inside",
            f.slab((w * 1.04, low, depth * 1.06)),
            f.box((w * 0.6, h * 0.6, z * 0.1), (0, h * 0.32, -z * 0.08)),
            finish="dark brown wood",
        ),
        *_doghouse_rim(f, h, w, z, low),
    ]


def _doghouse_rim(f: Forms, h: float, w: float, z: float, low: float) -> list[Part]:
    """A doghouse's rim."""
    return [
        fixed(
            "rim frame bone sign",
            f.plate(doorway(w * 0.54, h * 0.56), 0.06, (0, low, z))
            - f.plate(doorway(w * 0.46, h * 0.52), 1, (0, low, z)),
            f.bone((-w * 0.1, h * 0.72, z), (w * 0.1, h * 0.72, z), 0.03),
            *[
                f.ball(0.042, (s * w * 0.12, h * 0.72 + t * 0.028, z))
                for s in (1, -1)
                for t in (1, -1)
            ],
            finish="white paint",
        ),
    ]


@family("birdhouse", "bird_house nesting_box bird_box bird_nest_box", "sky blue wood")
def birdhouse(
    f: Forms, *, width: float = 0.2, height: float = 0.3, depth: float = 0.18
) -> list[Part]:
    w, h, z = width, height, depth / 2
    wall = h * 0.6
    slope = Manifold.batch_hull(
        [
            f.box((0.012, 0.012, depth * 1.3), (0, h * 0.97, 0)),
            f.box((0.012, 0.012, depth * 1.3), (w * 0.68, wall * 0.92, 0)),
        ]
    )
    return [
        main(
            "walls wall body",
            f.plate(
                [(-w / 2, 0), (w / 2, 0), (w / 2, wall), (0, h * 0.93), (-w / 2, wall)],
                depth,
                (0, h * 0.03, 0),
            )
            - f.rod(w * 0.15, depth, (0, h * 0.52, z), "z"),
        ),
        second("roof", mirrored(slope), finish="red wood"),
        fixed(
            "hole inside",
            f.rod(w * 0.17, z * 0.1, (0, h * 0.52, z * 0.02), "z"),
            finish="black paint",
        ),
        fixed(
            "perch floor rim",
            f.rod(w * 0.03, w * 0.4, (0, h * 0.3, z + w * 0.14), "z"),
            f.slab((w * 1.1, h * 0.05, depth * 1.1)),
            f.ring(w * 0.16, w * 0.025, (0, h * 0.52, z), "z", 0.6),
            f.ring(w * 0.07, w * 0.018, (0, h * 1.0, 0), "z", 0.5),
            finish="caramel wood",
        ),
    ]


@family(
    "gazebo",
    "bandstand garden_pavilion summerhouse pavilion garden_gazebo",
    "white paint",
)
def gazebo(f: Forms, *, radius: float = 2.0, height: float = 3.6, posts: int = 8) -> list[Part]:
    r, h, count = radius, height, within(posts, 4, 16)
    top, base = h * 0.62, h * 0.1
    pole = f.post(r * 0.045, top - base * 0.5, (r * 0.92, base * 0.5, 0))
    chord = 2 * r * 0.92 * math.sin(math.pi / count)
    turn = 180.0 / count
    span = r * 0.92 * math.cos(math.pi / count)

    def ringed(solid: Manifold, skip: bool = False) -> Manifold:
        return unite(
            [
                solid.rotate((0, 360.0 * i / count + turn, 0))
                for i in range(count)
                if not (skip and abs((360.0 * i / count + turn - 270) % 360) <= 180 / count + 1e-6)
            ]
        )

    rail = f.box((r * 0.05, r * 0.05, chord), (span, base + h * 0.2, 0)) + unite(
        [f.slab((r * 0.03, h * 0.2, r * 0.03), (span, base, z)) for z in apart(5, chord * 0.8)]
    )
    return [
        main(
            "posts rails railing frame",
            around(pole, count),
            ringed(rail, True),
            ringed(f.box((r * 0.07, h * 0.07, chord), (span, top, 0))),
        ),
        *_gazebo_fittings(f, count, h, r, base, top),
    ]


def _gazebo_fittings(
    f: Forms, count: int, h: float, r: float, base: float, top: float
) -> list[Part]:
    """A gazebo's roof and floor."""
    outline = [
        (r * 1.12 * math.cos(2 * math.pi * i / count), r * 1.12 * math.sin(2 * math.pi * i / count))
        for i in range(count)
    ]

    def level(share: float) -> list[tuple[float, float]]:
        return [(x * share, z * share) for x, z in outline]

    roof = f.stack(
        [(top + h * 0.03, level(1.0)), (top + h * 0.2, level(0.5)), (h * 0.97, level(0.05))]
    )
    return [
        second(
            "roof",
            roof,
            f.turned([(r * 0.07, 0), (r * 0.09, h * 0.02), (0, h * 0.07)], (0, h * 0.95, 0)),
            finish="terracotta shingles",
        ),
        fixed(
            "floor base steps",
            f.stack([(0, level(0.98)), (base, level(0.98))]),
            f.slab((r * 0.8, base * 0.5, r * 0.5), (0, 0, r * 0.98)),
            f.slab((r * 0.8, base * 0.8, r * 0.3), (0, 0, r * 0.95)),
            finish="caramel wood",
        ),
    ]


@family("greenhouse", "glasshouse glass_house hothouse conservatory", "light blue glass")
def greenhouse(
    f: Forms, *, width: float = 2.4, height: float = 2.4, length: float = 3.6, panes: int = 5
) -> list[Part]:
    w, h, z, t = width, height, length / 2, 0.06
    wall, count = h * 0.62, within(panes, 2, 12)
    shape = [(-w / 2, 0), (w / 2, 0), (w / 2, wall), (0, h), (-w / 2, wall)]
    hoop = f.plate(shape, t) - f.plate(
        [(x * (1 - 2.2 * t / w), max(y - t * 0.4, -1) if y else -1) for x, y in shape], 9
    )
    bars = [hoop.translate((0, 0, a)) for a in apart(count + 1, length)]
    rails = [mirrored(f.box((t, t, length), (w / 2, y, 0))) for y in (t / 2, wall * 0.5, wall)] + [
        f.box((t, t, length), (0, h, 0))
    ]
    ends = [f.box((t, h * 0.9, length + t), (s * w * 0.17, h * 0.45, 0)) for s in (1, -1)] + [
        f.box((w, t, length + t), (0, wall, 0))
    ]
    inside = f.plate(shape, length - 0.02).scale((0.985, 0.985, 1))
    skin = f.plate(shape, length).scale((0.99, 0.99, 1.0))
    ring = f.plate(shape, length + t * 1.2).scale((1.012, 1.008, 1))
    return [
        main("glass panes walls roof", skin + inside),
        second("frame bars", *bars, *rails, *[e ^ ring for e in ends], finish="white paint"),
        fixed("base floor step", f.slab((w * 1.06, h * 0.1, length * 1.04)), *[], finish="brick"),
        fixed(
            "door handle",
            f.box((w * 0.3, wall * 0.96, t * 1.6), (0, wall * 0.5, z))
            - f.box((w * 0.24, wall * 0.84, 9), (0, wall * 0.5, z)),
            f.ball(t * 0.7, (w * 0.13, wall * 0.5, z + t)),
            finish="green paint",
        ),
        *_greenhouse_plants(f, length, h, w, shape),
    ]


def _greenhouse_plants(
    f: Forms, length: float, h: float, w: float, shape: list[tuple[float, float]]
) -> list[Part]:
    """A greenhouse's plants."""
    pots = [
        f.ball(w * 0.14, (s * w * 0.36, h * 0.3, a), share=0.3)
        for s in (1, -1)
        for a in apart(4, length * 0.7)
    ]
    return [
        fixed(
            "plants leaves",
            unite(pots) ^ f.plate(shape, length * 2).scale((1.02, 1.0, 1)),
            *[
                f.box((w * 1.0, h * 0.16, length * 0.16), (0, h * 0.18, a))
                for a in apart(4, length * 0.7)
            ],
            finish="green leaves",
        ),
    ]
