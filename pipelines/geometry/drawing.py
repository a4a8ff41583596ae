"""Meshes drawn as small pictures on a CPU: orthographic, textured, lit, on nothing.

Transparency is not drawn. Where a place lies deeper than what is around it, it is darker: the depth buffer sharpened,
after Luft, Colditz and Deussen, "Image enhancement by unsharp masking the depth buffer" (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NothingToModel
from pipelines.geometry import raster, shading
from pipelines.geometry.glb_drawn import Drawn
from pipelines.geometry.normals import unit

# Drawn at twice the size and averaged: edges without steps.
FINE = 2
MARGIN = 0.04
# The depth is compared with its mean over these shares of the picture; a place is darkened by at most MOST_DARK.
NEAR_AND_WIDE = (0.012, 0.05)
DARKENING, MOST_DARK = 5.0, 0.45
_DEPTH_PX = 256


@dataclass(frozen=True)
class Eye:
    """axes (3, 3): rows right, up and back, towards the eye. centre (3,) m is in the picture's middle, and span m is
    what its sides, less the margins, show; deep m is from the nearest to the farthest point."""

    axes: NDArray[np.float64]
    centre: NDArray[np.float64]
    span: float
    deep: float


def axes_of(turn_degrees: float, rise_degrees: float) -> NDArray[np.float64]:
    """The axes of an eye in front of +Z, turned to the object's left about Y and raised."""
    turn, rise = np.radians(turn_degrees), np.radians(rise_degrees)
    back = np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])
    right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    return np.stack([right, np.cross(back, right), back])


def eye_for(pieces: Sequence[Drawn], axes: NDArray[np.float64]) -> Eye:
    """The eye that sees all of the pieces, as large as they go. Raises NothingToModel where there is nothing to see."""
    points = [row @ axes.T for row in _used_points(pieces)]
    low, high = np.min([row.min(0) for row in points], 0), np.max([row.max(0) for row in points], 0)
    size = high - low
    least = max(float(size.max()) * 1e-6, 1e-30)
    middle = (low + high) / 2.0 @ axes
    return Eye(axes, middle, max(float(size[:2].max()), least), max(float(size[2]), least))


def eyes_around(
    pieces: Sequence[Drawn], turns_degrees: Sequence[float], rise_degrees: float
) -> list[Eye]:
    """Eyes around the pieces, which keep their place and size in every picture. Raises NothingToModel."""
    points = np.concatenate(_used_points(pieces))
    middle = (points.min(0) + points.max(0)) / 2.0
    rise, high = np.radians(rise_degrees), np.abs(points[:, 1] - middle[1])
    out = np.hypot(points[:, 0] - middle[0], points[:, 2] - middle[2])
    up = float((high * np.cos(rise) + out * abs(np.sin(rise))).max())
    back = float((high * abs(np.sin(rise)) + out * np.cos(rise)).max())
    wide = float(out.max())
    least = max(wide, up, 1e-30) * 1e-6
    span, depth = 2.0 * max(wide, up, least), 2.0 * max(back, least)
    return [Eye(axes_of(turn, rise_degrees), middle, span, depth) for turn in turns_degrees]


def _used_points(pieces: Sequence[Drawn]) -> list[NDArray[np.float64]]:
    """The vertices that faces use and that are somewhere, by piece; pieces without any are left out."""
    kept = []
    for piece in pieces:
        is_used = np.zeros(len(piece.vertices), bool)
        is_used[piece.faces] = True
        kept.append(piece.vertices[is_used])
    kept = [rows[np.isfinite(rows).all(1)] for rows in kept]
    kept = [rows for rows in kept if len(rows)]
    if not kept:
        raise NothingToModel("the mesh has no face that could be seen")
    return kept


def draw(pieces: Sequence[Drawn], eye: Eye, size: int) -> NDArray[np.uint8]:
    """The pieces as (size, size, 4) uint8 RGBA. Raises NothingToModel where no pixel shows any of them."""
    fine = size * FINE
    corners, starts = _on_screen(pieces, eye, fine)
    seen = raster.seen_faces(corners, fine)
    rows, cols = np.nonzero(seen >= 0)
    if not len(rows):
        raise NothingToModel("the mesh has no face that could be seen")
    face = seen[rows, cols]
    share = raster.weights(corners, face, cols, rows)
    light = np.zeros((len(face), 3), np.float32)
    for piece, start in zip(pieces, starts, strict=True):
        here: Any = slice(None)
        if len(pieces) > 1:
            here = np.flatnonzero((face >= start) & (face < start + len(piece.faces)))
        own = corners[start : start + len(piece.faces)]
        light[here] = shading.lit(_points(piece, own, face[here] - start, share[here], eye.axes))
    depth = np.einsum("nk,nk->n", corners[:, :, 2][face], share) * np.float32(eye.deep / eye.span)
    light *= (np.float32(1.0) - _hollows(seen >= 0, rows, cols, depth))[:, None]
    pixels = np.zeros((fine, fine, 4), np.uint8)
    pixels[rows, cols, :3] = shading.to_srgb(light)
    pixels[rows, cols, 3] = 255
    return _averaged(pixels)


