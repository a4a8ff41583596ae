"""A small picture of a GLB, drawn on a CPU: from the front, a little to its left and from above, on nothing.

Orthographic; base colours in two lights and a sky. Metal, transparency and emission are not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.errors import NothingToModel
from pipelines.geometry import raster
from pipelines.geometry.glb_drawn import Drawn, Surface, read
from pipelines.geometry.normals import unit

SIZE_PX = 512
# Drawn at twice the size and averaged: edges without steps.
FINE = 2
MARGIN = 0.04
TURN_DEGREES, RISE_DEGREES = 32.0, 18.0
# Share of light from everywhere, from the sky, and from lamps at directions in the eye's frame (right, up, back).
EVERYWHERE, SKY = 0.22, 0.16
LAMPS = (((-0.45, 0.65, 0.62), 0.62), ((0.80, 0.05, 0.45), 0.16))
TEXTURE_PX = 1024
WEBP_QUALITY = 86
GAMMA = 2.2


def write(source: Path, target: Path) -> int:
    """Draw the GLB `source` as WebP, SIZE_PX a side, with alpha, into `target`. Returns its size in bytes.

    Raises UnreadableInput for a file that cannot be read, NothingToModel for one without a triangle to see.
    """
    picture = Image.fromarray(draw(read(source, texture_px=TEXTURE_PX)), "RGBA")
    picture.save(target, "WEBP", quality=WEBP_QUALITY, method=2)
    return target.stat().st_size


def draw(pieces: Sequence[Drawn], *, size: int = SIZE_PX) -> NDArray[np.uint8]:
    """The pieces, Y up and front to +Z, as (size, size, 4) uint8 RGBA."""
    fine = size * FINE
    axes = _eye()
    corners, starts = _on_screen(pieces, axes, fine)
    seen = raster.seen_faces(corners, fine)
    rows, cols = np.nonzero(seen >= 0)
    if not len(rows):
        raise NothingToModel("the mesh has no face that could be seen")
    face = seen[rows, cols]
    share = raster.weights(corners, face, cols, rows)
    pixels = np.zeros((fine, fine, 4), np.uint8)
    pixels[rows, cols, 3] = 255
    for piece, start in zip(pieces, starts, strict=True):
        here: Any = slice(None)
        if len(pieces) > 1:
            here = np.flatnonzero((face >= start) & (face < start + len(piece.faces)))
        own = corners[start : start + len(piece.faces)]
        light = _light(piece, own, axes)
        colours = _colours(piece, face[here] - start, share[here], light)
        pixels[rows[here], cols[here], :3] = colours
    return _averaged(pixels)


def _eye() -> NDArray[np.float64]:
    """Rows right, up and back (towards the eye) of a camera in front of +Z, turned to the object's left, raised."""
    turn, rise = np.radians(TURN_DEGREES), np.radians(RISE_DEGREES)
    back = np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])
    right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    return np.stack([right, np.cross(back, right), back])


def _on_screen(
    pieces: Sequence[Drawn], axes: NDArray, fine: int
) -> tuple[NDArray[np.float32], list[int]]:
    """Corners (m, 3, 3) of all pieces' faces: x, y in pixels, depth 0 to 1; and the number of each piece's first face.

    A face with a corner that is not finite is folded into the picture's middle, where it has no area.
    """
    points = [piece.vertices @ axes.T for piece in pieces]
    used = [np.unique(piece.faces) for piece in pieces]
    kept = [rows[index] for rows, index in zip(points, used, strict=True)]
    kept = [rows[np.isfinite(rows).all(1)] for rows in kept]
    if not sum(map(len, kept)):
        raise NothingToModel("the mesh has no face that could be seen")
    low = np.min([rows.min(0) for rows in kept if len(rows)], axis=0)
    high = np.max([rows.max(0) for rows in kept if len(rows)], axis=0)
    size = np.maximum(high - low, max(float((high - low).max()) * 1e-6, 1e-30))
    scale = fine * (1.0 - 2.0 * MARGIN) / size[:2].max()
    screen = np.array([scale, -scale, -1.0 / size[2]])
    shift = np.array([fine / 2.0, fine / 2.0, 0.5])
    corners = []
    for rows, piece in zip(points, pieces, strict=True):
        placed = ((rows - (low + high) / 2.0) * screen + shift).astype(np.float32)
        corner = placed[piece.faces]
        bad = ~np.isfinite(placed).all(1)
        if bad.any():
            corner[bad[piece.faces].any(1)] = fine / 2.0
        corners.append(corner)
    starts = np.cumsum([0] + [len(corner) for corner in corners])
    return np.concatenate(corners), starts[:-1].tolist()


