"""Tangents of a textured mesh, which a normal map needs, in glTF's sense."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.normals import unit


def vertex_tangents(
    vertices: NDArray, faces: NDArray, normals: NDArray, uv: NDArray
) -> NDArray[np.float32]:
    """vertices (n, 3), faces (m, 3), normals (n, 3), uv (n, 2) with v down -> (n, 4): along +u, and the side of -v.

    The sum over a vertex's faces, made square to its normal (E. Lengyel, Computing Tangent Space Basis Vectors, 2001).
    Where the UVs hold no area any direction square to the normal serves.
    """
    up = np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float64)
    sums = _sums(vertices, faces, up)
    normal = unit(normals)
    tangent = sums[0] - normal * np.einsum("ij,ij->i", sums[0], normal)[:, None]
    length = np.linalg.norm(tangent, axis=1)
    weak = length <= 1e-12 * max(float(length.max(initial=0.0)), 1e-30)
    tangent[weak] = _square_to(normal[weak])
    side = np.einsum("ij,ij->i", np.cross(normal, tangent), sums[1])
    return np.column_stack([unit(tangent), np.where(side < 0.0, -1.0, 1.0)]).astype(np.float32)


def _sums(vertices: NDArray, faces: NDArray, up: NDArray) -> NDArray[np.float64]:
    """The ways along u and along v of all faces of each vertex, added up: (2, n, 3). up (n, 2): places, v up."""
    ends = np.ascontiguousarray(faces.T)
    # Axis by axis: numpy is slow along rows of two or three.
    u, v = (_sides(np.ascontiguousarray(column), ends) for column in up.T)
    sign = np.sign(u[0] * v[1] - v[0] * u[1])
    # Not divided by the area in the texture: a face counts by its sides, and no face blows up.
    ways = [(one * sign, other * sign) for one, other in ((v[1], v[0]), (u[0], u[1]))]
    corners = faces.reshape(-1)
    sums = np.zeros((2, len(vertices), 3))
    for axis in range(3):
        first, second = _sides(np.ascontiguousarray(vertices[:, axis]), ends)
        (a, b), (c, d) = ways
        for total, along in zip(
            sums, (first * a - second * b, second * c - first * d), strict=True
        ):
            total[:, axis] = np.bincount(corners, np.repeat(along, 3), len(vertices))
    return sums


def _sides(values: NDArray, ends: NDArray) -> tuple[NDArray, NDArray]:
    """How values (n,) change from the first corner of faces (3, m) to the others: two (m,)."""
    start = values[ends[0]]
    return values[ends[1]] - start, values[ends[2]] - start


def _square_to(normal: NDArray) -> NDArray:
    """A direction square to each normal: its product with the axis that it follows least."""
    return np.cross(normal, np.eye(3)[np.abs(normal).argmin(axis=1)])
