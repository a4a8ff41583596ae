"""How thick a body is behind each face: the shape diameter of Shapira, Shamir and Cohen-Or, 2008, by rays.

Rays are cast by Embree. Where that has no wheel (Linux on ARM) the diameter of the largest inscribed ball that touches
the face stands in: the shrinking ball of Ma, Bae and Choi, 2012.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy import sparse, spatial

from pipelines.geometry.face_graph import FaceGraph
from pipelines.geometry.normals import face_normals

# Rays a face, in a cone of half this angle round its inward normal (CGAL's choice is 25 rays in 120 degrees).
RAYS = 24
CONE_DEGREES = 60.0
SMOOTHING_ROUNDS = 4
BALL_ROUNDS = 12


def log_thickness(vertices: NDArray, faces: NDArray, graph: FaceGraph) -> NDArray[np.float64]:
    """Natural logarithm (m,) of the thickness behind each face over the longest side of the mesh, smoothed.

    Where no ray meets a far side (an open sheet) the value is that of the neighbours, else of the whole mesh.
    """
    size = float(np.ptp(vertices[faces.reshape(-1)], axis=0).max())
    mean = _mean_ray(vertices, faces, size) if has_embree() else _ball(vertices, faces, size)
    known = np.isfinite(mean)
    values = np.log(np.maximum(np.where(known, mean, 1.0), 1e-4))
    fallback = float(np.median(values[known])) if known.any() else 0.0
    return _smoothed(np.where(known, values, fallback), known.astype(np.float64), graph)


def has_embree() -> bool:
    """Whether rays can be cast here."""
    return find_spec("embreex") is not None


def _mean_ray(vertices: NDArray, faces: NDArray, size: float) -> NDArray[np.float64]:
    """Mean length (m,) of each face's rays over `size`, those near the normal counting more; inf where none ends."""
    distance = _ray_lengths(vertices, faces, size) / size
    valid = np.isfinite(distance)
    weight = np.where(valid, np.cos(np.radians(_angles()))[None, :], 0.0)
    total = weight.sum(axis=1)
    mean = (np.where(valid, distance, 0.0) * weight).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, mean, np.inf))


def _ball(vertices: NDArray, faces: NDArray, size: float) -> NDArray[np.float64]:
    """Diameter (m,) over `size` of the largest ball inside that touches each face's centre; inf where none fits."""
    inward = -face_normals(vertices, faces)
    centres = vertices[faces].mean(axis=1) / size
    tree = spatial.cKDTree(np.concatenate([centres, vertices[np.unique(faces)] / size]))
    radius = np.full(len(faces), 1.0)
    for _ in range(BALL_ROUNDS):
        distance, nearest = tree.query(centres + radius[:, None] * inward)
        towards = tree.data[nearest] - centres
        depth = np.einsum("ij,ij->i", towards, inward)
        shrunk = np.einsum("ij,ij->i", towards, towards) / np.maximum(2.0 * depth, 1e-12)
        smaller = (distance < radius - 1e-6) & (depth > 1e-6)
        radius = np.where(smaller, np.minimum(shrunk, radius), radius)
    return np.asarray(np.where(radius < 1.0, 2.0 * radius, np.inf))


def _angles() -> NDArray[np.float64]:
    """Angle (RAYS,) of each ray to the normal, degrees: even over the cone's cap."""
    share = (np.arange(RAYS) + 0.5) / RAYS
    cap = 1.0 - share * (1.0 - np.cos(np.radians(CONE_DEGREES)))
    return np.asarray(np.degrees(np.arccos(cap)))


def _ray_lengths(vertices: NDArray, faces: NDArray, size: float) -> NDArray[np.float64]:
    """Lengths (m, RAYS) of rays from the centres inwards to the first far side; inf where there is none."""
    from trimesh.ray.ray_pyembree import RayMeshIntersector

    inward = -face_normals(vertices, faces)
    side = np.where(np.abs(inward[:, :1]) < 0.8, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    across = np.cross(inward, side)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(inward, across)
    tilt = np.radians(_angles())
    turn = np.arange(RAYS) * np.pi * (3.0 - np.sqrt(5.0))  # the golden angle: even all round
    rays = (
        inward[:, None] * np.cos(tilt)[None, :, None]
        + across[:, None] * (np.sin(tilt) * np.cos(turn))[None, :, None]
        + up[:, None] * (np.sin(tilt) * np.sin(turn))[None, :, None]
    ).reshape(-1, 3)
    # embree computes in float32: a unit mesh keeps the offset from the own face well above rounding.
    points = (vertices - vertices[faces[:, 0]].mean(0)) / size
    start = points[faces].mean(axis=1) + inward * 1e-4
    caster = RayMeshIntersector(trimesh.Trimesh(points, faces, process=False), scale_to_box=False)
    hit = caster.intersects_first(np.repeat(start, RAYS, axis=0), rays)
    found = hit >= 0
    struck, ray = hit[found], rays[found]
    plane = -inward[struck]
    facing = np.einsum("ij,ij->i", plane, ray)
    offset = points[faces[struck, 0]] - np.repeat(start, RAYS, axis=0)[found]
    reach = np.einsum("ij,ij->i", plane, offset) / np.where(np.abs(facing) > 1e-9, facing, np.inf)
    lengths = np.full(len(rays), np.inf)
    # Only a side that is left through counts: another is a body that stands inside this one.
    lengths[found] = np.where((facing > 0) & (reach > 0), reach, np.inf)
    return lengths.reshape(len(faces), RAYS) * size


def _smoothed(values: NDArray, trust: NDArray, graph: FaceGraph) -> NDArray[np.float64]:
    """Means over neighbours, which count by the length of the common edge and stop at creases."""
    link = ~graph.gap
    pairs, weight = graph.pairs[link], (graph.length * (1.0 - 0.95 * graph.crease))[link]
    size = len(values)
    matrix = sparse.coo_matrix((weight, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    matrix = matrix + matrix.T
    for _ in range(SMOOTHING_ROUNDS):
        own = trust * np.asarray(matrix.sum(axis=1)).reshape(-1) + 1e-12
        values = (own * values + matrix @ (trust * values)) / (own + matrix @ trust)
        trust = np.minimum(1.0, trust + (matrix @ trust > 0))
    return np.asarray(values)
