"""The triangles of an FBX mesh: polygons cut, layers brought to vertices, vertices split where their corners differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.formats.checks import unsound_places
from pipelines.formats.fbx.layers import Corners, Layer, layer, split, which
from pipelines.formats.fbx.polygons import triangles
from pipelines.formats.fbx.tree import Element, broken
from pipelines.geometry.normals import unit, vertex_normals
from pipelines.mesh_kind import MAX_FACES

# Three corners for each face and three coordinates for each vertex, with room for lines and loose points.
MOST_NUMBERS = 12 * MAX_FACES
MOST_UV_SETS = 8
# Beyond this no 32-bit float can hold a product of two coordinates.
FARTHEST = 1e18


@dataclass(frozen=True, eq=False)
class Surface:
    """A mesh in the file's own frame and unit, before it knows its node.

    point (n,): the file's number of each vertex, which weights go by; slot (m,): the number of each face's material
    among those of the node, 0 where the file says nothing; uv_names: of the sets in `uvs`, v up.
    """

    positions: NDArray[np.float64]
    faces: NDArray[np.int64]
    point: NDArray[np.int64]
    points: int
    slot: NDArray[np.int64]
    normals: NDArray[np.float64] | None
    uvs: tuple[NDArray[np.float64], ...]
    uv_names: tuple[str, ...]
    colours: NDArray[np.float64] | None


class Surfaces:
    """Reads meshes, and remembers what of them was left out."""

    def __init__(self) -> None:
        self.loose = self.coarse = self.misfits = self.colour_sets = self.uv_sets = 0

    def lost(self) -> list[str]:
        """What the meshes that were read have and the scene has not."""
        said = []
        if self.loose:
            said.append(f"{self.loose} points or lines were dropped; only faces are kept")
        if self.coarse:
            said.append(
                f"{self.coarse} large polygons with notches may be cut badly into triangles"
            )
        if self.misfits:
            said.append(
                f"{self.misfits} layers (normals, UVs, colours) that do not fit their mesh were dropped"
            )
        if self.colour_sets:
            said.append("meshes with several sets of vertex colours keep the first")
        if self.uv_sets:
            said.append(
                f"meshes with more than {MOST_UV_SETS} sets of UVs keep the first {MOST_UV_SETS}"
            )
        return said

    def read(self, element: Element) -> Surface | None:
        """The mesh of an element; None where it has no face. Raises UnreadableInput, InvalidValue above 2 M faces."""
        for name in ("Vertices", "PolygonVertexIndex"):
            if element.count(name) > MOST_NUMBERS:
                raise InvalidValue(f"the mesh is too large; at most {MAX_FACES:,} faces are taken")
        points = element.run("Vertices").astype(np.float64, copy=False)
        order = element.run("PolygonVertexIndex")
        if not len(order) or len(points) < 9:
            return None
        if len(points) % 3:
            raise broken("a vertex has fewer than 3 coordinates")
        points = points.reshape(-1, 3)
        corners, starts, sizes = _corners(order, len(points))
        surfaces = sizes >= 3
        self.loose += int((~surfaces).sum())
        if (count := int((sizes[surfaces] - 2).sum())) > MAX_FACES:
            raise too_many(count)
        if not count:
            return None
        at = points[corners.vertex]
        # Vertices that no face names may be anything.
        if not np.isfinite(at).all() or np.abs(at).max() > FARTHEST:
            raise unsound_places(at)
        cut, owner, coarse = triangles(starts[surfaces], sizes[surfaces], at)
        self.coarse += coarse
        return self._surface(
            element, corners, at, cut, np.flatnonzero(surfaces)[owner], len(points)
        )

    def _surface(
        self,
        element: Element,
        corners: Corners,
        at: NDArray,
        cut: NDArray[np.int64],
        polygon: NDArray[np.int64],
        points: int,
    ) -> Surface:
        normals = self._first(element, "LayerElementNormal", "Normals", "NormalsIndex", 3, corners)
        colours = self._first(element, "LayerElementColor", "Colors", "ColorIndex", 4, corners)
        uvs = self._uvs(element, corners)
        layers = [found for found in (normals, colours, *uvs.values()) if found is not None]
        vertex, source = split(corners, layers)
        faces, source = _in_use(vertex[cut], source)
        positions = at[source]
        return Surface(
            positions,
            faces,
            corners.vertex[source],
            points,
            _slots(element, corners)[polygon],
            None if normals is None else _sound(_rows(normals, source), positions, faces),
            tuple(_rows(found, source) for found in uvs.values()),
            tuple(name for name, _ in uvs),
            None if colours is None else np.clip(_rows(colours, source), 0.0, 1.0),
        )

    def _first(
        self, element: Element, name: str, values: str, numbers: str, width: int, corners: Corners
    ) -> Layer | None:
        every = list(element.every(name))
        if name == "LayerElementColor" and len(every) > 1:
            self.colour_sets += 1
        return self._layer(every[0], values, numbers, width, corners) if every else None

    def _layer(
        self, element: Element, values: str, numbers: str, width: int, corners: Corners
    ) -> Layer | None:
        found = layer(element, values, numbers, width, corners)
        if found is None and len(element.run(values)):
            self.misfits += 1
        return found

    def _uvs(self, element: Element, corners: Corners) -> dict[tuple[str, int], Layer]:
        """Sets of UVs by name and number, in the file's order."""
        found: dict[tuple[str, int], Layer] = {}
        for number, row in enumerate(element.every("LayerElementUV")):
            if len(found) == MOST_UV_SETS:
                self.uv_sets += 1
                break
            one = self._layer(row, "UV", "UVIndex", 2, corners)
            if one is not None:
                found[row.text("Name"), number] = one
        return found


