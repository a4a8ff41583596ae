"""Directions of faces, vertices and corners. Pure arithmetic on (n, 3) and (m, 3) arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def face_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Unit normals (m, 3); +Y where a face has no area."""
    first, second, third = _columns(np.asarray(vertices, np.float64)[faces])
    return np.ascontiguousarray(_unit(_across(second - first, third - first)).T)


def vertex_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Unit normals (n, 3), weighted by corner angle so that slivers count for little; +Y where undefined."""
    # Corner by corner and axis by axis: numpy is slow along rows of three.
    first, second, third = _columns(np.asarray(vertices, np.float64)[faces])
    flat = _across(second - first, third - first)
    size = np.sqrt((flat * flat).sum(0))
    flat = np.divide(flat, size, out=np.zeros_like(flat), where=size > 0)
    total = np.zeros((3, len(vertices)))
    sides = [_unit(side) for side in (second - first, third - second, first - third)]
    for corner in range(3):
        bend = (sides[corner] * sides[corner - 1]).sum(0)
        angle = np.arccos(np.clip(-bend, -1.0, 1.0))
        for sums, direction in zip(total, flat, strict=True):
            sums += np.bincount(faces[:, corner], direction * angle, minlength=len(vertices))
    return np.ascontiguousarray(_unit(total).T)


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
    return np.ascontiguousarray(_unit(np.asarray(vectors).T).T)


def _unit(vectors: NDArray) -> NDArray[np.float64]:
    """As `unit`, for (3, n)."""
    columns = np.array(vectors, np.float64, order="C")
    if not np.isfinite(columns).all():
        np.nan_to_num(columns, copy=False, posinf=0.0, neginf=0.0)
    x, y, z = np.abs(columns)
    # Scaled first, so that tiny meshes do not underflow when squared.
    columns /= np.maximum(np.maximum(np.maximum(x, y), z), 1e-300)
    length = np.sqrt((columns * columns).sum(0))
    columns /= np.maximum(length, 0.5)
    columns[:, length <= 0.5] = [[0.0], [1.0], [0.0]]
    return columns


def _columns(corners: NDArray) -> NDArray[np.float64]:
    """Corners (m, 3, 3) as (3, 3, m): corner, axis, face."""
    return np.ascontiguousarray(corners.transpose(1, 2, 0))


def _across(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cross products of vectors (3, m)."""
    (a, b, c), (d, e, f) = one, other
    return np.stack([b * f - c * e, c * d - a * f, a * e - b * d])
