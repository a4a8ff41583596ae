"""Meshes as clients send them, or as they were opened: GLB, OBJ, PLY or STL, read from bytes alone.

Nothing outside the file is ever opened: an OBJ's mtllib and a glTF's external URIs are not followed. Textures of the
file are not decoded. Knows formats; does not know what a mesh is for.
"""

from __future__ import annotations

import io
import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from pipelines.errors import InvalidValue, NothingToModel, PipelineError, UnreadableInput
from pipelines.geometry import glb_accessors, weld
from pipelines.geometry.glb_accessors import MOST_WITHOUT_BYTES
from pipelines.geometry.unsound import fault_of_obj, reason
from pipelines.mesh_kind import HEAD_BYTES, MAX_FACES, is_binary_stl, mesh_kind

COMPRESSED = {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"}
FLOAT = 5126
# Under this name the reader hands coordinates on as they are; it turns those of the usual name over.
SENT_UV = "_SENT_UV"


@dataclass(frozen=True)
class ClientMesh:
    """vertices (n, 3) float64 in the file's unit, faces (m, 3) int64, normals (n, 3) or None, uv (n, 2), v up, or None.

    Nodes of a scene are joined where they stand. uv is None unless one set of coordinates covers the whole mesh.
    sent_uv (n, 2), v down, are a GLB's first coordinates of all nodes, bit by bit; None where a node has none.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64] | None
    uv: NDArray[np.float32] | None
    sent_uv: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Piece:
    """A node of a client's scene where it stands: its name, vertices (n, 3) float64, faces (m, 3) int64."""

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]


def read(path: Path) -> ClientMesh:
    """Read a client's mesh. The format is told by content, not by name.

    Raises UnreadableInput for broken files, NothingToModel for a mesh without faces or size, InvalidValue above
    2 million faces.
    """
    mesh = _joined(_read_nodes(path))
    _check(mesh)
    return mesh


def read_pieces(path: Path) -> list[Piece]:
    """The nodes of a client's scene, one each, in the order of the file; one for a format that has no nodes.

    Raises as `read` does.
    """
    nodes = _read_nodes(path)
    _check(_joined(nodes))
    return [
        Piece(
            str(node.metadata.get("node") or node.metadata.get("name") or ""),
            np.asarray(node.vertices, np.float64),
            np.asarray(node.faces, np.int64),
        )
        for node in nodes
    ]


def vertex_colours(path: Path) -> NDArray[np.uint8] | None:
    """Colours (n, 4) of the vertices that `read` finds in a file of one piece; None where it has none."""
    pieces = _read_nodes(path)
    visual = pieces[0].visual
    if len(pieces) != 1 or not isinstance(visual, trimesh.visual.ColorVisuals):
        return None
    return np.asarray(visual.vertex_colors, np.uint8) if visual.kind == "vertex" else None


def _read_nodes(path: Path) -> list[trimesh.Trimesh]:
    data = path.read_bytes()
    kind = mesh_kind(data[:HEAD_BYTES], len(data))
    if kind == "obj" and (data[:1] in b" \t" or b"\n " in data or b"\n\t" in data):
        data = re.sub(rb"^[ \t]+", b"", data, flags=re.MULTILINE)  # the parser wants no indentation
    _check_announced_size(data, kind)
    try:
        parts = _load(data, kind)
    except PipelineError:
        raise
    except (
        Exception
    ) as error:  # a parser fed with hostile bytes may raise anything; all mean the same
        why = (fault_of_obj(data) if kind == "obj" else None) or reason(error)
        raise UnreadableInput(f"the mesh is not a sound {kind.upper()} file: {why}") from error
    if not parts:
        raise NothingToModel("the mesh has no faces; points and lines cannot be used")
    return parts


