"""TRELLIS's own code with tiny random networks: whole lives of both pipelines, several views, painting, little memory.

    python benchmarks/tiny_upstream.py CHECKOUT --family trellis --python PYTHON

CHECKOUT holds its submodule FlexiCubes too. PYTHON has torch, the spconv of PyPI (which is its CPU build), transformers
and the rest of requirements/trellis.txt. Torchvision is stood in for, as is whatever names CUDA.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# In the place of torchvision, which upstream imports first of what it needs: the one transform that it uses, and then
# its own words for CUDA are changed. spconv's CPU build fuses a bias that it then forgets, unless it is in training.
STAND_IN = """
import torch
from transformers.utils import import_utils

# Transformers would go on to import parts of torchvision that are not here.
import_utils.is_torchvision_available.cache_clear()
found = import_utils._is_package_available
import_utils._is_package_available = (
    lambda name, *args, **words: (False, "N/A") if name == "torchvision" else found(name, *args, **words)
)

import trellis.representations.gaussian.gaussian_model as gaussian
import trellis.representations.mesh.cube2mesh as cube2mesh
import spconv.pytorch.conv as conv


class transforms:
    class Compose(torch.nn.Sequential):
        def __init__(self, rows):
            super().__init__(*rows)

    class Normalize(torch.nn.Module):
        def __init__(self, mean, std):
            super().__init__()
            self.mean, self.std = (torch.tensor(row)[:, None, None] for row in (mean, std))

        def forward(self, image):
            return (image - self.mean) / self.std


def on_cpu(function):
    said = function.__defaults__
    function.__defaults__ = tuple("cpu" if value == "cuda" else value for value in said)


torch.Tensor.cuda = torch.nn.Module.cuda = lambda self, *_, **__: self
on_cpu(gaussian.Gaussian.__init__)
on_cpu(cube2mesh.SparseFeatures2Mesh.__init__)
forward = conv.SparseConvolution.forward


def in_training(self, *args, **words):
    self.training = True
    return forward(self, *args, **words)


