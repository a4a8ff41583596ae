"""Coordinates that only a texture's transform brings to size cannot be kept: a painted texture has no transform.

Packers write them so: integers in a mesh, and KHR_texture_transform on each texture that undoes the packing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.errors import InvalidValue
from pipelines.geometry.client_glb import Placed
from pipelines.geometry.client_uv import MOST_SHARED, Group, overlap

TRANSFORM = "KHR_texture_transform"


def check(document: Mapping[str, Any], placed: Sequence[Placed], groups: Sequence[Group]) -> None:
    """Raises InvalidValue where coordinates that were kept have no room in a texture without their transform."""
    for group in groups:
        rows = [placed[index].row for index in group.members]
        if (
            group.cut is None
            and any(_transformed(document, row) for row in rows)
            and _crowded(group)
        ):
            raise InvalidValue(
                f"uvs is keep; the file's coordinates are brought to size by {TRANSFORM}, which paint cannot have: "
                "use auto or new, or send coordinates in 0 to 1"
            )


def _transformed(document: Mapping[str, Any], primitive: Mapping[str, Any]) -> bool:
    """Whether the base colour of a primitive's material has a transform."""
    if "material" not in primitive:
        return False
    surface = document["materials"][primitive["material"]].get("pbrMetallicRoughness", {})
    return TRANSFORM in surface.get("baseColorTexture", {}).get("extensions", {})


def _crowded(group: Group) -> bool:
    """Whether faces lie upon each other in the texture more than mirrored halves do, or have no room at all."""
    return overlap(group.mesh.uv.reshape(-1, 3, 2), group.face) > MOST_SHARED
