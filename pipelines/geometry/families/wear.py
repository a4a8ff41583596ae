"""What age does to a body: wood and masonry lean, broken things lose an end or a corner.

A lean is a shear, which keeps every flat face flat; a break is cut by a rough solid. Both leave a closed body.
Y up, front to +Z; any unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from pipelines.geometry.families.part_shapes import box_of, pieces_of
from pipelines.geometry.families.registry import Part
from pipelines.geometry.families.weathering import alive
from pipelines.words.ages import Age

# Finishes of things that are built upright and lean in the end.
_LEANING = frozenset("wood plaster stone brick tiles bark concrete wicker".split())
LEAN = 0.06  # sideways, of the height, of what is as worn as can be
SLENDER = 2.6  # times as long as wide: it snaps; others lose a corner
SNAPPED = (0.62, 0.74)  # of the length, where it snaps
BITE = 0.05  # of the volume that a break takes at least
BITES = (0.2, 0.26, 0.32, 0.4)  # radii of the longest side, tried in turn
ROUGH = 0.22  # of a bite's radius


@dataclass(frozen=True)
class Worn:
    """A body after its years, the part of each original id, and what was done, for what is told."""

    body: Manifold
    ids: dict[int, int]
    done: tuple[str, ...] = ()


def worn(
    body: Manifold,
    ids: dict[int, int],
    parts: Sequence[Part],
    age: Age | None,
    *,
    finish: str,
    seed: int,
) -> Worn:
    """The united body of `parts` as old and as broken as asked; `finish` is the family's.

    What has eyes stays as it is, statues apart."""
    if not age or alive(parts, age):
        return Worn(body, ids)
    rng = np.random.default_rng([seed, 7919])
    done = []
    if age.broken:
        broken, cutter = _broken(body, rng)
        if cutter is not None:
            body, done = broken, ["a piece broken off"]
            ids = ids | {cutter: max(range(len(parts)), key=lambda at: parts[at].solid.volume())}
    if age.worn and _LEANING & set(finish.split()):
        body = _leaning(body, LEAN * age.worn, rng)
        done.append("leaning")
    return Worn(body, ids, tuple(done))


def _leaning(body: Manifold, most: float, rng: np.random.Generator) -> Manifold:
    side = -1.0 if rng.random() < 0.5 else 1.0
    shear = np.eye(3, 4)
    shear[0, 1], shear[2, 1] = side * most, -0.4 * most
    return body.transform(shear)


def _broken(body: Manifold, rng: np.random.Generator) -> tuple[Manifold, int | None]:
    """The body without a piece, and the original id of the break; the body and None where none can be taken."""
    box = box_of(body)
    sides = box[1] - box[0]
    along = int(sides.argmax())
    slender = sides[along] > SLENDER * np.delete(sides, along).max()
    if slender:
        return _cut(body, _snap(body, along, rng))
    for radius in BITES:
        result = _cut(body, _bite(body, radius * float(sides.max()), rng))
        if result[1] is not None and result[0].volume() < (1 - BITE) * body.volume():
            return result
    return body, None


def _cut(body: Manifold, cutter: Manifold) -> tuple[Manifold, int | None]:
    """The body without the cutter and without what that leaves loose."""
    cutter = cutter.as_original()
    count = len(pieces_of(body))
    pieces = sorted(pieces_of(body - cutter), key=Manifold.volume, reverse=True)
    if not pieces or sum(piece.volume() for piece in pieces[:count]) < 0.4 * body.volume():
        return body, None
    return Manifold.compose(pieces[:count]), cutter.original_id()


def _snap(body: Manifold, along: int, rng: np.random.Generator) -> Manifold:
    """A rough block over the lighter end of a slender body; the top end of an upright one."""
    box = box_of(body)
    sides = box[1] - box[0]
    size = sides * 1.4
    block = Manifold.cube(tuple(size), True).refine(8)
    share = float(rng.uniform(*SNAPPED))
    normal = np.eye(3)[along]
    upper = body.trim_by_plane(tuple(normal), float(box[:, along].mean())).volume()
    sign = 1.0 if along == 1 or upper <= 0.5 * body.volume() else -1.0
    at = (box[0] + box[1]) / 2
    at[along] += sign * (sides[along] * (share - 0.5) + size[along] / 2)
    width = float(np.delete(sides, along).max())

    def jagged(points: NDArray) -> NDArray:
        moved = np.array(points)
        face = sign * moved[:, along] < -0.49 * size[along]
        moved[face, along] += rng.uniform(-0.2, 0.2, int(face.sum())) * width
        return moved

    return block.warp_batch(jagged).translate(tuple(at))


def _bite(body: Manifold, radius: float, rng: np.random.Generator) -> Manifold:
    """A rough ball about an upper corner."""
    points = np.asarray(body.to_mesh().vert_properties, np.float64)[:, :3]
    box = box_of(body)
    unit = (points - box[0]) / np.maximum(box[1] - box[0], 1e-9)
    side = np.array([1.0 if rng.random() < 0.5 else -1.0, 1.6, 0.5])
    corner = points[int((unit @ side).argmax())]
    ball = Manifold.sphere(radius, 20)
    return ball.warp_batch(lambda p: p * rng.uniform(1 - ROUGH, 1 + ROUGH, (len(p), 1))).translate(
        tuple(corner)
    )
