"""The 22 joints of a figure on two legs, once its feet and hands are known.

Names and hierarchy are those of Mixamo's skeleton without fingers and without the marks at the ends of its bones, which
move nothing. Where the shape shows a joint it is taken from the
shape: the crotch, the neck's narrowest place, where an arm comes out of the trunk. Where it does not, shares of a limb
stand in: between those of people (Drillis and Contini, 1966) and those of usual rigs, whose wrists lie further in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.body_frame import (
    Frame,
    along,
    at_height,
    fork,
    limb_joints,
    numbered,
    shares,
)
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton, named

# Of the length of an arm from its joint to the fingertips.
ELBOW, WRIST = 0.37, 0.73
# An arm's joint lies where the way is so much deeper than half way along the arm, at most so far along it, ...
TRUNK_DEPTH = 1.6
SHOULDER_BETWEEN = 0.1, 0.4
# ... and the collar's at this share of its distance from the middle.
COLLAR = 0.35
# Of the height of the arms' joints above the ground: hips of people, and how much lower they are for each share of the
# figure that its head takes more than people's: children and toys have short legs. Hips found farther below or above
# than this are a skirt's hem or a coat's, and not believed.
HIPS_USUAL, HIPS_LOWEST = 0.65, 0.4
PEOPLES_HEAD = 0.2
SHORTER_LEGS = 0.8
HIPS_BELIEVED = -0.1, 0.13
# Hips above the crotch, of the height; legs start a little lower than the hips.
ABOVE_CROTCH = 0.02, 0.09
LEG_BELOW_HIPS = 0.02
# Of the height: an ankle; of the length from ankle to toes: the ball of the foot.
ANKLE = 0.055
BALL = 0.6
# The neck's joint lies at this share of the way from the arms to the head's, which is where the neck is narrowest.
NECK = 0.45
# The narrowest place is looked for up to this share of the way from the arms to the top.
NECK_BELOW = 0.6
ARM = "Shoulder Arm ForeArm Hand"
LEG = "UpLeg Leg Foot ToeBase"
# A limb that hangs on one of these, no farther aside than this share of the height, is called a tail.
TAIL_ASIDE = 0.06
LOWER = ("Hips", "Spine", "LeftUpLeg", "RightUpLeg")
TRUNK = "Hips Spine Spine1 Spine2 Neck Head"


def skeleton(
    tree: Tree,
    frame: Frame,
    feet: tuple[int, int],
    hands: tuple[int, int],
    others: tuple[int, ...] = (),
) -> Skeleton:
    """The 22 joints, and some along each of the other limbs. The first of each pair is on the positive side."""
    arms = [_arm(tree, frame, hand) for hand in hands]
    chest = min(float(np.mean([frame.above(arm[1]) for arm in arms])), 0.92 * frame.height)
    hips = _hips_height(tree, frame, feet, chest)
    chest = max(chest, hips + 0.1 * frame.height)
    legs = [_leg(tree, frame, foot, hips) for foot in feet]
    trunk = _trunk(tree, frame, hips, chest)
    left_first = _faces_forward(frame, legs)
    sides = ("Left", "Right") if left_first else ("Right", "Left")
    tails = {"Head": trunk.pop()}
    chains = [("", TRUNK, trunk)]
    for words, limb, first in ((ARM, arms, "Spine2"), (LEG, legs, "Hips")):
        for side, points in zip(sides, frame.evened(*limb), strict=True):
            joints = [side + word for word in words.split()]
            tails[joints[-1]] = points.pop()
            chains.append((first, " ".join(joints), points))
    for tip in others:
        way = tree.way(tip)
        start = max(fork(way, tree.way(known)) for known in (*feet, *hands))
        above, words, points, end = _other(tree, frame, way[start:], _places(chains))
        chains.append((above, words, points))
        tails[words.split()[-1]] = end
    return named(chains, "humanoid", tails)


def _places(chains: list[tuple[str, str, list[NDArray]]]) -> dict[str, NDArray]:
    """Where each joint of some chains is, by name."""
    return {
        name: point
        for _, words, points in chains
        for name, point in zip(words.split(), points, strict=True)
    }


def _other(
    tree: Tree, frame: Frame, way: list[int], joints: dict[str, NDArray]
) -> tuple[str, str, list[NDArray], NDArray]:
    """The chain of a tail, a wing or what a hand holds, on the joint that is nearest to where it leaves the rest, and
    its tip. `joints` are those that there are."""
    points, end = limb_joints(tree, way)
    above = min(joints, key=lambda name: float(np.linalg.norm(joints[name] - points[0])))
    aside = abs(float(frame.across(points[0])))
    is_tail = above in LOWER and aside < TAIL_ASIDE * frame.height and "Tail" not in joints
    if is_tail:
        return above, numbered("Tail", len(points)), points, end
    limb = f"Limb{1 + sum(name.startswith('Limb') and name.endswith('_1') for name in joints)}"
    words = " ".join(f"{limb}_{number}" for number in range(1, len(points) + 1))
    return above, words, points, end


def _hips_height(tree: Tree, frame: Frame, feet: tuple[int, int], chest: float) -> float:
    """How high the hips are: a little above the crotch; without one, where the ways to the feet part."""
    ways = [tree.way(foot) for foot in feet]
    found = float(frame.above(tree.points[ways[0][fork(*ways)]]))
    slab = np.abs(frame.across(tree.points)) < 0.012 * frame.height + 0.6 * tree.pitch
    heights = np.sort(frame.above(tree.points[slab]))
    high = heights[heights > 0.08 * frame.height]
    crotch = float(high[0]) if len(high) and (heights < 0.08 * frame.height).sum() == 0 else 0.0
    if crotch > 0.15 * frame.height:
        lowest, highest = (crotch + share * frame.height for share in ABOVE_CROTCH)
        found = float(np.clip(found, lowest, highest))
    head = 1.0 - chest / frame.height
    usual = max(HIPS_USUAL - SHORTER_LEGS * max(head - PEOPLES_HEAD, 0.0), HIPS_LOWEST)
    off = found / chest - usual
    return found if HIPS_BELIEVED[0] < off < HIPS_BELIEVED[1] else usual * chest


def _leg(tree: Tree, frame: Frame, foot: int, hips: float) -> list[NDArray]:
    """Upper leg, knee, ankle, ball and toes of one side."""
    line = tree.points[tree.way(foot)]
    start = hips - LEG_BELOW_HIPS * frame.height
    below = np.flatnonzero(frame.above(line) < start)
    # From where the way goes down for good: before, it may have crossed the hips from above.
    line = line[int(below[0]) if len(below) else len(line) // 2 :]
    high = np.flatnonzero(frame.above(line) > ANKLE * frame.height)
    ankle = int(high[-1]) if len(high) else 0
    # Near the fork the way still comes from the middle of the body; a little lower it is in the leg.
    upper = along(line[: ankle + 1], 0.2)
    upper[1] = frame.ground + start
    knee = at_height(line[: ankle + 1], (upper[1] + line[ankle][1]) / 2.0)
    return [upper, knee, line[ankle], along(line[ankle:], BALL), line[-1]]


def _arm(tree: Tree, frame: Frame, hand: int) -> list[NDArray]:
    """Collar, shoulder, elbow, wrist and fingertips of one side."""
    way = tree.way(hand)
    line = tree.points[way]
    inner = np.flatnonzero(np.abs(frame.across(line)) < 0.03 * frame.height)
    start = int(inner[-1]) if len(inner) else 0
    line, depth = line[start:], tree.depth[way][start:]
    share, length = shares(line), float(tree.length[hand] - tree.length[way[start]])
    thin = float(np.median(depth[share > 0.5]))
    thick = np.flatnonzero((depth > TRUNK_DEPTH * thin) & (share < 0.5))
    # The joint lies inside the trunk by the thickness of the arm.
    out = share[thick[-1]] - thin / max(length, 1e-12) if len(thick) else 0.2
    at = float(np.clip(out, *SHOULDER_BETWEEN))
    shoulder = along(line, at)
    collar = shoulder.copy()
    collar[frame.side] = frame.middle + COLLAR * frame.across(shoulder)
    elbow, wrist = (along(line, at + part * (1.0 - at)) for part in (ELBOW, WRIST))
    return [collar, shoulder, elbow, wrist, line[-1]]


def _trunk(tree: Tree, frame: Frame, hips: float, chest: float) -> list[NDArray]:
    """Hips, three of the spine, neck, head and the top of it, on the middle plane, inside the body."""
    head = _head_height(tree, frame, chest)
    neck = chest + NECK * (head - chest)
    heights = [*np.linspace(hips, chest - 0.02 * frame.height, 4), neck, head, 0.99 * frame.height]
    slab = np.abs(frame.across(tree.points)) < 0.1 * frame.height
    core, above, depth = tree.points[slab], frame.above(tree.points[slab]), tree.depth[slab]
    points = []
    for height in heights:
        near = np.abs(above - height) < 0.03 * frame.height
        near = near if near.any() else np.ones(len(core), bool)
        point = np.zeros(3)
        point[frame.side] = frame.middle
        point[1] = frame.ground + height
        # Depth squared: hair and a cape weigh little beside the trunk.
        point[frame.front] = np.average(core[near, frame.front], weights=depth[near] ** 2)
        points.append(point)
    return points


def _head_height(tree: Tree, frame: Frame, chest: float) -> float:
    """Where the body is narrowest between the arms and the middle of the head: the base of the skull."""
    total, pitch = frame.height, tree.pitch
    above, across = frame.above(tree.points), np.abs(frame.across(tree.points))
    heights = np.arange(chest + 0.03 * total, chest + NECK_BELOW * (total - chest), pitch)
    if len(heights) == 0:
        return chest + 0.3 * (total - chest)
    widths = [across[np.abs(above - h) <= 0.75 * pitch].max(initial=0.0) for h in heights]
    return float(heights[int(np.argmin(widths))]) + 0.01 * total


def _faces_forward(frame: Frame, legs: list[list[NDArray]]) -> bool:
    """Whether the positive side of the axis is the figure's left: by its toes; without, it looks along the axis."""
    toes = float(np.mean([leg[-1][frame.front] - leg[2][frame.front] for leg in legs]))
    looks = 1.0 if toes > -0.02 * frame.height else -1.0
    # The left of one who looks to +Z is +X; of one who looks to +X it is -Z.
    return (looks > 0) == (frame.side == 0)
