"""A rim filled with triangles: the least area over the rim (Barequet and Sharir, 1995), made finer, then laid smoothly.

Knows one rim at a time. The result is a disc: whatever the rim looks like, the filling closes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# The search for the least area costs the cube of the corners; a longer rim gives this many, the others are fanned.
MOST_CORNERS = 160
# Edges of the filling are cut while they are longer than this many edges of the rim.
LONGEST_EDGE = 1.6
MOST_FACES = 6_000
MOST_ROUNDS = 10


def fill(points: NDArray, taken: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Fill a rim: points (r, 3) in order, taken (t, 2) pairs of its points that have an edge elsewhere in the mesh.

    -> points (k, 3), the first r those of the rim, and faces (f, 3) that run along it in the order given.
    """
    size = len(points)
    corners = np.unique(np.linspace(0, size, min(size, MOST_CORNERS), endpoint=False).astype(int))
    blocked = np.zeros((size, size), bool)
    blocked[taken[:, 0], taken[:, 1]] = blocked[taken[:, 1], taken[:, 0]] = True
    step = np.arange(size)
    blocked[step, (step + 1) % size] = blocked[(step + 1) % size, step] = False
    faces = corners[_least_area(points[corners], blocked[np.ix_(corners, corners)])]
    faces = np.concatenate([faces, _fans(corners, size)])
    return _finer(np.asarray(points, np.float64), faces, blocked)


def _fans(corners: NDArray, size: int) -> NDArray[np.int64]:
    """Triangles between the rim and the straight lines from corner to corner."""
    rows = []
    for here, there in zip(corners, np.append(corners[1:], size + corners[0]), strict=True):
        between = np.arange(here + 1, there)
        rows.append(np.stack([np.full(len(between), here), between, between + 1], axis=1))
    return np.concatenate(rows).astype(np.int64) % size


def _least_area(points: NDArray, blocked: NDArray) -> NDArray[np.int64]:
    """Triangles (n - 2, 3) over a polygon (n, 3) of least area; a blocked diagonal is taken only as a last resort."""
    count = len(points)
    scale = float(np.ptp(points, axis=0).max()) ** 2 + 1e-300
    best = np.zeros((count, count))
    choice = np.zeros((count, count), np.int64)
    for gap in range(2, count):
        first = np.arange(count - gap)
        last = first + gap
        middle = first[:, None] + np.arange(1, gap)[None, :]
        a, b, c = points[first][:, None], points[middle], points[last][:, None]
        area = np.linalg.norm(np.cross(b - a, c - a), axis=2)
        # A little of the edges' squares: of equal areas (a flat rim) the roundest triangles.
        round_ = 1e-3 * (((b - a) ** 2).sum(2) + ((c - b) ** 2).sum(2))
        cost = area + round_ + best[first[:, None], middle] + best[middle, last[:, None]]
        row = cost.argmin(axis=1)
        choice[first, last] = middle[first, row]
        best[first, last] = cost[first, row] + blocked[first, last] * 1e3 * scale
    faces, todo = [], [(0, count - 1)]
    while todo:
        low, high = todo.pop()
        if high - low >= 2:
            cut = int(choice[low, high])
            faces.append((low, cut, high))
            todo += [(low, cut), (cut, high)]
    return np.asarray(faces, np.int64)


def _finer(
    points: NDArray, faces: NDArray, blocked: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut inner edges in half until they are about as long as the rim's; those that the mesh has already always."""
    rim = len(points)
    target = LONGEST_EDGE * float(
        np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1).mean()
    )
    for _ in range(MOST_ROUNDS):
        sides = np.sort(
            np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1
        )
        edges, row, uses = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
        length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        old = (edges < rim).all(axis=1)
        forced = np.zeros(len(edges), bool)
        forced[old] = blocked[edges[old, 0], edges[old, 1]]
        cut = (uses == 2) & ((length > target) | forced)
        if not cut.any() or len(faces) > MOST_FACES:
            break
        number = np.full(len(edges), -1, np.int64)
        number[cut] = len(points) + np.arange(int(cut.sum()))
        points = np.concatenate([points, points[edges[cut]].mean(axis=1)])
        faces = _split(faces, number[row.reshape(-1)].reshape(-1, 3))
        faces = _flipped(points, faces, rim)
    return points, faces


