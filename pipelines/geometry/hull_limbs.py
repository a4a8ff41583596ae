"""Limbs of a hull: which of the pieces that outlines allow are there, and how they hang on the body.

Two legs beside each other and two behind each other could be two in all, across, or four. Real things have four: of
pieces that are alike none is dropped but where there are more than that. Lengths are in voxels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.geometry import inflate
from pipelines.geometry.hull_edges import Outline

# A piece is spare when others cover this share of it from all three sides: rims never match to the voxel.
SPARE = 0.9
# A tip that came off shows more than so large a disc of its own in a picture; a crumb is a rim.
OWN_RADIUS = 1.5
# Smaller than this share of the largest piece nothing is a limb. Limbs of a kind have at least this share of each
# other's volume and of each other's height in common.
LIMB, ALIKE = 0.0005, 0.5
# Of limbs of a kind so many stay though fewer would do: more is rare, and four seen from a side while they walk make
# eight that the outlines allow.
LIMBS = 4
# A piece is as good as mirrored where the body fills this share of its mirror image.
MIRRORED = 0.5
# A limb is lengthened by at most this share of the longest side, if this share of its section then meets the body.
REACH, MEETS = 0.12, 0.25


class Pieces:
    """The pieces of a field (y, x, z), and how many of them lie one behind another as seen along each axis."""

    def __init__(self, field: NDArray[np.float32], outlines: Sequence[Outline]) -> None:
        self.labels, self.count = ndimage.label(field > 0)
        self.sizes = np.bincount(self.labels.ravel(), minlength=self.count + 1)[1:]
        self.boxes = ndimage.find_objects(self.labels)
        self.shadows = [
            [np.asarray((self.labels[box] == number + 1).any(axis=axis)) for axis in range(3)]
            for number, box in enumerate(self.boxes)
        ]
        self.depth = [np.zeros(np.delete(field.shape, axis), np.int32) for axis in range(3)]
        self.outlines = [(ndimage.label(outline > 0)[0], axis) for outline, axis in outlines]
        for number in range(self.count):
            self._count(number, 1)

    def _count(self, number: int, change: int) -> None:
        for axis in range(3):
            self.depth[axis][self.place(number, axis)] += change * self.shadows[number][axis]

    def place(self, number: int, axis: int) -> tuple[slice, ...]:
        """The window of a piece's shadow along an axis."""
        box = self.boxes[number]
        return box[:axis] + box[axis + 1 :]

    def drop(self, number: int) -> None:
        self._count(number, -1)

    def put_back(self, number: int) -> None:
        self._count(number, 1)

    def is_spare(self, number: int) -> bool:
        """Whether from all three sides others cover what a piece covers."""
        return all(
            (self.depth[axis][self.place(number, axis)][shadow] > 1).mean() >= SPARE
            for axis, shadow in enumerate(self.shadows[number])
        )

    def shows(self, number: int) -> bool:
        """Whether a picture shows more of a piece alone than a rim."""
        for _, axis in self.outlines:
            shadow = self.shadows[number][axis]
            alone = shadow & (self.depth[axis][self.place(number, axis)] == 1)
            if inflate.distance(np.pad(alone.astype(np.uint8), 1)).max() > OWN_RADIUS:
                return True
        return False

    def are_apart(self, number: int, other: int) -> bool:
        """Whether an outline shows two pieces apart."""
        for label, axis in self.outlines:
            one, two = (
                set(np.unique(label[self.place(each, axis)][self.shadows[each][axis]])) - {0}
                for each in (number, other)
            )
            if one and two and not one & two:
                return True
        return False

    def mirrored(self, number: int, body: int) -> bool:
        """Whether the body fills the mirror image of a piece about the middle plane of the front."""
        box = self.boxes[number]
        width = self.labels.shape[1]
        across = slice(width - box[1].stop, width - box[1].start)
        image = (self.labels[box[0], across, box[2]] == body + 1)[:, ::-1]
        return bool(image[self.labels[box] == number + 1].mean() >= MIRRORED)

    def are_alike(self, number: int, other: int) -> bool:
        """Whether two pieces have about the same size and stand at the same height."""
        small, large = sorted((self.sizes[number], self.sizes[other]))
        one, two = self.boxes[number][0], self.boxes[other][0]
        common = min(one.stop, two.stop) - max(one.start, two.start)
        return bool(
            small >= ALIKE * large
            and common >= ALIKE * max(one.stop - one.start, two.stop - two.start)
        )

    def overlap(self, number: int, other: int, axis: int) -> bool:
        """Whether two pieces are in one place along an axis."""
        one, two = self.boxes[number][axis], self.boxes[other][axis]
        return bool(min(one.stop, two.stop) > max(one.start, two.start))


