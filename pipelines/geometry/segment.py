"""A mesh cut into the parts that its shape shows: a part for each face, found on a lighter stand-in of the mesh.

The way: weld; a stand-in of few faces; creases and thickness; small patches; several classical cuts and their
agreement; borders that nothing in the shape calls for are taken back; labels return to the faces given. Knows shape
alone, neither materials nor what a thing is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import fast_simplification
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import face_graph, part_choice, patch_cuts, patches, weld
from pipelines.geometry.normals import face_normals
from pipelines.geometry.part_borders import settle
from pipelines.geometry.thickness import log_thickness

# Faces of the stand-in. Above 15,000 the parts stay the same and the time grows.
STAND_IN_FACES = 15_000
PATCHES = 700
# Nearest faces of the stand-in among which the one that faces the same way is taken.
NEAREST = 6


@dataclass(frozen=True)
class Segmentation:
    """label (m,): the part of each face, 0 for the largest; count: how many parts; bodies: how many loose pieces."""

    label: NDArray[np.int64]
    count: int
    bodies: int


def segment(
    vertices: NDArray,
    faces: NDArray,
    count: int,
    progress: Callable[[float], None] = lambda _: None,
) -> Segmentation:
    """At most `count` parts of a mesh; fewer where its shape shows fewer. The same input gives the same parts.

    vertices (n, 3), faces (m, 3). Raises NothingToModel where no face has an area.
    """
    welded = weld.weld(vertices, faces)
    points, corners = _stand_in(welded)
    progress(0.1)
    graph = face_graph.build(points, corners)
    thickness = log_thickness(points, corners, graph)
    progress(0.4)
    small = patches.cut(graph, thickness, PATCHES)
    label = _parts(small, count)[small.label]
    progress(0.8)
    if len(corners) != len(welded.faces) or points is not welded.vertices:
        label = _carried(points, corners, label, welded.vertices, welded.faces)
    label = settle(welded.vertices, welded.faces, label)
    label = _by_size(label, weld.face_areas(welded.vertices, welded.faces))
    whole = _to_all(vertices, faces, welded.origin, label)
    pieces, _ = weld.bodies(weld.face_pairs(welded.faces)[0], len(welded.faces))
    progress(1.0)
    return Segmentation(whole, int(label.max()) + 1, pieces)


def _parts(small: patches.PatchGraph, count: int) -> NDArray[np.int64]:
    """The part (k,) of each patch: half as many again as wanted, then the best of them."""
    keep_bodies = patch_cuts.loose_bodies(small) <= count
    more = patch_cuts.agreed(small, count, left=count + (count + 1) // 2)
    return part_choice.chosen(small, more, count, keep_bodies=keep_bodies)


def _stand_in(welded: weld.Welded) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mesh itself, or one of STAND_IN_FACES faces. Of loose triangles, which cannot be simplified, the largest."""
    if len(welded.faces) <= STAND_IN_FACES:
        return welded.vertices, welded.faces
    points, corners = fast_simplification.simplify(
        welded.vertices.astype(np.float32),
        welded.faces.astype(np.int32),
        target_count=STAND_IN_FACES,
        agg=5,
    )
    lighter = weld.weld(points, corners)
    if len(lighter.faces) <= 2 * STAND_IN_FACES:
        return lighter.vertices, lighter.faces
    area = weld.face_areas(lighter.vertices, lighter.faces)
    largest = np.sort(np.argsort(-area, kind="stable")[:STAND_IN_FACES])
    return lighter.vertices, lighter.faces[largest]


def _carried(
    points: NDArray, corners: NDArray, label: NDArray, vertices: NDArray, faces: NDArray
) -> NDArray[np.int64]:
    """The labels of a stand-in on the faces (m, 3) of the mesh: of near faces the one that faces the same way."""
    reach = min(NEAREST, len(corners))
    centres = vertices[faces].mean(axis=1)
    away, near = cKDTree(points[corners].mean(axis=1)).query(centres, k=reach)
    away, near = away.reshape(len(faces), reach), near.reshape(len(faces), reach)
    theirs = face_normals(points, corners)[near]
    alike = np.einsum("ij,ikj->ik", face_normals(vertices, faces), theirs)
    column = (away * (2.0 - alike)).argmin(axis=1)
    return np.asarray(label[near[np.arange(len(faces)), column]])


def _by_size(label: NDArray, area: NDArray) -> NDArray[np.int64]:
    """The labels renamed so that 0 is the part with the largest area."""
    _, label = np.unique(label, return_inverse=True)
    order = np.argsort(-np.bincount(label, area), kind="stable")
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[label]


def _to_all(
    vertices: NDArray, faces: NDArray, origin: NDArray, label: NDArray
) -> NDArray[np.int64]:
    """A label for every given face (m,): those that welding dropped take that of the nearest."""
    whole = np.full(len(faces), -1, np.int64)
    whole[origin] = label
    lost = np.flatnonzero(whole < 0)
    if len(lost):
        centres = np.asarray(vertices, np.float64)[faces].mean(axis=1)
        _, near = cKDTree(centres[origin]).query(centres[lost])
        whole[lost] = label[near]
    return whole
