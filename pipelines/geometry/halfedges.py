"""A triangle soup made into a surface where every edge has at most two faces, and the rims where it is open.

Edges with more faces are taken apart, vertices where surfaces only touch are doubled, and faces are wound alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.geometry.normals import unit

# Sides nearer than this, in radians, are at one angle.
SAME_ANGLE = 1e-5


def manifold(vertices: NDArray, faces: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The surface of a welded mesh with consistent winding and no edge of more than two faces.

    vertices (n, 3), faces (m, 3) -> vertices (k, 3), faces (m, 3), in the same order of faces. Where a surface cannot
    be wound consistently (a Moebius strip), it is cut open.
    """
    faces = _wound(faces, partners(vertices, faces))
    pairs = partners(vertices, faces)
    sides = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    one, other = pairs[:, 0], pairs[:, 1]
    opposed = (sides[0][one] == sides[1][other]) & (sides[1][one] == sides[0][other])
    one, other = one[opposed], other[opposed]
    # A side is named by the corner that it starts at; its end is the next corner of that face.
    joins = np.concatenate(
        [np.stack([one, _next(other)], axis=1), np.stack([_next(one), other], axis=1)]
    )
    size = faces.size
    graph = sparse.coo_matrix((np.ones(len(joins)), (joins[:, 0], joins[:, 1])), shape=(size, size))
    _, corner = csgraph.connected_components(graph, directed=False)
    _, first, corner = np.unique(corner, return_index=True, return_inverse=True)
    return vertices[faces.reshape(-1)[first]], corner.reshape(-1, 3).astype(np.int64)


def rims(faces: NDArray) -> list[NDArray[np.int64]]:
    """The loops of vertices round each opening, along the direction in which a filling must run.

    faces (m, 3) of a surface as `manifold` returns it.
    """
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    open_side = open_sides(faces)
    # A filling runs against the faces that are there. Loops may meet in a vertex.
    ahead: dict[int, list[int]] = {}
    for here, there in zip(end[open_side].tolist(), start[open_side].tolist(), strict=True):
        ahead.setdefault(here, []).append(there)
    loops: list[NDArray[np.int64]] = []
    while ahead:
        loops += _loops_from(next(reversed(ahead)), ahead)
    return loops[::-1]


def _loops_from(first: int, ahead: dict[int, list[int]]) -> list[NDArray[np.int64]]:
    """The loops on a walk from a vertex until nothing is ahead; the steps taken are taken out of `ahead`.

    A vertex that is met again closes a loop, and the walk goes on from there without it.
    """
    path, place = [first], {first: 0}
    loops = []
    while nexts := ahead.get(path[-1]):
        vertex = nexts.pop()
        if not nexts:
            del ahead[path[-1]]
        if vertex not in place:
            place[vertex] = len(path)
            path.append(vertex)
            continue
        cut = place[vertex]
        loops.append(np.asarray(path[cut:], np.int64))
        for passed in path[cut + 1 :]:
            del place[passed]
        del path[cut + 1 :]
    return loops


def open_sides(faces: NDArray) -> NDArray[np.bool_]:
    """Which sides (3 m,), named by the corner that they start at, no face of (m, 3) runs back along."""
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    base = int(faces.max()) + 1
    low, high = np.minimum(start, end), np.maximum(start, end)
    forward = start < end
    # Sides of one edge, forward ones first: as many of them as run the other way are closed, the rest is open.
    order = np.lexsort((~forward, low * base + high))
    key, ahead = (low * base + high)[order], forward[order]
    edge = np.concatenate([[0], np.cumsum(key[1:] != key[:-1])])
    there = np.bincount(edge, ahead).astype(np.int64)
    back = np.bincount(edge, ~ahead).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(there + back)[:-1]])
    rank = np.arange(len(order)) - first[edge] - np.where(ahead, 0, there[edge])
    opened = np.zeros(len(order), bool)
    opened[order] = rank >= np.where(ahead, back[edge], there[edge])
    return opened