def _check_announced_size(data: bytes, kind: str) -> None:
    """Refuse a mesh that is too large before it is parsed, where counting is cheap."""
    count = 0
    if kind == "stl":
        binary = is_binary_stl(data[:HEAD_BYTES], len(data))
        count = (len(data) - 84) // 50 if binary else data.lower().count(b"endfacet")
    elif kind == "ply":
        found = re.search(rb"element\s+face\s+(\d+)", data[:10_000])
        count = int(found.group(1)) if found else 0
    elif kind == "obj":
        count = data.count(b"\nf ")
    _check_face_count(count)


def _check_face_count(count: int) -> None:
    if count > MAX_FACES:
        raise InvalidValue(
            f"the mesh has {count:,} faces; at most {MAX_FACES:,} are taken, simplify it first"
        )


def _load(data: bytes, kind: str) -> list[trimesh.Trimesh]:
    """Every piece of the file that has faces, in world coordinates."""
    options: dict[str, Any] = {"process": False}
    if kind == "obj":
        # In their order, vertices have one UV each: at a seam, that of whichever corner came last.
        in_order = b"\nvt " not in data
        options |= {"maintain_order": in_order, "skip_materials": True, "group_material": False}
    elif kind == "glb":
        data = _without_images(data)
    scene = trimesh.load_scene(io.BytesIO(data), file_type=kind, resolver=None, **options)
    _check_face_count(
        sum(len(piece.faces) for piece in scene.geometry.values() if hasattr(piece, "faces"))
    )
    order = {name: index for index, name in enumerate(scene.geometry)}
    pieces = sorted(scene.dump(concatenate=False), key=lambda piece: order[piece.metadata["name"]])
    return [piece for piece in pieces if isinstance(piece, trimesh.Trimesh) and len(piece.faces)]


def _without_images(data: bytes) -> bytes:
    """A GLB without its textures and materials: geometry and UVs are all that is wanted, and no image is decoded.

    Raises UnreadableInput for buffers outside the file, more values than it can hold, and compressed geometry.
    """
    (length,) = struct.unpack_from("<I", data, 12)
    row = json.loads(data[20 : 20 + length])
    if any("uri" in buffer for buffer in row.get("buffers", [])):
        raise UnreadableInput(
            "the GLB keeps its geometry in another file; send one that holds everything"
        )
    for accessor in row.get("accessors", []):
        if "bufferView" not in accessor and accessor["count"] > MOST_WITHOUT_BYTES:
            raise UnreadableInput("the GLB names more values than it can hold")
    needed = set(row.get("extensionsRequired", [])) & COMPRESSED
    if needed:
        raise UnreadableInput(
            f"the GLB is compressed ({', '.join(sorted(needed))}); send it uncompressed"
        )
    rest = data[20 + length :]
    if any("sparse" in row or row.get("normalized") for row in row.get("accessors", [])):
        rest = _plain_values(row, rest)
    for name in ("images", "textures", "samplers", "extensionsRequired", "animations"):
        row.pop(name, None)
    # The reader keeps UVs only of surfaces that have a material.
    row["materials"] = [{"pbrMetallicRoughness": {}}]
    for mesh in row.get("meshes", []):
        for primitive in mesh.get("primitives", []):
            primitive["material"] = 0
            attributes = primitive["attributes"]
            attributes.pop(SENT_UV, None)
            if "TEXCOORD_0" in attributes:
                attributes[SENT_UV] = attributes["TEXCOORD_0"]
    text = json.dumps(row).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + rest


