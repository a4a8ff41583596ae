"""The graph of a welded mesh's faces: who is next to whom, and how deep the crease between them is.

People see the border of a part where a surface is concave (Hoffman and Richards' minima rule), so concave edges are
what cuts follow. Bodies that do not touch are joined by their nearest faces, so that the graph is one piece.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from pipelines.geometry import weld
from pipelines.geometry.normals import face_normals

# An edge this concave or more is a full crease.
FULL_CREASE_DEGREES = 40.0
# What a sharp edge that is not concave counts, where it counts at all: none up to SMOOTH_DEGREES, for a curved surface
# has such edges everywhere, and this much from FULL_CREASE_DEGREES more on.
CONVEX_CREASE = 0.6
SMOOTH_DEGREES = 20.0
# Nearest faces that are tried as links from one body to another.
LINK_NEIGHBOURS = 12


@dataclass(frozen=True)
class FaceGraph:
    """pairs (p, 2) of neighbouring faces; for each its border's length, and crease, 0 flat or convex to 1 concave.

    `gap` (p,) is true for links between bodies. `centres` (m, 3), `areas` (m,), `body` (m,) belong to the faces.
    """

    pairs: NDArray[np.int64]
    length: NDArray[np.float64]
    crease: NDArray[np.float64]
    gap: NDArray[np.bool_]
    centres: NDArray[np.float64]
    areas: NDArray[np.float64]
    body: NDArray[np.int64]

    @property
    def span(self) -> NDArray[np.float64]:
        """The distance (p,) between the centres of each pair."""
        ends = self.centres[self.pairs]
        return np.asarray(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1))


def build(vertices: NDArray, faces: NDArray) -> FaceGraph:
    """The graph of a welded mesh: vertices (n, 3), faces (m, 3)."""
    pairs, edges = weld.face_pairs(faces)
    centres = vertices[faces].mean(axis=1)
    areas = weld.face_areas(vertices, faces)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    crease = creases(centres, face_normals(vertices, faces), pairs)
    count, body = weld.bodies(pairs, len(faces))
    links = _links(centres, body, count)
    typical = float(np.sqrt(areas.mean()))
    return FaceGraph(
        pairs=np.concatenate([pairs, links]),
        length=np.concatenate([length, np.full(len(links), typical)]),
        crease=np.concatenate([crease, np.ones(len(links))]),
        gap=np.arange(len(pairs) + len(links)) >= len(pairs),
        centres=centres,
        areas=areas,
        body=body,
    )


def creases(centres: NDArray, normals: NDArray, pairs: NDArray) -> NDArray[np.float64]:
    """How concave each pair (p, 2) of faces is: 0 for flat and convex, 1 from FULL_CREASE_DEGREES on."""
    one, other = pairs[:, 0], pairs[:, 1]
    cosine = np.clip(np.einsum("ij,ij->i", normals[one], normals[other]), -1.0, 1.0)
    towards = centres[other] - centres[one]
    concave = np.einsum("ij,ij->i", normals[one], towards) > 0
    angle = np.degrees(np.arccos(cosine))
    return np.where(concave, np.minimum(1.0, angle / FULL_CREASE_DEGREES), 0.0)


def with_sharp_edges(graph: FaceGraph, normals: NDArray) -> FaceGraph:
    """The same graph with a slight crease at sharp convex edges too, as of a cube. normals (m, 3) of the faces."""
    one, other = graph.pairs.T
    cosine = np.clip(np.einsum("ij,ij->i", normals[one], normals[other]), -1.0, 1.0)
    over = (np.degrees(np.arccos(cosine)) - SMOOTH_DEGREES) / FULL_CREASE_DEGREES
    sharp = CONVEX_CREASE * np.clip(over, 0.0, 1.0)
    return replace(graph, crease=np.maximum(graph.crease, np.where(graph.gap, 0.0, sharp)))


def _links(centres: NDArray, body: NDArray, count: int) -> NDArray[np.int64]:
    """Pairs of nearest faces that join `count` bodies into one piece, few and short ones."""
    found: list[NDArray] = []
    label = body
    while count > 1:
        near = _nearest_outside(centres, label, count)
        found.append(near)
        pieces = np.stack([label[near[:, 0]], label[near[:, 1]]], axis=1)
        joined, piece = weld.bodies(pieces, count)
        label, count = piece[label], joined
    return np.concatenate(found) if found else np.zeros((0, 2), np.int64)


def _nearest_outside(centres: NDArray, label: NDArray, count: int) -> NDArray[np.int64]:
    """For each label its face that is nearest to a face of another label, and that face: (count, 2)."""
    sizes = np.bincount(label, minlength=count)
    largest = int(sizes.argmax())
    best = np.full(count, np.inf)
    pair = np.zeros((count, 2), np.int64)
    reach = min(LINK_NEIGHBOURS, len(centres))
    distance, near = cKDTree(centres).query(centres, k=reach)
    outside = np.where(label[near] != label[:, None], distance.reshape(len(centres), -1), np.inf)
    column = outside.argmin(axis=1)
    gap = outside[np.arange(len(centres)), column]
    order = np.argsort(gap, kind="stable")[::-1]  # the nearest is written last and stays
    order = order[np.isfinite(gap[order])]
    best[label[order]] = gap[order]
    pair[label[order]] = np.stack([order, near[order, column[order]]], axis=1)
    for lost in np.flatnonzero(~np.isfinite(best)):
        if lost == largest:
            continue
        own = np.flatnonzero(label == lost)
        others = np.flatnonzero(label != lost)
        away, index = cKDTree(centres[others]).query(centres[own])
        pair[lost] = own[away.argmin()], others[index[away.argmin()]]
    return pair[np.isfinite(best) | (np.arange(count) != largest)]


def nearest_seeds(graph: FaceGraph, cost: NDArray, seeds: NDArray) -> NDArray[np.int64]:
    """The nearest seed (m,) of each face, as a row of `seeds`, along the cheapest way. cost (p,) is that of a pair."""
    size = len(graph.areas)
    matrix = sparse.coo_matrix(
        (np.maximum(cost, 1e-12), (graph.pairs[:, 0], graph.pairs[:, 1])), shape=(size, size)
    ).tocsr()
    _, _, source = csgraph.dijkstra(
        matrix, directed=False, indices=seeds, min_only=True, return_predecessors=True
    )
    row = np.full(size, -1, np.int64)
    row[seeds] = np.arange(len(seeds))
    return row[source]
