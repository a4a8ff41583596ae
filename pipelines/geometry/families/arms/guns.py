"""Weapons with powder in them."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("gun", "pistol handgun", "charcoal steel")
def gun(
    f: Forms, *, length: float = 0.22, height: float = 0.15, thickness: float = 0.03
) -> list[Part]:
    l_, h, t = length, height, thickness
    slide = f.soft_box((l_ * 0.96, h * 0.2, t * 0.9), (l_ * 0.5, h * 0.88, 0), t * 0.12)
    muzzle = f.rod(t * 0.2, l_ * 0.3, (l_ * 0.98, h * 0.87, 0), "x", share=0.6)
    port = f.box((l_ * 0.16, h * 0.08, t), (l_ * 0.5, h * 0.95, t * 0.3))
    slits = unite(
        [
            f.box((l_ * 0.012, h * 0.14, t * 2), (l_ * (0.08 + 0.03 * i), h * 0.89, 0))
            for i in range(5)
        ]
    )
    slits = slits - f.box((9, 9, t * 0.82))
    sights = [f.box((l_ * 0.04, h * 0.05, t * 0.25), (l_ * x, h * 0.99, 0)) for x in (0.06, 0.94)]
    frame = f.bevelled(pairs("0.0 0.72, 0.94 0.72, 0.94 0.8, 0.0 0.8", l_, h), t * 0.8, t * 0.06)
    hold = smooth(
        pairs("0.06 0.74, 0.0 0.4, -0.1 0.03, 0.2 0, 0.24 0.2, 0.3 0.42, 0.36 0.66", l_, h), 3
    )
    grip = f.bevelled([*hold, (l_ * 0.36, h * 0.74)], t, t * 0.24)
    loop = [(l_ * x, h * y, 0.0) for x, y in pairs("0.32 0.5, 0.45 0.46, 0.55 0.54, 0.56 0.74")]
    trigger = [(l_ * x, h * y, 0.0) for x, y in pairs("0.42 0.74, 0.43 0.62, 0.46 0.55")]
    panel = f.bevelled(
        [(x * 0.8 + l_ * 0.03, y * 0.8 + h * 0.06) for x, y in hold], t * 1.1, t * 0.1
    )
    return [
        main("slide barrel body", slide - muzzle - port - slits, frame, *sights),
        second("grip handle", panel, finish="brown wood"),
        fixed(
            "frame trigger guard",
            grip,
            f.hose(loop, t * 0.12),
            f.hose(trigger, t * 0.12, t * 0.08),
            finish="black steel",
        ),
    ]


STOCK = (
    "0 .02, .015 .62, .24 .72, .34 .86, .66 .86, .66 .7, .4 .62, .33 .5, .28 .26, .23 .3, .2 .46"
)


@family("rifle", "musket shotgun", "brown wood")
def rifle(
    f: Forms, *, length: float = 1.1, height: float = 0.2, thickness: float = 0.045
) -> list[Part]:
    l_, h, t = length, height, thickness
    barrel = f.rod(t * 0.3, l_ * 0.66, (l_ * 0.67, h * 0.9, 0), "x", share=0.6)
    bore = f.rod(t * 0.17, l_ * 0.1, (l_, h * 0.9, 0), "x", share=0.5)
    action = f.soft_box((l_ * 0.2, h * 0.22, t * 0.95), (l_ * 0.38, h * 0.88, 0), t * 0.15)
    end = (l_ * 0.34, h * 0.74, t * 1.1)
    bolt = f.bone((l_ * 0.34, h * 0.9, 0), end, t * 0.13) + f.ball(t * 0.22, end, share=0.5)
    magazine = f.bevelled(
        pairs("0.4 0.66, 0.47 0.66, 0.49 0.2, 0.43 0.2", l_, h), t * 0.6, t * 0.08
    )
    loop = [(x, y, 0.0) for x, y in pairs("0.29 0.56, 0.31 0.38, 0.36 0.4, 0.385 0.64", l_, h)]
    trigger = f.bone((l_ * 0.33, h * 0.62, 0), (l_ * 0.34, h * 0.46, 0), t * 0.08)
    bead = f.box((l_ * 0.015, h * 0.16, t * 0.2), (l_ * 0.97, h, 0))
    tube = pairs("0 0.5, 0.05 0.48, 0.07 0.3, 0.16 0.3, 0.18 0.4, 0.22 0.42", l_, t)
    scope = (
        f.turned([(y, x) for x, y in tube]).rotate((0, 0, -90)).translate((l_ * 0.3, h * 1.2, 0))
    )
    mounts = [f.box((l_ * 0.02, h * 0.3, t * 0.3), (l_ * x, h * 1.06, 0)) for x in (0.37, 0.43)]
    return [
        main("stock body", f.bevelled(pairs(STOCK, l_, h), t * 0.9, t * 0.2)),
        second("barrel action", barrel - bore, action, bolt, bead, finish="charcoal steel"),
        fixed(
            "magazine trigger guard", magazine, f.hose(loop, t * 0.1), trigger, finish="black steel"
        ),
        fixed("scope sight", scope, *mounts, finish="black steel"),
    ]


CHEEK = "0.2 0.3, 0.2 0.55, 0.1 0.72, -0.08 0.72, -0.3 0.42, -0.62 0.08, -0.62 0, -0.5 0, -0.16 0.3"
BARREL = ".3 0, .34 .02, .2 .05, .9 .06, 1.05 .1, 1.05 .3, .98 .32, .85 .6, .72 .92, .9 .97, .88 1"


@family("cannon", "", "charcoal steel")
def cannon(
    f: Forms, *, length: float = 1.9, height: float = 0.95, radius: float = 0.17
) -> list[Part]:
    r, wheel = radius, height * 0.4
    cheek = f.profile(pairs(CHEEK, length, height), r * 0.5, (r * 1.35, 0, 0))
    rungs = [
        f.rod(r * 0.24, r * 3, (0, height * v, length * z), "x")
        for z, v in ((-0.55, 0.08), (0.1, 0.4))
    ]
    wheels, iron = _wheels(f, wheel, r * 2.1, r * 0.3)
    barrel = _barrel(f, r, length).rotate((90 - 12, 0, 0)).translate((0, height * 0.74, 0))
    axle = f.rod(r * 0.3, r * 4.8, (0, wheel, 0), "x")
    return [
        main("barrel", barrel),
        second("carriage", mirrored(cheek), *rungs, axle, finish="brown wood"),
        fixed("wheels", wheels, finish="brown wood"),
        fixed("tyres hubs iron", iron, finish="charcoal steel"),
    ]


def _barrel(f: Forms, r: float, length: float) -> Manifold:
    """A cannon's barrel along y, its pins at the origin."""
    places = pairs("1.04 0.12, 1.02 0.32, 0.85 0.58", r, length)
    bands = [f.ring(x, r * 0.09, (0, y, 0), share=0.7) for x, y in places]
    pins = f.rod(r * 0.3, r * 3.2, (0, length * 0.4, 0), "x", share=0.5)
    body = unite([f.turned(pairs(BARREL, r, length)), f.ball(r * 0.36, share=0.5), *bands, pins])
    hollow = f.post(r * 0.48, length * 0.5, (0, length * 0.7, 0), share=0.7)
    return (body - hollow).translate((0, -length * 0.4, 0))


