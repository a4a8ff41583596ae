"""GLB files of a few boxes, made by hand: names, pictures and movements as a test wants them. Nothing but numbers."""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Sequence
from typing import Any

from PIL import Image

FLOAT, USHORT = 5126, 5123
# Corners of a unit box on the ground, and its twelve triangles, seen from outside.
CORNERS = [(x, y, z) for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)]
FACES = [
    *((0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1)),
    *((2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)),
]
CORNER_UVS = [(x + 0.5, y) for x, y, _ in CORNERS]


class _Bytes:
    """The binary chunk, with its views and accessors."""

    def __init__(self) -> None:
        self.data = b""
        self.views: list[dict[str, int]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, rows: Sequence[Sequence[float]], kind: str, component: int = FLOAT) -> int:
        code = "f" if component == FLOAT else "H"
        flat = [value for row in rows for value in row]
        packed = struct.pack(f"<{len(flat)}{code}", *flat)
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(packed)})
        self.data += packed + b"\0" * (-len(packed) % 4)
        columns = list(zip(*rows, strict=True))
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1,
                "componentType": component,
                "count": len(flat) if kind == "SCALAR" else len(rows),
                "type": kind,
                "min": [min(column) for column in columns],
                "max": [max(column) for column in columns],
            }
        )
        return len(self.accessors) - 1


def boxes(names: Sequence[str], *, picture: bool = False, moves: bool = False) -> bytes:
    """A GLB with a box for each name, 1 m wide, side by side, 1.2 m from one to the next.

    picture: with texture coordinates and a red and blue picture, as a data: address. moves: the first one rises.
    """
    held = _Bytes()
    attributes = {"POSITION": held.add(CORNERS, "VEC3")}
    document: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0}
    if picture:
        attributes["TEXCOORD_0"] = held.add(CORNER_UVS, "VEC2")
        document |= _picture()
    primitive: dict[str, Any] = {"attributes": attributes, "indices": _indices(held)}
    if picture:
        primitive["material"] = 0
    if moves:
        document["animations"] = [_rise(held)]
    document |= {
        "scenes": [{"nodes": list(range(len(names)))}],
        "nodes": [
            {"name": name, "mesh": 0, "translation": [1.2 * n, 0, 0]}
            for n, name in enumerate(names)
        ],
        "meshes": [{"primitives": [primitive]}],
        "accessors": held.accessors,
        "bufferViews": held.views,
        "buffers": [{"byteLength": len(held.data)}],
    }
    return packed(document, held.data)


def _indices(held: _Bytes) -> int:
    held.add([(corner,) for face in FACES for corner in face], "SCALAR", USHORT)
    return len(held.accessors) - 1


def _picture() -> dict[str, Any]:
    image = Image.new("RGB", (8, 8), (220, 30, 20))
    image.paste((20, 40, 220), (0, 0, 4, 8))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    uri = "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
    colour = {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0}
    return {
        "images": [{"uri": uri}],
        "textures": [{"source": 0}],
        "materials": [{"pbrMetallicRoughness": colour, "doubleSided": True}],
    }


def _rise(held: _Bytes) -> dict[str, Any]:
    times = held.add([(0.0,), (1.0,), (2.0,)], "SCALAR")
    places = held.add([(0, 0, 0), (0, 1.5, 0), (0, 0, 0)], "VEC3")
    return {
        "samplers": [{"input": times, "output": places}],
        "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}],
    }


def packed(document: dict[str, Any], binary: bytes = b"") -> bytes:
    """A GLB of its JSON and its binary chunk."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
