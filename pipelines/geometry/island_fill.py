"""A filling between a rim and islands in its opening: slits join them to one line, which is filled with least area."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import hole_fill

# So many slits are tried: with the shortest the two sides of a slit may get the same edge.
ATTEMPTS = 8


def fill(rims: list[NDArray]) -> NDArray[np.int64] | None:
    """Triangles (f, 3) between rims, each (k, 3) in the direction in which a filling must run, the first round the
    others. They name the rows of all, one rim after the other; None where no filling keeps every edge to two faces."""
    for attempt in range(ATTEMPTS):
        faces = _filled(rims, attempt / ATTEMPTS)
        if _clean(faces):
            return faces
    return None


def _filled(rims: list[NDArray], further: float) -> NDArray[np.int64]:
    points = np.concatenate(rims)
    starts = np.cumsum([0, *(len(rim) for rim in rims)])
    loop = np.arange(starts[1])
    for first, end in pairwise(starts[1:]):
        loop = _with_slit(points, loop, np.arange(first, end), further)
    same = np.argsort(loop, kind="stable")
    twice = np.flatnonzero(np.diff(loop[same]) == 0)
    one, other = same[twice], same[twice + 1]
    # No edge joins a point with itself, nor with a neighbour of its other place: that edge is there already.
    taken = np.concatenate(
        [np.stack([one, (other + step) % len(loop)], axis=1) for step in (-1, 0, 1)]
        + [np.stack([(one + step) % len(loop), other], axis=1) for step in (-1, 1)]
    )
    return loop[hole_fill.fill(points[loop], taken)]


def _with_slit(
    points: NDArray, loop: NDArray, island: NDArray, further: float
) -> NDArray[np.int64]:
    """A line (k,) that also goes to an island (n,) and round it and back, where the two are nearest; `further`, 0..1:
    where they are further apart."""
    away, near = cKDTree(points[loop]).query(points[island])
    tip = int(np.argsort(away)[int(further * len(island))])
    foot = int(near[tip])
    round_ = np.roll(island, -tip)
    return np.concatenate([loop[: foot + 1], round_, round_[:1], loop[foot:]])


def _clean(faces: NDArray) -> bool:
    """Whether no triangle (f, 3) has a corner twice, and no side is run along twice in one direction."""
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    sides = np.stack([start, end], axis=1)
    return bool((start != end).all()) and len(np.unique(sides, axis=0)) == len(sides)
