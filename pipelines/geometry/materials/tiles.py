"""Noise over a texture, tile by tile: what changes slowly from texel to texel is found at one in 16 of them.

The nodes lie in the middles of blocks of texels, and values between them are found along straight lines. Where nodes
beside each other are no neighbours on the surface, at the border of a chart, each texel is looked up by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake
from pipelines.geometry.materials import noise

# Rows and columns of a tile: its arrays stay in the processor's cache.
TILE = (128, 256)
# Texels along a block.
BLOCK = 4
# Nodes a cell of the finest octave, if that were the only one; a weaker one is content with fewer. Measured: values lie
# within 0.004 of those found texel by texel, in the mean within 0.0007.
NODES = 9.0
# Nodes farther apart than so many usual steps are no neighbours on the surface.
JUMP = 2.5
# Above this share of texels looked up by themselves a grid is not worth its nodes; and below this share of a tile it is
# not worth them either.
MOST_LOOSE, LEAST_SHARE = 0.4, 0.25
# How far a texel lies from what its nodes say together, in steps between them, where a measure bends most; and how far
# a measure may change on this way if nodes are to tell where it is worth to be found.
FARTHEST, MOST_ROOM = 0.5, 0.06
# A block so small, in longest sides, that nobody sees a border of this width.
FINE = 1 / 400

Scale = float | NDArray[np.float32]
Cells = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
# Something found at each of some points: (n,).
Measure = Callable[["Spots"], NDArray[np.float32]]


class Spots(Protocol):
    """Points of a surface with the noise at them. What is found may be shared: it is read, not changed."""

    @property
    def points(self) -> NDArray[np.float32]:
        """(n, 3), the longest side of the object being 1."""

    def fbm(self, scale: Scale, octaves: int = 4, shift: float = 0.0) -> NDArray[np.float32]:
        """As `noise.fbm` at the points times `scale`, moved by `shift` cells: (n,)."""

    def cells(self, scale: Scale) -> Cells:
        """As `noise.cells`."""

    def nearest(self, scale: Scale) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """As `noise.nearest_cell`."""

    def some(self, rows: NDArray[np.int64]) -> Spots:
        """Those at rows (k,)."""

    def likely(self, measure: Measure, steepest: float) -> NDArray[np.int64]:
        """Rows at which a measure may be above 0, and perhaps some others; it changes by at most `steepest` a unit."""


@dataclass(frozen=True)
class Scattered:
    """Points (n, 3) wherever they lie: each is looked up by itself."""

    points: NDArray[np.float32]

    def fbm(self, scale: Scale, octaves: int = 4, shift: float = 0.0) -> NDArray[np.float32]:
        if shift:
            return noise.fbm(self.points * np.float32(scale) + np.float32(shift), octaves)
        return noise.fbm(self.points, octaves, scale)

    def cells(self, scale: Scale) -> Cells:
        return noise.cells(self.points, scale)

    def nearest(self, scale: Scale) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        return noise.nearest_cell(self.points, scale)

    def some(self, rows: NDArray[np.int64]) -> Spots:
        return Scattered(_taken(self.points, rows))

    def likely(self, measure: Measure, steepest: float) -> NDArray[np.int64]:
        return np.arange(len(self.points))


def _taken(points: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    # Axis by axis: numpy is slow along rows of three.
    return np.take(points.T, rows, axis=1).T


@dataclass(frozen=True)
class Tile:
    """The texels (n,) of a rectangle that show a face: their places in it and how many rows down they lie, their places
    in the flat image, and the faces."""

    row: int
    column: int
    shape: tuple[int, int]
    inside: NDArray[np.int64]
    down: NDArray[np.int64]
    texel: NDArray[np.int64]
    face: NDArray[np.int32]


class Sheet:
    """A texture whose texels show the faces of owner (size, size), -1 for none; `places` are the points of these."""

    def __init__(self, owner: NDArray[np.int32], places: bake.Planes) -> None:
        self.owner, self.places, self.size = owner, places, len(owner)

    def tiles(self) -> Iterator[Tile]:
        """All texels that show a face, some at a time."""
        for row in range(0, self.size, TILE[0]):
            for column in range(0, self.size, TILE[1]):
                shown = self.owner[row : row + TILE[0], column : column + TILE[1]]
                height, width = shown.shape
                face = shown.reshape(-1)
                inside = np.flatnonzero(face >= 0)
                if len(inside):
                    down = (inside.astype(np.uint32) // np.uint32(width)).astype(np.int64)
                    texel = inside + down * (self.size - width) + (row * self.size + column)
                    yield Tile(row, column, (height, width), inside, down, texel, face.take(inside))

    @cached_property
    def blocks(self) -> NDArray[np.int32]:
        """The face in the middle of each block of texels, or one beside it; with a block more around the image."""
        middle = self.owner[BLOCK // 2 :: BLOCK, BLOCK // 2 :: BLOCK]
        wide = np.pad(middle, 1, constant_values=-1)
        # Whole numbers in float64, since OpenCV dilates no others of this size.
        beside = cv2.dilate(wide.astype(np.float64), np.ones((3, 3), np.uint8))
        return np.where(wide >= 0, wide, beside.astype(np.int32))

    @cached_property
    def step(self) -> float:
        """The usual way from one texel to the next on the surface; infinite where no grid may be laid."""
        if self.size % BLOCK:
            return np.inf
        # A face's plane says how far a step right and a step down lead.
        rows = self.places.rows[np.unique(self.blocks)[1:]]
        along = np.sqrt([np.square(rows[:, at : at + 3]).sum(1) for at in (3, 6)])
        return float(np.median(along.max(0))) / self.size if len(rows) else np.inf


@dataclass(frozen=True)
class _Grid:
    """Nodes of a tile: in the middles of its blocks and of those around it.

    place (k,) of those with a face among all of shape; face (k,), uv (two (k,)) and points (k, 3) of these; seen (n,):
    places of the tile's texels in the grid made as fine as these; loose (l,): which of them lie between nodes that are
    no neighbours.
    """

    shape: tuple[int, int]
    place: NDArray[np.int64]
    face: NDArray[np.int32]
    uv: tuple[NDArray[np.float32], NDArray[np.float32]]
    points: NDArray[np.float32]
    seen: NDArray[np.int64]
    loose: NDArray[np.int64]

    def brought(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values at nodes (k,) -> at the tile's texels (n,)."""
        height, width = self.shape
        whole = np.zeros(self.shape, np.float32)
        whole.reshape(-1)[self.place] = values
        fine = (width * BLOCK, height * BLOCK)
        large = cv2.resize(whole, fine, interpolation=cv2.INTER_LINEAR)
        return np.asarray(large, np.float32).reshape(-1).take(self.seen)


