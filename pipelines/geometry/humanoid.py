"""A figure on two legs found in the medial paths of a body, and 25 named joints for it.

Looks for what mirrors itself: two feet on the ground, two hands, a head above. Turns away what is no such figure: four
legs, much depth, many limbs. Names are those of common game skeletons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.medial import Tree
from pipelines.geometry.skeleton import Skeleton

# Shares of the height. Two tips are a pair where they mirror each other as well as this.
MIRROR = 0.1
GROUND = 0.13
# The figure is turned away where it is deeper or wider than this, or has more long limbs beside arms and legs.
MOST_DEPTH = 0.75
MOST_WIDTH = 1.6
LONG_LIMB = 0.22
MOST_OTHER_LIMBS = 3
# Legs no thicker than this share of their length, measured half way: a fish on its tail has none.
THICKEST_LEG = 0.3
# Joints that mirror each other this well are made to mirror exactly.
EVEN_OUT = 0.06
# The ankle is this high.
ANKLE = 0.06


@dataclass(frozen=True)
class _Frame:
    """The way a figure stands: the axis to its sides, that to its front, the middle of its sides, ground and height."""

    side: int
    front: int
    middle: float
    ground: float
    height: float

    def across(self, points: NDArray) -> NDArray[np.float64]:
        return np.asarray(points[..., self.side] - self.middle)

    def above(self, points: NDArray) -> NDArray[np.float64]:
        return np.asarray(points[..., 1] - self.ground)


def find(tree: Tree) -> Skeleton | None:
    """The skeleton of a figure on two legs, Y up, or None where the body is none."""
    if len(tree.tips) < 4:
        return None
    for side, front in ((0, 2), (2, 0)):
        frame = _frame(tree.points, side, front)
        limbs = _limbs(tree, frame) if frame else None
        if frame and limbs:
            return _skeleton(tree, frame, *limbs)
    return None


def _frame(points: NDArray, side: int, front: int) -> _Frame | None:
    low, high = points.min(axis=0), points.max(axis=0)
    height = float(high[1] - low[1])
    if (
        high[front] - low[front] > MOST_DEPTH * height
        or high[side] - low[side] > MOST_WIDTH * height
    ):
        return None
    middle = float(np.median(points[:, side]) + np.mean(points[:, side])) / 2.0
    return _Frame(side, front, middle, float(low[1]), height)


def _limbs(tree: Tree, frame: _Frame) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The voxels of both feet and both hands, or None."""
    points, height = tree.points, frame.height
    pairs = _pairs(tree, frame)
    feet = [pair for pair in pairs if frame.above(points[list(pair)]).max() < GROUND * height]
    hands = [
        pair
        for pair in pairs
        if 0.2 * height < frame.above(points[list(pair)]).min()
        and np.abs(frame.across(points[list(pair)])).min() > 0.12 * height
    ]
    if not feet or not hands:
        return None
    apart = max(feet, key=lambda pair: float(tree.length[list(pair)].min()))
    # Hands reach farther to the sides than ears do, though the way to an ear may be longer.
    reach = max(hands, key=lambda pair: float(np.abs(frame.across(points[list(pair)])).min()))
    if _walks_on_four(points, frame, feet, apart) or not _stands(tree, frame, apart):
        return None
    others = [tip for tip in tree.tips if tip not in (*apart, *reach)]
    long = [tip for tip in others if _own_length(tree, tip, (*apart, *reach)) > LONG_LIMB * height]
    return (apart, reach) if len(long) <= MOST_OTHER_LIMBS else None


def _pairs(tree: Tree, frame: _Frame) -> list[tuple[int, int]]:
    """Pairs of tips that mirror each other, the one on the positive side first."""
    found = []
    for one in tree.tips:
        for other in tree.tips:
            a, b = tree.points[one], tree.points[other]
            apart = 0.02 * frame.height
            if not (frame.across(a) > apart and frame.across(b) < -apart):
                continue
            if np.linalg.norm(a - _mirrored(frame, b)) < MIRROR * frame.height:
                found.append((one, other))
    return found


def _walks_on_four(
    points: NDArray, frame: _Frame, feet: list[tuple[int, int]], chosen: tuple[int, int]
) -> bool:
    """Whether another pair of feet stands well before or behind the chosen one."""
    there = points[list(chosen)][:, frame.front].mean()
    return any(
        abs(points[list(pair)][:, frame.front].mean() - there) > 0.25 * frame.height
        for pair in feet
    )


