"""Which joints move a vertex, and by how much: at most four of them, shares that sum to 1."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.scene import MAX_INFLUENCES


def strongest(
    joints: NDArray[np.int64], weights: NDArray
) -> tuple[NDArray[np.int64], NDArray[np.float64], bool]:
    """(n, k) joints and weights -> (n, 4) joints and weights, rows summing to 1, and whether any was left out.

    Joint 0 stands where a weight is 0; a vertex without any weight is moved by its first joint alone. One that a row
    names twice has both weights.
    """
    shares = np.nan_to_num(np.asarray(weights, np.float64), posinf=0.0, neginf=0.0).clip(min=0.0)
    _join_doubles(joints, shares)
    more = bool(((shares > 0).sum(1) > MAX_INFLUENCES).any())
    if shares.shape[1] > MAX_INFLUENCES:
        order = np.argsort(-shares, axis=1, kind="stable")[:, :MAX_INFLUENCES]
        joints = np.take_along_axis(joints, order, 1)
        shares = np.take_along_axis(shares, order, 1)
    elif shares.shape[1] < MAX_INFLUENCES:
        missing = ((0, 0), (0, MAX_INFLUENCES - shares.shape[1]))
        joints, shares = np.pad(joints, missing), np.pad(shares, missing)
    total = shares.sum(1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    shares[total[:, 0] <= 0, 0] = 1.0
    return np.where(shares > 0, joints, 0).astype(np.int64), shares, more


def _join_doubles(joints: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    """Move in `shares` (n, k) the weight of a joint that stands again further on in its row to its first place."""
    for first, second in combinations(range(shares.shape[1]), 2):
        same = (joints[:, first] == joints[:, second]) & (shares[:, second] > 0)
        if same.any():
            shares[same, first] += shares[same, second]
            shares[same, second] = 0.0
