"""Finishes onto a mesh: each part's material, colour and gloss, baked into base colour and metallic-roughness maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb
from pipelines.geometry.materials.registry import Look, Surface, materials
from pipelines.geometry.materials.style import PLAIN, Style, styled
from pipelines.geometry.views import box_of
from pipelines.words.colours import shaded
from pipelines.words.finish import Finish

# Gloss and metal change slowly over a surface: half the resolution is not seen, and costs a quarter of the time.
GLOSS_SHARE = 2
FEWEST_GLOSS_PX = 256
NO_MATERIAL = "paint"


@dataclass(frozen=True)
class Shaded:
    """Answers the bake with the finish of each point's part.

    A point has four coordinates: x, y, z in the mesh's unit and, last, the index of its part.
    """

    finishes: Sequence[Finish]
    origin: NDArray[np.float64]
    unit_m: float
    style: Style
    channel: str

    def colours(
        self, points: NDArray[np.float32], normals: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """points (n, 4), unit normals (n, 3) -> RGB, or roughness in green and metalness in blue, 0..255: (n, 3)."""
        part = np.rint(points[:, 3]).astype(np.int64)
        places = ((points[:, :3] - self.origin) / self.unit_m).astype(np.float32)
        result = np.zeros((len(points), 3), np.float32)
        for index in np.unique(part):
            rows = np.flatnonzero(part == index)
            look = look_of(self.finishes[index], places[rows], normals[rows], self.style)
            if self.channel == "colour":
                result[rows] = look.rgb * 255.0
            else:
                result[rows, 1] = np.clip(look.roughness, 0.04, 1.0) * 255.0
                result[rows, 2] = np.clip(look.metalness, 0.0, 1.0) * 255.0
        return result


def look_of(
    finish: Finish, points: NDArray[np.float32], normals: NDArray[np.float32], style: Style
) -> Look:
    """What a finish looks like at points (n, 3), the object's longest side being 1, with normals (n, 3)."""
    row = materials()[finish.material or NO_MATERIAL]
    accent = None if finish.accent is None else np.asarray(finish.accent, np.float32)
    at = Surface(points, normals, plain=style in PLAIN, accent=accent)
    colour = shaded(finish.colour or row.colour, finish.shade)
    look = styled(row.make(at, np.asarray(colour, np.float32)), at, style)
    rgb = np.clip(look.rgb, 0.0, 1.0)
    if finish.roughness is not None:
        return Look(rgb, finish.roughness, look.metalness)
    return Look(rgb, look.roughness, look.metalness)


def baked(
    mesh: bake.TexturedMesh,
    finishes: Sequence[Finish],
    *,
    part_of_face: NDArray[np.int64] | None = None,
    texture_px: int,
    style: Style,
    mode: str,
    pattern_scale: float = 1.0,
    seed: int = 0,
) -> glb.Material:
    """Textures of texture_px x texture_px for a mesh whose vertices belong to one part each.

    part_of_face (m,) indexes `finishes`; without it all is of the first. `mode`: "fast" base colour only, "pbr" with
    metallic-roughness, "opt" with four samples a texel too. The seed shifts the pattern.
    """
    part = np.zeros(len(mesh.vertices))
    if part_of_face is not None:
        part[mesh.faces] = part_of_face[:, None]
    box = box_of(mesh.vertices[mesh.faces.reshape(-1)])
    shift = np.random.default_rng(seed).uniform(-5.0, 5.0, 3) if seed else np.zeros(3)
    unit_m = float(max(box.size.max(), 1e-30)) * pattern_scale
    origin = box.centre - shift * unit_m
    # The part rides along as a fourth coordinate: it is the same in all corners of a face.
    marked = bake.TexturedMesh(
        np.column_stack([mesh.vertices, part]), mesh.faces, mesh.uv, mesh.corner_normals
    )

    def image(channel: str, size: int) -> NDArray[np.uint8]:
        owner = bake.texel_faces(mesh.uv, mesh.faces, size)
        shader = Shaded(finishes, origin, unit_m, style, channel)
        offsets = bake.FOUR if mode == "opt" and channel == "colour" else bake.ONE
        return bake.shade(marked, owner, shader.colours, offsets=offsets)

    if mode == "fast":
        return glb.Material(base_colour=image("colour", texture_px))
    gloss = image("gloss", max(texture_px // GLOSS_SHARE, FEWEST_GLOSS_PX))
    return glb.Material(base_colour=image("colour", texture_px), metallic_roughness=gloss)
