"""Simple solids put together to shapes whose parts are known, for the tests of segmentation and rigging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import trimesh


@dataclass(frozen=True)
class Solid:
    """A closed mesh at a given detail, and how far points (n, 3) are from its surface: (n,)."""

    mesh: Callable[[int], trimesh.Trimesh]
    away: Callable[[np.ndarray], np.ndarray]


def ball(centre: Sequence[float], radius: float) -> Solid:
    def mesh(detail: int) -> trimesh.Trimesh:
        return trimesh.creation.icosphere(detail, radius).apply_translation(centre)

    return Solid(mesh, lambda p: np.abs(np.linalg.norm(p - centre, axis=1) - radius))


def capsule(start: Sequence[float], end: Sequence[float], radius: float) -> Solid:
    one, other = np.asarray(start, float), np.asarray(end, float)

    def mesh(detail: int) -> trimesh.Trimesh:
        length = float(np.linalg.norm(other - one))
        around = 3 * detail
        made = trimesh.creation.capsule(length, radius, count=[around, around])
        made.apply_translation((0, 0, -radius - made.bounds[0, 2]))
        # A capsule comes with faces as long as itself.
        made = made.subdivide_to_size(max(radius, length / 8), max_iter=20)
        return made.apply_transform(_from_z(one, other))

    return Solid(mesh, lambda p: np.abs(_to_segment(p, one, other) - radius))


def tube(start: Sequence[float], end: Sequence[float], radius: float) -> Solid:
    one, other = np.asarray(start, float), np.asarray(end, float)

    def mesh(detail: int) -> trimesh.Trimesh:
        length = float(np.linalg.norm(other - one))
        made = trimesh.creation.cylinder(radius, length, sections=2 ** (detail + 1))
        made = made.apply_translation((0, 0, length / 2))
        return made.subdivide_to_size(length / 12, max_iter=20).apply_transform(_from_z(one, other))

    return Solid(mesh, lambda p: np.abs(_to_segment(p, one, other) - radius))


def box(centre: Sequence[float], size: Sequence[float]) -> Solid:
    half = np.asarray(size, float) / 2

    def mesh(detail: int) -> trimesh.Trimesh:
        made = trimesh.creation.box(size).subdivide_to_size(max(size) / 2**detail)
        return made.apply_translation(centre)

    def away(points: np.ndarray) -> np.ndarray:
        q = np.abs(points - centre) - half
        return np.abs(np.linalg.norm(np.maximum(q, 0), axis=1) + np.minimum(q.max(axis=1), 0))

    return Solid(mesh, away)


def joined(solids: Sequence[Solid], detail: int = 4) -> trimesh.Trimesh:
    """The union, a closed mesh."""
    return trimesh.boolean.union([solid.mesh(detail) for solid in solids], engine="manifold")


def capsule_figure(reach: float = 0.75) -> tuple[Solid, ...]:
    """Trunk, head, two arms, two legs; 1.75 m high, on the ground, looking to +Z; the first arm and leg are at +X."""
    return (
        capsule((0, 0.95, 0), (0, 1.3, 0), 0.17),
        ball((0, 1.6, 0), 0.15),
        capsule((0.17, 1.36, 0), (reach, 1.3, 0), 0.055),
        capsule((-0.17, 1.36, 0), (-reach, 1.3, 0), 0.055),
        capsule((0.11, 0.85, 0), (0.14, 0.08, 0), 0.08),
        capsule((-0.11, 0.85, 0), (-0.14, 0.08, 0), 0.08),
    )


def _to_segment(points: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    chord = other - one
    share = np.clip((points - one) @ chord / (chord @ chord), 0, 1)
    return np.linalg.norm(points - one - share[:, None] * chord, axis=1)


def _from_z(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The motion that takes the Z axis from the origin to the line from one to other."""
    matrix = trimesh.geometry.align_vectors([0, 0, 1], other - one)
    matrix[:3, 3] = one
    return matrix
