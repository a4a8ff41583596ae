"""The faces of a client's file in its own order: which one each triangle of the mesh that was read belongs to.

Readers put triangles before polygons, one material after another, and a scene's meshes before its nodes. An STL comes
in its order already.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray

from pipelines.formats.obj_corners import Faces, face_lines
from pipelines.formats.obj_lines import Lines
from pipelines.geometry import mesh_io
from pipelines.geometry.mesh_io import ClientMesh
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind


def of_triangles(path: Path, mesh: ClientMesh) -> NDArray[np.int64] | None:
    """The file's face (m,), counted from 0, that each triangle of `mesh` is of; `mesh` as `mesh_io.read` read it.

    A face of more than three corners has several triangles; a scene goes node after node. None where it cannot be told:
    then the faces of the file are not those of the mesh.
    """
    data = path.read_bytes()
    kind = mesh_kind(data[:HEAD_BYTES], len(data))
    if kind == "obj":
        return _of_obj(data, mesh)
    if kind == "ply":
        return _of_ply(data, mesh)
    if kind == "glb":
        return _of_glb(data, mesh_io.read_pieces(path))
    return np.arange(len(mesh.faces))


def _of_obj(data: bytes, mesh: ClientMesh) -> NDArray[np.int64] | None:
    lines = Lines(data)
    rows = lines.of(b"v")
    count = len(rows)
    # UVs and normals do not matter here: any number of them will do.
    found = face_lines(lines, (count, len(lines.of(b"vt")), len(lines.of(b"vn"))))
    if len(found.line) != len(mesh.faces):
        return None
    in_order = b"\nusemtl" not in data and len(np.unique(found.line)) == len(found.line)
    if in_order:
        return np.arange(len(mesh.faces))
    places = np.array([lines.line(int(row)).split()[1:4] for row in rows], np.float64)
    same = _same_places(np.concatenate([places.reshape(-1, 3), mesh.vertices]))
    return _matched(same[_corners(found)], found.line, same[count:][mesh.faces])


def _corners(found: Faces) -> NDArray[np.int64]:
    return found.corners[:, :, 0]


def _of_ply(data: bytes, mesh: ClientMesh) -> NDArray[np.int64] | None:
    loaded = trimesh.load_scene(io.BytesIO(data), file_type="ply", resolver=None, process=False)
    raw = [piece.metadata.get("_ply_raw", {}).get("face", {}) for piece in loaded.geometry.values()]
    polygons = _lists(raw[0].get("data")) if len(raw) == 1 else None
    if polygons is None:
        return None
    if isinstance(polygons, np.ndarray) and polygons.shape[1] == 3:
        return np.arange(len(mesh.faces)) if len(polygons) == len(mesh.faces) else None
    fans = [np.stack([np.full(len(p) - 2, p[0]), p[1:-1], p[2:]], 1) for p in polygons]
    owner = np.repeat(np.arange(len(fans)), [len(fan) for fan in fans])
    return _matched(np.concatenate(fans).astype(np.int64), owner, mesh.faces)


def _of_glb(data: bytes, pieces: Sequence[mesh_io.Piece]) -> NDArray[np.int64] | None:
    """The nodes of the file one after another, and of each its primitives."""
    sizes = np.array([len(piece.faces) for piece in pieces], np.int64)
    if len(pieces) == 1:
        return np.arange(sizes[0])
    nodes = _node_numbers(data)
    # Of several primitives of one node, each has letters of its own behind the node's name.
    found = [nodes.get(one.name, nodes.get(one.name.rpartition("_")[0], -1)) for one in pieces]
    if -1 in found:
        return None
    order = np.argsort(found, kind="stable")
    first = np.zeros(len(pieces), np.int64)
    first[order] = np.cumsum(sizes[order]) - sizes[order]
    return np.concatenate(
        [start + np.arange(size) for start, size in zip(first, sizes, strict=True)]
    )


def _node_numbers(data: bytes) -> dict[str, int]:
    """The number of each node of a GLB by the name that the reader gives it."""
    (length,) = struct.unpack_from("<I", data, 12)
    numbers: dict[str, int] = {}
    counts: dict[str | None, int] = {}
    for number, node in enumerate(json.loads(data[20 : 20 + length]).get("nodes", [])):
        name = str(node.get("name", number))
        numbers[trimesh.util.unique_name(name, numbers, counts=counts)] = number
    return numbers


def _lists(data: object) -> list[NDArray] | NDArray | None:
    """The corners of each face, of the table of faces in the form that the reader leaves it."""
    for name in ("vertex_indices", "vertex_index"):
        if isinstance(data, dict) and name in data:  # of text
            if data[name].dtype != object:
                return np.asarray(data[name], np.int64)
            return [np.asarray(one, np.int64) for one in data[name] if len(one) >= 3]
        if isinstance(data, np.ndarray) and name in (data.dtype.names or ()):  # of bytes
            return np.asarray(data[name]["f1"], np.int64).reshape(len(data), -1)
    return None


def _same_places(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """One number (n,) for all points (n, 3) at one place, to the last bit."""
    rows = np.ascontiguousarray(points + 0.0).view(np.dtype((np.void, 24))).reshape(-1)
    return np.asarray(np.unique(rows, return_inverse=True)[1], np.int64).reshape(-1)


def _matched(
    corners: NDArray[np.int64], owner: NDArray[np.int64], faces: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The owner (m,), counted from 0, of those of the triangles `corners` (m, 3) that are `faces` (m, 3), whatever the
    order and the winding; None where they are not the same."""
    if corners.shape != faces.shape:
        return None
    theirs, ours = np.sort(corners, axis=1), np.sort(faces, axis=1)
    their_order, our_order = np.lexsort(theirs.T), np.lexsort(ours.T)
    if not np.array_equal(theirs[their_order], ours[our_order]):
        return None
    found = np.zeros(len(faces), np.int64)
    found[our_order] = owner[their_order]
    return np.asarray(np.unique(found, return_inverse=True)[1], np.int64).reshape(-1)
