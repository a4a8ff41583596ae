"""The makers' baking: a box with a green texture, Y up as theirs is."""

from __future__ import annotations

from typing import Any

import numpy as np
import trimesh
from PIL import Image

from trellis import record


def to_glb(
    app_rep: Any,
    mesh: Any,
    simplify: float = 0.95,
    fill_holes: bool = True,
    fill_holes_max_size: float = 0.04,
    texture_size: int = 1024,
    debug: bool = False,
    verbose: bool = True,
) -> Any:
    record.call(
        "to_glb",
        simplify=round(simplify, 4),
        fill_holes=fill_holes,
        texture_size=texture_size,
        kinds=[type(app_rep).__name__, type(mesh).__name__],
    )
    box = trimesh.creation.box((0.2, 0.8, 0.4))
    picture = Image.new("RGB", (texture_size, texture_size), (0, 200, 0))
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=picture)
    uv = np.asarray(box.vertices)[:, :2] + 0.5
    visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    return trimesh.Trimesh(box.vertices, box.faces, visual=visual, process=False)
