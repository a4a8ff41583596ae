"""Machines and tools that work: on building sites, in workshops, at taps. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import (
    Forms,
    Point,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _bar(f: Forms, start: Point, stop: Point, t: float) -> Manifold:
    """A thin square bar."""
    return Manifold.batch_hull([f.box((t, t, t), at) for at in (start, stop)])


def _truss(f: Forms, length: float, side: float, t: float, bays: int) -> Manifold:
    """A square lattice girder that rises from the origin along y."""
    s = side / 2
    posts = [
        _bar(f, (a * s, 0, b * s), (a * s, length, b * s), t) for a in (1, -1) for b in (1, -1)
    ]
    step, turn = length / bays, 1
    for i in range(bays):
        low, high = step * i, step * (i + 1)
        one = _bar(f, (-s * turn, low, s), (s * turn, high, s), t * 0.7)
        posts += [one, one.rotate((0, 90, 0)), one.rotate((0, 180, 0)), one.rotate((0, 270, 0))]
        turn = -turn
    return unite(posts)


@family("tower_crane", "construction_crane building_crane crane_machine", "yellow paint")
def tower_crane(
    f: Forms, *, height: float = 10.0, length: float = 9.0, thickness: float = 0.7, bays: int = 10
) -> list[Part]:
    h, t, count = height, thickness, within(bays, 3, 16)
    top = h * 0.8
    back, front = length * 0.3, length * 0.7
    jib = (
        _truss(f, front, t * 0.7, t * 0.13, count)
        .rotate((0, 0, -90))
        .translate((0, top + t * 0.5, 0))
    )
    rear = f.box((back, t * 0.3, t * 0.8), (-back / 2, top + t * 0.4, 0))
    peak = (0.0, h, 0.0)
    return [
        main(
            "frame mast jib arm tower",
            _truss(f, top, t, t * 0.16, count),
            jib,
            rear,
            *[
                _bar(f, (a * t * 0.4, top, b * t * 0.4), peak, t * 0.13)
                for a in (1, -1)
                for b in (1, -1)
            ],
            f.box((t * 1.3, t * 0.3, t * 1.3), (0, top + t * 0.1, 0)),
        ),
        second(
            "cab cabin",
            f.soft_box((t * 1.0, t * 1.2, t * 0.9), (t * 0.55, top - t * 0.4, t * 0.7), t * 0.08),
            finish="white paint",
        ),
        fixed(
            "window glass",
            f.box((t * 0.06, t * 0.5, t * 0.7), (t * 1.05, top - t * 0.25, t * 0.7)),
            f.box((t * 0.7, t * 0.5, t * 0.06), (t * 0.55, top - t * 0.25, t * 1.15)),
            finish="dark glass",
        ),
        *_tower_crane_fittings(f, h, t, top, back, front, peak),
    ]


def _tower_crane_fittings(
    f: Forms, h: float, t: float, top: float, back: float, front: float, peak: Point
) -> list[Part]:
    """A tower crane's weights and cables."""
    hook = front * 0.7
    cables = [
        _bar(f, peak, (front * 0.75, top + t * 0.8, 0), t * 0.07),
        _bar(f, peak, (-back * 0.9, top + t * 0.5, 0), t * 0.07),
    ]
    return [
        fixed(
            "weights counterweight base blocks",
            *[
                f.box((t * 0.5, t * 1.3, t * 0.9), (-back + t * (0.3 + 0.6 * i), top, 0))
                for i in range(3)
            ],
            f.slab((t * 3, t * 0.5, t * 3)),
            finish="grey concrete",
        ),
        fixed(
            "cables rope hook",
            *cables,
            f.rod(t * 0.05, h * 0.34, (hook, top + t * 0.2 - h * 0.17, 0), share=0.3),
            f.box((t * 0.6, t * 0.3, t * 0.5), (hook, top + t * 0.12, 0)),
            f.soft_box((t * 0.4, t * 0.5, t * 0.24), (hook, top - h * 0.32, 0), t * 0.08),
            f.ring(t * 0.2, t * 0.07, (hook, top - h * 0.32 - t * 0.42, 0), "z", 0.6),
            finish="charcoal steel",
        ),
    ]


