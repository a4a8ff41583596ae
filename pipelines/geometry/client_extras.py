"""What a client's GLB brings besides its shape: material, textures, animations, a skin. Read from its JSON.

A material is taken over row by row: only keys that glTF 2.0 defines, numbers in their ranges, images as they lie in
the file, bit by bit. Nothing outside the file is opened.
"""

from __future__ import annotations

import io
import json
import math
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from pipelines.geometry import glb

TRIANGLES = (4, 5, 6)
NEAREST_OR_LINEAR, MIPMAPPED = (9728, 9729), (9728, 9729, 9984, 9985, 9986, 9987)
WRAPS = (33071, 33648, 10497)
AMOUNTS = {"normalTexture": "scale", "occlusionTexture": "strength"}
TRANSFORM, UNLIT = "KHR_texture_transform", "KHR_materials_unlit"
UNSOUND = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, OSError)


@dataclass
class Surface:
    """One material and what it points to: textures name samplers and images by number, all of them in these lists."""

    material: dict[str, Any] = field(default_factory=dict)
    textures: list[dict[str, Any]] = field(default_factory=list)
    samplers: list[dict[str, Any]] = field(default_factory=list)
    images: list[tuple[str, bytes]] = field(default_factory=list)
    extensions: set[str] = field(default_factory=set)
    # Names of the textures that the file's material has and this one has not, as "normalTexture".
    lost: list[str] = field(default_factory=list)

    def write(self, chunk: glb.Chunk, document: dict[str, Any]) -> None:
        """Put it into a document as its only material; images go into the chunk."""
        document["materials"] = [self.material]
        for media_type, payload in self.images:
            chunk.images.append({"bufferView": chunk.view(payload), "mimeType": media_type})
        rows = {"images": chunk.images, "samplers": self.samplers, "textures": self.textures}
        document |= {name: row for name, row in rows.items() if row}
        if self.extensions:
            document["extensionsUsed"] = sorted(self.extensions)


@dataclass(frozen=True)
class Extras:
    """What the file has. `materials` counts those that its triangles use; `textured` says that it holds textures."""

    materials: int = 0
    textured: bool = False
    animations: int = 0
    # Nodes that show a mesh.
    shown: int = 0
    skins: int = 0
    # None for no material, for several, and for one that is broken.
    surface: Surface | None = None


def read(path: Path, *, has_uv: bool = False) -> Extras:
    """What the file at `path` brings; nothing for formats other than GLB, which hold no images.

    mesh_io has read the file before, so its frame is sound. Textures are taken over only where `has_uv` says that
    coordinates cover the whole mesh.
    """
    data = path.read_bytes()
    if data[:4] != b"glTF":
        return Extras()
    (length,) = struct.unpack_from("<I", data, 12)
    file = json.loads(data[20 : 20 + length])
    used = _used_materials(file)
    surface = None
    if len(used) == 1:
        try:
            surface = _Taken(file, data[28 + length :], has_uv).surface(*used)
        except UNSOUND:
            surface = None
    return Extras(
        materials=len(used),
        textured=bool(_rows(file, "textures")),
        animations=len(_rows(file, "animations")),
        shown=sum("mesh" in node for node in _rows(file, "nodes")),
        skins=len(_rows(file, "skins")),
        surface=surface,
    )


def _rows(file: dict[str, Any], name: str) -> list[Any]:
    rows = file.get(name)
    return rows if isinstance(rows, list) else []


def _used_materials(file: dict[str, Any]) -> set[int]:
    """The numbers of the materials on triangles. A surface without one beside others counts as -1."""
    found = {
        number if isinstance(number := primitive.get("material"), int) else -1
        for mesh in _rows(file, "meshes")
        for primitive in mesh.get("primitives", [])
        if primitive.get("mode", 4) in TRIANGLES
    }
    return set() if found == {-1} else found


