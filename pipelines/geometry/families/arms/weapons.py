"""Weapons for the hand, and what wards them off. They stand upright, points up."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant


@family("sword", "longsword broadsword claymore", "polished steel")
def sword(
    f: Forms,
    *,
    length: float = 1.0,
    width: float = 0.055,
    thickness: float = 0.014,
    edge: int = Variant("straight, leaf, wavy flamberge, broad"),
    guard: int = Variant("curved, crossed, winged, round"),
) -> list[Part]:
    grip, w = length * 0.2, width / 2
    half = (
        pairs("0.5 0, 0.46 0.84, 0.34 0.93, 0 1"),
        smooth(pairs("0.42 0, 0.36 0.3, 0.6 0.68, 0.4 0.88, 0 1"), 3),
        [(0.46 + 0.07 * math.sin(i * 1.57), i / 20 * 0.88) for i in range(21)] + [(0.0, 1.0)],
        pairs("0.75 0, 0.68 0.8, 0.5 0.9, 0 1"),
    )[edge]
    outline = both_sides([(x * width, y * (length - grip)) for x, y in half])
    blade = f.bevelled(outline, thickness, w * 0.6, thickness * 0.36, (0, grip, 0))
    groove = f.bone((0, grip, thickness * 0.62), (0, length * 0.72, thickness * 0.62), w * 0.2)
    wraps = [
        f.ring(0.016, 0.005, (0, 0.035 + i * (grip - 0.07) / 6, 0), share=0.4) for i in range(7)
    ]
    return [
        main("blade", blade - groove - groove.mirror((0, 0, 1))),
        second(
            "guard pommel hilt",
            *_sword_guard(f, width, grip, guard),
            f.ball(0.032, (0, 0.0, 0), (1, 1, 0.8), 0.7),
            finish="gold",
        ),
        fixed("grip handle", f.post(0.016, grip), *wraps, finish="brown leather"),
    ]


def _sword_guard(f: Forms, width: float, grip: float, guard: int) -> list[Manifold]:
    """A sword's guard: a bow with balls, a bar, two wings, or a disc."""
    if guard == 1:
        return [f.soft_box((width * 4.6, 0.026, 0.026), (0, grip, 0), 0.006)]
    if guard == 2:
        wing = pairs("0 -0.3, 0.8 0, 2.2 0.9, 2.5 1.5, 1.5 0.8, 0 0.5", width, width)
        half = f.bevelled(wing, 0.024, 0.006, 0.008, (0, grip, 0))
        return [half, half.mirror((1, 0, 0))]
    if guard == 3:
        return [f.rod(width * 1.3, 0.016, (0, grip, 0), share=1).scale((1, 1, 0.7))]
    ends = [f.ball(0.024, (s * width * 2.2, grip - 0.014, 0), share=0.5) for s in (1, -1)]
    bow = [(-width * 2.2, grip - 0.014, 0), (0, grip, 0), (width * 2.2, grip - 0.014, 0)]
    return [f.hose(bow, [0.013, 0.018, 0.013]), *ends]


