"""How much each joint moves each vertex: heat that spreads from the bones over the surface (Baran and Popovic, 2007).

Each vertex is warmed by the bone that is nearest to it through the body, not through the air, so that one leg does not
pull at the other. The Laplacian is the robust one of Sharp and Crane (2020), which takes meshes that are not manifold.
"""

from __future__ import annotations

import fast_simplification
import numpy as np
import robust_laplacian
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from pipelines.geometry.skeleton import Skeleton
from pipelines.geometry.voxels import Solid, graph_of
from pipelines.geometry.weld import Welded, weld

# glTF's JOINTS_0 and WEIGHTS_0 hold four.
INFLUENCES = 4
# Heat is solved on a stand-in of at most so many faces, and carried to the mesh from the nearest vertices.
MOST_FACES = 25_000
CARRIED_FROM = 4
HEAT = 1.0


def skin_weights(
    vertices: NDArray, faces: NDArray, skeleton: Skeleton, body: Solid
) -> NDArray[np.float64]:
    """Weights (n, j) of the joints on the vertices; rows sum to 1.

    vertices (n, 3), faces (m, 3), in the frame and unit of the skeleton and of the solid `body` of the same mesh. A
    bone moves with the joint at its beginning.
    """
    bones = skeleton.bones
    if len(bones) == 0:
        return np.ones((len(vertices), 1))
    welded = _stand_in(weld(vertices, faces))
    nearest = _nearest_bones(welded.vertices, skeleton, body)
    away = _distance(welded.vertices, skeleton.positions[bones[nearest]])
    size = float(np.ptp(body.points, axis=0).max())
    by_bone = _spread(welded, nearest, away / size, len(bones), size)
    by_joint = np.zeros((len(by_bone), len(skeleton.names)))
    for bone, (joint, _) in enumerate(bones):
        by_joint[:, joint] += by_bone[:, bone]
    return _carried(welded.vertices, by_joint, np.asarray(vertices, np.float64))


def strongest(weights: NDArray) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The four strongest joints (n, 4) of each vertex and their weights (n, 4), which sum to 1."""
    count = min(INFLUENCES, weights.shape[1])
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    chosen = np.take_along_axis(weights, joints, axis=1)
    chosen = np.where(chosen < 1e-3, 0.0, chosen)
    chosen = (chosen / chosen.sum(axis=1, keepdims=True)).astype(np.float32)
    # What rounding to float32 left goes to the strongest.
    chosen[:, 0] += 1.0 - chosen.sum(axis=1, dtype=np.float64).astype(np.float32)
    pad = ((0, 0), (0, INFLUENCES - count))
    joints = np.where(chosen > 0, joints, 0)
    return np.pad(joints, pad).astype(np.uint16), np.pad(chosen, pad).astype(np.float32)


def _stand_in(welded: Welded) -> Welded:
    if len(welded.faces) <= MOST_FACES:
        return welded
    points, corners = fast_simplification.simplify(
        welded.vertices.astype(np.float32),
        welded.faces.astype(np.int32),
        target_count=MOST_FACES,
        agg=5,
    )
    lighter = weld(points, corners)
    return lighter if len(lighter.faces) <= 4 * MOST_FACES else _largest(lighter)


def _largest(welded: Welded) -> Welded:
    """Loose triangles that no simplification joins: the largest stand for all."""
    a, b, c = (welded.vertices[welded.faces[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return weld(welded.vertices, welded.faces[np.argsort(-area, kind="stable")[:MOST_FACES]])


def _nearest_bones(points: NDArray, skeleton: Skeleton, body: Solid) -> NDArray[np.int64]:
    """The bone (n,) from which the way through the body to each point is shortest."""
    on_bones, owner = [], []
    for row, (one, other) in enumerate(skeleton.bones):
        start, end = skeleton.positions[one], skeleton.positions[other]
        steps = max(2, int(np.ceil(np.linalg.norm(end - start) / (0.5 * body.pitch))) + 1)
        # The very end belongs to the next bone.
        share = np.linspace(0.0, 1.0, steps)[:-1, None] + 0.5 / steps
        on_bones.append(start + share * (end - start))
        owner.append(np.full(len(share), row))
    voxels, first = np.unique(body.rows_at(np.concatenate(on_bones)), return_index=True)
    bone_at = np.full(len(body.points), -1, np.int64)
    bone_at[voxels] = np.concatenate(owner)[first]
    pairs, spans = body.neighbours
    _, _, source = csgraph.dijkstra(
        graph_of(pairs, spans, len(body.points)),
        indices=voxels,
        min_only=True,
        return_predecessors=True,
    )
    reached = np.flatnonzero(source >= 0)
    _, near = cKDTree(body.points[reached]).query(points)
    return bone_at[source[reached[near]]]


def _distance(points: NDArray, ends: NDArray) -> NDArray[np.float64]:
    """Distance (n,) of each point (n, 3) to its own segment, given by both ends (n, 2, 3)."""
    chord = ends[:, 1] - ends[:, 0]
    offset = points - ends[:, 0]
    length = np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-300)
    share = np.clip(np.einsum("ij,ij->i", offset, chord) / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(offset - share[:, None] * chord, axis=1))


def _spread(
    welded: Welded, nearest: NDArray, away: NDArray, count: int, size: float
) -> NDArray[np.float64]:
    """The heat (n, count) at rest: (L + M H) w = M H p, with H = HEAT / distance squared."""
    used, corners = np.unique(welded.faces, return_inverse=True)
    points = (welded.vertices[used] - welded.vertices[used].mean(axis=0)) / size
    laplacian, mass = robust_laplacian.mesh_laplacian(points, corners.reshape(-1, 3))
    warmth = mass.diagonal() * HEAT / np.maximum(away[used], 5e-3) ** 2
    sources = np.zeros((len(used), count))
    sources[np.arange(len(used)), nearest[used]] = warmth
    heat = splu((laplacian + sparse.diags(warmth)).tocsc()).solve(sources)
    heat = np.maximum(np.nan_to_num(heat), 0.0)
    weights = np.zeros((len(welded.vertices), count))
    weights[np.arange(len(welded.vertices)), nearest] = 1.0
    warm = heat.sum(axis=1)
    weights[used[warm > 1e-9]] = (heat / np.maximum(warm, 1e-300)[:, None])[warm > 1e-9]
    return weights


def _carried(points: NDArray, weights: NDArray, vertices: NDArray) -> NDArray[np.float64]:
    """The weights of the stand-in's points (k, 3) on vertices (n, 3): its own where it has one, else a mean."""
    finite = np.nan_to_num(vertices, posinf=0.0, neginf=0.0)
    away, near = cKDTree(points).query(finite, k=min(CARRIED_FROM, len(points)))
    away, near = away.reshape(len(vertices), -1), near.reshape(len(vertices), -1)
    floor = max(float(np.ptp(points, axis=0).max()) * 1e-6, 1e-300)
    pull = 1.0 / np.maximum(away, floor) ** 2
    pull = np.where(away[:, :1] <= floor, np.arange(near.shape[1]) == 0, pull)
    mixed = np.einsum("nk,nkj->nj", pull, weights[near])
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))
