"""What a mesh is, in numbers: counts, size, whether it is closed. Made for every result, so it is cheap."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.formats import same_place
from pipelines.formats.pictures import DECODED
from pipelines.formats.scene import Scene
from pipelines.formats.trees import placed


def report(scene: Scene, kind: str = "glb") -> dict[str, Any]:
    """The numbers as JSON has them. Corners at one place count as one where bodies and closedness are told.

    `vertices` are those of the file, seams repeated; `size_m` is the box along X, Y and Z in metres; `watertight`:
    every edge is passed once in each direction; `manifold`: no edge has more than two faces. `kind` is the format of
    the file: what it cannot carry is not counted.
    """
    meshes = placed(scene)
    points = np.concatenate([mesh.positions for mesh in meshes])
    starts = np.cumsum([0] + [len(mesh.positions) for mesh in meshes])
    faces = np.concatenate(
        [mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]
    )
    finite = np.isfinite(points).all(axis=1)
    used = np.zeros(len(points), bool)
    used[faces.reshape(-1)] = True
    box = np.ptp(points[used & finite], axis=0) if (used & finite).any() else np.zeros(3)
    welded = same_place.numbered(points)[1][faces]
    flat = _degenerate(points, faces, welded)
    found = {
        "vertices": len(points),
        "faces": len(faces),
        "nodes": len(meshes),
        "size_m": [round(float(value), 6) for value in box],
        **_closedness(welded[~flat]),
        "degenerate_faces": int(flat.sum()),
        "non_finite_vertices": int((~finite).sum()),
        "uv_sets": min((len(mesh.uvs) for mesh in meshes), default=0),
        "vertex_colours": any(mesh.colours is not None for mesh in meshes),
        "joints": sum(len(skin.joints) for skin in scene.skins),
        "skinned": any(node.skin is not None for node in scene.nodes),
        "materials": len(scene.materials),
        "textures": _textures(scene),
    }
    return found | _without(kind, scene)


def _without(kind: str, scene: Scene) -> dict[str, Any]:
    """The rows that differ in a file of a format that carries less than a scene."""
    if kind not in ("obj", "ply", "stl"):
        return {}
    less: dict[str, Any] = {"joints": 0, "skinned": False}
    if kind == "obj":
        return less
    less |= {"nodes": 1, "materials": 0, "textures": []}
    if kind == "stl":
        return less | {"uv_sets": 0, "vertex_colours": False}
    return less | {
        "vertex_colours": any(m.colours is not None for m in scene.meshes) or bool(scene.materials)
    }


def _degenerate(
    points: NDArray[np.float64], faces: NDArray[np.int64], welded: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(m,): faces whose corners lie at fewer than three places, or that have no area."""
    first, second, third = welded.T
    same = (first == second) | (second == third) | (third == first)
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    with np.errstate(invalid="ignore", over="ignore"):
        area = np.abs(np.cross(b - a, c - a)).max(axis=1)
    return np.asarray(same | ~(area > 0.0))


def _closedness(welded: NDArray[np.int64]) -> dict[str, Any]:
    if not len(welded):
        return {"bodies": 0, "watertight": False, "manifold": False}
    starts, ends = welded.reshape(-1), welded[:, [1, 2, 0]].reshape(-1)
    count = int(welded.max()) + 1
    graph = coo_array((np.ones(len(starts), np.int8), (starts, ends)), (count, count))
    # One label more for each place that no face names.
    named = np.zeros(count, bool)
    named[starts] = True
    _, label = connected_components(graph, directed=False)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    _, edge, times = np.unique(low * count + high, return_inverse=True, return_counts=True)
    ahead = np.bincount(edge.reshape(-1), weights=starts < ends, minlength=len(times))
    return {
        "bodies": len(np.unique(label[named])),
        "watertight": bool((times == 2).all() and (ahead == 1).all()),
        "manifold": bool((times <= 2).all()),
    }


def _textures(scene: Scene) -> list[dict[str, Any]]:
    """What each picture is for, once for each use, and its size in texels; the pictures are not decoded."""
    found = []
    for material in scene.materials:
        for name, texture in material.textures():
            row: dict[str, Any] = {
                "material": material.name,
                "use": name,
                "media_type": texture.picture.media_type,
            }
            try:
                with Image.open(io.BytesIO(texture.picture.data), formats=DECODED) as image:
                    row |= {"width": image.width, "height": image.height}
            except (OSError, ValueError, Image.DecompressionBombError):
                row |= {"width": None, "height": None}
            found.append(row)
    return found
