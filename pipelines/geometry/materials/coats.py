"""Coats over a finish: where each one lies, and how two looks become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.materials import marks
from pipelines.geometry.materials.pieces import PIECE, SLOW_PIECE
from pipelines.geometry.materials.places import ACROSS, AHEAD, CREVICE, EDGE, HEIGHT, OPEN
from pipelines.geometry.materials.registry import Look, mix, step
from pipelines.geometry.materials.style import Style
from pipelines.geometry.materials.tiles import Scattered, Spots
from pipelines.words.coats import Coat
from pipelines.words.finish import Finish

# Materials that fall and lie where a surface looks up; others at the top are cut off by height.
FALLING = frozenset("snow ice sand moss dirt grass leaves plaster water".split())
# Materials that lie on others as a film.
THIN = frozenset("dust soot grime frost blood".split())
# Materials that creep in with a ragged border; others are put on with a clean one.
RAGGED = FALLING | THIN | frozenset("rust verdigris lava bark stone rock fur slime".split())
# Places with a noise of their own, which nothing bends.
STRAIGHT = frozenset("growth patches cracks veins scratches flecks".split())
# Places that lie along edges; the others look at these hardly or not at all.
AT_EDGES = frozenset(("edges",))
# How far a coat stands out from what lies beneath it, in longest sides.
THICKNESS = 0.002
FALLEN_THICKNESS = 0.005


class Band(Protocol):
    """Points (n, 3) of a surface and their normals (n, 3)."""

    @property
    def spots(self) -> Spots:
        """The points, the longest side of the object being 1, with the noise at them."""

    def normals(self) -> NDArray[np.float32]:
        """Unit normals (n, 3)."""


LookOf = Callable[[Finish, Spots, Callable[[], NDArray[np.float32]], Style], Look]


def coated(
    look: Look,
    band: Band,
    coats: Sequence[Coat],
    fields: NDArray[np.float32],
    style: Style,
    look_of: LookOf,
) -> Look:
    """A look (n,) with the coats over it, in their order. fields (n, f) as of `places.fields`."""
    for coat in coats:
        share = share_of(coat, band, fields)
        rows = np.flatnonzero(share > 1e-3)
        if not len(rows):
            continue

        def normals(rows: NDArray[np.int64] = rows) -> NDArray[np.float32]:
            return band.normals()[rows]

        over = look_of(coat.finish, band.spots.some(rows), normals, style)
        look = _laid_over(look, over, rows, share[rows], _thickness(coat))
    return look


def _thickness(coat: Coat) -> float:
    if coat.place in marks.SUNK:
        return marks.SUNK[coat.place]
    if coat.finish.material is None or coat.finish.material in THIN:
        return 0.0
    return FALLEN_THICKNESS if coat.finish.material in FALLING else THICKNESS


class _Asked:
    """Fields of one point that keep in mind which of them were looked at."""

    def __init__(self) -> None:
        self.columns: set[int] = set()

    def __getitem__(self, key: tuple[slice, int]) -> NDArray[np.float32]:
        self.columns.add(key[1])
        return np.zeros(1, np.float32)


@dataclass
class _Point:
    """One point of a surface."""

    spots: Spots

    def normals(self) -> NDArray[np.float32]:
        return self.spots.points


def wanted(coats: Sequence[Coat]) -> set[int]:
    """Which of the fields of `places` these coats look at: each is asked about one point."""
    asked = _Asked()
    point = _Point(Scattered(np.ones((1, 3), np.float32)))
    for coat in coats:
        share_of(coat, point, cast(NDArray[np.float32], asked))
    return asked.columns


def largest_piece(coats: Sequence[Coat]) -> float:
    """Into pieces of which size, in longest sides, a surface is cut for the fields that these coats look at."""
    if any(coat.place in AT_EDGES for coat in coats):
        return PIECE
    return SLOW_PIECE if wanted(coats) & {EDGE, CREVICE, OPEN} else np.inf


def _bent(coat: Coat, spots: Spots) -> NDArray[np.float32]:
    """What bends the border of a coat: (n,) about 0, within 0.5; weak where the border is clean."""
    if coat.place in STRAIGHT:
        return np.zeros(len(spots.points), np.float32)
    found = spots.fbm(9.0, 4) - np.float32(0.5)
    return found if coat.finish.material in RAGGED else found * np.float32(0.12)


def share_of(coat: Coat, band: Band, fields: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of a coat lies at each point, 0 to 1: (n,)."""
    bent = _bent(coat, band.spots)
    material = coat.finish.material
    return _SHARES[coat.place](band, fields, bent, material in RAGGED, material in FALLING)


