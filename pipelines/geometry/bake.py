"""From a mesh with UVs to a texture: which face and point each texel shows, and colours for the gaps between charts.

Does not know where colours come from: a function of points and normals is handed in. Works in bands of texels, so
that 4096 px textures need no more memory than their own images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import coverage, gaps

# Arrays of one band stay in the processor's cache.
BAND_TEXELS = 32_768
# Sub-texel positions for a supersampled bake (rotated grid of four), in texels.
FOUR = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))
ONE = ((0.0, 0.0),)
# Steepest slope over the texture, in spreads of the face: one of 1 / 20,000 of the width has no surface to show.
STEEPEST = 20_000.0

Gaps = gaps.Gaps

# points (n, 3), unit normals (n, 3) -> values (n, k) float32
Shader = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class TexturedMesh:
    """vertices (n, 3) m, faces (m, 3), uv (n, 2) in 0..1 with v up; seam vertices are repeated.

    corner_normals (m, 3, 3) float32, unit length: they decide which picture a point takes its colour from.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    uv: NDArray[np.float32]
    corner_normals: NDArray[np.float32]


def texel_faces(uv: NDArray, faces: NDArray, size: int) -> NDArray[np.int32]:
    """The face seen by each texel: (size, size) int32, -1 where there is none. Row 0 is v = 1."""
    # Texel centres lie at +0.5.
    x, y = uv[:, 0] * size - 0.5, (1.0 - uv[:, 1]) * size - 0.5
    points = np.clip(np.stack([x, y], axis=1), -1, size + 1)
    return coverage.drawn(points.astype(np.float32), faces, size)


def shade(
    mesh: TexturedMesh,
    owner: NDArray[np.int32],
    shader: Shader,
    *,
    offsets: tuple[tuple[float, float], ...] = ONE,
) -> NDArray[np.uint8]:
    """RGB of `shader`, which answers in 0..255, in every texel that shows a face: (size, size, 3) uint8.

    Gaps are filled from the nearest texel. Several `offsets` average so many points a texel.
    """
    size = len(owner)
    places = Planes.of(mesh.vertices[mesh.faces], mesh.uv[mesh.faces])
    directions = Planes.of(mesh.corner_normals, mesh.uv[mesh.faces])
    image = np.zeros((3, size * size), np.uint8)
    for texel in bands(owner):
        face = owner.reshape(-1)[texel]
        total = np.zeros((3, len(texel)), np.float32)
        for offset in offsets:
            u, v = coordinates(texel, size, offset)
            total += shader(places.at(face, u, v), unit32(directions.at(face, u, v))).T
        total *= np.float32(1.0 / len(offsets))
        total += np.float32(0.5)
        for channel, values in zip(image, np.clip(total, 0, 255, out=total), strict=True):
            channel[texel] = values.astype(np.uint8)
    return Gaps.of(owner >= 0).merged(image)


def bands(owner: NDArray[np.int32]) -> Iterator[NDArray[np.int64]]:
    """The texels that show a face, as places in the flat image, some at a time and in their order."""
    flat = owner.reshape(-1)
    for start in range(0, len(flat), BAND_TEXELS):
        texel = np.flatnonzero(flat[start : start + BAND_TEXELS] >= 0) + start
        if len(texel):
            yield texel


def coordinates(
    texel: NDArray[np.int64], size: int, offset: tuple[float, float] = (0.0, 0.0)
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """u and v, up, of the centres of texels (n,) of an image `size` wide, moved by `offset` right and down."""
    row = texel // size
    u = (texel - row * size).astype(np.float32)
    v = row.astype(np.float32)
    u += np.float32(0.5 + offset[0])
    v += np.float32(0.5 + offset[1] - size)
    u *= np.float32(1.0 / size)
    v *= np.float32(-1.0 / size)
    return u, v


@dataclass(frozen=True)
class Planes:
    """Values that change evenly over each face, as functions of u and v: rows (m, 3 k) float32 of the value at u = v =
    0, its change along u, and its change along v."""

    rows: NDArray[np.float32]

    @classmethod
    def of(cls, corners: NDArray, uv: NDArray) -> Planes:
        """corners (m, 3, k) hold the values, uv (m, 3, 2) their places. A face without room in the texture has the
        mean of its corners."""
        width = corners.shape[2]
        rows = np.zeros((len(corners), 3 * width), np.float32)
        for first in range(0, len(corners), BAND_TEXELS):
            here = slice(first, first + BAND_TEXELS)
            values, places = columns(corners[here]), columns(uv[here])
            along_u, along_v = slopes(values, places)
            start = values[0] - along_u * places[0, 0] - along_v * places[0, 1]
            flat = np.flatnonzero(~(_largest(along_u) + _largest(along_v) > 0.0))
            start[:, flat] = values[:, :, flat].mean(0)
            for column, part in enumerate((start, along_u, along_v)):
                rows[here, column * width : (column + 1) * width] = part.T
        return cls(rows)

    def at(
        self, face: NDArray[np.int32], u: NDArray[np.float32], v: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The values (n, k), column by column, at u, v (n,) on faces (n,); a little beyond their border too."""
        width = self.rows.shape[1] // 3
        # What is worked on in one go lies side by side: three times as fast.
        rows = np.ascontiguousarray(np.take(self.rows, face, axis=0).T)
        found = rows[width : 2 * width]
        found *= u
        rows[2 * width :] *= v
        found += rows[2 * width :]
        found += rows[:width]
        return found.T


def columns(corners: NDArray) -> NDArray[np.float64]:
    """Values at corners (m, 3, k) side by side, face after face: (3, k, m). Numpy is slow along short rows."""
    return np.ascontiguousarray(corners.transpose(1, 2, 0), np.float64)


def slopes(values: NDArray, uv: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How values (3, k, m) at the corners uv (3, 2, m) change along u and along v: two (k, m).

    0 where a face is so thin in the texture that a texel beside it would lie far off.
    """
    one, other = uv[1] - uv[0], uv[2] - uv[0]
    area = one[0] * other[1] - one[1] * other[0]
    inverse = np.divide(1.0, area, out=np.zeros_like(area), where=np.abs(area) > 1e-14)
    first, second = values[1] - values[0], values[2] - values[0]
    along_u = (first * other[1] - second * one[1]) * inverse
    along_v = (second * one[0] - first * other[0]) * inverse
    spread = np.maximum(_largest(first), _largest(second)) + 1e-30
    steep = np.maximum(_largest(along_u), _largest(along_v)) > spread * STEEPEST
    if steep.any():
        along_u[:, steep], along_v[:, steep] = 0.0, 0.0
    return along_u, along_v


def _largest(rows: NDArray) -> NDArray:
    """The largest magnitude in each column (k, m)."""
    found = np.abs(rows[0])
    for row in rows[1:]:
        np.maximum(found, np.abs(row), out=found)
    return found


def unit32(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (n, 3) brought to length 1; rows of no length stay."""
    x, y, z = vectors.T
    length = x * x
    length += y * y
    length += z * z
    np.maximum(np.sqrt(length, out=length), np.float32(1e-6), out=length)
    return (vectors.T / length).T


def fill_gaps(image: NDArray, known: NDArray[np.bool_]) -> NDArray:
    """Texels that show no face take the value of the nearest one that does: no seams in mipmaps.

    image (h, w, k) or (h, w), known (h, w) bool -> as image; it is filled in place.
    """
    return Gaps.of(known).fill(image)