conv.SparseConvolution.forward = in_training
"""
CHANNELS, LATENT = 32, 8
STEPS = {
    "sparse_structure_sample_steps": 3,
    "slat_sample_steps": 3,
}
SAMPLER = {
    "name": "FlowEulerGuidanceIntervalSampler",
    "args": {"sigma_min": 1e-5},
    "params": {"steps": 25, "cfg_strength": 5.0, "cfg_interval": [0.5, 1.0], "rescale_t": 3.0},
}
# Voxels a side: of small shapes for speed, and of painting, where they are 64.
SMALL, WHOLE = 16, 64


def trial(checkout: Path, python: Path, work: Path) -> Iterator[Any]:
    from benchmarks.tiny.drive import Driver, Row, environment, life

    stand_in = work / "stand_ins" / "torchvision"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text(STAND_IN)
    interpreter = environment(work / "environment", python, stand_in.parent, checkout)
    said = _asked(interpreter, "build", work)
    yield Row("weights in the published form", said == {}, "built")
    for what, apart in _asked(interpreter, "compare", work).items():
        yield Row(f"{what} as upstream's own run", apart == 0.0, f"{apart:g} apart")
    for model_id, side, job, stage in _jobs(work):
        variables = {"MESHKILN_CHECKPOINTS_DIR": str(work / f"checkpoints-{side}")}
        name = f"{model_id} {_named(job)}".strip()
        driver = Driver(model_id, interpreter, work / name.replace(" ", "-"), variables)
        for row in life(driver, job, cancel_stage=stage):
            yield Row(f"{name}: {row.what}", row.passed, row.detail)


def _named(job: Any) -> str:
    views = [slot for slot in job.inputs if slot.startswith("image_")]
    words = [f"{len(views) + 1} views, {job.options['multi_image_mode']}"] if views else []
    return ", ".join([*words, *(["low_vram"] if job.options.get("low_vram") else [])])


def _jobs(work: Path) -> Iterator[tuple[str, int, Any, str]]:
    """Model, voxels a side of its networks, what is asked, and the stage in which it is cancelled."""
    from benchmarks.tiny.drive import Job

    picture, text = ROOT / "examples" / "rocket.png", {"text_prompt": "a red chair"}
    raw = Job({"image": picture}, {}, STEPS, _no_mesh)
    several = {"image": picture, "image_back": picture, "image_left": picture}
    own = Job({"image": picture}, {"texture_size": 256}, STEPS, _no_texture)
    yield "trellis_image_to_raw_mesh", SMALL, raw, "geometry"
    for mode in ("stochastic", "multidiffusion"):
        options = {**STEPS, "multi_image_mode": mode}
        yield "trellis_image_to_raw_mesh", SMALL, Job(several, {}, options, _no_mesh), "geometry"
    yield "trellis_image_to_textured_mesh", SMALL, own, "texture"
    sparing = {**STEPS, "low_vram": True}
    yield "trellis_image_to_textured_mesh", SMALL, replace(own, options=sparing), "geometry"
    textured = {**text, "texture_prompt": "shiny", "texture_size": 256}
    yield "trellis_text_to_textured_mesh", SMALL, Job({}, textured, STEPS, _no_texture), "geometry"
    mesh = _cube(work / "cube.glb")
    paint = {"slat_sample_steps": 3}
    params = {**text, "texture_size": 256}
    asked = Job({"mesh": mesh}, params, paint, lambda *said: _not_kept(mesh, *said))
    yield "trellis_text_mesh_painting", WHOLE, asked, "texture"
    asked = replace(asked, inputs={"mesh": mesh, "image": picture}, params={"texture_size": 256})
    yield "trellis_image_mesh_painting", WHOLE, asked, "texture"


def _cube(path: Path) -> Path:
    import trimesh

    box = trimesh.creation.box((2.0, 1.0, 0.5)).subdivide()
    box.apply_translation((5.0, 0.0, -3.0))
    path.write_bytes(trimesh.exchange.gltf.export_glb(trimesh.Scene({"box": box})))
    return path


def _no_mesh(out_dir: Path, info: Mapping[str, Any]) -> str:
    return "" if info["face_count"] > 100 else f"{info['face_count']} faces"


def _no_texture(out_dir: Path, info: Mapping[str, Any]) -> str:
    import numpy as np
    import trimesh

    mesh = trimesh.load(out_dir / "output.glb", force="mesh")
    picture = np.asarray(mesh.visual.material.baseColorTexture)[..., :3]
    return _no_mesh(out_dir, info) or ("" if picture.std() > 1.0 else "a texture of one colour")


def _not_kept(mesh: Path, out_dir: Path, info: Mapping[str, Any]) -> str:
    import numpy as np
    import trimesh

    old, new = (trimesh.load(path, force="mesh") for path in (mesh, out_dir / "output.glb"))
    one, other = np.sort(old.triangles.reshape(-1, 9), 0), np.sort(new.triangles.reshape(-1, 9), 0)
    if not np.array_equal(one, other):
        return "its triangles are not those that were sent"
    return "" if info["voxels"] > 1_000 else f"{info['voxels']} voxels"


def _asked(python: Path, what: str, work: Path) -> dict[str, float]:
    """What this file says when the other Python runs it."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    # -P: a folder with a file of this name must not hide the checkout.
    command = [str(python), "-P", __file__, what, str(work)]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr[-3000:])
    said: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return said


# What the other Python runs


def build(work: Path) -> dict[str, float]:
    """Random weights in the published form: pipelines, decoders where they are published, and encoders."""
    from pipelines.neural import stand_ins
    from pipelines.neural.trellis import attention, loading

    attention.choose()
    stand_ins.put_unused(loading.UNUSED)
    stand_ins.put(loading.OF_KAOLIN)
    from trellis import pipelines  # noqa: F401 - the stand-ins come with it

    for side in (SMALL, WHOLE):
        below = work / f"checkpoints-{side}"
        names = _decoders(below / "trellis_decoders", side)
        _encoders(below)
        for kind in ("image", "text"):
            _pipeline(below / f"trellis_{kind}", kind, side, names)
        for folder in below.iterdir():
            _manifest(folder)
    return {}


