"""What children play on, and what stands at fairs and markets. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    around,
    cornered,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "swing",
    "swing_set swingset playground_swing garden_swing tyre_swing tire_swing rope_swing",
    "red paint",
)
def swing(
    f: Forms, *, width: float = 2.8, height: float = 2.2, depth: float = 1.6, seats: int = 2
) -> list[Part]:
    w, h, z = width / 2, height, depth / 2
    count = within(seats, 1, 8)
    legs = [f.bone((w, h, 0), (w * 1.05, 0.04, s * z), 0.05) for s in (1, -1)]
    bar = f.bone((w * 1.02, h * 0.4, z * 0.6), (w * 1.02, h * 0.4, -z * 0.6), 0.035)
    spots = [2 * w * ((i + 0.5) / count - 0.5) for i in range(count)]
    gap = min(0.24, w * 0.7 / count)
    chains = [
        f.rod(0.018, h * 0.74, (x + s * gap, h * 0.63, 0), share=0.3)
        for x in spots
        for s in (1, -1)
    ]
    rings = [f.ring(0.06, 0.018, (x + s * gap, h, 0), "x", 0.4) for x in spots for s in (1, -1)]
    return [
        main(
            "frame legs posts", mirrored(unite([*legs, bar])), f.rod(0.055, 2 * w, (0, h, 0), "x")
        ),
        second(
            "seats seat",
            *[f.soft_box((gap * 2.2, 0.045, 0.22), (x, h * 0.26, 0), 0.02) for x in spots],
            finish="blue plastic",
        ),
        fixed("chains ropes chain rope", *chains, *rings, finish="silver"),
    ]


@family("seesaw", "see_saw teeter_totter teeterboard", "yellow paint")
def seesaw(
    f: Forms, *, length: float = 3.0, height: float = 0.6, width: float = 0.28
) -> list[Part]:
    half, h, w = length / 2, height, width
    tilt = math.degrees(math.asin(min(0.5, (h - 0.12) / half)))
    grip = f.tube(
        [
            (half * 0.66, 0, w * 0.5),
            (half * 0.66, 0.3, w * 0.5),
            (half * 0.66, 0.3, -w * 0.5),
            (half * 0.66, 0, -w * 0.5),
        ],
        0.025,
    )
    seat = f.soft_box((0.34, 0.06, w * 1.15), (half * 0.86, 0.05, 0), 0.025)

    def turned(*solids: Manifold) -> Manifold:
        return unite(solids).rotate((0, 0, tilt)).translate((0, h, 0))

    side = f.plate(pairs("-0.55 0, 0.55 0, 0.12 1.05, -0.12 1.05", h, h), 0.05)
    return [
        main("board plank", turned(f.soft_box((length, 0.07, w), (0, 0, 0), 0.02))),
        second(
            "stand base pivot",
            side.translate((0, 0, w * 0.62)),
            side.translate((0, 0, -w * 0.62)),
            f.rod(0.06, w * 1.5, (0, h, 0), "z"),
            f.slab((h * 1.1, 0.05, w * 1.4)),
            finish="red paint",
        ),
        fixed("seats seat", turned(mirrored(seat)), finish="blue plastic"),
        fixed("handles handle bars", turned(mirrored(grip)), finish="silver"),
    ]


@family(
    "playground_slide",
    "slide playground_slides children_slide water_slide kids_slide",
    "yellow plastic",
)
def playground_slide(
    f: Forms, *, length: float = 2.6, height: float = 1.7, width: float = 0.6, rungs: int = 6
) -> list[Part]:
    z, h, w = length / 2, height, width / 2
    path = [
        (0, h, -z * 0.5),
        (0, h * 0.98, -z * 0.3),
        (0, h * 0.55, z * 0.16),
        (0, h * 0.18, z * 0.66),
        (0, h * 0.1, z),
    ]
    chute = f.ribbon(path, 2 * w, 0.06, up=(0, 1, 0), steps=5)
    lips = [f.hose([(s * w, y + 0.06, a) for _, y, a in path], 0.06) for s in (1, -1)]
    return [
        main("slide chute", chute, *lips),
        *_playground_slide_ladder(f, rungs, h, w, z),
    ]


def _playground_slide_ladder(f: Forms, rungs: int, h: float, w: float, z: float) -> list[Part]:
    """A playground slide's ladder."""
    foot = (-z * 0.98, 0.03)
    count = within(rungs, 2, 16)
    steps = [
        f.rod(0.03, 2 * w * 0.92, (0, h * t, foot[0] + (z * 0.38) * t), "x", share=0.4)
        for t in ((i + 0.6) / (count + 0.2) for i in range(count))
    ]
    rails = [
        f.tube(
            [
                (w * 0.92, 0.03, foot[0]),
                (w * 0.92, h, -z * 0.6),
                (w * 0.92, h * 1.3, -z * 0.52),
                (w * 0.92, h * 1.3, -z * 0.34),
                (w * 0.92, h * 1.02, -z * 0.3),
            ],
            0.03,
        )
    ]
    return [
        second(
            "ladder rails frame",
            mirrored(unite(rails)),
            *steps,
            mirrored(f.bone((w * 0.9, 0.03, z * 0.72), (w * 0.9, h * 0.2, z * 0.62), 0.03)),
            f.box((2 * w, 0.06, z * 0.24), (0, h - 0.02, -z * 0.52)),
            mirrored(f.bone((w * 0.9, h, -z * 0.36), (w * 0.95, 0.03, -z * 0.26), 0.03)),
            finish="red paint",
        ),
    ]


