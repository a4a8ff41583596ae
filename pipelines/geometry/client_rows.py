"""A client's GLB with new materials: rows changed in place, new bytes behind the old ones, unused ones left out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import client_unused, glb
from pipelines.geometry.client_glb import ClientGlb, Placed
from pipelines.geometry.client_kept import carries_uv, colour_names, uv_name
from pipelines.geometry.client_uv import Group
from pipelines.geometry.glb_accessors import has_bytes, triangles
from pipelines.geometry.tangents import vertex_tangents
from pipelines.geometry.uv_atlas import Unwrapped

# Rows of a material that do not say what it looks like.
KEPT = ("name", "doubleSided", "extras")
DRACO, VARIANTS = "KHR_draco_mesh_compression", "KHR_materials_variants"
MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")
REPEAT, CLAMP, LINEAR, MIPMAPS = 10497, 33071, 9729, 9987


class Rewritten:
    """The document of `source` painted: `materials` are those of the groups."""

    def __init__(
        self,
        source: ClientGlb,
        placed: Sequence[Placed],
        groups: Sequence[Group],
        materials: Sequence[glb.Material],
    ) -> None:
        self.source, self.placed, self.groups, self.materials = source, placed, groups, materials
        self.document = source.document
        views = self.document.setdefault("bufferViews", [])
        accessors = self.document.setdefault("accessors", [])
        # One and the same for reading and writing: tangents are made of attributes that were just added.
        source.binary = bytearray(source.binary)
        self.chunk = glb.Chunk(source.binary, views, accessors)
        self._rows: dict[tuple[int | None, int, bool], int] = {}
        self._looks: dict[int, dict[str, Any]] = {}
        # Materials that are not to be changed in place: other primitives have them too, or a first group took them.
        painted = {id(row.row) for row in placed}
        self._taken: set[int | None] = {
            primitive.get("material")
            for mesh in self.document.get("meshes", [])
            for primitive in mesh["primitives"]
            if id(primitive) not in painted
        }

    def container(self) -> bytes:
        """The painted GLB."""
        for number, group in enumerate(self.groups):
            if group.cut is not None:
                self._spread(group, group.cut)
            for index in group.members:
                self._dress(self.placed[index].row, number)
        if not any(has_variants(mesh) for mesh in self.document["meshes"]):
            _without_extensions(self.document, VARIANTS)
        for row in self.document["bufferViews"]:
            _without_extensions(row, *MESHOPT)
        document, binary = client_unused.without(self.document, bytes(self.chunk.data))
        return glb.container(document, binary)

    def _dress(self, primitive: dict[str, Any], group: int) -> None:
        """A primitive gets the material of its group, and what that needs of the vertices."""
        named = primitive["attributes"]
        relief = self.materials[group].normal is not None and "NORMAL" in named
        primitive["material"] = self._material(primitive.get("material"), group, relief)
        if relief and "TANGENT" not in named:
            named["TANGENT"] = self._tangents(primitive)
        # glTF multiplies these with the texture: kept under names that no viewer paints with.
        for old, new in colour_names(named).items():
            named[new] = named.pop(old)
        # Packed once more by the first, the geometry would be that of before; the second's looks are not the paint's.
        _without_extensions(primitive, DRACO, VARIANTS)

    def _material(self, before: int | None, group: int, relief: bool) -> int:
        """The row of a material for a group: in place of the old one, or behind all where that is taken."""
        key = (before, group, relief)
        if key in self._rows:
            return self._rows[key]
        rows = self.document.setdefault("materials", [])
        old = {} if before is None else rows[before]
        look = dict(self._look(group))
        if not relief:
            look.pop("normalTexture", None)
        row = {name: copy.deepcopy(old[name]) for name in KEPT if name in old} | look
        if before is None or before in self._taken:
            rows.append(row)
            self._rows[key] = len(rows) - 1
        else:
            self._taken.add(before)
            rows[before] = row
            self._rows[key] = before
        return self._rows[key]

    def _look(self, group: int) -> dict[str, Any]:
        """The rows of a group's textures, written once."""
        if group not in self._looks:
            self.chunk.images = []
            look = glb.material_entry(self.chunk, self.materials[group])
            look.pop("name")
            images = self.document.setdefault("images", [])
            textures = self.document.setdefault("textures", [])
            start = len(textures)
            sampler = self._sampler(REPEAT if self.groups[group].wrapped else CLAMP)
            for image in self.chunk.images:
                images.append(image)
                textures.append({"sampler": sampler, "source": len(images) - 1})
            self._looks[group] = _moved(look, start)
        return self._looks[group]

    def _sampler(self, wrap: int) -> int:
        rows: list[dict[str, int]] = self.document.setdefault("samplers", [])
        row = {"magFilter": LINEAR, "minFilter": MIPMAPS, "wrapS": wrap, "wrapT": wrap}
        if row not in rows:
            rows.append(row)
        return rows.index(row)

    def _tangents(self, primitive: dict[str, Any]) -> int:
        named = primitive["attributes"]
        points, normals, uv = (
            self.source.values(named[name]).astype(np.float64)
            for name in ("POSITION", "NORMAL", "TEXCOORD_0")
        )
        order = (
            self.source.values(primitive["indices"]).reshape(-1).astype(np.int64)
            if "indices" in primitive
            else np.arange(len(points))
        )
        faces = triangles(order, primitive.get("mode", 4))
        sides = vertex_tangents(points, faces, normals, uv)
        return self.chunk.accessor(sides, glb.FLOAT, "VEC4", glb.VERTEX_BUFFER)

    def _spread(self, group: Group, cut: Unwrapped) -> None:
        """Primitives of a new atlas get its vertices: all their attributes, repeated on seams."""
        vertices = faces = 0
        for index in group.members:
            row = self.placed[index]
            mine = cut.faces[faces : faces + len(row.faces)]
            faces += len(row.faces)
            used, local = np.unique(mine, return_inverse=True)
            origin = cut.origin[used] - vertices
            vertices += len(row.points)
            wound = local.reshape(-1, 3)
            if row.mirrored:
                wound = wound[:, ::-1]
            self._repeat(row.row, origin, wound, cut.uv[used])

    def _repeat(
        self, primitive: dict[str, Any], origin: NDArray, faces: NDArray, uv: NDArray
    ) -> None:
        named = primitive["attributes"]
        kept = {
            name: self._gathered(number, origin)
            for name, number in named.items()
            if name != "TEXCOORD_0"
        }
        kept.pop("TANGENT", None)
        # Many readers look for the base colour in the first set alone, so the atlas is the first.
        if carries_uv(self.source, named, origin):
            kept[uv_name(named)] = self._gathered(named["TEXCOORD_0"], origin)
        down = np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float32)
        kept["TEXCOORD_0"] = self.chunk.accessor(down, glb.FLOAT, "VEC2", glb.VERTEX_BUFFER)
        primitive["attributes"] = kept
        primitive["targets"] = [
            {name: self._gathered(number, origin) for name, number in target.items()}
            for target in primitive.get("targets", [])
        ]
        if not primitive["targets"]:
            del primitive["targets"]
        small = len(origin) < 65_535
        primitive["indices"] = self.chunk.accessor(
            np.asarray(faces, np.uint16 if small else np.uint32).reshape(-1),
            glb.UINT16 if small else glb.UINT32,
            "SCALAR",
            glb.INDEX_BUFFER,
        )
        primitive["mode"] = 4

    def _gathered(self, index: int, origin: NDArray) -> int:
        """The accessor of an attribute with its values taken at `origin` (n,), bit by bit."""
        old = self.document["accessors"][index]
        if not has_bytes(old):
            self.chunk.accessors.append({**old, "count": len(origin)})
            return len(self.chunk.accessors) - 1
        values = self.source.stored(index)[origin]
        width = values.shape[1] * values.itemsize
        padded = np.zeros((len(values), -(-width // 4) * 4), np.uint8)
        padded[:, :width] = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
        view = self.chunk.view(padded.tobytes(), glb.VERTEX_BUFFER)
        if padded.shape[1] != width or old["type"] in ("MAT2", "MAT3"):
            self.chunk.views[view]["byteStride"] = padded.shape[1]
        row = {
            name: old[name]
            for name in ("componentType", "type", "normalized", "name")
            if name in old
        }
        row |= {"bufferView": view, "count": len(values)}
        # Small matrices are stored with what pads their columns: these have no bounds here, which may be left out.
        if "min" in old and len(old["min"]) == values.shape[1]:
            row |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
        self.chunk.accessors.append(row)
        return len(self.chunk.accessors) - 1


def has_variants(mesh: dict[str, Any]) -> bool:
    """Whether a mesh has other materials to choose from."""
    return any(VARIANTS in row.get("extensions", {}) for row in mesh["primitives"])


def _without_extensions(row: dict[str, Any], *names: str) -> None:
    extensions = row.get("extensions", {})
    for name in names:
        extensions.pop(name, None)
    if not extensions:
        row.pop("extensions", None)


def _moved(look: Any, start: int) -> Any:
    """Rows of textures with their numbers moved by `start`."""
    if not isinstance(look, dict):
        return look
    return {
        name: {**value, "index": value["index"] + start}
        if name.endswith("Texture")
        else _moved(value, start)
        for name, value in look.items()
    }
