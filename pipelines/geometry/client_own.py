"""What a client's mesh is before it is painted: the look that it has, and what its parts are called.

Read from the file once more, and only where a text leaves the mesh its look or names a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake, glb, glb_drawn, mesh_io
from pipelines.geometry.client_paint import SceneSubject, Subject
from pipelines.geometry.materials.apply import OwnLook
from pipelines.geometry.materials.coats import joined
from pipelines.geometry.materials.registry import Look
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind

# A mesh whose every surface is as white as this has no look.
BLANK = 0.985
LARGEST_PX = 2048
# Rows of an image that are worked on at once.
BAND_ROWS = 32
# Factors and vertex colours of glTF are linear, textures are not: by this power a factor multiplies what is not.
TO_SRGB = 1.0 / 2.2
_NAMING = re.compile(rb"^[ \t]*(o|g|usemtl)[ \t]+(.*)$", re.MULTILINE)
_FACE = re.compile(rb"^[ \t]*f[ \t].*$", re.MULTILINE)


def own_looks(subject: Subject, path: Path) -> list[OwnLook | None] | None:
    """How each surface of the subject looks by itself; None where nothing of the mesh has a look."""
    if isinstance(subject, SceneSubject):
        return _of_scene(subject, path)
    colours = _vertex_colours(path, subject.mesh)
    if colours is None:
        return None
    (surface,) = subject.surfaces  # a mesh without nodes is one
    corners = colours[subject.mesh.faces]
    plain = glb_drawn.Surface(np.ones(3, np.float32))
    no_uv = np.zeros((len(corners), 3, 2))
    return [_look(surface, [plain], np.zeros(len(corners), np.int64), no_uv, corners)]


def with_bumps(subject: Subject, path: Path, made: Sequence[glb.Material]) -> list[glb.Material]:
    """The materials with the relief that the mesh's own textures have, where they are laid out as before."""
    if not isinstance(subject, SceneSubject):
        return list(made)
    surfaces = _surfaces(subject, path)
    result = []
    for group, material in zip(subject.groups, made, strict=True):
        bumps = surfaces[group.members[0]].bumps
        alone = group.cut is None and not group.wrapped
        result.append(_bumped(material, bumps) if alone and bumps is not None else material)
    return result


def part_names(subject: Subject, path: Path) -> list[str]:
    """What the parts of the mesh are called: nodes, meshes, materials and groups, each part's in one text."""
    if isinstance(subject, SceneSubject):
        return _names_of_primitives(subject)
    return [said for _, said in _rows_of_obj(path.read_bytes())]


def part_of_faces(subject: Subject, path: Path) -> list[NDArray[np.int64]]:
    """For each surface of the subject which of `part_names` each of its faces (m,) is of; -1 for none."""
    if not isinstance(subject, SceneSubject):
        return [_groups_of_obj(path.read_bytes(), len(subject.mesh.faces))]
    made = []
    for group in subject.groups:
        counts = [len(subject.placed[index].faces) for index in group.members]
        owner = np.repeat(np.asarray(group.members, np.int64), counts)
        made.append(owner if group.face is None else owner[group.face])
    return made


def _of_scene(subject: SceneSubject, path: Path) -> list[OwnLook | None] | None:
    surfaces = _surfaces(subject, path)
    colours = [_colours(subject, index) for index in range(len(subject.placed))]
    if all(_blank(surface) for surface in surfaces) and not any(map(_coloured, colours)):
        return None
    looks: list[OwnLook | None] = []
    for group in subject.groups:
        rows = [subject.placed[index] for index in group.members]
        wound = [row.faces[:, ::-1] if row.mirrored else row.faces for row in rows]
        owner = np.repeat(np.arange(len(rows)), [len(faces) for faces in wound])
        uv = [
            (np.zeros((len(row.points), 2)) if row.uv is None else row.uv)[faces]
            for row, faces in zip(rows, wound, strict=True)
        ]
        tint = [colours[index][faces] for index, faces in zip(group.members, wound, strict=True)]
        face = group.face if group.face is not None else np.arange(len(owner))
        mine = [surfaces[index] for index in group.members]
        looks.append(
            _look(
                group.mesh, mine, owner[face], np.concatenate(uv)[face], np.concatenate(tint)[face]
            )
        )
    return looks


def _surfaces(subject: SceneSubject, path: Path) -> list[glb_drawn.Surface]:
    return glb_drawn.surfaces(
        path, [row.row.get("material") for row in subject.placed], texture_px=LARGEST_PX
    )


