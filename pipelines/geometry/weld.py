"""Welded meshes: corners on one spot become one vertex, and faces without area go, so that neighbours are known.

Knows vertices and faces. Keeps for each face which one of the given mesh it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.errors import NothingToModel

# Vertices nearer than this share of the longest side are one: far above rounding in float32, far below any feature.
SAME_SPOT = 2e-6


@dataclass(frozen=True)
class Welded:
    """vertices (n, 3), faces (m, 3), origin (m,): the row of each face in the given mesh; spot (k,): the welded vertex
    of each given vertex."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    origin: NDArray[np.int64]
    spot: NDArray[np.int64]


def weld(vertices: NDArray, faces: NDArray) -> Welded:
    """Join vertices on one spot; drop faces without area and repeated faces.

    vertices (k, 3), faces (f, 3) -> Welded. Raises NothingToModel where no face is left.
    """
    points, spot, first = _spots(vertices, faces)
    corners = spot[faces]
    keep = _with_area(points[first], corners)
    rows = np.flatnonzero(keep)
    rows = rows[_first_of_each(np.sort(corners[rows], axis=1))]
    if len(rows) == 0:
        raise NothingToModel("the mesh has no face with an area; send a mesh with a surface")
    return Welded(points[first], corners[rows], rows, spot)


def used(faces: NDArray) -> NDArray[np.int64]:
    """The vertices that faces (m, 3) name, each once and in their order: as NumPy's unique, in a tenth of its time."""
    named = np.zeros(int(faces.max(initial=-1)) + 1, bool)
    named[faces] = True
    return np.flatnonzero(named)


def spots(vertices: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """One number (k,) for all vertices on one spot."""
    return _spots(vertices, faces)[1]


def _spots(vertices: NDArray, faces: NDArray) -> tuple[NDArray, NDArray[np.int64], NDArray]:
    """Vertices (k, 3), unused ones at 0; the spot (k,) of each; the first vertex of each spot."""
    named = np.zeros(len(vertices), bool)
    named[faces] = True
    points = np.asarray(vertices, np.float64)
    if not named.all():
        points = np.where(named[:, None], points, 0.0)
    used = [column[named] for column in points.T]
    step = max(float(np.ptp(column)) for column in used) * SAME_SPOT
    # Three numbers below 2^20 in one, with room between: far faster to sort than rows.
    together = np.zeros(len(used[0]), np.int64)
    for column in used:
        together <<= 21
        together |= np.round((column - column.min()) / max(step, 1e-300)).astype(np.int64)
    key = np.full(len(points), -1, np.int64)
    key[named] = together
    first, spot = numbered(key)
    return points, spot, first


def numbered(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each different key (k,) in the keys' order, and each row's number among them: as NumPy's unique,
    in a third of its time."""
    order = np.argsort(keys)
    ordered = keys[order]
    fresh = np.ones(len(keys), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    number = np.zeros(len(keys), np.int64)
    number[order] = np.cumsum(fresh) - 1
    starts = np.flatnonzero(fresh)
    return np.minimum.reduceat(order, starts) if len(keys) else starts, number


def _first_of_each(rows: NDArray) -> NDArray[np.int64]:
    """Which rows (k, 3) are the first of their kind, in order."""
    base = int(rows.max(initial=0)) + 1
    if rows.shape[1] * base.bit_length() < 63:
        key = rows[:, 0].astype(np.int64)
        for column in rows.T[1:]:
            key = key * base + column
        return np.sort(numbered(key)[0])
    order = np.lexsort(rows.T)  # stable: of equal rows the first comes first
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (rows[order[1:]] != rows[order[:-1]]).any(axis=1)
    return np.sort(order[fresh])


def _with_area(vertices: NDArray, faces: NDArray) -> NDArray[np.bool_]:
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    apart = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    )
    sides = b - a, c - a, c - b
    longest = np.maximum.reduce([_squared(side) for side in sides])
    doubled = np.sqrt(_squared(np.cross(sides[0], sides[1])))
    return apart & (doubled > 1e-12 * longest) & (longest > 0)


def _squared(rows: NDArray) -> NDArray[np.float64]:
    """The squared length (m,) of each row (m, 3): a third of the time of a sum along it."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def face_areas(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Area (m,) of each face, in the square of the vertices' unit."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return np.asarray(np.sqrt(_squared(np.cross(b - a, c - a))) / 2.0)


def face_pairs(faces: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Faces that share an edge: pairs (p, 2) of faces and the edge's vertices (p, 2).

    An edge with more than two faces gives a chain of pairs.
    """
    start = np.asarray(faces, np.int64).reshape(-1)
    end = np.asarray(faces, np.int64)[:, [1, 2, 0]].reshape(-1)
    # Both ends in one number, which is far faster to sort than pairs of them.
    base = int(start.max(initial=0)) + 1
    key = np.minimum(start, end) * base + np.maximum(start, end)
    key, order = _sorted_by(key)
    owner = order // 3
    same = np.flatnonzero((key[1:] == key[:-1]) & (owner[1:] != owner[:-1]))
    edges = np.stack([key[same] // base, key[same] % base], axis=1)
    return np.stack([owner[same], owner[same + 1]], axis=1), edges


def _sorted_by(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers (k,) from 0 on, sorted, and the row of each; equal ones in the order of their rows."""
    count = max(len(key), 1)
    if int(key.max(initial=0)) >= 2**63 // count - 1:
        order = np.argsort(key, kind="stable")
        return key[order], order
    # With the row in the same number, values alone need sorting: five times as fast.
    both = key * count + np.arange(len(key))
    both.sort()
    return both // count, both % count


def bodies(pairs: NDArray, face_count: int) -> tuple[int, NDArray[np.int64]]:
    """How many bodies hang together by the pairs (p, 2) of faces, and the body (face_count,) of each face."""
    joined = sparse.coo_matrix(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(face_count, face_count)
    )
    count, labels = csgraph.connected_components(joined, directed=False)
    return int(count), labels.astype(np.int64)
