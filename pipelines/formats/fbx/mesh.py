"""A mesh as FBX's Geometry: corners of faces, normals, sets of UVs with v up, vertex colours in sRGB, materials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.places import CENTIMETRES
from pipelines.formats.fbx.records import Id, Packed, Record, named, packed, table
from pipelines.formats.scene import Mesh
from pipelines.formats.srgb import from_linear


def uv_name(number: int) -> str:
    """What a set of UVs is called; textures name theirs."""
    return f"UVMap{number + 1 if number else ''}"


def geometry(mesh: Mesh, whole: Mesh, number: Id, slots: list[int]) -> Record:
    """The record of a mesh. `whole` are its places and the faces over them, where vertices are split no more.

    `slots` are the numbers of the materials, in the order in which its models have them.
    """
    ends = whole.faces.astype(np.int32)
    ends[:, 2] = ~ends[:, 2]
    sewn = len(whole.positions) < len(mesh.positions)
    indexed = mesh.uvs or mesh.colours is not None or sewn
    shared = Packed(packed(mesh.faces.astype(np.int32))) if indexed else Packed()
    layers: list[tuple[str, int]] = []
    elements: list[Record] = []

    def add(element: Record, layer: int = 0) -> None:
        elements.append(element)
        layers.append((element.name, layer))

    if mesh.normals is not None:
        rows = ("Normals", _short(mesh.normals))
        if sewn:
            add(_indexed("Normal", 0, "", rows, ("NormalsIndex", shared)))
        else:
            add(_element("Normal", 0, "", "ByVertice", "Direct", rows))
    for count, uv in enumerate(mesh.uvs):
        up = _short(uv * (1.0, -1.0) + (0.0, 1.0))
        add(_indexed("UV", count, uv_name(count), ("UV", up), ("UVIndex", shared)), count)
    if mesh.colours is not None:
        shown = ("Colors", _short(_shown(mesh.colours)))
        add(_indexed("Color", 0, "Col", shown, ("ColorIndex", shared)))
    if slots and mesh.material is not None:
        add(_materials(mesh.material, slots))
    head = [
        table(),
        Record("GeometryVersion", (124,)),
        Record("Vertices", (_short(whole.positions * CENTIMETRES),)),
        Record("PolygonVertexIndex", (ends,)),
    ]
    inside = [*head, *elements, *_layers(layers)]
    return Record("Geometry", (number, named(mesh.name, "Geometry"), "Mesh"), inside)


def _short(values: NDArray) -> NDArray[np.float64]:
    """Rounded to 32-bit floats, as readers will, but as the 64-bit ones that the format wants: these pack well."""
    return values.astype(np.float32).astype(np.float64)


def _shown(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear colours (n, 4) in sRGB, as most programs write and read those of vertices."""
    shown = np.clip(colours, 0.0, 1.0)
    shown[:, :3] = from_linear(shown[:, :3])
    return shown


def _element(
    kind: str,
    count: int,
    name: str,
    mapping: str,
    reference: str,
    *arrays: tuple[str, NDArray | Packed],
) -> Record:
    rows = [
        Record("Version", (101,)),
        Record("Name", (name,)),
        Record("MappingInformationType", (mapping,)),
        Record("ReferenceInformationType", (reference,)),
        *(Record(word, (values,)) for word, values in arrays),
    ]
    return Record(f"LayerElement{kind}", (count,), rows)


def _indexed(kind: str, count: int, name: str, *arrays: tuple[str, NDArray | Packed]) -> Record:
    """By the corners of faces, as all readers know it, each with the number of its vertex before seams were sewn."""
    return _element(kind, count, name, "ByPolygonVertex", "IndexToDirect", *arrays)


def _materials(material: NDArray[np.int64], slots: list[int]) -> Record:
    if len(slots) == 1:
        rows = ("Materials", np.zeros(1, np.int32))
        return _element("Material", 0, "", "AllSame", "IndexToDirect", rows)
    places = np.zeros(max(slots) + 2, np.int32)
    for place, slot in enumerate(slots):
        places[slot] = place  # that of -1, no material, is the last of all
    return _element(
        "Material", 0, "", "ByPolygon", "IndexToDirect", ("Materials", places[material])
    )


def _layers(elements: list[tuple[str, int]]) -> list[Record]:
    """Which elements lie in which layer: all in the first, further sets of UVs in one each."""
    rows = []
    for layer in range(1 + max((number for _, number in elements), default=0)):
        inside = [
            Record("LayerElement", (), [Record("Type", (name,)), Record("TypedIndex", (layer,))])
            for name, number in elements
            if number == layer
        ]
        rows.append(Record("Layer", (layer,), [Record("Version", (100,)), *inside]))
    return rows


def materials_of(mesh: Mesh) -> list[int]:
    """The numbers of the materials that its faces have, in order, -1 first; none where no face has one."""
    if mesh.material is None:
        return []
    used = np.flatnonzero(np.bincount(mesh.material + 1)) - 1
    return [] if used.tolist() == [-1] else used.tolist()
