"""UniRig: both networks with few random parameters: the one that writes skeletons and the one that gives weights."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import trimesh

from benchmarks.tiny.drive import Driver, Job, Row, environment, life
from pipelines.messages import Done

# The sizes in upstream's configuration files, made small in a copy of the checkout's configs.
_SMALL = """
import sys, yaml
from pathlib import Path
home = Path(sys.argv[1])
def change(path, edit):
    row = yaml.safe_load((home / path).read_text()); edit(row); (home / path).write_text(yaml.safe_dump(row))
encoder = {"num_latents": 16, "embed_dim": 8, "heads": 2, "width": 32, "num_encoder_layers": 1, "token_num": 32}
def llm(row):
    row["llm"].update(hidden_size=32, word_embed_proj_dim=32, num_hidden_layers=2, num_attention_heads=2, ffn_dim=64)
    row["mesh_encoder"].update(encoder)
change("configs/model/unirig_ar_350m_1024_81920_float32.yaml", llm)
def skin(row):
    row.update(feat_dim=32, num_heads=4, mlp_dim=16, num_bone_attn=1, num_mesh_bone_attn=1, bone_embed_dim=16)
    row["mesh_encoder"].update(enc_depths=[1] * 5, enc_channels=[8, 8, 16, 16, 32], enc_num_head=[1, 1, 2, 2, 2])
    row["global_encoder"].update(encoder)
change("configs/model/unirig_skin.yaml", skin)
def transform(row):
    row["sampler_config"].update(num_samples=2048, vertex_samples=512)
    for name in ("validate_transform_config", "predict_transform_config"):
        if name in row: row[name]["sampler_config"] = row["sampler_config"]
change("configs/transform/inference_ar_transform.yaml", transform)
change("configs/transform/inference_skin_transform.yaml", transform)
"""
_BUILD = """
import sys
from pathlib import Path
import torch
from pipelines.neural.unirig import upstream
upstream.prepare()
folder = Path(sys.argv[1])
torch.manual_seed(0)
def build(make, place):
    made = []
    def saved(model, checkpoint, device):
        made.append(model)
        path = folder / place / "model.ckpt"
        path.parent.mkdir(parents=True)
        torch.save({"state_dict": {"model." + name: value for name, value in model.state_dict().items()}}, path)
        return model
    upstream._filled = saved
    make(None, "cpu")
    print(place, sum(one.numel() for one in made[0].parameters()))
build(upstream.skeleton_model, "skeleton/articulation-xl_quantization_256")
build(upstream.skin_model, "skin/articulation-xl")
"""


def trial(checkout: Path, python: Path, work: Path) -> Iterator[Row]:
    root = Path(__file__).resolve().parents[2]
    small = work / "UniRig"
    shutil.copytree(checkout, small, ignore=shutil.ignore_patterns(".git", "assets", "examples"))
    python = environment(work / "environment", python, small)
    for code, place in ((_SMALL, small), (_BUILD, work / "checkpoints" / "unirig")):
        built = subprocess.run(
            [python, "-c", code, str(place)],
            cwd=root,
            env={"PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        said = (built.stdout + built.stderr[-1500:]).strip()
        yield Row("random weights", built.returncode == 0, said)
        if built.returncode:
            return
    variables = {"MESHKILN_CHECKPOINTS_DIR": str(work / "checkpoints")}
    options = {"num_beams": 3, "seed": 1}
    mesh = _mesh(work / "mesh.glb")
    job = Job({"mesh": mesh}, {"rig_mode": "skeleton"}, options, _wrong)
    yield from life(
        Driver("unirig_auto_rig", python, work / "a", variables), job, cancel_stage="skeleton"
    )
    driver = Driver("unirig_auto_rig", python, work / "b", variables)
    try:
        modes = [("full", "own"), ("skin", "own")]
        if _has(python, "bpy"):
            modes.append(("skeleton", "blender"))
        for mode, reader in modes:
            chosen = {**options, "mesh_reader": reader}
            ran = driver.run(Job({"mesh": mesh}, {"rig_mode": mode}, chosen, _wrong))
            passed = isinstance(ran.end, Done)
            wrong = _wrong(ran.out_dir, ran.end.outcome.info) if isinstance(ran.end, Done) else ""
            detail = wrong or (f"{ran.seconds:.1f} s" if passed else str(ran.end))
            yield Row(f"{mode}, mesh_reader {reader}", passed and not wrong, detail)
            mesh = ran.out_dir / "output.glb"
    finally:
        driver.unload()


def _has(python: Path, module: str) -> bool:
    ask = f"import sys, importlib.util; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", ask], check=False).returncode == 0


def _mesh(path: Path) -> Path:
    """A body with two arms."""
    bodies = [
        trimesh.creation.capsule(height=1.0, radius=0.3),
        trimesh.creation.capsule(height=1.2, radius=0.12).apply_transform(
            trimesh.transformations.rotation_matrix(1.57, (0, 1, 0))
        ),
    ]
    path.write_bytes(trimesh.util.concatenate(bodies).export(file_type="glb"))
    return path


def _wrong(out_dir: Path, info: Mapping[str, Any]) -> str:
    told = json.loads((out_dir / "rig.json").read_text())
    if not told["joints"] or told["bone_count"] != info["bone_count"]:
        return f"{told['bone_count']} bones in the file, {info['bone_count']} told"
    return ""
