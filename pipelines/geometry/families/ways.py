"""Lines through space, written down as text."""

from __future__ import annotations

from pipelines.geometry.families.forms import Point

Side = Point | float


def way(text: str, scale: Side = 1.0, at: Point = (0.0, 0.0, 0.0)) -> list[Point]:
    """Points from "x y z, x y z": each side times that of `scale`, then moved by `at`."""
    a, b, c = scale if isinstance(scale, tuple) else (scale,) * 3
    rows = (map(float, cell.split()) for cell in text.split(","))
    return [(x * a + at[0], y * b + at[1], z * c + at[2]) for x, y, z in rows]


def shares(text: str, whole: float = 1.0) -> list[float]:
    """Numbers from "a b c", each times `whole`."""
    return [float(cell) * whole for cell in text.split()]


def between(one: Point, other: Point, share: float) -> Point:
    """The point at a share of the way from one to the other."""
    x, y, z = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return x, y, z
