"""Writes tiny random checkpoints of Shap-E, in the layout of the published ones: python tiny_shap_e.py FOLDER.

Beside them goes facts.json: how what we make of a latent compares with what diffusers says of it.
Run by the Python of environments/shap_e. The classes are diffusers' and transformers' own, the weights drawn; what is
not random is the offset of the distance field, so that there is a surface.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import HeunDiscreteScheduler, PriorTransformer
from diffusers.pipelines.shap_e import ShapERenderer
from diffusers.pipelines.shap_e.camera import create_pan_cameras
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModel,
)

# How wide everything is, and how many tokens a latent has: one for each row of the field network's weights.
WIDTH, HIDDEN = 16, 8
SHAPES = ((HIDDEN, 93), (HIDDEN, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, HIDDEN))
TOKENS = sum(rows for rows, _ in SHAPES)
PICTURE_PX, PATCH_PX = 32, 8
LONGEST_TEXT = 24


def renderer() -> ShapERenderer:
    made = ShapERenderer(param_shapes=SHAPES, d_latent=WIDTH, d_hidden=HIDDEN, n_output=12)
    smooth(made.params_proj.projections["nerstf__mlp__0__weight"])
    points = torch.rand(4_000, 3)[None] * 2.0 - 1.0
    asked = {"direction": None, "ts": None, "nerf_level": "fine", "rendering_mode": "stf"}
    with torch.no_grad():
        for name, weight in made.mlp.state_dict().items():
            projected = made.params_proj(torch.randn(1, TOKENS, WIDTH))
            if f"nerstf.{name}" in projected:
                weight.copy_(projected[f"nerstf.{name}"][0])
        far = made.mlp(position=points, **asked).signed_distance
        # Inside is where the field is above 0: about half of the cube.
        made.mlp.mlp[-1].bias[0] -= torch.atanh(far).median()
    return made


def smooth(first: Any) -> None:
    """Leave the first layer the place itself and its slowest waves: random weights make noise of the others.

    A place is coded by 3 numbers, 15 waves a number, and these again a quarter wave later.
    """
    seen = torch.zeros(93)
    for start in (0, 48):
        seen[start : start + (6 if start == 0 else 3)] = 1.0
    with torch.no_grad():
        first.norm.weight *= seen
        first.norm.bias *= seen
        first.proj.bias.view(first.vectors, first.channels).mul_(seen)


def prior(**more: Any) -> PriorTransformer:
    return PriorTransformer(
        num_attention_heads=2,
        attention_head_dim=8,
        embedding_dim=WIDTH,
        num_embeddings=TOKENS,
        embedding_proj_dim=WIDTH,
        time_embed_dim=WIDTH * 4,
        num_layers=1,
        clip_embed_dim=WIDTH * 2,
        additional_embeddings=0,
        time_embed_act_fn="gelu",
        norm_in_type="layer",
        encoder_hid_proj_type=None,
        added_emb_type=None,
        **more,
    )


def scheduler() -> HeunDiscreteScheduler:
    return HeunDiscreteScheduler(
        beta_schedule="exp",
        num_train_timesteps=1024,
        prediction_type="sample",
        use_karras_sigmas=True,
        clip_sample=True,
        clip_sample_range=1.0,
    )


def tokenizer(folder: Path) -> None:
    """A vocabulary of single letters, in the files of OpenAI's tokenizer."""
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    marks = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>"}
    config = {
        **marks,
        "unk_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "model_max_length": LONGEST_TEXT,
        "tokenizer_class": "CLIPTokenizer",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def text_encoder() -> CLIPTextModelWithProjection:
    end = 2 * (ord("~") - ord("!") + 1) + 1
    return CLIPTextModelWithProjection(
        CLIPTextConfig(
            vocab_size=end + 1,
            hidden_size=WIDTH,
            projection_dim=WIDTH,
            intermediate_size=24,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=LONGEST_TEXT,
            bos_token_id=end - 1,
            eos_token_id=end,
        )
    )


def image_encoder() -> CLIPVisionModel:
    return CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=WIDTH,
            intermediate_size=24,
            projection_dim=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=PICTURE_PX,
            patch_size=PATCH_PX,
        )
    )


def image_processor(folder: Path) -> None:
    folder.mkdir(parents=True)
    side = {"height": PICTURE_PX, "width": PICTURE_PX}
    config = {
        "image_processor_type": "CLIPImageProcessor",
        "size": {"shortest_edge": PICTURE_PX},
        "crop_size": side,
        "do_center_crop": True,
        "do_resize": True,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_convert_rgb": True,
        "resample": 3,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(config))


