"""Instruments with strings. They stand upright, strings to the front."""

from __future__ import annotations

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

# Outlines in shares of a body's width and height; of symmetric ones the right half.
GUITAR = "0 0, 0.3 0.02, 0.5 0.26, 0.4 0.52, 0.31 0.62, 0.38 0.82, 0.2 0.99, 0 1"
ELECTRIC = (
    "0.02 0, 0.36 0.06, 0.5 0.32, 0.37 0.58, 0.4 0.8, 0.36 0.95, 0.2 0.8, 0.1 0.75, -0.1 0.76, "
    "-0.22 0.88, -0.36 1.06, -0.46 1.05, -0.43 0.8, -0.36 0.58, -0.5 0.3, -0.36 0.03"
)
GUARD = "0.14 0.12, 0.34 0.26, 0.26 0.5, 0.3 0.72, 0.18 0.72, -0.16 0.74, -0.28 0.84, -0.2 0.5, -0.02 0.4"
HEAD = "-0.5 0, 0.5 0, 0.56 0.2, 0.42 0.7, 0.1 1, -0.3 0.98, -0.62 0.8, -0.7 0.3"
VIOLIN = (
    "0 0, 0.28 0.03, 0.48 0.16, 0.48 0.27, 0.44 0.34",
    "0.37 0.36, 0.3 0.48, 0.34 0.61",
    "0.4 0.64, 0.41 0.78, 0.34 0.93, 0.12 0.985, 0 1",
)


def _taut(
    f: Forms, count: int, width: float, low: float, high: float, z: float, thick: float
) -> Manifold:
    """Strings over a width about x = 0, from height low to high, at depth z."""
    xs = np.linspace(-width / 2, width / 2, count) if count > 1 else (0.0,)
    return unite([f.box((thick, high - low, thick), (float(x), (low + high) / 2, z)) for x in xs])


