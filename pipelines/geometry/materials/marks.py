"""Where marks lie that are no part of the form: cracks, veins, scratches, flecks, and what settles from above.

Each answers for a band of points with the fields of `places`: the share (n,) of the coat, 0 to 1.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.materials import noise
from pipelines.geometry.materials.places import CREVICE, OPEN
from pipelines.geometry.materials.registry import dot, step, three
from pipelines.geometry.materials.tiles import Spots


class Points(Protocol):
    """Points (n, 3), the longest side of the object being 1, and their unit normals (n, 3)."""

    spots: Spots

    def normals(self) -> NDArray[np.float32]:
        """Unit normals (n, 3)."""


def cracks(band: Points, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """Lines between large cells, bent, broader in some places and gone in others."""
    share = np.zeros(len(band.spots.points), np.float32)
    # Most of a surface lies far from them.
    rows = band.spots.likely(
        lambda spots: _crack(spots) + np.float32(CRACK_RIM / 2), STEEPEST_CRACK
    )
    share[rows] = step(_crack(band.spots.some(rows)), 0.0, CRACK_RIM)
    return share


def _crack(spots: Spots) -> NDArray[np.float32]:
    """How far within a crack points lie, (n,), below 0 where beside it: in cells."""
    shaken = spots.points + _shaken(spots, 14.0, 0.03)
    near, second, _ = noise.cells(shaken, 6.0)
    width = 0.03 + (spots.fbm(4.0, 2) - 0.5) * 0.05
    return width - (second - near)


def veins(band: Points, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """Lines that run through the body, thin and thick: where marble has its own."""
    slow = band.spots.fbm(4.0, 4) * np.float32(9.0)
    wave = 1.0 - np.abs(np.sin(dot(band.spots.points, (3.0, 5.0, 4.0)) + slow))
    return step(wave, 0.86, 0.2)


def scratches(band: Points, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """Thin lines in three directions, here and there."""
    share = np.zeros(len(band.spots.points), np.float32)
    for along in (three(5, 130, 60), three(120, 8, 90), three(60, 90, 6)):
        line = band.spots.fbm(along, 1)
        share = np.maximum(share, step(line, 0.82, 0.06))
    here = step(band.spots.fbm(5.0, 3), 0.46, 0.14)
    return np.asarray(share * here, np.float32)


def flecks(band: Points, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """Small spots of many sizes."""
    near, which = band.spots.nearest(22.0)
    size = noise.hashed(which) * 0.34 - 0.06
    return step(size - near, 0.0, 0.06)


def settled(band: Points, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """What falls slowly: thick on what looks up, thin on walls, more in hollows, none beneath."""
    up = np.clip(band.normals()[:, 1] * 0.85 + 0.2, 0.0, 1.0)
    held = up * (0.45 + 0.55 * fields[:, OPEN]) + fields[:, CREVICE] * 0.4 + bent * 0.45
    return step(held, 0.42, 0.6)


def _shaken(spots: Spots, scale: float, by: float) -> NDArray[np.float32]:
    rows = [spots.fbm(scale, 3, 7.1 * k) - 0.5 for k in range(3)]
    return np.stack(rows, 1) * np.float32(by * 2.0)


SHARES = {
    "cracks": cracks,
    "veins": veins,
    "scratches": scratches,
    "flecks": flecks,
    "settled": settled,
}
# How soft the rim of a crack is, in cells; and how steeply the depth within one changes: by two cells a cell, six of
# which are a unit, and half as much again for the bends.
CRACK_RIM, STEEPEST_CRACK = 0.025, 18.0
# Marks that are cut into the surface: how deep, in longest sides.
SUNK = {"cracks": -0.004, "scratches": -0.0006}
