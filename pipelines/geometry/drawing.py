"""Meshes drawn as small pictures on a CPU: orthographic, textured, lit, on nothing.

Transparency is not drawn. Where a place lies deeper than what is around it, it is darker: the depth buffer sharpened,
after Luft, Colditz and Deussen, "Image enhancement by unsharp masking the depth buffer" (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NothingToModel
from pipelines.geometry import raster, screen, shading
from pipelines.geometry.glb_drawn import Drawn, whole
from pipelines.geometry.normals import unit

# Drawn at twice the size and averaged: edges without steps. Of more faces than these, each has few pixels, and all of
# them take long: they are drawn a little smaller.
FINE = 2.0
COARSER = ((1_200_000, 1.25), (400_000, 1.5))
# Unless all of them together, of which every so manieth is measured, have less area than this, in pictures.
LEAST_AREA, SAMPLED = 0.5, 61
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

    def view(self, size: int) -> screen.View:
        """What it sees, on a screen of `size` pixels."""
        scale = size * (1.0 - 2.0 * MARGIN) / self.span
        turn = self.axes * np.array([scale, -scale, -1.0 / self.deep])[:, None]
        return screen.View(self.centre, turn, np.array([size / 2.0, size / 2.0, 0.5]))


def axes_of(turn_degrees: float, rise_degrees: float) -> NDArray[np.float64]:
    """The axes of an eye in front of +Z, turned to the object's left about Y and raised."""
    turn, rise = np.radians(turn_degrees), np.radians(rise_degrees)
    back = np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])
    right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    return np.stack([right, np.cross(back, right), back])


def eye_for(pieces: Sequence[Drawn], axes: NDArray[np.float64]) -> Eye:
    """The eye that sees all of the pieces, as large as they go. Raises NothingToModel where there is nothing to see."""
    found = screen.bounds(pieces, axes)
    if found is None:
        raise NothingToModel("the mesh has no face that could be seen")
    low, high = found
    size = high - low
    least = max(float(size.max()) * 1e-6, 1e-30)
    middle = (low + high) / 2.0 @ axes
    return Eye(axes, middle, max(float(size[:2].max()), least), max(float(size[2]), least))


def eyes_around(
    pieces: Sequence[Drawn], turns_degrees: Sequence[float], rise_degrees: float
) -> list[Eye]:
    """Eyes around the pieces, which keep their place and size in every picture. Raises NothingToModel."""
    points = screen.used_points(pieces)
    if not points.size:
        raise NothingToModel("the mesh has no face that could be seen")
    middle = (points.min(1).astype(np.float64) + points.max(1)) / 2.0
    x, y, z = points - middle.astype(points.dtype)[:, None]
    rise, high, out = np.radians(rise_degrees), np.abs(y), np.hypot(x, z)
    up = float((high * np.cos(rise) + out * abs(np.sin(rise))).max())
    back = float((high * abs(np.sin(rise)) + out * np.cos(rise)).max())
    wide = float(out.max())
    least = max(wide, up, 1e-30) * 1e-6
    span, depth = 2.0 * max(wide, up, least), 2.0 * max(back, least)
    return [Eye(axes_of(turn, rise_degrees), middle, span, depth) for turn in turns_degrees]


def draw(pieces: Sequence[Drawn], eye: Eye, size: int) -> NDArray[np.uint8]:
    """The pieces as (size, size, 4) uint8 RGBA. Raises NothingToModel where no pixel shows any of them."""
    fine = round(size * _fineness(pieces, eye))
    pieces, bodies = screen.on_screen(pieces, eye.view(fine))
    seen = raster.seen_of(bodies, fine)
    place = np.flatnonzero(seen.reshape(-1) >= 0)
    if not len(place):
        raise NothingToModel("the mesh has no face that could be seen")
    starts = np.cumsum([0] + [len(piece.faces) for piece in pieces]).tolist()
    kept, face = _only_seen(starts[-1], seen.reshape(-1)[place])
    corners = _corners(bodies, kept)
    pieces, starts = _with_faces(pieces, starts, kept)
    order, bounds = _by_piece(face, starts)
    place, face = place[order], face[order]
    rows = place // fine
    cols = place - rows * fine
    share = np.ascontiguousarray(raster.weights(corners, face, cols, rows).T)
    light = np.zeros((len(face), 3), np.float32)
    for piece, start, low, high in zip(pieces, starts, bounds[:-1], bounds[1:], strict=True):
        own = corners[start : start + len(piece.faces)]
        points = _points(piece, own, face[low:high] - start, share[:, low:high], eye.axes)
        light[low:high] = shading.lit(points)
    depth = sum(np.take(corners[:, k, 2], face) * share[k] for k in range(3))
    depth *= np.float32(eye.deep / eye.span)
    light *= (np.float32(1.0) - _hollows(seen >= 0, rows, cols, depth))[:, None]
    pixels = np.zeros((fine * fine, 4), np.uint8)
    pixels[place, :3] = shading.to_srgb(light)
    pixels[place, 3] = 255
    return _averaged(pixels.reshape(fine, fine, 4), size)


