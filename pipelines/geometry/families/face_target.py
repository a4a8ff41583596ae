"""A built object with the face count that was asked for: fewer faces, closed as before, each still knowing its part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import decimate
from pipelines.geometry.families.model import Built

# A deviation that nobody sees, as a share of the longest side: where the search begins.
FIRST_SHARE = 1e-4
# Points on the old surface that tell which part is near, and where a new face asks: its middle and near its corners.
SAMPLES = 40_000
ASKED = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4]], float)


def reduced(built: Built, face_count: int | None, ratio: float = 1.0) -> Built:
    """The object with about `face_count` faces, or as many as it has, times `ratio`; one with no more as it is."""
    wanted = round((face_count or len(built.faces)) * ratio)
    if wanted >= len(built.faces):
        return built
    longest = float(np.ptp(built.vertices, axis=0).max())
    vertices, faces = decimate.to_face_count(
        built.vertices, built.faces, wanted, first_tolerance=FIRST_SHARE * longest
    )
    owner = _nearest_parts(built, vertices, faces)
    low, high = vertices.min(0), vertices.max(0)
    middle = ((low[0] + high[0]) / 2.0, low[1], (low[2] + high[2]) / 2.0)
    scaled = (vertices - middle) * (longest / float((high - low).max()))
    return replace(built, vertices=scaled, faces=faces, part_of_face=owner)


def _nearest_parts(built: Built, vertices: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """The part of each new face (m,): what most of its asking points are nearest to."""
    points, parts = _samples(built)
    shares = ASKED / ASKED.sum(1, keepdims=True)
    asking = np.einsum("sk,fkd->fsd", shares, vertices[faces])
    _, near = cKDTree(points).query(asking.reshape(-1, 3))
    votes = parts[near].reshape(len(faces), len(ASKED))
    counts = np.zeros((len(faces), len(built.parts)), np.int64)
    for column in votes.T:
        np.add.at(counts, (np.arange(len(faces)), column), 1)
    return counts.argmax(1)


def _samples(built: Built) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 3) spread over the surface by its area, and the middle of every face; and the part of each."""
    corners = built.vertices[built.faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    rng = np.random.default_rng(0)
    face = rng.choice(len(area), SAMPLES, p=area / area.sum())
    one, two = np.sqrt(rng.random(SAMPLES)), rng.random(SAMPLES)
    weights = np.stack([1.0 - one, one * (1.0 - two), one * two], axis=1)
    spread = np.einsum("nk,nkd->nd", weights, corners[face])
    points = np.concatenate([spread, corners.mean(1)])
    return points, np.concatenate([built.part_of_face[face], built.part_of_face])
