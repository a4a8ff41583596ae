"""Which face lies on each texel: flat triangles drawn side by side.

A texel belongs to a face that its centre lies in; around those, to one that passes close by, so that a chart reaches a
little beyond its border and no thin face is lost. Large faces are drawn by OpenCV, which takes 2 us a face and little
for a texel; small ones all together, row by row, in numpy.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

# From so many rows of texels on a face is large.
LARGE_ROWS = 16
# Faces, and rows of them, that are worked on at once: what the rows need stays in the processor's cache.
BAND_FACES, BAND_ROWS = 65_536, 16_384
# A level edge rises by so little: its line is soon far beyond the face.
LEAST_RISE = 1e-6
Span = tuple[NDArray[np.float32], NDArray[np.float32]]


def drawn(points: NDArray, faces: NDArray, size: int) -> NDArray[np.int32]:
    """points (n, 2): x right and y down in texels, whose centres are whole; faces (m, 3) -> (size, size) int32: the
    number of a face, -1 for none.

    Points must lie within some texels of the image.
    """
    owner = np.full((size, size), -1, np.int32)
    for start in range(0, len(faces), BAND_FACES):
        _draw(owner, points[faces[start : start + BAND_FACES]], start)
    return owner


def _draw(owner: NDArray[np.int32], corners: NDArray, start: int) -> None:
    """Faces with corners (m, 3, 2), numbered from `start`, into the image."""
    size = len(owner)
    x, y = (np.ascontiguousarray(corners[:, :, axis].T, np.float32) for axis in range(2))
    low, high = np.minimum(np.minimum(*y[:2]), y[2]), np.maximum(np.maximum(*y[:2]), y[2])
    first = np.clip(np.rint(low), 0, size).astype(np.int64)
    heights = np.maximum(np.clip(np.rint(high), -1, size - 1).astype(np.int64) - first + 1, 0)
    large = heights >= LARGE_ROWS
    _draw_large(owner, corners, np.flatnonzero(large), start)
    flat = owner.reshape(-1)
    _touch_middles(flat, x, y, size, start)
    small = np.flatnonzero(~large & (heights > 0))
    edges = _edges(x[:, small], y[:, small])
    for run in _runs(heights[small], BAND_ROWS):
        many = heights[small[run]]
        number = np.repeat(np.arange(run.start, run.stop), many)
        face = small[number]
        row = _counted(many) + first[face]
        inner, outer = _spans(np.ascontiguousarray(np.take(edges, number, axis=0).T), row)
        _fill(flat, face + start, row, inner, outer, size)


def _draw_large(owner: NDArray[np.int32], corners: NDArray, faces: NDArray, start: int) -> None:
    # 4 fractional bits.
    fixed = np.round(corners[faces] * 16.0).astype(np.int32)
    for face, triangle in zip(faces.tolist(), fixed, strict=True):
        cv2.fillConvexPoly(owner, triangle, face + start, shift=4)


def _touch_middles(owner: NDArray[np.int32], x: NDArray, y: NDArray, size: int, start: int) -> None:
    """A face has the texel of its middle until another wants it: one smaller than a texel would be lost."""
    column, row = (np.rint((a[0] + a[1] + a[2]) / 3.0).astype(np.int64) for a in (x, y))
    place = np.clip(row, 0, size - 1) * size + np.clip(column, 0, size - 1)
    free = np.flatnonzero(owner[place] < 0)
    owner[place[free]] = free + start


def _edges(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Triangles, x and y (3, m), as edges that run down, (m, 9): y of the corners from the highest to the lowest; x of
    the highest and of the middle one; x a step of y from the highest to the lowest, to the middle one, and on from
    there; 1 where the middle one lies to the right of the long edge, -1 where to the left."""
    order = np.argsort(y, axis=0)
    high_x, mid_x, low_x = np.take_along_axis(x, order, 0)
    high, mid, low = np.take_along_axis(y, order, 0)
    ends = ((high_x, low_x, low - high), (high_x, mid_x, mid - high), (mid_x, low_x, low - mid))
    long, upper, lower = ((end - start) / np.maximum(rise, LEAST_RISE) for start, end, rise in ends)
    right = np.where(mid_x >= high_x + (mid - high) * long, np.float32(1.0), np.float32(-1.0))
    return np.stack([high, mid, low, high_x, mid_x, long, upper, lower, right], axis=1)


def _spans(edges: NDArray, row: NDArray) -> tuple[Span, Span]:
    """From where to where the centres of texels of rows (r,) lie in the faces with edges (9, r), and where they touch
    them: each the first column and the one after the last, as whole numbers in float32."""
    top, middle, bottom, high_x, middle_x, long, upper, lower, right = edges
    centre = row.astype(np.float32)

    def at(y: NDArray) -> tuple[NDArray, NDArray]:
        down = y - top
        one = high_x + down * long
        # The side with the middle corner is bent inward on both lines: the nearer one is the edge.
        other = right * np.minimum(
            (high_x + down * upper) * right, (middle_x + (y - middle) * lower) * right
        )
        return np.minimum(one, other), np.maximum(one, other)

    above, below = np.maximum(centre - 0.5, top), np.minimum(centre + 0.5, bottom)
    bend = np.minimum(np.maximum(middle, above), below)
    places = [at(above), at(bend), at(below)]
    lefts, rights = at(np.minimum(np.maximum(centre, top), bottom))
    first, last = lefts - np.float32(0.5), rights + np.float32(0.5)
    for left, far in places:
        first, last = np.minimum(first, left), np.maximum(last, far)
    crossed = (top <= centre) & (centre <= bottom)
    # Where no centre lies in the face, the inner span is empty.
    start = np.ceil(lefts)
    stop = start + (np.floor(rights) + np.float32(1.0) - start) * crossed
    return (start, stop), (np.ceil(first), np.floor(last) + np.float32(1.0))


def _fill(
    owner: NDArray[np.int32], face: NDArray, row: NDArray, inner: Span, outer: Span, size: int
) -> None:
    """Give texels to the faces (r,) whose spans in rows (r,) these are."""
    first, last = (np.clip(values, 0, size).astype(np.int64) for values in outer)
    start, stop = (values.astype(np.int64) for values in inner)
    start = np.minimum(np.maximum(start, first), last)
    stop = np.minimum(np.maximum(stop, start), last)
    base = row * size
    for begin, end in ((first, start), (stop, last)):
        place, number = _texels(base + begin, end - begin, face)
        free = np.flatnonzero(owner[place] < 0)
        owner[place[free]] = number[free]
    place, number = _texels(base + start, stop - start, face)
    owner[place] = number


def _texels(begin: NDArray, count: NDArray, face: NDArray) -> tuple[NDArray, NDArray]:
    """Places of spans that begin at (r,) and are (r,) texels long, and the face of each place."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    span = np.repeat(np.arange(len(count)), count)
    return np.arange(total) + (begin - ends + count)[span], face[span]


def _runs(counts: NDArray, most: int) -> Iterator[slice]:
    """Slices of the rows whose counts sum to about `most` each."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(ends):
        done = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, done + most, side="right")), start + 1)
        yield slice(start, stop)
        start = stop


def _counted(counts: NDArray) -> NDArray[np.int64]:
    """0, 1, … up to each count, one after the other: (sum,)."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)