def _stands(tree: Tree, frame: _Frame, feet: tuple[int, int]) -> bool:
    """Whether both feet stand on legs: thin, and apart from each other."""
    ways = [tree.way(foot) for foot in feet]
    fork = _fork(*ways)
    for way in ways:
        leg = way[fork:]
        length = float(tree.length[leg[-1]] - tree.length[leg[0]])
        if length < 0.15 * frame.height or tree.depth[leg[len(leg) // 2]] > THICKEST_LEG * length:
            return False
    return True


def _fork(one: list[int], other: list[int]) -> int:
    """The last row up to which two ways are the same."""
    same = [a == b for a, b in zip(one, other, strict=False)]
    return (same.index(False) if False in same else len(same)) - 1


def _own_length(tree: Tree, tip: int, others: tuple[int, ...]) -> float:
    """How far a limb reaches from where it leaves the ways to the other tips."""
    way = tree.way(tip)
    forks = [way[_fork(way, tree.way(other))] for other in others]
    return float(tree.length[tip] - max(tree.length[fork] for fork in forks))


def _skeleton(tree: Tree, frame: _Frame, feet: tuple[int, int], hands: tuple[int, int]) -> Skeleton:
    """The 25 joints. The first of each pair is on the positive side of the axis."""
    hips = _hips_height(tree, frame, feet)
    legs = [_leg(tree, frame, foot, hips) for foot in feet]
    arms = [_arm(tree, frame, hand) for hand in hands]
    chest = min(float(np.mean([frame.above(arm[0]) for arm in arms])), 0.92 * frame.height)
    chest = max(chest, hips + 0.1 * frame.height)
    trunk = _trunk(tree, frame, hips, chest)
    left_first = _faces_forward(frame, legs)
    rows: list[tuple[str, NDArray, str]] = [("Hips", trunk[0], "")]
    for name, point, parent in zip(
        ("Spine", "Spine1", "Spine2", "Neck", "Head", "HeadTop_End"),
        trunk[1:],
        ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head"),
        strict=True,
    ):
        rows.append((name, point, parent))
    for label, limb, first in (
        ("Shoulder Arm ForeArm Hand HandEnd", arms, "Spine2"),
        ("UpLeg Leg Foot ToeBase", legs, "Hips"),
    ):
        even = _evened(frame, *limb)
        for side, points in zip(
            ("Left", "Right") if left_first else ("Right", "Left"), even, strict=True
        ):
            parent = first
            for word, point in zip(label.split(), points, strict=True):
                rows.append((side + word, point, parent))
                parent = side + word
    row_of = {name: index for index, (name, _, _) in enumerate(rows)} | {"": -1}
    return Skeleton(
        names=tuple(name for name, _, _ in rows),
        positions=np.stack([point for _, point, _ in rows]),
        parents=tuple(row_of[parent] for _, _, parent in rows),
        kind="humanoid",
    )


def _hips_height(tree: Tree, frame: _Frame, feet: tuple[int, int]) -> float:
    """How high the hips are: where the ways to the feet part, kept close above the crotch where there is one."""
    ways = [tree.way(foot) for foot in feet]
    fork = float(frame.above(tree.points[ways[0][_fork(*ways)]]))
    slab = np.abs(frame.across(tree.points)) < 0.012 * frame.height + 0.6 * _pitch(tree)
    heights = np.sort(frame.above(tree.points[slab]))
    high = heights[heights > 0.08 * frame.height]
    crotch = float(high[0]) if len(high) and (heights < 0.08 * frame.height).sum() == 0 else 0.0
    if crotch < 0.15 * frame.height:
        return min(fork, 0.6 * frame.height)
    return float(np.clip(fork, crotch + 0.02 * frame.height, crotch + 0.09 * frame.height))


def _pitch(tree: Tree) -> float:
    return float(np.linalg.norm(tree.points[1] - tree.points[0]))


def _leg(tree: Tree, frame: _Frame, foot: int, hips: float) -> list[NDArray]:
    """Upper leg, knee, ankle and toes of one side."""
    line = tree.points[tree.way(foot)]
    below = np.flatnonzero(frame.above(line) < hips - 0.02 * frame.height)
    # From where the way goes down for good: before, it may have crossed the hips from above.
    top = int(below[0]) if len(below) else len(line) // 2
    line = line[top:]
    high = np.flatnonzero(frame.above(line) > ANKLE * frame.height)
    ankle = int(high[-1]) if len(high) else 0
    knee = _along(line[: ankle + 1], 0.5)
    # Near the fork the way still comes from the middle of the body; a little lower it is in the leg.
    upper = _along(line[: ankle + 1], 0.2)
    upper[1] = frame.ground + hips - 0.02 * frame.height
    return [upper, knee, line[ankle], line[-1]]


def _arm(tree: Tree, frame: _Frame, hand: int) -> list[NDArray]:
    """Collar, shoulder, elbow, wrist and fingertips of one side."""
    way = tree.way(hand)
    line = tree.points[way]
    inner = np.flatnonzero(np.abs(frame.across(line)) < 0.03 * frame.height)
    start = int(inner[-1]) if len(inner) else 0
    line, depth = line[start:], tree.depth[way][start:]
    share = _shares(line)
    thin = float(np.median(depth[share > 0.5]))
    thick = np.flatnonzero((depth > 1.6 * thin) & (share < 0.5))
    at = float(np.clip(share[thick[-1]] if len(thick) else 0.2, 0.15, 0.4))
    shoulder = _along(line, at)
    middle = shoulder.copy()
    middle[frame.side] = frame.middle + 0.35 * frame.across(shoulder)
    return [
        middle,
        shoulder,
        _along(line, at + 0.42 * (1.0 - at)),
        _along(line, at + 0.82 * (1.0 - at)),
        line[-1],
    ]


def _trunk(tree: Tree, frame: _Frame, hips: float, chest: float) -> list[NDArray]:
    """Hips, three of the spine, neck, head and its top, on the middle plane, inside the body."""
    total = frame.height
    neck = chest + 0.25 * (total - chest)
    heights = [
        *np.linspace(hips, chest - 0.02 * total, 4),
        neck,
        neck + 0.25 * (total - neck),
        0.99 * total,
    ]
    slab = np.abs(frame.across(tree.points)) < 0.1 * total
    core, above = tree.points[slab], frame.above(tree.points[slab])
    points = []
    for height in heights:
        near = core[np.abs(above - height) < 0.03 * total]
        point = np.zeros(3)
        point[frame.side] = frame.middle
        point[1] = frame.ground + height
        middle = near if len(near) else core
        point[frame.front] = (middle[:, frame.front].min() + middle[:, frame.front].max()) / 2.0
        points.append(point)
    return points


def _faces_forward(frame: _Frame, legs: list[list[NDArray]]) -> bool:
    """Whether the positive side of the axis is the figure's left: by its toes; without, it looks along the axis."""
    toes = float(np.mean([leg[3][frame.front] - leg[2][frame.front] for leg in legs]))
    looks = 1.0 if toes > -0.02 * frame.height else -1.0
    # The left of one who looks to +Z is +X; of one who looks to +X it is -Z.
    return (looks > 0) == (frame.side == 0)


def _evened(
    frame: _Frame, one: list[NDArray], other: list[NDArray]
) -> tuple[list[NDArray], list[NDArray]]:
    """Both limbs, made mirror images where they nearly are."""
    pairs = [(a, _mirrored(frame, b)) for a, b in zip(one, other, strict=True)]
    if max(float(np.linalg.norm(a - b)) for a, b in pairs) > EVEN_OUT * frame.height:
        return one, other
    means = [(a + b) / 2.0 for a, b in pairs]
    return means, [_mirrored(frame, mean) for mean in means]


def _mirrored(frame: _Frame, point: NDArray) -> NDArray[np.float64]:
    mirrored = point.copy()
    mirrored[frame.side] = 2.0 * frame.middle - point[frame.side]
    return mirrored


def _shares(line: NDArray) -> NDArray[np.float64]:
    """How far along its length each point (n,) of a line (n, 3) is, 0 to 1."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)]) / max(float(steps.sum()), 1e-300)


def _along(line: NDArray, share: float) -> NDArray[np.float64]:
    """The point at a share of the length of a line (n, 3)."""
    return np.stack([np.interp(share, _shares(line), line[:, axis]) for axis in range(3)])