@family("katana", "", "polished steel")
def katana(
    f: Forms, *, length: float = 1.0, width: float = 0.036, thickness: float = 0.01
) -> list[Part]:
    grip, w = length * 0.25, width / 2
    bend = [
        (x * length, grip + y * (length - grip))
        for x, y in pairs("0 0, -0.012 0.4, 0.004 0.75, 0.06 1")
    ]
    line = smooth(bend, 5)
    back = [(x - w, y) for x, y in line[:-1]]
    edge = [(x + w, y) for x, y in line[: -max(2, len(line) // 8)]]
    blade = f.bevelled([*edge, line[-1], *reversed(back)], thickness, w * 0.5, thickness * 0.4)
    guard = f.rod(width * 1.25, thickness * 0.9, (0, grip, 0), "y", share=1).scale((1, 1, 0.8))
    hilt = f.rod(w * 0.95, grip, (0, grip / 2, 0), "y", share=0.6).scale((1, 1, 0.75))
    knots = [
        f.ball(w * 0.62, (0, grip * (0.14 + 0.12 * i), s * w * 0.5), (1, 1, 0.45), 0.3)
        for i in range(7)
        for s in (1, -1)
    ]
    return [
        main("blade", blade),
        second(
            "guard collar",
            guard,
            f.post(w * 1.1, width * 0.8, (0, grip, 0)).scale((1, 1, 0.6)),
            finish="gold",
        ),
        fixed(
            "grip handle hilt",
            hilt,
            f.ball(w, (0, w * 0.3, 0), (1, 0.5, 0.76), 0.6),
            finish="black leather",
        ),
        fixed("wrap diamonds", *knots, finish="cream fabric"),
    ]


@family("axe", "hatchet tomahawk", "steel")
def axe(
    f: Forms, *, length: float = 0.8, width: float = 0.24, thickness: float = 0.05
) -> list[Part]:
    w, t, y = width, thickness, length * 0.86
    cutting = smooth(pairs("0.86 -0.62, 1.0 -0.3, 1.05 0.05, 0.99 0.42, 0.88 0.6", w, w), 3)
    upper = smooth(pairs("0.88 0.6, 0.6 0.36, 0.2 0.24, -0.2 0.24", w, w), 3)[1:]
    lower = smooth(pairs("-0.2 -0.2, 0.2 -0.2, 0.55 -0.34, 0.86 -0.62", w, w), 3)[:-1]
    flat = f.plate([*cutting, *upper, *lower], t, (0, y, 0))
    # A hull from the thick socket to the thin edge makes the wedge; the plate gives its outline.
    wedge = Manifold.batch_hull(
        [
            f.box((w * 0.5, w * 1.4, t), (0, y, 0)),
            f.box((0.002, w * 1.4, t * 0.04), (w * 1.06, y, 0)),
        ]
    )
    shaft = smooth(triples("0.02 0 0, -0.012 0.14 0, 0.004 0.4 0, 0 0.8 0, 0 1 0"), 3)
    return [
        main("head blade", flat ^ wedge),
        second(
            "handle shaft",
            f.hose(
                [(x * length, z * length + t * 0.4, 0) for x, z, _ in shaft],
                [t * 0.46] * 2 + [t * 0.38] * (len(shaft) - 2),
                steps=1,
                up=(1, 0, 0),
                squash=0.72,
            ),
            finish="brown wood",
        ),
    ]


@family("battle axe", "battleaxe war_axe double_axe great_axe labrys", "steel")
def battle_axe(
    f: Forms, *, length: float = 1.1, width: float = 0.5, thickness: float = 0.04
) -> list[Part]:
    w, t, y = width / 2, thickness, length * 0.82
    half = smooth(
        pairs(
            "0.12 -0.16, 0.5 -0.3, 0.86 -0.8, 1.0 -0.36, 1.04 0, 1.0 0.36, 0.86 0.8, 0.5 0.3, 0.12 0.16",
            w,
            w,
        ),
        3,
    )
    head = f.bevelled(half, t, w * 0.09, t * 0.42, (0, y, 0))
    spike = f.post(t * 0.6, w * 0.7, (0, length * 0.96, 0), 0.002)
    bands = [
        f.ring(t * 0.5, t * 0.14, (0, length * v, 0), share=0.4)
        for v in (0.06, 0.1, 0.14, 0.3, 0.34, 0.38)
    ]
    return [
        main(
            "head blades blade",
            head,
            head.mirror((1, 0, 0)),
            f.soft_box((w * 0.34, w * 0.5, t * 1.6), (0, y, 0), t * 0.3),
            spike,
        ),
        second(
            "handle shaft",
            f.post(t * 0.48, length * 0.98, (0, 0, 0), t * 0.42),
            finish="dark brown wood",
        ),
        fixed("bands pommel", *bands, f.ball(t * 0.75, (0, t * 0.2, 0), share=0.5), finish="gold"),
    ]


@family("spear", "lance javelin pike", "steel")
def spear(
    f: Forms, *, length: float = 2.1, width: float = 0.11, thickness: float = 0.034
) -> list[Part]:
    t, blade = thickness, length * 0.15
    low = length - blade
    outline = both_sides(
        smooth(pairs("0.12 0, 0.2 0.12, 0.5 0.32, 0.3 0.68, 0 1", width, blade), 3)
    )
    head = f.bevelled(outline, t * 0.75, width * 0.14, t * 0.36, (0, low, 0))
    socket = f.rod(t * 0.62, blade * 0.5, (0, low, 0), "y", t * 0.34)
    wraps = [
        f.ring(t * 0.5, t * 0.13, (0, low - blade * 0.3 - i * t * 0.24, 0), share=0.4)
        for i in range(5)
    ]
    grip = [
        f.ring(t * 0.48, t * 0.1, (0, length * 0.42 + i * t * 0.2, 0), share=0.4) for i in range(8)
    ]
    return [
        main("head blade tip", head, socket),
        second(
            "shaft handle",
            f.post(t * 0.48, low + blade * 0.1),
            f.post(t * 0.3, t, (0, -t * 0.5, 0), t * 0.5),
            finish="brown wood",
        ),
        fixed("wraps binding", *wraps, *grip, finish="red leather"),
    ]


@family("mace", "morning_star war_club", "steel")
def mace(
    f: Forms,
    *,
    length: float = 0.75,
    radius: float = 0.075,
    thickness: float = 0.034,
    spikes: int = 8,
) -> list[Part]:
    r, t, y = radius, thickness, length - radius * 1.5
    spike = f.rod(r * 0.24, r * 0.65, (0, 0, r * 1.15), "z", 0.002)
    rows = [(0, spikes), (42, max(3, spikes * 3 // 4)), (-42, max(3, spikes * 3 // 4))]
    thorns = [around(spike.rotate((-tilt, 0, 0)), count) for tilt, count in rows]
    top = f.rod(r * 0.24, r * 0.65, (0, r * 1.15, 0), "y", 0.002)
    grip = [
        f.ring(t * 0.46, t * 0.13, (0, t * 1.2 + i * t * 0.27, 0), share=0.4) for i in range(14)
    ]
    return [
        main(
            "head ball spikes",
            *[p.translate((0, y, 0)) for p in (f.ball(r, share=0.9), top, *thorns)],
        ),
        second(
            "handle shaft",
            f.post(t * 0.46, y),
            f.ball(t * 0.75, (0, t * 0.3, 0), share=0.5),
            finish="dark brown wood",
        ),
        fixed(
            "grip collar",
            *grip,
            f.rod(t * 0.7, r * 0.5, (0, y - r, 0), "y"),
            finish="black leather",
        ),
    ]


@family("wand", "magic_wand", "dark brown wood")
def wand(
    f: Forms, *, length: float = 0.4, radius: float = 0.01, thickness: float = 0.02, points: int = 5
) -> list[Part]:
    r, top = radius, length * 0.84
    size = length * 0.15
    corners = []
    for i in range(points * 2):
        reach, turn = size * (1 if i % 2 == 0 else 0.45), math.pi / 2 + math.pi * i / points
        corners.append((reach * math.cos(turn), reach * math.sin(turn)))
    if points < 2:  # a cane, a rod
        star = f.ball(r * 1.3, (0, top, 0), share=0.6)
    else:
        star = f.bevelled(corners, thickness * 1.3, size * 0.2, thickness * 0.64, (0, top, 0))
    shape = [
        (r * 1.0, 0),
        (r * 1.35, length * 0.02),
        (r, length * 0.06),
        (r * 1.1, length * 0.2),
        (r * 0.7, top),
    ]
    rings = [f.ring(r * 1.02, r * 0.3, (0, length * y, 0), share=0.4) for y in (0.07, 0.22, 0.24)]
    return [
        main("shaft stick handle", f.turned(shape)),
        second("star tip", star, finish="gold"),
        fixed("rings bands", unite(rings), finish="gold"),
    ]


@family("shield", "knight_shield kite_shield tower_shield", "blue paint")
def shield(
    f: Forms,
    *,
    width: float = 0.6,
    height: float = 0.8,
    thickness: float = 0.05,
    outline: int = Variant("heater, kite, tower"),
    emblem: int = Variant("crossed, chevron, striped, quartered"),
) -> list[Part]:
    w, h, t = width / 2, height, thickness
    edge = (
        pairs("-1 1, 1 1, 1 0.5, 0.72 0.25, 0 0, -0.72 0.25, -1 0.5", w, h),
        smooth(
            pairs("-0.86 0.86, -0.4 0.98, 0.4 0.98, 0.86 0.86, 0.86 0.62, 0 0, -0.86 0.62", w, h), 3
        ),
        pairs("-0.8 0.02, 0.8 0.02, 0.8 0.98, -0.8 0.98", w, h),
    )[outline]
    inner = [(x * 0.86, (y - h * 0.55) * 0.88 + h * 0.55) for x, y in edge]
    hole = [(x * 0.83, (y - h * 0.55) * 0.85 + h * 0.55) for x, y in edge]
    bend = 0.22 / width
    field, rim, sign = (
        part.refine_to_length(0.06).warp(lambda v: (v[0], v[1], v[2] - bend * v[0] ** 2 * 2))
        for part in (
            f.plate(inner, t),
            f.plate(edge, t * 1.3) - f.plate(hole, 1),
            _shield_emblem(f, w, h, t * 1.2, emblem) ^ f.plate(inner, 1),
        )
    )
    boss = f.ball(w * 0.24, (0, h * 0.66, t * 0.4), (1, 1, 0.6))
    return [
        main("field face", field),
        second("cross emblem", sign, finish="gold"),
        fixed("rim boss edge", rim, boss, finish="steel"),
    ]


def _shield_emblem(f: Forms, w: float, h: float, t: float, emblem: int) -> Manifold:
    """What is painted on a shield: a cross, a chevron, stripes or quarters."""
    if emblem == 1:
        return f.plate(pairs("-1 0.34, 0 0.66, 1 0.34, 1 0.52, 0 0.84, -1 0.52", w, h), t)
    if emblem == 2:
        return unite([f.box((w * 0.26, 2 * h, t), (x * w, h / 2, 0)) for x in (-0.54, 0, 0.54)])
    if emblem == 3:
        return f.box((w, h, t), (w / 2, h * 1.1, 0)) + f.box((w, h, t), (-w / 2, h * 0.1, 0))
    return f.box((w * 0.2, h * 0.9, t), (0, h * 0.52, 0)) + f.box(
        (2 * w, h * 0.11, t), (0, h * 0.66, 0)
    )
