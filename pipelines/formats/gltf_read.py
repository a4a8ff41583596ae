"""A glTF 2.0 file, GLB or JSON, to a Scene.

Raises UnreadableInput for files that contradict themselves. What is not taken over is told by `lost`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.formats.gltf_file import opened
from pipelines.formats.gltf_materials import Materials
from pipelines.formats.gltf_meshes import Meshes
from pipelines.formats.scene import Mesh, Node, Opened, Scene, Skin
from pipelines.geometry import glb_accessors
from pipelines.geometry.glb_drawn import DEEPEST, local_matrix
from pipelines.geometry.unsound import reason

LAST_ROW = (0.0, 0.0, 0.0, 1.0)
UNSOUND = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


def read(data: bytes) -> Opened:
    """The scene that the file shows first, with all its nodes. Raises UnreadableInput."""
    document, binary = opened(data)
    try:
        return _Reader(document, binary).read()
    except UNSOUND as error:
        raise UnreadableInput(f"the file's rows do not fit: {reason(error)}") from error


class _Reader:
    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        self.document, self.binary = document, binary
        self.lost: list[str] = []
        self.materials = Materials(document, binary)
        self.meshes = Meshes(document, binary, self.materials)
        # Number of a row of the file -> number in the scene.
        self.node_numbers: dict[int, int] = {}
        self.mesh_numbers: dict[int, int | None] = {}
        self.made: list[Mesh] = []

    def read(self) -> Opened:
        rows = self._rows_in_order()
        skins, skin_numbers = self._skins(rows)
        nodes = tuple(self._node(number, parent, skin_numbers) for number, parent in rows)
        scene = Scene(nodes, tuple(self.made), tuple(self.materials.made), tuple(skins))
        return Opened(scene, tuple(self.lost + self._left_out()))

    def _rows_in_order(self) -> list[tuple[int, int]]:
        """(row, row of its parent or -1), parents first; every node of the scene that the file opens with."""
        scenes = self.document.get("scenes", [])
        every = self.document.get("nodes", [])
        if scenes:
            roots = scenes[self.document.get("scene", 0)].get("nodes", [])
        else:
            children = {child for node in every for child in node.get("children", [])}
            roots = [number for number in range(len(every)) if number not in children]
        found: list[tuple[int, int]] = []
        waiting = [(number, -1, 0) for number in reversed(roots)]
        while waiting:
            number, parent, depth = waiting.pop()
            if depth > DEEPEST or number in self.node_numbers or not 0 <= number < len(every):
                raise UnreadableInput(
                    "the mesh is broken: its nodes are no tree, or one is not there"
                )
            self.node_numbers[number] = len(found)
            found.append((number, parent))
            children_of = every[number].get("children", [])
            waiting += [(child, number, depth + 1) for child in reversed(children_of)]
        return found

    def _node(self, number: int, parent: int, skin_numbers: dict[int, int]) -> Node:
        row = self.document["nodes"][number]
        mesh = self._mesh(row["mesh"]) if "mesh" in row else None
        skin = skin_numbers.get(row["skin"]) if "skin" in row and mesh is not None else None
        if mesh is not None and skin is not None and self.made[mesh].joints is None:
            skin = None
        return Node(
            str(row.get("name", "")),
            self.node_numbers[parent] if parent >= 0 else -1,
            _placing(np.asarray(local_matrix(row), np.float64)),
            mesh,
            skin,
        )

    def _mesh(self, number: int) -> int | None:
        if number not in self.mesh_numbers:
            mesh = self.meshes.mesh(number)
            self.mesh_numbers[number] = len(self.made) if mesh is not None else None
            if mesh is not None:
                self.made.append(mesh)
        return self.mesh_numbers[number]

    def _skins(self, rows: list[tuple[int, int]]) -> tuple[list[Skin], dict[int, int]]:
        used = {self.document["nodes"][number].get("skin") for number, _ in rows} - {None}
        # A skeleton without a mesh on it says by its skin which nodes are joints.
        wanted = used or set(range(len(self.document.get("skins", []))))
        skins: list[Skin] = []
        numbers: dict[int, int] = {}
        for number in sorted(wanted):
            row = self.document["skins"][number]
            bind = self._bind(row)
            if bind is None or any(joint not in self.node_numbers for joint in row["joints"]):
                self.lost.append("a skeleton whose joints do not fit the scene was dropped")
                continue
            numbers[number] = len(skins)
            joints = tuple(self.node_numbers[joint] for joint in row["joints"])
            skins.append(Skin(joints, bind, str(row.get("name", ""))))
        return skins, numbers

    def _bind(self, row: dict[str, Any]) -> NDArray[np.float64] | None:
        """(j, 4, 4), the inverses of the file's inverse bind matrices; None where one has no inverse."""
        count = len(row["joints"])
        if "inverseBindMatrices" not in row:
            return np.tile(np.eye(4), (count, 1, 1))
        found = glb_accessors.values(self.document, self.binary, row["inverseBindMatrices"])
        if found.shape[0] < count or found.shape[1] != 16:
            raise ValueError("matrices are not as many as joints")
        inverse = found[:count].astype(np.float64).reshape(count, 4, 4).transpose(0, 2, 1)
        if not np.isfinite(inverse).all() or (np.abs(np.linalg.det(inverse)) < 1e-30).any():
            return None
        return np.asarray(np.linalg.inv(inverse), np.float64)

    def _left_out(self) -> list[str]:
        rows = self.document
        counts = {name: len(rows.get(name, [])) for name in ("animations", "cameras")}
        said = [f"{count} {name} were dropped" for name, count in counts.items() if count]
        if "KHR_lights_punctual" in rows.get("extensionsUsed", []):
            said.append("lights were dropped")
        if len(rows.get("scenes", [])) > 1:
            said.append("the file has several scenes; only the one it opens with was read")
        return said + self.meshes.lost() + self.materials.lost()


def _placing(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix (4, 4) with the last row that glTF wants. Raises ValueError where it cannot have that."""
    if np.array_equal(matrix[3], LAST_ROW):
        return matrix
    if not abs(matrix[3, 3]) > 1e-12:
        raise ValueError("a node stands nowhere")
    return np.vstack([matrix[:3] / matrix[3, 3], [LAST_ROW]])
