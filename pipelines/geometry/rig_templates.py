"""Which skeleton a body gets: a figure's on two legs, an animal's on four, joints along its limbs, or a chain."""

from __future__ import annotations

from pipelines.geometry import chain, humanoid, quadruped, skeleton
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

# Voxels along the longest side. 64 is twice as fast and misses thin limbs.
RESOLUTION = 96


def skeleton_of(tree: Tree, face_count: int | None = None) -> Skeleton:
    """The skeleton of a body, of so many faces, Y up: by the first template that knows it, else along its medial paths,
    or a chain where there are no limbs."""
    known = humanoid.find(tree) or quadruped.find(tree)
    if known is not None:
        return known
    return chain.skeleton(tree) if chain.fits(tree, face_count) else skeleton.from_paths(tree)
