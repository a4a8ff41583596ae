"""Both pipelines. Sampling draws one number from torch's generator, so that a test sees the seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import open3d as o3d
import rembg
import torch
import transformers
from kaolin.utils.testing import check_tensor

from trellis import record
from trellis.made import Gaussian, MeshExtractResult

UNUSED = (o3d.geometry.TriangleMesh, rembg.new_session, check_tensor)
TOKENS, WIDTH = 5, 8


class Model(torch.nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def to(self, device: Any) -> Model:  # type: ignore[override]
        record.call("to", model=self.name, device=str(device))
        return self


class Sampler:
    def __init__(self, name: str) -> None:
        self.name = name

    def _inference_model(self, x_t: Any, cond: Any) -> None:
        record.call("inference", sampler=self.name, conditions=len(cond))

    def sample_once(self, model: Any, x_t: Any, t: float, t_prev: float, cond: Any = None) -> None:
        record.call("sample_once", sampler=self.name)
        self._inference_model(x_t, cond)

    def sample(self, model: Any, noise: Any, cond: Any, steps: int) -> None:
        for step in range(steps):
            self.sample_once(model, noise, 1.0 - step / steps, 1.0 - (step + 1) / steps, cond)


def _repository(name: str) -> str:
    return f"{name.split('/')[0]}/{name.split('/')[1]}"


class Pipeline:
    def __init__(self, args: dict[str, Any]) -> None:
        self.models = {name: Model(name) for name in args["models"]}
        self.sparse_structure_sampler = Sampler("sparse_structure_sampler")
        self.slat_sampler = Sampler("slat_sampler")

    @classmethod
    def from_pretrained(cls, path: str) -> Pipeline:
        folder = Path(path)
        told = json.loads((folder / "pipeline.json").read_text())
        weights = {
            name: (folder / f"{place}.safetensors").read_text()
            for name, place in told["args"]["models"].items()
        }
        words = {key: value for key, value in told["args"].items() if key != "models"}
        try:
            record.call("from_pretrained", kind=cls.__name__, weights=weights, args=words)
        except RuntimeError:  # upstream then takes the name for one of the hub, whatever went wrong
            _repository(next(iter(told["args"]["models"].values())))
        return cls(told["args"])

    def _sampled(self, name: str, sampler: Sampler, cond: Any, params: dict[str, Any]) -> str:
        wanted = record.call(
            name,
            params=params,
            conditions=len(cond["cond"]),
            nothings=len(cond["neg_cond"]),
            says=cond["cond"][0, 0, 0].item(),
            drawn=torch.randn(1).item(),
            models=list(self.models),
            gradients=torch.is_grad_enabled(),
        )
        sampler.sample(None, torch.zeros(1), cond["cond"], params["steps"])
        return wanted

    def sample_sparse_structure(
        self, cond: Any, num_samples: int = 1, sampler_params: dict[str, Any] | None = None
    ) -> torch.Tensor:
        words = {**(sampler_params or {})}
        sampler = self.sparse_structure_sampler
        wanted = self._sampled("sample_sparse_structure", sampler, cond, words)
        return torch.zeros((0 if wanted == "empty" else 9, 4), dtype=torch.int32)

    def sample_slat(
        self, cond: Any, coords: torch.Tensor, sampler_params: dict[str, Any] | None = None
    ) -> Any:
        shape, low, high = list(coords.shape), coords.amin(0).tolist(), coords.amax(0).tolist()
        kind = str(coords.dtype).removeprefix("torch.")
        record.call("coords", shape=shape, low=low, high=high, kind=kind)
        words = {**(sampler_params or {})}
        wanted = self._sampled("sample_slat", self.slat_sampler, cond, words)
        value = float("nan") if wanted == "nan" else 1.0
        return SimpleNamespace(feats=torch.full((len(coords), 8), value), device="cpu")

    def decode_slat(self, slat: Any, formats: list[str]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for form in formats:
            wanted = record.call(
                f"decode_{form}", models=list(self.models), gradients=torch.is_grad_enabled()
            )
            made[form] = [{"mesh": MeshExtractResult, "gaussian": Gaussian}[form](wanted)]
        return made

    @contextmanager
    def inject_sampler_multi_image(
        self, sampler_name: str, num_images: int, num_steps: int, mode: str = "stochastic"
    ) -> Iterator[None]:
        record.call("inject", sampler=sampler_name, views=num_images, steps=num_steps, mode=mode)
        sampler: Any = getattr(self, sampler_name)
        sampler._old_inference_model = sampler._inference_model

        def instead(x_t: Any, cond: Any) -> None:
            record.call("inference", sampler=sampler_name, conditions=len(cond), mode=mode)

        sampler._inference_model = instead
        yield
        sampler._inference_model = sampler._old_inference_model
        del sampler._old_inference_model


class TrellisImageTo3DPipeline(Pipeline):
    def __init__(self, args: dict[str, Any]) -> None:
        super().__init__(args)
        encoder = torch.hub.load(
            "facebookresearch/dinov2", args["image_cond_model"], pretrained=True
        )
        seen = encoder(torch.zeros(1, 3, 14, 14), is_training=True)["x_prenorm"]
        record.call("encoder", tokens=list(seen.shape))
        self.models["image_cond_model"] = Model("image_cond_model")

    def preprocess_image(self, input: Any) -> Any:
        pixels = np.asarray(input)
        record.call(
            "preprocess_image",
            mode=input.mode,
            size=list(input.size),
            border=int(pixels[[0, -1], :, 3].max()),
            inside=int((pixels[..., 3] == 255).sum()),
            colour=pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].tolist(),
        )
        return input

    def get_cond(self, image: list[Any]) -> dict[str, torch.Tensor]:
        record.call("get_cond", images=len(image), models=list(self.models))
        rows = [torch.full((1, TOKENS, WIDTH), float(np.asarray(row).mean())) for row in image]
        cond = torch.cat(rows)
        return {"cond": cond, "neg_cond": torch.zeros_like(cond)}


class Tokenizer:
    model_max_length = 77

    def __call__(self, text: str, truncation: bool) -> dict[str, list[str]]:
        return {"input_ids": ["<", *text.split(), ">"]}

    def decode(self, tokens: list[str]) -> str:
        return " ".join(tokens)


class TrellisTextTo3DPipeline(Pipeline):
    def __init__(self, args: dict[str, Any]) -> None:
        super().__init__(args)
        reader = transformers.CLIPTextModel.from_pretrained(args["text_cond_model"])
        record.call("reader", path=str(reader))
        self.text_cond_model = {"model": Model("text_cond_model"), "tokenizer": Tokenizer()}

    def get_cond(self, prompt: list[str]) -> dict[str, torch.Tensor]:
        record.call("get_cond", prompt=prompt, models=list(self.models))
        says = float(sum(map(ord, prompt[0])))
        cond = torch.full((1, TOKENS, WIDTH), says)
        return {"cond": cond, "neg_cond": torch.zeros_like(cond)}
