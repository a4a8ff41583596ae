"""Random pieces and turns that several kinds of assemblies are made of."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.training.distance_fields import Distance, box, ellipsoid, lathe


def knob(rng: Generator, size: NDArray) -> Distance:
    """A head or an end piece: round mostly, sometimes a box."""
    return ellipsoid(size) if rng.random() < 0.75 else box(size * 0.85, float(size.min()) * 0.3)


def rod(radius: float, half: float) -> Distance:
    """A cylinder along y."""
    return lathe(np.array([-half, half]), np.array([radius, radius]))


def direction(
    rng: Generator, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]
) -> NDArray:
    way = np.array([rng.uniform(*x), rng.uniform(*y), rng.uniform(*z)])
    return way / max(float(np.linalg.norm(way)), 1e-6)


def about_x(rng: Generator, degrees: float) -> Rotation:
    return Rotation.from_euler("x", rng.normal(0.0, degrees), True)


def square_turn(rng: Generator) -> Rotation:
    return Rotation.from_euler("xyz", 90 * rng.integers(0, 2, 3), True)


def any_turn(rng: Generator) -> Rotation:
    return Rotation.from_quat(rng.normal(size=4))
