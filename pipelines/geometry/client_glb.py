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
from pipelines.geometry.glb_drawn import COMPONENTS, DEEPEST, WIDTHS, local_matrix

TRIANGLES, STRIP, FAN = 4, 5, 6
UNSOUND = (LookupError, TypeError, ValueError, AttributeError, struct.error)


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
            raise UnreadableInput(f"the GLB's rows do not fit ({type(error).__name__})") from error

    def _placed(self) -> Iterator[Placed]:
        scenes = self.document.get("scenes", [])
        roots = scenes[self.document.get("scene", 0)].get("nodes", []) if scenes else []
        seen: set[int] = set()
        for node, world in self._walk(roots, np.eye(4), 0):
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
        self, nodes: list[int], parent: NDArray, depth: int
    ) -> Iterator[tuple[dict[str, Any], NDArray]]:
        if depth > DEEPEST:
            raise ValueError("nodes are nested too deeply")
        for index in nodes:
            node = self.document["nodes"][index]
            world = parent @ local_matrix(node)
            yield node, world
            yield from self._walk(node.get("children", []), world, depth + 1)

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
        """The values of an accessor: (n, width); integers that are marked normalized as float32 in 0..1 or -1..1."""
        values = self.stored(index)
        if self.document["accessors"][index].get("normalized") and values.dtype != np.float32:
            return np.maximum(values.astype(np.float32) / np.iinfo(values.dtype).max, -1.0)
        return values

    def stored(self, index: int) -> NDArray:
        """The values of an accessor as they are stored: (n, width)."""
        accessor = self.document["accessors"][index]
        kind, width = np.dtype(COMPONENTS[accessor["componentType"]]), WIDTHS[accessor["type"]]
        count = accessor["count"]
        if "bufferView" in accessor:
            start = accessor.get("byteOffset", 0)
            values = self._elements(accessor["bufferView"], start, kind, count, width)
        else:
            values = np.zeros((count, width), kind)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            where, what = sparse["indices"], sparse["values"]
            number = np.dtype(COMPONENTS[where["componentType"]])
            places = self._elements(
                where["bufferView"], where.get("byteOffset", 0), number, sparse["count"], 1
            )
            values[places.reshape(-1)] = self._elements(
                what["bufferView"], what.get("byteOffset", 0), kind, sparse["count"], width
            )
        return values

    def _elements(self, view: int, offset: int, kind: np.dtype, count: int, width: int) -> NDArray:
        row = self.document["bufferViews"][view]
        start = row.get("byteOffset", 0) + offset
        stride = row.get("byteStride", kind.itemsize * width)
        strides = (stride, kind.itemsize)
        return np.ndarray((count, width), kind, self.binary, start, strides).copy()


def triangles(order: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    """Corners in the order of drawing -> (m, 3), by glTF's three ways to draw triangles."""
    if mode == TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if mode == FAN:
        ends = np.stack([order[1:-1], order[2:]], axis=1)
        return (
            np.column_stack([ends, np.full(len(ends), order[0])])
            if len(ends)
            else ends.reshape(0, 3)
        )
    rows = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
    rows[1::2] = rows[1::2, [1, 0, 2]]
    return rows
