"""Texels between the charts of a texture: they take the value of one nearby that shows a face, so that no seam shows
where a renderer blends texels. Found once for all maps of one size.

In large images the nearest one is found for texels close to a chart; farther ones, which only mipmaps mix in, are
filled by blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Above this side gaps are filled by blocks of so many texels a side, after so many rings around the charts.
LARGEST_EXACT_PX, BLOCK, RINGS = 256, 4, 2
BESIDE = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
# Up to here float32 holds whole numbers exactly; OpenCV widens no integers of this size.
MOST_IN_FLOAT32 = 2**24


@dataclass(frozen=True)
class Gaps:
    """Texels of a flat image that show no face (g,), and for each a near one that does (g,).

    Of large images `blocks` (b, c) names such a texel for each block, for the texels where `far` (h, w) uint8 is not 0.
    """

    texel: NDArray[np.int64]
    nearest: NDArray[np.int64]
    blocks: NDArray[np.int64] | None = None
    far: NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, known: NDArray[np.bool_]) -> Gaps:
        """known (h, w): which texels show a face."""
        if known.all() or not known.any():
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))
        half = BLOCK // 2
        if max(known.shape) <= LARGEST_EXACT_PX or not known[half::BLOCK, half::BLOCK].any():
            return cls(*_nearest(known))
        texel, nearest, far = _rings(known)
        return cls(texel, nearest, _blocks(known), far)

    def fill(self, image: NDArray) -> NDArray:
        """image (h, w, k) or (h, w), contiguous: filled in place, and returned."""
        flat = image.reshape(image.shape[0] * image.shape[1], -1)
        for channel in flat.T:
            channel[self.texel] = channel[self.nearest]
        if self.blocks is not None and self.far is not None:
            height, width = self.far.shape
            values = np.ascontiguousarray(flat[self.blocks].reshape(*self.blocks.shape, -1))
            whole = (values.shape[1] * BLOCK, values.shape[0] * BLOCK)
            large = cv2.resize(values, whole, interpolation=cv2.INTER_NEAREST)
            cv2.copyTo(large[:height, :width], self.far, image)
        return image

    def merged(self, channels: NDArray) -> NDArray:
        """Channels (k, h * w) or (k, h, w) of a square image, filled, as one image (h, w, k)."""
        side = round(np.sqrt(channels[0].size))
        return self.fill(np.asarray(cv2.merge([row.reshape(side, side) for row in channels])))


def _nearest(known: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The texels of known (h, w) that are not, and the nearest one that is for each."""
    _, label = cv2.distanceTransformWithLabels(
        (~known).view(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Labels number the known texels, though not in their order.
    label, flat = label.reshape(-1), known.reshape(-1)
    inside, texel = np.flatnonzero(flat), np.flatnonzero(~flat)
    texel_of = np.zeros(len(inside) + 1, np.int64)
    texel_of[label[inside]] = inside
    return texel, texel_of[label[texel]]


def _rings(
    known: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """The texels within RINGS steps of those of known (h, w): their places (g,), a known one near each (g,), and which
    texels lie beyond (h, w). Ring by ring: each takes what one straight beside it has."""
    exact: Any = np.float32 if known.size <= MOST_IN_FLOAT32 else np.float64
    # The texel that each one takes, counted from 1.
    places: NDArray[np.floating] = np.arange(1, known.size + 1, dtype=exact).reshape(known.shape)
    reached = known.view(np.uint8)
    taken = np.asarray(cv2.copyTo(places, reached))
    for _ in range(RINGS):
        wider = np.asarray(cv2.dilate(taken, BESIDE))
        cv2.copyTo(taken, reached, wider)
        taken, reached = wider, (wider != 0).view(np.uint8)
    texel = np.flatnonzero(reached != known.view(np.uint8))
    nearest = taken.reshape(-1)[texel].astype(np.int64) - 1
    return texel, nearest, (reached == 0).view(np.uint8)


def _blocks(known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each block of known (h, w) the middle of the nearest block whose middle is known: (b, c)."""
    half = BLOCK // 2
    height, width = known.shape
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    middle = np.zeros((rows, columns), bool)
    sample = known[half::BLOCK, half::BLOCK]
    middle[: sample.shape[0], : sample.shape[1]] = sample
    block = np.arange(rows * columns)
    texel, nearest = _nearest(middle)
    block[texel] = nearest
    places = (block // columns * BLOCK + half) * width + block % columns * BLOCK + half
    return places.reshape(rows, columns)
