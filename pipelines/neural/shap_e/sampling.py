"""Shap-E's diffusion: a text or a picture -> a latent, step by step, each a cancel point.

Shap-E: Generating Conditional 3D Implicit Functions (Jun and Nichol 2023), by diffusers' two pipelines. Needs torch and
diffusers; nothing is fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import ShapEImg2ImgPipeline, ShapEPipeline
from numpy.typing import NDArray
from PIL import Image

from pipelines.neural.steps import Span, counted

Kind = Literal["text", "image"]


def load(kind: Kind, folder: Path, device: str) -> Any:
    """The pipeline whose weights lie in a local folder, as diffusers writes them.

    In float32 on a GPU too: the field's code of a place has waves of 2 ** 14, beyond what float16 tells apart.
    """
    of_kind = ShapEPipeline if kind == "text" else ShapEImg2ImgPipeline
    pipe = of_kind.from_pretrained(str(folder), local_files_only=True, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)


def latent(
    pipe: Any,
    asked: str | NDArray,
    *,
    steps: int,
    guidance: float,
    seed: int,
    span: Span,
) -> torch.Tensor:
    """The latent (1, tokens, width) of a text, or of a picture (h, w, 3) uint8. The same seed draws the same noise on
    every device. Raises RunCancelled from `span`; the pipeline is then fit for the next run."""
    # Heun's method looks twice at each step but the last.
    looks = 2 * steps - 1
    made_of = asked if isinstance(asked, str) else Image.fromarray(asked)
    with counted(pipe.scheduler, "step", looks, span):
        return pipe(
            made_of,
            num_inference_steps=steps,
            guidance_scale=guidance,
            generator=torch.Generator("cpu").manual_seed(seed),
            output_type="latent",
        ).images


def unread(pipe: Any, prompt: str) -> str:
    """The end of a prompt that the text encoder does not read, since it takes so many tokens; "" where it reads all."""
    most = pipe.tokenizer.model_max_length
    tokens = pipe.tokenizer(prompt, truncation=False).input_ids
    if len(tokens) <= most:
        return ""
    # Those that are read end with an end mark, as does the whole.
    return str(pipe.tokenizer.decode(tokens[most - 1 : -1]))
