"""A mesh -> exactly as many parts as wanted: features of its faces, neighbours that are alike joined."""

from __future__ import annotations

from numpy.typing import NDArray

from pipelines.geometry import face_graph, segment, stand_in
from pipelines.neural.partfield import cluster
from pipelines.neural.partfield.field import Field
from pipelines.neural.steps import Span

# Of a larger mesh so many faces stand in for it: their features come to 180 MB.
MOST_FACES = 100_000
# Upstream's count of points on each face, for meshes that stay within the budget of points; others get fewer.
POINTS_PER_FACE, FEWEST_POINTS = 1_000, 10
POINT_BUDGET = {"cuda": 10_000_000, "cpu": 200_000}
# Of the stage: the network, the clustering, and the way back to the client's faces.
_FEATURES, _GROUPS = 0.7, 0.92


def points_on_each(faces: int, device: str) -> int:
    """How many points are taken on each of so many faces."""
    fitting = POINT_BUDGET[device] // max(faces, 1)
    return max(FEWEST_POINTS, min(POINTS_PER_FACE, fitting))


def segmented(
    field: Field,
    vertices: NDArray,
    faces: NDArray,
    count: int,
    owner: NDArray | None,
    points_per_face: int | None,
    seed: int,
    span: Span,
) -> tuple[segment.Segmentation, int]:
    """The parts, and how many points were taken on each face.

    vertices (n, 3), faces (m, 3); owner (m,): the polygon of each face, which is never cut, or None. Raises
    NothingToModel for a mesh without area and InvalidValue for one of fewer faces than parts.
    """
    welded = segment.welded_for(vertices, faces, count, owner)
    points, corners = stand_in.stand_in(welded, MOST_FACES)
    each = points_per_face or points_on_each(len(corners), field.device)
    features = field.features(points, corners, each, seed, span.part(0.0, _FEATURES))
    pairs = face_graph.build(points, corners).pairs
    label = cluster.ward(features, pairs, count, span.part(_FEATURES, _GROUPS))
    if points is not welded.vertices:
        label = stand_in.carried(points, corners, label, welded.vertices, welded.faces)
    rest = span.part(_GROUPS, 1.0)
    return segment.finished(vertices, faces, welded, label, count, count, owner, rest), each
