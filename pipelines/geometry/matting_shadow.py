"""The soft shadow that an object casts on its plain backdrop: no part of the object.

A shadow darkens the backdrop without colouring it, and fades into it: from the backdrop one comes to all of it without
a step, while an object begins with one. A pale object on white does not; it is known by its upper part.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Looked at in this size: there an edge is a pixel or two wide.
LOOKED_AT_PX = 512
# In Lab units: how much darker than the backdrop a shadow is at least, its least lightness, how far its colour may be
# from the backdrop's, and its steepest slope a pixel. Edges of objects have slopes of 4 and more.
LEAST_DARKER, LEAST_LIGHTNESS, MOST_COLOUR, MOST_SLOPE = 3.0, 25.0, 5.0, 2.5
# A shadow lies in this lower share of what was found, and is at most this share of it.
LOWER, MOST_SHARE = 0.4, 0.5
# Where more of the upper rest fades into the backdrop too, it is the object that is as pale.
MOST_ABOVE = 0.01
# Less of the picture is no shadow worth a risk.
LEAST_SHARE = 0.002


def cast(
    lab: NDArray[np.float32], background: NDArray[np.bool_], centres: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """The cast shadow (h, w) bool in a picture (h, w, 3) in Lab whose backdrop has the colours `centres` (k, 3).

    background (h, w): what of the backdrop is known already.
    """
    height, width = background.shape
    none = np.zeros_like(background)
    backdrop = centres[centres[:, 0].argmax()]
    if backdrop[0] < 60.0 or background.all():
        return none
    scale = min(1.0, LOOKED_AT_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(lab, size, interpolation=cv2.INTER_AREA), np.float32)
    known = cv2.resize(background.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    fading, low = _fading(small, known, backdrop), _low(~known)
    shadow = fading & low
    if (fading & ~low).sum() > MOST_ABOVE * (~known & ~low).sum():
        return none
    area = float(shadow.sum())
    if not LEAST_SHARE * shadow.size < area < MOST_SHARE * float((~known).sum()):
        return none
    grown = cv2.dilate(shadow.astype(np.uint8), np.ones((3, 3), np.uint8))
    found = cv2.resize(grown, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    neutral = np.linalg.norm(lab[..., 1:] - backdrop[1:], axis=-1) < MOST_COLOUR
    return found & neutral & ~background


def _fading(
    lab: NDArray[np.float32], known: NDArray[np.bool_], backdrop: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """What is as a darker backdrop and hangs together with the known one without a step."""
    soft = cv2.GaussianBlur(lab, (0, 0), 1.2)
    lightness = soft[..., 0]
    slope = np.hypot(
        cv2.Sobel(lightness, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(lightness, cv2.CV_32F, 0, 1, scale=0.125),
    )
    coloured = np.linalg.norm(soft[..., 1:] - backdrop[1:], axis=-1)
    dark = (lightness < backdrop[0] - LEAST_DARKER) & (lightness > LEAST_LIGHTNESS)
    smooth = (slope < MOST_SLOPE) & (coloured < MOST_COLOUR)
    _, label = cv2.connectedComponents(((dark & smooth) | known).astype(np.uint8), connectivity=4)
    reached = np.isin(label, np.setdiff1d(np.unique(label[known]), [0]))
    shadow = (reached & ~known).astype(np.uint8)
    return cv2.morphologyEx(shadow, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0


def _low(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The lower part of the box of what was found (h, w)."""
    rows = np.flatnonzero(found.any(axis=1))
    part = np.zeros_like(found)
    if len(rows):
        part[round(rows[-1] - LOWER * (rows[-1] - rows[0])) :] = True
    return part
