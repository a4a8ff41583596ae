"""Faces without area on a closed mesh: the edge across which such a face lies is turned, so that both have an area.

A corner on the middle of its own face's longest edge is what unions of flat bodies leave, and what decimation does to
straight rims. Only faces change; the surface is where it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.weld import used

# A face of less height than this share of the mesh's longest side has no area: some ten steps of float32.
HEIGHT = 6e-7
Corners = tuple[int, int, int]


@dataclass(frozen=True)
class Turned:
    """faces (m, 3); rows (m,): the face that each is part of now, None where none changed; tops (k,): the vertices on
    the longest edge of those slivers that no turn helps."""

    faces: NDArray[np.int64]
    rows: NDArray[np.int64] | None
    tops: NDArray[np.int64]


def without_slivers(vertices: NDArray, faces: NDArray[np.int64], height: float) -> Turned:
    """Faces (m, 3) of a closed mesh with the slivers, of less height than `height`, turned."""
    thin = np.flatnonzero(heights(vertices, faces) < height)
    if not len(thin):
        return Turned(faces, None, thin)
    near = np.zeros(len(vertices), bool)
    near[faces[thin]] = True
    beside = np.flatnonzero(near[faces].any(axis=1))
    turn = _Turning(vertices, faces, beside, height)
    waiting = thin.tolist()
    before = len(waiting) + 1
    while 0 < len(waiting) < before:
        before = len(waiting)
        waiting = [face for face in waiting if not turn.tried(face)]
    tops = np.array([turn.longest(face)[2] for face in waiting], np.int64)
    if not turn.changed:
        return Turned(faces, None, tops)
    mended, rows = faces.copy(), np.arange(len(faces))
    for face in turn.changed:
        mended[face], rows[face] = turn.corners[face], turn.origin.get(face, face)
    return Turned(mended, rows, tops)


def heights(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """The least height (m,) of each face, in the vertices' unit."""
    first, second, third = np.ascontiguousarray(vertices[faces].transpose(1, 2, 0))
    one, two, three = second - first, third - second, first - third
    across = np.stack([one[k - 2] * three[k - 1] - one[k - 1] * three[k - 2] for k in range(3)])
    longest = np.maximum.reduce([(side * side).sum(0) for side in (one, two, three)])
    area = np.sqrt((across * across).sum(0))
    return np.asarray(area / np.sqrt(np.maximum(longest, 1e-300)))


class _Turning:
    """The faces about some slivers, by their sides."""

    def __init__(self, vertices: NDArray, faces: NDArray, beside: NDArray, height: float) -> None:
        self.height = height
        rows = faces[beside].tolist()
        named = used(faces[beside])
        self.points = dict(zip(named.tolist(), vertices[named].tolist(), strict=True))
        self.corners = dict(zip(beside.tolist(), rows, strict=True))
        self.face_at = {
            (row[k], row[(k + 1) % 3]): face for face, row in self.corners.items() for k in range(3)
        }
        self.origin: dict[int, int] = {}
        self.changed: set[int] = set()

    def tried(self, face: int) -> bool:
        """Whether a face is no sliver any more: turned with its neighbour over its longest edge, or by another's."""
        row = self.corners[face]
        if self._height(*row) >= self.height:
            return True
        a, b, top = self.longest(face)
        other = self.face_at.get((b, a))
        if other is None:
            return False
        peak = next(corner for corner in self.corners[other] if corner not in (a, b))
        if peak == top or (top, peak) in self.face_at or (peak, top) in self.face_at:
            return False
        new = (top, peak, b), (a, peak, top)
        lowest = min(self._height(*triangle) for triangle in new)
        if lowest <= self._height(*row) or not self._alike(self.corners[other], new):
            return False
        self._turn(face, other, new)
        return lowest >= self.height

    def longest(self, face: int) -> Corners:
        """The corners of a face: those of its longest edge, then the one opposite."""
        row = self.corners[face]
        at = max(range(3), key=lambda k: self._length(row[k], row[(k + 1) % 3]))
        return row[at], row[(at + 1) % 3], row[(at + 2) % 3]

    def _turn(self, face: int, other: int, new: tuple[Corners, Corners]) -> None:
        source = self.origin.get(other, other)
        for number in (face, other):
            row = self.corners[number]
            for k in range(3):
                self.face_at.pop((row[k], row[(k + 1) % 3]), None)
        for number, row in zip((face, other), new, strict=True):
            self.corners[number] = list(row)
            for k in range(3):
                self.face_at[row[k], row[(k + 1) % 3]] = number
            self.origin[number] = source
        self.changed |= {face, other}

    def _alike(self, neighbour: list[int], new: tuple[Corners, Corners]) -> bool:
        """Whether the new faces look where the neighbour did; a sliver itself looks anywhere."""
        before = self._across(*neighbour)
        return all(_dot(self._across(*row), before) >= 0.0 for row in new)

    def _across(self, a: int, b: int, c: int) -> tuple[float, float, float]:
        (p, q, r), (s, t, u), (x, y, z) = self.points[a], self.points[b], self.points[c]
        s, t, u, x, y, z = s - p, t - q, u - r, x - p, y - q, z - r
        return t * z - u * y, u * x - s * z, s * y - t * x

    def _height(self, a: int, b: int, c: int) -> float:
        longest = max(self._length(a, b), self._length(b, c), self._length(c, a))
        return math.hypot(*self._across(a, b, c)) / max(longest, 1e-300)

    def _length(self, a: int, b: int) -> float:
        return math.dist(self.points[a], self.points[b])


def _dot(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
