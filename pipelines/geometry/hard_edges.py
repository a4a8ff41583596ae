"""Shading of bodies with hard edges: normals that break where the surface does, and vertices repeated there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.normals import face_normals, unit
from pipelines.geometry.weld import numbered

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
    flat = np.ascontiguousarray(face_normals(vertices, faces).T)
    order = np.argsort(faces.reshape(-1), kind="stable")
    at, owner = faces.reshape(-1)[order], order // 3
    normal = flat[:, owner]
    weighted = normal * _angles(vertices, faces).reshape(-1)[order]
    total = weighted.copy()
    # Corners at one vertex stand side by side: each meets the one so many places on, until none has a partner.
    least, first, ahead = np.cos(np.radians(CREASE_DEGREES)), np.arange(len(at) - 1), 1
    while len(first := first[at[first] == at[first + ahead]]):
        other = first + ahead
        alike = sum(row[first] * row[other] for row in normal)
        one, two = first[alike >= least], other[alike >= least]
        for sums, row in zip(total, weighted, strict=True):
            sums[one] += row[two]
            sums[two] += row[one]
        ahead += 1
        first = first[first < len(at) - ahead]
    corners = np.zeros((len(at), 3))
    corners[order] = unit(total.T)
    return corners.reshape(-1, 3, 3)


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
    first, index = numbered(_keys(faces, part_of_face, corners))
    origin = faces.reshape(-1)[first]
    mesh = Split(
        np.asarray(vertices, np.float64)[origin],
        corners.reshape(-1, 3)[first],
        index.reshape(-1, 3).astype(np.int64),
    )
    return mesh, corners.astype(np.float32)


def _keys(faces: NDArray, part_of_face: NDArray, corners: NDArray) -> NDArray[np.int64]:
    """One number (3 m,) for all corners of one vertex, one part and, in steps of 1 / 512, one normal (m, 3, 3)."""
    parts = int(part_of_face.max(initial=0)) + 1
    key = faces.reshape(-1).astype(np.int64) * parts + np.repeat(part_of_face, 3)
    if len(key) and int(key.max()) >= 2**30:
        key = numbered(key)[1]
    for column in corners.reshape(-1, 3).T:
        key = key << 11 | (np.round(column * 512).astype(np.int64) + 512)
    return key


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
    triangle = np.ascontiguousarray(np.asarray(vertices, np.float64)[faces].transpose(1, 2, 0))
    # Axis by axis: numpy is slow along rows of three.
    sides = [unit((triangle[(k + 1) % 3] - triangle[k]).T).T for k in range(3)]
    angles = np.zeros((3, len(faces)))
    for corner in range(3):
        bend = sum(-a * b for a, b in zip(sides[corner], sides[corner - 1], strict=True))
        angles[corner] = np.arccos(np.clip(bend, -1.0, 1.0))
    return angles.T + 1e-9
