"""A mesh of millions of faces made lighter for small pictures: vertices that share a cell of a fine grid become one.

After Rossignac and Borrel, "Multi-resolution 3D approximations for rendering complex scenes" (1993). For looking at
only: what comes out is neither closed nor even a surface everywhere.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.glb_drawn import Drawn

# Cells along an axis, and of texture coordinates: vertices on two sides of a seam must not become one.
MOST_CELLS, MOST_TEXTURE_CELLS = 4_096, 16


def lighter(piece: Drawn, cell: float) -> Drawn:
    """The piece with one vertex, the first, for each cell of `cell` m, and without the faces that vanish so.

    Vertices that are not finite, and pieces that reach over too many cells, stay as they are.
    """
    points = piece.vertices
    if not (len(points) and np.isfinite(points).all()):
        return piece
    low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
    if float((high - low).max()) > cell * (MOST_CELLS - 1):
        return piece
    place = ((points - low.astype(points.dtype)) * points.dtype.type(1.0 / cell)).astype(np.int64)
    key = (place[:, 0] * MOST_CELLS + place[:, 1]) * MOST_CELLS + place[:, 2]
    key = key * MOST_TEXTURE_CELLS**2 + _texture_cell(piece)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    one, two, three = np.take(number.astype(np.int32), np.ascontiguousarray(piece.faces.T))
    stays = (one != two) & (two != three) & (three != one)
    return replace(
        piece,
        vertices=points[first],
        faces=np.stack([one, two, three], axis=1)[stays],
        normals=None if piece.normals is None else piece.normals[first],
        uv=None if piece.uv is None else piece.uv[first],
        colours=None if piece.colours is None else piece.colours[first],
    )


def _texture_cell(piece: Drawn) -> NDArray[np.int64]:
    """Which part of the texture each vertex (n,) shows, in whole tiles of it."""
    if piece.uv is None or not np.isfinite(piece.uv).all():
        return np.zeros(len(piece.vertices), np.int64)
    cells = np.floor(piece.uv.astype(np.float64) * MOST_TEXTURE_CELLS).astype(np.int64)
    tile = cells % MOST_TEXTURE_CELLS
    return np.asarray(tile[:, 0] * MOST_TEXTURE_CELLS + tile[:, 1])
