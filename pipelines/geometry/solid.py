"""A closed surface from outlines: one picture inflated, or several pictures of known direction carved.

Works on a voxel grid with a signed field, positive inside, and marching cubes: always closed, consistently wound, with
holes and separate pieces as the outline has them. Does not know files, colours of textures or metres of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import measure

from pipelines.geometry import inflate
from pipelines.geometry.decimate import is_closed
from pipelines.geometry.matting import Cutout

PAD = 3
# Less blur leaves non-manifold spots, more breaks thin legs (measured at 192 and 256 voxels).
BLUR_VOXELS = 0.6
NEAR_ZERO = 2e-2
# How near the outline a smoothed body is put right.
RIM_VOXELS = 1.5
# Smoothing takes no more; where a body is farther from its outline, that is how it was made.
MOST_SHORTENED = 1.0
# A grid holds no more voxels than two cubes of its resolution, and never more than a cube of so many a side. The
# largest takes some 800 MiB at its peak, 3 times the field.
MOST_CUBES, MOST_SIDE = 2, 400

# The depth of a picture on a grid of rows x cols voxels, padded by PAD.
GuessOn = Callable[[int, int], inflate.Guess]


@dataclass(frozen=True)
class Shape:
    """Factors on the standard form. resolution is the voxels along the longest side of the front view, at most.

    learned: whether the depth of a single picture may be asked of the network of `depth`.
    """

    resolution: int = 256
    depth: float = 1.0
    relief_height: float = 1.0
    octaves: float = 3.0
    learned: bool = True


def grid_size(height: int, width: int, resolution: int) -> tuple[int, int]:
    """Rows and columns of voxels for a tight picture of height x width px, the longer one being `resolution`."""
    scale = resolution / max(height, width)
    return max(4, round(height * scale)), max(4, round(width * scale))


def from_front(
    front: Cutout, shape: Shape, guess: GuessOn | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """One picture -> vertices (n, 3) voxels, faces (m, 3), and the box (3,) voxels that the picture covers.

    The origin is the box's centre; Y up, front to +Z; counter-clockwise is outward. A body too deep for its grid gets
    larger voxels.
    """
    outline, body, levels = fitting_body(front, shape, guess)
    ahead, behind = body.reach()
    vertices, faces = surface(body.field(levels), outline)
    rows, cols = (side - 2 * PAD for side in outline.shape)
    vertices[:, 2] += levels[0]
    vertices[:, :2] += [-(PAD + cols / 2.0 - 0.5), PAD + rows / 2.0 - 0.5]
    return vertices, faces, np.array([cols, rows, ahead + behind])


def fitting_body(
    front: Cutout, shape: Shape, guess: GuessOn | None = None
) -> tuple[NDArray[np.float32], inflate.Inflation, NDArray[np.float32]]:
    """The signed outline (h, w), the body over it and the depths (k,) of its grid, of at most `most_voxels`."""
    most, resolution = most_voxels(shape.resolution), shape.resolution
    while True:
        outline, body = _body(front, replace(shape, resolution=resolution), guess)
        ahead, behind = body.reach()
        levels = np.arange(-np.ceil(behind) - PAD, np.ceil(ahead) + PAD + 1, dtype=np.float32)
        excess = outline.size * len(levels) / most
        if excess <= 1.0:
            return outline, body, levels
        resolution = int(resolution / excess ** (1.0 / 3.0))


def most_voxels(resolution: int) -> int:
    """How many voxels a grid of this resolution may have, its padding counted."""
    return min(MOST_CUBES * (resolution + 2 * PAD) ** 3, MOST_SIDE**3)


def _body(
    front: Cutout, shape: Shape, guess: GuessOn | None
) -> tuple[NDArray[np.float32], inflate.Inflation]:
    """The signed outline (h, w) of a picture at the shape's resolution, and the body over it."""
    height, width = front.mask.shape
    rows, cols = grid_size(height, width, shape.resolution)
    outline = inflate.signed_outline(front.mask, rows, cols, PAD)
    body = inflate.inflate(
        inflate.on_grid(front.rgb, rows, cols, PAD),
        outline,
        float(max(rows, cols)),
        depth=shape.depth,
        relief_height=shape.relief_height,
        octaves=shape.octaves,
        guess=guess(rows, cols) if guess else None,
    )
    return outline, body


def surface(
    field: NDArray[np.float32],
    outline: NDArray[np.float32] | None = None,
    *,
    settle: Callable[[NDArray[np.float32]], None] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Zero surface of a field (rows down, columns right, depth towards the eye), positive inside.

    The smoothing that it needs shortens tips and thins what is thin; `outline`, the signed one that the body shall show
    to the eye, undoes that. Of a carved body, which `settle` (field, in place) rids of what no picture needs, only
    beside what is there, or rims would stand alone in the air.
    -> vertices (n, 3) in voxels, x = column, y = -row, z = depth; faces (m, 3) wound outward.
    """
    for _ in range(3):
        field = blur(field, BLUR_VOXELS)
        if outline is not None:
            near = np.abs(outline) < RIM_VOXELS
            lost = outline[near] - field[near].max(axis=1)
            change = np.clip(lost, -MOST_SHORTENED, MOST_SHORTENED)[:, None]
            beside = _grown(_grown(field > 0))[near] if settle else True
            field[near] += np.where(beside, change, 0.0)
        if settle:
            settle(field)
        # A value of exactly 0 puts several corners of the surface on one spot: edges with four faces.
        field[np.abs(field) < NEAR_ZERO] = NEAR_ZERO
        corners, faces, _, _ = measure.marching_cubes(field, 0.0, gradient_direction="ascent")
        if is_closed(faces):
            break
    vertices = np.stack([corners[:, 1], -corners[:, 0], corners[:, 2]], axis=1).astype(np.float64)
    return vertices, faces.astype(np.int64)


def _grown(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A body (a, b, c) and the voxels beside it, those over edges and corners too."""
    for axis in range(3):
        grown = body.copy()
        here, beside = np.moveaxis(grown, axis, 0), np.moveaxis(body, axis, 0)
        here[1:] |= beside[:-1]
        here[:-1] |= beside[1:]
        body = grown
    return body


def blur(field: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur of three taps an axis: for sigma below 1 voxel the rest of the bell is under 1%."""
    side = float(np.exp(-0.5 / sigma**2))
    taps = np.array([side, 1.0, side], np.float32) / (1.0 + 2.0 * side)
    for axis in range(3):
        field = ndimage.correlate1d(field, taps, axis=axis, mode="nearest")
    return field
