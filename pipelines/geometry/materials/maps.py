"""The maps of a material in the making: looks are put in texel by texel, and come out as glTF's images.

Base colour and glow at full size; gloss, metal and relief, which change slowly, at half of it where that is large.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb
from pipelines.geometry.materials.registry import Look

# Above this side the slow maps are half as large: it is not seen, and costs a quarter of the time.
LARGEST_FULL_PX = 1024
# Steepest relief that is drawn, as a slope: steeper ones would turn away from the light altogether.
STEEPEST = 1.2
LEAST_SLOPE = 0.01
# Half the difference of both neighbours: the slope a texel.
STEP_RIGHT = np.array([[-0.5, 0.0, 0.5]], np.float32)


class Canvas:
    """owner (size, size) int32: the face of each texel. `colour_only` keeps nothing but the base colour."""

    def __init__(self, owner: NDArray[np.int32], *, colour_only: bool) -> None:
        self.owner, self.size, self.colour_only = owner, len(owner), colour_only
        self.step = 2 if self.size > LARGEST_FULL_PX else 1
        self.small = -(-self.size // self.step)
        # Channel by channel: what is written in one go lies side by side.
        self.rgb = np.zeros((3, self.size**2), np.uint8)
        self.glow: NDArray[np.uint8] | None = None
        self.height: NDArray[np.float32] | None = None
        # Roughness and metalness: glTF's green and blue.
        self.gloss = np.zeros((2, 0 if colour_only else self.small**2), np.uint8)

    def put(self, texel: NDArray[np.int64], looks: Sequence[Look]) -> None:
        """Looks of one or several samples at texels (n,); of several the colours are averaged."""
        colours = [look.rgb for look in looks]
        _put(self.rgb, texel, colours[0] if len(looks) == 1 else np.mean(colours, axis=0))
        if self.colour_only:
            return
        look = looks[0]
        if look.glow is not None:
            if self.glow is None:
                self.glow = np.zeros_like(self.rgb)
            _put(self.glow, texel, look.glow)
        rows, place = self._slow(texel)
        self.gloss[0, place] = _bytes(_some(look.roughness, rows, 0.04))
        self.gloss[1, place] = _bytes(_some(look.metalness, rows, 0.0))
        if look.height is not None:
            if self.height is None:
                self.height = np.zeros(self.small**2, np.float32)
            self.height[place] = look.height[rows]

    def _slow(self, texel: NDArray[np.int64]) -> tuple[NDArray | slice, NDArray[np.int64]]:
        """Which of the texels (n,) are in the slow maps too, and where."""
        if self.step == 1:
            return slice(None), texel
        row = texel // self.size
        column = texel - row * self.size
        rows = np.flatnonzero(((row | column) & 1) == 0)
        return rows, (row[rows] >> 1) * self.small + (column[rows] >> 1)

    def material(self, corners: NDArray, uv: NDArray) -> glb.Material:
        """The images, gaps filled. corners (m, 3, 3): places on the surface in the heights' unit; uv (m, 3, 2)."""
        gaps = bake.Gaps.of(self.owner >= 0)
        colour = gaps.merged(self.rgb)
        if self.colour_only:
            return glb.Material(base_colour=colour)
        glow = None if self.glow is None else gaps.merged(self.glow)
        owner = np.ascontiguousarray(self.owner[:: self.step, :: self.step])
        if self.step > 1:
            gaps = bake.Gaps.of(owner >= 0)
        gloss = gaps.merged(np.stack([np.zeros_like(self.gloss[0]), *self.gloss]))
        normal = None
        if self.height is not None:
            normal = normal_map(self.height.reshape(owner.shape), owner, corners, uv, gaps)
        return glb.Material(
            base_colour=colour, metallic_roughness=gloss, normal=normal, emissive=glow
        )