def _wheels(f: Forms, radius: float, x: float, wide: float) -> tuple[Manifold, Manifold]:
    """A pair of spoked wheels on the ground at x and -x: the wood, and the iron."""
    rim = f.rod(radius * 0.97, wide, (0, 0, 0), "x", share=1) - f.rod(
        radius * 0.82, 1, (0, 0, 0), "x", share=1
    )
    spoke = f.bone((0, 0, 0), (0, radius * 0.9, 0), radius * 0.05)
    spokes = unite([spoke.rotate((360 * i / 10, 0, 0)) for i in range(10)])
    tyre = f.rod(radius, wide * 0.8, (0, 0, 0), "x", share=1) - f.rod(
        radius * 0.94, 1, (0, 0, 0), "x", share=1
    )
    hub = f.rod(radius * 0.17, wide * 1.6, (0, 0, 0), "x", share=0.6)
    at = (x, radius, 0)
    return mirrored((rim + spokes).translate(at)), mirrored((tyre + hub).translate(at))


@family("bomb", "", "black steel")
def bomb(
    f: Forms, *, radius: float = 0.12, height: float = 0.32, thickness: float = 0.016
) -> list[Part]:
    r, t = radius, thickness
    top = r * 1.93
    line = [
        (0.0, top, 0.0),
        (0.02, top + r * 0.4, 0.0),
        (r * 0.35, height - r * 0.3, 0.0),
        (r * 0.55, height - r * 0.05, 0.0),
    ]
    spark = unite(
        [
            f.bone((0, 0, 0), (r * 0.2 * math.cos(a), r * 0.2 * math.sin(a), 0), t * 0.5, t * 0.05)
            for a in (i * math.pi / 4 for i in range(8))
        ]
    )
    glow = [spark.rotate((0, turn, 0)).translate(line[-1]) for turn in (0, 90)]
    return [
        main("body shell", f.ball(r, (0, r, 0), share=1)),
        fixed(
            "neck collar",
            f.post(r * 0.34, r * 0.32, (0, r * 1.85, 0), share=0.6),
            finish="charcoal steel",
        ),
        second("fuse rope", f.hose(line, t * 0.5), finish="tan fabric"),
        fixed(
            "spark flame",
            *glow,
            f.ball(t * 0.8, line[-1], share=0.4),
            finish="shiny orange plastic",
        ),
    ]


@family("dynamite", "tnt explosive stick_of_dynamite", "red paint")
def dynamite(
    f: Forms, *, height: float = 0.24, radius: float = 0.03, thickness: float = 0.008
) -> list[Part]:
    r, t = radius, thickness
    spots = [(0.0, 0.0)] + [
        (1.9 * r * math.cos(i * math.pi / 3), 1.9 * r * math.sin(i * math.pi / 3)) for i in range(6)
    ]
    sticks = [f.post(r, height, (x, 0, z), share=0.6) for x, z in spots]
    ends = [f.post(r * 0.8, height + 0.006, (x, -0.003, z), share=0.5) for x, z in spots]
    bands = [f.post(r * 2.95, height * 0.09, (0, height * y, 0), share=1) for y in (0.24, 0.66)]
    fuse = [
        (0.0, height, 0.0),
        (0, height * 1.2, 0),
        (r, height * 1.36, 0),
        (r * 2.2, height * 1.4, 0),
    ]
    return [
        main("sticks body", *sticks, f.post(r * 2.3, height * 0.96)),
        fixed("ends", *ends, finish="beige paint"),
        second("bands tape", *bands, finish="black rubber"),
        fixed("fuse", f.hose(fuse, t * 0.6), finish="tan fabric"),
        fixed("spark flame", f.ball(t * 1.6, fuse[-1], share=0.4), finish="shiny orange plastic"),
    ]
