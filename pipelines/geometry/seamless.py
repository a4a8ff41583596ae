"""A photo of a material made into a tile that joins with itself."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Share of a side that is blended with what lies beyond the opposite one, and the least share of it that is kept.
BLENDED, KEPT = 0.16, 0.5
SEARCH_PX = 128
# A picture is a texture if its quarters differ by less than this share of its own variety; others show something.
MOST_UNEVEN = 0.55
LEAST_SIDE_PX = 16


def is_texture(picture: NDArray[np.uint8]) -> bool:
    """Whether a picture (h, w, 3) looks much the same all over, but for the light on it."""
    small = _evened(
        np.asarray(cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
    )
    quarters = small.reshape(2, 32, 2, 32, 3).mean((1, 3)).reshape(4, 3)
    variety = float(picture.reshape(-1, 3).astype(np.float32).std(0).mean())
    return float(np.ptp(quarters, axis=0).max()) <= MOST_UNEVEN * variety + 6.0


def tile(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A texture (h, w, 3) -> (h', w', 3) whose left joins its right, and whose top its bottom; a little smaller.

    Light that falls off towards a corner is evened out. It is cut where its pattern repeats best, so that bricks meet
    bricks; blending keeps the contrast (E. Heitz and F. Neyret, High-Performance By-Example Noise, 2018).
    """
    if min(picture.shape[:2]) < LEAST_SIDE_PX:
        return picture
    even = _evened(picture)
    mean = even.reshape(-1, 3).mean(0)
    rest = _joined(_joined(even - mean, 0), 1)
    return np.clip(rest + mean + 0.5, 0, 255).astype(np.uint8)


def _evened(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Brightness divided by its slow change over the picture."""
    values = picture.astype(np.float32)
    light = values.mean(2)
    size = (32, 32)
    slow = cv2.GaussianBlur(cv2.resize(light, size, interpolation=cv2.INTER_AREA), (0, 0), 6.0)
    slow = cv2.resize(slow, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    ratio = np.clip(float(light.mean()) / np.maximum(slow, 1.0), 0.6, 1.6)
    return values * ratio[..., None]


def _joined(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The first rows (axis 0) or columns (1) blended into from beyond the last ones that are kept."""
    side = values.shape[axis]
    width = max(2, round(side * BLENDED))
    length, alike = _best_cut(values, axis)
    length = min(max(round(length * side), width), side - width)
    kept = np.take(values, np.arange(length), axis)
    beyond = np.take(values, np.arange(length, length + width), axis)
    shape = [1, 1, 1]
    shape[axis] = width
    share = ((np.arange(width) + 0.5) / width).astype(np.float32).reshape(shape)
    first = [slice(None)] * 3
    first[axis] = slice(0, width)
    # Of two bands that are not alike the mean is flat: their variances add up, not their values.
    spread = np.sqrt(share**2 + (1 - share) ** 2 + 2 * share * (1 - share) * np.float32(alike))
    kept[tuple(first)] = (kept[tuple(first)] * share + beyond * (1 - share)) / spread
    return kept


def _best_cut(values: NDArray[np.float32], axis: int) -> tuple[float, float]:
    """Where to cut along an axis, as a share of its side, so that what follows looks like the beginning; and how alike
    both are, 0 to 1 (correlation)."""
    size = (SEARCH_PX, SEARCH_PX)
    small = cv2.resize(values.mean(2), size, interpolation=cv2.INTER_AREA)
    small = small if axis == 0 else small.T
    width = round(SEARCH_PX * BLENDED)
    first = small[:width] - small[:width].mean()
    best = (0.0, 1.0 - BLENDED)
    for length in range(SEARCH_PX - width, round(SEARCH_PX * KEPT), -1):
        after = small[length : length + width] - small[length : length + width].mean()
        norm = float(np.linalg.norm(first) * np.linalg.norm(after)) + 1e-6
        alike = float((first * after).sum()) / norm
        # A larger tile repeats less often: a shorter one must be clearly better.
        if alike > best[0] + 0.05:
            best = (alike, length / SEARCH_PX)
    return best[1], max(best[0], 0.0)
