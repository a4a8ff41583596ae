"""Triangles drawn into a depth buffer, in numpy alone: small ones pixel by pixel of the boxes around them, others row
by row of themselves.

Knows triangles on a screen and the buffer. Does not know meshes, nor which triangles are worth drawing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Faces that reach no farther, across and down, are small. Wider ones are sooner drawn by rows: measured.
SMALL_PX = 12
# So few are looked for at all their pixels at once.
FEW_FACES = 2_000
# Rows or pixels that are worked on at once: what they need stays in the processor's cache.
BAND = 32_000
NOTHING = np.iinfo(np.int64).max
# Depth is kept in 2^30 steps above the triangle's number (at most 2^31), in one integer that can be compared.
DEPTH_STEPS, NUMBER_BITS = float(2**30), 31
_HALF = np.float32(0.5)


@dataclass(frozen=True)
class Faces:
    """Triangles with ends (3 axes, 3 corners, m) float32, x right and y down in pixels, depth 0 to 1, finite, and
    number (m,), what the buffer gets; column and row (m,) of the first pixel whose centre lies between the ends, and
    how many do, width and height (m,) int32, at most 0 where none does. Only pixels of the picture count."""

    ends: NDArray[np.float32]
    number: NDArray[np.integer]
    column: NDArray[np.int32]
    width: NDArray[np.int32]
    row: NDArray[np.int32]
    height: NDArray[np.int32]

    @staticmethod
    def of(ends: NDArray[np.float32], number: NDArray[np.integer], size: int) -> Faces:
        return Faces(ends, number, *pixels_of(ends[0], size), *pixels_of(ends[1], size))

    @staticmethod
    def all_of(several: Sequence[Faces]) -> Faces:
        if len(several) == 1:
            return several[0]
        columns = ("number", "column", "width", "row", "height")
        return Faces(
            np.concatenate([faces.ends for faces in several], axis=2),
            *(np.concatenate([getattr(faces, name) for faces in several]) for name in columns),
        )

    def area(self) -> NDArray[np.float32]:
        """Twice the area of each face (m,) in pixels, below 0 where the corners run against the clock."""
        (ax, bx, cx), (ay, by, cy), _ = self.ends
        return np.asarray((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))

    def those(self, which: NDArray[np.bool_]) -> Faces:
        """Of these faces those that `which` (m,) marks."""
        if which.all():
            return self
        place = np.flatnonzero(which)
        spans = (self.column, self.width, self.row, self.height)
        return Faces(
            np.take(self.ends, place, axis=2),
            np.take(self.number, place),
            *(np.take(span, place) for span in spans),
        )


def pixels_of(ends: NDArray[np.float32], size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The first pixel whose centre lies between ends (3, m), and how many do, in the picture: two (m,) int32."""
    first = np.minimum(np.minimum(ends[0], ends[1]), ends[2])
    last = np.maximum(np.maximum(ends[0], ends[1]), ends[2])
    first -= _HALF
    last -= _HALF
    np.ceil(first, out=first)
    np.floor(last, out=last)
    np.maximum(first, np.float32(0), out=first)
    np.minimum(last, np.float32(size - 1), out=last)
    np.minimum(first, np.float32(size), out=first)
    np.maximum(last, np.float32(-1), out=last)
    low = first.astype(np.int32)
    many = last.astype(np.int32)
    many -= low
    many += 1
    return low, many


def draw(buffer: NDArray[np.int64], faces: Faces, area: NDArray[np.float32], size: int) -> None:
    """Draw faces, whose area (m,) is known, into the buffer (size * size,). A pixel is covered where its centre is
    inside; faces of no area are not seen."""
    wanted = (faces.width > 0) & (faces.height > 0) & (area != 0)
    side = np.maximum(faces.width, faces.height)
    # The square that a face is looked for in must not leave the picture.
    inside = (faces.column + side <= size) & (faces.row + side <= size)
    here = wanted & (side <= SMALL_PX) & inside
    # Faces of no area have weights without end, which are inside of nothing.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if here.all():
            _draw_small(buffer, faces, area, size)
        else:
            _draw_small(buffer, faces.those(here), np.compress(here, area), size)
            _draw_rows(buffer, faces.those(wanted & ~here), size)


