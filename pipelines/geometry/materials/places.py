"""Places on a surface that words name: how high a point lies, whether it is on an edge, in a crevice, open to the sky.

Everything is found at some thousand samples of the surface, so that it costs the same for a cube and for a scan, and
brought back to the corners of the faces. Large faces are cut first: a cube's edge is a line, not its whole side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import weld

HEIGHT, EDGE, CREVICE, OPEN, ACROSS, AHEAD = range(6)
FIELDS = 6
SAMPLES = 24_000
# A piece of a cut face, as a share of the longest side; and how many pieces there may be.
PIECE, MOST_PIECES = 1 / 90, 90_000
# How far around a sample counts for edges and crevices.
RADIUS, NEIGHBOURS = 1 / 24, 56
# Samples whose answers a corner averages: each alone is noisy.
SMOOTHED = 10
# Half the width of a trim; from which bend an edge is sharp; in longest sides how long all of them must be, and the
# share of all edges that they may be, to be the edges that words mean.
TRIM, SHARP_DEGREES, MOST_OF_A_SIDE = 1 / 80, 40.0, 0.2
LEAST_SHARP, MOST_SHARP = 1.0, 0.75
# Directions from which samples are looked at, and pixels across such a view.
VIEWS, VIEW_PX = 40, 110
# Bend that counts as a full edge: the mean drop of the surroundings below the tangent plane, in radii. A right angle's
# is 0.21, a sphere's of the whole object 0.03.
LEAST_BEND, FULL_BEND = 0.055, 0.15


def cut_faces(corners: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Faces cut until no side is longer than a piece. corners (m, 3, 3) of unit size -> the corners of the pieces as
    shares (p, 3, 3) of the corners of their face, and which face (p,) that is."""
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    rows = np.clip(np.ceil(sides / PIECE), 1, 256)
    while rows.max() > 1 and (rows**2).sum() > max(MOST_PIECES, 1.2 * len(corners)):
        rows = np.maximum(np.floor(rows * 0.8), 1)
    shares, origin = [], []
    for count in np.unique(rows):
        here = np.flatnonzero(rows == count)
        grid = _grid(int(count))
        shares.append(np.tile(grid, (len(here), 1, 1)))
        origin.append(np.repeat(here, len(grid)))
    return np.concatenate(shares), np.concatenate(origin)


def _grid(count: int) -> NDArray[np.float64]:
    """Barycentric corners (count², 3, 3) of the triangles that a triangle of `count` rows is cut into."""
    made = []
    for i in range(count):
        for j in range(count - i):
            made.append([(i, j), (i + 1, j), (i, j + 1)])
            if i + j < count - 1:
                made.append([(i + 1, j), (i + 1, j + 1), (i, j + 1)])
    first = np.array(made, float) / count
    return np.concatenate([1.0 - first.sum(2, keepdims=True), first], axis=2)


def fields(corners: NDArray, whole: NDArray) -> NDArray[np.float32]:
    """What is known of each corner (m, 3, 3) of unit size: (m, 3, FIELDS), each in 0..1. whole (f, 3, 3) are the faces
    before they were cut: between them lie the sharp edges."""
    points = corners.reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    relative = (points - low) / np.maximum(high - low, 1e-9)
    samples, facing = _sampled(corners)
    bend = _bend(samples, facing)
    seen = _openness(samples, facing)
    known = np.zeros((len(points), FIELDS), np.float32)
    known[:, HEIGHT], known[:, ACROSS], known[:, AHEAD] = relative[:, [1, 0, 2]].T
    edge = (bend - LEAST_BEND) / (FULL_BEND - LEAST_BEND)
    crevice = (-bend - LEAST_BEND) / (FULL_BEND - LEAST_BEND)
    hidden = np.clip((0.62 - seen) * 1.6, 0.0, 1.0)
    found = np.stack([edge, np.maximum(crevice, hidden), seen], axis=1).clip(0.0, 1.0)
    spots = _Spots.of(corners)
    known[:, [EDGE, CREVICE, OPEN]] = _brought_back(spots, samples, facing, found)
    along, trim = _sharp_edges(whole)
    if len(along):
        # Of a body with sharp edges these are its edges, and nothing else.
        away = cKDTree(along).query(spots.points)[0][spots.number]
        known[:, EDGE] = np.clip(1.0 - away / (2.0 * trim), 0.0, 1.0)
    return known.reshape(len(corners), 3, FIELDS)


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
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
    middle = corners.mean(1)
    one, other = pairs.T
    bent = np.einsum("ij,ij->i", flat[one], flat[other]) < np.cos(np.radians(SHARP_DEGREES))
    outward = np.einsum("ij,ij->i", middle[other] - middle[one], flat[one]) < 0
    chosen = bent & outward
    segments = place[ends[chosen]]
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    if length.sum() < LEAST_SHARP or chosen.mean() > MOST_SHARP:
        return np.zeros((0, 3)), TRIM
    area = float(np.linalg.norm(normals(corners), axis=1).sum()) / 2.0
    # On many small bodies a trim must leave room between its two sides.
    trim = min(TRIM, MOST_OF_A_SIDE * area / float(length.sum()))
    step = max(trim / 3.0, length.sum() / MOST_PIECES)
    many = np.ceil(length / step).astype(np.int64) + 1
    row = np.repeat(np.arange(len(segments)), many)
    counted = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    share = (counted / np.maximum(many[row] - 1, 1))[:, None]
    return segments[row, 0] * (1.0 - share) + segments[row, 1] * share, trim