def _fineness(pieces: Sequence[Drawn], eye: Eye) -> float:
    """How much larger than shown the pieces are drawn. Thin bars would be lost between fewer pixels; they are
    drawn soon however many faces they have."""
    faces = sum(len(piece.faces) for piece in pieces)
    coarser = next((fineness for many, fineness in COARSER if faces > many), FINE)
    return FINE if coarser < FINE and _area(pieces, eye) < LEAST_AREA else coarser


def _area(pieces: Sequence[Drawn], eye: Eye) -> float:
    """The area of all faces together as the eye sees them, in pictures; guessed from some of them."""
    total = 0.0
    for piece in pieces:
        faces = piece.faces[::SAMPLED]
        a, b, c = (np.take(piece.vertices, faces[:, k], axis=0) @ eye.axes[:2].T for k in range(3))
        (x, y), (u, v) = (b - a).T, (c - a).T
        total += float(np.abs(np.nan_to_num(x * v - y * u)).sum()) / 2.0 * SAMPLED
    return total / eye.span**2


def _only_seen(count: int, face: NDArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of `count` faces those (m,) that pixels (n,) show, a large mesh has many more; and `face` as numbers among
    them."""
    is_seen = np.zeros(count, bool)
    is_seen[face] = True
    kept = np.flatnonzero(is_seen)
    number = np.zeros(count, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    return kept, np.take(number, face).astype(np.intp)


def _corners(bodies: Sequence[raster.Body], kept: NDArray[np.intp]) -> NDArray[np.float32]:
    """Where the corners of the faces `kept` (m,) of all bodies are: (m, 3, 3)."""
    ends, first = [], 0
    for body in bodies:
        low, high = np.searchsorted(kept, (first, first + len(body)))
        ends.append(body.ends(kept[low:high] - first))
        first += len(body)
    return np.concatenate(ends, axis=2).transpose(2, 1, 0)


def _with_faces(
    pieces: Sequence[Drawn], starts: list[int], kept: NDArray[np.intp]
) -> tuple[list[Drawn], list[int]]:
    """Pieces, whose faces begin at `starts`, with only those `kept` (m,), and where each begins among these. Pieces
    that nobody sees are left out."""
    bounds = np.searchsorted(kept, starts)
    rows = [
        (replace(piece, faces=np.take(piece.faces, kept[low:high] - start, axis=0)), int(low))
        for piece, start, low, high in zip(pieces, starts, bounds[:-1], bounds[1:], strict=False)
        if high > low
    ]
    return [piece for piece, _ in rows], [low for _, low in rows]


def _by_piece(face: NDArray[np.integer], starts: list[int]) -> tuple[Any, list[int]]:
    """What sorts pixels that show the faces (n,) by the pieces, whose faces begin at `starts`, and where each piece's
    pixels begin, with n."""
    if len(starts) == 1:
        return slice(None), [0, len(face)]
    # Of 16 bits and stable, it is sorted by its digits, in no time.
    kind = np.uint16 if len(starts) < 2**16 else np.int32
    piece = np.searchsorted(starts, np.arange(face.max() + 1), side="right").astype(kind)[face]
    counts = np.bincount(piece, minlength=len(starts) + 1)
    return np.argsort(piece, kind="stable"), np.cumsum(counts).tolist()


def _points(
    piece: Drawn, corners: NDArray, face: NDArray, share: NDArray[np.float32], axes: NDArray
) -> shading.Points:
    """What is seen of a piece at faces (n,) with weights share (3, n), as the light needs it."""
    surface = piece.surface
    maps: dict[str, NDArray[np.uint8]] = {}
    if piece.uv is not None:
        names = ("texture", "metal_rough", "bumps", "glow")
        images = {name: image for name in names if (image := getattr(surface, name)) is not None}
        if images:
            uv = _mixed(piece.uv, piece.faces, face, share)
            maps = _texels(images, uv, surface.clamped)
    colour: Any = np.clip(surface.factor, 0.0, 1.0).astype(np.float32)
    if "texture" in maps:
        colour = colour * shading.to_linear(maps["texture"])
    if piece.colours is not None:
        mixed = _mixed(piece.colours, piece.faces, face, share)[:3]
        mixed *= np.float32(1.0 / whole(piece.colours))
        colour = colour * np.clip(mixed, 0.0, 1.0).T
    normals = _normals(piece, corners, face, share, axes)
    if "bumps" in maps:
        normals = _bumped(normals, maps["bumps"], piece, face, axes)
    metal, rough = surface.metalness, surface.roughness
    both = maps.get("metal_rough")
    glow: Any = np.array(surface.glow_factor, np.float32)
    if "glow" in maps:
        glow = glow * shading.to_linear(maps["glow"])
    return shading.Points(
        np.broadcast_to(colour, (len(face), 3)),
        normals,
        metal if both is None else both[:, 2] * np.float32(metal / 255.0),
        rough if both is None else both[:, 1] * np.float32(rough / 255.0),
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
    turned = np.where(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] < 0, -1.0, 1.0)
    along = ((b - a) * two[:, 1:] - (c - a) * one[:, 1:]) * turned[:, None]
    flat = (unit(along) @ axes.T).astype(np.float32).T
    tangent = np.stack([np.take(np.ascontiguousarray(row), face) for row in flat])
    normal = normals.T
    tangent -= normal * (normal * tangent).sum(0)
    tangent = _unit(tangent)
    # v runs down in glTF, and green points up.
    lean = np.ascontiguousarray(texels.T) * np.float32(2.0 / 255.0) - np.float32(1.0)
    lean[1] *= np.take(turned.astype(np.float32), face) * np.float32(-1.0)
    np.maximum(lean[2], np.float32(0.1), out=lean[2])
    (x, y, z), (p, q, r) = normal, tangent
    across = np.stack([y * r - z * q, z * p - x * r, x * q - y * p])
    return _unit(tangent * lean[0] + across * lean[1] + normal * lean[2]).T


def _normals(
    piece: Drawn,
    corners: NDArray,
    face: NDArray,
    share: NDArray[np.float32],
    axes: NDArray,
) -> NDArray[np.float32]:
    """Unit normals (n, 3) in the eye's frame, of the side that is seen."""
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # clockwise where y points up
    behind = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0] > 0
    if piece.normals is not None:
        normals = _unit(axes.astype(np.float32) @ _mixed(piece.normals, piece.faces, face, share))
    else:
        a, b, c = (piece.vertices[piece.faces[:, k]] for k in range(3))
        flat = (unit(np.cross(b - a, c - a)) @ axes.T).astype(np.float32)
        normals = np.ascontiguousarray(flat.T[:, face])
    if behind.any():
        normals *= np.take(np.where(behind, np.float32(-1.0), np.float32(1.0)), face)
    return normals.T


