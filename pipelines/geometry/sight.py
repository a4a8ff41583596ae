"""Which patches of a body see each other through its inside: what is one convex piece does, across a neck few do.

After Asafi, Goren and Cohen-Or, "Weak convex decomposition by lines of sight", 2013; lines are cast by Embree.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.face_graph import FaceGraph
from pipelines.geometry.normals import face_normals
from pipelines.geometry.patches import PatchGraph, middles
from pipelines.geometry.thickness import has_embree

# Faces of a patch from which it looks out; their number squared is that of the lines between two patches.
LOOKOUTS = 2
# A look-out lies this share of the thickness below its face: so much concavity is no hindrance.
BELOW = 0.1


def lines_of_sight(
    vertices: NDArray, faces: NDArray, graph: FaceGraph, thickness: NDArray, small: PatchGraph
) -> NDArray[np.float64] | None:
    """Share (k, k) of the lines between two patches that meet no surface; None where rays cannot be cast here.

    vertices (n, 3), faces (m, 3); thickness (m,) as `log_thickness` gives it.
    """
    if not has_embree():
        return None
    size = float(np.ptp(vertices[faces.reshape(-1)], axis=0).max())
    depth = BELOW * np.exp(thickness)
    # embree computes in float32: a unit mesh in the middle keeps rounding small.
    points = (vertices - vertices[faces[:, 0]].mean(0)) / size
    below = points[faces].mean(axis=1) - depth[:, None] * face_normals(vertices, faces)
    stands = [below[chosen].astype(np.float32) for chosen in _lookouts(graph, small)]
    one, other = np.triu_indices(len(small.area), 1)
    seen = np.zeros(len(one))
    cast = _caster(points[faces])
    for start in stands:
        for end in stands:
            seen += cast(start[one], end[other] - start[one])
    table = np.zeros((len(small.area),) * 2)
    table[one, other] = seen / len(stands) ** 2
    return table + table.T + np.eye(len(table))


def _lookouts(graph: FaceGraph, small: PatchGraph) -> list[NDArray[np.int64]]:
    """LOOKOUTS faces (k,) of each patch: the middle one, then large ones and by chance, always the same."""
    chance = np.random.default_rng(0)
    chosen = [middles(graph, small.label)]
    for _ in range(LOOKOUTS - 1):
        # Of a patch the largest of u^(1/area) falls on each face as often as its area is large.
        draw = np.log(chance.random(len(graph.areas))) / np.maximum(graph.areas, 1e-300)
        order = np.lexsort((-draw, small.label))
        _, first = np.unique(small.label[order], return_index=True)
        chosen.append(order[first])
    return chosen


def _caster(triangles: NDArray) -> Callable[[NDArray, NDArray], NDArray[np.bool_]]:
    """A function of starts and ways (r, 3) float32 that says which (r,) meet none of the triangles (m, 3, 3)."""
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    scene = EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(triangles, np.float32))

    def unhindered(starts: NDArray, ways: NDArray) -> NDArray[np.bool_]:
        whole = np.ones(len(starts), np.float32)
        return np.asarray(scene.run(starts, ways, whole, query="OCCLUDED") < 0)

    return unhindered
