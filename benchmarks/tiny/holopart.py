"""HoloPart: a pipeline of a few hundred thousand parameters, saved and read as the published one is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import trimesh

from benchmarks.tiny.drive import Driver, Job, Row, environment, life

_BUILD = """
import sys
from pathlib import Path
import numpy as np
import torch
from pipelines.neural import isosurface, point_ops, stand_ins
from pipelines.neural.holopart import completing, conditions
from pipelines.neural.steps import Span
stand_ins.put_unused(completing.UNUSED)
stand_ins.put({"torch_cluster": point_ops.TORCH_CLUSTER})
from holopart.models.autoencoders import TripoSGVAEModel
from holopart.models.part_encoders import PartEncoder
from holopart.models.transformers import TripoSGDiTModel
from holopart.pipelines.pipeline_holopart import HoloPartPipeline
from holopart.schedulers.scheduling_rectified_flow import RectifiedFlowScheduler
torch.manual_seed(0)
small = {"num_attention_heads": 2}
vae = TripoSGVAEModel(latent_channels=8, width_encoder=32, width_decoder=32, num_layers_encoder=1,
                      num_layers_decoder=2, **small)
encoder = PartEncoder(part_feature_channels=3, whole_feature_channels=4, dim=32, num_layers=1, num_tokens=32,
                      part_local=True, **small)
network = TripoSGDiTModel(in_channels=8, num_layers=3, width=32, cross_attention_dim=32, use_cross_attention_2=True,
                          cross_attention_2_dim=32, **small)
pipe = HoloPartPipeline(vae=vae, transformer=network, scheduler=RectifiedFlowScheduler(), part_encoder=encoder)
pipe.vae.eval(), pipe.transformer.eval(), pipe.part_encoder.eval()
completer = completing.Completer(pipe, "cpu")
corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
sides = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
frame = conditions.frame_of(corners, 0.95)
shown = conditions.of_parts([(corners, sides)], frame, 0)[0]
settings = completing.Settings(seed=1, num_inference_steps=2, guidance_scale=3.5, octree_depth=5, faces_per_part=1000)
latent = completer._latent(shown, settings, Span(lambda stage, share: None, "complete"))
values = isosurface.sampled(completer._field(latent), 17, completing.RADIUS, lambda share: None)
# A network of random numbers has one sign everywhere; half of the cube is made inside.
with torch.no_grad():
    vae.decoder.proj_out.bias += float(np.median(values))
pipe.save_pretrained(sys.argv[1])
print(sum(one.numel() for part in (vae, encoder, network) for one in part.parameters()))
"""


def trial(checkout: Path, python: Path, work: Path) -> Iterator[Row]:
    root = Path(__file__).resolve().parents[2]
    python = environment(work / "environment", python, checkout)
    folder = work / "checkpoints" / "holopart"
    built = subprocess.run(
        [python, "-c", _BUILD, str(folder)],
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    yield Row("random weights", built.returncode == 0, (built.stdout + built.stderr[-800:]).strip())
    if built.returncode:
        return
    variables = {"MESHKILN_CHECKPOINTS_DIR": str(work / "checkpoints")}
    driver = Driver("holopart_part_completion", python, work, variables)
    options = {"num_inference_steps": 3, "octree_depth": 6, "faces_per_part": 500, "seed": 5}
    job = Job({"mesh": _scene(work / "parts.glb")}, {}, options, _wrong)
    yield from life(driver, job, cancel_stage="complete")


def _scene(path: Path) -> Path:
    """Two parts, one under a node that moves it."""
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((2.0, 0.5, 1.0)), node_name="slab")
    ball = trimesh.creation.icosphere(2, 0.5)
    scene.add_geometry(
        ball,
        node_name="ball",
        transform=trimesh.transformations.translation_matrix((0.5, 0.6, 0.0)),
    )
    path.write_bytes(scene.export(file_type="glb"))
    return path


def _wrong(out_dir: Path, info: Mapping[str, Any]) -> str:
    names = sorted(trimesh.load(out_dir / "output.glb").graph.nodes_geometry)
    if names != ["ball", "slab"] or info["num_parts"] != 2:
        return f"two parts were wanted, there are {names}"
    return ""