def part(folder: Path, module: Any, name: str) -> None:
    """One network in the older form of file, in which these were published."""
    folder.mkdir(parents=True)
    module.save_config(folder) if hasattr(module, "save_config") else module.config.save_pretrained(
        folder
    )
    torch.save(module.state_dict(), folder / name)


def checkpoint(folder: Path, kind: str) -> None:
    torch.manual_seed(7)
    part(
        folder / "prior",
        prior() if kind == "text" else picture_prior(),
        "diffusion_pytorch_model.bin",
    )
    part(folder / "shap_e_renderer", renderer(), "diffusion_pytorch_model.bin")
    scheduler().save_pretrained(folder / "scheduler")
    index: dict[str, Any] = {
        "_class_name": "ShapEPipeline" if kind == "text" else "ShapEImg2ImgPipeline",
        "_diffusers_version": "0.18.0",
        "prior": ["diffusers", "PriorTransformer"],
        "scheduler": ["diffusers", "HeunDiscreteScheduler"],
        "shap_e_renderer": ["shap_e", "ShapERenderer"],
    }
    if kind == "text":
        part(folder / "text_encoder", text_encoder(), "pytorch_model.bin")
        tokenizer(folder / "tokenizer")
        index["text_encoder"] = ["transformers", "CLIPTextModelWithProjection"]
        index["tokenizer"] = ["transformers", "CLIPTokenizer"]
    else:
        part(folder / "image_encoder", image_encoder(), "pytorch_model.bin")
        image_processor(folder / "image_processor")
        index["image_encoder"] = ["transformers", "CLIPVisionModel"]
        index["image_processor"] = ["transformers", "CLIPImageProcessor"]
    (folder / "model_index.json").write_text(json.dumps(index))
    manifest(folder, f"tiny/shap_e_{kind}")


def picture_prior() -> PriorTransformer:
    return prior(embedding_proj_norm_type="layer")


def manifest(folder: Path, repo: str) -> None:
    """As fetched weights have it: written last."""
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    row = {"repo": repo, "revision": "0" * 40, "files": files}
    (folder / "manifest.json").write_text(json.dumps(row))


def asked(pipe: Any, points: Any) -> Any:
    """What diffusers' own network says of places (n, 3)."""
    where = {"position": torch.from_numpy(points).float()[None], "direction": None, "ts": None}
    with torch.no_grad():
        return pipe.shap_e_renderer.mlp(**where, nerf_level="fine", rendering_mode="stf")


def facts(folder: Path) -> dict[str, Any]:
    """How our reading of a latent compares with diffusers' network, and where its renderer's first camera stands."""
    from pipelines.neural.coloured import UP_Z_FRONT_MINUS_Y
    from pipelines.neural.shap_e import decoding, sampling

    pipe = sampling.load("text", folder, "cpu")
    latent = torch.randn(1, TOKENS, WIDTH, generator=torch.Generator().manual_seed(1))
    mesh = decoding.decoded(pipe, latent, 64, lambda done: None)
    turn = np.array(UP_Z_FRONT_MINUS_Y, float)
    theirs = mesh.vertices @ turn
    inner = theirs[np.abs(theirs).max(axis=1) < 0.99]  # the rest closes it at the border
    anywhere = np.random.default_rng(0).uniform(-1, 1, (5000, 3))
    colours = mesh.colours((inner @ turn.T).astype(np.float32)) / 255
    camera = create_pan_cameras(8)
    return {
        "points": len(inner),
        "on_surface": float(asked(pipe, inner).signed_distance.abs().max()),
        "anywhere": float(asked(pipe, anywhere).signed_distance.abs().median()),
        "colour_off": float(np.abs(colours - asked(pipe, inner).channels[0].numpy()).max()),
        "camera": (turn @ camera.origin[0].numpy()).tolist(),
        "right": (turn @ camera.x[0].numpy()).tolist(),
        "down": (turn @ camera.y[0].numpy()).tolist(),
    }


def main() -> None:
    below = Path(sys.argv[1])
    for kind in ("text", "image"):
        checkpoint(below / f"shap_e_{kind}", kind)
    (below / "facts.json").write_text(json.dumps(facts(below / "shap_e_text")))


if __name__ == "__main__":
    main()
