"""Rigs that artists made, read from GLB and binary FBX with NumPy alone: what benchmarks/rigging.py measures against.

Independent of the readers of the project. All in the bind pose, turned so that Y is up.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Joints that no shape shows: fingers, eyes, and what only helps an animator.
FINGER = re.compile(r"thumb|index|middle|ring\d|ring\.|handring|pinky|palm|finger", re.IGNORECASE)
HELPER = re.compile(
    r"eye|(^|[^a-z])ik|ik($|[^a-z])|IK|pole|control|target|handslot|_end_end", re.IGNORECASE
)
KINDS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass(frozen=True)
class Rig:
    """vertices (n, 3), faces (m, 3); names, parents (j,), -1 for roots, positions (j, 3); weights (n, j) or None."""

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    names: tuple[str, ...]
    parents: tuple[int, ...]
    positions: NDArray[np.float64]
    weights: NDArray[np.float64] | None

    @property
    def size(self) -> float:
        """The largest side of the box round the mesh."""
        return float(np.ptp(self.vertices[np.unique(self.faces)], axis=0).max())

    @property
    def shown(self) -> list[int]:
        """The joints that a shape shows: those of the largest tree but fingers, eyes and helpers."""
        root = [j if above < 0 else -1 for j, above in enumerate(self.parents)]
        while -1 in root:
            root = [r if r >= 0 else root[self.parents[j]] for j, r in enumerate(root)]
        largest = max(set(root), key=root.count)
        return [j for j, name in enumerate(self.names) if root[j] == largest and not hidden(name)]

    def bones(self, rows: list[int]) -> NDArray[np.float64]:
        """Segments (b, 2, 3) between these joints and their nearest forebears among them."""
        kept, made = set(rows), []
        for row in rows:
            above = self.parents[row]
            while above >= 0 and above not in kept:
                above = self.parents[above]
            if above >= 0:
                made.append((self.positions[above], self.positions[row]))
        return np.asarray(made).reshape(-1, 2, 3)


def hidden(name: str) -> bool:
    """Whether a joint of this name is a finger, an eye or a helper."""
    return bool(FINGER.search(name) or HELPER.search(name))


def read(path: Path) -> Rig:
    """The rig of a GLB or binary FBX. Raises ValueError for a file without one."""
    if path.suffix.lower() == ".fbx":
        from benchmarks import rigging_fbx

        return rigging_fbx.read(path)
    return _Glb(path).rig()


class _Glb:
    """One GLB: its JSON, its binary chunk, the matrices of its nodes."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        (length,) = struct.unpack_from("<I", data, 12)
        self.path, self.file, self.binary = (
            path,
            json.loads(data[20 : 20 + length]),
            data[28 + length :],
        )
        self.nodes: list[dict[str, Any]] = self.file["nodes"]
        self.above = {c: i for i, node in enumerate(self.nodes) for c in node.get("children", [])}

    def array(self, index: int) -> NDArray[Any]:
        row = self.file["accessors"][index]
        view = self.file["bufferViews"][row["bufferView"]]
        kind, width = np.dtype(KINDS[row["componentType"]]), WIDTHS[row["type"]]
        start = view.get("byteOffset", 0) + row.get("byteOffset", 0)
        step = view.get("byteStride") or kind.itemsize * width
        raw = np.frombuffer(self.binary, np.uint8)[
            start : start + step * (row["count"] - 1) + kind.itemsize * width
        ]
        rows = np.lib.stride_tricks.as_strided(
            raw, (row["count"], kind.itemsize * width), (step, 1)
        )
        made = np.ascontiguousarray(rows).view(kind).reshape(row["count"], width)
        if row.get("normalized"):
            made = made / np.iinfo(kind).max
        return made

    def local(self, index: int) -> NDArray[np.float64]:
        node = self.nodes[index]
        if "matrix" in node:
            return np.asarray(node["matrix"], float).reshape(4, 4).T
        made = np.eye(4)
        made[:3, :3] = turned(node.get("rotation", (0, 0, 0, 1))) * np.asarray(
            node.get("scale", (1, 1, 1))
        )
        made[:3, 3] = node.get("translation", (0, 0, 0))
        return made

    def world(self, index: int) -> NDArray[np.float64]:
        return (
            self.local(index)
            if index not in self.above
            else self.world(self.above[index]) @ self.local(index)
        )

    def rig(self) -> Rig:
        skins = self.file.get("skins")
        if not skins:
            raise ValueError(f"{self.path.name} has no skin")
        joints: list[int] = []
        bind: dict[int, NDArray] = {}
        for skin in skins:
            for node, row in zip(
                skin["joints"], self.array(skin["inverseBindMatrices"]), strict=True
            ):
                if node not in bind:
                    joints.append(node)
                    bind[node] = np.linalg.inv(row.reshape(4, 4).T.astype(float))
        # The nodes say which way is up: the turn of a root joint between its bind matrix and its place in the scene.
        root = joints[0]
        upright = square(self.world(root) @ np.linalg.inv(bind[root]))
        column = {node: row for row, node in enumerate(joints)}
        parts = [
            self.part(node, column) for node in self.nodes if "skin" in node and "mesh" in node
        ]
        points, faces, weights = _joined([piece for part in parts for piece in part])
        places = np.stack([bind[node][:3, 3] for node in joints])
        return Rig(
            self.path.stem,
            points @ upright.T,
            faces,
            tuple(str(self.nodes[node].get("name", node)) for node in joints),
            tuple(self.parent(node, column) for node in joints),
            places @ upright.T,
            weights,
        )

    def parent(self, node: int, column: dict[int, int]) -> int:
        """The column of the nearest joint above, or -1."""
        while node in self.above:
            node = self.above[node]
            if node in column:
                return column[node]
        return -1

    def part(
        self, node: dict[str, Any], column: dict[int, int]
    ) -> list[tuple[NDArray, NDArray, NDArray]]:
        """Vertices, faces and dense weights of each primitive of a skinned node."""
        joints = np.array([column[j] for j in self.file["skins"][node["skin"]]["joints"]])
        made = []
        for primitive in self.file["meshes"][node["mesh"]]["primitives"]:
            attributes = primitive["attributes"]
            points = self.array(attributes["POSITION"]).astype(float)
            faces = self.array(primitive["indices"]).reshape(-1, 3).astype(np.int64)
            dense = np.zeros((len(points), len(column)))
            for number in range(4):
                if f"JOINTS_{number}" not in attributes:
                    break
                owner = joints[self.array(attributes[f"JOINTS_{number}"]).astype(int)]
                share = self.array(attributes[f"WEIGHTS_{number}"]).astype(float)
                np.add.at(dense, (np.arange(len(points))[:, None], owner), share)
            made.append((points, faces, dense))
        return made


def _joined(pieces: list[tuple[NDArray, NDArray, NDArray]]) -> tuple[NDArray, NDArray, NDArray]:
    starts = np.cumsum([0, *(len(points) for points, _, _ in pieces)])
    faces = np.concatenate([f + start for (_, f, _), start in zip(pieces, starts, strict=False)])
    weights = np.concatenate([w for _, _, w in pieces])
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    return np.concatenate([p for p, _, _ in pieces]), faces, weights


def turned(quaternion: Any) -> NDArray[np.float64]:
    """The matrix (3, 3) of a quaternion x, y, z, w."""
    x, y, z, w = np.asarray(quaternion, float) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def square(matrix: NDArray) -> NDArray[np.float64]:
    """The quarter turns (3, 3) nearest to a matrix: files bind lying figures and stand them up by their nodes."""
    turn, made = np.asarray(matrix[:3, :3], float).copy(), np.zeros((3, 3))
    turn = np.abs(turn) * np.sign(turn)
    for _ in range(3):
        row, column = np.unravel_index(np.abs(turn).argmax(), (3, 3))
        made[row, column] = np.sign(turn[row, column])
        turn[row], turn[:, column] = 0.0, 0.0
    return made
