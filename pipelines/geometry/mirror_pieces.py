"""What is missing on one side of a symmetric shape and there on the other: mirrored pieces, taken only where they fit.

A piece is taken where it lies away from the mesh and ends where the mesh ends: its rim runs along the open rim of the
mesh, and explains a good share of it. Everything else that the mirror shows is no reason to add anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import halfedges, hole_fill, weld
from pipelines.geometry.near_surface import Surface
from pipelines.geometry.symmetry import Plane

# Shares of the diagonal: pieces lie further than AWAY from the mesh, rims that meet lie nearer than MEET.
AWAY, MEET = 0.008, 0.02
# A rim must not count as met only because the whole opening is small: this share of its size at most.
MEET_OF_RIM = 0.5
# What lies nearer than AWAY belongs to a piece as well where no part of the mesh is nearer than its rim, beyond DOUBT.
DOUBT = 0.001
# How often a face that crosses the border is cut in half, at most.
CUTS = 5
LEAST_SCORE, LEAST_FITTING, LEAST_EXPLAINED = 0.55, 0.5, 0.25
# The weaker the symmetry, the better a piece must fit: a limb in another pose meets the rim by half, by chance.
LEAST_TOGETHER = 1.25


@dataclass(frozen=True)
class Pieces:
    """Mirrored pieces: vertices (n, 3), faces (m, 3) wound as the mesh is; met (r,): the share of each of the mesh's
    rims that they run along; gain: how much of the rims that is in all, as a length."""

    plane: Plane
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    met: NDArray[np.float64]
    gain: float


class OpenRims:
    """The rims of a mesh as lines. points (n, 3); each rim (k,) names vertices in order."""

    def __init__(self, points: NDArray, rims: list[NDArray], diagonal: float) -> None:
        starts = [points[rim] for rim in rims]
        ends = [np.roll(place, -1, axis=0) for place in starts]
        self.length = np.array(
            [np.linalg.norm(b - a, axis=1).sum() for a, b in zip(starts, ends, strict=True)]
        )
        size = np.array([float(np.ptp(place, axis=0).max()) for place in starts])
        self.near = np.minimum(MEET * diagonal, MEET_OF_RIM * size)
        self._step, self._reach = 0.5 * DOUBT * diagonal, MEET * diagonal
        self._places, self._shares, owner = [], [], []
        for number, (a, b) in enumerate(zip(starts, ends, strict=True)):
            place, share = _along(a, b, self._step)
            self._places.append(place)
            self._shares.append(share)
            owner.append(np.full(len(place), number))
        self._owner = np.concatenate(owner)
        self._tree = cKDTree(np.concatenate(self._places))

    def away(self, points: NDArray) -> NDArray[np.float64]:
        """Distances (k,) of points (k, 3) from the nearest rim; infinite beyond what counts as meeting."""
        return np.asarray(self._tree.query(points, distance_upper_bound=self._reach)[0])

    def fitting(self, start: NDArray, end: NDArray) -> tuple[float, NDArray[np.float64]]:
        """Of a piece's rim, given as sides (k, 3) to (k, 3): the share of its length that runs along some rim of the
        mesh, and the share (r,) of each rim that it runs along."""
        place, share = _along(start, end, 4.0 * self._step)
        away, near = self._tree.query(place)
        close = away <= self.near[self._owner[near]]
        met = np.zeros(len(self.length))
        if not close.any():
            return 0.0, met
        tree = cKDTree(place)
        for number in np.unique(self._owner[near[close]]):
            distance, _ = tree.query(self._places[number], distance_upper_bound=self.near[number])
            met[number] = self._shares[number][np.isfinite(distance)].sum()
        return float(share[close].sum()), met


def _along(start: NDArray, end: NDArray, step: float) -> tuple[NDArray, NDArray]:
    """Places (p, 3) not further than `step` apart on lines from (k, 3) to (k, 3), and the share (p,) of the length that
    each stands for."""
    length = np.linalg.norm(end - start, axis=1)
    count = np.clip(np.ceil(length / step), 1, 1_000).astype(np.int64)
    side = np.repeat(np.arange(len(start)), count)
    order = np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
    place = start[side] + ((order + 0.5) / count[side])[:, None] * (end - start)[side]
    total = max(float(length.sum()), 1e-300)
    return place, length[side] / count[side] / total


def pieces(
    vertices: NDArray, faces: NDArray, plane: Plane, surface: Surface, rims: OpenRims
) -> Pieces | None:
    """The mirrored pieces that fit the mesh's open rims; None where none does.

    vertices (n, 3), faces (m, 3) are what is mirrored, a manifold mesh: the mesh itself, or the scene it stands in;
    `surface` is that of the same mesh, `rims` are those to be closed.
    """
    if plane.score < LEAST_SCORE:
        return None
    border = _Border(surface, rims, float(np.linalg.norm(np.ptp(vertices, axis=0))))
    image, loose, core = border.beyond(plane.mirrored(vertices), faces[:, ::-1])
    if len(loose) == 0:
        return None
    taken, met = _fitting(image, loose, core, rims, plane.score)
    if not taken.any():
        return None
    met = np.minimum(met, 1.0)
    used, corners = np.unique(loose[taken], return_inverse=True)
    gain = float((met * rims.length).sum())
    return Pieces(plane, image[used], corners.reshape(-1, 3), met, gain)


class _Border:
    """Where a mirrored mesh leaves the mesh that it is held against."""

    def __init__(self, surface: Surface, rims: OpenRims, diagonal: float) -> None:
        self._surface, self._rims, self._diagonal = surface, rims, diagonal

    def beyond(self, image: NDArray, faces: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """What lies beyond of a mirrored mesh (n, 3), (m, 3): points (k, 3), faces (l, 3), which (l,) lie far off.

        Faces that cross the border are cut finer there, so that large ones too end where the mesh does.
        """
        out, far = self._told(image)
        faces = faces[out[faces].any(axis=1)]
        for _ in range(CUTS):
            image, faces, fresh = self._cut(image, faces, out)
            if fresh == 0:
                break
            more = self._told(image[-fresh:])
            out, far = np.concatenate([out, more[0]]), np.concatenate([far, more[1]])
            faces = faces[out[faces].any(axis=1)]
        loose = faces[out[faces].all(axis=1)]
        return image, loose, np.asarray(far[loose].all(axis=1))

    def _told(self, points: NDArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which points (k, 3) lie beyond the mesh, and which of them far from it."""
        reach = self._diagonal
        about, rim = self._surface.about(points) / reach, self._rims.away(points) / reach
        # Measured closely only where it matters: what is near points of the mesh and off its rims is settled.
        doubtful = np.flatnonzero((about > AWAY) | (rim < about + DOUBT))
        away = self._surface.away(points[doubtful]) / reach
        far, out = np.zeros(len(points), bool), np.zeros(len(points), bool)
        far[doubtful] = away > AWAY
        out[doubtful] = far[doubtful] | ((away > DOUBT) & (rim[doubtful] < away + DOUBT))
        return out, far

    def _cut(
        self, image: NDArray, faces: NDArray, out: NDArray
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
        """Points and faces with the long sides that cross the border cut in half, and how many points that gave."""
        sides = np.sort(
            np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1
        )
        first, row = weld.numbered(sides[:, 0] * len(image) + sides[:, 1])
        one, other = sides[first].T
        long_ = np.linalg.norm(image[one] - image[other], axis=1) > AWAY * self._diagonal
        cut = np.flatnonzero((out[one] != out[other]) & long_)
        number = np.full(len(first), -1, np.int64)
        number[cut] = len(image) + np.arange(len(cut))
        points = np.concatenate([image, (image[one[cut]] + image[other[cut]]) / 2.0])
        return points, hole_fill.split(faces, number[row].reshape(-1, 3)), len(cut)


def _fitting(
    image: NDArray, loose: NDArray, core: NDArray, rims: OpenRims, score: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which faces (m, 3) belong to a piece that fits, and the share (r,) of each rim that these pieces run along.

    core (m,): the faces that lie away from the mesh; a piece without any is none.
    """
    pairs, _ = weld.face_pairs(loose)
    count, body = weld.bodies(pairs, len(loose))
    side, owner = _open_sides(loose)
    taken, met = np.zeros(count, bool), np.zeros(len(rims.length))
    for number in np.intersect1d(body[owner], body[core]):
        own = side[body[owner] == number]
        fits, explained = rims.fitting(image[own[:, 0]], image[own[:, 1]])
        touched = explained > 0.0
        if fits <= max(LEAST_FITTING, LEAST_TOGETHER - score) or not touched.any():
            continue
        share = float((explained * rims.length)[touched].sum() / rims.length[touched].sum())
        if share > LEAST_EXPLAINED:
            taken[number] = True
            met += explained
    return taken[body], met


def _open_sides(faces: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sides (k, 2) of faces (m, 3) that no other face runs back along, and the face (k,) of each."""
    start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
    free = halfedges.open_sides(faces)
    return np.stack([start[free], end[free]], axis=1), np.flatnonzero(free) // 3
