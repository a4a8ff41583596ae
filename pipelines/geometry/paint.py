"""A material for a mesh with UVs, from a function that colours points of its surface.

The bake modes: "fast" is base colour only, "pbr" adds a metallic-roughness map, "opt" also averages four points
a texel.
"""

from __future__ import annotations

from pipelines.geometry import bake, facets, project
from pipelines.geometry.glb import Material


def material(
    mesh: bake.TexturedMesh, shader: bake.Shader, size: int, mode: str, *, faceted: bool = False
) -> Material:
    """Bake `shader`, RGB in 0..255, into textures of size x size px. `mode` is "pbr", "fast" or "opt".

    `faceted` gives each face one colour, the mean of its own.
    """
    owner = bake.texel_faces(mesh.uv, mesh.faces, size)
    if faceted:
        colour = facets.texture(owner, facets.colours(mesh, shader))
    else:
        colour = bake.shade(mesh, owner, shader, offsets=bake.FOUR if mode == "opt" else bake.ONE)
    if mode == "fast":
        return Material(base_colour=colour)
    return Material(base_colour=colour, metallic_roughness=project.metallic_roughness(colour))
