"""Single classical ways to put patches together to parts, each of which looks for one thing."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from pipelines.geometry import weld
from pipelines.geometry.patches import PatchGraph
from pipelines.geometry.region_merge import Regions, merge

# Seeds for each part that is wanted, from which walks start.
SEEDS = 4
# Levels of thickness that are told apart, rounds to find them, and what a border with another level costs.
LEVELS = 5
LEVEL_ROUNDS = 30
LEVEL_BORDER = 4.0


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


def random_walks(graph: PatchGraph, affinity: NDArray, count: int) -> NDArray[np.int64]:
    """Each patch goes to the seed that a random walk from it meets first most often (Lai and others, 2008); the areas
    of more seeds than parts are joined by normalised cuts."""
    seeds = _spread(graph, min(SEEDS * count, len(graph.area)))
    label = np.zeros(len(graph.area), np.int64)
    label[seeds] = np.arange(len(seeds))
    free = np.setdiff1d(np.arange(len(label)), seeds)
    if len(free):
        loss = affinity.sum(axis=1) + 1e-9 * affinity.sum() / len(label) + 1e-300
        inner = np.diag(loss[free]) - affinity[np.ix_(free, free)]
        label[free] = np.linalg.solve(inner, affinity[np.ix_(free, seeds)]).argmax(axis=1)
    return _joined(affinity, graph.area, label, count)


def by_thickness(graph: PatchGraph, affinity: NDArray, count: int) -> NDArray[np.int64]:
    """Levels of thickness by a mixture of normal distributions, borders kept short, and the regions of one level joined
    by normalised cuts (Shapira, Shamir and Cohen-Or, 2008)."""
    cost = _level_costs(graph.thickness, graph.area / graph.area.sum())
    hold = affinity / np.maximum(affinity.sum(axis=1, keepdims=True), 1e-300)
    level = cost.argmin(axis=1)
    for _ in range(LEVEL_ROUNDS):
        moved = (cost - LEVEL_BORDER * (hold @ np.eye(LEVELS)[level])).argmin(axis=1)
        if (moved == level).all():
            break
        level = moved
    same = level[graph.pairs[:, 0]] == level[graph.pairs[:, 1]]
    _, region = weld.bodies(graph.pairs[same], len(level))
    return _joined(affinity, graph.area, region, count)


def _level_costs(values: NDArray, weight: NDArray) -> NDArray[np.float64]:
    """How ill each value (k,) fits each of LEVELS normal distributions that were fitted to all of them: (k, LEVELS)."""
    order = np.argsort(values, kind="stable")
    place = np.searchsorted(np.cumsum(weight[order]), (np.arange(LEVELS) + 0.5) / LEVELS)
    mean = values[order][np.minimum(place, len(values) - 1)]
    deviation = np.full(LEVELS, max(float(values.std()), 1e-3) / LEVELS)
    share = np.full(LEVELS, 1.0 / LEVELS)
    cost = np.zeros((len(values), LEVELS))
    for _ in range(LEVEL_ROUNDS):
        cost = 0.5 * ((values[:, None] - mean) / deviation) ** 2 + np.log(deviation / share)
        member = np.exp(cost.min(axis=1, keepdims=True) - cost)
        member *= (weight / member.sum(axis=1))[:, None]
        share = member.sum(axis=0) + 1e-12
        mean = (member * values[:, None]).sum(axis=0) / share
        spread = (member * (values[:, None] - mean) ** 2).sum(axis=0) / share
        # No level is narrower than 3 % of thickness: rays measure no finer.
        deviation = np.sqrt(spread + 1e-3)
    return cost


def _joined(affinity: NDArray, area: NDArray, label: NDArray, count: int) -> NDArray[np.int64]:
    """Regions (k,) of patches joined by normalised cuts until `count` are left."""
    _, label = np.unique(label, return_inverse=True)
    member = np.eye(int(label.max()) + 1)[label]
    border = member.T @ affinity @ member
    np.fill_diagonal(border, 0.0)
    return normalised_cuts(border, area @ member, count)[label]


def _spread(graph: PatchGraph, count: int) -> NDArray[np.int64]:
    """Patches (count,) far from each other: the largest, then each the farthest from all before."""
    chosen = [int(graph.area.argmax())]
    away = ((graph.centre - graph.centre[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chosen.append(int(away.argmax()))
        away = np.minimum(away, ((graph.centre - graph.centre[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(sorted(set(chosen)), np.int64)
