"""Which triangle is seen at each pixel: a z-buffer, in numpy alone.

Made for few faces as for many more than the picture has pixels: of many, those that lie between the pixels' centres or
behind what is drawn already are left out.

Knows triangles on a screen. Does not know cameras, colours or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.geometry import fill
from pipelines.geometry.fill import Faces
from pipelines.geometry.unseen import Behind

# Faces that are looked at at once, and drawn at once: what they need stays in the processor's cache.
BAND_FACES, DRAWN_FACES = 32_768, 8_192
# After so many faces it is looked up what is hidden, and again after so many times as many.
LOOK_AFTER, LOOK_AGAIN = 150_000, 3.0
# Some 5 s of drawing. A solid object at 1024 px takes one or two million.
MOST_PIXELS = 100_000_000
# A point's pixel in one integer: across, and down.
_ACROSS, _DOWN_BITS = 2**16 - 1, 16


class Body(Protocol):
    """Faces on a screen, numbered from 0. What is asked of a mesh that is to be drawn."""

    def __len__(self) -> int: ...

    def reaching(self, size: int) -> Iterator[Faces]:
        """Its faces, in bands; those without a pixel's centre between their corners, across and down, are left out."""

    def ends(self, number: NDArray[np.intp]) -> NDArray[np.float32]:
        """The corners of faces: (3 axes, 3 corners, m), x right and y down in pixels, depth 0 (near) to 1 (far)."""


@dataclass(frozen=True)
class Mesh:
    """Faces (m, 3) that share points: flat (n,) complex64, x right and y down in pixels, and depth (n,) float32, 0
    (near) to 1 (far), all finite."""

    flat: NDArray[np.complex64]
    depth: NDArray[np.float32]
    faces: NDArray[np.integer]

    @staticmethod
    def of(points: NDArray[np.float32], faces: NDArray[np.integer]) -> Mesh:
        """points (n, 3)."""
        flat = np.ascontiguousarray(points[:, :2], np.float32).view(np.complex64)[:, 0]
        return Mesh(flat, np.ascontiguousarray(points[:, 2], np.float32), faces)

    def __len__(self) -> int:
        return len(self.faces)

    def ends(self, number: NDArray[np.intp]) -> NDArray[np.float32]:
        return self._at(np.take(self.faces, number, axis=0).T.astype(np.intp, order="C"))

    def _at(self, corners: NDArray[np.intp]) -> NDArray[np.float32]:
        flat = np.take(self.flat, corners)
        return np.stack([flat.real, flat.imag, np.take(self.depth, corners)])

    def reaching(self, size: int) -> Iterator[Faces]:
        cells = self._cells(size)
        for start in range(0, len(self.faces), BAND_FACES):
            corners = self.faces[start : start + BAND_FACES].T.astype(np.intp, order="C")
            one, two, three = np.take(cells, corners)
            differs = (one ^ two) | (one ^ three)
            reach = np.flatnonzero(((differs & _ACROSS) != 0) & (differs > _ACROSS))
            yield Faces.of(self._at(np.take(corners, reach, axis=1)), reach + start, size)

    def _cells(self, size: int) -> NDArray[np.int32]:
        """The pixel of each point (n,), counted so that a face has no centre between its corners where these have all
        the same across, or down. A point on a line of centres counts as before it, so that of two faces that share it
        one is kept."""
        cells = np.zeros(len(self.flat), np.int32)
        for start in range(0, len(cells), BAND_FACES):
            band = slice(start, start + BAND_FACES)
            across, down = (
                np.clip(np.ceil(axis + np.float32(0.5)), 0, size + 1).astype(np.int32)
                for axis in (self.flat[band].real, self.flat[band].imag)
            )
            cells[band] = across | down << _DOWN_BITS
        return cells


def seen_faces(corners: NDArray[np.float32], size: int) -> NDArray[np.int32]:
    """As `seen`, of faces with corners (m, 3, 3) of their own."""
    order = np.arange(3 * len(corners), dtype=np.int32)
    return seen(corners.reshape(-1, 3), order.reshape(-1, 3), size)


def seen(points: NDArray[np.float32], faces: NDArray[np.integer], size: int) -> NDArray[np.int32]:
    """points (n, 3): x right and y down in pixels, depth 0 (near) to 1 (far), finite; faces (m, 3) -> the number of the
    face at each pixel, (size, size) int32, -1 for none.

    A pixel is covered where its centre is inside. Faces of no area are not seen. Raises PipelineError for faces that
    lie upon each other so often that drawing them would take minutes.
    """
    return seen_of([Mesh.of(points, faces)], size)


def seen_of(bodies: Sequence[Body], size: int) -> NDArray[np.int32]:
    """As `seen`, of several bodies, whose faces are numbered on from one to the next. size: at most 30,000 px."""
    canvas, start = _Canvas(size), 0
    for body in bodies:
        for faces in body.reaching(size):
            canvas.draw(replace(faces, number=faces.number + start))
        start += len(body)
    canvas.finish()
    return fill.number_of(canvas.buffer).reshape(size, size)


class _Canvas:
    """The depth buffer, and the faces that wait until there are enough of them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.buffer = np.full(size * size, fill.NOTHING, np.int64)
        self._behind: Behind | None = None
        self._waiting: list[Faces] = []
        self._waits, self._met, self._next_look, self._pixels = 0, 0, float(LOOK_AFTER), 0.0

    def draw(self, faces: Faces) -> None:
        """Draw those of the faces that are not known to be hidden."""
        self._met += len(faces.number)
        if self._behind is not None:
            faces = faces.those(~self._behind.hides(faces))
        self._waiting.append(faces)
        self._waits += len(faces.number)
        if self._waits >= DRAWN_FACES:
            self.finish()
        if self._met >= self._next_look:
            self.finish()
            self._behind = Behind.of(fill.depth_of(self.buffer), self.size)
            self._next_look = LOOK_AGAIN * self._met

    def finish(self) -> None:
        """Draw what waits. Raises PipelineError where it would be too much."""
        if not self._waiting:
            return
        faces = Faces.all_of(self._waiting)
        self._waiting, self._waits = [], 0
        area = faces.area()
        self._pixels += float(np.abs(area).sum(dtype=np.float64)) / 2.0
        if self._pixels > MOST_PIXELS:
            raise PipelineError("too many of its faces lie one behind the other")
        fill.draw(self.buffer, faces, area, self.size)


def weights(
    corners: NDArray[np.float32], face: NDArray, x: NDArray, y: NDArray
) -> NDArray[np.float32]:
    """Barycentric weights (n, 3) of the pixels at column x, row y (n,) in the faces (n,); clipped into the face."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    inverse = np.divide(1.0, area, out=np.zeros_like(area), where=area != 0)
    # By face, not by pixel; and column by column, which numpy gathers faster than rows.
    second = ac[:, 1] * inverse, -ac[:, 0] * inverse
    third = -ab[:, 1] * inverse, ab[:, 0] * inverse
    dx = x + np.float32(0.5) - np.take(a[:, 0], face)
    dy = y + np.float32(0.5) - np.take(a[:, 1], face)
    share = np.zeros((3, len(face)), np.float32)
    for row, (along, down) in ((1, second), (2, third)):
        share[row] = dx * np.take(along, face)
        share[row] += dy * np.take(down, face)
    np.clip(share[1], 0.0, 1.0, out=share[1])
    np.clip(share[2], 0.0, np.float32(1.0) - share[1], out=share[2])
    share[0] = np.float32(1.0) - share[1] - share[2]
    return share.T
