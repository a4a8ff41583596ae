"""Rectangles placed in a square: a skyline, tallest first (J. Jylänki, A Thousand Ways to Pack the Bin, 2010)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Halvings of the step when the scale is searched, in rows and then on the skyline: the last one changes it by about one
# per cent.
STEPS, HALVINGS = 7, 2
# On the skyline rectangles are so much larger than in rows, as a rule: the search begins there, in such steps. Measured
# on the charts of 60 objects: 1.0 to 1.35, half of them between 1.05 and 1.11.
SKYLINE_GAIN, FIRST_STEP = 1.08, 0.04
# Above this many the search for the lowest place is too slow: they stand in rows.
MOST_ON_SKYLINE = 1_000
Placed = tuple[float, NDArray[np.float64]]


def packed(
    sizes: NDArray, *, side: float, gap: float
) -> tuple[float, NDArray[np.float64], NDArray[np.bool_]]:
    """sizes (n, 2) -> the largest common scale at which they fit a square of `side` with `gap` around each, their lower
    left corners (n, 2) without the gap, and which are turned by a quarter (n,)."""
    turned = sizes[:, 0] > sizes[:, 1]
    upright = np.where(turned[:, None], sizes[:, ::-1], sizes)
    # Where very many share the square, the gap must leave them something.
    gap = min(gap, 0.15 * side / np.sqrt(max(len(sizes), 1)))
    scale, places = _in_rows(upright, side, gap)
    if len(sizes) <= MOST_ON_SKYLINE:
        scale, places = _closer(upright, side, gap, (scale, places))
    return scale, places + gap, turned


def _in_rows(upright: NDArray, side: float, gap: float) -> Placed:
    """The largest scale at which rectangles (n, 2) fit in rows, with their places (n, 2)."""
    # Even without any waste they cannot be larger than this: in area, and none longer than the square is.
    within = max(float(np.sqrt(upright.prod(1).sum())), float(upright.max(initial=0.0)), 1e-15)
    most = side / within
    scale, step, best = most * 0.8, most * 0.4, None
    for _ in range(STEPS):
        places = _rows(upright * scale + 2.0 * gap, side)
        step /= 2.0
        if places is None:
            scale -= step
        else:
            best = (scale, places)
            scale += step
    while best is None:
        scale *= 0.8
        places = _rows(upright * scale + 2.0 * gap, side)
        if scale < most * 1e-6:
            raise ValueError("more charts than the atlas has room for")
        best = None if places is None else (scale, places)
    return best


def _closer(upright: NDArray, side: float, gap: float, best: Placed) -> Placed:
    """As `_in_rows`, on the skyline, from what was found in rows."""
    in_rows, found = best[0], []

    def fits(gain: float) -> bool:
        places = _skyline(upright * (in_rows * gain) + 2.0 * gap, side)
        if places is not None:
            found.append((in_rows * gain, places))
        return places is not None

    gain, way = SKYLINE_GAIN, fits(SKYLINE_GAIN)
    step = FIRST_STEP if way else -FIRST_STEP
    # On until the answer changes, and back by halves.
    while gain > 1.0:
        gain += step
        if fits(gain) != way:
            break
    for _ in range(HALVINGS):
        step = abs(step) / 2.0
        gain += step if found and found[-1][0] == in_rows * gain else -step
        fits(gain)
    return max([best, *found], key=lambda placed: placed[0])


def _skyline(sizes: NDArray, side: float) -> NDArray[np.float64] | None:
    """Lower left corners (n, 2) of rectangles sizes (n, 2) in a square; None where they do not fit."""
    order = np.lexsort((-sizes[:, 0], -sizes[:, 1]))
    # The narrowest of those still to come: what is narrower stays empty.
    narrowest = [*np.minimum.accumulate(sizes[order[::-1], 0])[::-1].tolist(), side]
    placed = []
    # The skyline from left to right: where each step begins, and how high it is. A wall stands at its end.
    starts, heights = [0.0, side], [0.0, np.inf]
    for at, (width, height) in enumerate(sizes[order].tolist()):
        found = _lowest(starts, heights, width)
        if found is None or found[1] + height > side:
            return None
        left, floor, first, last = found
        placed.append((left, floor))
        right = left + width
        if right < starts[last]:
            starts[first:last], heights[first:last] = (
                (left, right),
                (floor + height, heights[last - 1]),
            )
        else:
            starts[first:last], heights[first:last] = (left,), (floor + height,)
        _fill_up(starts, heights, first, narrowest[at + 1])
    places = np.zeros((len(sizes), 2))
    places[order] = placed
    return places


def _fill_up(starts: list[float], heights: list[float], new: int, narrowest: float) -> None:
    """Steps beside number `new` that are too narrow for any rectangle rise to the lower of their neighbours."""
    for step in (new + 1, new - 1):
        if not 0 <= step < len(starts) - 1 or starts[step + 1] - starts[step] >= narrowest:
            continue
        before = heights[step - 1] if step else np.inf
        if heights[step] >= min(before, heights[step + 1]):
            continue
        if before <= heights[step + 1]:
            del starts[step], heights[step]
        else:
            del starts[step + 1], heights[step]


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
    starts: list[float], heights: list[float], width: float
) -> tuple[float, float, int, int] | None:
    """The lowest place for a rectangle: its left, its floor, and the steps first to last (excluded) it stands on."""
    best, lowest, rightmost = None, np.inf, starts[-1] - width
    for first, floor in enumerate(heights):
        if floor >= lowest:
            continue
        left = starts[first]
        if left > rightmost:
            break
        right, last = left + width, first + 1
        while starts[last] < right:
            if heights[last] > floor:
                floor = heights[last]
                if floor >= lowest:
                    break
            last += 1
        else:
            best, lowest = (left, floor, first, last), floor
    return best