def _colours(subject: SceneSubject, index: int) -> NDArray[np.float32]:
    """Colours (n, 3) of a primitive's vertices, sRGB; white where it has none."""
    row = subject.placed[index]
    number = row.row["attributes"].get("COLOR_0")
    if number is None:
        return np.ones((len(row.points), 3), np.float32)
    stored = np.clip(subject.source.values(number)[:, :3], 0.0, 1.0)
    return np.asarray(stored**TO_SRGB, np.float32)


def _blank(surface: glb_drawn.Surface) -> bool:
    dark = surface.glow is None and not any(surface.glow_factor)
    return surface.texture is None and bool(surface.factor.min() > BLANK) and dark


def _coloured(colours: NDArray[np.float32]) -> bool:
    return bool(len(colours)) and float(colours.min()) < BLANK


def _vertex_colours(path: Path, mesh: mesh_io.ClientMesh) -> NDArray[np.float32] | None:
    """Colours (n, 3) of a PLY's or an OBJ's vertices, sRGB; None where it has none."""
    colours = mesh_io.vertex_colours(path)
    if colours is None or len(colours) != len(mesh.vertices):
        return None
    shares = colours[:, :3].astype(np.float32) / np.float32(255)
    return shares if _coloured(shares) else None


@dataclass
class _Sampler:
    """Surfaces with their textures, for faces that have coordinates and colours of their own."""

    surfaces: Sequence[glb_drawn.Surface]
    owner: NDArray[np.int64]
    places: bake.Planes
    tints: bake.Planes | None

    def __call__(
        self, face: NDArray[np.int32], u: NDArray[np.float32], v: NDArray[np.float32]
    ) -> Look:
        uv = self.places.at(face, u, v)
        if len(self.surfaces) == 1:
            look = _seen(self.surfaces[0], uv)
        else:
            owner = self.owner[face]
            rows = [np.flatnonzero(owner == n) for n in np.flatnonzero(np.bincount(owner))]
            seen = [_seen(self.surfaces[owner[row[0]]], uv[row]) for row in rows]
            look = joined(seen, rows)
        if self.tints is not None:
            tint = np.clip(self.tints.at(face, u, v), 0.0, 1.0)
            look = replace(look, rgb=look.rgb * tint)
        return look


def _seen(surface: glb_drawn.Surface, uv: NDArray[np.float32]) -> Look:
    """What a surface shows at uv (n, 2), v down."""
    return Look(_base(surface, uv), *_gloss(surface, uv), glow=_glow(surface, uv))


def _look(
    mesh: bake.TexturedMesh,
    surfaces: Sequence[glb_drawn.Surface],
    owner: NDArray[np.int64],
    uv: NDArray,
    tints: NDArray[np.float32],
) -> OwnLook:
    """owner (m,): the surface of each face of the mesh; uv (m, 3, 2), v down, and tints (m, 3, 3): of its corners."""
    painted = mesh.uv[mesh.faces]
    tinted = bake.Planes.of(tints, painted) if float(tints.min()) < BLANK else None
    return _Sampler(surfaces, owner, bake.Planes.of(uv, painted), tinted)


