"""Points written down as text, and smooth lines through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.families import splines

Pair = tuple[float, float]
Triple = tuple[float, float, float]


def pairs(text: str, x: float = 1.0, y: float = 1.0) -> list[Pair]:
    """Points of (x, y) from "x y, x y", each side times its own length."""
    return [(a * x, b * y) for a, b in (map(float, cell.split()) for cell in text.split(","))]


def triples(text: str, scale: float = 1.0) -> list[Triple]:
    """Points of (x, y, z) from "x y z, x y z", times `scale`."""
    rows = (map(float, cell.split()) for cell in text.split(","))
    return [(a * scale, b * scale, c * scale) for a, b, c in rows]


def both_sides(half: Sequence[Pair]) -> list[Pair]:
    """A closed outline from its right half, written from below to above, and the mirror image of that."""
    left = [(-x, y) for x, y in reversed(half) if x > 0]
    return [*half, *left]


def smooth(points: Sequence[Any], steps: int = 4, *, closed: bool = False) -> list[Any]:
    """A curve through points of (x, y) or (x, y, z), `steps` pieces between each two.

    Method: centripetal Catmull-Rom splines (Yuksel et al. 2011), which neither loop nor overshoot between close points.
    """
    rows = np.asarray(points, np.float64)
    spare = 3 if closed else 0
    if closed:
        rows = np.concatenate([rows[-spare:], rows, rows[: spare + 1]])
    gaps = np.sqrt(np.maximum(np.linalg.norm(np.diff(rows, axis=0), axis=1), 1e-9))
    way = np.concatenate([[0.0], np.cumsum(gaps)])
    slopes = np.gradient(rows, way, axis=0)
    count = len(points) if closed else len(points) - 1
    places = np.interp(spare + np.arange(count * steps + 1) / steps, np.arange(len(way)), way)
    curve = splines.hermite(way, rows, slopes, places[:-1] if closed else places)
    return [tuple(row) for row in curve.tolist()]


def straightened(line: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The points (n, 2) of a line that it needs: no other lies further off than a share of its longest side.

    Method: Ramer 1972, Douglas and Peucker 1973.
    """
    far = share * float(np.ptp(line, axis=0).max())
    kept, spans = {0, len(line) - 1}, [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        off = _off(line[first + 1 : last], line[first], line[last])
        if len(off) and off.max() > far:
            middle = first + 1 + int(off.argmax())
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return line[sorted(kept)]


def _off(points: NDArray[np.float64], start: NDArray, stop: NDArray) -> NDArray[np.float64]:
    """How far points (n, 2) are from the line between two, (n,)."""
    way = stop - start
    along = np.clip((points - start) @ way / max(float(way @ way), 1e-18), 0.0, 1.0)
    return np.linalg.norm(points - start - along[:, None] * way, axis=1)


def frames(path: NDArray[np.float64], up: Triple, *, closed: bool) -> tuple[NDArray, NDArray]:
    """Two directions across a path at each of its n points, (n, 3) each: they turn as little as the path lets them.

    Method: parallel transport (Bishop 1975). The first starts as near to `up` as the path's start allows.
    """
    if closed:
        ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    else:
        ahead = np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    normal = np.asarray(up, np.float64)
    if abs(normal @ ahead[0]) > 0.99:
        normal = np.roll(normal, 1)
    rows = np.zeros_like(path)
    for i, way in enumerate(ahead):
        normal = normal - (normal @ way) * way
        normal /= np.linalg.norm(normal)
        rows[i] = normal
    other = np.cross(ahead, rows)
    if closed:
        # What the way round has turned is taken back little by little, so that the ends meet.
        back = rows[-1] - (rows[-1] @ ahead[0]) * ahead[0]
        turn = np.arctan2(back @ other[0], back @ rows[0])
        angles = -turn * np.arange(len(path)) / (len(path) - 1)
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        rows, other = cos * rows + sin * other, cos * other - sin * rows
    return rows, other
