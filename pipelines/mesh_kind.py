"""Which format a mesh file has, told by its first bytes and its size. Nothing is parsed.

Light: the standard library only. The web process asks when a file arrives, the reader of meshes when it is opened: both
must give the same answer.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from pipelines.errors import UnreadableInput

MeshKind = Literal["glb", "obj", "ply", "stl"]
# What can be read, for lists of formats.
MESH_KINDS: tuple[MeshKind, ...] = get_args(MeshKind)
# Scanners and modellers put long comments above the first vertex of an OBJ.
HEAD_BYTES = 1 << 20
_FBX_TEXT = re.compile(rb"\s*; FBX \d")
_GLTF_TEXT = re.compile(rb'"asset"\s*:\s*\{[^{}]*"version"')
_OBJ_VERTEX = re.compile(rb"^[ \t]*v[ \t]+[-+.\d]", re.MULTILINE)


def mesh_kind(head: bytes, size_bytes: int, name: str = "mesh") -> MeshKind:
    """The format of a file of `size_bytes` that begins with `head`, its first HEAD_BYTES (or all of a shorter one).

    Raises UnreadableInput, naming the file as `name`, for other formats, other versions of glTF and a GLB cut short.
    """
    if head[:4] == b"glTF":
        _check_glb(head, size_bytes, name)
        return "glb"
    if head[:4] in (b"ply\n", b"ply\r"):
        return "ply"
    # Before the word "solid": binary files may begin with it too.
    if is_binary_stl(head, size_bytes):
        return "stl"
    if head[:1024].lstrip()[:5].lower() == b"solid" and b"facet" in head.lower():
        return "stl"
    if b"\0" not in head and _OBJ_VERTEX.search(head):
        return "obj"
    foreign = _foreign_format(head)
    raise UnreadableInput(
        f"{name} is {foreign or 'not a mesh that can be read'}; send GLB, OBJ, PLY or STL"
    )


def _foreign_format(head: bytes) -> str:
    """What the file is, where it is a mesh in a format that nothing here reads; "" for what is no mesh."""
    if head.startswith(b"Kaydara FBX Binary") or _FBX_TEXT.match(head):
        return "an FBX file, which is not read here"
    if head.lstrip()[:1] == b"{" and _GLTF_TEXT.search(head):
        return "a glTF file in its JSON form, which is not read here"
    return ""


def is_binary_stl(head: bytes, size_bytes: int) -> bool:
    """Whether the file is exactly as long as the count of triangles after its 80 free bytes says."""
    return len(head) >= 84 and size_bytes == 84 + 50 * int.from_bytes(head[80:84], "little")


def _check_glb(head: bytes, size_bytes: int, name: str) -> None:
    version, length = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    if version != 2:
        raise UnreadableInput(f"{name} is glTF version {version}; only version 2 is read")
    if length > size_bytes:
        raise UnreadableInput(
            f"{name} is cut short: it declares {length} bytes and has {size_bytes}; send the whole file"
        )
