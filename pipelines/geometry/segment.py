"""A mesh cut into the parts that its shape shows: a part for each face, found on a lighter stand-in of the mesh.

The way: weld; a stand-in of few faces; creases, thickness and lines of sight; small patches; many classical cuts and
their agreement; borders that little in the shape calls for are taken back until the count is right; labels return to
the faces given, where the count is made right once more. Knows shape alone, neither materials nor what a thing is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.geometry import exact_count, face_graph, part_choice, patch_cuts, patches, weld
from pipelines.geometry.normals import face_normals
from pipelines.geometry.part_borders import settle
from pipelines.geometry.part_facts import Border, borders
from pipelines.geometry.sight import lines_of_sight
from pipelines.geometry.stand_in import carried, stand_in, to_dropped
from pipelines.geometry.thickness import log_thickness

PATCHES = 700
# Of so many times the parts wanted the best are chosen.
CANDIDATES = 1.5
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Segmentation:
    """label (m,): the part of each face, 0 for the largest; count: how many parts; bodies: how many loose pieces;
    shown: as many parts as the shape shows, at most `count`: further cuts follow neither crease nor thickness; borders:
    the parts that share edges, once vertices on one spot are joined."""

    label: NDArray[np.int64]
    count: int
    bodies: int
    shown: int
    borders: tuple[Border, ...]


def segment(
    vertices: NDArray,
    faces: NDArray,
    count: int,
    progress: Progress = lambda _: None,
    *,
    owner: NDArray | None = None,
) -> Segmentation:
    """Exactly `count` parts of a mesh. The same input gives the same parts.

    vertices (n, 3), faces (m, 3); owner (m,): the polygon that each face is of, from 0; a polygon is never cut. Raises
    NothingToModel where no face has an area, InvalidValue where fewer than `count` faces (or polygons) have one.
    """
    welded = welded_for(vertices, faces, count, owner)
    progress(0.02)
    points, corners = stand_in(welded)
    progress(0.15)
    label, shown = _parts(points, corners, count, progress)
    if points is not welded.vertices:
        label = carried(points, corners, label, welded.vertices, welded.faces)
    return finished(
        vertices, faces, welded, label, count, shown, owner, _within(progress, 0.85, 1.0)
    )


def finished(
    vertices: NDArray,
    faces: NDArray,
    welded: weld.Welded,
    label: NDArray,
    count: int,
    shown: int,
    owner: NDArray | None = None,
    progress: Progress = lambda _: None,
) -> Segmentation:
    """What labels (m,) of the welded faces come to: borders made short, whole polygons, exactly `count` parts, the
    largest first, and a label for each given face. owner: as for `segment`."""
    area = weld.face_areas(welded.vertices, welded.faces)
    pairs, edges = weld.face_pairs(welded.faces)
    progress(0.3)
    label = settle(welded.vertices, welded.faces, label, pairs, edges, area)
    progress(0.6)
    label = _numbered(welded, label, area, _polygon(welded, owner), count)
    whole = to_dropped(vertices, faces, welded.origin, label)
    if owner is not None:
        kept = np.zeros(len(faces))  # a face that welding dropped says nothing of its polygon
        kept[welded.origin] = area
        whole = exact_count.whole_polygons(whole, owner, kept)
    pieces, _ = weld.bodies(pairs, len(welded.faces))
    touching = borders(welded.vertices, pairs, edges, label)
    progress(1.0)
    return Segmentation(whole, int(label.max()) + 1, pieces, shown, touching)


def welded_for(
    vertices: NDArray, faces: NDArray, count: int, owner: NDArray | None = None
) -> weld.Welded:
    """The mesh welded. Raises NothingToModel where no face has an area, InvalidValue where fewer than `count` faces (or
    polygons) have one."""
    welded = weld.weld(vertices, faces)
    polygon = _polygon(welded, owner)
    _check(len(welded.faces) if polygon is None else int(polygon.max()) + 1, count)
    return welded


def _polygon(welded: weld.Welded, owner: NDArray | None) -> NDArray[np.int64] | None:
    """The polygon (m,) of each welded face, from 0."""
    return None if owner is None else np.unique(owner[welded.origin], return_inverse=True)[1]


def _numbered(
    welded: weld.Welded, label: NDArray, area: NDArray, polygon: NDArray | None, count: int
) -> NDArray[np.int64]:
    """The labels (m,) by whole polygons, `count` of them, the largest part first."""
    if polygon is not None:
        label = exact_count.whole_polygons(label, polygon, area)
    label = exact_count.enough(welded.vertices, welded.faces, label, count, polygon)
    order = np.argsort(-np.bincount(label, area), kind="stable")
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[label]


def _check(faces: int, count: int) -> None:
    if faces < count:
        way_out = (
            f"choose at most {faces} or send a finer mesh" if faces > 1 else "send a finer mesh"
        )
        raise InvalidValue(
            f"num_parts is {count}; the mesh has too few faces, {faces} that differ and have an area: {way_out}"
        )


def _parts(
    points: NDArray, corners: NDArray, count: int, progress: Progress
) -> tuple[NDArray[np.int64], int]:
    """The part (m,) of each face of the stand-in, and how many parts its shape shows."""
    graph = face_graph.build(points, corners)
    thickness = log_thickness(points, corners, graph)
    progress(0.25)
    small, few = _agreed(points, corners, graph, thickness, count, _within(progress, 0.25, 0.6))
    real = part_choice.real(small, few, keep_bodies=patch_cuts.large_bodies(small) <= count)
    shown = int(real.max()) + 1
    if shown < count:
        # No crease calls for so many: the sharp edges that are not concave are the next best.
        graph = face_graph.with_sharp_edges(graph, face_normals(points, corners))
        small, few = _agreed(points, corners, graph, thickness, count, _within(progress, 0.6, 0.8))
    return few[small.label], shown


def _agreed(
    points: NDArray,
    corners: NDArray,
    graph: face_graph.FaceGraph,
    thickness: NDArray,
    count: int,
    progress: Progress,
) -> tuple[patches.PatchGraph, NDArray[np.int64]]:
    """Patches, and the part (k,) of each on which the ways to cut agree best."""
    small = patches.cut(graph, thickness, PATCHES)
    sight = lines_of_sight(points, corners, graph, thickness, small)
    progress(0.2)
    votes = []
    ways = patch_cuts.ways(small, sight)
    for way in ways:
        votes.append(way(count))
        progress(0.2 + 0.7 * len(votes) / len(ways))
    together = patch_cuts.agreement(votes)
    many = patch_cuts.agreed(small, together, count, left=int(np.ceil(CANDIDATES * count)))
    progress(1.0)
    keep_bodies = patch_cuts.large_bodies(small) <= count
    return small, part_choice.chosen(small, together, many, count, keep_bodies=keep_bodies)


def _within(progress: Progress, start: float, end: float) -> Progress:
    """Progress from 0 to 1 as a stretch of a longer way."""
    return lambda share: progress(start + (end - start) * share)
