"""Which skeleton a body gets: that of a figure on two legs, of an animal on four, or joints along its limbs."""

from __future__ import annotations

from pipelines.geometry import humanoid, quadruped, skeleton
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

# Voxels along the longest side. 64 is twice as fast and misses thin limbs.
RESOLUTION = 96


def skeleton_of(tree: Tree) -> Skeleton:
    """The skeleton of a body, Y up, by the first template that knows it, else along its medial paths."""
    return humanoid.find(tree) or quadruped.find(tree) or skeleton.from_paths(tree)