def _split(faces: NDArray, middles: NDArray) -> NDArray[np.int64]:
    """Faces (f, 3) cut at the middles (f, 3) of their sides, -1 where a side stays whole."""
    cuts = (middles >= 0).sum(axis=1)
    # Turned so that with one cut it is the first side's, with two the third side stays whole.
    turn = np.zeros(len(faces), np.int64)
    turn[cuts == 1] = (middles[cuts == 1] >= 0).argmax(axis=1)
    turn[cuts == 2] = ((middles[cuts == 2] < 0).argmax(axis=1) + 1) % 3
    order = (turn[:, None] + np.arange(3)) % 3
    (a, b, c), (ab, bc, ca) = (
        np.take_along_axis(faces, order, 1).T,
        np.take_along_axis(middles, order, 1).T,
    )
    shapes = {
        0: [(a, b, c)],
        1: [(a, ab, c), (ab, b, c)],
        2: [(ab, b, bc), (a, ab, bc), (a, bc, c)],
        3: [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)],
    }
    rows = [
        np.stack([corner[cuts == count] for corner in triangle], axis=1)
        for count, triangles in shapes.items()
        for triangle in triangles
    ]
    return np.concatenate(rows).astype(np.int64)


def _flipped(points: NDArray, faces: NDArray, rim: int) -> NDArray[np.int64]:
    """Inner edges turned where triangles get rounder and stay on the same side: one pass, each face at most once."""
    faces = faces.copy()
    edges, (one, other) = _inner_edges(faces)
    (a, b), c = edges.T, faces[one].sum(axis=1) - edges.sum(axis=1)
    d = faces[other].sum(axis=1) - edges.sum(axis=1)
    # An edge between two points of the rim could be one that the mesh has.
    gains = _gains(*(points[corner] for corner in (a, b, c, d))) & ((c >= rim) | (d >= rim))
    sides = {(min(pair), max(pair)) for pair in edges.tolist()}
    touched: set[int] = set()
    for row in np.flatnonzero(gains):
        across = (int(min(c[row], d[row])), int(max(c[row], d[row])))
        pair = {int(one[row]), int(other[row])}
        if across in sides or pair & touched:
            continue
        faces[one[row]], faces[other[row]] = (c[row], a[row], d[row]), (c[row], d[row], b[row])
        sides.add(across)
        touched |= pair
    return faces


def _inner_edges(faces: NDArray) -> tuple[NDArray[np.int64], tuple[NDArray, NDArray]]:
    """Edges (e, 2) that run from the first to the second vertex in one face and back in another, and both faces."""
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    owner = np.repeat(np.arange(len(faces)), 3)
    base = int(faces.max()) + 1
    there, back = start * base + end, end * base + start
    order = np.argsort(there)
    place = np.minimum(np.searchsorted(there[order], back), len(order) - 1)
    both = (there[order[place]] == back) & (start < end)
    edges = np.stack([start[both], end[both]], axis=1)
    return edges, (owner[both], owner[order[place]][both])


def _gains(a: NDArray, b: NDArray, c: NDArray, d: NDArray) -> NDArray[np.bool_]:
    """Whether triangles (c, a, d) and (c, d, b) are rounder than (a, b, c) and (b, a, d), and wound the same (e,)."""
    shorter = ((c - d) ** 2).sum(axis=1) < 0.98 * ((a - b) ** 2).sum(axis=1)
    before = np.cross(b - a, c - a) + np.cross(a - b, d - b)
    one = np.einsum("ij,ij->i", np.cross(a - c, d - c), before)
    other = np.einsum("ij,ij->i", np.cross(d - c, b - c), before)
    return np.asarray(shorter & (one > 0) & (other > 0))
