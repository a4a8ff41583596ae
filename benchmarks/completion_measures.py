"""How near a completed mesh is to the whole one: Chamfer distance to the surface, IoU of volumes by winding number.

A mesh with openings has an inside too: where its generalised winding number (Jacobson and others, 2013) is above one
half. Here it is exact: a cone closes the openings, crossings along the columns of a grid are whole numbers then, and
what the cone itself adds is taken off again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import cKDTree

SAMPLES = 12_000
# Points on a surface that stand for its triangles in the search for the nearest one.
DENSE = 60_000
NEAREST = 4
CELLS = 48
# Cells at a time against all edges of the openings: bounds the memory.
CHUNK = 4_096


@dataclass(frozen=True)
class Score:
    """chamfer: mean distance of both directions, percent of the whole mesh's diagonal; iou of the volumes, 0..1."""

    chamfer: float
    iou: float


class Truth:
    """A whole mesh, that others are compared with. vertices (n, 3), faces (m, 3)."""

    def __init__(self, vertices: NDArray, faces: NDArray) -> None:
        self.mesh = trimesh.Trimesh(vertices, faces, process=False)
        self.diagonal = float(np.linalg.norm(np.ptp(vertices, axis=0)))
        self._surface = _Surface(self.mesh)
        self._axes = grid(vertices)
        self._inside = winding(np.asarray(vertices), np.asarray(faces), self._axes) > 0.5

    def score(self, vertices: NDArray, faces: NDArray) -> Score:
        """Compare a mesh (n, 3), (m, 3) in the same frame."""
        made = trimesh.Trimesh(vertices, faces, process=False)
        there = self._surface.away(_samples(made, SAMPLES, 1)[0])
        back = _Surface(made).away(_samples(self.mesh, SAMPLES, 2)[0])
        inside = winding(vertices, faces, self._axes) > 0.5
        both, either = (inside & self._inside).sum(), (inside | self._inside).sum()
        chamfer = float(there.mean() + back.mean()) / 2.0
        return Score(100.0 * chamfer / self.diagonal, float(both / max(either, 1)))


class _Surface:
    """Distances to a mesh: exact to those triangles that the nearest of many points on it lie on."""

    def __init__(self, mesh: trimesh.Trimesh) -> None:
        points, self._face = _samples(mesh, DENSE, 3)
        self._triangles = np.asarray(mesh.triangles)
        self._tree = cKDTree(points)

    def away(self, points: NDArray) -> NDArray[np.float64]:
        _, near = self._tree.query(points, k=NEAREST)
        best = np.full(len(points), np.inf)
        for column in near.T:
            closest = trimesh.triangles.closest_point(self._triangles[self._face[column]], points)
            best = np.minimum(best, np.linalg.norm(closest - points, axis=1))
        return best


def _samples(mesh: trimesh.Trimesh, count: int, seed: int) -> tuple[NDArray, NDArray]:
    points, face = trimesh.sample.sample_surface(mesh, count, seed=seed)
    return np.asarray(points), np.asarray(face)


