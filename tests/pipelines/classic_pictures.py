"""Small pictures and meshes made on the spot for the tests of the built-in models, and a way to run one feature."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from pipelines.catalog import Catalog
from pipelines.geometry import glb, mesh_io
from pipelines.spec import Outcome, Work

RED, BLUE, GREEN, WHITE = (220, 30, 30), (30, 60, 220), (30, 170, 60), (255, 255, 255)


def figure(size: int = 160, background: tuple[int, ...] = (0, 0, 0, 0)) -> Image.Image:
    """A body with a hole, two thin legs, and a green hat; left half red, right half blue."""
    unit = size / 160
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)

    def box(*sides: float) -> list[float]:
        return [side * unit for side in sides]

    draw.ellipse(box(30, 40, 130, 120), fill=255)
    draw.ellipse(box(68, 66, 92, 94), fill=0)
    draw.rectangle(box(55, 110, 59, 152), fill=255)
    draw.rectangle(box(101, 110, 105, 152), fill=255)
    draw.rectangle(box(60, 10, 100, 48), fill=255)
    colours = Image.new("RGBA", (size, size), (*RED, 255))
    colours.paste((*BLUE, 255), (size // 2, 0, size, size))
    colours.paste((*GREEN, 255), (0, 0, size, int(36 * unit)))
    picture = Image.new("RGBA", (size, size), background)
    picture.paste(colours, (0, 0), mask)
    return picture


def mask_of(picture: Image.Image) -> np.ndarray:
    """The tight crop of a picture's alpha as (h, w) bool."""
    alpha = np.asarray(picture.convert("RGBA"))[..., 3] > 127
    rows, cols = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    return alpha[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]


def saved(folder: Path, picture: Image.Image, name: str = "picture.png", **options: object) -> Path:
    path = folder / name
    picture.save(path, **options)
    return path


def run(
    feature: str, inputs: dict[str, Path], folder: Path, params=None, options=None, heard=None
) -> Outcome:
    """Run the built-in model of a feature as the runner does."""
    catalog = Catalog.discover()
    card = catalog.card(feature, f"classic_{feature}")
    adapter = catalog.adapters[card.model_id]()
    adapter.load("cpu")
    work = Work(
        "job",
        feature,
        card.model_id,
        inputs,
        catalog.feature(feature).params(**(params or {})).model_dump(),
        card.options(**(options or {})).model_dump(),
        folder,
    )
    told = heard if heard is not None else []
    return catalog.feature(feature).run(
        work, adapter, lambda stage, fraction=0.0: told.append((stage, fraction))
    )


def result(folder: Path) -> mesh_io.ClientMesh:
    return mesh_io.read(folder / "output.glb")


def document(path: Path) -> dict:
    """The JSON part of a GLB."""
    import json
    import struct

    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length])


def textures(path: Path) -> list[Image.Image]:
    """The images inside a GLB."""
    import struct

    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    start, row = 28 + length, document(path)
    views = [row["bufferViews"][image["bufferView"]] for image in row.get("images", [])]
    chunks = [
        data[start + v["byteOffset"] : start + v["byteOffset"] + v["byteLength"]] for v in views
    ]
    return [Image.open(io.BytesIO(chunk)) for chunk in chunks]


def colour_seen(folder: Path, where: tuple[float, float], *, side: int = 1) -> np.ndarray:
    """RGB (3,) of the texture at the surface point that an eye on +Z (side 1) or -Z (-1) sees at x, y = where (m)."""
    mesh = result(folder)
    triangles = mesh.vertices[mesh.faces]
    a, b, c = (triangles[:, i, :2] for i in range(3))
    ab, ac, ap = b - a, c - a, np.asarray(where) - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    area = np.where(np.abs(area) < 1e-12, np.inf, area)
    second = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / area
    third = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / area
    weights = np.stack([1 - second - third, second, third], axis=1)
    hit = np.flatnonzero((weights >= -1e-6).all(1) & np.isfinite(area))
    depth = (weights[hit] * triangles[hit, :, 2]).sum(1) * side
    face = hit[depth.argmax()]
    u, v = weights[face] @ mesh.uv[mesh.faces[face]]
    image = np.asarray(textures(folder / "output.glb")[0].convert("RGB"))
    size = len(image)
    return image[min(int((1 - v) * size), size - 1), min(int(u * size), size - 1)].astype(int)


def cube(path: Path, size: float = 2.0, uv: np.ndarray | None = None) -> Path:
    """A cube of 8 vertices and 12 faces as GLB, not centred."""
    corners = (
        np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float) * size + 3.0
    )
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for q in quads for t in ((q[0], q[1], q[2]), (q[0], q[2], q[3]))])
    glb.write(path, corners, faces, corners - corners.mean(0), uv=uv)
    return path


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Signed volume of a closed mesh: positive where its faces are wound outward."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)
