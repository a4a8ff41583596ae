"""Soft bodies: limbs and balls that melt into each other, by a smooth minimum of their distance fields.

Method: polynomial smooth minimum of round-cone and ellipsoid distances on a grid, each worked out only near itself,
then marching cubes. The pieces of one limb meet without a knob: they hardly melt among themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from manifold3d import Error, Manifold, Mesh
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from skimage import measure

from pipelines.geometry.families import splines
from pipelines.geometry.families.forms import Point

Bone = tuple[Point, Point, float, float]
Axes = list[NDArray[np.float32]]
Field = NDArray[np.float32]

# Cells of the grid at detail 1, and how many there may be along the longest side.
CELLS = 28_000
FEWEST_CELLS, MOST_CELLS = 42, 96
# Places flatter than this share of the longest side lose their surplus of faces.
FLAT, FLAT_LOW = 0.0022, 0.007
LOW_DETAIL = 0.4
# Below this detail nobody looks at the body, only for what parts there are: its box stands for it.
UNSEEN_DETAIL = 0.15
# How far the bones of one limb melt at their joints, as a share of the thinner end; hardly where it bends smoothly.
SHARP_JOINT, SMOOTH_JOINT = 0.5, 0.06
# A field of exactly 0 on a corner would pinch the surface.
NEAR_ZERO = 1e-3
FAR = np.float32(1e3)


@dataclass(frozen=True)
class Limb:
    """Bones in a row, or one ball stretched by `squash` and turned (degrees about x, y, z); `dent` takes away."""

    bones: tuple[Bone, ...]
    squash: Point | None = None
    turn: Point = (0.0, 0.0, 0.0)
    melt_m: float = 0.05
    joint: float = SHARP_JOINT
    dent: bool = False

    def box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Its lowest and highest corner."""
        stretch = max(self.squash) if self.squash else 1.0
        rows = np.array([(*p, r) for a, b, ra, rb in self.bones for p, r in ((a, ra), (b, rb))])
        reach = rows[:, 3:] * stretch
        return (rows[:, :3] - reach).min(0), (rows[:, :3] + reach).max(0)

    def distance(self, axes: Axes) -> Field:
        """Signed distance on a grid, negative inside: (nx, ny, nz) float32 m."""
        if self.squash:
            return _ellipsoid(axes, self.bones[0][0], self.bones[0][2], self.squash, self.turn)
        total = _round_cone(axes, *self.bones[0])
        for bone in self.bones[1:]:
            total = _melted(total, _round_cone(axes, *bone), self.joint * min(bone[2:]))
        return total

    def mapped(self, at: Rotation, pivot: Point) -> Limb:
        """The limb turned about a pivot. Stretched balls keep their axes."""

        def move(p: Point) -> Point:
            x, y, z = at.apply(np.subtract(p, pivot)) + pivot
            return float(x), float(y), float(z)

        bones = tuple((move(a), move(b), ra, rb) for a, b, ra, rb in self.bones)
        return replace(self, bones=bones)


