"""Values of a picture at places between its pixels, for long lists of places. Works on columns: numpy is slow along
rows of two or three."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# cv2.remap takes maps of at most 32767 a side, so a list of places is folded into rows of so many.
FOLD = 4096


def sample(
    picture: NDArray,
    across: NDArray[np.float32],
    down: NDArray[np.float32],
    *,
    nearest: bool = False,
) -> NDArray[np.float32]:
    """Colours (n, k) float32 of a picture (h, w, k) at places (n,) and (n,) in 0..1; beyond its border the border's
    colour."""
    height, width = picture.shape[:2]
    column = np.clip(across * np.float32(width) - np.float32(0.5), 0, width - 1)
    row = np.clip(down * np.float32(height) - np.float32(0.5), 0, height - 1)
    if nearest:
        pixel = np.rint(row).astype(np.int64) * width + np.rint(column).astype(np.int64)
        return np.take(picture.reshape(height * width, -1), pixel, axis=0).astype(np.float32)
    return between(picture, column, row).astype(np.float32, copy=False)


def between(picture: NDArray, column: NDArray[np.float32], row: NDArray[np.float32]) -> NDArray:
    """The four pixels around places (n,) and (n,), in pixels whose centres are whole, mixed: (n, k)."""
    fold = (-(-len(column) // FOLD), FOLD)
    spare = fold[0] * FOLD - len(column)
    across, down = (
        (np.pad(v, (0, spare)) if spare else np.ascontiguousarray(v)).reshape(fold)
        for v in (column, row)
    )
    found = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found).reshape(-1, picture.shape[2])[: len(column)]