@family("forklift", "fork_lift forklift_truck lift_truck pallet_truck", "yellow paint")
def forklift(
    f: Forms, *, length: float = 2.2, width: float = 1.1, height: float = 2.1, radius: float = 0.3
) -> list[Part]:
    z, w, h, r = length / 2, width / 2, height, radius
    side = [
        (z * 0.56, r * 0.6),
        (z * 0.56, h * 0.3),
        (z * 0.1, h * 0.28),
        (-z * 0.1, h * 0.42),
        (-z * 0.9, h * 0.46),
        (-z, h * 0.36),
        (-z, r * 0.8),
    ]
    fork = f.profile(
        [
            (z * 0.68, 0.06),
            (z * 1.56, 0.04),
            (z * 1.56, 0.07),
            (z * 0.74, 0.12),
            (z * 0.74, h * 0.26),
            (z * 0.68, h * 0.26),
        ],
        w * 0.24,
    )
    mast = (
        [mirrored(f.slab((0.09, h * 0.96, 0.14), (w * 0.52, 0.08, z * 0.62)))]
        + [f.box((w * 1.1, 0.08, 0.1), (0, h * y, z * 0.62)) for y in (0.1, 0.5, 0.97)]
        + [f.box((w * 1.3, 0.07, 0.06), (0, h * y, z * 0.69)) for y in (0.1, 0.2)]
    )
    return [
        main("body chassis", f.profile(side, 2 * w * 0.84)),
        second(
            "mast forks fork lift",
            f.box((w * 0.9, h * 0.1, z * 0.2), (0, h * 0.2, z * 0.58)),
            *mast,
            mirrored(fork.translate((w * 0.38, 0, 0))),
            finish="charcoal steel",
        ),
        *_forklift_fittings(f, h, r, w, z),
    ]


def _forklift_fittings(f: Forms, h: float, r: float, w: float, z: float) -> list[Part]:
    """A forklift's cage, wheels, hubs and seat."""
    tyres = mirrored(
        unite(
            [
                f.rod(q, w * 0.4, (w * 0.86, q, a), "x")
                for q, a in ((r, z * 0.42), (r * 0.85, -z * 0.66))
            ]
        )
    )
    hubs = mirrored(
        unite(
            [
                f.rod(q * 0.5, w * 0.44, (w * 0.86, q, a), "x")
                for q, a in ((r, z * 0.42), (r * 0.85, -z * 0.66))
            ]
        )
    )
    guard = [
        mirrored(f.bone((w * 0.8, h * 0.3, z * 0.48), (w * 0.74, h * 0.97, z * 0.2), 0.035)),
        mirrored(f.bone((w * 0.8, h * 0.42, -z * 0.6), (w * 0.74, h * 0.97, -z * 0.46), 0.035)),
        f.box((w * 1.56, 0.05, z * 0.74), (0, h * 0.97, -z * 0.13)),
    ]
    return [
        fixed("cage frame roof guard", *guard, finish="charcoal steel"),
        fixed("wheels wheel tyres", tyres, finish="black rubber"),
        fixed("hubs rims", hubs, finish="silver"),
        fixed(
            "seat steering",
            f.soft_box((w * 0.8, 0.12, z * 0.36), (0, h * 0.45, -z * 0.3), 0.04),
            f.soft_box((w * 0.8, h * 0.22, 0.1), (0, h * 0.55, -z * 0.5), 0.04),
            f.bone((0, h * 0.28, z * 0.36), (0, h * 0.54, z * 0.2), 0.025),
            f.rod(0.02, w * 0.48, (0, h * 0.55, z * 0.19), "x", share=0.3),
            f.ring(w * 0.24, 0.025, axis="y", share=0.6)
            .rotate((40, 0, 0))
            .translate((0, h * 0.55, z * 0.19)),
            finish="black plastic",
        ),
    ]


@family(
    "power_drill", "drill cordless_drill electric_drill hand_drill impact_driver", "yellow plastic"
)
def power_drill(
    f: Forms, *, length: float = 0.28, height: float = 0.24, width: float = 0.06
) -> list[Part]:
    z, h, w = length / 2, height, width
    y = h * 0.84
    grip = f.profile(
        [(-z * 0.35, h * 0.78), (z * 0.12, h * 0.78), (-z * 0.06, h * 0.16), (-z * 0.5, h * 0.16)],
        w * 0.62,
    )
    return [
        main(
            "body case",
            f.rod(w * 0.5, length * 0.56, (0, y, -z * 0.3), "z"),
            f.ball(w * 0.5, (0, y, -z * 0.86), (1, 1, 0.6)),
            grip,
        ),
        second(
            "chuck bit",
            f.rod(w * 0.44, z * 0.2, (0, y, z * 0.3), "z"),
            f.rod(w * 0.36, z * 0.3, (0, y, z * 0.5), "z", w * 0.24),
            f.rod(w * 0.09, z * 0.7, (0, y, z * 0.85), "z", w * 0.05),
            *[f.ring(w * 0.09, w * 0.03, (0, y, z * (0.7 + 0.07 * i)), "z", 0.4) for i in range(5)],
            finish="steel",
        ),
        *_power_drill_fittings(f, h, w, z, y),
    ]


