"""Which coordinates a painted surface gets: the file's own wherever they can carry paint, else a new atlas.

Primitives of one material share a texture while they leave each other room in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, normals, uv_atlas, weld
from pipelines.geometry.client_glb import Placed

UvMode = Literal["auto", "keep", "new"]
# Above this a face's place in the texture is shared by another: charts drawn upon each other. Rounding gives 1.03.
ROOM = 1.03
# Mirrored halves share one place: paint on one is seen on both, as whoever unwrapped it so wanted.
MOST_SHARED = 2.3
CHECK_PX = 512
# A cylinder's rim is at 45 degrees: paint that looks for what faces up must not find it on the wall.
CREASE = 30.0


@dataclass(frozen=True)
class Group:
    """Primitives (numbers) that are painted by one texture.

    mesh is in the scene, made unit-size; cut tells where a new atlas took each vertex from, None where the file's own
    coordinates are kept; shared: some faces lie upon others in the texture; wrapped: the coordinates lie in another
    square than 0..1, so that the texture must repeat. face (m,) numbers each face of mesh among those of the members,
    one member after the other.
    """

    members: tuple[int, ...]
    mesh: bake.TexturedMesh
    cut: uv_atlas.Unwrapped | None
    shared: bool = False
    wrapped: bool = False
    face: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Joined:
    """Primitives in one: points (n, 3), faces (m, 3), corner normals (m, 3, 3), where the vertices of each begin."""

    points: NDArray[np.float64]
    faces: NDArray[np.int64]
    corner_normals: NDArray[np.float32]
    starts: NDArray[np.int64]


def joined(placed: Sequence[Placed]) -> Joined:
    """Primitives one after the other, wound so that their outside shows."""
    starts = np.cumsum([0] + [len(row.points) for row in placed])
    faces, corners = [], []
    for row, start in zip(placed, starts, strict=False):
        wound = row.faces[:, ::-1] if row.mirrored else row.faces
        smooth = row.normals
        if smooth is None:
            smooth = normals.vertex_normals(row.points, wound)
        corners.append(
            normals.corner_normals(row.points, wound, normals.unit(smooth), crease_degrees=CREASE)
        )
        faces.append(wound + start)
    points = np.concatenate([row.points for row in placed])
    return Joined(points, np.concatenate(faces), np.concatenate(corners), starts)


def groups(placed: Sequence[Placed], centre: NDArray, unit: float, mode: UvMode) -> list[Group]:
    """Every primitive in one group. Places are moved by -centre and divided by `unit`."""
    made, fresh = [], []
    by_material: dict[int | None, list[int]] = {}
    for index, row in enumerate(placed):
        by_material.setdefault(row.row.get("material"), []).append(index)
    for members in by_material.values():
        bare = [index for index in members if mode == "new" or not has_uv(placed[index])]
        kept = [index for index in members if index not in set(bare)]
        if kept and (group := _kept(placed, kept, centre, unit, mode)) is not None:
            made.append(group)
            kept = []
        for index in kept:
            alone = _kept(placed, [index], centre, unit, mode, alone=True)
            if alone is None:
                bare.append(index)
            else:
                made.append(alone)
        fresh += bare
    if fresh:
        made.append(_fresh(placed, sorted(fresh), centre, unit))
    return made


def has_uv(row: Placed) -> bool:
    """Whether a primitive has coordinates of its own, and they are numbers."""
    return row.uv is not None and bool(np.isfinite(row.uv[weld.used(row.faces)]).all())


def _kept(
    placed: Sequence[Placed],
    members: Sequence[int],
    centre: NDArray,
    unit: float,
    mode: UvMode,
    *,
    alone: bool = False,
) -> Group | None:
    """A group with the coordinates of the file; None where they do not serve it as a whole."""
    rows = [placed[index] for index in members]
    whole = joined(rows)
    uv = np.concatenate([row.uv for row in rows if row.uv is not None])
    single = alone or len(members) == 1
    found = unwrapped(np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1)[whole.faces])
    if found is None:
        if not (single and mode == "keep"):
            return None
        found = Square(uv[whole.faces].astype(np.float32), np.arange(len(whole.faces)), True)
    corners, face = found.corners, found.face
    load = overlap(corners, face)
    if not (load <= (MOST_SHARED if single else ROOM) or (single and mode == "keep")):
        return None
    mesh = bake.TexturedMesh(
        ((whole.points - centre) / unit)[whole.faces[face]].reshape(-1, 3),
        np.arange(3 * len(face)).reshape(-1, 3),
        corners.reshape(-1, 2),
        whole.corner_normals[face],
    )
    return Group(tuple(members), mesh, None, load > ROOM, found.wrapped, face)


@dataclass(frozen=True)
class Square:
    """Faces as a texture that repeats shows them in 0..1: corners (k, 3, 2) float32, the face (k,) that each is of."""

    corners: NDArray[np.float32]
    face: NDArray[np.int64]
    wrapped: bool


def unwrapped(corners: NDArray) -> Square | None:
    """Faces with corners (m, 3, 2) anywhere, brought into the unit square; one that crosses its border comes in each
    piece's place. None where a face is larger than the square."""
    low = np.floor(corners.min(1) + 1e-4).astype(np.int64)
    high = np.maximum(np.floor(corners.max(1) - 1e-4).astype(np.int64), low)
    if (high - low > 1).any() or np.ptp(corners, axis=1).max() > 1.0 + 1e-4:
        return None
    made, faces = [], []
    for right in (0, 1):
        for up in (0, 1):
            there = np.flatnonzero(
                (low[:, 0] + right <= high[:, 0]) & (low[:, 1] + up <= high[:, 1])
            )
            made.append(corners[there] - (low[there] + (right, up))[:, None])
            faces.append(there)
    wrapped = bool(np.any(low != 0) or np.any(high != 0))
    return Square(np.concatenate(made).astype(np.float32), np.concatenate(faces), wrapped)


def overlap(corners: NDArray, face: NDArray | None = None) -> float:
    """How often a covered texel is used, 1 for an atlas without overlaps; infinite where the faces have no room.

    corners (k, 3, 2) in 0..1; those of one `face` (k,) count once.
    """
    first = slice(None) if face is None else np.unique(face, return_index=True)[1]
    whole = corners.astype(np.float64)
    one, other = whole[first, 1] - whole[first, 0], whole[first, 2] - whole[first, 0]
    areas = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2.0
    if areas.sum() < 1e-3 or (areas <= 1e-12).mean() > 0.05:
        return float("inf")
    order = np.arange(3 * len(corners)).reshape(-1, 3)
    covered = float((bake.texel_faces(corners.reshape(-1, 2), order, CHECK_PX) >= 0).mean())
    return float(areas.sum() / max(covered, 1e-9))


def _fresh(placed: Sequence[Placed], members: Sequence[int], centre: NDArray, unit: float) -> Group:
    """A group with an atlas of its own: vertices are repeated on its seams."""
    whole = joined([placed[index] for index in members])
    points = (whole.points - centre) / unit
    cut = uv_atlas.unwrap(points, whole.faces)
    mesh = bake.TexturedMesh(points[cut.origin], cut.faces, cut.uv, whole.corner_normals)
    return Group(tuple(members), mesh, cut)
