"""How well parts agree with those that people drew: the two measures of benchmarks/segmentation.py, on labels alone.

Every face counts once, as in the Princeton benchmark, however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Score:
    """rand_error: share of face pairs on which two labellings disagree, 0 at best. iou: mean over the parts of the
    truth of the best overlap with any found part, 1 at best."""

    rand_error: float
    iou: float


def score(found: NDArray, truth: NDArray) -> Score:
    """A labelling (m,) beside one that a person made (m,)."""
    table = overlaps(found, truth)
    return Score(rand_error(table), mean_iou(table))


def against_all(found: NDArray, truths: Sequence[NDArray]) -> Score:
    """The mean over several people's labels (h, m). Raises ValueError where there is nobody."""
    return mean([score(found, truth) for truth in truths])


def mean(scores: Sequence[Score]) -> Score:
    """Raises ValueError where there are none."""
    if not scores:
        raise ValueError("no scores to take the mean of")
    return Score(
        float(np.mean([one.rand_error for one in scores])),
        float(np.mean([one.iou for one in scores])),
    )


def overlaps(found: NDArray, truth: NDArray) -> NDArray[np.int64]:
    """How many faces (p, q) lie in each found part and each part of the truth. Labels are any integers."""
    _, rows = np.unique(found, return_inverse=True)
    _, columns = np.unique(truth, return_inverse=True)
    shape = int(rows.max()) + 1, int(columns.max()) + 1
    return np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape)


def rand_error(table: NDArray[np.int64]) -> float:
    """1 - Rand index (Rand, 1971) of two labellings by their overlaps (p, q)."""
    faces = int(table.sum())
    if faces < 2:
        return 0.0
    both, found, truth = (
        _pairs(table),
        _pairs(table.sum(axis=1)),
        _pairs(table.sum(axis=0)),
    )
    return (found + truth - 2 * both) / (faces * (faces - 1) // 2)


def mean_iou(table: NDArray[np.int64]) -> float:
    """Mean over the columns of the best intersection over union with any row, of overlaps (p, q)."""
    union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    return float((table / union).max(axis=0).mean())


def usual_count(truths: Sequence[NDArray]) -> int:
    """The number of parts that most people drew; of several such numbers the smallest."""
    counts = np.array([len(np.unique(truth)) for truth in truths])
    return int(np.bincount(counts).argmax())


def _pairs(counts: NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) // 2).sum())
