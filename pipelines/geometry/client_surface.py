"""A client's mesh made ready to be baked: with its own UVs where they serve, else with a new atlas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, mesh_io, normals, uv_atlas
from pipelines.geometry.client_uv import CREASE, MOST_SHARED, UvMode, overlap


def with_uv(
    mesh: mesh_io.ClientMesh, mode: UvMode = "auto"
) -> tuple[bake.TexturedMesh, NDArray[np.float64], str, NDArray | None]:
    """-> the mesh with UVs, its normals (n, 3), and which UVs they are: "of the file", that with a word more where
    faces share a place, or "new atlas"; and beside a new atlas the file's own (n, 2), None where they are no numbers.

    Vertices are repeated on seams and never moved; faces keep their order.
    """
    smooth = (
        mesh.normals
        if mesh.normals is not None
        else normals.vertex_normals(mesh.vertices, mesh.faces)
    )
    smooth = normals.unit(smooth)
    corners = normals.corner_normals(mesh.vertices, mesh.faces, smooth, crease_degrees=CREASE)
    layout = _own_layout(mesh, mode)
    if layout is not None and mesh.uv is not None:
        return bake.TexturedMesh(mesh.vertices, mesh.faces, mesh.uv, corners), smooth, layout, None
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    textured = bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, corners)
    kept = mesh.uv is not None and bool(np.isfinite(mesh.uv).all())
    own = mesh.uv[cut.origin] if mesh.uv is not None and kept else None
    return textured, smooth[cut.origin], "new atlas", own


def _own_layout(mesh: mesh_io.ClientMesh, mode: UvMode) -> str | None:
    """What the mesh's own UVs are called, None where they cannot be painted on."""
    uv = mesh.uv
    if uv is None or mode == "new" or not np.isfinite(uv).all():
        return None
    if mode == "keep" or mesh_io.uv_is_usable(mesh):
        return "of the file"
    inside = uv.min() >= -1e-4 and uv.max() <= 1.0 + 1e-4
    if inside and overlap(uv[mesh.faces]) <= MOST_SHARED:
        return "of the file, shared by faces"
    return None
