"""The materials of a scene as rows of a glTF document, pictures in its bytes, each once."""

from __future__ import annotations

from typing import Any

from pipelines.formats.pictures import as_png_or_jpeg
from pipelines.formats.scene import Material, Picture, Texture
from pipelines.geometry import glb

LINEAR, MIPMAPPED = 9729, 9987
# What a surface without a material looks like: glTF's own default is a mirror.
PLAIN = Material("surface", colour=(0.8, 0.8, 0.8, 1.0), roughness=0.8)
PLAIN_COLOURED = Material("coloured surface", roughness=0.8)


class Surfaces:
    """Writes materials when they are first asked for."""

    def __init__(self, chunk: glb.Chunk, materials: tuple[Material, ...]) -> None:
        self.chunk, self.known = chunk, materials
        self.lost: list[str] = []
        self.materials: list[dict[str, Any]] = []
        self.textures: list[dict[str, Any]] = []
        self.samplers: list[dict[str, Any]] = []
        self.numbers: dict[Any, int] = {}
        self.pictures: dict[Picture, int | None] = {}

    def rows(self) -> dict[str, Any]:
        """The lists of the document."""
        return {
            "materials": self.materials,
            "textures": self.textures,
            "samplers": self.samplers,
            "images": self.chunk.images,
        }

    def number(self, material: int, *, sets: int, coloured: bool) -> int:
        """The row of a material of the scene on a mesh with so many sets of UVs; of a plain one for -1."""
        known = (PLAIN_COLOURED if coloured else PLAIN) if material < 0 else self.known[material]
        without = any(texture.uv_set >= sets for _, texture in known.textures())
        key = ("plain", coloured) if material < 0 else (material, sets if without else -1)
        if key not in self.numbers:
            self.materials.append(self._row(known, sets))
            self.numbers[key] = len(self.materials) - 1
        return self.numbers[key]

    def _row(self, material: Material, sets: int) -> dict[str, Any]:
        pbr: dict[str, Any] = {
            "baseColorFactor": list(material.colour),
            "metallicFactor": material.metalness,
            "roughnessFactor": material.roughness,
        }
        row: dict[str, Any] = {"name": material.name} if material.name else {}
        row["pbrMetallicRoughness"] = pbr
        homes = {
            "base_colour": (pbr, "baseColorTexture"),
            "metallic_roughness": (pbr, "metallicRoughnessTexture"),
            "normal": (row, "normalTexture"),
            "occlusion": (row, "occlusionTexture"),
            "emissive": (row, "emissiveTexture"),
        }
        for name, texture in material.textures():
            number = self._texture(texture) if texture.uv_set < sets else None
            if number is not None:
                home, key = homes[name]
                home[key] = {
                    "index": number,
                    **({"texCoord": texture.uv_set} if texture.uv_set else {}),
                }
        if any(material.emission):
            row["emissiveFactor"] = list(material.emission)
        if material.alpha_mode != "OPAQUE":
            row["alphaMode"] = material.alpha_mode
        if material.alpha_mode == "MASK":
            row["alphaCutoff"] = material.alpha_cutoff
        return {**row, "doubleSided": True} if material.double_sided else row

    def _texture(self, texture: Texture) -> int | None:
        source = self._picture(texture.picture)
        if source is None:
            return None
        sampler = {
            "magFilter": LINEAR,
            "minFilter": MIPMAPPED,
            "wrapS": texture.wrap[0],
            "wrapT": texture.wrap[1],
        }
        if sampler not in self.samplers:
            self.samplers.append(sampler)
        row = {"sampler": self.samplers.index(sampler), "source": source}
        if row not in self.textures:
            self.textures.append(row)
        return self.textures.index(row)

    def _picture(self, picture: Picture) -> int | None:
        if picture not in self.pictures:
            known = as_png_or_jpeg(picture)
            self.pictures[picture] = None
            if known is None:
                self.lost.append("a texture that cannot be decoded was dropped")
            else:
                row = {"bufferView": self.chunk.view(known.data), "mimeType": known.media_type}
                self.chunk.images.append({**({"name": known.name} if known.name else {}), **row})
                self.pictures[picture] = len(self.chunk.images) - 1
        return self.pictures[picture]
