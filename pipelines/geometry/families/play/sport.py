"""What one plays and trains with."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, mirrored, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GOLDEN = (1 + math.sqrt(5)) / 2


@family("football", "soccer_ball soccerball", "white plastic")
def football(f: Forms, *, radius: float = 0.11, thickness: float = 0.004) -> list[Part]:
    r, t = radius, thickness
    ball = f.ball(r, share=0.8)
    corners = [(0.0, s, p * GOLDEN) for s in (1.0, -1.0) for p in (1, -1)]
    corners += [(c[1], c[2], c[0]) for c in corners] + [(c[2], c[0], c[1]) for c in corners]
    rows = [tuple(np.array(c) / math.hypot(*c)) for c in corners]
    # The seams of a truncated icosahedron: the borders of its 12 pentagons, and a line between each two of them.
    panels, seams = [], []
    for row in rows:
        near = sorted(rows, key=lambda other: math.dist(row, other))[1:6]
        rim = [tuple(np.array(row) * 2 / 3 + np.array(other) / 3) for other in near]
        cone = Manifold.hull_points([(0, 0, 0), *[tuple(2.2 * r * np.array(p)) for p in rim]])
        panels.append(cone)
        seams += [(a, b) for a, b in zip(rim, near, strict=True) if a < b]
    black = unite(panels) ^ f.ball(r * 1.006, share=0.8)
    groove = unite([_seam(f, row, other, r, t) for row, other in seams])
    up = (0, r, 0)
    return [
        main("panels body", (ball - groove).rotate((0, 18, 0)).translate(up)),
        second("pentagons spots", black.rotate((0, 18, 0)).translate(up), finish="black plastic"),
    ]


def _seam(f: Forms, start: tuple, stop: tuple, radius: float, thickness: float) -> Manifold:
    """A thin bar along a ball's surface from one direction to another."""
    a, b = (np.array(p) / np.linalg.norm(p) * radius for p in (start, stop))
    middle = (a + b) / np.linalg.norm(a + b) * radius
    return f.hose([tuple(a), tuple(middle), tuple(b)], thickness * 0.4, steps=1, share=0.1)


@family("basketball", "", "orange leather")
def basketball(f: Forms, *, radius: float = 0.12, thickness: float = 0.004) -> list[Part]:
    r, t = radius, thickness
    lines = [f.ring(r, t * 0.5, axis=axis) for axis in ("x", "y")]
    turns = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    for side in (1, -1):
        rows = [(side * (0.52 + 0.2 * math.cos(2 * a)), math.cos(a), math.sin(a)) for a in turns]
        loop = [tuple(r * np.array(p) / np.linalg.norm(p)) for p in rows]
        lines.append(f.hose(loop, t * 0.5, steps=2, share=0.2, closed=True, up=(1, 0, 0)))
    return [
        main("body", f.ball(r, (0, r, 0), share=1)),
        second("lines seams", unite(lines).translate((0, r, 0)), finish="black rubber"),
    ]


@family("tennis ball", "baseball:white_leather", "lime fabric")
def tennis_ball(f: Forms, *, radius: float = 0.034, thickness: float = 0.0016) -> list[Part]:
    r, turns = radius, np.linspace(0, 2 * math.pi, 40, endpoint=False)
    # The seam of a tennis ball as a space curve on the sphere (Jennings' a = 3/4, b = 1/4).
    rows = [
        (
            0.75 * math.cos(a) + 0.25 * math.cos(3 * a),
            0.75 * math.sin(a) - 0.25 * math.sin(3 * a),
            0.866 * math.sin(2 * a),
        )
        for a in turns
    ]
    seam = f.hose(
        [(x * r, y * r, z * r) for x, y, z in rows], thickness, steps=2, share=0.2, closed=True
    )
    return [
        main("body", f.ball(r, (0, r, 0), share=0.9)),
        second("seam line", seam.rotate((35, 30, 0)).translate((0, r, 0)), finish="white rubber"),
    ]


