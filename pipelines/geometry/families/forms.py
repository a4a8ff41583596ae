"""Basic solids, closed by construction, in the project's frame: Y up, front to +Z, metres.

`Forms` carries how fine round things are. A solid is a Manifold; `+` unites and `-` cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold, OpType
from scipy.interpolate import PchipInterpolator

Point = tuple[float, float, float]
Flat = Sequence[tuple[float, float]]
# Degrees about x, y, z that bring a cylinder made along z onto an axis.
ALONG = {"x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0), "z": (0.0, 0.0, 0.0)}
FINEST_SEGMENTS = 40


@dataclass(frozen=True)
class Forms:
    """Makers of solids. detail is 1 for the standard fineness, less for fewer faces."""

    detail: float = 1.0

    def segments(self, share: float = 1.0) -> int:
        """Corners of a full circle; `share` below 1 for small parts. At least 6, always even."""
        return max(6, 2 * round(FINEST_SEGMENTS * self.detail * share / 2))

    def box(self, size: Point, at: Point = (0, 0, 0)) -> Manifold:
        """A box of size (x, y, z) about `at`."""
        return Manifold.cube(size, True).translate(at)

    def slab(self, size: Point, at: Point = (0, 0, 0)) -> Manifold:
        """A box that stands on `at`: `at` is the middle of its underside."""
        return self.box(size, (at[0], at[1] + size[1] / 2, at[2]))

    def soft_box(self, size: Point, at: Point = (0, 0, 0), round_m: float = 0.05) -> Manifold:
        """A box about `at` with edges rounded by round_m, or as far as it is thick."""
        r = min(round_m, *(side * 0.49 for side in size))
        ball = Manifold.sphere(r, self.segments(0.4))
        steps = [(-side / 2 + r, side / 2 - r) for side in size]
        corners = [ball.translate((x, y, z)) for x in steps[0] for y in steps[1] for z in steps[2]]
        return Manifold.batch_hull(corners).translate(at)

    def ball(self, radius: float, at: Point = (0, 0, 0), squash: Point = (1, 1, 1)) -> Manifold:
        """A sphere about `at`, stretched by `squash` along each axis."""
        share = min(1.0, max(0.35, radius * 3))
        return Manifold.sphere(radius, self.segments(share)).scale(squash).translate(at)

    def rod(
        self, radius: float, length: float, at: Point = (0, 0, 0), axis: str = "y", end: float = -1
    ) -> Manifold:
        """A cylinder about `at` along an axis; with `end` a cone, which is that radius at its far end."""
        share = min(1.0, max(0.4, radius * 4))
        far = radius if end < 0 else max(end, 1e-4)
        round_ = Manifold.cylinder(length, radius, far, self.segments(share), True)
        return round_.rotate(ALONG[axis]).translate(at)

    def post(
        self, radius: float, height: float, at: Point = (0, 0, 0), end: float = -1
    ) -> Manifold:
        """A cylinder or cone that stands on `at`."""
        return self.rod(radius, height, (at[0], at[1] + height / 2, at[2]), "y", end)

    def bone(self, start: Point, stop: Point, radius: float, end: float = -1) -> Manifold:
        """A rod with round ends from `start` to `stop`, of radius `end` at the latter."""
        segments = self.segments(0.4)
        far = radius if end < 0 else end
        ends = [
            Manifold.sphere(r, segments).translate(p) for r, p in ((radius, start), (far, stop))
        ]
        return Manifold.batch_hull(ends)

    def tube(self, path: Sequence[Point], radius: float, end: float = -1) -> Manifold:
        """Bones along a path (n points), the radius going over to `end`."""
        radii = np.linspace(radius, radius if end < 0 else end, len(path))
        pieces = [
            self.bone(path[i], path[i + 1], float(radii[i]), float(radii[i + 1]))
            for i in range(len(path) - 1)
        ]
        return unite(pieces)

    def ring(
        self, radius: float, thickness: float, at: Point = (0, 0, 0), axis: str = "y"
    ) -> Manifold:
        """A torus about `at`: `radius` to the middle of the tube, `thickness` is the tube's radius."""
        tube = CrossSection.circle(thickness, self.segments(0.4)).translate((radius, 0))
        return tube.revolve(self.segments()).rotate(ALONG[axis]).translate(at)

    def lathe(self, profile: Flat, at: Point = (0, 0, 0)) -> Manifold:
        """Turn an outline of (radius, height) about the y axis; it is closed along the axis."""
        outline = [(max(r, 0.0), h) for r, h in profile]
        if outline[0][0] > 0:
            outline.insert(0, (0.0, outline[0][1]))
        if outline[-1][0] > 0:
            outline.append((0.0, outline[-1][1]))
        section = CrossSection([outline], fillrule=FillRule.Positive)
        if section.is_empty():
            section = CrossSection([outline[::-1]], fillrule=FillRule.Positive)
        return section.revolve(self.segments()).rotate(ALONG["y"]).translate(at)

    def turned(self, profile: Flat, at: Point = (0, 0, 0)) -> Manifold:
        """As `lathe`, with a smooth curve through the outline's points (monotone cubic, no overshoot)."""
        points = np.asarray(profile, np.float64)
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        way = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
        finer = max(1, round(4 * self.detail))
        places = np.interp(np.arange((len(way) - 1) * finer + 1) / finer, np.arange(len(way)), way)
        curve = PchipInterpolator(way, points)(places)
        return self.lathe([(float(r), float(h)) for r, h in curve], at)

    def plate(self, outline: Flat, thickness: float, at: Point = (0, 0, 0)) -> Manifold:
        """An outline of (x, y), seen from the front, made `thickness` deep about `at`."""
        section = CrossSection([outline], fillrule=FillRule.EvenOdd)
        return section.extrude(thickness).translate((0, 0, -thickness / 2)).translate(at)

    def profile(self, outline: Flat, width: float, at: Point = (0, 0, 0)) -> Manifold:
        """An outline of (z, y), seen from the side, made `width` wide about `at`."""
        return self.plate(outline, width).rotate((0, -90, 0)).translate(at)

    def floor(self, outline: Flat, height: float, at: Point = (0, 0, 0)) -> Manifold:
        """An outline of (x, z), seen from above, that rises by `height` from `at`."""
        section = CrossSection([[(x, -z) for x, z in outline]], fillrule=FillRule.EvenOdd)
        return section.extrude(height).rotate((-90, 0, 0)).translate(at)

    def wedge(self, size: Point, at: Point = (0, 0, 0)) -> Manifold:
        """A gable roof of size (x, y, z) that stands on `at`; its ridge runs along x."""
        x, y, z = size
        return self.profile([(-z / 2, 0), (z / 2, 0), (0, y)], x, at)

    def circle(self, radius: float, share: float = 1.0) -> list[tuple[float, float]]:
        """Corners of a circle, for outlines."""
        turns = np.linspace(0, 2 * np.pi, self.segments(share), endpoint=False)
        return [(radius * float(np.cos(t)), radius * float(np.sin(t))) for t in turns]


def scaled(outline: Flat, x: float, y: float) -> list[tuple[float, float]]:
    """An outline given in shares, with each side of its own length."""
    return [(a * x, b * y) for a, b in outline]


def unite(solids: Sequence[Manifold]) -> Manifold:
    """One solid of several."""
    return Manifold.batch_boolean(list(solids), OpType.Add)


def mirrored(solid: Manifold) -> Manifold:
    """The solid and its mirror image on the other side of x = 0."""
    return solid + solid.mirror((1, 0, 0))


def around(solid: Manifold, count: int) -> Manifold:
    """`count` copies about the y axis."""
    return unite([solid.rotate((0, 360.0 * i / count, 0)) for i in range(count)])
