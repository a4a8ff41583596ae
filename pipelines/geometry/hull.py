"""A solid from several pictures of known direction: what their outlines allow, rounded where they leave it open.

A second outline is the largest gain there is (`benchmarks/truth.py`, F-score at 5 %): .47 with one picture, .82 with a
plain hull of front and side, .87 with its sections rounded; with a view from above .94 plain and .96 rounded. Lengths
are in voxels. Only relief is taken from colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.geometry import inflate
from pipelines.geometry.hull_edges import Outline, with_edges
from pipelines.geometry.hull_pieces import settle, without_crumbs
from pipelines.geometry.matting import Cutout
from pipelines.geometry.solid import PAD, Shape, surface
from pipelines.geometry.views import DIRECTIONS

# Outlines from the front (y down, x), a side (y down, z) and above (z, x).
Agreed = tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.float32] | None]
# Views that look along the same line and show the same outline, mirrored.
PAIRS = (("image", "image_back"), ("image_left", "image_right"), ("image_top", "image_bottom"))
# How full a section known from two sides is: 1 is an ellipse, towards 0 a rectangle.
FULLNESS = 0.75
SECTION_BLUR = 3.0
# A part of the side view thinner than this share of its row's thickest is a rod (nose, tail), as wide as it is thick.
ROD_SHARE, ROD_WIDTH = 0.4, 1.2


def from_views(
    views: Mapping[str, Cutout], shape: Shape, *, edged: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Views (slot -> tight cut-out; the front and at least one side, top or bottom) -> a closed surface.

    `edged` gives sections back their corners where two outlines need them: for tables and frames, whose legs stand
    where a rounded section has nothing.
    -> vertices (n, 3) voxels about the box's centre, faces (m, 3), and the box's size (3,) voxels.
    """
    size = box_size(views, shape)
    agreed = _agreed(views, size)
    field, known = _carved(views, shape, size, agreed, edged=edged), _known(*agreed)
    whole = partial(settle, outlines=known, whole=True)
    # Before the smoothing too: it takes tips away that have come off.
    whole(field)
    vertices, faces = surface(field, known[0][0], settle=whole)
    vertices, faces = without_crumbs(vertices, faces, known)
    vertices += [
        -(PAD + size[0] / 2.0 - 0.5),
        PAD + size[1] / 2.0 - 0.5,
        -(PAD + size[2] / 2.0 - 0.5),
    ]
    return vertices, faces, np.array(size, np.float64)


def carved(
    views: Mapping[str, Cutout], shape: Shape, *, edged: bool = False
) -> tuple[NDArray[np.float32], tuple[int, int, int]]:
    """As `from_views`, the field (y down, x, z) before its surface is taken, padded by PAD, and the box's size."""
    size = box_size(views, shape)
    agreed = _agreed(views, size)
    field = _carved(views, shape, size, agreed, edged=edged)
    settle(field, _known(*agreed))
    return field, size


def _carved(
    views: Mapping[str, Cutout],
    shape: Shape,
    size: tuple[int, int, int],
    agreed: Agreed,
    *,
    edged: bool,
) -> NDArray[np.float32]:
    """As `carved`, with all pieces that the outlines allow."""
    front, side, top = agreed
    picture = inflate.on_grid(views["image"].rgb, size[1], size[0], PAD)
    detail = inflate.relief(picture, front, float(max(size)), octaves=shape.octaves)
    return carve(front, side, top, size[2], detail * shape.relief_height, edged=edged)


def box_size(views: Mapping[str, Cutout], shape: Shape) -> tuple[int, int, int]:
    """Voxels along x, y, z: the front gives width to height, sides and top give the depth; the longest is set."""
    height, width = views["image"].mask.shape
    depths = []
    for slot, cutout in views.items():
        rows, cols = cutout.mask.shape
        if slot in ("image_left", "image_right"):
            depths.append(height * cols / rows)
        elif slot in ("image_top", "image_bottom"):
            depths.append(width * rows / cols)
    depth = float(np.mean(depths)) * shape.depth
    scale = shape.resolution / max(width, height, depth)
    x, y, z = (max(4, round(length * scale)) for length in (width, height, depth))
    return x, y, z


