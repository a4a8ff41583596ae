"""A filling between a rim and islands in its opening: slits join them to one line, which is filled with least area.

Least area alone would span the opening flat and leave an island out in front on a stalk, as soap films do. An island is
what is left of the surface that was there, so no triangle may pass under it from rim to rim.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import hole_fill
from pipelines.geometry.facing_rims import area_vector

# So many slits are tried, the shortest first, and so many fillings with each: the two sides of a slit may get the same
# edge, which is barred then.
SLITS, ROUNDS = 4, 4
# A triangle passes under an island that is no further from the middle of its longest side than so many times that side.
UNDER = 2.0


def fill(rims: list[NDArray]) -> NDArray[np.int64] | None:
    """Triangles (f, 3) between rims, each (k, 3) in the direction in which a filling must run, the first round the
    others. They name the rows of all, one rim after the other; None where no filling keeps every edge to two faces."""
    points = np.concatenate(rims)
    owner = np.repeat(np.arange(len(rims)), [len(rim) for rim in rims])
    for slit in range(SLITS):
        loop = _line(points, owner, slit / SLITS)
        taken, barred = _beside_itself(loop), _barred(points[loop], owner[loop])
        for _ in range(ROUNDS):
            rows = hole_fill.fill(points[loop], taken, barred)
            if _clean(loop[rows]):
                return loop[rows]
            taken = np.concatenate([taken, _again(loop, rows)])
    return None


def _line(points: NDArray, owner: NDArray, further: float) -> NDArray[np.int64]:
    """One closed line (l,) along all rims of points (n, 3), owner (n,) of each, that goes along slits twice."""
    starts = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(owner))
    loop = np.arange(starts[1])
    for first, end in pairwise(starts[1:]):
        loop = _with_slit(points, loop, np.arange(first, end), further)
    return loop


def _beside_itself(loop: NDArray) -> NDArray[np.int64]:
    """Pairs (t, 2) of places on a line (l,) where it is at one point twice, and of each with the neighbours of the
    other: the first is no edge, and the others are there already."""
    same = np.argsort(loop, kind="stable")
    twice = np.flatnonzero(np.diff(loop[same]) == 0)
    one, other = same[twice], same[twice + 1]
    return np.concatenate(
        [np.stack([one, (other + step) % len(loop)], axis=1) for step in (-1, 0, 1)]
        + [np.stack([(one + step) % len(loop), other], axis=1) for step in (-1, 1)]
    )


def _again(loop: NDArray, rows: NDArray) -> NDArray[np.int64]:
    """Pairs (t, 2) of places on a line (l,) whose edge triangles (f, 3) make although two other places have it."""
    sides = np.stack([rows, np.roll(rows, -1, axis=1)], axis=2).reshape(-1, 2)
    places = np.unique(np.sort(sides, axis=1), axis=0)
    apart = places[:, 1] - places[:, 0]
    inner = (apart > 1) & (apart < len(loop) - 1)
    # Sides of the line come first: they cannot be had otherwise.
    places = places[np.argsort(inner, kind="stable")]
    _, first = np.unique(np.sort(loop[places], axis=1), axis=0, return_index=True)
    return np.delete(places, first, axis=0)


def _barred(points: NDArray, owner: NDArray) -> hole_fill.Bar:
    """Which triangles between points (n, 3) pass under the island nearest to them without a corner on it, or close one
    from behind. owner (n,): the rim of each, 0 is the outer one."""
    islands = owner > 0
    tree, theirs = cKDTree(points[islands]), owner[islands]
    behind = np.array([area_vector(points[owner == rim]) for rim in range(int(owner.max()) + 1)])

    def barred(faces: NDArray[np.int64]) -> NDArray[np.bool_]:
        a, b, c = (points[faces[..., corner]] for corner in range(3))
        sides = np.stack([b - a, c - b, a - c], axis=-2)
        middles = np.stack([b + a, c + b, a + c], axis=-2) / 2.0
        length = np.linalg.norm(sides, axis=-1)
        longest = length.argmax(axis=-1)[..., None]
        middle = np.take_along_axis(middles, longest[..., None], -2)[..., 0, :]
        away, near = tree.query(middle)
        rims = owner[faces]
        apart = (rims != theirs[near][..., None]).all(axis=-1)
        under = apart & (away < UNDER * length.max(axis=-1))
        alone = (rims > 0).all(axis=-1) & (rims == rims[..., :1]).all(axis=-1)
        way = (np.cross(b - a, c - a) * behind[rims[..., 0]]).sum(axis=-1)
        return np.asarray(under | (alone & (way > 0.0)))

    return barred


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
