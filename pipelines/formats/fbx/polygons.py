"""Polygons cut into triangles: fans where the corners all bulge outward, ears where they do not.

Ear cutting after Meisters (1975), many polygons of one size at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.large_polygons import large_ears

# Polygons up to this size are cut many at a time.
FEW = 48
# Corners cubed, of all small polygons together, about five seconds of it.
MOST_SMALL = 60_000_000
# Points looked at while larger polygons are cut, a few seconds of it; beyond, fans must do.
MOST_LOOKED_AT = 1_000_000_000
# As much at a time as keeps the arrays within some tens of megabytes.
_TESTS_AT_ONCE = 2_000_000


def triangles(
    starts: NDArray[np.int64], sizes: NDArray[np.int64], points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Cut polygons of 3 corners and more.

    starts, sizes (p,): where each polygon's corners begin among all, and how many they are; points (c, 3), the corners'
    places. -> triangles (m, 3), numbers of corners; the polygon of each (m,); how many polygons with a notch were too
    large to cut well and became fans.
    """
    if (sizes == 3).all():
        return starts[:, None] + np.arange(3), np.arange(len(starts)), 0
    corners: list[NDArray] = []
    owners: list[NDArray] = []
    budget, small, coarse = [MOST_LOOKED_AT], MOST_SMALL, 0
    by_size = np.argsort(sizes, kind="stable")
    steps = np.flatnonzero(np.diff(sizes[by_size])) + 1
    for which in np.split(by_size, steps):
        size = int(sizes[which[0]])
        found = np.tile(_fan(size), (len(which), 1, 1))
        notched = _notched(starts[which], size, points) if size > 3 else np.zeros(0, np.int64)
        if size <= FEW and len(notched) * size**3 <= small:
            small -= len(notched) * size**3
            found[notched] = _cut(starts[which[notched]], size, points)
        elif size <= FEW:
            coarse += len(notched)
        else:
            for one in notched:
                begin = starts[which[one]]
                cut = large_ears(_flattened(points[None, begin : begin + size])[0], budget)
                coarse += cut is None
                found[one] = found[one] if cut is None else cut
        corners.append((found + starts[which, None, None]).reshape(-1, 3))
        owners.append(np.repeat(which, size - 2))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(corners)[order], owner[order], coarse


def _fan(size: int) -> NDArray[np.int64]:
    after = np.arange(1, size - 1)
    return np.column_stack([np.zeros_like(after), after, after + 1])


def _notched(starts: NDArray[np.int64], size: int, points: NDArray) -> NDArray[np.int64]:
    """Which of the polygons have a triangle in their fan that is turned against the polygon."""
    found = []
    step = max(1, _TESTS_AT_ONCE // size)
    for begin in range(0, len(starts), step):
        loop = points[starts[begin : begin + step, None] + np.arange(size)]
        spokes = loop[:, 1:] - loop[:, :1]
        flat = np.cross(spokes[:, :-1], spokes[:, 1:])
        against = np.einsum("pkd,pd->pk", flat, flat.sum(1)) < 0
        found.append(begin + np.flatnonzero(against.any(1)))
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _cut(starts: NDArray[np.int64], size: int, points: NDArray) -> NDArray[np.int64]:
    """(p, size - 2, 3) corners within each polygon."""
    step = max(1, _TESTS_AT_ONCE // size**2)
    if not len(starts):
        return np.zeros((0, size - 2, 3), np.int64)
    return np.concatenate(
        [
            _ears(_flattened(points[starts[begin : begin + step, None] + np.arange(size)]))
            for begin in range(0, len(starts), step)
        ]
    )


def _flattened(loops: NDArray) -> NDArray[np.float64]:
    """(p, k, 3) -> (p, k, 2): each polygon seen from the side to which its corners run counter-clockwise."""
    spokes = loops - loops[:, :1]
    normal = np.cross(spokes[:, :-1], spokes[:, 1:]).sum(1)
    along = np.abs(normal).argmax(1)
    rows = np.arange(len(loops))
    first, second = (along + 1) % 3, (along + 2) % 3
    seen = np.stack([spokes[rows, :, first], spokes[rows, :, second]], -1)
    seen[normal[rows, along] < 0, :, 0] *= -1.0
    return seen


def _ears(loops: NDArray[np.float64]) -> NDArray[np.int64]:
    """(p, k, 2) polygons that run counter-clockwise -> (p, k - 2, 3). One ear of each is cut at a time.

    Where no corner is an ear, as in polygons that cross themselves, the one that bulges most is cut.
    """
    count, size, _ = loops.shape
    left = np.tile(np.arange(size), (count, 1))
    rows = np.arange(count)
    made = np.zeros((count, size - 2, 3), np.int64)
    for step in range(size - 2):
        width = size - step
        at = loops[rows[:, None], left]
        before, after = np.roll(at, 1, 1), np.roll(at, -1, 1)
        bulge = _cross(at - before, after - at)
        free = (bulge > 0) & ~_holds_another(before, at, after, bulge)
        # Of all ears the one least like a sliver.
        longest = np.maximum(
            ((at - before) ** 2).sum(-1),
            np.maximum(((after - at) ** 2).sum(-1), ((before - after) ** 2).sum(-1)),
        )
        shape = bulge / np.maximum(longest, 1e-300)
        worth = np.where(free, shape + 4.0, shape)
        ear = worth.argmax(1)
        for corner, offset in enumerate((-1, 0, 1)):
            made[:, step, corner] = left[rows, (ear + offset) % width]
        kept = np.arange(width) != ear[:, None]
        left = left[kept].reshape(count, width - 1)
    return made


def _cross(one: NDArray, two: NDArray) -> NDArray:
    return one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]


def _holds_another(
    before: NDArray, at: NDArray, after: NDArray, bulge: NDArray
) -> NDArray[np.bool_]:
    """(p, k): whether a corner that does not bulge lies in the triangle at a corner, or on its new side."""
    width = at.shape[1]
    others = at[:, None]
    inside = np.broadcast_to((bulge <= 0)[:, None], (len(at), width, width)).copy()
    for one, two in ((before, at), (at, after), (after, before)):
        inside &= _cross((two - one)[:, :, None], others - one[:, :, None]) >= 0
    # A corner on one of the triangle's own does not count: seams run there and back.
    for own in (before, at, after):
        inside &= (others != own[:, :, None]).any(-1)
    found: NDArray[np.bool_] = np.any(inside, axis=2)
    return found
