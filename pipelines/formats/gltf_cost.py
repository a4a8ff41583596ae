"""What a glTF file costs a reader that takes every row by itself: many rows may name the same bytes."""

from __future__ import annotations

from typing import Any

from pipelines.mesh_kind import MAX_FACES

# The most faces that are taken, each with corners of its own, named by an accessor, by a mesh and by a node.
MOST_ROWS = 3 * 3 * MAX_FACES
MOST_ACCESSORS = 100_000


def repeats(document: dict[str, Any]) -> bool:
    """Whether reading each accessor, each primitive and each node for itself takes far more rows than a mesh can have.

    The document has been read: its rows fit. Parts that share one large table do it, and so do files made to hurt.
    """
    accessors = document.get("accessors", [])
    sizes = [int(row.get("count", 0)) for row in accessors]
    meshes = [
        sum(sizes[part["attributes"].get("POSITION", 0)] for part in mesh.get("primitives", []))
        for mesh in document.get("meshes", [])
    ]
    shown = sum(meshes[node["mesh"]] for node in document.get("nodes", []) if "mesh" in node)
    return sum(sizes) + sum(meshes) + shown > MOST_ROWS or len(accessors) > MOST_ACCESSORS