def _on_screen(
    pieces: Sequence[Drawn], eye: Eye, fine: int
) -> tuple[NDArray[np.float32], list[int]]:
    """Corners (m, 3, 3) of all pieces' faces: x, y in pixels, depth 0 to 1; and the number of each piece's first face.

    A face with a corner that is not finite is folded into the picture's middle, where it has no area.
    """
    scale = fine * (1.0 - 2.0 * MARGIN) / eye.span
    screen = np.array([scale, -scale, -1.0 / eye.deep])
    shift = np.array([fine / 2.0, fine / 2.0, 0.5])
    corners = []
    for piece in pieces:
        placed = ((piece.vertices - eye.centre) @ eye.axes.T * screen + shift).astype(np.float32)
        corner = placed[piece.faces]
        bad = ~np.isfinite(placed).all(1)
        if bad.any():
            corner[bad[piece.faces].any(1)] = fine / 2.0
        corners.append(corner)
    starts = np.cumsum([0] + [len(corner) for corner in corners])
    return np.concatenate(corners), starts[:-1].tolist()


def _points(
    piece: Drawn, corners: NDArray, face: NDArray, share: NDArray[np.float32], axes: NDArray
) -> shading.Points:
    """What is seen of a piece at faces (n,) with weights share (n, 3), as the light needs it."""
    surface = piece.surface
    maps: dict[str, NDArray[np.uint8]] = {}
    if piece.uv is not None:
        uv = _mixed(piece.uv, piece.faces, face, share)
        for name in ("texture", "metal_rough", "bumps", "glow"):
            if (image := getattr(surface, name)) is not None:
                maps[name] = _texels(image, uv, surface.clamped)
    colour: Any = np.clip(surface.factor, 0.0, 1.0).astype(np.float32)
    if "texture" in maps:
        colour = colour * shading.to_linear(maps["texture"])
    if piece.colours is not None:
        colour = colour * _mixed(np.clip(piece.colours, 0.0, 1.0), piece.faces, face, share)
    normals = _normals(piece, corners, face, share, axes)
    if "bumps" in maps:
        normals = _bumped(normals, maps["bumps"], piece, face, axes)
    metal, rough = surface.metalness, surface.roughness
    mixed = maps.get("metal_rough")
    glow: Any = np.array(surface.glow_factor, np.float32)
    if "glow" in maps:
        glow = glow * shading.to_linear(maps["glow"])
    return shading.Points(
        np.broadcast_to(colour, (len(face), 3)),
        normals,
        metal if mixed is None else mixed[:, 2] * np.float32(metal / 255.0),
        rough if mixed is None else mixed[:, 1] * np.float32(rough / 255.0),
        glow if np.any(glow) else None,
    )


def _bumped(
    normals: NDArray[np.float32],
    texels: NDArray[np.uint8],
    piece: Drawn,
    face: NDArray,
    axes: NDArray,
) -> NDArray[np.float32]:
    """Normals (n, 3) leant as the texels (n, 3) of a tangent-space map say. The tangents are those of the UVs."""
    assert piece.uv is not None  # noqa: S101 - there are texels
    a, b, c = (piece.vertices[piece.faces[:, k]] for k in range(3))
    ua, ub, uc = (piece.uv[piece.faces[:, k]].astype(np.float64) for k in range(3))
    one, two = ub - ua, uc - ua
    turned = np.where(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] < 0, -1.0, 1.0)[:, None]
    along = ((b - a) * two[:, 1:] - (c - a) * one[:, 1:]) * turned
    tangent = (unit(along) @ axes.T).astype(np.float32)[face]
    tangent -= normals * np.einsum("nk,nk->n", normals, tangent)[:, None]
    tangent = _unit(tangent)
    # v runs down in glTF, and green points up.
    across = np.cross(normals, tangent) * turned[face].astype(np.float32) * np.float32(-1.0)
    lean = texels.astype(np.float32) * np.float32(2.0 / 255.0) - np.float32(1.0)
    return _unit(
        tangent * lean[:, :1] + across * lean[:, 1:2] + normals * np.maximum(lean[:, 2:], 0.1)
    )


