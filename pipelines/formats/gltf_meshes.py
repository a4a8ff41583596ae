"""The meshes of a glTF file: primitives that share their vertices stay together, others are put behind each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.formats.gltf_materials import Materials
from pipelines.formats.influences import strongest
from pipelines.formats.scene import Mesh
from pipelines.geometry import glb_accessors
from pipelines.geometry.glb_accessors import FAN, STRIP, TRIANGLES, triangles
from pipelines.geometry.normals import unit

MOST_UV_SETS = 8
NO_COLOUR = (1.0, 1.0, 1.0, 1.0)


@dataclass
class _Block:
    """Vertices as one or more primitives name them, and the triangles on them."""

    positions: NDArray[np.float64]
    normals: NDArray[np.float64] | None
    uvs: list[NDArray[np.float64]]
    colours: NDArray[np.float64] | None
    joints: NDArray[np.int64] | None
    weights: NDArray[np.float64] | None
    faces: list[NDArray[np.int64]]
    materials: list[int]


class Meshes:
    """Reads meshes by number, and remembers what of them was left out."""

    def __init__(self, document: dict[str, Any], binary: bytes, materials: Materials) -> None:
        self.document, self.binary, self.materials = document, binary, materials
        self.lines = self.shape_keys = self.more_influences = 0

    def lost(self) -> list[str]:
        """What the meshes that were read have and the scene has not."""
        said = []
        if self.lines:
            said.append(
                f"{self.lines} sets of points or lines were dropped; only triangles are kept"
            )
        if self.shape_keys:
            said.append(f"{self.shape_keys} morph targets (shape keys) were dropped")
        if self.more_influences:
            said.append("vertices moved by more than 4 joints keep the 4 strongest")
        return said

    def mesh(self, number: int) -> Mesh | None:
        """Mesh `number` of the file; None where it has no triangle. Raises LookupError, TypeError or ValueError."""
        row = self.document["meshes"][number]
        blocks: dict[Any, _Block] = {}
        for primitive in row["primitives"]:
            if primitive.get("mode", TRIANGLES) not in (TRIANGLES, STRIP, FAN):
                self.lines += 1
                continue
            self.shape_keys += len(primitive.get("targets", []))
            faces = self._faces(primitive)
            if len(faces):
                block = self._block(primitive, blocks)
                if faces.min() < 0 or faces.max() >= len(block.positions):
                    raise UnreadableInput(
                        "the mesh is broken: its faces name vertices that are not there"
                    )
                block.faces.append(faces)
                block.materials.append(self.materials.number(primitive.get("material")))
        return _joined(str(row.get("name", "")), list(blocks.values())) if blocks else None

    def _faces(self, primitive: dict[str, Any]) -> NDArray[np.int64]:
        if "indices" in primitive:
            order = self._values(primitive["indices"], 1).reshape(-1).astype(np.int64)
        else:
            count = self.document["accessors"][primitive["attributes"]["POSITION"]]["count"]
            if not 0 <= count <= glb_accessors.MOST_WITHOUT_BYTES:
                raise ValueError("too many corners")
            order = np.arange(count)
        return triangles(order, primitive.get("mode", TRIANGLES))

    def _block(self, primitive: dict[str, Any], blocks: dict[Any, _Block]) -> _Block:
        """The vertices of a primitive, read once for all primitives that name the same ones."""
        turned = self.materials.uv_transform(primitive.get("material"))
        key = (tuple(sorted(primitive["attributes"].items())), turned)
        if key not in blocks:
            blocks[key] = self._vertices(primitive["attributes"], turned)
        return blocks[key]

    def _vertices(self, named: dict[str, int], turned: Any) -> _Block:
        positions = self._values(named["POSITION"], 3).astype(np.float64)
        count = len(positions)
        uvs: list[NDArray[np.float64]] = []
        while f"TEXCOORD_{len(uvs)}" in named and len(uvs) < MOST_UV_SETS:
            found = self._rows(named[f"TEXCOORD_{len(uvs)}"], count, 2)
            uvs.append(self.materials.transformed(np.nan_to_num(found), turned, len(uvs)))
        normals = self._rows(named["NORMAL"], count, 3) if "NORMAL" in named else None
        colours = self._colours(named["COLOR_0"], count) if "COLOR_0" in named else None
        joints, weights = self._influences(named, count)
        normals = None if normals is None else unit(normals)
        return _Block(positions, normals, uvs, colours, joints, weights, [], [])

    def _colours(self, number: int, count: int) -> NDArray[np.float64]:
        found = np.clip(np.nan_to_num(self._values(number).astype(np.float64)), 0.0, 1.0)
        if len(found) != count or found.shape[1] not in (3, 4):
            raise ValueError("colours are not as many as vertices")
        return found if found.shape[1] == 4 else np.column_stack([found, np.ones(count)])

    def _influences(self, named: dict[str, int], count: int) -> tuple[Any, Any]:
        joints: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.float64]] = []
        while f"JOINTS_{len(joints)}" in named and f"WEIGHTS_{len(joints)}" in named:
            number = len(joints)
            joints.append(self._rows(named[f"JOINTS_{number}"], count, 4).astype(np.int64))
            weights.append(self._rows(named[f"WEIGHTS_{number}"], count, 4))
        if not joints:
            return None, None
        kept, shares, more = strongest(np.hstack(joints), np.hstack(weights))
        self.more_influences += more
        return kept, shares

    def _rows(self, number: int, count: int, width: int) -> NDArray[np.float64]:
        found = self._values(number, width)
        if len(found) != count:
            raise ValueError("attributes are not as many as vertices")
        return found.astype(np.float64)

    def _values(self, number: int, width: int | None = None) -> NDArray:
        found = glb_accessors.values(self.document, self.binary, number)
        if width is not None and found.shape[1] != width:
            raise ValueError("values are of another width")
        return found


def _joined(name: str, blocks: list[_Block]) -> Mesh:
    """One mesh of all blocks; what some of them lack is filled in: UVs by 0, colours by white."""
    starts = np.cumsum([0] + [len(block.positions) for block in blocks])
    faces = [
        found + start for block, start in zip(blocks, starts, strict=False) for found in block.faces
    ]
    numbers = [
        np.full(len(found), number)
        for block in blocks
        for found, number in zip(block.faces, block.materials, strict=True)
    ]
    material = np.concatenate(numbers).astype(np.int64)
    sets = max(len(block.uvs) for block in blocks)
    skinned = any(block.joints is not None for block in blocks)
    coloured = any(block.colours is not None for block in blocks)
    whole = all(block.normals is not None for block in blocks)
    return Mesh(
        name,
        np.concatenate([block.positions for block in blocks]),
        np.concatenate(faces),
        np.concatenate([block.normals for block in blocks if block.normals is not None])
        if whole
        else None,
        tuple(
            np.concatenate([_uv_set(block, number) for block in blocks]) for number in range(sets)
        ),
        np.concatenate([_filled(block.colours, block, NO_COLOUR) for block in blocks])
        if coloured
        else None,
        material if (material >= 0).any() else None,
        np.concatenate([_filled(block.joints, block, (0,) * 4) for block in blocks]).astype(
            np.int64
        )
        if skinned
        else None,
        np.concatenate([_filled(block.weights, block, (1.0, 0, 0, 0)) for block in blocks])
        if skinned
        else None,
    )


def _uv_set(block: _Block, number: int) -> NDArray[np.float64]:
    return block.uvs[number] if number < len(block.uvs) else np.zeros((len(block.positions), 2))


def _filled(values: NDArray | None, block: _Block, row: tuple[float, ...]) -> NDArray:
    return np.tile(np.asarray(row), (len(block.positions), 1)) if values is None else values
