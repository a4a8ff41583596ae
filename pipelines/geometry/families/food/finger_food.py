"""What is eaten with the fingers: dumplings, popcorn, rolled and folded bread."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, around, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


@family("taco", "tacos taco_shell", "golden yellow plaster")
def taco(
    f: Forms, *, length: float = 0.16, height: float = 0.09, width: float = 0.06
) -> list[Part]:
    """A folded shell, filled, standing."""
    half, t = length / 2, width * 0.07
    rim = [
        (half * math.cos(a), height * math.sin(a)) for a in (math.pi * i / 16 for i in range(17))
    ]
    side = f.plate(rim, t * 1.4).rotate((14, 0, 0)).translate((0, t, width * 0.14))
    shell = (
        side
        + side.mirror((0, 0, 1))
        + f.hose([(-half * 0.98, t * 2, 0), (0, t * 1.6, 0), (half * 0.98, t * 2, 0)], width * 0.2)
    )
    meat, green, red, yellow = [], [], [], []
    for i in range(13):
        a = math.pi * (0.17 + 0.66 * i / 12)
        x, y = half * 0.86 * math.cos(a), height * 0.84 * math.sin(a)
        meat.append(f.ball(width * 0.19, (x, y, 0.1 * width * (-1) ** i), (1.1, 0.9, 0.95)))
        out = [(x * 1.05, y + height * 0.05 + width * 0.05, width * 0.18 * s) for s in (1, -1, 0.2)]
        green.append(f.ball(width * 0.2, out[i % 2], (1.3, 0.55, 0.9)))
        if i % 3 == 1:
            red.append(f.ball(width * 0.16, (out[2][0], out[2][1] + width * 0.04, out[2][2])))
        else:
            yellow.append(
                f.bone(
                    (x * 1.1 - width * 0.15, y + height * 0.1, width * 0.12),
                    (x * 1.1 + width * 0.15, y + height * 0.12, -width * 0.1),
                    width * 0.03,
                )
            )
    return [
        main("shell tortilla", shell),
        second("salad lettuce", *green, finish="lime leaves"),
        fixed("meat filling", *meat, finish="dark brown dirt"),
        fixed("tomatoes", *red, finish="red plastic"),
        fixed("cheese", *yellow, finish="amber plaster"),
    ]


@family("burrito", "wrap falafel_wrap", "beige plaster")
def burrito(f: Forms, *, length: float = 0.17, radius: float = 0.034) -> list[Part]:
    """A rolled flat bread, its end open to the front, in foil behind."""
    r, half = radius, length / 2
    roll = f.rod(r, length * 0.72, (0, r, half * 0.1), "z", share=0.9) - f.rod(
        r * 0.86, length * 0.3, (0, r, half * 0.7), "z", share=0.9
    )
    fold = f.hose(
        [
            (r * 0.7, r * 1.72, -half * 0.4),
            (r * 0.55, r * 1.84, 0),
            (r * 0.45, r * 1.88, half * 0.45),
        ],
        r * 0.09,
    )
    foil = f.rod(r * 1.06, length * 0.5, (0, r, -half * 0.4), "z", share=0.5) + f.ball(
        r * 1.02, (0, r, -half * 0.9), (1, 1, 0.7)
    )
    rng = chance(length, radius)
    stuff: dict[str, list[Manifold]] = {name: [] for name in ("salad", "meat", "beans", "corn")}
    for i in range(26):
        a, out = i * 2.4, r * 0.74 * math.sqrt(i / 26)
        at = (out * math.cos(a), r + out * math.sin(a), half * (0.4 + 0.1 * rng.uniform(0, 1)))
        stuff[("salad", "meat", "beans", "corn")[i % 4]].append(f.ball(r * 0.2, at, share=0.3))
    return [
        main("wrap tortilla bread", roll, fold),
        second("foil paper", foil, finish="silver"),
        fixed("salad lettuce", *stuff["salad"], finish="lime leaves"),
        fixed("meat", *stuff["meat"], finish="sienna dirt"),
        fixed("beans", *stuff["beans"], finish="maroon plastic"),
        fixed("corn", *stuff["corn"], finish="golden yellow plastic"),
    ]


@family("dumpling", "dumplings gyoza wonton pierogi dim_sum momo", "cream plaster")
def dumpling(
    f: Forms, *, radius: float = 0.03, height: float = 0.032, count: int = 3, folds: int = 10
) -> list[Part]:
    """Pleated at their top, in a steamer."""
    r, many = radius, within(folds, 4, 20)
    body = f.turned(
        [
            (a * r, y * height)
            for a, y in ((0, 0), (0.75, 0.02), (1.0, 0.3), (0.8, 0.68), (0.28, 0.92), (0, 0.95))
        ]
    )
    pleat = f.hose(
        [(r * 0.88, height * 0.6, 0), (r * 0.55, height * 0.88, 0), (r * 0.08, height * 1.05, 0)],
        [r * 0.05, r * 0.12, r * 0.1],
    )
    top = f.ball(r * 0.16, (0, height * 1.03, 0)) + f.ball(r * 0.36, (0, height * 0.86, 0))
    one = body + around(pleat, many) + top
    spots = (
        [(0.0, 0.0)]
        if count == 1
        else [
            (r * 1.25 * math.cos(a), r * 1.25 * math.sin(a))
            for a in (
                2 * math.pi * i / within(count, 2, 7) + 0.5 for i in range(within(count, 2, 7))
            )
        ]
    )
    wide, y = r * 2.7, r * 0.35
    rim = f.post(wide, r * 0.9, share=1) - f.post(wide * 0.92, r, (0, y, 0), share=1)
    bands = [f.ring(wide, r * 0.1, (0, h * r, 0)) for h in (0.1, 0.82)]
    return [
        main("dough body skin", *[one.translate((x, y * 0.8, z)) for x, z in spots]),
        second("basket steamer", rim, *bands, finish="tan wood"),
    ]


@family("popcorn", "popcorn_bucket box_of_popcorn bucket_of_popcorn", "red stripes")
def popcorn(f: Forms, *, height: float = 0.16, radius: float = 0.07) -> list[Part]:
    """In a striped cup, heaped."""
    r, rng, bits = radius, chance(height, radius), []
    cup = f.stack([(0, f.circle(r * 0.72)), (height * 0.75, f.circle(r))])
    hollow = f.stack([(height * 0.3, f.circle(r * 0.8)), (height * 0.8, f.circle(r * 0.95))])
    puff = (
        Blob(0.12, 0.25)
        .ball((0, 0, 0), 0.5)
        .ball((0.5, 0.2, 0.1), 0.42)
        .ball((-0.3, 0.35, 0.35), 0.42)
        .ball((0.05, 0.3, -0.5), 0.4)
        .solid(0.3)
        .simplify(0.1)
        .as_original()
    )
    for i in range(44):
        s, a = i / 44, i * 2.399
        ring = r * 0.95 * math.sqrt(s)
        y = height * 0.76 + r * 0.62 * (1 - s) ** 0.8
        size = r * rng.uniform(0.21, 0.27)
        bits.append(
            puff.scale((size,) * 3)
            .rotate((float(rng.uniform(0, 360)), float(rng.uniform(0, 360)), 0))
            .translate((ring * math.cos(a), y, ring * math.sin(a)))
        )
    filled = f.post(r * 0.8, height * 0.5, (0, height * 0.24, 0), r * 0.96) + f.ball(
        r * 0.9, (0, height * 0.7, 0), (1, 0.6, 1)
    )
    return [
        main("bucket box cup", cup - hollow),
        second("popcorn corn", filled, *bits, finish="cream plaster"),
    ]
