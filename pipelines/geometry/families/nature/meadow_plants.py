"""Plants of field and meadow, and a single leaf."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import smooth
from pipelines.geometry.families.forms import Forms, around, unite, within
from pipelines.geometry.families.nature.garden_plants import blade
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance
from pipelines.geometry.families.ways import between


def _lavender_spike(f: Forms, long: float, radius: float) -> Manifold:
    """Rows of small flowers about the y axis; worked out once for all stems, which is far quicker."""
    one = Forms(0.4).ball(1.0, share=0.2)
    buds = [f.bone((0, 0, 0), (0, long, 0), radius * 0.45)]
    for row in range(6):
        size = radius * (1.0 - 0.06 * row)
        flower = one.scale((size * 0.6, size * 0.72, size * 0.6))
        buds += [
            flower.translate(
                (size * 0.4 * math.cos(t + row), long * row / 5, size * 0.4 * math.sin(t + row))
            )
            for t in (0, 2.1, 4.2)
        ]
    return unite(buds).simplify(radius * 0.06).as_original()


@family(
    "lavender",
    "lavender_bush lavender_plant lupin delphinium:blue_plaster",
    "violet plaster",
)
def lavender(f: Forms, *, height: float = 0.4, radius: float = 0.014, stems: int = 9) -> list[Part]:
    """A bunch of spikes of small flowers."""
    rng, stalks, buds = chance(height, radius), [], []
    spike = _lavender_spike(f, height * 0.32, radius)
    for i in range(within(stems, 1, 24)):
        a, lean = i * 2.399, height * 0.13 * math.sqrt(i)
        tall = height * rng.uniform(0.82, 1.0)
        top = (lean * math.cos(a), tall, lean * math.sin(a))
        stalks.append(
            f.hose(
                [(top[0] * 0.02, 0, top[2] * 0.02), (top[0] * 0.5, tall * 0.6, top[2] * 0.5), top],
                height * 0.007,
                steps=3,
                share=0.2,
            )
        )
        rise, foot = tall / height, 0.68 * tall
        lean_x, lean_z = (1.25 * side / height for side in (top[0], top[2]))
        rows = [
            [1.0, lean_x, 0.0, top[0] * 0.6],
            [0.0, rise, 0.0, foot],
            [0.0, lean_z, 1.0, top[2] * 0.6],
        ]
        buds.append(spike.rotate((0, 50 * i, 0)).transform(rows))
    leaves = [blade(f, height * 0.4, height * 0.03, 0.5).rotate((0, 40 * i, 0)) for i in range(9)]
    return [
        main("flowers buds blossom", *buds),
        second("stems leaves leaf stem", *stalks, *leaves, finish="moss green leaves"),
    ]


@family("dandelion", "dandelion_clock blowball dandelion_seed_head", "white plaster")
def dandelion(
    f: Forms, *, height: float = 0.35, radius: float = 0.075, seeds: int = 44
) -> list[Part]:
    """Gone to seed: a ball of parachutes."""
    r, rays, tufts = radius, [], []
    top, plain = (0.0, height - radius, 0.0), Forms(0.15)
    for i in range(within(seeds, 8, 120)):
        s, a = 1 - 2 * (i + 0.5) / max(8, seeds), i * 2.399
        ring = math.sqrt(1 - s * s)
        tip = (r * ring * math.cos(a), top[1] + r * s, r * ring * math.sin(a))
        rays.append(plain.bone(between(top, tip, 0.15), tip, r * 0.012))
        tufts.append(plain.ball(r * 0.13, tip, share=0.2))
    leaf = f.plate(
        [
            (0, 0.0),
            (0.3, 0.09),
            (0.34, 0.02),
            (0.62, 0.12),
            (0.66, 0.03),
            (1, 0),
            (0.66, -0.03),
            (0.62, -0.12),
            (0.34, -0.02),
            (0.3, -0.09),
        ],
        0.03,
    )
    leaf = leaf.scale((height * 0.5,) * 3).rotate((-80, 0, 0)).rotate((0, 0, 12))
    return [
        main("seeds ball tufts", *tufts, unite(rays)),
        second("heart", f.ball(r * 0.2, top), finish="tan plaster"),
        fixed(
            "stem leaves leaf",
            f.hose([(0, 0, 0), (0.012, height * 0.4, 0), top], height * 0.012),
            around(leaf, 6),
            finish="grass green leaves",
        ),
    ]


def _wheat_ear(f: Forms, height: float, r: float) -> Manifold:
    """Grains and awns about the y axis, from the origin up; worked out once for all stalks, which is far quicker."""
    f = Forms(f.detail * 0.7)
    grain = f.ball(1.0, share=0.25).scale((r * 0.42, r * 0.95, r * 0.42))
    pieces = [f.bone((0, 0, 0), (0, height * 0.22, 0), r * 0.3)]
    for row in range(7):
        pieces += [
            grain.rotate((0, 0, -18 * t))
            .translate((r * 0.28 * t, height * 0.036 * row, 0))
            .rotate((0, 90 * (row % 2), 0))
            for t in (1, -1)
        ]
    pieces += [
        f.bone((0, height * 0.22, 0), (r * d, height * 0.34, 0), r * 0.07, r * 0.02)
        for d in (-0.8, 0, 0.8)
    ]
    return unite(pieces).as_original()


@family(
    "wheat",
    "wheat_ear ear_of_wheat barley rye grain_stalk sheaf_of_wheat wheat_stalk wheatsheaf",
    "golden yellow plaster",
)
def wheat(f: Forms, *, height: float = 0.6, radius: float = 0.016, stems: int = 7) -> list[Part]:
    """Stalks with ears, bound into a sheaf."""
    r, stalks, ears = radius, [], []
    ear = _wheat_ear(f, height, r)
    for i in range(within(stems, 1, 20)):
        a, lean = i * 2.399, height * 0.07 * math.sqrt(i)
        c, s = lean * math.cos(a), lean * math.sin(a)
        stalks.append(
            f.hose(
                [(c * 0.7, 0, s * 0.7), (c * 0.22, height * 0.36, s * 0.22), (c, height * 0.76, s)],
                r * 0.16,
                share=0.2,
            )
        )
        # The ear leans on as its stalk does.
        out = 0.42 / (height * 0.22)
        rows = [[1, c * out, 0, c], [0, 1, 0, height * 0.72], [0, s * out, 1, s]]
        ears.append(ear.rotate((0, i * 30, 0)).transform(rows))
    string = f.post(height * 0.045, r * 1.3, (0, height * 0.35, 0))
    return [
        main("ears grains ear", *ears),
        second("stems stalks straw", *stalks, finish="mustard plaster"),
        fixed("string ribbon", string, finish="red fabric"),
    ]


@family(
    "clover", "shamrock four_leaf_clover lucky_clover three_leaf_clover trefoil", "green leaves"
)
def clover(f: Forms, *, height: float = 0.12, radius: float = 0.045, leaves: int = 4) -> list[Part]:
    """Heart-shaped leaves about a stalk, the face to the front."""
    r, count = radius, within(leaves, 1, 8)
    heart = [
        (0, 0),
        (0.4, 0.34),
        (0.64, 0.7),
        (0.5, 0.98),
        (0.2, 0.98),
        (0.0, 0.76),
        (-0.2, 0.98),
        (-0.5, 0.98),
        (-0.64, 0.7),
        (-0.4, 0.34),
    ]
    outline = smooth([(x * r * 0.82, y * r) for x, y in heart], 4, closed=True)
    leaf = f.bevelled(outline, r * 0.16, r * 0.05)
    vein = f.bone((0, r * 0.08, r * 0.08), (0, r * 0.72, r * 0.08), r * 0.025)
    top = (0.0, height - r * 0.72, 0.0)

    def spread(one: Manifold) -> Manifold:
        return unite([one.rotate((0, 0, 45 + 360 * i / count)) for i in range(count)]).translate(
            top
        )

    stem = f.hose([(r * 0.3, 0, 0), (r * 0.25, top[1] * 0.5, -r * 0.05), top], r * 0.075, r * 0.06)
    return [
        main("leaves leaf", spread(leaf)),
        second("veins", spread(vein), finish="lime leaves"),
        fixed("stem stalk", stem, finish="grass green leaves"),
    ]


@family(
    "leaf",
    "maple_leaf:terracotta_leaves oak_leaf autumn_leaf:orange_leaves green_leaf",
    "green leaves",
)
def leaf(
    f: Forms, *, height: float = 0.16, width: float = 0.12, thickness: float = 0.004, lobes: int = 5
) -> list[Part]:
    """Upright, with lobes, ribs and a stalk."""
    count, half = within(lobes, 1, 11), height * 0.5
    outline: list[tuple[float, float]] = []
    turns = [
        math.radians(-125 + 250 * i / max(1, count - 1)) if count > 1 else 0.0 for i in range(count)
    ]
    for i, a in enumerate(turns):
        far = 1.0 - 0.38 * (abs(a) / 2.2) ** 1.2
        for d, k in ((-0.3, 0.66), (-0.14, 0.72), (0.0, 1.0), (0.14, 0.72), (0.3, 0.66)):
            outline.append((math.sin(a + d * 1.1) * far * k, math.cos(a + d * 1.1) * far * k))
        if i < count - 1:
            b = (a + turns[i + 1]) / 2
            outline.append((math.sin(b) * 0.42, math.cos(b) * 0.42))
    outline.append((0.0, -0.22))
    x, y, at = width * 0.56, height * 0.56, (0.0, height * 0.42, 0.0)
    blade_ = f.plate([(a * x, b * y) for a, b in outline], thickness, at)
    ribs = [
        f.bone(
            (0, at[1] - y * 0.2, thickness * 0.4),
            (
                math.sin(a) * x * 0.8,
                at[1] + math.cos(a) * y * 0.8 * (1 - 0.38 * (abs(a) / 2.2) ** 1.2),
                thickness * 0.4,
            ),
            thickness * 0.5,
            thickness * 0.2,
        )
        for a in turns
    ]
    stem = f.hose(
        [(0, at[1] - y * 0.15, 0), (0, half * 0.3, 0), (width * 0.05, 0, 0)], thickness * 0.7
    )
    return [
        main("leaf blade body", blade_),
        second("ribs veins stem stalk", *ribs, stem, finish="lime leaves"),
    ]
