"""What the decoders make -> a mesh in our frame with colours at every place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from pipelines.geometry import decimate
from pipelines.neural import coloured
from pipelines.neural.coloured import UP_Z_FRONT_MINUS_Y, Coloured, Colours
from pipelines.neural.trellis import splats

# What gives the colours: the splats, which show finer detail, or the mesh's own vertices.
Source = Literal["gaussian", "mesh"]


def colours_of(made: Any, source: Source) -> Colours:
    """The colours of what a decoder made: upstream's Gaussian, or its mesh, whose vertices have RGB first."""
    if source == "gaussian":
        return splats.of_gaussian(made).at()
    vertices = made.vertices.detach().float().cpu().numpy()
    values = made.vertex_attrs[:, :3].detach().float().cpu().numpy()
    return coloured.by_vertex(vertices, np.clip(values, 0.0, 1.0) * 255.0)


def of(made: Any, colours: Colours) -> Coloured:
    """Upstream's mesh in these colours, without the hollows inside it. Raises EmptyShape where it has no surface."""
    vertices = made.vertices.detach().float().cpu().numpy()
    faces = made.faces.detach().cpu().numpy()
    return without_hollows(coloured.coloured(vertices, faces, colours, UP_Z_FRONT_MINUS_Y))


def without_hollows(mesh: Coloured) -> Coloured:
    """The mesh without the closed surfaces inside it: nobody sees them, and they take faces and texture. What was
    trained on surfaces makes walls, with an outside and an inside. A mesh that is not closed stays as it is."""
    if not decimate.is_closed(mesh.faces):
        return mesh
    _, piece = decimate.pieces(len(mesh.vertices), mesh.faces)
    outer = decimate.volumes(mesh.vertices, mesh.faces, piece) >= 0.0
    vertices, faces = decimate.of_pieces(mesh.vertices, mesh.faces, outer[piece])
    return replace(mesh, vertices=vertices, faces=faces)
