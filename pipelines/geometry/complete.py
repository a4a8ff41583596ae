"""A part with openings becomes a closed body: by what its own mirror image shows, and by lids on what is left open.

Nothing is added where nothing is open. What is hidden entirely, and has no counterpart on the other side, is not known
and does not come back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.errors import InvalidValue
from pipelines.geometry import decimate, halfedges, lids, mirror_join, weld
from pipelines.geometry.scene_glb import compact
from pipelines.geometry.symmetry import Plane

# A body is a sheet where its volume is less than this share of a ball's of the same area.
SHEET = 1e-3
# A face lower than this share of the part's size has the area of single-precision rounding.
NEEDLE = 4e-7
# Parts with more openings are refused: a bound to the work.
MOST_RIMS = 20_000

# A rim is a cut where more than this share of its points are a neighbour's, to this share of the part's size.
MOSTLY, SAME_POINT = 0.9, 1e-5

MIRRORED, FILLED, ALREADY_CLOSED = "mirrored", "filled", "already_closed"


@dataclass(frozen=True)
class Completed:
    """vertices (n, 3), faces (m, 3) wound outward; the first `kept` faces are the part's own, then come those of
    `mirrored` pieces, then lids. Where nothing was open both are the part's own arrays, as they came.

    openings: how many rims the part had; bands: rims joined with that of a mirrored piece; flat_lids and smooth_lids:
    openings closed by tight and by bent lids. plane: that of the mirrored pieces, or the best there is; None where none
    was looked for. watertight: closed, manifold and taken as a body by Manifold; the same before. sheet: the part has
    no thickness worth the name.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    kept: int
    mirrored: int
    openings: int
    bands: int
    flat_lids: int
    smooth_lids: int
    plane: Plane | None
    watertight_before: bool
    watertight: bool
    sheet: bool

    @property
    def done(self) -> tuple[str, ...]:
        """What was done, in this order: mirrored, filled; or already_closed."""
        if not self.openings:
            return (ALREADY_CLOSED,)
        filled = len(self.faces) > self.kept + self.mirrored
        return ((MIRRORED,) if self.mirrored else ()) + ((FILLED,) if filled else ())


def _unheard(share: float) -> None:
    pass


def complete(
    vertices: NDArray,
    faces: NDArray,
    *,
    cuts: NDArray | None = None,
    heard: Callable[[float], None] = _unheard,
) -> Completed:
    """Close a part: vertices (n, 3), faces (m, 3), any soup.

    cuts (k, 3): points of the rims of neighbours. A rim that runs along them is where the part was cut off: its lid is
    tight and the neighbour's is the same, so that both fit. `heard` is told the share done, often.
    Raises NothingToModel where no face has an area, InvalidValue where it has more openings than can be closed.
    """
    placed, joined_faces = _surface(vertices, faces)
    before = decimate.is_solid(placed, joined_faces)
    points, corners = halfedges.manifold(placed, joined_faces)
    rims = halfedges.rims(corners)
    if not rims:
        sheet = _is_sheet(points, corners)
        return Completed(vertices, faces, len(faces), 0, 0, 0, 0, 0, None, before, before, sheet)
    if len(rims) > MOST_RIMS:
        raise InvalidValue(
            f"the mesh has {len(rims):,} openings; at most {MOST_RIMS:,} are closed, join its loose faces first"
        )
    heard(0.1)
    shared = _cut_off(points, rims, cuts)
    if _is_sheet(points, corners):
        shared[:] = True  # its mirror image would lie in it: it gets a back and nothing else
    own = [rim for rim, cut in zip(rims, shared, strict=True) if not cut]
    joined = mirror_join.join(points, corners, own, lambda: heard(0.1))
    gaps = joined.gaps + [
        lids.cut(points, rim) for rim, cut in zip(rims, shared, strict=True) if cut
    ]
    closed = lids.close(joined.vertices, joined.faces, gaps, lambda share: heard(0.5 + 0.5 * share))
    lid_bent = closed.bent[joined.bands :]
    solid, wound = compact(closed.vertices, halfedges.outward(closed.vertices, closed.faces))
    return Completed(
        vertices=solid,
        faces=wound,
        kept=len(corners),
        mirrored=joined.added,
        openings=len(rims),
        bands=joined.bands,
        flat_lids=int((~lid_bent).sum()),
        smooth_lids=int(lid_bent.sum()),
        plane=joined.plane,
        watertight_before=before,
        watertight=decimate.is_solid(solid, wound),
        sheet=_is_sheet(solid, wound),
    )


def rim_points(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """The points (k, 3) of a part's rims: what its neighbours know their cuts by."""
    points, corners = halfedges.manifold(*_surface(vertices, faces))
    rims = halfedges.rims(corners)
    return points[np.concatenate(rims)] if rims else np.zeros((0, 3))


def _surface(vertices: NDArray, faces: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The welded faces. Needles, whose area is that of rounding, are left out where fewer edges are open without."""
    welded = weld.weld(vertices, faces)
    corners = welded.vertices[welded.faces]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    low = NEEDLE * float(np.ptp(welded.vertices, axis=0).max())
    is_needle = 2.0 * weld.face_areas(welded.vertices, welded.faces) < low * longest
    kept = welded.faces[~is_needle]
    if not is_needle.any() or _not_of_two(kept) >= _not_of_two(welded.faces):
        return welded.vertices, welded.faces
    return welded.vertices, kept


def _not_of_two(faces: NDArray) -> int:
    """How many edges of faces (m, 3) have not two faces."""
    sides = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(sides, axis=0, return_counts=True)
    return int((counts != 2).sum())


def _cut_off(points: NDArray, rims: list[NDArray], cuts: NDArray | None) -> NDArray[np.bool_]:
    """Which rims run along those of neighbours, whose points are cuts (k, 3)."""
    if cuts is None or len(cuts) == 0:
        return np.zeros(len(rims), bool)
    near = SAME_POINT * float(np.ptp(points, axis=0).max())
    tree = cKDTree(cuts)
    return np.array([(tree.query(points[rim])[0] <= near).mean() > MOSTLY for rim in rims], bool)


def _is_sheet(points: NDArray, corners: NDArray) -> bool:
    a, b, c = (points[corners[:, i]] - points[corners[0, 0]] for i in range(3))
    volume = abs(float(np.einsum("ij,ij->", a, np.cross(b, c)))) / 6.0
    area = float(weld.face_areas(points, corners).sum())
    return volume < SHEET * area**1.5 / (6.0 * np.sqrt(np.pi))
