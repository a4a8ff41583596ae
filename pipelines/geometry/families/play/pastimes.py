"""Things for a free afternoon, on the green, on the ice, at the lake or in the bath."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, mirrored
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("golf club", "golf_putter golf_iron golf_driver", "polished steel")
def golf_club(
    f: Forms, *, length: float = 1.1, width: float = 0.11, thickness: float = 0.05
) -> list[Part]:
    w, t, h = width, thickness, length
    outline = smooth(
        pairs("-.12 0, .6 -.02, .95 .12, .98 .4, .7 .5, .1 .42, -.1 .3", w, w), closed=True
    )
    head = f.bevelled(outline, t, t * 0.16, t * 0.3)
    lines = [
        f.box((w * 0.6, w * 0.014, t * 0.1), (w * 0.5, w * y, t * 0.5))
        for y in (0.1, 0.17, 0.24, 0.31)
    ]
    top = (-w * 0.7, h, 0.0)
    low, grip = (0.0, w * 0.12, 0.0), (-w * 0.7 * 0.76, h * 0.76, 0.0)
    return [
        main("head", head, f.bone(low, (-w * 0.06, w * 0.6, 0), t * 0.26, t * 0.18)),
        fixed("grooves", *lines, finish="charcoal steel"),
        second("shaft", f.bone(low, top, 0.0055), finish="silver"),
        fixed("grip handle", f.bone(grip, top, 0.011, 0.014), finish="black rubber"),
    ]


@family("hockey stick", "ice_hockey_stick hockey_puck", "caramel wood")
def hockey_stick(
    f: Forms, *, length: float = 1.4, width: float = 0.34, thickness: float = 0.024
) -> list[Part]:
    h, w, t = length, width, thickness
    blade = f.bevelled(
        smooth(
            pairs("-.06 .02, .4 0, .95 .03, 1 .12, .95 .22, .4 .2, .12 .24, -.04 .3", w, w),
            3,
            closed=True,
        ),
        t * 0.7,
        t * 0.16,
    )
    curved = blade.refine_to_length(w * 0.12).warp(
        lambda v: (v[0], v[1], v[2] + 0.16 * max(v[0], 0) ** 2 / w)
    )
    shaft = (
        f.soft_box((t * 1.3, h, t), (0, h / 2, 0), t * 0.2)
        .translate((0, w * 0.12, 0))
        .rotate((0, 0, 14))
    )
    tape = (
        f.soft_box((t * 1.4, h * 0.16, t * 1.12), (0, h * 0.92, 0), t * 0.2)
        .translate((0, w * 0.12, 0))
        .rotate((0, 0, 14))
    )
    wraps = [
        f.box((w * 0.05, w, t * 2), (w * x, w * 0.1, t * 0.4)) ^ curved.scale((1, 1.02, 1.06))
        for x in (0.5, 0.6, 0.7, 0.8)
    ]
    puck = f.rod(w * 0.11, w * 0.075, (w * 1.05, w * 0.038, w * 0.15), share=0.8)
    return [
        main("shaft blade stick", shaft, curved),
        second("tape grip", tape, *wraps, finish="black fabric"),
        fixed("puck", puck, finish="black rubber"),
    ]


@family("fishing rod", "fishing_pole angling_rod", "brown wood")
def fishing_rod(
    f: Forms, *, length: float = 2.1, width: float = 0.5, thickness: float = 0.034
) -> list[Part]:
    h, w, t = length, width, thickness
    bend = [(0.0, h * 0.2, 0.0), (0, h * 0.5, 0), (w * 0.1, h * 0.8, 0), (w * 0.45, h, 0)]
    pole = f.hose(bend, [t * 0.5, t * 0.42, t * 0.3, t * 0.12], up=(0, 0, 1))
    grip = f.turned(pairs(".6 0, .8 .01, .72 .1, .55 .2, .7 .24, .5 .28", t, h))
    rings = [
        f.ring(t * 0.45, t * 0.1, (x * w + t * 0.6, y * h, 0), "y", 0.5)
        for x, y in ((0, 0.4), (0.02, 0.6), (0.085, 0.78))
    ]
    reel = f.rod(t * 2.0, t * 2.2, (t * 2.6, h * 0.22, 0), "z", share=0.8) + f.box(
        (t * 2, t * 0.8, t * 0.8), (t * 1.2, h * 0.22, 0)
    )
    crank = f.bone((t * 2.6, h * 0.22, t), (t * 2.6, h * 0.22, t * 2.2), t * 0.25) + f.bone(
        (t * 2.6, h * 0.22, t * 2.2), (t * 4.4, h * 0.24, t * 2.2), t * 0.25
    )
    drop = f.bone((w * 0.45, h * 0.995, 0), (w * 0.5, h * 0.42, 0), t * 0.1)
    hook = f.hose(
        [
            (w * 0.5, h * 0.43, 0),
            (w * 0.5, h * 0.37, 0),
            (w * 0.54, h * 0.35, 0),
            (w * 0.57, h * 0.38, 0),
        ],
        t * 0.14,
        t * 0.05,
    )
    return [
        main("pole rod", pole),
        second("grip handle", grip, finish="tan wood"),
        fixed("reel rings hook", reel, crank, *rings, hook, finish="steel"),
        fixed("line string", drop, finish="white plastic"),
        fixed(
            "float bobber",
            f.ball(t * 0.9, (w * 0.495, h * 0.5, 0), (1, 1.3, 1), 0.5),
            finish="red plastic",
        ),
    ]


@family("puzzle piece", "jigsaw_piece jigsaw puzzle jigsaw_puzzle", "blue plastic")
def puzzle_piece(
    f: Forms, *, width: float = 0.7, height: float = 0.7, depth: float = 0.16
) -> list[Part]:
    w, h, r = width / 2, height / 2, width * 0.15
    neck = r * 0.5

    def knob(x: float, y: float) -> Manifold:
        """A round tab about (x, y)."""
        return f.rod(r, depth * 3, (x, y, 0), "z", share=1)

    body = f.bevelled([(-w, -h), (w, -h), (w, h), (-w, h)], depth, depth * 0.1)
    disc = f.bevelled(f.circle(r), depth, depth * 0.1)
    tabs = [disc.translate((w + neck, 0, 0)), disc.translate((0, h + neck, 0))]
    cut = knob(-w + neck, 0) + knob(0, -h + neck)
    return [main("body", ((body + tabs[0] + tabs[1]) - cut).translate((0, h, 0)))]


@family("rubber duck", "bath_duck", "yellow plastic")
def rubber_duck(
    f: Forms, *, height: float = 0.09, length: float = 0.1, width: float = 0.075
) -> list[Part]:
    soft = Blob(0.16)
    soft.bone((0, 0.36, -0.16), (0, 0.34, 0.16), 0.34, 0.36)
    soft.bone((0, 0.5, -0.42), (0, 0.66, -0.62), 0.16, 0.04)
    soft.ball((0, 0.92, 0.24), 0.3)
    body = soft.solid(f.detail) ^ f.slab((9, 9, 9), (0, 0.04, 0))
    wing = mirrored(f.ball(1, (0.34, 0.42, -0.12), (0.1, 0.17, 0.26), 0.6).rotate((0, 0, 0)))
    beak = f.ball(1, (0, 0.86, 0.54), (0.15, 0.05, 0.15), 0.6) + f.ball(
        1, (0, 0.93, 0.54), (0.13, 0.05, 0.12), 0.6
    )
    eyes = mirrored(f.ball(0.055, (0.14, 1.02, 0.475), share=0.4))
    sides = (width / 0.8, height / 1.2, length / 1.2)
    whole = [part.scale(sides) for part in (body + wing, beak, eyes)]
    return [
        main("body wings", whole[0]),
        second("beak bill", whole[1], finish="orange plastic"),
        fixed("eyes", whole[2], finish="black plastic"),
    ]


@family("toothbrush", "tooth_brush", "sky blue plastic")
def toothbrush(
    f: Forms, *, length: float = 0.19, width: float = 0.013, thickness: float = 0.007
) -> list[Part]:
    h, w, t = length, width, thickness
    line = [(0.0, y * h, z * t) for y, z in pairs("0 0, .2 .4, .45 .2, .68 -.5, .8 0, .99 0")]
    handle = f.hose(
        line, [t * 0.6, t * 0.8, t * 0.7, t * 0.4, t * 0.55, t * 0.5], squash=1.5, up=(0, 0, 1)
    )
    colours = ("white", "blue", "white")
    rows = []
    for k, colour in enumerate(colours):
        tufts = [
            f.rod(
                w * 0.11,
                t * 2,
                (w * 0.26 * (i - 1), h * (0.82 + 0.05 * k + 0.025 * j), t * 1.2),
                "z",
                share=0.3,
            )
            for i in range(3)
            for j in range(2)
        ]
        rows.append((f"bristles{k}", tufts, colour))
    return [
        main("handle", handle),
        second(
            "grip",
            f.ball(1, (0, h * 0.24, t * 0.95), (w * 0.34, h * 0.1, t * 0.55), 0.6),
            finish="white rubber",
        ),
        *[fixed(name, *tufts, finish=f"{colour} plastic") for name, tufts, colour in rows],
    ]


@family("lipstick", "lip_stick lip_balm", "red plastic")
def lipstick(
    f: Forms, *, height: float = 0.08, radius: float = 0.0095, open: float = 1.0
) -> list[Part]:
    h, r, share = height, radius, max(0.25, min(open, 1.0))
    slant = (
        f.box((9, h, 9), (0, h * 0.5, 0))
        .rotate((40, 0, 0))
        .translate((0, h * (0.5 + 0.38 * share), -r * 0.2))
    )
    stick = (
        f.turned(
            [
                (r * 0.68, h * 0.4),
                (r * 0.68, h * (0.44 + 0.48 * share)),
                (r * 0.4, h * (0.48 + 0.5 * share)),
            ]
        )
        - slant
    )
    return [
        main("stick wax", stick),
        second("case base", f.turned(pairs("1 0, 1 .44, .96 .45", r, h)), finish="black plastic"),
        fixed(
            "sleeve ring",
            f.turned(pairs(".8 .42, .8 .56, .76 .57", r, h)),
            f.ring(r * 0.98, r * 0.08, (0, h * 0.42, 0)),
            finish="gold",
        ),
    ]


@family("playing card", "ace_of_hearts poker_card ace_card", "white paint")
def playing_card(
    f: Forms, *, height: float = 0.9, width: float = 0.64, thickness: float = 0.024
) -> list[Part]:
    w, h, t, r = width / 2, height / 2, thickness, width * 0.07
    outline = []
    for s, u, start in ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270)):
        for k in range(6):
            a = math.radians(start + 18 * k)
            outline.append((s * (w - r) + r * math.cos(a), u * (h - r) + r * math.sin(a)))
    heart = smooth(
        pairs("0 -.6, .62 .1, .6 .55, .3 .7, 0 .42, -.3 .7, -.6 .55, -.62 .1", w * 0.62, w * 0.62),
        closed=True,
    )
    small = [(x * 0.24, y * 0.24) for x, y in heart]
    marks = [f.plate(heart, t * 1.3)]
    marks += [
        f.plate([(s * x, s * y) for x, y in small], t * 1.3, (-s * w * 0.74, s * h * 0.58, 0))
        for s in (1, -1)
    ]
    letter = [
        f.bone((x1 * w, y1 * h, 0), (x2 * w, y2 * h, 0), t * 0.7)
        for x1, y1, x2, y2 in (
            (-0.84, 0.72, -0.74, 0.9),
            (-0.74, 0.9, -0.64, 0.72),
            (-0.8, 0.79, -0.68, 0.79),
        )
    ]
    signs = [part for one in letter for part in (one, one.rotate((0, 0, 180)))]
    up = (0, h, 0)
    return [
        main("card body", f.plate(outline, t).translate(up)),
        second(
            "heart marks",
            *[m.translate(up) for m in marks],
            *[s.translate(up) for s in signs],
            finish="red paint",
        ),
    ]
