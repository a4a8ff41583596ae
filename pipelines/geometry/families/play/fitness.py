"""What gyms and playing fields hold. Their front is +Z."""

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


@family("treadmill", "running_machine jogging_machine running_treadmill", "charcoal plastic")
def treadmill(
    f: Forms, *, length: float = 1.7, width: float = 0.75, height: float = 1.35
) -> list[Part]:
    z, w, h = length / 2, width / 2, height
    deck = f.soft_box((2 * w, h * 0.11, length), (0, h * 0.085, 0), 0.03)
    post = f.bone((w * 0.9, h * 0.1, z * 0.78), (w * 0.86, h * 0.9, z * 0.52), 0.04)
    rail = f.bone((w * 0.86, h * 0.74, z * 0.58), (w * 0.86, h * 0.7, -z * 0.05), 0.03)
    head = (
        f.soft_box((2 * w * 0.98, h * 0.2, 0.08), (0, 0, 0), 0.03)
        .rotate((-28, 0, 0))
        .translate((0, h * 0.92, z * 0.54))
    )
    screen = f.box((w * 0.9, h * 0.11, 0.06)).rotate((-28, 0, 0)).translate((0, h * 0.93, z * 0.5))
    body = [
        deck,
        mirrored(post),
        head,
        f.soft_box((2 * w, h * 0.2, length * 0.18), (0, h * 0.12, z * 0.88), 0.05),
    ]
    return [
        main("frame body deck", *[part.rotate((0, 180, 0)) for part in body]),
        second(
            "belt track",
            f.box((2 * w * 0.74, 0.03, length * 0.84), (0, h * 0.14, z * 0.12)),
            finish="black rubber",
        ),
        fixed("handles handle rails", mirrored(rail).rotate((0, 180, 0)), finish="silver"),
        fixed("screen display", screen.rotate((0, 180, 0)), finish="sky blue neon"),
        fixed(
            "stripes trim",
            mirrored(f.box((w * 0.1, 0.03, length * 0.8), (w * 0.88, h * 0.14, z * 0.12))),
            finish="silver",
        ),
    ]


@family("kettlebell", "kettle_bell kettlebells girya", "black steel")
def kettlebell(f: Forms, *, height: float = 0.28, radius: float = 0.1) -> list[Part]:
    h, r = height, radius
    grip = [
        (-r * 0.62, h * 0.58, 0),
        (-r * 0.78, h * 0.8, 0),
        (-r * 0.5, h * 0.95, 0),
        (0, h * 0.97, 0),
        (r * 0.5, h * 0.95, 0),
        (r * 0.78, h * 0.8, 0),
        (r * 0.62, h * 0.58, 0),
    ]
    ball = f.ball(r, (0, h * 0.37, 0), (1, h * 0.385 / r, 1), 1) ^ f.slab((4 * r, h, 4 * r))
    return [
        main("body ball weight", ball),
        second("handle grip", f.hose(grip, r * 0.17), finish="steel"),
        fixed(
            "label number",
            f.rod(r * 0.5, 3 * r, (0, h * 0.38, 1.5 * r), "z")
            ^ f.ball(r * 1.02, (0, h * 0.37, 0), (1, h * 0.385 / r, 1), 1),
            finish="red paint",
        ),
    ]


