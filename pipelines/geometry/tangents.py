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
    first, second = (vertices[faces[:, i]] - vertices[faces[:, 0]] for i in (1, 2))
    flat_first, flat_second = (up[faces[:, i]] - up[faces[:, 0]] for i in (1, 2))
    sign = np.sign(flat_first[:, 0] * flat_second[:, 1] - flat_first[:, 1] * flat_second[:, 0])
    # Not divided by the area in the texture: a face counts by its sides, and no face blows up.
    along_u = first * flat_second[:, 1:] - second * flat_first[:, 1:]
    along_v = second * flat_first[:, :1] - first * flat_second[:, :1]
    sums = np.zeros((2, len(vertices), 3))
    for total, along in zip(sums, (along_u * sign[:, None], along_v * sign[:, None]), strict=True):
        for axis in range(3):
            spread = np.repeat(along[:, axis], 3)
            total[:, axis] = np.bincount(faces.reshape(-1), spread, len(vertices))
    normal = unit(normals)
    tangent = sums[0] - normal * np.einsum("ij,ij->i", sums[0], normal)[:, None]
    length = np.linalg.norm(tangent, axis=1)
    weak = length <= 1e-12 * max(float(length.max(initial=0.0)), 1e-30)
    tangent[weak] = _square_to(normal[weak])
    side = np.einsum("ij,ij->i", np.cross(normal, tangent), sums[1])
    return np.column_stack([unit(tangent), np.where(side < 0.0, -1.0, 1.0)]).astype(np.float32)


def _square_to(normal: NDArray) -> NDArray:
    """A direction square to each normal: its product with the axis that it follows least."""
    return np.cross(normal, np.eye(3)[np.abs(normal).argmin(axis=1)])
