"""How much each joint moves each vertex: heat that spreads from the bones over the surface (Baran and Popovic, 2007).

Each vertex is warmed by the bone that is nearest to it through the body, not through the air, so that one leg does not
pull at the other. The Laplacian is the robust one of Sharp and Crane (2020), which takes meshes that are not manifold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
# Vertices times joints that are carried at a time: bounds the memory.
BLOCK = 4_000_000
# A bone that stays within this many voxels of the body is sown along all of its way, one that leaves it only inside.
NEAR = 1.5


@dataclass(frozen=True)
class Bones:
    """What pulls at the skin: segments (b, 2, 3) in the frame of the mesh, and the joint (b,) that moves each."""

    segments: NDArray[np.float64]
    joints: NDArray[np.int64]


def bones_of(skeleton: Skeleton) -> Bones:
    """From every joint a bone to each of its children, and to its tail where it has one; none from or to one that
    pulls at nothing. A joint alone is a bone of no length."""
    places, names = skeleton.positions, skeleton.names
    ends: list[tuple[int, NDArray]] = []
    for joint, child in skeleton.bones:
        if not {names[joint], names[child]} & skeleton.still:
            ends.append((joint, places[child]))
    ends += [(names.index(name), tail) for name, tail in skeleton.tails.items()]
    if not ends:
        ends = [(row, places[row]) for row, name in enumerate(names) if name not in skeleton.still]
    segments = np.array([(places[joint], end) for joint, end in ends])
    return Bones(segments, np.array([joint for joint, _ in ends]))


def _unheard() -> None:
    pass


def skin_weights(
    vertices: NDArray, faces: NDArray, skeleton: Skeleton, body: Solid
) -> NDArray[np.float64]:
    """Weights (n, j) of the joints on the vertices; rows sum to 1.

    vertices (n, 3), faces (m, 3), in the frame and unit of the skeleton and of the solid `body` of the same mesh. A
    bone moves with the joint at its beginning.
    """
    points, weights = _by_joint(vertices, faces, skeleton, body, _unheard)
    return _carried(cKDTree(points), weights, np.asarray(vertices, np.float64))


def influences(
    vertices: NDArray,
    faces: NDArray,
    skeleton: Skeleton,
    body: Solid,
    heard: Callable[[], None] = _unheard,
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The four strongest of `skin_weights` on each vertex, as `strongest` gives them, in bounded memory.

    `heard` is called often; what it raises comes out.
    """
    points, weights = _by_joint(vertices, faces, skeleton, body, heard)
    tree, rows = cKDTree(points), max(1, BLOCK // weights.shape[1])
    vertices = np.asarray(vertices, np.float64)
    blocks = []
    for start in range(0, len(vertices), rows):
        heard()
        blocks.append(strongest(_carried(tree, weights, vertices[start : start + rows])))
    return np.concatenate([joints for joints, _ in blocks]), np.concatenate([w for _, w in blocks])


def _by_joint(
    vertices: NDArray,
    faces: NDArray,
    skeleton: Skeleton,
    body: Solid,
    heard: Callable[[], None],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (k, 3) of the welded stand-in and the joints' weights (k, j) on them."""
    bones = bones_of(skeleton)
    whole = weld(vertices, faces)
    heard()
    welded = _stand_in(whole)
    heard()
    nearest = _nearest_bones(welded.vertices, bones.segments, body)
    heard()
    away = _distance(welded.vertices, bones.segments[nearest])
    size = float(np.ptp(body.points, axis=0).max())
    by_bone = _spread(welded, nearest, away / size, len(bones.joints), size)
    by_joint = np.zeros((len(by_bone), len(skeleton.names)))
    for bone, joint in enumerate(bones.joints):
        by_joint[:, joint] += by_bone[:, bone]
    return welded.vertices, by_joint


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


def _nearest_bones(points: NDArray, segments: NDArray, body: Solid) -> NDArray[np.int64]:
    """The bone (n,) from which the way through the body to each point is shortest."""
    bone_of = owners(body, *sown(segments, body))
    reached = np.flatnonzero(bone_of >= 0)
    _, near = cKDTree(body.points[reached]).query(points)
    return np.asarray(bone_of[reached[near]], np.int64)


def owners(body: Solid, voxels: NDArray, owner: NDArray) -> NDArray[np.int64]:
    """The owner (v,) of every voxel of a body: that of the given voxel (k,) from which the way through the body is
    shortest; -1 for what no way reaches."""
    pairs, spans = body.neighbours
    _, _, source = csgraph.dijkstra(
        graph_of(pairs, spans, len(body.points)),
        indices=voxels,
        min_only=True,
        return_predecessors=True,
    )
    of_voxel = np.full(len(body.points) + 1, -1, np.int64)
    of_voxel[voxels] = owner
    return np.asarray(np.where(source >= 0, of_voxel[source], -1), np.int64)


def sown(segments: NDArray, body: Solid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The voxels (k,) on the bones and the bone (k,) of each: that which passes nearest to its centre.

    Of a bone that leaves the body only what is inside counts, if anything is: else it would take hold of whatever skin
    is nearest to its way through the air.
    """
    places, owners, gaps = [], [], []
    tree = cKDTree(body.points)
    for row, (start, end) in enumerate(segments):
        steps = max(2, int(np.ceil(np.linalg.norm(end - start) / (0.5 * body.pitch))) + 1)
        # The very end belongs to the next bone.
        share = np.linspace(0.0, 1.0, steps)[:-1, None] + 0.5 / steps
        gap, voxel = tree.query(start + share * (end - start))
        inside = gap <= NEAR * body.pitch
        kept = inside if inside.any() else gap <= gap.min()
        places.append(voxel[kept])
        owners.append(np.full(int(kept.sum()), row))
        gaps.append(gap[kept])
    order = np.argsort(np.concatenate(gaps), kind="stable")
    voxels, first = np.unique(np.concatenate(places)[order], return_index=True)
    return voxels, np.concatenate(owners)[order][first]


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


def _carried(tree: cKDTree, weights: NDArray, vertices: NDArray) -> NDArray[np.float64]:
    """The weights of the stand-in's points, in a tree, on vertices (n, 3): its own where it has one, else a mean."""
    finite = np.nan_to_num(vertices, posinf=0.0, neginf=0.0)
    away, near = tree.query(finite, k=min(CARRIED_FROM, tree.n))
    away, near = away.reshape(len(vertices), -1), near.reshape(len(vertices), -1)
    floor = max(float((tree.maxes - tree.mins).max()) * 1e-6, 1e-300)
    pull = 1.0 / np.maximum(away, floor) ** 2
    pull = np.where(away[:, :1] <= floor, np.arange(near.shape[1]) == 0, pull)
    mixed = np.einsum("nk,nkj->nj", pull, weights[near])
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))