@dataclass
class OnTile:
    """The points of a tile's texels, moved by `offset` texels right and down, with the noise found so far."""

    sheet: Sheet
    tile: Tile
    offset: tuple[float, float] = (0.0, 0.0)
    _found: dict[tuple, tuple[NDArray, ...]] = field(default_factory=dict)

    @cached_property
    def uv(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """u and v (n,), up."""
        return bake.coordinates(self.tile.texel, self.sheet.size, self.offset)

    @cached_property
    def points(self) -> NDArray[np.float32]:
        return self.sheet.places.at(self.tile.face, *self.uv)

    def fbm(self, scale: Scale, octaves: int = 4, shift: float = 0.0) -> NDArray[np.float32]:
        key = _key("fbm", scale, octaves, shift)
        if key not in self._found:
            self._keep(key, self._fbm(scale, octaves, shift))
        return self._found[key][0]

    def cells(self, scale: Scale) -> Cells:
        key = _key("cells", scale)
        if key not in self._found:
            self._keep(key, *noise.cells(self.points, scale))
        near, second, which = self._found[key]
        return near, second, which

    def nearest(self, scale: Scale) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        key = _key("nearest", scale)
        if key not in self._found:
            self._keep(key, *noise.nearest_cell(self.points, scale))
        near, which = self._found[key]
        return near, which

    def some(self, rows: NDArray[np.int64]) -> Spots:
        return self if len(rows) == len(self.tile.texel) else _Some(self, rows)

    def likely(self, measure: Measure, steepest: float) -> NDArray[np.int64]:
        room = steepest * self.sheet.step * BLOCK * FARTHEST
        if room > MOST_ROOM:
            return np.arange(len(self.tile.texel))
        found = self._grid.brought(measure(Scattered(self._grid.points)))
        found[self._grid.loose] = np.inf
        return np.flatnonzero(found > -room)

    def known(self, *key: object) -> tuple[NDArray, ...] | None:
        """What was found before, by the name of the noise and what it was asked with."""
        return self._found.get(_key(*key))

    def grid_of(self, scale: Scale, octaves: int) -> _Grid | None:
        """A grid that shows this noise; None where each texel is looked up by itself."""
        finest = float(np.max(np.abs(scale))) * 2.0 ** (octaves - 1)
        weight = 0.5 ** (octaves - 1) / (2.0 - 2.0 ** (1 - octaves))
        fits = finest * self.sheet.step * BLOCK * NODES * weight**0.5 <= 1.0
        if not fits or len(self._grid.loose) > MOST_LOOSE * len(self.tile.texel):
            return None
        return self._grid

    def brought(self, values: bake.Planes) -> NDArray[np.float32]:
        """Values (n, k), column by column, that change evenly over faces: smoothed over a block where it is small."""
        if self.sheet.step * BLOCK > FINE:
            return values.at(self.tile.face, *self.uv)
        grid = self._grid
        found = [grid.brought(row) for row in values.at(grid.face, *grid.uv).T]
        if len(grid.loose):
            u, v = self.uv
            there = values.at(self.tile.face[grid.loose], u[grid.loose], v[grid.loose])
            for row, exact in zip(found, there.T, strict=True):
                row[grid.loose] = exact
        return np.stack(found).T

    def _fbm(self, scale: Scale, octaves: int, shift: float) -> NDArray[np.float32]:
        grid = self.grid_of(scale, octaves)
        if grid is None:
            return Scattered(self.points).fbm(scale, octaves, shift)
        found = grid.brought(Scattered(grid.points).fbm(scale, octaves, shift))
        if len(grid.loose):
            loose = Scattered(_taken(self.points, grid.loose))
            found[grid.loose] = loose.fbm(scale, octaves, shift)
        return found

    def _keep(self, key: tuple, *found: NDArray) -> None:
        for values in found:
            values.flags.writeable = False
        self._found[key] = found

    @cached_property
    def _grid(self) -> _Grid:
        tile, size = self.tile, self.sheet.size
        (row, column), (height, width) = (tile.row // BLOCK, tile.column // BLOCK), tile.shape
        shape = (height // BLOCK + 2, width // BLOCK + 2)
        face = self.sheet.blocks[row : row + shape[0], column : column + shape[1]].reshape(-1)
        place = np.flatnonzero(face >= 0)
        down = place // shape[1]
        right = place - down * shape[1]
        # The first node lies in the block before the tile's first.
        middles = (
            ((at + (first - 1)) * BLOCK + (BLOCK / 2 + moved)) / size
            for at, first, moved in zip((right, down), (column, row), self.offset, strict=True)
        )
        u, v = (np.asarray(middle, np.float32) for middle in middles)
        v = np.float32(1.0) - v
        points = self.sheet.places.at(face[place], u, v)
        # The grid is two blocks wider than the tile.
        seen = tile.inside + tile.down * (2 * BLOCK) + (BLOCK * (width + 2 * BLOCK) + BLOCK)
        farthest = self.sheet.step * BLOCK * JUMP
        loose = _loose(_steps(points, place, shape), farthest, seen)
        return _Grid(shape, place, face[place], (u, v), points, seen, loose)


def _steps(
    points: NDArray[np.float32], place: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Squared distances between nodes beside each other, (h, w - 1), and below each other, (h - 1, w): NaN where there
    are none. points (k, 3) at places (k,) of `shape` (h, w)."""
    whole = np.full((3, shape[0] * shape[1]), np.nan, np.float32)
    whole[:, place] = points.T
    x, y, z = whole.reshape(3, *shape)
    right = sum(np.square(axis[:, 1:] - axis[:, :-1]) for axis in (x, y, z))
    down = sum(np.square(axis[1:] - axis[:-1]) for axis in (x, y, z))
    return np.asarray(right), np.asarray(down)


def _loose(
    steps: tuple[NDArray[np.float32], NDArray[np.float32]],
    farthest: float,
    seen: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Which texels, at places `seen` in a grid made finer, lie between nodes farther apart than neighbours are."""
    # What is unknown is no neighbour either.
    right, down = (~(squares <= np.float32(farthest**2)) for squares in steps)
    apart = np.zeros((len(right), len(right[0]) + 1), np.uint8)
    apart[:-1, :-1] = right[:-1] | right[1:] | down[:, :-1] | down[:, 1:]
    if not apart.any():
        return np.zeros(0, np.int64)
    height, width = len(apart) * BLOCK, len(apart[0]) * BLOCK
    fine = np.asarray(cv2.resize(apart, (width, height), interpolation=cv2.INTER_NEAREST))
    # The first four nodes begin half a block after the grid does.
    return np.flatnonzero(fine.reshape(-1).take(seen - (BLOCK // 2) * (width + 1)))


@dataclass
class _Some:
    """Some of the texels of a tile."""

    whole: OnTile
    rows: NDArray[np.int64]

    @cached_property
    def points(self) -> NDArray[np.float32]:
        return _taken(self.whole.points, self.rows)

    def fbm(self, scale: Scale, octaves: int = 4, shift: float = 0.0) -> NDArray[np.float32]:
        known = self.whole.known("fbm", scale, octaves, shift)
        many = len(self.rows) > LEAST_SHARE * len(self.whole.tile.texel)
        if known is not None or (many and self.whole.grid_of(scale, octaves) is not None):
            return self.whole.fbm(scale, octaves, shift).take(self.rows)
        return Scattered(self.points).fbm(scale, octaves, shift)

    def cells(self, scale: Scale) -> Cells:
        if self.whole.known("cells", scale) is None:
            return noise.cells(self.points, scale)
        near, second, which = self.whole.cells(scale)
        return near[self.rows], second[self.rows], which[self.rows]

    def nearest(self, scale: Scale) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        if self.whole.known("nearest", scale) is None:
            return noise.nearest_cell(self.points, scale)
        near, which = self.whole.nearest(scale)
        return near[self.rows], which[self.rows]

    def some(self, rows: NDArray[np.int64]) -> Spots:
        return _Some(self.whole, self.rows[rows])

    def likely(self, measure: Measure, steepest: float) -> NDArray[np.int64]:
        return np.arange(len(self.rows))


def _key(*asked: object) -> tuple:
    return tuple(tuple(part.tolist()) if isinstance(part, np.ndarray) else part for part in asked)
