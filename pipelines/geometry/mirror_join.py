"""A mesh whose missing pieces are taken from its own mirror image: looked for, chosen, and joined rim to rim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import (
    facing_rims,
    halfedges,
    island_fill,
    mirror_pieces,
    rim_bands,
    symmetry,
)
from pipelines.geometry.facing_rims import Facing
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
    facing = facing_rims.facing(points, corners, rims)
    wide = [
        i for i, rim in enumerate(rims) if np.ptp(points[rim], axis=0).max() > LEAST_RIM * diagonal
    ]
    if not wide:
        return Joined(points, corners, 0, 0, _left(points, rims, facing, set()), None)
    surface = Surface(points, corners)
    planes = symmetry.planes(points, corners, surface, heard)
    while wide:
        open_rims = OpenRims(points, [rims[i] for i in wide], diagonal)
        best = _best(points, corners, planes, surface, open_rims, heard)
        if best is None:
            break
        half = _half_explained(facing, wide, best)
        if not half:
            return _stitched(points, corners, rims, facing, best, open_rims)
        wide = [i for i in wide if i not in half]
    gaps = _left(points, rims, facing, set())
    return Joined(points, corners, 0, 0, gaps, planes[0] if planes else None)


def _best(
    points: NDArray,
    corners: NDArray,
    planes: list[Plane],
    surface: Surface,
    open_rims: OpenRims,
    heard: Callable[[], None],
) -> Pieces | None:
    """The mirrored pieces of the plane that explains most; None where no piece fits."""
    best: Pieces | None = None
    for plane in planes:
        if plane.score < planes[0].score - NEARLY_BEST:
            break
        found = mirror_pieces.pieces(points, corners, plane, surface, open_rims)
        heard()
        if found is not None and (best is None or _worth(found) > _worth(best)):
            best = found
    return best


def _half_explained(facing: Facing, wide: list[int], found: Pieces) -> set[int]:
    """The rims of openings with several of which pieces run along some only: what is missing reached the others too,
    so it was no mirror image of these pieces. A limb in another pose is such a case."""
    met = dict(zip(wide, found.met, strict=True))
    return {
        rim
        for group in facing.groups()
        if any(met.get(rim, 0.0) > 0.0 for rim in group)
        and any(met.get(rim, 0.0) <= mirror_pieces.LEAST_EXPLAINED for rim in group)
        for rim in group
        if rim in met
    }


def _left(points: NDArray, rims: list[NDArray], facing: Facing, joined: set[int]) -> list[Gap]:
    """The gaps of the rims that are not joined: of those that face each other one, with a tube or a lid between."""
    gaps, done = [], set(joined)
    for one, other in facing.pairs:
        if not done.intersection((one, other)):
            gaps.append(_between(points, rims[one], rims[other]))
            done.update((one, other))
    for one, islands in facing.islands.items():
        group = [one, *islands]
        faces = (
            None if done.intersection(group) else island_fill.fill([points[rims[i]] for i in group])
        )
        if faces is not None:
            gaps.append(Gap(np.concatenate([rims[i] for i in group]), faces))
            done.update(group)
    return gaps + [Gap(rim) for i, rim in enumerate(rims) if i not in done]


def _between(points: NDArray, one: NDArray, other: NDArray) -> Gap:
    return Gap(np.concatenate([one, other]), rim_bands.band(points[one], points[other]))


def _worth(pieces: Pieces) -> float:
    return pieces.gain * pieces.plane.score


def _stitched(
    points: NDArray,
    corners: NDArray,
    rims: list[NDArray],
    facing: Facing,
    pieces: Pieces,
    open_rims: OpenRims,
) -> Joined:
    """Mesh and pieces, with a band wherever a rim of one runs beside a rim of the other; other rims stay gaps."""
    places, faces = halfedges.manifold(pieces.vertices, pieces.faces)
    others = [rim + len(points) for rim in halfedges.rims(faces)]
    together = np.concatenate([points, places])
    pairs = _beside(together, rims, others, 2.0 * float(open_rims.near.max()))
    gaps = [_between(together, rims[one], others[other]) for one, other in pairs]
    gaps += _left(together, rims, facing, {one for one, _ in pairs})
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
