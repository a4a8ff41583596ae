"""Paint on a client's mesh: what is to be painted, and the file with the new textures in place.

A GLB keeps its nodes, names, transforms, extra attributes, skins and animations; where it has coordinates, its geometry
too, bit by bit, and they themselves, beside a new atlas where they cannot carry paint. Other formats become one mesh.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import (
    bake,
    client_kept,
    client_sound,
    client_surface,
    client_transforms,
    glb,
    mesh_io,
    weld,
)
from pipelines.geometry.client_glb import ClientGlb, Placed
from pipelines.geometry.client_rows import Rewritten, has_variants
from pipelines.geometry.client_uv import Group, UvMode, groups, has_uv
from pipelines.geometry.views import box_of
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind
from pipelines.spec import Notice

LEAST_PX = 128
# A notice names so many meshes.
MOST_NAMED = 12
OWN, SHARED, NEW = "of the file", "of the file, shared by faces", "new atlas"


class Subject(Protocol):
    """A mesh to be painted: surfaces of unit size about 0 in one frame, each of which gets a material."""

    mesh: mesh_io.ClientMesh

    @property
    def surfaces(self) -> Sequence[bake.TexturedMesh]:
        """What is to be painted, each with a texture of its own."""

    @property
    def layout(self) -> str:
        """Which coordinates the surfaces have, in words."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What of the file is not painted, or lost by it, or was not kept as it was asked."""

    def write(self, path: Path, materials: Sequence[glb.Material]) -> None:
        """The painted file. Raises PipelineError where more than the paint would have changed."""


def subject(path: Path, uv_mode: UvMode = "auto") -> Subject:
    """The client's mesh at `path`. Raises as `mesh_io.read`."""
    mesh = mesh_io.read(path)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if mesh_kind(head, path.stat().st_size) == "glb":
        source = ClientGlb(path)
        client_sound.check(source)
        placed = source.placed()
        if placed:
            return SceneSubject(mesh, path, source, placed, uv_mode)
    return PlainSubject(mesh, uv_mode)


def _uv_notices(
    uv_mode: UvMode, layout: str, replaced: Sequence[str], sets: Sequence[str]
) -> tuple[Notice, ...]:
    """A notice where the file's own coordinates were to be kept and could not be, or were `replaced`, by the names of
    meshes, though nobody asked for it; `sets` says under which names they are now."""
    if uv_mode == "auto" and replaced:
        return (_replaced(replaced, sets),)
    if uv_mode != "keep" or NEW not in layout:
        return ()
    partly = "for part of the mesh" if OWN in layout else "here"
    said = f"uvs keep has no effect {partly}: there are no coordinates that can carry paint"
    return (Notice("FIELD_WITHOUT_EFFECT", f"{said}, a new atlas was made"),)


def _replaced(meshes: Sequence[str], sets: Sequence[str]) -> Notice:
    shown = ", ".join(f"{name:.40}" for name in meshes[:MOST_NAMED])
    more = f" and {len(meshes) - MOST_NAMED} more" if len(meshes) > MOST_NAMED else ""
    last = " or ".join(sorted(set(sets)))
    said = (
        f"the texture coordinates of {shown}{more} were replaced by a new atlas, which repeats vertices on its seams: "
        "in their own, faces share places, as of a palette or of tiles, or have no room, and paint would show where it "
        f"does not belong; each mesh keeps its own, bit by bit, as {last}; uvs=keep paints on them"
    )
    return Notice("UVS_REPLACED", said)


def texture_sizes(surfaces: Sequence[bake.TexturedMesh], texture_px: int) -> list[int]:
    """The side of each surface's texture: together about texture_px squared, by their share of the area."""
    if len(surfaces) == 1:
        return [texture_px]
    areas = []
    for mesh in surfaces:
        corners = mesh.vertices[mesh.faces]
        flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas.append(float(np.linalg.norm(flat, axis=1).sum()))
    sizes = []
    for area in areas:
        share = math.sqrt(area / max(sum(areas), 1e-30))
        halvings = math.floor(-math.log2(max(share, 1e-6)) + 0.25)
        sizes.append(max(texture_px >> max(halvings, 0), min(LEAST_PX, texture_px)))
    return sizes


