"""Patches put together to parts in several classical ways, and the agreement of those ways.

Alone each has its blind spot: normalised cuts drift on smooth bodies, spectral clustering on few parts. What most of
them put together belongs together (consensus by average linkage, as in ensemble clustering).
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from pipelines.geometry.patches import PatchGraph
from pipelines.geometry.region_merge import Regions, merge

# The ways: how much a full crease weakens a border (as an exponent), and the step in log thickness that does as much.
# Rand index errors on 38 meshes of the Princeton benchmark: .138, .162, .129, .150; together .127, people among
# each other .09.
NORMALISED_CUTS = ((4.0, np.inf), (8.0, np.inf), (4.0, 1.0))
SPECTRAL = ((8.0, 0.35),)
# How well a border holds that is only a gap between two bodies.
GAP = 1e-3
# A region of a smaller share of the area is a crumb, and joins whatever it touches first of all.
CRUMB = 2e-3
# Joining across a gap is the last resort while bodies are no more than the parts wanted.
KEEP_APART = 5.0
CRUMBS_FIRST = -10.0


def loose_bodies(graph: PatchGraph) -> int:
    """How many bodies are more than crumbs."""
    whole = np.bincount(graph.body, graph.area)
    return int((whole >= CRUMB * graph.area.sum()).sum())


def agreed(graph: PatchGraph, count: int, left: int) -> NDArray[np.int64]:
    """The part (k,) of each patch: `left` parts on which the ways that look for `count` parts agree best."""
    touching = _touching(graph)
    votes = [normalised_cuts(_affinity(graph, *way), graph.area, count) for way in NORMALISED_CUTS]
    votes += [spectral(_affinity(graph, *way), graph.area, count) for way in SPECTRAL]
    together = np.mean([vote[:, None] == vote[None, :] for vote in votes], axis=0)
    weight = together * np.outer(graph.area, graph.area)
    total = float(graph.area.sum())
    few_bodies = loose_bodies(graph) <= count

    def price(state: Regions, row: int, near: NDArray) -> NDArray:
        prices = -state.weight[row, near] / (state.area[row] * state.area[near])
        crumb = np.minimum(state.area[row], state.area[near]) < CRUMB * total
        if few_bodies:
            prices = prices + KEEP_APART * (graph.body[row] != graph.body[near])
        return np.asarray(prices + CRUMBS_FIRST * crumb)

    return merge(weight, touching, graph.area, left, price)


def normalised_cuts(affinity: NDArray, area: NDArray, count: int) -> NDArray[np.int64]:
    """Greedy joins that keep the sum of border over area least (Golovinskiy and Funkhouser, 2008)."""

    def price(state: Regions, row: int, near: NDArray) -> NDArray:
        border, borders = state.weight[row].sum(), state.weight[near].sum(axis=1)
        joined = border + borders - 2.0 * state.weight[row, near]
        before = border / state.area[row] + borders / state.area[near]
        return np.asarray(joined / (state.area[row] + state.area[near]) - before)

    return merge(affinity, affinity > 0, area, count, price)


def spectral(affinity: NDArray, area: NDArray, count: int) -> NDArray[np.int64]:
    """k-means on the first eigenvectors of the normalised Laplacian (Ng, Jordan and Weiss, 2002); no random start."""
    size = len(area)
    if size <= count:
        return np.arange(size)
    degree = np.sqrt(np.maximum(affinity.sum(axis=1), 1e-9 * affinity.sum() / size + 1e-300))
    laplacian = np.eye(size) - affinity / np.outer(degree, degree)
    _, vectors = scipy.linalg.eigh(laplacian, subset_by_index=[0, count - 1])
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return _k_means(vectors / np.maximum(length, 1e-12), area, count)


def _k_means(points: NDArray, weight: NDArray, count: int) -> NDArray[np.int64]:
    chosen = [int(weight.argmax())]
    away = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chosen.append(int((away * np.sqrt(weight)).argmax()))
        away = np.minimum(away, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    centres = points[chosen]
    for _ in range(30):
        label = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        total = np.bincount(label, weight, count)
        for axis in range(points.shape[1]):
            mean = np.bincount(label, weight * points[:, axis], count) / np.maximum(total, 1e-300)
            centres[:, axis] = np.where(total > 0, mean, centres[:, axis])
    return np.asarray(label, np.int64)


def _affinity(graph: PatchGraph, crease: float, step: float) -> NDArray[np.float64]:
    """How well neighbours hold together (k, k): the length of their border, weakened by creases and by thickness."""
    jump = np.diff(graph.thickness[graph.pairs], axis=1)[:, 0]
    hold = graph.length * np.exp(-crease * graph.crease - (jump / step) ** 2)
    hold = hold * np.where(graph.gap, GAP, 1.0)
    table = np.zeros((len(graph.area),) * 2)
    table[graph.pairs[:, 0], graph.pairs[:, 1]] = hold
    return table + table.T


def _touching(graph: PatchGraph) -> NDArray[np.bool_]:
    table = np.zeros((len(graph.area),) * 2, bool)
    table[graph.pairs[:, 0], graph.pairs[:, 1]] = True
    return table | table.T
