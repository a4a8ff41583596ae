"""A picture of a material laid over any mesh from three sides: no seams, no UVs needed.

Knows points and normals; does not know texels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.lookup import sample
from pipelines.geometry.views import Box

# Which axes run along a tile's width and height, for the sides that look along x, y and z.
SIDES = ((2, 1), (0, 2), (0, 1))


@dataclass(frozen=True)
class Tiles:
    """picture (h, w, 3) uint8; a tile's longer side is `scale` of the box's longest side. Tiles are mirrored in turn,
    so that any picture joins with itself, unless it does already."""

    picture: NDArray[np.uint8]
    box: Box
    scale: float
    nearest: bool = False
    mirrored: bool = True

    def colours(
        self, points: NDArray[np.float32], normals: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """points (n, 3), unit normals (n, 3) -> RGB (n, 3) float32 in 0..255."""
        height, width = self.picture.shape[:2]
        tile = np.float32(float(self.box.size.max()) * self.scale)
        centre = self.box.centre.astype(np.float32)
        # Tiles across and down from the box's middle, column by column: numpy is slow along rows of three.
        places = [(points[:, axis] - centre[axis]) / tile for axis in range(3)]
        steep = [_sharpened(normals[:, axis]) for axis in range(3)]
        whole = steep[0] + steep[1] + steep[2]
        longest = np.float32(max(height, width))
        total = np.zeros((len(points), 3), np.float32)
        for (across, upward), share in zip(SIDES, steep, strict=True):
            share /= whole
            seen = np.flatnonzero(share > 0.004)
            if not len(seen):
                continue
            folded = _mirrored if self.mirrored else _repeated
            u = folded(places[across][seen] * (longest / np.float32(width)) + np.float32(0.5))
            v = folded(np.float32(0.5) - places[upward][seen] * (longest / np.float32(height)))
            colour = sample(self.picture, u, v, nearest=self.nearest)
            colour *= share[seen, None]
            total[seen] += colour
        return total


def _sharpened(facing: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (n,) of a side, the sixth power of how much it is faced: high enough to keep a pattern readable, low
    enough to hide the edge between two sides. By products: numpy's power takes ten times as long."""
    square = facing * facing
    return np.asarray(square * square * square + np.float32(1e-6), np.float32)


def _mirrored(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Any number -> 0..1, going to and fro."""
    return 1.0 - np.abs(values % 2.0 - 1.0)


def _repeated(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Any number -> 0..1, beginning anew."""
    return values - np.floor(values)


def opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) laid over its own mean colour, (h, w, 3) uint8: no dark holes where a tile is transparent."""
    share = rgba[..., 3:].astype(np.float32) / 255.0
    colours = rgba[..., :3].astype(np.float32)
    mean = (colours * share).sum((0, 1)) / max(float(share.sum()), 1e-3)
    return np.clip(colours * share + mean * (1.0 - share) + 0.5, 0, 255).astype(np.uint8)
