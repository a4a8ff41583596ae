"""Copies of things where they stand: moved, turned, and heaped up.

Y up, front to +Z, metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Manifold

CROSSED = 40.0  # degrees that crossed things lean
CLOSE = 0.85  # of a thing's depth: how far apart crossed things are, so that they touch
PILED, PILED_RISE = 0.78, 0.68  # of a thing's width and height: how close things lie in a pile


@dataclass(frozen=True)
class Copy:
    """One copy of a thing: scaled, tilted forward about x, turned about y (degrees), then moved to (x, y, z).

    roll: before that, to its left about z."""

    thing: int
    scale: float = 1.0
    tilt: float = 0.0
    turn: float = 0.0
    roll: float = 0.0
    at: tuple[float, float, float] = (0.0, 0.0, 0.0)


def piled(unit: list[Copy], count: int, size: np.ndarray) -> list[Copy]:
    """Copies in rings, each smaller than the one below and sunk into it, turned every way."""
    flat = size[1] < 0.35 * max(size[0], size[2])
    close, rise = (0.6, 0.95) if flat else (PILED, PILED_RISE)
    width = close * float(size[0] + size[2]) / 2
    copies: list[Copy] = []
    layer, left = 0, count
    while left:
        number = left if left <= 2 and layer else max(1, round(left * 0.62))
        radius = 0.0 if number == 1 else width / 2 / math.sin(math.pi / max(number, 2))
        inside = 1 if number > 5 else 0  # a wide ring is not left hollow
        for i in range(number):
            turn = 360.0 * i / max(number - inside, 1) + 47.0 * layer
            out = 0.0 if i == number - inside else radius
            x, z = math.sin(math.radians(turn)) * out, math.cos(math.radians(turn)) * out
            piece = turned(unit, 137.5 * (i + layer))
            copies += moved(piece, (x, layer * rise * float(size[1]), z))
        left -= number
        layer += 1
    return copies


def crossed(unit: Sequence[Copy], count: int, size: np.ndarray) -> list[Copy]:
    """Copies one before the other that cross in their middle, leaning evenly to both sides. size: (3,) of the unit."""
    copies: list[Copy] = []
    for i in range(count):
        roll = CROSSED * (1.0 - 2.0 * i / max(count - 1, 1))
        x, y = (0.5 * float(size[1]) * f(math.radians(roll)) for f in (math.sin, math.cos))
        before = (i - (count - 1) / 2) * CLOSE * float(size[2])
        leaning = [replace(copy, roll=copy.roll + roll) for copy in unit]
        copies += moved(leaning, (x, -y, before))
    return copies


def placed(solid: Manifold, copy: Copy) -> Manifold:
    """A solid as one of its copies stands."""
    upright = solid.scale((copy.scale,) * 3)
    leaning = upright.rotate((copy.tilt, 0, 0)) if copy.tilt else upright
    leaning = leaning.rotate((0, 0, copy.roll)) if copy.roll else leaning
    return leaning.rotate((0, copy.turn, 0)).translate(copy.at)


def moved(copies: Sequence[Copy], by: tuple[float, float, float]) -> list[Copy]:
    """Copies moved by (x, y, z) metres."""
    return [
        replace(
            copy,
            at=(copy.at[0] + float(by[0]), copy.at[1] + float(by[1]), copy.at[2] + float(by[2])),
        )
        for copy in copies
    ]


def turned(copies: Sequence[Copy], degrees: float) -> list[Copy]:
    """Copies turned together about the y axis through the origin, by Manifold's sense of rotation."""
    sin, cos = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [
        replace(
            copy,
            turn=copy.turn + degrees,
            at=(
                copy.at[0] * cos + copy.at[2] * sin,
                copy.at[1],
                copy.at[2] * cos - copy.at[0] * sin,
            ),
        )
        for copy in copies
    ]


def scaled_copy(copy: Copy, by: float) -> Copy:
    x, y, z = copy.at
    return replace(copy, scale=copy.scale * by, at=(x * by, y * by, z * by))
