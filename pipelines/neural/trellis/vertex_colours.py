"""Colours at the vertices of a GLB without texture: what the decoder of meshes knows of the look, at no further cost.

Knows a file as pipelines.geometry.glb writes it: one mesh of one primitive.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import glb, glb_accessors
from pipelines.neural.coloured import Colours

UINT16, VERTEX_BUFFER = 5123, 34962


def add(path: Path, colours: Colours) -> int:
    """Write the colours of the file's own vertices into it. -> its size in bytes."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    (primitive,) = document["meshes"][0]["primitives"]
    attributes = primitive["attributes"]
    points = glb_accessors.values(document, binary, attributes["POSITION"])
    rows = linear(colours(points))
    attributes["COLOR_0"] = len(document["accessors"])
    row = {"bufferView": len(document["bufferViews"]), "componentType": UINT16, "type": "VEC4"}
    document["accessors"].append({**row, "count": len(rows), "normalized": True})
    view = {"buffer": 0, "byteOffset": len(binary), "byteLength": rows.nbytes}
    document["bufferViews"].append({**view, "target": VERTEX_BUFFER})
    document["buffers"][0]["byteLength"] = len(binary) + rows.nbytes
    for material in document["materials"]:  # the colours are multiplied by its grey
        material["pbrMetallicRoughness"]["baseColorFactor"] = [1.0, 1.0, 1.0, 1.0]
    payload = glb.container(document, binary + rows.tobytes())
    path.write_bytes(payload)
    return len(payload)


def linear(colours: NDArray) -> NDArray[np.uint16]:
    """RGB (n, 3) in 0..255 as pictures have it -> RGBA (n, 4) as vertices have it: proportional to light, opaque."""
    shade = np.clip(np.asarray(colours, np.float64) / 255.0, 0.0, 1.0)
    light = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
    rows = np.full((len(light), 4), 65_535, np.uint16)
    rows[:, :3] = np.round(light * 65_535.0)
    return rows
