"""Write several meshes as one GLB: a node, a mesh and a material of its own colour for each. Passes the validator."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import glb
from pipelines.geometry.normals import vertex_normals
from pipelines.geometry.weld import used


@dataclass(frozen=True)
class Part:
    """vertices (n, 3) m, Y up; faces (m, 3); colour sRGB, 0 to 1."""

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    colour: tuple[float, float, float]


def colours(count: int) -> list[tuple[float, float, float]]:
    """That many colours, sRGB 0 to 1, neighbours far apart: hues by the golden angle, three brightnesses."""
    rows = []
    for index in range(count):
        hue = (index * 0.618034 + 0.02) % 1.0
        rows.append(
            colorsys.hsv_to_rgb(hue, (0.75, 0.5, 0.9)[index % 3], (0.9, 0.95, 0.65)[index % 3])
        )
    return rows


def compact(vertices: NDArray, faces: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The same mesh without vertices that no face uses."""
    named = used(faces)
    place = np.zeros(int(named.max(initial=-1)) + 1, np.int64)
    place[named] = np.arange(len(named))
    return np.asarray(vertices, np.float64)[named], place[faces]


def write(path: Path, parts: Sequence[Part]) -> int:
    """Write the parts in their order. Returns the size in bytes."""
    chunk = glb.Chunk()
    meshes = [
        {"name": part.name, "primitives": [_primitive(chunk, part, index)]}
        for index, part in enumerate(parts)
    ]
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": glb.GENERATOR},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(parts)))}],
        "nodes": [{"name": part.name, "mesh": index} for index, part in enumerate(parts)],
        "meshes": meshes,
        "materials": [_material(part) for part in parts],
        "accessors": chunk.accessors,
        "bufferViews": chunk.views,
    }
    chunk.data.extend(b"\0" * (-len(chunk.data) % 4))
    document["buffers"] = [{"byteLength": len(chunk.data)}]
    payload = glb.container(document, bytes(chunk.data))
    path.write_bytes(payload)
    return len(payload)


def _primitive(chunk: glb.Chunk, part: Part, material: int) -> dict[str, Any]:
    normals = vertex_normals(part.vertices, part.faces)
    return {
        "attributes": glb.vertex_attributes(chunk, part.vertices, normals, None),
        "indices": indices(chunk, part.faces, len(part.vertices)),
        "material": material,
    }


def indices(chunk: glb.Chunk, faces: NDArray, vertex_count: int) -> int:
    """The accessor of faces (m, 3), as narrow as the vertex count allows."""
    small = vertex_count < 65_535
    return chunk.accessor(
        np.asarray(faces, np.uint16 if small else np.uint32).reshape(-1),
        glb.UINT16 if small else glb.UINT32,
        "SCALAR",
        glb.INDEX_BUFFER,
    )


def _material(part: Part) -> dict[str, Any]:
    surface = {
        "baseColorFactor": [*map(_linear, part.colour), 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 0.8,
    }
    return {"name": part.name, "pbrMetallicRoughness": surface}


def _linear(value: float) -> float:
    """A channel of sRGB as light: glTF's factors are linear."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
