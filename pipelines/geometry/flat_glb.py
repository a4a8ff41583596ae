"""A GLB without normals: by glTF's rule a viewer then shades every face flat, and no vertex has to be repeated.

So a body with hard edges looks right and is closed by its indices too, as tools that print or cut it want.
"""

from __future__ import annotations

from pathlib import Path

import trimesh
from numpy.typing import NDArray
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

GREY = (204, 204, 204, 255)


def write(path: Path, vertices: NDArray, faces: NDArray) -> int:
    """Write vertices (n, 3) m, Y up, and faces (m, 3) in plain grey. Returns the size in bytes."""
    grey = PBRMaterial(
        name="surface", baseColorFactor=GREY, metallicFactor=0.0, roughnessFactor=0.8
    )
    mesh = trimesh.Trimesh(vertices, faces, process=False, visual=TextureVisuals(material=grey))
    with path.open("wb") as file:
        mesh.export(file, file_type="glb", include_normals=False)
    return path.stat().st_size
