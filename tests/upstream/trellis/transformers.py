"""What TRELLIS and our adapter take of transformers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from trellis import record


class Dinov2WithRegistersModel(torch.nn.Module):
    @classmethod
    def from_pretrained(cls, path: str, local_files_only: bool = False) -> Dinov2WithRegistersModel:
        record.call("dinov2", path=path, local=local_files_only)
        return cls()

    def forward(self, pixel_values: torch.Tensor, output_hidden_states: bool = False) -> Any:
        return SimpleNamespace(hidden_states=[torch.zeros(1, 2, 3), torch.zeros(1, 6, 3)])


class CLIPTextModel:
    @classmethod
    def from_pretrained(cls, path: str) -> str:
        return path
