"""A texture atlas for a mesh: every face gets its own place in the unit square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xatlas
from numpy.typing import NDArray

from pipelines.geometry import chart_layers, planar_charts, rectangle_pack, weld

# xatlas grows faster than linear: 12k faces of a picture's mesh take 2 to 8 s in one piece, in pieces of 1000 about
# 1 s, with no more seam vertices (7,700 against 8,300).
CHUNK_FACES = 1_000
# From here on faces are laid flat by direction, in a sixth of the time that xatlas takes in pieces; with fewer faces
# a chart of xatlas saves a seam here and there.
DENSE_FACES = 300
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

    Faces of no area get a place too.
    """
    # A unit scale: xatlas treats areas below fixed thresholds as nothing.
    points = np.asarray(vertices, np.float64)
    used = points[faces.reshape(-1)]
    points = (points - used.min(0)) / max(float(np.ptp(used, axis=0).max()), 1e-12) * 100.0
    if len(faces) < DENSE_FACES:
        return _by_xatlas(points, faces)
    return _by_direction(points, faces)


def _by_direction(points: NDArray, faces: NDArray) -> Unwrapped:
    """Charts by direction, packed side by side; what lies upon itself even in layers is cut by xatlas."""
    found = chart_layers.apart(planar_charts.charts(points, faces), points, faces)
    chart, flat = found.chart, found.flat
    folded = found.folded[chart]
    if folded.any():
        rows = np.flatnonzero(folded)
        cut = _by_xatlas(points, faces[rows])
        flat[rows] = cut.uv[cut.faces] * _scale(points[faces[rows]], cut.uv[cut.faces])
        chart[rows] = int(chart.max()) + 1
    _, chart = np.unique(chart, return_inverse=True)
    uv = _side_by_side(chart.reshape(-1), flat)
    # One vertex for each that was, on each chart and at each place of it.
    key = np.round(uv.reshape(-1, 2) * 2**20).astype(np.int64)
    whole = (faces.reshape(-1).astype(np.int64) << 42) | (key[:, 0] << 21) | key[:, 1]
    first, corner = weld.numbered(whole)
    return Unwrapped(
        faces.reshape(-1)[first].astype(np.int64),
        corner.reshape(-1, 3).astype(np.int64),
        uv.reshape(-1, 2)[first].astype(np.float32),
    )


def _scale(corners: NDArray, uv: NDArray) -> float:
    """How many units of length (m, 3, 3) one unit of texture (m, 3, 2) is, on the whole."""
    flat = np.dstack([uv, np.zeros(uv.shape[:2])])
    sums = [
        np.linalg.norm(np.cross(t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]), axis=1).sum()
        for t in (corners, flat)
    ]
    return float(np.sqrt(sums[0] / max(sums[1], 1e-30)))


def _side_by_side(chart: NDArray, flat: NDArray) -> NDArray[np.float64]:
    """Corners (m, 3, 2) in 0..1 of charts (m,) laid flat (m, 3, 2), at one scale and without overlaps."""
    count = int(chart.max()) + 1
    low, high = planar_charts.bounds(chart, flat, count)
    scale, places, turned = rectangle_pack.packed(high - low, side=PACK_PX, gap=PADDING_TEXELS / 2)
    local = flat - low[chart][:, None]
    # A quarter turn, not a mirror image: along the old height runs the new width, backwards.
    height = (high - low)[chart][:, None, 1]
    quarter = np.stack([height - local[..., 1], local[..., 0]], axis=-1)
    local = np.where(turned[chart][:, None, None], quarter, local)
    return np.clip((local * scale + places[chart][:, None]) / PACK_PX, 0.0, 1.0)


def _by_xatlas(points: NDArray, faces: NDArray) -> Unwrapped:
    """Large meshes are cut into compact pieces first: linear time for more seams."""
    atlas = xatlas.Atlas()
    pieces = _pieces(points[faces].mean(1), np.arange(len(faces)))
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
