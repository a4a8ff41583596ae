"""Points at the same place, to the last bit of float32: what a file that repeats its corners means by one vertex."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def numbered(points: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """points (n, 3) -> the first point of each place, in their order (k,), and the place of each point (n,)."""
    rows = np.ascontiguousarray(points.astype(np.float32) + np.float32(0.0))  # -0 becomes 0
    keys = rows.view(np.dtype((np.void, 12))).reshape(-1)
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[place.reshape(-1)]
