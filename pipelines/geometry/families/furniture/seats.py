"""Seats for one: armchair, throne, office chair, rocking chair, wheelchair. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    cornered,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("armchair", "easy_chair club_chair recliner wing_chair lounge_chair", "green velvet")
def armchair(
    f: Forms,
    *,
    width: float = 0.9,
    height: float = 0.95,
    depth: float = 0.85,
    thickness: float = 0.2,
) -> list[Part]:
    seat, arm, inner = height * 0.42, thickness, width - 2 * thickness
    side = f.soft_box(
        (arm, height * 0.56, depth * 0.95), (width / 2 - arm / 2, height * 0.4, 0), 0.08
    )
    back = f.soft_box(
        (width * 0.92, height * 0.86, 0.2), (0, height * 0.57, -depth / 2 + 0.1), 0.09
    )
    cushion = f.soft_box((inner * 0.99, 0.2, depth * 0.74), (0, seat, depth * 0.1), 0.06)
    rest = f.soft_box(
        (inner * 0.96, height * 0.46, 0.16), (0, seat + height * 0.28, -depth * 0.24), 0.07
    )
    leg = f.post(0.022, height * 0.15, (width * 0.42, 0, depth * 0.38), 0.035)
    return [
        main(
            "frame body arms back",
            f.soft_box((width * 0.96, height * 0.26, depth * 0.96), (0, height * 0.25, 0), 0.05),
            mirrored(side),
            back,
        ),
        second("cushions cushion seat", cushion, rest, finish="light green velvet"),
        fixed("legs feet leg", cornered(leg), finish="brown wood"),
    ]


@family("throne", "royal_throne king_throne", "gold")
def throne(
    f: Forms,
    *,
    width: float = 0.85,
    height: float = 1.7,
    depth: float = 0.75,
    thickness: float = 0.1,
) -> list[Part]:
    t, x, seat = thickness, width / 2 - thickness / 2, height * 0.28
    z = depth / 2 - t / 2
    crest = pairs(
        "-0.5 0, 0.5 0, 0.5 0.78, 0.3 0.84, 0.16 0.96, 0 1, -0.16 0.96, -0.3 0.84, -0.5 0.78"
    )
    back = f.plate([(a * width, b * (height - seat)) for a, b in crest], t, (0, seat, -z))
    post = f.slab((t, height * 0.88, t), (x, 0, -z)) + f.ball(
        t * 0.7, (x, height * 0.88 + t * 0.5, -z)
    )
    front = f.slab((t, seat + 0.24, t), (x, 0, z)) + f.ball(t * 0.75, (x, seat + 0.3, z))
    arm = f.soft_box((t * 1.1, t * 0.8, depth), (x, seat + 0.26, 0), 0.03)
    return [
        main(
            "frame arms back legs",
            back,
            mirrored(unite([post, front, arm])),
            f.slab((width, seat * 0.85, depth), (0, 0.08, 0)),
        ),
        *_throne_trim(f, width, height, depth, seat, t, z, crest),
    ]


def _throne_trim(
    f: Forms,
    width: float,
    height: float,
    depth: float,
    seat: float,
    t: float,
    z: float,
    crest: list[tuple[float, float]],
) -> list[Part]:
    """A throne's padding, jewels and steps."""
    pad = [(a * width * 0.74, b * (height - seat) * 0.82 + 0.1) for a, b in crest]
    gems = [
        f.ball(t * 0.34, (a, height * y, -z + t * 0.5))
        for a, y in ((0, 0.94), (0.16, 0.86), (-0.16, 0.86))
    ]
    steps = [
        f.slab((width * s, 0.06, depth * s), (0, y, depth * 0.1))
        for s, y in ((1.5, 0), (1.25, 0.05))
    ]
    return [
        second(
            "seat cushion padding",
            f.soft_box((width - 1.9 * t, 0.12, depth * 0.92), (0, seat, 0.02), 0.05),
            f.plate(pad, t * 0.5, (0, seat, -z + t * 0.4)),
            finish="crimson velvet",
        ),
        fixed("jewels gems", *gems, finish="glossy ruby glass"),
        fixed("base steps", *steps, finish="grey stone"),
    ]


@family("office chair", "swivel_chair computer_chair desk_chair gaming_chair", "black leather")
def office_chair(
    f: Forms, *, width: float = 0.52, height: float = 1.1, depth: float = 0.5, wheels: int = 5
) -> list[Part]:
    seat, reach, wheels = height * 0.42, width * 0.58, within(wheels, 3, 8)
    foot = f.bone((0, 0.13, 0), (0, 0.075, reach), 0.03, 0.02)
    caster = f.rod(0.033, 0.05, (0, 0.033, reach), "x")
    back = f.soft_box((width * 0.92, height * 0.44, 0.09), (0, 0, 0), 0.045).rotate((-7, 0, 0))
    spine = f.tube(
        [(0, seat - 0.05, 0), (0, seat, -depth * 0.5), (0, height * 0.68, -depth * 0.58)], 0.025
    )
    arm = f.tube(
        [(width * 0.4, seat - 0.03, 0), (width * 0.57, seat, 0), (width * 0.57, seat + 0.2, 0)],
        0.018,
    )
    pad = f.soft_box((0.07, 0.035, depth * 0.5), (width * 0.57, seat + 0.21, 0), 0.015)
    return [
        main(
            "seat back cushion",
            f.soft_box((width, 0.1, depth), (0, seat, 0), 0.045),
            back.translate((0, height * 0.76, -depth * 0.52)),
        ),
        second("arms armrests", mirrored(pad), finish="charcoal plastic"),
        fixed(
            "frame stand legs",
            around(foot, wheels),
            f.post(0.03, seat, (0, 0.1, 0)),
            mirrored(arm),
            spine,
            finish="steel",
        ),
        fixed("wheels casters", around(caster, wheels), finish="black rubber"),
    ]


