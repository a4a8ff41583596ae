"""Vertices that are split for their UVs or normals alone, found again: FBX hangs these on corners, not on vertices.

Two borders are one seam where the same two places are joined by exactly one edge each way: bodies that merely touch
stay apart. Modelling programs then see a whole surface, not loose pieces.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.formats.scene import Mesh

# Odd numbers with bits all over, which mix three coordinates into one key.
MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


def sewn(mesh: Mesh) -> Mesh:
    """The mesh with one vertex for each place, faces over these and weights, without normals, UVs and colours."""
    place = _places(mesh)
    count = int(place.max(initial=-1)) + 1
    first = np.zeros(count, np.int64)
    first[place[::-1]] = np.arange(len(place) - 1, -1, -1)
    made = Mesh(mesh.name, mesh.positions[first], place[mesh.faces])
    if mesh.joints is not None and mesh.weights is not None:
        made = replace(made, joints=mesh.joints[first], weights=mesh.weights[first])
    return made


def _places(mesh: Mesh) -> NDArray[np.int64]:
    """(n,) the number of each vertex's place, in the order in which vertices come."""
    count = len(mesh.positions)
    spot, alone = _spots(mesh.positions)
    plain = mesh.normals is None and not mesh.uvs and mesh.colours is None
    pairs = np.zeros((0, 2), np.int64) if plain or alone.all() else _pairs(mesh, spot, alone)
    if not len(pairs):
        return np.arange(count)
    graph = sparse.coo_matrix((np.ones(len(pairs), bool), tuple(pairs.T)), (count, count))
    _, group = csgraph.connected_components(graph, directed=False)
    # In the order of their first vertices, whatever the order of the groups.
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    rank = np.zeros(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[number]


def _spots(positions: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Equal numbers for vertices that lie at one point, and which have it for themselves."""
    bits = (positions + 0.0).view(np.uint64)  # so that -0 is 0
    keys = np.bitwise_xor.reduce((bits ^ (bits >> np.uint64(29))) * MIXERS, axis=1)
    order = np.argsort(keys, kind="stable")
    ordered = positions[order]
    new = np.ones(len(order), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(1)
    spot = np.zeros(len(order), np.int64)
    spot[order] = np.cumsum(new) - 1
    return spot, np.bincount(spot)[spot] == 1


def _pairs(mesh: Mesh, spot: NDArray[np.int64], alone: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(p, 2) vertices that are one: the ends of edges that run alone, against one that runs alone the other way."""
    start, end = mesh.faces.reshape(-1), np.roll(mesh.faces, -1, axis=1).reshape(-1)
    seam = ~(alone[start] & alone[end])
    start, end = start[seam], end[seam]
    size = len(spot)
    keys, back = spot[start] * size + spot[end], spot[end] * size + spot[start]
    known, edge, times = np.unique(keys, return_index=True, return_counts=True)
    at = np.searchsorted(known, back).clip(max=len(known) - 1)
    single = (known[at] == back) & (times[at] == 1)
    single &= times[np.searchsorted(known, keys)] == 1
    other = edge[at[single]]
    pairs = np.concatenate(
        [
            np.stack([start[single], end[other]], 1),
            np.stack([end[single], start[other]], 1),
        ]
    )
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[_moved_alike(mesh, pairs)]


def _moved_alike(mesh: Mesh, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the two of each pair have the same joints and weights, told in the same order."""
    alike = np.ones(len(pairs), bool)
    for rows in (mesh.joints, mesh.weights):
        if rows is not None:
            alike &= (rows[pairs[:, 0]] == rows[pairs[:, 1]]).all(1)
    return alike
