"""Tools of a workshop. Long ones stand upright, their handles below."""

from __future__ import annotations

import math

from pipelines.geometry.families.curves import both_sides, pairs, smooth
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("screwdriver", "", "red plastic")
def screwdriver(
    f: Forms, *, length: float = 0.24, radius: float = 0.017, thickness: float = 0.006
) -> list[Part]:
    grip = length * 0.45
    r, t = radius, thickness
    handle = f.turned(
        [
            (0.55 * r, 0),
            (0.95 * r, 0.06 * grip),
            (r, 0.5 * grip),
            (0.95 * r, 0.75 * grip),
            (0.6 * r, 0.85 * grip),
            (0.75 * r, grip),
        ]
    )
    grooves = around(f.post(r * 0.28, grip * 0.66, (r * 1.1, grip * 0.08, 0)), 6)
    tip = f.profile(
        pairs("-0.5 0, 0.5 0, 0.16 1, -0.16 1", t, t * 3), t * 1.9, (0, length - t * 3, 0)
    )
    blade = f.post(t * 0.5, length - grip - t * 2.4, (0, grip * 0.98, 0), -1)
    return [
        main("handle grip", handle - grooves),
        second("blade shaft tip", blade, tip, finish="polished steel"),
        fixed("collar", f.post(r * 0.5, grip * 0.08, (0, grip * 0.96, 0)), finish="charcoal steel"),
    ]


@family("saw", "handsaw hand_saw hacksaw", "polished steel")
def saw(
    f: Forms, *, length: float = 0.6, width: float = 0.13, thickness: float = 0.006, teeth: int = 30
) -> list[Part]:
    grip, w, t = length * 0.24, width, thickness
    blade = length - grip * 0.75
    step = blade / teeth
    low = [(grip * 0.75 + i * step / 2, 0.0 if i % 2 else step * 0.6) for i in range(2 * teeth + 1)]
    plate = f.plate([*low, (length, w * 0.42), (length - 0.01, w * 0.45), (grip * 0.75, w)], t)
    body = smooth(
        pairs(
            "0.02 0.1, 0.3 -0.05, 0.6 0.12, 1 0.05, 1.1 0.6, 0.95 1.12, 0.5 1.05, 0.1 1.2, 0 0.95, 0.16 0.6",
            grip,
            w,
        ),
        closed=True,
    )
    hole = smooth(
        pairs("0.3 0.22, 0.52 0.24, 0.68 0.5, 0.62 0.85, 0.42 0.88, 0.34 0.6", grip, w), closed=True
    )
    handle = f.bevelled(body, t * 4.5, t, t) - f.plate(hole, 1)
    screws = [
        f.rod(t * 0.9, t * 4.9, (grip * 0.88, w * y, 0), "z", share=0.5) for y in (0.3, 0.6, 0.9)
    ]
    return [
        main("blade teeth", plate),
        second("handle grip", handle, finish="caramel wood"),
        fixed("screws", *screws, finish="brass"),
    ]


@family("wrench", "spanner", "polished steel")
def wrench(
    f: Forms, *, length: float = 0.24, width: float = 0.05, thickness: float = 0.01
) -> list[Part]:
    w, t = width, thickness
    low, high = w * 0.38, length - w * 0.5
    jaw = smooth(
        both_sides(pairs("0 -0.55, 0.26 -0.52, 0.5 -0.1, 0.42 0.4, 0.2 0.52", w, w)), 3, closed=True
    )
    head = f.bevelled(jaw, t, t * 0.2, at=(0, 0, 0)) - f.plate(
        pairs("-0.21 1, -0.21 0, 0 -0.14, 0.21 0, 0.21 1", w, w), 1
    )
    circle = f.circle(w * 0.38)
    ring = f.bevelled(circle, t * 1.1, t * 0.2) - f.plate(f.circle(w * 0.22, 0.3), 1)
    bar = pairs(
        "-0.15 0, 0.15 0, 0.15 0.2, 0.13 0.5, 0.16 1, -0.16 1, -0.13 0.5, -0.15 0.2",
        w,
        high - low - w * 0.62,
    )
    panel = f.plate(pairs("-0.07 0, 0.07 0, 0.07 1, -0.07 1", w, (high - low) * 0.5), t * 0.2)
    grooves = [panel.translate((0, low + (high - low) * 0.24, s * t * 0.5)) for s in (1, -1)]
    shaft = f.bevelled(bar, t * 0.8, t * 0.25, at=(0, low + w * 0.26, 0)) - unite(grooves)
    return [
        main("body shaft", shaft),
        second(
            "jaw head ends",
            head.rotate((0, 0, 12)).translate((0, high, 0)),
            ring.translate((0, low, 0)),
            finish="polished steel",
        ),
    ]


