"""The stages of a run, each with its progress, its cancel point a step, and its check that something came out.

Upstream draws noise from torch's own generator, so a process has one run at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from PIL import Image

from pipelines.neural.steps import Span, counted
from pipelines.neural.trellis.empty import empty_shape
from pipelines.neural.trellis.residence import TEXT_ENCODER, Residence

ViewsMode = Literal["stochastic", "multidiffusion"]


@dataclass(frozen=True)
class Steps:
    """How one of the two latents is sampled: `steps`, and the strength of the guidance."""

    steps: int
    guidance: float

    def words(self) -> dict[str, Any]:
        """As upstream calls them."""
        return {"steps": self.steps, "cfg_strength": self.guidance}


@dataclass(frozen=True)
class Condition:
    """What a text or pictures say to the model: upstream's dictionary, of how many views, and how these are used."""

    tokens: dict[str, torch.Tensor]
    views: int = 1
    mode: ViewsMode = "stochastic"


@dataclass(frozen=True)
class Trellis:
    """A loaded pipeline, and where its models are."""

    pipe: Any
    residence: Residence

    @torch.no_grad()
    def of_pictures(self, pictures: Sequence[Image.Image], mode: ViewsMode) -> Condition:
        """Cut-out pictures (RGBA with a transparent border) of one object, the front first."""
        framed = [self.pipe.preprocess_image(picture) for picture in pictures]
        with self.residence.on_device("image_cond_model"):
            tokens = self.pipe.get_cond(framed)
        if len(framed) > 1:
            tokens = {**tokens, "neg_cond": tokens["neg_cond"][:1]}
        return Condition(tokens, len(framed), mode)

    @torch.no_grad()
    def of_text(self, text: str) -> Condition:
        """A text, of which the encoder reads 77 tokens."""
        with self.residence.on_device(TEXT_ENCODER):
            return Condition(self.pipe.get_cond([text]))

    def unread(self, text: str) -> str:
        """The end of a text that the encoder does not read; "" where it reads all."""
        tokenizer = self.pipe.text_cond_model["tokenizer"]
        tokens = tokenizer(text, truncation=False)["input_ids"]
        most = tokenizer.model_max_length
        # Those that are read end with an end mark, as does the whole.
        return str(tokenizer.decode(tokens[most - 1 : -1])) if len(tokens) > most else ""

    @torch.no_grad()
    def structure(self, condition: Condition, steps: Steps, span: Span) -> torch.Tensor:
        """The voxels that the shape fills: (n, 4) int32 of 0 and x, y, z in 0..63. Raises EmptyShape."""
        models = ("sparse_structure_flow_model", "sparse_structure_decoder")
        with self._sampling("sparse_structure_sampler", condition, steps, span, models):
            coords = self.pipe.sample_sparse_structure(condition.tokens, 1, steps.words())
        if not len(coords):
            raise empty_shape()
        return coords

    @torch.no_grad()
    def latent(self, condition: Condition, coords: torch.Tensor, steps: Steps, span: Span) -> Any:
        """The structured latent of voxels: upstream's sparse tensor. Raises EmptyShape where it is not finite."""
        with self._sampling("slat_sampler", condition, steps, span, ("slat_flow_model",)):
            slat = self.pipe.sample_slat(condition.tokens, coords, steps.words())
        if not torch.isfinite(slat.feats).all():
            raise empty_shape()
        return slat

    @torch.no_grad()
    def decoded(self, slat: Any, form: Literal["mesh", "gaussian"]) -> Any:
        """The latent as a mesh or as Gaussian splats, in upstream's classes. Raises EmptyShape."""
        model = {"mesh": "slat_decoder_mesh", "gaussian": "slat_decoder_gs"}[form]
        with self.residence.on_device(model):
            (made,) = self.pipe.decode_slat(slat, [form])[form]
        if form == "mesh" and not (made.success and len(made.faces)):
            raise empty_shape()
        return made

    @contextmanager
    def _sampling(
        self, name: str, condition: Condition, steps: Steps, span: Span, models: tuple[str, ...]
    ) -> Iterator[None]:
        sampler = getattr(self.pipe, name)
        with (
            self.residence.on_device(*models),
            counted(sampler, "sample_once", steps.steps, span),
            self._views(name, condition, steps),
        ):
            yield

    @contextmanager
    def _views(self, name: str, condition: Condition, steps: Steps) -> Iterator[None]:
        """Within the block, the sampler looks at all views. Upstream puts it back only where nothing was raised."""
        if condition.views == 1:
            yield
            return
        own = vars(getattr(self.pipe, name))
        try:
            with self.pipe.inject_sampler_multi_image(
                name, condition.views, steps.steps, mode=condition.mode
            ):
                yield
        finally:
            for changed in ("_inference_model", "_old_inference_model"):
                own.pop(changed, None)
