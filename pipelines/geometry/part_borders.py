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
# A part that shorter borders would leave less than this share of its area keeps what it had.
LEAST_LEFT = 0.6


def settle(
    vertices: NDArray, faces: NDArray, label: NDArray, pairs: NDArray, edges: NDArray, area: NDArray
) -> NDArray[np.int64]:
    """Labels (m,) of a welded mesh with shorter borders and without islands. No part is lost.

    vertices (n, 3), faces (m, 3), label (m,) from 0; pairs (p, 2) of faces and edges (p, 2) as `weld.face_pairs` gives
    them; area (m,) of the faces.
    """
    settled = np.asarray(label, np.int64)
    if len(pairs) == 0:
        return settled
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    settled = _without_islands(settled, pairs, length, area)
    for turn in range(2 * ROUNDS):
        settled = _shorter(vertices, faces, settled, pairs, length, turn)
    before = np.bincount(label, area)
    eaten = np.bincount(settled, area, len(before)) < LEAST_LEFT * before
    return np.where(eaten[label], label, settled)


def _shorter(
    vertices: NDArray, faces: NDArray, label: NDArray, pairs: NDArray, length: NDArray, turn: int
) -> NDArray[np.int64]:
    """Faces of every second row take the part to which their sides hold best, unless that empties their own."""
    border = label[pairs[:, 0]] != label[pairs[:, 1]]
    if not border.any():
        return label
    at_border = np.zeros(len(label), bool)
    at_border[pairs[border]] = True
    row = np.cumsum(at_border) - 1
    rim = np.flatnonzero(at_border)
    near = np.flatnonzero(at_border[pairs[:, 0]] | at_border[pairs[:, 1]])
    table = _holds(vertices, faces, label, pairs[near], length[near], at_border, row)
    own = table[np.arange(len(rim)), label[rim]]
    best = table.argmax(axis=1)
    # Neighbours that change at the same time could swap for ever: even and odd faces take turns.
    change = (table.max(axis=1) > own * 1.001 + 1e-300) & (rim % 2 == turn % 2)
    moved = label.copy()
    moved[rim[change]] = best[change]
    emptied = np.bincount(moved, minlength=table.shape[1]) == 0
    return np.where(emptied[label], label, moved) if emptied.any() else moved


def _holds(
    vertices: NDArray,
    faces: NDArray,
    label: NDArray,
    pairs: NDArray,
    length: NDArray,
    wanted: NDArray,
    row: NDArray,
) -> NDArray[np.float64]:
    """How well each wanted face holds to each part (r, parts): length of its sides, of which creases take most."""
    touched = weld.used(pairs)
    place = np.zeros(len(label), np.int64)
    place[touched] = np.arange(len(touched))
    corners = faces[touched]
    crease = face_graph.creases(
        vertices[corners].mean(axis=1), face_normals(vertices, corners), place[pairs]
    )
    hold = np.tile(length * (1.0 - 0.9 * crease), 2)
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    near = wanted[ends[:, 0]]
    shape = int(wanted.sum()), int(label.max()) + 1
    cell = row[ends[near, 0]] * shape[1] + label[ends[near, 1]]
    table = np.bincount(cell, hold[near], shape[0] * shape[1]).reshape(shape)
    return np.asarray(table, np.float64)


def _without_islands(
    label: NDArray, pairs: NDArray, length: NDArray, area: NDArray
) -> NDArray[np.int64]:
    inside = label[pairs[:, 0]] == label[pairs[:, 1]]
    count, island = weld.bodies(pairs[inside], len(label))
    size = np.bincount(island, area, count)
    owner = np.zeros(count, np.int64)
    owner[island] = label
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