@dataclass
class Blob:
    """A soft body in the making. `melt_m` is how far apart pieces added from now on begin to flow into the others.

    fine is the share of the grid's cells: below 1 for small or plain parts.
    """

    melt_m: float = 0.05
    fine: float = 1.0
    limbs: list[Limb] = field(default_factory=list)

    def bone(self, start: Point, stop: Point, radius: float, end: float = -1) -> Blob:
        """Add a round cone from `start` to `stop`, of radius `end` at the latter."""
        return self._add(((start, stop, radius, radius if end < 0 else end),))

    def ball(
        self, at: Point, radius: float, squash: Point | None = None, turn: Point = (0, 0, 0)
    ) -> Blob:
        """Add a ball, stretched by `squash` along each axis and turned by degrees about x, y, z."""
        return self._add(((at, at, radius, radius),), squash, turn)

    def dent(self, at: Point, radius: float, squash: Point = (1, 1, 1)) -> Blob:
        """Take a ball away from what has been added so far."""
        return self._add(((at, at, radius, radius),), squash, dent=True)

    def path(self, points: Sequence[Point], radius: float, end: float = -1) -> Blob:
        """Add one limb along a path, the radius going over to `end`."""
        radii = np.linspace(radius, radius if end < 0 else end, len(points))
        return self.limb(points, [float(r) for r in radii])

    def limb(self, points: Sequence[Point], radii: Sequence[float], steps: int = 1) -> Blob:
        """Add one limb through points with a radius at each; `steps` > 1 bends it smoothly between them."""
        points, radii = _curved(points, radii, steps) if steps > 1 else (points, radii)
        pairs = range(len(points) - 1)
        bones = tuple((points[i], points[i + 1], radii[i], radii[i + 1]) for i in pairs)
        return self._add(bones, joint=SMOOTH_JOINT if steps > 1 else SHARP_JOINT)

    def mirrored_bone(self, start: Point, stop: Point, radius: float, end: float = -1) -> Blob:
        """Add a bone on both sides of x = 0."""
        return self.mirrored_limb([start, stop], [radius, radius if end < 0 else end])

    def mirrored_limb(
        self, points: Sequence[Point], radii: Sequence[float], steps: int = 1
    ) -> Blob:
        """Add a limb on both sides of x = 0."""
        for side in (1, -1):
            self.limb([(side * x, y, z) for x, y, z in points], radii, steps)
        return self

    def mirrored_ball(
        self, at: Point, radius: float, squash: Point | None = None, turn: Point = (0, 0, 0)
    ) -> Blob:
        """Add a ball on both sides of x = 0."""
        self.ball(at, radius, squash, turn)
        return self.ball((-at[0], *at[1:]), radius, squash, (turn[0], -turn[1], -turn[2]))

    def fan(self, first: int, degrees: Sequence[float], pivot: Point) -> Blob:
        """Put copies of the limbs from number `first` on in their place, each turned about an upright pivot."""
        kept, moved = self.limbs[:first], self.limbs[first:]
        turns = [Rotation.from_euler("y", turn, degrees=True) for turn in degrees]
        self.limbs = kept + [limb.mapped(turn, pivot) for turn in turns for limb in moved]
        return self

    def _add(
        self,
        bones: tuple[Bone, ...],
        squash: Point | None = None,
        turn: Point = (0, 0, 0),
        *,
        joint: float = SHARP_JOINT,
        dent: bool = False,
    ) -> Blob:
        self.limbs.append(Limb(bones, squash, turn, self.melt_m, joint, dent))
        return self

    def reach(self, at: Point, axis: int) -> float:
        """The furthest place on the body's skin on a line through `at` along an axis (0, 1, 2 for x, y, z), in metres.

        Raises ValueError where the line misses the body.
        """
        low, high = self._bounds()
        axes = [np.array([value], np.float32) for value in at]
        axes[axis] = np.linspace(low[axis], high[axis], 161, dtype=np.float32)
        inside = np.flatnonzero(self._distance(axes, float(FAR)).ravel() < 0)
        if not len(inside):
            raise ValueError(f"the line through {at} along axis {axis} misses the body")
        return float(axes[axis][inside[-1]])

    def solid(self, detail: float = 1.0) -> Manifold:
        """The body as a closed solid. Raises ValueError if the surface is not closed."""
        if detail < UNSEEN_DETAIL:
            return self._box()
        low, high = self._bounds()
        longest, volume = float((high - low).max()), float(np.prod(high - low))
        fine = self.fine ** (1 / 3)
        step = (volume / CELLS) ** (1 / 3)
        step = min(max(step, longest / MOST_CELLS), longest / FEWEST_CELLS) / fine
        low, high = low - 2.5 * step, high + 2.5 * step
        axes = [np.arange(low[i], high[i] + step, step, dtype=np.float32) for i in range(3)]
        values = self._distance(axes, step) / np.float32(step)
        values[np.abs(values) < NEAR_ZERO] = NEAR_ZERO
        corners, faces, _, _ = measure.marching_cubes(values, 0.0, gradient_direction="descent")
        body = Manifold(Mesh((corners * step + low).astype(np.float32), faces.astype(np.uint32)))
        if body.status() != Error.NoError or body.volume() <= 0:
            raise ValueError(f"a soft body is not closed: {body.status()}")
        flat = FLAT if detail >= LOW_DETAIL else FLAT_LOW
        return body.simplify(flat * longest / self.fine)

    def _box(self) -> Manifold:
        low, high = self._bounds()
        return Manifold.cube(high - low).translate(low)

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        boxes = [limb.box() for limb in self.limbs if not limb.dent]
        low = np.min([box[0] for box in boxes], axis=0)
        high = np.max([box[1] for box in boxes], axis=0)
        swell = 0.3 * max(limb.melt_m for limb in self.limbs)
        return low - swell, high + swell

    def _distance(self, axes: Axes, step: float) -> Field:
        """Signed distance, negative inside, on the grid of `axes`: (nx, ny, nz) float32 m; far off only "far"."""
        total = np.full([len(axis) for axis in axes], FAR, np.float32)
        for limb in self.limbs:
            # Beyond its melting and two cells a limb changes nothing where the surface is.
            margin = limb.melt_m + 2.5 * step
            box = [
                slice(*np.searchsorted(axis, (low - margin, high + margin)))
                for axis, low, high in zip(axes, *limb.box(), strict=True)
            ]
            near = [axis[part] for axis, part in zip(axes, box, strict=True)]
            here = total[tuple(box)]
            one = limb.distance(near)
            if limb.dent:
                total[tuple(box)] = -_melted(-here, one, limb.melt_m)
            else:
                total[tuple(box)] = _melted(here, one, limb.melt_m)
        return total


