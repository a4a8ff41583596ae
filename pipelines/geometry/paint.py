"""A material for a mesh with UVs, from a function that colours points of its surface.

The bake modes: "fast" is base colour only, "pbr" adds a metallic-roughness map, "opt" also averages four points
a texel.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.geometry import bake, facets, project
from pipelines.geometry.glb import Material
from pipelines.geometry.materials import maps

# How far a tiled picture stands out where it is light, as a share of the object's longest side from black to white.
RELIEF = 0.012


def material(
    mesh: bake.TexturedMesh,
    shader: bake.Shader,
    size: int,
    mode: str,
    *,
    faceted: bool = False,
    relief: bool = False,
) -> Material:
    """Bake `shader`, RGB in 0..255, into textures of size x size px. `mode` is "pbr", "fast" or "opt".

    `faceted` gives each face one colour, the mean of its own. `relief` takes light colours for heights: right for a
    photo of a material, whose mesh then is of unit size.
    """
    owner = bake.texel_faces(mesh.uv, mesh.faces, size)
    if faceted:
        colour = facets.texture(owner, facets.colours(mesh, shader))
    else:
        colour = bake.shade(mesh, owner, shader, offsets=bake.FOUR if mode == "opt" else bake.ONE)
    if mode == "fast":
        return Material(base_colour=colour)
    step = 2 if size > maps.LARGEST_FULL_PX else 1
    small = np.ascontiguousarray(colour[::step, ::step])
    normal = None
    if relief:
        height = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 0.8)
        height = height.astype(np.float32) * np.float32(RELIEF / 255.0)
        corners = mesh.vertices[mesh.faces]
        coarse = np.ascontiguousarray(owner[::step, ::step])
        gaps = bake.Gaps.of(coarse >= 0)
        normal = maps.normal_map(height, coarse, corners, mesh.uv[mesh.faces], gaps)
    return Material(
        base_colour=colour, metallic_roughness=project.metallic_roughness(small), normal=normal
    )