def outward(vertices: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """The faces (m, 3) of closed bodies, each body wound so that its volume is positive."""
    count, body = _bodies(faces)
    a, b, c = (vertices[faces[:, i]] - vertices[faces[0, 0]] for i in range(3))
    volume = np.bincount(body, np.einsum("ij,ij->i", a, np.cross(b, c)), count)
    return np.where((volume < 0)[body][:, None], faces[:, ::-1], faces)


def bodies(faces: NDArray) -> NDArray[np.int64]:
    """The number of the body that each face (m, 3) belongs to, (m,): faces that share a vertex are of one."""
    return np.asarray(_bodies(faces)[1], np.int64)


def _bodies(faces: NDArray) -> tuple[int, NDArray]:
    size = int(faces.max()) + 1
    ends = faces[:, [0, 1, 1, 2]].reshape(-1, 2)
    graph = sparse.coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    count, label = csgraph.connected_components(graph, directed=False)
    return int(count), label[faces[:, 0]]


def _next(corner: NDArray) -> NDArray[np.int64]:
    return np.asarray(corner - corner % 3 + (corner + 1) % 3)


def partners(vertices: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """Pairs (p, 2) of sides, by their first corner, that are one edge. Each side is in at most one pair."""
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    key = np.stack([low[order], high[order]], axis=1)
    fresh = np.concatenate([[True], (key[1:] != key[:-1]).any(1)])
    first = np.flatnonzero(fresh)
    count = np.diff(np.concatenate([first, [len(order)]]))
    two = first[count == 2]
    pairs = [np.stack([order[two], order[two + 1]], axis=1)]
    for row, many in zip(first[count > 2], count[count > 2], strict=True):
        pairs.append(_round_the_edge(vertices, faces, order[row : row + many]))
    return np.concatenate(pairs)


def _round_the_edge(vertices: NDArray, faces: NDArray, sides: NDArray) -> NDArray[np.int64]:
    """Of several faces on one edge those pairs that enclose a body: neighbours in angle that run against each other."""
    start, end = faces.reshape(-1)[sides], faces.reshape(-1)[_next(sides)]
    low, high = min(start[0], end[0]), max(start[0], end[0])
    axis = unit((vertices[high] - vertices[low])[None])[0]
    wing = vertices[faces.reshape(-1)[_next(_next(sides))]] - vertices[low]
    wing = unit(wing - np.outer(wing @ axis, axis))
    forward = start == low
    # Of two sides at one angle the forward one comes first: bodies touch there rather than a sheet has no thickness.
    angle = np.arctan2(np.cross(wing[0], wing) @ axis, wing @ wing[0]) - SAME_ANGLE * forward
    order = np.argsort(np.mod(angle, 2.0 * np.pi), kind="stable")
    # Seen along the edge, the outside of a forward face lies ahead in angle: the body is behind it.
    pairs, waiting, free = [], [], np.ones(len(sides), bool)
    for here in (*order, *order):
        if free[here] and not forward[here] and here not in waiting:
            waiting.append(here)
        elif free[here] and forward[here] and waiting:
            one = waiting.pop()
            pairs.append((sides[one], sides[here]))
            free[one] = free[here] = False
    return np.asarray(pairs, np.int64).reshape(-1, 2)


def _wound(faces: NDArray, pairs: NDArray) -> NDArray[np.int64]:
    """The faces, turned where needed so that partners run against each other; the larger share stays as it is."""
    flat = faces.reshape(-1)
    alike = flat[pairs[:, 0]] == flat[pairs[:, 1]]
    if not alike.any():
        return np.asarray(faces, np.int64)
    ends = pairs // 3
    size = len(faces)
    graph = sparse.coo_matrix((alike + 1.0, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    graph = graph + graph.T
    _, piece = csgraph.connected_components(graph, directed=False)
    turned = np.zeros(size, bool)
    for number in np.unique(piece[ends[alike, 0]]):
        members = np.flatnonzero(piece == number)
        order, before = csgraph.breadth_first_order(graph, members[0], directed=False)
        order = order[1:]
        differs = np.asarray(graph[before[order], order]).reshape(-1) == 2.0
        for face, parent, turn in zip(order, before[order], differs, strict=True):
            turned[face] = turned[parent] ^ turn
        if turned[members].sum() * 2 > len(members):
            turned[members] = ~turned[members]
    return np.where(turned[:, None], faces[:, ::-1], faces)