def normals(corners: NDArray) -> NDArray[np.float64]:
    """Normals (m, 3) of faces with corners (m, 3, 3), as long as twice their area."""
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _sampled(corners: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points evenly on the surface and their unit normals, two (SAMPLES, 3); the same each time."""
    flat = normals(corners)
    area = np.linalg.norm(flat, axis=1)
    ends = np.cumsum(area)
    rng = np.random.default_rng(5)
    at = (np.arange(SAMPLES) + rng.random(SAMPLES)) / SAMPLES * ends[-1]
    face = np.minimum(np.searchsorted(ends, at, side="right"), len(corners) - 1)
    one, other = rng.random((2, SAMPLES, 1))
    beyond = one + other > 1.0
    one, other = np.where(beyond, 1.0 - one, one), np.where(beyond, 1.0 - other, other)
    start = corners[face, 0]
    points = start + (corners[face, 1] - start) * one + (corners[face, 2] - start) * other
    return points, flat[face] / np.maximum(area[face], 1e-30)[:, None]


def _bend(samples: NDArray, facing: NDArray) -> NDArray[np.float64]:
    """How far the surroundings fall below a sample's tangent plane, in radii: above 0 on edges, below in crevices."""
    tree = cKDTree(samples)
    distance, index = tree.query(samples, k=NEIGHBOURS, distance_upper_bound=RADIUS)
    there = np.isfinite(distance)
    index[~there] = 0
    rise = np.einsum("nkd,nd->nk", samples[index] - samples[:, None], facing)
    # The far side of a thin wall is no bend of this one; what rises before it is.
    same = (np.einsum("nkd,nd->nk", facing[index], facing) > -0.3) | (rise > 0.0)
    weight = (there & same) * (1.0 - (np.where(there, distance, 0.0) / RADIUS) ** 2)
    reach = np.maximum(np.where(weight > 0, distance, 0.0).max(1), 1e-9)
    return -(rise * weight).sum(1) / np.maximum(weight.sum(1), 1e-9) / reach


def _openness(samples: NDArray, facing: NDArray) -> NDArray[np.float64]:
    """The share of directions above each sample's surface from which it is seen, 0 to 1; by depth pictures."""
    centred = samples - (samples.max(0) + samples.min(0)) / 2.0
    reach = float(np.linalg.norm(centred, axis=1).max()) + 1e-9
    total, open_ = np.zeros(len(samples)), np.zeros(len(samples))
    for eye in _sphere(VIEWS):
        towards = facing @ eye
        ahead = np.flatnonzero(towards > 0.1)
        right = np.cross([0.0, 1.0, 0.0] if abs(eye[1]) < 0.9 else [1.0, 0.0, 0.0], eye)
        right /= np.linalg.norm(right)
        place = np.stack([centred @ right, centred @ np.cross(eye, right)], 1)
        pixel = ((place / reach + 1.0) * (VIEW_PX / 2.0 - 1.0)).astype(np.int64)
        row = pixel[:, 1] * VIEW_PX + pixel[:, 0]
        depth = centred @ eye
        nearest = np.full(VIEW_PX**2, -np.inf)
        np.maximum.at(nearest, row, depth)
        # What stands in front must stand clear: a slope fills a pixel with depths of its own.
        clear = depth[ahead] > nearest[row[ahead]] - reach * 6.0 / VIEW_PX
        total[ahead] += towards[ahead]
        open_[ahead] += towards[ahead] * clear
    return open_ / np.maximum(total, 1e-9)


def _sphere(count: int) -> NDArray[np.float64]:
    """Directions spread evenly: a spiral by the golden angle."""
    height = 1.0 - (np.arange(count) + 0.5) / count * 2.0
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)


@dataclass(frozen=True)
class _Spots:
    """Corners on one spot of faces that look the same way, as one: points and looks (k, 3), number (3 m,) of each."""

    points: NDArray[np.float64]
    looks: NDArray[np.float64]
    number: NDArray[np.int64]

    @classmethod
    def of(cls, corners: NDArray) -> _Spots:
        flat = normals(corners)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
        points, looks = corners.reshape(-1, 3), np.repeat(flat, 3, axis=0)
        # Whole numbers from 0: twelve bits for each coordinate of unit size, three for each of the normal.
        key = np.zeros(len(points), np.int64)
        for values, steps, bits in ((points, 2000.0, 12), (looks, 3.0, 3)):
            whole = np.clip(
                np.round(values * steps).astype(np.int64) + 2 ** (bits - 1), 0, 2**bits - 1
            )
            for column in whole.T:
                key = key << bits | column
        _, first, number = np.unique(key, return_index=True, return_inverse=True)
        return cls(points[first], looks[first], number.reshape(-1))


def _brought_back(
    spots: _Spots, samples: NDArray, facing: NDArray, found: NDArray
) -> NDArray[np.float64]:
    """Values found (s, k) at samples, smoothed onto the corners (3 m, k) of faces that look alike."""
    distance, index = cKDTree(samples).query(spots.points, k=SMOOTHED)
    alike = np.einsum("nkd,nd->nk", facing[index], spots.looks).clip(0.02, None)
    weight = alike / (distance**2 + 1e-4)
    weight /= weight.sum(1, keepdims=True)
    return np.einsum("nk,nkc->nc", weight, found[index])[spots.number]
