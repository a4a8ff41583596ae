"""A skin as FBX's deformers: a cluster for each joint, with the vertices it moves, and the pose it was bound in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.records import Id, Record, named
from pipelines.formats.scene import Mesh


def skin(name: str, number: Id) -> Record:
    rows = [
        Record("Version", (101,)),
        Record("Link_DeformAcuracy", (50.0,)),
    ]  # spelled as in the SDK
    return Record("Deformer", (number, named(name, "Deformer"), "Skin"), rows)


def cluster(
    name: str,
    number: Id,
    bind: NDArray[np.float64],
    frame: NDArray[np.float64],
    moved: tuple[NDArray, NDArray[np.float64]],
) -> Record:
    """What one joint moves: `moved` are numbers of vertices and weights. Joints that move nothing have a cluster too.

    bind (4, 4): from the joint's frame to the mesh's when it was bound, in cm; frame: where the mesh stood then.
    """
    rows = [Record("Version", (100,)), Record("UserData", ("", ""))]
    vertices, weights = moved
    if len(vertices):
        rows += [Record("Indexes", (vertices,)), Record("Weights", (weights,))]
    rows += [
        Record("Transform", (columns(np.linalg.inv(bind)),)),
        Record("TransformLink", (columns(frame @ bind),)),
    ]
    return Record("Deformer", (number, named(name, "SubDeformer"), "Cluster"), rows)


def columns(matrix: NDArray) -> NDArray[np.float64]:
    """A matrix (4, 4) as 16 numbers, column after column."""
    return np.ascontiguousarray(matrix.T, np.float64).reshape(-1)


def pose(name: str, number: Id, stands: dict[int, NDArray[np.float64]]) -> Record:
    """Where models, by their ids, stood in the scene when the skin was bound, in cm."""
    rows = [
        Record("PoseNode", (), [Record("Node", (Id(model),)), Record("Matrix", (columns(matrix),))])
        for model, matrix in stands.items()
    ]
    head = [
        Record("Type", ("BindPose",)),
        Record("Version", (100,)),
        Record("NbPoseNodes", (len(rows),)),
    ]
    return Record("Pose", (number, named(name, "Pose"), "BindPose"), [*head, *rows])


def moved_by(mesh: Mesh, joints: int) -> Iterator[tuple[NDArray, NDArray[np.float64]]]:
    """For each of so many joints the vertices it moves, int32, in order, each once, and its weights on them."""
    if mesh.joints is None or mesh.weights is None:
        raise ValueError("a mesh without weights has no skin")
    vertex, column = np.nonzero(mesh.weights > 0)
    joint, weights = mesh.joints[vertex, column], mesh.weights[vertex, column]
    # Vertices come in order, and stay so; 16 bits are sorted by counting.
    order = np.argsort(joint.astype(np.uint16) if joints <= 1 << 16 else joint, kind="stable")
    joint, vertex, weights = joint[order], vertex[order].astype(np.int32), weights[order]
    new = np.ones(len(joint), bool)
    new[1:] = (joint[1:] != joint[:-1]) | (vertex[1:] != vertex[:-1])
    if not new.all():  # a joint that a row names twice moves the vertex by both
        first = np.flatnonzero(new)
        joint, vertex, weights = joint[first], vertex[first], np.add.reduceat(weights, first)
    for start, end in pairwise(np.searchsorted(joint, np.arange(joints + 1))):
        yield vertex[start:end], weights[start:end]
