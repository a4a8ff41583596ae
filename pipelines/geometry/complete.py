"""A part that was cut out of a body becomes a body of its own: every opening is closed.

What was hidden is not known: a flat rim gets a flat lid, any other a surface that goes on smoothly from the part's own.
Limbs that are missing do not grow back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.geometry import decimate, fairing, halfedges, hole_fill, weld
from pipelines.geometry.scene_glb import compact

# A rim whose points lie this near to one plane, as a share of its size, is flat.
FLAT_RIM = 0.02
# A body is a sheet where its volume is less than this share of a ball's of the same area.
SHEET = 1e-3
# Rims with more points than this are closed without search for smoothness, parts with more rims are refused: bounds to
# the work.
LONGEST_SMOOTH_RIM = 2_000
MOST_RIMS = 2_000


@dataclass(frozen=True)
class Completed:
    """vertices (n, 3), faces (m, 3) wound outward; the first `kept` faces are the part's own. `flat_lids` and
    `smooth_lids` count the openings closed each way. `watertight`: closed, manifold and taken as a body by Manifold.
    `sheet`: the part has no thickness worth the name."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    kept: int
    flat_lids: int
    smooth_lids: int
    watertight: bool
    sheet: bool


def complete(vertices: NDArray, faces: NDArray) -> Completed:
    """Close a part: vertices (n, 3), faces (m, 3), any soup.

    Raises NothingToModel where no face has an area, InvalidValue where it has more openings than can be closed.
    """
    welded = weld.weld(vertices, faces)
    points, corners = halfedges.manifold(welded.vertices, welded.faces)
    rims = halfedges.rims(corners)
    if len(rims) > MOST_RIMS:
        raise InvalidValue(
            f"the mesh has {len(rims):,} openings; at most {MOST_RIMS:,} are closed, join its loose faces first"
        )
    flat = [_is_flat(points[rim]) for rim in rims]
    closed, lidded = _with_lids(points, corners, rims, flat)
    closed, lidded = compact(closed, halfedges.outward(closed, lidded))
    return Completed(
        vertices=closed,
        faces=lidded,
        kept=len(corners),
        flat_lids=sum(flat),
        smooth_lids=len(flat) - sum(flat),
        watertight=decimate.is_solid(closed, lidded),
        sheet=_is_sheet(closed, lidded),
    )


def _with_lids(
    points: NDArray, corners: NDArray, rims: list[NDArray], flat: list[bool]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mesh with all rims filled. New points and faces are added at the end. No vertex is on two rims."""
    all_points, all_faces, total = [points], [corners], len(points)
    surround = _Surround(corners, rims)
    for number, rim in enumerate(rims):
        inner, lid = hole_fill.fill(points[rim], surround.edges(number))
        touching = corners[surround.faces(number)]
        if len(rim) <= LONGEST_SMOOTH_RIM and len(inner) > len(rim):
            inner = _laid(points, touching, inner, lid, rim, flat=flat[number])
        names = np.concatenate([rim, total + np.arange(len(inner) - len(rim))])
        all_points.append(inner[len(rim) :])
        all_faces.append(names[lid])
        total += len(inner) - len(rim)
    return np.concatenate(all_points), np.concatenate(all_faces)


def _laid(
    points: NDArray, touching: NDArray, inner: NDArray, lid: NDArray, rim: NDArray, *, flat: bool
) -> NDArray[np.float64]:
    """The points of a lid (k, 3), those of its rim first, with the others in their final place.

    touching (t, 3) are the faces round the rim, by rows of `points`; lid (l, 3) are by rows of `inner`.
    """
    free = np.arange(len(inner)) >= len(rim)
    if flat:
        return fairing.lay_tight(inner, lid, free)
    outer = np.setdiff1d(touching, rim)
    row = {int(vertex): index for index, vertex in enumerate(rim)}
    row |= {int(vertex): len(inner) + index for index, vertex in enumerate(outer)}
    ring = np.array([row[int(vertex)] for vertex in touching.reshape(-1)]).reshape(-1, 3)
    patch = np.concatenate([inner, points[outer]])
    free = np.concatenate([free, np.zeros(len(outer), bool)])
    size = float(np.ptp(points[rim], axis=0).max())
    return fairing.lay_smoothly(patch, np.concatenate([lid, ring]), free, size)[: len(inner)]


class _Surround:
    """What lies round each rim: the faces that touch it, and the edges that join two of its points."""

    def __init__(self, corners: NDArray, rims: list[NDArray]) -> None:
        size = int(corners.max()) + 1
        self._rim_of = np.full(size, -1, np.int64)
        self._place = np.zeros(size, np.int64)
        for number, rim in enumerate(rims):
            self._rim_of[rim] = number
            self._place[rim] = np.arange(len(rim))
        self._count = len(rims)
        owner = self._rim_of[corners]
        face = np.repeat(np.arange(len(corners)), 3)[owner.reshape(-1) >= 0]
        self._faces = self._grouped(owner.reshape(-1)[owner.reshape(-1) >= 0], face)
        edges = np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        ends = self._rim_of[edges]
        inside = (ends[:, 0] >= 0) & (ends[:, 0] == ends[:, 1])
        self._edges = self._grouped(ends[inside, 0], self._place[edges[inside]])

    def _grouped(self, number: NDArray, rows: NDArray) -> list[NDArray]:
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(1, self._count))
        return np.split(rows[order], starts) if self._count else []

    def faces(self, number: int) -> NDArray[np.int64]:
        """The faces (t,) that touch a rim."""
        return np.unique(self._faces[number])

    def edges(self, number: int) -> NDArray[np.int64]:
        """Pairs (e, 2) of a rim's points, by their place on it, that have an edge: the lid must not make it again."""
        return self._edges[number]


def _is_flat(rim: NDArray) -> bool:
    centred = rim - rim.mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=False)
    return bool(spread[-1] <= FLAT_RIM * spread[0]) if len(rim) > 3 else True


def _is_sheet(points: NDArray, corners: NDArray) -> bool:
    a, b, c = (points[corners[:, i]] - points[corners[0, 0]] for i in range(3))
    volume = abs(float(np.einsum("ij,ij->", a, np.cross(b, c)))) / 6.0
    area = float(weld.face_areas(points, corners).sum())
    return volume < SHEET * area**1.5 / (6.0 * np.sqrt(np.pi))
