"""What there is to say of the parts of a mesh: how large each is, where it lies, and which of them touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import weld


@dataclass(frozen=True)
class PartFacts:
    """One part: its faces and the vertices these use; area in the square of the mesh's unit; its box, (3,) each."""

    faces: int
    vertices: int
    area: float
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True)
class Border:
    """Two parts that touch, by their numbers, and the length of the edges they share, in the mesh's unit."""

    parts: tuple[int, int]
    length: float


def facts(vertices: NDArray, faces: NDArray, label: NDArray, count: int) -> list[PartFacts]:
    """Of each of `count` parts. vertices (n, 3), faces (m, 3), label (m,); no part is empty."""
    area = np.bincount(label, weld.face_areas(vertices, faces), count)
    order = np.argsort(label, kind="stable")
    rows = []
    for index, own in enumerate(
        np.split(order, np.cumsum(np.bincount(label, minlength=count)))[:count]
    ):
        used = weld.used(faces[own])
        points = vertices[used]
        rows.append(
            PartFacts(
                len(own), len(used), float(area[index]), points.min(axis=0), points.max(axis=0)
            )
        )
    return rows


def borders(
    vertices: NDArray, pairs: NDArray, edges: NDArray, label: NDArray
) -> tuple[Border, ...]:
    """The parts that share edges of a welded mesh, by their numbers.

    vertices (n, 3), pairs (p, 2) of faces and edges (p, 2) as `weld.face_pairs` gives them, label (m,) of the faces.
    """
    across = label[pairs[:, 0]] != label[pairs[:, 1]]
    ends = np.sort(label[pairs[across]], axis=1)
    length = np.linalg.norm(vertices[edges[across, 0]] - vertices[edges[across, 1]], axis=1)
    couples, row = np.unique(ends, axis=0, return_inverse=True)
    total = np.bincount(row.reshape(-1), length, len(couples))
    return tuple(
        Border((int(one), int(other)), float(along))
        for (one, other), along in zip(couples.reshape(-1, 2), total, strict=True)
    )