def _power_drill_fittings(f: Forms, h: float, w: float, z: float, y: float) -> list[Part]:
    """A power drill's battery and vents."""
    return [
        fixed(
            "battery base trigger grip",
            f.soft_box((w * 1.1, h * 0.18, z * 0.9), (0, h * 0.09, -z * 0.3), w * 0.12),
            f.soft_box((w * 0.34, h * 0.14, w * 0.4), (0, h * 0.64, z * 0.12), w * 0.1),
            f.profile(
                [
                    (-z * 0.38, h * 0.66),
                    (-z * 0.22, h * 0.66),
                    (-z * 0.34, h * 0.2),
                    (-z * 0.52, h * 0.2),
                ],
                w * 0.66,
            ),
            finish="black rubber",
        ),
        fixed(
            "vents label",
            *[
                mirrored(
                    f.box((w * 0.06, h * 0.016, z * 0.3), (w * 0.48, y + h * 0.035 * i, -z * 0.6))
                )
                for i in (-1, 0, 1)
            ],
            finish="charcoal plastic",
        ),
    ]


@family("chainsaw", "chain_saw motor_saw lumberjack_saw", "orange plastic")
def chainsaw(
    f: Forms, *, length: float = 0.9, height: float = 0.26, width: float = 0.2, teeth: int = 26
) -> list[Part]:
    z, h, w = length / 2, height, width
    body = f.soft_box((w * 0.8, h * 0.62, length * 0.36), (0, h * 0.34, -z * 0.4), h * 0.12)
    front, r = z * 0.94, h * 0.15
    blade = Manifold.batch_hull(
        [f.rod(r, w * 0.05, (w * 0.3, h * 0.3, a), "x") for a in (-z * 0.2, front)]
    )
    count, run = within(teeth, 4, 24) + 4, front + z * 0.1
    tooth = f.box((w * 0.1, h * 0.07, length * 0.012))
    cutters = [
        tooth.translate((w * 0.3, h * 0.3 + s * r, run * (i / count) - z * 0.05))
        for i in range(count)
        for s in (1, -1)
    ]
    band = blade.scale((1.6, 1, 1)).translate((-w * 0.18, 0, 0)) - blade.scale(
        (3, 0.88, 1)
    ).translate((-w * 0.6, h * 0.036, 0))
    return [
        main("body case motor", body),
        second("blade bar", blade, finish="polished steel"),
        fixed("chain teeth", band, *cutters, finish="charcoal steel"),
        *_chainsaw_fittings(f, h, w, z),
    ]


def _chainsaw_fittings(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """A chainsaw's handles and cap."""
    top = f.tube(
        [
            (-w * 0.4, h * 0.4, -z * 0.2),
            (-w * 0.3, h * 0.86, -z * 0.22),
            (w * 0.3, h * 0.86, -z * 0.22),
            (w * 0.4, h * 0.5, -z * 0.2),
        ],
        h * 0.06,
    )
    rear = f.tube(
        [
            (0, h * 0.5, -z * 0.7),
            (0, h * 0.52, -z * 0.98),
            (0, h * 0.2, -z * 0.98),
            (0, h * 0.16, -z * 0.7),
        ],
        h * 0.07,
    )
    return [
        fixed(
            "handles handle grips guard",
            top,
            rear,
            f.box((w * 0.7, h * 0.3, h * 0.05), (0, h * 0.76, -z * 0.03)),
            f.box((w * 0.1, h * 0.4, h * 0.05), (-w * 0.3, h * 0.56, -z * 0.05)),
            finish="black plastic",
        ),
        fixed(
            "cap starter vents",
            f.rod(h * 0.17, w * 0.1, (-w * 0.4, h * 0.34, -z * 0.42), "x"),
            f.rod(h * 0.06, w * 0.1, (-w * 0.4, h * 0.52, -z * 0.2), "x"),
            finish="charcoal plastic",
        ),
    ]
