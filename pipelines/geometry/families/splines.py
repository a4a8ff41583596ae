"""Smooth curves through a few points: piecewise cubics by their slopes (Hermite's form).

SciPy has them too; on so few points its checks take longer than the curve, and its solver wakes threads that spin on
for milliseconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


def cubic(way: Rows, rows: Rows, places: Rows) -> Rows:
    """The cubic spline through rows (k, d) at way (k,), without a knot at the second and the last but one (de Boor
    1978), at places (n,): (n, d). Raises ValueError where `way` does not rise."""
    step, rise = _steps(way, rows)
    if len(way) == 2:
        slopes = np.concatenate([rise, rise])
    elif len(way) == 3:
        bend = (rise[1] - rise[0]) / (way[2] - way[0])
        slopes = np.stack(
            [rise[0] - bend * step[0], rise[0] + bend * step[0], rise[1] + bend * step[1]]
        )
    else:
        slopes = _without_end_knots(way, step, rise)
    return hermite(way, rows, slopes, places)


def monotone(way: Rows, rows: Rows, places: Rows) -> Rows:
    """The curve through rows (k, d) at way (k,) that rises and falls only where they do (Fritsch and Butland 1984), at
    places (n,): (n, d). Raises ValueError where `way` does not rise."""
    step, rise = _steps(way, rows)
    if len(way) == 2:
        return hermite(way, rows, np.concatenate([rise, rise]), places)
    before, after = step[:-1, None], step[1:, None]
    turns = rise[:-1] * rise[1:] <= 0
    safe = np.where(turns[None], 1.0, np.stack([rise[:-1], rise[1:]]))
    near, far = 2 * after + before, after + 2 * before
    inner = np.where(turns, 0.0, (near + far) / (near / safe[0] + far / safe[1]))
    first = _at_end(step[0], step[1], rise[0], rise[1])
    last = _at_end(step[-1], step[-2], rise[-1], rise[-2])
    return hermite(way, rows, np.concatenate([first[None], inner, last[None]]), places)


def hermite(way: Rows, rows: Rows, slopes: Rows, places: Rows) -> Rows:
    """The curve through rows (k, d) at way (k,) with slopes (k, d), at places (n,): (n, d)."""
    at = np.clip(np.searchsorted(way, places, side="right") - 1, 0, len(way) - 2)
    step = (way[at + 1] - way[at])[:, None]
    share = (places - way[at])[:, None] / step
    rest = 1.0 - share
    start = rows[at] * (1.0 + 2.0 * share) + slopes[at] * (step * share)
    stop = rows[at + 1] * (1.0 + 2.0 * rest) - slopes[at + 1] * (step * rest)
    return start * rest**2 + stop * share**2


def _steps(way: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """The lengths between places (k,) and the slopes of the straight lines there: (k - 1,), (k - 1, d)."""
    step = np.diff(way)
    if not ((step > 0) & np.isfinite(step)).all():
        raise ValueError("the points of a curve must lie apart")
    return step, np.diff(rows, axis=0) / step[:, None]


def _without_end_knots(way: Rows, step: Rows, rise: Rows) -> Rows:
    """The spline's slopes (k, d), k >= 4, by elimination in its three diagonals."""
    low = [0.0, *step[1:], way[-1] - way[-3]]
    middle = [step[1], *(2.0 * (step[:-1] + step[1:])), step[-2]]
    high = [way[2] - way[0], *step[:-1], 0.0]
    wanted = np.zeros((len(way), rise.shape[1]))
    wanted[1:-1] = 3.0 * (step[1:, None] * rise[:-1] + step[:-1, None] * rise[1:])
    wanted[0] = ((step[0] + 2 * high[0]) * step[1] * rise[0] + step[0] ** 2 * rise[1]) / high[0]
    wanted[-1] = (step[-1] ** 2 * rise[-2] + (2 * low[-1] + step[-1]) * step[-2] * rise[-1]) / low[
        -1
    ]
    for row in range(1, len(way)):
        share = low[row] / middle[row - 1]
        middle[row] -= share * high[row - 1]
        wanted[row] -= share * wanted[row - 1]
    wanted[-1] /= middle[-1]
    for row in range(len(way) - 2, -1, -1):
        wanted[row] = (wanted[row] - high[row] * wanted[row + 1]) / middle[row]
    return wanted


def _at_end(near: float, far: float, here: Rows, beyond: Rows) -> Rows:
    """The slopes (d,) at an end whose first two steps are `near` and `far` long and rise by `here` and `beyond`."""
    slope = ((2 * near + far) * here - near * beyond) / (near + far)
    steep = (here * beyond <= 0) & (np.abs(slope) > 3 * np.abs(here))
    return np.where(slope * here <= 0, 0.0, np.where(steep, 3 * here, slope))
