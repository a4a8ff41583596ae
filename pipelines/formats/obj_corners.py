"""The faces of an OBJ: lines of corners, each `v`, `v/vt`, `v//vn` or `v/vt/vn`, to triangles. Fast for a million."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.formats.obj_lines import BLANK, SLASH, Lines, parsed
from pipelines.geometry.unsound import fault_of_obj

BROKEN = "the mesh is not a sound OBJ file"
MOST_CORNERS = 10_000
F = ord("f")


@dataclass(frozen=True)
class Faces:
    """corners (m, 3, 3): for each corner of a triangle vertex, UV and normal from 0, -1 for none; line (m,) of each."""

    corners: NDArray[np.int64]
    line: NDArray[np.int64]

    def of(self, mask: NDArray[np.bool_]) -> Faces:
        """Those in the mask (m,)."""
        return Faces(self.corners[mask], self.line[mask])


def face_lines(lines: Lines, counts: tuple[int, int, int]) -> Faces:
    """The triangles of all `f` lines, in their order. counts: vertices, UVs and normals of the file.

    Raises UnreadableInput, which names the first line that names what is not there.
    """
    numbers = lines.of(b"f")
    rows = lines.counts(numbers)
    if rows[:, 0].max(initial=0) > MOST_CORNERS:
        raise UnreadableInput(f"{BROKEN}: a face has more than {MOST_CORNERS} corners")
    before = _counts_before(lines, numbers) if rows[:, 3].any() else None
    key = (rows[:, 0] << 32) + (rows[:, 1] << 16) + rows[:, 2]
    made: list[NDArray[np.int64]] = []
    order: list[NDArray[np.int64]] = []
    for where in _groups(key):
        words, slashes, pairs = (int(value) for value in rows[where[0], :3])
        count = words - 1
        if count < 3:
            continue
        found = _corners(lines, numbers[where], count, slashes, pairs)
        found = _from_zero(found, counts, None if before is None else before[where], lines)
        fan = [found[:, [0, k, k + 1]] for k in range(1, count - 1)]
        made.append(np.stack(fan, axis=1).reshape(-1, 3, 3))
        order.append(np.repeat(where, count - 2))
    if not made:
        return Faces(np.zeros((0, 3, 3), np.int64), np.zeros(0, np.int64))
    place = np.concatenate(order)
    sort = np.argsort(place, kind="stable")
    return Faces(np.concatenate(made)[sort], numbers[place[sort]])


def _groups(key: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The places (g,) of each different value of `key` (n,)."""
    if not len(key) or (key == key[0]).all():
        return [np.arange(len(key))] if len(key) else []
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def _corners(
    lines: Lines, numbers: NDArray[np.int64], count: int, slashes: int, pairs: int
) -> NDArray[np.int64]:
    """Lines of one form -> (r, count, 3) numbers as the file has them, 0 for none."""
    columns = _columns(count, slashes, pairs)
    if columns is None:
        return _one_by_one([lines.line(int(number)) for number in numbers], count)
    text = lines.joined(numbers)
    values = parsed(np.where((text == SLASH) | (text == F), BLANK, text).astype(np.uint8), np.int64)
    if len(values) != len(numbers) * count * len(columns):
        return _one_by_one([lines.line(int(number)) for number in numbers], count)
    found = np.zeros((len(numbers), count, 3), np.int64)
    found[:, :, columns] = values.reshape(len(numbers), count, len(columns))
    return found


def _columns(count: int, slashes: int, pairs: int) -> list[int] | None:
    """What the numbers of each corner are: vertex 0, UV 1, normal 2; None where corners may differ."""
    if slashes == 0:
        return [0]
    if slashes == 2 * count and pairs in (0, count):
        return [0, 2] if pairs else [0, 1, 2]
    return [0, 1] if slashes == count and not pairs else None


def _one_by_one(rows: list[bytes], count: int) -> NDArray[np.int64]:
    """As `_corners`, for lines whose corners differ in form."""
    found = np.zeros((len(rows), count, 3), np.int64)
    try:
        for row, line in enumerate(rows):
            for corner, text in enumerate(line.split()[1:]):
                for column, number in enumerate(text.split(b"/")[:3]):
                    found[row, corner, column] = int(number[:18]) if number else 0
    except ValueError as error:
        raise UnreadableInput(f"{BROKEN}: a face is not made of whole numbers") from error
    return found


def _from_zero(
    corners: NDArray[np.int64],
    counts: tuple[int, int, int],
    before: NDArray[np.int64] | None,
    lines: Lines,
) -> NDArray[np.int64]:
    """Numbers from 1, or below 0 counted back from the line, to numbers from 0, -1 for none."""
    found = corners - 1
    if before is not None:
        found = np.where(corners < 0, corners + before[:, None, :], found)
        sound = np.where(corners < 0, found >= 0, True)
    else:
        sound = np.ones(corners.shape, bool)
    for column, count in enumerate(counts):
        if (
            column and not count
        ):  # exporters leave the numbers of UVs and normals that they left out
            found[:, :, column], sound[:, :, column] = -1, True
            continue
        sound[:, :, column] &= (found[:, :, column] < count) & (found[:, :, column] >= -1)
    if not sound.all() or (found[:, :, 0] < 0).any():
        why = fault_of_obj(lines.data) or "a face names a vertex that is not there"
        raise UnreadableInput(f"{BROKEN}: {why}")
    return found


def _counts_before(lines: Lines, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """(f, 3): how many vertices, UVs and normals stand before each face's line."""
    found = [np.searchsorted(lines.of(word), numbers) for word in (b"v", b"vt", b"vn")]
    return np.stack(found, axis=1).astype(np.int64)
