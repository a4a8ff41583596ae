"""Rims of different bodies that face each other across what is missing between them: the ends of one opening.

Where a leg is gone and its foot is left, the stump and the foot are such a pair; where a face is gone and its mouth is
left, the mouth is an island in the opening. Knows rims and bodies, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import halfedges

# Each rim lies ahead of the other, within this cosine of the way its filling looks.
AHEAD = 0.5
# Rims further apart than this many times the larger one's size are not taken for the ends of one opening, nor are
# islands further than this from an opening's middle.
FURTHEST, FURTHEST_ISLAND = 2.0, 1.0
# A rim smaller than this share of the other's size is an island.
LEAST_RATIO = 0.5


@dataclass(frozen=True)
class Facing:
    """Rims by their number. pairs: two of like size, each the other's nearest; islands: for a rim, those of smaller
    bodies in its opening. No rim is in two of them."""

    pairs: list[tuple[int, int]]
    islands: dict[int, list[int]]

    def groups(self) -> list[tuple[int, ...]]:
        """The rims of each opening that has several."""
        return [*self.pairs, *((one, *others) for one, others in self.islands.items())]


def facing(points: NDArray, corners: NDArray, rims: list[NDArray]) -> Facing:
    """Which rims face each other.

    points (n, 3), corners (m, 3): a manifold mesh; rims (each (k,)) are of it, in the order in which fillings run.
    """
    if len(rims) < 2:
        return Facing([], {})
    apart, size = _apart(points, corners, rims)
    ratio = size[:, None] / np.maximum(size[None], 1e-300)
    alike = (ratio > LEAST_RATIO) & (ratio < 1.0 / LEAST_RATIO)
    far = np.maximum(size[:, None], size[None])
    tubes = np.where(alike & (apart < FURTHEST * far), apart, np.inf)
    nearest = tubes.argmin(axis=1)
    pairs = [
        (one, int(other))
        for one, other in enumerate(nearest)
        if one < other and nearest[other] == one and np.isfinite(tubes[one, other])
    ]
    taken = {rim for pair in pairs for rim in pair}
    around = np.where((ratio <= LEAST_RATIO) & (apart < FURTHEST_ISLAND * far), apart, np.inf)
    islands: dict[int, list[int]] = {}
    for island in np.argsort(-size).tolist():
        one = int(around[island].argmin())
        lone = np.isfinite(around[island, one]) and not taken.intersection((one, island))
        if lone and island not in islands:
            islands.setdefault(one, []).append(island)
            taken.add(island)
    return Facing(pairs, islands)


def _apart(points: NDArray, corners: NDArray, rims: list[NDArray]) -> tuple[NDArray, NDArray]:
    """How far apart (r, r) the middles of rims are that face each other, infinite of others; their sizes (r,)."""
    body = np.zeros(len(points), np.int64)
    body[corners] = halfedges.bodies(corners)[:, None]
    owner = body[[rim[0] for rim in rims]]
    middle = np.array([points[rim].mean(axis=0) for rim in rims])
    area = np.array([area_vector(points[rim]) for rim in rims])
    large = np.linalg.norm(area, axis=1)
    apart = np.full((len(rims), len(rims)), np.inf)
    for one in range(len(rims)):
        step = middle - middle[one]
        away = np.linalg.norm(step, axis=1)
        ahead = step @ area[one] > AHEAD * away * large[one]
        back = -(step * area).sum(axis=1) > AHEAD * away * large
        fits = ahead & back & (owner != owner[one])
        apart[one, fits] = away[fits]
    return apart, 2.0 * np.sqrt(large / np.pi)


def area_vector(rim: NDArray) -> NDArray[np.float64]:
    """The area (3,) that a rim (k, 3) spans, as a vector that looks where the filling looks."""
    place = rim - rim.mean(axis=0)
    return np.asarray(np.cross(place, np.roll(place, -1, axis=0)).sum(axis=0) / 2.0)