def _unit(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns (3, n) of length 1; those without a length look towards the eye."""
    x, y, z = columns
    length = np.sqrt(x * x + y * y + z * z)
    columns /= np.maximum(length, np.float32(1e-12))
    columns[:, length < 1e-6] = [[0.0], [0.0], [1.0]]
    return columns


def _mixed(
    values: NDArray, faces: NDArray, face: NDArray, share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Values of vertices (v, k), mixed at faces[face] (n,) of faces (m, 3) by the weights share (3, n): (k, n)."""
    # What the faces do not use is not touched; and column by column, as numpy is slow along rows of two or three.
    mixed = np.zeros((values.shape[1], len(face)), np.float32)
    for ends, weight in zip(faces.T, share, strict=True):
        columns = np.ascontiguousarray(np.take(values, ends, axis=0).T, np.float32)
        for total, column in zip(mixed, columns, strict=True):
            total += np.take(column, face) * weight
    return mixed


def _texels(
    images: dict[str, NDArray[np.uint8]], uv: NDArray[np.float32], clamped: bool
) -> dict[str, NDArray[np.uint8]]:
    """The nearest texels (n, 3) of each image at uv (2, n), v down. Nearest is enough where four places make a
    pixel."""
    inside = [np.clip(axis, 0.0, 1.0) if clamped else axis - np.floor(axis) for axis in uv]
    places: dict[tuple[int, int], NDArray] = {}
    found = {}
    for name, image in images.items():
        height, width = image.shape[:2]
        if (height, width) not in places:
            col = np.minimum((inside[0] * width).astype(np.int32), width - 1)
            row = np.minimum((inside[1] * height).astype(np.int32), height - 1)
            places[height, width] = row * width + col
        found[name] = np.take(image.reshape(-1, 3), places[height, width], axis=0)
    return found


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
    width = (2 * radius + 1, 2 * radius + 1)
    for _ in range(2):
        grid = np.asarray(cv2.blur(grid, width, borderType=cv2.BORDER_CONSTANT), np.float32)
    return grid


def _averaged(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """(fine, fine, 4) made smaller, to (size, size, 4) uint8. What is empty darkens nothing."""
    # Empty pixels are black: averages of colours are those of what is covered, times its share.
    mean = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    alpha = mean[..., 3:].astype(np.float32)
    colours = mean[..., :3] * (np.float32(255.0) / np.maximum(alpha, np.float32(1.0)))
    mean[..., :3] = np.minimum(colours + np.float32(0.5), np.float32(255.0))
    return np.asarray(mean)
