"""Where the triangles of pieces lie on a screen, for an eye.

Made for millions of triangles: it goes through the vertices in bands that stay in the processor's cache, and what every
triangle has for itself is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.fill import Faces
from pipelines.geometry.glb_drawn import Drawn
from pipelines.geometry.raster import BAND_FACES, Body, Mesh

# Vertices that are worked on at once.
BAND = 32_768
# A centre so many half pictures from the origin is subtracted in one step with the rest, in a third of the time.
NEARBY = 8.0
# A piece of more faces, which share so few vertices, is not brought to the screen as a whole.
LOOSE_FACES, LOOSE_VERTICES = 50_000, 1.5


@dataclass(frozen=True)
class View:
    """What brings points to a screen: (point - centre) @ turn.T + shift is x right and y down in pixels, and depth 0
    (near) to 1 (far). centre (3,), turn (3, 3), shift (3,), float64."""

    centre: NDArray[np.float64]
    turn: NDArray[np.float64]
    shift: NDArray[np.float64]

    def of(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """points (n, 3), whose type is reckoned with -> (3, n)."""
        kind = points.dtype
        turn, middle = self.turn.astype(kind), self.turn @ self.centre
        with np.errstate(invalid="ignore", over="ignore"):  # points that are nowhere
            if (np.abs(middle) <= NEARBY * np.abs(self.shift)).all():
                placed = turn @ points.T
                placed += (self.shift - middle).astype(kind)[:, None]
            else:
                # Far from the origin it would be lost in what float32 rounds off.
                placed = turn @ (points - self.centre.astype(kind)).T
                placed += self.shift.astype(kind)[:, None]
            return placed.astype(np.float32, copy=False)


def bounds(
    pieces: Sequence[Drawn], axes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The lowest and the highest coordinates (3,) along axes (3, 3), a row each, of the vertices that faces use and
    that are somewhere; None where there are none."""
    lows, highs = [], []
    for piece in pieces:
        turn = axes.astype(piece.vertices.dtype)
        for points in _used(piece):
            with np.errstate(invalid="ignore"):  # points that are nowhere
                rows = turn @ points.T
            low, high = rows.min(1), rows.max(1)
            if not (np.isfinite(low).all() and np.isfinite(high).all()):
                rows = rows[:, np.isfinite(rows).all(0)]
                if not rows.size:
                    continue
                low, high = rows.min(1), rows.max(1)
            lows.append(low)
            highs.append(high)
    if not lows:
        return None
    return np.min(lows, axis=0).astype(np.float64), np.max(highs, axis=0).astype(np.float64)


def used_points(pieces: Sequence[Drawn]) -> NDArray[np.floating]:
    """The vertices (3, n) that faces use and that are somewhere."""
    found = [points.T for piece in pieces for points in _used(piece)]
    points = np.concatenate([np.zeros((3, 0), np.float32), *found], axis=1)
    return points if np.isfinite(points).all() else points[:, np.isfinite(points).all(0)]


def _used(piece: Drawn) -> Iterator[NDArray[np.floating]]:
    """The vertices (k, 3) that faces use, in bands."""
    if is_loose(piece):
        for start in range(0, len(piece.faces), BAND_FACES):
            yield _corners(piece, piece.faces[start : start + BAND_FACES])
        return
    is_used = np.zeros(len(piece.vertices), bool)
    for start in range(0, len(piece.faces), BAND):
        is_used[piece.faces[start : start + BAND].reshape(-1).astype(np.intp)] = True
    for start in range(0, len(is_used), BAND):
        points, used = piece.vertices[start : start + BAND], is_used[start : start + BAND]
        if used.all():
            yield points
        elif used.any():
            yield points[used]


def is_loose(piece: Drawn) -> bool:
    """Whether the faces of a piece share so few vertices that these are many more than the faces that a picture
    shows."""
    many = len(piece.faces) > LOOSE_FACES
    return many and len(piece.vertices) > LOOSE_VERTICES * len(piece.faces)


