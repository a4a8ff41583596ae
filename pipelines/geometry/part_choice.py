"""Which of more parts than wanted are kept: borders that nothing calls for, slivers and then the least of the rest go.

Knows patches, labels and borders. Does not know how the labels came about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.patch_cuts import LARGE_BODY
from pipelines.geometry.patches import PatchGraph

# A border is real where its mean crease, or the step in thickness across it (in the logarithm), reaches this. Nine in
# ten borders that people drew on the Princeton benchmark do; cuts through balls, boxes and tubes do not.
REAL_CREASE = 0.05
REAL_STEP = 0.12
# Above so many times that, a border is as sure as can be.
SURE = 6.0
# A part with less area than this share of its border's length squared is a sliver: a ring round a neck, a strip. A limb
# has .3, a disc .08.
SLIVER = 0.012
# Large loose bodies stay apart while they are no more than the parts wanted.
BODY = 1e3


def chosen(
    graph: PatchGraph, together: NDArray, label: NDArray, count: int, *, keep_bodies: bool
) -> NDArray[np.int64]:
    """Labels (k,) of the patches, joined until at most `count` parts are left: slivers first, then parts that nothing
    sets apart, then what it matters least to tell apart.

    together (k, k): how sure it is that two patches belong together, 0 to 1.
    """
    together = together * np.outer(graph.area, graph.area)
    while True:
        _, label = np.unique(label, return_inverse=True)
        pairs, strength, gap, sliver = _borders(graph, label, keep_bodies)
        area = np.bincount(label, graph.area)
        if len(area) <= count or len(pairs) == 0:
            return np.asarray(label, np.int64)
        member = np.eye(len(area))[label]
        shared = (member.T @ together @ member) / np.outer(area, area)
        apart = 1.0 - shared[pairs[:, 0], pairs[:, 1]]
        # What a cut is worth: how sure it is, in the shape and by agreement, and how large what it sets apart is.
        worth = np.minimum(strength, SURE) * apart * np.sqrt(area[pairs].min(axis=1) / area.sum())
        worth = np.where(strength < 1.0, strength * 1e-3, worth)
        label = _without(label, pairs, np.where(gap, BODY, np.where(sliver, worth * 1e-6, worth)))


def real(graph: PatchGraph, label: NDArray, *, keep_bodies: bool) -> NDArray[np.int64]:
    """Labels (k,) joined further, until no part is a sliver and all borders are real."""
    while True:
        _, label = np.unique(label, return_inverse=True)
        pairs, strength, gap, sliver = _borders(graph, label, keep_bodies)
        if not ((sliver | (strength < 1.0)) & ~gap).any():
            return np.asarray(label, np.int64)
        worth = np.where(sliver, strength * 1e-6, strength)
        label = _without(label, pairs, np.where(gap, BODY, worth))


def _without(label: NDArray, pairs: NDArray, worth: NDArray) -> NDArray[np.int64]:
    """The labels (k,) without the border (b,) that is worth least."""
    one, other = pairs[int(worth.argmin())]
    return np.where(label == other, one, label)


def _borders(
    graph: PatchGraph, label: NDArray, keep_bodies: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Pairs (b, 2) of parts that touch; how sure each border is (b,), 1 at least for a real one; whether it is a gap
    that is to stay (b,); whether one of the two is a sliver (b,)."""
    ends = np.sort(label[graph.pairs], axis=1)
    across = ends[:, 0] != ends[:, 1]
    pairs, row = np.unique(ends[across], axis=0, return_inverse=True)
    row, pairs = row.reshape(-1), pairs.reshape(-1, 2)
    parts = int(label.max()) + 1
    length = np.bincount(row, graph.length[across], len(pairs))
    jump = np.abs(np.diff(graph.thickness[graph.pairs], axis=1)[:, 0])
    crease = np.bincount(row, (graph.length * graph.crease)[across], len(pairs)) / length
    step = np.bincount(row, (graph.length * jump)[across], len(pairs)) / length
    gap = np.bincount(row, ~graph.gap[across], len(pairs)) == 0
    strength = np.where(gap, SURE, np.maximum(crease / REAL_CREASE, step / REAL_STEP))
    round_ = np.bincount(pairs[:, 0], length, parts) + np.bincount(pairs[:, 1], length, parts)
    sliver = (np.bincount(label, graph.area) < SLIVER * round_**2)[pairs].any(axis=1)
    big = np.bincount(label, graph.area) >= LARGE_BODY * graph.area.sum()
    kept = gap & keep_bodies & big[pairs].all(axis=1)
    return pairs, strength, kept, sliver & ~kept
