"""Solids as signed distance fields: a few primitives that melt into each other or cut each other, and their surface.

Distances are negative inside, in the unit of the shape, which fits a cube of about 2. Primitives and the polynomial
smooth minimum after Inigo Quilez. Squashed and tapered ones are not exact distances; their sign is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from skimage import measure

Distance = Callable[[NDArray], NDArray]
# Grid cells along the longest side of an assembly, and along the cube in which it is found.
CELLS, ROUGH_CELLS = 60, 24
# Fine values are computed only within this many coarse steps of the surface.
COARSE, NEAR_STEPS = 4, 1.6
# A field of exactly 0 on a corner would pinch the surface.
NEAR_ZERO = 1e-5


def bone(start: NDArray, stop: NDArray, radius: float, end: float) -> Distance:
    """A round cone from `start` to `stop` (3,), of radius `end` at the latter."""
    along = np.asarray(stop - start, np.float32)
    square = max(float(along @ along), 1e-9)

    def distance(points: NDArray) -> NDArray:
        offset = points - np.asarray(start, np.float32)
        share = np.clip(offset @ along / square, 0.0, 1.0)
        apart = offset - share[:, None] * along
        return np.sqrt(np.einsum("ij,ij->i", apart, apart)) - (radius + (end - radius) * share)

    return distance


def ellipsoid(radii: NDArray) -> Distance:
    """An ellipsoid of half axes radii (3,) about the origin."""
    axes = np.asarray(radii, np.float32)

    def distance(points: NDArray) -> NDArray:
        first = np.linalg.norm(points / axes, axis=1)
        second = np.linalg.norm(points / axes**2, axis=1)
        return first * (first - 1.0) / np.maximum(second, 1e-6)

    return distance


def box(half: NDArray, rounding: float = 0.0) -> Distance:
    """A box of half sides half (3,) about the origin, its edges rounded."""
    inner = np.maximum(np.asarray(half, np.float32) - rounding, 1e-3)

    def distance(points: NDArray) -> NDArray:
        over = np.abs(points) - inner
        outside = np.linalg.norm(np.maximum(over, 0.0), axis=1)
        return outside + np.minimum(over.max(axis=1), 0.0) - rounding

    return distance


def prism(half: NDArray) -> Distance:
    """A roof: a triangle in x and y drawn along z, within half sides half (3,), its ridge at +y."""
    x, y, z = (float(side) for side in half)
    slope = np.array([2.0 * y, x], np.float32) / np.hypot(2.0 * y, x)

    def distance(points: NDArray) -> NDArray:
        side = np.abs(points[:, 0]) * slope[0] + (points[:, 1] - y) * slope[1]
        return np.maximum.reduce([side, -y - points[:, 1], np.abs(points[:, 2]) - z])

    return distance


def torus(radius: float, tube: float) -> Distance:
    """A ring about the y axis."""

    def distance(points: NDArray) -> NDArray:
        flat = np.hypot(points[:, 0], points[:, 2]) - radius
        return np.hypot(flat, points[:, 1]) - tube

    return distance


def lathe(heights: NDArray, radii: NDArray) -> Distance:
    """A body turned about the y axis: radii (k,) at rising heights (k,), straight between them."""
    slope = np.abs(np.diff(radii) / np.maximum(np.diff(heights), 1e-3)).max(initial=0.0)
    shrink = 1.0 / np.hypot(1.0, min(slope, 4.0))

    def distance(points: NDArray) -> NDArray:
        reach = np.interp(points[:, 1], heights, radii)
        side = (np.hypot(points[:, 0], points[:, 2]) - reach) * shrink
        ends = np.maximum(points[:, 1] - heights[-1], heights[0] - points[:, 1])
        return np.maximum(side, ends)

    return distance


@dataclass(frozen=True)
class Piece:
    """A primitive, moved: `melt` is how far it flows into the others, `cut` takes it away instead of adding it."""

    distance: Distance
    at: NDArray
    turn: Rotation
    melt: float
    cut: bool
    mirrored: bool

    def __call__(self, points: NDArray) -> NDArray:
        if self.mirrored:
            points = np.concatenate([np.abs(points[:, :1]), points[:, 1:]], axis=1)
        local = (points - self.at.astype(np.float32)) @ self.turn.as_matrix().astype(np.float32)
        return self.distance(local)


@dataclass
class Assembly:
    """Pieces in the order in which they join. Those at x > 0 that are `mirrored` appear on both sides."""

    pieces: list[Piece] = field(default_factory=list)

    def add(
        self,
        distance: Distance,
        at: tuple[float, float, float] = (0.0, 0.0, 0.0),
        *,
        turn: Rotation | None = None,
        melt: float = 0.0,
        cut: bool = False,
        mirrored: bool = False,
    ) -> Assembly:
        place = np.asarray(at, np.float64)
        still = Rotation.identity()
        self.pieces.append(Piece(distance, place, turn or still, melt, cut, mirrored))
        return self

    def distance(self, points: NDArray) -> NDArray:
        """Signed distance (n,) at points (n, 3)."""
        total = np.full(len(points), 9.0, np.float32)
        for piece in self.pieces:
            one = piece(points)
            if piece.cut:
                total = np.maximum(total, -one)
                continue
            share = np.clip(0.5 + 0.5 * (total - one) / max(piece.melt, 1e-4), 0.0, 1.0)
            total = total + (one - total) * share - piece.melt * share * (1.0 - share)
        return total

    def owner(self, points: NDArray) -> NDArray[np.int64]:
        """Index (n,) of the piece that each point of the surface (n, 3) is nearest to."""
        return np.argmin([np.abs(piece(points)) for piece in self.pieces], axis=0)

    def surface(self, reach: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The surface within a cube of half side `reach`: vertices (n, 3), faces (m, 3) wound outward, closed.

        Raises ValueError where there is none.
        """
        axis = np.linspace(-reach, reach, ROUGH_CELLS + 1, dtype=np.float32)
        rough = self.distance(_corners((axis, axis, axis))).reshape((len(axis),) * 3)
        rough_step = float(axis[1] - axis[0])
        places = np.argwhere(rough < rough_step)
        if len(places) == 0:
            raise ValueError("an assembly of which nothing is left")
        low = np.maximum(axis[places.min(axis=0)] - rough_step, -reach)
        high = np.minimum(axis[places.max(axis=0)] + rough_step, reach)
        step = float((high - low).max()) / CELLS
        values = self._on_grid(low, high, step)
        corners, faces, _, _ = measure.marching_cubes(values, 0.0, gradient_direction="descent")
        return corners.astype(np.float64) * step + low, faces.astype(np.int64)

    def _on_grid(self, low: NDArray, high: NDArray, step: float) -> NDArray[np.float32]:
        """Values on the grid from `low` to `high` (3,): exact near the surface, elsewhere from every fourth point."""
        counts = [COARSE * int(np.ceil(side / step / COARSE)) + 1 for side in high - low]
        axes = [
            start + step * np.arange(n, dtype=np.float32)
            for start, n in zip(low, counts, strict=True)
        ]
        few = [axis[::COARSE] for axis in axes]
        rough = self.distance(_corners(few)).reshape([len(axis) for axis in few])
        values = rough
        for side, n in enumerate(counts):
            values = _between(values, side, n)
        near = np.flatnonzero(np.abs(values) < NEAR_STEPS * COARSE * step)
        rows = np.unravel_index(near, values.shape)
        exact = np.stack([axis[row] for axis, row in zip(axes, rows, strict=True)], axis=1)
        values.reshape(-1)[near] = self.distance(exact)
        # What would reach beyond the grid is cut there, so that the surface closes.
        for side in range(3):
            edge = np.moveaxis(values, side, 0)
            edge[[0, -1]] = np.maximum(edge[[0, -1]], 0.5 * step)
        values[np.abs(values) < NEAR_ZERO] = NEAR_ZERO
        return values


def _corners(axes: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """All points of a grid, (k, 3)."""
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _between(values: NDArray, side: int, count: int) -> NDArray[np.float32]:
    """Values of every COARSE-th place along an axis, filled up linearly to `count` places."""
    at = np.arange(count) / COARSE
    low = np.minimum(at.astype(np.int64), values.shape[side] - 2)
    share = (at - low).astype(np.float32).reshape([-1 if i == side else 1 for i in range(3)])
    first, second = values.take(low, axis=side), values.take(low + 1, axis=side)
    return np.ascontiguousarray(first + (second - first) * share)
