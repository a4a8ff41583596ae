"""A picture of a material laid over any mesh from three sides: no seams, no UVs needed.

Knows points and normals; does not know texels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.project import sample
from pipelines.geometry.views import Box

# Sharpness of the change between two sides: high enough to keep a pattern readable, low enough to hide the edge.
BLEND_POWER = 6.0
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
        tile = float(self.box.size.max()) * self.scale / max(height, width)
        relative = (points - self.box.centre.astype(np.float32)) / np.float32(tile)
        weights = np.abs(normals) ** BLEND_POWER + 1e-6
        weights /= weights.sum(axis=1, keepdims=True)
        total = np.zeros((len(points), 3), np.float32)
        for axis, (across, upward) in enumerate(SIDES):
            seen = np.flatnonzero(weights[:, axis] > 0.004)
            if not len(seen):
                continue
            folded = _mirrored if self.mirrored else _repeated
            u = folded(relative[seen, across] / width + 0.5)
            v = folded(0.5 - relative[seen, upward] / height)
            colour = sample(self.picture, np.stack([u, v], axis=1), nearest=self.nearest)
            total[seen] += colour * weights[seen, axis : axis + 1]
        return total


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
