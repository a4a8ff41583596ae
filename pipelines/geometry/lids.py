"""Openings of a manifold mesh closed by lids: filled, cut as fine as the mesh round them, and laid in place.

How a lid lies follows from how the mesh meets it. Where the mesh runs into the opening, the lid goes on as it does
(least bending); where it stands steeply on it, as the wall of a box or the stump of a limb does, the lid is tight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import fairing, hole_fill
from pipelines.geometry.normals import unit

# Up to the first angle in degrees between the mesh's way on and a tight lid, the lid is bent; from the second on it is
# tight; between, something between.
BENT_BELOW, TIGHT_ABOVE = 60.0, 90.0


@dataclass(frozen=True)
class Gap:
    """What a lid has to close: rows (r,), the vertices round it in the order in which a filling runs along them.

    faces (f, 3), by place in `rows`, are given where it has two rims. A `cut` is shared with a neighbour: its lid must
    be the same from both sides, so it is tight, and as fine as its rim; `turned` says that the filling runs against
    `rows`.
    """

    rows: NDArray[np.int64]
    faces: NDArray[np.int64] | None = None
    cut: bool = False
    turned: bool = False


def cut(points: NDArray, rim: NDArray) -> Gap:
    """The gap of a rim (r,) that a neighbour has too: in an order that follows from its points (n, 3) alone."""
    order = np.lexsort(points[rim].T)
    rows = np.roll(rim, -int(order[0]))
    rank = np.zeros(len(rim), np.int64)
    rank[order] = np.arange(len(rim))
    rank = np.roll(rank, -int(order[0]))
    turned = bool(rank[-1] < rank[1])
    return Gap(np.roll(rows[::-1], 1) if turned else rows, cut=True, turned=turned)


@dataclass(frozen=True)
class Closed:
    """vertices (n, 3), faces (m, 3), the given ones first; which gaps (g,) got a bent lid."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    bent: NDArray[np.bool_]


def close(
    points: NDArray, corners: NDArray, gaps: list[Gap], heard: Callable[[float], None]
) -> Closed:
    """The mesh (n, 3), (m, 3) with all gaps closed. No vertex is on two gaps. `heard` is told the share done."""
    all_points, all_faces, total = [points], [corners], len(points)
    surround = _Surround(corners, [gap.rows for gap in gaps])
    bent = np.zeros(len(gaps), bool)
    for number, gap in enumerate(gaps):
        inner, lid, bent[number] = _lid(points, corners, gap, surround, number)
        names = np.concatenate([gap.rows, total + np.arange(len(inner) - len(gap.rows))])
        all_points.append(inner[len(gap.rows) :])
        all_faces.append(names[lid])
        total += len(inner) - len(gap.rows)
        heard((number + 1) / len(gaps))
    return Closed(np.concatenate(all_points), np.concatenate(all_faces), bent)


def _lid(
    points: NDArray, corners: NDArray, gap: Gap, surround: _Surround, number: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], bool]:
    """Points (k, 3) of a lid, those of its rim first, its faces (f, 3) by rows of these, and whether it is bent."""
    rim, taken = points[gap.rows], surround.edges(number)
    touching = corners[surround.faces(number)]
    filling = hole_fill.fill(rim, taken) if gap.faces is None else gap.faces
    target = _edge_length(rim) if gap.cut else _edge_length(points[touching])
    inner, lid = hole_fill.finer(rim, filling, taken, target)
    free = np.arange(len(inner)) >= len(rim)
    if gap.turned:
        lid = lid[:, ::-1]
    if not free.any():
        return inner, lid, False
    tight = fairing.lay_tight(inner, lid, free)
    bend = 0.0 if gap.cut else _bend(points, touching, gap.rows, tight, lid)
    if bend == 0.0:
        return tight, lid, False
    smooth = _laid(points, touching, inner, lid, gap.rows)
    return tight + bend * (smooth - tight), lid, True


def _edge_length(lines: NDArray) -> float:
    """The mean length of the sides of polygons (..., r, 3)."""
    return float(np.linalg.norm(lines - np.roll(lines, -1, axis=-2), axis=-1).mean())


