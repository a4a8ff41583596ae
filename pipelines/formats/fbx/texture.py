"""Textures and the pictures they show, as FBX's Texture and Video; the bytes of a picture lie in the file."""

from __future__ import annotations

from dataclasses import replace

from pipelines.formats.fbx.mesh import uv_name
from pipelines.formats.fbx.records import Id, Record, choice, named, prop, table, words
from pipelines.formats.scene import CLAMP, Picture, Texture

# Names for pictures that have none, by the property they are on.
WORDS = {
    "DiffuseColor": "base_colour",
    "NormalMap": "normal",
    "EmissiveColor": "emission",
    "Maya|TEX_ao_map": "occlusion",
    "Maya|TEX_roughness_map": "metallic_roughness",
}


def with_name(picture: Picture, use: str) -> Picture:
    """The picture under its own name, or under one that tells what it is for."""
    return picture if picture.name else replace(picture, name=WORDS.get(use, "texture"))


def video(picture: Picture, file_name: str, uid: Id) -> Record:
    """A picture under the name it gets where a reader unpacks it."""
    rows = [
        Record("Type", ("Clip",)),
        table(words("Path", file_name, "XRefUrl")),
        Record("UseMipMap", (0,)),
        Record("Filename", (file_name,)),
        Record("RelativeFilename", (file_name,)),
        Record("Content", (picture.data,)),
    ]
    return Record("Video", (uid, named(file_name, "Video"), "Clip"), rows)


def texture(shown: Texture, use: str, file_name: str, uid: Id) -> Record:
    """A picture on a set of UVs; `use` is the property of the material, for its name."""
    full = named(use, "Texture")
    rows = [
        Record("Type", ("TextureVideoClip",)),
        Record("Version", (202,)),
        Record("TextureName", (full,)),
        table(
            choice("TextureTypeUse", 0),
            choice("CurrentMappingType", 0),
            choice("WrapModeU", int(shown.wrap[0] == CLAMP)),
            choice("WrapModeV", int(shown.wrap[1] == CLAMP)),
            words("UVSet", uv_name(shown.uv_set)),
            prop("UseMaterial", "bool", 1),
        ),
        Record("Media", (named(file_name, "Video"),)),
        Record("FileName", (file_name,)),
        Record("RelativeFilename", (file_name,)),
        Record("ModelUVTranslation", (0.0, 0.0)),
        Record("ModelUVScaling", (1.0, 1.0)),
        Record("Texture_Alpha_Source", ("None",)),
        Record("Cropping", (0, 0, 0, 0)),
    ]
    return Record("Texture", (uid, full, ""), rows)
