"""Places on a surface that words name: how high a point lies, whether it is on an edge, in a crevice, open to the sky.

Everything is found at some thousand samples of the surface, so that it costs the same for a cube and for a scan, and
brought back to the corners of the faces. Large faces are cut first (pieces.py).
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import weld
from pipelines.geometry.materials.pieces import MOST_PIECES, in_rows, one_of_rows

HEIGHT, EDGE, CREVICE, OPEN, ACROSS, AHEAD = range(6)
FIELDS = 6
SAMPLES = 24_000
# How far around a sample counts for edges and crevices.
RADIUS, NEIGHBOURS = 1 / 24, 56
# One of so many samples counts among the surroundings of the others.
THINNED = 2
# Samples whose answers a corner averages: each alone is noisy.
SMOOTHED = 10
# Spots that are looked at at once, so that a scan needs little memory.
BAND_SPOTS, BAND_SAMPLES = 16_384, 2_048
# Half the width of a trim, and the least that it may be; from which bend an edge is sharp; in longest sides how long
# all of them must be, and the share of all edges that they may be, to be the edges that words mean.
TRIM, LEAST_TRIM, SHARP_DEGREES = 1 / 80, 1 / 240, 40.0
LEAST_SHARP, MOST_SHARP = 1.0, 0.75
# Of the edges bent more than SOFT_DEGREES, by length, so many must be sharp: 0.4 and more on what is made of faces,
# 0.2 and less on scans, whose creases are scattered.
SOFT_DEGREES, LEAST_OF_BENT = 12.0, 0.3
# The share of the surface that edges take at most: trims on sharp ones, and what is bent most where there are none.
TRIM_SHARE, BENT_SHARE = 0.15, 0.09
# Directions from which samples are looked at, and pixels across such a view.
VIEWS, VIEW_PX = 40, 110
# Bend that counts as a full edge: the mean drop of the surroundings below the tangent plane, in radii. A right angle's
# is 0.21, a sphere's of the whole object 0.03.
LEAST_BEND, FULL_BEND = 0.055, 0.15
# Below this bend nothing is an edge, however little else is bent: a ball is round all over.
LEAST_EDGE = 0.065


def fields(
    corners: NDArray, whole: NDArray, wanted: Container[int] = range(FIELDS)
) -> NDArray[np.float32]:
    """What is known of each corner (m, 3, 3) of unit size: (m, 3, FIELDS), each in 0..1. whole (f, 3, 3) are the faces
    before they were cut: between them lie the sharp edges. Fields that are not `wanted` are 0."""
    points = corners.reshape(-1, 3)
    low, high = (np.array([end(column) for column in points.T]) for end in (np.min, np.max))
    known = np.zeros((len(points), FIELDS), np.float32)
    for column, axis in ((ACROSS, 0), (HEIGHT, 1), (AHEAD, 2)):
        known[:, column] = (points[:, axis] - low[axis]) / max(high[axis] - low[axis], 1e-9)
    columns = [column for column in (EDGE, CREVICE, OPEN) if column in wanted]
    if columns:
        found = _found(corners, whole, columns)
        for column in columns:
            known[:, column] = found[column]
    return known.reshape(len(corners), 3, FIELDS)


def _found(
    corners: NDArray, whole: NDArray, columns: Sequence[int]
) -> dict[int, NDArray[np.float64]]:
    """Of EDGE, CREVICE and OPEN those that are asked for, at corners (m, 3, 3): each (3 m,)."""
    along, trim = _sharp_edges(whole) if EDGE in columns else (np.zeros((0, 3)), TRIM)
    spots = _Spots.of(corners)
    samples, facing = _sampled(whole)
    by_bend = EDGE in columns and not len(along)
    bend = seen = np.zeros(0)
    if CREVICE in columns or by_bend:
        bend = _bend(samples, facing)
    if CREVICE in columns or OPEN in columns:
        seen = _openness(samples, facing)
    known = {OPEN: seen} if OPEN in columns else {}
    if CREVICE in columns:
        known[CREVICE] = _crevice(bend, seen)
    if by_bend:
        known[EDGE] = bend
    brought = _brought_back(spots, samples, facing, known)
    if by_bend:
        brought[EDGE] = _bent_most(brought[EDGE], spots.areas(corners))
    elif EDGE in columns:
        # Of a body with sharp edges these are its edges, and nothing else.
        away = _tree(along).query(spots.points, distance_upper_bound=2.0 * trim)[0]
        brought[EDGE] = np.clip(1.0 - away / (2.0 * trim), 0.0, 1.0)
    return {column: brought[column][spots.number] for column in columns}


def _tree(points: NDArray) -> cKDTree:
    """As cKDTree, made in half of its time."""
    return cKDTree(points, balanced_tree=False)


def _crevice(bend: NDArray, seen: NDArray) -> NDArray[np.float64]:
    """How much a sample lies in a crevice, by its bend (s,) and the share of directions from which it is seen."""
    deep = (-bend - LEAST_BEND) / (FULL_BEND - LEAST_BEND)
    hidden = np.clip((0.62 - seen) * 1.6, 0.0, 1.0)
    return np.asarray(np.maximum(deep, hidden).clip(0.0, 1.0))


def _bent_most(bend: NDArray, area: NDArray) -> NDArray[np.float64]:
    """From the bend (k,) at spots how much each is an edge: above 0.5 on BENT_SHARE of their area (k,)."""
    order = np.argsort(bend)
    share = np.cumsum(area[order]) / max(float(area.sum()), 1e-30)
    at = min(int(np.searchsorted(share, 1.0 - BENT_SHARE)), len(order) - 1)
    level = max(float(bend[order[at]]), LEAST_EDGE)
    return np.clip(0.5 + (bend - level) / (FULL_BEND - LEAST_BEND), 0.0, 1.0)


def _sharp_edges(corners: NDArray) -> tuple[NDArray[np.float64], float]:
    """Points along the edges at which faces (f, 3, 3) bend outward sharply, (k, 3), and half the width of a trim on
    them; none for a scan or low-poly art."""
    points = corners.reshape(-1, 3)
    order = np.arange(len(points)).reshape(-1, 3)
    welded = weld.spots(points, order)[order]
    pairs, ends = weld.face_pairs(welded)
    place = np.zeros((int(welded.max()) + 1, 3))
    place[welded.reshape(-1)] = points
    flat = normals(corners)
    doubled = _length(flat)
    flat /= np.maximum(doubled, 1e-30)[:, None]
    middle = (corners[:, 0] + corners[:, 1] + corners[:, 2]) / 3.0
    one, other = pairs.T
    alike = np.einsum("ij,ij->i", flat[one], flat[other])
    bent = alike < np.cos(np.radians(SHARP_DEGREES))
    outward = np.einsum("ij,ij->i", middle[other] - middle[one], flat[one]) < 0
    chosen = bent & outward
    soft = outward & (alike < np.cos(np.radians(SOFT_DEGREES)))
    sides = np.linalg.norm(place[ends[:, 1]] - place[ends[:, 0]], axis=1)
    segments, length = place[ends[chosen]], sides[chosen]
    few = length.sum() < max(LEAST_SHARP, LEAST_OF_BENT * sides[soft].sum())
    if few or chosen.mean() > MOST_SHARP:
        return np.zeros((0, 3)), TRIM
    area = float(doubled.sum()) / 2.0
    # Of very many edges the sharpest are taken, and the trim on the others is thin.
    room = TRIM_SHARE * area / 2.0
    order = np.argsort(alike[chosen], kind="stable")
    taken = order[np.cumsum(length[order]) <= room / LEAST_TRIM]
    segments, length = segments[taken], length[taken]
    trim = min(TRIM, room / max(float(length.sum()), 1e-9))
    step = max(trim / 3.0, length.sum() / MOST_PIECES)
    many = np.ceil(length / step).astype(np.int64) + 1
    row = np.repeat(np.arange(len(segments)), many)
    counted = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    share = (counted / np.maximum(many[row] - 1, 1))[:, None]
    return segments[row, 0] * (1.0 - share) + segments[row, 1] * share, trim


def _length(vectors: NDArray) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)))


def normals(corners: NDArray) -> NDArray[np.float64]:
    """Normals (m, 3) of faces with corners (m, 3, 3), as long as twice their area."""
    (a, b, c), (d, e, f) = (
        np.ascontiguousarray((corners[:, k] - corners[:, 0]).T, np.float64) for k in (1, 2)
    )
    return np.stack([b * f - c * e, c * d - a * f, a * e - b * d], axis=1)


def doubled_areas(corners: NDArray) -> NDArray[np.float64]:
    """Twice the area (m,) of each face with corners (m, 3, 3)."""
    return _length(normals(corners))


def _sampled(whole: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points evenly on faces (f, 3, 3) and their unit normals, two (SAMPLES, 3); the same each time, and the same
    however the faces are cut: they lie in pieces of their own."""
    flat = normals(whole)
    area = _length(flat)
    rows = in_rows(whole)
    order = np.argsort(rows, kind="stable")
    ends = np.cumsum(area[order])
    rng = np.random.default_rng(5)
    at = (np.arange(SAMPLES) + rng.random(SAMPLES)) / SAMPLES * ends[-1]
    place = np.minimum(np.searchsorted(ends, at, side="right"), len(whole) - 1)
    face = order[place]
    before = (ends[place] - at) / np.maximum(area[face], 1e-30)
    corners = one_of_rows(whole[face], rows[face], 1.0 - before)
    one, other = rng.random((2, SAMPLES, 1))
    beyond = one + other > 1.0
    one, other = np.where(beyond, 1.0 - one, one), np.where(beyond, 1.0 - other, other)
    start = corners[:, 0]
    points = start + (corners[:, 1] - start) * one + (corners[:, 2] - start) * other
    return points, flat[face] / np.maximum(area[face], 1e-30)[:, None]


