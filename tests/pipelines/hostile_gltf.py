"""Broken and hostile glTF files, made byte by byte: names -> bytes."""

from __future__ import annotations

import base64
import copy
import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

FLOAT, SHORT, INT = 5126, 5123, 5125
Change = Callable[[dict[str, Any]], object]
POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
FACES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.uint16)
BINARY = POINTS.tobytes() + FACES.tobytes()


def row() -> dict[str, Any]:
    """The document of a tetrahedron whose bytes are BINARY."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "a"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": FLOAT, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": SHORT, "count": 12, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 48},
            {"buffer": 0, "byteOffset": 48, "byteLength": 24},
        ],
        "buffers": [{"byteLength": 72}],
    }


def glb(document: Any, binary: bytes = BINARY) -> bytes:
    """A GLB; `document` may be its text already."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunk = struct.pack("<I4s", len(binary), b"BIN\0") + binary if binary else b""
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(chunk))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + chunk


def gltf(document: dict[str, Any], binary: bytes = BINARY) -> bytes:
    """The same as text, its bytes in it."""
    whole = copy.deepcopy(document)
    uri = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    whole["buffers"][0].setdefault("uri", uri)
    return json.dumps(whole).encode()


def changed(change: Change) -> bytes:
    """The tetrahedron with a change to its document."""
    document = row()
    change(document)
    return glb(document)


def set_in(*path: Any, to: Any) -> Change:
    """A change: document[path[0]][path[1]]… = to."""

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = to

    return change


NUMBERS = (-1, 2**31, 2**32 - 1, 2**63, 10**40, 1.5, "4", None, True, [], {})
# Where a number, a list or a row stands that a reader believes.
PLACES: dict[str, tuple[Any, ...]] = {
    "count": ("accessors", 0, "count"),
    "index count": ("accessors", 1, "count"),
    "component": ("accessors", 0, "componentType"),
    "view": ("accessors", 0, "bufferView"),
    "offset": ("accessors", 0, "byteOffset"),
    "view offset": ("bufferViews", 0, "byteOffset"),
    "view length": ("bufferViews", 0, "byteLength"),
    "stride": ("bufferViews", 0, "byteStride"),
    "buffer": ("bufferViews", 0, "buffer"),
    "mesh": ("nodes", 0, "mesh"),
    "scene": ("scene",),
    "child": ("scenes", 0, "nodes", 0),
    "position": ("meshes", 0, "primitives", 0, "attributes", "POSITION"),
    "indices": ("meshes", 0, "primitives", 0, "indices"),
    "mode": ("meshes", 0, "primitives", 0, "mode"),
    "material": ("meshes", 0, "primitives", 0, "material"),
    "skin": ("nodes", 0, "skin"),
}
LISTS = ("scenes", "nodes", "meshes", "accessors", "bufferViews", "buffers", "asset")


def wrong_values() -> Iterator[tuple[str, bytes]]:
    for name, path in PLACES.items():
        for number in NUMBERS:
            yield f"{name} is {str(number)[:12]}", changed(set_in(*path, to=number))
    for name in LISTS:
        for value in (None, 7, "x", {}, [None]):
            yield f"{name} is {value}", changed(set_in(name, to=value))


