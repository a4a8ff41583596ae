"""What a prompt says of a whole surface, painted: the finish beneath and the coats at their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb
from pipelines.geometry.materials import coats as coating
from pipelines.geometry.materials import places
from pipelines.geometry.materials.apply import Ground, painted
from pipelines.geometry.materials.style import Style
from pipelines.words.coats import Coat, Dress

# A coat on less than this share of the surface is not seen.
LEAST_SHARE = 0.01
# A surface that is all edges, such as that of many small balls, has none that could be told from the rest.
MOST_EDGES = 0.6
# Where a body has no edges, its trim runs around its top and its foot: how much of the height each takes.
TRIM_BAND = 0.07
TRIED = 6_000


@dataclass(frozen=True)
class Look:
    """How everything is painted. pattern_scale: size of the pattern, 1 is as the material wants it."""

    style: Style
    mode: str
    pattern_scale: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Dressed:
    """The material of each surface, and the share of the whole surface on which each coat lies."""

    materials: list[glb.Material]
    shares: list[float]


def dressed(
    surfaces: Sequence[bake.TexturedMesh], sizes: Sequence[int], dress: Dress, look: Look
) -> Dressed:
    """Surfaces of one object, of unit size about 0, each with a texture of its size in pixels."""
    shift = np.random.default_rng(look.seed).uniform(-5.0, 5.0, 3) if look.seed else np.zeros(3)
    grounds, shares = [Ground(mesh, mesh.vertices[mesh.faces]) for mesh in surfaces], []
    if dress.coats:
        grounds = _known_grounds(grounds)
        shares = _shares(grounds, dress.coats)
    made = []
    for ground, size in zip(grounds, sizes, strict=True):
        scaled = Ground(
            ground.mesh, ground.corners / look.pattern_scale + shift, None, ground.fields
        )
        made.append(
            painted(
                scaled,
                [dress.base],
                texture_px=size,
                style=look.style,
                mode=look.mode,
                coats=dress.coats,
            )
        )
    return Dressed(made, shares)


def _known_grounds(grounds: Sequence[Ground]) -> list[Ground]:
    """The grounds with large faces cut, and with what is known of the places on them, found on all of them together."""
    cut = [_cut(ground) for ground in grounds]
    whole = np.concatenate([ground.corners for ground in grounds])
    known = places.fields(np.concatenate([ground.corners for ground in cut]), whole)
    if not LEAST_SHARE < _area_share(cut, known[..., places.EDGE].mean(1) > 0.5) < MOST_EDGES:
        height = known[..., places.HEIGHT]
        ends = np.abs(height - 0.5) * 2.0 - (1.0 - 2.0 * TRIM_BAND)
        known[..., places.EDGE] = np.clip(ends / TRIM_BAND * 2.0 + 0.5, 0.0, 1.0)
    starts = np.cumsum([len(ground.corners) for ground in cut])[:-1]
    return [
        Ground(ground.mesh, ground.corners, None, mine)
        for ground, mine in zip(cut, np.split(known, starts), strict=True)
    ]


def _cut(ground: Ground) -> Ground:
    mesh = ground.mesh
    uv = mesh.uv[mesh.faces].astype(np.float64)
    shares, origin = places.cut_faces(ground.corners)
    parts = [
        np.einsum("mkc,mcd->mkd", shares, values[origin])
        for values in (ground.corners, uv, mesh.corner_normals)
    ]
    flat = bake.TexturedMesh(
        parts[0].reshape(-1, 3),
        np.arange(3 * len(origin)).reshape(-1, 3),
        parts[1].reshape(-1, 2).astype(np.float32),
        parts[2].astype(np.float32),
    )
    return Ground(flat, parts[0])


def _area_share(grounds: Sequence[Ground], chosen: NDArray[np.bool_]) -> float:
    corners = np.concatenate([ground.corners for ground in grounds])
    area = np.linalg.norm(places.normals(corners), axis=1)
    return float(area[chosen].sum() / max(area.sum(), 1e-30))


@dataclass
class _Tried:
    """Some points of the surface, to see how much of it a coat takes."""

    points: NDArray[np.float32]
    facing: NDArray[np.float32]

    def normals(self) -> NDArray[np.float32]:
        return self.facing


def _shares(grounds: Sequence[Ground], coats: Sequence[Coat]) -> list[float]:
    """How much of the surface each coat takes, from some of its faces."""
    corners = np.concatenate([ground.corners for ground in grounds])
    known = np.concatenate([ground.fields for ground in grounds if ground.fields is not None])
    facing = np.concatenate([ground.mesh.corner_normals for ground in grounds])
    area = np.linalg.norm(places.normals(corners), axis=1)
    ends = np.cumsum(area)
    face = np.searchsorted(ends, (np.arange(TRIED) + 0.5) / TRIED * ends[-1])
    tried = _Tried(corners[face].mean(1).astype(np.float32), bake.unit32(facing[face].mean(1)))
    return [float(coating.share_of(coat, tried, known[face].mean(1)).mean()) for coat in coats]
