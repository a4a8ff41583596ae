"""Noise over points in space: smooth values, sums of octaves, and cells. The same for every run.

Value noise from a table of random numbers that repeats every 32 units; cells (Worley) from a k-d tree of scattered
points.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

PERIOD = 32
MAX_CELLS = 40_000


@cache
def _table() -> NDArray[np.float32]:
    return np.random.default_rng(20).random((PERIOD,) * 3).astype(np.float32)


def value(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """points (n, 3) in cells -> (n,) in 0..1, smooth, one bump a cell."""
    whole = np.floor(points)
    part = points - whole
    part = part * part * (3.0 - 2.0 * part)
    places = (np.mod(whole, PERIOD) + part).T
    return np.asarray(
        ndimage.map_coordinates(_table(), places, order=1, mode="grid-wrap", prefilter=False)
    )


def fbm(points: NDArray[np.float32], octaves: int = 4) -> NDArray[np.float32]:
    """Octaves of `value`, each twice as fine and half as strong: (n,) in 0..1."""
    total = np.zeros(len(points), np.float32)
    weight = 1.0
    for octave in range(octaves):
        # Shifted, or all octaves would have their grid planes in one place.
        total += weight * value(points * np.float32(2.0**octave) + np.float32(7.31 * octave))
        weight /= 2.0
    return total / np.float32(2.0 - 2.0 ** (1 - octaves))


def cells(
    points: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Distance to the nearest and second nearest of points scattered one a cell, and which is nearest.

    points (n, 3) in cells -> (n,), (n,), (n,). Very fine grids are coarsened to 40,000 scattered points.
    """
    low = np.floor(points.min(0)) - 1
    count = np.ceil(points.max(0)) + 1 - low
    coarse = max(1.0, float(count.prod() / MAX_CELLS) ** (1 / 3))
    grid = np.stack(np.meshgrid(*[np.arange(int(np.ceil(c / coarse))) for c in count]), axis=-1)
    corners = grid.reshape(-1, 3)
    jitter = np.random.default_rng(21).random(corners.shape)
    tree = cKDTree((corners + jitter) * coarse + low)
    distance, index = tree.query(points, k=2)
    return distance[:, 0].astype(np.float32), distance[:, 1].astype(np.float32), index[:, 0]


def hashed(index: NDArray) -> NDArray[np.float32]:
    """Whole numbers (n,) -> numbers in 0..1 that look random, equal for equal ones."""
    mixed = (np.asarray(index, np.int64) * 2654435761) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return ((mixed * 2246822519 & 0xFFFFFFFF) / 2.0**32).astype(np.float32)
