"""A figure on two legs found in the medial paths of a body.

Looks for what mirrors itself: two feet on the ground, two hands, a head above. Turns away what is no such figure: four
legs, much depth, many limbs, legs too thick for their length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import humanoid_joints
from pipelines.geometry.body_frame import Frame, frame_of, own_length, pairs_of, stands_on
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

# Shares of the height. Feet are tips no higher than the first, hands no lower than the second and so far out.
GROUND = 0.13
LOWEST_HAND = 0.2
REACH = 0.12
# The figure is turned away where it is deeper or wider than this, or has more long limbs beside arms and legs.
MOST_DEPTH = 0.75
MOST_WIDTH = 1.6
LONG_LIMB = 0.22
MOST_OTHER_LIMBS = 3
# Legs are at least so long, and no thicker than this share of their length, half way: a fish on its tail has none.
SHORTEST_LEG = 0.15
THICKEST_LEG = 0.3
# A second pair of feet so far before or behind the first makes an animal on four.
FEET_APART = 0.25


def find(tree: Tree) -> Skeleton | None:
    """The skeleton of a figure on two legs, Y up, or None where the body is none."""
    if len(tree.tips) < 4:
        return None
    for side, front in ((0, 2), (2, 0)):
        frame = frame_of(tree.points, side, front)
        if _too_bulky(tree.points, frame):
            continue
        limbs = _limbs(tree, frame)
        if limbs:
            return humanoid_joints.skeleton(tree, frame, *limbs)
    return None


def _too_bulky(points: NDArray, frame: Frame) -> bool:
    box = np.ptp(points, axis=0)
    deep = box[frame.front] > MOST_DEPTH * frame.height
    return bool(deep or box[frame.side] > MOST_WIDTH * frame.height)


def _limbs(
    tree: Tree, frame: Frame
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, ...]] | None:
    """The voxels of both feet, of both hands, and of the tips of other long limbs, or None."""
    points, height = tree.points, frame.height
    pairs = pairs_of(tree, frame)
    feet = [pair for pair in pairs if frame.above(points[list(pair)]).max() < GROUND * height]
    hands = [
        pair
        for pair in pairs
        if frame.above(points[list(pair)]).min() > LOWEST_HAND * height
        and np.abs(frame.across(points[list(pair)])).min() > REACH * height
    ]
    if not feet or not hands:
        return None
    apart = max(feet, key=lambda pair: float(tree.length[list(pair)].min()))
    # Hands reach farther to the sides than ears do, though the way to an ear may be longer.
    reach = max(hands, key=lambda pair: float(np.abs(frame.across(points[list(pair)])).min()))
    if _walks_on_four(points, frame, feet, apart):
        return None
    if not stands_on(tree, frame, apart, THICKEST_LEG, SHORTEST_LEG * height):
        return None
    others = [tip for tip in tree.tips if tip not in (*apart, *reach)]
    crown = [tip for tip in others if _on_the_head(points[tip], frame, points[list(reach)])]
    long = [
        tip
        for tip in others
        if tip not in crown and own_length(tree, tip, (*apart, *reach)) > LONG_LIMB * height
    ]
    # Of what is on the head only what is long by itself counts as a limb: an octopus has arms there.
    arms = [
        tip
        for tip in crown
        if own_length(tree, tip, tuple(set(tree.tips) - {tip})) > LONG_LIMB * height
    ]
    if len(long) + len(arms) > MOST_OTHER_LIMBS:
        return None
    return apart, reach, tuple(long)


def _on_the_head(point: NDArray, frame: Frame, hands: NDArray) -> bool:
    """Whether a tip is an ear, a horn, hair or the brim of a hat, of which there may be many: above the hands and less
    than half as far out."""
    out = abs(float(frame.across(point))) < 0.5 * np.abs(frame.across(hands)).min()
    return bool(out and frame.above(point) > frame.above(hands).max())


def _walks_on_four(
    points: NDArray, frame: Frame, feet: list[tuple[int, int]], chosen: tuple[int, int]
) -> bool:
    """Whether another pair of feet stands well before or behind the chosen one."""
    there = points[list(chosen)][:, frame.front].mean()
    return any(
        abs(points[list(pair)][:, frame.front].mean() - there) > FEET_APART * frame.height
        for pair in feet
    )
