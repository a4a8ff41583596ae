"""Random closed shapes to learn from: the text families, stretched and bent, and melted assemblies."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.errors import PipelineError
from pipelines.geometry.families import model, registry
from pipelines.training.assemblies import KINDS
from pipelines.words.sizes import is_state
from pipelines.words.variants import Variant

log = logging.getLogger(__name__)

# Share of shapes that come from the text families.
FAMILY_SHARE = 0.4
# Half the side of the cube that assemblies are cut to.
REACH = 1.5
FEWEST_FACES = 40
# Share of shapes in which a state (open, winged) is as drawn instead of as usual.
STATED = 0.25
TRIES = 20


@dataclass(frozen=True)
class Shape:
    """vertices (n, 3) float64 about the origin, longest side 1, Y up, front to +Z; faces (m, 3) outward.

    `part` (m,) tells faces of one part from those of another; `kind` says what it is.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    part: NDArray[np.int64]
    kind: str


def random_shape(rng: Generator) -> Shape:
    """One shape. Draws that come to nothing (an empty cut, a family that cannot be built so) are drawn again."""
    for _ in range(TRIES):
        try:
            shape = _family(rng) if rng.random() < FAMILY_SHARE else _assembly(rng)
        except (PipelineError, ValueError, ArithmeticError) as error:
            log.info("drawn again: %s", error)
            continue
        if len(shape.faces) >= FEWEST_FACES:
            return _normalised(_bent(shape, rng))
    raise RuntimeError(f"{TRIES} draws in a row made no shape: the generator is broken")


def _family(rng: Generator) -> Shape:
    rows = registry.families()
    row = rows[sorted(rows)[rng.integers(len(rows))]]
    factors = _wishes(row, rng)
    detail = bool(rng.random() < 0.1)
    built = model.build(row, factors, seed=int(rng.integers(1 << 30)), lowpoly=detail)
    return Shape(built.vertices, built.faces, built.part_of_face, row.name)


def _wishes(row: registry.Family, rng: Generator) -> dict[str, float]:
    """What a prompt might have asked of a family: lengths by a factor, counts by themselves, now and then a state."""
    wishes: dict[str, float] = {}
    for name, usual in row.measures.items():
        swing = float(np.exp(rng.normal(0.0, 0.2)))
        if is_state(name, usual):
            if rng.random() < STATED:
                wishes[name] = float(rng.integers(2))
        elif isinstance(usual, Variant):
            continue  # the seed picks
        else:
            wishes[name] = max(1, round(usual * swing)) if isinstance(usual, int) else swing
    return wishes


def _assembly(rng: Generator) -> Shape:
    kind = str(rng.choice(list(KINDS), p=[share for _, share in KINDS.values()]))
    body = KINDS[kind][0](rng)
    vertices, faces = body.surface(REACH)
    middles = vertices[faces].mean(axis=1).astype(np.float32)
    return Shape(vertices, faces, body.owner(middles), kind)


def _bent(shape: Shape, rng: Generator) -> Shape:
    """The shape stretched, tapered, twisted a little and, rarely, lying on another side."""
    points = _normalised(shape).vertices * np.exp(rng.normal(0.0, 0.18, 3))
    if rng.random() < 0.3:
        axis = int(rng.integers(3))
        narrow = 1.0 + rng.uniform(-0.7, 0.7) * points[:, axis : axis + 1]
        others = [side for side in range(3) if side != axis]
        points[:, others] *= narrow
    if rng.random() < 0.12:
        spin = points[:, 1:2] * np.radians(rng.normal(0.0, 40.0)) * np.array([[0.0, 1.0, 0.0]])
        points = Rotation.from_rotvec(spin).apply(points)
    if rng.random() < 0.15:
        side = str(rng.choice(["x", "y", "z"]))
        turn = 90.0 * rng.integers(1, 4) + rng.normal(0.0, 10.0)
        points = Rotation.from_euler(side, turn, degrees=True).apply(points)
    return Shape(points, shape.faces, shape.part, shape.kind)


def _normalised(shape: Shape) -> Shape:
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    size = float((high - low).max())
    if not np.isfinite(size) or size <= 0:
        raise ValueError(f"a {shape.kind} without extent")
    return Shape((shape.vertices - (low + high) / 2.0) / size, shape.faces, shape.part, shape.kind)
