"""Solids of geometry beyond those of `shapes`: what a cube, a ball or a cone is not."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, main

GOLDEN = (1 + math.sqrt(5)) / 2


def _hull(corners: list[tuple[float, float, float]], size: tuple[float, float, float]) -> Manifold:
    """The convex solid of corners, its box of that size, on y = 0, on its lowest face."""
    rows = np.array(corners, np.float64)
    rows = (rows - rows.min(0)) / np.ptp(rows, axis=0) - (0.5, 0, 0.5)
    return Manifold.hull_points([tuple(row) for row in rows * size])


def _turned(corners: list[tuple[float, float, float]], face: tuple[float, float, float]) -> list:
    """Corners turned so that the face whose normal is `face` lies below."""
    down, want = np.array(face) / np.linalg.norm(face), np.array((0.0, -1.0, 0.0))
    axis, cos = np.cross(down, want), float(down @ want)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn = np.eye(3) + cross + cross @ cross / (1 + cos)
    return [tuple(turn @ np.array(row)) for row in corners]


def _cycled(rows: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    return [(row[i], row[(i + 1) % 3], row[(i + 2) % 3]) for row in rows for i in range(3)]


@family("tetrahedron", "triangular_pyramid d4", "grey plastic")
def tetrahedron(
    f: Forms, *, width: float = 1.0, height: float = 0.82, depth: float = 0.87
) -> list[Part]:
    return [
        main(
            "body",
            _hull(
                [(-1, 0, 0.58), (1, 0, 0.58), (0, 0, -1.15), (0, 1.63, 0)], (width, height, depth)
            ),
        )
    ]


@family("octahedron", "d8 double_pyramid bipyramid", "grey plastic")
def octahedron(
    f: Forms, *, width: float = 0.8, height: float = 1.0, depth: float = 0.8
) -> list[Part]:
    signs = (1.0, -1.0)
    tips = [(0.0, s, 0.0) for s in signs] + [(s, 0.0, t) for s in signs for t in signs]
    return [main("body", _hull(tips, (width, height, depth)))]


@family("dodecahedron", "d12 twelve_sided_die", "grey plastic")
def dodecahedron(
    f: Forms, *, width: float = 1.0, height: float = 0.95, depth: float = 1.0
) -> list[Part]:
    signs = [(a, b) for a in (1.0, -1.0) for b in (1.0, -1.0)]
    corners = [(a, b, c) for a, b in signs for c in (1.0, -1.0)]
    corners += _cycled([(0.0, a / GOLDEN, b * GOLDEN) for a, b in signs])
    return [main("body", _hull(_turned(corners, (1, 0, GOLDEN)), (width, height, depth)))]


@family("icosahedron", "d20 twenty_sided_die", "grey plastic")
def icosahedron(
    f: Forms, *, width: float = 1.0, height: float = 0.9, depth: float = 1.0
) -> list[Part]:
    corners = _cycled([(0.0, a, b * GOLDEN) for a in (1.0, -1.0) for b in (1.0, -1.0)])
    return [main("body", _hull(_turned(corners, (1, 1, 1)), (width, height, depth)))]


@family("prism", "hexagonal_prism", "grey plastic")
def prism(f: Forms, *, height: float = 0.8, radius: float = 0.5, sides: int = 6) -> list[Part]:
    turns = [math.pi / 2 + 2 * math.pi * i / sides for i in range(sides)]
    return [
        main("body", f.floor([(radius * math.cos(t), radius * math.sin(t)) for t in turns], height))
    ]


@family("capsule", "pill tablet_pill", "grey plastic")
def capsule(f: Forms, *, height: float = 1.0, radius: float = 0.22) -> list[Part]:
    ends = [f.ball(radius, (0, y, 0), share=1) for y in (radius, height - radius)]
    return [main("body", Manifold.batch_hull(ends))]


@family("hemisphere", "half_sphere dome", "grey plastic")
def hemisphere(f: Forms, *, radius: float = 0.5, height: float = 0.5) -> list[Part]:
    return [main("body", f.ball(1, (0, 0, 0), (radius, height, radius), 1) ^ f.slab((9, 9, 9)))]


@family("tube", "pipe hollow_cylinder drainpipe", "grey plastic")
def tube(
    f: Forms, *, height: float = 1.0, radius: float = 0.3, thickness: float = 0.06
) -> list[Part]:
    inner = f.rod(radius - min(thickness, radius * 0.9), height * 3, share=1)
    return [main("body", f.post(radius, height, share=1) - inner)]


@family("wedge", "ramp doorstop inclined_plane", "grey plastic")
def wedge(f: Forms, *, width: float = 0.6, height: float = 0.4, length: float = 1.0) -> list[Part]:
    return [
        main("body", f.profile([(-length / 2, 0), (length / 2, 0), (-length / 2, height)], width))
    ]
