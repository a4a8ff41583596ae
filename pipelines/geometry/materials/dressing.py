"""What a prompt says of a whole surface, painted: the finish beneath and the coats at their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb
from pipelines.geometry.materials import coats as coating
from pipelines.geometry.materials import pieces, places
from pipelines.geometry.materials.apply import Ground, OwnLook, painted
from pipelines.geometry.materials.style import Style
from pipelines.geometry.materials.tiles import Scattered, Spots
from pipelines.words.coats import Coat, Dress
from pipelines.words.finish import Finish

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


@dataclass(frozen=True)
class Known:
    """What a surface brings along: the look it has, None for none, and which of `finishes` each face (m,) has."""

    own: OwnLook | None = None
    part_of_face: NDArray[np.int64] | None = None


def dressed(
    surfaces: Sequence[bake.TexturedMesh],
    sizes: Sequence[int],
    dress: Dress,
    look: Look,
    known: Sequence[Known] = (),
    parts: Sequence[Finish] = (),
) -> Dressed:
    """Surfaces of one object, of unit size about 0, each with a texture of its size in pixels. The faces of part 0 get
    the dress's base, the others those of `parts`."""
    shift = np.random.default_rng(look.seed).uniform(-5.0, 5.0, 3) if look.seed else np.zeros(3)
    shares: list[float] = []
    grounds = [
        Ground(mesh, mesh.vertices[mesh.faces], brought.part_of_face, None, brought.own)
        for mesh, brought in zip(surfaces, known or [Known()] * len(surfaces), strict=True)
    ]
    if dress.coats:
        grounds = known_grounds(grounds, dress.coats)
        shares = _shares(grounds, dress.coats)
    made = []
    for ground, size in zip(grounds, sizes, strict=True):
        scaled = replace(ground, corners=ground.corners / look.pattern_scale + shift)
        made.append(
            painted(
                scaled,
                [dress.base, *parts],
                texture_px=size,
                style=look.style,
                mode=look.mode,
                coats=dress.coats,
            )
        )
    return Dressed(made, shares)


def known_grounds(grounds: Sequence[Ground], coats: Sequence[Coat] | None = None) -> list[Ground]:
    """The grounds with large faces cut, and with what is known of the places on them, found on all of them together:
    only what the coats want, if they are named."""
    wanted = set(range(places.FIELDS)) if coats is None else coating.wanted(coats)
    piece = pieces.PIECE if coats is None else coating.largest_piece(coats)
    cut = [_cut(ground, piece) for ground in grounds]
    known = places.fields(_corners(cut), _corners(grounds), wanted)
    if places.EDGE in wanted:
        _trim_ends(cut, known)
    starts = np.cumsum([len(ground.corners) for ground in cut])[:-1]
    return [
        replace(ground, fields=mine)
        for ground, mine in zip(cut, np.split(known, starts), strict=True)
    ]


def _corners(grounds: Sequence[Ground]) -> NDArray[np.float64]:
    """The corners of all of them, not copied where there is but one."""
    if len(grounds) == 1:
        return grounds[0].corners
    return np.concatenate([ground.corners for ground in grounds])


def _trim_ends(grounds: Sequence[Ground], known: NDArray[np.float32]) -> None:
    """Where a body has no edges, or nothing else, the trim runs around its top and its foot."""
    if LEAST_SHARE < _area_share(grounds, known[..., places.EDGE].mean(1) > 0.5) < MOST_EDGES:
        return
    height = known[..., places.HEIGHT]
    ends = np.abs(height - 0.5) * 2.0 - (1.0 - 2.0 * TRIM_BAND)
    known[..., places.EDGE] = np.clip(ends / TRIM_BAND * 2.0 + 0.5, 0.0, 1.0)


def _cut(ground: Ground, piece: float) -> Ground:
    mesh = ground.mesh
    uv = mesh.uv[mesh.faces].astype(np.float64)
    shares, origin = pieces.cut_faces(ground.corners, piece)
    if len(origin) == len(ground.corners):
        return ground
    parts = [
        np.matmul(shares, values[origin]) for values in (ground.corners, uv, mesh.corner_normals)
    ]
    flat = bake.TexturedMesh(
        parts[0].reshape(-1, 3),
        np.arange(3 * len(origin)).reshape(-1, 3),
        parts[1].reshape(-1, 2).astype(np.float32),
        parts[2].astype(np.float32),
    )
    owner = ground.part_of_face
    return Ground(
        flat,
        parts[0],
        None if owner is None else owner[origin],
        None,
        _of_pieces(ground.own, origin),
    )


def _of_pieces(own: OwnLook | None, origin: NDArray[np.int64]) -> OwnLook | None:
    """The look of a mesh, asked by the pieces of its cut faces; origin (p,) is the face of each."""
    if own is None:
        return None
    return lambda piece, u, v: own(origin[piece].astype(np.int32), u, v)


def _area_share(grounds: Sequence[Ground], chosen: NDArray[np.bool_]) -> float:
    area = places.doubled_areas(_corners(grounds))
    return float(area[chosen].sum() / max(area.sum(), 1e-30))


@dataclass
class _Tried:
    """Some points of the surface, to see how much of it a coat takes."""

    spots: Spots
    facing: NDArray[np.float32]

    def normals(self) -> NDArray[np.float32]:
        return self.facing


def _shares(grounds: Sequence[Ground], coats: Sequence[Coat]) -> list[float]:
    """How much of the surface each coat takes, from some of its faces."""
    corners = np.concatenate([ground.corners for ground in grounds])
    known = np.concatenate([ground.fields for ground in grounds if ground.fields is not None])
    facing = np.concatenate([ground.mesh.corner_normals for ground in grounds])
    area = places.doubled_areas(corners)
    ends = np.cumsum(area)
    face = np.searchsorted(ends, (np.arange(TRIED) + 0.5) / TRIED * ends[-1])
    spots = Scattered(corners[face].mean(1).astype(np.float32))
    tried = _Tried(spots, bake.unit32(facing[face].mean(1)))
    return [float(coating.share_of(coat, tried, known[face].mean(1)).mean()) for coat in coats]
