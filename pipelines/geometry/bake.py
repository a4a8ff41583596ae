"""From a mesh with UVs to a texture: which face and point each texel shows, and colours for the gaps between charts.

Does not know where colours come from: a function of points and normals is handed in. Works in bands of texels, so
that 4096 px textures need no more memory than their own images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BAND_TEXELS = 400_000
# Sub-texel positions for a supersampled bake (rotated grid of four), in texels.
FOUR = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))
ONE = ((0.0, 0.0),)

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
    owner = np.full((size, size), -1, np.int32)
    # 4 fractional bits; texel centres lie at +0.5.
    corners = np.stack([uv[:, 0] * size - 0.5, (1.0 - uv[:, 1]) * size - 0.5], axis=1)
    fixed = np.round(np.clip(corners, -1, size + 1) * 16.0).astype(np.int32)[faces]
    for face, triangle in enumerate(fixed):
        cv2.fillConvexPoly(owner, triangle, face, shift=4)
    return owner


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
    rows, cols = np.nonzero(owner >= 0)
    frames = _frames(mesh)
    triangles = np.asarray(mesh.vertices, np.float32)[mesh.faces]
    image = np.zeros((size, size, 3), np.uint8)
    for start in range(0, len(rows), BAND_TEXELS):
        row, col = rows[start : start + BAND_TEXELS], cols[start : start + BAND_TEXELS]
        face = owner[row, col]
        total = np.zeros((len(face), 3), np.float32)
        for dx, dy in offsets:
            u = ((col + (0.5 + dx)) / size).astype(np.float32)
            v = (1.0 - (row + (0.5 + dy)) / size).astype(np.float32)
            total += shader(
                *_surface_points(triangles, mesh.corner_normals, frames[face], face, u, v)
            )
        image[row, col] = np.clip(total / len(offsets) + 0.5, 0, 255).astype(np.uint8)
    return fill_gaps(image, owner >= 0)


def _frames(mesh: TexturedMesh) -> NDArray[np.float32]:
    """Per face the first corner's u, v and the rows that turn a step in u, v into barycentric weights: (m, 6)."""
    a, b, c = (mesh.uv[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    inverse = np.divide(1.0, area, out=np.zeros_like(area), where=np.abs(area) > 1e-14)
    columns = [
        a[:, 0],
        a[:, 1],
        ac[:, 1] * inverse,
        -ac[:, 0] * inverse,
        -ab[:, 1] * inverse,
        ab[:, 0] * inverse,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _surface_points(
    triangles: NDArray[np.float32],
    corner_normals: NDArray[np.float32],
    frame: NDArray[np.float32],
    face: NDArray[np.int32],
    u: NDArray,
    v: NDArray,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points and unit normals (n, 3) float32 of texture places u, v (n,) on the faces (n,) that own them.

    triangles and corner_normals are (m, 3, 3); frame (n, 6) is each place's row of `_frames`.
    """
    du, dv = u - frame[:, 0], v - frame[:, 1]
    second = np.clip(du * frame[:, 2] + dv * frame[:, 3], 0.0, 1.0)
    third = np.clip(du * frame[:, 4] + dv * frame[:, 5], 0.0, 1.0)
    # Texels on a border have their centre just outside: bring them back onto the face.
    excess = np.maximum(second + third, 1.0)
    second /= excess
    third /= excess
    weights = (1.0 - second - third, second, third)
    points = sum(triangles[:, k][face] * weight[:, None] for k, weight in enumerate(weights))
    normals = sum(corner_normals[:, k][face] * weight[:, None] for k, weight in enumerate(weights))
    length = np.sqrt(np.einsum("nd,nd->n", normals, normals))
    return points, normals / np.maximum(length, 1e-6)[:, None]


def fill_gaps(image: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Texels that show no face take the value of the nearest one that does: no seams in mipmaps.

    image (h, w, k) uint8, known (h, w) bool -> (h, w, k) uint8.
    """
    if known.all() or not known.any():
        return image
    _, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    value_of = np.zeros((int(label.max()) + 1, image.shape[2]), np.uint8)
    value_of[label[known]] = image[known]
    filled = value_of[label]
    filled[known] = image[known]
    return filled
