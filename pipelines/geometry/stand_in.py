"""A mesh of fewer faces that stands in for a large one while parts are looked for, and the way of labels back."""

from __future__ import annotations

import fast_simplification
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import weld
from pipelines.geometry.normals import face_normals

# Above 15,000 faces the parts stay the same and the time grows.
FACES = 15_000
# Nearest faces of the stand-in among which the one that faces the same way is taken.
NEAREST = 6
# The cosine between normals from which the nearest face will do.
ALIKE = 0.5


def stand_in(
    welded: weld.Welded, count: int = FACES
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mesh itself, or one of `count` faces: vertices (n, 3), faces (m, 3).

    Of loose triangles, which cannot be simplified, the largest stand for all.
    """
    if len(welded.faces) <= count:
        return welded.vertices, welded.faces
    points, corners = fast_simplification.simplify(
        welded.vertices.astype(np.float32),
        welded.faces.astype(np.int32),
        target_count=count,
    )
    lighter = weld.weld(points, corners)
    if len(lighter.faces) <= 2 * count:
        return lighter.vertices, lighter.faces
    area = weld.face_areas(lighter.vertices, lighter.faces)
    largest = np.sort(np.argsort(-area, kind="stable")[:count])
    return lighter.vertices, lighter.faces[largest]


def carried(
    points: NDArray, corners: NDArray, label: NDArray, vertices: NDArray, faces: NDArray
) -> NDArray[np.int64]:
    """The labels (k,) of a stand-in on the faces (m, 3) of the mesh: of near faces the one that faces the same way.

    Where the faces nearest to a face's corners have one label, are none of a border and face the same way, that is it;
    elsewhere more of them are looked at.
    """
    tree = cKDTree(points[corners].mean(axis=1))
    _, nearest = tree.query(vertices)
    theirs, ours = face_normals(points, corners), face_normals(vertices, faces)
    sure = ~_at_border(corners, label)[nearest]
    of_corners = np.where(sure, label[nearest], -1)[faces]
    found = np.asarray(of_corners[:, 0], np.int64)
    doubtful = (of_corners != found[:, None]).any(axis=1) | (found < 0)
    doubtful |= np.einsum("ij,ij->i", ours, theirs[nearest[faces[:, 0]]]) < ALIKE
    rows = np.flatnonzero(doubtful)
    reach = min(NEAREST, len(corners))
    away, near = tree.query(vertices[faces[rows]].mean(axis=1), k=reach)
    away, near = away.reshape(len(rows), reach), near.reshape(len(rows), reach)
    alike = np.einsum("ij,ikj->ik", ours[rows], theirs[near])
    column = (away * (2.0 - alike)).argmin(axis=1)
    found[rows] = label[near[np.arange(len(rows)), column]]
    return found


def _at_border(corners: NDArray, label: NDArray) -> NDArray[np.bool_]:
    """Which faces (k,) have a vertex that a face of another label has too."""
    low = np.full(int(corners.max()) + 1, np.iinfo(np.int64).max)
    high = np.full(len(low), -1)
    for column in corners.T:
        np.minimum.at(low, column, label)
        np.maximum.at(high, column, label)
    return np.asarray((low != high)[corners].any(axis=1))


def to_dropped(
    vertices: NDArray, faces: NDArray, origin: NDArray, label: NDArray
) -> NDArray[np.int64]:
    """A label for every given face (m,): those that welding dropped take that of the nearest. label: of `origin`."""
    whole = np.full(len(faces), -1, np.int64)
    whole[origin] = label
    lost = np.flatnonzero(whole < 0)
    if len(lost):
        centres = np.asarray(vertices, np.float64)[faces].mean(axis=1)
        _, near = cKDTree(centres[origin]).query(centres[lost])
        whole[lost] = label[near]
    return whole
