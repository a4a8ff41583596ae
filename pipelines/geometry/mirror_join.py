"""A mesh whose missing pieces are taken from its own mirror image: looked for, chosen, and joined rim to rim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import halfedges, mirror_pieces, rim_bands, symmetry
from pipelines.geometry.lids import Gap
from pipelines.geometry.mirror_pieces import OpenRims, Pieces
from pipelines.geometry.near_surface import Surface
from pipelines.geometry.symmetry import Plane

# An opening smaller than this share of the diagonal is filled without a search for symmetry.
LEAST_RIM = 0.01
# Rims are joined where at least this share of the piece's lies near the mesh's, within twice what counts as meeting.
LEAST_SIDE_BY_SIDE = 0.5
# Planes whose score is further below the best plane's are chance: a bird's tail is no mirror image of its head.
NEARLY_BEST = 0.1


@dataclass(frozen=True)
class Joined:
    """vertices (n, 3), faces (m, 3): the mesh first, then `added` faces of mirrored pieces; gaps: what is still to be
    closed, the first `bands` of them between a rim of the mesh and a piece's; plane: that of the pieces, or the best
    that there is; None where none was looked for."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    added: int
    bands: int
    gaps: list[Gap]
    plane: Plane | None


def join(
    points: NDArray, corners: NDArray, rims: list[NDArray], heard: Callable[[], None]
) -> Joined:
    """Mirrored pieces where the shape is symmetric and they fit its rims, and the gaps that are left.

    points (n, 3), corners (m, 3): a manifold mesh; rims (each (k,)) are those of its openings that may be explained.
    """
    diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
    wide = [rim for rim in rims if np.ptp(points[rim], axis=0).max() > LEAST_RIM * diagonal]
    plain = Joined(points, corners, 0, 0, [Gap(rim) for rim in rims], None)
    if not wide:
        return plain
    surface = Surface(points, corners)
    planes = symmetry.planes(points, corners, surface, heard)
    open_rims = OpenRims(points, wide, diagonal)
    best: Pieces | None = None
    for plane in planes:
        if plane.score < planes[0].score - NEARLY_BEST:
            break
        found = mirror_pieces.pieces(points, corners, plane, surface, open_rims)
        heard()
        if found is not None and (best is None or _worth(found) > _worth(best)):
            best = found
    if best is None:
        return Joined(points, corners, 0, 0, plain.gaps, planes[0] if planes else None)
    return _stitched(points, corners, rims, best, open_rims)


def _worth(pieces: Pieces) -> float:
    return pieces.gain * pieces.plane.score


def _stitched(
    points: NDArray, corners: NDArray, rims: list[NDArray], pieces: Pieces, open_rims: OpenRims
) -> Joined:
    """Mesh and pieces, with a band wherever a rim of one runs beside a rim of the other; other rims stay gaps."""
    places, faces = halfedges.manifold(pieces.vertices, pieces.faces)
    others = [rim + len(points) for rim in halfedges.rims(faces)]
    together = np.concatenate([points, places])
    pairs = _beside(together, rims, others, 2.0 * float(open_rims.near.max()))
    gaps = []
    for one, other in pairs:
        rows = np.concatenate([rims[one], others[other]])
        gaps.append(Gap(rows, rim_bands.band(together[rims[one]], together[others[other]])))
    gaps += [Gap(rim) for i, rim in enumerate(rims) if i not in {one for one, _ in pairs}]
    gaps += [Gap(rim) for i, rim in enumerate(others) if i not in {other for _, other in pairs}]
    both = np.concatenate([corners, faces + len(points)])
    return Joined(together, both, len(faces), len(pairs), gaps, pieces.plane)


def _beside(
    points: NDArray, rims: list[NDArray], others: list[NDArray], near: float
) -> list[tuple[int, int]]:
    """Which rim of the mesh and which of the pieces run side by side: pairs, no rim in two."""
    owner = np.repeat(np.arange(len(rims)), [len(rim) for rim in rims])
    tree = cKDTree(points[np.concatenate(rims)])
    found = []
    for number, other in enumerate(others):
        away, row = tree.query(points[other])
        close = away < near
        if not close.any():
            continue
        count = np.bincount(owner[row[close]], minlength=len(rims))
        if count.max() >= LEAST_SIDE_BY_SIDE * len(other):
            found.append((int(count.max()), int(count.argmax()), number))
    pairs: dict[int, int] = {}
    for _, one, number in sorted(found, reverse=True):
        pairs.setdefault(one, number)
    return list(pairs.items())
