"""Soft bodies: bones and balls that melt into each other, by a smooth minimum of their distance fields.

Method: polynomial smooth minimum of round-cone and ellipsoid distances on a grid, then marching cubes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from manifold3d import Error, Manifold, Mesh
from numpy.typing import NDArray
from skimage import measure

from pipelines.geometry.families.forms import Point

# Grid cells along the longest side at detail 1; then flat places lose their surplus of faces.
CELLS = 72
FEWEST_CELLS = 54
# At low detail the grid stays fine enough for thin limbs, and the faces go afterwards.
SIMPLIFY_CELLS, SIMPLIFY_CELLS_LOW = 0.18, 0.5
LOW_DETAIL = 0.4
# A field of exactly 0 on a corner would pinch the surface.
NEAR_ZERO = 1e-3


@dataclass
class Blob:
    """A soft body in the making. `melt_m` is how far apart two pieces begin to flow together."""

    melt_m: float = 0.05
    bones: list[tuple[Point, Point, float, float]] = field(default_factory=list)

    def bone(self, start: Point, stop: Point, radius: float, end: float = -1) -> Blob:
        """Add a round cone from `start` to `stop`, of radius `end` at the latter."""
        self.bones.append((start, stop, radius, radius if end < 0 else end))
        return self

    def ball(self, at: Point, radius: float) -> Blob:
        return self.bone(at, at, radius)

    def path(self, points: list[Point], radius: float, end: float = -1) -> Blob:
        """Add bones along a path, the radius going over to `end`."""
        radii = np.linspace(radius, radius if end < 0 else end, len(points))
        for i in range(len(points) - 1):
            self.bone(points[i], points[i + 1], float(radii[i]), float(radii[i + 1]))
        return self

    def mirrored_bone(self, start: Point, stop: Point, radius: float, end: float = -1) -> Blob:
        """Add a bone on both sides of x = 0."""
        for side in (1, -1):
            self.bone((side * start[0], *start[1:]), (side * stop[0], *stop[1:]), radius, end)
        return self

    def solid(self, detail: float = 1.0) -> Manifold:
        """The body as a closed solid. Raises ValueError if the surface is not closed."""
        low, high = self._bounds()
        cells = max(FEWEST_CELLS, round(CELLS * min(detail, 1.0)))
        step = float((high - low).max()) / cells
        low, high = low - 2.5 * step, high + 2.5 * step
        axes = [np.arange(low[i], high[i] + step, step, dtype=np.float32) for i in range(3)]
        values = self._distance(axes) / np.float32(step)
        values[np.abs(values) < NEAR_ZERO] = NEAR_ZERO
        corners, faces, _, _ = measure.marching_cubes(values, 0.0, gradient_direction="descent")
        mesh = Mesh((corners * step + low).astype(np.float32), faces.astype(np.uint32))
        body = Manifold(mesh)
        if body.status() != Error.NoError or body.volume() <= 0:
            raise ValueError(f"a soft body is not closed: {body.status()}")
        share = SIMPLIFY_CELLS if detail >= LOW_DETAIL else SIMPLIFY_CELLS_LOW
        return body.simplify(share * step)

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        ends = np.array([(*p, r) for a, b, ra, rb in self.bones for p, r in ((a, ra), (b, rb))])
        reach = ends[:, 3:] + self.melt_m * 0.3
        return (ends[:, :3] - reach).min(0), (ends[:, :3] + reach).max(0)

    def _distance(self, axes: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Signed distance, negative inside, on the grid of `axes`: (nx, ny, nz) float32 m."""
        x, y, z = axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]
        total: NDArray[np.float32] | None = None
        for start, stop, radius, end in self.bones:
            one = _round_cone((x, y, z), start, stop, radius, end)
            if total is None:
                total = one
                continue
            mix = np.clip(0.5 + 0.5 * (total - one) / self.melt_m, 0.0, 1.0)
            total = total + (one - total) * mix - self.melt_m * mix * (1.0 - mix)
        assert total is not None, "a blob needs a bone"  # noqa: S101
        return total.astype(np.float32)


def _round_cone(
    grid: tuple[NDArray, NDArray, NDArray], start: Point, stop: Point, radius: float, end: float
) -> NDArray[np.float32]:
    """Distance to a bone whose radius changes along it; exact for equal radii, close for others."""
    offset = [axis - np.float32(value) for axis, value in zip(grid, start, strict=True)]
    along = np.subtract(stop, start).astype(np.float32)
    square = float(along @ along)
    share = 0.0
    if square > 0:
        share = np.clip(sum(o * a for o, a in zip(offset, along, strict=True)) / square, 0.0, 1.0)
    apart = [o - share * a for o, a in zip(offset, along, strict=True)]
    distance = np.sqrt(apart[0] ** 2 + apart[1] ** 2 + apart[2] ** 2)
    return np.asarray(distance - (radius + (end - radius) * share), np.float32)
