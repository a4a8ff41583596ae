"""A book and an umbrella, open or closed."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import smooth
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("book", "notebook tome dictionary novel spellbook", "burgundy leather")
def book(
    f: Forms, *, width: float = 0.16, height: float = 0.23, depth: float = 0.045, open: float = 0.0
) -> list[Part]:
    if open > 0.05:
        return _open_book(f, width, height, depth, min(open, 1.0))
    t, x, h = 0.005, width / 2, height
    covers = [f.slab((width, h, t), (0, 0, s * (depth / 2))) for s in (1, -1)]

    def back(reach: float, low: float, high: float) -> Manifold:
        """The round back between two heights, `reach` from the spine's middle."""
        round_ = f.rod(reach, high - low, (0, (low + high) / 2, 0), share=1).scale((0.36, 1, 1))
        return (round_ - f.box((1, 9, 9), (0.5, 0, 0))).translate((-x, 0, 0))

    bands = [back(depth / 2 + t, h * y - 0.006, h * y + 0.006) for y in (0.2, 0.5, 0.8)]
    title = f.box((width * 0.6, h * 0.14, t * 2), (0.0, h * 0.68, depth / 2))
    line = f.box((width * 0.84, h * 0.9, t * 1.3), (0, h / 2, depth / 2)) - f.box(
        (width * 0.79, h * 0.865, 9), (0, h / 2, 0)
    )
    pages = f.slab((width * 0.95, h * 0.95, depth), (-width * 0.01, h * 0.025, 0))
    return [
        main(
            "cover covers",
            *covers,
            back(depth / 2 + t / 2, 0, h),
            f.slab((t, h, depth), (-x + t / 2, 0, 0)),
        ),
        fixed("pages paper", pages, finish="cream paint"),
        second("title bands", title, line, *bands, finish="gold"),
    ]


def _open_book(f: Forms, width: float, height: float, depth: float, open: float) -> list[Part]:
    """A book that lies open, its pages arched; wholly open it is flat."""
    lift = 24.0 * (1.0 - open)
    arch = smooth(
        [
            (0, depth * 0.22),
            (width * 0.3, depth * 0.62),
            (width * 0.7, depth * 0.5),
            (width * 0.96, depth * 0.34),
        ]
    )
    leaf = f.plate([(0, 0.006), *arch, (width * 0.96, 0.006)], height * 0.95)
    cover = f.box((width, 0.007, height), (width / 2, 0.0035, 0))
    rows = (-0.38, -0.3, -0.22, -0.14, -0.06, 0.02, 0.1, 0.18, 0.26, 0.34)
    ink = f.plate(
        [(x, y + 0.0012) for x, y in arch[2:-2]]
        + [(x, y - 0.002) for x, y in reversed(arch[2:-2])],
        height * 0.025,
    )
    lines = unite([ink.translate((0, 0, z * height)) for z in rows])
    ribbon = f.box((width * 0.05, depth * 0.5, 0.004), (0, depth * 0.2, height * 0.5))
    sides = [mirrored(part.rotate((0, 0, lift))) for part in (cover, leaf, lines)]
    return [
        main("cover covers", sides[0], f.box((depth * 0.4, 0.006, height), (0, 0.004, 0))),
        fixed("pages paper", sides[1], finish="cream paint"),
        fixed("text lines", sides[2], finish="dark brown paint"),
        second("ribbon bookmark", ribbon, finish="gold"),
    ]


@family("umbrella", "parasol sunshade brolly", "red fabric")
def umbrella(
    f: Forms, *, height: float = 0.9, radius: float = 0.5, open: float = 1.0, panels: int = 8
) -> list[Part]:
    share = max(0.0, min(open, 1.0))
    wide = radius * (0.1 + 0.9 * share)
    long = radius * (1.1 - 0.55 * share)
    top = height * 0.98
    levels = []
    for y, reach in ((0, 1), (0.3, 0.86), (0.62, 0.6), (0.86, 0.3), (1, 0.04)):
        levels.append((top - long + long * y, _cloth(panels, wide * reach, 0.06 * (1 - y))))
    outer = f.stack(levels)
    inner = f.stack(
        [(y - radius * 0.03, [(x * 0.985, z * 0.985) for x, z in row]) for y, row in levels]
    )
    bend = ((0.95, 0.985), (0.82, 0.72), (0.57, 0.42), (0.1, 0.1), (0, 0.06))
    line = [(wide * x, top - long * y - radius * 0.015, 0.0) for x, y in bend]
    ribs = around(f.hose(line, radius * 0.011, steps=2, share=0.2), panels)
    hook = [(0, 0.13, 0), (0, 0.05, 0), (0.02, 0.018, 0), (0.06, 0.018, 0), (0.085, 0.05, 0)]
    return [
        main("canopy cover", outer - inner if share > 0.3 else outer),
        fixed(
            "pole shaft ribs",
            f.post(0.012, height * 0.96, (0, 0.06, 0)),
            f.post(0.01, 0.06, (0, height * 0.96, 0), 0.003),
            ribs,
            finish="steel",
        ),
        second("handle", f.hose(hook, 0.017), finish="brown wood"),
    ]


def _cloth(panels: int, reach: float, sag: float) -> list[tuple[float, float]]:
    """A level of a canopy from above: at its ribs as wide as `reach`, between them less by the share `sag`."""
    outline = []
    for i in range(panels * 4):
        turn, r = 2 * math.pi * i / (panels * 4), reach * (1 - sag * (0, 0.6, 1, 0.6)[i % 4])
        outline.append((r * math.cos(turn), r * math.sin(turn)))
    return outline