def _normals(
    piece: Drawn, corners: NDArray, face: NDArray, share: NDArray[np.float32], axes: NDArray
) -> NDArray[np.float32]:
    """Unit normals (n, 3) in the eye's frame, of the side that is seen."""
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    behind = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0] > 0  # clockwise where y points up
    if piece.normals is not None:
        normals = _unit(_mixed(unit(piece.normals) @ axes.T, piece.faces, face, share))
    else:
        a, b, c = (piece.vertices[piece.faces[:, k]] for k in range(3))
        normals = (unit(np.cross(b - a, c - a)) @ axes.T).astype(np.float32)[face]
    normals[behind[face]] *= -1.0
    return normals


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (n, 3) of length 1; those without a length look towards the eye."""
    length = np.sqrt(np.einsum("nk,nk->n", rows, rows))
    rows /= np.maximum(length, np.float32(1e-12))[:, None]
    rows[length < 1e-6] = (0.0, 0.0, 1.0)
    return rows


def _mixed(
    values: NDArray, faces: NDArray, face: NDArray, share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Values (v, k) of the corners of the faces face (n,), weighted by share (n, 3): (n, k)."""
    # Corners side by side first: one gather for each pixel instead of three, half the time.
    corners = values.astype(np.float32)[faces]
    return np.asarray(np.einsum("nck,nc->nk", corners[face], share))


def _texels(
    texture: NDArray[np.uint8], uv: NDArray[np.float32], clamped: bool
) -> NDArray[np.uint8]:
    """The texture's nearest texels (n, 3) at uv (n, 2), v down. Nearest is enough where four places make a pixel."""
    height, width = texture.shape[:2]
    inside = np.clip(uv, 0.0, 1.0) if clamped else uv - np.floor(uv)
    col = np.minimum((inside[:, 0] * width).astype(np.int32), width - 1)
    row = np.minimum((inside[:, 1] * height).astype(np.int32), height - 1)
    return texture.reshape(-1, 3)[row * width + col]


def _hollows(
    covered: NDArray[np.bool_], rows: NDArray, cols: NDArray, depth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much darker (n,) each covered pixel is for lying deeper than what is around it. depth (n,) in sides."""
    step = max(1, len(covered) // _DEPTH_PX)
    whole = np.zeros(covered.shape, np.float32)
    whole[rows, cols] = depth
    mask = covered[::step, ::step].astype(np.float32)
    small = whole[::step, ::step] * mask
    dark = np.zeros_like(small)
    for share in NEAR_AND_WIDE:
        radius = max(1, round(share * len(small)))
        mean = _blurred(small, radius) / np.maximum(_blurred(mask, radius), 1e-3)
        dark += np.clip((small - mean) * DARKENING, 0.0, MOST_DARK)
    found = _blurred(np.minimum(dark, MOST_DARK) * mask, 1)
    return np.asarray(found[rows // step, cols // step], np.float32)


def _blurred(grid: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """A grid (h, w) averaged twice over squares of 2 radius + 1: about a Gaussian. Outside is nothing."""
    width = 2 * radius + 1
    for _ in range(2):
        for axis in (0, 1):
            pads = [(0, 0), (0, 0)]
            pads[axis] = (radius + 1, radius)
            total = np.cumsum(np.pad(grid, pads), axis=axis, dtype=np.float64)
            lead = np.take(total, range(width, total.shape[axis]), axis=axis)
            rest = np.take(total, range(lead.shape[axis]), axis=axis)
            grid = ((lead - rest) / width).astype(np.float32)
    return grid


def _averaged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Squares of FINE x FINE become one: (h, w, 4) -> (h / FINE, w / FINE, 4) uint8. What is empty darkens nothing."""
    steps = range(FINE)
    squares = np.stack([pixels[y::FINE, x::FINE] for y in steps for x in steps])
    total = squares.sum(axis=0, dtype=np.uint16)
    covered = np.maximum(total[..., 3:] // 255, 1)
    colours = (total[..., :3] + covered // 2) // covered
    alpha = total[..., 3:] // (FINE * FINE)
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)
