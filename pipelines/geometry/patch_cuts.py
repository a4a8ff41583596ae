"""Patches put together to parts in many classical ways, and the agreement of those ways.

Alone each has its blind spot: normalised cuts drift on smooth bodies, spectral clustering on few parts, thickness on
what is equally thick all over. What most of them put together belongs together (consensus by average linkage, as in
ensemble clustering).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.patches import PatchGraph
from pipelines.geometry.region_merge import Regions, merge
from pipelines.geometry.single_cuts import by_thickness, normalised_cuts, random_walks, spectral

# How much a full crease weakens a border (as an exponent), and the step in log thickness that does as much.
NORMALISED_CUTS = ((4.0, np.inf), (8.0, np.inf), (4.0, 1.0), (4.0, 0.5), (2.0, 0.5), (8.0, 0.5))
SPECTRAL = (8.0, 0.35)
USUAL = (4.0, 1.0)
# How well a border holds that is only a gap between two bodies.
GAP = 1e-3
# A region of a smaller share of the area is a crumb, and joins whatever it touches first of all: without that rule an
# armadillo of the Princeton benchmark became 17 slivers and one large part.
CRUMB = 1e-3
# Loose bodies of this share of the area stay apart while there are no more of them than parts wanted: joining across
# their gaps is the last resort. Smaller ones, buttons and teeth, stand back behind the limbs of larger ones.
LARGE_BODY = 0.01
KEEP_APART = 5.0
CRUMBS_FIRST = -10.0

# A way to cut: the number of parts -> the part (k,) of each patch.
Way = Callable[[int], NDArray[np.int64]]


def large_bodies(graph: PatchGraph) -> int:
    """How many loose bodies are large."""
    return len(np.unique(graph.body[is_in_large_body(graph)]))


def is_in_large_body(graph: PatchGraph) -> NDArray[np.bool_]:
    """Which patches (k,) are of a large loose body."""
    whole = np.bincount(graph.body, graph.area)
    return np.asarray((whole >= LARGE_BODY * graph.area.sum())[graph.body])


def ways(graph: PatchGraph, sight: NDArray | None) -> list[Way]:
    """The ways to cut a mesh. sight (k, k) as `lines_of_sight` gives it; without it there is one way less."""
    usual = _affinity(graph, *USUAL)
    found: list[Way] = [
        partial(normalised_cuts, _affinity(graph, *way), graph.area) for way in NORMALISED_CUTS
    ]
    found.append(partial(spectral, _affinity(graph, *SPECTRAL), graph.area))
    found.append(partial(random_walks, graph, usual))
    found.append(partial(by_thickness, graph, usual))
    if sight is not None:
        found.append(partial(normalised_cuts, usual * sight, graph.area))
    return found


def agreement(votes: Sequence[NDArray]) -> NDArray[np.float64]:
    """The share (k, k) of votes (k,) that put two patches together."""
    return np.asarray(np.mean([vote[:, None] == vote[None, :] for vote in votes], axis=0))


def agreed(graph: PatchGraph, together: NDArray, count: int, left: int) -> NDArray[np.int64]:
    """The part (k,) of each patch: `left` parts on which the ways that looked for `count` parts agree best."""
    total = float(graph.area.sum())
    few_bodies = large_bodies(graph) <= count
    large = is_in_large_body(graph)

    def price(state: Regions, row: int, near: NDArray) -> NDArray:
        prices = -state.weight[row, near] / (state.area[row] * state.area[near])
        crumb = np.minimum(state.area[row], state.area[near]) < CRUMB * total
        if few_bodies:
            apart = (graph.body[row] != graph.body[near]) & large[row] & large[near]
            prices = prices + KEEP_APART * apart
        return np.asarray(prices + CRUMBS_FIRST * crumb)

    weight = together * np.outer(graph.area, graph.area)
    return merge(weight, _touching(graph), graph.area, left, price)


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
