"""One outline laid onto another: where each place of a body belongs in a picture whose object has a similar outline.

Places on the body's outline walk to the picture's, and what lies between follows smoothly (demons: J.-P. Thirion, Image
matching as a diffusion process, 1998, on distance maps). Knows masks only.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Side of the square that both masks are drawn in.
PX = 160
# Rounds from stiff to supple: how far around it a place takes others along, as shares of the side.
REACHES = (1 / 5, 1 / 8, 1 / 8, 1 / 12, 1 / 16, 1 / 20)
# A step of one round, and the whole way, in shares of the side: beyond it the outlines have nothing in common.
MOST_STEP, MOST_WAY = 0.06, 0.16
# Overlap (IoU) that swapping a picture's sides must gain: a horse that looks left for one that looks right.
CLEARLY = 0.06


def fit(body: NDArray[np.bool_], picture: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Two masks that both fill their squares, (h, w) bool of any size -> what to add to a place of the body to find
    its place in the picture: (PX, PX, 2) float32, right and down, in shares of the side."""
    mine, target = (_square(mask) for mask in (body, picture))
    if not mine.any() or not target.any():
        return np.zeros((PX, PX, 2), np.float32)
    distance = _signed_distance(target)
    slope = np.stack(
        [cv2.Sobel(distance, -1, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0)], -1
    )
    # Beyond the square nothing is: a mask that fills it has its outline there.
    inner = cv2.erode(np.pad(mine.astype(np.uint8), 1), np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    border = mine & (inner == 0)
    rows, columns = np.mgrid[0:PX, 0:PX].astype(np.float32)
    way = np.zeros((PX, PX, 2), np.float32)
    for reach in REACHES:
        x, y = columns + way[..., 0], rows + way[..., 1]
        away, bent = (
            cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for values in (distance, slope)
        )
        step = -away[..., None] * bent / np.maximum((bent**2).sum(-1, keepdims=True), 0.2)
        step = np.clip(step, -MOST_STEP * PX, MOST_STEP * PX) * border[..., None]
        weight = cv2.GaussianBlur(border.astype(np.float32), (0, 0), reach * PX)
        spread = cv2.GaussianBlur(step.astype(np.float32), (0, 0), reach * PX)
        way += spread / np.maximum(weight, 1e-5)[..., None]
        np.clip(way, -MOST_WAY * PX, MOST_WAY * PX, out=way)
    return (way / np.float32(PX)).astype(np.float32)


def better_mirrored(body: NDArray[np.bool_], picture: NDArray[np.bool_]) -> bool:
    """Whether the outline in the picture fits that of the body clearly better when its sides are swapped."""
    mine, target = (_square(mask) for mask in (body, picture))
    plain, swapped = (
        float((mine & other).sum()) / max(float((mine | other).sum()), 1.0)
        for other in (target, target[:, ::-1])
    )
    return swapped > plain + CLEARLY


def _square(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    small = cv2.resize(mask.astype(np.float32), (PX, PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small > 0.5)


def _signed_distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Pixels to the outline, below 0 inside; the border of the square counts as outside."""
    inner = np.pad(mask.astype(np.uint8), 1)
    inside = cv2.distanceTransform(inner, cv2.DIST_L2, 5)[1:-1, 1:-1]
    outside = cv2.distanceTransform(1 - inner, cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.asarray(cv2.GaussianBlur(outside - inside, (0, 0), 1.2), np.float32)
