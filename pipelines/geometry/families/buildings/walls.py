"""Walls that stand by themselves, of gardens and of levels put together from pieces. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, within
from pipelines.geometry.families.registry import Part, family, main, second


def _courses(f: Forms, size: tuple[float, float, float], rows: int) -> list[Manifold]:
    """Blocks in running bond that stand out of a wall of size (x, y, z) m on both sides, each a little differently."""
    width, height, depth = size
    tall, count = height / rows, max(2, round(width / (height / rows) / 1.9))
    long, joint = width / count, tall * 0.09
    blocks = []
    for row in range(rows):
        edges = [-width / 2 + long * (i - 0.5 * (row % 2)) for i in range(count + 1 + row % 2)]
        for number, left in enumerate(edges):
            low, high = max(left, -width / 2), min(left + long, width / 2)
            if high - low < joint * 2:
                continue
            out = 1.0 + 0.06 * (1.2 + math.sin(12.9 * row + 7.3 * number))
            blocks.append(
                f.box(
                    (high - low - joint, tall - joint, depth * out),
                    ((low + high) / 2, tall * (row + 0.5), 0),
                )
            )
    return blocks


@family(
    "wall",
    "garden_wall wall_segment wall_section wall_piece wall_panel wall_corner boundary_wall retaining_wall "
    "partition_wall ruined_wall low_wall perimeter_wall dungeon_wall",
    "grey stone",
)
def wall(
    f: Forms, *, width: float = 3.0, height: float = 2.0, depth: float = 0.36, rows: int = 7
) -> list[Part]:
    top = height * 0.93
    caps = 5
    coping = [
        f.box((width / caps * 0.985, height * 0.07, depth * 1.34), (x, top + height * 0.035, 0))
        for x in apart(caps, width * (1 - 1 / caps))
    ]
    return [
        main(
            "wall body",
            f.slab((width * 0.995, height * 0.97, depth * 0.97)),
            *_courses(f, (width, top, depth), within(rows, 2, 14)),
        ),
        second("coping cap", *coping, finish="light grey stone"),
    ]
