"""What one takes on a voyage: to see far, to find the way, to stay where one is."""

from __future__ import annotations

import math

import numpy as np

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("telescope", "spyglass", "brass")
def telescope(
    f: Forms, *, length: float = 0.9, radius: float = 0.05, height: float = 1.1
) -> list[Part]:
    r, top = radius, height * 0.84
    tubes = [(1.0, 0.0, 0.46), (0.84, 0.44, 0.76), (0.68, 0.74, 0.97)]
    body = [f.lathe([(r * s, length * a), (r * s, length * b)]) for s, a, b in tubes]
    rims = [
        f.lathe(
            pairs(
                f"{s} {y}, {s * 1.14} {y + 0.005}, {s * 1.14} {y + 0.04}, {s} {y + 0.045}",
                r,
                length,
            )
        )
        for s, y in ((1.02, 0.0), (1.0, 0.42), (0.84, 0.72), (0.7, 0.95))
    ]
    glass = f.post(r * 0.86, length * 0.01, (0, -length * 0.004, 0), share=0.8)
    eye = f.turned(pairs(".5 .97, .62 1, .62 1.02, .4 1.03", r, length))
    lean = [
        part.translate((0, -length * 0.4, 0)).rotate((-118, 0, 0)).translate((0, top + r, 0))
        for part in (unite(body), unite([*rims, eye]), glass)
    ]
    foot = [(0, top - r * 0.4, 0), (0, 0.012, height * 0.36)]
    legs = around(f.bone(foot[0], foot[1], r * 0.32, r * 0.22), 3).rotate((0, 60, 0))
    knob = f.ball(r * 0.55, (0, top - r * 0.4, 0), share=0.6)
    return [
        main("tube body", lean[0]),
        second(
            "rims rings",
            lean[1],
            knob,
            f.post(r * 0.3, r * 1.4, (0, top - r * 0.8, 0)),
            finish="gold",
        ),
        fixed("lens glass", lean[2], finish="shiny sky blue glass"),
        fixed("legs tripod", legs, finish="brown wood"),
    ]


@family("binoculars", "field_glasses opera_glasses", "black rubber")
def binoculars(
    f: Forms, *, length: float = 0.16, width: float = 0.15, radius: float = 0.03
) -> list[Part]:
    r, x = radius, width / 2 - radius
    shape = pairs(".62 0, .62 .22, .8 .28, .8 .5, 1 .62, 1.06 .96, 1 1, .86 1, .8 .96", r, length)
    tube = f.turned(shape).rotate((90, 0, 0)).translate((x, r, -length / 2))
    eye = (
        f.turned(pairs(".5 -.03, .72 -.03, .74 .08, .6 .1", r, length))
        .rotate((90, 0, 0))
        .translate((x, r, -length / 2))
    )
    lens = f.rod(r * 0.82, length * 0.02, (x, r, length * 0.465), "z", share=0.8)
    bridge = [
        f.soft_box((2 * x, r * 0.5, length * 0.08), (0, r * 1.2, z * length), r * 0.15)
        for z in (0.06, -0.18)
    ]
    return [
        main("body tubes", mirrored(tube)),
        second(
            "bridge wheel",
            *bridge,
            f.rod(r * 0.3, length * 0.4, (0, r * 1.2, -length * 0.08), "z", share=0.5),
            mirrored(eye),
            finish="charcoal steel",
        ),
        fixed("lenses glass", mirrored(lens), finish="shiny violet glass"),
    ]


@family("magnifying glass", "magnifier loupe reading_glass", "gold")
def magnifying_glass(
    f: Forms, *, length: float = 0.24, radius: float = 0.05, thickness: float = 0.012
) -> list[Part]:
    r, t, y = radius, thickness, length - radius
    shape = [
        (t * 0.4, 0),
        (t * 0.8, t * 0.4),
        (t * 0.66, length * 0.2),
        (t * 0.8, length * 0.42),
        (t * 0.5, length * 0.46),
    ]
    lens = f.ball(1, (0, y, 0), (r * 0.97, r * 0.97, t * 0.5), 1)
    return [
        main(
            "frame rim",
            f.ring(r, t * 0.5, (0, y, 0), "z"),
            f.post(t * 0.3, y - r - length * 0.4, (0, length * 0.42, 0)),
        ),
        second("handle grip", f.turned(shape), finish="dark brown wood"),
        fixed("lens glass", lens, finish="shiny sky blue glass"),
        fixed("collar", f.post(t * 0.62, t * 0.8, (0, length * 0.45, 0), share=0.5), finish="gold"),
    ]


