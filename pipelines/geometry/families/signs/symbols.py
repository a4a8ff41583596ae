"""Signs and marks, upright, to be read from the front."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("cross", "crucifix christian_cross latin_cross", "brown wood")
def cross(
    f: Forms,
    *,
    height: float = 1.0,
    width: float = 0.6,
    thickness: float = 0.14,
    depth: float = 0.12,
) -> list[Part]:
    h, w, t = height, width / 2, thickness / 2
    y = h * 0.7
    outline = [
        (-t, 0),
        (t, 0),
        (t, y - t),
        (w, y - t),
        (w, y + t),
        (t, y + t),
        (t, h),
        (-t, h),
        (-t, y + t),
        (-w, y + t),
        (-w, y - t),
        (-t, y - t),
    ]
    return [main("body", f.bevelled(outline, depth, t * 0.18))]


def _crossed_bars(h: float, t: float) -> list[tuple[float, float]]:
    """The outline of two bars across each other, each 2 h long and 2 t wide, about the origin."""
    return [
        (-t, -h),
        (t, -h),
        (t, -t),
        (h, -t),
        (h, t),
        (t, t),
        (t, h),
        (-t, h),
        (-t, t),
        (-h, t),
        (-h, -t),
        (-t, -t),
    ]


@family("plus", "plus_sign medical_cross red_cross addition_sign", "red plastic")
def plus(
    f: Forms, *, height: float = 1.0, thickness: float = 0.34, depth: float = 0.3
) -> list[Part]:
    h, t = height / 2, thickness / 2
    outline = _crossed_bars(h, t)
    return [main("body", f.bevelled(outline, depth, t * 0.16, at=(0, h, 0)))]


@family("lightning", "lightning_bolt thunderbolt thunder", "yellow plastic")
def lightning(
    f: Forms, *, height: float = 1.0, width: float = 0.56, depth: float = 0.16
) -> list[Part]:
    outline = pairs("-.2 0, .5 .56, .14 .56, .42 1, -.08 1, -.44 .46, -.06 .46", width, height)
    return [main("body", f.bevelled(outline, depth, width * 0.05, depth * 0.3))]


@family("crescent", "crescent_sign moon_symbol", "golden yellow plastic")
def crescent(
    f: Forms, *, radius: float = 0.5, width: float = 0.3, depth: float = 0.22
) -> list[Part]:
    r, steps = radius, max(8, round(28 * f.detail))
    turns = np.linspace(-2.25, 2.25, steps) + math.pi
    path, sizes = [], []
    for turn, share in zip(turns, np.linspace(-1, 1, steps), strict=True):
        half = width * 0.5 * (1 - share**2) ** 0.8 + 0.004
        path.append(((r - half) * math.cos(turn), (r - half) * math.sin(turn), 0.0))
        sizes.append(half)
    body = f.hose(path, sizes, steps=1, share=0.4, up=(0, 0, 1)).scale((1, 1, depth / width))
    return [main("body", body.rotate((0, 0, -24)))]


@family("question mark", "question interrogation_mark", "blue plastic")
def question_mark(
    f: Forms, *, height: float = 1.0, width: float = 0.56, thickness: float = 0.17
) -> list[Part]:
    t, w, h = thickness / 2, width / 2 - thickness / 2, height
    path = [
        (x * w, y * h, 0.0)
        for x, y in pairs(
            "-1 .68, -.86 .83, -.4 .915, .2 .91, .8 .82, 1 .7, .8 .56, .3 .47, .05 .4, 0 .29"
        )
    ]
    link = f.post(t * 0.16, h * 0.3, (0, t, 0))
    return [
        main("body", f.hose(path, t, up=(0, 0, 1), share=0.5), link),
        main("dot", f.ball(t * 1.12, (0, t * 1.12, 0), share=0.8), finish="blue plastic"),
    ]


@family("exclamation mark", "exclamation exclamation_point warning_mark", "red plastic")
def exclamation_mark(
    f: Forms, *, height: float = 1.0, radius: float = 0.14, depth: float = 0.26
) -> list[Part]:
    r, h = radius, height
    body = f.turned(
        [
            (r * 0.3, r * 1.66),
            (r * 0.5, r * 1.8),
            (r * 0.98, h * 0.86),
            (r * 0.9, h * 0.95),
            (r * 0.5, h * 0.995),
            (0, h),
        ]
    )
    parts = [
        body,
        f.ball(r * 0.85, (0, r * 0.85, 0), share=0.8),
    ]
    parts = [part.scale((1, 1, depth / (2 * r))) for part in parts]
    return [main("body", parts[0]), main("dot", parts[1], finish="red plastic")]


@family("check mark", "checkmark tick check tick_mark", "green plastic")
def check_mark(
    f: Forms,
    *,
    width: float = 1.0,
    height: float = 0.8,
    thickness: float = 0.2,
    depth: float = 0.18,
) -> list[Part]:
    t = thickness * 0.72
    low, start, stop = (
        (-width * 0.14, t),
        (-width / 2 + t, height * 0.42),
        (width / 2 - t, height - t),
    )

    def off(a: tuple, b: tuple, by: float) -> tuple[float, float]:
        long = math.dist(a, b)
        return (b[1] - a[1]) / long * by, -(b[0] - a[0]) / long * by

    a, b = off(start, low, t * 0.7), off(low, stop, t * 0.7)
    inner = (low[0] - (a[0] + b[0]) * 0.7, low[1] - (a[1] + b[1]) * 0.7)
    outline = [
        (start[0] + a[0], start[1] + a[1]),
        (low[0] + (a[0] + b[0]) * 0.7, low[1] + (a[1] + b[1]) * 0.7),
        (stop[0] + b[0], stop[1] + b[1]),
        (stop[0] - b[0], stop[1] - b[1]),
        inner,
        (start[0] - a[0], start[1] - a[1]),
    ]
    return [main("body", f.bevelled(outline, depth, t * 0.14))]


@family("x mark", "cross_mark letter_x wrong_mark", "red plastic")
def x_mark(
    f: Forms, *, height: float = 1.0, thickness: float = 0.26, depth: float = 0.2
) -> list[Part]:
    h, t = height * 0.66, thickness / 2
    outline = _crossed_bars(h, t)
    return [
        main("body", f.bevelled(outline, depth, t * 0.16).rotate((0, 0, 45)).scale((0.9, 1, 1)))
    ]


@family("music note", "musical_note note eighth_note quaver", "black plastic")
def music_note(
    f: Forms,
    *,
    height: float = 1.0,
    width: float = 0.62,
    depth: float = 0.16,
    thickness: float = 0.07,
) -> list[Part]:
    h, x, t, r = height, width * 0.28, thickness, width * 0.23
    head = f.ball(1, (0, 0, 0), (r, r * 0.7, depth * 0.5), 0.8).rotate((0, 0, 24))
    heads = [head.translate((s * x - t * 1.4, r * 0.85 + (s + 1) * h * 0.04, 0)) for s in (-1, 1)]
    stems = [
        f.box((t, h * 0.74, depth * 0.4), (s * x + t * 0.7, h * 0.48 + (s + 1) * h * 0.04, 0))
        for s in (-1, 1)
    ]
    beam = pairs("-1 .74, 1 .84, 1 1, -1 .9", x + t * 0.5, h)
    return [
        main(
            "body heads stems",
            *heads,
            *stems,
            f.plate([(a + t * 0.7, b) for a, b in beam], depth * 0.55),
        )
    ]


@family("smiley", "smiley_face emoji emoticon happy_face smile", "yellow plastic")
def smiley(f: Forms, *, radius: float = 0.5, depth: float = 0.4, width: float = 1.0) -> list[Part]:
    r, z = radius, depth / 2
    face = f.ball(1, (0, r, 0), (r * width, r, z), 1)
    inner = f.ball(1, (0, r, 0), (r * width * 1.012, r * 1.012, z * 1.03), 1)
    eye = f.ball(1, (0, 0, 0), (r * 0.11, r * 0.19, 2), 0.6)
    eyes = unite([eye.translate((s * r * 0.33, r * 1.26, 0)) for s in (1, -1)])
    line = [
        (r * x, r * (1 + y), z * 0.8)
        for x, y in pairs("-.56 -.12, -.4 -.4, 0 -.56, .4 -.4, .56 -.12")
    ]
    mouth = f.hose(line, r * 0.06, up=(0, 0, 1), share=0.4).scale((1, 1, 1))
    deep = unite([mouth.translate((0, 0, step * z)) for step in np.linspace(-0.6, 0.3, 5)])
    front = f.box((9, 9, 9), (0, 0, 4.5))
    return [
        main("face body", face),
        second("eyes mouth", (unite([eyes, deep]) ^ inner) ^ front, finish="black plastic"),
    ]


@family("infinity", "infinity_symbol infinity_sign lemniscate", "violet plastic")
def infinity(
    f: Forms, *, width: float = 1.0, height: float = 0.42, thickness: float = 0.13
) -> list[Part]:
    t, path = thickness / 2, []
    for turn in np.linspace(0, 2 * math.pi, 40, endpoint=False):
        x, y = math.cos(turn), math.sin(2 * turn)
        path.append(
            (x * (width / 2 - t), y * (height / 2 - t) + height / 2, math.sin(turn) * t * 1.02)
        )
    return [main("body", f.hose(path, t, steps=2, share=0.4, closed=True, up=(0, 0, 1)))]


@family("spiral", "coil helix", "turquoise plastic")
def spiral(
    f: Forms, *, height: float = 1.0, radius: float = 0.3, thickness: float = 0.1, turns: int = 4
) -> list[Part]:
    t, count = thickness / 2, 16 * turns
    path = [
        (
            radius * math.cos(2 * math.pi * i / 16),
            t + (height - 2 * t) * i / count,
            radius * math.sin(2 * math.pi * i / 16),
        )
        for i in range(count + 1)
    ]
    return [main("body", f.hose(path, t, steps=2, share=0.35))]


@family("spring", "coil_spring metal_spring slinky", "polished steel")
def spring(
    f: Forms, *, height: float = 0.6, radius: float = 0.2, thickness: float = 0.05, turns: int = 7
) -> list[Part]:
    t, count = thickness / 2, 14 * turns
    path = [
        (
            radius * math.cos(2 * math.pi * i / 14),
            t + (height - 2 * t) * i / count,
            radius * math.sin(2 * math.pi * i / 14),
        )
        for i in range(count + 1)
    ]
    ends = [f.ring(radius, t, (0, y, 0), share=0.8) for y in (t, height - t)]
    return [
        main("coil body", f.hose(path, t, steps=1, share=0.3)),
        second("ends", *ends, finish="polished steel"),
    ]


@family("peace sign", "peace peace_symbol", "rainbow")
def peace_sign(
    f: Forms, *, radius: float = 0.5, thickness: float = 0.1, depth: float = 0.1
) -> list[Part]:
    r, t = radius, thickness / 2
    rod = f.rod(t * 0.9, r, (0, -r / 2, 0), share=0.5)
    legs = [rod.rotate((0, 0, turn)) for turn in (0, 45, -45, 180)]
    body = unite([f.ring(r - t, t, axis="z"), *legs]).scale((1, 1, depth / thickness))
    return [main("body", body.translate((0, r, 0)))]


@family("yin yang", "yinyang taijitu", "white plastic")
def yin_yang(
    f: Forms, *, radius: float = 0.5, depth: float = 0.12, thickness: float = 0.04
) -> list[Part]:
    r, d = radius, depth

    def disc(size: float, y: float, deep: float) -> Manifold:
        return f.rod(size, deep, (0, y, 0), "z", share=1)

    half = disc(r * 0.993, r, d) ^ f.box((r * 2, 9, 9), (r, 0, 0))
    dark = (half + (disc(r * 0.49, r * 1.5, d))) - disc(r * 0.49, r * 0.5, 9)
    dark = dark - disc(r * 0.15, r * 1.5, 9) + disc(r * 0.15, r * 0.5, d)
    light = disc(r * 0.985, r, d * 0.999)
    return [
        main("light body", light),
        second("dark", dark.scale((1, 1, 1.02)), finish="black plastic"),
        fixed("rim", f.ring(r, thickness * 0.5, (0, r, 0), "z"), finish="black plastic"),
    ]
