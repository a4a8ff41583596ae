"""Candles and lanterns, in the hand and from the ceiling."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant

FLAME = "0 0, .3 .1, .42 .28, .3 .55, .1 .85, 0 1"


def _flame(f: Forms, height: float) -> Manifold:
    """A flame that stands on y = 0."""
    return Forms(f.detail * 0.6).turned(pairs(FLAME, height * 0.5, height))


def _round(count: int) -> list[tuple[float, float]]:
    """`count` places (x, z) about the origin, 1 away."""
    return [
        (math.cos(2 * math.pi * i / count), -math.sin(2 * math.pi * i / count))
        for i in range(count)
    ]


def _lit(parts: list[Part], lit: bool) -> list[Part]:
    """The parts, without those of fire if it is out."""
    return [part for part in parts if lit or "fire" not in part.name]


@family("candle", "wax_candle", "cream plaster")
def candle(
    f: Forms, *, height: float = 0.2, radius: float = 0.025, width: float = 0.13, lit: bool = True
) -> list[Part]:
    r, h = radius, height
    dish = [
        (width * x, y)
        for x, y in pairs(".46 0, .5 .012, .43 .006, .22 .012, .23 .045, .17 .045", 1, 1)
    ]
    drops = [
        f.bone(
            (r * math.cos(a), h, r * math.sin(a)),
            (r * 1.04 * math.cos(a), h * k, r * 1.04 * math.sin(a)),
            r * 0.24,
        )
        for a, k in ((0.4, 0.7), (2.2, 0.82), (4.4, 0.6))
    ]
    return _lit(
        [
            main("wax body", f.post(r, h, (0, 0.015, 0), r * 0.92, share=0.8), *drops),
            second(
                "holder dish",
                f.lathe(dish),
                f.ring(0.022, 0.005, (width * 0.6, 0.02, 0), "z"),
                finish="brass",
            ),
            fixed("wick", f.post(r * 0.08, 0.03, (0, h, 0)), finish="black fabric"),
            fixed(
                "flame fire",
                _flame(f, r * 2).translate((0, h + 0.022, 0)),
                finish="shiny orange plastic",
            ),
        ],
        lit,
    )


STEM = ".52 0, .5 .02, .2 .06, .1 .12, .16 .18, .08 .24, .07 .4, .14 .46, .08 .52, .1 .6"


@family("candlestick", "candle_holder candelabra candleholder", "brass")
def candlestick(
    f: Forms,
    *,
    height: float = 0.42,
    width: float = 0.3,
    radius: float = 0.018,
    arms: int = 2,
    lit: bool = True,
) -> list[Part]:
    h, w, r, top = height, width / 2, radius, height * 0.68
    rim = [
        (r * 0.5, -h * 0.05),
        (r * 1.9, -h * 0.02),
        (r * 1.25, 0),
        (r * 1.3, h * 0.04),
        (r, h * 0.04),
    ]
    cup = Forms(f.detail * 0.7).turned(rim)
    fire = _flame(f, r * 3).translate((0, h * 0.24, 0)) + f.post(r * 0.1, r, (0, h * 0.21, 0))
    bend = pairs("0 .46, .4 .48, .9 .56, .9 .68", w, h)
    branch = f.hose([(x, y, 0.0) for x, y in bend], r * 0.34)
    spots = [(0.0, top + h * 0.06, 0.0)]
    spots += [(w * 0.9 * x, top, w * 0.9 * z) for x, z in _round(arms)]
    wax = f.post(r, h * 0.22, (0, 0, 0), r * 0.92, share=0.6)
    each = [unite([part.translate(at) for at in spots]) for part in (cup, wax, fire)]
    middle = f.rod(r * 0.4, h * 0.2, (0, top - h * 0.02, 0))
    return _lit(
        [
            main(
                "stem arms base",
                f.turned(pairs(STEM, w, h)),
                middle,
                *([around(branch, arms)] if arms else []),
                each[0],
            ),
            second("candles wax", each[1], finish="cream plaster"),
            fixed("flames fire", each[2], finish="shiny orange plastic"),
        ],
        lit,
    )


HUB = "0 0, .1 .04, .16 .1, .08 .18, .05 .3, .14 .38, .1 .46, .05 .5, .04 .72, .1 .76, .04 .8"
ARM = ".06 .4, .35 .2, .75 .16, .98 .3, .98 .38"


@family("chandelier", "", "gold")
def chandelier(
    f: Forms,
    *,
    height: float = 0.9,
    radius: float = 0.45,
    thickness: float = 0.022,
    arms: int = 8,
    lit: bool = True,
) -> list[Part]:
    h, r, t, small = height, radius, thickness, Forms(f.detail * 0.5)
    chain = [
        f.ring(t * 0.9, t * 0.3, (0, h * 0.82 + i * t * 1.35, 0), "zx"[i % 2], 0.4)
        for i in range(6)
    ]
    top = h * 0.82 + t * 7.8
    plate = f.lathe([(t * 1.2, top), (r * 0.16, top + t), (r * 0.16, top + t * 1.5)])
    arm = f.hose([(x, y, 0.0) for x, y in pairs(ARM, r, h)], t * 0.45, up=(0, 0, 1), share=0.2)
    cup = small.turned(pairs("1 .36, 3.2 .39, 3 .4, 1.2 .4", t, h), (r * 0.98, 0, 0))
    wax = f.post(t * 0.75, h * 0.12, (r * 0.98, h * 0.39, 0), share=0.4)
    fire = _flame(f, t * 3.4).translate((r * 0.98, h * 0.505, 0))
    drop = small.lathe(pairs("0 .255, .9 .295, .2 .345, .3 .355, 0 .365", t, h), (r * 0.98, 0, 0))
    drop += small.lathe(pairs("0 .1, 1 .14, .2 .19, 0 .2", t, h), (r * 0.5, 0, 0))
    return _lit(
        [
            main(
                "body arms frame chain",
                f.turned(pairs(HUB, r, h)),
                around(arm + cup, arms),
                *chain,
                plate,
            ),
            second("crystals glass", around(drop, arms), finish="shiny light aqua glass"),
            fixed("candles wax", around(wax, arms), finish="cream plaster"),
            fixed("flames lights fire", around(fire, arms), finish="shiny golden yellow glass"),
        ],
        lit,
    )


@family("lantern", "oil_lamp camping_lantern", "black steel")
def lantern(
    f: Forms, *, height: float = 0.4, width: float = 0.18, depth: float = 0.18
) -> list[Part]:
    x, z, h = width / 2, depth / 2, height * 0.6
    bars = [
        f.slab((0.016, h, 0.016), (s * x * 0.86, 0.03, t * z * 0.86))
        for s in (1, -1)
        for t in (1, -1)
    ]
    rails = [f.box((width * 0.9, 0.008, depth * 0.9), (0, 0.03 + h * y, 0)) for y in (0.36, 0.68)]
    top = 0.02 + h
    tent = ((0, 1.24), (0.02, 1.26), (0.1, 0.72), (0.16, 0.3), (0.2, 0.28))
    square = [(x, -z), (-x, -z), (-x, z), (x, z)]
    roof = f.stack([(y * height, scaled(square, k, k)) for y, k in tent], (0, top, 0))
    handle = f.ring(0.05, 0.007, (0, height * 0.93, 0), "z")
    feet = [f.slab((width * k, y, depth * k)) for k, y in ((1.1, 0.02), (0.95, 0.035))]
    return [
        main("frame", *feet, *bars, roof, handle),
        fixed(
            "grille",
            *[rail - f.slab((width * 0.8, 1, depth * 0.8)) for rail in rails],
            finish="black steel",
        ),
        second(
            "glass panes",
            f.slab((width * 0.8, h, depth * 0.8), (0, 0.025, 0)),
            finish="shiny golden yellow glass",
        ),
    ]


@family("torch", "burning_torch wall_torch flaming_torch", "dark brown wood")
def torch(
    f: Forms, *, length: float = 0.6, radius: float = 0.022, height: float = 0.2, lit: bool = True
) -> list[Part]:
    r, low = radius, length * 0.72
    wraps = [f.ring(r * 1.5, r * 0.36, (0, low + i * r * 0.62, 0), share=0.5) for i in range(7)]
    flames = [
        _flame(f, height * s).rotate((0, 0, lean)).translate((x, low + r * 2, z))
        for s, lean, x, z in (
            (1, 0, 0, 0),
            (0.7, 14, -r, 0.0),
            (0.74, -15, r, 0.0),
            (0.66, 0, 0, r),
            (0.66, 0, 0, -r),
        )
    ]
    return _lit(
        [
            main(
                "shaft handle stick",
                f.turned(
                    [
                        (r * 0.8, 0),
                        (r, length * 0.1),
                        (r * 0.9, length * 0.4),
                        (r * 1.3, low + r * 4),
                    ]
                ),
            ),
            second(
                "wrapping cloth",
                f.post(r * 1.5, r * 4, (0, low, 0), share=0.5),
                *wraps,
                finish="tan fabric",
            ),
            fixed("flame fire", *flames, finish="shiny orange plastic"),
        ],
        lit,
    )


@family("campfire", "bonfire fire fire_pit camp_fire", "brown bark")
def campfire(
    f: Forms, *, radius: float = 0.4, height: float = 0.6, thickness: float = 0.07, logs: int = 6
) -> list[Part]:
    r, t = radius, thickness
    log = f.rod(t * 0.5, r * 1.15, share=0.5).rotate((48, 0, 0)).translate((0, r * 0.36, r * 0.42))
    cut = f.rod(t * 0.42, r * 1.16, share=0.5).rotate((48, 0, 0)).translate((0, r * 0.36, r * 0.42))
    stones = [
        f.ball(r * (0.15 + 0.02 * (i % 3)), (0, r * 0.07, r * 0.92), (1.15, 0.8, 1), 0.25).rotate(
            (0, i * 30 + 7 * (i % 2), 0)
        )
        for i in range(12)
    ]
    flames = [
        _flame(f, height * s).rotate((0, 0, lean)).translate((x * r, 0.02, z * r))
        for s, lean, x, z in (
            (1, 0, 0, 0),
            (0.7, 12, -0.16, 0.05),
            (0.72, -13, 0.16, -0.04),
            (0.6, 0, 0.02, 0.2),
            (0.62, 3, -0.03, -0.2),
        )
    ]
    inner = _flame(f, height * 0.62).translate((0, 0.02, r * 0.14))
    return [
        main("logs wood", around(log, logs)),
        fixed("ends", around(cut, logs), finish="tan wood"),
        second(
            "stones ring", unite(stones), f.post(r * 0.95, 0.03, share=0.7), finish="grey stone"
        ),
        fixed("flames fire", *flames, finish="shiny orange plastic"),
        fixed("glow", inner, finish="shiny golden yellow plastic"),
    ]


@family("lamp", "table_lamp desk_lamp bedside_lamp", "brass")
def lamp(
    f: Forms,
    *,
    height: float = 0.6,
    radius: float = 0.17,
    shade: int = Variant("conical, drum cylindrical, dome domed, pleated"),
    foot: int = Variant("turned, slim, round, column"),
) -> list[Part]:
    feet = (
        "0.6 0, 0.62 0.02, 0.3 0.06, 0.14 0.12, 0.24 0.24, 0.3 0.34, 0.12 0.48, 0.1 0.62",
        "0.7 0, 0.7 0.03, 0.12 0.05, 0.09 0.2, 0.09 0.62",
        "0.45 0, 0.45 0.03, 0.3 0.05, 0.62 0.2, 0.6 0.3, 0.16 0.46, 0.1 0.62",
        "0.62 0, 0.62 0.05, 0.4 0.09, 0.3 0.12, 0.27 0.46, 0.38 0.5, 0.1 0.54, 0.1 0.62",
    )
    outer, inner = _lamp_shade(f, height, radius, shade)
    return [
        main(
            "base foot stand",
            f.turned(pairs(feet[foot], radius, height)),
            f.post(0.012, height * 0.4, (0, height * 0.55, 0)),
        ),
        second(
            "shade lampshade",
            outer - inner,
            f.box((radius * 2, 0.012, 0.012), (0, height * 0.92, 0)) ^ outer,
            finish="cream fabric",
        ),
        fixed(
            "bulb",
            f.ball(radius * 0.26, (0, height * 0.74, 0), (1, 1.25, 1)),
            finish="shiny lemon plastic",
        ),
    ]


def _lamp_shade(f: Forms, height: float, radius: float, shade: int) -> tuple[Manifold, Manifold]:
    """A lamp's shade as a whole, and its hollow, which is open below and, but for a dome's, above."""
    low = (0.0, height * 0.56, 0.0)
    if shade == 2:
        shape = pairs("1 0, 0.97 0.1, 0.84 0.24, 0.55 0.36, 0.1 0.42", radius, height)
        hollow = pairs("0.95 -0.02, 0.92 0.1, 0.79 0.23, 0.5 0.34, 0.06 0.4", radius, height)
        return f.turned(shape, low), f.turned(hollow, low)
    top = 0.86 if shade == 1 else 0.62
    outer = f.lathe([(radius, 0), (radius * top, height * 0.4)], low)
    if shade == 3:
        fold = f.bone((radius, 0, 0), (radius * top, height * 0.4, 0), radius * 0.05)
        outer += around(fold.translate(low), 20)
    inner = [(radius * 0.95, -0.01), (radius * (top - 0.05), height * 0.42)]
    return outer, f.lathe(inner, low)
