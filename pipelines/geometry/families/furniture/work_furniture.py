"""Desks, benches, upright pianos and mirrors. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, cornered, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("desk", "writing_desk office_desk school_desk bureau", "brown wood")
def desk(
    f: Forms,
    *,
    width: float = 1.4,
    height: float = 0.75,
    depth: float = 0.7,
    thickness: float = 0.04,
    drawers: int = 3,
) -> list[Part]:
    t, side = thickness, width * 0.32
    x, z = width / 2 - side / 2 - 0.02, depth / 2
    low, tall = 0.07, height - thickness - 0.07
    step = (tall - 0.03) / max(drawers, 1)
    rows = [low + 0.02 + step * (i + 0.5) for i in range(drawers)]
    fronts = [
        f.soft_box((side * 0.9, step * 0.88, 0.03), (x, y, z * 0.9 + 0.005), 0.008) for y in rows
    ]
    pulls = [
        f.bone((x - 0.05, y, z * 0.9 + 0.025), (x + 0.05, y, z * 0.9 + 0.025), 0.011) for y in rows
    ]
    leg = f.slab((0.055, height - t / 2, 0.055), (-width / 2 + 0.05, 0, z - 0.06))
    return [
        main(
            "body frame legs leg",
            f.slab((side, tall + t / 2, depth * 0.9), (x, low, 0)),
            cornered(
                f.slab((0.05, low + 0.02, 0.05), (side / 2 - 0.03, 0, depth * 0.42))
            ).translate((x, 0, 0)),
            leg + leg.mirror((0, 0, 1)),
            f.box((width * 0.94, 0.1, 0.025), (0, height - t - 0.05, z - 0.07)),
            f.box((width * 0.94, height * 0.45, 0.025), (0, height * 0.72, -z + 0.07)),
        ),
        second(
            "top desktop",
            f.soft_box((width, t, depth), (0, height - t / 2, 0), 0.012),
            finish="brown wood",
        ),
        second("drawers drawer", *fronts, finish="caramel wood"),
        fixed("handles handle", *pulls, finish="brass"),
    ]


@family("bench", "park_bench garden_bench pew", "caramel wood")
def bench(
    f: Forms,
    *,
    width: float = 1.6,
    height: float = 0.85,
    depth: float = 0.6,
    thickness: float = 0.03,
    legs: int = 4,
) -> list[Part]:
    seat, t = height * 0.52, thickness
    across = [
        f.soft_box((width, t, depth * 0.15), (0, seat, z * depth), 0.01)
        for z in (-0.2, -0.02, 0.16, 0.34)
    ]
    lean = [
        f.soft_box(
            (width, depth * 0.15, t), (0, seat + height * y, -depth * (0.3 + 0.22 * y)), 0.01
        )
        for y in (0.14, 0.27, 0.4)
    ]
    return [
        main("seat slats", *across),
        main("back backrest", *lean),
        *_bench_ends(f, width, height, depth, legs, seat, t),
    ]


def _bench_ends(
    f: Forms, width: float, height: float, depth: float, legs: int, seat: float, t: float
) -> list[Part]:
    """A bench's legs and arms."""
    front, back = depth * 0.38, -depth * 0.3
    r = t * 0.75
    side = [
        f.bone((0, r, front * 1.1), (0, seat - t, front * 0.9), r),
        f.bone((0, r, back * 1.35), (0, seat, back), r),
        f.bone((0, seat - t, front), (0, seat - t, back), r),
        f.bone((0, seat - t, back), (0, seat + height * 0.46, -depth * 0.43), r),
        f.tube(
            [
                (0, seat - t, front * 0.8),
                (0, seat + 0.2, front),
                (0, seat + 0.22, 0),
                (0, seat + 0.2, -depth * 0.36),
            ],
            r,
        ),
    ]
    ends = [unite(side).translate((x, 0, 0)) for x in apart(max(2, round(legs / 2)), width * 0.9)]
    return [
        second("legs leg frame arms", *ends, finish="black steel"),
    ]


