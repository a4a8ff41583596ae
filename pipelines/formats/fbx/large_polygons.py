"""Ears cut off one polygon of many corners, at a cost that is bounded: outlines of letters, of floors, of mazes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# What one look at the polygon costs, in points, though it has few.
_LEAST = 2_000
# How much more a point near the triangle costs than one that is only found to be far.
_DEARER = 40


def large_ears(loop: NDArray[np.float64], budget: list[int]) -> NDArray[np.int64] | None:
    """(k, 2) a polygon that runs counter-clockwise -> (k - 2, 3); None where `budget`, in points looked at, runs out.

    Goes around and cuts each ear it comes to. Where a whole round finds none, as in polygons that cross themselves, the
    corner at hand is cut.
    """
    size = len(loop)
    before, after = np.roll(np.arange(size), 1).tolist(), np.roll(np.arange(size), -1).tolist()
    there = np.ones(size, bool)
    notches = np.flatnonzero(_bulge(np.roll(loop, 1, 0), loop, np.roll(loop, -1, 0)) <= 0)
    x, y = loop.T.tolist()
    places = np.ascontiguousarray(loop[notches].T)
    made: list[tuple[int, int, int]] = []
    at = tried = gone = 0
    while len(made) < size - 2:
        left, right = before[at], after[at]
        budget[0] -= len(notches) + _LEAST
        if budget[0] < 0:
            return None
        is_ear = tried > size - len(made) or _is_ear(
            loop, (left, at, right), notches, places, there, budget
        )
        if not is_ear:
            at, tried = right, tried + 1
            continue
        made.append((left, at, right))
        after[left], before[right] = right, left
        there[at] = False
        at, tried, gone = left, 0, gone + 1  # the next ear is often beside the one just cut
        if gone * 4 > len(notches):  # those that are cut off or bulge by now need not be looked at
            notches = _still_notches(notches, there, before, after, x, y)
            places = np.ascontiguousarray(loop[notches].T)
            gone = 0
    return np.array(made, np.int64)


def _bulge(before: NDArray, at: NDArray, after: NDArray) -> NDArray[np.float64]:
    one, two = at - before, after - at
    found: NDArray[np.float64] = one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]
    return found


def _is_ear(
    loop: NDArray,
    corner: tuple[int, int, int],
    notches: NDArray[np.int64],
    places: NDArray[np.float64],
    there: NDArray[np.bool_],
    budget: list[int],
) -> bool:
    """Whether the triangle at a corner bulges and holds no notch, save those at its own places."""
    three = loop[list(corner)]
    if _bulge(three[0], three[1], three[2]) <= 0:
        return False
    (low_x, low_y), (high_x, high_y) = three.min(0), three.max(0)
    near = places[0] >= low_x
    near &= places[0] <= high_x
    near &= places[1] >= low_y
    near &= places[1] <= high_y
    close = notches[near]
    close = close[there[close]]
    budget[0] -= _DEARER * len(close)
    if not len(close):
        return True
    held = loop[close]
    inside = np.ones(len(close), bool)
    for one, two in ((0, 1), (1, 2), (2, 0)):
        inside &= _bulge(three[one], three[two], held) >= 0
    for own in three:
        inside &= (held != own).any(1)
    return not inside.any()


def _still_notches(
    notches: NDArray[np.int64],
    there: NDArray[np.bool_],
    before: list[int],
    after: list[int],
    x: list[float],
    y: list[float],
) -> NDArray[np.int64]:
    kept = []
    for number in notches[there[notches]].tolist():
        one, two = before[number], after[number]
        bulge = (x[number] - x[one]) * (y[two] - y[number]) - (y[number] - y[one]) * (
            x[two] - x[number]
        )
        if bulge <= 0:
            kept.append(number)
    return np.array(kept, np.int64)
