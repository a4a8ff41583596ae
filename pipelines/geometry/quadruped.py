"""An animal on four legs found in the medial paths of a body.

Looks for two pairs of thin legs, one well before the other, and for a head and neck beyond one of them, as deep as they
are wide. Turns away what only has four legs: a table has no head, the back of a chair is wide and flat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import quadruped_joints
from pipelines.geometry.body_frame import Frame, frame_of, pairs_of, stands_on
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

# Shares of the height: feet are tips no higher, pairs of feet at least so far before each other, a giraffe's too.
GROUND = 0.15
FEET_APART = 0.15
# Feet that walk mirror each other less well than hands do.
MIRROR = 0.15
# A head is thicker than a tail in the outer part of what lies beyond the legs, from this share of its reach on.
OUTER = 0.4
# Legs are at least so long a share of the height, and no thicker than this share of their length, half way.
SHORTEST_LEG = 0.15
THICKEST_LEG = 0.3
# The belly is at least so high above the ground, of the height.
LOWEST_BELLY = 0.1
# Legs in front and behind are as thick but for this factor: a cape behind a figure has corners, and they are no feet.
ALIKE = 2.5
# Head and neck take at least this share of the body, and reach forward at least so much for how wide they are, both
# measured as spread: backs of chairs and overhanging tops do by .2 and less, pigs by 1.
LEAST_HEAD = 0.03
REACHES_FORWARD = 0.5
# Two ends of which so much coincides when one is mirrored are those of a thing.
ALIKE_ENDS = 0.75
# The width of the strip along the middle in which belly and head are looked for, of the height.
MIDDLE = 0.1


@dataclass(frozen=True)
class Limbs:
    """Voxels of the feet, each pair with the one on the positive side of the axis first, and of the muzzle's tip and
    the tail's, -1 for none; 1 where the head lies along the axis, else -1; how high the belly is above the ground."""

    front: tuple[int, int]
    back: tuple[int, int]
    head: int
    tail: int
    looks: int
    belly: float


def find(tree: Tree) -> Skeleton | None:
    """The skeleton of an animal on four legs, Y up, or None where the body is none."""
    if len(tree.tips) < 4:
        return None
    for side, front in ((0, 2), (2, 0)):
        frame = frame_of(tree.points, side, front)
        limbs = _limbs(tree, frame)
        if limbs:
            return quadruped_joints.skeleton(tree, frame, limbs)
    return None


def _limbs(tree: Tree, frame: Frame) -> Limbs | None:
    points = tree.points
    feet = [
        pair
        for pair in pairs_of(tree, frame, MIRROR)
        if frame.above(points[list(pair)]).max() < GROUND * frame.height
    ]
    if len(feet) < 2:
        return None

    def place(pair: tuple[int, int]) -> float:
        return float(points[list(pair)][:, frame.front].mean())

    low, high = min(feet, key=place), max(feet, key=place)
    if place(high) - place(low) < FEET_APART * frame.height or set(low) & set(high):
        return None
    for pair, others in ((low, high), (high, low)):
        if not stands_on(tree, frame, pair, THICKEST_LEG, SHORTEST_LEG * frame.height, others):
            return None
    thick = sorted(max(_leg_depth(tree, foot) for foot in pair) for pair in (low, high))
    if thick[1] > ALIKE * thick[0]:
        return None
    belly = _belly(tree, frame, place(low), place(high))
    if belly < LOWEST_BELLY * frame.height:
        return None
    ends = {
        1: _beyond(tree, frame, place(high), 1, belly),
        -1: _beyond(tree, frame, place(low), -1, belly),
    }
    looks = max(ends, key=lambda way: _thickness(tree, frame, ends[way], way))
    if not _is_head(points[ends[looks]], frame, len(points)):
        return None
    if _alike(tree, frame, ends, (place(low) + place(high)) / 2.0):
        return None
    front, back = (high, low) if looks > 0 else (low, high)
    head = _foremost(tree, frame, ends[looks], looks)
    tail = _tail(tree, frame, ends[-looks], -looks, (*front, *back))
    if head < 0:
        return None
    return Limbs(front, back, head, tail, looks, belly)


def _leg_depth(tree: Tree, foot: int) -> float:
    """How deep the lower part of a leg is: of the way to a foot the middle of its last third."""
    way = tree.way(foot)
    return float(np.median(tree.depth[way[-max(2, len(way) // 3) :]]))


def _belly(tree: Tree, frame: Frame, low: float, high: float) -> float:
    """How high the lowest of the body is above the ground, on the middle plane between the legs."""
    along, across = tree.points[:, frame.front], np.abs(frame.across(tree.points))
    inner = (along > low + 0.25 * (high - low)) & (along < high - 0.25 * (high - low))
    rows = inner & (across < MIDDLE * frame.height)
    return float(np.quantile(frame.above(tree.points[rows]), 0.02)) if rows.any() else 0.0


def _beyond(tree: Tree, frame: Frame, legs: float, way: int, belly: float) -> NDArray[np.bool_]:
    """The voxels (v,) above the belly that lie before the legs of one end."""
    ahead = way * (tree.points[:, frame.front] - legs) > 0
    return np.asarray(ahead & (frame.above(tree.points) > 0.5 * belly))


def _thickness(tree: Tree, frame: Frame, part: NDArray, way: int) -> float:
    """How deep the outer part of one end is, but for its deepest tenth; 0 where nothing is there."""
    if not part.any():
        return 0.0
    reach = way * tree.points[part, frame.front]
    outer = reach >= reach.min() + OUTER * (reach.max() - reach.min())
    return float(np.quantile(tree.depth[part][outer], 0.9))


def _alike(tree: Tree, frame: Frame, ends: dict[int, NDArray[np.bool_]], middle: float) -> bool:
    """Whether one end is the other's mirror image: an animal has its head at one and its tail at the other."""
    one, other = tree.points[ends[1]], tree.points[ends[-1]].copy()
    if len(one) == 0 or len(other) == 0:
        return False
    other[:, frame.front] = 2.0 * middle - other[:, frame.front]
    near = 2.0 * tree.pitch
    shares = [
        (cKDTree(there).query(here)[0] <= near).mean()
        for here, there in ((one, other), (other, one))
    ]
    return bool(min(shares) > ALIKE_ENDS)


def _is_head(part: NDArray, frame: Frame, whole: int) -> bool:
    if len(part) < LEAST_HEAD * whole:
        return False
    forward, across = part[:, frame.front].std(), part[:, frame.side].std()
    return bool(forward >= REACHES_FORWARD * across)


def _foremost(tree: Tree, frame: Frame, part: NDArray, way: int) -> int:
    """The voxel near the middle plane that reaches farthest: the muzzle, which need not end a limb; -1 for none."""
    middle = np.abs(frame.across(tree.points)) < MIDDLE * frame.height
    rows = np.flatnonzero(part & middle & np.isfinite(tree.length))
    return int(rows[(way * tree.points[rows, frame.front]).argmax()]) if len(rows) else -1


def _tail(tree: Tree, frame: Frame, part: NDArray, way: int, feet: tuple[int, ...]) -> int:
    """The tip near the middle plane that reaches farthest back, -1 for none."""
    middle = np.abs(frame.across(tree.points)) < MIDDLE * frame.height
    tips = [tip for tip in tree.tips if tip not in feet and part[tip] and middle[tip]]
    return max(tips, key=lambda tip: float(way * tree.points[tip, frame.front]), default=-1)
