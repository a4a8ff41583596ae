"""Whether a painted GLB is still the client's: compared with the file that was sent, row by row and bit by bit."""

from __future__ import annotations

import json
import re
from collections.abc import Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.geometry.client_glb import ClientGlb
from pipelines.geometry.glb_accessors import TRIANGLES, has_bytes, triangles

# What paint may add to a primitive, or change. Where a new atlas comes first, the file's own coordinates are renamed.
ADDED = {"TANGENT"}
REPLACED = {"TEXCOORD_0", "TANGENT"}
INSTANCING = "EXT_mesh_gpu_instancing"
# Rows that paint has no part in.
SAME = ("scene", "scenes", "nodes", "cameras", "asset", "extras")


def check(sent: Path, painted: Path, fresh: Set[tuple[int, int]] = frozenset()) -> None:
    """Raises PipelineError naming the first thing that paint has no business to change.

    fresh: the primitives (mesh, place in it) that got a new atlas; the corners of their faces must be the same, their
    own coordinates too, under `uv_name`; of all others every attribute as it lies in the file.
    """
    before, after = ClientGlb(sent), ClientGlb(painted)
    _compare_instances(before, after)
    for name in SAME:
        if _text(before.document.get(name)) != _text(after.document.get(name)):
            raise _changed(name)
    for name in ("meshes", "skins", "animations"):
        if len(before.document.get(name, [])) != len(after.document.get(name, [])):
            raise _changed(name)
    _compare_names(before, after)
    for index, mesh in enumerate(before.document.get("meshes", [])):
        other = after.document["meshes"][index]
        where = f"mesh {mesh.get('name', index)!r:.60}"
        if len(mesh["primitives"]) != len(other["primitives"]):
            raise _changed(where)
        for place, (one, two) in enumerate(
            zip(mesh["primitives"], other["primitives"], strict=True)
        ):
            compare = _compare_corners if (index, place) in fresh else _compare_bits
            compare(before, after, one, two, where)


def _compare_instances(before: ClientGlb, after: ClientGlb) -> None:
    """Places of copies of a mesh are values that nodes name by number: numbers may differ, so they are set equal."""
    pairs = zip(before.document.get("nodes", []), after.document.get("nodes", []), strict=False)
    for old, new in ((_instances(one), _instances(two)) for one, two in pairs):
        if set(old) != set(new):
            raise _changed("nodes")
        for name, number in old.items():
            if not _is_same(before, number, after, new[name]):
                raise _changed(f"{name} of nodes")
            new[name] = number


def _instances(node: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = node.get("extensions", {}).get(INSTANCING, {}).get("attributes", {})
    return found


def _compare_names(before: ClientGlb, after: ClientGlb) -> None:
    for name in ("meshes", "materials", "skins", "animations"):
        old, new = (
            [row.get("name") for row in file.document.get(name, [])] for file in (before, after)
        )
        if old != new[: len(old)]:
            raise _changed(f"names of {name}")


def _compare_bits(
    before: ClientGlb, after: ClientGlb, one: dict[str, Any], two: dict[str, Any], where: str
) -> None:
    named, targets = _named(one, two), two.get("targets", [])
    if one.get("mode", TRIANGLES) != two.get("mode", TRIANGLES):
        raise _changed(f"mode of {where}")
    if ("indices" in one) != ("indices" in two) or (
        "indices" in one and not _is_same(before, one["indices"], after, two["indices"])
    ):
        raise _changed(f"faces of {where}")
    if not set(one["attributes"]) <= set(named) <= set(one["attributes"]) | ADDED:
        raise _changed(f"attributes of {where}")
    pairs = [(one["attributes"], named), *zip(one.get("targets", []), targets, strict=True)]
    for old, new in pairs:
        for name, number in old.items():
            if not _is_same(before, number, after, new[name]):
                raise _changed(f"{name} of {where}")


def _compare_corners(
    before: ClientGlb, after: ClientGlb, one: dict[str, Any], two: dict[str, Any], where: str
) -> None:
    sent, named = one["attributes"], _named(one, two)
    first, second = _corners(before, one), _corners(after, two)
    pairs = {name: name for name in sent if name not in REPLACED}
    if carries_uv(before, sent, first):
        pairs["TEXCOORD_0"] = uv_name(sent)
    if set(pairs.values()) != set(named) - REPLACED:
        raise _changed(f"attributes of {where}")
    for name, new in pairs.items():
        old = before.stored(sent[name])[first]
        if old.tobytes() != after.stored(named[new])[second].tobytes():
            raise _changed(f"{name} of {where}")


def carries_uv(file: ClientGlb, named: dict[str, int], corners: NDArray[np.int64]) -> bool:
    """Whether a primitive has coordinates to be kept beside a new atlas: at all its corners they are numbers."""
    if "TEXCOORD_0" not in named:
        return False
    return bool(np.isfinite(file.stored(named["TEXCOORD_0"])[corners]).all())


def uv_name(named: dict[str, int]) -> str:
    """Where a primitive's own first coordinates are kept when a new atlas takes their name: behind all other sets,
    which stay where readers look for them, as for a map of light."""
    return next(
        name for number in range(len(named) + 1) if (name := f"TEXCOORD_{number}") not in named
    )


def colour_names(named: dict[str, int]) -> dict[str, str]:
    """Vertex colours of a primitive -> names that none of its attributes has, and no viewer paints with."""
    found: dict[str, str] = {}
    for colours in (name for name in named if re.fullmatch(r"COLOR_\d+", name)):
        found[colours] = next(
            name
            for number in range(len(named) + 1)
            if (name := f"_{colours}_{number}" if number else f"_{colours}") not in named
        )
    return found


def _named(one: dict[str, Any], two: dict[str, Any]) -> dict[str, int]:
    """The attributes of a painted primitive under the names that they had where it was sent."""
    sent = one["attributes"]
    renamed = {new: old for old, new in colour_names(sent).items()}
    return {renamed.get(name, name): number for name, number in two["attributes"].items()}


def _corners(file: ClientGlb, row: dict[str, Any]) -> NDArray[np.int64]:
    if "indices" in row:
        order = file.stored(row["indices"]).reshape(-1).astype(np.int64)
    else:
        order = np.arange(file.document["accessors"][row["attributes"]["POSITION"]]["count"])
    return triangles(order, row.get("mode", TRIANGLES)).reshape(-1)


def _is_same(before: ClientGlb, one: int, after: ClientGlb, two: int) -> bool:
    """Whether two accessors hold the same values; those that have none in the file are told by their rows."""
    old, new = before.document["accessors"][one], after.document["accessors"][two]
    if any(old[name] != new[name] for name in ("componentType", "type", "count")):
        return False
    if not has_bytes(old) and not has_bytes(new):
        return True
    return before.stored(one).tobytes() == after.stored(two).tobytes()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _changed(what: str) -> PipelineError:
    return PipelineError(f"painting would have changed the mesh ({what}); nothing was written")
