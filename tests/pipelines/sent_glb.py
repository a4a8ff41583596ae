"""GLB files as clients send them: with textures, and changed row by row."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image

from tests.pipelines.classic_pictures import document


def textured_glb(path: Path, mesh: trimesh.Trimesh) -> Path:
    """The mesh with odd UVs, a noisy base colour, a metallic-roughness texture and factors of its own."""
    rng = np.random.default_rng(3)
    colour, metal = (
        Image.fromarray(rng.integers(0, 256, (size, size, 3), np.uint8)) for size in (64, 32)
    )
    material = trimesh.visual.material.PBRMaterial(
        name="skin",
        baseColorTexture=colour,
        metallicRoughnessTexture=metal,
        baseColorFactor=[255, 204, 153, 255],
        metallicFactor=0.25,
        roughnessFactor=0.5,
        alphaMode="MASK",
        alphaCutoff=0.3,
        doubleSided=True,
    )
    uv = rng.random((len(mesh.vertices), 2))
    visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    copy = trimesh.Trimesh(mesh.vertices, mesh.faces, visual=visual, process=False)
    path.write_bytes(copy.export(file_type="glb"))
    return path


def changed(source: Path, path: Path, change: Callable[[dict], None]) -> Path:
    """The GLB of `source` at `path`, with its JSON changed."""
    row, data = document(source), source.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    change(row)
    text = json.dumps(row).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    path.write_bytes(head + struct.pack("<I4s", len(text), b"JSON") + text + rest)
    return path


def image_bytes(path: Path) -> list[bytes]:
    """The images inside a GLB as they lie there."""
    row, data = document(path), path.read_bytes()
    start = 28 + struct.unpack_from("<I", data, 12)[0]
    views = [row["bufferViews"][image["bufferView"]] for image in row.get("images", [])]
    starts = [start + view["byteOffset"] for view in views]
    return [data[at : at + view["byteLength"]] for at, view in zip(starts, views, strict=True)]
