"""Finishes onto a mesh: each part's material, colour, gloss and relief, baked into the maps of a glTF material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb
from pipelines.geometry.materials.coats import coated, joined, wanted
from pipelines.geometry.materials.maps import Canvas
from pipelines.geometry.materials.merged import changed, keeps, pattern_of
from pipelines.geometry.materials.places import FIELDS
from pipelines.geometry.materials.registry import Look, Surface, dot, materials, three
from pipelines.geometry.materials.style import PLAIN, Style, styled
from pipelines.geometry.materials.tiles import OnTile, Scattered, Sheet, Spots
from pipelines.geometry.views import box_of
from pipelines.words.coats import Coat
from pipelines.words.colours import shaded
from pipelines.words.finish import Finish

NO_MATERIAL = "paint"
# Faces (n,) and u, v (n,) of the painted texture -> what the mesh looks like there by itself.
OwnLook = Callable[[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]], Look]
GREY = three(0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Ground:
    """What is painted: unit-size places, the part of each face, and what is known of places on the surface.

    corners (m, 3, 3) with the longest side of the object, times the pattern's scale, as unit; fields (m, 3, f) as of
    `places.fields`, only where there are coats; own: what the mesh looks like by itself, on faces at u and v, which
    stays where a finish names neither material nor colour.
    """

    mesh: bake.TexturedMesh
    corners: NDArray[np.float64]
    part_of_face: NDArray[np.int64] | None = None
    fields: NDArray[np.float32] | None = None
    own: OwnLook | None = None


def look_of(
    finish: Finish,
    points: NDArray[np.float32] | Spots,
    normals: NDArray[np.float32] | Callable[[], NDArray[np.float32]],
    style: Style,
) -> Look:
    """What a finish looks like at points (n, 3), the object's longest side being 1, with normals (n, 3)."""
    row = materials()[finish.material or NO_MATERIAL]
    accent = None if finish.accent is None else np.asarray(finish.accent, np.float32)
    spots = Scattered(points) if isinstance(points, np.ndarray) else points
    at = Surface(spots, normals, plain=style in PLAIN, accent=accent)
    if finish.stuff is None:
        colour = shaded(finish.colour or row.colour, finish.shade)
        look = row.make(at, np.asarray(colour, np.float32))
    else:
        look = pattern_of(finish, row, materials()[finish.stuff], at)
    if finish.glow:
        look = replace(look, glow=look.rgb * np.float32(finish.glow))
    if style == "realistic" and look.height is None and row.relief:
        look = replace(look, height=dot(look.rgb, GREY * np.float32(row.relief)))
    look = styled(look, at, style)
    rgb = np.clip(look.rgb, 0.0, 1.0)
    roughness = look.roughness if finish.roughness is None else finish.roughness
    height = look.height if style == "realistic" else None
    return replace(look, rgb=rgb, roughness=roughness, height=height)


def baked(
    mesh: bake.TexturedMesh,
    finishes: Sequence[Finish],
    *,
    part_of_face: NDArray[np.int64] | None = None,
    texture_px: int,
    style: Style,
    mode: str,
    pattern_scale: float = 1.0,
    seed: int = 0,
) -> glb.Material:
    """Textures of texture_px x texture_px for a mesh whose vertices belong to one part each.

    part_of_face (m,) indexes `finishes`; without it all is of the first. `mode`: "fast" base colour only, "pbr" with
    metallic-roughness, relief and glow, "opt" with four samples a texel too. The seed shifts the pattern.
    """
    corners = unit_corners(mesh.vertices[mesh.faces], pattern_scale, seed)
    ground = Ground(mesh, corners, part_of_face)
    return painted(ground, finishes, texture_px=texture_px, style=style, mode=mode)


def unit_corners(corners: NDArray, pattern_scale: float, seed: int) -> NDArray[np.float64]:
    """Corners (m, 3, 3) about 0 with the longest side of all, times the pattern's scale, as unit; moved by the seed."""
    box = box_of(corners.reshape(-1, 3))
    unit_m = max(float(box.size.max()), 1e-30) * pattern_scale
    moved = (np.asarray(corners, np.float64) - box.centre) / unit_m
    return moved + np.random.default_rng(seed).uniform(-5.0, 5.0, 3) if seed else moved


def painted(
    ground: Ground,
    finishes: Sequence[Finish],
    *,
    texture_px: int,
    style: Style,
    mode: str,
    coats: Sequence[Coat] = (),
    owner: NDArray[np.int32] | None = None,
) -> glb.Material:
    """The maps of a ground in one pass over its texels; `coats` lie over the finishes where their places are."""
    mesh = ground.mesh
    uv = mesh.uv[mesh.faces]
    if owner is None:
        owner = bake.texel_faces(mesh.uv, mesh.faces, texture_px)
    directions = bake.Planes.of(mesh.corner_normals, uv)
    columns = sorted(wanted(coats)) or [0]  # cracks need none of them
    known = None
    if ground.fields is not None:
        known = bake.Planes.of(ground.fields[..., columns], uv)
    canvas = Canvas(owner, colour_only=mode == "fast")
    sheet = Sheet(owner, bake.Planes.of(ground.corners, uv))
    for tile in sheet.tiles():
        looks = []
        for offset in bake.FOUR if mode == "opt" else bake.ONE:
            band = _Band(OnTile(sheet, tile, offset), directions, ground.own)
            look = band.look(finishes, ground.part_of_face, style)
            if known is not None:
                fields = np.zeros((FIELDS, len(tile.face)), np.float32)
                fields[columns] = band.spots.brought(known).T
                look = coated(look, band, coats, fields.T, style, look_of)
            looks.append(look)
        canvas.put(tile.texel, looks)
    return canvas.material(ground.corners, uv)


@dataclass
class _Band:
    """Some texels: where they are, on which faces; their normals once they are asked for."""

    spots: OnTile
    directions: bake.Planes
    own: OwnLook | None = None
    found: NDArray[np.float32] | None = None

    @property
    def face(self) -> NDArray[np.int32]:
        return self.spots.tile.face

    def normals(self) -> NDArray[np.float32]:
        if self.found is None:
            self.found = bake.unit32(self.spots.brought(self.directions))
        return self.found

    def look(
        self, finishes: Sequence[Finish], part_of_face: NDArray[np.int64] | None, style: Style
    ) -> Look:
        """What the band looks like, part by part."""
        if part_of_face is None or len(finishes) == 1:
            return self._whole(finishes[0], style)
        part = part_of_face[self.face]
        present = np.flatnonzero(np.bincount(part)).tolist()
        if len(present) == 1:
            return self._whole(finishes[present[0]], style)
        rows = [np.flatnonzero(part == index) for index in present]
        looks = [
            self._part(finishes[index], here, style)
            for index, here in zip(present, rows, strict=True)
        ]
        return joined(looks, rows)

    def _whole(self, finish: Finish, style: Style) -> Look:
        if self.own is not None and keeps(finish):
            return changed(self.own(self.face, *self.spots.uv), finish)
        return look_of(finish, self.spots, self.normals, style)

    def _part(self, finish: Finish, rows: NDArray[np.int64], style: Style) -> Look:
        if self.own is not None and keeps(finish):
            u, v = self.spots.uv
            return changed(self.own(self.face[rows], u[rows], v[rows]), finish)
        return look_of(finish, self.spots.some(rows), self._normals_of(rows), style)

    def _normals_of(self, rows: NDArray[np.int64]) -> Callable[[], NDArray[np.float32]]:
        return lambda: self.normals()[rows]
