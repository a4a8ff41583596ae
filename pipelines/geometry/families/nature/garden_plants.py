"""Grass, ferns and flowers that are no daisies. They stand on the ground; some in a pot."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, around, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


def blade(f: Forms, long: float, wide: float, lean: float) -> Manifold:
    """A leaf of grass from the origin up, that leans toward +X by a share of its length."""
    path = [
        (0.0, 0.0, 0.0),
        (lean * long * 0.25, long * 0.5, 0.0),
        (lean * long * 0.65, long * 0.85, 0.0),
        (lean * long, long * (1.05 - 0.25 * lean), 0.0),
    ]
    widths = [wide * share for share in (0.5, 0.48, 0.34, 0.03)]
    return f.hose(path, widths, squash=0.24, share=0.15, steps=2, up=(0, 0, 1))


@family(
    "grass",
    "tuft_of_grass clump_of_grass grass_tuft tall_grass lawn_grass blades_of_grass weeds weed",
    "grass green leaves",
)
def grass(f: Forms, *, height: float = 0.3, radius: float = 0.12, stems: int = 36) -> list[Part]:
    """A tuft on a piece of ground."""
    rng, rows = chance(height, radius), []
    for i in range(within(stems, 3, 90)):
        a, out = i * 2.399, radius * 0.62 * math.sqrt(i / max(1, stems))
        one = blade(f, height * rng.uniform(0.6, 1.0), radius * 0.1, rng.uniform(0.1, 0.5))
        rows.append(
            one.rotate((0, math.degrees(-a) + rng.uniform(-40, 40), 0)).translate(
                (out * math.cos(a), radius * 0.05, out * math.sin(a))
            )
        )
    soil = f.ball(radius * 0.8, (0, 0, 0), (1, 0.16, 1)).trim_by_plane((0, 1, 0), 0.0)
    return [
        main("leaves leaf blades stems", *rows),
        second("ground soil earth", soil, finish="dirt"),
    ]


def _frond(f: Forms, long: float, pairs: int) -> Manifold:
    """A feathered leaf from the origin, that rises and bends toward +X."""
    rib = [
        (long * x, long * y, 0.0)
        for x, y in ((0, 0), (0.25, 0.42), (0.55, 0.62), (0.85, 0.55), (1.0, 0.42))
    ]
    solids = [f.hose(rib, long * 0.02, long * 0.008, steps=1)]
    for i in range(pairs):
        s = 0.18 + 0.8 * i / pairs
        at = s * 4
        k = min(int(at), 3)
        x, y, _ = (a + (b - a) * (at - k) for a, b in zip(rib[k], rib[k + 1], strict=True))
        size = long * 0.22 * math.sin(math.pi * (0.12 + 0.8 * s))
        leaf = (
            Manifold.sphere(1.0, 4)  # pointed, and of few faces: there are many
            .scale((size * 0.3, size * 0.1, size * 0.66))
            .translate((0, 0, size * 0.5))
        )
        solids += [leaf.rotate((12, -t, 0)).translate((x, y, 0)) for t in (20,)]
        solids += [leaf.mirror((0, 0, 1)).rotate((-12, 20, 0)).translate((x, y, 0))]
    return unite(solids).as_original()  # worked out once for all fronds, which is far quicker


@family("fern", "ferns bracken fern_plant boston_fern", "green leaves")
def fern(f: Forms, *, height: float = 0.5, fronds: int = 9, pairs: int = 9) -> list[Part]:
    """Feathered leaves in a ring, the young one rolled up."""
    leaf = _frond(f, height * 1.35, within(pairs, 3, 16))
    count = within(fronds, 2, 16)
    ring = unite(
        [
            leaf.scale((1, 1 - 0.12 * (i % 3), 1)).rotate((0, 360 * i / count, 0))
            for i in range(count)
        ]
    )
    roll = f.hose(
        [
            (0.02 * height, 0, 0),
            (0, height * 0.4, 0),
            (0.03 * height, height * 0.55, 0),
            (0.1 * height, height * 0.55, 0),
            (0.1 * height, height * 0.48, 0),
            (0.06 * height, height * 0.49, 0),
        ],
        height * 0.022,
        height * 0.012,
    )
    return [main("leaves leaf fronds", ring), second("shoot stem", roll, finish="lime leaves")]


@family(
    "aloe",
    "aloe_vera agave succulent succulents echeveria",
    "green cactus skin",
)
def aloe(f: Forms, *, height: float = 0.3, radius: float = 0.11, leaves: int = 15) -> list[Part]:
    """Thick, pointed leaves in a pot."""
    r, low, rows = radius, height * 0.32, []
    for i in range(within(leaves, 3, 36)):
        s, a = i / max(1, leaves - 1), i * 137.5
        long, lean = height * (0.55 + 0.3 * s), 62 - 54 * s
        one = f.hose(
            [(0, 0, 0), (0, long * 0.45, 0), (0, long * 0.8, -long * 0.06), (0, long, -long * 0.1)],
            [r * 0.2, r * 0.22, r * 0.13, r * 0.015],
            share=0.25,
            steps=2,
        )
        # The outer leaves start further out: what would cross in the middle costs time and is hidden.
        out, turn = r * 0.45 * (1 - s), math.radians(a)
        spot = (out * math.sin(turn), low, out * math.cos(turn))
        rows.append(one.rotate((lean, a, 0)).translate(spot))
    pot = f.turned([(r * 0.72, 0), (r * 0.98, low * 0.85)]) + f.post(
        r * 1.12, low * 0.22, (0, low * 0.78, 0)
    )
    soil = f.post(r * 0.95, low * 0.06, (0, low * 0.98, 0))
    return [
        main("leaves leaf body skin", *rows),
        second("pot", pot, finish="terracotta plaster"),
        fixed("soil earth", soil, finish="dirt"),
    ]


def _lotus_petals(f: Forms, r: float, count: int) -> list[Manifold]:
    """Rings of petals, the inner ones upright."""
    rings = []
    for row, (far, tilt) in enumerate(((0.62, 22), (0.56, 42), (0.48, 62), (0.34, 78))):
        petal = Forms(f.detail * 0.5).hose(
            [
                (r * 0.06, 0, 0),
                (r * far * 0.5, r * 0.02, 0),
                (r * far * 0.85, r * 0.1, 0),
                (r * far, r * 0.16, 0),
            ],
            [r * 0.07, r * 0.17, r * 0.12, r * 0.01],
            squash=1.0,
            share=0.25,
            up=(0, 1, 0),
        )
        petal = petal.scale((1, 0.5, 1)).simplify(r * 0.004).rotate((0, 0, tilt))
        rings.append(around(petal, count).rotate((0, 180 / count * (row % 2), 0)))
    return rings


@family(
    "lotus", "water_lily waterlily lotus_flower lily_pad lotus_blossom water_lilies", "pink paint"
)
def lotus(f: Forms, *, radius: float = 0.2, height: float = 0.14, petals: int = 8) -> list[Part]:
    """A flower on a round leaf that lies on the water."""
    r, count = radius, within(petals, 4, 16)
    rings = _lotus_petals(f, r, count)
    tall, thin = height / 0.14, Forms(f.detail * 0.5)
    heart = f.post(r * 0.1, r * 0.24, (0, 0, 0), r * 0.17) + around(
        thin.bone((r * 0.1, r * 0.1, 0), (r * 0.2, r * 0.3, 0), r * 0.018), 14
    )
    pad = f.post(r, r * 0.04, share=1) - f.plate([(0, 0), (1, 0.24), (1, -0.24)], 1).rotate(
        (90, 0, 0)
    ).rotate((0, -60, 0))
    veins = unite(
        [
            thin.bone(
                (r * 0.12 * math.cos(a), r * 0.045, r * 0.12 * math.sin(a)),
                (r * 0.92 * math.cos(a), r * 0.045, r * 0.92 * math.sin(a)),
                r * 0.014,
            )
            for a in (0.1 + 0.62 * i for i in range(10))
        ]
    )
    return [
        main(
            "petals petal flower blossom",
            unite(rings).scale((1, tall, 1)).translate((0, r * 0.03, 0)),
        ),
        second(
            "heart centre",
            heart.scale((1, tall, 1)).translate((0, r * 0.03, 0)),
            finish="golden yellow paint",
        ),
        fixed("leaf pad leaves", pad, veins, finish="green leaves"),
    ]


def _trumpet(f: Forms, r: float) -> Manifold:
    """The cup of a daffodil along +Y, hollow."""
    return f.turned(
        [
            (r * 0.24, 0),
            (r * 0.3, r * 0.4),
            (r * 0.5, r * 0.72),
            (r * 0.44, r * 0.73),
            (r * 0.2, r * 0.36),
            (0, r * 0.3),
        ]
    )


@family("daffodil", "narcissus jonquil daffodils", "yellow paint")
def daffodil(f: Forms, *, height: float = 0.4, radius: float = 0.07, petals: int = 6) -> list[Part]:
    """Six petals about a trumpet, on a bent stem."""
    r, h = radius, height
    petal = (
        f.ball(1.0, share=0.5)
        .scale((r * 0.55, r * 0.07, r * 0.34))
        .translate((r * 0.58, 0, 0))
        .rotate((0, 0, 8))
    )
    tilt, top = (72.0, 0.0, 0.0), (0.0, h, r * 0.55)
    stem = f.hose(
        [(0, 0, 0), (0, h * 0.7, -0.01), (0, h * 0.98, 0), (0, h * 1.02, r * 0.3), (0, h, r * 0.6)],
        r * 0.1,
        r * 0.08,
    )
    leaves = [
        blade(f, h * 0.85, r * 0.34, 0.25)
        .rotate((0, a, 0))
        .translate((0.01 * math.cos(a), 0, 0.01))
        for a in (20, 150, 265)
    ]
    return [
        main("petals petal", around(petal, within(petals, 3, 12)).rotate(tilt).translate(top)),
        second(
            "trumpet cup heart", _trumpet(f, r).rotate(tilt).translate(top), finish="orange paint"
        ),
        fixed("stem leaves leaf", stem, *leaves, finish="grass green leaves"),
    ]


def _lily_leaves(f: Forms, r: float, h: float) -> Manifold:
    """Leaves along the stem."""
    return unite(
        [
            f.ball(1.0, share=0.4)
            .scale((r * 0.75, r * 0.05, r * 0.17))
            .translate((r * 0.66, 0, 0))
            .rotate((0, 97 * i, 32))
            .translate((0, h * (0.12 + 0.12 * i), 0))
            for i in range(5)
        ]
    )


@family(
    "lily",
    "lilies tiger_lily calla_lily ",
    "white paint",
)
def lily(f: Forms, *, height: float = 0.5, radius: float = 0.1, petals: int = 6) -> list[Part]:
    """Petals that bend back, with long stamens."""
    r, h = radius, height
    petal = f.hose(
        [(0, 0, 0), (r * 0.28, r * 0.5, 0), (r * 0.75, r * 0.85, 0), (r * 1.15, r * 0.72, 0)],
        [r * 0.08, r * 0.26, r * 0.22, r * 0.02],
        share=0.3,
        squash=0.24,
        up=(0, 0, 1),
    )
    stamens = [
        f.bone(
            (0, r * 0.1, 0), (r * 0.28 * math.cos(a), r * 1.05, r * 0.28 * math.sin(a)), r * 0.022
        )
        for a in (i * 1.05 for i in range(6))
    ]
    tips = [
        f.ball(r * 0.065, (r * 0.28 * math.cos(a), r * 1.07, r * 0.28 * math.sin(a)), (1, 0.7, 1.6))
        for a in (i * 1.05 for i in range(6))
    ]
    tilt, top = (48.0, 0.0, 0.0), (0.0, h * 0.86, r * 0.1)
    stem = f.hose([(0, 0, 0), (0.01, h * 0.5, -0.01), (0, h * 0.86, r * 0.08)], r * 0.09)
    leaves = _lily_leaves(f, r, h)
    bud = f.hose(
        [(0, h * 0.7, -0.01), (r * 0.5, h * 0.86, -r * 0.2), (r * 0.75, h * 0.98, -r * 0.3)],
        [r * 0.06, r * 0.17, r * 0.04],
    )
    return [
        main(
            "petals petal flower", around(petal, within(petals, 3, 12)).rotate(tilt).translate(top)
        ),
        second(
            "stamens heart",
            unite([*stamens, *tips]).rotate(tilt).translate(top),
            finish="orange plastic",
        ),
        fixed("stem leaves leaf bud", stem, leaves, bud, finish="grass green leaves"),
    ]
