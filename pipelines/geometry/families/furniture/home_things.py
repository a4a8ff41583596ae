"""Things of rooms at home. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.forms import (
    Forms,
    apart,
    cornered,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "grandfather_clock", "longcase_clock pendulum_clock tall_clock grandfathers_clock", "brown wood"
)
def grandfather_clock(
    f: Forms, *, height: float = 2.1, width: float = 0.55, depth: float = 0.32
) -> list[Part]:
    h, w, z = height, width, depth / 2
    y, r = h * 0.83, w * 0.33
    case = f.slab((w * 0.72, h * 0.8, depth * 0.8), (0, h * 0.1, 0))
    hole = f.box((w * 0.46, h * 0.42, depth * 0.5), (0, h * 0.45, z))
    top = [
        (-w * 0.5, 0),
        (w * 0.5, 0),
        (w * 0.5, h * 0.04),
        (w * 0.12, h * 0.07),
        (0, h * 0.1),
        (-w * 0.12, h * 0.07),
        (-w * 0.5, h * 0.04),
    ]
    return [
        main(
            "case body",
            case - hole,
            f.slab((w, h * 0.12, depth)),
            f.slab((w * 0.86, h * 0.06, depth * 0.94), (0, h * 0.11, 0)),
            f.slab((w * 0.92, h * 0.24, depth * 0.96), (0, h * 0.7, 0)),
            f.plate(top, depth, (0, h * 0.93, 0)),
            f.slab((w * 0.98, h * 0.02, depth * 1.04), (0, h * 0.69, 0)),
        ),
        second("face dial", f.rod(r, 0.03, (0, y, z * 0.96), "z", share=1), finish="cream paint"),
        fixed(
            "pendulum weights rim",
            f.rod(w * 0.14, 0.03, (0, h * 0.32, z * 0.5), "z"),
            f.rod(0.014, h * 0.36, (0, h * 0.48, z * 0.5)),
            *[f.post(w * 0.05, h * 0.14, (s * w * 0.15, h * 0.42, z * 0.5)) for s in (1, -1)],
            *[f.rod(0.008, h * 0.14, (s * w * 0.15, h * 0.6, z * 0.5)) for s in (1, -1)],
            f.ring(r, 0.018, (0, y, z), "z"),
            finish="gold",
        ),
        *_grandfather_clock_fittings(f, h, w, z, r, y),
    ]


def _grandfather_clock_fittings(
    f: Forms, h: float, w: float, z: float, r: float, y: float
) -> list[Part]:
    """A grandfather clock's hands and back."""
    mark = f.box((r * 0.07, r * 0.2, 0.03), (0, r * 0.78, 0))
    hands = [
        f.box((r * 0.08, r * 0.7, 0.04), (0, r * 0.3, 0)).rotate((0, 0, -60)),
        f.box((r * 0.1, r * 0.5, 0.04), (0, r * 0.2, 0)).rotate((0, 0, 60)),
    ]
    ring = [mark.rotate((0, 0, 30.0 * i)) for i in range(12)]
    return [
        fixed(
            "hands numbers",
            *[part.translate((0, y, z * 0.99)) for part in (*hands, *ring)],
            finish="black paint",
        ),
        fixed(
            "back inside",
            f.box((w * 0.5, h * 0.44, 0.04), (0, h * 0.45, z * 0.44)),
            finish="dark brown wood",
        ),
    ]


def _folds(width: float, depth: float, count: int, gather: float) -> list[tuple[float, float]]:
    """The outline (x, z) of hanging cloth in waves, about its middle; `gather` narrows it."""
    n = count * 6
    front = [
        (width * gather * (i / n - 0.5), depth * math.sin(2 * math.pi * count * i / n))
        for i in range(n + 1)
    ]
    back = [(x, z - depth * 0.5) for x, z in reversed(front)]
    return [*front, *back]


@family(
    "curtain",
    "curtains drapes window_curtain shower_curtain stage_curtain theatre_curtain theater_curtain",
    "red fabric",
)
def curtain(
    f: Forms, *, width: float = 2.0, height: float = 2.2, depth: float = 0.06, folds: int = 5
) -> list[Part]:
    w, h, count = width, height, within(folds, 2, 12)
    levels = [
        (0.0, 0.36),
        (h * 0.34, 0.22),
        (h * 0.4, 0.2),
        (h * 0.46, 0.23),
        (h * 0.98 - 0.07, 0.47),
    ]
    drop = [
        (y, [(x + w * (0.49 - g / 2), z) for x, z in _folds(w, depth * (0.6 + g), count, g)])
        for y, g in levels
    ]
    cloth = f.stack(drop)
    rings = [
        f.ring(0.045, 0.01, (x, h * 0.98 - 0.05, 0), "x", 0.4)
        for x in (s * w * (0.05 + 0.44 * i / 5) for i in range(6) for s in (1, -1))
    ]
    tie = f.soft_box((w * 0.23, h * 0.03, depth * 2.6), (w * 0.39, h * 0.4, -depth * 0.2), 0.02)
    return [
        main("cloth curtains", mirrored(cloth)),
        second("ties tie trim cords", mirrored(tie), finish="gold"),
        fixed(
            "rod pole rings rail",
            f.rod(0.026, w * 1.12, (0, h * 0.98, 0), "x"),
            *rings,
            mirrored(f.ball(0.055, (w * 0.57, h * 0.98, 0))),
            finish="brass",
        ),
    ]


