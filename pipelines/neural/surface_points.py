"""Random points on a mesh with the normals there, as networks that read point clouds want them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NothingToModel


@dataclass(frozen=True)
class SurfacePoints:
    """places (n, 3), normals (n, 3) of length 1, and face (n,): the face that each is on."""

    places: NDArray[np.float32]
    normals: NDArray[np.float32]
    face: NDArray[np.int64]


def sampled(
    vertices: NDArray, faces: NDArray, count: int, chance: np.random.Generator
) -> SurfacePoints:
    """`count` points of a surface, as many on each face as its area calls for. Raises NothingToModel without area."""
    corners = vertices[faces]
    sides = corners[:, 1:] - corners[:, :1]
    across = np.cross(sides[:, 0], sides[:, 1])
    area = np.linalg.norm(across, axis=1)
    ends = np.cumsum(area)
    if len(ends) == 0 or not ends[-1] > 0.0:
        raise NothingToModel("the mesh has no face with an area; send a mesh with a surface")
    face = np.searchsorted(ends, chance.random(count) * ends[-1], side="right")
    face = np.minimum(face, np.flatnonzero(area)[-1])
    way = chance.random((count, 2))
    way = np.where(way.sum(axis=1, keepdims=True) > 1.0, 1.0 - way, way)
    places = corners[face, 0] + np.einsum("ij,ijk->ik", way, sides[face])
    normals = across[face] / area[face, None]
    return SurfacePoints(places.astype(np.float32), normals.astype(np.float32), face)
