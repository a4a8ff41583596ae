"""The six directions an object may be seen from, and where a point of it lies in such a picture.

Frame: Y up, right-handed, the front faces +Z. "left" is the object's own left, seen from +X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Direction:
    """Axes of a picture in the object's frame: its right, its up, and the way from the object to the eye."""

    right: tuple[int, int, int]
    up: tuple[int, int, int]
    eye: tuple[int, int, int]

    def axes(self) -> tuple[int, int, int]:
        """Which of x, y, z (0, 1, 2) run along the picture's width, its height and its depth."""
        across, upward, ahead = (
            int(np.flatnonzero(axis)[0]) for axis in (self.right, self.up, self.eye)
        )
        return across, upward, ahead


DIRECTIONS = {
    "image": Direction((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "image_back": Direction((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "image_left": Direction((0, 0, -1), (0, 1, 0), (1, 0, 0)),
    "image_right": Direction((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    "image_top": Direction((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "image_bottom": Direction((1, 0, 0), (0, 0, 1), (0, -1, 0)),
}


@dataclass(frozen=True)
class Box:
    """The object's box in metres: centre (3,) and size (3,). A tight picture of the object covers its side exactly."""

    centre: NDArray[np.float64]
    size: NDArray[np.float64]

    def to_picture(self, points: NDArray, slot: str) -> NDArray[np.float32]:
        """Where points (n, 3) m lie in the picture of that slot: (n, 2) in 0..1, right and down from its top left."""
        direction = DIRECTIONS[slot]
        across, upward, _ = direction.axes()
        x = (points[:, across] - self.centre[across]) / self.size[across] * sum(direction.right)
        y = (points[:, upward] - self.centre[upward]) / self.size[upward] * sum(direction.up)
        return np.stack([0.5 + x, 0.5 - y], axis=1).astype(np.float32)


def box_of(points: NDArray) -> Box:
    """The box around points (n, 3). A flat side counts as a thousandth of the longest, so that it can be divided by."""
    low, high = points.min(0), points.max(0)
    size = np.maximum(high - low, max(float((high - low).max()), 1e-30) * 1e-3)
    return Box(centre=(low + high) / 2.0, size=size)
