"""Rectangles placed in a square: a skyline, tallest first (J. Jylänki, A Thousand Ways to Pack the Bin, 2010)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Halvings of the step when the scale is searched: the last one changes it by less than one per cent.
STEPS = 7
# Above this many the search for the lowest place is too slow: they stand in rows.
MOST_ON_SKYLINE = 600


def packed(
    sizes: NDArray, *, side: float, gap: float
) -> tuple[float, NDArray[np.float64], NDArray[np.bool_]]:
    """sizes (n, 2) -> the largest common scale at which they fit a square of `side` with `gap` around each, their lower
    left corners (n, 2) without the gap, and which are turned by a quarter (n,)."""
    turned = sizes[:, 0] > sizes[:, 1]
    upright = np.where(turned[:, None], sizes[:, ::-1], sizes)
    # Where very many share the square, the gap must leave them something.
    gap = min(gap, 0.15 * side / np.sqrt(max(len(sizes), 1)))
    place = _skyline if len(sizes) <= MOST_ON_SKYLINE else _rows
    # Even without any waste they cannot be larger than this: in area, and none longer than the square is.
    within = max(float(np.sqrt(upright.prod(1).sum())), float(upright.max(initial=0.0)), 1e-15)
    most = side / within
    scale, step, best = most * 0.8, most * 0.4, None
    for _ in range(STEPS):
        places = place(upright * scale + 2.0 * gap, side)
        step /= 2.0
        if places is None:
            scale -= step
        else:
            best = (scale, places)
            scale += step
    while best is None:
        scale *= 0.8
        places = place(upright * scale + 2.0 * gap, side)
        if scale < most * 1e-6:
            raise ValueError("more charts than the atlas has room for")
        best = None if places is None else (scale, places)
    return best[0], best[1] + gap, turned


def _skyline(sizes: NDArray, side: float) -> NDArray[np.float64] | None:
    """Lower left corners (n, 2) of rectangles sizes (n, 2) in a square; None where they do not fit."""
    places = np.zeros((len(sizes), 2))
    # The skyline from left to right: where each step begins, and how high it is.
    starts, heights = [0.0], [0.0]
    for index in np.lexsort((-sizes[:, 0], -sizes[:, 1])):
        width, height = (float(value) for value in sizes[index])
        found = _lowest(starts, heights, width, side)
        if found is None or found[1] + height > side:
            return None
        left, floor, first, last = found
        places[index] = left, floor
        right = left + width
        tail = heights[last - 1]
        ends = starts[last] if last < len(starts) else side
        keep = [(right, tail)] if right < ends else []
        starts[first:last] = [left, *(row[0] for row in keep)]
        heights[first:last] = [floor + height, *(row[1] for row in keep)]
    return places


def _rows(sizes: NDArray, side: float) -> NDArray[np.float64] | None:
    """As `_skyline`, but row upon row, each as high as its first."""
    order = np.argsort(-sizes[:, 1], kind="stable")
    ends = np.cumsum(sizes[order, 0])
    places = np.zeros((len(sizes), 2))
    start, floor = 0, 0.0
    while start < len(order):
        before = ends[start - 1] if start else 0.0
        stop = int(np.searchsorted(ends, before + side, side="right"))
        if stop == start or floor + sizes[order[start], 1] > side:
            return None
        row = order[start:stop]
        places[row, 0] = ends[start:stop] - sizes[row, 0] - before
        places[row, 1] = floor
        start, floor = stop, floor + float(sizes[order[start], 1])
    return places


def _lowest(
    starts: list[float], heights: list[float], width: float, side: float
) -> tuple[float, float, int, int] | None:
    """The lowest place for a rectangle: its left, its floor, and the steps first to last (excluded) it stands on."""
    best, lowest, count = None, np.inf, len(starts)
    for first, left in enumerate(starts):
        right = left + width
        if right > side:
            break
        floor = heights[first]
        if floor >= lowest:
            continue
        last = first + 1
        while last < count and starts[last] < right and floor < lowest:
            if heights[last] > floor:
                floor = heights[last]
            last += 1
        if floor < lowest:
            best, lowest = (left, floor, first, last), floor
    return best
