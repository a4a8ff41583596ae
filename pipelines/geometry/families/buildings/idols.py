"""Altars and idols. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    cornered,
    mirrored,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("altar", "stone_altar sacrificial_altar ritual_altar sacrifice_altar", "grey stone")
def altar(
    f: Forms, *, width: float = 1.6, height: float = 1.0, depth: float = 0.8, candles: int = 4
) -> list[Part]:
    w, h, z = width, height, depth / 2
    rows = apart(max(2, within(candles, 1, 10)), w * 0.76)
    wax = [
        f.post(0.035, h * (0.12 + 0.05 * (i % 3)), (x, h * 0.99, -z * 0.45))
        for i, x in enumerate(rows)
    ]
    tips = [
        f.turned(pairs("0.4 0, 1 0.3, 0 1", 0.02, 0.07), (x, h * (1.1 + 0.05 * (i % 3)), -z * 0.45))
        for i, x in enumerate(rows)
    ]
    rune = f.ring(h * 0.2, 0.025, (0, h * 0.48, z * 0.72), "z") + f.plate(
        f.star(h * 0.2, 5, 0.4), 0.06, (0, h * 0.48, z * 0.72)
    )
    return [
        main(
            "body stone block",
            f.slab((w, h * 0.14, depth)),
            f.slab((w * 0.8, h * 0.72, depth * 0.72), (0, h * 0.12, 0)),
            f.soft_box((w, h * 0.16, depth), (0, h * 0.92, 0), 0.03),
            cornered(f.post(h * 0.08, h * 0.74, (w * 0.38, h * 0.12, z * 0.68))),
        ),
        second(
            "cloth",
            f.box((w * 0.34, 0.03, depth * 1.03), (0, h * 0.995, 0)),
            f.box((w * 0.34, h * 0.22, 0.03), (0, h * 0.89, z * 1.0)),
            finish="burgundy fabric",
        ),
        fixed("candles candle wax", *wax, finish="cream plaster"),
        fixed("flames fire", *tips, finish="orange neon"),
        fixed("rune star symbol", rune, finish="red neon"),
    ]


@family("totem_pole", "totem totems", "caramel wood")
def totem_pole(
    f: Forms, *, height: float = 3.0, radius: float = 0.36, heads: int = 3
) -> list[Part]:
    r, count = radius, within(heads, 1, 8)
    step = height * 0.92 / count
    eyes, mouths, noses, rims = [], [], [], []
    for i in range(count):
        y = step * i
        rims.append(f.post(r * 1.12, step * 0.1, (0, y + step * 0.9, 0)))
        noses += [
            f.soft_box((r * 0.36, step * 0.3, r * 0.5), (0, y + step * 0.5, r * 0.98), r * 0.1),
            mirrored(
                f.soft_box(
                    (r * 0.7, step * 0.1, r * 0.3), (r * 0.42, y + step * 0.76, r * 0.88), r * 0.06
                )
            ),
        ]
        eyes.append(mirrored(f.ball(r * 0.22, (r * 0.42, y + step * 0.62, r * 0.86))))
        mouths.append(
            f.soft_box((r * 1.2, step * 0.16, r * 0.4), (0, y + step * 0.22, r * 0.88), r * 0.08)
        )
    teeth = [
        f.box((r * 0.14, step * 0.07, r * 0.42), (x, step * i + step * 0.25, r * 0.9))
        for i in range(count)
        for x in apart(4, r * 0.9)
    ]
    wing = f.bevelled(
        pairs("0.9 -0.12, 3.0 0.1, 3.2 0.5, 2.4 0.42, 1.6 0.5, 0.6 0.3", r, step), r * 0.3, r * 0.06
    )
    return [
        main("pole body", f.post(r, height * 0.95), *noses),
        second(
            "wings wing",
            mirrored(wing).translate((0, height * 0.92 - step * 0.6, 0)),
            finish="red paint",
        ),
        fixed("bands rims", *rims, finish="teal paint"),
        fixed("eyes eye teeth", *eyes, *teeth, finish="white paint"),
        *_totem_pole_mouths(f, height, r, step, mouths),
    ]


def _totem_pole_mouths(
    f: Forms, height: float, r: float, step: float, mouths: list[Manifold]
) -> list[Part]:
    """A totem pole's mouths."""
    return [
        fixed(
            "mouths mouth beak",
            *mouths,
            f.rod(r * 0.24, r * 0.9, (0, height * 0.92 - step * 0.42, r * 1.3), "z", 0.02),
            finish="black paint",
        ),
    ]
