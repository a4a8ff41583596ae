"""A small GLB built row by row, with what clients' files may have beside plain triangles. Sound by the validator."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipelines.geometry import glb

BYTE, SHORT, USHORT, FLOAT = 5120, 5122, 5123, 5126
DTYPES = {BYTE: np.int8, 5121: np.uint8, SHORT: np.int16, USHORT: np.uint16, FLOAT: np.float32}
WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
# Six squares of a cube two units wide, corner by corner; each has a cell of its own in a 3 x 2 atlas.
SIDES = [(0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1)]


class OddGlb:
    """A textured cube of 24 vertices at (0, 0, 0): `document` may be changed and rows added before `write`."""

    def __init__(self) -> None:
        self.points, self.normals, self.uv, self.faces = _cube()
        self.binary = bytearray()
        self.document: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0, "name": "Cube"}],
            "buffers": [{"byteLength": 0}],
            "bufferViews": [],
            "accessors": [],
            "images": [],
            "samplers": [{}],
            "textures": [],
            "materials": [],
        }
        self.document["meshes"] = [{"name": "Cube", "primitives": [self._primitive()]}]
        self.material((10, 200, 10), "Green")

    def _primitive(self) -> dict[str, Any]:
        named = {
            "POSITION": self.accessor(self.points, FLOAT, bounds=True),
            "NORMAL": self.accessor(self.normals, FLOAT),
            "TEXCOORD_0": self.accessor(self.uv, FLOAT),
        }
        order = self.accessor(self.faces.reshape(-1, 1), USHORT, target=34963)
        return {"attributes": named, "indices": order, "material": 0}

    @property
    def primitive(self) -> dict[str, Any]:
        row: dict[str, Any] = self.document["meshes"][0]["primitives"][0]
        return row

    def view(self, payload: bytes, **extra: Any) -> int:
        """Bytes of the file. -> the number of their view"""
        self.binary += b"\0" * (-len(self.binary) % 8)
        row = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(payload), **extra}
        self.binary += payload
        self.document["bufferViews"].append(row)
        return len(self.document["bufferViews"]) - 1

    def accessor(
        self,
        values: Any,
        component: int,
        *,
        bounds: bool = False,
        target: int | None = 34962,
        normalized: bool = False,
    ) -> int:
        """Values (n, width), each padded to four bytes where they are vertices'. -> the number of their accessor"""
        rows = np.ascontiguousarray(values, DTYPES[component])
        size = rows.shape[1] * rows.itemsize
        extra: dict[str, Any] = {} if target is None else {"target": target}
        data = rows.tobytes()
        if target == 34962 and size % 4:
            padded = np.zeros((len(rows), size + -size % 4), np.uint8)
            padded[:, :size] = rows.view(np.uint8).reshape(len(rows), -1)
            data, extra["byteStride"] = padded.tobytes(), padded.shape[1]
        row: dict[str, Any] = {
            "bufferView": self.view(data, **extra),
            "componentType": component,
            "count": len(rows),
            "type": WIDTHS[rows.shape[1]],
        }
        if normalized:
            row["normalized"] = True
        if bounds:
            row |= {"min": rows.min(0).tolist(), "max": rows.max(0).tolist()}
        self.document["accessors"].append(row)
        return len(self.document["accessors"]) - 1

    def material(self, colour: tuple[int, int, int], name: str) -> int:
        """A material with a texture of one colour. -> its number"""
        file = io.BytesIO()
        Image.new("RGB", (8, 8), colour).save(file, "PNG")
        rows = self.document
        rows["images"].append({"bufferView": self.view(file.getvalue()), "mimeType": "image/png"})
        rows["textures"].append({"source": len(rows["images"]) - 1, "sampler": 0})
        look = {"baseColorTexture": {"index": len(rows["textures"]) - 1}}
        rows["materials"].append({"name": name, "pbrMetallicRoughness": look})
        return len(rows["materials"]) - 1

    def uses(self, name: str, *, required: bool = False) -> None:
        """The file says that it uses an extension."""
        self.document.setdefault("extensionsUsed", []).append(name)
        if required:
            self.document.setdefault("extensionsRequired", []).append(name)

    def write(self, path: Path) -> Path:
        self.document["buffers"][0]["byteLength"] = len(self.binary) + -len(self.binary) % 4
        data = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        path.write_bytes(glb.container(self.document, data))
        return path


def _cube() -> tuple[Any, Any, Any, Any]:
    points, normals, uv, faces = [], [], [], []
    for number, (axis, sign) in enumerate(SIDES):
        right, up = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
        out = np.eye(3)[axis] * sign
        if sign < 0:
            right = -right
        cell = np.array([number % 3, number // 3]) / (3.0, 2.0)
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            points.append(out + a * right + b * up)
            normals.append(out)
            uv.append(cell + np.array([(a * 0.45 + 0.5) / 3.0, (b * 0.45 + 0.5) / 2.0]))
        faces += [np.array(row) + 4 * number for row in ((0, 1, 2), (0, 2, 3))]
    return (np.asarray(rows, np.float64) for rows in (points, normals, uv, faces))  # type: ignore[return-value]
