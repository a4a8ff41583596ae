"""The light of small pictures: what colour a point of a surface has for an eye in front of it.

Two lamps, a sky, and a soft surrounding that shines in what is smooth or metal. Knows points with a normal and the
values of a glTF material; does not know triangles, cameras or files. All light is linear; `to_srgb` ends it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Light from everywhere and from above, and lamps at directions in the eye's frame (right, up, back), with their share.
EVERYWHERE, SKY = 0.24, 0.20
LAMPS = (((-0.45, 0.65, 0.62), 0.66), ((0.80, 0.05, 0.45), 0.16))
# What is mirrored: how bright the surrounding is below and above, and how far the border between them reaches.
GROUND, ABOVE, BORDER = 0.07, 1.15, 0.5
# What a surface that is no metal reflects of the light that comes straight on, as glTF has it.
DIELECTRIC = 0.04
# A highlight narrower than this is lost between two pixels.
SMOOTHEST = 0.22
GAMMA = 2.2
_LINEAR = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)
_STEPS = 4096
_SRGB = np.round((np.arange(_STEPS) / (_STEPS - 1)) ** (1.0 / GAMMA) * 255.0).astype(np.uint8)


@dataclass(frozen=True)
class Points:
    """What is seen, a row each: base colour (n, 3) linear, unit normals (n, 3) in the eye's frame, metalness and
    roughness, each (n,) or one for all, and glow (n, 3) linear or None. All float32."""

    colour: NDArray[np.float32]
    normal: NDArray[np.float32]
    metalness: NDArray[np.float32] | float = 0.0
    roughness: NDArray[np.float32] | float = 1.0
    glow: NDArray[np.float32] | None = None


def to_linear(srgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB bytes as linear light 0 to 1, of the same shape."""
    return _LINEAR[srgb]


def to_srgb(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear light as sRGB bytes; what is brighter than white is white."""
    steps = np.clip(light, 0.0, 1.0) * np.float32(_STEPS - 1)
    return _SRGB[(steps + np.float32(0.5)).astype(np.int16)]


def lit(points: Points) -> NDArray[np.float32]:
    """The light (n, 3) that comes from the points to the eye. Lambert's law, and Blinn's highlights."""
    normal = points.normal
    matt = np.float32(EVERYWHERE) + np.float32(SKY) * (0.5 + 0.5 * normal[:, 1])
    for direction, strength in LAMPS:
        towards = _unit(direction)
        matt += np.float32(strength) * np.maximum(normal @ towards, 0.0)
    metal = np.asarray(points.metalness, np.float32)
    light = points.colour * (matt * (1.0 - metal))[..., None]
    if _shines(points):
        light += _reflected(points, metal)
    if points.glow is not None:
        light += points.glow
    return light


def _shines(points: Points) -> bool:
    """Whether anything is smooth or metal enough to show what is around it."""
    return bool(np.max(points.metalness) > 0.05 or np.min(points.roughness) < 0.75)


def _reflected(points: Points, metal: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the surface throws back as it came (n, 3): metal in its colour, other things a little, in white."""
    rough = np.maximum(np.asarray(points.roughness, np.float32), np.float32(SMOOTHEST))
    around, lamps = _surrounding(points.normal, rough), _highlights(points.normal, rough)
    # A rough dielectric scatters its surrounding into what `matt` has counted already.
    plain = np.float32(DIELECTRIC) * (1.0 - metal) * (lamps + around * (1.0 - rough))
    coloured = metal * (lamps + around)
    return np.asarray(points.colour * coloured[..., None] + plain[..., None], np.float32)


def _surrounding(normal: NDArray[np.float32], rough: NDArray[np.float32]) -> NDArray[np.float32]:
    """How bright (n,) what is mirrored is, dark below and light above; the rougher the surface, the softer."""
    up = 2.0 * normal[:, 2] * normal[:, 1]  # of the eye's direction, mirrored
    way = np.clip(0.5 + 0.5 * up / (BORDER + rough), 0.0, 1.0)
    smooth = way * way * (3.0 - 2.0 * way)
    return np.asarray(GROUND + (ABOVE - GROUND) * smooth, np.float32)


def _highlights(normal: NDArray[np.float32], rough: NDArray[np.float32]) -> NDArray[np.float32]:
    """How bright (n,) the mirrored lamps are."""
    power = 2.0 / rough**4
    peak = np.minimum(0.12 * (power + 2.0), 6.0)
    total = np.zeros(len(normal), np.float32)
    for direction, strength in LAMPS:
        half = _unit(_unit(direction) + np.array([0.0, 0.0, 1.0], np.float32))
        # x ** p as 2 ** (p log2 x): half the time of numpy's power.
        near = np.log2(np.maximum(normal @ half, np.float32(1e-6)))
        total += np.float32(strength) * peak * np.exp2(np.maximum(power * near, np.float32(-60.0)))
    return total


def _unit(direction: NDArray | tuple[float, ...]) -> NDArray[np.float32]:
    row = np.asarray(direction, np.float32)
    return np.asarray(row / np.linalg.norm(row), np.float32)
