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
        self.rgb = np.zeros((self.size**2, 3), np.uint8)
        self.glow: NDArray[np.uint8] | None = None
        self.height: NDArray[np.float32] | None = None
        self.gloss = np.zeros((0 if colour_only else self.small**2, 3), np.uint8)

    def put(self, texel: NDArray[np.int64], looks: Sequence[Look]) -> None:
        """Looks of one or several samples at texels (n,); of several the colours are averaged."""
        colours = [look.rgb for look in looks]
        self.rgb[texel] = _bytes(colours[0] if len(looks) == 1 else np.mean(colours, axis=0))
        if self.colour_only:
            return
        look = looks[0]
        if look.glow is not None:
            if self.glow is None:
                self.glow = np.zeros_like(self.rgb)
            self.glow[texel] = _bytes(look.glow)
        rows, place = self._slow(texel)
        self.gloss[place, 1] = _bytes(_some(look.roughness, rows, 0.04))
        self.gloss[place, 2] = _bytes(_some(look.metalness, rows, 0.0))
        if look.height is not None:
            if self.height is None:
                self.height = np.zeros(self.small**2, np.float32)
            self.height[place] = look.height[rows]

    def _slow(self, texel: NDArray[np.int64]) -> tuple[NDArray | slice, NDArray[np.int64]]:
        """Which of the texels (n,) are in the slow maps too, and where."""
        if self.step == 1:
            return slice(None), texel
        row, column = np.divmod(texel, self.size)
        rows = np.flatnonzero((row % self.step == 0) & (column % self.step == 0))
        return rows, row[rows] // self.step * self.small + column[rows] // self.step

    def material(self, corners: NDArray, uv: NDArray) -> glb.Material:
        """The images, gaps filled. corners (m, 3, 3): places on the surface in the heights' unit; uv (m, 3, 2)."""
        gaps = bake.Gaps.of(self.owner >= 0)
        colour = gaps.fill(self.rgb.reshape(self.size, self.size, 3))
        if self.colour_only:
            return glb.Material(base_colour=colour)
        glow = None
        if self.glow is not None:
            glow = gaps.fill(self.glow.reshape(self.size, self.size, 3))
        owner = np.ascontiguousarray(self.owner[:: self.step, :: self.step])
        if self.step > 1:
            gaps = bake.Gaps.of(owner >= 0)
        gloss = gaps.fill(self.gloss.reshape(self.small, self.small, 3))
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
    texel = np.flatnonzero(owner.reshape(-1) >= 0)
    # In the gaps the border's height goes on: no cliff at the border of a chart.
    height = gaps.fill(height)
    right, up = (
        cv2.filter2D(height, -1, kernel, borderType=cv2.BORDER_REPLICATE).reshape(-1)[texel] * size
        for kernel in (STEP_RIGHT, STEP_RIGHT[::, ::-1].T)
    )
    frame = _frames(corners, uv)[owner.reshape(-1)[texel]]
    x = -right * frame[:, 0]
    y = (right * frame[:, 1] - up) * frame[:, 2]
    np.clip(x, -STEEPEST, STEEPEST, out=x)
    np.clip(y, -STEEPEST, STEEPEST, out=y)
    if max(float(np.abs(x).max(initial=0.0)), float(np.abs(y).max(initial=0.0))) < LEAST_SLOPE:
        return None
    z = np.float32(127.0) / np.sqrt(x * x + y * y + np.float32(1.0))
    image = np.full((size * size, 3), (128, 128, 255), np.uint8)
    for axis, part in enumerate((x * z, y * z, z)):
        # 128 stands for 0; half more rounds.
        image[texel, axis] = part + np.float32(128.5)
    return gaps.fill(image.reshape(size, size, 3))


def _frames(corners: NDArray, uv: NDArray) -> NDArray[np.float32]:
    """Per face: 1 / length of a step in u, its part in a step in v, 1 / length of what is left of that: (m, 3)."""
    along_u, along_v = bake.slopes(corners.astype(np.float64), uv.astype(np.float64))
    length = np.linalg.norm(along_u, axis=1)
    length[length < 1e-9] = np.inf
    share = np.einsum("ij,ij->i", along_u, along_v) / length**2
    rest = np.linalg.norm(
        along_v - along_u * np.where(np.isfinite(length), share, 0.0)[:, None], axis=1
    )
    rest[rest < 1e-9] = np.inf
    return np.stack([1.0 / length, share, 1.0 / rest], axis=1).astype(np.float32)


def _some(values: NDArray | float, rows: NDArray | slice, least: float) -> NDArray | float:
    taken = values[rows] if isinstance(values, np.ndarray) and values.ndim else values
    return np.clip(taken, least, 1.0)


def _bytes(values: NDArray | float) -> NDArray[np.uint8]:
    return np.asarray(np.asarray(values, np.float32) * np.float32(255.0) + np.float32(0.5)).astype(
        np.uint8
    )
