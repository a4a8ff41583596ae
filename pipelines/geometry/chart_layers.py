"""Charts that lie upon themselves, taken apart by layers: what lies below goes into charts of its own.

Each face is asked at some points whether another of its chart lies there too: of the two the deeper one goes to the
layer below. What lies in more layers than two, a ramp of many turns, is halved across, which makes half turns of it.
Sampled, so that a sliver of an overlap may be missed: what is left folded is told.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import planar_charts
from pipelines.geometry.planar_charts import Charts
from pipelines.geometry.weld import face_pairs, spots

# Where each face is asked: its middle, and halfway from there to its corners.
ASKED = np.array([[2, 2, 2], [4, 1, 1], [1, 4, 1], [1, 1, 4]]) / 6.0
# A point lies in a face that it is so deep in, as a share of the face: neighbours meet at their borders.
INSIDE = 0.02
# A chart of more layers than this, on the whole, is halved.
MOST_LAYERS = 2.2
# How often what is still folded is taken apart once more. Measured on 700 objects: once does for nearly all.
ROUNDS = 3


def apart(found: Charts, vertices: NDArray, faces: NDArray) -> Charts:
    """Charts of vertices (n, 3), faces (m, 3) with the folded ones taken apart, as far as that goes."""
    rows = np.flatnonzero(found.folded[found.chart])
    if not 0 < np.count_nonzero(found.folded) <= planar_charts.SHEET_CHARTS:
        return found
    direction, flat = found.direction[rows], found.flat[rows]
    depth = _depth(vertices, faces[rows], direction)
    pairs, _ = face_pairs(spots(vertices, faces[rows])[faces[rows]])
    chart = np.unique(found.chart[rows], return_inverse=True)[1].reshape(-1)
    for step in range(ROUNDS + 1):
        layers, below = _layers(chart, flat, depth)
        folded = layers > planar_charts.MOST_UPON_ITSELF
        if step == ROUNDS or not folded.any():
            break
        beyond = np.where(layers[chart] > MOST_LAYERS, _in_second_half(chart, flat), below)
        chart = planar_charts.patches(2 * chart + (beyond & folded[chart]), pairs)
        if int(chart.max()) >= planar_charts.SHEET_CHARTS:
            return found
    whole = found.chart.copy()
    whole[rows] = len(found.folded) + chart
    _, whole = np.unique(whole, return_inverse=True)
    turned = found.flat.copy()
    turned[rows] = planar_charts.upright(chart, flat)
    again = np.zeros(int(whole.max()) + 1, bool)
    again[whole[rows]] = folded[chart]
    return Charts(whole.reshape(-1), turned, again, found.direction)


def _depth(vertices: NDArray, faces: NDArray, direction: NDArray[np.int64]) -> NDArray[np.float64]:
    """How near the viewer who looks along each face's direction its corners are: (m, 3)."""
    along = np.asarray(vertices, np.float64)[faces, (direction % 3)[:, None]]
    return along * np.where(direction < 3, 1.0, -1.0)[:, None]


def _layers(
    chart: NDArray[np.int64], flat: NDArray, depth: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How many layers charts (c,) have on the whole, and which faces (m,) lie below others of their chart (m,)."""
    placed, owner = planar_charts.sheet(chart, flat)
    below = np.zeros(len(chart), bool)
    for weights in ASKED:
        point, height = np.einsum("k,mkd->md", weights, placed), depth @ weights
        column = np.floor(point[:, 0]).astype(np.int64)
        row = len(owner) - 1 - np.floor(point[:, 1]).astype(np.int64)
        shown = owner[row.clip(0, len(owner) - 1), column.clip(0, len(owner) - 1)]
        mine = np.flatnonzero((shown >= 0) & (shown != np.arange(len(shown))))
        other = shown[mine]
        inside, there = _at(placed[other], depth[other], point[mine])
        inside &= chart[mine] == chart[other]
        mine, other, nearer = mine[inside], other[inside], (there > height[mine])[inside]
        below[np.where(nearer, mine, other)] = True
    return planar_charts.layers(chart, placed, owner), below


def _in_second_half(chart: NDArray[np.int64], flat: NDArray) -> NDArray[np.bool_]:
    """Which faces (m,) lie beyond the middle of their chart's longer side."""
    low, high = planar_charts.bounds(chart, flat, int(chart.max()) + 1)
    longer = (high - low).argmax(1)[chart]
    middle = ((low + high) / 2.0)[chart]
    rows = np.arange(len(chart))
    return np.asarray(flat.mean(1)[rows, longer] > middle[rows, longer])


def _at(
    placed: NDArray, depth: NDArray, point: NDArray
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether points (k, 2) lie in faces with corners placed (k, 3, 2), and these faces' depth (k, 3) there: (k,)."""
    one, other, way = placed[:, 1] - placed[:, 0], placed[:, 2] - placed[:, 0], point - placed[:, 0]
    area = _cross(one, other)
    area = np.where(np.abs(area) > 1e-12, area, np.inf)
    second, third = _cross(way, other) / area, _cross(one, way) / area
    first = 1.0 - second - third
    inside = np.minimum(np.minimum(first, second), third) > INSIDE
    return inside, first * depth[:, 0] + second * depth[:, 1] + third * depth[:, 2]


def _cross(one: NDArray, other: NDArray) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
