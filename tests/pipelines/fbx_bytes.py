"""FBX files made byte by byte for tests: binary ones of any version and byte order, text, and the old ones by names.

Made after the description of the format, apart from the project's own writer.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAGIC = b"Kaydara FBX Binary  \x00\x1a"
LETTERS = {"f8": "d", "f4": "f", "i8": "l", "i4": "i", "u1": "c"}


@dataclass
class N:
    """An element: str, bytes, bool, int, float and numpy arrays are its values."""

    name: str
    values: tuple[Any, ...] = ()
    inside: list[N] = field(default_factory=list)


def binary(
    elements: list[N], version: int = 7400, order: str = "<", *, squeezed: bool = True
) -> bytes:
    """A whole file without a footer. Before version 7 runs are written number by number."""
    head = struct.Struct(order + ("QQQB" if version >= 7500 else "IIIB"))

    def element(row: N, start: int) -> bytes:
        values = b"".join(value(found) for found in row.values)
        count = sum(len(v) if _is_old_run(v, version) else 1 for v in row.values)
        body = row.name.encode() + values
        at = start + head.size + len(body)
        inside = b""
        for child in row.inside:
            inside += element(child, at + len(inside))
        if row.inside:
            inside += bytes(head.size)
        return head.pack(at + len(inside), count, len(values), len(row.name)) + body + inside

    def value(found: Any) -> bytes:
        if isinstance(found, np.ndarray):
            return _run(found, version, order, squeezed)
        if isinstance(found, str | bytes):
            data = found.encode() if isinstance(found, str) else found
            return (
                (b"S" if isinstance(found, str) else b"R")
                + struct.pack(order + "I", len(data))
                + data
            )
        if isinstance(found, bool):
            return b"C" + bytes([found])
        if isinstance(found, int):
            small = -(2**31) <= found < 2**31
            return struct.pack(order + ("ci" if small else "cq"), b"I" if small else b"L", found)
        return struct.pack(order + "cd", b"D", found)

    made = MAGIC + (b"\x01" if order == ">" else b"\x00") + struct.pack(order + "I", version)
    for row in elements:
        made += element(row, len(made))
    return made + bytes(head.size)


def _is_old_run(found: Any, version: int) -> bool:
    return isinstance(found, np.ndarray) and version < 7000


def _run(found: np.ndarray, version: int, order: str, squeezed: bool) -> bytes:
    letter = LETTERS[found.dtype.str[1:]]
    plain = found.astype(found.dtype.newbyteorder(order)).tobytes()
    if version < 7000:
        size = found.dtype.itemsize
        parts = [plain[at : at + size] for at in range(0, len(plain), size)]
        return b"".join(letter.upper().encode() + part for part in parts)
    data = zlib.compress(plain) if squeezed else plain
    head = struct.pack(order + "III", len(found), int(squeezed), len(data))
    return letter.encode() + head + data


def text(elements: list[N], version: int = 7400) -> bytes:
    """The same as text."""
    first = f"; FBX {version // 1000}.{version // 100 % 10}.0 project file\n; made by a test\n\n"
    return (first + "".join(_text(row, 0, version) for row in elements)).encode()


def _text(row: N, depth: int, version: int) -> str:
    pad = "\t" * depth
    if len(row.values) == 1 and isinstance(row.values[0], np.ndarray):
        numbers = ",".join(repr(number) for number in row.values[0].tolist())
        if version < 7000:
            return f"{pad}{row.name}: {numbers}\n"
        return f"{pad}{row.name}: *{len(row.values[0])} {{\n{pad}\ta: {numbers}\n{pad}}}\n"
    line = f"{pad}{row.name}: " + ", ".join(_word(found) for found in row.values)
    if not row.inside:
        return line + "\n"
    return (
        line
        + " {\n"
        + "".join(_text(child, depth + 1, version) for child in row.inside)
        + pad
        + "}\n"
    )


def _word(found: Any) -> str:
    if isinstance(found, bytes):
        return f',\n"{base64.b64encode(found).decode()}"'
    if isinstance(found, str):
        name, _, kind = found.partition("\0\1")
        plain = f"{kind}::{name}" if kind else name
        return '"' + plain.replace('"', "&quot;") + '"'
    return str(int(found)) if isinstance(found, bool) else repr(found)


def named(name: str, kind: str) -> str:
    return f"{name}\0\1{kind}"


def properties(rows: dict[str, Any], version: int = 7400) -> N:
    """Values by name: numbers, texts, or tuples of them."""
    kind, word, more = (
        ("Properties60", "Property", ("x", "A"))
        if version < 7000
        else ("Properties70", "P", ("x", "", "A"))
    )
    return N(
        kind,
        (),
        [
            N(word, (name, *more, *(found if isinstance(found, tuple) else (found,))))
            for name, found in rows.items()
        ],
    )


def model(key: int, name: str, form: str = "Mesh", **rows: Any) -> N:
    """Properties by their names with "_" for " "."""
    known = {name.replace("_", " "): found for name, found in rows.items()}
    return N("Model", (key, named(name, "Model"), form), [properties(known)])


def geometry(key: int, points: Any, polygons: list[list[int]], *layers: N, name: str = "") -> N:
    """A mesh whose polygons are lists of numbers of points."""
    order = [
        number if not last else ~number for polygon in polygons for number, last in _marked(polygon)
    ]
    rows = [
        N("Vertices", (np.asarray(points, np.float64).reshape(-1),)),
        N("PolygonVertexIndex", (np.array(order, np.int32),)),
        *layers,
    ]
    return N("Geometry", (key, named(name, "Geometry"), "Mesh"), rows)


def _marked(polygon: list[int]) -> list[tuple[int, bool]]:
    return [(number, place == len(polygon) - 1) for place, number in enumerate(polygon)]


def layer(
    kind: str, mapping: str, values: Any, index: list[int] | None = None, name: str = ""
) -> N:
    """kind: "Normal", "UV", "Color" or "Material"."""
    run, numbers = {
        "Normal": ("Normals", "NormalsIndex"),
        "UV": ("UV", "UVIndex"),
        "Color": ("Colors", "ColorIndex"),
        "Material": ("", "Materials"),
    }[kind]
    rows = [
        N("Name", (name,)),
        N("MappingInformationType", (mapping,)),
        N("ReferenceInformationType", ("Direct" if index is None else "IndexToDirect",)),
    ]
    if run:
        rows.append(N(run, (np.asarray(values, np.float64).reshape(-1),)))
    if index is not None:
        rows.append(N(numbers, (np.array(index, np.int32),)))
    return N(f"LayerElement{kind}", (0,), rows)


def link(child: int | str, parent: int | str, to: str = "") -> N:
    return N("C", ("OP", child, parent, to) if to else ("OO", child, parent))


def whole(objects: list[N], links: list[N], *more: N, **settings: Any) -> list[N]:
    """The elements of a file: centimetres, Y up, unless `settings` say otherwise."""
    return [
        N("FBXHeaderExtension", (), [N("FBXVersion", (7400,))]),
        N("GlobalSettings", (), [properties(settings)]),
        *more,
        N("Objects", (), objects),
        N("Connections", (), links),
    ]


# Every form of a file from version 7 on.
FORMS: dict[str, Callable[[list[N]], bytes]] = {
    "7.4": binary,
    "7.4 unpacked": lambda rows: binary(rows, squeezed=False),
    "7.4 big-endian": lambda rows: binary(rows, order=">"),
    "7.7, 64 bits": lambda rows: binary(rows, 7700),
    "7.7 big-endian": lambda rows: binary(rows, 7700, ">"),
    "text": text,
}

# A cube of 200 cm with sides of four corners, counter-clockwise from outside, low corner at the origin.
CUBE = [(x, y, z) for z in (0, 200) for y in (0, 200) for x in (0, 200)]
SIDES = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]


def cube_file(*layers: N, **settings: Any) -> list[N]:
    """The cube on one node."""
    return whole(
        [geometry(10, CUBE, SIDES, *layers), model(1, "Cube")],
        [link(1, 0), link(10, 1)],
        **settings,
    )


def old_file(version: int = 6100) -> list[N]:
    """The cube as files before version 7 have it: inside its model, with a material, everything by names."""
    mesh = geometry(10, CUBE, SIDES, layer("Material", "AllSame", None, [0]))
    place = {"Lcl Translation": (100.0, 0.0, 0.0)}
    cube = N("Model", (named("Cube", "Model"), "Mesh"), [properties(place, version), *mesh.inside])
    paint = {"DiffuseColor": (0.25, 0.5, 0.75)}
    red = N("Material", (named("Red", "Material"), ""), [properties(paint, version)])
    links = [
        N("Connect", ("OO", named("Cube", "Model"), named("Scene", "Model"))),
        N("Connect", ("OO", named("Red", "Material"), named("Cube", "Model"))),
    ]
    return [
        N("FBXHeaderExtension", (), [N("FBXVersion", (version,))]),
        N("Objects", (), [cube, red]),
        N("Connections", (), links),
    ]