@family(
    "goal",
    "soccer_goal football_goal goalpost goal_post hockey_goal soccer_net football_net goal_net",
    "white paint",
)
def goal(
    f: Forms,
    *,
    width: float = 3.2,
    height: float = 1.8,
    depth: float = 1.1,
    thickness: float = 0.05,
) -> list[Part]:
    w, h, z, t = width / 2, height, depth, thickness
    top = h - t
    back = [(w, top, -z * 0.35), (w, t * 0.5, -z)]
    frame = [
        f.bone((w, 0.03, 0), (w, top, 0), t),
        f.bone((w, top, 0), back[0], t * 0.6),
        f.bone(back[0], back[1], t * 0.6),
        f.bone((w, t * 0.6, 0), back[1], t * 0.6),
    ]
    thin = t * 0.16
    cords = []
    for x in apart(13, 2 * w):
        cords += [((x, top, 0.0), (x, top, -z * 0.35)), ((x, top, -z * 0.35), (x, t * 0.5, -z))]
    for i in range(1, 7):
        y, b = top * (1 - i / 7), -z * (0.35 + 0.65 * i / 7)
        cords += [((-w, y, b), (w, y, b))] + [((s * w, y, 0.0), (s * w, y, b)) for s in (1, -1)]
    cords += [
        ((s * w, top, -z * k), (s * w, t * 0.5, -z * k)) for k in (0.17, 0.33) for s in (1, -1)
    ]
    net = unite([_cord(f, a, b, thin) for a, b in cords])
    return [
        main("frame posts bar", mirrored(unite(frame)), f.rod(t, 2 * w, (0, top, 0), "x")),
        second("net mesh", net, finish="light grey fabric"),
        fixed("base rail", f.rod(t * 0.6, 2 * w, (0, t * 0.6, -z), "x"), finish="white paint"),
    ]


def _cord(
    f: Forms, start: tuple[float, float, float], stop: tuple[float, float, float], t: float
) -> Manifold:
    """A net's cord: square, so that hundreds of them cost little."""
    return Manifold.batch_hull([f.box((2 * t, 2 * t, 2 * t), at) for at in (start, stop)])


@family(
    "basketball_hoop",
    "basketball_basket basketball_net basket_hoop basketball_ring basketball_stand basketball_backboard",
    "orange paint",
)
def basketball_hoop(
    f: Forms, *, height: float = 3.4, width: float = 1.5, radius: float = 0.26
) -> list[Part]:
    h, w, r = height, width, radius
    y, board = h * 0.78, h * 0.86
    z = r + 0.12
    cords = [_cord(f, (r, 0, 0), (r * 0.5, -r * 1.5, r * 0.2 * s), 0.009) for s in (2, -2)]
    net = around(unite(cords), 9).translate((0, y, z))
    square = f.box((w * 0.36, h * 0.1, 0.05), (0, board, 0)) - f.box(
        (w * 0.3, h * 0.08, 9), (0, board, 0)
    )
    edge = f.box((w, h * 0.28, 0.045), (0, board, 0)) - f.box(
        (w * 0.94, h * 0.26, 9), (0, board, 0)
    )
    return [
        main("ring rim hoop", f.ring(r, 0.02, (0, y, z)), f.box((0.1, 0.06, 0.14), (0, y, 0.06))),
        second(
            "board backboard", f.box((w, h * 0.28, 0.04), (0, board, 0)), finish="white plastic"
        ),
        fixed(
            "net",
            net,
            f.ring(r * 0.655, 0.012, (0, y - r * 1.35, z), share=0.6),
            finish="white fabric",
        ),
        fixed("lines square", square, edge, finish="red paint"),
        fixed(
            "pole post stand",
            f.bone((0, board, -0.03), (0, board - h * 0.06, -w * 0.4), 0.05),
            f.post(0.07, board - h * 0.04, (0, 0, -w * 0.42)),
            f.soft_box((w * 0.6, 0.14, w * 0.6), (0, 0.07, -w * 0.42), 0.04),
            finish="charcoal steel",
        ),
    ]


@family("skis", "ski pair_of_skis alpine_skis", "red paint")
def skis(
    f: Forms, *, length: float = 1.7, width: float = 0.09, thickness: float = 0.02
) -> list[Part]:
    h, w, t = length, width, thickness
    path = [
        (0, 0.0, -t),
        (0, h * 0.25, t),
        (0, h * 0.55, t * 1.2),
        (0, h * 0.86, 0),
        (0, h * 0.95, t * 1.6),
        (0, h, t * 4.4),
    ]
    board = f.ribbon(path, w, t, up=(0, 0, 1))
    x = w * 0.85
    tie = f.box((2 * x + w, h * 0.02, t * 2.0), (0, h * 0.46, t * 1.4))
    return [
        main(
            "boards board ski",
            board.translate((x * 0.6, 0, 0)).rotate((0, 0, -1.5)),
            board.translate((-x * 0.6, 0, 0)).rotate((0, 0, 1.5)),
        ),
        second(
            "bindings binding",
            *[
                f.box((w * 0.8, h * 0.17, t * 2.2), (s * x * 0.66, h * 0.44, t * 2.0))
                for s in (1, -1)
            ],
            tie,
            finish="black plastic",
        ),
        *_skis_fittings(f, h, t, w, x),
    ]


