"""The planes that a shape is its own mirror image in, also where a piece of it is missing.

Candidates are the main axes, the axes of inertia and directions spread over a half ball; each is moved to where it fits
best, by matching mirrored points to the shape and solving for the plane again (as iterative closest points does), with
less and less weight for points that match badly. Knows points; does not know what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry.near_surface import Surface, spread

POINTS = 3_000
COARSE_POINTS = 500
DIRECTIONS = 150
# Errors as shares of the diagonal: that which counts e^-1, and the widths the search narrows down by.
ERROR = 0.015
COARSE_WIDTHS = (0.10, 0.07, 0.05)
FINE_WIDTHS = (0.04, 0.03, 0.02, 0.015)
# So many of the coarse search are refined, and so many are returned.
REFINED = 16
POLISHED = 6
POLISH_WIDTHS = (0.03, 0.02, 0.02, 0.015, 0.01, 0.01)
MOST_PLANES = 8
# Planes that differ less, in the cosine of their normals and as a share of the diagonal, are one.
SAME_WAY, SAME_PLACE = 0.998, 0.01


@dataclass(frozen=True)
class Plane:
    """The points p with normal . p = offset. normal (3,) of length 1; offset in the mesh's unit; score 0..1: the mean
    of exp(-(e / 1.5 %)^2) over the surface, where e is how far a mirrored point lies from it, of the diagonal."""

    normal: NDArray[np.float64]
    offset: float
    score: float

    def mirrored(self, points: NDArray) -> NDArray[np.float64]:
        """The mirror images (n, 3) of points (n, 3)."""
        height = points @ self.normal - self.offset
        return np.asarray(points - 2.0 * height[:, None] * self.normal)


def planes(
    vertices: NDArray, faces: NDArray, surface: Surface, heard: Callable[[], None]
) -> list[Plane]:
    """The planes of best symmetry of a mesh (n, 3), (m, 3) whose surface is known, the best first; at most 8.

    `heard` is called often: a wish to stop is noticed there.
    """
    points, _ = spread(vertices, faces, POINTS)
    tree, coarse = cKDTree(points), points[:: POINTS // COARSE_POINTS]
    diagonal = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    found = []
    for normal, offset in _candidates(points):
        plane = _refined(normal, offset, coarse, tree, diagonal, COARSE_WIDTHS)
        found.append(_scored(plane, coarse, _to_points(plane, coarse, tree), diagonal, 0.03))
        heard()
    better = []
    for rough in _apart(found, diagonal)[:REFINED]:
        plane = _refined(rough.normal, rough.offset, points, tree, diagonal, FINE_WIDTHS)
        better.append(_scored(plane, points, surface.away(plane.mirrored(points)), diagonal))
        heard()
    better = _apart(better, diagonal)[:MOST_PLANES]
    for rank, rough in enumerate(better[:POLISHED]):
        plane = _polished(rough, points, surface, diagonal)
        plane = _scored(plane, points, surface.away(plane.mirrored(points)), diagonal)
        better[rank] = max(plane, rough, key=lambda plane: plane.score)
        heard()
    return _apart(better, diagonal)


def _candidates(points: NDArray) -> list[tuple[NDArray[np.float64], float]]:
    """Directions and places to start from: through the middle of the points, and of their box."""
    middle = points.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((points - middle).T))
    # A Fibonacci spiral over the half ball.
    step = np.arange(DIRECTIONS) + 0.5
    height, turn = step / DIRECTIONS, np.pi * (1.0 + 5.0**0.5) * step
    radius = np.sqrt(1.0 - height**2)
    spiral = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    box = (points.min(axis=0) + points.max(axis=0)) / 2.0
    normals = np.concatenate([axes.T, np.eye(3), spiral])
    return [(normal, float(normal @ place)) for normal in normals for place in (middle, box)]


def _refined(
    normal: NDArray,
    offset: float,
    points: NDArray,
    tree: cKDTree,
    diagonal: float,
    widths: tuple[float, ...],
) -> Plane:
    """A plane moved to where mirrored points meet the shape: for matched pairs (p, q) the best plane halves p q."""
    plane = Plane(normal, offset, 0.0)
    for width in widths:
        mirrored = plane.mirrored(points)
        away, near = tree.query(mirrored)
        weight = np.exp(-((away / (width * diagonal)) ** 2))
        total = float(weight.sum())
        if total < 1e-6 * len(points):
            break
        other = tree.data[near]
        one_middle, other_middle = weight @ points / total, weight @ other / total
        spread_ = (points - one_middle).T @ (weight[:, None] * (other - other_middle))
        _, axes = np.linalg.eigh(spread_ + spread_.T)
        normal = axes[:, 0]
        plane = Plane(normal, float(normal @ (one_middle + other_middle)) / 2.0, 0.0)
    return plane


def _polished(plane: Plane, points: NDArray, surface: Surface, diagonal: float) -> Plane:
    """A plane moved so that mirrored points lie on the surface, wherever along it (point to plane, by Gauss-Newton):
    what is missing on one side cannot hold it back."""
    normal, offset = plane.normal, plane.offset
    for width in POLISH_WIDTHS:
        image = Plane(normal, offset, 0.0).mirrored(points)
        place, face = surface.nearest(image)
        facing = surface.normals(face)
        off = ((image - place) * facing).sum(axis=1)
        weight = np.exp(-0.5 * (((image - place) ** 2).sum(axis=1) / (width * diagonal) ** 2))
        sides = np.linalg.svd(normal[None])[2][1:]
        height = points @ normal - offset
        turned = [
            -2.0 * ((points @ way) * (facing @ normal) + height * (facing @ way)) for way in sides
        ]
        slope = np.stack([*turned, 2.0 * (facing @ normal)], axis=1) * weight[:, None]
        step = np.linalg.lstsq(slope, -off * weight, rcond=1e-6)[0]
        normal = normal + step[0] * sides[0] + step[1] * sides[1]
        length = float(np.linalg.norm(normal))
        normal, offset = normal / length, (offset + float(step[2])) / length
    return Plane(normal, offset, 0.0)


def _to_points(plane: Plane, points: NDArray, tree: cKDTree) -> NDArray[np.float64]:
    return np.asarray(tree.query(plane.mirrored(points))[0])


def _scored(
    plane: Plane, points: NDArray, away: NDArray, diagonal: float, error: float = ERROR
) -> Plane:
    score = float(np.exp(-((away / (error * diagonal)) ** 2)).mean())
    return Plane(plane.normal, plane.offset, score)


def _apart(found: list[Plane], diagonal: float) -> list[Plane]:
    """The planes, best first, without those that are nearly a better one."""
    kept: list[Plane] = []
    for plane in sorted(found, key=lambda plane: -plane.score):
        for other in kept:
            way = float(plane.normal @ other.normal)
            offset = plane.offset * np.sign(way)
            if abs(way) > SAME_WAY and abs(offset - other.offset) < SAME_PLACE * diagonal:
                break
        else:
            kept.append(plane)
    return kept
