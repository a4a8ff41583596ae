"""Colours between sRGB, as pictures and most mesh files hold them, and linear light (IEC 61966-2-1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def to_linear(values: ArrayLike) -> NDArray[np.float64]:
    """sRGB 0..1 to linear 0..1, value by value."""
    found = np.asarray(values, np.float64)
    return np.where(found <= 0.04045, found / 12.92, ((found + 0.055) / 1.055) ** 2.4)


def from_linear(values: ArrayLike) -> NDArray[np.float64]:
    """Linear 0..1 to sRGB 0..1, value by value."""
    found = np.asarray(values, np.float64)
    return np.where(found <= 0.0031308, found * 12.92, 1.055 * found ** (1 / 2.4) - 0.055)
