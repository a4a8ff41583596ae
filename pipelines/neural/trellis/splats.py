"""Colours of places on a surface from Gaussian splats near them. Knows arrays, no network.

No splat is drawn: what is seen of a splat cloud at its own surface is the blend of the nearest splats, each by its
opacity and by its density at the place. Kerbl et al., "3D Gaussian Splatting", 2023, has the meaning of the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.neural.trellis.empty import empty_shape

# The constant of the spherical harmonic of order 0.
HARMONIC_0 = 0.28209479177387814
# The decoder makes 32 splats a voxel: so many lie within about a fifth of one.
NEAREST = 8
# Fainter splats are not seen where others are.
FAINTEST = 0.02
# A splat counts as so wide at least, as a share of the object's size: a third of the smallest the decoder makes.
NARROWEST = 3e-4


@dataclass(frozen=True)
class Splats:
    """points (n, 3) in TRELLIS's frame, colours (n, 3) RGB in 0..255, opacity (n,) in 0..1, width (n,): the standard
    deviation as the mean of its three axes."""

    points: NDArray[np.float32]
    colours: NDArray[np.float32]
    opacity: NDArray[np.float32]
    width: NDArray[np.float32]

    def at(self) -> Any:
        """A function of points (k, 3) in the same frame -> RGB (k, 3) float32 in 0..255. Raises EmptyShape for none."""
        if not len(self.points):
            raise empty_shape()
        seen = self.opacity >= FAINTEST
        seen = seen if seen.any() else np.ones_like(seen)
        tree = cKDTree(self.points[seen])
        colours, count = self.colours[seen], min(NEAREST, int(seen.sum()))
        strength = np.log(np.maximum(self.opacity[seen], 1e-6))
        narrow = 1.0 / np.maximum(self.width[seen], NARROWEST)

        def colour(points: NDArray[np.float32]) -> NDArray[np.float32]:
            away, near = tree.query(points, k=count)
            away, near = away.reshape(len(points), count), near.reshape(len(points), count)
            # As logarithms: far from all splats every density is 0, and the nearest still has to win.
            weight = strength[near] - 0.5 * (away * narrow[near]) ** 2
            weight = np.exp(weight - weight.max(axis=1, keepdims=True))
            weight /= weight.sum(axis=1, keepdims=True)
            return np.asarray(np.einsum("nk,nkc->nc", weight, colours[near]), np.float32)

        return colour


def of_gaussian(made: Any) -> Splats:
    """The splats of upstream's Gaussian, whose colours are as pictures have them (sRGB)."""
    rows = (made.get_xyz, made.get_features, made.get_opacity, made.get_scaling)
    points, features, opacity, width = (row.detach().float().cpu().numpy() for row in rows)
    shade = features[:, 0] * HARMONIC_0 + 0.5
    finite = np.isfinite(points).all(axis=1) & np.isfinite(shade).all(axis=1)
    return Splats(
        points[finite],
        np.clip(shade[finite], 0.0, 1.0) * np.float32(255.0),
        opacity.reshape(-1)[finite],
        width.mean(axis=1)[finite],
    )
