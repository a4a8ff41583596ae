"""Exactly as many parts as wanted: where too few came, the largest is cut until there are enough.

A part of several large pieces falls into these first; another is cut across its longest direction, in half. Polygons
of several faces are never cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import weld

# Loose pieces of a part are worth a part of their own where they have this share of its area together.
WORTH_A_PART = 0.1


def enough(
    vertices: NDArray,
    faces: NDArray,
    label: NDArray,
    count: int,
    polygon: NDArray | None = None,
) -> NDArray[np.int64]:
    """The labels (m,) of a welded mesh with the largest parts cut until there are `count`, renamed from 0.

    vertices (n, 3), faces (m, 3); polygon (m,), from 0, of each face, which has one label. Raises ValueError where
    there are fewer polygons than parts.
    """
    used = np.bincount(label) > 0
    label = (np.cumsum(used) - 1)[label]
    if used.sum() >= count:
        return np.asarray(label, np.int64)
    polygon = np.arange(len(faces)) if polygon is None else polygon
    _, first = np.unique(polygon, return_index=True)
    if len(first) < count:
        raise ValueError(f"{len(first)} faces cannot have {count} labels")
    area = weld.face_areas(vertices, faces)
    for fresh in range(int(used.sum()), count):
        size = np.bincount(label, area)
        size[np.bincount(label[first]) < 2] = -1.0  # a part of one polygon cannot be cut
        own = np.flatnonzero(label == size.argmax())
        goes = _second_half(vertices, faces[own], area[own])
        label[own[_whole(goes, polygon[own])]] = fresh
    return label


def whole_polygons(label: NDArray, polygon: NDArray, area: NDArray) -> NDArray[np.int64]:
    """The labels (m,) with one for all faces of a polygon (m,), that of the largest of them. area (m,)."""
    order = np.lexsort((-area, polygon))
    numbers, first = np.unique(polygon[order], return_index=True)
    return np.asarray(label[order[first]][np.searchsorted(numbers, polygon)], np.int64)


def _whole(goes: NDArray[np.bool_], polygon: NDArray) -> NDArray[np.bool_]:
    """The same choice (m,) of faces by whole polygons, at least one of which goes and at least one stays."""
    _, first, row = np.unique(polygon, return_index=True, return_inverse=True)
    chosen = goes[first]
    if chosen.all() or not chosen.any():
        chosen = np.arange(len(first)) == 0
    return np.asarray(chosen[row.reshape(-1)])


def _second_half(vertices: NDArray, faces: NDArray, area: NDArray) -> NDArray[np.bool_]:
    """Which faces (m,) of a part go: its smaller pieces, or what lies beyond the middle of its longest direction."""
    _, piece = weld.bodies(weld.face_pairs(faces)[0], len(faces))
    size = np.bincount(piece, area)
    if size.max() <= (1.0 - WORTH_A_PART) * size.sum():
        return np.asarray(piece != size.argmax())
    centres = vertices[faces].mean(axis=1)
    _, _, axes = np.linalg.svd(_spread(centres, area))
    order = np.argsort(centres @ axes[0], kind="stable")
    share = np.cumsum(area[order])
    last = int(np.clip(np.searchsorted(share, share[-1] / 2.0), 1, len(faces) - 1))
    beyond = np.zeros(len(faces), bool)
    beyond[order[last:]] = True
    return beyond


def _spread(points: NDArray, weight: NDArray) -> NDArray[np.float64]:
    """How points (m, 3) scatter about their weighted centre: (3, 3)."""
    away = points - np.average(points, axis=0, weights=weight)
    return np.asarray((away * weight[:, None]).T @ away)