@family("rugby ball", "american_football gridiron_ball", "sienna leather")
def rugby_ball(
    f: Forms, *, length: float = 0.29, radius: float = 0.088, thickness: float = 0.004
) -> list[Part]:
    r, half = radius, length / 2
    shape = [
        (r * math.cos(a) ** 0.86, half * math.sin(a))
        for a in np.linspace(-math.pi / 2, math.pi / 2, 15)
    ]
    body = f.turned([(max(x, 0.0), y) for x, y in shape]).rotate((0, 0, 90))
    rings = [f.ring(r * 0.81, thickness * 1.5, (s * half * 0.62, 0, 0), "x") for s in (1, -1)]
    spine = f.bone((-half * 0.3, r * 0.985, 0), (half * 0.3, r * 0.985, 0), thickness * 0.9)
    laces = [
        f.bone((half * x, r, -r * 0.14), (half * x, r, r * 0.14), thickness * 0.8)
        for x in np.linspace(-0.24, 0.24, 6)
    ]
    tilt = [
        part.rotate((35, 0, 0)).translate((0, r, 0))
        for part in (body, unite(rings), spine + unite(laces))
    ]
    return [
        main("body", tilt[0]),
        second("stripes", tilt[1], finish="white paint"),
        fixed("laces", tilt[2], finish="white leather"),
    ]


@family("racket", "tennis_racket racquet badminton_racket squash_racket", "red plastic")
def racket(
    f: Forms,
    *,
    length: float = 0.69,
    width: float = 0.26,
    thickness: float = 0.024,
    strings: int = 14,
) -> list[Part]:
    t, a, b = thickness, width / 2, width * 0.66
    y, grip = length - b, length * 0.3
    head = [
        (a * math.cos(s), y + b * math.sin(s), 0.0)
        for s in np.linspace(0, 2 * math.pi, 24, endpoint=False)
    ]
    frame = f.hose(head, t * 0.42, steps=2, closed=True, up=(0, 0, 1), squash=0.8)
    throat = [(a * 0.72, y - b * 0.72, 0.0), (a * 0.36, y - b * 1.06, 0), (t * 0.3, grip, 0)]
    fork = f.hose(throat, t * 0.4, up=(0, 0, 1), squash=0.8)
    wraps = [f.ring(t * 0.58, t * 0.1, (0, grip * (i + 1) / 11, 0), share=0.4) for i in range(10)]
    return [
        main(
            "frame",
            frame,
            fork,
            fork.mirror((1, 0, 0)),
            f.post(t * 0.45, grip * 0.3, (0, grip * 0.9, 0)),
        ),
        second(
            "grip handle",
            f.post(t * 0.58, grip),
            *wraps,
            f.post(t * 0.72, t * 0.5),
            finish="black leather",
        ),
        fixed(
            "strings", _net(f, a, b, strings, t * 0.1).translate((0, y, 0)), finish="white plastic"
        ),
    ]


def _net(f: Forms, a: float, b: float, strings: int, thick: float) -> Manifold:
    """Strings up and across in an ellipse of half axes a and b about the origin; of few faces, few and thick ones."""
    if f.detail < 0.4:
        strings, thick = min(strings, 6), thick * 3
    cords = []
    for along, across, count in ((a, b, strings), (b, a, round(strings * 1.3))):
        for i in range(1, count):
            share = 2 * i / count - 1
            half = across * math.sqrt(1 - share**2)
            if along == a:
                cords.append(f.box((thick, 2 * half, thick), (share * a, 0, 0)))
            else:
                cords.append(f.box((2 * half, thick, thick), (0, share * b, 0)))
    return unite(cords)


@family("bat", "baseball_bat", "caramel wood")
def bat(f: Forms, *, length: float = 0.84, radius: float = 0.034) -> list[Part]:
    r, h = radius, length
    shape = pairs(
        "0.35 0.01, 0.36 0.2, 0.5 0.45, 0.86 0.7, 1 0.84, 0.97 0.96, 0.7 0.995, 0 1", r, h
    )
    wraps = [
        f.ring(r * 0.37, r * 0.06, (0, h * (0.045 + 0.023 * i), 0), share=0.4) for i in range(11)
    ]
    return [
        main("body barrel", f.turned(shape)),
        second(
            "grip handle",
            f.post(r * 0.4, h * 0.27, (0, h * 0.02, 0)),
            *wraps,
            finish="black leather",
        ),
        fixed(
            "knob",
            f.turned(pairs("0.5 0, 0.72 0.006, 0.72 0.016, 0.4 0.028", r, h)),
            f.rod(r * 0.3, 0.002, (0, 0, 0)),
            finish="caramel wood",
        ),
    ]


