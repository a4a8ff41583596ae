"""What a mesh file says of itself: magic, declared lengths, size. A mesh is never parsed in the web process."""

from __future__ import annotations

import os
from typing import BinaryIO

from pipelines.errors import UnreadableInput
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind
from serving.errors import BadUpload

MEDIA_TYPES = {
    "obj": "model/obj",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "ply": "model/ply",
    "stl": "model/stl",
    "fbx": "model/fbx",
}


def read_mesh_header(file: BinaryIO, field: str) -> str:
    """The format of a mesh: obj, glb, gltf, ply, stl or fbx. Raises BadUpload naming `field`."""
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        return mesh_kind(file.read(HEAD_BYTES), size_bytes, field)
    except UnreadableInput as error:
        raise BadUpload(error.message) from None
