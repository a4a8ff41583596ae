"""A tree of joints along the medial paths of a body: at the root, where limbs branch, bend and end.

For any shape; a figure on two legs has a better way in `humanoid`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.geometry.medial import Tree

# A joint where a path leaves the straight line by this share of the longest side.
BEND = 0.025
# A bone longer than this share gets a joint in its middle, one shorter than the other is joined with its neighbour.
LONGEST_BONE = 0.22
SHORTEST_BONE = 0.03
# A branch nearer to a joint than this share of the body's depth there begins at that joint.
SNAP = 0.8


@dataclass(frozen=True)
class Skeleton:
    """names; positions (j, 3) in the frame of the mesh; parents (j,), -1 for the root, always before their children.

    tails: where the bones of joints without a child end, (3,), by name; one that is not named there has none. still:
    names of the joints that pull at no skin. matrices (j, 4, 4): from each joint's frame to the mesh's, of a skeleton
    whose joints are turned; None where they are only moved.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    parents: tuple[int, ...]
    kind: str
    tails: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    still: frozenset[str] = frozenset()
    matrices: NDArray[np.float64] | None = None

    @property
    def bones(self) -> NDArray[np.int64]:
        """Pairs (b, 2) of joints, parent and child."""
        rows = [(parent, child) for child, parent in enumerate(self.parents) if parent >= 0]
        return np.asarray(rows, np.int64).reshape(-1, 2)


def named(
    chains: Sequence[tuple[str, str, Sequence[NDArray]]],
    kind: str,
    tails: Mapping[str, NDArray] | None = None,
) -> Skeleton:
    """A skeleton of chains: the joint that each hangs on ("" for the root's), its names in one string, its points."""
    rows: dict[str, tuple[NDArray, str]] = {}
    for first, words, points in chains:
        above = first
        for name, point in zip(words.split(), points, strict=True):
            rows[name] = (point, above)
            above = name
    row_of = {name: index for index, name in enumerate(rows)} | {"": -1}
    return Skeleton(
        names=tuple(rows),
        positions=np.stack([point for point, _ in rows.values()]),
        parents=tuple(row_of[above] for _, above in rows.values()),
        kind=kind,
        tails=dict(tails or {}),
    )


def from_paths(tree: Tree) -> Skeleton:
    """The skeleton of a medial tree. A body without limbs gets a root and one joint at its farthest end."""
    size = float(np.ptp(tree.points, axis=0).max())
    parent_of: dict[int, int] = {tree.root: -1}
    place: dict[int, NDArray] = {tree.root: tree.points[tree.root]}
    on_tree: dict[int, int] = {
        tree.root: tree.root
    }  # each voxel of a path to the joint at or before it
    for tip in tree.tips or (int(np.where(np.isfinite(tree.length), tree.length, -1).argmax()),):
        way = tree.way(tip)
        line = _smooth(tree.points[way])
        fork = max(row for row, voxel in enumerate(way) if voxel in on_tree)
        start = _start(tree, way, line, fork, on_tree, parent_of, place)
        joints = [row for row in _bends(line, fork, BEND * size, LONGEST_BONE * size) if row > fork]
        last = start
        for row in joints:
            short = np.linalg.norm(line[row] - place[last]) < SHORTEST_BONE * size
            if short and row != len(way) - 1:
                continue
            voxel = way[row]
            parent_of[voxel], place[voxel] = last, line[row]
            last = voxel
        _mark(way, fork, parent_of, on_tree, start)
    return _ordered(parent_of, place)


def _start(
    tree: Tree,
    way: list[int],
    line: NDArray,
    fork: int,
    on_tree: dict[int, int],
    parent_of: dict[int, int],
    place: dict[int, NDArray],
) -> int:
    """The joint from which a branch grows: one that is near the fork, else a new one set into the bone there."""
    before = on_tree[way[fork]]
    after = [
        joint
        for joint, parent in parent_of.items()
        if parent == before and _passes(tree, joint, way[fork])
    ]
    reach = SNAP * tree.depth[way[fork]]
    near = [
        joint for joint in [before, *after] if np.linalg.norm(place[joint] - line[fork]) <= reach
    ]
    if near:
        return min(near, key=lambda joint: float(np.linalg.norm(place[joint] - line[fork])))
    voxel = way[fork]
    parent_of[voxel], place[voxel] = before, line[fork]
    for joint in after:
        parent_of[joint] = voxel
        for step in tree.way(joint):
            if on_tree.get(step) == before and tree.length[step] >= tree.length[voxel]:
                on_tree[step] = voxel
    on_tree[voxel] = voxel
    return voxel


def _passes(tree: Tree, joint: int, voxel: int) -> bool:
    return voxel in tree.way(joint)


def _mark(
    way: list[int], fork: int, parent_of: dict[int, int], on_tree: dict[int, int], start: int
) -> None:
    current = start
    for voxel in way[fork + 1 :]:
        if voxel in parent_of:
            current = voxel
        on_tree[voxel] = current


def _smooth(line: NDArray) -> NDArray[np.float64]:
    """A path of voxels without its steps; both ends stay."""
    if len(line) < 5:
        return np.asarray(line, np.float64)
    smooth = ndimage.gaussian_filter1d(line, 2.0, axis=0, mode="nearest")
    smooth[0], smooth[-1] = line[0], line[-1]
    return np.asarray(smooth)


def _bends(line: NDArray, first: int, tolerance: float, longest: float) -> list[int]:
    """Rows of a path (n, 3) for joints: bends by Douglas and Peucker, the middles of long bones, the end."""
    kept, todo = {len(line) - 1}, [(first, len(line) - 1)]
    while todo:
        low, high = todo.pop()
        if high - low < 2:
            continue
        chord = line[high] - line[low]
        length = float(np.linalg.norm(chord))
        offset = line[low : high + 1] - line[low]
        share = np.clip(offset @ chord / max(length**2, 1e-300), 0.0, 1.0)
        away = np.linalg.norm(offset - share[:, None] * chord, axis=1)
        cut = low + int(away.argmax())
        if away.max() <= tolerance:
            if length <= longest:
                continue
            cut = (low + high) // 2
        kept.add(cut)
        todo += [(low, cut), (cut, high)]
    return sorted(kept)


def _ordered(parent_of: dict[int, int], place: dict[int, NDArray]) -> Skeleton:
    """Joints with parents before children."""
    children: dict[int, list[int]] = {}
    for joint, parent in parent_of.items():
        children.setdefault(parent, []).append(joint)
    order: list[int] = []
    todo = list(children[-1])
    while todo:
        joint = todo.pop(0)
        order.append(joint)
        todo += children.get(joint, [])
    row = {joint: index for index, joint in enumerate(order)} | {-1: -1}
    return Skeleton(
        names=("root", *(f"joint_{index:02d}" for index in range(1, len(order)))),
        positions=np.stack([place[joint] for joint in order]),
        parents=tuple(row[parent_of[joint]] for joint in order),
        kind="medial",
    )
