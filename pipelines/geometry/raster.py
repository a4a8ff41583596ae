"""Which triangle is seen at each pixel: a z-buffer filled row by row of each triangle, in numpy alone.

Knows triangles on a screen. Does not know cameras, colours or files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.geometry import unseen

# Small faces that are worked on at once: what they need stays in the processor's cache.
BAND_FACES = 16_384
# With more faces they are drawn from near to far, and what is hidden by then is left out; every so many faces it is
# looked up anew what that is.
MANY_FACES, LOOK_AGAIN = 100_000, 8 * BAND_FACES
# Rows or pixels that are worked on at once: some 100 MiB of arrays.
BAND = 1_500_000
NOTHING = np.iinfo(np.int64).max
# Some 5 s of drawing. A solid object at 1024 px takes one or two million.
MOST_PIXELS = 100_000_000
# Depth is kept in 2^30 steps above the triangle's number (at most 2^31), in one integer that can be compared.
DEPTH_STEPS, NUMBER_BITS = float(2**30), 31


def seen_faces(corners: NDArray[np.float32], size: int) -> NDArray[np.int32]:
    """As `seen`, of faces with corners (m, 3, 3) of their own."""
    order = np.arange(3 * len(corners), dtype=np.int32)
    return seen(corners.reshape(-1, 3), order.reshape(-1, 3), size)


def seen(points: NDArray[np.float32], faces: NDArray[np.integer], size: int) -> NDArray[np.int32]:
    """points (n, 3): x right and y down in pixels, depth 0 (near) to 1 (far), finite; faces (m, 3) -> the number of the
    face at each pixel, (size, size) int32, -1 for none.

    A pixel is covered where its centre is inside. Faces of no area are not seen. Raises PipelineError for faces that
    lie upon each other so often that drawing them would take minutes.
    """
    buffer = np.full(size * size, NOTHING, np.int64)
    order = unseen.reaching(points, faces, size)
    behind = None
    if len(order) > MANY_FACES:
        order = order[unseen.near_first(points, np.take(faces, order, axis=0))]
    cost = 0.0
    for start in range(0, len(order), BAND_FACES):
        number = order[start : start + BAND_FACES]
        if start and len(order) > MANY_FACES and start % LOOK_AGAIN == 0:
            behind = _behind(buffer, size)
        corners = np.take(points, np.take(faces, number, axis=0), axis=0)
        corners, number = _draw_small(buffer, corners, number, behind, size)
        cost += _cost(corners)
        if cost > MOST_PIXELS:
            raise PipelineError("too many of its faces lie one behind the other")
        _draw_larger(buffer, corners, number, size)
    found = np.full(size * size, -1, np.int32)
    hit = buffer != NOTHING
    found[hit] = (buffer[hit] & (2**NUMBER_BITS - 1)).astype(np.int32)
    return found.reshape(size, size)


def _behind(buffer: NDArray[np.int64], size: int) -> unseen.Behind:
    farthest = unseen.blocks(buffer.reshape(size, size)) >> NUMBER_BITS
    return unseen.Behind.of((farthest / DEPTH_STEPS).astype(np.float32))


def _draw_small(
    buffer: NDArray[np.int64],
    corners: NDArray[np.float32],
    number: NDArray,
    behind: unseen.Behind | None,
    size: int,
) -> tuple[NDArray[np.float32], NDArray]:
    """Draw the faces that reach no farther than two pixels across and down, and returns the others, of both those that
    are not hidden; number (m,): what is written."""
    ends = np.ascontiguousarray(corners.transpose(2, 1, 0))
    x, y, z = ends
    column, width = _pixels_of(x, size)
    row, height = _pixels_of(y, size)
    wanted = (width > 0) & (height > 0)
    if behind is not None:
        narrow = (width < unseen.BLOCK_PX) & (height < unseen.BLOCK_PX)
        wanted &= ~(narrow & behind.hides(x, y, z, size))
    is_small = (width <= 2) & (height <= 2)
    here = np.flatnonzero(is_small & wanted)
    spans = np.stack([column, width, row, height])[:, here]
    _fill_small(buffer, np.take(ends, here, axis=2), spans, number[here], size)
    larger = np.flatnonzero(wanted & ~is_small)
    return np.take(corners, larger, axis=0), number[larger]


def _draw_larger(
    buffer: NDArray[np.int64], corners: NDArray[np.float32], number: NDArray, size: int
) -> None:
    """Draw faces of any size, row by row."""
    edges = _edges(corners)
    first = np.clip(np.ceil(edges.top - 0.5), 0, size).astype(np.int32)
    last = np.clip(np.floor(edges.bottom - 0.5), -1, size - 1).astype(np.int32)
    heights = np.maximum(last - first + 1, 0)
    for face in _bands(np.flatnonzero(heights), heights):
        many = heights[face]
        row = _counted(many) + np.repeat(first[face], many)
        _fill(buffer, edges, number, np.repeat(face.astype(np.int32), many), row, size)


def _pixels_of(ends: NDArray[np.float32], size: int) -> tuple[NDArray, NDArray]:
    """The first pixel whose centre lies between ends (3, m), and how many do, in the picture: two (m,) int32."""
    low = np.minimum(np.minimum(ends[0], ends[1]), ends[2])
    high = np.maximum(np.maximum(ends[0], ends[1]), ends[2])
    half = np.float32(0.5)
    first = np.clip(np.ceil(low - half), 0, size).astype(np.int32)
    last = np.clip(np.floor(high - half), -1, size - 1).astype(np.int32)
    return first, last - first + 1


def _fill_small(
    buffer: NDArray[np.int64], ends: NDArray, spans: NDArray, number: NDArray, size: int
) -> None:
    """Faces with ends (3 axes, 3 corners, m) at each of the two by two pixels that spans (4, m) name, by barycentric
    weights."""
    (ax, bx, cx), (ay, by, cy), (az, bz, cz) = ends
    column, width, row, height = spans
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    inverse = np.divide(1.0, area, out=np.full_like(area, np.nan), where=area != 0)
    x = column + np.float32(0.5) - ax
    y = row + np.float32(0.5) - ay
    by_x = (cy - ay) * inverse, (ay - by) * inverse
    by_y = (ax - cx) * inverse, (bx - ax) * inverse
    first = np.stack([x * u + y * v for u, v in zip(by_x, by_y, strict=True)])
    # How the weights change from a pixel to the next, right and down.
    steps = np.stack([*by_x, *by_y]).reshape(2, 2, -1)
    place = row * size + column
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        # Most faces of a large mesh have one pixel: the others are looked for only where they are.
        face = np.flatnonzero((width > right) & (height > down)) if right or down else slice(None)
        second, third = first[:, face] + right * steps[0][:, face] + down * steps[1][:, face]
        inside = np.flatnonzero((second >= 0) & (third >= 0) & (second + third <= 1))
        hit = inside if isinstance(face, slice) else face[inside]
        second, third = second[inside], third[inside]
        depth = az[hit] + second * (bz[hit] - az[hit]) + third * (cz[hit] - az[hit])
        np.minimum.at(buffer, place[hit] + (down * size + right), _keys(depth, number[hit]))


def _keys(depth: NDArray[np.float32], number: NDArray) -> NDArray[np.int64]:
    steps = (np.clip(depth, 0.0, 1.0) * DEPTH_STEPS).astype(np.int64)
    return np.asarray(steps << NUMBER_BITS | number, np.int64)


def _cost(corners: NDArray[np.float32]) -> float:
    """How many pixels the faces would cover, one by one."""
    ab = (corners[:, 1, :2] - corners[:, 0, :2]).astype(np.float64)
    ac = (corners[:, 2, :2] - corners[:, 0, :2]).astype(np.float64)
    return float(np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]).sum() / 2.0)


def weights(
    corners: NDArray[np.float32], face: NDArray, x: NDArray, y: NDArray
) -> NDArray[np.float32]:
    """Barycentric weights (n, 3) of the pixels at column x, row y (n,) in the faces (n,); clipped into the face."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    inverse = np.divide(1.0, area, out=np.zeros_like(area), where=area != 0)
    # By face, not by pixel; and column by column, which numpy gathers faster than rows.
    second = ac[:, 1] * inverse, -ac[:, 0] * inverse
    third = -ab[:, 1] * inverse, ab[:, 0] * inverse
    dx = x + np.float32(0.5) - np.take(a[:, 0], face)
    dy = y + np.float32(0.5) - np.take(a[:, 1], face)
    share = np.zeros((3, len(face)), np.float32)
    for row, (along, down) in ((1, second), (2, third)):
        share[row] = dx * np.take(along, face)
        share[row] += dy * np.take(down, face)
    np.clip(share[1], 0.0, 1.0, out=share[1])
    np.clip(share[2], 0.0, np.float32(1.0) - share[1], out=share[2])
    share[0] = np.float32(1.0) - share[1] - share[2]
    return share.T


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
    numbers: NDArray[np.int32],
    face: NDArray,
    row: NDArray,
    size: int,
) -> None:
    """Draw one row of pixels of each face (r,) at row (r,) into the buffer, under the face's number."""
    left, right, depth, slope = _spans(edges, face, row + np.float32(0.5))
    start = np.clip(np.ceil(left - 0.5), 0, size).astype(np.int32)
    stop = np.clip(np.floor(right - 0.5), -1, size - 1).astype(np.int32)
    widths = np.maximum(stop - start + 1, 0)
    key = (
        np.clip(depth + (start + np.float32(0.5) - left) * slope, 0, 1),
        slope,
        row * size + start,
        numbers[face],
    )
    wanted = np.flatnonzero(widths)
    for span in _bands(wanted, widths):
        many = widths[span]
        ahead = _counted(many)
        near, step, place, number = (np.repeat(values[span], many) for values in key)
        np.minimum.at(buffer, place + ahead, _keys(near + ahead * step, number))


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
