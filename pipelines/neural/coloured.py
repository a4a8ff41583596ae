"""A coloured mesh as a network makes it -> one that is turned our way, of the size asked for, written as a GLB.

Knows arrays and functions of points, no network. Colours come from a function, so that a network that knows the colour
of every place is asked at every texel; `by_vertex` makes one of colours at vertices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.errors import PipelineError
from pipelines.geometry import bake, decimate, facets, glb, normals, paint, uv_atlas
from pipelines.geometry import sound as soundness
from pipelines.neural.fewer import Budget, fewer

# points (n, 3) -> RGB (n, 3) float32 in 0..255 as pictures have it (sRGB)
Colours = Callable[[NDArray[np.float32]], NDArray[np.float32]]
Axes = tuple[tuple[int, int, int], ...]

# Our axes in those of a model, a row each: X is to the right of one who looks at the front, Y up, Z to the front.
UP_Z_FRONT_X: Axes = ((0, 1, 0), (0, 0, 1), (1, 0, 0))
UP_Z_FRONT_MINUS_Y: Axes = ((1, 0, 0), (0, 0, 1), (0, -1, 0))
# How many vertices around a point give it its colour.
NEAREST = 3


class EmptyShape(PipelineError):
    """The network ran and there is no surface in what it made."""


@dataclass(frozen=True)
class Coloured:
    """vertices (n, 3), faces (m, 3) wound outward, and the colours of places on the surface; one frame for all."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    colours: Colours


def coloured(vertices: NDArray, faces: NDArray, colours: Colours, axes: Axes) -> Coloured:
    """What a network made in a frame of its own, in ours: Y up, front to +Z, in its own unit.

    vertices (n, 3), faces (m, 3) of either winding; `colours` takes points in the network's frame. Raises EmptyShape
    where there is no face, or nothing that is finite.
    """
    turn = np.array(axes, np.float64)
    if not np.isclose(np.linalg.det(turn), 1.0):
        raise ValueError(f"{axes} would mirror the mesh")
    points, corners = np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
    if len(corners) == 0 or not np.isfinite(points).all() or not np.ptp(points, axis=0).any():
        raise EmptyShape(
            "the model made an empty shape; try another seed, or an input that shows one plain object"
        )
    back = turn.astype(np.float32)
    # As a whole: a hollow inside is wound the other way, and stays so.
    if _volume(points, corners) < 0.0:
        corners = corners[:, ::-1]
    return Coloured(points @ turn.T, corners, lambda places: colours(places @ back))


def _volume(points: NDArray, faces: NDArray) -> float:
    a, b, c = (points[faces[:, i]] - points.mean(axis=0) for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)))


def by_vertex(vertices: NDArray, colours: NDArray) -> Colours:
    """The colours of places from those at vertices (n, 3): RGB (n, 3) in 0..255, the nearer the more they count."""
    tree = cKDTree(np.asarray(vertices, np.float64))
    values = np.asarray(colours, np.float32)
    count = min(NEAREST, len(values))

    def colour(points: NDArray[np.float32]) -> NDArray[np.float32]:
        away, near = tree.query(points, k=count)
        away, near = away.reshape(len(points), count), near.reshape(len(points), count)
        weight = 1.0 / np.maximum(away, 1e-9)
        weight /= weight.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkc->nc", weight, values[near]), np.float32)

    return colour


def reduced(mesh: Coloured, budget: Budget) -> Coloured:
    """The mesh within its budget; its colours are still those of the network at every place."""
    vertices, faces = fewer(mesh.vertices, mesh.faces, budget)
    return replace(mesh, vertices=vertices, faces=faces)


def facts(mesh: Coloured) -> dict[str, Any]:
    """What generation_info says of a mesh that is written."""
    return {
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": decimate.is_closed(mesh.faces)
        and soundness.is_sound(mesh.vertices, mesh.faces),
    }


def write_raw(path: Path, mesh: Coloured, *, lowpoly: bool = False) -> int:
    """A GLB in plain grey. -> its size in bytes."""
    if lowpoly:
        origin, faces, directions = facets.split(mesh.vertices, mesh.faces)
        return glb.write(path, mesh.vertices[origin], faces, directions)
    smooth = normals.vertex_normals(mesh.vertices, mesh.faces)
    return glb.write(path, mesh.vertices, mesh.faces, smooth)


@dataclass(frozen=True)
class Textured:
    """A mesh with one atlas: vertices (n, 3) repeated on seams, faces (m, 3), normals (n, 3), uv (n, 2), v up."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64]
    uv: NDArray[np.float32]
    material: glb.Material


def textured(
    mesh: Coloured,
    *,
    texture_px: int,
    mode: str,
    lowpoly: bool = False,
    told: Callable[[float], None] = lambda done: None,
) -> Textured:
    """Unwrap the mesh and bake its colours into textures. `mode`: see pipelines.geometry.paint.

    `told` hears the share that is done, once a band of texels, and may raise.
    """
    smooth = normals.vertex_normals(mesh.vertices, mesh.faces)
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    laid = bake.TexturedMesh(
        mesh.vertices[cut.origin], cut.faces, cut.uv, smooth[mesh.faces].astype(np.float32)
    )
    texels = texture_px**2 * (len(bake.FOUR) if mode == "opt" else 1)
    shader = _watched(mesh.colours, texels, told)
    material = paint.material(laid, shader, texture_px, mode, faceted=lowpoly)
    if not lowpoly:
        return Textured(laid.vertices, laid.faces, smooth[cut.origin], laid.uv, material)
    origin, faces, flat = facets.split(laid.vertices, laid.faces)
    return Textured(laid.vertices[origin], faces, flat, laid.uv[origin], material)


def write_textured(path: Path, mesh: Textured) -> int:
    """A GLB with its textures inside. -> its size in bytes."""
    return glb.write(
        path, mesh.vertices, mesh.faces, mesh.normals, uv=mesh.uv, material=mesh.material
    )


def _watched(colours: Colours, texels: int, told: Callable[[float], None]) -> bake.Shader:
    done = 0

    def shader(points: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal done
        told(min(1.0, done / texels))
        done += len(points)
        return colours(points)

    return shader


def without_effect(params: Mapping[str, Any], inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """What a request brought that a network of one picture or text has no use for, a sentence each."""
    said = []
    style = params.get("style")
    if style in ("cartoon", "artistic"):
        said.append(f"style {style} has no effect: the model's own colours are kept")
    for slot in sorted(inputs):
        if slot.startswith("image_"):
            said.append(f"{slot} has no effect: the model looks at image alone")
    if "texture_image" in inputs:
        said.append("texture_image has no effect: the model colours what it makes itself")
    return tuple(said)