def _draw_small(buffer: NDArray[np.int64], faces: Faces, area: NDArray, size: int) -> None:
    """Draw faces by their barycentric weights at each pixel of the squares around them."""
    (ax, bx, cx), (ay, by, cy), (az, bz, cz) = faces.ends
    inverse = np.float32(1.0) / area
    x = faces.column.astype(np.float32) + _HALF - ax
    y = faces.row.astype(np.float32) + _HALF - ay
    # The weights of the second and third corner, and how they change from a pixel to the next, right and down.
    right = (cy - ay) * inverse, (ay - by) * inverse
    down = (ax - cx) * inverse, (bx - ax) * inverse
    first = (x * u + y * v for u, v in zip(right, down, strict=True))
    table = np.stack([*first, *right, *down, az, bz - az, cz - az])
    rows = np.stack([faces.row * size + faces.column, faces.width, faces.height])
    number, side = faces.number, np.maximum(faces.width, faces.height)
    for reach in range(int(side.max(initial=0))):
        if reach:
            # Most faces of a large mesh have one pixel: the others are looked for only where they are.
            larger = np.flatnonzero(side > reach)
            side, number = np.take(side, larger), np.take(number, larger)
            table, rows = np.take(table, larger, axis=1), np.take(rows, larger, axis=1)
        if len(number) < FEW_FACES:
            _draw_boxes(buffer, table, rows, number, size)
            break
        ring = [(reach, beside) for beside in range(reach + 1)]
        ring += [(below, reach) for below in range(reach)]
        for below, beside in ring:
            _put(buffer, table, number, (below, beside), rows[0], size)


def _draw_boxes(
    buffer: NDArray[np.int64],
    table: NDArray[np.float32],
    rows: NDArray[np.int32],
    number: NDArray[np.integer],
    size: int,
) -> None:
    """Draw a few faces: all pixels of all boxes around them at once."""
    many = rows[1] * rows[2]
    face = np.repeat(np.arange(len(many)), many)
    below, beside = np.divmod(_counted(many), np.take(rows[1], face))
    table, number, place = np.take(table, face, axis=1), np.take(number, face), rows[0]
    _put(buffer, table, number, (below, beside), np.take(place, face), size)


def _put(
    buffer: NDArray[np.int64],
    table: NDArray[np.float32],
    number: NDArray[np.integer],
    ahead: tuple[int | NDArray[np.int32], int | NDArray[np.int32]],
    place: NDArray[np.int32],
    size: int,
) -> None:
    """Draw one pixel of each face of a table (9, m), so far below and beside its first one at place (m,), if it is
    inside."""
    second, third, second_x, third_x, second_y, third_y, near, to_second, to_third = table
    below, beside = (np.asarray(step, np.float32) for step in ahead)
    if np.any(beside):
        second, third = second + beside * second_x, third + beside * third_x
    if np.any(below):
        second, third = second + below * second_y, third + below * third_y
    hit = np.flatnonzero((second >= 0) & (third >= 0) & (second + third <= 1))
    depth = np.take(second, hit) * np.take(to_second, hit)
    depth += np.take(third, hit) * np.take(to_third, hit)
    depth += np.take(near, hit)
    found = place + (ahead[0] * size + ahead[1])
    np.minimum.at(buffer, np.take(found, hit), _keys(depth, np.take(number, hit)))


def _keys(depth: NDArray[np.float32], number: NDArray) -> NDArray[np.int64]:
    inside = np.minimum(np.maximum(depth, np.float32(0.0)), np.float32(1.0))
    key = (inside * np.float32(DEPTH_STEPS)).astype(np.int64)
    key <<= NUMBER_BITS
    key |= number
    return key


def depth_of(buffer: NDArray[np.int64]) -> NDArray[np.float32]:
    """The depth of what the buffer has, at most what was drawn; above 1 where there is nothing."""
    steps = buffer.view(np.int32)[1::2] if sys.byteorder == "little" else buffer >> 32
    return steps.astype(np.float32) * np.float32(2.0 ** (32 - NUMBER_BITS) / DEPTH_STEPS)


def number_of(buffer: NDArray[np.int64]) -> NDArray[np.int32]:
    """The number of the face that is nearest, -1 where there is none."""
    return np.where(buffer == NOTHING, -1, buffer & (2**NUMBER_BITS - 1)).astype(np.int32)


