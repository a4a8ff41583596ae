"""Borders between parts made shorter, and scattered crumbs of a part given to the part round them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipelines.geometry import face_graph, weld
from pipelines.geometry.normals import face_normals

ROUNDS = 4
# An island of a part is given away where it has less than this share of the part's area.
ISLAND = 0.1


def settle(vertices: NDArray, faces: NDArray, label: NDArray) -> NDArray[np.int64]:
    """Labels (m,) of a welded mesh with shorter borders and without islands. No part is lost.

    vertices (n, 3), faces (m, 3), label (m,) from 0.
    """
    pairs, edges = weld.face_pairs(faces)
    if len(pairs) == 0:
        return np.asarray(label, np.int64)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    crease = face_graph.creases(vertices[faces].mean(axis=1), face_normals(vertices, faces), pairs)
    area = weld.face_areas(vertices, faces)
    settled = np.asarray(label, np.int64)
    for _ in range(2):
        settled = _without_islands(settled, pairs, length, area)
    hold = length * (1.0 - 0.9 * crease)
    for turn in range(2 * ROUNDS):
        settled = _shorter(settled, pairs, hold, turn)
    return settled


def _shorter(label: NDArray, pairs: NDArray, hold: NDArray, turn: int) -> NDArray[np.int64]:
    """Faces of every second row take the part to which their sides hold best, unless that empties their own."""
    border = label[pairs[:, 0]] != label[pairs[:, 1]]
    if not border.any():
        return label
    count = int(label.max()) + 1
    faces = np.unique(pairs[border])
    row = np.full(len(label), -1, np.int64)
    row[faces] = np.arange(len(faces))
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    near = row[ends[:, 0]] >= 0
    table = sparse.coo_matrix(
        (np.tile(hold, 2)[near], (row[ends[near, 0]], label[ends[near, 1]])),
        shape=(len(faces), count),
    ).toarray()
    own = table[np.arange(len(faces)), label[faces]]
    best = table.argmax(axis=1)
    # Neighbours that change at the same time could swap for ever: even and odd faces take turns.
    change = (table.max(axis=1) > own * 1.001 + 1e-300) & (faces % 2 == turn % 2)
    moved = label.copy()
    moved[faces[change]] = best[change]
    emptied = np.bincount(moved, minlength=count) == 0
    return np.where(emptied[label], label, moved)


def _without_islands(
    label: NDArray, pairs: NDArray, length: NDArray, area: NDArray
) -> NDArray[np.int64]:
    inside = label[pairs[:, 0]] == label[pairs[:, 1]]
    count, island = weld.bodies(pairs[inside], len(label))
    size = np.bincount(island, area, count)
    _, first = np.unique(island, return_index=True)
    owner = label[first]
    small = size < ISLAND * np.bincount(label, area)[owner]
    ends = np.concatenate([pairs[~inside], pairs[~inside][:, ::-1]])
    if not small.any() or len(ends) == 0:
        return label
    parts = int(label.max()) + 1
    table = sparse.coo_matrix(
        (np.tile(length[~inside], 2), (island[ends[:, 0]], label[ends[:, 1]])), shape=(count, parts)
    ).tocsr()
    change = small & (np.asarray(table.max(axis=1).todense()).reshape(-1) > 0)
    taken = np.where(change, np.asarray(table.argmax(axis=1)).reshape(-1), owner)
    return np.asarray(taken[island], np.int64)