@family("compass", "pocket_compass navigation_compass", "brass")
def compass(
    f: Forms, *, radius: float = 0.05, height: float = 0.022, open: float = 0.6
) -> list[Part]:
    r, h = radius, height
    case = f.turned(pairs(".9 0, 1 .2, 1.04 .5, 1 .86, .94 1", r, h)) - f.post(
        r * 0.88, h, (0, h * 0.6, 0), share=1
    )
    dial = f.post(r * 0.9, h * 0.3, (0, h * 0.34, 0), share=1)
    rose = f.floor(f.star(r * 0.62, 4, 0.2), h * 0.1, (0, h * 0.62, 0))
    marks = unite(
        [
            f.box(
                (r * (0.05 if i % 3 else 0.09), h * 0.14, r * (0.08 if i % 3 else 0.14)),
                (0, h * 0.64, r * 0.76),
            ).rotate((0, 30 * i, 0))
            for i in range(12)
        ]
    )
    tip = [(0, -r * 0.66), (r * 0.1, 0), (-r * 0.1, 0)]
    red = f.floor(tip, h * 0.12, (0, h * 0.74, 0)).rotate((0, -25, 0))
    white = f.floor([(x, -z) for x, z in tip], h * 0.12, (0, h * 0.74, 0)).rotate((0, -25, 0))
    lid = f.turned(pairs("1 0, 1.02 .12, .8 .26, 0 .3", r, h)).translate((0, 0, r * 1.04))
    lid = lid.rotate((-125 * min(open, 1.0), 0, 0)).translate((0, h * 1.04, -r * 1.05))
    loop = f.ring(r * 0.2, r * 0.05, (0, h * 0.5, r * 1.22), "y", 0.6)
    return [
        main("case body", case, f.rod(r * 0.07, r * 0.5, (0, h, -r * 1.03), "x"), loop),
        main("lid", lid, finish="brass"),
        second("dial face", dial, finish="cream paint"),
        fixed(
            "rose marks",
            rose,
            marks,
            f.post(r * 0.08, h * 0.6, (0, h * 0.4, 0), share=0.5),
            finish="navy paint",
        ),
        fixed("needle", red, finish="red paint"),
        fixed("tail", white, finish="white paint"),
    ]


@family("hourglass", "sand_timer egg_timer sandglass", "brown wood")
def hourglass(
    f: Forms, *, height: float = 0.26, radius: float = 0.055, width: float = 0.15
) -> list[Part]:
    r, h, w = radius, height, width / 2
    disc = f.turned(pairs("1 0, 1.04 .012, 1.04 .045, .96 .06, .9 .06", w, h))
    half = pairs(".1 .5, .16 .54, .6 .63, .96 .76, 1 .86, .86 .945, .6 .95", r, h)
    glass = f.turned([(x, h - y) for x, y in half[::-1]] + half[1:])
    posts = around(
        Forms(f.detail * 0.4).turned(
            [
                (w * x, h * y)
                for x, y in pairs(
                    ".08 .05, .06 .2, .1 .32, .06 .44, .1 .5, .06 .56, .1 .68, .06 .8, .08 .95",
                    1,
                    1,
                )
            ],
            (w * 0.84, 0, 0),
        ),
        3,
    )
    heap = f.turned(pairs(".88 .05, 1.02 .12, .9 .2, .3 .33, .06 .36", r, h))
    rest = f.turned(pairs(".1 .5, .18 .54, .62 .63, .9 .72, .4 .7, 0 .67", r, h))
    return [
        main(
            "frame ends",
            disc,
            disc.mirror((0, 1, 0)).translate((0, h, 0)),
            posts.rotate((0, 30, 0)),
        ),
        second("glass", glass, finish="shiny light aqua glass"),
        fixed("sand", heap.scale((1.01, 1, 1.01)), rest.scale((1.03, 1, 1.03)), finish="sand"),
    ]


@family("anchor", "ship_anchor boat_anchor", "charcoal steel")
def anchor(
    f: Forms, *, height: float = 1.2, width: float = 0.9, thickness: float = 0.1
) -> list[Part]:
    h, w, t = height, width / 2, thickness
    bow = [
        (x * w, y * h, 0.0)
        for x, y in pairs("-.95 .42, -.8 .2, -.45 .07, 0 .04, .45 .07, .8 .2, .95 .42")
    ]
    arms = f.hose(
        bow,
        [t * 0.3, t * 0.45, t * 0.55, t * 0.7, t * 0.55, t * 0.45, t * 0.3],
        up=(0, 0, 1),
        squash=1.1,
    )
    fluke = (
        f.bevelled(pairs("0 .17, .3 -.13, .02 -.06, -.22 -.1", h * 0.75, h), t * 0.7, t * 0.2)
        .rotate((0, 0, -12))
        .translate((w * 0.93, h * 0.4, 0))
    )
    stock = f.rod(t * 0.34, w * 1.3, (0, h * 0.78, 0), "x", share=0.5)
    ends = mirrored(f.ball(t * 0.55, (w * 0.65, h * 0.78, 0), share=0.6))
    ring_ = f.ring(h * 0.075, t * 0.2, (0, h * 0.93, 0), "z")
    return [
        main(
            "body shank arms",
            f.rod(t * 0.42, h * 0.84, (0, h * 0.46, 0), "y", t * 0.36),
            arms,
            mirrored(fluke),
        ),
        second("stock bar", stock, ends, finish="charcoal steel"),
        fixed("ring", ring_, f.ball(t * 0.5, (0, h * 0.87, 0), share=0.5), finish="steel"),
    ]