def _plain_values(row: dict[str, Any], rest: bytes) -> bytes:
    """Values that the reader does not know how to read are written out: positions that are stored as shares of a range,
    and those that are given by a few that differ. -> the binary chunk, with them behind its bytes"""
    (size,) = struct.unpack_from("<I", rest)
    binary = bytearray(rest[8 : 8 + size])
    positions = {
        primitive["attributes"]["POSITION"]
        for mesh in row.get("meshes", [])
        for primitive in mesh["primitives"]
    }
    for number, accessor in enumerate(row["accessors"]):
        shares = accessor.get("normalized") and number in positions
        if "sparse" not in accessor and not shares:
            continue
        read = glb_accessors.values if shares else glb_accessors.stored
        values = np.ascontiguousarray(read(row, binary, number)).tobytes()
        if shares:
            accessor |= {"componentType": FLOAT, "normalized": False}
        for name in ("sparse", "byteOffset"):
            accessor.pop(name, None)
        binary += b"\0" * (-len(binary) % 8)
        view = {"buffer": 0, "byteOffset": len(binary), "byteLength": len(values)}
        accessor["bufferView"] = len(row.setdefault("bufferViews", []))
        row["bufferViews"].append(view)
        binary += values
    binary += b"\0" * (-len(binary) % 4)
    row["buffers"][0]["byteLength"] = len(binary)
    return struct.pack("<I4s", len(binary), b"BIN\0") + bytes(binary)


def _joined(parts: list[trimesh.Trimesh]) -> ClientMesh:
    starts = np.cumsum([0] + [len(part.vertices) for part in parts])
    vertices = np.concatenate([np.asarray(part.vertices, np.float64) for part in parts])
    faces = np.concatenate(
        [
            np.asarray(part.faces, np.int64) + start
            for part, start in zip(parts, starts, strict=False)
        ]
    )
    normals = None
    if all("vertex_normals" in part._cache for part in parts):
        normals = np.concatenate([np.asarray(part.vertex_normals, np.float64) for part in parts])
    # Several pieces mostly lie on top of each other in the unit square, each with a texture of its own.
    uv = getattr(parts[0].visual, "uv", None) if len(parts) == 1 else None
    if uv is not None and (len(uv) != len(vertices) or np.shape(uv)[1:] != (2,)):
        uv = None
    uv = None if uv is None else np.asarray(uv, np.float32)
    return ClientMesh(vertices, faces, normals, uv, _sent_uv(parts))


def _sent_uv(parts: list[trimesh.Trimesh]) -> NDArray[np.float32] | None:
    rows = []
    for part in parts:
        uv = part.vertex_attributes.get(SENT_UV)
        if uv is None or np.shape(uv) != (len(part.vertices), 2):
            return None
        uv = np.asarray(uv)
        if uv.dtype in (np.uint8, np.uint16):  # whole numbers stand for shares
            uv = uv.astype(np.float32) / np.float32(np.iinfo(uv.dtype).max)
        rows.append(uv.astype(np.float32))
    joined = np.concatenate(rows)
    return joined if np.isfinite(joined).all() else None


def _check(mesh: ClientMesh) -> None:
    _check_face_count(len(mesh.faces))
    if len(mesh.vertices) == 0 or mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices):
        raise UnreadableInput("the mesh is broken: its faces name vertices that are not there")
    used = mesh.vertices[weld.used(mesh.faces)]
    if not np.isfinite(used).all() or np.abs(used).max() > 1e18:
        raise UnreadableInput("the mesh is broken: it has coordinates that are not finite numbers")
    if np.ptp(used, axis=0).max() <= 0.0:
        raise NothingToModel("the mesh has no size: all its vertices lie on one point")


def uv_is_usable(mesh: ClientMesh, *, size: int = 512) -> bool:
    """Whether the mesh's own UVs give every face a place of its own in the unit square.

    False where there are none, where they leave 0..1, hold no area, or where charts lie on top of each other (tiled
    or mirrored textures): paint would then appear in several places.
    """
    from pipelines.geometry.bake import texel_faces

    uv = mesh.uv
    if uv is None or not np.isfinite(uv).all() or uv.min() < -1e-4 or uv.max() > 1.0 + 1e-4:
        return False
    a, b, c = (uv[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    areas = (
        np.abs(
            (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        )
        / 2.0
    )
    if areas.sum() < 0.01 or (areas <= 1e-12).mean() > 0.05:
        return False
    covered = float((texel_faces(uv, mesh.faces, size) >= 0).mean())
    return bool(areas.sum() <= covered * 1.03)