def keys(
    f: Forms, width: float, y: float, z: float, depth: float, white: int = 28
) -> tuple[Manifold, Manifold]:
    """White and black keys of a piano, `depth` long, their top about y."""
    step = width / white
    gaps = [
        f.box((step * 0.1, 0.01, depth * 1.1), (x, y + 0.006, z))
        for x in apart(white - 1, width - 2 * step)
    ]
    flat = f.box((width, 0.02, depth), (0, y, z)) - unite(gaps)
    sharps = [
        f.box(
            (step * 0.55, 0.02, depth * 0.6),
            (-width / 2 + step * (i + 1), y + 0.014, z - depth * 0.2),
        )
        for i in range(white - 1)
        if i % 7 not in (2, 6)
    ]
    return flat, unite(sharps)


@family("upright piano", "pianino player_piano", "brown wood")
def upright_piano(
    f: Forms, *, width: float = 1.45, height: float = 1.25, depth: float = 0.62
) -> list[Part]:
    shelf, z = height * 0.56, depth / 2
    white, black = keys(f, width * 0.88, shelf + 0.075, z - 0.08, 0.15)
    block = f.slab(
        (width * 0.06, height * 0.12, depth * 0.52), (width * 0.47, shelf, z - depth * 0.26)
    )
    leg = f.lathe(
        [(0.045, 0), (0.03, 0.08), (0.05, shelf * 0.7), (0.04, shelf + 0.01)],
        (width * 0.45, 0, z - 0.06),
    )
    return [
        main(
            "body case legs leg",
            f.slab((width, height, depth * 0.5), (0, 0, -z + depth * 0.25)),
            f.slab((width, 0.06, depth * 0.9), (0, shelf, z - depth * 0.45)),
            mirrored(block + leg),
            f.soft_box((width * 1.04, 0.04, depth * 0.58), (0, height, -z + depth * 0.26), 0.012),
        ),
        second(
            "panels panel music_stand",
            f.soft_box((width * 0.88, height * 0.26, 0.03), (0, height * 0.81, 0), 0.01),
            f.soft_box((width * 0.88, shelf * 0.74, 0.03), (0, shelf * 0.52, 0), 0.01),
            f.box((width * 0.5, 0.03, 0.06), (0, height * 0.73, 0.03)),
            finish="caramel wood",
        ),
        fixed("keys key ivory", white, finish="glossy ivory plastic"),
        fixed("sharps", black, finish="glossy black plastic"),
        fixed(
            "pedals pedal",
            *[f.box((0.035, 0.015, 0.14), (s, 0.05, 0.04)) for s in (-0.09, 0, 0.09)],
            finish="brass",
        ),
    ]


@family("mirror", "looking_glass standing_mirror vanity_mirror hand_glass", "gold")
def mirror(
    f: Forms,
    *,
    width: float = 0.62,
    height: float = 1.6,
    depth: float = 0.45,
    thickness: float = 0.035,
) -> list[Part]:
    t, low = thickness, height * 0.1
    b = (height - low) / 2
    middle = low + b
    oval = [(x * width / 2, y * b) for x, y in f.circle(1.0)]
    frame = f.plate(oval, t) - f.plate([(x * 0.84, y * 0.92) for x, y in oval], 1)
    rim = frame + f.plate([(x * 0.94, y * 0.96) for x, y in oval], t * 0.3)
    swing, x = rim.rotate((-6, 0, 0)).translate((0, middle, 0)), width / 2 + t
    foot = [(x, t, depth / 2), (x, low * 0.75, 0), (x, t, -depth / 2)]
    return [
        main("frame", swing),
        main(
            "stand feet foot",
            mirrored(
                f.tube(foot, t * 0.5)
                + f.bone((x, low * 0.7, 0), (x, middle + b * 0.15, 0), t * 0.5)
            ),
            mirrored(f.ball(t * 0.9, (x, middle + b * 0.15 + t, 0))),
            f.rod(t * 0.4, 2 * x, (0, low * 0.75, 0), "x"),
            mirrored(f.rod(t * 0.4, t * 3, (width / 2, middle, 0), "x")),
        ),
        second(
            "glass mirror pane",
            f.plate([(x2 * 0.86, y * 0.93) for x2, y in oval], t * 0.5)
            .rotate((-6, 0, 0))
            .translate((0, middle, 0)),
            finish="mirror",
        ),
    ]
