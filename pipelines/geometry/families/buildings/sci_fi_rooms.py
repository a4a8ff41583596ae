"""Portals, corridors and what powers them. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLOW = "cyan neon"


@family(
    "power_cell",
    "energy_cell fusion_cell power_core energy_core plasma_cell fuel_cell reactor_core",
    "charcoal steel",
)
def power_cell(f: Forms, *, height: float = 0.4, radius: float = 0.12, bars: int = 4) -> list[Part]:
    h, r = height, radius
    cap = [(r, 0), (r * 1.05, h * 0.03), (r * 1.05, h * 0.16), (r * 0.85, h * 0.2)]
    bar = f.slab((r * 0.24, h * 0.7, r * 0.26), (r * 0.88, h * 0.15, 0))
    lug = f.box((r * 0.3, h * 0.1, r * 0.5), (r * 1.0, h * 0.1, 0))
    return [
        main(
            "body caps case",
            f.lathe(cap),
            f.lathe(cap).mirror((0, 1, 0)).translate((0, h, 0)),
            around(bar, within(bars, 2, 12)),
        ),
        second("core light energy", f.post(r * 0.8, h * 0.8, (0, h * 0.1, 0)), finish=GLOW),
        fixed(
            "bolts contacts top",
            f.post(r * 0.4, h * 0.06, (0, h * 0.98, 0)),
            f.post(r * 0.2, h * 0.06, (0, h * 1.03, 0)),
            around(lug, 4).rotate((0, 45, 0)),
            around(lug.translate((0, h * 0.8, 0)), 4).rotate((0, 45, 0)),
            finish="yellow paint",
        ),
    ]


@family(
    "portal",
    "magic_portal portal_gate teleporter teleport warp_gate stargate star_gate time_portal",
    "grey stone",
)
def portal(
    f: Forms, *, height: float = 3.0, width: float = 2.6, thickness: float = 0.3, stones: int = 12
) -> list[Part]:
    w, t, y = width / 2, thickness, height * 0.54
    tall = height * 0.46 / w
    ring = f.ring(w, t * 0.62, axis="z").scale((1, tall, 1.1))
    count = within(stones, 4, 24)
    rune = f.box((t * 0.5, t * 0.9, t * 1.6), (0, w, 0))
    marks = unite([rune.rotate((0, 0, 360.0 * i / count)) for i in range(count)]).scale(
        (1, tall, 1)
    )
    small = f.box((t * 0.24, t * 0.4, t * 1.75), (0, w, 0))
    glows = unite([small.rotate((0, 0, 360.0 * i / count)) for i in range(count)]).scale(
        (1, tall, 1)
    )
    swirl = [
        f.ring(w * s, w * 0.035, axis="z", share=0.7).scale((1, tall, 1.6))
        for s in (0.25, 0.48, 0.7)
    ]
    return [
        main("frame ring stones", ring.translate((0, y, 0)), marks.translate((0, y, 0))),
        second(
            "portal light energy swirl",
            f.rod(w, t * 0.3, axis="z", share=1).scale((1, tall, 1)).translate((0, y, 0)),
            finish="purple neon",
        ),
        fixed("rings waves", unite(swirl).translate((0, y, 0)), finish="pink neon"),
        fixed("runes rune glyphs", glows.translate((0, y, 0)), finish=GLOW),
        fixed(
            "base steps",
            f.slab((width * 0.9, height * 0.06, t * 4)),
            f.slab((width * 0.66, height * 0.13, t * 2.8)),
            finish="grey stone",
        ),
    ]


@family(
    "corridor",
    "spaceship_corridor sci_fi_corridor space_corridor hallway spaceship_hallway passageway",
    "light grey paint",
)
def corridor(
    f: Forms, *, width: float = 3.0, height: float = 2.8, length: float = 5.0, frames: int = 4
) -> list[Part]:
    w, h, c = width, height, 0.24
    eight = [
        (w * (0.5 - c), 0),
        (w * 0.5, h * c),
        (w * 0.5, h * (1 - c)),
        (w * (0.5 - c), h),
        (-w * (0.5 - c), h),
        (-w * 0.5, h * (1 - c)),
        (-w * 0.5, h * c),
        (-w * (0.5 - c), 0),
    ]
    middle = [(x, y - h / 2) for x, y in eight]

    def shell(outer: float, inner: float, long: float) -> Manifold:
        tube = f.plate([(x * outer, y * outer) for x, y in middle], long)
        return (tube - f.plate([(x * inner, y * inner) for x, y in middle], 99)).translate(
            (0, h / 2, 0)
        )

    spots = apart(within(frames, 2, 12), length * 0.95)
    ribs = [shell(1.06, 0.9, length * 0.06).translate((0, 0, z)) for z in spots]
    return [
        main("walls wall shell", shell(1.03, 0.97, length)),
        second("frames ribs arches", *ribs, finish="charcoal steel"),
        fixed(
            "floor grating",
            f.box((w * 0.64, h * 0.05, length), (0, h * 0.04, 0)),
            finish="diamond plate",
        ),
        *_corridor_fittings(f, length, h, w),
    ]


def _corridor_fittings(f: Forms, length: float, h: float, w: float) -> list[Part]:
    """A corridor's lights and pipes."""
    lamp = f.box((0.12, h * 0.06, length * 0.98), (w * 0.485, h * 0.56, 0))
    return [
        fixed(
            "lights light",
            mirrored(lamp),
            f.box((w * 0.12, 0.1, length * 0.98), (0, h * 0.97, 0)),
            finish=GLOW,
        ),
        fixed(
            "pipes cables",
            mirrored(f.rod(0.08, length, (w * 0.42, h * 0.84, 0), "z", share=0.3)),
            mirrored(f.rod(0.05, length, (w * 0.36, h * 0.9, 0), "z", share=0.3)),
            finish="orange paint",
        ),
    ]