def _corners(piece: Drawn, faces: NDArray[np.integer]) -> NDArray[np.floating]:
    """The corners (3 m, 3) of faces (m, 3), one after the other."""
    order = faces.reshape(-1)
    first = int(order[0])
    if int(order[-1]) - first == len(order) - 1 and np.array_equal(
        order, np.arange(first, first + len(order), dtype=order.dtype)
    ):
        return piece.vertices[first : first + len(order)]
    return np.take(piece.vertices, order, axis=0)


@dataclass(frozen=True)
class Loose:
    """A piece whose faces share few vertices, on a screen. A face with a corner nowhere has no size."""

    piece: Drawn
    view: View

    def __len__(self) -> int:
        return len(self.piece.faces)

    def ends(self, number: NDArray[np.intp]) -> NDArray[np.float32]:
        bands = [
            number[low : low + BAND_FACES] for low in range(0, max(1, len(number)), BAND_FACES)
        ]
        ends = [self._placed(np.take(self.piece.faces, band, axis=0)) for band in bands]
        return np.concatenate(ends, axis=2)

    def _placed(self, faces: NDArray[np.integer]) -> NDArray[np.float32]:
        if not len(faces):
            return np.zeros((3, 3, 0), np.float32)
        placed = self.view.of(_corners(self.piece, faces))
        ends = np.ascontiguousarray(placed.reshape(3, -1, 3).transpose(0, 2, 1))
        if not np.isfinite(ends).all():
            ends[:, :, ~np.isfinite(ends).all((0, 1))] = 0.0
        return ends

    def reaching(self, size: int) -> Iterator[Faces]:
        for start in range(0, len(self), BAND_FACES):
            ends = self._placed(self.piece.faces[start : start + BAND_FACES])
            faces = Faces.of(ends, np.arange(start, start + ends.shape[2]), size)
            yield faces.those((faces.width > 0) & (faces.height > 0))


def on_screen(pieces: Sequence[Drawn], view: View) -> tuple[list[Drawn], list[Body]]:
    """The pieces, in the order of their faces and without those that have a corner nowhere, and what of them there is
    to draw."""
    shared = [piece for piece in pieces if not is_loose(piece)]
    loose = [piece for piece in pieces if is_loose(piece)]
    kept: list[Drawn] = []
    bodies: list[Body] = []
    if shared:
        kept, body = _together(shared, view)
        bodies.append(body)
    return kept + loose, bodies + [Loose(piece, view) for piece in loose]


def _together(pieces: Sequence[Drawn], view: View) -> tuple[list[Drawn], Mesh]:
    """Pieces without the faces that have a corner nowhere, and all of them as one mesh."""
    total = sum(len(piece.vertices) for piece in pieces)
    flat, depth = np.zeros(total, np.complex64), np.zeros(total, np.float32)
    kept, faces, first = [], [], 0
    for piece in pieces:
        bad = _place(piece.vertices, view, flat[first:], depth[first:])
        if bad is not None:
            piece = replace(piece, faces=piece.faces[~bad[piece.faces].any(1)])
        kept.append(piece)
        alone = len(pieces) == 1
        faces.append(piece.faces if alone else piece.faces.astype(np.int32) + np.int32(first))
        first += len(piece.vertices)
    return kept, Mesh(flat, depth, faces[0] if len(faces) == 1 else np.concatenate(faces))


def _place(
    vertices: NDArray[np.floating], view: View, flat: NDArray, depth: NDArray
) -> NDArray[np.bool_] | None:
    """Write where vertices (n, 3) are to the first n of flat and depth, 0 for those nowhere -> which these are (n,), or
    None."""
    bad = None
    for start in range(0, len(vertices), BAND):
        x, y, z = placed = view.of(vertices[start : start + BAND])
        band = slice(start, start + len(x))
        if not np.isfinite(placed).all():
            bad = np.zeros(len(vertices), bool) if bad is None else bad
            bad[band] = ~np.isfinite(placed).all(0)
            placed[:, bad[band]] = 0.0
        flat[band].real, flat[band].imag, depth[band] = x, y, z
    return bad
