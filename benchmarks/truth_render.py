"""Real meshes as pictures of known direction: orthographic, coloured Lambert on a cut-out background.

Rays by Embree. Frame: Y up, right-handed, the front faces +Z.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from trimesh.ray.ray_pyembree import RayMeshIntersector

from pipelines.geometry.views import DIRECTIONS

SUFFIXES = {".obj", ".ply", ".stl", ".off", ".glb", ".gltf", ".npz"}
PICTURE_PX = 384
# A user's picture has some air around the object.
MARGIN = 0.04
LIGHT = np.array([-0.4, 0.65, 0.65]) / np.linalg.norm([-0.4, 0.65, 0.65])


def load(path: Path) -> trimesh.Trimesh:
    """A mesh file (`.npz` holds `vertices` and `faces`) as one mesh, wound outward, its box's centre at the origin."""
    if path.suffix == ".npz":
        data = np.load(path)
        mesh = trimesh.Trimesh(data["vertices"], data["faces"], process=False)
    else:
        mesh = trimesh.load(path, force="mesh", process=False)
    mesh = trimesh.Trimesh(np.asarray(mesh.vertices, np.float64), mesh.faces, process=True)
    if mesh.volume < 0:
        mesh.invert()
    mesh.apply_translation(-mesh.bounds.mean(axis=0))
    return mesh


def turned(mesh: trimesh.Trimesh, azimuth: float, elevation: float) -> trimesh.Trimesh:
    """The mesh as an eye sees it that stands `azimuth` degrees to the object's left (+X) and `elevation` above."""
    around, over = np.radians([-azimuth, elevation])
    turn = trimesh.transformations.rotation_matrix(over, [1, 0, 0]) @ (
        trimesh.transformations.rotation_matrix(around, [0, 1, 0])
    )
    moved = mesh.copy().apply_transform(turn)
    return moved.apply_translation(-moved.bounds.mean(axis=0))


def picture(mesh: trimesh.Trimesh, slot: str, name: str) -> NDArray[np.uint8]:
    """What is seen from the direction of a slot: (h, w, 4) uint8, its longer side PICTURE_PX. `name` picks a colour."""
    right, up, eye = (
        np.array(axis, np.float64)
        for axis in (DIRECTIONS[slot].right, DIRECTIONS[slot].up, DIRECTIONS[slot].eye)
    )
    places = mesh.vertices @ np.stack([right, up, eye], axis=1)
    low, high = places.min(0), places.max(0)
    margin = MARGIN * float((high - low)[:2].max())
    step = (float((high - low)[:2].max()) + 2 * margin) / PICTURE_PX
    across = np.arange(low[0] - margin, high[0] + margin, step) + step / 2
    down = np.arange(high[1] + margin, low[1] - margin, -step) - step / 2
    grid_x, grid_y = np.meshgrid(across, down)
    start = grid_x.reshape(-1, 1) * right + grid_y.reshape(-1, 1) * up + (high[2] + step) * eye
    caster = RayMeshIntersector(mesh, scale_to_box=False)
    face = caster.intersects_first(start, np.broadcast_to(-eye, start.shape))
    seen = face >= 0
    rgba = np.zeros((len(face), 4), np.uint8)
    rgba[seen, :3] = _shaded(mesh, face[seen], right, up, eye, name)
    rgba[seen, 3] = 255
    return rgba.reshape(*grid_x.shape, 4)


def _shaded(
    mesh: trimesh.Trimesh, face: NDArray, right: NDArray, up: NDArray, eye: NDArray, name: str
) -> NDArray[np.uint8]:
    """RGB (n, 3) uint8 of faces (n,): a colour of the name's own, lit from the upper left of the eye."""
    colour = np.random.default_rng(zlib.crc32(name.encode())).uniform(0.35, 1.0, 3)
    normals = mesh.face_normals[face]
    normals = normals * np.where(normals @ eye < 0, -1.0, 1.0)[:, None]
    light = LIGHT[0] * right + LIGHT[1] * up + LIGHT[2] * eye
    shade = 0.3 + 0.7 * np.clip(normals @ light, 0.0, 1.0)
    return np.rint(255.0 * shade[:, None] * colour).astype(np.uint8)
