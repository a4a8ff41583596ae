"""Basic solids, closed by construction, in the project's frame: Y up, front to +Z, metres.

`Forms` carries how fine round things are. A solid is a Manifold; `+` unites and `-` cuts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold, OpType

from pipelines.geometry.families import splines
from pipelines.geometry.families.curves import smooth, straightened
from pipelines.geometry.families.loft import bevelled, stacked, swept

Point = tuple[float, float, float]
Flat = Sequence[tuple[float, float]]
# Degrees about x, y, z that bring a cylinder made along z onto an axis.
ALONG = {"x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0), "z": (0.0, 0.0, 0.0)}
FINEST_SEGMENTS = 40
# A turned outline loses points nearer to the line through their neighbours than this share of its longest side.
STRAIGHT = 0.0015
# A ring thinner than this share of its radius shows less of its tube's roundness.
THIN_RING = 0.15


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

    def ball(
        self,
        radius: float,
        at: Point = (0, 0, 0),
        squash: Point = (1, 1, 1),
        share: float | None = None,
    ) -> Manifold:
        """A sphere about `at`, stretched by `squash` along each axis. `share` as for `segments`; else by its size."""
        share = share or min(1.0, max(0.35, radius * 3))
        return Manifold.sphere(radius, self.segments(share)).scale(squash).translate(at)

    def rod(
        self,
        radius: float,
        length: float,
        at: Point = (0, 0, 0),
        axis: str = "y",
        end: float = -1,
        share: float | None = None,
    ) -> Manifold:
        """A cylinder about `at` along an axis; with `end` a cone, which is that radius at its far end.

        `share` as for `segments`; else by its size.
        """
        share = share or min(1.0, max(0.4, radius * 4))
        far = radius if end < 0 else max(end, 1e-4)
        round_ = Manifold.cylinder(length, radius, far, self.segments(share), True)
        return round_.rotate(ALONG[axis]).translate(at)

    def post(
        self,
        radius: float,
        height: float,
        at: Point = (0, 0, 0),
        end: float = -1,
        share: float | None = None,
    ) -> Manifold:
        """A cylinder or cone that stands on `at`."""
        return self.rod(radius, height, (at[0], at[1] + height / 2, at[2]), "y", end, share)

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
        self,
        radius: float,
        thickness: float,
        at: Point = (0, 0, 0),
        axis: str = "y",
        share: float = 1.0,
    ) -> Manifold:
        """A torus about `at`: `radius` to the middle of the tube, `thickness` is the tube's radius."""
        corners = self.segments((0.4 if thickness > THIN_RING * radius else 0.3) * share)
        tube = CrossSection.circle(thickness, corners).translate((radius, 0))
        return tube.revolve(self.segments(share)).rotate(ALONG[axis]).translate(at)

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
        curve = straightened(splines.monotone(way, points, places), STRAIGHT)
        return self.lathe([(float(r), float(h)) for r, h in curve], at)

    def hose(
        self,
        path: Sequence[Point],
        radius: float | Sequence[float],
        end: float = -1,
        *,
        steps: int = 4,
        share: float = 0.3,
        squash: float = 1.0,
        closed: bool = False,
        up: Point = (0, 1, 0),
    ) -> Manifold:
        """A smooth round tube through points (n), with round ends, or closed into a loop.

        Its radius is one, goes over to `end`, or is given for each point; across `up` it is times `squash`.
        """
        finer = max(1, round(steps * self.detail))
        line = smooth(path, finer, closed=closed)
        if isinstance(radius, float | int):
            known = [float(r) for r in np.linspace(radius, radius if end < 0 else end, len(path))]
        else:
            known = list(radius)
        if closed:
            known.append(known[0])
        scale = np.interp(np.arange(len(line)) / finer, np.arange(len(known)), known)
        circle = [(a, b * squash) for a, b in self.circle(1.0, share)]
        return swept(line, circle, scale, up=up, closed=closed, round_ends=1.0)

    def ribbon(
        self,
        path: Sequence[Point],
        width: float,
        thickness: float,
        *,
        up: Point = (0, 1, 0),
        steps: int = 4,
        closed: bool = False,
    ) -> Manifold:
        """A band along a smooth path (n points): `thickness` along `up`, `width` across it."""
        line = smooth(path, max(1, round(steps * self.detail)), closed=closed)
        t, w = thickness / 2, width / 2
        return swept(
            line, [(-t, -w), (t, -w), (t, w), (-t, w)], np.ones(len(line)), up=up, closed=closed
        )

    def bevelled(
        self, outline: Flat, thickness: float, inset: float, drop: float = 0, at: Point = (0, 0, 0)
    ) -> Manifold:
        """As `plate`, its edges cut by `inset` across and `drop` in depth (else `inset`): a blade, a medal's edge."""
        return bevelled(outline, thickness, inset, drop or inset).translate(at)

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

    def stack(self, levels: Sequence[tuple[float, Flat]], at: Point = (0, 0, 0)) -> Manifold:
        """A solid through (height, outline of (x, z)), from below to above; the outlines have as many corners."""
        return stacked(levels).translate(at)

    def wedge(self, size: Point, at: Point = (0, 0, 0)) -> Manifold:
        """A gable roof of size (x, y, z) that stands on `at`; its ridge runs along x."""
        x, y, z = size
        return self.profile([(-z / 2, 0), (z / 2, 0), (0, y)], x, at)

    def circle(self, radius: float, share: float = 1.0) -> list[tuple[float, float]]:
        """Corners of a circle, for outlines."""
        turns = np.linspace(0, 2 * np.pi, self.segments(share), endpoint=False)
        return [(radius * float(np.cos(t)), radius * float(np.sin(t))) for t in turns]

    def star(self, radius: float, points: int, inner: float = 0.45) -> list[tuple[float, float]]:
        """Corners of a star about the origin, one point up; `inner` is the share of the corners between."""
        turns = [math.pi * (0.5 + i / points) for i in range(2 * points)]
        reach = [radius, radius * inner] * points
        return [(r * math.cos(t), r * math.sin(t)) for r, t in zip(reach, turns, strict=True)]


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