def _melted(one: Field, other: Field, melt_m: float) -> Field:
    """The smooth minimum of two distances: polynomial, after Inigo Quilez."""
    apart = np.abs(one - other)
    fill = np.maximum(np.float32(melt_m) - apart, 0.0)
    return np.minimum(one, other) - fill * fill * np.float32(0.25 / max(melt_m, 1e-9))


def _round_cone(axes: Axes, start: Point, stop: Point, radius: float, end: float) -> Field:
    """Distance to a bone whose radius changes along it; exact for equal radii, close for others."""
    grid = (axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :])
    offset = [axis - np.float32(value) for axis, value in zip(grid, start, strict=True)]
    along = np.subtract(stop, start).astype(np.float32)
    square = float(along @ along)
    if square == 0:
        x, y, z = (o * o for o in offset)
        return np.sqrt(x + y + z) - np.float32(max(radius, end))
    share = sum(o * (a / square) for o, a in zip(offset, along, strict=True))
    share = np.clip(share, np.float32(0), np.float32(1))
    x, y, z = (np.square(o - share * a) for o, a in zip(offset, along, strict=True))
    return np.sqrt(x + y + z) - (share * np.float32(end - radius) + np.float32(radius))


def _ellipsoid(axes: Axes, at: Point, radius: float, squash: Point, turn: Point) -> Field:
    """Close to the distance to a stretched ball (first-order bound, after Inigo Quilez)."""
    grid = (axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :])
    x, y, z = (axis - np.float32(value) for axis, value in zip(grid, at, strict=True))
    if any(turn):
        rows = Rotation.from_euler("xyz", turn, degrees=True).as_matrix().T.astype(np.float32)
        x, y, z = (row[0] * x + row[1] * y + row[2] * z for row in rows)
    a, b, c = (np.float32(radius * side) for side in squash)
    near = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    steep = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + (z / c**2) ** 2)
    # The centre itself would be 0 / 0.
    tiny = np.float32(1e-6)
    return (near - np.float32(1)) * (near + tiny) / (steep + tiny / min(a, b, c))


def _curved(
    points: Sequence[Point], radii: Sequence[float], steps: int
) -> tuple[list[Point], list[float]]:
    """The path through points with `steps` pieces between each two, and the radius along it."""
    rows = np.asarray(points, np.float64)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(rows, axis=0), axis=1))])
    places = np.interp(np.arange((len(way) - 1) * steps + 1) / steps, np.arange(len(way)), way)
    curve = splines.cubic(way, rows, places)
    thick = splines.monotone(way, np.asarray(radii, np.float64)[:, None], places)
    return [(x, y, z) for x, y, z in curve.tolist()], thick[:, 0].tolist()
