"""Pictures of a shape together with what they do not show: how deep it is in front and behind, pixel by pixel.

Rays are cast by Embree. The picture is tight: the outline's longest side spans `depth.OUTLINE_PX` of `depth.SIDE_PX`,
so that size tells nothing about depth. Depths are in that longest side too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.geometry.depth import OUTLINE_PX, SIDE_PX
from pipelines.training.colours import Look, shaded
from pipelines.training.shapes import Shape

# Shares of views: straight from the front, from between, from anywhere.
FRONT, BETWEEN = 0.28, 0.62
PERSPECTIVE = 0.4
FEWEST_PX = 40
# Nobody takes a picture of a pole from its end: deeper views than this, in outline lengths, are left out.
DEEPEST = 2.2
FAR = 20.0


@dataclass(frozen=True)
class View:
    """rgb (s, s, 3) uint8, mask (s, s) bool; front and back (s, s) float32: depth towards the eye of the first and of
    the last surface behind each pixel, in the outline's longest side, 0 outside the mask."""

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    front: NDArray[np.float32]
    back: NDArray[np.float32]


def random_turn(rng: Generator) -> Rotation:
    """How the object is turned before it is seen along -Z."""
    draw = rng.random()
    if draw < FRONT:
        angles = rng.normal(0.0, 4.0, 2) * (rng.random() < 0.6)
    elif draw < FRONT + BETWEEN:
        angles = np.array([rng.uniform(12, 68) * rng.choice([-1, 1]), rng.uniform(-10, 40)])
    else:
        angles = np.array([rng.uniform(-180, 180), rng.uniform(-60, 80)])
    return Rotation.from_euler("yx", angles, degrees=True)


class Stage:
    """A shape ready to be seen from many sides."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._scene = rtcore_scene.EmbreeScene()
        TriangleMesh(self._scene, shape.vertices.astype(np.float32), shape.faces.astype(np.int32))

    def picture(self, turn: Rotation, rng: Generator) -> View:
        """One view. Raises ValueError where next to nothing is seen, or where it is all depth."""
        eye = float(rng.uniform(1.8, 6.0)) if rng.random() < PERSPECTIVE else np.inf
        frame = _framed(turn.apply(self.shape.vertices), eye)
        origins, ways = _rays(eye)
        first, face, normals = self._hits(origins, ways, turn, frame)
        hit = face >= 0
        if hit.sum() < FEWEST_PX:
            raise ValueError(f"a view of {self.shape.kind} with {int(hit.sum())} pixels")
        ends = origins[hit] + FAR * ways[hit]
        last, behind, _ = self._hits(ends, -ways[hit], turn, frame)
        front = first[hit, 2]
        back = np.where(behind >= 0, np.minimum(last[:, 2], front), front)
        if front.max() - back.min() > DEEPEST:
            raise ValueError(f"a view of {self.shape.kind} along its length")
        seen = turn.inv().apply((first[hit] - frame.shift) / frame.scale)
        rgb = shaded(Look.random(rng), seen, normals[hit], self.shape.part[face[hit]], rng)
        size = (SIDE_PX, SIDE_PX)
        maps = [np.zeros((SIDE_PX**2, 3), np.uint8), *np.zeros((2, SIDE_PX**2), np.float32)]
        for values, place in zip((rgb, front, back), maps, strict=True):
            place[hit] = values
        return View(
            maps[0].reshape(*size, 3),
            hit.reshape(size),
            maps[1].reshape(size),
            maps[2].reshape(size),
        )

    def _hits(
        self, origins: NDArray, ways: NDArray, turn: Rotation, frame: Frame
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        """Where rays (n, 3) of the picture's frame first meet the object, which face (-1 for none), its normal."""
        start = turn.inv().apply((origins - frame.shift) / frame.scale).astype(np.float32)
        way = turn.inv().apply(ways).astype(np.float32)
        rays = self._scene.run(start, way, output=True)
        reach = np.minimum(rays["tfar"], 2 * FAR)[:, None] * frame.scale
        return origins + reach * ways, rays["primID"].astype(np.int64), turn.apply(rays["Ng"])


@dataclass(frozen=True)
class Frame:
    """From the turned object to the picture: scale, then shift (3,)."""

    scale: float
    shift: NDArray[np.float64]


def _framed(points: NDArray, eye: float) -> Frame:
    """How turned points (n, 3) are scaled and moved so that their outline seen from z = eye has longest side 1."""
    scale, shift = 1.0, np.zeros(3)
    for _ in range(3 if np.isfinite(eye) else 1):  # in perspective, size changes with distance
        flat = points[:, :2] * scale + shift[:2]
        flat = flat / _shrink(points[:, 2:] * scale, eye)
        low, high = flat.min(axis=0), flat.max(axis=0)
        size = float((high - low).max())
        scale, shift = scale / size, (shift - np.append((low + high) / 2.0, 0.0)) / size
    return Frame(scale, shift)


def _shrink(depth: NDArray, eye: float) -> NDArray | float:
    """How much nearer things look larger: what z = 0 shows at its true size."""
    return np.maximum(1.0 - depth / eye, 0.2) if np.isfinite(eye) else 1.0


def _rays(eye: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Origins and directions (s * s, 3), row by row from the top; from one eye, or side by side."""
    axis = (np.arange(SIDE_PX) + 0.5 - SIDE_PX / 2) / OUTLINE_PX
    x, y = np.meshgrid(axis, -axis)
    targets = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    if np.isfinite(eye):
        origins = np.tile([0.0, 0.0, eye], (len(targets), 1))
        ways = targets - origins
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    else:
        origins = targets + np.array([0.0, 0.0, 10.0])
        ways = np.tile([0.0, 0.0, -1.0], (len(targets), 1))
    return origins.astype(np.float32), ways.astype(np.float32)