def _draw_rows(buffer: NDArray[np.int64], faces: Faces, size: int) -> None:
    """Draw faces of any size, row by row."""
    edges = _edges(faces.ends.transpose(2, 1, 0))
    heights = faces.height
    for face in _bands(np.arange(len(heights)), heights):
        many = heights[face]
        row = _counted(many) + np.repeat(faces.row[face], many)
        _fill(buffer, edges, faces.number, np.repeat(face.astype(np.int32), many), row, size)


@dataclass(frozen=True)
class _Edges:
    """Triangles as edges that run down: long (m, 5) from the highest to the lowest corner, short (2 m, 5) by way of the
    middle one. A row is y and x of the start, x a step of y, depth of the start, depth a step of y."""

    long: NDArray[np.float32]
    short: NDArray[np.float32]
    top: NDArray[np.float32]
    middle: NDArray[np.float32]
    bottom: NDArray[np.float32]


def _edges(corners: NDArray[np.float32]) -> _Edges:
    order = np.argsort(corners[:, :, 1], axis=1)
    high, mid, low = (corners[np.arange(len(corners)), order[:, k]] for k in range(3))
    short = np.stack([_edge(high, mid), _edge(mid, low)], axis=1).reshape(-1, 5)
    return _Edges(_edge(high, low), short, high[:, 1], mid[:, 1], low[:, 1])


def _edge(start: NDArray[np.float32], end: NDArray[np.float32]) -> NDArray[np.float32]:
    step = end - start
    rise = step[:, 1]
    # A nearly level edge has a huge slope and no length: what is multiplied with it is as small.
    inverse = np.divide(1.0, rise, out=np.zeros_like(rise), where=rise > 1e-12)
    columns = [start[:, 1], start[:, 0], step[:, 0] * inverse, start[:, 2], step[:, 2] * inverse]
    return np.stack(columns, axis=1).astype(np.float32)


def _fill(
    buffer: NDArray[np.int64],
    edges: _Edges,
    numbers: NDArray[np.integer],
    face: NDArray,
    row: NDArray,
    size: int,
) -> None:
    """Draw one row of pixels of each face (r,) at row (r,) into the buffer, under the face's number."""
    left, right, depth, slope = _spans(edges, face, row.astype(np.float32) + _HALF)
    start = np.clip(np.ceil(left - 0.5), 0, size).astype(np.int32)
    stop = np.clip(np.floor(right - 0.5), -1, size - 1).astype(np.int32)
    widths = np.maximum(stop - start + 1, 0)
    key = (
        np.clip(depth + (start.astype(np.float32) + _HALF - left) * slope, 0, 1),
        slope,
        row * size + start,
        numbers[face],
    )
    wanted = np.flatnonzero(widths)
    for span in _bands(wanted, widths):
        many = widths[span]
        ahead = _counted(many)
        near, step, place, number = (np.repeat(values[span], many) for values in key)
        np.minimum.at(buffer, place + ahead, _keys(near + ahead.astype(np.float32) * step, number))


def _spans(edges: _Edges, face: NDArray, y: NDArray) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Where lines at y (r,) enter and leave the faces (r,), the depth at entry and its slope: four (r,) float32.

    Depths lie between those of the corners, however steep a face stands.
    """
    one = edges.long[face]
    other = edges.short[2 * face + (y > edges.middle[face])]
    xs, depths = [], []
    for edge in (one, other):
        down = y - edge[:, 0]
        xs.append(edge[:, 1] + down * edge[:, 2])
        depths.append(edge[:, 3] + down * edge[:, 4])
    length = xs[1] - xs[0]
    slope = (depths[1] - depths[0]) / np.where(np.abs(length) > 1e-6, length, np.inf)
    depth = np.where(length >= 0, *depths)
    return np.minimum(*xs), np.maximum(*xs), depth, slope


def _bands(wanted: NDArray, counts: NDArray) -> list[NDArray]:
    """`wanted` cut into runs whose counts sum to about BAND each."""
    if not len(wanted):
        return []
    ends = np.cumsum(counts[wanted], dtype=np.int64) // BAND
    return np.split(wanted, np.flatnonzero(np.diff(ends)) + 1)


def _counted(counts: NDArray) -> NDArray[np.int32]:
    """0, 1, … up to each count, one after the other: (sum,) int32."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return (np.arange(total) - np.repeat(ends - counts, counts)).astype(np.int32)
