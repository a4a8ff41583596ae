"""Regions joined two by two, always the pair with the lowest price, until few enough are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass
class Regions:
    """The state between two joins. `weight` (n, n) adds up when regions are joined; `touching` (n, n) says which may
    be; `area` (n,); `alive` (n,) are those that still stand for a region; `left` is their number."""

    weight: NDArray[np.float64]
    touching: NDArray[np.bool_]
    area: NDArray[np.float64]
    alive: NDArray[np.bool_]
    left: int


# The prices of joining region i with each of its neighbours (k,): Price(regions, i, neighbours) -> (k,).
Price = Callable[[Regions, int, NDArray[np.int64]], NDArray[np.float64]]


def merge(
    weight: NDArray, touching: NDArray, area: NDArray, count: int, price: Price
) -> NDArray[np.int64]:
    """Join regions until `count` are left or none touch. weight, touching (n, n), area (n,) -> labels (n,)."""
    size = len(area)
    state = Regions(weight.copy(), touching.copy(), area.copy(), np.ones(size, bool), size)
    label = np.arange(size)
    best, partner = np.full(size, np.inf), np.zeros(size, np.int64)

    def look_again(row: int) -> None:
        """Find the cheapest neighbour of a region; tell the others where it became theirs. A price has no direction."""
        near = np.flatnonzero(state.touching[row])
        if len(near) == 0:
            best[row] = np.inf
            return
        prices = price(state, row, near)
        cheapest = int(prices.argmin())
        best[row], partner[row] = prices[cheapest], near[cheapest]
        cheaper = prices < best[near]
        best[near[cheaper]], partner[near[cheaper]] = prices[cheaper], row

    for row in range(size):
        look_again(row)
    while state.left > count:
        one = int(best.argmin())
        if not np.isfinite(best[one]):
            break
        other = int(partner[one])
        stale = np.flatnonzero((partner == one) | (partner == other))
        _join(state, one, other)
        label[label == other] = one
        best[stale] = np.inf
        best[other] = np.inf
        look_again(one)
        for left in stale:
            if state.alive[left] and left != one:
                look_again(int(left))
    return np.asarray(np.unique(label, return_inverse=True)[1], np.int64)


def _join(state: Regions, one: int, other: int) -> None:
    for table in (state.weight, state.touching):
        table[one] += table[other]
        table[:, one] += table[:, other]
        table[one, one] = 0
        table[other] = 0
        table[:, other] = 0
    state.area[one] += state.area[other]
    state.alive[other] = False
    state.left -= 1
