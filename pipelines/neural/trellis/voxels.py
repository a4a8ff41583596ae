"""A mesh -> the voxels of a cube that its surface touches, as TRELLIS was trained on. Knows meshes, no network.

A triangle touches a voxel unless one of 13 axes parts them (Akenine-Möller, "Fast 3D triangle-box overlap testing",
2001). Large triangles are divided first, which changes no voxel and leaves few candidates for each.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.neural.coloured import UP_Z_FRONT_MINUS_Y

SIDE = 64
# Upstream keeps vertices so far inside the cube.
RIM = 1e-6
# Triangles that are wider are divided, in voxels; then one has at most 5 ** 3 candidates.
WIDEST = 3.0
CHUNK = 65_536
# Two sides of a comparison that differ by less are equal: touching counts, and float64 rounds 1e-13 of 64.
ROUNDING = 1e-9
_TURN = np.array(UP_Z_FRONT_MINUS_Y, np.float64)


def to_trellis(points: NDArray) -> NDArray:
    """Points (n, 3) of our frame, Y up and front to +Z, in TRELLIS's: Z up, front to -Y."""
    return np.asarray(points @ _TURN.astype(points.dtype))


def from_trellis(points: NDArray) -> NDArray:
    """The way back."""
    return np.asarray(points @ _TURN.T.astype(points.dtype))


def _unheard() -> None:
    pass


def touched(
    vertices: NDArray, faces: NDArray, heard: Callable[[], None] = _unheard
) -> NDArray[np.int32]:
    """The voxels (n, 3) of 64 a side, in order, that a mesh in the cube from -0.5 to 0.5 touches.

    vertices (v, 3), what stands out is moved to the cube's border; faces (m, 3). `heard` is called often.
    """
    inside = np.clip(np.asarray(vertices, np.float64), RIM - 0.5, 0.5 - RIM)
    corners = (inside[faces] + 0.5) * SIDE
    filled = np.zeros((SIDE,) * 3, bool)
    left = [corners[first : first + CHUNK] for first in range(0, len(corners), CHUNK)]
    while left:
        heard()
        some = left.pop()
        wide = np.ptp(some, axis=1).max(axis=1) > WIDEST
        _mark(filled, some[~wide])
        parts = _quarters(some[wide])
        left += [parts[first : first + CHUNK] for first in range(0, len(parts), CHUNK)]
    return np.argwhere(filled).astype(np.int32)


def _quarters(corners: NDArray) -> NDArray:
    """Each triangle (n, 3, 3) as four."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    rows = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.concatenate([np.stack(row, axis=1) for row in rows])


def _mark(filled: NDArray[np.bool_], corners: NDArray) -> None:
    """Fill the voxels that triangles (n, 3, 3), in voxels, touch."""
    # One whose corner lies on the border between two voxels touches both.
    low = np.clip(np.ceil(corners.min(axis=1) - ROUNDING) - 1, 0, SIDE - 1).astype(np.int64)
    high = np.clip(np.floor(corners.max(axis=1) + ROUNDING), 0, SIDE - 1).astype(np.int64)
    span = high - low + 1
    for first, last in _batches(span.prod(axis=1)):
        rows, cells = _candidates(low[first:last], span[first:last])
        known = filled[tuple(cells.T)]
        rows, cells = rows[~known] + first, cells[~known]
        hit = cells[_overlap(corners[rows] - (cells + 0.5)[:, None])]
        filled[tuple(hit.T)] = True


def _batches(counts: NDArray) -> list[tuple[int, int]]:
    """Ranges of triangles that have about CHUNK candidates each, by the number that each has."""
    number = np.cumsum(counts) // CHUNK
    edges = np.flatnonzero(np.diff(number)) + 1
    bounds = [0, *edges.tolist(), len(counts)]
    return [(a, b) for a, b in pairwise(bounds) if b > a]


def _candidates(low: NDArray, span: NDArray) -> tuple[NDArray, NDArray]:
    """For boxes of voxels from low (n, 3), span (n, 3) wide: each voxel's box (k,), and the voxel (k, 3)."""
    counts = span.prod(axis=1)
    rows = np.repeat(np.arange(len(low)), counts)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = span[rows]
    x, rest = np.divmod(place, wide[:, 1] * wide[:, 2])
    y, z = np.divmod(rest, wide[:, 2])
    return rows, low[rows] + np.stack([x, y, z], axis=1)


def _overlap(corners: NDArray) -> NDArray[np.bool_]:
    """Whether triangles (n, 3, 3) touch the cube from -0.5 to 0.5."""
    half = 0.5 + ROUNDING
    apart = (corners.min(axis=1) > half).any(axis=1) | (corners.max(axis=1) < -half).any(axis=1)
    sides = np.roll(corners, -1, axis=1) - corners
    normal = np.cross(sides[:, 0], sides[:, 1])
    distance = np.abs(np.einsum("nk,nk->n", normal, corners[:, 0]))
    apart |= distance > 0.5 * np.abs(normal).sum(axis=1) + ROUNDING
    for side in range(3):
        for axis in range(3):
            apart |= _parted(corners, sides[:, side], axis)
    return ~apart


def _parted(corners: NDArray, side: NDArray, axis: int) -> NDArray[np.bool_]:
    """Whether the axis across a side (n, 3) and a coordinate axis parts triangles (n, 3, 3) from the cube."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    along = corners[:, :, u] * side[:, None, v] - corners[:, :, v] * side[:, None, u]
    radius = 0.5 * (np.abs(side[:, u]) + np.abs(side[:, v])) + ROUNDING
    return (along.min(axis=1) > radius) | (along.max(axis=1) < -radius)
