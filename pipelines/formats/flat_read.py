"""PLY and STL to a Scene: one mesh. Read by trimesh, from bytes alone."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from pipelines.errors import InvalidValue, UnreadableInput
from pipelines.formats import same_place
from pipelines.formats.scene import Mesh, Node, Opened, Scene
from pipelines.formats.srgb import to_linear
from pipelines.geometry.normals import unit
from pipelines.geometry.unsound import reason
from pipelines.mesh_kind import MAX_FACES


def read_ply(data: bytes) -> Opened:
    """A PLY with its normals, UVs and colours. Raises UnreadableInput."""
    announced = re.search(rb"element\s+face\s+(\d{1,18})", data[:10_000])
    if announced and int(announced.group(1)) > MAX_FACES:
        count = int(announced.group(1))
        raise InvalidValue(
            f"the mesh has {count:,} faces; at most {MAX_FACES:,} are taken, simplify it first"
        )
    loaded = _loaded(data, "ply")
    if not len(loaded.faces):
        return Opened(Scene((), ()), ("points were dropped; only faces are kept",))
    return Opened(_scene(_of(loaded, b"property float nx" in data[:10_000])))


def read_stl(data: bytes) -> Opened:
    """An STL; corners at one place become one vertex. Raises UnreadableInput."""
    loaded = _loaded(data, "stl")
    if not len(loaded.faces):
        return Opened(Scene((), ()))
    corners = np.asarray(loaded.vertices, np.float64)[np.asarray(loaded.faces)].reshape(-1, 3)
    first, place = same_place.numbered(corners)
    positions = corners[first].astype(np.float32).astype(np.float64)
    return Opened(_scene(Mesh("", positions, place.reshape(-1, 3))))


def _loaded(data: bytes, kind: str) -> Any:
    try:
        loaded = trimesh.load_scene(io.BytesIO(data), file_type=kind, resolver=None, process=False)
        pieces = [piece for piece in loaded.geometry.values() if isinstance(piece, trimesh.Trimesh)]
    except (
        Exception
    ) as error:  # a parser fed with hostile bytes may raise anything; all mean the same
        raise UnreadableInput(
            f"the mesh is not a sound {kind.upper()} file: {reason(error)}"
        ) from error
    if not pieces:
        return trimesh.Trimesh(process=False)
    return trimesh.util.concatenate(pieces) if len(pieces) > 1 else pieces[0]


def _of(loaded: Any, has_normals: bool) -> Mesh:
    count = len(loaded.vertices)
    colours = _colours(loaded)
    uv = getattr(loaded.visual, "uv", None)
    uvs: tuple[NDArray[np.float64], ...] = ()
    if uv is not None and np.shape(uv) == (count, 2) and np.isfinite(uv).all():
        uvs = (np.asarray(uv, np.float64) * (1.0, -1.0) + (0.0, 1.0),)
    normals = unit(loaded.vertex_normals) if has_normals else None
    positions = np.asarray(loaded.vertices, np.float64)
    return Mesh("", positions, np.asarray(loaded.faces, np.int64), normals, uvs, colours)


def _colours(loaded: Any) -> NDArray[np.float64] | None:
    """(n, 4) linear. Where a file has UVs too, the reader leaves its colours among the raw columns."""
    raw = loaded.metadata.get("_ply_raw", {}).get("vertex", {}).get("data")
    if loaded.visual.kind == "vertex":
        shown = np.asarray(loaded.visual.vertex_colors, np.float64) / 255.0
    elif isinstance(raw, np.ndarray) and {"red", "green", "blue"} <= set(raw.dtype.names or ()):
        names = [name for name in ("red", "green", "blue", "alpha") if name in raw.dtype.names]
        columns = [np.asarray(raw[name]).reshape(-1) for name in names]
        if len(columns[0]) != len(loaded.vertices) or columns[0].dtype != np.uint8:
            return None
        full = [*columns, np.full(len(columns[0]), 255)][:4]
        shown = np.column_stack(full).astype(np.float64) / 255.0
    else:
        return None
    return np.column_stack([to_linear(shown[:, :3]), shown[:, 3]])


def _scene(mesh: Mesh) -> Scene:
    return Scene((Node("", mesh=0),), (mesh,))
