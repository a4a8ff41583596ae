"""A skeleton that comes with a mesh: which of its joints pull at the skin, and how far the bones without a child reach.

Names, hierarchy and places stay; what is made here only serves the weights.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import skin_weights
from pipelines.geometry.skeleton import Skeleton
from pipelines.geometry.voxels import Solid

# Joints that help an animator and are named so by usual programs: targets of inverse kinematics, controls, places for
# a weapon; and marks at the end of a bone.
HELPER = re.compile(
    r"(?<![a-z])ik(?![a-z])|(?<=[a-z])IK(?![a-z])|(?<![a-z])IK|pole|control|ctrl|target|slot",
)
END = re.compile(r"(end|nub|tip)$", re.IGNORECASE)
# A root so far outside the body, as a share of its largest side, moves the whole and no skin of its own.
OUTSIDE = 0.04


def ready(skeleton: Skeleton, body: Solid) -> Skeleton:
    """The same skeleton with tails, and with the joints named that pull at nothing."""
    still = {name for name in skeleton.names if HELPER.search(name) or HELPER.search(name.lower())}
    still |= _outer_roots(skeleton, body)
    if len(still) == len(skeleton.names):
        still = set()
    parents = {
        skeleton.parents[row] for row, name in enumerate(skeleton.names) if name not in still
    }
    leaves = [
        row
        for row, name in enumerate(skeleton.names)
        if row not in parents and name not in still and not END.search(name)
    ]
    skeleton = replace(skeleton, still=frozenset(still))
    return replace(skeleton, tails=_reach(skeleton, leaves, body)) if leaves else skeleton


def _outer_roots(skeleton: Skeleton, body: Solid) -> set[str]:
    """Roots outside the body, and those below them that stand on the same spot or are as far out."""
    reach = OUTSIDE * float(np.ptp(body.points, axis=0).max())
    nearest = body.points[body.rows_at(skeleton.positions)]
    out = np.linalg.norm(nearest - skeleton.positions, axis=1) > reach
    found: set[int] = set()
    for row, parent in enumerate(skeleton.parents):
        if out[row] and (parent < 0 or parent in found):
            found.add(row)
    return {skeleton.names[row] for row in found}


def _reach(skeleton: Skeleton, rows: list[int], body: Solid) -> dict[str, NDArray[np.float64]]:
    """Where the bones of joints without a child end: twice as far as the middle of what lies nearer to the joint, on
    the way through the body, than to any other bone."""
    bare = replace(skeleton, tails={})
    bones = skin_weights.bones_of(bare)
    voxels, owner = skin_weights.sown(bones.segments, body)
    of_voxel = dict(zip(voxels.tolist(), (-1 - owner).tolist(), strict=True))
    of_voxel |= dict(zip(body.rows_at(skeleton.positions[rows]).tolist(), rows, strict=True))
    cells = skin_weights.owners(body, np.array(list(of_voxel)), np.array(list(of_voxel.values())))
    made = {}
    for row in rows:
        start, cell = skeleton.positions[row], body.points[cells == row]
        middle = cell.mean(axis=0) if len(cell) else start
        made[skeleton.names[row]] = start + 2.0 * (middle - start)
    return made


def moved(skeleton: Skeleton, by: NDArray) -> Skeleton:
    """The skeleton where a matrix (4, 4) takes it."""
    assert skeleton.matrices is not None  # noqa: S101 - one that was sent has them
    matrices = by @ skeleton.matrices
    return replace(skeleton, matrices=matrices, positions=matrices[:, :3, 3].copy())
