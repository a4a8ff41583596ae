"""Which format a mesh file has, told by its first bytes and its size. Nothing is parsed.

Light: the standard library only. The web process asks when a file arrives, the reader of meshes when it is opened: both
must give the same answer.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from pipelines.errors import UnreadableInput
from pipelines.mesh_lengths import check_fbx, check_glb, check_json, check_ply

MeshKind = Literal["obj", "glb", "gltf", "ply", "stl", "fbx"]
# What can be read, for lists of formats.
MESH_KINDS: tuple[MeshKind, ...] = get_args(MeshKind)
# Scanners and modellers put long comments above the first vertex of an OBJ.
HEAD_BYTES = 1 << 20
# More triangles than any model here works on; a file that announces or draws more is refused.
MAX_FACES = 2_000_000
# Never unpacked: a small archive may hold gigabytes.
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive, such as 3MF or USDZ"),
    (b"BLENDER", "a Blender file"),
    (b"PXR-USDC", "a USD file"),
    (b"#usda", "a USD file"),
    (b"<COLLADA", "a COLLADA file"),
    (b"\x1f\x8b", "a gzip archive"),
)
_FBX_TEXT = re.compile(rb"\s*; FBX \d")
_FBX_BINARY = b"Kaydara FBX Binary"
# Any of its lists: "asset" itself may stand behind megabytes of them.
_GLTF_TEXT = re.compile(
    rb'"(asset|scenes?|nodes|meshes|accessors|bufferViews|buffers|images)"\s*:\s*[\[{\d]'
)
_OBJ_VERTEX = re.compile(rb"^[ \t]*v[ \t]+[-+.\d]", re.MULTILINE)


def mesh_kind(head: bytes, size_bytes: int, name: str = "mesh") -> MeshKind:
    """The format of a file of `size_bytes` that begins with `head`, its first HEAD_BYTES (or all of a shorter one).

    Raises UnreadableInput, naming the file as `name`, for other formats, other versions of glTF and lengths in the head
    that it cannot have.
    """
    if head[:4] == b"glTF":
        check_glb(head, size_bytes, name)
        return "glb"
    if head[:4] in (b"ply\n", b"ply\r"):
        check_ply(head, size_bytes, name)
        return "ply"
    # Before the word "solid": binary files may begin with it too.
    if is_binary_stl(head, size_bytes):
        return "stl"
    if head[:1024].lstrip()[:5].lower() == b"solid" and b"facet" in head.lower():
        return "stl"
    if head.startswith(_FBX_BINARY):
        check_fbx(head, size_bytes, name)
        return "fbx"
    if _FBX_TEXT.match(head):
        return "fbx"
    if head.lstrip()[:1] == b"{" and _GLTF_TEXT.search(head):
        check_json(head, size_bytes, name)
        return "gltf"
    if b"\0" not in head and _OBJ_VERTEX.search(head):
        return "obj"
    foreign = next((said for mark, said in _FOREIGN if mark in head[:512]), "")
    what = f"{foreign}, which is not read here" if foreign else "not a mesh that can be read"
    raise UnreadableInput(f"{name} is {what}; send GLB, glTF, OBJ, FBX, PLY or STL")


def is_binary_stl(head: bytes, size_bytes: int) -> bool:
    """Whether the file is exactly as long as the count of triangles after its 80 free bytes says."""
    return len(head) >= 84 and size_bytes == 84 + 50 * int.from_bytes(head[80:84], "little")