def normal_map(
    height: NDArray[np.float32],
    owner: NDArray[np.int32],
    corners: NDArray,
    uv: NDArray,
    gaps: bake.Gaps,
) -> NDArray[np.uint8] | None:
    """Relief height (s, s) on faces owner (s, s) as glTF's normal map (s, s, 3) uint8; None where it is flat.

    Slopes over the texture become slopes over the surface by the frame in which each face lies in the texture: x along
    u, y square to it towards v. corners (m, 3, 3), uv (m, 3, 2) with v up; gaps as of owner.
    """
    size = len(height)
    faces = owner.reshape(-1)
    # In the gaps the border's height goes on: no cliff at the border of a chart.
    height = gaps.fill(height)
    steps = [
        cv2.filter2D(height, -1, kernel, borderType=cv2.BORDER_REPLICATE).reshape(-1)
        for kernel in (STEP_RIGHT, STEP_RIGHT[::, ::-1].T)
    ]
    image = np.full((3, size * size), 128, np.uint8)
    image[2] = 255
    # Where the height stays as it is, so does the image.
    moving = np.flatnonzero(((steps[0] != 0) | (steps[1] != 0)) & (faces >= 0))
    frames = [np.ascontiguousarray(row) for row in _frames(corners, uv).T]
    frames[0] *= np.float32(size)
    frames[2] *= np.float32(size)
    steepest = 0.0
    for start in range(0, len(moving), bake.BAND_TEXELS):
        texel = moving[start : start + bake.BAND_TEXELS]
        face = faces.take(texel)
        right, up = (step.take(texel) for step in steps)
        x, y = _slopes(right, up, [row.take(face) for row in frames])
        steepest = max(steepest, float(np.abs(x).max()), float(np.abs(y).max()))
        z = np.float32(127.0) / np.sqrt(x * x + y * y + np.float32(1.0))
        for channel, part in zip(image, (x * z, y * z, z), strict=True):
            # 128 stands for 0; half more rounds.
            channel[texel] = (part + np.float32(128.5)).astype(np.uint8)
    return gaps.merged(image) if steepest >= LEAST_SLOPE else None


def _slopes(
    right: NDArray, up: NDArray, frame: Sequence[NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes over the surface from the height's steps (n,) to the right and up, by frames, three (n,): two (n,)."""
    x = right * frame[0]
    y = (right * frame[1] - up) * frame[2]
    np.negative(x, out=x)
    for slope in (x, y):
        np.clip(slope, -STEEPEST, STEEPEST, out=slope)
    return x, y


def _frames(corners: NDArray, uv: NDArray) -> NDArray[np.float32]:
    """Per face: 1 / length of a step in u, its part in a step in v, 1 / length of what is left of that: (m, 3)."""
    frames = np.zeros((len(corners), 3), np.float32)
    for first in range(0, len(corners), bake.BAND_TEXELS):
        here = slice(first, first + bake.BAND_TEXELS)
        along = bake.slopes(bake.columns(corners[here]), bake.columns(uv[here]))
        frames[here] = _frames_of(*along).T
    return frames


def _frames_of(along_u: NDArray[np.float64], along_v: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `_frames`, of the steps (3, m) in u and in v: (3, m)."""
    length = np.sqrt((along_u * along_u).sum(0))
    length[length < 1e-9] = np.inf
    share = (along_u * along_v).sum(0) / length**2
    along_v = along_v - along_u * np.where(np.isfinite(length), share, 0.0)
    rest = np.sqrt((along_v * along_v).sum(0))
    rest[rest < 1e-9] = np.inf
    return np.stack([1.0 / length, share, 1.0 / rest])


def _some(values: NDArray | float, rows: NDArray | slice, least: float) -> NDArray | float:
    taken = values[rows] if isinstance(values, np.ndarray) and values.ndim else values
    return np.clip(taken, least, 1.0)


def _put(channels: NDArray[np.uint8], texel: NDArray[np.int64], rgb: NDArray[np.float32]) -> None:
    """Colours (n, 3) in 0..1 at texels (n,) into channels (3, h * w)."""
    for channel, values in zip(channels, rgb.T, strict=True):
        channel[texel] = _bytes(values)


def _bytes(values: NDArray | float) -> NDArray[np.uint8]:
    scaled = np.asarray(values, np.float32) * np.float32(255.0)
    return np.asarray(scaled + np.float32(0.5)).astype(np.uint8)
