"""TripoSR's own code with a tiny random network: its whole life, and its frame and surface against our reading of them.

    python benchmarks/tiny_upstream.py CHECKOUT --family triposr --python PYTHON

PYTHON has torch, transformers before 5, einops and omegaconf (requirements/triposr.txt).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# As in the published configuration, smaller; names are upstream's.
CONFIG = """
cond_image_size: 64
image_tokenizer_cls: tsr.models.tokenizers.image.DINOSingleImageTokenizer
image_tokenizer:
  pretrained_model_name_or_path: facebook/dino-vitb16
tokenizer_cls: tsr.models.tokenizers.triplane.Triplane1DTokenizer
tokenizer: {plane_size: 8, num_channels: 32}
backbone_cls: tsr.models.transformer.transformer_1d.Transformer1D
backbone:
  in_channels: 32
  num_attention_heads: 2
  attention_head_dim: 16
  num_layers: 2
  cross_attention_dim: 32
post_processor_cls: tsr.models.network_utils.TriplaneUpsampleNetwork
post_processor: {in_channels: 32, out_channels: 8}
decoder_cls: tsr.models.network_utils.NeRFMLP
decoder: {in_channels: 24, n_neurons: 16, n_hidden_layers: 2, activation: silu}
renderer_cls: tsr.models.nerf_renderer.TriplaneNeRFRenderer
renderer:
  radius: 0.87
  feature_reduction: concat
  density_activation: exp
  density_bias: -1.0
  num_samples_per_ray: 16
"""
ENCODER = {
    "model_type": "vit",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "image_size": 64,
    "patch_size": 16,
}
# What the published file calls a weight of its picture's encoder; transformers 5 calls it otherwise.
PUBLISHED = "image_tokenizer.model.encoder.layer.0.attention.attention.query.weight"
SIDE, THRESHOLD = 40, 25.0


def trial(checkout: Path, python: Path, work: Path) -> Iterator[Any]:
    from benchmarks.tiny.drive import Driver, Job, Row, environment, life

    interpreter = environment(work / "environment", python, checkout)
    said = _asked(interpreter, "build", work)
    yield Row("weights have the published names", bool(said["names"]), PUBLISHED)
    said = _asked(interpreter, "compare", work)
    yield Row("frame: camera in front, right and up", bool(said["frame"]), str(said["camera"]))
    yield Row("surface as upstream extracts it", said["apart"] < 1e-3, f"{said['apart']:.2e} apart")
    job = Job(
        {"image": ROOT / "examples" / "rocket.png"},
        {"texture_size": 256},
        {"mc_resolution": SIDE, "density_threshold": THRESHOLD},
        _wrong,
    )
    variables = {"MESHKILN_CHECKPOINTS_DIR": str(work / "checkpoints")}
    for model_id in ("triposr_image_to_textured_mesh", "triposr_image_to_raw_mesh"):
        driver = Driver(model_id, interpreter, work / model_id, variables)
        for row in life(
            driver, job if "textured" in model_id else _raw(job), cancel_stage="geometry"
        ):
            yield Row(f"{model_id}: {row.what}", row.passed, row.detail)


def _raw(job: Any) -> Any:
    from dataclasses import replace

    return replace(job, params={})


def _wrong(out_dir: Path, info: Mapping[str, Any]) -> str:
    if not info["watertight"] or info["face_count"] < 100:
        return f"{info['face_count']} faces, watertight {info['watertight']}"
    return ""


def _asked(python: Path, what: str, work: Path) -> dict[str, Any]:
    """What this file says when the other Python runs it."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [str(python), __file__, what, str(work / "checkpoints")]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr[-3000:])
    said: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return said


# What the other Python runs


def build(below: Path) -> dict[str, Any]:
    """A random checkpoint in upstream's form, with manifests as fetched weights have them."""
    weights, layout = below / "triposr", below / "triposr_encoder"
    for folder in (weights, layout):
        folder.mkdir(parents=True)
    (weights / "config.yaml").write_text(CONFIG)
    (layout / "config.json").write_text(json.dumps(ENCODER))
    import torch

    from pipelines.neural.stand_ins import put_unused
    from pipelines.neural.steps import wrapped

    put_unused(("torchmcubes", "rembg"))
    import tsr.models.tokenizers.image as tokenizer
    from omegaconf import OmegaConf
    from tsr.system import TSR

    torch.manual_seed(5)
    with wrapped(tokenizer, "hf_hub_download", lambda call, **_: str(layout / "config.json")):
        model = TSR(OmegaConf.create(CONFIG))
    _densify(model.eval())
    torch.save(model.state_dict(), weights / "model.ckpt")
    for folder in (weights, layout):
        _manifest(folder)
    return {"names": PUBLISHED in model.state_dict()}