def _light(piece: Drawn, corners: NDArray[np.float32], axes: NDArray) -> NDArray[np.float32]:
    """How bright each corner (m, 3) of a piece is, as a factor on sRGB. The side of a face that is seen is lit."""
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    behind = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0] > 0  # clockwise where y points up
    if piece.normals is not None:
        normals = unit(piece.normals) @ axes.T
        both = np.stack([_brightness(normals), _brightness(-normals)])
        return both[behind[:, None].astype(np.int8), piece.faces]
    a, b, c = (piece.vertices[piece.faces[:, k]] for k in range(3))
    normals = unit(np.cross(b - a, c - a)) @ axes.T
    normals[behind] *= -1.0
    return np.repeat(_brightness(normals)[:, None], 3, axis=1)


def _brightness(normals: NDArray) -> NDArray[np.float32]:
    """Light on surfaces with unit normals (n, 3) in the eye's frame, as a factor on sRGB: (n,) float32."""
    total = EVERYWHERE + SKY * (0.5 + 0.5 * normals[:, 1])
    for direction, strength in LAMPS:
        towards = np.asarray(direction) / np.linalg.norm(direction)
        total = total + strength * np.maximum(normals @ towards, 0.0)
    # Light is linear. A power of a product is the product of the powers, so it may be brought to sRGB on its own.
    return (total ** (1.0 / GAMMA)).astype(np.float32)


def _colours(
    piece: Drawn, face: NDArray, share: NDArray[np.float32], light: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """sRGB (n, 3) at places of a piece: face (n,), weights share (n, 3); light (m, 3) is that of the corners.

    The product of texture, factor and the vertices' own colours.
    """
    factor = np.clip(piece.surface.factor, 0.0, 1.0) ** (1.0 / GAMMA) * 255.0
    bright = np.einsum("nk,nk->n", light[face], share)
    corner = piece.faces[face]
    colour: Any = factor.astype(np.float32)
    if piece.surface.texture is not None and piece.uv is not None:
        colour = colour / 255.0 * _texels(piece.surface, _mixed(piece.uv, corner, share))
    if piece.colours is not None:
        own = np.clip(piece.colours, 0.0, 1.0) ** np.float32(1.0 / GAMMA)
        colour = colour * _mixed(own, corner, share)
    return np.minimum(colour * bright[:, None] + 0.5, 255.0).astype(np.uint8)


def _mixed(values: NDArray, corner: NDArray, share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values (v, k) of the vertices corner (n, 3), weighted by share (n, 3): (n, k)."""
    single = values.astype(np.float32)
    total = single[corner[:, 0]] * share[:, :1]
    total += single[corner[:, 1]] * share[:, 1:2]
    total += single[corner[:, 2]] * share[:, 2:]
    return total


def _texels(surface: Surface, uv: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The texture's nearest texels (n, 3) at uv (n, 2), v down. Nearest is enough where four places make a pixel."""
    texture = surface.texture
    assert texture is not None  # noqa: S101 - the caller looked
    height, width = texture.shape[:2]
    inside = np.clip(uv, 0.0, 1.0) if surface.clamped else uv - np.floor(uv)
    col = np.minimum((inside[:, 0] * width).astype(np.int32), width - 1)
    row = np.minimum((inside[:, 1] * height).astype(np.int32), height - 1)
    return texture.reshape(-1, 3)[row * width + col]


def _averaged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Squares of FINE x FINE become one: (h, w, 4) -> (h / FINE, w / FINE, 4) uint8. What is empty darkens nothing."""
    steps = range(FINE)
    squares = np.stack([pixels[y::FINE, x::FINE] for y in steps for x in steps])
    total = squares.sum(axis=0, dtype=np.uint16)
    covered = np.maximum(total[..., 3:] // 255, 1)
    colours = (total[..., :3] + covered // 2) // covered
    alpha = total[..., 3:] // (FINE * FINE)
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)
