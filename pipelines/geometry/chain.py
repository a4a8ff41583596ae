"""A short chain of joints through the middle of a body that shows no limbs: a sheet, or a handful of faces.

Medial paths on such a body run side by side like the teeth of a comb, and joints along them would move nothing that
anybody could name.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

BONES = 4
# A body is a sheet where its voxels spread so little across it for how far they spread along it, and a comb where its
# paths have so many tips: squares, discs and waved sheets have 22 and more, a sword 4.
FLAT, COMB = 0.08, 12
# Fewer faces than this bend nowhere in between: pyramids and the like. A box has 12.
FEWEST_FACES = 12
# Sides of the box that differ by less than this share are equally long.
ALIKE = 0.05


def fits(tree: Tree, face_count: int | None = None) -> bool:
    """Whether a body, of so many faces, has no limbs that joints could follow."""
    if face_count is not None and face_count < FEWEST_FACES:
        return True
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(tree.points.T)), 0.0))
    return bool(len(tree.tips) >= COMB and spread[0] < FLAT * spread[2])


def skeleton(tree: Tree) -> Skeleton:
    """BONES joints, one after the other, along the longest side of the body's box; upward where that is as long."""
    box = np.ptp(tree.points, axis=0)
    axis = 1 if box[1] >= (1.0 - ALIKE) * box.max() else int(box.argmax())
    low = tree.points[:, axis].min()
    places = [
        _middle(tree, axis, low + share * box[axis]) for share in np.linspace(0, 1, BONES + 1)
    ]
    names = ("root", *(f"joint_{number:02d}" for number in range(1, BONES)))
    parents = tuple(range(-1, BONES - 1))
    return Skeleton(names, np.stack(places[:-1]), parents, "chain", {names[-1]: places[-1]})


def _middle(tree: Tree, axis: int, place: float) -> NDArray[np.float64]:
    """The voxel nearest to the middle of what lies at one place along an axis."""
    near = np.abs(tree.points[:, axis] - place)
    slab = tree.points[near <= near.min() + tree.pitch]
    middle = slab.mean(axis=0)
    return np.asarray(slab[np.linalg.norm(slab - middle, axis=1).argmin()])
