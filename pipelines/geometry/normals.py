"""Directions of faces, vertices and corners. Pure arithmetic on (n, 3) and (m, 3) arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def face_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Unit normals (m, 3); +Y where a face has no area."""
    a, b, c = (np.asarray(vertices, np.float64)[faces[:, i]] for i in range(3))
    return unit(np.cross(b - a, c - a))


def vertex_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Unit normals (n, 3), weighted by corner angle so that slivers count for little; +Y where undefined."""
    points = np.asarray(vertices, np.float64)
    triangle = points[faces]
    flat = np.cross(triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0])
    size = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = np.divide(flat, size, out=np.zeros_like(flat), where=size > 0)
    total = np.zeros((len(points), 3))
    sides = [unit(triangle[:, (corner + 1) % 3] - triangle[:, corner]) for corner in range(3)]
    for corner in range(3):
        bend = np.einsum("ij,ij->i", sides[corner], sides[corner - 1])
        angle = np.arccos(np.clip(-bend, -1.0, 1.0))
        for axis in range(3):
            total[:, axis] += np.bincount(
                faces[:, corner], flat[:, axis] * angle, minlength=len(points)
            )
    return unit(total)


def corner_normals(
    vertices: NDArray, faces: NDArray, smooth: NDArray, *, crease_degrees: float = 50.0
) -> NDArray[np.float32]:
    """Normals of face corners (m, 3, 3): the vertex's where it is close to the face's, else the face's.

    `smooth` (n, 3) are vertex normals. Keeps a cube's sides apart though its corners are shared.
    """
    flat = face_normals(vertices, faces)
    corners = smooth[faces]
    close = np.einsum("mkd,md->mk", corners, flat) >= np.cos(np.radians(crease_degrees))
    return np.where(close[..., None], corners, flat[:, None]).astype(np.float32)


def unit(vectors: NDArray) -> NDArray[np.float64]:
    """Rows (n, 3) brought to length 1; rows of no or no finite length become +Y, since glTF forbids zero normals."""
    rows = np.nan_to_num(np.asarray(vectors, np.float64), posinf=0.0, neginf=0.0)
    # Scaled first, so that tiny meshes do not underflow when squared. Column by column: rows of three are slow to sum.
    x, y, z = np.abs(rows.T)
    rows = rows / np.maximum(np.maximum(np.maximum(x, y), z), 1e-300)[:, None]
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.where(length > 0.5, rows / np.maximum(length, 0.5), [0.0, 1.0, 0.0])