@family("cricket bat", "", "tan wood")
def cricket_bat(
    f: Forms, *, length: float = 0.9, width: float = 0.11, thickness: float = 0.055
) -> list[Part]:
    blade, t = length * 0.66, thickness
    flat = f.bevelled(
        pairs(
            "-0.5 0.03, -0.4 0, 0.4 0, 0.5 0.03, 0.5 0.93, 0.2 1, -0.2 1, -0.5 0.93", width, blade
        ),
        t * 0.45,
        t * 0.1,
    )
    ridge = Manifold.batch_hull(
        [
            f.box((width * 0.94, blade * 0.9, 0.001), (0, blade * 0.48, 0)),
            f.box((width * 0.1, blade * 0.5, 0.001), (0, blade * 0.34, -t * 0.75)),
        ]
    )
    wraps = [
        f.ring(t * 0.32, t * 0.05, (0, blade + (length - blade) * (0.2 + 0.08 * i), 0), share=0.4)
        for i in range(10)
    ]
    return [
        main("blade body", flat, ridge),
        second(
            "handle grip",
            f.post(t * 0.32, length - blade * 0.96, (0, blade * 0.96, 0)),
            *wraps,
            finish="blue rubber",
        ),
    ]


@family("dumbbell", "barbell weights hand_weight", "charcoal steel")
def dumbbell(
    f: Forms,
    *,
    length: float = 0.34,
    radius: float = 0.075,
    thickness: float = 0.034,
    plates: int = 2,
) -> list[Part]:
    r, t = radius, thickness
    ends, collars = [], []
    for side in (1, -1):
        for i in range(plates):
            size, x = r * (1 - 0.2 * i), length * 0.26 + t * (0.5 + 1.02 * i)
            disc = f.turned(
                pairs("0.3 -0.5, 0.96 -0.5, 1 -0.36, 1 0.36, 0.96 0.5, 0.3 0.5", size, t)
            ).rotate((0, 0, 90))
            ends.append(disc.translate((side * x, r, 0)))
        collars.append(f.rod(t * 0.7, t * 0.6, (side * length * 0.25, r, 0), "x"))
        collars.append(
            f.rod(t * 0.62, t * 0.5, (side * (length * 0.27 + t * 1.02 * plates), r, 0), "x")
        )
    bar = f.rod(t * 0.4, length * 0.53 + t * 2.2 * plates, (0, r, 0), "x", share=0.5)
    knurl = [
        f.ring(t * 0.4, t * 0.05, (length * x, r, 0), "x", 0.4) for x in np.linspace(-0.2, 0.2, 13)
    ]
    return [
        main("weights plates", *ends),
        second("bar handle", bar, *knurl, *collars, finish="silver"),
    ]


@family("bowling pin", "skittle ninepin bowling_skittle", "white plastic")
def bowling_pin(f: Forms, *, height: float = 0.38, radius: float = 0.06) -> list[Part]:
    shape = smooth(
        pairs(
            "0.45 0, 0.56 0.02, 0.88 0.16, 1 0.3, 0.82 0.48, 0.44 0.64, 0.38 0.71, 0.5 0.83, 0.53 0.89, 0.4 0.97, 0 1",
            radius,
            height,
        ),
        3,
    )
    body = f.lathe(shape)
    fat = f.lathe([(x * 1.02, y) for x, y in shape])
    bands = [fat ^ f.box((9, height * 0.026, 9), (0, height * y, 0)) for y in (0.66, 0.73)]
    return [main("body", body), second("stripes bands", *bands, finish="red paint")]