def _skis_fittings(f: Forms, h: float, t: float, w: float, x: float) -> list[Part]:
    """A skis's poles, grips and stripes."""
    pole = f.bone((w * 2.6, 0.02, t), (w * 1.0, h * 0.68, t * 3.4), t * 0.36)
    basket = f.rod(w * 0.4, t * 0.5, (w * 2.5, h * 0.06, t * 1.2), share=0.5)
    return [
        fixed(
            "poles pole sticks",
            mirrored(pole),
            mirrored(basket),
            f.box((w * 3.0, h * 0.016, t * 2.4), (0, h * 0.44, t * 2.6)),
            finish="silver",
        ),
        fixed(
            "grips grip straps",
            mirrored(f.bone((w * 1.24, h * 0.58, t * 3.0), (w * 0.98, h * 0.69, t * 3.5), t * 0.7)),
            finish="black rubber",
        ),
        fixed(
            "stripes stripe",
            *[
                f.box((w * 0.5, h * 0.08, t * 1.2), (s * x * 0.68, h * 0.72, t * 0.75))
                for s in (1, -1)
            ],
            finish="white paint",
        ),
    ]


@family("punching_bag", "boxing_bag punchbag heavy_bag punch_bag", "red leather")
def punching_bag(f: Forms, *, height: float = 1.6, radius: float = 0.2) -> list[Part]:
    h, r = height, radius
    top = h * 0.7
    bag = [(r * 0.85, 0), (r, h * 0.03), (r, top - h * 0.03), (r * 0.85, top)]
    strap = f.bone((r * 0.8, top - 0.02, 0), (0.02, h * 0.86, 0), 0.014)
    return [
        main("bag body", f.lathe(bag)),
        second(
            "bands band stripes",
            *[f.lathe([(r * 1.015, h * y), (r * 1.015, h * (y + 0.05))]) for y in (0.06, 0.56)],
            finish="black leather",
        ),
        fixed(
            "chains chain hook ring",
            around(strap, 4),
            *[
                f.ring(0.03, 0.009, (0, h * (0.87 + 0.032 * i), 0), "zx"[i % 2], 0.4)
                for i in range(4)
            ],
            f.ring(r * 0.8, 0.014, (0, top, 0)),
            f.soft_box((r * 1.2, h * 0.025, r * 1.2), (0, h * 0.99, 0), 0.01),
            finish="silver",
        ),
    ]


@family("barbell", "weight_bar olympic_barbell barbells weightlifting_barbell", "charcoal steel")
def barbell(f: Forms, *, length: float = 2.0, radius: float = 0.22, plates: int = 3) -> list[Part]:
    half, r, count = length / 2, radius, within(plates, 1, 6)
    rows = [(half * 0.68 + 0.055 * i, r * (1 - 0.14 * i)) for i in range(count)]
    discs = [f.rod(q, 0.045, (x, r, 0), "x", share=1) for x, q in rows]
    hubs = [f.rod(q * 0.34, 0.056, (x, r, 0), "x") for x, q in rows]
    return [
        main("plates plate weights discs", mirrored(unite(discs))),
        second(
            "bar rod",
            f.rod(0.016, length, (0, r, 0), "x", share=0.5),
            mirrored(f.rod(0.028, half * 0.34, (half * 0.83, r, 0), "x", share=0.5)),
            finish="silver",
        ),
        fixed(
            "hubs collars",
            mirrored(unite(hubs)),
            mirrored(f.rod(0.045, 0.05, (rows[-1][0] + 0.05, r, 0), "x")),
            finish="grey steel",
        ),
    ]
