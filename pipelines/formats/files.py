"""The one way in and the one way out: a file of any known format to a Scene, a Scene to any format that is written."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.errors import UnreadableInput
from pipelines.formats.checks import checked
from pipelines.formats.scene import Opened, Scene, Written

# Module and function; imported when they are asked for, since trimesh alone takes half a second.
READERS: Mapping[str, tuple[str, str]] = {
    "glb": ("gltf_read", "read"),
    "gltf": ("gltf_read", "read"),
    "obj": ("obj_read", "read"),
    "ply": ("flat_read", "read_ply"),
    "stl": ("flat_read", "read_stl"),
    "fbx": ("fbx.read", "read"),
}
WRITERS: Mapping[str, tuple[str, str]] = {
    "glb": ("gltf_write", "write"),
    "obj": ("obj_write", "write"),
    "ply": ("flat_write", "write_ply"),
    "stl": ("flat_write", "write_stl"),
    "fbx": ("fbx.write", "write"),
}
# What broken bytes make numpy and Python raise; anything else is a defect of ours.
UNSOUND = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    RecursionError,
    struct.error,
)


def read(data: bytes, kind: str) -> Opened:
    """The scene in the bytes of a file whose format is known (`pipelines.mesh_kind`).

    Raises UnreadableInput, InvalidValue or NothingToModel, which name nothing of this machine; MemoryError.
    """
    try:
        return checked(_function(READERS[kind])(data))
    except UNSOUND as error:
        raise UnreadableInput(f"the mesh is not a sound {kind.upper()} file") from error


def write(scene: Scene, folder: Path, stem: str, kind: str) -> Written:
    """Write `folder/stem.kind` and what belongs beside it. `scene` has passed `read` or was made here."""
    written: Written = _function(WRITERS[kind])(scene, folder / f"{stem}.{kind}")
    return written


def _function(named: tuple[str, str]) -> Any:
    module, function = named
    return getattr(importlib.import_module(f"pipelines.formats.{module}"), function)