def _base(surface: glb_drawn.Surface, uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours (n, 3), sRGB."""
    return _tinted(surface.texture, surface.factor, surface, uv)


def _gloss(
    surface: glb_drawn.Surface, uv: NDArray[np.float32]
) -> tuple[NDArray[np.float32] | float, NDArray[np.float32] | float]:
    """Roughness and metalness, each (n,) or one for all."""
    if surface.metal_rough is None:
        return surface.roughness, surface.metalness
    found = _sampled(surface.metal_rough, uv, surface.clamped)
    return found[:, 1] * np.float32(surface.roughness), found[:, 2] * np.float32(surface.metalness)


def _glow(surface: glb_drawn.Surface, uv: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Light (n, 3), sRGB; None for none."""
    if not any(surface.glow_factor):
        return None
    light = _tinted(surface.glow, surface.glow_factor, surface, uv)
    return light if light.any() else None


def _tinted(
    image: NDArray[np.uint8] | None,
    linear: NDArray[np.float32] | tuple[float, float, float],
    surface: glb_drawn.Surface,
    uv: NDArray[np.float32],
) -> NDArray[np.float32]:
    """An image of a surface, or white, times a linear factor (3,): (n, 3), sRGB."""
    factor = np.asarray(np.clip(linear, 0.0, 1.0) ** TO_SRGB, np.float32)
    if image is None:
        return np.repeat(factor[:, None], len(uv), axis=1).T
    found = _sampled(image, uv, surface.clamped)
    return found if factor.min() == 1.0 else found * factor


def _sampled(
    image: NDArray[np.uint8], uv: NDArray[np.float32], clamped: bool
) -> NDArray[np.float32]:
    """Values (n, 3) in 0..1 of an image (h, w, 3) at uv (n, 2), v down: linear between pixels."""
    count, fold = len(uv), (-(-len(uv) // 1024), 1024)
    maps = np.zeros((2, fold[0] * fold[1]), np.float32)
    for row, place, pixels in zip(maps, uv.T, image.shape[1::-1], strict=True):
        row[:count] = place if clamped else place - np.floor(place)
        row[:count] *= np.float32(pixels)
        row[:count] -= np.float32(0.5)
    border = cv2.BORDER_REPLICATE if clamped else cv2.BORDER_WRAP
    across, down = (row.reshape(fold) for row in maps)
    found = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=border)
    # Channel by channel: numpy is slow along rows of three.
    values = np.zeros((3, count), np.float32)
    for channel, row in zip(cv2.split(found), values, strict=True):
        np.multiply(channel.reshape(-1)[:count], np.float32(1 / 255), out=row)
    return values.T


def _bumped(material: glb.Material, bumps: NDArray[np.uint8]) -> glb.Material:
    """A material with another relief beneath its own: slopes are added."""
    # The relief of a large texture is smaller than its colours, as its gloss is.
    rows = (material.normal, material.metallic_roughness, material.base_colour)
    known = next((image for image in rows if image is not None), None)
    if material.base_colour is None or known is None:
        return material
    height, width = known.shape[:2]
    beneath = cv2.resize(bumps, (width, height), interpolation=cv2.INTER_AREA)
    normal = np.zeros((height, width, 3), np.uint8)
    for start in range(0, height, BAND_ROWS):
        here = slice(start, start + BAND_ROWS)
        above = None if material.normal is None else material.normal[here]
        normal[here] = _added(np.asarray(beneath[here]), above)
    return replace(material, normal=normal)


def _added(beneath: NDArray[np.uint8], above: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Two normal maps (h, w, 3) as one, by their slopes; or the first alone, of unit length."""
    x, y, z = _parts(beneath)
    if above is not None:
        right, up, ahead = _parts(above)
        steep = z / np.maximum(ahead, np.float32(0.1))
        x += right * steep
        y += up * steep
    scale = np.float32(127.0) / np.maximum(np.sqrt(x * x + y * y + z * z), np.float32(1e-6))
    made = (np.clip(part * scale + np.float32(128.5), 0, 255) for part in (x, y, z))
    return np.asarray(cv2.merge([part.astype(np.uint8) for part in made]))


def _parts(normals: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """x, y and z of a normal map (h, w, 3), each (h, w)."""
    return [
        (part.astype(np.float32) - np.float32(128.0)) * np.float32(1.0 / 127.0)
        for part in cv2.split(normals)
    ]


def _names_of_primitives(subject: SceneSubject) -> list[str]:
    """For each primitive the names of its nodes, mesh and material."""
    document = subject.source.document
    nodes: dict[int, list[str]] = {}
    for node in document.get("nodes", []):
        if "mesh" in node:
            nodes.setdefault(node["mesh"], []).append(str(node.get("name", "")))
    found: dict[int, str] = {}
    materials = document.get("materials", [])
    for number, mesh in enumerate(document["meshes"]):
        for row in mesh["primitives"]:
            said = [*nodes.get(number, ()), str(mesh.get("name", ""))]
            if row.get("material") is not None:
                said.append(str(materials[row["material"]].get("name", "")))
            found[id(row)] = " | ".join(said)
    return [found[id(row.row)] for row in subject.placed]


def _rows_of_obj(data: bytes) -> list[tuple[int, str]]:
    """Where the o, g and usemtl rows of an OBJ end, and what the faces from there on are called; none for others."""
    if mesh_kind(data[:HEAD_BYTES], len(data)) != "obj":
        return []
    said = {b"o": "", b"g": "", b"usemtl": ""}
    rows = []
    for found in _NAMING.finditer(data):
        said[found[1]] = found[2].decode("utf-8", "replace").strip()
        rows.append((found.end(), " | ".join(said.values())))
    return rows


def _groups_of_obj(data: bytes, faces: int) -> NDArray[np.int64]:
    rows = _rows_of_obj(data)
    starts = [0, *(end for end, _ in rows)]
    counts = [
        # A polygon of n corners becomes n - 2 triangles.
        sum(max(len(line.split()) - 3, 0) for line in _FACE.findall(data[start:end]))
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True)
    ]
    if sum(counts) != faces:
        return np.full(faces, -1, np.int64)
    return np.repeat(np.arange(-1, len(rows)), counts)