@family(
    "generator",
    "power_generator diesel_generator electric_generator portable_generator",
    "yellow paint",
)
def generator(
    f: Forms, *, width: float = 0.9, height: float = 0.6, depth: float = 0.5
) -> list[Part]:
    w, h, z = width, height, depth / 2
    bar = f.hose(
        [
            (w * 0.48, 0.03, z),
            (w * 0.48, h * 0.9, z),
            (w * 0.4, h, z),
            (0, h, z),
            (-w * 0.4, h, z),
            (-w * 0.48, h * 0.9, z),
            (-w * 0.48, 0.03, z),
        ],
        0.022,
        steps=2,
    )
    ties = [
        f.rod(0.02, depth, (s * w * 0.48, y, 0), "z") for s in (1, -1) for y in (0.03, h * 0.86)
    ]
    return [
        main(
            "body case tank",
            f.soft_box((w * 0.86, h * 0.3, depth * 0.8), (0, h * 0.8, 0), 0.05),
            f.soft_box((w * 0.42, h * 0.5, depth * 0.76), (-w * 0.24, h * 0.42, 0), 0.02),
        ),
        second(
            "frame rails",
            bar,
            bar.mirror((0, 0, 1)),
            *ties,
            f.box((w * 0.96, 0.03, depth), (0, 0.05, 0)),
            finish="black steel",
        ),
        *_generator_fittings(f, depth, h, w, z),
    ]


def _generator_fittings(f: Forms, depth: float, h: float, w: float, z: float) -> list[Part]:
    """A generator's engine and sockets."""
    fins = [f.rod(h * 0.27, 0.012, (w * (0.1 + 0.04 * i), h * 0.34, 0), "x") for i in range(6)]
    sockets = [
        f.rod(0.035, 0.03, (-w * (0.36 - 0.1 * i), h * 0.32, z * 0.78), "z", share=0.5)
        for i in range(3)
    ]
    return [
        fixed(
            "engine motor fins",
            *fins,
            f.rod(h * 0.22, w * 0.36, (w * 0.2, h * 0.34, 0), "x"),
            f.box((w * 0.3, h * 0.2, depth * 0.4), (w * 0.2, h * 0.14, 0)),
            f.rod(0.05, w * 0.2, (w * 0.32, h * 0.6, z * 0.5), "x"),
            f.box((0.06, h * 0.4, 0.06), (w * 0.25, h * 0.5, z * 0.4)),
            finish="grey steel",
        ),
        fixed(
            "sockets panel cap",
            *sockets,
            f.post(0.05, 0.05, (w * 0.2, h * 0.94, 0)),
            f.box((w * 0.3, h * 0.1, 0.02), (-w * 0.24, h * 0.54, z * 0.77)),
            finish="charcoal plastic",
        ),
    ]
