"""Where on a being things are held and worn.

Y up, front to +Z, metres.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.copies import Copy, moved, scaled_copy

LONG = 1.25  # times its width: an animal on four legs, whose tail may be higher than its head


def held(solid: Manifold, others: Sequence[Copy], size: np.ndarray, side: int) -> list[Copy]:
    """At a hand, side -1 the right one: the outermost point of that side between hip and shoulder.

    size: (3,) of what is held."""
    points = np.asarray(solid.to_mesh().vert_properties, np.float64)[:, :3]
    height = float(points[:, 1].max())
    band = points[(points[:, 1] > 0.3 * height) & (points[:, 1] < 0.65 * height)]
    hand = max(band if len(band) else points, key=lambda point: float(side * point[0]))
    low = max(float(hand[1]) - min(0.25 * float(size[1]), float(hand[1])), 0.0)
    x = float(hand[0]) + side * 0.2 * float(min(size[0], size[2]))
    return moved(others, (x, low, float(hand[2]) + 0.04 * height))


def worn(solid: Manifold, others: Sequence[Copy], size: np.ndarray) -> list[Copy]:
    """On the head: as wide as the top of the body, a little sunk. What is long has its head in front.

    size: (3,) of what is worn."""
    box = np.array(solid.bounding_box())
    if box[5] - box[2] > LONG * (box[3] - box[0]):
        solid = solid.trim_by_plane((0, 0, 1), (box[2] + box[5]) / 2 + 0.1 * (box[5] - box[2]))
        box = np.array(solid.bounding_box())
    height = float(box[4])
    top = np.array(solid.trim_by_plane((0, 1, 0), height - 0.1 * height).bounding_box())
    fit = 1.25 * float(top[3] - top[0]) / float(max(size[0], size[2]))
    middle = (top[:3] + top[3:]) / 2
    sunk = 0.035 * height
    return moved([scaled_copy(copy, fit) for copy in others], (middle[0], box[4] - sunk, middle[2]))
