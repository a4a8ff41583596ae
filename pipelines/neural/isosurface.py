"""A field that a network knows at every place -> the closed surface on which it has one value, asked chunk by chunk.

Knows functions of points and grids of numbers, no network. Marching cubes are scikit-image's (Lewiner et al. 2003).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

# points (n, 3) float32 -> values (n,) float32
Field = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# So many places at once: some 30 MiB of a network's inner values on a CPU, and a cancel point every 0.1 to 0.5 s.
CHUNK_POINTS = 32_768


def sampled(
    field: Field, side: int, radius: float, told: Callable[[float], None]
) -> NDArray[np.float32]:
    """The field at `side` steps along each axis of the cube from -radius to radius: (side, side, side) float32.

    `told` hears the share that is done before each chunk, and may raise.
    """
    axis = np.linspace(-radius, radius, side, dtype=np.float32)
    values = np.zeros(side**3, np.float32)
    for first in range(0, len(values), CHUNK_POINTS):
        told(first / len(values))
        place = np.arange(first, min(first + CHUNK_POINTS, len(values)))
        rows = np.unravel_index(place, (side, side, side))
        values[place] = field(np.stack([axis[row] for row in rows], axis=1))
    return values.reshape(side, side, side)


def surface(
    values: NDArray[np.float32], level: float, radius: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Where a grid over the cube from -radius to radius passes `level`: vertices (n, 3), faces (m, 3), closed.

    Above the level is inside; what reaches the border of the grid is closed there. No faces where nothing is inside,
    all is, or a value is not finite.
    """
    none = np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    top = float(values.max())
    if not np.isfinite(values).all() or top <= level or float(values.min()) > level:
        return none
    # As far outside as the densest place is inside, but never flatter than what float32 can tell apart.
    beyond = level - max(top - level, 1e-3 * max(abs(level), 1.0))
    padded = np.pad(values, 1, constant_values=np.float32(beyond))
    points, faces, _, _ = marching_cubes(padded, level, allow_degenerate=False)
    step = 2.0 * radius / (values.shape[0] - 1)
    return (points.astype(np.float64) - 1.0) * step - radius, faces.astype(np.int64)
