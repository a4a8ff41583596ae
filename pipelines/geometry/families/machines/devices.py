"""Things with a battery or a plug."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _sheet(f: Forms, w: float, h: float, corner: float, deep: float, edge: float) -> Manifold:
    """An upright slab about the origin, w wide and h high, with round corners and bevelled edges."""
    outline = []
    for quarter, (s, t) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for turn in np.linspace(quarter, quarter + 1, 6) * math.pi / 2:
            x, y = s * (w / 2 - corner), t * (h / 2 - corner)
            outline.append((x + corner * math.cos(turn), y + corner * math.sin(turn)))
    return f.bevelled(outline, deep, edge)


@family("phone", "smartphone mobile_phone cell_phone iphone", "black plastic")
def phone(
    f: Forms, *, height: float = 0.15, width: float = 0.072, depth: float = 0.008
) -> list[Part]:
    w, h, d = width, height, depth
    body = _sheet(f, w, h, w * 0.14, d, d * 0.3).translate((0, h / 2, 0))
    screen = _sheet(f, w * 0.93, h - w * 0.07, w * 0.12, d * 0.1, d * 0.03).translate(
        (0, h / 2, d / 2)
    )
    spots = ((0.3, 0), (0.3, 0.2), (0.13, 0.1))
    eyes = [
        f.rod(w * 0.06, d * 0.5, (w * x, h * 0.9 - w * y, -d * 0.62), "z", share=0.6)
        for x, y in spots
    ]
    bump = f.soft_box(
        (w * 0.42, w * 0.44, d * 0.4), (w * 0.24, h * 0.9 - w * 0.1, -d * 0.5), d * 0.15
    )
    places = ((1, 0.72, 0.09), (-1, 0.76, 0.06), (-1, 0.66, 0.06))
    sides = [
        f.soft_box((d * 0.3, h * b, d * 0.35), (s * w / 2, h * y, 0), d * 0.1) for s, y, b in places
    ]
    ear = f.soft_box((w * 0.2, w * 0.05, d * 0.3), (0, h * 0.955, d * 0.45), d * 0.1)
    return [
        main("body case", body, bump, *sides),
        second("screen display", screen, finish="shiny navy glass"),
        fixed("lenses camera", *eyes, ear, finish="shiny charcoal glass"),
    ]


def _keys(f: Forms, columns: int, rows: int, step: float, t: float) -> Manifold:
    """Keys on y = 0 about the origin, `step` apart and t high."""
    key, places = f.soft_box((step * 0.84, t, step * 0.84), (0, t / 2, 0), t * 0.25), []
    for i in range(columns):
        places += [
            ((i - (columns - 1) / 2) * step, 0, (j - (rows - 1) / 2) * step) for j in range(rows)
        ]
    return unite([key.translate(at) for at in places])


@family("laptop", "notebook_computer macbook chromebook", "silver plastic")
def laptop(
    f: Forms,
    *,
    width: float = 0.33,
    depth: float = 0.23,
    thickness: float = 0.016,
    open: float = 0.75,
) -> list[Part]:
    w, d, t = width, depth, thickness
    base = f.soft_box((w, t, d), (0, t / 2, 0), t * 0.35)
    step = w * 0.88 / 13
    keys = _keys(f, 13, 4, step, t * 0.4).translate((0, t * 0.8, -d * 0.36 + 1.5 * step))
    bar = f.soft_box((step * 5.8, t * 0.4, step * 0.84), (0, t, -d * 0.36 + 4 * step), t * 0.1)
    pad = f.soft_box((w * 0.3, t * 0.3, d * 0.24), (0, t * 0.95, d * 0.33), t * 0.1)
    lid = f.soft_box((w, t * 0.6, d), (0, 0, d / 2), t * 0.25)
    screen = f.box((w * 0.93, t * 0.1, d * 0.88), (0, -t * 0.32, d * 0.51))
    eye = f.rod(t * 0.12, t * 0.2, (0, -t * 0.3, d * 0.97), "y", share=0.3)
    turn = -140.0 * min(max(open, 0.0), 1.0)
    up = [
        part.rotate((turn, 0, 0)).translate((0, t * 1.36, -d / 2 + t * 0.3))
        for part in (lid, screen, eye)
    ]
    hinge = mirrored(
        f.rod(t * 0.42, w * 0.16, (w * 0.3, t * 1.1, -d / 2 + t * 0.3), "x", share=0.4)
    )
    return [
        main("body lid", base, up[0]),
        second("screen display", up[1], finish="shiny sky blue glass"),
        fixed("keys keyboard hinges", keys, bar, hinge, up[2], finish="charcoal plastic"),
        fixed("touchpad", pad, finish="grey plastic"),
    ]


@family("computer", "pc desktop_computer computer_screen", "charcoal plastic")
def computer(
    f: Forms,
    *,
    width: float = 0.55,
    height: float = 0.45,
    depth: float = 0.42,
    thickness: float = 0.03,
) -> list[Part]:
    w, h, t, d, back = width, height, thickness, depth, -depth * 0.28
    panel = f.soft_box((w, h * 0.72, t), (0, h * 0.64, back), t * 0.3)
    stem = pairs("-.1 0, .1 0, .07 1, -.07 1", w, h * 0.5)
    neck = f.bevelled(stem, t * 0.7, t * 0.1, at=(0, t * 0.3, back - t * 0.7))
    foot = f.soft_box((w * 0.42, t * 0.5, d * 0.4), (0, t * 0.25, back), t * 0.2)
    board = f.soft_box((w * 0.8, t * 0.6, d * 0.34), (-w * 0.08, t * 0.3, d * 0.3), t * 0.2)
    x, z = w * 0.43, d * 0.3
    mouse = f.ball(1, (x, t * 0.2, z), (w * 0.055, t * 0.85, d * 0.12), 0.7) ^ f.slab(
        (1, 1, 1), (x, t * 0.02, z)
    )
    ends = ((x, d * 0.16), (-w * 0.2, d * 0.16))
    wires = [
        f.hose([(a, t * 0.2, b), (a * 0.9, t * 0.14, 0), (a * 0.3, t * 0.2, back)], t * 0.1)
        for a, b in ends
    ]
    link = f.soft_box((w * 0.12, t * 0.3, t), (w * 0.36, t * 0.15, z), t * 0.1)
    screen = f.box((w * 0.94, h * 0.64, t * 0.1), (0, h * 0.65, back + t * 0.5))
    step, wheel = w * 0.74 / 12, f.rod(t * 0.2, t * 0.3, (x, t * 0.95, d * 0.23), "x", share=0.4)
    keys = _keys(f, 12, 4, step, t * 0.4).translate((-w * 0.08, t * 0.44, z))
    return [
        main("body frame stand", panel, neck, foot, *wires),
        second("screen display", screen, finish="shiny sky blue glass"),
        fixed("keyboard mouse", board, mouse, link, finish="charcoal plastic"),
        fixed("keys", keys, wheel, finish="white plastic"),
    ]


LENS = "0 0, 1 0, 1 .3, .94 .34, .94 .8, .98 .84, .98 1.1, .8 1.1, .66 .86, 0 .86"


@family("camera", "photo_camera dslr digital_camera film_camera", "black plastic")
def camera(
    f: Forms,
    *,
    width: float = 0.14,
    height: float = 0.09,
    depth: float = 0.05,
    radius: float = 0.035,
) -> list[Part]:
    w, h, d, r = width, height, depth, radius
    at, z = h * 0.4, d / 2
    body = f.soft_box((w, h * 0.82, d), (0, h * 0.41, 0), d * 0.16)
    hump = f.bevelled(pairs("-.18 .75, .18 .75, .12 1, -.12 1", w, h), d * 0.8, d * 0.1)
    grip = f.soft_box((w * 0.18, h * 0.74, d * 0.5), (-w * 0.41, h * 0.38, d * 0.36), d * 0.18)
    tube = f.turned(pairs(LENS, r, d)).rotate((90, 0, 0)).translate((0, at, z - d * 0.05))
    rings = [
        f.ring(r * 0.96, r * 0.05, (0, at, z + d * y), "z", 0.8) for y in (0.42, 0.5, 0.58, 0.66)
    ]
    glass = f.ball(1, (0, at, z + d * 0.76), (r * 0.68, r * 0.68, d * 0.14), 0.8)
    dials = [
        f.post(w * s, h * 0.1, (w * x, h * 0.8, 0), share=0.7)
        for x, s in ((0.36, 0.08), (-0.3, 0.06))
    ]
    band = f.soft_box((w * 1.005, h * 0.14, d * 1.01), (0, h * 0.74, 0), d * 0.06)
    finder = f.soft_box((w * 0.1, h * 0.06, d * 0.2), (w * 0.3, h * 0.72, d * 0.45), d * 0.05)
    screen = f.soft_box((w * 0.5, h * 0.5, d * 0.1), (0, at, -z), d * 0.04)
    button = f.post(w * 0.04, h * 0.07, (-w * 0.42, h * 0.72, d * 0.42), share=0.5)
    return [
        main("body", body, hump, grip),
        main("lens", tube, *rings, finish="black plastic"),
        second("trim band dials", band, *dials, finish="silver"),
        fixed("glass", glass, finder, finish="shiny indigo glass"),
        fixed("button", button, finish="red plastic"),
        fixed("screen", screen, finish="shiny charcoal glass"),
    ]


@family("headphones", "headset headphone", "charcoal plastic")
def headphones(
    f: Forms,
    *,
    height: float = 0.19,
    width: float = 0.17,
    radius: float = 0.04,
    thickness: float = 0.014,
) -> list[Part]:
    w, r, t, h = width / 2, radius, thickness, height
    arc = [
        (x * w, y * h, 0.0)
        for x, y in pairs(
            ".98 .24, 1.02 .5, .84 .82, .46 .96, 0 1, -.46 .96, -.84 .82, -1.02 .5, -.98 .24"
        )
    ]
    band = f.ribbon(arc, t * 2.2, t * 0.5, up=(1, 0, 0))
    pad = f.ribbon(
        [(x * 0.93, y * 0.955, z) for x, y, z in arc[2:7]], t * 2.4, t * 0.8, up=(1, 0, 0)
    )
    cup = (
        f.turned(pairs("0 -.6, .7 -.6, .96 -.3, 1 .2, .9 .5, 0 .62", r, r * 0.7))
        .rotate((0, 0, -90))
        .translate((w * 0.98, r * 1.1, 0))
    )
    soft = f.ring(r * 0.68, r * 0.3, (w * 0.98 - r * 0.5, r * 1.1, 0), "x")
    bow = [
        (w * x, r * y, r * z)
        for x, y, z in triples(".98 1.1 1.05, 1 2 .7, 1 2.4 0, 1 2 -.7, .98 1.1 -1.05")
    ]
    fork = f.hose(bow, t * 0.25)
    disc = f.rod(r * 0.5, r * 0.1, (w * 0.98 + r * 0.42, r * 1.1, 0), "x", share=0.7)
    return [
        main("band headband", band, mirrored(fork)),
        main("cups", mirrored(cup), finish="charcoal plastic"),
        second("pads cushions", mirrored(soft), pad, finish="dark grey leather"),
        fixed("discs", mirrored(disc), finish="silver"),
    ]


@family("game controller", "gamepad controller joypad game_pad", "white plastic")
def game_controller(
    f: Forms, *, width: float = 0.155, depth: float = 0.1, height: float = 0.05
) -> list[Part]:
    w, d, h = width, depth, height
    half = smooth(
        pairs("0 .36, .26 .42, .4 .3, .46 0, .48 -.44, .38 -.58, .26 -.46, .14 -.2, 0 -.2", w, d), 3
    )
    body = (
        f.bevelled(both_sides(half), h * 0.6, d * 0.06, h * 0.2)
        .rotate((90, 0, 0))
        .translate((0, h * 0.45, 0))
    )
    top = h * 0.7
    stick = f.post(w * 0.035, h * 0.26, (0, 0, 0), share=0.5) + f.rod(
        w * 0.06, h * 0.12, (0, h * 0.26, 0), share=0.7
    )
    sticks = [stick.translate((x * w, top, z * d)) for x, z in ((-0.16, 0.1), (0.16, 0.1))]
    cross = f.soft_box(
        (w * 0.14, h * 0.16, w * 0.045), (-w * 0.3, top, -d * 0.12), h * 0.03
    ) + f.soft_box((w * 0.045, h * 0.16, w * 0.14), (-w * 0.3, top, -d * 0.12), h * 0.03)
    round_ = [
        f.post(w * 0.032, h * 0.1, (w * (0.3 + x), top - h * 0.02, d * (z - 0.12)), share=0.6)
        for x, z in ((0.055, 0), (-0.055, 0), (0, 0.085), (0, -0.085))
    ]
    back = [
        f.soft_box((w * 0.2, h * 0.36, d * 0.16), (s * w * 0.3, h * 0.5, -d * 0.38), h * 0.1)
        for s in (1, -1)
    ]
    names = ("red", "blue", "green", "golden yellow")
    return [
        main("body", body),
        second("sticks cross triggers", *sticks, cross, *back, finish="black plastic"),
        *[
            fixed(f"button{i}", part, finish=f"{colour} plastic")
            for i, (part, colour) in enumerate(zip(round_, names, strict=True))
        ],
    ]


@family("light bulb", "lightbulb bulb edison_bulb", "shiny golden yellow glass")
def light_bulb(f: Forms, *, height: float = 0.11, radius: float = 0.03) -> list[Part]:
    r, h = radius, height
    glass = f.turned(pairs(".4 .26, .44 .34, .62 .46, .95 .62, 1 .74, .8 .9, .4 .98, 0 1", r, h))
    thread = [f.ring(r * 0.42, r * 0.07, (0, h * y, 0), share=0.7) for y in (0.1, 0.15, 0.2)]
    return [
        main("glass body", glass),
        second(
            "socket base thread",
            f.turned(pairs(".3 .06, .42 .08, .44 .28, .36 .3", r, h)),
            *thread,
            finish="steel",
        ),
        fixed("contact", f.turned(pairs(".14 0, .3 .06, .32 .075", r, h)), finish="black rubber"),
    ]
