"""The low-poly look: every face with corners of its own, so that it is lit flat, and one colour all over it.

Knows meshes and functions that colour points; does not know where the faces come from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import bake
from pipelines.geometry.normals import face_normals
from pipelines.geometry.restyle import saturated

# Places on a face whose colours are averaged: a triangle of so many rows.
ROWS = 7
SATURATION = 1.2


def split(
    vertices: NDArray, faces: NDArray
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Faces that share no corner. vertices (n, 3), faces (m, 3) -> origin (3 m,), faces (m, 3), normals (3 m, 3).

    `origin` is the vertex of the input that each new one came from; a face's corners all have the face's normal.
    """
    origin = np.asarray(faces, np.int64).reshape(-1)
    corners = np.arange(len(origin)).reshape(-1, 3)
    return origin, corners, np.repeat(face_normals(vertices, faces), 3, axis=0)


def colours(mesh: bake.TexturedMesh, shader: bake.Shader) -> NDArray[np.float32]:
    """One colour a face, in 0..255, a little stronger: the median of the shader over the face. -> (m, 3) float32.

    A mean would mix the colours of two parts where an edge between them crosses a face.
    """
    shares = np.array(
        [(i, j, ROWS - 1 - i - j) for i in range(ROWS) for j in range(ROWS - i)], np.float32
    ) + np.float32(1 / 3)
    shares /= shares.sum(1, keepdims=True)
    triangles = np.asarray(mesh.vertices, np.float32)[mesh.faces]
    points = np.einsum("pk,mkd->mpd", shares, triangles).reshape(-1, 3)
    normals = np.repeat(face_normals(mesh.vertices, mesh.faces), len(shares), axis=0)
    seen = shader(points.astype(np.float32), normals.astype(np.float32))
    middle = np.median(seen.reshape(len(mesh.faces), len(shares), 3), axis=1)
    return saturated(middle, SATURATION)


def texture(owner: NDArray[np.int32], colour: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Each texel in the colour (m, 3) of the face that it shows, owner (size, size), -1 for none; gaps are filled."""
    plain = np.clip(colour + 0.5, 0, 255).astype(np.uint8)
    image = np.where((owner >= 0)[..., None], plain[np.maximum(owner, 0)], np.uint8(0))
    return bake.fill_gaps(image, owner >= 0)
