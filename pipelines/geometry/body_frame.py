"""The frame in which a body stands, and what the templates of skeletons ask of its medial tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry.medial import Tree

# Shares of the height. Two tips are a pair where they mirror each other as well as this, and so far apart.
MIRROR = 0.1
APART = 0.02
# Limbs whose joints mirror each other this well are made to mirror exactly.
EVEN_OUT = 0.06
# A limb that no template knows begins where the way to its tip is so much thinner than before; it gets a joint for each
# such stretch of the largest side, and no more than so many.
LIMB_DEPTH = 0.5
LIMB_STRETCH, MOST_LIMB = 0.08, 5
# A leg goes down at least so much for what it goes aside: the lobes of a fish's tail and the tailplanes of an aircraft
# that stands on its end do not.
STEEPEST = 0.8
# Where along two legs air is looked for between them.
BETWEEN = 0.5, 0.65, 0.8, 0.95


@dataclass(frozen=True)
class Frame:
    """The way a body stands, Y up: the axes to its sides and its front, the middle of its sides, ground and height."""

    side: int
    front: int
    middle: float
    ground: float
    height: float

    def across(self, points: NDArray) -> NDArray[np.float64]:
        """How far points (…, 3) are from the middle plane, with a sign."""
        return np.asarray(points[..., self.side] - self.middle)

    def above(self, points: NDArray) -> NDArray[np.float64]:
        """How far points (…, 3) are above the ground."""
        return np.asarray(points[..., 1] - self.ground)

    def mirrored(self, point: NDArray) -> NDArray[np.float64]:
        """The point (3,) on the other side of the middle plane."""
        mirrored = point.copy()
        mirrored[self.side] = 2.0 * self.middle - point[self.side]
        return mirrored

    def evened(
        self, one: list[NDArray], other: list[NDArray]
    ) -> tuple[list[NDArray], list[NDArray]]:
        """Both limbs, made mirror images where they nearly are."""
        pairs = [(a, self.mirrored(b)) for a, b in zip(one, other, strict=True)]
        if max(float(np.linalg.norm(a - b)) for a, b in pairs) > EVEN_OUT * self.height:
            return one, other
        means = [(a + b) / 2.0 for a, b in pairs]
        return means, [self.mirrored(mean) for mean in means]


def frame_of(points: NDArray, side: int, front: int) -> Frame:
    """The frame of a body of voxels (v, 3) whose sides lie along one axis and whose front along another."""
    low, high = points[:, 1].min(), points[:, 1].max()
    middle = float(np.median(points[:, side]) + np.mean(points[:, side])) / 2.0
    return Frame(side, front, middle, float(low), float(high - low))


def pairs_of(tree: Tree, frame: Frame, mirror: float = MIRROR) -> list[tuple[int, int]]:
    """Pairs of tips that mirror each other but for `mirror` of the height, the one on the positive side first."""
    found = []
    apart = APART * frame.height
    for one in tree.tips:
        for other in tree.tips:
            a, b = tree.points[one], tree.points[other]
            if not (frame.across(a) > apart and frame.across(b) < -apart):
                continue
            if np.linalg.norm(a - frame.mirrored(b)) < mirror * frame.height:
                found.append((one, other))
    return found


def fork(one: list[int], other: list[int]) -> int:
    """The last row up to which two ways are the same."""
    same = [a == b for a, b in zip(one, other, strict=False)]
    return (same.index(False) if False in same else len(same)) - 1


def own_length(tree: Tree, tip: int, others: tuple[int, ...]) -> float:
    """How far a limb reaches from where it leaves the ways to the other tips."""
    way = tree.way(tip)
    forks = [way[fork(way, tree.way(other))] for other in others]
    return float(tree.length[tip] - max(tree.length[row] for row in forks))


def stands_on(
    tree: Tree,
    frame: Frame,
    feet: tuple[int, int],
    thickest: float,
    shortest: float,
    others: tuple[int, ...] = (),
) -> bool:
    """Whether both feet end legs of their own, apart from those of `others`: limbs that go down by at least `shortest`
    and by no less than they go aside, whose radius half way is at most `thickest` of their length, with air between."""
    legs = []
    for foot, twin in (feet, feet[::-1]):
        way = tree.way(foot)
        leg = way[max(fork(way, tree.way(other)) for other in (twin, *others)) :]
        length = float(tree.length[leg[-1]] - tree.length[leg[0]])
        start, end = tree.points[leg[0]], tree.points[leg[-1]]
        down = start[1] - end[1]
        if down < max(shortest, STEEPEST * abs(start[frame.side] - end[frame.side])):
            return False
        if tree.depth[leg[len(leg) // 2]] > thickest * length:
            return False
        legs.append(tree.points[leg])
    return _apart(tree, *legs)


def _apart(tree: Tree, one: NDArray, other: NDArray) -> bool:
    """Whether there is air between two legs (n, 3) anywhere in their lower halves: the corners of a cape have none."""
    body = cKDTree(tree.points)
    for share in BETWEEN:
        start, end = along(one, share), along(other, share)
        steps = np.linspace(0.0, 1.0, 2 + int(np.linalg.norm(end - start) / tree.pitch))[:, None]
        if body.query(start + steps * (end - start))[0].max() > tree.pitch:
            return True
    return False


def limb_joints(
    tree: Tree, way: list[int]
) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """Joints along a limb that no template knows, a tail for one, and its tip: from where its way gets thin."""
    line, depth = tree.points[way], tree.depth[way]
    thick = np.flatnonzero(depth > LIMB_DEPTH * depth[: len(way) // 2 + 1].max())
    line = line[int(thick[-1]) if len(thick) else 0 :]
    length = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
    count = int(np.clip(round(length / (LIMB_STRETCH * tree.size)), 1, MOST_LIMB))
    return [along(line, step / count) for step in range(count)], line[-1]


def numbered(word: str, count: int) -> str:
    """The names of a chain of joints in one string: Tail Tail1 Tail2."""
    return " ".join(f"{word}{number or ''}" for number in range(count))


def shares(line: NDArray) -> NDArray[np.float64]:
    """How far along its length each point (n,) of a line (n, 3) is, 0 to 1."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)]) / max(float(steps.sum()), 1e-300)


def along(line: NDArray, share: float) -> NDArray[np.float64]:
    """The point at a share of the length of a line (n, 3)."""
    return np.stack([np.interp(share, shares(line), line[:, axis]) for axis in range(3)])


def at_height(line: NDArray, height: float) -> NDArray[np.float64]:
    """The point where a line (n, 3) that goes down comes below a height for the last time, at exactly that height."""
    low = np.flatnonzero(line[:, 1] > height)
    last = int(low[-1]) if len(low) else 0
    following = min(last + 1, len(line) - 1)
    made = np.asarray(line[last] + line[following], np.float64) / 2.0
    made[1] = height
    return made
