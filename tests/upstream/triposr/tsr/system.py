"""TSR: a ball of radius 0.5 at density 25 about (0.2, 0, 0), no denser than 50, red where x is above 0.2."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from rembg import remove
from torchmcubes import marching_cubes

from tsr import record
from tsr.models.tokenizers import image as tokenizer

UNUSED = (remove, marching_cubes)
OFFLINE = os.environ.get("HF_HUB_OFFLINE", "")


class Layer(torch.nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self) -> None:
        record.call(self.name)


class Renderer(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cfg = SimpleNamespace(radius=0.87)

    def query_triplane(self, decoder: Any, positions: Any, triplane: Any) -> dict[str, Any]:
        record.call("query_triplane", points=len(positions), planes=list(triplane.shape))
        away = (positions - torch.tensor([0.2, 0.0, 0.0])).norm(dim=-1, keepdim=True)
        red = (positions[:, :1] > 0.2).float()
        colour = torch.cat([red, torch.zeros_like(red), 1.0 - red], dim=1)
        return {"density_act": (25.0 + 250.0 * (0.5 - away)).clamp(0.0, 50.0), "color": colour}


class TSR(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layers = torch.nn.ModuleList([Layer("encoder") for _ in range(2)])
        inner = SimpleNamespace(encoder=SimpleNamespace(layer=layers))
        self.image_tokenizer = SimpleNamespace(model=inner)
        self.backbone = SimpleNamespace(transformer_blocks=[Layer("backbone") for _ in range(2)])
        self.renderer, self.decoder = Renderer(), torch.nn.Identity()

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str, config_name: str, weight_name: str
    ) -> TSR:
        record.folder = Path(pretrained_model_name_or_path)
        config = tokenizer.hf_hub_download(repo_id="facebook/dino-vitb16", filename="config.json")
        files = {"config": config_name, "weights": weight_name, "layout": config}
        files["offline"] = OFFLINE
        record.call("from_pretrained", path=pretrained_model_name_or_path, **files)
        return cls()

    def forward(self, image: list[Any], device: str) -> Any:
        seen = np.asarray(image[0])
        corner, middle = seen[0, 0].tolist(), seen[seen.shape[0] // 2, seen.shape[1] // 2].tolist()
        wide = int((np.abs(seen.astype(int) - seen[0, 0]).max(axis=(0, 2)) > 20).sum())
        record.call(
            "forward",
            pictures=len(image),
            size=list(seen.shape),
            device=device,
            corner=corner,
            middle=middle,
            object_px=wide,
            training=self.training,
        )
        for layer in (*self.image_tokenizer.model.encoder.layer, *self.backbone.transformer_blocks):
            layer()
        return torch.zeros(1, 3, 4, 8, 8)
