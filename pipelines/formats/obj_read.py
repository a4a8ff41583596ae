"""A Wavefront OBJ to a Scene: a node for each object or group, a material for each name, polygons cut into fans.

Nothing outside the file is opened: of `mtllib` the names alone are known. Format: Wavefront Advanced Visualizer manual,
appendix B1. Raises UnreadableInput naming the line of a face that does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.formats.obj_corners import Faces, face_lines
from pipelines.formats.obj_lines import BLANK, Lines, parsed
from pipelines.formats.scene import Material, Mesh, Node, Opened, Scene
from pipelines.formats.srgb import to_linear
from pipelines.geometry.normals import unit

MOST_NAMES = 20_000
BROKEN = "the mesh is not a sound OBJ file"
LETTERS = np.frombuffer(b"vtn", np.uint8)
CURVES = (b"curv", b"surf", b"parm", b"curv2", b"sp")


@dataclass(frozen=True)
class _Marks:
    """Lines that say what the faces after them belong to: number of the line, and the name."""

    objects: list[tuple[int, str]]
    materials: list[tuple[int, str]]


def read(data: bytes) -> Opened:
    """Everything with faces in the file, in its order. Raises UnreadableInput."""
    lines = Lines(data)
    vertices, colours = _vertices(lines)
    uv, normals = _rows(lines, b"vt", 2), _rows(lines, b"vn", 3)
    faces = face_lines(lines, (len(vertices), len(uv), len(normals)))
    marks = _marks(lines)
    materials = sorted({name for _, name in marks.materials})
    numbers = {name: number for number, name in enumerate(materials)}
    material = _of_lines(faces.line, [(line, numbers[name]) for line, name in marks.materials])
    owner = _of_lines(
        faces.line, [(line, number) for number, (line, _) in enumerate(marks.objects)]
    )
    meshes = []
    for number in np.unique(owner):
        name = marks.objects[number][1] if number >= 0 else ""
        own = faces.of(owner == number)
        meshes.append(_mesh(name, own, material[owner == number], (vertices, colours, uv, normals)))
    nodes = tuple(Node(mesh.name, mesh=number) for number, mesh in enumerate(meshes))
    made = tuple(Material(name, colour=(0.8, 0.8, 0.8, 1.0), roughness=0.8) for name in materials)
    return Opened(Scene(nodes, tuple(meshes), made), _lost(lines))


def _vertices(lines: Lines) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Places (n, 3) and colours (n, 4), linear, where every vertex has one."""
    numbers = lines.of(b"v")
    words = lines.counts(numbers)[:, 0]
    width = int(words.min(initial=8)) - 1
    rows = _rows(lines, b"v", width if width in (6, 7) else 3)
    colour = rows[:, -3:]
    if rows.shape[1] < 6 or not len(rows) or not _shares(colour):
        return rows[:, :3].copy(), None
    return rows[:, :3].copy(), np.column_stack([to_linear(colour), np.ones(len(rows))])


def _shares(colour: NDArray[np.float64]) -> bool:
    """Whether all are from 0 to 1; NaN is not."""
    return bool(colour.min() >= 0.0 and colour.max() <= 1.0)


def _rows(lines: Lines, word: bytes, width: int) -> NDArray[np.float64]:
    """The first `width` numbers of each line that begins with `word`."""
    numbers = lines.of(word)
    text = lines.joined(numbers)
    values = parsed(np.where(np.isin(text, LETTERS), BLANK, text).astype(np.uint8), np.float64)
    if len(numbers) and len(values) % len(numbers) == 0 and len(values) >= width * len(numbers):
        if (lines.counts(numbers)[:, 0] - 1 == len(values) // len(numbers)).all():
            return values.reshape(len(numbers), -1)[:, :width].copy()
    try:
        rows = [lines.line(int(number)).split()[1 : 1 + width] for number in numbers]
        return np.array(rows, np.float64).reshape(-1, width)
    except ValueError as error:
        raise UnreadableInput(
            f"{BROKEN}: a row has too few numbers, or words in their place"
        ) from error


def _marks(lines: Lines) -> _Marks:
    """Objects are told by `o`, or, in a file without any, by `g`."""
    word = b"o" if len(lines.of(b"o")) else b"g"
    objects = _named(lines, word)
    materials = _named(lines, b"usemtl")
    if len(objects) > MOST_NAMES or len({name for _, name in materials}) > MOST_NAMES:
        raise UnreadableInput(f"{BROKEN}: it has more than {MOST_NAMES} groups or materials")
    return _Marks(objects, materials)


def _named(lines: Lines, word: bytes) -> list[tuple[int, str]]:
    """Lines that begin with `word`, and what stands behind it."""
    return [
        (int(number), lines.line(int(number))[len(word) :].decode("utf-8", "replace").strip()[:200])
        for number in lines.of(word)
    ]


def _of_lines(lines: NDArray[np.int64], marks: list[tuple[int, int]]) -> NDArray[np.int64]:
    """For each face's line the value of the last mark before it; -1 before the first."""
    if not marks:
        return np.full(len(lines), -1, np.int64)
    places, values = np.array(marks, np.int64).T
    last = np.searchsorted(places, lines) - 1
    return np.where(last >= 0, values[np.maximum(last, 0)], -1)


def _mesh(
    name: str,
    faces: Faces,
    material: NDArray[np.int64],
    rows: tuple[
        NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.float64], NDArray[np.float64]
    ],
) -> Mesh:
    """A vertex for each different corner; in the order of the file where corners have nothing but their place."""
    vertices, colours, uv, normals = rows
    corners = faces.corners.reshape(-1, 3)
    has_uv, has_normals = (corners[:, 1] >= 0).any(), (corners[:, 2] >= 0).all()
    kept = list(dict.fromkeys([0, *([1] if has_uv else []), *([2] if has_normals else [])]))
    used, place = _different(corners[:, kept])
    at = dict(zip(kept, used.T, strict=True))
    flipped = None
    if has_uv:
        flipped = np.where(at[1][:, None] >= 0, uv[at[1]] * (1.0, -1.0) + (0.0, 1.0), 0.0)
    return Mesh(
        name,
        vertices[at[0]],
        place.reshape(-1, 3),
        unit(normals[at[2]]) if has_normals else None,
        (np.nan_to_num(flipped),) if flipped is not None else (),
        None if colours is None else colours[at[0]],
        material if (material >= 0).any() else None,
    )


def _different(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different rows (k, w), sorted, and for each row its place among them. As one number: far faster than rows."""
    if rows.shape[1] == 1:
        mask = np.zeros(int(rows.max(initial=0)) + 1, bool)
        mask[rows[:, 0]] = True
        return np.flatnonzero(mask)[:, None], (np.cumsum(mask) - 1)[rows[:, 0]]
    wide = rows.max(0).astype(object) + 1
    if int(np.prod(wide + 1)) < 2**62:
        key = rows[:, 0].copy()
        for column in range(1, rows.shape[1]):
            key = key * int(wide[column] + 1) + rows[:, column] + 1  # -1 stands for none
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        return rows[first], place
    used, place = np.unique(rows, axis=0, return_inverse=True)
    return used, place.reshape(-1)


def _lost(lines: Lines) -> tuple[str, ...]:
    said = []
    if len(lines.of(b"mtllib")):
        said.append(
            "the OBJ names a material file beside it, which was not sent with it: its materials are plain"
        )
    if len(lines.of(b"l")) or len(lines.of(b"p")):
        said.append("points and lines were dropped; only faces are kept")
    if any(len(lines.of(word)) for word in CURVES):
        said.append("curves and curved surfaces were dropped; only faces are kept")
    return tuple(said)
