"""As many faces as a request asks for, of a mesh that a network made: closed ones stay closed, open ones may be.

Knows meshes and the numbers of a request. Closed meshes go the way of the built-in models
(pipelines.geometry.decimate).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import fast_simplification
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import decimate, sound, weld

# What a client gets who names no count: grids of 256 a side make hundreds of thousands, mostly of flat surface.
STANDARD_FACES = decimate.FINEST_FACES
# Networks resolve about so many steps a side; a third of one is invisible.
STEPS_A_SIDE = 256
# Quadrics stop a little above or below; one more try at the vertex limit of an open mesh mostly fits.
FITTINGS = 6


@dataclass(frozen=True)
class Budget:
    """How large a mesh may be. `faces` is what is asked for or None, `ratio` the share of that or of `standard` that
    is kept, `vertex_limit` the most vertices or None."""

    standard: int = STANDARD_FACES
    faces: int | None = None
    ratio: float = 1.0
    vertex_limit: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any], standard: int = STANDARD_FACES) -> Budget:
        """By a feature's params: target_face_count, simplify_ratio, vertex_limit and style."""
        limit, faces = params.get("vertex_limit"), params.get("target_face_count")
        if params.get("style") == "lowpoly":
            standard = decimate.LOWPOLY_FACES
        elif limit is not None:  # a client who allows more vertices wants the detail
            standard = max(standard, 2 * limit)
        return cls(standard, faces, params.get("simplify_ratio", 1.0), limit)

    def wanted(self, made: int) -> int:
        """The face count to aim at, of `made` faces."""
        base = self.standard if self.faces is None else self.faces
        return max(round(min(base, made) * self.ratio), decimate.FEWEST_FACES)


def fewer(
    vertices: NDArray, faces: NDArray, budget: Budget
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """vertices (n, 3), faces (m, 3), wound outward -> the same surface within the budget, without unused vertices.

    A mesh that is closed stays closed. One with less faces than asked for stays as it is.
    """
    wanted = budget.wanted(len(faces))
    if decimate.is_closed(faces):
        return _closed(vertices, faces, wanted, budget.vertex_limit)
    found = _open(vertices, faces, wanted)
    limit = budget.vertex_limit
    for _ in range(FITTINGS):
        if limit is None or len(found[0]) <= limit:
            break
        wanted = round(len(found[1]) * 0.98 * limit / len(found[0]))
        found = _open(*found, wanted)
    return found


def _closed(
    vertices: NDArray, faces: NDArray, wanted: int, limit: int | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    tolerance = float(np.ptp(vertices, axis=0).max()) / STEPS_A_SIDE / 3.0
    if limit is None:
        found = sound.sound(
            *decimate.to_face_count(vertices, faces, wanted, first_tolerance=tolerance)
        )
    else:
        most = min(wanted, decimate.faces_within(vertices, faces, limit))
        found = sound.sound_within(vertices, faces, most, limit, first_tolerance=tolerance)
    return found.vertices, found.faces


def _open(
    vertices: NDArray, faces: NDArray, wanted: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    points, corners = np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
    if len(corners) > wanted:
        simple, rows = fast_simplification.simplify(
            points.astype(np.float32), corners.astype(np.int32), target_count=wanted
        )
        points, corners = simple.astype(np.float64), rows.astype(np.int64)
    named = weld.used(corners)
    number = np.zeros(len(points), np.int64)
    number[named] = np.arange(len(named))
    return points[named], number[corners]