def outlines(
    views: Mapping[str, Cutout], slots: tuple[str, str], size: tuple[int, int, int]
) -> list[NDArray[np.float32]]:
    """Signed outlines of those of two opposite views that are given, in the grid's axes.

    Front: (y down, x); side: (y down, z); top: (z, x).
    """
    found = []
    for slot in slots:
        if slot in views:
            direction = DIRECTIONS[slot]
            across, upward, _ = direction.axes()
            outline = inflate.signed_outline(views[slot].mask, size[upward], size[across], PAD)
            if sum(direction.right) < 0:
                outline = outline[:, ::-1]
            # Rows run down in the grid's y, but up in its z.
            if upward == 2 and sum(direction.up) > 0:
                outline = outline[::-1]
            found.append(outline)
    return found


def _agreed(views: Mapping[str, Cutout], size: tuple[int, int, int]) -> Agreed:
    """What the views agree on from the front (y down, x), a side (y down, z) and the top (z, x)."""
    fronts, sides, tops = (outlines(views, pair, size) for pair in PAIRS)
    front = mean(fronts)
    side = _rows_filled(mean(sides), front) if sides else None
    return front, side, mean(tops) if tops else None


def mean(outlines: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """What two opposite views agree on: pictures made by hand never match to the pixel."""
    return np.mean(outlines, axis=0, dtype=np.float32)


def carve(
    front: NDArray[np.float32],
    side: NDArray[np.float32] | None,
    top: NDArray[np.float32] | None,
    depth: int,
    detail: NDArray[np.float32],
    *,
    edged: bool = False,
) -> NDArray[np.float32]:
    """Field (y, x, z) float32, positive inside, from outlines front (y, x), side (y, z) and top (z, x).

    Sections are rounded; where three outlines are known, or `edged` says so, only as far as the outlines stay filled.
    `detail` (y, x) raises and lowers the front; the outlines have the last word.
    """
    field = _body(front, side, top, edged=edged)
    # The ramp leaves the middle plane and everything behind it as it is.
    ramp = (np.arange(field.shape[2]) - field.shape[2] / 2.0) / max(depth / 6.0, 1.0)
    ramp = np.clip(ramp, 0.0, 1.0).astype(np.float32)
    for row in range(len(field)):
        field[row] += detail[row][:, None] * ramp
    np.minimum(field, front[..., None], out=field)
    if side is not None:
        np.minimum(field, side[:, None, :], out=field)
    if top is not None:
        np.minimum(field, np.ascontiguousarray(top.T)[None], out=field)
    return field


def _body(
    front: NDArray[np.float32],
    side: NDArray[np.float32] | None,
    top: NDArray[np.float32] | None,
    *,
    edged: bool,
) -> NDArray[np.float32]:
    """Field (y, x, z) of the solid before detail."""
    above = None if top is None else np.ascontiguousarray(top.T)
    if side is not None:
        body = _swollen(front, side)
    elif above is not None:
        # The same thing lying down: columns of the front meet rows of the top view, which runs (z, x).
        lying = _swollen(np.ascontiguousarray(front.T), above)
        body = np.ascontiguousarray(lying.transpose(1, 0, 2))
    else:
        raise ValueError("a hull needs a view from a side, from above or from below")
    known = _known(front, side, top)
    return with_edges(body, known) if edged or len(known) == 3 else body


def _known(
    front: NDArray[np.float32], side: NDArray[np.float32] | None, top: NDArray[np.float32] | None
) -> list[Outline]:
    """Those outlines that are given, each as the body (y, x, z) shows it along an axis."""
    above = None if top is None else np.ascontiguousarray(top.T)
    outlines = [(front, 2), (side, 1), (above, 0)]
    return [(outline, axis) for outline, axis in outlines if outline is not None]


def _swollen(front: NDArray[np.float32], side: NDArray[np.float32]) -> NDArray[np.float32]:
    """The front outline (a, b) as a ball-like body, each row as deep as the side's outline (a, c) says: (a, b, c).

    What is thin in the side view and sticks out of something thick (nose, tail) joins as a round rod in the middle;
    drawn through the whole width it would make a wall.
    """
    radius = np.maximum(inflate.local_radius(front), 1.0)
    squared = inflate.squared_height(front, _smooth_radius(radius))
    thickness = inflate.local_radius(side)
    centre, half = _core(side, thickness)
    height = np.sqrt(np.maximum(squared, 1.0))
    tallest = np.maximum(_along(height.max(axis=1)), 1.0)
    # z = half * (height / tallest) ^ FULLNESS, written as a factor on the height.
    stretch = (half / tallest**FULLNESS)[:, None] * height ** (FULLNESS - 1.0)
    stretch = np.clip(stretch, 0.15, 8.0).astype(np.float32)
    middle = _middle(front)
    cells = np.arange(side.shape[1], dtype=np.float32)
    across = np.abs(np.arange(front.shape[1], dtype=np.float32)[None] - middle[:, None])
    field = np.zeros((*front.shape, side.shape[1]), np.float32)
    for row in range(len(front)):
        depth = (cells - centre[row])[None] / stretch[row][:, None]
        body = (squared[row][:, None] - depth**2) / (2.0 * radius[row][:, None])
        slim = np.where(thickness[row] < ROD_SHARE * thickness[row].max(), thickness[row], 0.0)
        rod = np.minimum(side[row][None], ROD_WIDTH * slim[None] - across[row][:, None])
        field[row] = np.maximum(np.maximum(body, rod), -4.0)
    return field


def _core(
    side: NDArray[np.float32], thickness: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Middle and half depth (rows,) of what is thick in each row of a side outline, in voxels."""
    thick = (side > 0) & (thickness >= ROD_SHARE * thickness.max(axis=1, keepdims=True))
    cells = np.arange(side.shape[1], dtype=np.float32)
    shown = np.flatnonzero(thick.any(axis=1))
    rows = np.arange(len(side))
    if not len(shown):
        return np.full(len(side), side.shape[1] / 2.0, np.float32), np.ones(len(side), np.float32)
    low = np.where(thick, cells, np.inf).min(axis=1)[shown]
    high = np.where(thick, cells, -np.inf).max(axis=1)[shown]
    centre = np.interp(rows, shown, (low + high) / 2.0)
    half = np.interp(rows, shown, (high - low + 1.0) / 2.0)
    return _along(centre), np.maximum(_along(half), 1.0)


def _along(values: NDArray) -> NDArray[np.float32]:
    """Values (rows,) smoothed from row to row: sections are measured one by one, and their steps must not show."""
    return ndimage.gaussian_filter1d(np.asarray(values, np.float32), SECTION_BLUR, mode="nearest")


def _smooth_radius(radius: NDArray[np.float32]) -> NDArray[np.float32]:
    """The steps of a local radius (h, w) blurred away."""
    return np.asarray(cv2.GaussianBlur(radius, (0, 0), 3.0), np.float32)


def _middle(front: NDArray[np.float32]) -> NDArray[np.float32]:
    """Column (rows,) where each row of the front outline is thickest: there noses and tails are."""
    weight = np.maximum(front, 0.0) ** 3
    total = weight.sum(axis=1)
    columns = np.arange(front.shape[1], dtype=np.float32)
    shown = np.flatnonzero(total > 0)
    if not len(shown):
        return np.full(len(front), front.shape[1] / 2.0, np.float32)
    middle = (weight * columns).sum(axis=1)[shown] / total[shown]
    return _along(np.interp(np.arange(len(front)), shown, middle))


def _rows_filled(side: NDArray[np.float32], front: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows in which the side view shows nothing but the front does take the nearest row that shows something.

    Hand-made pictures never agree to the pixel; without this a gap in one would cut the object in two.
    """
    shows = side.max(axis=1) > 0
    wanted = front.max(axis=1) > 0
    if not shows.any() or not (wanted & ~shows).any():
        return side
    known = np.flatnonzero(shows)
    rows = np.arange(len(side))
    nearest = known[np.abs(rows[:, None] - known[None]).argmin(axis=1)]
    return np.where((wanted & ~shows)[:, None], side[nearest], side)
