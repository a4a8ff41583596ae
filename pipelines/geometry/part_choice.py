"""Which of more parts than wanted are kept: borders that nothing calls for, slivers and then the least of the rest go.

Knows patches, labels and borders. Does not know how the labels came about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
# Loose bodies stay apart while they are no more than the parts wanted.
BODY = 1e3


def chosen(
    graph: PatchGraph, label: NDArray, count: int, *, keep_bodies: bool
) -> NDArray[np.int64]:
    """Labels (k,) of the patches, joined until at most `count` parts are left and all their borders are real."""
    while True:
        _, label = np.unique(label, return_inverse=True)
        pairs, strength, gap, border = _borders(graph, label)
        if len(pairs) == 0:
            return np.asarray(label, np.int64)
        area = np.bincount(label, graph.area)
        sliver = (area < SLIVER * border**2)[pairs].any(axis=1) & ~(gap & keep_bodies)
        weak = strength < 1.0
        if len(area) <= count and not (sliver | weak).any():
            return np.asarray(label, np.int64)
        # What a cut is worth: how sure it is, and how much it sets apart. This took the error on the benchmark's 38
        # meshes from .121 to .115.
        worth = np.minimum(strength, SURE) * area[pairs].min(axis=1) / area.sum()
        worth = np.where(gap & keep_bodies, BODY, worth)
        order = np.where(sliver, worth * 1e-6, np.where(weak, strength * 1e-3, worth))
        one, other = pairs[int(order.argmin())]
        label = np.where(label == other, one, label)


def _borders(
    graph: PatchGraph, label: NDArray
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Pairs (b, 2) of parts that touch; how sure each border is (b,), 1 at least for a real one; whether it is a mere
    gap (b,); and the length of the border all round each part."""
    ends = np.sort(label[graph.pairs], axis=1)
    across = ends[:, 0] != ends[:, 1]
    pairs, row = np.unique(ends[across], axis=0, return_inverse=True)
    row = row.reshape(-1)
    parts = int(label.max()) + 1
    length = np.bincount(row, graph.length[across], len(pairs))
    jump = np.abs(np.diff(graph.thickness[graph.pairs], axis=1)[:, 0])
    crease = np.bincount(row, (graph.length * graph.crease)[across], len(pairs)) / length
    step = np.bincount(row, (graph.length * jump)[across], len(pairs)) / length
    solid = np.bincount(row, ~graph.gap[across], len(pairs))
    strength = np.where(solid == 0, SURE, np.maximum(crease / REAL_CREASE, step / REAL_STEP))
    round_ = np.bincount(pairs[:, 0], length, parts) + np.bincount(pairs[:, 1], length, parts)
    return pairs.reshape(-1, 2), strength, np.asarray(solid == 0), np.asarray(round_, np.float64)