@family("ship wheel", "helm ship_steering_wheel", "brown wood")
def ship_wheel(
    f: Forms, *, radius: float = 0.5, thickness: float = 0.07, spokes: int = 8
) -> list[Part]:
    r, t = radius, thickness
    rim = f.ring(r * 0.66, t * 0.6, axis="z").scale((1, 1, 0.9))
    shape = [
        (t * x, r * y)
        for x, y in pairs(
            ".3 .1, .36 .2, .22 .34, .4 .5, .3 .6, .3 .72, .2 .76, .42 .9, .36 .97, 0 1"
        )
    ]
    spoke = Forms(f.detail * 0.4).turned(shape)
    arms = unite([spoke.rotate((0, 0, 360 * i / spokes)) for i in range(spokes)])
    band = f.ring(r * 0.66, t * 0.2, (0, 0, t * 0.5), "z") + f.ring(
        r * 0.66, t * 0.2, (0, 0, -t * 0.5), "z"
    )
    hub = f.rod(r * 0.17, t * 1.4, axis="z", share=0.8)
    cap = f.rod(r * 0.1, t * 1.7, axis="z", share=0.7)
    return [
        main("rim spokes", *[p.translate((0, r, 0)) for p in (rim, arms, hub)]),
        second("bands hub", (band + cap).translate((0, r, 0)), finish="brass"),
    ]


@family("flag", "banner pennant", "red fabric")
def flag(f: Forms, *, height: float = 2.0, width: float = 1.0, length: float = 0.66) -> list[Part]:
    h, w, low = height, width, height - length * 1.04
    xs = np.linspace(0, 1, max(4, round(18 * f.detail)))
    wave = [(float(x) * w, 0.0, 0.07 * w * math.sin(7.0 * x) * float(x) ** 0.5) for x in xs]
    cloth = f.ribbon(wave, length, 0.016, up=(0, 0, 1), steps=1).translate((0, low + length / 2, 0))
    sag = cloth.warp(lambda v: (v[0], v[1] - 0.06 * w * (v[0] / w) ** 2, v[2]))
    third = f.box((9, length * 0.36, 9), (0, low + length * 0.44, 0))
    return [
        main("cloth", sag - third),
        second("stripe middle", sag ^ third, finish="white fabric"),
        fixed(
            "pole", f.post(0.022, h, share=0.4), f.post(0.12, 0.04, share=0.7), finish="tan wood"
        ),
        fixed("knob", f.ball(0.045, (0, h, 0), share=0.6), finish="gold"),
    ]


@family("scroll", "parchment ancient_scroll papyrus", "beige paint")
def scroll(
    f: Forms,
    *,
    height: float = 0.36,
    width: float = 0.26,
    thickness: float = 0.03,
    open: float = 1.0,
) -> list[Part]:
    w, t = width, thickness
    h = t * 2 + (height - t * 2) * max(min(open, 1.0), 0.0)
    sheet = f.box((w, h - t, t * 0.12), (0, h / 2, -t * 0.3))
    roll = f.rod(t * 0.5, w * 1.0, axis="x", share=0.7)
    rolls = [roll.translate((0, y, 0)) for y in (t * 0.5, h - t * 0.5)]
    lines = [
        f.box(
            (w * (0.74 if i % 3 else 0.5), t * 0.14, t * 0.1),
            (-w * (0 if i % 3 else 0.12), y, -t * 0.22),
        )
        for i, y in enumerate(np.arange(t * 2.6, h - t * 1.9, t * 0.75))
    ]
    rods = [f.rod(t * 0.2, w * 1.16, (0, y, 0), "x", share=0.5) for y in (t * 0.5, h - t * 0.5)]
    knobs = [
        f.ball(t * 0.34, (s * w * 0.6, y, 0), (1.2, 1, 1), 0.5)
        for s in (1, -1)
        for y in (t * 0.5, h - t * 0.5)
    ]
    seal = f.rod(t * 0.5, t * 0.2, (w * 0.3, t * 1.9, -t * 0.22), "z", share=0.7)
    return [
        main("paper sheet", sheet, *rolls),
        second("rods knobs", *rods, *knobs, finish="brown wood"),
        *(
            [
                fixed("writing lines", *lines, finish="dark brown paint"),
                fixed("seal wax", seal, finish="red plastic"),
            ]
            if lines
            else []
        ),
    ]
