"""The joints of an animal on four legs, once its feet, its muzzle and its tail are known.

Trunk, neck and tail follow the shape. In the legs the shape shows little; the joints stand where they do in horses,
dogs, cattle and giraffes, which differ less in the height of a joint than in anything else: a back leg's knee at 3/4 of
the height of the hip, its hock below the half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.body_frame import Frame, along, at_height, limb_joints, numbered, shares
from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton, named

if TYPE_CHECKING:
    from pipelines.geometry.quadruped import Limbs

# Of the height of a leg's first joint above the ground: knee, hock and toe behind; elbow, wrist and toe in front.
BACK_HEIGHTS = 0.74, 0.45, 0.12
FRONT_HEIGHTS = 0.82, 0.5, 0.15
# A shoulder lies so much of the way from the belly to the spine.
SHOULDER_UP = 0.5
# Of the largest side: one joint for each such stretch of neck.
NECK_STRETCH = 0.12
MOST_NECK = 4
# The first of a neck lies at this share of a stretch.
NECK_BEGINS = 0.35
# The head's joint is looked for in this part of the way from the withers to the muzzle; where nothing bends there, it
# lies at the last.
HEAD_BETWEEN = 0.45, 0.85
HEAD_USUAL = 0.65
BEND = 0.06
# Of the height: how far below the hips a tail may begin.
HANGS = 0.1
LEG = "UpLeg Leg Foot Toe"
SPINE = "Hips Spine Spine1 Spine2"


def skeleton(tree: Tree, frame: Frame, limbs: Limbs) -> Skeleton:
    """Trunk, neck, head, four legs, and a tail where there is one."""
    spine = _spine(tree, frame, limbs)
    chains: list[tuple[str, str, list[NDArray]]] = [("", SPINE, spine)]
    neck, muzzle = _neck(tree, frame, limbs, spine[-1])
    tails = {"Head": muzzle}
    chains.append(("Spine2", numbered("Neck", len(neck) - 1) + " Head", neck))
    left_first = (limbs.looks > 0) == (frame.side == 0)
    sides = ("Left", "Right") if left_first else ("Right", "Left")
    for word, feet, heights, top, above in (
        ("Front", limbs.front, FRONT_HEIGHTS, spine[-1], "Spine2"),
        ("Back", limbs.back, BACK_HEIGHTS, spine[0], "Hips"),
    ):
        first = float(frame.above(top))
        if word == "Front":
            first = limbs.belly + SHOULDER_UP * (first - limbs.belly)
        legs = [_leg(tree, frame, foot, first, heights, top) for foot in feet]
        for side, points in zip(sides, frame.evened(*legs), strict=True):
            names = " ".join(f"{side}{word}{part}" for part in LEG.split())
            tails[names.split()[-1]] = points.pop()
            chains.append((above, names, points))
    if limbs.tail >= 0:
        points, tip = limb_joints(tree, tree.way(limbs.tail))
        # A tail that hangs along the legs begins at the rump all the same.
        if points[0][1] < spine[0][1] - HANGS * frame.height:
            points[0][1] = spine[0][1]
        names = numbered("Tail", len(points))
        tails[names.split()[-1]] = tip
        chains.append(("Hips", names, points))
    return named(chains, "quadruped", tails)


def _spine(tree: Tree, frame: Frame, limbs: Limbs) -> list[NDArray]:
    """Four joints from above the back legs to above the front legs, in the middle of the trunk."""
    back, front = (_leg_line(tree, frame, feet, limbs.belly) for feet in (limbs.back, limbs.front))
    near = np.abs(frame.across(tree.points)) < 0.1 * frame.height
    near &= frame.above(tree.points) > limbs.belly
    core, depth = tree.points[near], tree.depth[near]
    slab = 0.03 * tree.size
    points = []
    for place in np.linspace(back, front, 4):
        rows = np.abs(core[:, frame.front] - place) < slab
        rows = rows if rows.any() else np.ones(len(core), bool)
        point = np.zeros(3)
        point[frame.side], point[frame.front] = frame.middle, place
        # Depth squared: what is thick weighs, the beginning of neck and legs does not.
        point[1] = np.average(core[rows, 1], weights=depth[rows] ** 2)
        points.append(point)
    return points


def _leg_line(tree: Tree, frame: Frame, feet: tuple[int, int], belly: float) -> float:
    """Where along the body the legs of a pair join it: half way from their mean to where they meet the belly."""
    found = []
    for foot in feet:
        line = tree.points[tree.way(foot)]
        below = line[frame.above(line) < max(belly, 0.2 * frame.height)]
        joined = at_height(line, frame.ground + belly)[frame.front]
        found.append((joined + below[:, frame.front].mean()) / 2.0 if len(below) else joined)
    return float(np.mean(found))


def _leg(
    tree: Tree, frame: Frame, foot: int, first: float, heights: tuple[float, ...], top: NDArray
) -> list[NDArray]:
    """The four joints of a leg and its end. The first lies above it, as far along the body as the spine's joint."""
    line = tree.points[tree.way(foot)]
    joints = [at_height(line, frame.ground + share * first) for share in heights]
    lower = at_height(line, frame.ground + heights[1] * first)
    upper = lower.copy()
    upper[1], upper[frame.front] = frame.ground + first, top[frame.front]
    # The way bends to the middle of the trunk above the leg; the knee stays over the leg.
    joints[0][frame.side] = (upper[frame.side] + joints[0][frame.side]) / 2.0
    return [upper, *joints, line[-1]]


def _neck(
    tree: Tree, frame: Frame, limbs: Limbs, withers: NDArray
) -> tuple[list[NDArray], NDArray]:
    """The joints of the neck and the head's, and the tip of the muzzle."""
    line = tree.points[tree.way(limbs.head)]
    ahead = np.flatnonzero(limbs.looks * (line[:, frame.front] - withers[frame.front]) < 0)
    line = line[int(ahead[-1]) if len(ahead) else 0 :]
    line = np.concatenate([withers[None], line])
    line[:, frame.side] = frame.middle
    at = _head_at(line, tree.size)
    part = np.stack([along(line, share) for share in np.linspace(0.0, at, 33)])
    length = float(np.linalg.norm(np.diff(part, axis=0), axis=1).sum())
    count = int(np.clip(round(length / (NECK_STRETCH * tree.size)), 1, MOST_NECK))
    # The neck begins a little before the withers, where the spine ends.
    steps = at * np.linspace(NECK_BEGINS / count, 1.0, count + 1)
    return [along(line, share) for share in steps], line[-1]


def _head_at(line: NDArray, size: float) -> float:
    """The share of the way to the muzzle at which the head joins the neck: where the way bends most."""
    share = shares(line)
    chord = line[-1] - line[0]
    offset = line - line[0]
    along_it = np.clip(offset @ chord / max(float(chord @ chord), 1e-300), 0.0, 1.0)
    away = np.linalg.norm(offset - along_it[:, None] * chord, axis=1)
    away[(share < HEAD_BETWEEN[0]) | (share > HEAD_BETWEEN[1])] = 0.0
    return float(share[away.argmax()]) if away.max() > BEND * size else HEAD_USUAL