def compare(work: Path) -> dict[str, float]:
    """How far the splats of our stages are from those of upstream's own runs, one seed for both."""
    import torch
    from PIL import Image, ImageOps

    from pipelines.adapters.trellis import PIPELINES
    from pipelines.neural.steps import Span
    from pipelines.neural.trellis import loading, making
    from pipelines.neural.trellis.residence import Residence
    from pipelines.neural.trellis.stages import Steps, Trellis

    picture = ImageOps.expand(Image.open(ROOT / "examples" / "rocket.png").convert("RGBA"), 1)
    views = [picture, ImageOps.mirror(picture), ImageOps.flip(picture)]
    sampling = making.Sampling(Steps(3, 8.5), Steps(4, 4.0), seed=11)
    words = {
        "seed": 11,
        "sparse_structure_sampler_params": sampling.voxels.words(),
        "slat_sampler_params": sampling.latent.words(),
        "formats": ["gaussian"],
    }
    found, silent = {}, Span(lambda stage, done=0.0: None, "")
    for kind in ("image", "text"):
        pipe = loading.load(kind, *PIPELINES[kind], work / f"checkpoints-{SMALL}")
        model = Trellis(pipe, Residence(pipe, "cpu"))
        if kind == "text":
            rows = {"text": (model.of_text("a red chair"), pipe.run("a red chair", **words))}
        else:
            rows = {
                "picture": (model.of_pictures(views[:1], "stochastic"), pipe.run(picture, **words))
            }
            for mode in ("stochastic", "multidiffusion"):
                theirs = pipe.run_multi_image(views, mode=mode, **words)
                rows[f"three views, {mode}"] = (model.of_pictures(views, mode), theirs)
        for what, (condition, theirs) in rows.items():
            made = making.sampled(model, making.Asked(condition, condition), sampling, silent)
            ours, (other,) = model.decoded(made.slat, "gaussian"), theirs["gaussian"]
            both = [torch.cat([one.get_xyz, one.get_features[:, 0]], 1) for one in (ours, other)]
            same = both[0].shape == both[1].shape
            found[what] = float((both[0] - both[1]).abs().max()) if same else float("inf")
    return found


def _decoders(folder: Path, side: int) -> dict[str, str]:
    from trellis import models

    common = {"model_channels": CHANNELS, "num_blocks": 1, "num_heads": 2, "window_size": 8}
    common |= {"resolution": side, "latent_channels": LATENT, "attn_mode": "swin"}
    splats = {
        "lr": {
            "_xyz": 1.0,
            "_features_dc": 1.0,
            "_opacity": 1.0,
            "_scaling": 1.0,
            "_rotation": 0.1,
        },
        "perturb_offset": True,
        "voxel_size": 1.5,
        "num_gaussians": 4,
        "2d_filter_kernel_size": 0.1,
        "3d_filter_kernel_size": 9e-4,
        "scaling_bias": 4e-3,
        "opacity_bias": 0.1,
        "scaling_activation": "softplus",
    }
    blocks = {
        "out_channels": 1,
        "latent_channels": LATENT,
        "num_res_blocks": 1,
        "channels": [8, 8, 8],
    }
    blocks |= {"num_res_blocks_middle": 1, "norm_type": "layer"}
    rows = {
        "ss_dec": ("SparseStructureDecoder", blocks),
        "slat_dec_gs": ("SLatGaussianDecoder", {**common, "representation_config": splats}),
        "slat_dec_mesh": (
            "SLatMeshDecoder",
            # Its norms have 32 groups, of an eighth of its channels.
            {**common, "model_channels": 256, "representation_config": {"use_color": True}},
        ),
    }
    for name, (kind, args) in rows.items():
        if (
            kind == "SLatMeshDecoder" and side == WHOLE
        ):  # painting needs none, and its grid is large
            args = {**args, "resolution": SMALL}
        _save(folder / "ckpts" / f"{name}_tiny", getattr(models, kind)(**args), kind, args)
    return {name: f"ckpts/{name}_tiny" for name in rows}