@family("rocking chair", "rocker", "brown wood")
def rocking_chair(
    f: Forms,
    *,
    width: float = 0.56,
    height: float = 1.1,
    depth: float = 0.55,
    thickness: float = 0.04,
) -> list[Part]:
    t, x, seat, r = thickness, width / 2, height * 0.38, depth * 1.9
    turns = [math.radians(a) for a in (-30, -20, -10, 0, 10, 20, 28)]
    runner = f.tube([(x, r + t * 0.6 - r * math.cos(a), r * math.sin(a)) for a in turns], t * 0.6)
    front = f.bone((x, t, depth * 0.4), (x, seat + 0.22, depth * 0.38), t * 0.5)
    rear = f.tube(
        [(x, t, -depth * 0.4), (x, seat, -depth * 0.4), (x, height, -depth * 0.68)], t * 0.55
    )
    arm = f.soft_box((t * 2, t * 0.7, depth * 0.98), (x, seat + 0.23, -depth * 0.06), 0.012)
    slats = [
        f.bone((a, seat, -depth * 0.4), (a, height * 0.95, -depth * 0.66), t * 0.32)
        for a in apart(5, width * 0.7)
    ]
    rails = [
        f.rod(t * 0.4, width, (0, y, z), "x")
        for y, z in ((seat * 0.5, depth * 0.4), (seat * 0.5, -depth * 0.4))
    ]
    return [
        main("frame legs arms", mirrored(unite([front, rear, arm])), *rails),
        main(
            "back slats",
            *slats,
            f.soft_box((width * 1.02, 0.11, t), (0, height * 0.95, -depth * 0.66), 0.015),
        ),
        main("runners rockers", mirrored(runner)),
        second(
            "seat cushion",
            f.soft_box((width * 1.02, t, depth * 0.95), (0, seat, 0), 0.015),
            finish="brown wood",
        ),
    ]


@family("wheelchair", "wheel_chair invalid_chair", "navy fabric")
def wheelchair(
    f: Forms, *, width: float = 0.5, height: float = 0.95, depth: float = 0.46, radius: float = 0.3
) -> list[Part]:
    seat = height * 0.52
    return [
        main(
            "seat back",
            f.soft_box((width, 0.05, depth), (0, seat, 0), 0.02),
            f.soft_box((width, height * 0.38, 0.04), (0, height * 0.72, -depth * 0.5), 0.015),
        ),
        *_wheelchair_frame(f, width, height, depth, radius, seat),
    ]


def _wheelchair_frame(
    f: Forms, width: float, height: float, depth: float, radius: float, seat: float
) -> list[Part]:
    """A wheelchair's wheels, frame and armrests."""
    f = Forms(f.detail * 0.6)  # its many tubes are thin
    x, z, front = width / 2, -depth * 0.3, depth * 0.42
    hub = (x + 0.06, radius, z)
    tyre = f.ring(radius - 0.02, 0.02, axis="x") + f.rod(0.03, 0.1, axis="x")
    spoke = f.rod(0.004, 2 * radius - 0.04)
    spokes = unite([spoke.rotate((30 * i, 0, 0)) for i in range(6)]).translate(hub)
    plate = f.soft_box((width * 0.34, 0.02, 0.15), (x * 0.5, 0.1, depth * 0.92), 0.008)
    caster = f.rod(0.08, 0.03, (x, 0.08, front), "x")
    grip = f.rod(0.022, 0.1, (x, height * 0.96, -depth * 0.8), "z")
    pad = f.soft_box((0.06, 0.03, depth * 0.6), (x, seat + 0.215, 0), 0.012)
    return [
        second("wheels wheel tyres", mirrored(tyre.translate(hub) + caster), finish="black rubber"),
        fixed(
            "frame spokes footrests",
            mirrored(
                unite([*_wheelchair_tubes(f, x, z, height, depth, radius, seat), plate, spokes])
            ),
            f.rod(0.014, width, (0, radius, z), "x"),
            finish="polished steel",
        ),
        fixed("grips handles armrests", mirrored(grip + pad), finish="black plastic"),
    ]


def _wheelchair_tubes(
    f: Forms, x: float, z: float, height: float, depth: float, radius: float, seat: float
) -> list[Manifold]:
    """The bent tubes on one side of a wheelchair, at x."""
    back, front, arm = -depth * 0.5, depth * 0.42, seat + 0.2
    push = [(height * 0.3, back), (height * 0.92, back - 0.01), (height * 0.96, back * 1.5)]
    rest = [(seat, front), (arm, depth * 0.36), (arm, back)]
    return [
        f.bone((x, radius, z), (x, height * 0.6, back), 0.016),
        f.tube([(x, a, b) for a, b in push], 0.016),
        f.tube([(x, seat, back), (x, seat, depth * 0.5), (x * 0.8, 0.12, depth * 0.85)], 0.016),
        f.tube([(x, a, b) for a, b in rest], 0.016),
        f.bone((x, seat, front), (x, 0.09, front), 0.014),
        f.bone((x, radius, z), (x, radius, front), 0.014),
        f.rod(0.014, 0.16, (x, radius, z), "x"),
    ]
