"""Noise over points in space: sums of octaves, and cells. The same for every run.

Octaves of value noise are summed once into a block of voxels that repeats; a point then costs one look into it, by
OpenCV's resampling. Cells (Worley) come from a k-d tree of points scattered in a cube that repeats.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

# Cells of the first octave before it repeats, and voxels along the block: the fourth octave has a voxel a cell.
PERIOD, VOXELS = 16, 128
BLOCK_OCTAVES = 4
# A turn in space, or walls along the axes would show the block's own planes and its repetition.
TURN = np.array(
    [[0.8047, 0.3106, -0.5060], [-0.5059, 0.8047, -0.3106], [0.3107, 0.5060, 0.8047]], np.float32
)
FOLD = 1024
# Scattered points before they repeat, a cell each.
CELL_PERIOD, CELL_MARGIN = 20, 2
# Points that follow each other mostly lie close: so many share one search, if they are within this of their middle.
GROUPS, GROUP_RADIUS, GROUP_NEAREST = (4, 8, 16, 32, 64), 0.08, 5


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


def fbm(points: NDArray[np.float32], octaves: int = 4) -> NDArray[np.float32]:
    """Octaves of value noise, each twice as fine and half as strong: points (n, 3) in cells of the first -> (n,) in
    0..1. One octave is smooth, with one bump a cell."""
    turned = _turned(points)
    if octaves <= BLOCK_OCTAVES:
        return _looked_up(turned, octaves)
    # What is finer than one block holds comes from a second look.
    rest = octaves - BLOCK_OCTAVES
    coarse, fine = (2.0 - 2.0 ** (1 - count) for count in (BLOCK_OCTAVES, rest))
    weight = fine / 2.0**BLOCK_OCTAVES
    finer = _looked_up(
        turned * np.float32(2**BLOCK_OCTAVES) + np.float32(5.37), min(rest, BLOCK_OCTAVES)
    )
    total = coarse + weight
    return _looked_up(turned, BLOCK_OCTAVES) * np.float32(coarse / total) + finer * np.float32(
        weight / total
    )


def _turned(points: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y, z = (np.ascontiguousarray(points[:, axis]) for axis in range(3))
    return np.stack([x * row[0] + y * row[1] + z * row[2] for row in TURN])


def _looked_up(places: NDArray[np.float32], octaves: int) -> NDArray[np.float32]:
    """places (3, n) in cells -> (n,): linear between slices, by OpenCV within them."""
    voxels = places * np.float32(VOXELS / PERIOD)
    voxels -= np.floor(voxels / np.float32(VOXELS)) * np.float32(VOXELS)
    # Rounding may reach the border itself, where the block begins again.
    np.clip(voxels, 0.0, np.float32(VOXELS - 1e-3), out=voxels)
    piece = np.floor(voxels[0])
    share = voxels[0] - piece
    rows = piece * np.float32(VOXELS + 1) + voxels[1]
    count = places.shape[1]
    fold = (-(-count // FOLD), FOLD)
    maps = np.zeros((2, fold[0] * FOLD), np.float32)
    maps[0, :count], maps[1, :count] = voxels[2], rows
    across, down = (row.reshape(fold) for row in maps)
    block = _block(octaves)
    near = cv2.remap(block, across, down, cv2.INTER_LINEAR).reshape(-1)[:count]
    far = cv2.remap(block, across, down + np.float32(VOXELS + 1), cv2.INTER_LINEAR)
    return np.asarray(near + (far.reshape(-1)[:count] - near) * share)


@cache
def _scattered() -> tuple[cKDTree, NDArray[np.int64]]:
    """A point at random in each cell of a cube that repeats, with its first neighbours beyond the border; and which
    point of the cube each of them is. So the tree need not know that it repeats: twice as fast."""
    axis = np.arange(-CELL_MARGIN, CELL_PERIOD + CELL_MARGIN)
    corners = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    number = np.ravel_multi_index((corners % CELL_PERIOD).T, (CELL_PERIOD,) * 3)
    jitter = np.random.default_rng(21).random((CELL_PERIOD**3, 3))
    return cKDTree(corners + jitter[number]), np.asarray(number, np.int64)


def cells(
    points: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Distance to the nearest and second nearest of points scattered one a cell, and which is nearest.

    points (n, 3) in cells -> (n,), (n,), (n,).
    """
    near = np.zeros(len(points), np.float32)
    second, which = np.zeros_like(near), np.zeros(len(points), np.int64)
    size = _group_size(points)
    whole = len(points) // size * size
    # Axis by axis, so that numpy finds what it adds up side by side.
    groups = np.ascontiguousarray(points[:whole].T).reshape(3, -1, size)
    low, high = groups.min(2), groups.max(2)
    close = (high - low).max(0) / 2.0 < GROUP_RADIUS
    alone = np.ones(len(points), bool)
    alone[:whole] = np.repeat(~close, size)
    if close.any():
        middle = groups[:, close].mean(2)
        answers = _cells_of_groups(groups[:, close] - middle[..., None], middle.T)
        near[~alone], second[~alone], which[~alone] = (found.reshape(-1) for found in answers)
    if alone.any():
        tree, number = _scattered()
        distance, index = tree.query(points[alone] % np.float32(CELL_PERIOD), k=2)
        near[alone], second[alone] = distance[:, 0], distance[:, 1]
        which[alone] = number[index[:, 0]]
    return near, second, which


def _group_size(points: NDArray[np.float32]) -> int:
    """How many points that follow each other lie within GROUP_RADIUS of their middle, as a rule."""
    if len(points) < 2:
        return GROUPS[0]
    step = float(np.median(np.abs(np.diff(points[: 4 * GROUPS[-1]], axis=0)).max(1)))
    fitting = [size for size in GROUPS if size * step <= 2.0 * GROUP_RADIUS]
    return fitting[-1] if fitting else GROUPS[0]


def _cells_of_groups(
    local: NDArray[np.float32], middle: NDArray[np.float32]
) -> tuple[NDArray, NDArray, NDArray]:
    """As `cells` for groups of close points, local (3, g, k) to their middles (g, 3): three (g, k)."""
    tree, number = _scattered()
    wrapped = middle % np.float32(CELL_PERIOD)
    _, index = tree.query(wrapped, k=GROUP_NEAREST)
    offset = (tree.data[index] - wrapped[:, None]).astype(np.float32)
    first = np.full(local.shape[1:], np.inf, np.float32)
    second, best = first.copy(), np.zeros(local.shape[1:], np.int8)
    square, apart = np.empty_like(first), np.empty_like(first)
    for rank in range(GROUP_NEAREST):
        square.fill(0.0)
        for axis in range(3):
            np.subtract(local[axis], offset[:, rank, axis, None], out=apart)
            np.multiply(apart, apart, out=apart)
            square += apart
        nearer = square < first
        np.minimum(second, np.maximum(first, square), out=second)
        np.copyto(best, np.int8(rank), where=nearer)
        np.minimum(first, square, out=first)
    return np.sqrt(first), np.sqrt(second), np.take_along_axis(number[index], best, 1)


def hashed(index: NDArray) -> NDArray[np.float32]:
    """Whole numbers (n,) -> numbers in 0..1 that look random, equal for equal ones."""
    mixed = (np.asarray(index, np.int64) * 2654435761) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return ((mixed * 2246822519 & 0xFFFFFFFF) / 2.0**32).astype(np.float32)
