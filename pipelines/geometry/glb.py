"""Write one mesh as a GLB: glTF 2.0, one material, images inside. Passes the Khronos validator without a remark.

Knows the file format only.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.geometry.normals import unit
from pipelines.geometry.tangents import vertex_tangents

GENERATOR = "Meshkiln"
FLOAT, UINT16, UINT32 = 5126, 5123, 5125
VERTEX_BUFFER, INDEX_BUFFER = 34962, 34963
# At 4096 px a PNG takes 1.8 s and 4.7 MB, a JPEG of this quality 0.1 s and 1.1 MB.
JPEG_QUALITY = 92
PNG = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB),
]


@dataclass(frozen=True)
class Material:
    """glTF's metallic-roughness material. Images are (h, w, 3) uint8; without them the factors alone count.

    A normal map's x runs along u and its y along v, up; it needs tangents beside the mesh's normals.
    """

    base_colour: NDArray[np.uint8] | None = None
    metallic_roughness: NDArray[np.uint8] | None = None
    normal: NDArray[np.uint8] | None = None
    emissive: NDArray[np.uint8] | None = None
    colour_factor: tuple[float, float, float] = (0.8, 0.8, 0.8)
    roughness: float = 0.8
    metalness: float = 0.0


@dataclass
class Chunk:
    """The binary part in the making, and the glTF rows that point into it."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)

    def view(self, payload: bytes, target: int | None = None) -> int:
        self.data.extend(b"\0" * (-len(self.data) % 4))
        row = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(payload)}
        self.views.append(row if target is None else {**row, "target": target})
        self.data.extend(payload)
        return len(self.views) - 1

    def accessor(
        self, values: NDArray, component: int, kind: str, target: int, **extra: Any
    ) -> int:
        index = self.view(np.ascontiguousarray(values).tobytes(), target)
        self.accessors.append(
            {
                "bufferView": index,
                "componentType": component,
                "count": len(values),
                "type": kind,
                **extra,
            }
        )
        return len(self.accessors) - 1

    def texture(self, image: NDArray[np.uint8], *, lossy: bool) -> int:
        row = {
            "bufferView": self.view(jpeg(image) if lossy else png(image)),
            "mimeType": "image/jpeg" if lossy else "image/png",
        }
        self.images.append(row)
        return len(self.images) - 1


def jpeg(image: NDArray[np.uint8]) -> bytes:
    """(h, w, 3) uint8, colours not thinned out."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return stream.getvalue()


def png(image: NDArray[np.uint8]) -> bytes:
    """(h, w, 3) uint8, without loss: run lengths of the steps from texel to texel, a third of the time of level 1 and
    no larger. To choose a filter for each row would double the time and save a seventh."""
    return bytes(cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), PNG)[1])


def write(
    path: Path,
    vertices: NDArray,
    faces: NDArray,
    normals: NDArray,
    *,
    uv: NDArray | None = None,
    second_uv: NDArray | None = None,
    material: Material | None = None,
) -> int:
    """Write a mesh: vertices (n, 3) m, Y up; faces (m, 3); normals (n, 3); uv (n, 2), v up. Returns the size in bytes.

    Zero normals are replaced. second_uv (n, 2), v up: coordinates that the material does not use.
    """
    chunk = Chunk()
    attributes = vertex_attributes(chunk, vertices, normals, uv)
    if second_uv is not None:
        attributes["TEXCOORD_1"] = chunk.accessor(_down(second_uv), FLOAT, "VEC2", VERTEX_BUFFER)
    if uv is not None and material is not None and material.normal is not None:
        sides = vertex_tangents(vertices, faces, normals, np.stack([uv[:, 0], 1.0 - uv[:, 1]], 1))
        attributes["TANGENT"] = chunk.accessor(sides, FLOAT, "VEC4", VERTEX_BUFFER)
    small = len(vertices) < 65_535
    indices = chunk.accessor(
        np.asarray(faces, np.uint16 if small else np.uint32).reshape(-1),
        UINT16 if small else UINT32,
        "SCALAR",
        INDEX_BUFFER,
    )
    row = material_entry(chunk, material or Material())
    primitive = {"attributes": attributes, "indices": indices, "material": 0}
    document = _document(chunk, primitive, row)
    payload = container(document, bytes(chunk.data))
    path.write_bytes(payload)
    return len(payload)


def vertex_attributes(
    chunk: Chunk, vertices: NDArray, normals: NDArray, uv: NDArray | None
) -> dict[str, int]:
    """The accessors of vertices (n, 3), unit normals (n, 3) and UVs (n, 2) with v up, as a primitive names them."""
    points = np.asarray(vertices, np.float32)
    bounds = {"min": points.min(0).tolist(), "max": points.max(0).tolist()}
    attributes = {
        "POSITION": chunk.accessor(points, FLOAT, "VEC3", VERTEX_BUFFER, **bounds),
        "NORMAL": chunk.accessor(unit(normals).astype(np.float32), FLOAT, "VEC3", VERTEX_BUFFER),
    }
    if uv is not None:
        attributes["TEXCOORD_0"] = chunk.accessor(_down(uv), FLOAT, "VEC2", VERTEX_BUFFER)
    return attributes


def _down(uv: NDArray) -> NDArray[np.float32]:
    """UVs (n, 2) with v up as glTF has them, v down."""
    return np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float32)


def material_entry(chunk: Chunk, material: Material) -> dict[str, Any]:
    """The row of a material; its textures go into the chunk."""
    surface: dict[str, Any] = {
        "metallicFactor": material.metalness,
        "roughnessFactor": material.roughness,
    }
    if material.base_colour is not None:
        surface["baseColorTexture"] = {"index": chunk.texture(material.base_colour, lossy=True)}
    else:
        surface["baseColorFactor"] = [*material.colour_factor, 1.0]
    if material.metallic_roughness is not None:
        surface["metallicRoughnessTexture"] = {
            "index": chunk.texture(material.metallic_roughness, lossy=False)
        }
        surface["metallicFactor"] = surface["roughnessFactor"] = 1.0
    row: dict[str, Any] = {"name": "surface", "pbrMetallicRoughness": surface}
    if material.normal is not None:
        row["normalTexture"] = {"index": chunk.texture(material.normal, lossy=False)}
    if material.emissive is not None:
        row["emissiveTexture"] = {"index": chunk.texture(material.emissive, lossy=True)}
        row["emissiveFactor"] = [1.0, 1.0, 1.0]
    return row


def _document(chunk: Chunk, primitive: dict[str, Any], material: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": GENERATOR},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "model", "mesh": 0}],
        "meshes": [{"name": "model", "primitives": [primitive]}],
        "materials": [material],
        "accessors": chunk.accessors,
        "bufferViews": chunk.views,
    }
    if chunk.images:
        document["images"] = chunk.images
        document["samplers"] = [
            {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}
        ]
        document["textures"] = [
            {"sampler": 0, "source": index} for index in range(len(chunk.images))
        ]
    chunk.data.extend(b"\0" * (-len(chunk.data) % 4))
    document["buffers"] = [{"byteLength": len(chunk.data)}]
    return document


def container(document: dict[str, Any], binary: bytes) -> bytes:
    """A GLB of its two chunks. Raises ValueError for a number that JSON has not."""
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, size) + struct.pack("<I4s", len(text), b"JSON")
    return head + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
