"""A field asked on a coarse grid everywhere, and finer and finer where its surface is.

Knows functions of points and grids, no network. A surface thinner than a coarse step can be missed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.neural import isosurface


def refined(
    field: isosurface.Field,
    coarse: int,
    doublings: int,
    radius: float,
    level: float,
    told: Callable[[float], None],
) -> NDArray[np.float32]:
    """The field over the cube from -radius to radius, at coarse x 2^doublings + 1 places a side.

    Places near the surface, where the field passes `level`, are asked; the others are between those of the grid
    before. `told` hears the share that is done before each chunk, and may raise.
    """
    # Each finer grid asks about four times the places of the one before.
    work = np.cumsum([4.0**turn for turn in range(doublings + 1)])
    work /= work[-1]
    values = isosurface.sampled(field, coarse + 1, radius, lambda done: told(done * work[0]))
    for turn in range(doublings):
        near = _near(values > level)
        values = _doubled(values)
        asked = _fine(near, values.shape)
        asked[::2, ::2, ::2] = False  # these are known
        _ask(field, values, asked, radius, _between(told, work[turn], work[turn + 1]))
    return values


def _between(told: Callable[[float], None], start: float, end: float) -> Callable[[float], None]:
    return lambda done: told(start + (end - start) * done)


def _near(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Places with one on the other side of the surface beside them, and their neighbours."""
    high = ndimage.maximum_filter(inside.view(np.uint8), 3)
    low = ndimage.minimum_filter(inside.view(np.uint8), 3)
    return ndimage.maximum_filter((high != low).view(np.uint8), 3).view(bool)


def _doubled(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A grid of twice the steps, the new places between the old."""
    for axis in range(3):
        shape = list(values.shape)
        shape[axis] = 2 * shape[axis] - 1
        wider = np.zeros(shape, np.float32)
        old, fresh = np.moveaxis(values, axis, 0), np.moveaxis(wider, axis, 0)
        fresh[::2] = old
        fresh[1::2] = (old[1:] + old[:-1]) / 2.0
        values = wider
    return values


def _fine(near: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The places of the finer grid that are, or touch, those of a coarser one."""
    marked = np.zeros(shape, np.uint8)
    marked[::2, ::2, ::2] = near
    return ndimage.maximum_filter(marked, 3).view(bool)


def _ask(
    field: isosurface.Field,
    values: NDArray[np.float32],
    asked: NDArray[np.bool_],
    radius: float,
    told: Callable[[float], None],
) -> None:
    axis = np.linspace(-radius, radius, len(values), dtype=np.float32)
    place = np.flatnonzero(asked)
    flat = values.reshape(-1)
    for first in range(0, len(place), isosurface.CHUNK_POINTS):
        told(first / len(place))
        rows = place[first : first + isosurface.CHUNK_POINTS]
        where = np.unravel_index(rows, values.shape)
        flat[rows] = field(np.stack([axis[row] for row in where], axis=1))
