"""Layers of an FBX mesh, such as normals and UVs, at the corners of its faces, and vertices split where these differ.

A layer says for what it has values ("mapping": corners, vertices, faces, all) and how it names them ("reference": one
after the other, or by a list of numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.tree import Element

Numbers = NDArray[np.int64]
# Values that a layer may have for each corner or vertex; more than one is waste already.
MOST_EACH = 4


@dataclass(frozen=True, eq=False)
class Corners:
    """vertex (c,): which vertex each corner of a face is at; polygon (c,): which face it belongs to."""

    vertex: Numbers
    polygon: Numbers
    vertices: int
    polygons: int


@dataclass(frozen=True, eq=False)
class Layer:
    """values (v, width); index (c,): the row of `values` that each corner has."""

    values: NDArray[np.float64]
    index: Numbers


def layer(
    element: Element, values: str, numbers: str, width: int, corners: Corners
) -> Layer | None:
    """A layer's values for each corner; None where they do not fit the mesh.

    `values` and `numbers` are the names of its two runs, such as "UV" and "UVIndex".
    """
    if element.count(values) > MOST_EACH * width * max(len(corners.vertex), corners.vertices):
        return None
    rows = element.run(values)
    if not len(rows) or len(rows) % width:
        return None
    table = rows.reshape(-1, width).astype(np.float64, copy=False)
    if not np.isfinite(rows).all():
        table = np.nan_to_num(table, posinf=0.0, neginf=0.0)
    direct = element.text("ReferenceInformationType") == "Direct"
    index = which(element, "" if direct else numbers, corners)
    if index is None or index.max(initial=0) >= len(table) or index.min(initial=0) < -1:
        return None
    if index.min(initial=0) < 0:  # some programs write -1 for a corner that has none
        table = np.vstack([table, np.zeros(width)])
        index = np.where(index < 0, len(table) - 1, index)
    return Layer(table, index)


def which(element: Element, numbers: str, corners: Corners) -> Numbers | None:
    """(c,) the row of the layer's values that each corner has, by its run `numbers` or, without one, in their order.

    None for a mapping that is not known or does not fit.
    """
    mapping = element.text("MappingInformationType")
    if mapping == "AllSame":
        slots: Numbers = np.zeros(len(corners.vertex), np.int64)
        size = 1
    elif mapping in ("ByVertice", "ByVertex"):
        slots, size = corners.vertex, corners.vertices
    elif mapping == "ByPolygon":
        slots, size = corners.polygon, corners.polygons
    elif mapping == "ByPolygonVertex":
        slots, size = np.arange(len(corners.vertex)), len(corners.vertex)
    else:
        return None
    named = element.run(numbers)
    if not len(named):
        return slots
    if len(named) < size or not np.isfinite(named).all():
        return None
    named = named.astype(np.int64, copy=False)
    return named[:size] if mapping == "ByPolygonVertex" else named[slots]


def split(corners: Corners, layers: list[Layer]) -> tuple[Numbers, Numbers]:
    """Vertices that have one value of each layer.

    -> (c,) the new vertex of each corner; (n,) a corner at each new vertex. Vertices without corners are left out;
    those that need no split keep their order.
    """
    count = len(corners.vertex)
    first = np.zeros(corners.vertices, np.int64)
    first[corners.vertex[::-1]] = np.arange(count - 1, -1, -1)
    differs = np.zeros(count, bool)
    leader = first[corners.vertex]
    for found in layers:
        differs |= _differ(found, leader)
    used = np.zeros(corners.vertices, bool)
    used[corners.vertex] = True
    number = np.cumsum(used) - 1
    vertex, source = number[corners.vertex], first[used]
    if not differs.any():
        return vertex, source
    odd = np.flatnonzero(differs)
    group, leaders = _grouped(odd, corners.vertex, layers)
    vertex[odd] = len(source) + group
    return vertex, np.concatenate([source, leaders])


def _differ(found: Layer, leader: Numbers) -> NDArray[np.bool_]:
    """(c,) whether a corner's values are others than those of its leader."""
    theirs = found.index[leader]
    differs = found.index != theirs
    many = np.flatnonzero(differs)
    bits = _bits(found.values)
    # Column by column: numpy is slow along rows of two or three.
    mine, theirs = found.index[many], theirs[many]
    other = np.zeros(len(many), bool)
    for column in bits:
        other |= column[mine] != column[theirs]
    differs[many] = other
    return differs


def _bits(values: NDArray[np.float64]) -> list[NDArray[np.uint64]]:
    return [np.ascontiguousarray(column).view(np.uint64) for column in values.T]


def _grouped(odd: Numbers, vertex: Numbers, layers: list[Layer]) -> tuple[Numbers, Numbers]:
    """(k,) group of each odd corner, those of one vertex and the same values together; (g,) a corner of each group.

    Groups are found by a 64-bit hash. Should two kinds of corner share one, all corners stay on their own.
    """
    columns = [column[found.index[odd]] for found in layers for column in _bits(found.values)]
    mixed = vertex[odd].astype(np.uint64)
    for column in columns:
        mixed ^= column
        # The finishing steps of MurmurHash3: each bit comes to bear on every other.
        mixed ^= mixed >> np.uint64(33)
        mixed *= np.uint64(0xFF51AFD7ED558CCD)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    lead, group = _alike(mixed)
    same = vertex[odd] == vertex[odd][lead][group]
    for column in columns:
        same &= column == column[lead][group]
    if not same.all():
        return np.arange(len(odd)), odd
    return group, odd[lead]


def _alike(keys: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """The first place of each key, ascending; (k,) which of these each key belongs to. Far faster than np.unique."""
    order = np.argsort(keys)
    ordered = keys[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    first = np.minimum.reduceat(order, np.flatnonzero(new))
    by_place = np.argsort(first)
    rank = np.zeros(len(first), np.int64)
    rank[by_place] = np.arange(len(first))
    group = np.zeros(len(keys), np.int64)
    group[order] = rank[np.cumsum(new) - 1]
    return first[by_place], group
