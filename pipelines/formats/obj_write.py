"""A Scene to a Wavefront OBJ with its material file and pictures beside it.

Rows are formatted a hundred thousand at a time by one `%`: a million faces take a few seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.obj_materials import write_materials
from pipelines.formats.scene import Mesh, Scene, Written
from pipelines.formats.srgb import from_linear
from pipelines.formats.trees import placed

ROWS_AT_ONCE = 100_000
PLAIN = "plain"


def write(scene: Scene, path: Path) -> Written:
    """Write `path`, its `.mtl` and its pictures into one folder. Meshes stand where the scene puts them."""
    meshes = placed(scene)
    names = _material_names(scene)
    made = write_materials(scene.materials, names, path)
    with path.open("wb") as file:
        file.write(b"# Meshkiln; Y up, metres\n")
        if scene.materials:
            file.write(f"mtllib {path.with_suffix('.mtl').name}\n".encode())
        before = np.zeros(3, np.int64)
        for number, mesh in enumerate(meshes):
            file.write(f"o {_one_line(mesh.name) or f'mesh_{number}'}\n".encode())
            for block in _rows(mesh):
                file.write(block)
            for block in _face_rows(mesh, names, before):
                file.write(block)
            has = (True, bool(mesh.uvs), mesh.normals is not None)
            before += np.array(has, np.int64) * len(mesh.positions)
    return Written((path.name, *made.names), (*_lost(scene), *made.lost))


def _rows(mesh: Mesh) -> Iterator[bytes]:
    """Places, with colours where there are any, UVs and normals."""
    if mesh.colours is None:
        yield from _formatted("v %.9g %.9g %.9g\n", mesh.positions)
    else:
        rows = np.column_stack([mesh.positions, from_linear(mesh.colours[:, :3])])
        yield from _formatted("v %.9g %.9g %.9g %.6g %.6g %.6g\n", rows)
    if mesh.uvs:
        yield from _formatted("vt %.9g %.9g\n", mesh.uvs[0] * (1.0, -1.0) + (0.0, 1.0))
    if mesh.normals is not None:
        yield from _formatted("vn %.7g %.7g %.7g\n", mesh.normals)


def _face_rows(mesh: Mesh, names: list[str], before: NDArray[np.int64]) -> Iterator[bytes]:
    """Faces in their order, under the name of their material wherever it changes."""
    pattern, columns = _corner(mesh)
    row = "f " + " ".join([pattern] * 3) + "\n"
    corners = mesh.faces.reshape(-1, 1) + 1 + before[columns]
    numbers = corners.reshape(len(mesh.faces), -1)
    if mesh.material is None:
        yield from _formatted(row, numbers)
        return
    # Material after material where they alternate too often to be told face by face.
    order = np.arange(len(numbers))
    if (np.diff(mesh.material) != 0).sum() > len(names) + 64:
        order = np.argsort(mesh.material, kind="stable")
    material = mesh.material[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(material)) + 1])
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        number = int(material[start])
        yield f"usemtl {names[number] if number >= 0 else PLAIN}\n".encode()
        yield from _formatted(row, numbers[order[start:end]])


def _corner(mesh: Mesh) -> tuple[str, list[int]]:
    """How a corner is written, and which counts of rows before it its numbers go on from."""
    if mesh.uvs:
        return ("%d/%d/%d", [0, 1, 2]) if mesh.normals is not None else ("%d/%d", [0, 1])
    return ("%d//%d", [0, 2]) if mesh.normals is not None else ("%d", [0])


def _formatted(row: str, values: NDArray) -> Iterator[bytes]:
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = values[start : start + ROWS_AT_ONCE]
        yield ((row * len(part)) % tuple(part.reshape(-1).tolist())).encode()


def _material_names(scene: Scene) -> list[str]:
    """A name for each material, all different."""
    names: list[str] = []
    for number, material in enumerate(scene.materials):
        name = _one_line(material.name) or f"material_{number}"
        names.append(name if name not in names and name != PLAIN else f"{name}_{number}")
    return names


def _one_line(name: str) -> str:
    """A name as readers take it: single blanks inside, nothing invisible, no backslash at the end, where it would join
    the next line."""
    blanks = re.sub(r"\s+", " ", name)
    return "".join(letter for letter in blanks if letter.isprintable()).strip().rstrip("\\ ")


def _lost(scene: Scene) -> tuple[str, ...]:
    said = []
    names = [mesh.name for mesh in placed(scene)] + [one.name for one in scene.materials]
    if any(_one_line(name) != name for name in names):
        said.append(
            "OBJ takes names of one line: line breaks, repeated blanks and invisible letters in names were dropped"
        )
    if len(scene.nodes) > 1 and any(node.parent >= 0 for node in scene.nodes):
        said.append("OBJ has no hierarchy: each mesh stands where it was, under its own name")
    if scene.skins:
        said.append(
            "OBJ has no skeleton: the mesh stands as its joints pose it, without joints and weights"
        )
    if any(len(mesh.uvs) > 1 for mesh in scene.meshes):
        said.append("OBJ has one set of UVs: the first was kept")
    if any(mesh.colours is not None and mesh.colours[:, 3].min() < 1.0 for mesh in scene.meshes):
        said.append("OBJ has no transparent vertex colours: their colours were kept")
    return tuple(said)
