"""Shading of bodies with hard edges: normals that break where the surface does, and vertices repeated there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipelines.geometry.normals import face_normals, unit

CREASE_DEGREES = 34.0


@dataclass(frozen=True)
class Split:
    """vertices (n, 3), normals (n, 3) unit, faces (m, 3) in the input's order: no vertex is shared across a hard edge
    or by two parts."""

    vertices: NDArray[np.float64]
    normals: NDArray[np.float64]
    faces: NDArray[np.int64]


def corner_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Normals of face corners, (m, 3, 3): the mean over the faces at the vertex that bend less than a crease.

    Weighted by the angle of each face at the vertex.
    """
    flat = face_normals(vertices, faces)
    angles = _angles(vertices, faces).reshape(-1)
    corner = np.arange(3 * len(faces))
    at_vertex = sparse.csr_matrix(
        (np.ones(len(corner), np.int8), (corner, faces.reshape(-1))),
        shape=(len(corner), len(vertices)),
    )
    mine, other = (at_vertex @ at_vertex.T).nonzero()
    alike = np.einsum("ij,ij->i", flat[mine // 3], flat[other // 3])
    keep = alike >= np.cos(np.radians(CREASE_DEGREES))
    mine, other = mine[keep], other[keep]
    weighted = flat[other // 3] * angles[other, None]
    total = np.stack([np.bincount(mine, weighted[:, k], len(corner)) for k in range(3)], axis=1)
    return unit(total).reshape(-1, 3, 3)


def split(
    vertices: NDArray, faces: NDArray, part_of_face: NDArray, *, flat: bool = False
) -> tuple[Split, NDArray[np.float32]]:
    """The mesh with vertices repeated at hard edges and at borders of parts, and its corner normals (m, 3, 3).

    flat: every face stands alone, as low-poly art wants it.
    """
    if flat:
        corners = np.repeat(face_normals(vertices, faces)[:, None], 3, axis=1)
    else:
        corners = corner_normals(vertices, faces)
    keys = np.column_stack(
        [
            faces.reshape(-1),
            np.repeat(part_of_face, 3),
            np.round(corners.reshape(-1, 3) * 512).astype(np.int64),
        ]
    )
    _, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    origin = faces.reshape(-1)[first]
    mesh = Split(
        np.asarray(vertices, np.float64)[origin],
        corners.reshape(-1, 3)[first],
        index.reshape(-1, 3).astype(np.int64),
    )
    return mesh, corners.astype(np.float32)


def hard_share(vertices: NDArray, faces: NDArray) -> float:
    """How much of the edges' length is harder than a crease, 0 to 1. The mesh is closed."""
    flat = face_normals(vertices, faces)
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    first, second = order[0::2], order[1::2]
    bent = np.einsum("ij,ij->i", flat[first // 3], flat[second // 3])
    ends = vertices[edges[first]]
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    hard = bent < np.cos(np.radians(CREASE_DEGREES))
    return float(length[hard].sum() / max(length.sum(), 1e-12))


def _angles(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """The angle of each face at each of its corners, (m, 3) radians."""
    triangle = np.asarray(vertices, np.float64)[faces]
    angles = np.zeros((len(faces), 3))
    for corner in range(3):
        ahead = unit(triangle[:, (corner + 1) % 3] - triangle[:, corner])
        behind = unit(triangle[:, (corner + 2) % 3] - triangle[:, corner])
        angles[:, corner] = np.arccos(np.clip(np.einsum("ij,ij->i", ahead, behind), -1.0, 1.0))
    return angles + 1e-9
