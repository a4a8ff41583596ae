"""A client's mesh made ready to be baked: with its own UVs where they serve, else with a new atlas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, mesh_io, normals, uv_atlas


def with_uv(mesh: mesh_io.ClientMesh) -> tuple[bake.TexturedMesh, NDArray[np.float64], str]:
    """-> the mesh with UVs, its normals (n, 3), and which UVs they are: "of the file" or "new atlas".

    Vertices are repeated on seams and never moved; faces keep their order.
    """
    smooth = (
        mesh.normals
        if mesh.normals is not None
        else normals.vertex_normals(mesh.vertices, mesh.faces)
    )
    smooth = normals.unit(smooth)
    corners = normals.corner_normals(mesh.vertices, mesh.faces, smooth)
    if mesh.uv is not None and mesh_io.uv_is_usable(mesh):
        return bake.TexturedMesh(mesh.vertices, mesh.faces, mesh.uv, corners), smooth, "of the file"
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    textured = bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, corners)
    return textured, smooth[cut.origin], "new atlas"
