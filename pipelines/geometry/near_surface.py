"""How far points are from a surface: measured to the triangles that the nearest of many points spread on it lie on.

A stand-in for the true distance that costs the same for a mesh of a hundred faces and of a million. It is never too
small, and too large only where none of the nearest points lies on the nearest triangle.
"""

from __future__ import annotations

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import weld
from pipelines.geometry.normals import unit

DENSE = 40_000
NEAREST = 3


def spread(vertices: NDArray, faces: NDArray, count: int) -> tuple[NDArray[np.float64], NDArray]:
    """Points (count, 3) spread evenly over a mesh, and the face (count,) of each. The same mesh gives the same ones."""
    area = np.cumsum(weld.face_areas(vertices, faces))
    draw = np.random.default_rng(0)
    # One in each of equal shares of the area: more even than free draws.
    wanted = (np.arange(count) + draw.random(count)) / count * area[-1]
    face = np.minimum(np.searchsorted(area, wanted), len(faces) - 1)
    u, v = draw.random((2, count))
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    a, b, c = (vertices[faces[face, corner]] for corner in range(3))
    return a + u[:, None] * (b - a) + v[:, None] * (c - a), face


class Surface:
    """A mesh (n, 3), (m, 3) that points are measured against, in its own unit."""

    def __init__(self, vertices: NDArray, faces: NDArray, dense: int = DENSE) -> None:
        self._vertices, self._faces = vertices, faces
        points, self._face = spread(vertices, faces, dense)
        self._tree = cKDTree(points)

    def nearest(self, points: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The nearest places (k, 3) on the surface to points (k, 3), and the face (k,) of each."""
        _, near = self._tree.query(points, k=NEAREST)
        best = np.full(len(points), np.inf)
        found, face = np.zeros(points.shape), np.zeros(len(points), np.int64)
        for column in near.T:
            corners = self._vertices[self._faces[self._face[column]]]
            place = trimesh.triangles.closest_point(corners, points)
            away = ((place - points) ** 2).sum(axis=1)
            nearer = away < best
            found[nearer], face[nearer] = place[nearer], self._face[column][nearer]
            best = np.minimum(best, away)
        return found, face

    def normals(self, face: NDArray) -> NDArray[np.float64]:
        """The unit normals (k, 3) of faces (k,)."""
        a, b, c = (self._vertices[self._faces[face, corner]] for corner in range(3))
        return unit(np.cross(b - a, c - a))

    def about(self, points: NDArray) -> NDArray[np.float64]:
        """Distances (k,) of points (k, 3) from points on the surface: never too small."""
        return np.asarray(self._tree.query(points)[0])

    def away(self, points: NDArray) -> NDArray[np.float64]:
        """Distances (k,) of points (k, 3)."""
        return np.asarray(np.linalg.norm(self.nearest(points)[0] - points, axis=1))
