"""What a style does to colours: cartoon is bright and flat, lowpoly flat a face, artistic painted in strokes."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.materials import noise
from pipelines.geometry.materials.registry import Look, Surface, dot, three

Style = Literal["realistic", "cartoon", "lowpoly", "artistic"]
PLAIN = ("cartoon", "lowpoly")
STEPS = 5  # tones a channel that a cartoon keeps
STROKES = 15  # across the longest side


def styled(look: Look, at: Surface, style: Style) -> Look:
    """The look in a style. "realistic" leaves it as it is."""
    if style == "cartoon":
        bright = _saturated(look.rgb, 1.45)
        return Look(np.round(bright * STEPS) / np.float32(STEPS), 1.0, 0.0, glow=look.glow)
    if style == "artistic":
        return replace(look, rgb=_strokes(look.rgb, at), roughness=0.9)
    if style == "lowpoly":
        return replace(look, rgb=_saturated(look.rgb, 1.15))
    return look


def _saturated(rgb: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    grey = dot(rgb, (0.299, 0.587, 0.114))
    return np.clip(grey[:, None] + (rgb - grey[:, None]) * np.float32(factor), 0.0, 1.0)


def _strokes(rgb: NDArray[np.float32], at: Surface) -> NDArray[np.float32]:
    """Dabs of a brush: long cells, bent by slow noise, each with a hue and a tone of its own."""
    bend = np.stack([at.spots.fbm(3.0, 2, k * 5.3) for k in range(3)], 1)
    places = (at.points + (bend - 0.5) * np.float32(0.25)) * three(STROKES, STROKES * 0.42, STROKES)
    near, second, which = noise.cells(places)
    tone = (noise.hashed(which) - 0.5) * 0.36 - np.clip(0.12 - (second - near), 0, 1) * 0.6
    hue = np.stack([noise.hashed(which * 3 + k) - 0.5 for k in range(3)], 1) * np.float32(0.09)
    bristles = (noise.fbm(places * three(7, 1.2, 7), 2) - 0.5) * 0.25
    return np.clip(rgb * (1 + tone + bristles)[:, None] + hue, 0.0, 1.0).astype(np.float32)