def cornered(solid: Manifold) -> Manifold:
    """The solid and its mirror images on the other sides of x = 0 and z = 0: four of it."""
    pair = mirrored(solid)
    return pair + pair.mirror((0, 0, 1))


def doorway(width: float, height: float, corners: int = 12) -> list[tuple[float, float]]:
    """An outline (x, y) that stands on y = 0, straight below and half round above; height to its top."""
    r = width / 2
    turns = np.linspace(0, np.pi, corners + 1)
    top = [(r * float(np.cos(t)), height - r + r * float(np.sin(t))) for t in turns]
    return [(-r, 0.0), (r, 0.0), *top]


def rounded(
    width: float, height: float, round_m: float, corners: int = 5
) -> list[tuple[float, float]]:
    """A rectangle's outline about the origin, its corners rounded by round_m."""
    r = min(round_m, width * 0.499, height * 0.499)
    turns = np.linspace(0, np.pi / 2, corners + 1)
    quarter = [(r * float(np.cos(t)), r * float(np.sin(t))) for t in turns]
    x, y = width / 2 - r, height / 2 - r
    outline = [(x + a, y + b) for a, b in quarter] + [(-x - a, y + b) for a, b in quarter[::-1]]
    outline += [(-x - a, -y - b) for a, b in quarter] + [(x + a, -y - b) for a, b in quarter[::-1]]
    return outline


def apart(count: int, length: float) -> list[float]:
    """Places of `count` things evenly along `length` about 0, the first and last at its ends."""
    return [0.0] if count < 2 else [length * (i / (count - 1) - 0.5) for i in range(count)]


def within(count: int, fewest: int, most: int) -> int:
    """A count kept to what an object can have."""
    return min(max(count, fewest), most)
