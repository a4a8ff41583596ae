"""Large faces cut into pieces, on which what is known of places changes evenly: a cube's edge is a line, not its whole
side. A long thin face is cut across alone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import weld

# A piece of a cut face, as a share of the longest side: where edges are looked for, and where only what changes as
# slowly as the samples' mean does; and how many pieces there may be.
PIECE, SLOW_PIECE, MOST_PIECES = 1 / 90, 1 / 45, 90_000
# Ways of cutting that are kept: an object has some dozens.
GRIDS = 128


def cut_faces(
    corners: NDArray, piece: float = PIECE
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Faces cut until no side is longer than a piece. corners (m, 3, 3) of unit size -> the corners of the pieces as
    shares (p, 3, 3) of the corners of their face, and which face (p,) that is."""
    sides = _sides(corners)
    shortest = sides.argmin(0)
    rows, columns = _cuts(sides.max(0), piece), _cuts(sides.min(0), piece)
    most = max(MOST_PIECES, 1.2 * len(corners))
    while rows.max() > 1 and (rows * columns + rows - columns).sum() > most:
        rows, columns = (np.maximum(np.floor(cuts * 0.8), 1) for cuts in (rows, columns))
    shares, origin = [], []
    kinds = np.stack([rows, columns, shortest]).astype(np.int64)
    first, kind = weld.numbered((kinds[0] << 32) + (kinds[1] << 2) + kinds[2])
    order, ends = np.argsort(kind, kind="stable"), np.cumsum(np.bincount(kind))[:-1]
    for (many, across, turn), here in zip(
        kinds[:, first].T.tolist(), np.split(order, ends), strict=True
    ):
        grid = np.roll(_grid(many, across), turn, axis=2)
        shares.append(np.tile(grid, (len(here), 1, 1)))
        origin.append(np.repeat(here, len(grid)))
    return np.concatenate(shares), np.concatenate(origin)


def _cuts(sides: NDArray[np.float64], piece: float) -> NDArray[np.float64]:
    """Into how many pieces sides (m,) are cut."""
    # A side just longer than a piece stays: or a fine mesh would come in four times as many.
    return np.clip(np.ceil(sides / piece - 0.35), 1, 256)


@lru_cache(GRIDS)
def _grid(rows: int, columns: int) -> NDArray[np.float64]:
    """Barycentric corners (p, 3, 3) of the pieces of a triangle cut into rows from its third side to the corner across,
    and along that side into columns, no more than rows."""
    ends = [-(-columns * (rows - row) // rows) for row in range(rows + 1)]
    points, corners, start = [], [], 0
    for row, (end, following) in enumerate(zip(ends, [*ends[1:], 0], strict=True)):
        left = (rows - row) / rows
        last = np.arange(end + 1) * (left / max(end, 1))
        points.append(np.stack([left - last, np.full(end + 1, row / rows), last], axis=1))
        # Points of the line and, side by side with them, of the next: a piece that stands on the one, then its
        # neighbour that hangs from the other.
        here = start + np.arange(end)
        there = here + end + 1
        both = [here, there, here + 1, there, there + 1, here + 1]
        corners.append(np.stack(both, axis=1).reshape(-1, 3)[: end + following])
        start += end + 1
    return np.concatenate(points)[np.concatenate(corners)]


def _sides(corners: NDArray) -> NDArray[np.float64]:
    """Lengths (3, m) of the sides of faces with corners (m, 3, 3), each from the corner before."""
    ways = [corners[:, k] - corners[:, k - 1] for k in range(3)]
    return np.sqrt([np.einsum("ij,ij->i", way, way) for way in ways])


def in_rows(whole: NDArray) -> NDArray[np.int64]:
    """Into how many rows of alike pieces each of the faces (f, 3, 3) is cut, so that samples of it lie evenly: (f,)."""
    rows = _cuts(_sides(whole).max(0), PIECE)
    while rows.max() > 1 and (rows**2).sum() > max(MOST_PIECES, 1.2 * len(whole)):
        rows = np.maximum(np.floor(rows * 0.8), 1)
    return rows.astype(np.int64)


def one_of_rows(
    corners: NDArray, rows: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of each face (s, 3, 3), cut into rows (s,), the piece that comes after a share (s,) of them: (s, 3, 3)."""
    number = np.clip((share * rows**2).astype(np.int64), 0, rows**2 - 1)
    shares = np.zeros((len(rows), 3, 3))
    for count in np.unique(rows):
        here = np.flatnonzero(rows == count)
        shares[here] = _grid(int(count), int(count))[number[here]]
    return np.matmul(shares, corners)
