"""Noise over points in space: sums of octaves, and cells. The same for every run.

Octaves of value noise are summed once into a block of voxels that repeats; a point then costs one look into it, by
OpenCV's resampling. Cells (Worley) are those of points scattered in a cube that repeats; a table knows for each small
voxel of it which of them can be the nearest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Cells of the first octave before it repeats, and voxels along the block: the fourth octave has a voxel a cell.
PERIOD, VOXELS = 16, 128
BLOCK_OCTAVES = 4
# A turn in space, or walls along the axes would show the block's own planes and its repetition.
TURN = np.array(
    [[0.8047, 0.3106, -0.5060], [-0.5059, 0.8047, -0.3106], [0.3107, 0.5060, 0.8047]], np.float32
)
FOLD = 1024
# Points that are worked on at once: what they need stays in the processor's cache.
BAND = 32_768
# Scattered points before they repeat, a cell each; voxels along a cell, and how many points are known to each. The
# nearest is right but for one point in 10,000, the second for one in 800, and there it is wrong by 0.03.
CELL_PERIOD, CELL_VOXELS, CANDIDATES = 10, 4, 6
# Of them so many are looked at for every point whose nearest one alone is asked for, and whose nearest two are; the
# others seldom matter.
EVERYWHERE = (2, 4)
# The lowest bits of a squared distance hold which candidate it is of.
RANK_BITS = np.int32(7)


@cache
def _block(octaves: int) -> NDArray[np.float32]:
    """Slices of the block below one another, each with a row and a column more: what lies beyond is where it began."""
    rng = np.random.default_rng(20)
    total = np.zeros((VOXELS,) * 3, np.float32)
    for octave in range(octaves):
        table = rng.random((PERIOD * 2**octave,) * 3).astype(np.float32)
        for axis in range(3):
            table = _finer(table, axis)
        total += table * np.float32(0.5**octave)
    total /= np.float32(2.0 - 2.0 ** (1 - octaves))
    side = VOXELS + 1
    return np.ascontiguousarray(
        np.pad(total, ((0, 1),) * 3, mode="wrap").reshape(side * side, side)
    )


def _finer(table: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Values along one axis brought to VOXELS, with smooth steps between them."""
    places = np.arange(VOXELS) * (table.shape[axis] / VOXELS)
    whole = places.astype(np.int64)
    part = (places - whole).astype(np.float32)
    part = part * part * (3.0 - 2.0 * part)
    shape = [1, 1, 1]
    shape[axis] = VOXELS
    share = part.reshape(shape)
    following = (whole + 1) % table.shape[axis]
    return table.take(whole, axis) * (1.0 - share) + table.take(following, axis) * share


def fbm(
    points: NDArray[np.float32], octaves: int = 4, scale: float | NDArray[np.float32] = 1.0
) -> NDArray[np.float32]:
    """Octaves of value noise, each twice as fine and half as strong: points (n, 3) times `scale`, one or (3,), in cells
    of the first -> (n,) in 0..1. One octave is smooth, with one bump a cell."""
    turn = TURN * (np.asarray(scale, np.float32) * np.float32(1.0 / PERIOD))
    found = np.zeros(len(points), np.float32)
    for here in _bands(len(points)):
        _summed(_turned(points[here], turn), octaves, found[here])
    return found


def _summed(places: NDArray[np.float32], octaves: int, out: NDArray[np.float32]) -> None:
    """Noise at places (3, n) in blocks, into out (n,)."""
    if octaves <= BLOCK_OCTAVES:
        _looked_up(places, octaves, out)
        return
    # What is finer than one block holds comes from a second look.
    rest = octaves - BLOCK_OCTAVES
    coarse, fine = (2.0 - 2.0 ** (1 - count) for count in (BLOCK_OCTAVES, rest))
    weight = fine / 2.0**BLOCK_OCTAVES
    finer = np.zeros_like(out)
    close = places * np.float32(2**BLOCK_OCTAVES)
    close += np.float32(5.37 / PERIOD)
    _looked_up(close, min(rest, BLOCK_OCTAVES), finer)
    _looked_up(places, BLOCK_OCTAVES, out)
    out *= np.float32(coarse / (coarse + weight))
    finer *= np.float32(weight / (coarse + weight))
    out += finer


