"""A client's GLB as it lies in the file, to be changed without losing anything: rows, bytes, triangles in the scene.

What nobody asks to change stays as it is, bit by bit: new rows and bytes are added behind the old ones. The file has
passed `mesh_io.read` before, so its frame is sound. Raises UnreadableInput for rows that contradict each other.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.geometry import glb_accessors
from pipelines.geometry.glb_accessors import FAN, STRIP, TRIANGLES, triangles
from pipelines.geometry.glb_drawn import DEEPEST, local_matrix
from pipelines.geometry.unsound import reason

UNSOUND = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, struct.error)


@dataclass(frozen=True)
class Placed:
    """A primitive of triangles where it stands first in the scene.

    row is its own dictionary in the document; points (n, 3) float64 and normals (n, 3) or None in the scene's frame;
    faces (m, 3) as the file winds them; uv (n, 2) float64, v down as in the file, or None; mirrored: its node turns
    the inside out.
    """

    row: dict[str, Any]
    points: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64] | None
    uv: NDArray[np.float64] | None
    mirrored: bool


class ClientGlb:
    """`document` are the rows of the file, `binary` its bytes; both may be changed."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        (length,) = struct.unpack_from("<I", data, 12)
        self.document: dict[str, Any] = json.loads(data[20 : 20 + length])
        size = 0
        if len(data) >= 28 + length:
            (size,) = struct.unpack_from("<I", data, 20 + length)
        self.binary: bytes | bytearray = data[28 + length : 28 + length + size]

    def placed(self) -> list[Placed]:
        """Every primitive of triangles that the scene shows, each once."""
        try:
            return list(self._placed())
        except UNSOUND as error:
            raise UnreadableInput(f"the GLB's rows do not fit: {reason(error)}") from error

    def _placed(self) -> Iterator[Placed]:
        scenes = self.document.get("scenes", [])
        roots = scenes[self.document.get("scene", 0)].get("nodes", []) if scenes else []
        seen: set[int] = set()
        for node, world in self._walk(roots, np.eye(4), 0, set()):
            mesh = node.get("mesh")
            if mesh is None or mesh in seen:
                continue
            seen.add(mesh)
            # glTF puts a skinned mesh where its joints are; unposed, that is where its vertices say.
            stands = np.eye(4) if "skin" in node else world
            for row in self.document["meshes"][mesh]["primitives"]:
                if row.get("mode", TRIANGLES) in (TRIANGLES, STRIP, FAN):
                    found = self._primitive(row, stands)
                    if len(found.faces):
                        yield found

    def _walk(
        self, nodes: list[int], parent: NDArray, depth: int, met: set[int]
    ) -> Iterator[tuple[dict[str, Any], NDArray]]:
        if depth > DEEPEST:
            raise ValueError("nodes are nested too deeply")
        for index in nodes:
            # Nodes are trees; one that hangs in two places would be walked for each way to it.
            if index in met:
                raise ValueError("a node has two parents")
            met.add(index)
            node = self.document["nodes"][index]
            world = parent @ local_matrix(node)
            yield node, world
            yield from self._walk(node.get("children", []), world, depth + 1, met)

    def _primitive(self, row: dict[str, Any], world: NDArray) -> Placed:
        named = row["attributes"]
        points = self.values(named["POSITION"]).astype(np.float64)
        order = np.arange(len(points))
        if "indices" in row:
            order = self.values(row["indices"]).reshape(-1).astype(np.int64)
        faces = triangles(order, row.get("mode", TRIANGLES))
        if len(faces) and faces.max() >= len(points):
            raise ValueError("faces name vertices that are not there")
        turn = world[:3, :3]
        normals = None
        sound = bool(abs(np.linalg.det(turn)) > 1e-30)
        if "NORMAL" in named and sound:
            normals = self.values(named["NORMAL"]).astype(np.float64) @ np.linalg.inv(turn)
        uv = self.values(named["TEXCOORD_0"]) if "TEXCOORD_0" in named else None
        if uv is not None and len(uv) != len(points):
            raise ValueError("coordinates are not as many as vertices")
        return Placed(
            row,
            points @ turn.T + world[:3, 3],
            faces,
            normals,
            None if uv is None else uv.astype(np.float64),
            bool(np.linalg.det(turn) < 0),
        )

    def values(self, index: int) -> NDArray:
        """As `glb_accessors.values`."""
        return glb_accessors.values(self.document, self.binary, index)

    def stored(self, index: int) -> NDArray:
        """As `glb_accessors.stored`."""
        return glb_accessors.stored(self.document, self.binary, index)
