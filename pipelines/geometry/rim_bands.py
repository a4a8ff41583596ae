"""A band of triangles between two rims that lie near each other, of least area (Fuchs, Kedem and Uselton, 1977).

Knows two rims at a time, each a closed line of points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

# The search for the least area costs the product of both lengths; longer rims are gone along side by side.
MOST_STEPS = 4_000_000


def band(one: NDArray, other: NDArray) -> NDArray[np.int64]:
    """Triangles (n + k, 3) between two rims (n, 3) and (k, 3), each in the direction in which a filling must run.

    They name the rows of both, the second's counted from n on.
    """
    back = other[::-1]
    away, near = cKDTree(back).query(one)
    first = int(away.argmin())
    second = int(near[first])
    rows = np.roll(np.arange(len(one)), -first)
    columns = np.roll(np.arange(len(other))[::-1], -second)
    steps = _path(one[rows], other[columns])
    across, down = np.append(rows, rows[0]), np.append(columns, columns[0]) + len(one)
    faces, i, j = [], 0, 0
    for on_first in steps:
        if on_first:
            faces.append((across[i], across[i + 1], down[j]))
            i += 1
        else:
            faces.append((across[i], down[j + 1], down[j]))
            j += 1
    return np.asarray(faces, np.int64)


def _path(one: NDArray, other: NDArray) -> list[bool]:
    """Whether each step goes on along the first rim (n, 3), else along the second (k, 3); n + k steps in all."""
    n, k = len(one), len(other)
    if n * k > MOST_STEPS:
        along = [_travelled(rim) for rim in (one, other)]
        order = np.argsort(np.concatenate(along), kind="stable")
        return [bool(step) for step in order < n]
    ahead, beside = _areas(one, other)
    cost = np.full((n + 1, k + 1), np.inf)
    cost[0, 0] = 0.0
    # Cells of one diagonal do not depend on each other.
    for total in range(1, n + k + 1):
        i = np.arange(max(0, total - k), min(n, total) + 1)
        j = total - i
        from_first = np.where(i > 0, cost[i - 1, j] + ahead[i - 1, j], np.inf)
        from_second = np.where(j > 0, cost[i, j - 1] + beside[i, j - 1], np.inf)
        cost[i, j] = np.minimum(from_first, from_second)
    steps, row, column = [], n, k
    while row or column:
        on_first = column == 0 or (
            row > 0
            and cost[row - 1, column] + ahead[row - 1, column]
            <= cost[row, column - 1] + beside[row, column - 1]
        )
        steps.append(bool(on_first))
        row, column = (row - 1, column) if on_first else (row, column - 1)
    return steps[::-1]


def _areas(one: NDArray, other: NDArray) -> tuple[NDArray, NDArray]:
    """What the triangle of a step costs: along the first rim (n + 1, k + 1), along the second the same; where a step
    would leave the grid the value is never used."""
    a, b = np.concatenate([one, one[:1]]), np.concatenate([other, other[:1]])
    next_a, next_b = np.roll(a, -1, axis=0), np.roll(b, -1, axis=0)
    return (
        _cost(a[:, None], next_a[:, None], b[None]),
        _cost(b[None], next_b[None], a[:, None]),
    )


def _cost(start: NDArray, end: NDArray, tip: NDArray) -> NDArray[np.float64]:
    area = np.linalg.norm(np.cross(end - start, tip - start), axis=2)
    # A little of the edges' squares: of equal areas the roundest triangles.
    return np.asarray(area + 1e-2 * (((tip - start) ** 2).sum(2) + ((tip - end) ** 2).sum(2)))


def _travelled(rim: NDArray) -> NDArray[np.float64]:
    """How far round the rim (n, 3) each step's end is, 0..1."""
    length = np.cumsum(np.linalg.norm(rim - np.roll(rim, -1, axis=0), axis=1))
    return np.asarray(length / max(float(length[-1]), 1e-300))
