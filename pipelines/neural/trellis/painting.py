"""A client's mesh in the colours that the model gives it: only the appearance is sampled, at the mesh's own voxels.

The mesh itself is not touched: colours are asked on its surfaces, of unit size about 0 as TRELLIS has its shapes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.geometry import bake, glb, paint
from pipelines.neural.steps import Span
from pipelines.neural.trellis import shape, voxels
from pipelines.neural.trellis.empty import empty_shape
from pipelines.neural.trellis.stages import Condition, Steps, Trellis

# Of the texture's time: the latent, then decoding, then baking.
LATENT, DECODED = 0.7, 0.75


def voxels_of(surfaces: Sequence[bake.TexturedMesh], span: Span) -> NDArray[np.int32]:
    """The voxels (n, 3) of TRELLIS's cube that surfaces of unit size about 0 touch. Raises EmptyShape for none."""
    heard, found = span, []
    for mesh in surfaces:
        heard()
        points = voxels.to_trellis(mesh.vertices)
        found.append(voxels.touched(points, mesh.faces, heard))
    every = np.unique(np.concatenate(found), axis=0) if found else np.zeros((0, 3), np.int32)
    if not len(every):
        raise empty_shape()
    return every.astype(np.int32)


def shader(
    model: Trellis,
    condition: Condition,
    places: NDArray[np.int32],
    steps: Steps,
    seed: int,
    span: Span,
) -> bake.Shader:
    """A function that colours points of the surfaces, in our frame and of unit size about 0. Raises EmptyShape."""
    device = condition.tokens["cond"].device
    coords = torch.from_numpy(np.pad(places, ((0, 0), (1, 0)))).int().to(device)
    torch.manual_seed(seed)
    slat = model.latent(condition, coords, steps, span.part(0.0, LATENT))
    colours = shape.colours_of(model.decoded(slat, "gaussian"), "gaussian")
    span(DECODED)
    return lambda points, directions: colours(voxels.to_trellis(points))


def materials(
    surfaces: Sequence[bake.TexturedMesh],
    sizes: Sequence[int],
    shade: bake.Shader,
    mode: str,
    span: Span,
) -> list[glb.Material]:
    """The material of each surface, baked. Each band of texels is a cancel point."""
    samples = len(bake.FOUR) if mode == "opt" else 1
    texels, done = samples * sum(size**2 for size in sizes), 0

    def watched(
        points: NDArray[np.float32], directions: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        nonlocal done
        span(done / texels)
        done += len(points)
        return shade(points, directions)

    pairs = zip(surfaces, sizes, strict=True)
    return [paint.material(mesh, watched, size, mode) for mesh, size in pairs]
