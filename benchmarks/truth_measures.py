"""How near one mesh is to another: Chamfer distance, F-score at 5 %, volume IoU; and the controls to beat.

Both meshes are first brought into one frame. It is fixed by what the pictures show (the longest side of their outlines
is 1, boxes centred), never by what they do not: the size of an outline must not tell how deep an object is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree
from trimesh.ray.ray_pyembree import RayMeshIntersector

from pipelines.geometry import inflate, solid
from pipelines.geometry.matting import Cutout

SAMPLES = 12_000
NEAR = 0.05
# Cells a unit side of the volume comparison.
CELLS = 32
SLAB_THICKNESS = 0.3
CONTROL_PX = 96


@dataclass(frozen=True)
class Score:
    """chamfer: mean distance of both directions, share of the frame's side; f5, iou of volumes and outline (the IoU of
    the front's outline with the picture's) in 0..1; cpu_s of making it."""

    chamfer: float
    f5: float
    iou: float
    outline: float
    watertight: bool
    cpu_s: float


def framed(mesh: trimesh.Trimesh, axes: Sequence[int]) -> trimesh.Trimesh:
    """The mesh centred, its longest side among `axes` (those that the pictures show) 1 long."""
    moved = mesh.copy().apply_translation(-mesh.bounds.mean(axis=0))
    return moved.apply_scale(1.0 / float(moved.extents[list(axes)].max()))


def compare(made: trimesh.Trimesh, truth: trimesh.Trimesh, front: Cutout, cpu_s: float) -> Score:
    """Both in one frame, and the front's picture. Watertight is trimesh's word: every edge has two faces."""
    first, second = (_samples(mesh) for mesh in (made, truth))
    there, _ = cKDTree(second).query(first)
    back, _ = cKDTree(first).query(second)
    precision, recall = float((there < NEAR).mean()), float((back < NEAR).mean())
    f5 = 2 * precision * recall / max(precision + recall, 1e-9)
    one, other = _filled(made), _filled(truth)
    iou = float((one & other).sum() / max((one | other).sum(), 1))
    chamfer = float(there.mean() + back.mean()) / 2.0
    outline = outline_iou(made, front.mask)
    return Score(chamfer, f5, iou, outline, bool(made.is_watertight), cpu_s)


def _samples(mesh: trimesh.Trimesh) -> NDArray[np.float64]:
    points, _ = trimesh.sample.sample_surface(mesh, SAMPLES, seed=0)
    return np.asarray(points)


def _filled(mesh: trimesh.Trimesh) -> NDArray[np.bool_]:
    """Cells of a cube of side 2.5 about the origin that are inside, by the vote of rays along the three axes."""
    middle = (np.arange(-1.25, 1.25, 1.0 / CELLS) + 0.5 / CELLS).astype(np.float64)
    votes = np.zeros((len(middle),) * 3, np.int64)
    caster = RayMeshIntersector(mesh, scale_to_box=False)
    for axis in range(3):
        votes += np.moveaxis(_along(mesh, caster, axis, middle), 2, axis)
    return votes >= 2


def _along(
    mesh: trimesh.Trimesh, caster: RayMeshIntersector, axis: int, middle: NDArray
) -> NDArray[np.bool_]:
    """Inside or not by counting the ways in and out along one axis: (other, other, axis)."""
    others = [index for index in range(3) if index != axis]
    starts = np.zeros((len(middle) ** 2, 3))
    # A hair off the lattice: rays that run along edges of a mesh made of voxels are counted twice.
    for other, places in zip(others, np.meshgrid(middle, middle, indexing="ij"), strict=True):
        starts[:, other] = places.reshape(-1) + 1.7e-4 * (1 + other)
    low, high = mesh.bounds
    starts[:, axis] = low[axis] - 0.1
    near = ((starts >= low) & (starts <= high))[:, others].all(axis=1)
    way = np.eye(3)[axis]
    rays = np.flatnonzero(near)
    change = np.zeros((len(starts), len(middle) + 1))
    face, ray, hits = caster.intersects_id(
        starts[rays], np.tile(way, (len(rays), 1)), multiple_hits=True, return_locations=True
    )
    if len(face):
        cell = np.clip(np.searchsorted(middle, hits[:, axis]), 0, len(middle))
        step = np.where(mesh.face_normals[face][:, axis] < 0, 1.0, -1.0)
        np.add.at(change, (rays[ray], cell), step)
    inside = np.cumsum(change, axis=1)[:, :-1] > 0
    return inside.reshape((len(middle),) * 3)


def slab(cutout: Cutout) -> trimesh.Trimesh:
    """The outline as a flat piece: what knows nothing of depth."""
    outline = _outline(cutout)
    half = SLAB_THICKNESS * CONTROL_PX / 2.0
    levels = np.arange(-np.ceil(half) - 3, np.ceil(half) + 4, dtype=np.float32)
    return _meshed(np.minimum(outline[..., None], half - np.abs(levels)))


def poisson(cutout: Cutout) -> trimesh.Trimesh:
    """Poisson inflation: half thickness sqrt(u), where u has Laplacian -4 inside the outline and is 0 on it."""
    outline = _outline(cutout)
    inside = outline > 0
    number = np.cumsum(inside).reshape(inside.shape) - 1
    rows, cols = np.nonzero(inside)
    size = len(rows)
    matrix = sparse.lil_matrix((size, size))
    matrix.setdiag(4.0)
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        beside = inside[rows + down, cols + right]
        matrix[np.flatnonzero(beside), number[rows + down, cols + right][beside]] = -1.0
    half = np.zeros(outline.shape)
    half[inside] = np.sqrt(np.maximum(spsolve(matrix.tocsc(), np.full(size, 4.0)), 0.0))
    reach = float(np.ceil(half.max())) + 3
    levels = np.arange(-reach, reach + 1)
    # About a distance: the difference of squares over twice the half thickness.
    field = (half[..., None] ** 2 - levels**2) / (2.0 * np.maximum(half, 2.0))[..., None]
    return _meshed(np.minimum(field, np.maximum(outline, -4.0)[..., None]))


def _outline(cutout: Cutout) -> NDArray[np.float32]:
    rows, cols = solid.grid_size(*cutout.mask.shape, CONTROL_PX)
    return inflate.signed_outline(cutout.mask, rows, cols, solid.PAD)


def _meshed(field: NDArray) -> trimesh.Trimesh:
    vertices, faces = solid.surface(np.ascontiguousarray(field, np.float32))
    return trimesh.Trimesh(vertices, faces, process=False)


def outline_iou(mesh: trimesh.Trimesh, mask: NDArray[np.bool_]) -> float:
    """What a tight mask (h, w) bool and the mesh as seen from the front, its box laid over the mask, have in common."""
    rows, cols = mask.shape
    low, high = mesh.bounds
    x = low[0] + (np.arange(cols) + 0.5) / cols * (high - low)[0]
    y = high[1] - (np.arange(rows) + 0.5) / rows * (high - low)[1]
    places = np.stack([*np.meshgrid(x, y), np.full((rows, cols), high[2] + 0.1)], axis=-1)
    caster = RayMeshIntersector(mesh, scale_to_box=False)
    starts = places.reshape(-1, 3)
    ways = np.broadcast_to([0.0, 0.0, -1.0], starts.shape)
    shown = (caster.intersects_first(starts, ways) >= 0).reshape(mask.shape)
    return float((shown & mask).sum() / max((shown | mask).sum(), 1))