def _turned(points: NDArray[np.float32], turn: NDArray[np.float32]) -> NDArray[np.float32]:
    """Points (n, 3) by a matrix (3, 3): (3, n)."""
    x, y, z = (np.ascontiguousarray(points[:, axis], np.float32) for axis in range(3))
    turned = np.zeros((3, len(points)), np.float32)
    part = np.zeros(len(points), np.float32)
    for row, out in zip(turn, turned, strict=True):
        np.multiply(x, row[0], out=out)
        out += np.multiply(y, row[1], out=part)
        out += np.multiply(z, row[2], out=part)
    return turned


def _looked_up(places: NDArray[np.float32], octaves: int, out: NDArray[np.float32]) -> None:
    """places (3, n) in blocks -> into out (n,): linear between slices, by OpenCV within them. `places` is used up."""
    part = np.zeros_like(out)
    for axis in places:
        axis -= np.floor(axis, out=part)
        # Rounding may reach the border itself: the block has a row, a column and a slice more.
        axis *= np.float32(VOXELS)
    count = len(out)
    maps = np.zeros((3, -(-count // FOLD), FOLD), np.float32)
    across, near, far = maps
    flat = maps.reshape(3, -1)[:, :count]
    flat[0] = places[2]
    np.floor(places[0], out=part)
    places[0] -= part
    part *= np.float32(VOXELS + 1)
    np.add(part, places[1], out=flat[1])
    np.add(flat[1], np.float32(VOXELS + 1), out=flat[2])
    block = _block(octaves)
    first, second = (
        np.asarray(cv2.remap(block, across, rows, cv2.INTER_LINEAR), np.float32).reshape(-1)[:count]
        for rows in (near, far)
    )
    second -= first
    second *= places[0]
    np.add(first, second, out=out)


def _bands(count: int) -> Iterator[slice]:
    for start in range(0, count, BAND):
        yield slice(start, min(start + BAND, count))


@dataclass(frozen=True)
class _Scattered:
    """For each voxel of the cube the points that are nearest to its middle, the nearest first.

    offsets (CANDIDATES, v, 4) float32: -2 times the place of a point from the middle, in voxels, and its square;
    number (v, CANDIDATES): which points they are; reach (CANDIDATES, v) float32: how far they lie from the middle.
    """

    offsets: NDArray[np.float32]
    number: NDArray[np.int64]
    reach: NDArray[np.float32]


@cache
def _scattered() -> _Scattered:
    """A point at random in each cell of a cube that repeats; the 27 cells about a voxel hold all that are near."""
    axis = np.arange(CELL_PERIOD)
    cell = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    jitter = np.random.default_rng(21).random((CELL_PERIOD**3, 3))
    around = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), -1).reshape(-1, 3)
    beside = (cell[:, None] + around) % CELL_PERIOD
    beside = np.ravel_multi_index(np.moveaxis(beside, -1, 0), (CELL_PERIOD,) * 3)
    inside = np.stack(np.meshgrid(*[np.arange(CELL_VOXELS)] * 3, indexing="ij"), -1).reshape(-1, 3)
    middle = (inside + 0.5) / CELL_VOXELS
    side = CELL_PERIOD * CELL_VOXELS
    offsets = np.zeros((CANDIDATES, side**3, 4), np.float32)
    number = np.zeros((side**3, CANDIDATES), np.int64)
    places = around + jitter[beside]
    for step, centre in zip(inside, middle, strict=True):
        apart = (places - centre) * CELL_VOXELS
        square = np.einsum("cnd,cnd->cn", apart, apart)
        rank = np.argsort(square, axis=1)[:, :CANDIDATES]
        voxel = np.ravel_multi_index((cell * CELL_VOXELS + step).T, (side,) * 3)
        number[voxel] = np.take_along_axis(beside, rank, 1)
        nearest = np.take_along_axis(apart, rank[..., None], 1)
        offsets[:, voxel, :3] = -2.0 * nearest.transpose(1, 0, 2)
        offsets[:, voxel, 3] = np.take_along_axis(square, rank, 1).T
    return _Scattered(offsets, number, np.sqrt(offsets[..., 3]))


def cells(
    points: NDArray[np.float32], scale: float | NDArray[np.float32] = 1.0
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Distance to the nearest and second nearest of points scattered one a cell, and which is nearest.

    points (n, 3) times `scale`, one or (3,), in cells -> (n,), (n,), (n,).
    """
    second = np.zeros(len(points), np.float32)
    near, which = _scattered_about(points, scale, second)
    return near, second, which


def nearest_cell(
    points: NDArray[np.float32], scale: float | NDArray[np.float32] = 1.0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """As `cells` without the second nearest, in about half of its time."""
    return _scattered_about(points, scale, None)


def _scattered_about(
    points: NDArray[np.float32], scale: float | NDArray[np.float32], second: NDArray | None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    turn = TURN * (np.asarray(scale, np.float32) * np.float32(CELL_VOXELS))
    near, which = np.zeros(len(points), np.float32), np.zeros(len(points), np.int64)
    for here in _bands(len(points)):
        places = _turned(points[here], turn)
        _cells(places, near[here], None if second is None else second[here], which[here])
    return near, which


def _cells(
    voxels: NDArray[np.float32], near: NDArray, second: NDArray | None, which: NDArray[np.int64]
) -> None:
    """As `cells` for places (3, n) in voxels, which are used up; into the last three."""
    voxel = _voxel_of(voxels, near)
    square = np.zeros_like(near)
    for axis in voxels:
        square += np.multiply(axis, axis, out=near)
    # Distances as whole numbers keep their order: what is not negative sorts by its bits.
    found = np.full((1 if second is None else 2, len(near)), np.iinfo(np.int32).max, np.int32)
    _first_of(found, voxel, voxels, square)
    voxel *= CANDIDATES
    voxel += found[0] & RANK_BITS
    _scattered().number.reshape(-1).take(voxel, out=which, mode="clip")
    made = [near] if second is None else [near, second]
    for key, out in zip(found, made, strict=True):
        key &= ~RANK_BITS
        np.sqrt(key.view(np.float32), out=out)
        out *= np.float32(1.0 / CELL_VOXELS)


def _first_of(found: NDArray[np.int32], voxel: NDArray, places: NDArray, square: NDArray) -> None:
    """As `_compared` for all candidates, (1 or 2, n): most are too far off to be looked at."""
    everywhere = EVERYWHERE[len(found) - 1]
    _compared(found, voxel, places, square, range(everywhere))
    far = np.sqrt((found[-1] | RANK_BITS).view(np.float32))
    far += np.sqrt(square)
    rows = np.flatnonzero(_scattered().reach[everywhere].take(voxel) < far)
    some = np.take(found, rows, axis=1)
    there = np.take(places, rows, axis=1)
    _compared(some, voxel[rows], there, square[rows], range(everywhere, CANDIDATES))
    found[:, rows] = some


def _compared(
    found: NDArray[np.int32], voxel: NDArray, places: NDArray, square: NDArray, ranks: range
) -> None:
    """Put the candidates of `ranks` among the least squared distances so far, (1 or 2, n): bits with the rank as the
    lowest. voxel (n,), places (3, n) from its middle and their squares (n,)."""
    first, part = found[0], np.zeros_like(square)
    greater = np.zeros_like(first)
    for rank in ranks:
        *directions, constant = _scattered().offsets[rank].take(voxel, 0).T
        apart = constant + square
        for along, place in zip(directions, places, strict=True):
            apart += np.multiply(along, place, out=part)
        np.maximum(apart, 0.0, out=apart)
        key = apart.view(np.int32)
        key &= ~RANK_BITS
        key |= np.int32(rank)
        for other in found[1:]:
            np.minimum(other, np.maximum(first, key, out=greater), out=other)
        np.minimum(first, key, out=first)


def _voxel_of(voxels: NDArray[np.float32], part: NDArray[np.float32]) -> NDArray[np.int64]:
    """The voxel (n,) of each place (3, n), which becomes its place from the middle of that; `part` (n,) is scratch."""
    side = np.float32(CELL_PERIOD * CELL_VOXELS)
    number = np.zeros_like(part)
    for axis in voxels:
        whole = np.floor(axis)
        axis -= whole
        axis -= np.float32(0.5)
        np.multiply(whole, np.float32(1.0) / side, out=part)
        whole -= np.multiply(np.floor(part, out=part), side, out=part)
        # Rounding may reach the border itself, where the cube begins again.
        np.minimum(np.maximum(whole, 0.0, out=whole), side - np.float32(1.0), out=whole)
        number *= side
        number += whole
    return number.astype(np.int64)


def hashed(index: NDArray) -> NDArray[np.float32]:
    """Whole numbers (n,) -> numbers in 0..1 that look random, equal for equal ones."""
    mixed = np.asarray(index).astype(np.int64, copy=False).astype(np.uint32)
    mixed *= np.uint32(2654435761)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(2246822519)
    mixed >>= np.uint32(8)
    found = mixed.astype(np.float32)
    found *= np.float32(2.0**-24)
    return found
