"""The diffusion pipeline: loaded once, then a closed surface for each part. Torch and upstream are imported here alone.

Upstream's own extraction is not used: it needs a compiled module, has no cancel point, and takes its last grid for a
little larger than it is, so that its parts come out 1.6 % too small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ModelLoadFailed
from pipelines.neural import isosurface, narrow_band, point_ops, stand_ins
from pipelines.neural.coloured import EmptyShape
from pipelines.neural.fewer import Budget, fewer
from pipelines.neural.holopart.conditions import Conditions, frame_of, of_parts
from pipelines.neural.steps import Span, counted, wrapped

# Upstream's: the cube that is looked at, and the coarsest grid.
RADIUS, COARSE_DEPTH = 1.05, 6
# Imported for annotations and by code that is not run here.
UNUSED = ("jaxtyping", "omegaconf", "typeguard", "peft")
# Of the time of a part: the diffusion, then the grid.
_SAMPLING = 0.6


@dataclass(frozen=True)
class Settings:
    """The numbers of a run. `octree_depth`: the grid has 2^octree_depth steps a side."""

    seed: int
    num_inference_steps: int
    guidance_scale: float
    octree_depth: int
    faces_per_part: int


@dataclass
class Completer:
    """The loaded pipeline."""

    pipe: Any
    device: str

    def completed(
        self,
        parts: Sequence[tuple[str, NDArray, NDArray]],
        settings: Settings,
        span: Span,
    ) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Vertices and faces of each part (name, vertices, faces) made whole, where the parts stand.

        Raises EmptyShape naming a part of which nothing came.
        """
        frame = frame_of(np.concatenate([vertices for _, vertices, _ in parts]), 0.95)
        shown = of_parts([part[1:] for part in parts], frame, settings.seed)
        done = []
        for index, ((name, _, _), one) in enumerate(zip(parts, shown, strict=True)):
            own = span.part(index / len(parts), (index + 1) / len(parts))
            latent = self._latent(one, settings, own.part(0.0, _SAMPLING))
            vertices, faces = self._surface(latent, settings, own.part(_SAMPLING, 1.0))
            if len(faces) == 0:
                raise EmptyShape(
                    f"the model made an empty shape for part {name}; try another seed or larger parts"
                )
            done.append((frame.outward(one.frame.outward(vertices)), faces))
        return done

    def _latent(self, shown: Conditions, settings: Settings, span: Span) -> Any:
        import torch

        def batch(rows: NDArray[np.float32]) -> Any:
            return torch.from_numpy(rows)[None].to(self.device)

        with (
            counted(self.pipe.scheduler, "step", settings.num_inference_steps, span),
            # Upstream draws the points that its encoder looks at without a seed.
            wrapped(self.pipe.part_encoder, "_sample_features", _seeded(settings.seed)),
        ):
            made = self.pipe(
                part_surface=batch(shown.part),
                whole_surface=batch(shown.whole),
                part_local_surface=batch(shown.local),
                num_inference_steps=settings.num_inference_steps,
                guidance_scale=settings.guidance_scale,
                generator=torch.Generator(device=self.device).manual_seed(settings.seed),
                output_type="latent",
            )
        return made.samples

    def _surface(
        self, latent: Any, settings: Settings, span: Span
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """What the latent stands for, in the part's cube: closed, within the budget of faces."""
        coarse = min(COARSE_DEPTH, settings.octree_depth)
        values = narrow_band.refined(
            self._field(latent), 2**coarse, settings.octree_depth - coarse, RADIUS, 0.0, span
        )
        vertices, faces = isosurface.surface(values, 0.0, RADIUS)
        if len(faces) == 0:
            return vertices, faces
        outward = np.ascontiguousarray(faces[:, ::-1])  # marching cubes face what is above 0
        return fewer(vertices, outward, Budget(standard=settings.faces_per_part))

    def _field(self, latent: Any) -> isosurface.Field:
        """The decoder as a function of places, above 0 inside. What it makes of the latent is made once."""
        import torch

        vae = self.pipe.vae
        cache: list[Any] = []

        @torch.no_grad()
        def field(points: NDArray[np.float32]) -> NDArray[np.float32]:
            places = torch.from_numpy(points)[None].to(latent.device, latent.dtype)
            queries = vae.embedder(places)
            known = cache[0] if cache else None
            logits, kept = vae.decoder(vae.post_quant(latent), queries, known)
            cache[:] = [kept]
            return np.asarray(logits[0, :, 0].float().cpu().numpy())

        return field


def load(folder: Path, device: str) -> Completer:
    """The pipeline with the weights of a folder, in half precision on a GPU. Raises ModelLoadFailed."""
    stand_ins.put_unused(UNUSED)
    stand_ins.put({"torch_cluster": point_ops.TORCH_CLUSTER})
    import torch
    from holopart.pipelines.pipeline_holopart import HoloPartPipeline

    numbers = torch.float16 if device == "cuda" else torch.float32
    try:
        pipe = HoloPartPipeline.from_pretrained(
            str(folder), local_files_only=True, torch_dtype=numbers
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelLoadFailed(f"its weights cannot be read: {type(error).__name__}") from error
    # Once more the kind of numbers: reading casts parameters alone, and not the buffers that no file holds.
    pipe = pipe.to(device, numbers)
    pipe.set_progress_bar_config(disable=True)
    return Completer(pipe, device)


def _seeded(seed: int) -> Callable[..., Any]:
    def sampled(sample: Callable[..., Any], x: Any, num_tokens: int = 2048, _: Any = None) -> Any:
        return sample(x, num_tokens, seed)

    return sampled
