"""An object cut out of its picture, laid into a square as networks were trained on: centred, on a plain backdrop."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.matting import Cutout


def framed(cutout: Cutout, *, share: float, backdrop: float, side_px: int) -> NDArray[np.uint8]:
    """(side_px, side_px, 3) uint8. The object's longer side takes `share` of the square; `backdrop` is a grey, 0 to 1.

    Edges are softened by the change of size, since a cut-out's mask has none.
    """
    height, width = cutout.mask.shape
    square = max(round(max(height, width) / share), max(height, width))
    top, left = (square - height) // 2, (square - width) // 2
    canvas = np.full((square, square, 3), round(backdrop * 255.0), np.uint8)
    inside = canvas[top : top + height, left : left + width]
    inside[cutout.mask] = cutout.rgb[cutout.mask]
    way = cv2.INTER_AREA if square > side_px else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(canvas, (side_px, side_px), interpolation=way), np.uint8)
