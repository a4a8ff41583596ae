"""A Scene to a GLB: glTF 2.0 with everything inside. Passes the Khronos validator without error or warning.

Its rules: skinned meshes stand at the top of the scene without a transform of their own, joints hang under one root,
weights sum to 1 after they are rounded, joint 0 stands where a weight is 0, only positions have bounds.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.gltf_surfaces import Surfaces
from pipelines.formats.scene import Material, Mesh, Scene, Skin, Written
from pipelines.formats.trees import for_gltf
from pipelines.geometry import glb
from pipelines.geometry.normals import unit, vertex_normals
from pipelines.geometry.tangents import vertex_tangents

UINT8 = 5121
SMALL_VERTICES, SMALL_JOINTS = 65_535, 256
LARGEST_TURN = 500.0


def write(scene: Scene, path: Path) -> Written:
    """Write `scene` as a GLB at `path`. Its meshes have at least one triangle between them."""
    settled, lost = for_gltf(scene)
    writer = _Writer(settled)
    path.write_bytes(writer.payload())
    return Written((path.name,), (*lost, *writer.surfaces.lost))


class _Writer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.chunk = glb.Chunk()
        self.surfaces = Surfaces(self.chunk, scene.materials)

    def payload(self) -> bytes:
        meshes = [self._mesh(mesh) for mesh in self.scene.meshes]
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": glb.GENERATOR},
            "scene": 0,
            "scenes": [
                {"nodes": [n for n, node in enumerate(self.scene.nodes) if node.parent < 0]}
            ],
            "nodes": self._nodes(),
            "meshes": meshes,
            "skins": [self._skin(skin) for skin in self.scene.skins],
            **self.surfaces.rows(),
            "accessors": self.chunk.accessors,
            "bufferViews": self.chunk.views,
        }
        self.chunk.data.extend(b"\0" * (-len(self.chunk.data) % 4))
        document["buffers"] = [{"byteLength": len(self.chunk.data)}]
        return glb.container(
            {name: row for name, row in document.items() if row != []}, bytes(self.chunk.data)
        )

    def _nodes(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        children: dict[int, list[int]] = {}
        for number, node in enumerate(self.scene.nodes):
            children.setdefault(node.parent, []).append(number)
        for number, node in enumerate(self.scene.nodes):
            row: dict[str, Any] = {"name": node.name} if node.name else {}
            row |= {
                name: value
                for name, value in (("mesh", node.mesh), ("skin", node.skin))
                if value is not None
            }
            if not np.array_equal(node.matrix, np.eye(4)):
                row |= _placing(node.matrix)
            if number in children:
                row["children"] = children[number]
            rows.append(row)
        return rows

    def _mesh(self, mesh: Mesh) -> dict[str, Any]:
        count = len(mesh.faces)
        material = mesh.material if mesh.material is not None else np.full(count, -1)
        numbers = [int(number) for number in np.unique(material)]
        shared = self._attributes(mesh, None, numbers[0]) if len(numbers) == 1 else None
        primitives = []
        for number in numbers:
            faces = mesh.faces[material == number] if shared is None else mesh.faces
            attributes = shared
            if attributes is None:
                used, faces = _compact(faces, len(mesh.positions))
                attributes = self._attributes(mesh, used, number)
            vertices = self.chunk.accessors[attributes["POSITION"]]["count"]
            primitive = {"attributes": attributes, "indices": self._indices(faces, vertices)}
            primitive["material"] = self.surfaces.number(
                number, sets=len(mesh.uvs), coloured=mesh.colours is not None
            )
            primitives.append(primitive)
        return {**({"name": mesh.name} if mesh.name else {}), "primitives": primitives}

    def _attributes(
        self, mesh: Mesh, used: NDArray[np.int64] | None, material: int
    ) -> dict[str, int]:
        """Accessors of the vertices in `used`, or of all, for triangles of one material."""
        rows: Any = slice(None) if used is None else used
        points = mesh.positions[rows].astype(np.float32)
        bounds = {"min": points.min(0).tolist(), "max": points.max(0).tolist()}
        found = {"POSITION": self._floats(points, "VEC3", **bounds)}
        mesh, tangents = _with_tangents(
            mesh, self.scene.materials[material] if material >= 0 else None
        )
        if mesh.normals is not None:
            found["NORMAL"] = self._floats(unit(mesh.normals[rows]), "VEC3")
        if tangents is not None:
            found["TANGENT"] = self._floats(tangents[rows], "VEC4")
        for number, uv in enumerate(mesh.uvs):
            found[f"TEXCOORD_{number}"] = self._floats(uv[rows], "VEC2")
        if mesh.colours is not None:
            found["COLOR_0"] = self._floats(np.clip(mesh.colours[rows], 0.0, 1.0), "VEC4")
        if mesh.joints is not None and mesh.weights is not None:
            found |= self._influences(mesh.joints[rows], mesh.weights[rows])
        return found

    def _influences(self, joints: NDArray[np.int64], weights: NDArray) -> dict[str, int]:
        shares = weights.astype(np.float32)
        shares /= shares.sum(1, keepdims=True)
        kept = np.where(shares > 0, joints, 0)
        narrow = kept.max(initial=0) < SMALL_JOINTS
        numbers = kept.astype(np.uint8 if narrow else np.uint16)
        kind = UINT8 if narrow else glb.UINT16
        return {
            "JOINTS_0": self.chunk.accessor(numbers, kind, "VEC4", glb.VERTEX_BUFFER),
            "WEIGHTS_0": self._floats(shares, "VEC4"),
        }

    def _floats(self, values: NDArray, kind: str, **extra: Any) -> int:
        return self.chunk.accessor(
            values.astype(np.float32), glb.FLOAT, kind, glb.VERTEX_BUFFER, **extra
        )

    def _indices(self, faces: NDArray[np.int64], vertices: int) -> int:
        small = vertices < SMALL_VERTICES
        values = faces.astype(np.uint16 if small else np.uint32).reshape(-1)
        kind = glb.UINT16 if small else glb.UINT32
        return self.chunk.accessor(values, kind, "SCALAR", glb.INDEX_BUFFER)

    def _skin(self, skin: Skin) -> dict[str, Any]:
        inverse = np.linalg.inv(skin.bind)
        inverse[:, 3] = (0.0, 0.0, 0.0, 1.0)  # the validator wants the last row exact
        columns = inverse.transpose(0, 2, 1).astype(np.float32)
        view = self.chunk.view(np.ascontiguousarray(columns).tobytes())
        row = {
            "bufferView": view,
            "componentType": glb.FLOAT,
            "count": len(columns),
            "type": "MAT4",
        }
        self.chunk.accessors.append(row)
        found: dict[str, Any] = {"name": skin.name} if skin.name else {}
        return {
            **found,
            "inverseBindMatrices": len(self.chunk.accessors) - 1,
            "joints": list(skin.joints),
        }


def _with_tangents(
    mesh: Mesh, material: Material | None
) -> tuple[Mesh, NDArray[np.float64] | None]:
    """The mesh with normals, and tangents (n, 4), where its material has a normal map; else as it is, and None."""
    texture = None if material is None else material.normal
    if texture is None or texture.uv_set >= len(mesh.uvs):
        return mesh, None
    normals = mesh.normals
    if normals is None:
        normals = vertex_normals(mesh.positions, mesh.faces)
    sides = vertex_tangents(mesh.positions, mesh.faces, normals, mesh.uvs[texture.uv_set])
    return replace(mesh, normals=normals), np.asarray(sides, np.float64)


def _compact(faces: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The vertices that `faces` use, and the faces by their numbers in these."""
    mask = np.zeros(count, bool)
    mask[faces.reshape(-1)] = True
    place = np.cumsum(mask) - 1
    return np.flatnonzero(mask), place[faces]


def _placing(matrix: NDArray[np.float64]) -> dict[str, list[float]]:
    """Where a node stands, its axes square to each other: as a matrix or, where it is large, in three parts.

    The validator rounds matrices to single precision before it looks whether they are square.
    """
    turn = matrix[:3, :3]
    if np.abs(turn).max() <= LARGEST_TURN:
        return {"matrix": matrix.T.reshape(-1).tolist()}
    scale = np.linalg.norm(turn, axis=0)
    scale[0] *= -1.0 if np.linalg.det(turn / scale) < 0 else 1.0
    return {
        "translation": matrix[:3, 3].tolist(),
        "rotation": _quaternion(turn / scale).tolist(),
        "scale": scale.tolist(),
    }


def _quaternion(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """(x, y, z, w) of a rotation matrix (3, 3). Bar-Itzhack, 2000: no sign of any element matters."""
    skew = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    whole = np.zeros((4, 4))
    whole[:3, :3] = turn + turn.T - np.eye(3) * np.trace(turn)
    whole[:3, 3] = whole[3, :3] = skew
    whole[3, 3] = np.trace(turn)
    return np.asarray(np.linalg.eigh(whole)[1][:, -1], np.float64)
