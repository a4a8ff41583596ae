"""PartField: its whole architecture with random weights, on a CPU. Few points a face, or it takes minutes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import trimesh

from benchmarks.tiny.drive import Driver, Job, Row, environment, life

# The weights file as the makers publish it: a Lightning checkpoint, with objects of its libraries in it.
_BUILD = """
import sys
import torch
from pathlib import Path
from pipelines.neural import point_ops, stand_ins
from pipelines.neural.partfield import field
from pipelines.neural.steps import wrapped
stand_ins.put_unused(field.UNUSED)
stand_ins.put({"torch_scatter": point_ops.TORCH_SCATTER})
from partfield import model_trainer_pvcnn_only_demo as trainer
from partfield.config import defaults
cfg = defaults._C.clone()
cfg.merge_from_file(str(Path(defaults.__file__).parents[2] / "configs" / "final" / "demo.yaml"))
torch.manual_seed(0)
with wrapped(trainer, "TriPlanePC2Encoder", field._made_on("cpu")):
    model = trainer.Model(cfg)
torch.save({"state_dict": model.state_dict(), "hyper_parameters": {"cfg": cfg}, "epoch": 1}, sys.argv[1])
print(sum(one.numel() for one in model.parameters()))
"""
PARTS, POINTS = 5, 4


def trial(checkout: Path, python: Path, work: Path) -> Iterator[Row]:
    root = Path(__file__).resolve().parents[2]
    python = environment(work / "environment", python, checkout)
    path = work / "checkpoints" / "partfield" / "model_objaverse.ckpt"
    path.parent.mkdir(parents=True)
    command = [python, "-c", _BUILD, str(path)]
    built = subprocess.run(
        command,
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    yield Row("random weights", built.returncode == 0, (built.stdout + built.stderr[-800:]).strip())
    if built.returncode:
        return
    driver = Driver(
        "partfield_mesh_segmentation",
        python,
        work,
        {"MESHKILN_CHECKPOINTS_DIR": str(work / "checkpoints")},
    )
    job = Job(
        {"mesh": _mesh(work / "mesh.glb")},
        {"num_parts": PARTS},
        {"points_per_face": POINTS, "seed": 3},
        _wrong,
    )
    yield from life(driver, job, cancel_stage="segment")


def _mesh(path: Path) -> Path:
    """Two balls on a box, loose from each other."""
    bodies = [
        trimesh.creation.box((2.0, 0.5, 1.0)),
        trimesh.creation.icosphere(2, 0.5).apply_translation((0.5, 1.0, 0.0)),
        trimesh.creation.icosphere(2, 0.4).apply_translation((-0.6, 1.0, 0.0)),
    ]
    path.write_bytes(trimesh.util.concatenate(bodies).export(file_type="glb"))
    return path


def _wrong(out_dir: Path, info: Mapping[str, Any]) -> str:
    told = json.loads((out_dir / "parts.json").read_text())
    scene = trimesh.load(out_dir / "output.glb")
    seen = len(scene.geometry), len(set(told["face_labels"])), told["num_parts"], info["num_parts"]
    return "" if seen == (PARTS,) * 4 else f"{PARTS} parts were wanted, there are {seen}"