@family("pliers", "pincers tongs", "red rubber")
def pliers(
    f: Forms,
    *,
    length: float = 0.19,
    width: float = 0.05,
    thickness: float = 0.012,
    open: float = 0.3,
) -> list[Part]:
    t, joint, grip = thickness, length * 0.68, length * 0.58
    path = [
        (0.0, grip + t, 0.0),
        *((x * width, y * grip, 0.0) for x, y in pairs("-0.34 0.8, -0.5 0.4, -0.42 0")),
    ]
    hold = f.hose(path, [t * 0.4, t * 0.5, t * 0.55, t * 0.5], up=(0, 0, 1), squash=1.1)
    arm = f.hose(
        [(0, joint, 0), path[0], (-width * 0.3, grip * 0.86, 0)], t * 0.42, up=(0, 0, 1), squash=1.3
    )
    edge = smooth(
        pairs("0 -0.12, 0.36 0.04, 0.34 0.3, 0.14 1, 0.0 1, 0.0 0.3", width, length - joint), 3
    )
    jaw = f.bevelled(edge, t * 0.8, t * 0.16, at=(0, joint, 0))
    turn = -4.0 - 13.0 * min(open, 1.0)
    hold, arm, jaw = (
        part.translate((0, -joint, 0)).rotate((0, 0, turn)).translate((0, joint, 0))
        for part in (hold, arm, jaw)
    )
    pivot = [
        f.rod(width * w, t * d, (0, joint, 0), "z", share=0.6)
        for w, d in ((0.26, 1.05), (0.12, 1.3))
    ]
    return [
        main("handles grips", mirrored(hold)),
        second("jaws", mirrored(jaw), mirrored(arm), finish="polished steel"),
        fixed("joint pivot", *pivot, finish="charcoal steel"),
    ]


@family("gear", "cog cogwheel gearwheel sprocket", "steel")
def gear(
    f: Forms, *, radius: float = 0.25, thickness: float = 0.09, teeth: int = 14, spokes: int = 5
) -> list[Part]:
    r, outline = radius, []
    for i in range(teeth):
        for turn, share in ((0.0, 0.84), (0.24, 0.84), (0.36, 1.0), (0.64, 1.0), (0.76, 0.84)):
            a = 2 * math.pi * (i + turn - 0.5) / teeth + math.pi / 2
            outline.append((r * share * math.cos(a), r * share * math.sin(a)))
    rim = f.bevelled(outline, thickness, r * 0.02) - f.rod(r * 0.66, 1, (0, 0, 0), "z", share=1)
    arm = f.bevelled(
        pairs("-0.1 0.1, 0.1 0.1, 0.07 0.7, -0.07 0.7", r, r), thickness * 0.6, r * 0.015
    )
    arms = unite([arm.rotate((0, 0, 360 * i / spokes)) for i in range(spokes)])
    hub = f.rod(r * 0.24, thickness * 1.25, (0, 0, 0), "z", share=0.8)
    hole = f.rod(r * 0.11, 1, (0, 0, 0), "z", share=0.6)
    up = (0, r, 0)
    return [
        main("teeth rim", rim.translate(up)),
        second("spokes hub", (arms + hub - hole).translate(up), finish="steel"),
    ]


@family("scissors", "shears clippers", "red plastic")
def scissors(
    f: Forms,
    *,
    length: float = 0.2,
    width: float = 0.09,
    thickness: float = 0.006,
    open: float = 0.35,
) -> list[Part]:
    t, joint = thickness, length * 0.44
    blade = f.bevelled(
        pairs("-0.1 -0.2, 0.1 -0.2, 0.1 0.3, 0 1, -0.03 1, -0.1 0", width, length - joint),
        t,
        t * 0.35,
    )
    loop = [
        (x * width - width * 0.27, y * joint - joint, 0)
        for x, y in pairs("0 0, 0.2 0.12, 0.2 0.42, 0.03 0.56, -0.17 0.4, -0.18 0.14")
    ]
    ring = f.hose(loop, t * 0.75, up=(0, 0, 1), closed=True)
    shank = f.hose(
        [(-width * 0.15, -joint * 0.5, 0), (-width * 0.02, -joint * 0.24, 0), (0, -joint * 0.1, 0)],
        t * 0.95,
        up=(0, 0, 1),
    )
    turn = -4.0 - 40.0 * min(open, 1.0)
    parts = []
    for side in (1, -1):
        whole = [
            p.rotate((0, 0, turn / 2)).translate((0, joint, t * 0.4)) for p in (blade, ring + shank)
        ]
        parts.append([p if side > 0 else p.rotate((0, 180, 0)) for p in whole])
    return [
        main("handles grips", parts[0][1], parts[1][1]),
        second("blades", parts[0][0], parts[1][0], finish="polished steel"),
        fixed(
            "screw pivot",
            f.rod(width * 0.07, t * 2.6, (0, joint, 0), "z", share=0.5),
            finish="charcoal steel",
        ),
    ]


@family("pencil", "crayon", "golden yellow paint")
def pencil(f: Forms, *, length: float = 0.19, radius: float = 0.0065) -> list[Part]:
    r, end, tip = radius, length * 0.1, radius * 4.5
    hexagon = [
        (1.1 * r * math.cos(i * math.pi / 3), 1.1 * r * math.sin(i * math.pi / 3)) for i in range(6)
    ]
    cut = f.post(r * 1.25, tip * 1.1, (0, length - tip * 1.1, 0), r * 0.12)
    barrel = f.floor(hexagon, length - end - tip, (0, end, 0))
    wood = cut ^ f.floor(hexagon, length - tip * 0.3, (0, 0, 0))
    lead = f.post(r * 0.36, tip * 0.3, (0, length - tip * 0.3, 0), r * 0.08)
    bands = [f.ring(r * 1.0, r * 0.14, (0, end * y, 0)) for y in (0.55, 0.7, 0.85)]
    return [
        main("barrel body", barrel),
        fixed("wood", wood, finish="tan wood"),
        second("lead tip", lead, finish="charcoal plastic"),
        fixed("ferrule band", f.post(r, end * 0.5, (0, end * 0.52, 0)), *bands, finish="brass"),
        fixed(
            "eraser rubber",
            f.turned([(r * 0.8, 0), (r * 0.95, end * 0.1), (r * 0.95, end * 0.55)]),
            finish="pink rubber",
        ),
    ]
