"""Faces grouped by their features, neighbours with neighbours only, down to an exact count.

Ward's criterion (Ward 1963) under a graph of neighbours: the two groups are joined whose joining adds least to the
squared distances from the groups' means. While there are many groups, pairs that are each other's nearest are joined
together, the cheaper half of them a round: Ward's distances are reducible, so the order among such pairs does not
matter. The last groups are joined one pair at a time. Knows numbers and pairs, no mesh.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# So many groups for each one wanted are left to the exact way, and at least so many.
EXACT_SHARE = 40
EXACT_LEAST = 1500
_CHUNK = 1 << 14
Progress = Callable[[float], None]


def ward(
    features: NDArray, pairs: NDArray, count: int, progress: Progress = lambda _: None
) -> NDArray[np.int64]:
    """Exactly `count` groups: a number (m,) from 0 for each of the rows of features (m, d), each group connected.

    pairs (p, 2) of neighbouring rows, which connect all rows. Raises ValueError for fewer rows than groups, and where
    the pairs leave more pieces than groups.
    """
    size = len(features)
    if size < count:
        raise ValueError(f"{size} rows cannot have {count} groups")
    label = np.arange(size)
    sums = np.asarray(features, np.float32)
    sizes = np.ones(size)
    pairs = _own_pairs(pairs)
    few = max(EXACT_LEAST, EXACT_SHARE * count)
    while len(sizes) > few and len(pairs):
        progress(0.8 * (1.0 - np.log(len(sizes) / few) / np.log(size / few)))
        joined = _round(sums, sizes, pairs, len(sizes) - few)
        number = _numbers(len(sizes), pairs[joined])
        label = number[label]
        sums, sizes = _together(sums, sizes, number)
        pairs = _own_pairs(number[pairs])
    progress(0.8)
    number = _one_by_one(sums.astype(np.float64), sizes, pairs, count)
    progress(1.0)
    return np.asarray(number[label], np.int64)


def _own_pairs(pairs: NDArray) -> NDArray[np.int64]:
    """Each pair once, the lower number first; none of a row with itself."""
    ordered = np.sort(np.asarray(pairs, np.int64).reshape(-1, 2), axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)


def _costs(sums: NDArray, sizes: NDArray, pairs: NDArray) -> NDArray[np.float64]:
    """What joining each pair (p, 2) adds."""
    cost = np.zeros(len(pairs))
    for start in range(0, len(pairs), _CHUNK):
        one, other = pairs[start : start + _CHUNK].T
        apart = sums[one] / sizes[one, None] - sums[other] / sizes[other, None]
        weight = sizes[one] * sizes[other] / (sizes[one] + sizes[other])
        cost[start : start + _CHUNK] = weight * np.einsum("ij,ij->i", apart, apart)
    return cost


def _round(sums: NDArray, sizes: NDArray, pairs: NDArray, most: int) -> NDArray[np.int64]:
    """The rows of pairs that are joined now, at most so many: no group is in two of them."""
    cost = _costs(sums, sizes, pairs)
    order = np.argsort(cost, kind="stable")[::-1]  # the cheapest is written last and stays
    nearest = np.full(len(sizes), -1, np.int64)
    nearest[pairs[order].reshape(-1)] = np.repeat(order, 2)
    rows = np.arange(len(pairs))
    mutual = np.flatnonzero((nearest[pairs[:, 0]] == rows) & (nearest[pairs[:, 1]] == rows))
    cheap = mutual[np.argsort(cost[mutual], kind="stable")]
    return cheap[: min(most, (len(cheap) + 1) // 2)]


def _numbers(size: int, joined: NDArray) -> NDArray[np.int64]:
    """The new number (size,) of each group, once pairs that share no group are joined."""
    lead = np.arange(size)
    lead[joined[:, 1]] = joined[:, 0]
    kept = lead == np.arange(size)
    return (np.cumsum(kept) - 1)[lead]


def _together(sums: NDArray, sizes: NDArray, number: NDArray) -> tuple[NDArray, NDArray]:
    count = int(number.max()) + 1
    ones = np.ones(len(number), sums.dtype)
    table = sparse.csr_matrix((ones, (number, np.arange(len(number)))), (count, len(number)))
    return table @ sums, np.bincount(number, sizes, count)


def _one_by_one(sums: NDArray, sizes: NDArray, pairs: NDArray, count: int) -> NDArray[np.int64]:
    """The group (k,) of each group, once the cheapest pair has been joined again and again until `count` are left."""
    held, weights = [*sums], sizes.tolist()
    near: list[set[int]] = [set() for _ in weights]
    for one, other in pairs.tolist():
        near[one].add(other)
        near[other].add(one)
    costs = _costs(sums, sizes, pairs)
    heap = [(float(cost), *pair) for cost, pair in zip(costs, pairs.tolist(), strict=True)]
    heapq.heapify(heap)
    lead, left, first = list(range(len(weights))), len(weights), len(weights)
    while left > count:
        if not heap:
            raise ValueError(f"the pairs leave {left} pieces; {count} groups are wanted")
        _, one, other = heapq.heappop(heap)
        if lead[one] != one or lead[other] != other:
            continue  # one of them is no group of its own any more
        fresh = len(lead)
        lead.append(fresh)
        lead[one] = lead[other] = fresh
        held.append(held[one] + held[other])
        weights.append(weights[one] + weights[other])
        near.append((near[one] | near[other]) - {one, other})
        _link(heap, near, held, weights, (one, other), fresh)
        left -= 1
    return _roots(lead)[:first]


def _link(
    heap: list[Any],
    near: list[set[int]],
    sums: list,
    sizes: list,
    gone: tuple[int, int],
    fresh: int,
) -> None:
    """Make a fresh group the neighbour of those of the two that became it."""
    mean = sums[fresh] / sizes[fresh]
    for one in sorted(near[fresh]):
        near[one] -= {*gone}
        near[one].add(fresh)
        apart = sums[one] / sizes[one] - mean
        weight = sizes[one] * sizes[fresh] / (sizes[one] + sizes[fresh])
        heapq.heappush(heap, (float(weight * (apart @ apart)), one, fresh))


def _roots(lead: list[int]) -> NDArray[np.int64]:
    """Numbers from 0 of the groups at the ends of the ways."""
    root = np.array(lead)
    for group in range(len(lead) - 1, -1, -1):
        root[group] = root[lead[group]] if lead[group] != group else group
    return np.unique(root, return_inverse=True)[1].astype(np.int64)
