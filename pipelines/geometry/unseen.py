"""Which triangles on a screen need not be drawn, because they lie behind what is drawn already.

Made for meshes with many more faces than the picture has pixels: what is nearer than all of a small square is looked up
for squares that begin at every pixel, a depth buffer of several sizes as in Greene, Kass and Miller, "Hierarchical
Z-buffer visibility" (1993). Knows triangles on a screen, as `raster` does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.fill import Faces

# The widest faces that are looked up.
WIDEST_PX = 8
# float32 of two ways to a depth differ by less.
ROUNDING = np.float32(1e-6)


@dataclass(frozen=True)
class Behind:
    """The depth beyond which nothing is seen, above 1 where a pixel is free: in the squares of 2, 4 and 8 pixels whose
    first pixel is each of the picture, (3 * size * size,) float32."""

    farthest: NDArray[np.float32]
    size: int

    @staticmethod
    def of(depth: NDArray[np.float32], size: int) -> Behind:
        """depth (size * size,) of what is drawn."""
        farthest, found = depth, []
        for step in (1, 2, 4):
            # A square at the picture's right end has pixels of the next rows: it hides less than it might.
            farthest = _doubled(_doubled(farthest, step), step * size)
            found.append(farthest)
        return Behind(np.concatenate(found), size)

    def hides(self, faces: Faces) -> NDArray[np.bool_]:
        """Whether faces (m,) that reach a pixel are hidden; wider or higher ones than WIDEST_PX are taken for seen."""
        side = np.maximum(faces.width, faces.height)
        z = faces.ends[2]
        nearest = np.minimum(np.minimum(z[0], z[1]), z[2]) - ROUNDING
        area = self.size * self.size
        place = faces.row * self.size + faces.column
        place += (side > 2) * np.int32(area)
        place += (side > 4) * np.int32(area)
        np.clip(place, 0, 3 * area - 1, out=place)
        return np.asarray((nearest > np.take(self.farthest, place)) & (side <= WIDEST_PX))


def _doubled(farthest: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """The larger of each value and of that `step` after it."""
    found = farthest.copy()
    np.maximum(farthest[:-step], farthest[step:], out=found[:-step])
    return found
