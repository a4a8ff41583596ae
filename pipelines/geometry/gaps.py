"""Texels between the charts of a texture: they take the value of one nearby that shows a face, so that no seam shows
where a renderer blends texels. Found once for all maps of one size.

In large images the nearest one is found for texels close to a chart; farther ones, which only mipmaps mix in, are
filled by blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Above this side gaps are filled by blocks of so many texels a side, after so many rings around the charts.
LARGEST_EXACT_PX, BLOCK, RINGS = 1024, 4, 2
NEIGHBOURS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
AROUND = np.ones((3, 3), np.uint8)


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
        return cls(*_rings(known), *_blocks(known))

    def fill(self, image: NDArray) -> NDArray:
        """image (h, w, k) or (h, w), contiguous: filled in place, and returned."""
        flat = image.reshape(image.shape[0] * image.shape[1], -1)
        for channel in range(flat.shape[1]):
            flat[self.texel, channel] = flat[self.nearest, channel]
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
        return np.asarray(
            cv2.merge([self.fill(channel.reshape(side, side)) for channel in channels])
        )


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


def _rings(known: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `_nearest`, for the texels that lie within RINGS of a known one: ring by ring from the ring before."""
    reached = known.view(np.uint8)
    texels, sources = [], []
    before: tuple[NDArray, NDArray] | None = None
    for _ in range(RINGS):
        wider = np.asarray(cv2.dilate(reached, AROUND), np.uint8)
        texel = np.flatnonzero(wider != reached)
        source = _beside(texel, reached, before)
        reached, before = wider, (texel, source)
        texels.append(texel)
        sources.append(source)
    return np.concatenate(texels), np.concatenate(sources)


def _beside(
    texel: NDArray[np.int64], reached: NDArray[np.uint8], before: tuple[NDArray, NDArray] | None
) -> NDArray[np.int64]:
    """A known texel for each texel (g,) that has a neighbour in `reached` (h, w); of those in the ring before, the one
    that its texels (r,) took (r,)."""
    height, width = reached.shape
    row, column = texel // width, texel % width
    flat = reached.reshape(-1)
    source = np.zeros_like(texel)
    # Straight neighbours come last: they are nearer than those across a corner.
    for down, right in NEIGHBOURS:
        inside = (row + down >= 0) & (row + down < height)
        inside &= (column + right >= 0) & (column + right < width)
        rows = np.flatnonzero(inside)
        place = texel[rows] + (down * width + right)
        there = flat[place] != 0
        source[rows[there]] = place[there]
    if before is None:
        return source
    ring, taken = before
    at = np.minimum(np.searchsorted(ring, source), len(ring) - 1)
    return np.where(ring[at] == source, taken[at], source)


def _blocks(
    known: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """For each block of known (h, w) the middle of the nearest block whose middle is known; and which texels lie beyond
    the rings."""
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
    side = 2 * RINGS + 1
    reached = cv2.dilate(known.view(np.uint8), np.ones((side, side), np.uint8))
    return places.reshape(rows, columns), (reached == 0).view(np.uint8)
