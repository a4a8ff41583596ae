"""DINOv2 as TRELLIS asks for it by torch.hub, from the same weights in transformers' form: local files, no download.

The hub's model answers a dictionary of tokens, of which TRELLIS reads those before the last normalisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from pipelines.errors import ModelLoadFailed
from pipelines.neural.steps import wrapped

REPO, NAME = "facebookresearch/dinov2", "dinov2_vitl14_reg"


class HubForm(torch.nn.Module):
    """A transformers DINOv2 with registers, called as the hub's is."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: torch.Tensor, is_training: bool = True) -> dict[str, torch.Tensor]:
        """images (b, 3, h, w) -> tokens (b, 1 + registers + patches, width) before the last normalisation."""
        states = self.model(pixel_values=images, output_hidden_states=True).hidden_states
        return {"x_prenorm": states[-1]}


@contextmanager
def from_folder(folder: Path) -> Iterator[None]:
    """Within the block, torch.hub answers TRELLIS's question with the weights in `folder`.

    Raises ModelLoadFailed from within for any other model.
    """
    from transformers import Dinov2WithRegistersModel

    def answer(_: Any, repo: str, name: str, **__: Any) -> HubForm:
        if (repo, name) != (REPO, NAME):
            raise ModelLoadFailed(f"its picture encoder is {repo} {name}; {NAME} is expected")
        return HubForm(Dinov2WithRegistersModel.from_pretrained(str(folder), local_files_only=True))

    with wrapped(torch.hub, "load", answer):
        yield
