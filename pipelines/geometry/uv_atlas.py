"""A texture atlas for a mesh: every face gets its own place in the unit square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xatlas
from numpy.typing import NDArray

# xatlas grows faster than linear: 12k faces of a picture's mesh take 2 to 8 s in one piece, in pieces of 1000 about
# 1 s, with no more seam vertices (7,700 against 8,300).
CHUNK_FACES = 1_000
# Gap between charts, in texels at PACK_PX: room for mipmaps two levels down.
PADDING_TEXELS = 3
PACK_PX = 1024


@dataclass(frozen=True)
class Unwrapped:
    """origin (n,) int64: the vertex of the input that each vertex came from; faces (m, 3) in the input's order; uv
    (n, 2) float32 in 0..1, v up."""

    origin: NDArray[np.int64]
    faces: NDArray[np.int64]
    uv: NDArray[np.float32]


def unwrap(vertices: NDArray, faces: NDArray) -> Unwrapped:
    """vertices (n, 3), faces (m, 3) -> an atlas without overlaps. Vertices on seams are repeated.

    Faces of no area get a place too. Large meshes are cut into compact pieces first: linear time for more seams.
    """
    atlas = xatlas.Atlas()
    pieces = _pieces(vertices[faces].mean(1), np.arange(len(faces)))
    # A unit scale: xatlas treats areas below fixed thresholds as nothing.
    points = np.asarray(vertices, np.float64)
    points = (points - points.min(0)) / max(float(np.ptp(points, axis=0).max()), 1e-12) * 100.0
    locals_ = []
    for piece in pieces:
        used, compact = np.unique(faces[piece], return_inverse=True)
        locals_.append(used)
        atlas.add_mesh(points[used].astype(np.float32), compact.reshape(-1, 3).astype(np.uint32))
    pack = xatlas.PackOptions()
    pack.padding, pack.resolution, pack.bilinear = PADDING_TEXELS, PACK_PX, True
    atlas.generate(xatlas.ChartOptions(), pack)
    return _joined(atlas, pieces, locals_, len(faces))


def _joined(
    atlas: xatlas.Atlas, pieces: list[NDArray], locals_: list[NDArray], num_faces: int
) -> Unwrapped:
    origin, uv = [], []
    faces = np.zeros((num_faces, 3), np.int64)
    start = 0
    for number, (piece, used) in enumerate(zip(pieces, locals_, strict=True)):
        mapping, corners, coordinates = atlas[number]
        faces[piece] = corners.astype(np.int64) + start
        origin.append(used[mapping])
        uv.append(coordinates)
        start += len(mapping)
    joined = np.clip(np.nan_to_num(np.concatenate(uv)), 0.0, 1.0).astype(np.float32)
    return Unwrapped(np.concatenate(origin), faces, joined)


def _pieces(centres: NDArray, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Face numbers cut at the median of their longest axis until each piece is small enough for xatlas."""
    if len(rows) <= CHUNK_FACES:
        return [rows]
    here = centres[rows]
    axis = int(np.ptp(here, axis=0).argmax())
    order = rows[np.argsort(here[:, axis], kind="stable")]
    half = len(order) // 2
    return _pieces(centres, order[:half]) + _pieces(centres, order[half:])
