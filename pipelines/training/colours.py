"""How training views look: colours of parts, patterns in space, light. As varied as pictures of users are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

WAVES = 4


@dataclass(frozen=True)
class Look:
    """One way to show an object: light from `light` (3,), shares of its terms, and how colourful it is.

    `style` "colour", "grey" (a raw model) or "flat" (a drawing without light).
    """

    style: str
    light: NDArray[np.float64]
    ambient: float
    highlight: float
    contrast: float
    saturation: float
    ground: float
    exposure: float

    @staticmethod
    def random(rng: Generator) -> Look:
        light = np.array([rng.normal(0, 0.7), rng.uniform(0.1, 1.2), rng.uniform(0.2, 1.2)])
        return Look(
            style=str(rng.choice(["colour", "grey", "flat"], p=[0.78, 0.12, 0.1])),
            light=light / np.linalg.norm(light),
            ambient=float(rng.uniform(0.1, 0.7)),
            highlight=float(rng.uniform(0.0, 0.6) * (rng.random() < 0.5)),
            contrast=float(rng.uniform(0.0, 0.5)),
            saturation=float(rng.uniform(0.0, 1.0)),
            ground=float(rng.uniform(0.0, 0.6) * (rng.random() < 0.5)),
            exposure=float(rng.uniform(0.9, 1.6)),
        )


def shaded(
    look: Look, points: NDArray, normals: NDArray, part: NDArray[np.int64], rng: Generator
) -> NDArray[np.uint8]:
    """Colours (n, 3) uint8 of points (n, 3) of the object and its parts (n,), normals (n, 3) as the eye sees them."""
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    normals = np.where(normals[:, 2:] < 0, -normals, normals)  # an open sheet's far side
    paint = _paint(look, points, part, rng)
    lit = look.ambient + (1.0 - look.ambient) * np.maximum(normals @ look.light, 0.0)
    if look.style == "flat":
        lit = np.full(len(points), 0.9) - 0.4 * (normals[:, 2] < 0.3)
    between = look.light + np.array([0.0, 0.0, 1.0])
    shine = np.maximum(normals @ (between / np.linalg.norm(between)), 0.0) ** 24
    height = (points[:, 1] - points[:, 1].min()) / max(float(np.ptp(points[:, 1])), 1e-6)
    lit = lit * (1.0 - look.ground * np.exp(-4.0 * height))
    colours = look.exposure * paint * lit[:, None] + look.highlight * shine[:, None]
    return np.asarray(np.clip(colours * 255.0 + rng.normal(0, 3, colours.shape), 0, 255), np.uint8)


def _paint(look: Look, points: NDArray, part: NDArray[np.int64], rng: Generator) -> NDArray:
    """Base colours (n, 3) in 0 to 1: one for each part, with a pattern of waves."""
    if look.style == "grey":
        return np.full((len(points), 3), rng.uniform(0.4, 0.95))
    count = int(part.max()) + 1
    share = look.saturation * rng.uniform(0.3, 1.0, count)
    hsv = np.stack([rng.uniform(0, 180, count), 255 * share, 255 * rng.uniform(0.3, 1, count)], 1)
    if rng.random() < 0.5:  # one family of hues
        hsv[:, 0] = (rng.uniform(0, 180) + rng.normal(0, 12, count)) % 180
    palette = cv2.cvtColor(hsv.astype(np.uint8)[None], cv2.COLOR_HSV2RGB)[0] / 255.0
    pattern = np.zeros(len(points))
    for _ in range(WAVES):
        way = rng.normal(0, 1, 3) * rng.uniform(3, 40)
        pattern += np.sin(points @ way + rng.uniform(0, 6.3))
    if rng.random() < 0.3:
        pattern = np.sign(pattern) * 2.0
    second = palette[rng.integers(count)] if rng.random() < 0.3 else np.zeros(3)
    mix = np.clip(look.contrast * (0.5 + pattern[:, None] / WAVES), 0, 1)
    return np.asarray(palette[part] * (1 - mix) + second * mix)