def _pegs(f: Forms, count: int, low: float, high: float, width: float, z: float) -> Manifold:
    """`count` tuning pegs on both sides of a head that reaches from low to high."""
    ys = np.linspace(low, high, max(1, (count + 1) // 2))
    sides = [(1 - 2 * (i % 2), float(ys[i // 2])) for i in range(count)]
    rods = [f.rod(width * 0.06, width * 0.8, (s * width * 0.5, y, z), "x") for s, y in sides]
    knobs = [f.ball(width * 0.15, (s * width * 0.9, y, z), (0.8, 1, 0.5), 0.4) for s, y in sides]
    return unite([*rods, *knobs])


def _frets(f: Forms, width: float, low: float, nut: float, z: float, deep: float) -> Manifold:
    """Twelve frets, closer towards the body as on a tempered scale, and the nut."""
    scale = (nut - low) / (1 - 2 ** (-12.5 / 12))
    ys = [nut - scale * (1 - 2 ** (-i / 12)) for i in range(1, 13)]
    bars = [f.box((width, width * 0.07, deep), (0, y, z)) for y in ys]
    return unite([*bars, f.box((width, width * 0.15, deep * 2), (0, nut, z))])


@family("guitar", "acoustic_guitar ukulele", "caramel wood")
def guitar(
    f: Forms, *, length: float = 1.0, width: float = 0.37, depth: float = 0.1, strings: int = 6
) -> list[Part]:
    body, front, head, nut = length * 0.48, depth / 2, length * 0.84, width * 0.14
    hole = (0, body * 0.66, front)
    rim = f.bevelled(both_sides(smooth(pairs(GUITAR, width, body))), depth * 0.96, width * 0.012)
    low, bridge = body * 0.78, body * 0.28
    neck = f.box((nut, head - low, depth * 0.16), (0, (head + low) / 2, front + depth * 0.08))
    back = f.rod(nut / 2, head - body * 0.95, (0, (head + body * 0.95) / 2, front), "y")
    top = both_sides(pairs("0 0, 0.5 0, 0.75 0.25, 0.7 0.9, 0 1", nut, length - head))
    plate = f.bevelled(top, depth * 0.2, nut * 0.05, at=(0, head, front))
    rest = f.box((width * 0.4, body * 0.05, depth * 0.2), (0, bridge, front + depth * 0.04))
    saddle = f.box((width * 0.34, length * 0.006, depth * 0.26), (0, bridge, front + depth * 0.1))
    z = front + depth * 0.22
    return [
        main("body", rim - f.rod(width * 0.13, depth, hole, "z", share=0.8)),
        second("neck head bridge", neck, back, plate, rest, finish="dark brown wood"),
        fixed(
            "hole rosette",
            f.ring(width * 0.135, width * 0.016, (0, hole[1], front - width * 0.008), "z"),
            finish="black wood",
        ),
        fixed(
            "strings frets pegs",
            _taut(f, strings, nut * 0.74, bridge - 0.004, head + 0.01, z, length * 0.0024),
            _frets(f, nut, low, head, front + depth * 0.17, depth * 0.05),
            saddle,
            _pegs(f, strings, head + (length - head) * 0.3, length * 0.968, nut * 1.45, front),
            finish="steel",
        ),
    ]


@family("electric guitar", "bass_guitar", "red paint")
def electric_guitar(
    f: Forms, *, length: float = 1.0, width: float = 0.33, depth: float = 0.045, strings: int = 6
) -> list[Part]:
    body, front, head, nut = length * 0.42, depth / 2, length * 0.82, width * 0.15
    outline, guard = (smooth(pairs(row, width, body), closed=True) for row in (ELECTRIC, GUARD))
    low, bridge = body * 0.66, body * 0.25
    neck = f.box((nut, head - low, depth * 0.5), (0, (head + low) / 2, front + depth * 0.1))
    top = smooth(pairs(HEAD, nut, length - head), 3)
    plate = f.bevelled(top, depth * 0.36, nut * 0.06, at=(0, head, front))
    pickup = f.soft_box(
        (width * 0.24, body * 0.06, depth * 0.3), (0, 0, front + depth * 0.06), depth * 0.1
    )
    knob = f.rod(width * 0.04, depth * 0.5, (width * 0.24, 0, front), "z", share=0.5)
    held = [pickup.translate((0, body * y, 0)) for y in (0.38, 0.56)]
    held += [knob.translate((width * x, body * y, 0)) for x, y in ((-0.04, 0.2), (0.04, 0.3))]
    return [
        main("body", f.bevelled(outline, depth, depth * 0.25)),
        fixed(
            "guard pickguard",
            f.bevelled(guard, depth * 0.1, depth * 0.04, at=(0, 0, front + depth * 0.03)),
            finish="white plastic",
        ),
        second("neck head", neck, plate, finish="caramel wood"),
        fixed("pickups knobs", *held, finish="black plastic"),
        fixed(
            "strings frets pegs bridge",
            _taut(
                f, strings, nut * 0.76, bridge, head + 0.01, front + depth * 0.42, length * 0.0026
            ),
            _frets(f, nut, low, head, front + depth * 0.36, depth * 0.06),
            f.box((width * 0.24, body * 0.07, depth * 0.5), (0, bridge, front + depth * 0.22)),
            _pegs(f, strings, head + 0.04, length - 0.03, nut * 1.4, front),
            finish="steel",
        ),
    ]


@family("violin", "fiddle viola cello double_bass", "sienna wood")
def violin(
    f: Forms, *, length: float = 0.6, width: float = 0.205, depth: float = 0.042, strings: int = 4
) -> list[Part]:
    body, front, head = length * 0.6, depth / 2, length * 0.9
    neck = f.rod(width * 0.062, head - body * 0.95, (0, (head + body * 0.95) / 2, front * 1.3), "y")
    curl = [
        (0, length * y, front * z)
        for y, z in pairs("0.88 1.2, 0.97 0.6, 1 1.3, 0.985 1.9, 0.97 1.5")
    ]
    scroll = f.hose(curl, width * 0.05, width * 0.045, up=(1, 0, 0))
    board = f.box(
        (width * 0.13, head - body * 0.66, depth * 0.2), (0, (head + body * 0.66) / 2, front * 1.75)
    )
    tail = both_sides(pairs("0 0, 0.07 0.02, 0.11 0.95, 0 1", width, body * 0.26))
    rest = f.ball(width * 0.2, (-width * 0.24, body * 0.09, front * 1.4), (1, 0.7, 0.3), 0.6)
    foot = both_sides(pairs("0.03 0, 0.14 0, 0.13 0.4, 0.09 0.85, 0 1", width, front * 1.0))
    bridge = f.plate(foot, body * 0.016).rotate((90, 0, 0)).translate((0, body * 0.42, front * 1.2))
    return [
        main("body", _violin_body(f, width, body, depth), neck, scroll),
        second(
            "fingerboard tailpiece pegs chinrest",
            board,
            f.bevelled(tail, depth * 0.2, width * 0.01, at=(0, body * 0.03, front * 1.7)),
            _pegs(f, strings, head + 0.004, head + 0.026, width * 0.26, front * 1.2),
            rest,
            finish="black wood",
        ),
        fixed("holes", _violin_holes(f, width, body, front), finish="black wood"),
        fixed("bridge", bridge, finish="tan wood"),
        fixed(
            "strings",
            _taut(f, strings, width * 0.09, body * 0.25, head + 0.004, front * 2.1, width * 0.009),
            finish="silver",
        ),
    ]


def _violin_body(f: Forms, width: float, body: float, depth: float) -> Manifold:
    """Ribs with corners at the waist, between plates that bulge and stand over a little."""
    half = [point for row in VIOLIN for point in smooth(pairs(row, width, body))]
    ribs = f.bevelled(both_sides(half), depth, width * 0.01)
    plates = f.bevelled(both_sides(half), depth * 1.36, width * 0.16, depth * 0.2)
    return ribs + plates.scale((1.03, 1.015, 1))


def _violin_holes(f: Forms, width: float, body: float, front: float) -> Manifold:
    """The two f-shaped holes, as dark inlays in the arched front."""
    line = [
        (x * width, y * body, 0.0) for x, y in pairs("0.125 0.52, 0.15 0.47, 0.2 0.38, 0.235 0.33")
    ]
    slit = f.hose(line, width * 0.014, share=0.2, up=(0, 0, 1))
    ends = [
        f.rod(width * 0.024, width * 0.028, (width * x, body * y, 0), "z")
        for x, y in ((0.115, 0.51), (0.245, 0.34))
    ]
    one = unite([slit, *ends]).scale((1, 1, 3)).translate((0, 0, front * 1.12))
    return one + one.mirror((1, 0, 0))


@family("harp", "lyre", "gold")
def harp(
    f: Forms,
    *,
    height: float = 1.75,
    width: float = 0.85,
    thickness: float = 0.09,
    strings: int = 20,
) -> list[Part]:
    h, w, t = height, width, thickness
    turned = pairs("0.7 0.06, 0.5 0.1, 0.42 0.5, 0.5 0.9, 0.75 0.94, 0.6 0.98, 0 1", t, h)
    bend = triples("-0.42 0.92 0, -0.2 0.97 0, 0.08 0.84 0, 0.32 0.82 0, 0.47 0.9 0")
    neck = f.hose([(x * w, y * h, 0) for x, y, _ in bend], t * 0.48)
    lean = triples("0.47 0.88 0, 0.2 0.5 0, -0.25 0.07 0")
    box = f.hose(
        [(x * w, y * h, 0) for x, y, _ in lean], [t * 0.5, t * 0.85, t * 1.3], steps=3, up=(0, 0, 1)
    )
    lines = []
    for i in range(strings):
        s = (i + 1) / (strings + 1)
        low, high = h * (0.02 + 0.8 * s), h * (0.97 - 0.1 * s)
        lines.append(f.box((0.006, high - low, 0.006), (w * (0.8 * s - 0.38), (low + high) / 2, 0)))
    return [
        main(
            "frame column neck",
            f.turned(turned, (-w * 0.42, 0, 0)),
            neck,
            f.soft_box((w * 0.46, h * 0.07, t * 3.4), (-w * 0.28, h * 0.035, 0), 0.03),
        ),
        second("soundbox", box, finish="caramel wood"),
        fixed("strings", unite(lines), finish="silver"),
    ]
