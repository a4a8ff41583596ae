"""The formats a mesh is delivered in, whatever model made it. Light: the web lists them, the runner writes them."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

MeshFormat = Literal["glb", "obj", "fbx", "ply", "stl"]
MESH_FORMATS: tuple[MeshFormat, ...] = get_args(MeshFormat)
MEDIA_TYPES = {
    "glb": "model/gltf-binary",
    "obj": "model/obj",
    "fbx": "model/fbx",
    "ply": "model/ply",
    "stl": "model/stl",
    "mtl": "model/mtl",
    "png": "image/png",
    "jpg": "image/jpeg",
}


def format_field() -> MeshFormat:
    """The field by which a client names the format of its mesh."""
    field: MeshFormat = Field(
        "glb",
        description="glb holds everything in one file; obj comes with a material file and pictures; fbx with its "
        "pictures inside; ply and stl hold one mesh. What a format cannot carry is told in warnings",
    )
    return field


def makeable(outputs: tuple[str, ...]) -> tuple[str, ...]:
    """The formats that a model's results come in: its own, and all of these if it makes a GLB."""
    return tuple(dict.fromkeys((*outputs, *(MESH_FORMATS if "glb" in outputs else ()))))