@family("trophy", "award cup_trophy championship_cup winners_cup", "gold")
def trophy(
    f: Forms, *, height: float = 0.4, radius: float = 0.1, width: float = 0.32
) -> list[Part]:
    r, h, low = radius, height * 0.8, height * 0.2
    shape = pairs(
        "0.55 0, 0.5 0.03, 0.16 0.1, 0.2 0.17, 0.14 0.24, 0.3 0.34, 0.8 0.52, 1 0.78, 1.02 0.97, 1.08 1",
        r,
        h,
    )
    inner = pairs("0.2 0.38, 0.7 0.54, 0.9 0.78, 0.95 1.02", r, h)
    cup = f.turned(shape, (0, low, 0)) - f.turned(inner, (0, low, 0))
    ear = [
        (r * 0.95, low + h * 0.88, 0.0),
        (width * 0.42, low + h * 0.96, 0),
        (width * 0.5, low + h * 0.8, 0),
        (width * 0.4, low + h * 0.58, 0),
        (r * 0.66, low + h * 0.48, 0),
    ]
    handle = f.hose(ear, r * 0.09)
    plate = f.soft_box((r * 0.9, low * 0.45, 0.01), (0, low * 0.5, r * 0.66), 0.003)
    return [
        main("cup body", cup, f.ring(r * 0.18, r * 0.06, (0, low + h * 0.17, 0))),
        main("handles", handle, handle.mirror((1, 0, 0)), finish="gold"),
        second(
            "base stand",
            f.soft_box((r * 1.6, low * 0.6, r * 1.3), (0, low * 0.5, 0), 0.005),
            f.soft_box((r * 1.9, low * 0.3, r * 1.6), (0, low * 0.15, 0), 0.005),
            f.soft_box((r * 1.3, low * 0.3, r * 1.1), (0, low * 0.87, 0), 0.005),
            finish="dark brown wood",
        ),
        fixed("plaque", plate, finish="gold"),
    ]


@family("medal", "gold_medal medallion", "gold")
def medal(
    f: Forms, *, radius: float = 0.035, height: float = 0.15, thickness: float = 0.006
) -> list[Part]:
    r, t, y = radius, thickness, height / radius
    dip = f.rod(r * 0.86, t * 0.4, (0, r, t * 0.5), "z", share=1)
    disc = f.rod(r, t, (0, r, 0), "z", share=1) - dip - dip.mirror((0, 0, 1))
    emblem = f.bevelled(f.star(r * 0.62, 5), t, r * 0.08, t * 0.3, (0, r, 0))
    outline = [
        (-0.16, 2.16),
        (0.16, 2.16),
        (0.95, y),
        (0.25, y),
        (0, y - 0.95),
        (-0.25, y),
        (-0.95, y),
    ]
    stripe = mirrored(f.bone((r * 0.08, r * 2.3, 0), (r * 0.6, height, 0), t * 0.34))
    return [
        main("disc body", disc, emblem, f.ring(r * 0.2, r * 0.06, (0, r * 2.12, 0), "z", 0.6)),
        second("ribbon", f.plate(scaled(outline, r, r), t * 0.5), finish="blue fabric"),
        fixed("stripes", stripe ^ f.box((1, 2 * height, 1)), finish="white fabric"),
    ]


@family("whistle", "referee_whistle", "silver")
def whistle(
    f: Forms, *, length: float = 0.055, radius: float = 0.013, depth: float = 0.02
) -> list[Part]:
    r, y = radius, radius
    outline = [
        (r * math.cos(a), y + r * math.sin(a))
        for a in np.linspace(0.35 * math.pi, 1.9 * math.pi, 20)
    ]
    body = f.bevelled(
        [*outline, (length - r, y + r * 0.3), (length - r, y + r)][::1], depth, r * 0.08
    )
    slot = f.box((r * 0.5, r * 0.7, depth * 0.6), (r * 1.1, y + r * 0.95, 0))
    mouth = f.box((r, r * 0.34, depth * 0.7), (length - r, y + r * 0.66, 0))
    ring_ = f.ring(r * 0.36, r * 0.08, (-r * 1.2, y, 0), "z", 0.5)
    return [
        main("body", body - slot - mouth),
        second("ring loop", ring_, finish="steel"),
        fixed("pea", f.ball(r * 0.3, (r * 0.75, y + r * 0.68, 0), share=0.4), finish="tan wood"),
    ]