@family("sandbox", "sandpit sand_pit sand_box", "caramel wood")
def sandbox(f: Forms, *, width: float = 1.8, depth: float = 1.8, height: float = 0.3) -> list[Part]:
    w, h, z = width, height, depth / 2
    frame = f.slab((w, h, depth)) - f.slab((w * 0.88, 2 * h, depth * 0.88))
    heap = f.turned(
        [(w * 0.3, 0), (w * 0.2, h * 0.4), (w * 0.06, h * 0.75), (0, h * 0.8)],
        (w * 0.12, h * 0.5, -z * 0.2),
    )
    pail = [(w * 0.06, 0), (w * 0.085, h * 0.6), (w * 0.07, h * 0.6), (w * 0.05, h * 0.1)]
    spade = f.bone((-w * 0.22, h * 1.5, z * 0.02), (-w * 0.22, h * 0.6, z * 0.12), 0.02)
    return [
        main(
            "frame boards",
            frame,
            cornered(f.slab((w * 0.26, h * 0.12, z * 0.26), (w * 0.4, h, z * 0.8))),
        ),
        fixed("sand", f.slab((w * 0.9, h * 0.64, depth * 0.9)), heap, finish="sand"),
        second(
            "bucket spade toys",
            f.lathe(pail, (-w * 0.1, h * 0.62, z * 0.45)),
            f.ring(w * 0.08, 0.012, (-w * 0.1, h * 1.22, z * 0.45), "z", 0.6),
            spade,
            f.box((0.13, 0.2, 0.02), (-w * 0.22, h * 0.66, z * 0.12)),
            f.ball(w * 0.07, (w * 0.22, h * 0.8, z * 0.5)),
            finish="red plastic",
        ),
    ]


@family("trampoline", "garden_trampoline bouncing_trampoline", "blue plastic")
def trampoline(f: Forms, *, radius: float = 1.5, height: float = 0.8, legs: int = 6) -> list[Part]:
    r, h = radius, height
    count = within(legs, 3, 12)
    leg = f.tube([(r * 0.98, h, 0), (r * 0.98, 0.04, 0)], 0.05) + f.post(
        0.1, 0.04, (r * 0.98, 0, 0)
    )
    spring = f.rod(0.018, r * 0.2, (r * 0.9, h * 0.99, 0), "x", share=0.3)
    return [
        main(
            "pad rim edge",
            f.lathe(
                [(r * 0.9, 0), (r * 1.04, 0), (r * 1.04, 0.07), (r * 0.9, 0.07)], (0, h - 0.02, 0)
            )
            - f.post(r * 0.88, 9, (0, h - 4, 0)),
        ),
        second("mat bed surface", f.post(r * 0.84, 0.03, (0, h - 0.015, 0)), finish="black rubber"),
        fixed(
            "legs leg frame springs",
            around(leg, count),
            f.ring(r * 0.98, 0.05, (0, h - 0.01, 0)),
            around(spring, 36),
            f.ring(r * 0.98, 0.035, (0, h * 0.12, 0)),
            finish="silver",
        ),
    ]