def _bend(samples: NDArray, facing: NDArray) -> NDArray[np.float64]:
    """How far the surroundings fall below a sample's tangent plane, in radii: above 0 on edges, below in crevices."""
    near = np.ascontiguousarray(samples[::THINNED])
    tree = _tree(near)
    places, looks = (values.T.astype(np.float32) for values in (samples, facing))
    bend = np.zeros(len(samples))
    for start in range(0, len(samples), BAND_SAMPLES):
        here = slice(start, start + BAND_SAMPLES)
        found = tree.query(samples[here], k=NEIGHBOURS // THINNED, distance_upper_bound=RADIUS)
        bend[here] = _fall(places, looks, here, *found)
    return bend


def _fall(
    places: NDArray[np.float32],
    looks: NDArray[np.float32],
    here: slice,
    reach: NDArray,
    index: NDArray,
) -> NDArray[np.float32]:
    """As `_bend`, of some samples (k,) among all, places and looks (3, s), from the thinned ones at index (k, n), as
    far away as reach (k, n)."""
    there = np.isfinite(reach)
    index = np.where(there, index, 0) * THINNED
    distance = np.where(there, reach, 0.0).astype(np.float32)
    rise, alike = np.zeros((2, *distance.shape), np.float32)
    for place, look in zip(places, looks, strict=True):
        direction = look[here, None]
        away = place.take(index)
        away -= place[here, None]
        away *= direction
        rise += away
        alike += np.multiply(look.take(index, out=away), direction, out=away)
    # The far side of a thin wall is no bend of this one; what rises before it is.
    weight = np.float32(1.0) - np.square(distance * np.float32(1.0 / RADIUS))
    weight *= there & ((alike > -0.3) | (rise > 0.0))
    distance *= weight > 0
    farthest = np.maximum(distance.max(1), np.float32(1e-9))
    total = np.maximum(weight.sum(1), np.float32(1e-9))
    rise *= weight
    return np.asarray(-rise.sum(1) / total / farthest)


def _openness(samples: NDArray, facing: NDArray) -> NDArray[np.float64]:
    """The share of directions above each sample's surface from which it is seen, 0 to 1; by depth pictures."""
    centred = samples - (samples.max(0) + samples.min(0)) / 2.0
    reach = float(np.linalg.norm(centred, axis=1).max()) + 1e-9
    total, open_ = np.zeros((2, len(samples)), np.float32)
    # In pixels from the middle of a view.
    to_px = (VIEW_PX / 2.0 - 1.0) / reach
    places, looks = (centred * to_px).T.astype(np.float32), facing.T.astype(np.float32)
    for eye in _sphere(VIEWS):
        towards = _along(looks, eye)
        ahead = np.flatnonzero(towards > 0.1)
        right = np.cross([0.0, 1.0, 0.0] if abs(eye[1]) < 0.9 else [1.0, 0.0, 0.0], eye)
        right /= np.linalg.norm(right)
        column, row = (
            (_along(places, axis) + np.float32(VIEW_PX / 2.0 - 1.0)).astype(np.int64)
            for axis in (right, np.cross(eye, right))
        )
        row *= VIEW_PX
        row += column
        depth = _along(places, eye)
        nearest = np.full(VIEW_PX**2, -np.inf, np.float32)
        np.maximum.at(nearest, row, depth)
        # What stands in front must stand clear: a slope fills a pixel with depths of its own.
        before = nearest.take(row.take(ahead))
        before -= np.float32(to_px * reach * 6.0 / VIEW_PX)
        towards = towards.take(ahead)
        total[ahead] += towards
        towards *= depth.take(ahead) > before
        open_[ahead] += towards
    return np.asarray(open_ / np.maximum(total, np.float32(1e-9)), np.float64)


def _along(places: NDArray[np.float32], direction: NDArray) -> NDArray[np.float32]:
    """How far places (3, n) lie along a direction: (n,). By hand, since BLAS would start threads for it."""
    x, y, z = places
    right, up, ahead = direction.astype(np.float32)
    found = x * right
    found += y * up
    found += z * ahead
    return np.asarray(found)


def _sphere(count: int) -> NDArray[np.float64]:
    """Directions spread evenly: a spiral by the golden angle."""
    height = 1.0 - (np.arange(count) + 0.5) / count * 2.0
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)


