"""How high a body reaches over each place of the ground, and where something may stand on it or in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

CELLS = 48  # along the longer side of the ground plan
STEPS = 150  # along the height: bounds the work on poles
NEAR = (
    0.8  # share of the parts' distance that still counts as room: crowns may touch, trunks do not
)
# What the middle of a hollow thing has less of the height than its rim.
HOLLOW = 0.15


# x, y and z in metres of what stands there, and how far it reaches
Taken = tuple[float, float, float, float]


@dataclass(frozen=True)
class HeightField:
    """top (n, m): height in metres at each cell of x and z, 0 where nothing is; low: the lowest underside there.

    The first cell's corner is at (x0, z0); a cell's side is `cell` metres.
    """

    top: NDArray[np.float64]
    low: NDArray[np.float64]
    x0: float
    z0: float
    cell: float

    @property
    def height(self) -> float:
        return float(self.top.max())

    def centre(self, i: int, j: int) -> tuple[float, float]:
        """x and z in metres of a cell's middle."""
        return self.x0 + (i + 0.5) * self.cell, self.z0 + (j + 0.5) * self.cell


def height_field(body: Manifold) -> HeightField:
    """The field of a closed body: its surface is refined until every cell under it holds a vertex."""
    box = np.array(body.bounding_box())
    size = box[3:] - box[:3]
    cell = float(max(max(size[0], size[2]) / CELLS, size[1] / STEPS))
    points = np.asarray(body.refine_to_length(cell * 0.7).to_mesh().vert_properties, np.float64)[
        :, :3
    ]
    across = np.maximum(np.ceil(size[[0, 2]] / cell).astype(int), 1)
    at = np.clip(((points[:, [0, 2]] - box[[0, 2]]) / cell).astype(int), 0, across - 1)
    top = np.zeros(tuple(across))
    low = np.full(tuple(across), np.inf)
    np.maximum.at(top, (at[:, 0], at[:, 1]), points[:, 1])
    np.minimum.at(low, (at[:, 0], at[:, 1]), points[:, 1])
    return HeightField(top, low, float(box[0]), float(box[2]), cell)


def hollow(field: HeightField) -> NDArray[np.bool_] | None:
    """The cells inside a rim, (n, m), or None for a body that is not hollow from above."""
    rows, columns = field.top.shape
    middle = field.top[rows // 3 : rows - rows // 3, columns // 3 : columns - columns // 3]
    edge = rim(field)
    floor = float(np.median(middle)) if middle.size else edge
    if floor > edge * (1 - HOLLOW):
        return None
    inside = (field.top > 0) & (field.top < floor + (edge - floor) * 0.6)
    # A plate's outer slope is lower than its rim too: keep what is nearer the middle than the rim is.
    return inside & _within(field, 0.75)


def rim(field: HeightField) -> float:
    """The height in metres of a hollow body's rim, which is its lowest side: a lid, a mast or a handle is none."""
    across, along = (max(1, size // 6) for size in field.top.shape)
    sides = (field.top[:across], field.top[-across:], field.top[:, :along], field.top[:, -along:])
    return min(float(side.max()) for side in sides)


def spots(
    field: HeightField,
    radius: float,
    spacing: float,
    count: int,
    allowed: NDArray[np.bool_] | None = None,
    taken: Sequence[Taken] = (),
    deepest: float = np.inf,
) -> list[tuple[float, float, float]]:
    """Up to `count` places (x, y, z) for feet of `radius`, `spacing` metres apart: level, wide, near the middle.

    On bumpy ground a thing stands as low as it can, and no more than `deepest` metres below the highest bump.
    """
    wide = max(1, 2 * round(radius / field.cell) + 1)
    high = maximum_filter(field.top, wide, mode="constant")
    deep = minimum_filter(field.top, wide, mode="constant")
    core = minimum_filter(
        field.top, max(1, 2 * round(radius * 0.6 / field.cell) + 1), mode="constant"
    )
    score = _score(field, high - deep, allowed)
    places: list[tuple[float, float, float]] = []
    score[high - deep > 2 * deepest] = -np.inf
    rows, columns = np.indices(field.top.shape)
    for x, y, z, reach in taken:
        score[np.abs(core - y) > max(0.15 * field.height, radius)] = -np.inf
        i, j = (x - field.x0) / field.cell - 0.5, (z - field.z0) / field.cell - 0.5
        near = np.hypot(rows - i, columns - j) * field.cell < reach + spacing / 2
        score[near] = -np.inf
    level = None
    while len(places) < count and np.isfinite(score).any():
        i, j = (int(k) for k in np.unravel_index(int(score.argmax()), score.shape))
        x, z = field.centre(i, j)
        places.append((x, float(max(core[i, j], high[i, j] - deepest)), z))
        apart = np.hypot(rows - i, columns - j) * field.cell
        score[apart < spacing * NEAR] = -np.inf
        if level is None:
            # The second candle stands on the table too, not on the floor beside it.
            level = float(field.top[i, j])
            score[np.abs(core - level) > max(0.15 * field.height, radius)] = -np.inf
    return places


def under(field: HeightField, x: float, z: float, radius: float) -> float:
    """The highest of a body in metres below a foot of `radius` about (x, z)."""
    i, j = (int((at - low) / field.cell) for at, low in ((x, field.x0), (z, field.z0)))
    reach = round(radius / field.cell)
    window = field.top[max(i - reach, 0) : i + reach + 1, max(j - reach, 0) : j + reach + 1]
    return float(window.max()) if window.size else 0.0


def share_of_room(kinds: int) -> float:
    """The radius of so many equal discs beside each other in a disc of radius 1."""
    return 1.0 if kinds < 2 else 1.0 / (1.0 + 1.0 / math.sin(math.pi / kinds))


def clearance(field: HeightField) -> float:
    """Free height in metres under the middle of the body, 0 where it stands on the ground there."""
    rows, columns = field.low.shape
    middle = field.low[rows // 3 : rows - rows // 3, columns // 3 : columns - columns // 3]
    return float(middle.min()) if middle.size and np.isfinite(middle).any() else 0.0


def _score(
    field: HeightField, drop: NDArray[np.float64], allowed: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    """Worth of each cell as a place to stand, (n, m); -inf where none may."""
    usable = field.top > 0 if allowed is None else allowed
    level = usable & (drop < 0.06 * field.height)
    step = max(field.height * 0.05, 1e-9)
    bins = (field.top / step).astype(int)
    area = np.bincount(bins[level], minlength=int(bins.max()) + 1)
    share = area[bins] / max(int(area.max()), 1)
    score = np.where(level, share, 0.0) - 2.5 * drop / field.height - 0.9 * _distance(field)
    return np.where(usable, score, -np.inf)


def _distance(field: HeightField) -> NDArray[np.float64]:
    """How far each cell is from the middle: 0 there, 1 at the middle of a side."""
    rows, columns = field.top.shape
    i, j = np.indices(field.top.shape)
    return np.hypot((2 * i + 1 - rows) / rows, (2 * j + 1 - columns) / columns)


def _within(field: HeightField, share: float) -> NDArray[np.bool_]:
    return _distance(field) < share
