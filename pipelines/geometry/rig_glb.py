"""Write a mesh with a skeleton as one GLB: joints as nodes, a skin, and, where wanted, the weights on the vertices.

Without weights the skin only says which nodes are joints and how they stand; no mesh uses it, as glTF allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.geometry import glb
from pipelines.geometry.client_extras import Surface
from pipelines.geometry.scene_glb import indices
from pipelines.geometry.skeleton import Skeleton
from pipelines.geometry.tangents import vertex_tangents

UINT8, BYTE_JOINTS = 5121, 256


@dataclass(frozen=True)
class Skinned:
    """vertices (n, 3) m, Y up; faces (m, 3); normals (n, 3); joints (n, 4) and weights (n, 4), or None for no skin.

    sent_uv (n, 2), v down, are written bit by bit; surface is the client's material, None for plain grey.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64]
    joints: NDArray[np.uint16] | None = None
    weights: NDArray[np.float32] | None = None
    sent_uv: NDArray[np.float32] | None = None
    surface: Surface | None = None


def write(path: Path, mesh: Skinned, skeleton: Skeleton) -> int:
    """Write mesh and skeleton, both in the frame of the scene. Returns the size in bytes."""
    chunk = glb.Chunk()
    attributes = glb.vertex_attributes(chunk, mesh.vertices, mesh.normals, None)
    if mesh.sent_uv is not None:
        uv = mesh.sent_uv.astype(np.float32)
        attributes["TEXCOORD_0"] = chunk.accessor(uv, glb.FLOAT, "VEC2", glb.VERTEX_BUFFER)
        if mesh.surface is not None and "normalTexture" in mesh.surface.material:
            sides = vertex_tangents(mesh.vertices, mesh.faces, mesh.normals, uv)
            attributes["TANGENT"] = chunk.accessor(sides, glb.FLOAT, "VEC4", glb.VERTEX_BUFFER)
    node: dict[str, Any] = {"name": "model", "mesh": 0}
    if mesh.joints is not None and mesh.weights is not None:
        attributes |= _influences(chunk, mesh.joints, mesh.weights, len(skeleton.names))
        node["skin"] = 0
    primitive = {
        "attributes": attributes,
        "indices": indices(chunk, mesh.faces, len(mesh.vertices)),
        "material": 0,
    }
    joints = _joints(skeleton)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": glb.GENERATOR},
        "scene": 0,
        # Mesh and skeleton side by side: a skinned mesh takes no transform from its node.
        "scenes": [{"nodes": [len(joints), skeleton.parents.index(-1)]}],
        "nodes": [*joints, node],
        "skins": [_skin(chunk, skeleton)],
        "meshes": [{"name": "model", "primitives": [primitive]}],
        "accessors": chunk.accessors,
        "bufferViews": chunk.views,
    }
    if mesh.surface is not None:
        mesh.surface.write(chunk, document)
    else:
        document["materials"] = [glb.material_entry(chunk, glb.Material())]
    chunk.data.extend(b"\0" * (-len(chunk.data) % 4))
    document["buffers"] = [{"byteLength": len(chunk.data)}]
    payload = glb.container(document, bytes(chunk.data))
    path.write_bytes(payload)
    return len(payload)


def _bind(skeleton: Skeleton) -> NDArray[np.float64]:
    """(j, 4, 4), from each joint's frame to the mesh's, with the numbers that float32 can hold."""
    if skeleton.matrices is not None:
        return skeleton.matrices.astype(np.float32).astype(np.float64)
    bind = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    bind[:, :3, 3] = skeleton.positions.astype(np.float32)
    return bind


def _joints(skeleton: Skeleton) -> list[dict[str, Any]]:
    """A node for each joint, standing as it was bound."""
    bind, rows = _bind(skeleton), []
    children: dict[int, list[int]] = {}
    for joint, parent in enumerate(skeleton.parents):
        children.setdefault(parent, []).append(joint)
    for joint, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        local = bind[joint] if parent < 0 else np.linalg.solve(bind[parent], bind[joint])
        row: dict[str, Any] = {"name": name, **_moved(local)}
        rows.append({**row, "children": children[joint]} if joint in children else row)
    return rows


def _moved(local: NDArray) -> dict[str, Any]:
    """A node's translation, rotation and scale; its matrix where they cannot say it."""
    translation = {"translation": local[:3, 3].tolist()}
    if np.allclose(local[:3, :3], np.eye(3), atol=1e-6):
        return translation
    scale = np.linalg.norm(local[:3, :3], axis=0)
    if np.linalg.det(local[:3, :3]) < 0:
        scale[0] = -scale[0]
    turn = local[:3, :3] / scale
    if not np.allclose(turn.T @ turn, np.eye(3), atol=1e-4):
        matrix = local.copy()
        matrix[3] = 0.0, 0.0, 0.0, 1.0
        return {"matrix": matrix.T.reshape(-1).tolist()}
    row = translation | {"rotation": Rotation.from_matrix(turn).as_quat().tolist()}
    return row if np.allclose(scale, 1.0, atol=1e-6) else row | {"scale": scale.tolist()}


def _skin(chunk: glb.Chunk, skeleton: Skeleton) -> dict[str, Any]:
    count = len(skeleton.names)
    inverse = np.linalg.inv(_bind(skeleton))
    inverse[:, 3] = 0.0, 0.0, 0.0, 1.0
    # Column by column, as glTF keeps matrices.
    view = chunk.view(inverse.transpose(0, 2, 1).astype(np.float32).tobytes())
    chunk.accessors.append(
        {"bufferView": view, "componentType": glb.FLOAT, "count": count, "type": "MAT4"}
    )
    return {
        "name": "skeleton",
        "inverseBindMatrices": len(chunk.accessors) - 1,
        "joints": list(range(count)),
        "skeleton": skeleton.parents.index(-1),
    }


def _influences(chunk: glb.Chunk, joints: NDArray, weights: NDArray, count: int) -> dict[str, int]:
    narrow = count <= BYTE_JOINTS
    numbers = joints.astype(np.uint8 if narrow else np.uint16)
    return {
        "JOINTS_0": chunk.accessor(
            numbers, UINT8 if narrow else glb.UINT16, "VEC4", glb.VERTEX_BUFFER
        ),
        "WEIGHTS_0": chunk.accessor(
            weights.astype(np.float32), glb.FLOAT, "VEC4", glb.VERTEX_BUFFER
        ),
    }
