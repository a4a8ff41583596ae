"""A material for a mesh with UVs, from a function that colours points of its surface.

The bake modes: "fast" is base colour only, "pbr" adds a metallic-roughness map, "opt" also averages four points
a texel.
"""

from __future__ import annotations

from pipelines.geometry import bake, project
from pipelines.geometry.glb import Material


def material(mesh: bake.TexturedMesh, shader: bake.Shader, size: int, mode: str) -> Material:
    """Bake `shader`, RGB in 0..255, into textures of size x size px. `mode` is "pbr", "fast" or "opt"."""
    owner = bake.texel_faces(mesh.uv, mesh.faces, size)
    colour = bake.shade(mesh, owner, shader, offsets=bake.FOUR if mode == "opt" else bake.ONE)
    if mode == "fast":
        return Material(base_colour=colour)
    return Material(base_colour=colour, metallic_roughness=project.metallic_roughness(colour))
