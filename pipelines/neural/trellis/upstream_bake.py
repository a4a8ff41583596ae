"""The makers' own way from splats to a textured mesh, for those who want it and may use what it needs.

It renders the splats from 100 places and fits a texture to the pictures. The renderers are under licences of their own
that do not allow commercial use, and no part of it can be interrupted.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from pipelines.errors import InvalidValue
from pipelines.geometry import glb, normals
from pipelines.neural.coloured import Textured

NEEDED = (
    *("nvdiffrast", "diff_gaussian_rasterization", "utils3d", "plyfile"),
    *("pymeshfix", "pyvista", "igraph"),
)
# Share of the faces that may be removed: the makers' demo goes no further, and 1 is none left.
MOST_REMOVED = 0.98


def check() -> None:
    """Raises InvalidValue where a library that it needs is not installed."""
    missing = [name for name in NEEDED if not _is_installed(name)]
    if missing:
        raise InvalidValue(
            f"texture_bake is 'upstream', which needs {', '.join(missing)}, not installed here; own needs none of them"
        )


def _is_installed(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.loader is not None  # a stand-in has no loader


def baked(mesh: Any, gaussian: Any, *, wanted: Callable[[int], int], texture_px: int) -> Textured:
    """upstream's mesh and Gaussian -> the textured mesh in our frame. `wanted` says how many of its faces to keep.

    Its holes are closed and what cannot be seen is removed, so that the count may be missed.
    """
    upstream = import_module("trellis.utils.postprocessing_utils")
    made = len(mesh.faces)
    removed = min(max(1.0 - wanted(made) / made, 0.0), MOST_REMOVED)
    found = upstream.to_glb(
        gaussian, mesh, simplify=removed, texture_size=texture_px, verbose=False
    )
    # It is turned to Y up already.
    vertices, faces = np.asarray(found.vertices, np.float64), np.asarray(found.faces, np.int64)
    picture = np.asarray(found.visual.material.baseColorTexture.convert("RGB"), np.uint8)
    smooth = normals.vertex_normals(vertices, faces)
    uv = np.asarray(found.visual.uv, np.float32)
    return Textured(vertices, faces, smooth, uv, glb.Material(base_colour=picture))
