"""Pictures in another manner before they are laid on a mesh: "cartoon" in few flat colours, "artistic" as if painted.

Edge-preserving filters and a palette; nothing is invented. Knows pictures only.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

# Finer detail would be smoothed away; the filters' cost grows with the pixels.
MAX_SIDE_PX = 1024
PALETTE = 16
# Weight of lightness in the palette: with less of it, hues keep their own colours and shades fall together.
LIGHTNESS = 0.55
# Palette colours nearer than this in Lab, where a just visible step is about 2, become one.
NEAREST_COLOURS = 8.0
TRAINING_PIXELS = 20_000
# Exponent on the cartoon's colours: shadows of a photo are darker than those of a drawing.
CARTOON_GAMMA = 0.85
# Factors on saturation, which is what tells a drawing from a photo first.
CARTOON_SATURATION, ARTISTIC_SATURATION = 1.45, 1.15
# Kuwahara: brush radius as a share of the picture's longer side, sectors, and how strongly the calmest one wins.
BRUSH_SHARE, SECTORS, SHARPNESS = 1 / 55, 8, 10.0


def restyled(pictures: Mapping[str, NDArray[np.uint8]], style: str) -> dict[str, NDArray[np.uint8]]:
    """Pictures (h, w, 3) uint8 by name in the given style, at most MAX_SIDE_PX a side; "realistic" as they are.

    The pictures of one object share one palette.
    """
    if style not in ("cartoon", "artistic"):
        return dict(pictures)
    small = {name: _shrunk(picture) for name, picture in pictures.items()}
    if style == "artistic":
        return {name: _painted(picture) for name, picture in small.items()}
    calm = {name: _calmed(picture) for name, picture in small.items()}
    palette = _palette(list(calm.values()))
    return {name: _flattened(picture, palette) for name, picture in calm.items()}


def _shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = MAX_SIDE_PX / max(height, width)
    if scale >= 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _calmed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Noise and shading smoothed, edges kept: mean shift in colour and place (Comaniciu and Meer 2002)."""
    radius = max(3.0, max(picture.shape[:2]) / 85.0)
    return np.asarray(cv2.pyrMeanShiftFiltering(picture, radius, 26.0, maxLevel=2), np.uint8)


def _palette(pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Colours (k, 3), as of `_lab`, that stand for all pictures, k at most PALETTE. The same each time."""
    pixels = np.concatenate([_lab(picture).reshape(-1, 3) for picture in pictures])
    pixels = np.ascontiguousarray(pixels[:: max(1, len(pixels) // TRAINING_PIXELS)])
    count = min(PALETTE, len(np.unique(pixels, axis=0)))
    cv2.setRNGSeed(0)
    rule = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
    _, labels, centres = cv2.kmeans(
        pixels, count, np.zeros((len(pixels), 1), np.int32), rule, 2, cv2.KMEANS_PP_CENTERS
    )
    share = np.bincount(labels.reshape(-1), minlength=count)
    kept: list[NDArray] = []
    for index in np.argsort(-share, kind="stable"):
        if all(np.linalg.norm(centres[index] - other) > NEAREST_COLOURS for other in kept):
            kept.append(centres[index])
    return np.array(kept, np.float32)


def _flattened(picture: NDArray[np.uint8], palette: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Every pixel takes the nearest colour of the palette, specks go, colours grow stronger."""
    lab = _lab(picture)
    distance = np.stack([((lab - colour) ** 2).sum(-1) for colour in palette])
    label = distance.argmin(0).astype(np.uint8)
    span = max(3, round(max(picture.shape[:2]) / 150)) | 1
    counts = [
        cv2.blur((label == index).astype(np.float32), (span, span)) for index in range(len(palette))
    ]
    label = np.argmax([cv2.blur(count, (span, span)) for count in counts], axis=0)
    plain = np.divide(palette, [LIGHTNESS, 1.0, 1.0], dtype=np.float32)
    rgb = np.clip(cv2.cvtColor(plain[None], cv2.COLOR_LAB2RGB), 0.0, 1.0) ** CARTOON_GAMMA
    strong = (saturated(rgb * 255.0, CARTOON_SATURATION) + 0.5).astype(np.uint8)
    return np.ascontiguousarray(strong[0][label])


def _painted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Brush strokes: each pixel takes the mean of the calmest sector around it (Kuwahara, with smooth sectors after
    Papari, Petkov and Campisi 2007)."""
    values = saturated(picture, ARTISTIC_SATURATION) / 255.0
    squares = (values**2).sum(-1)
    total = np.zeros_like(values)
    weights = np.zeros(values.shape[:2], np.float32)
    for kernel in _sectors(max(3, round(max(picture.shape[:2]) * BRUSH_SHARE))):
        mean = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REFLECT)
        spread = cv2.filter2D(squares, -1, kernel, borderType=cv2.BORDER_REFLECT) - (mean**2).sum(
            -1
        )
        weight = 1.0 / (1e-4 + np.maximum(spread, 0.0)) ** (SHARPNESS / 2.0)
        weight = weight.astype(np.float32)
        total += mean * weight[..., None]
        weights += weight
    return np.clip(total / weights[..., None] * 255.0 + 0.5, 0, 255).astype(np.uint8)


def _sectors(radius: int) -> list[NDArray[np.float32]]:
    """Kernels (2 r + 1, 2 r + 1), each a slice of a Gaussian disc with soft borders; each sums to 1."""
    rows, cols = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float64)
    disc = np.exp(-(rows**2 + cols**2) / (2.0 * (radius / 1.8) ** 2)) * (
        np.hypot(rows, cols) <= radius
    )
    angle = np.arctan2(rows, cols)
    kernels = []
    for index in range(SECTORS):
        off = np.angle(np.exp(1j * (angle - index * 2.0 * np.pi / SECTORS)))
        kernel = disc * np.clip(1.5 - np.abs(off) * SECTORS / (2.0 * np.pi), 0.0, 1.0)
        kernel[radius, radius] = disc[radius, radius] / SECTORS
        kernels.append((kernel / kernel.sum()).astype(np.float32))
    return kernels


def saturated(colours: NDArray, factor: float) -> NDArray[np.float32]:
    """Colours (..., 3) in 0..255, moved away from their own grey; greys stay grey. -> float32 in 0..255."""
    values = colours.astype(np.float32)
    grey = (values * np.array([0.299, 0.587, 0.114], np.float32)).sum(-1, keepdims=True)
    return np.clip(grey + (values - grey) * np.float32(factor), 0.0, 255.0)


def _lab(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """CIE Lab (h, w, 3) float32, lightness shrunk by LIGHTNESS."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    return np.asarray(lab * np.array([LIGHTNESS, 1.0, 1.0], np.float32), np.float32)