def told_apart(found: Pieces, numbers: Sequence[int], body: int) -> tuple[set[int], set[int]]:
    """Which of the pieces that hang together with the body in every outline are limbs, and which no picture needs.

    The latter are dropped already.
    """
    limbs: set[int] = set()
    phantoms: set[int] = set()
    waiting = [
        number
        for number in numbers
        if found.sizes[number] >= LIMB * found.sizes[body] and not found.are_apart(number, body)
    ]
    while waiting:
        kind = [number for number in waiting if found.are_alike(number, waiting[-1])]
        waiting = [number for number in waiting if number not in kind]
        # One alone that pictures need may also come of views that contradict each other.
        if len(kind) > 1 or (found.is_spare(kind[0]) and found.mirrored(kind[0], body)):
            gone = _phantoms(found, kind, body)
            phantoms |= gone
            limbs |= set(kind) - gone
    return limbs, phantoms


def _phantoms(found: Pieces, kind: Sequence[int], body: int) -> set[int]:
    """Those of pieces that are alike that are dropped: all that do not match the body where no picture needs any of
    them, else what is more than four, from where most of them stand."""
    lone = [number for number in kind if not found.mirrored(number, body)]
    needed = False
    for number in lone:
        needed |= not found.is_spare(number)
        found.drop(number)
    if not needed:
        return set(lone)
    for number in lone:
        found.put_back(number)
    gone: set[int] = set()
    while len(kind) - len(gone) > LIMBS:
        stay = [number for number in kind if number not in gone]
        spare = [number for number in stay if found.is_spare(number)]
        if not spare:
            break
        crowd = {
            number: sum(found.overlap(number, other, axis) for other in stay for axis in (1, 2))
            for number in spare
        }
        fullest = max(spare, key=lambda number: (crowd[number], -found.sizes[number]))
        found.drop(fullest)
        gone.add(fullest)
    return gone


def lengthen(
    field: NDArray[np.float32],
    piece: NDArray[np.bool_],
    box: tuple[slice, ...],
    outlines: Sequence[Outline],
) -> bool:
    """Lengthen a piece of a field (y, x, z), in place, along an axis to what is nearest, within its outlines.

    -> whether there is something to reach so.
    """
    reach = round(REACH * max(field.shape))
    window = tuple(slice(max(side.start - reach, 0), side.stop + reach) for side in box)
    near, own = field[window], piece[window]
    allowed = np.full(near.shape, np.inf, np.float32)
    for outline, axis in outlines:
        seen = outline[window[:axis] + window[axis + 1 :]]
        np.minimum(allowed, np.expand_dims(seen, axis), out=allowed)
    least, best = np.inf, None
    for axis in range(3):
        for step in (1, -1):
            values, body, most = (
                np.moveaxis(near, axis, -1)[..., ::step],
                np.moveaxis(own, axis, -1)[..., ::step],
                np.moveaxis(allowed, axis, -1)[..., ::step],
            )
            lines, last, gap = _gaps(values, body, most)
            lines &= gap <= reach
            far = float(np.median(gap[lines])) if lines.any() else np.inf
            if far < least and lines.sum() >= MEETS * body.any(axis=-1).sum():
                least, best = far, (values, most, lines, last, gap)
    if best is None:
        return False
    _fill(*best)
    return True


def _gaps(
    near: NDArray[np.float32], own: NDArray[np.bool_], allowed: NDArray[np.float32]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """For lines (a, b) along the last axis: whether another body lies beyond a piece with nothing forbidden between,
    the piece's last cell, and how many cells are between."""
    length = own.shape[-1]
    cells = np.arange(length)
    last = length - 1 - own[..., ::-1].argmax(axis=-1)
    beyond = (near > 0) & ~own & (cells > last[..., None])
    first = beyond.argmax(axis=-1)
    between = (cells > last[..., None]) & (cells < first[..., None])
    free = ~(between & (allowed <= 0)).any(axis=-1)
    lines = own.any(axis=-1) & beyond.any(axis=-1) & free
    return lines, last, first - last - 1


def _fill(
    values: NDArray[np.float32],
    most: NDArray[np.float32],
    lines: NDArray[np.bool_],
    last: NDArray[np.int64],
    gap: NDArray[np.int64],
) -> None:
    """Fill lines (a, b) of a field along its last axis, in place, between a piece's last cell and what lies beyond."""
    inside = inflate.distance(np.pad(lines.astype(np.uint8), 1))[1:-1, 1:-1].astype(np.float32)
    cells = np.arange(values.shape[-1])
    low, high = last[..., None] - 1, (last + gap)[..., None] + 2
    filled = lines[..., None] & (cells >= low) & (cells <= high)
    wanted = np.minimum(most, inside[..., None] - 0.5)
    np.maximum(values, wanted, out=values, where=filled)
