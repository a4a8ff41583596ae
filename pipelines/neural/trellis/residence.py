"""Which models of a pipeline are on the GPU: all of them, or, to spare its memory, those of one stage at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

# What reads a text is no row of the pipeline's models upstream.
TEXT_ENCODER = "text_cond_model"


class Residence:
    """The models of one pipeline, and where they are."""

    def __init__(self, pipe: Any, device: str) -> None:
        self._pipe, self._device = pipe, torch.device(device)
        self._sparing: bool | None = None

    def settle(self, *, sparing: bool) -> None:
        """For a run: all models on the device, or, where its memory is spared, none."""
        if sparing == self._sparing:
            return
        place = torch.device("cpu") if sparing else self._device
        # Where this raises, for memory, models are in both places.
        self._sparing = None
        for model in self._models().values():
            _move(model, place)
        self._sparing = sparing
        self._release()

    @contextmanager
    def on_device(self, *names: str) -> Iterator[None]:
        """Within the block, these models are on the device. Where memory is spared, they leave it at the end."""
        if not self._sparing:
            yield
            return
        whole, models = self._pipe.models, self._models()
        try:
            for name in names:
                _move(models[name], self._device)
            # The pipeline's device is that of the first model that it has.
            self._pipe.models = {name: whole[name] for name in names if name in whole} or whole
            yield
        finally:
            self._pipe.models = whole
            for name in names:
                _move(models[name], torch.device("cpu"))
            self._release()

    def _models(self) -> dict[str, Any]:
        encoder = getattr(self._pipe, TEXT_ENCODER, None)
        return {**self._pipe.models, **({TEXT_ENCODER: encoder["model"]} if encoder else {})}

    def _release(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _move(model: Any, device: torch.device) -> None:
    model.to(device)
    # The decoder of meshes has a grid of 1.4 GiB that is no part of it for torch.
    extractor = getattr(model, "mesh_extractor", None)
    for name in ("reg_c", "reg_v"):
        if extractor is not None and hasattr(extractor, name):
            setattr(extractor, name, getattr(extractor, name).to(device))