def _bend(points: NDArray, touching: NDArray, rim: NDArray, tight: NDArray, lid: NDArray) -> float:
    """How much a lid is to be bent, 0..1, by the angle between the mesh's way on at its rim (r,) and the tight lid."""
    size, order = len(rim), np.argsort(rim)
    found = order[np.minimum(np.searchsorted(rim[order], touching), size - 1)]
    # The faces round the rim by rows of the lid's points, their other corners behind these.
    outer = len(tight) + np.arange(touching.size).reshape(-1, 3)
    near = np.where(rim[found] == touching, found, outer)
    places = np.concatenate([tight, points[touching].reshape(-1, 3)])
    one, other = _sides(near, size), _sides(lid, size)
    key, back = one[:, 0] * size + one[:, 1], other[:, 1] * size + other[:, 0]
    _, mine, theirs = np.intersect1d(key, back, return_indices=True)
    if len(mine) == 0:
        return 0.0
    way, on = (_into(places, rows) for rows in (one[mine], other[theirs]))
    length = np.linalg.norm(tight[one[mine, 0]] - tight[one[mine, 1]], axis=1)
    cosine = np.clip(-(way * on).sum(axis=1), -1.0, 1.0)
    angle = float(np.degrees(np.arccos(cosine)) @ length / max(float(length.sum()), 1e-300))
    return float(np.clip((TIGHT_ABOVE - angle) / (TIGHT_ABOVE - BENT_BELOW), 0.0, 1.0))


def _sides(faces: NDArray, rim: int) -> NDArray[np.int64]:
    """Sides between two points of the rim, and the third corner of their face: (k, 3)."""
    rows = np.concatenate([np.roll(faces, -turn, axis=1) for turn in range(3)])
    return rows[(rows[:, :2] < rim).all(axis=1)]


def _into(places: NDArray, sides: NDArray) -> NDArray[np.float64]:
    """The directions (k, 3) from sides (k, 3) into their faces, at right angles to the side."""
    start, end, tip = (places[sides[:, corner]] for corner in range(3))
    along = unit(end - start)
    wing = tip - start
    return unit(wing - (wing * along).sum(axis=1, keepdims=True) * along)


def _laid(
    points: NDArray, touching: NDArray, inner: NDArray, lid: NDArray, rim: NDArray
) -> NDArray[np.float64]:
    """The points of a lid (k, 3), those of its rim first, laid so that lid and surroundings bend least.

    touching (t, 3) are the faces round the rim, by rows of `points`; lid (l, 3) are by rows of `inner`.
    """
    outer = np.setdiff1d(touching, rim)
    named = np.concatenate([rim, outer])
    rows = np.concatenate([np.arange(len(rim)), len(inner) + np.arange(len(outer))])
    order = np.argsort(named)
    ring = rows[order[np.searchsorted(named[order], touching)]]
    patch = np.concatenate([inner, points[outer]])
    free = (np.arange(len(patch)) >= len(rim)) & (np.arange(len(patch)) < len(inner))
    size = float(np.ptp(points[rim], axis=0).max())
    return fairing.lay_smoothly(patch, np.concatenate([lid, ring]), free, size)[: len(inner)]


class _Surround:
    """What lies round each rim: the faces that touch it, and the edges that join two of its points."""

    def __init__(self, corners: NDArray, rims: list[NDArray]) -> None:
        size = int(corners.max()) + 1
        rim_of, place = np.full(size, -1, np.int64), np.zeros(size, np.int64)
        for number, rim in enumerate(rims):
            rim_of[rim] = number
            place[rim] = np.arange(len(rim))
        self._count = len(rims)
        near = np.flatnonzero((rim_of[corners] >= 0).any(axis=1))
        owner = rim_of[corners[near]].reshape(-1)
        face = np.repeat(near, 3)
        self._faces = self._grouped(owner[owner >= 0], face[owner >= 0])
        edges = corners[near][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
        ends = rim_of[edges]
        inside = (ends[:, 0] >= 0) & (ends[:, 0] == ends[:, 1])
        self._edges = self._grouped(ends[inside, 0], place[edges[inside]])

    def _grouped(self, number: NDArray, rows: NDArray) -> list[NDArray]:
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(1, self._count))
        return np.split(rows[order], starts) if self._count else []

    def faces(self, number: int) -> NDArray[np.int64]:
        """The faces (t,) that touch a rim."""
        return np.unique(self._faces[number])

    def edges(self, number: int) -> NDArray[np.int64]:
        """Pairs (e, 2) of a rim's points, by their place on it, that have an edge: the lid must not make it again."""
        return self._edges[number]