def frames() -> Iterator[tuple[str, bytes]]:
    whole = glb(row())
    for end in (1, 4, 8, 12, 16, 20, 21, 60, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        yield f"cut at {end}", whole[:end]
    for length in (0, 1, 7, 2**31, 2**32 - 1):
        yield f"json length {length}", whole[:12] + struct.pack("<I", length) + whole[16:]
        yield f"total length {length}", whole[:8] + struct.pack("<I", length) + whole[12:]
    place = whole.index(b"BIN\0") - 4
    for length in (0, 1, 2**31, 2**32 - 1):
        yield f"bin length {length}", whole[:place] + struct.pack("<I", length) + whole[place + 4 :]
    yield "no json", glb(b"not json at all")
    yield "json of nul", glb(bytes(64))
    yield "json that is a list", glb([row()])
    yield "json of 16 bits", glb(json.dumps(row()).encode("utf-16"))
    yield "json with nan", glb(json.dumps(row()).replace('"count": 4', '"count": NaN').encode())
    yield (
        "a number of 100,000 digits",
        glb(b'{"asset":{"version":"2.0"},"a":' + b"9" * 100_000 + b"}"),
    )
    yield "surrogates", glb(b'{"asset":{"version":"2.0"},"nodes":[{"name":"\\ud800"}]}')
    yield "the same key twice", glb(json.dumps(row())[:-1].encode() + b',"nodes":5}')


def nests() -> Iterator[tuple[str, bytes]]:
    for depth in (300, 100_000):
        yield f"lists nested {depth}", glb(b'{"asset":' + b"[" * depth + b"]" * depth + b"}")
        yield f"text nested {depth}", b'{"nodes": [' + b'{"a":' * depth + b"1" + b"}" * depth
    yield "nest behind the head", b'{"nodes": [' + b" " * (1 << 20) + b"[" * 5_000 + b"]" * 5_000
    # Each of them made the search for the ends of names start anew at every quote.
    for name, letters in {"quotes": b'"\\', "brackets": b'"[', "names": b'"a",'}.items():
        yield f"nest before {name}", b'{"nodes": [' + b"[" * 300 + letters * 250_000
    chain = row() | {"nodes": [{"children": [n + 1]} for n in range(5_000)] + [{"mesh": 0}]}
    yield "nodes 5,000 deep", glb(chain)
    yield "nodes in a ring", changed(set_in("nodes", to=[{"children": [1]}, {"children": [0]}]))
    yield "node in itself", changed(set_in("nodes", 0, "children", to=[0]))
    doubling = [{"children": [2 * k + 2, 2 * k + 3]} for k in range(30) for _ in (0, 1)]
    doubled = row() | {"nodes": [*doubling, {"mesh": 0}, {"mesh": 0}]}
    yield "nodes that double 30 times", glb(doubled)
    same = [{"children": [k + 1, k + 1]} for k in range(30)]
    yield "nodes named twice, 30 times", glb(row() | {"nodes": [*same, {"mesh": 0}]})


def many() -> Iterator[tuple[str, bytes]]:
    crowd = row() | {"nodes": [{"mesh": 0}] * 60_000, "scenes": [{"nodes": list(range(60_000))}]}
    yield "60,000 nodes", glb(crowd)
    zeros = row()
    zeros["accessors"][0] = {"componentType": FLOAT, "count": 6_000_000, "type": "VEC3"}
    yield "six million points without bytes", glb(zeros)
    shown = copy.deepcopy(zeros) | {"nodes": [{"mesh": 0}] * 4_000}
    shown["scenes"] = [{"nodes": list(range(4_000))}]
    shown["accessors"][0]["sparse"] = {
        "count": 4,
        "indices": {"bufferView": 1, "componentType": SHORT},
        "values": {"bufferView": 0},
    }
    yield "six million points in 4,000 places", glb(shown)
    hidden = row()
    hidden["accessors"] += [
        {"componentType": FLOAT, "count": 6_000_000, "type": "MAT4"} for _ in range(200)
    ]
    hidden["meshes"].append(
        {"primitives": [{"attributes": {"POSITION": 0, "_A": k}} for k in range(2, 202)]}
    )
    yield "200 tables of 400 MB that no node shows", glb(hidden)
    targets = row()
    targets["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}] * 50_000
    yield "50,000 morph targets", glb(targets)
    parts = row()
    parts["meshes"][0]["primitives"] *= 20_000
    yield "20,000 parts on the same rows", glb(parts)
    faces = np.zeros(1_000_002, np.uint16).tobytes()
    shown = row()
    shown["accessors"][1] |= {"count": 1_000_002}
    shown["bufferViews"][1] |= {"byteLength": len(faces)}
    shown["nodes"] = [{"mesh": 0}] * 8
    shown["scenes"] = [{"nodes": list(range(8))}]
    yield "too many faces in all", glb(shown, POINTS.tobytes() + faces)


def numbers() -> Iterator[tuple[str, bytes]]:
    for name, value in {"nan": np.nan, "inf": np.inf, "1e38": 1e38, "-inf": -np.inf}.items():
        points = POINTS.copy()
        points[1, 1] = value
        yield f"a coordinate is {name}", glb(row(), points.tobytes() + FACES.tobytes())
        yield f"all is {name}", glb(row(), np.full_like(points, value).tobytes() + FACES.tobytes())
        text = json.dumps(row() | {"nodes": [{"mesh": 0, "translation": [0, float(value), 0]}]})
        yield f"a node stands at {name}", glb(text.encode())
    for number in (4, 65535):
        faces = FACES.copy()
        faces[2, 1] = number
        yield f"a face on point {number}", glb(row(), POINTS.tobytes() + faces.tobytes())
    yield "all points at one place", glb(row(), bytes(48) + FACES.tobytes())
    for name, matrix in {"short": [1, 2], "huge": [1e308] * 16, "text": ["a"] * 16}.items():
        yield f"matrix {name}", changed(set_in("nodes", 0, "matrix", to=matrix))
    yield "rotation of three", changed(set_in("nodes", 0, "rotation", to=[0, 0, 0]))
    scale = [{"scale": [1e100] * 3, "children": [k + 1]} for k in range(8)]
    yield "scales that grow", glb(row() | {"nodes": [*scale, {"mesh": 0}]})


def sparse() -> Iterator[tuple[str, bytes]]:
    sound = {
        "count": 2,
        "indices": {"bufferView": 1, "componentType": SHORT},
        "values": {"bufferView": 0},
    }
    wrong: dict[str, dict[str, Any]] = {
        "count": {"count": 2**31},
        "count below 0": {"count": -5},
        "view": {"values": {"bufferView": 99}},
        "offset": {"indices": {"bufferView": 1, "componentType": SHORT, "byteOffset": 2**40}},
        "kind": {"indices": {"bufferView": 1, "componentType": FLOAT}},
        "rows": {"indices": {"bufferView": 0, "componentType": INT}},
        "nothing": {"indices": None},
    }
    for name, part in wrong.items():
        yield f"sparse {name}", changed(set_in("accessors", 0, "sparse", to=sound | part))


ADDRESSES = (
    *("../../../../../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "secret.bin"),
    *("http://127.0.0.1:{port}/a", "https://localhost:{port}/a", "//127.0.0.1:{port}/share/a"),
    *("\\\\127.0.0.1\\share\\a", "ftp://127.0.0.1:{port}/a", "%2e%2e/%2e%2e/secret.bin"),
    *("data:,plain", "data:application/octet-stream;base64,!!!!", "data:;base64"),
)


def addresses(port: int, secret: str) -> Iterator[tuple[str, bytes]]:
    """Buffers and pictures that lie elsewhere; `secret` is the path of a file on this machine."""
    for number, address in enumerate((*ADDRESSES, secret, f"file://{secret}")):
        uri = address.format(port=port)
        yield (
            f"buffer elsewhere {number}",
            gltf(row() | {"buffers": [{"byteLength": 72, "uri": uri}]}),
        )
        inside = row() | {"buffers": [{"byteLength": 72, "uri": uri}]}
        yield f"buffer of a glb elsewhere {number}", glb(inside)
        painted = row()
        painted |= {"images": [{"uri": uri}], "textures": [{"source": 0}]}
        painted["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
        painted["meshes"][0]["primitives"][0]["material"] = 0
        yield f"picture elsewhere {number}", glb(painted)
        yield f"picture of a text elsewhere {number}", gltf(painted)


def all_files(port: int, secret: str) -> dict[str, bytes]:
    """All of them. `port` is one on this machine that nobody should call."""
    makers = (
        wrong_values(),
        frames(),
        nests(),
        many(),
        numbers(),
        sparse(),
        addresses(port, secret),
    )
    return {name: data for maker in makers for name, data in maker}