def _densify(model: Any) -> None:
    """Shift the network's density so that half of the cube is above the threshold."""
    import math

    import numpy as np
    import torch

    with torch.no_grad():
        planes = model([np.full((64, 64, 3), 128, np.uint8)], device="cpu")[0]
        points = torch.rand(4_000, 3) * 1.74 - 0.87
        asked = model.renderer.query_triplane(model.decoder, points, planes)["density"]
        model.decoder.layers[-1].bias[0] += math.log(THRESHOLD) + 1.0 - asked.median()


def compare(below: Path) -> dict[str, Any]:
    """Our reading of the planes beside upstream's own extraction, and where upstream's first camera stands."""
    import numpy as np
    import torch
    from scipy.spatial import cKDTree

    sys.modules["torchmcubes"] = _marching_cubes()
    from pipelines.geometry import images, matting
    from pipelines.neural.coloured import UP_Z_FRONT_X
    from pipelines.neural.framed import framed
    from pipelines.neural.steps import Span
    from pipelines.neural.triposr import model as ours
    from pipelines.neural.triposr import reading

    model = ours.load(below / "triposr", below / "triposr_encoder", "cpu")
    cutout = matting.cut_out(images.load_rgba(ROOT / "examples" / "rocket.png"))
    picture = framed(cutout, share=0.85, backdrop=0.5, side_px=256)
    planes = reading.planes(model, picture, "cpu", Span(lambda stage, done=0.0: None, ""))
    mesh = reading.shape(model, planes, SIDE, THRESHOLD, lambda done: None)
    with torch.no_grad():
        theirs = model.extract_mesh(planes[None], False, resolution=SIDE, threshold=THRESHOLD)[0]
    turned = np.asarray(theirs.vertices) @ np.array(UP_Z_FRONT_X, float).T
    # Upstream leaves the border of the cube open: their points all lie on ours, not the other way round.
    apart = float(cKDTree(mesh.vertices).query(turned)[0].max())
    return {"apart": apart, **_camera()}


def _camera() -> dict[str, Any]:
    """Upstream's first camera in our frame: it must look from +Z, with +X to the right and +Y up."""
    import numpy as np
    from tsr.utils import get_spherical_cameras

    from pipelines.neural.coloured import UP_Z_FRONT_X

    origins, rays = get_spherical_cameras(1, 0.0, 1.9, 40.0, 9, 9)
    turn = np.array(UP_Z_FRONT_X, float)
    place, ray = turn @ origins[0, 4, 4].numpy(), rays[0].numpy() @ turn.T
    right, up = ray[4, 8] - ray[4, 0], ray[0, 4] - ray[8, 4]
    axes = np.stack([right / np.linalg.norm(right), up / np.linalg.norm(up), place / 1.9])
    return {
        "frame": bool(np.allclose(axes, np.eye(3), atol=1e-5)),
        "camera": place.round(3).tolist(),
    }


def _marching_cubes() -> Any:
    """What upstream's extraction needs: vertices with their axes reversed, as torchmcubes has them."""
    from types import ModuleType

    import torch
    from skimage.measure import marching_cubes

    def call(level: Any, at: float) -> Any:
        points, faces, _, _ = marching_cubes(level.numpy(), at, allow_degenerate=False)
        return torch.from_numpy(points[:, ::-1].copy()), torch.from_numpy(faces.copy()).long()

    module = ModuleType("torchmcubes")
    vars(module)["marching_cubes"] = call
    return module


def _manifest(folder: Path) -> None:
    files = {
        path.name: {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.iterdir())
    }
    row = {"repo": f"tiny/{folder.name}", "revision": "0" * 40, "files": files}
    (folder / "manifest.json").write_text(json.dumps(row))


if __name__ == "__main__":
    print(json.dumps({"build": build, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))))