class _Taken:
    """Takes one material over from a file, with whatever it points to."""

    def __init__(self, file: dict[str, Any], binary: bytes, has_uv: bool) -> None:
        self.file, self.binary, self.has_uv = file, binary, has_uv
        self.made = Surface()
        self.numbers: dict[int, int] = {}

    def surface(self, index: int) -> Surface:
        """Raises one of UNSOUND for a material that glTF does not allow."""
        row = self.file["materials"][index]
        pbr = row.get("pbrMetallicRoughness", {})
        surface: dict[str, Any] = {
            "baseColorFactor": _numbers(pbr.get("baseColorFactor", (1, 1, 1, 1)), 4),
            "metallicFactor": _share(pbr.get("metallicFactor", 1)),
            "roughnessFactor": _share(pbr.get("roughnessFactor", 1)),
            **self._textures(pbr, "baseColorTexture", "metallicRoughnessTexture"),
        }
        made: dict[str, Any] = {"name": _name(row), "pbrMetallicRoughness": surface}
        made |= self._textures(row, "normalTexture", "occlusionTexture", "emissiveTexture")
        if "emissiveFactor" in row:
            made["emissiveFactor"] = _numbers(row["emissiveFactor"], 3)
        if row.get("alphaMode") in ("MASK", "BLEND"):
            made["alphaMode"] = row["alphaMode"]
        if made.get("alphaMode") == "MASK":
            made["alphaCutoff"] = _share(row.get("alphaCutoff", 0.5))
        if row.get("doubleSided") is True:
            made["doubleSided"] = True
        if UNLIT in row.get("extensions", {}):
            made["extensions"] = {UNLIT: {}}
            self.made.extensions.add(UNLIT)
        for extension in row.get("extensions", {}).values():
            self.made.lost += [name for name in extension if name.endswith("Texture")]
        self.made.material = made
        return self.made

    def _textures(self, row: dict[str, Any], *names: str) -> dict[str, Any]:
        """The texture rows of a material under their names; those that cannot be kept are noted as lost."""
        made = {}
        for name in names:
            if name not in row:
                continue
            try:
                made[name] = self._texture_info(row[name], AMOUNTS.get(name))
            except UNSOUND:
                self.made.lost.append(name)
        return made

    def _texture_info(self, row: dict[str, Any], amount: str | None) -> dict[str, Any]:
        transform = row.get("extensions", {}).get(TRANSFORM, {})
        if not self.has_uv or row.get("texCoord", 0) or transform.get("texCoord", 0):
            raise ValueError("only the first set of coordinates is taken over")
        made: dict[str, Any] = {"index": self._texture(row["index"])}
        if amount is not None and amount in row:
            made[amount] = _number(row[amount]) if amount == "scale" else _share(row[amount])
        if transform:
            kept: dict[str, Any] = {
                k: _numbers(transform[k], 2, _number) for k in ("offset", "scale") if k in transform
            }
            if "rotation" in transform:
                kept["rotation"] = _number(transform["rotation"])
            made["extensions"] = {TRANSFORM: kept}
            self.made.extensions.add(TRANSFORM)
        return made

    def _texture(self, index: int) -> int:
        if index in self.numbers:
            return self.numbers[index]
        row = self.file["textures"][index]
        image = _image(self.file, self.file["images"][row["source"]], self.binary)
        texture = {"source": len(self.made.images)}
        if "sampler" in row:
            sampler = _sampler(self.file["samplers"][row["sampler"]])
            texture["sampler"] = len(self.made.samplers)
            self.made.samplers.append(sampler)
        self.made.images.append(image)
        self.made.textures.append(texture)
        self.numbers[index] = len(self.made.textures) - 1
        return self.numbers[index]


def _image(file: dict[str, Any], row: dict[str, Any], binary: bytes) -> tuple[str, bytes]:
    """Media type and bytes of an image inside the file. Raises ValueError or OSError for one that is no PNG or JPEG."""
    view = file["bufferViews"][row["bufferView"]]
    start, size = view.get("byteOffset", 0), view["byteLength"]
    payload = binary[start : start + size]
    if len(payload) != size:
        raise ValueError("the image is cut short")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(payload), formats=("PNG", "JPEG")) as image:
                media_type = "image/png" if image.format == "PNG" else "image/jpeg"
                image.verify()
        except (SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise ValueError("the image is broken or too large") from error
    return media_type, payload


def _sampler(row: dict[str, Any]) -> dict[str, int]:
    allowed = {
        "magFilter": NEAREST_OR_LINEAR,
        "minFilter": MIPMAPPED,
        "wrapS": WRAPS,
        "wrapT": WRAPS,
    }
    return {name: row[name] for name, values in allowed.items() if row.get(name) in values}


def _name(row: dict[str, Any]) -> str:
    return str(row.get("name") or "surface")[:64].encode("utf-8", "replace").decode()


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a number of the material is not finite")
    return number


def _share(value: Any) -> float:
    return min(max(_number(value), 0.0), 1.0)


def _numbers(values: Any, count: int, one: Callable[[Any], float] = _share) -> list[float]:
    made = [one(value) for value in values]
    if len(made) != count:
        raise ValueError(f"a row of the material has {len(made)} numbers instead of {count}")
    return made
