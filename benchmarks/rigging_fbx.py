"""The rig of a binary FBX file, for benchmarks/rigging.py alone: one mesh, its bones by their clusters.

Trusts the file: it is for samples on this machine, not for what clients send.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.rigging_truth import Rig

PLAIN = {"Y": "<h", "C": "<b", "I": "<i", "F": "<f", "D": "<d", "L": "<q"}
ARRAYS = {"f": "<f4", "d": "<f8", "l": "<i8", "i": "<i4", "b": "u1"}
WIDE_FROM = 7500  # from this version on a node's header has 64-bit numbers


@dataclass(frozen=True)
class Node:
    name: str
    values: list[Any]
    children: list[Node]

    def get(self, name: str) -> Node | None:
        return next((child for child in self.children if child.name == name), None)

    def array(self, name: str) -> NDArray[Any]:
        child = self.get(name)
        return np.zeros(0) if child is None else np.asarray(child.values[0])


def read(path: Path) -> Rig:
    """Mesh, bones and weights in the file's frame. Raises ValueError where it has no clusters."""
    top = _parse(path.read_bytes())
    objects = {node.values[0]: node for node in top["Objects"].children if node.values}
    links = [tuple(link.values[1:3]) for link in top["Connections"].children]
    above = {
        child: parent
        for child, parent in links
        if objects.get(parent) and objects[parent].name == "Model"
    }
    clusters = {
        next(
            child for child, parent in links if parent == key and objects[child].name == "Model"
        ): node
        for key, node in objects.items()
        if node.name == "Deformer" and node.values[-1] == b"Cluster"
    }
    if not clusters:
        raise ValueError(f"{path.name} has no skin")
    geometry = next(node for node in objects.values() if node.name == "Geometry")
    bones = list(clusters)
    bind = {bone: clusters[bone].array("TransformLink").reshape(4, 4).T for bone in bones}
    mesh = bind[bones[0]] @ clusters[bones[0]].array("Transform").reshape(4, 4).T
    points = geometry.array("Vertices").reshape(-1, 3) @ mesh[:3, :3].T + mesh[:3, 3]
    weights = np.zeros((len(points), len(bones)))
    for column, bone in enumerate(bones):
        rows = clusters[bone].array("Indexes").astype(int)
        weights[rows, column] = clusters[bone].array("Weights")
    whole = weights.sum(axis=1, keepdims=True)
    row_of = {bone: row for row, bone in enumerate(bones)}
    return Rig(
        path.stem,
        points,
        _faces(geometry.array("PolygonVertexIndex")),
        tuple(objects[bone].values[1].split(b"\0")[0].decode() for bone in bones),
        tuple(row_of.get(above.get(bone), -1) for bone in bones),
        np.stack([bind[bone][:3, 3] for bone in bones]),
        weights / whole if whole.min() > 0 else None,
    )


def _faces(corners: NDArray) -> NDArray[np.int64]:
    """Triangles of polygons whose last corner is written as its complement."""
    made, polygon = [], []
    for corner in corners.tolist():
        polygon.append(corner if corner >= 0 else ~corner)
        if corner < 0:
            made += [(polygon[0], polygon[i], polygon[i + 1]) for i in range(1, len(polygon) - 1)]
            polygon = []
    return np.asarray(made, np.int64)


def _parse(data: bytes) -> dict[str, Node]:
    if not data.startswith(b"Kaydara FBX Binary"):
        raise ValueError("not a binary FBX file")
    (version,) = struct.unpack_from("<I", data, 23)
    found, start = {}, 27
    while True:
        node, start = _node(data, start, version >= WIDE_FROM)
        if node is None:
            return found
        found[node.name] = node


def _node(data: bytes, start: int, wide: bool) -> tuple[Node | None, int]:
    """The node at a place and the place behind it; None for the row of zeros that ends a list."""
    form = "<QQQB" if wide else "<IIIB"
    end, count, _, letters = struct.unpack_from(form, data, start)
    start += struct.calcsize(form)
    if end == 0:
        return None, start
    name = data[start : start + letters].decode()
    start += letters
    values = []
    for _ in range(count):
        value, start = _value(data, start)
        values.append(value)
    children: list[Node] = []
    while start < end:
        child, start = _node(data, start, wide)
        if child is None:
            break
        children.append(child)
    return Node(name, values, children), end


def _value(data: bytes, start: int) -> tuple[Any, int]:
    kind = chr(data[start])
    start += 1
    if kind in PLAIN:
        return struct.unpack_from(PLAIN[kind], data, start)[0], start + struct.calcsize(PLAIN[kind])
    if kind in "SR":
        (length,) = struct.unpack_from("<I", data, start)
        return data[start + 4 : start + 4 + length], start + 4 + length
    _, packed, length = struct.unpack_from("<III", data, start)
    raw = data[start + 12 : start + 12 + length]
    return np.frombuffer(zlib.decompress(raw) if packed else raw, ARRAYS[kind]), start + 12 + length