@family(
    "rug",
    "carpet persian_rug persian_carpet oriental_rug area_rug doormat floor_mat bath_mat prayer_rug",
    "burgundy fabric",
)
def rug(
    f: Forms, *, width: float = 2.0, length: float = 1.3, height: float = 0.03, fringes: int = 24
) -> list[Part]:
    w, z, t = width, length / 2, height
    count = within(fringes, 4, 40)

    def frame(outer: float, inner: float) -> Manifold:
        return f.slab((w * outer, t * 1.3, length - w * (1 - outer))) - f.slab(
            (w * inner, 9, length - w * (1 - inner)), (0, -1, 0)
        )

    gem = f.floor([(w * 0.22, 0), (0, z * 0.5), (-w * 0.22, 0), (0, -z * 0.5)], t * 1.4)
    inner = f.floor([(w * 0.12, 0), (0, z * 0.28), (-w * 0.12, 0), (0, -z * 0.28)], t * 1.6)
    hair = [
        f.slab((w * 0.06, t * 0.5, length * 0.5 / count), (w * 0.51, 0, x))
        for x in apart(count, length * 0.97)
    ]
    return [
        main("cloth body field", f.slab((w, t, length))),
        second("border pattern medallion", frame(0.94, 0.86), gem, finish="tan fabric"),
        fixed(
            "lines centre diamonds",
            frame(0.82, 0.8),
            inner,
            cornered(
                f.floor([(0, 0), (w * 0.1, 0), (0, w * 0.1)], t * 1.3)
                .rotate((0, 180, 0))
                .translate((w * 0.39, 0, z - w * 0.105))
            ),
            finish="navy fabric",
        ),
        fixed("fringe tassels", mirrored(unite(hair)), finish="cream fabric"),
    ]


@family("pillow", "cushion throw_pillow bed_pillow sofa_cushion seat_cushion", "white fabric")
def pillow(
    f: Forms, *, width: float = 0.6, length: float = 0.42, height: float = 0.18
) -> list[Part]:
    """Lying, plump in the middle, drawn in at its sides, with piping about its edge."""
    half, deep = width / 2, length / 2

    def drawn_in(x: float, z: float) -> tuple[float, float]:
        u, v = x / half, z / deep
        return x * (1 - 0.1 * (1 - v * v)), z * (1 - 0.1 * (1 - u * u))

    def plump(place: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = place
        u, v = min(abs(x / half), 1.0), min(abs(z / deep), 1.0)
        thick = 0.05 + 0.95 * ((1 - u**3) * (1 - v**3)) ** 0.55
        across, along = drawn_in(x, z)
        return across, height * (0.5 + y * thick), along

    block = f.box((width, 1.0, length)).refine_to_length(length / (9 * f.detail + 3))
    corners = [(half, deep), (-half, deep), (-half, -deep), (half, -deep)]
    rim = []
    for i, (x, z) in enumerate(corners):
        to_x, to_z = corners[(i + 1) % 4]
        for k in range(8):
            across, along = drawn_in(x + (to_x - x) * k / 8, z + (to_z - z) * k / 8)
            rim.append((across, height * 0.5, along))
    return [
        main("body cover", block.warp(plump)),
        second(
            "seam piping trim edge",
            f.hose(rim, height * 0.045, closed=True, steps=2, share=0.2),
            finish="light grey fabric",
        ),
    ]


@family("shower", "shower_cabin shower_cubicle shower_stall walk_in_shower", "white ceramic")
def shower(
    f: Forms, *, width: float = 0.95, height: float = 2.1, depth: float = 0.95
) -> list[Part]:
    w, h, z = width, height, depth / 2
    x = w / 2
    tray = f.slab((w, h * 0.06, depth)) - f.slab((w * 0.88, 1, depth * 0.88), (0, h * 0.03, 0))
    return [
        main(
            "tray base walls wall",
            tray,
            f.slab((w, h, 0.05), (0, 0, -z)),
            f.slab((0.05, h, depth), (-x, 0, 0)),
        ),
        second(
            "glass door panes",
            f.slab((0.02, h * 0.9, depth * 0.96), (x - 0.02, h * 0.03, 0)),
            f.slab((w * 0.46, h * 0.9, 0.02), (x * 0.52, h * 0.03, z - 0.02)),
            finish="light blue glass",
        ),
        *_shower_fittings(f, h, w, z, x),
    ]


def _shower_fittings(f: Forms, h: float, w: float, z: float, x: float) -> list[Part]:
    """A shower's head and water."""
    pipe = [
        (0, h * 0.42, -z * 0.88),
        (0, h * 0.86, -z * 0.88),
        (0, h * 0.93, -z * 0.7),
        (0, h * 0.9, -z * 0.3),
    ]
    head = f.lathe([(0.1, 0), (0.1, 0.02), (0.03, 0.05), (0.03, 0.1)], (0, h * 0.87, -z * 0.3))
    drops = [
        f.post(0.007, h * 0.46, (a * 0.05, h * 0.42, -z * 0.3 + b * 0.05), share=0.3)
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
    ]
    return [
        fixed(
            "head pipe tap handle",
            f.tube(pipe, 0.018),
            head,
            f.rod(0.05, 0.12, (0, h * 0.46, -z * 0.92), "z"),
            mirrored(f.rod(0.03, 0.1, (0.09, h * 0.46, -z * 0.88), "x")),
            f.rod(0.018, w * 1.0, (0, h * 0.93, z - 0.02), "x"),
            f.slab((0.02, h * 0.9, 0.02), (x * 0.06, h * 0.03, z - 0.02)),
            f.tube(
                [
                    (x * 0.14, h * 0.42, z),
                    (x * 0.14, h * 0.42, z + 0.04),
                    (x * 0.14, h * 0.54, z + 0.04),
                    (x * 0.14, h * 0.54, z),
                ],
                0.012,
            ),
            finish="silver",
        ),
        fixed("water drops", *drops, f.rod(0.09, 0.012, (0, h * 0.875, -z * 0.3)), finish="water"),
    ]
