"""Ground that rises: a round piece of land whose heights follow a rule, as a closed solid. Heights and sides in metres.

Roughness is value noise on a small random lattice, in octaves; the same chance gives the same land.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold, Mesh
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

LATTICE = 12
Heights = Callable[[NDArray, NDArray], NDArray]


def chance(*measures: float) -> np.random.Generator:
    """Chance that hangs on an object's measures: they vary with the seed, and so does it."""
    text = " ".join(f"{value:.6g}" for value in measures)
    return np.random.default_rng(zlib.crc32(text.encode()))


@dataclass(frozen=True)
class Roughness:
    """Noise over the ground. lattice: (octaves, LATTICE, LATTICE) in -1..1."""

    lattice: NDArray[np.float64]

    @classmethod
    def of(cls, rng: np.random.Generator, octaves: int = 4) -> Roughness:
        return cls(rng.uniform(-1, 1, (octaves, LATTICE, LATTICE)))

    def ridged(self, x: NDArray, z: NDArray, scale: float) -> NDArray:
        """Sharp ridges: 1 - |noise|, the finer octaves weaker. x, z (n,) in metres -> about 0..1."""
        total = np.zeros_like(x)
        weight = 0.0
        for octave, lattice in enumerate(self.lattice):
            at = np.stack([x, z]) / scale * 2.0**octave + 3.7 * octave
            share = 0.5**octave
            total += share * (1 - np.abs(map_coordinates(lattice, at, order=3, mode="grid-wrap")))
            weight += share
        return total / weight

    def soft(self, x: NDArray, z: NDArray, scale: float) -> NDArray:
        """Gentle bumps in about -1..1."""
        return map_coordinates(self.lattice[0], np.stack([x, z]) / scale, order=3, mode="grid-wrap")


def land(radius: float, heights: Heights, *, rings: int = 26, spokes: int = 60) -> Manifold:
    """A round piece of land on y = 0: heights(x, z) above it, 0 at its rim, which `heights` needn't care for."""
    shares = (np.arange(1, rings + 1) / rings)[:, None]
    turns = np.linspace(0, 2 * np.pi, spokes, endpoint=False)[None, :]
    x, z = (radius * shares * np.cos(turns)).ravel(), (radius * shares * np.sin(turns)).ravel()
    y = np.maximum(heights(x, z), 1e-3 * radius)
    y[-spokes:] = 0.0
    top = float(heights(np.zeros(1), np.zeros(1))[0])
    points = np.concatenate([np.stack([x, y, z], 1), [[0, top, 0], [0, 0, 0]]])
    return Manifold(Mesh(points.astype(np.float32), _faces(rings, spokes)))


def _faces(rings: int, spokes: int) -> NDArray[np.uint32]:
    """Triangles of rings of vertices, of the top in their middle and of a flat underside."""
    here = np.arange(spokes)
    after = (here + 1) % spokes
    middle, under = rings * spokes, rings * spokes + 1
    rim = (rings - 1) * spokes
    faces = [
        np.stack([np.full(spokes, middle), after, here], 1),
        np.stack([np.full(spokes, under), rim + here, rim + after], 1),
    ]
    for ring in range(rings - 1):
        a, b = ring * spokes, (ring + 1) * spokes
        faces.append(np.stack([a + here, a + after, b + here], 1))
        faces.append(np.stack([a + after, b + after, b + here], 1))
    return np.concatenate(faces).astype(np.uint32)
