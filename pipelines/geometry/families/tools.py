"""Weapons and tools."""

from __future__ import annotations

from pipelines.geometry.families.forms import Forms, mirrored
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("sword", "blade saber sabre longsword katana dagger knife", "polished steel")
def sword(
    f: Forms, *, length: float = 1.0, width: float = 0.055, thickness: float = 0.014
) -> list[Part]:
    grip, w = 0.2, width / 2
    blade = f.plate(
        [(-w, 0), (w, 0), (w * 0.85, length * 0.86), (0, length), (-w * 0.85, length * 0.86)],
        thickness,
        (0, grip, 0),
    )
    ridge = f.plate(
        [(-w * 0.3, 0), (w * 0.3, 0), (0, length * 0.94)], thickness * 1.5, (0, grip, 0)
    )
    guard = f.tube([(-0.12, grip - 0.012, 0), (0, grip, 0), (0.12, grip - 0.012, 0)], 0.016)
    return [
        main("blade", blade, ridge),
        second("guard pommel hilt", guard, f.ball(0.03, (0, 0.0, 0), (1, 1, 0.8)), finish="gold"),
        fixed(
            "grip handle",
            f.post(0.016, grip),
            *[f.ring(0.016, 0.005, (0, 0.035 + i * 0.022, 0)) for i in range(7)],
            finish="brown leather",
        ),
    ]


@family("axe", "hatchet battle_axe battleaxe tomahawk", "steel")
def axe(
    f: Forms, *, length: float = 0.8, width: float = 0.24, thickness: float = 0.05
) -> list[Part]:
    y = length * 0.86
    outline = [
        (-0.05, y - 0.05),
        (0.05, y - 0.05),
        (width * 0.7, y - 0.15),
        (width, y - 0.1),
        (width * 1.05, y),
        (width, y + 0.1),
        (width * 0.7, y + 0.13),
        (0.05, y + 0.05),
        (-0.05, y + 0.05),
    ]
    return [
        main("head blade", f.plate(outline, thickness)),
        second("handle shaft", f.post(0.022, length), f.ball(0.03), finish="brown wood"),
    ]


@family("hammer", "mallet sledgehammer war_hammer", "steel")
def hammer(
    f: Forms, *, length: float = 0.34, width: float = 0.12, radius: float = 0.018
) -> list[Part]:
    y = length
    claw = f.plate(
        [
            (-0.01, y - 0.016),
            (-width * 0.55, y - 0.03),
            (-width * 0.62, y - 0.022),
            (-width * 0.4, y + 0.012),
            (-0.01, y + 0.016),
        ],
        0.034,
    )
    slot = f.box((width * 0.4, 0.1, 0.006), (-width * 0.52, y, 0))
    return [
        main(
            "head",
            claw - slot,
            f.rod(radius, width * 0.5, (width * 0.2, y, 0), "x"),
            f.rod(radius * 1.25, width * 0.16, (width * 0.48, y, 0), "x"),
            f.box((0.036, 0.042, 0.036), (0, y, 0)),
        ),
        second(
            "handle shaft",
            f.lathe(
                [
                    (0.016, 0),
                    (0.018, 0.02),
                    (0.014, length * 0.3),
                    (0.012, length * 0.6),
                    (0.012, length + 0.024),
                ]
            ),
            finish="caramel wood",
        ),
    ]


@family("shield", "buckler", "blue paint")
def shield(
    f: Forms, *, width: float = 0.6, height: float = 0.8, thickness: float = 0.05
) -> list[Part]:
    w, h = width / 2, height
    outline = [
        (-w, h),
        (w, h),
        (w, h * 0.5),
        (w * 0.72, h * 0.25),
        (0, 0),
        (-w * 0.72, h * 0.25),
        (-w, h * 0.5),
    ]
    inner = [(x * 0.86, (y - h * 0.55) * 0.88 + h * 0.55) for x, y in outline]
    hole = [(x * 0.83, (y - h * 0.55) * 0.85 + h * 0.55) for x, y in outline]
    bend = 0.22 / width
    rim = f.plate(outline, thickness * 1.3) - f.plate(hole, 1)
    parts = [
        f.plate(inner, thickness),
        rim,
        f.box((w * 0.2, h * 0.8, thickness * 1.2), (0, h * 0.52, 0))
        + f.box((w * 1.7, h * 0.11, thickness * 1.2), (0, h * 0.66, 0)),
    ]
    field, rim, cross = (
        p.refine_to_length(0.06).warp(lambda v: (v[0], v[1], v[2] - bend * v[0] ** 2 * 2))
        for p in parts
    )
    boss = f.ball(w * 0.24, (0, h * 0.66, thickness * 0.4), (1, 1, 0.6))
    return [
        main("field face", field),
        second("cross emblem", cross, finish="gold"),
        fixed("rim boss edge", rim, boss, finish="steel"),
    ]


@family("anvil", "", "charcoal steel")
def anvil(f: Forms, *, width: float = 0.5, height: float = 0.28, depth: float = 0.16) -> list[Part]:
    w, h = width / 2, height
    body = f.plate(
        [
            (-w * 0.55, 0),
            (w * 0.55, 0),
            (w * 0.5, h * 0.14),
            (w * 0.26, h * 0.36),
            (w * 0.3, h * 0.58),
            (w * 0.62, h * 0.7),
            (w * 0.62, h),
            (-w * 0.7, h),
            (-w * 0.7, h * 0.76),
            (-w * 0.26, h * 0.58),
            (-w * 0.26, h * 0.36),
            (-w * 0.5, h * 0.14),
        ],
        depth,
    )
    horn = (
        f.rod(depth * 0.45, w * 0.75, (0, 0, 0), "x", 0.008)
        .scale((1, 0.75, 1))
        .translate((w * 0.95, h * 0.86, 0))
    )
    return [main("body horn", body, horn)]


@family("key", "door_key", "brass")
def key(
    f: Forms, *, length: float = 0.1, radius: float = 0.018, thickness: float = 0.004
) -> list[Part]:
    t = thickness
    y = length - radius * 1.5
    teeth = [
        f.box((w, 0.006, t * 0.9), (w / 2, h, 0))
        for w, h in ((0.018, 0.006), (0.013, 0.016), (0.018, 0.025))
    ]
    bow = [
        f.ring(radius, t * 0.85, axis="z").translate((x, y + dy, 0))
        for x, dy in ((-radius * 0.8, 0), (radius * 0.8, 0), (0, radius * 1.25))
    ]
    return [
        main(
            "body bow shaft",
            f.post(t, y - radius * 0.3),
            *teeth,
            *bow,
            *[f.ring(t * 1.1, t * 0.5, (0, h, 0)) for h in (y * 0.78, y * 0.72)],
        )
    ]


@family("ladder", "step_ladder stepladder", "caramel wood")
def ladder(
    f: Forms, *, height: float = 2.4, width: float = 0.45, thickness: float = 0.05
) -> list[Part]:
    count = 8
    rungs = [
        f.rod(thickness * 0.38, width, (0, height * (i + 0.6) / count, 0), "x")
        for i in range(count)
    ]
    return [
        main(
            "rails sides", mirrored(f.slab((thickness * 0.7, height, thickness), (width / 2, 0, 0)))
        ),
        second("rungs steps", *rungs, finish="brown wood"),
    ]