def too_many(count: int) -> InvalidValue:
    """The error of a mesh with more faces than are taken."""
    return InvalidValue(
        f"the mesh has {count:,} faces; at most {MAX_FACES:,} are taken, simplify it first"
    )


def _corners(order: NDArray, points: int) -> tuple[Corners, NDArray[np.int64], NDArray[np.int64]]:
    """Corners of polygons from the file's run, where a number below zero ends a polygon; starts and sizes (p,)."""
    if not np.isfinite(order).all() or np.abs(order).max() > 2 * points:
        raise broken("its faces name vertices that are not there")
    order = order.astype(np.int64, copy=False)
    last = order < 0
    last[-1] = True
    vertex = np.where(order < 0, ~order, order)
    if vertex.max() >= points:
        raise broken("its faces name vertices that are not there")
    stops = np.flatnonzero(last) + 1
    starts = np.concatenate([[0], stops[:-1]])
    sizes = stops - starts
    polygon = np.repeat(np.arange(len(sizes)), sizes)
    return Corners(vertex, polygon, points, len(sizes)), starts, sizes


def _in_use(
    faces: NDArray[np.int64], source: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Without vertices that only lines and points have."""
    used = np.zeros(len(source), bool)
    used[faces.reshape(-1)] = True
    if used.all():
        return faces, source
    return (np.cumsum(used) - 1)[faces], source[used]


def _rows(found: Layer, source: NDArray[np.int64]) -> NDArray[np.float64]:
    return found.values[found.index[source]]


def _sound(normals: NDArray, positions: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Normals of length 1; those without a length are taken from the faces."""
    missing = np.abs(normals).max(axis=1) < 1e-12
    made = unit(normals)
    if missing.any():
        made[missing] = vertex_normals(positions, faces)[missing]
    return made


def _slots(element: Element, corners: Corners) -> NDArray[np.int64]:
    """(p,) the material of each polygon among those of the node."""
    none = np.zeros(corners.polygons, np.int64)
    row = element.first("LayerElementMaterial")
    if row is None:
        return none
    each = np.arange(corners.polygons)
    found = which(row, "Materials", Corners(none, each, 1, corners.polygons))
    return none if found is None or not len(row.run("Materials")) else found