def _pipeline(folder: Path, kind: str, side: int, decoders: Mapping[str, str]) -> None:
    from trellis import models

    common = {"in_channels": LATENT, "out_channels": LATENT, "model_channels": CHANNELS}
    common |= {"cond_channels": CHANNELS, "num_blocks": 2, "num_heads": 2, "pe_mode": "ape"}
    latent = {**common, "resolution": side, "patch_size": 2, "num_io_res_blocks": 1}
    latent |= {"io_block_channels": [16], "qk_rms_norm": True}
    rows = {
        "ss_flow": ("SparseStructureFlowModel", {**common, "resolution": 4, "patch_size": 1}),
        "slat_flow": ("SLatFlowModel", latent),
    }
    for name, (model, args) in rows.items():
        _save(folder / "ckpts" / f"{name}_tiny", getattr(models, model)(**args), model, args)
    # As published: the text's pipeline names decoders of the pictures'.
    prefix = "microsoft/TRELLIS-image-large/" if kind == "text" else ""
    names = {
        "sparse_structure_decoder": prefix + decoders["ss_dec"],
        "sparse_structure_flow_model": "ckpts/ss_flow_tiny",
        "slat_decoder_gs": prefix + decoders["slat_dec_gs"],
        "slat_decoder_rf": prefix + "ckpts/slat_dec_rf_never_loaded",
        "slat_decoder_mesh": prefix + decoders["slat_dec_mesh"],
        "slat_flow_model": "ckpts/slat_flow_tiny",
    }
    name = "dinov2_vitl14_reg" if kind == "image" else "openai/clip-vit-large-patch14"
    args = {
        "models": names,
        "sparse_structure_sampler": SAMPLER,
        "slat_sampler": SAMPLER,
        "slat_normalization": {"mean": [0.0] * LATENT, "std": [1.0] * LATENT},
        f"{kind}_cond_model": name,
    }
    title = {"image": "TrellisImageTo3DPipeline", "text": "TrellisTextTo3DPipeline"}[kind]
    (folder / "pipeline.json").write_text(json.dumps({"name": title, "args": args}))


def _save(stem: Path, model: Any, name: str, args: Mapping[str, Any]) -> None:
    """Random where upstream begins with zeros, so that something comes out."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(len(stem.name))
    stem.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        for weight in model.parameters():
            weight += torch.randn_like(weight) * 0.05
    kept = {key: value.contiguous() for key, value in model.state_dict().items()}
    save_file(kept, f"{stem}.safetensors")
    Path(f"{stem}.json").write_text(json.dumps({"name": name, "args": args}))


def _encoders(below: Path) -> None:
    import transformers as tf

    shape = {"hidden_size": CHANNELS, "num_hidden_layers": 2, "num_attention_heads": 2}
    seeing = tf.Dinov2WithRegistersConfig(**shape, image_size=518, patch_size=14, mlp_ratio=2)
    tf.Dinov2WithRegistersModel(seeing).save_pretrained(below / "trellis_dinov2")
    letters = [
        *"abcdefghijklmnopqrstuvwxyz,",
        *(f"{one}</w>" for one in "abcdefghijklmnopqrstuvwxyz,"),
    ]
    words = ["<|startoftext|>", "<|endoftext|>", *letters]
    folder = below / "trellis_clip"
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    reader = tf.CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    reader.model_max_length = 77
    reader.save_pretrained(folder)
    reading = tf.CLIPTextConfig(**shape, vocab_size=len(words), intermediate_size=48)
    tf.CLIPTextModel(reading).save_pretrained(folder)


def _manifest(folder: Path) -> None:
    files = {
        str(path.relative_to(folder)): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    row = {"repo": f"tiny/{folder.name}", "revision": "0" * 40, "files": files}
    (folder / "manifest.json").write_text(json.dumps(row))


if __name__ == "__main__":
    print(json.dumps({"build": build, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))))
