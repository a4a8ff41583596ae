"""The materials of a glTF file, with their pictures as they lie in it. A material that breaks glTF's rules is dropped.

Transforms of textures (KHR_texture_transform) go into the UVs where all textures of a set are moved alike.
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.pictures import media_type
from pipelines.formats.scene import CLAMP, MIRRORED, REPEAT, Material, Picture, Texture

TRANSFORM = "KHR_texture_transform"
UNSOUND = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
# Extensions of materials whose loss changes little or that are taken over here.
TAKEN = {TRANSFORM, "KHR_materials_emissive_strength"}
# Offset, scale, and turn in radians of one set of UVs.
Moved = tuple[int, tuple[float, float], tuple[float, float], float]
MOST_PICTURE_BYTES = 256 << 20
# As Khronos writes their names; others are not repeated to anybody.
EXTENSION = re.compile(r"[A-Z]{2,10}_[A-Za-z0-9_]{1,50}")
MOST_NAMED = 8


class Materials:
    """Takes materials over when they are first asked for; `made` are those of the scene."""

    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        self.document, self.binary = document, binary
        self.made: list[Material] = []
        self.numbers: dict[int, int] = {}
        self.pictures: dict[int, Picture | None] = {}
        self.broken = self.outside = 0
        self.unmoved = False
        self.extensions: set[str] = set()

    def lost(self) -> list[str]:
        """What the materials that were read have and the scene has not."""
        said = []
        if self.broken:
            said.append(f"{self.broken} materials break the rules of glTF and were dropped")
        if self.outside:
            said.append(
                f"{self.outside} textures are not PNG, JPEG or WebP inside the file and were dropped"
            )
        if self.unmoved:
            said.append(
                "textures that are moved over the same coordinates in different ways lie as the first"
            )
        if self.extensions:
            named = sorted(filter(EXTENSION.fullmatch, map(str, self.extensions)))[:MOST_NAMED]
            said.append(
                f"extensions of materials were dropped: {', '.join(named) or 'unknown ones'}"
            )
        return said

    def number(self, row: Any) -> int:
        """The number in the scene of the file's material `row`; -1 for none and for a broken one."""
        if row is None:
            return -1
        if row not in self.numbers:
            self.numbers[row] = self._take(row)
        return self.numbers[row]

    def _take(self, row: int) -> int:
        try:
            self.made.append(self._material(self.document["materials"][row]))
        except UNSOUND:
            self.broken += 1
            return -1
        return len(self.made) - 1

    def _material(self, row: dict[str, Any]) -> Material:
        self.extensions |= set(row.get("extensions", {})) - TAKEN
        pbr, factors = _metallic_roughness(row)
        alpha = row.get("alphaMode", "OPAQUE")
        if alpha not in ("OPAQUE", "MASK", "BLEND"):
            raise ValueError("no way of transparency has that name")
        return Material(
            name=str(row.get("name", "")),
            colour=cast(tuple[float, float, float, float], _numbers(factors, 4)),
            metalness=_number(pbr.get("metallicFactor", 1.0)),
            roughness=_number(pbr.get("roughnessFactor", 1.0)),
            emission=cast(
                tuple[float, float, float], _numbers(row.get("emissiveFactor", (0, 0, 0)), 3)
            ),
            base_colour=self._texture(pbr.get("baseColorTexture")),
            metallic_roughness=self._texture(pbr.get("metallicRoughnessTexture")),
            normal=self._texture(row.get("normalTexture")),
            occlusion=self._texture(row.get("occlusionTexture")),
            emissive=self._texture(row.get("emissiveTexture")),
            alpha_mode=cast(Literal["OPAQUE", "MASK", "BLEND"], alpha),
            alpha_cutoff=_number(row.get("alphaCutoff", 0.5)),
            double_sided=bool(row.get("doubleSided", False)),
        )

    def _texture(self, named: dict[str, Any] | None) -> Texture | None:
        if named is None:
            return None
        row = self.document["textures"][named["index"]]
        webp = row.get("extensions", {}).get("EXT_texture_webp", {})
        source = webp.get("source", row.get("source"))
        picture = self._picture(source) if source is not None else None
        if picture is None:
            self.outside += source is None
            return None
        sampler = self.document["samplers"][row["sampler"]] if "sampler" in row else {}
        wrap = (sampler.get("wrapS", REPEAT), sampler.get("wrapT", REPEAT))
        if not set(wrap) <= {REPEAT, MIRRORED, CLAMP}:
            raise ValueError("no wrap has that number")
        uv_set = (
            named.get("extensions", {}).get(TRANSFORM, {}).get("texCoord", named.get("texCoord", 0))
        )
        if type(uv_set) is not int or not 0 <= uv_set < 8:
            raise ValueError("no set of UVs has that number")
        return Texture(picture, uv_set, wrap)

    def _picture(self, number: int) -> Picture | None:
        if number not in self.pictures:
            self.pictures[number] = self._read_picture(self.document["images"][number])
            self.outside += self.pictures[number] is None
        return self.pictures[number]

    def _read_picture(self, row: dict[str, Any]) -> Picture | None:
        if "bufferView" not in row:
            return None
        view = self.document["bufferViews"][row["bufferView"]]
        start, length = view.get("byteOffset", 0), view["byteLength"]
        if start < 0 or not 0 < length <= MOST_PICTURE_BYTES or start + length > len(self.binary):
            return None
        data = bytes(self.binary[start : start + length])
        kind = media_type(data)
        return Picture(str(row.get("name", "")), kind, data) if kind else None

    def uv_transform(self, row: Any) -> tuple[Moved, ...]:
        """How the material moves its sets of UVs. Sets that none of its textures moves are not named."""
        if self.number(row) < 0:
            return ()
        found: dict[int, Moved] = {}
        for named in _named_textures(self.document["materials"][row]):
            moved = named.get("extensions", {}).get(TRANSFORM)
            uv_set = (moved or {}).get("texCoord", named.get("texCoord", 0))
            shift = tuple(float(value) for value in (moved or {}).get("offset", (0, 0)))
            scale = tuple(float(value) for value in (moved or {}).get("scale", (1, 1)))
            values = (uv_set, shift, scale, float((moved or {}).get("rotation", 0)))
            self.unmoved |= found.setdefault(uv_set, cast(Moved, values)) != values
        return tuple(found[key] for key in sorted(found) if found[key][1:] != ((0, 0), (1, 1), 0))

    def transformed(
        self, uv: NDArray[np.float64], moves: tuple[Moved, ...], uv_set: int
    ) -> NDArray[np.float64]:
        """UVs (n, 2) as the texture sees them."""
        for number, shift, scale, turn in moves:
            if number == uv_set:
                cosine, sine = math.cos(turn), math.sin(turn)
                matrix = np.array([[cosine, sine], [-sine, cosine]])
                uv = (uv * scale) @ matrix.T + shift
        return uv


def _metallic_roughness(row: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The row of metallic roughness and the factors of its colour."""
    pbr = row.get("pbrMetallicRoughness", {})
    return pbr, pbr.get("baseColorFactor", (1, 1, 1, 1))


def _named_textures(row: dict[str, Any]) -> list[dict[str, Any]]:
    pbr = row.get("pbrMetallicRoughness", {})
    rows = [pbr.get("baseColorTexture"), pbr.get("metallicRoughnessTexture")]
    rows += [row.get(name) for name in ("normalTexture", "occlusionTexture", "emissiveTexture")]
    return [named for named in rows if named is not None]


def _number(value: Any) -> float:
    number = float(value)
    if not 0.0 <= number <= 1.0:
        raise ValueError("a factor is out of range")
    return number


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    found = tuple(_number(value) for value in values)
    if len(found) != count:
        raise ValueError("factors are not as many as channels")
    return found