@dataclass(frozen=True)
class _Spots:
    """Corners on one spot of faces that look the same way, as one: points and looks (k, 3), number (3 m,) of each.

    place (k,): which of `corner` (p,) lies where a spot does, since several look different ways from there.
    """

    points: NDArray[np.float64]
    looks: NDArray[np.float64]
    number: NDArray[np.int64]
    corner: NDArray[np.int64]
    place: NDArray[np.int64]

    @classmethod
    def of(cls, corners: NDArray) -> _Spots:
        flat = normals(corners)
        flat /= np.maximum(_length(flat), 1e-30)[:, None]
        points = corners.reshape(-1, 3)
        # Whole numbers from 0: twelve bits for each coordinate of unit size, three for each of the normal.
        key = np.zeros(len(points), np.int64)
        for values, steps, bits in ((points, 2000.0, 12), (flat, 3.0, 3)):
            for column in values.T:
                whole = np.round(column * steps).astype(np.int64) + 2 ** (bits - 1)
                np.clip(whole, 0, 2**bits - 1, out=whole)
                key <<= bits
                key |= whole if len(whole) == len(key) else np.repeat(whole, 3)
        first, number = weld.numbered(key)
        # Without the bits of the normal.
        corner, place = weld.numbered(key[first] >> 9)
        return cls(points[first], flat[first // 3], number, corner, place)

    def areas(self, corners: NDArray) -> NDArray[np.float64]:
        """The area (k,) of the faces with corners (m, 3, 3) at each."""
        area = np.repeat(doubled_areas(corners), 3)
        return np.asarray(np.bincount(self.number, area, len(self.points)), np.float64)


def _brought_back(
    spots: _Spots, samples: NDArray, facing: NDArray, found: Mapping[int, NDArray]
) -> dict[int, NDArray[np.float64]]:
    """Values found at samples, each (s,), smoothed onto the spots of faces that look alike: each (k,)."""
    brought = {column: np.zeros(len(spots.points)) for column in found}
    if not found:
        return brought
    tree = _tree(samples)
    for start in range(0, len(spots.points), BAND_SPOTS):
        here = slice(start, start + BAND_SPOTS)
        # Spots are in the order of their places.
        place = spots.place[here]
        corner = spots.corner[place[0] : place[-1] + 1]
        distance, index = tree.query(spots.points[corner], k=SMOOTHED)
        distance, index = distance[place - place[0]], index[place - place[0]]
        looks = spots.looks[here]
        alike = sum(facing[:, axis][index] * looks[:, axis, None] for axis in range(3))
        weight = np.maximum(alike, 0.02) / (distance**2 + 1e-4)
        weight /= weight.sum(1, keepdims=True)
        for column, values in found.items():
            brought[column][here] = (weight * values[index]).sum(1)
    return brought