def _top(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    if falling:
        up = band.normals()[:, 1] + bent * 1.1 - (1.0 - fields[:, OPEN]) * 0.5
        return step(up, 0.42, 0.22)
    return step(fields[:, HEIGHT] + bent * 0.3, 0.68, 0.25 if ragged else 0.02)


def _bottom(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    return step(1.0 - fields[:, HEIGHT] + bent * 0.6, 0.68, 0.12 if ragged else 0.02)


def _middle(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    return step(0.5 - np.abs(fields[:, HEIGHT] - 0.5) + bent * 0.3, 0.38, 0.1 if ragged else 0.02)


def _edges(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    if ragged:
        return step(fields[:, EDGE] + bent * 1.3, 0.5, 0.35)
    return step(fields[:, EDGE] + bent, 0.5, 0.18)


def _crevices(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    return step(fields[:, CREVICE] + bent * (1.0 if ragged else 0.5), 0.5, 0.3)


def _growth(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    """Where things grow: in hollows, on what looks up, near the ground, and here and there."""
    likes = fields[:, CREVICE] * 0.5 + np.clip(band.normals()[:, 1], 0, 1) * 0.3
    likes += (1.0 - fields[:, HEIGHT]) * 0.12
    return step(likes + (band.spots.fbm(5.0, 4) - 0.5) * 1.6, 0.3, 0.16)


def _patches(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    likes = fields[:, EDGE] * 0.08 + fields[:, CREVICE] * 0.06
    return step(band.spots.fbm(4.5, 4) + likes, 0.54, 0.1)


def _underside(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    return step(-band.normals()[:, 1] + bent * 0.6, 0.4, 0.2)


def _sides(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
    return step(0.6 - np.abs(band.normals()[:, 1]) + bent * 0.5, 0.0, 0.12)


def _half(column: int, sign: float) -> Callable[..., NDArray]:
    def half(band: Band, fields: NDArray, bent: NDArray, ragged: bool, falling: bool) -> NDArray:
        return step((fields[:, column] - 0.5) * sign + bent * 0.3, 0.0, 0.15 if ragged else 0.02)

    return half


_SHARES: dict[str, Callable[..., NDArray]] = {
    "top": _top,
    "bottom": _bottom,
    "middle": _middle,
    "edges": _edges,
    "crevices": _crevices,
    "growth": _growth,
    "patches": _patches,
    "underside": _underside,
    "sides": _sides,
    "front": _half(AHEAD, 1.0),
    "back": _half(AHEAD, -1.0),
    "left": _half(ACROSS, 1.0),
    "right": _half(ACROSS, -1.0),
    **marks.SHARES,
}


def _laid_over(
    look: Look, over: Look, rows: NDArray[np.int64], share: NDArray[np.float32], thickness: float
) -> Look:
    """`over` (k,) at rows (k,) of a look (n,), by a share (k,)."""
    count = len(look.rgb)
    if over.cover is not None:
        share = share * over.cover
    rgb = look.rgb.copy("K")
    for channel, above in zip(rgb.T, over.rgb.T, strict=True):
        channel[rows] = _between(channel[rows], above, share)
    numbers = []
    for below, above in ((look.roughness, over.roughness), (look.metalness, over.metalness)):
        whole = np.broadcast_to(np.asarray(below, np.float32), (count,)).copy()
        whole[rows] = _between(whole[rows], above, share)
        numbers.append(whole)
    height = _heights(look, count)
    raised = _heights(over, len(rows))
    height[rows] = _between(height[rows], raised + np.float32(thickness), share)
    glow = look.glow
    if look.glow is not None or over.glow is not None:
        glow = np.zeros((count, 3), np.float32) if look.glow is None else look.glow.copy()
        above = np.zeros((len(rows), 3), np.float32) if over.glow is None else over.glow
        glow[rows] = mix(glow[rows], above, share)
    return Look(rgb, numbers[0], numbers[1], height, glow)


def _between(below: NDArray, above: NDArray | float, share: NDArray) -> NDArray:
    """Values (k,) between two by a share (k,) of the second."""
    return below + (above - below) * share


def joined(looks: Sequence[Look], rows: Sequence[NDArray[np.int64]]) -> Look:
    """Looks of several parts, each for its rows, as one."""
    count = sum(len(row) for row in rows)
    rgb = np.zeros((3, count), np.float32).T
    roughness, metalness, height = (np.zeros(count, np.float32) for _ in range(3))
    glow = (
        np.zeros((count, 3), np.float32) if any(look.glow is not None for look in looks) else None
    )
    for look, row in zip(looks, rows, strict=True):
        rgb[row], roughness[row], metalness[row] = look.rgb, look.roughness, look.metalness
        height[row] = _heights(look, len(row))
        if glow is not None and look.glow is not None:
            glow[row] = look.glow
    flat = all(look.height is None for look in looks)
    return Look(rgb, roughness, metalness, None if flat else height, glow)


def _heights(look: Look, count: int) -> NDArray[np.float32]:
    return np.zeros(count, np.float32) if look.height is None else np.array(look.height, np.float32)
