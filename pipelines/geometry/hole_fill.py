"""A rim filled with triangles: the least area over the rim (Barequet and Sharir, 1995), made finer, then laid smoothly.

Knows one rim at a time. The result is a disc: whatever the rim looks like, the filling closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import weld

# The search for the least area costs the cube of the corners; a longer rim gives this many at first.
MOST_CORNERS = 160
# Edges of the filling are cut while they are longer than this many times those round it.
LONGEST_EDGE = 1.6
MOST_FACES = 20_000
MOST_ROUNDS = 10
# What a barred triangle and a diagonal that the mesh has already cost, in squares of the rim's size: much more than
# fillings do without them.
BARRED, BLOCKED = 10.0, 1e3

# Of triangles, by rows of points (..., 3), which (...,) are taken only where there is no other way.
Bar = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


def fill(points: NDArray, taken: NDArray, bar: Bar | None = None) -> NDArray[np.int64]:
    """Fill a rim: points (r, 3) in order, taken (t, 2) pairs of its points that have an edge elsewhere in the mesh.

    -> faces (r - 2, 3) that run along it in the order given, of least area over every few points of a long rim, and
    between these again; `bar` tells which of them are a last resort.
    """
    size = len(points)
    blocked = _pairs(taken, size)
    rows, todo = [], [np.arange(size)]
    while todo:
        chain = todo.pop()
        if len(chain) < 3:
            continue
        count = min(len(chain), MOST_CORNERS)
        place = np.unique(np.linspace(0, len(chain) - 1, count).astype(np.int64))
        corners = chain[place]
        first, second = np.triu_indices(count, 2)
        closed = np.zeros((count, count), bool)
        closed[first, second] = np.isin(_pairs_of(corners[first], corners[second], size), blocked)
        rows.append(corners[_least_area(points, corners, closed, bar)])
        todo += [chain[a : b + 1] for a, b in pairwise(place) if b > a + 1]
    return np.concatenate(rows).astype(np.int64)


def _pairs(pairs: NDArray, size: int) -> NDArray[np.int64]:
    """One number for each pair (t, 2) of places on a rim of `size` points, neighbours left out."""
    apart = np.abs(pairs[:, 0] - pairs[:, 1])
    pairs = pairs[(apart > 1) & (apart < size - 1)]
    return np.unique(_pairs_of(pairs[:, 0], pairs[:, 1], size))


def _pairs_of(one: NDArray, other: NDArray, size: int) -> NDArray[np.int64]:
    return np.asarray(np.minimum(one, other) * size + np.maximum(one, other))


def _least_area(
    points: NDArray, corners: NDArray, blocked: NDArray, bar: Bar | None
) -> NDArray[np.int64]:
    """Triangles (n - 2, 3) of least area over the polygon of some corners (n,) among points; what is barred, and before
    that blocked diagonals (n, n), are a last resort."""
    count, place = len(corners), points[corners]
    scale = float(np.ptp(place, axis=0).max()) ** 2 + 1e-300
    best = np.zeros((count, count))
    choice = np.zeros((count, count), np.int64)
    for gap in range(2, count):
        first = np.arange(count - gap)
        last = first + gap
        middle = first[:, None] + np.arange(1, gap)[None, :]
        a, b, c = place[first][:, None], place[middle], place[last][:, None]
        area = np.linalg.norm(np.cross(b - a, c - a), axis=2)
        # A little of the edges' squares: of equal areas (a flat rim) the roundest triangles.
        round_ = 1e-3 * (((b - a) ** 2).sum(2) + ((c - b) ** 2).sum(2))
        cost = area + round_ + best[first[:, None], middle] + best[middle, last[:, None]]
        if bar is not None:
            rows = np.broadcast_arrays(first[:, None], middle, last[:, None])
            cost += BARRED * scale * bar(corners[np.stack(rows, axis=-1)])
        row = cost.argmin(axis=1)
        choice[first, last] = middle[first, row]
        best[first, last] = cost[first, row] + blocked[first, last] * BLOCKED * scale
    faces, todo = [], [(0, count - 1)]
    while todo:
        low, high = todo.pop()
        if high - low >= 2:
            cut = int(choice[low, high])
            faces.append((low, cut, high))
            todo += [(low, cut), (cut, high)]
    return np.asarray(faces, np.int64)


def finer(
    points: NDArray, faces: NDArray, taken: NDArray, target: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut inner edges in half until they are about `target` long; those that the mesh has already always.

    points (r, 3) are those of the rim, faces (f, 3) fill it, taken as in `fill` -> points (k, 3), the first r as
    before, and faces (g, 3).
    """
    rim, blocked = len(points), _pairs(taken, len(points))
    for _ in range(MOST_ROUNDS):
        sides = np.sort(
            np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1
        )
        first, row = weld.numbered(sides[:, 0] * len(points) + sides[:, 1])
        edges, uses = sides[first], np.bincount(row)
        length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        old = (edges < rim).all(axis=1)
        forced = old & np.isin(_pairs_of(edges[:, 0], edges[:, 1], rim), blocked)
        cut = (uses == 2) & ((length > LONGEST_EDGE * target) | forced)
        if not cut.any() or len(faces) > max(MOST_FACES, 2 * rim):
            break
        number = np.full(len(edges), -1, np.int64)
        number[cut] = len(points) + np.arange(int(cut.sum()))
        points = np.concatenate([points, points[edges[cut]].mean(axis=1)])
        faces = split(faces, number[row].reshape(-1, 3))
        faces = _flipped(points, faces, rim)
    return points, faces


def split(faces: NDArray, middles: NDArray) -> NDArray[np.int64]:
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