def grid(vertices: NDArray) -> list[NDArray[np.float64]]:
    """Middles of CELLS cells along each axis of the box a tenth larger than the vertices' (n, 3)."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    room = 0.05 * (high - low) + 1e-9
    # Off the middle by odd shares of a cell: columns that run through corners are counted twice.
    shift = np.array([0.50317, 0.49731, 0.50113])
    steps = (np.arange(CELLS)[:, None] + shift) / CELLS
    return list((low - room + steps * (high - low + 2.0 * room)).T)


def winding(vertices: NDArray, faces: NDArray, axes: list[NDArray]) -> NDArray[np.float64]:
    """The generalised winding number (x, y, z) of a wound mesh at the points of a grid."""
    corners = np.asarray(vertices, np.float64)[faces]
    cone = _cone(np.asarray(vertices, np.float64), np.asarray(faces, np.int64))
    number = _crossings(np.concatenate([corners, cone]), axes).astype(np.float64)
    if len(cone):
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        for start in range(0, len(points), CHUNK):
            part = slice(start, start + CHUNK)
            number.reshape(-1)[part] -= _solid_angles(cone, points[part]) / (4.0 * np.pi)
    return number


def _cone(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Triangles (t, 3, 3) from one point to every side of a face that no other face runs back along."""
    spot = np.unique(vertices, axis=0, return_inverse=True)[1].reshape(-1)
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    base = int(spot.max()) + 1
    key = np.minimum(spot[start], spot[end]) * base + np.maximum(spot[start], spot[end])
    way = np.where(spot[start] < spot[end], 1, -1)
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    surplus = np.bincount(row, way).astype(np.int64)
    rows = np.repeat(first, np.abs(surplus))
    forward = np.repeat(surplus > 0, np.abs(surplus)) == (way[rows] > 0)
    one = np.where(forward, start[rows], end[rows])
    other = np.where(forward, end[rows], start[rows])
    apex = np.broadcast_to(vertices[one].mean(axis=0) if len(one) else 0.0, (len(one), 3))
    return np.stack([vertices[other], vertices[one], apex], axis=1)


def _crossings(triangles: NDArray, axes: list[NDArray]) -> NDArray[np.int64]:
    """How often a closed surface (t, 3, 3) is left on the way up from each point of a grid (x, y, z)."""
    x, y, z = axes
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    first = np.stack([np.searchsorted(x, low[:, 0]), np.searchsorted(y, low[:, 1])], axis=1)
    last = np.stack([np.searchsorted(x, high[:, 0]), np.searchsorted(y, high[:, 1])], axis=1)
    wide, deep = (last - first).T
    count = wide * deep
    face = np.repeat(np.arange(len(triangles)), count)
    place = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    column = first[face] + np.stack([place // deep[face], place % deep[face]], axis=1)
    spot = np.stack([x[column[:, 0]], y[column[:, 1]]], axis=1)
    a, b, c = np.moveaxis(triangles[face], 1, 0)
    shares = np.stack([_turn(b, c, spot), _turn(c, a, spot), _turn(a, b, spot)], axis=1)
    total = shares.sum(axis=1)
    hit = ((shares > 0).all(axis=1) | (shares < 0).all(axis=1)) & (total != 0)
    shares, total, column = shares[hit], total[hit], column[hit]
    heights = np.stack([corner[hit][:, 2] for corner in (a, b, c)], axis=1)
    height = (shares * heights).sum(axis=1) / total
    steps = np.zeros((len(x), len(y), len(z) + 1), np.int64)
    below = np.searchsorted(z, height)
    np.add.at(steps, (column[:, 0], column[:, 1], below), np.sign(total).astype(np.int64))
    return steps[:, :, ::-1].cumsum(axis=2)[:, :, ::-1][:, :, 1:]


def _turn(one: NDArray, other: NDArray, spot: NDArray) -> NDArray[np.float64]:
    """Twice the area, seen from above, of the triangles between two corners and a spot (k,)."""
    dx, dy = (one[:, :2] - spot).T
    ex, ey = (other[:, :2] - spot).T
    return np.asarray(dx * ey - dy * ex)


def _solid_angles(triangles: NDArray, points: NDArray) -> NDArray[np.float64]:
    """The sum (p,) of the solid angles of triangles as seen from points (Van Oosterom and Strackee, 1983)."""
    total = np.zeros(len(points))
    for start in range(0, len(triangles), 512):
        a, b, c = np.moveaxis(triangles[start : start + 512], 1, 0)
        a, b, c = (corner[None] - points[:, None] for corner in (a, b, c))
        la, lb, lc = (np.linalg.norm(corner, axis=2) for corner in (a, b, c))
        above = np.einsum("ptk,ptk->pt", a, np.cross(b, c))
        below = la * lb * lc
        for one, two, length in ((a, b, lc), (b, c, la), (c, a, lb)):
            below += np.einsum("ptk,ptk->pt", one, two) * length
        total += 2.0 * np.arctan2(above, below).sum(axis=1)
    return total
