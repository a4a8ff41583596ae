"""Cut-out views -> a finished mesh in metres: the way from outlines through the solid to the standard face count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.geometry import agreement, decimate, depth, hull, solid
from pipelines.geometry.matting import Cutout
from pipelines.geometry.sound import is_sound, sound, sound_within
from pipelines.geometry.views import DIRECTIONS, Box
from pipelines.spec import Notice

SLOTS = tuple(DIRECTIONS)
# A deviation of a third of a voxel is below what the grid itself resolves.
FIRST_TOLERANCE_VOXELS = 0.3
# Decimation aims at 2%; a face count further off than this is worth a word.
MOST_MISSED = 0.05


@dataclass(frozen=True)
class Model:
    """vertices (n, 3) m, Y up, front to +Z, longest side 1 m, lowest y = 0, centred in x and z; faces (m, 3) outward.

    `box` is what the pictures cover; `method` is "inflation" or "visual_hull". depth_method says where the depth comes
    from: "learned", "inflation" or, in a visual hull, "views". views_used are the slots that the form comes from.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    box: Box
    method: str
    depth_method: str
    watertight: bool
    views_used: tuple[str, ...]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Budget:
    """How large the mesh may be. simplify_ratio is the share of the standard face count that is kept.

    vertex_limit is the most vertices, or None; above the standard mesh's it raises the standard face count with it.
    lowpoly has a standard face count of its own; face_count stands in for any standard.
    """

    simplify_ratio: float = 1.0
    vertex_limit: int | None = None
    lowpoly: bool = False
    face_count: int | None = None

    def standard_faces(self) -> int:
        if self.face_count is not None:
            return self.face_count
        if self.lowpoly:
            return decimate.LOWPOLY_FACES
        wanted = 2 * (self.vertex_limit or 0)
        return min(max(wanted, decimate.STANDARD_FACES), decimate.FINEST_FACES)


def model_from_views(
    views: Mapping[str, Cutout], shape: solid.Shape, budget: Budget | None = None
) -> Model:
    """The mesh of an object seen in `views` (slot -> cut-out, "image" among them); the standard one without budget."""
    fit = agreement.fitting(views)
    used: tuple[str, ...]
    if set(fit.views) <= set(hull.PAIRS[0]):
        # The outline of the back is that of the front.
        method, used = "inflation", ("image",)
        guess, doubts = _guess(views["image"], shape)
        depth_method = "learned" if guess else "inflation"
        vertices, faces, extent = solid.from_front(views["image"], shape, guess)
    else:
        method, depth_method, used, doubts = "visual_hull", "views", tuple(fit.views), ()
        vertices, faces, extent = hull.from_views(fit.views, shape, edged=fit.edged)
    vertices, faces, asked = _decimated(vertices, faces, budget or Budget())
    vertices, box = _in_metres(vertices, extent)
    watertight = is_sound(vertices, faces)
    notices = (*fit.notices, *doubts, *_shortfalls(len(faces), asked, watertight))
    return Model(vertices, faces, box, method, depth_method, watertight, used, notices)


def _guess(front: Cutout, shape: solid.Shape) -> tuple[solid.GuessOn | None, tuple[Notice, ...]]:
    """The network's depth of the picture, where it is wanted and can be had; a notice where it cannot."""
    # A picture that fills its frame has no outline to tell anything by.
    if not shape.learned or front.full_frame:
        return None, ()
    if reason := depth.hindrance():
        said = f"depth_method learned has no effect: {reason}; the depth is guessed by formula"
        return None, (Notice("DEPTH_NOT_LEARNED", said),)
    return partial(depth.guess, front.rgb, front.mask, pad=solid.PAD), ()


def _decimated(
    vertices: NDArray, faces: NDArray, budget: Budget
) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
    """The mesh within its budget, and the face count that was asked of it.

    Raises InvalidValue where no closed mesh of the object has so few vertices.
    """
    limit = budget.vertex_limit
    asked = round(min(budget.standard_faces(), len(faces)) * budget.simplify_ratio)
    if limit is None:
        fewer = sound(
            *decimate.to_face_count(vertices, faces, asked, first_tolerance=FIRST_TOLERANCE_VOXELS)
        )
        return (
            *decimate.without_pinched(vertices, faces, fewer.vertices, fewer.faces),
            asked,
        )
    asked = min(asked, decimate.faces_within(vertices, faces, limit))
    fewer = sound_within(vertices, faces, asked, limit, first_tolerance=FIRST_TOLERANCE_VOXELS)
    count = len(fewer.vertices)
    if count > limit:
        raise InvalidValue(
            f"vertex_limit is {limit}; this object needs {count} vertices, allow as many"
        )
    if count > (1.0 - MOST_MISSED) * limit:  # as close to the limit as it goes: nothing is missed
        asked = min(asked, len(fewer.faces))
    return fewer.vertices, fewer.faces, asked


def _shortfalls(face_count: int, asked: int, watertight: bool) -> Iterator[Notice]:
    """What the mesh is not though it should be."""
    if not watertight:
        yield Notice(
            "NOT_WATERTIGHT", "the mesh is not closed everywhere; mend it before it is printed"
        )
    if abs(face_count - asked) > MOST_MISSED * asked:
        yield Notice(
            "FACE_COUNT_MISSED",
            f"the mesh has {face_count} faces where {asked} were asked for; no closer count keeps its shape closed",
        )


def _in_metres(vertices: NDArray, extent: NDArray) -> tuple[NDArray[np.float64], Box]:
    """Voxels about the box's centre -> metres on the ground, and the box (its size (3,) in voxels) likewise."""
    low, high = vertices.min(0), vertices.max(0)
    scale = 1.0 / float((high - low).max())
    shift = np.array([-(low[0] + high[0]) / 2.0, -low[1], -(low[2] + high[2]) / 2.0]) * scale
    return vertices * scale + shift, Box(centre=shift, size=np.maximum(extent, 1.0) * scale)
