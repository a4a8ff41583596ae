"""What a mesh file says of itself: magic, declared lengths, size. A mesh is never parsed in the web process."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from serving.errors import BadUpload

MEDIA_TYPES = {
    "glb": "model/gltf-binary",
    "obj": "model/obj",
    "ply": "model/ply",
    "stl": "model/stl",
}
_HEAD_BYTES = 65_536
_OBJ_VERTEX = re.compile(rb"^v\s+[-+.\d]", re.MULTILINE)


def read_mesh_header(file: BinaryIO, field: str) -> str:
    """The format of a mesh: glb, ply, stl or obj. Raises BadUpload naming `field`."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if head[:4] == b"glTF":
        _check_glb(head, size, field)
        return "glb"
    if head[:4] in (b"ply\n", b"ply\r"):
        return "ply"
    if len(head) >= 84 and 84 + 50 * int.from_bytes(head[80:84], "little") == size:
        return "stl"
    if head[:5] == b"solid" and b"facet" in head:
        return "stl"
    if b"\0" not in head and _OBJ_VERTEX.search(head):
        return "obj"
    raise BadUpload(f"{field} is not a mesh that can be read; send GLB, OBJ, PLY or STL")


def _check_glb(head: bytes, size: int, field: str) -> None:
    version, length = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    if version != 2:
        raise BadUpload(f"{field} is glTF version {version}; only version 2 is read")
    if length > size:
        raise BadUpload(
            f"{field} is cut short: it declares {length} bytes and has {size}; send the whole file"
        )
