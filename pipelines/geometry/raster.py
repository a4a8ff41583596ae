"""Which triangle is seen at each pixel: a z-buffer filled row by row of each triangle, in numpy alone.

Knows triangles on a screen. Does not know cameras, colours or files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError

# Rows or pixels that are worked on at once: some 100 MiB of arrays.
BAND = 1_500_000
NOTHING = np.iinfo(np.int64).max
# Some 5 s of drawing. A solid object at 1024 px takes one or two million.
MOST_PIXELS = 100_000_000
# Depth is kept in 2^30 steps above the triangle's number (at most 2^31), in one integer that can be compared.
DEPTH_STEPS, NUMBER_BITS = float(2**30), 31


def seen_faces(corners: NDArray[np.float32], size: int) -> NDArray[np.int32]:
    """corners (m, 3, 3): x right and y down in pixels, depth 0 (near) to 1 (far) -> (size, size) int32, -1 for none.

    A pixel is covered where its centre is inside. Faces of no area are not seen. Raises PipelineError for faces that
    lie upon each other so often that drawing them would take minutes.
    """
    _check_cost(corners)
    buffer = np.full(size * size, NOTHING, np.int64)
    edges = _edges(corners)
    first = np.clip(np.ceil(edges.top - 0.5), 0, size).astype(np.int32)
    last = np.clip(np.floor(edges.bottom - 0.5), -1, size - 1).astype(np.int32)
    heights = np.maximum(last - first + 1, 0)
    for face in _bands(np.flatnonzero(heights), heights):
        many = heights[face]
        row = _counted(many) + np.repeat(first[face], many)
        _fill(buffer, edges, np.repeat(face.astype(np.int32), many), row, size)
    seen = np.full(size * size, -1, np.int32)
    hit = buffer != NOTHING
    seen[hit] = (buffer[hit] & (2**NUMBER_BITS - 1)).astype(np.int32)
    return seen.reshape(size, size)


def _check_cost(corners: NDArray[np.float32]) -> None:
    ab = (corners[:, 1, :2] - corners[:, 0, :2]).astype(np.float64)
    ac = (corners[:, 2, :2] - corners[:, 0, :2]).astype(np.float64)
    pixels = np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]).sum() / 2.0
    if pixels > MOST_PIXELS:
        raise PipelineError("too many of its faces lie one behind the other")


def weights(
    corners: NDArray[np.float32], face: NDArray, x: NDArray, y: NDArray
) -> NDArray[np.float32]:
    """Barycentric weights (n, 3) of the pixels at column x, row y (n,) in the faces (n,); clipped into the face."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    inverse = np.divide(1.0, area, out=np.zeros_like(area), where=area != 0)
    # By face, not by pixel: a row that turns a step in x, y into the second and the third weight.
    rows = np.stack(
        [
            a[:, 0],
            a[:, 1],
            ac[:, 1] * inverse,
            -ac[:, 0] * inverse,
            -ab[:, 1] * inverse,
            ab[:, 0] * inverse,
        ],
        axis=1,
    )[face]
    dx, dy = x + np.float32(0.5) - rows[:, 0], y + np.float32(0.5) - rows[:, 1]
    share = np.zeros((len(face), 3), np.float32)
    share[:, 1] = np.clip(dx * rows[:, 2] + dy * rows[:, 3], 0.0, 1.0)
    share[:, 2] = np.clip(dx * rows[:, 4] + dy * rows[:, 5], 0.0, 1.0 - share[:, 1])
    share[:, 0] = 1.0 - share[:, 1] - share[:, 2]
    return share


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


def _fill(buffer: NDArray[np.int64], edges: _Edges, face: NDArray, row: NDArray, size: int) -> None:
    """Draw one row of pixels of each face (r,) at row (r,) into the buffer."""
    left, right, depth, slope = _spans(edges, face, row + np.float32(0.5))
    start = np.clip(np.ceil(left - 0.5), 0, size).astype(np.int32)
    stop = np.clip(np.floor(right - 0.5), -1, size - 1).astype(np.int32)
    widths = np.maximum(stop - start + 1, 0)
    key = (
        np.clip(depth + (start + np.float32(0.5) - left) * slope, 0, 1),
        slope,
        row * size + start,
        face,
    )
    wanted = np.flatnonzero(widths)
    for span in _bands(wanted, widths):
        many = widths[span]
        ahead = _counted(many)
        near, step, place, number = (np.repeat(values[span], many) for values in key)
        depths = (np.clip(near + ahead * step, 0.0, 1.0) * DEPTH_STEPS).astype(np.int64)
        np.minimum.at(buffer, place + ahead, depths << NUMBER_BITS | number)


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
