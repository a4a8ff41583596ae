"""The material file of an OBJ, with the pictures it names.

Statements of the Alias MTL format, and those that its extension for physically based rendering adds (Pr, Pm, Ke, norm).
Colours are sRGB, as most readers take them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipelines.formats.pictures import as_png_or_jpeg, file_names
from pipelines.formats.scene import Material, Picture, Texture, Written
from pipelines.formats.srgb import from_linear

# Channels of glTF's picture of metalness and roughness.
CHANNELS = {"map_Pr": "G", "map_Pm": "B"}


def write_materials(materials: Sequence[Material], names: Sequence[str], path: Path) -> Written:
    """Write `path` with the ending .mtl, and the pictures, all beside `path`; nothing without materials."""
    if not materials:
        return Written(())
    beside = _Beside(path)
    text = ["# Meshkiln\n"]
    for material, name in zip(materials, names, strict=True):
        text += [f"\nnewmtl {name}\n", *_factors(material), *beside.maps(material)]
    target = path.with_suffix(".mtl")
    target.write_text("".join(text))
    return Written((target.name, *beside.written), tuple(beside.lost))


def _factors(material: Material) -> list[str]:
    red, green, blue = from_linear(material.colour[:3]).tolist()
    rows = [f"Kd {red:.6g} {green:.6g} {blue:.6g}\n", "Ka 0 0 0\n", "Ks 0 0 0\n", "illum 1\n"]
    rows += [f"Pr {material.roughness:.6g}\n", f"Pm {material.metalness:.6g}\n"]
    if any(material.emission):
        red, green, blue = from_linear(material.emission).tolist()
        rows.append(f"Ke {red:.6g} {green:.6g} {blue:.6g}\n")
    if material.alpha_mode != "OPAQUE" and material.colour[3] < 1.0:
        rows.append(f"d {material.colour[3]:.6g}\n")
    return rows


class _Beside:
    """Writes each picture once, next to the OBJ."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written: list[str] = []
        self.lost: list[str] = []
        self.names: dict[Picture, str | None] = {}

    def maps(self, material: Material) -> list[str]:
        """The rows of a material that name pictures."""
        rows = []
        colour = self._named(material.base_colour, "colour")
        if colour:
            rows.append(f"map_Kd {colour}\n")
            if material.alpha_mode != "OPAQUE":
                rows.append(f"map_d {colour}\n")
        others = ((material.normal, "norm", "normal"), (material.emissive, "map_Ke", "emission"))
        for texture, statement, what in others:
            name = self._named(texture, what)
            if name:
                rows.append(f"{statement} {name}\n")
        if material.metallic_roughness is not None:
            rows += self._channels(material.metallic_roughness)
        if material.occlusion is not None:
            self.lost.append("OBJ has no occlusion map: it was dropped")
        return rows

    def _named(self, texture: Texture | None, what: str) -> str | None:
        """The name of the file that holds a texture, written when it is first asked for; `what` where it has none."""
        if texture is None:
            return None
        if texture.uv_set > 0:
            self.lost.append("a texture on a second set of UVs was dropped: OBJ has one set")
            return None
        if texture.picture not in self.names:
            known = as_png_or_jpeg(texture.picture)
            self.names[texture.picture] = self._write(known, what) if known else None
            if known is None:
                self.lost.append("a texture that cannot be decoded was dropped")
        return self.names[texture.picture]

    def _channels(self, texture: Texture) -> list[str]:
        """Roughness and metalness as two grey pictures, which is how this format has them."""
        rows: list[str] = []
        try:
            with Image.open(
                io.BytesIO(texture.picture.data), formats=("PNG", "JPEG", "WEBP")
            ) as image:
                parts = {
                    name: image.convert("RGB").getchannel(band) for name, band in CHANNELS.items()
                }
        except (OSError, ValueError, Image.DecompressionBombError):
            self.lost.append("a texture that cannot be decoded was dropped")
            return rows
        for statement, part in parts.items():
            stream = io.BytesIO()
            part.save(stream, "PNG")
            what = "roughness" if statement == "map_Pr" else "metalness"
            name = self._write(Picture("", "image/png", stream.getvalue()), what)
            rows.append(f"{statement} {name}\n")
        return rows

    def _write(self, picture: Picture, what: str) -> str:
        taken = [Picture(name, picture.media_type, b"") for name in self.written]
        own = replace(picture, name=f"{self.path.stem}_{picture.name or what}")
        name = file_names([*taken, own], f"{self.path.stem}_texture")[-1]
        self.path.with_name(name).write_bytes(picture.data)
        self.written.append(name)
        return name
