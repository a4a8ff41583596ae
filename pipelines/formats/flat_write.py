"""A Scene to the formats that hold one mesh: PLY and STL, both binary."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.formats.scene import Material, Mesh, Scene, Texture, Written
from pipelines.formats.srgb import from_linear, to_linear
from pipelines.formats.trees import placed
from pipelines.geometry.normals import face_normals

STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("free", "<u2")])


@dataclass(frozen=True)
class _Joined:
    """All meshes of a scene as one."""

    positions: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64] | None
    uv: NDArray[np.float64] | None
    colours: NDArray[np.float64] | None


def write_ply(scene: Scene, path: Path) -> Written:
    """Places, normals, UVs (s, t; v up) and colours of the vertices; a surface's own colour where those are missing."""
    joined, lost = _joined(scene)
    columns = [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
    values = [joined.positions]
    if joined.normals is not None:
        columns += [("nx", "<f4"), ("ny", "<f4"), ("nz", "<f4")]
        values.append(joined.normals)
    if joined.uv is not None:
        columns += [("s", "<f4"), ("t", "<f4")]
        values.append(joined.uv * (1.0, -1.0) + (0.0, 1.0))
    if joined.colours is not None:
        columns += [(name, "u1") for name in ("red", "green", "blue", "alpha")]
        shown = np.column_stack([from_linear(joined.colours[:, :3]), joined.colours[:, 3]])
        values.append(np.rint(shown * 255.0))
    table = np.zeros(len(joined.positions), np.dtype(columns))
    for (name, _), column in zip(columns, np.column_stack(values).T, strict=True):
        table[name] = column
    rows = np.zeros(len(joined.faces), np.dtype([("count", "u1"), ("corners", "<i4", 3)]))
    rows["count"], rows["corners"] = 3, joined.faces
    path.write_bytes(_ply_header(columns, len(table), len(rows)) + table.tobytes() + rows.tobytes())
    return Written((path.name,), tuple(lost))


def _ply_header(columns: list[tuple[str, str]], vertices: int, faces: int) -> bytes:
    names = {"<f4": "float", "u1": "uchar"}
    lines = ["ply", "format binary_little_endian 1.0", "comment Meshkiln; Y up, metres"]
    lines += [
        f"element vertex {vertices}",
        *(f"property {names[kind]} {name}" for name, kind in columns),
    ]
    lines += [f"element face {faces}", "property list uchar int vertex_indices", "end_header"]
    return ("\n".join(lines) + "\n").encode()


def write_stl(scene: Scene, path: Path) -> Written:
    """Triangles alone, each with its normal."""
    joined, _ = _joined(scene)
    rows = np.zeros(len(joined.faces), STL_TRIANGLE)
    rows["corners"] = joined.positions[joined.faces]
    rows["normal"] = face_normals(joined.positions, joined.faces)
    head = b"Meshkiln; Y up, metres".ljust(80, b" ") + np.uint32(len(rows)).tobytes()
    path.write_bytes(head + rows.tobytes())
    said = "STL holds triangles alone: names, materials, colours, UVs and joints were dropped"
    return Written((path.name,), (said,) if _has_more(scene) else ())


def _has_more(scene: Scene) -> bool:
    meshes = scene.meshes
    coloured = any(mesh.uvs or mesh.colours is not None for mesh in meshes)
    named = any(mesh.name for mesh in meshes) or any(
        node.name for node in scene.nodes if node.mesh is not None
    )
    return bool(scene.materials or scene.skins or coloured or named or len(meshes) > 1)


def _joined(scene: Scene) -> tuple[_Joined, list[str]]:
    meshes = placed(scene)
    lost = []
    if len(meshes) > 1:
        lost.append("the parts were joined into one mesh; their names were dropped")
    elif any(mesh.name for mesh in meshes):
        lost.append("the mesh's name was dropped: the format has none")
    starts = np.cumsum([0] + [len(mesh.positions) for mesh in meshes])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]
    normals = [mesh.normals for mesh in meshes if mesh.normals is not None]
    colours = [_colours(scene, mesh) for mesh in meshes]
    textured = any(texture for material in scene.materials for texture in material.textures())
    # Beside UVs many readers look for a picture and pass over the colours.
    uvs = any(mesh.uvs for mesh in meshes) and not textured
    if textured:
        lost.append("textures and their UVs were dropped; the vertices took their colours")
    if scene.skins:
        lost.append("joints and weights were dropped: the mesh stands as its joints pose it")
    return (
        _Joined(
            np.concatenate([mesh.positions for mesh in meshes]),
            np.concatenate(faces),
            np.concatenate(normals) if len(normals) == len(meshes) else None,
            np.concatenate([_first_uv(mesh) for mesh in meshes]) if uvs else None,
            _all_colours(colours, meshes),
        ),
        lost,
    )


def _first_uv(mesh: Mesh) -> NDArray[np.float64]:
    return mesh.uvs[0] if mesh.uvs else np.zeros((len(mesh.positions), 2))


def _all_colours(
    colours: list[NDArray[np.float64] | None], meshes: list[Mesh]
) -> NDArray[np.float64] | None:
    if all(found is None for found in colours):
        return None
    rows = [
        np.ones((len(mesh.positions), 4)) if found is None else found
        for found, mesh in zip(colours, meshes, strict=True)
    ]
    return np.concatenate(rows)


def _colours(scene: Scene, mesh: Mesh) -> NDArray[np.float64] | None:
    """Colours (n, 4) of the vertices: their own, times what the materials of their faces show there; None for none."""
    if mesh.material is None:
        return mesh.colours
    found = np.ones((len(mesh.positions), 4)) if mesh.colours is None else mesh.colours.copy()
    for number in np.unique(mesh.material):
        if number >= 0:
            used = np.unique(mesh.faces[mesh.material == number])
            found[used] *= _shown(scene.materials[number], mesh, used)
    return found


def _shown(material: Material, mesh: Mesh, used: NDArray[np.int64]) -> NDArray[np.float64]:
    factor = np.asarray(material.colour)
    texture = material.base_colour
    if texture is None or texture.uv_set >= len(mesh.uvs):
        return np.tile(factor, (len(used), 1))
    found = _sampled(texture, mesh.uvs[texture.uv_set][used])
    return factor * found if found is not None else np.tile(factor, (len(used), 1))


def _sampled(texture: Texture, uv: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The texels (k, 4) nearest to UVs, linear; None where the picture cannot be decoded."""
    try:
        with Image.open(io.BytesIO(texture.picture.data), formats=("PNG", "JPEG", "WEBP")) as image:
            texels = np.asarray(image.convert("RGBA"), np.float64) / 255.0
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    height, width = texels.shape[:2]
    place = np.floor((uv - np.floor(uv)) * (width, height)).astype(np.int64)
    found = texels[np.minimum(place[:, 1], height - 1), np.minimum(place[:, 0], width - 1)]
    return np.column_stack([to_linear(found[:, :3]), found[:, 3]])
