"""Which triangles on a screen need not be drawn, because no pixel could show them: those that lie between the pixels'
centres, and those behind what is drawn already.

Made for meshes with many more faces than the picture has pixels. The second way is a depth buffer of blocks, as in
Greene, Kass and Miller, "Hierarchical Z-buffer visibility" (1993). Knows triangles on a screen, as `raster` does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Faces that are looked at at once: what they need stays in the processor's cache.
BAND_FACES = 32_768
# Side of a block of pixels; a face as wide as a block lies in the block of any of its corners or in those beside it.
BLOCK_PX = 8
# float32 of two ways to a depth differ by less.
ROUNDING = np.float32(1e-6)


def reaching(points: NDArray[np.float32], faces: NDArray[np.integer], size: int) -> NDArray:
    """The numbers of the faces (m, 3) with a pixel's centre between their corners, across and down.

    points (n, 3): x right and y down in pixels, finite. A point on a line of centres counts as before it, so that of
    two faces that share it one is kept.
    """
    half = np.float32(0.5)
    across, down = (np.clip(np.ceil(points[:, k] + half), 0, size + 1) for k in (0, 1))
    cell = across.astype(np.int32) | down.astype(np.int32) << 16
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(faces), BAND_FACES):
        ends = np.ascontiguousarray(faces[start : start + BAND_FACES].T)
        one, two, three = np.take(cell, ends)
        differs = (one ^ two) | (one ^ three)
        reaches = (differs & 0xFFFF).astype(bool) & (differs >> 16).astype(bool)
        found.append(np.flatnonzero(reaches) + start)
    return np.concatenate(found)


def near_first(points: NDArray[np.float32], faces: NDArray[np.integer]) -> NDArray[np.int64]:
    """The order of the faces (m, 3) from near to far, in 256 steps of depth, which is 0 to 1."""
    # Of 8 bits and stable, it is sorted by its digits, in no time.
    step = np.clip(points[:, 2] * np.float32(256.0), 0, 255).astype(np.uint8)
    return np.argsort(np.take(step, faces[:, 0]), kind="stable")


def blocks(grid: NDArray) -> NDArray:
    """The largest value of each block of pixels: (size, size) -> (blocks, blocks)."""
    spare = -len(grid) % BLOCK_PX
    if spare:
        grid = np.pad(grid, (0, spare), mode="edge")
    count = len(grid) // BLOCK_PX
    rows = grid.reshape(count, BLOCK_PX, len(grid)).max(1)
    return np.asarray(rows.reshape(count, count, BLOCK_PX).max(2))


@dataclass(frozen=True)
class Behind:
    """The depth beyond which nothing is seen in a block of pixels and in those beside it: (blocks + 2, blocks + 2)
    float32, with a border; above 1 where a pixel is free."""

    farthest: NDArray[np.float32]

    @staticmethod
    def of(farthest: NDArray[np.float32]) -> Behind:
        """farthest (blocks, blocks): the depth in each block alone."""
        found = np.pad(farthest, 2)
        for _ in range(2):  # across, then down
            found = np.maximum(np.maximum(found[:-2], found[1:-1]), found[2:]).T
        return Behind(np.ascontiguousarray(found))

    def hides(self, x: NDArray, y: NDArray, z: NDArray, size: int) -> NDArray[np.bool_]:
        """Whether faces with corners at x, y, z (3, m) each, no wider or higher than BLOCK_PX, are hidden: (m,)."""
        column, row = (
            np.clip(axis[0], 0, size - 1).astype(np.int32) // BLOCK_PX + 1 for axis in (x, y)
        )
        nearest = np.minimum(np.minimum(z[0], z[1]), z[2]) - ROUNDING
        return np.asarray(nearest > np.take(self.farthest, row * len(self.farthest) + column))