@dataclass
class PlainSubject:
    """A mesh of a format without nodes: it is written as one."""

    mesh: mesh_io.ClientMesh
    uv_mode: UvMode

    def __post_init__(self) -> None:
        self._textured, self._normals, self._layout, self._own_uv = client_surface.with_uv(
            self.mesh, self.uv_mode
        )

    @property
    def layout(self) -> str:
        return self._layout

    @property
    def notices(self) -> tuple[Notice, ...]:
        replaced = [] if self._own_uv is None else ["the mesh"]
        return _uv_notices(self.uv_mode, self.layout, replaced, ["TEXCOORD_1"])

    @property
    def surfaces(self) -> Sequence[bake.TexturedMesh]:
        mesh = self._textured
        points = _unit_size(mesh.vertices, *_frame(mesh.vertices[weld.used(mesh.faces)]))
        return [bake.TexturedMesh(points, mesh.faces, mesh.uv, mesh.corner_normals)]

    def write(self, path: Path, materials: Sequence[glb.Material]) -> None:
        mesh = self._textured
        (material,) = materials
        glb.write(
            path,
            mesh.vertices,
            mesh.faces,
            self._normals,
            uv=mesh.uv,
            second_uv=self._own_uv,
            material=material,
        )


class SceneSubject:
    """A GLB: its rows stay, but for materials, and for vertices on the seams of a new atlas."""

    def __init__(
        self,
        mesh: mesh_io.ClientMesh,
        path: Path,
        source: ClientGlb,
        placed: Sequence[Placed],
        uv_mode: UvMode,
    ) -> None:
        self.mesh, self.path, self.source, self.placed = mesh, path, source, placed
        self._told = _scene_notices(source, placed)
        self._uv_mode = uv_mode
        with client_sound.fitting(self._meshes()):
            points = np.concatenate([row.points[weld.used(row.faces)] for row in placed])
            centre, unit = _frame(points)
            self.groups: list[Group] = groups(placed, centre, unit, uv_mode)
        # Writing changes the rows that this is told from.
        self._uv_told = self._replaced()
        if uv_mode == "keep":
            client_transforms.check(source.document, placed, self.groups)

    def _meshes(self) -> str:
        """The meshes of the file by name, for a message."""
        rows = enumerate(self.source.document["meshes"])
        return f"mesh {', '.join(str(row.get('name', number)) for number, row in rows):.60}"

    @property
    def surfaces(self) -> Sequence[bake.TexturedMesh]:
        return [group.mesh for group in self.groups]

    @property
    def layout(self) -> str:
        kinds = {
            NEW if group.cut is not None else SHARED if group.shared else OWN
            for group in self.groups
        }
        return "; ".join(sorted(kinds))

    @property
    def notices(self) -> tuple[Notice, ...]:
        return (*self._told, *_uv_notices(self._uv_mode, self.layout, *self._uv_told))

    def _replaced(self) -> tuple[list[str], list[str]]:
        """The meshes, by name, that had coordinates and get a new atlas; and what their own are called beside it."""
        laid_anew = (
            index for group in self.groups if group.cut is not None for index in group.members
        )
        rows = [self.placed[index].row for index in laid_anew if has_uv(self.placed[index])]
        found = {id(row) for row in rows}
        names = [
            str(mesh.get("name", f"mesh {number}"))
            for number, mesh in enumerate(self.source.document["meshes"])
            if any(id(row) in found for row in mesh["primitives"])
        ]
        return names, [client_kept.uv_name(row["attributes"]) for row in rows]

    def write(self, path: Path, materials: Sequence[glb.Material]) -> None:
        new = {
            id(self.placed[index].row)
            for group in self.groups
            if group.cut is not None
            for index in group.members
        }
        fresh = {
            (number, place)
            for number, mesh in enumerate(self.source.document["meshes"])
            for place, row in enumerate(mesh["primitives"])
            if id(row) in new
        }
        with client_sound.fitting(self._meshes()):
            made = Rewritten(self.source, self.placed, self.groups, materials)
            path.write_bytes(made.container())
            client_kept.check(self.path, path, fresh)


def _scene_notices(source: ClientGlb, placed: Sequence[Placed]) -> tuple[Notice, ...]:
    """Notices for meshes that the scene does not show, and for materials to choose from, which paint replaces."""
    meshes, found = source.document["meshes"], []
    shown = {id(row.row) for row in placed}
    hidden = sum(not any(id(row) in shown for row in mesh["primitives"]) for mesh in meshes)
    if hidden:
        which = f"{hidden} of the file's {len(meshes)} meshes"
        said = f"{which} are not painted: the scene that it opens with shows no surface of them"
        found.append(Notice("MESHES_NOT_PAINTED", said))
    if any(has_variants(mesh) for mesh in meshes):
        said = "the file's material variants are left out where there is paint: it is the only look now"
        found.append(Notice("VARIANTS_DROPPED", said))
    return tuple(found)


def _frame(points: NDArray) -> tuple[NDArray, float]:
    box = box_of(points)
    return box.centre, max(float(box.size.max()), 1e-30)


def _unit_size(points: NDArray, centre: NDArray, unit: float) -> NDArray[np.float64]:
    return (np.asarray(points, np.float64) - centre) / unit
