"""Instruments of a band: reeds, bellows and bars."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs, triples
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

SAX = ".26 .93 0, .1 .99 0, -.08 .96 0, -.14 .84 0, -.1 .5 0, -.04 .2 0, .06 .05 0, .2 .05 0, .28 .2 0, .33 .42 0"


@family("saxophone", "sax alto_saxophone tenor_saxophone", "polished brass")
def saxophone(
    f: Forms, *, height: float = 0.68, width: float = 0.6, radius: float = 0.07, keys: int = 9
) -> list[Part]:
    h, w, r = height, width, radius
    line = [(x * w, y * h, z) for x, y, z in triples(SAX)]
    tube = f.hose(
        line,
        [r * k for k in (0.12, 0.14, 0.16, 0.2, 0.32, 0.44, 0.52, 0.56, 0.66, 0.74)],
        up=(0, 0, 1),
        share=0.4,
    )
    flare = f.turned(pairs(".7 0, .82 .5, 1.1 .9, 1.12 .94, 1.06 .94, .7 .4, 0 .3", r, r * 1.4))
    bell = flare.rotate((0, 0, -13)).translate((0.33 * w, 0.42 * h, 0))
    pads, posts = [], []
    for i in range(keys):
        share = (i + 0.5) / keys
        y, x, reach = (
            h * (0.78 - 0.56 * share),
            w * (-0.135 + 0.09 * share),
            r * (0.22 + 0.2 * share),
        )
        pads.append(
            f.rod(r * (0.2 + 0.1 * share), r * 0.1, (x, y, reach + r * 0.22), "z", share=0.6)
        )
        posts.append(f.rod(r * 0.06, reach + r * 0.2, (x, y, (reach + r * 0.2) / 2), "z"))
    rail = f.bone((w * -0.1, h * 0.82, r * 0.36), (w * -0.02, h * 0.2, r * 0.6), r * 0.05)
    mouth = f.bone((0.2 * w, 0.96 * h, 0), (0.33 * w, 0.9 * h, 0), r * 0.17, r * 0.1)
    return [
        main("body bell tube", tube, bell),
        second("keys pads", *pads, *posts, rail, finish="silver"),
        fixed("mouthpiece", mouth, finish="black plastic"),
    ]


@family("accordion", "concertina squeezebox", "red plastic")
def accordion(
    f: Forms, *, width: float = 0.46, height: float = 0.34, depth: float = 0.2, folds: int = 9
) -> list[Part]:
    w, h, d = width / 2, height, depth
    end = f.soft_box((w * 0.56, h, d), (w * 0.72, h / 2, 0), h * 0.05)
    step = w * 0.92 / folds
    pleats = [
        f.box((step * 0.55, h * 0.94, d * 0.94), ((i - (folds - 1) / 2) * step, h / 2, 0))
        for i in range(folds)
    ]
    inner = f.box((w * 0.96, h * 0.84, d * 0.84), (0, h / 2, 0))
    trims = mirrored(f.soft_box((w * 0.05, h * 1.03, d * 1.04), (w * 0.45, h / 2, 0), h * 0.01))
    board = f.soft_box((w * 0.3, h * 0.94, d * 0.12), (w * 0.86, h / 2, d * 0.52), h * 0.01)
    white = [
        f.soft_box(
            (w * 0.26, h * 0.055, d * 0.1), (w * 0.87, h * (0.08 + 0.065 * i), d * 0.6), h * 0.006
        )
        for i in range(14)
    ]
    black = [
        f.box((w * 0.13, h * 0.03, d * 0.12), (w * 0.79, h * (0.112 + 0.065 * i), d * 0.62))
        for i in range(13)
        if i % 7 not in (2, 6)
    ]
    spots = [
        (-w * (0.58 + 0.07 * i), h * (0.14 + 0.08 * j), d * 0.5)
        for i in range(5)
        for j in range(10)
    ]
    dots = [f.rod(h * 0.016, d * 0.1, at, "z", share=0.4) for at in spots]
    return [
        main("ends body", mirrored(end)),
        second("bellows folds", unite([inner, *pleats]), finish="charcoal leather"),
        fixed("trims", trims, board, finish="gold"),
        fixed("keys buttons", *white, *dots, finish="white plastic"),
        fixed("sharps", *black, finish="black plastic"),
    ]


@family("xylophone", "glockenspiel marimba vibraphone", "caramel wood")
def xylophone(
    f: Forms, *, width: float = 0.5, depth: float = 0.26, height: float = 0.07, bars: int = 8
) -> list[Part]:
    w, d, h, step = width, depth, height, width / bars
    colours = ("red", "orange", "yellow", "green", "turquoise", "blue", "violet", "pink")
    plates: dict[str, list] = {}
    for i in range(bars):
        long, x = d * (1 - 0.45 * i / max(bars - 1, 1)), (i - (bars - 1) / 2) * step
        plate = f.soft_box((step * 0.82, h * 0.24, long), (x, h * 0.82, 0), h * 0.06)
        pins = [
            f.post(step * 0.1, h * 0.2, (x, h * 0.8, s * long * 0.34), share=0.4) for s in (1, -1)
        ]
        plates.setdefault(colours[i % 8], []).append((plate, pins))
    rail = f.bone((-w / 2, h * 0.4, d * 0.34), (w / 2, h * 0.4, d * 0.19), h * 0.36)
    feet = [
        f.box((step * 0.6, h * 0.5, d * k), (x, h * 0.25, 0))
        for x, k in ((-w * 0.46, 0.7), (w * 0.46, 0.44))
    ]
    stick = f.bone((-w * 0.28, h * 1.04, d * 0.3), (w * 0.16, h * 1.12, -d * 0.06), h * 0.07)
    knob = f.ball(h * 0.24, (w * 0.16, h * 1.14, -d * 0.06), share=0.6)
    rows = [(colour, [p for p, _ in found]) for colour, found in plates.items()]
    pins = [pin for found in plates.values() for _, both in found for pin in both]
    return [
        main("frame body", rail, rail.mirror((0, 0, 1)), *feet),
        *[fixed(f"{colour} bars", *found, finish=f"{colour} paint") for colour, found in rows],
        second("mallet stick", stick, knob, finish="brown wood"),
        fixed("pins", *pins, finish="silver"),
    ]
