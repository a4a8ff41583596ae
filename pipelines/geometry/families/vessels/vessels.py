"""Pots, jugs and bins."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("jug", "pitcher water_jug milk_jug ewer", "cream ceramic")
def jug(
    f: Forms, *, height: float = 0.24, radius: float = 0.085, thickness: float = 0.012
) -> list[Part]:
    r, h = radius, height
    shape = pairs(".66 0, .74 .03, 1 .3, .96 .5, .66 .74, .6 .84, .74 1", r, h)
    inner = [(x - r * 0.08, max(y, h * 0.05)) for x, y in shape[1:]] + [(r * 0.68, h * 1.04)]
    spread = f.turned(shape)
    lip = Manifold.batch_hull(
        [
            f.ball(r * 0.16, (0, h * 0.96, r * 0.95), share=0.5),
            f.rod(r * 0.5, h * 0.02, (0, h * 0.86, 0)),
            f.rod(r * 0.68, 0.004, (0, h * 0.97, 0)),
        ]
    )
    groove = Manifold.batch_hull(
        [
            f.ball(r * 0.1, (0, h * 1.03, r * 1.02), share=0.5),
            f.rod(r * 0.44, h * 0.02, (0, h * 0.9, 0)),
            f.rod(r * 0.62, 0.004, (0, h * 1.03, 0)),
        ]
    )
    grip = f.hose(
        [(0, h * y, -r * z) for y, z in pairs(".9 .66, 1.0 1.1, .84 1.62, .5 1.56, .34 .9")],
        thickness * 0.75,
        up=(1, 0, 0),
    )
    body = spread + lip - f.turned(inner) - groove
    band = f.lathe(pairs("1.0 .26, 1.015 .31, 1.0 .36, .9 .36, .9 .26", r, h)) - f.turned(inner)
    return [
        main("body", body),
        second("handle band", grip - f.turned(inner), band, finish="blue ceramic"),
    ]


@family(
    "flower pot",
    "flowerpot plant_pot potted_plant houseplant planter pot_plant",
    "terracotta ceramic",
)
def flower_pot(
    f: Forms, *, height: float = 0.2, radius: float = 0.12, length: float = 0.26, leaves: int = 12
) -> list[Part]:
    r, h = radius, height
    pot = f.lathe(pairs(".66 0, .92 .76, 1 .76, 1.03 1, .9 1, .86 .82", r, h))
    saucer = f.lathe(pairs(".8 -.06, .95 .06, .9 .06, .7 0", r, h))
    soil = f.post(r * 0.9, h * 0.2, (0, h * 0.7, 0), share=1)
    blades = []
    for i in range(leaves):
        turn, far = i * 137.5, 0.35 + 0.65 * ((i * 7) % leaves) / leaves
        rise = length * (1.15 - 0.55 * far)
        line = [
            (0, h * 0.85, 0),
            (0, h * 0.85 + rise * 0.7, length * 0.22 * far),
            (0, h * 0.85 + rise, length * 0.6 * far),
            (0, h * 0.85 + rise * 0.86, length * 0.95 * far),
        ]
        blades.append(
            f.hose(
                line,
                [r * 0.05, r * 0.17, r * 0.2, r * 0.015],
                steps=2,
                share=0.2,
                squash=0.22,
                up=(1, 0, 0),
            ).rotate((0, turn, 0))
        )
    return [
        main("pot body", pot, saucer),
        second("leaves plant", unite(blades), finish="leaves"),
        fixed("soil", soil, finish="dirt"),
    ]


@family("trash can", "trashcan garbage_can dustbin rubbish_bin waste_bin wastebasket", "steel")
def trash_can(
    f: Forms, *, height: float = 0.75, radius: float = 0.25, open: float = 0.0, ribs: int = 20
) -> list[Part]:
    r, h = radius, height * 0.84
    share = max(0.0, min(open, 1.0))
    # Under a closed lid it is solid: a hollow nobody sees would be a second surface.
    body = f.lathe(
        pairs(".84 0, .87 .04, 1 1, .95 1, .8 .05" if share > 0.05 else ".84 0, .87 .04, 1 1", r, h)
    )
    flute = f.bone((r * 0.86, h * 0.1, 0), (r * 0.975, h * 0.9, 0), r * 0.035)
    hoops = [
        f.ring(r * x, r * 0.03, (0, h * y, 0), share=0.8)
        for x, y in ((0.86, 0.02), (0.93, 0.5), (1.0, 0.985))
    ]
    lid = f.turned(pairs("1.04 -.04, 1.06 0, .9 .06, .5 .13, 0 .16", r, h))
    knob = f.hose(
        [(x * r, y * h, 0.0) for x, y in pairs("-.26 .1, -.2 .22, .2 .22, .26 .1", 1, 1)], r * 0.045
    )
    top = [
        p.translate((0, 0, r)).rotate((-75 * share, 0, 0)).translate((0, h + 0.01, -r))
        for p in (lid, knob)
    ]
    ear = f.hose(
        [(x * r, h * 0.79, z * r) for x, z in pairs(".94 -.2, 1.18 -.16, 1.18 .16, .94 .2")],
        r * 0.04,
    )
    return [
        main("body", body, around(flute, ribs)),
        main("lid", top[0], finish="steel"),
        second("hoops handles", *hoops, mirrored(ear), top[1], finish="charcoal steel"),
    ]


@family("cauldron", "witch_cauldron witches_cauldron cooking_pot", "black steel")
def cauldron(
    f: Forms,
    *,
    height: float = 0.42,
    radius: float = 0.27,
    thickness: float = 0.02,
    full: bool = True,
) -> list[Part]:
    r, h, low = radius, height, height * 0.14
    shape = pairs(".3 0, .7 .08, 1 .38, .98 .6, .8 .8, .82 .84, .95 .86", r, h)
    inner = pairs(".6 .14, .9 .4, .88 .62, .74 .78, .8 .9", r, h)
    pot = f.turned(shape, (0, low, 0)) - f.turned(inner, (0, low, 0))
    legs = around(
        f.bone((0, low * 0.3, r * 0.66), (0, low + h * 0.1, r * 0.56), r * 0.1, r * 0.14), 3
    )
    brew = f.turned([(x * 1.02, y) for x, y in inner], (0, low, 0)) ^ f.slab((1, low + h * 0.74, 1))
    foam = [
        f.ball(r * s, (r * x, low + h * 0.755, r * z), share=0.6)
        for x, z, s in (
            (0.2, 0.3, 0.13),
            (-0.3, 0.1, 0.17),
            (0.1, -0.35, 0.15),
            (0.45, -0.1, 0.1),
            (-0.1, 0.5, 0.09),
            (-0.45, -0.3, 0.09),
        )
    ]
    rings = mirrored(f.ring(r * 0.14, r * 0.03, (r * 1.06, low + h * 0.62, 0), "z", 0.6))
    parts = [
        main("body pot legs", pot, legs, f.ring(r * 0.92, r * 0.06, (0, low + h * 0.86, 0))),
        fixed("handles rings", rings, finish="charcoal steel"),
        second("brew potion soup", brew, *foam, finish="shiny lime plastic"),
    ]
    return parts if full else parts[:2]


@family("frying pan", "pan skillet", "black steel")
def frying_pan(
    f: Forms, *, radius: float = 0.14, height: float = 0.05, length: float = 0.2
) -> list[Part]:
    r, h = radius, height
    dish = f.turned(pairs(".76 0, .82 .06, .98 .9, 1.02 1, .97 1, .8 .2, .74 .14, 0 .14", r, h))
    arm = [(r * 0.92, h * 0.7, 0), (r + length * 0.3, h * 1.1, 0), (r + length, h * 1.3, 0)]
    handle = f.hose(arm, [h * 0.16, h * 0.22, h * 0.28], squash=1.7)
    hole = f.rod(h * 0.16, h * 2, (r + length * 0.97, h * 1.3, 0))
    rivets = [f.ball(h * 0.1, (r * 0.88, h * 0.72, z * h), share=0.4) for z in (0.24, -0.24)]
    return [
        main("body pan", dish),
        second("handle", handle - hole, finish="charcoal plastic"),
        fixed("rivets", *rivets, finish="steel"),
    ]


# Where gems lie on a heap of coins: x and z in shares of its radius, y of its height, and their size.
GEMS = (
    (0.3, 0.78, 0.32, 0.08),
    (-0.42, 0.6, 0.4, 0.09),
    (0.1, 0.4, 0.74, 0.07),
    (-0.2, 0.85, -0.36, 0.08),
    (0.62, 0.46, -0.28, 0.08),
)


@family(
    "treasure",
    "gold_pile coin_pile hoard treasure_pile loot pile_of_gold heap_of_gold mound_of_gold",
    "gold",
)
def treasure(
    f: Forms,
    *,
    radius: float = 0.5,
    height: float = 0.26,
    thickness: float = 0.016,
    coins: int = 46,
) -> list[Part]:
    r, h = radius, height
    heap = f.turned(pairs("1 0, .96 .05, .7 .42, .4 .78, .16 .96, 0 1", r, h))
    stone = f.lathe([(0, -0.9), (1, 0), (0.6, 0.45)]).rotate((30, 40, 0))
    gems = [stone.scale((r * s,) * 3).translate((r * x, h * y, r * z)) for x, y, z, s in GEMS]
    cup = f.lathe(pairs(".7 0, .16 .12, .16 .4, .8 .6, 1 1, .8 1", r * 0.13, r * 0.4))
    return [
        main("coins heap", heap, _coins(f, r, h, thickness, coins)),
        second("gems jewels", *gems[::2], finish="ruby glass"),
        fixed("emeralds", *gems[1::2], finish="emerald glass"),
        fixed(
            "goblet",
            cup.rotate((0, 0, 24)).translate((r * 0.05, h * 0.9, r * 0.05)),
            finish="silver",
        ),
    ]


def _coins(f: Forms, r: float, h: float, thickness: float, count: int) -> Manifold:
    """Coins strewn over a heap in a golden spiral, tilted at random; the heap's measures are the seed."""
    rng, pieces = np.random.default_rng(round(r * 1e6)), []
    disc = f.rod(r * 0.09, thickness, share=0.4)
    for i in range(count):
        away, turn = r * math.sqrt((i + 0.5) / count) * 0.98, i * 2.39996
        y = h * float(np.interp(away / r, (0, 0.16, 0.4, 0.7, 1), (1, 0.96, 0.78, 0.42, 0.04)))
        a, b = (float(lean) for lean in rng.uniform(-38, 38, 2))
        pieces.append(
            disc.rotate((a, 0, b)).translate((away * math.cos(turn), y, away * math.sin(turn)))
        )
    return unite(pieces)
