"""Where a GLB stands and how large it is: measured, and set by moving and scaling its points.

Moving and uniform scaling keep normals and UVs as they are, so only positions and the places of nodes change. Knows the
file format; for files without skins, whose points are plain floats.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput
from pipelines.geometry.glb import container
from pipelines.geometry.glb_drawn import local_matrix
from pipelines.geometry.unsound import reason
from pipelines.words.metres import Along

FLOAT = 5126
_AXES: dict[str, int] = {"width": 0, "height": 1, "depth": 2}
# A mesh longer than this many times its height is not brought to a height of its own.
LONGEST_TO_HEIGHT = 4.0
# As a share of the longest side: nearer than this a mesh is where it should be.
PLACED_WITHIN = 1e-5
_STANDS = {"matrix", "translation", "rotation", "scale"}


def settle(path: Path, height_m: float | None) -> tuple[float, float, float]:
    """Scale the GLB in place to a height in metres, centred in x and z, its lowest point at y = 0.

    Returns its width, height and depth (x, y, z) in metres. Without a height, the longest side that its model gave it
    becomes the height; of a long, low mesh the longest side becomes LONGEST_TO_HEIGHT times as much instead. A flat
    sheet on the ground, which has no height, keeps its size. Raises UnreadableInput for a file whose points cannot be
    scaled.
    """
    document, binary = _parts(path.read_bytes())
    try:
        placed = list(_points(document, binary))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnreadableInput(f"the GLB cannot be scaled: {reason(error)}") from error
    low = np.min([rows.min(0) for rows in placed], axis=0)
    high = np.max([rows.max(0) for rows in placed], axis=0)
    size, factor = high - low, _factor(high - low, height_m)
    foot = np.array([(low[0] + high[0]) / 2.0, low[1], (low[2] + high[2]) / 2.0])
    if np.abs(foot).max() <= PLACED_WITHIN * size.max():
        foot[:] = 0.0
    if factor != 1.0 or foot.any():
        _place(document, binary, factor, -foot * factor)
        path.write_bytes(container(document, bytes(binary)))
    width, height, depth = (round(float(side * factor), 6) for side in size)
    return width, height, depth


def _factor(size: NDArray, height_m: float | None) -> float:
    """What a mesh of that size (3,) m is to be multiplied with."""
    height, longest = float(size[1]), float(size.max())
    if height <= 1e-9 * longest or longest <= 0.0:
        return 1.0
    if height_m is not None:
        return height_m / height
    return min(longest / height, LONGEST_TO_HEIGHT)


def scale_for(size: NDArray, along: Along, metres: float) -> float:
    """What a model multiplies a mesh of that size (3,) m with, so that its side, once settled, is `metres` long."""
    side = float(size.max() if along == "longest" else size[_AXES[along]])
    return metres / (side * _factor(size, None)) if side > 0.0 else 1.0


def _parts(data: bytes) -> tuple[dict[str, Any], bytearray]:
    """The JSON part and the binary part of a GLB."""
    try:
        (length,) = struct.unpack_from("<I", data, 12)
        return json.loads(data[20 : 20 + length]), bytearray(data[28 + length :])
    except (struct.error, ValueError) as error:
        raise UnreadableInput("the GLB cannot be scaled: it is cut short or broken") from error


def _accessors(document: dict[str, Any]) -> list[int]:
    """The accessors of positions, each once, however many primitives use it."""
    primitives = [row for mesh in document.get("meshes", []) for row in mesh["primitives"]]
    return sorted({row["attributes"]["POSITION"] for row in primitives})


def _rows(document: dict[str, Any], binary: bytearray, index: int) -> NDArray[np.float32]:
    """The positions (n, 3) of an accessor, as a view into the binary part."""
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor.get("bufferView", -1)]
    if accessor["componentType"] != FLOAT or "sparse" in accessor or "bufferView" not in accessor:
        raise UnreadableInput("the GLB cannot be scaled: its points are not plain floats")
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    return np.ndarray(
        (accessor["count"], 3), np.float32, binary, start, (view.get("byteStride", 12), 4)
    )


def _points(document: dict[str, Any], binary: bytearray) -> Iterator[NDArray[np.float64]]:
    """The positions (n, 3) m of every mesh where its node stands. Raises UnreadableInput where there is none."""
    if document.get("skins"):
        raise UnreadableInput("the GLB cannot be scaled: it has a skeleton")
    found, visits = False, 0
    scenes = document.get("scenes", [{}])
    waiting = [(node, np.eye(4)) for node in scenes[document.get("scene", 0)].get("nodes", [])]
    while waiting:
        index, parent = waiting.pop()
        visits += 1
        if visits > len(document["nodes"]):
            raise UnreadableInput("the GLB cannot be scaled: its nodes are in a loop")
        node = document["nodes"][index]
        world = parent @ local_matrix(node)
        waiting += [(child, world) for child in node.get("children", [])]
        if "mesh" in node:
            for row in document["meshes"][node["mesh"]]["primitives"]:
                rows = _rows(document, binary, row["attributes"]["POSITION"]).astype(np.float64)
                found = True
                yield rows @ world[:3, :3].T + world[:3, 3]
    if not found:
        raise UnreadableInput("the GLB cannot be scaled: it shows no mesh")


def _place(
    document: dict[str, Any], binary: bytearray, factor: float, shift: NDArray[np.float64]
) -> None:
    """Multiply with a factor, then move by shift (3,) m: the points themselves, or the root nodes where nodes stand
    somewhere."""
    nodes = document.get("nodes", [])
    stands = any(_STANDS & {*node} for node in nodes)
    for index in _accessors(document):
        rows = _rows(document, binary, index)
        rows *= np.float32(factor)
        if not stands:
            rows += shift.astype(np.float32)
        bounds = document["accessors"][index]
        bounds["min"], bounds["max"] = rows.min(0).tolist(), rows.max(0).tolist()
    scenes = document.get("scenes", [{}])
    roots = scenes[document.get("scene", 0)].get("nodes", []) if stands else []
    for index, node in enumerate(nodes):
        offset = shift if index in roots else np.zeros(3)
        if "matrix" in node:
            node["matrix"][12:15] = (np.array(node["matrix"][12:15]) * factor + offset).tolist()
        elif "translation" in node or offset.any():
            stood = np.array(node.get("translation", (0.0, 0.0, 0.0)))
            node["translation"] = (stood * factor + offset).tolist()
