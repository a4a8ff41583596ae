"""A new mesh from what a text or pictures say: sampled in two stages, decoded, brought to its size, and textured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from pipelines.neural import coloured
from pipelines.neural.coloured import Coloured, Textured
from pipelines.neural.fewer import Budget
from pipelines.neural.steps import Span
from pipelines.neural.trellis import shape, upstream_bake
from pipelines.neural.trellis.shape import Source
from pipelines.neural.trellis.stages import Condition, Steps, Trellis

# Of the geometry's time: the voxels, the latent, and the latent of other colours; the rest is decoding.
VOXELS, LATENT, OTHER = 0.4, 0.75, 0.9


@dataclass(frozen=True)
class Asked:
    """What the voxels are drawn by, what the latent is, and, where the colours come from elsewhere, what they are."""

    voxels: Condition
    latent: Condition
    colours: Condition | None = None


@dataclass(frozen=True)
class Sampling:
    """How both latents are sampled, from which seed."""

    voxels: Steps
    latent: Steps
    seed: int

    @classmethod
    def of(cls, params: Mapping[str, Any], options: Mapping[str, Any]) -> Sampling:
        """By the names that the first API's document gives them."""
        return cls(
            Steps(
                options["sparse_structure_sample_steps"], options["sparse_structure_cfg_strength"]
            ),
            latent_steps(options),
            params["seed"],
        )


def latent_steps(options: Mapping[str, Any]) -> Steps:
    """How the structured latent is sampled."""
    return Steps(options["slat_sample_steps"], options["slat_cfg_strength"])


@dataclass(frozen=True)
class Made:
    """The latent that a mesh is decoded from, and the one of its colours, mostly the same."""

    slat: Any
    colours: Any


def sampled(model: Trellis, asked: Asked, sampling: Sampling, span: Span) -> Made:
    """Both latents. The seed is set after the conditions were read, as upstream does. Raises EmptyShape."""
    torch.manual_seed(sampling.seed)
    coords = model.structure(asked.voxels, sampling.voxels, span.part(0.0, VOXELS))
    slat = model.latent(asked.latent, coords, sampling.latent, span.part(VOXELS, LATENT))
    if asked.colours is None:
        return Made(slat, slat)
    other = model.latent(asked.colours, coords, sampling.latent, span.part(LATENT, OTHER))
    return Made(slat, other)


def raw(model: Trellis, made: Made, budget: Budget, span: Span) -> Coloured:
    """The mesh in the colours of its vertices, within its budget. Raises EmptyShape."""
    span(OTHER)
    mesh = model.decoded(made.slat, "mesh")
    span(0.97)
    return coloured.reduced(shape.of(mesh, shape.colours_of(mesh, "mesh")), budget)


def with_colours(
    model: Trellis, made: Made, source: Source, budget: Budget, span: Span
) -> Coloured:
    """The mesh in the colours of its splats, or of its vertices, within its budget. Raises EmptyShape."""
    span(OTHER)
    mesh = model.decoded(made.slat, "mesh")
    span(0.94)
    same = source == "mesh" and made.colours is made.slat
    colours = mesh if same else model.decoded(made.colours, source)
    span(0.97)
    return coloured.reduced(shape.of(mesh, shape.colours_of(colours, source)), budget)


def both(model: Trellis, made: Made, span: Span) -> tuple[Any, Any]:
    """Upstream's mesh and Gaussian. Raises EmptyShape."""
    span(OTHER)
    mesh = model.decoded(made.slat, "mesh")
    span(0.95)
    return mesh, model.decoded(made.colours, "gaussian")


def by_upstream(mesh: Any, gaussian: Any, budget: Budget, texture_px: int) -> Textured:
    """The mesh with the texture that its makers' own baking gives it."""
    return upstream_bake.baked(mesh, gaussian, wanted=budget.wanted, texture_px=texture_px)
