"""UniRig's adapter on a double: what upstream is asked in each mode, and the rig that its answers become."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Job
from pipelines.messages import Cancelled, Done, Failed, Ready
from tests.pipelines.classic_pictures import document
from tests.pipelines.test_classic_rig import array_of
from tests.upstream.recorded import HERE, ROOT, Recorded, needs_torch

pytestmark = needs_torch
MODEL = "unirig_auto_rig"
PLACES = ("skeleton/articulation-xl_quantization_256", "skin/articulation-xl")
# Where the mesh stands, Y up: 1 x 4 x 2 around this.
CENTRE = np.array([10.0, 3.0, -5.0])


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    handle = Recorded("unirig", MODEL, tmp_path_factory.mktemp("unirig"))
    save = """
import sys, torch
made = {"model.weight": torch.tensor([1.5, 2.5])}
if "skin" in sys.argv[1]:
    size = {"Wq.weight": (8, 8), "Wq.bias": (8,), "Wkv.weight": (16, 8), "Wkv.bias": (16,),
            "out_proj.weight": (8, 8), "out_proj.bias": (8,)}
    made = {"model.mesh_bone_attn.0.attention_is_here": torch.zeros(1)}
    made |= {f"model.mesh_bone_attn.0.{name}": torch.zeros(shape) for name, shape in size.items()}
torch.save({"state_dict": made}, sys.argv[1])
"""
    for place in PLACES:
        path = handle.checkpoints / "unirig" / place / "model.ckpt"
        path.parent.mkdir(parents=True)
        subprocess.run([handle.python, "-c", save, str(path)], check=True)
    yield handle
    handle.unload()


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("meshes") / "block.glb"
    block = trimesh.creation.box((1.0, 4.0, 2.0)).subdivide().subdivide()
    path.write_bytes(block.apply_translation(CENTRE).export(file_type="glb"))
    return path


def job(mesh: Path, mode: str = "skeleton", **options: object) -> Job:
    return Job({"mesh": mesh}, {"rig_mode": mode}, options)


def test_networks_are_made_of_upstreams_configuration_without_flash_attention(runner) -> None:
    assert isinstance(runner.load(), Ready)
    tokenizer, made = runner.calls()
    assert tokenizer["vroid"] == str(HERE / "unirig" / "configs" / "skeleton" / "vroid.yaml")
    assert made["target"] == "unirig_ar"
    assert (made["attention"], made["flash"]) == ("sdpa", False)
    assert (made["layers"], made["size"], made["tokenizer"]) == (24, 1024, "tokenizer")


def test_skeleton_is_asked_for_with_the_defaults_and_stands_in_the_clients_frame(
    runner, mesh
) -> None:
    runner.load()
    runner.calls()
    ran = runner.run(job(mesh))
    assert isinstance(ran.end, Done), ran.end
    transform, asked = runner.calls()
    # Z is up for upstream: (x, y, z) is (x, -z, y).
    assert np.allclose(transform["low"], [9.5, 4.0, 1.0])
    assert np.allclose(transform["high"], [10.5, 6.0, 5.0])
    assert transform["normal"][2] > 0
    assert transform["flat"] < 1e-5
    assert transform["joints"] is None
    expected = {
        "call": "generate",
        "kind": "torch.float32",
        "cls": "articulationxl",
        "seed": 12_345,
        "weight": [1.5, 2.5],
        "training": False,
        "max_new_tokens": 2048,
        "num_return_sequences": 1,
        "num_beams": 15,
        "do_sample": True,
        "top_k": 5,
        "top_p": 0.95,
        "repetition_penalty": 3.0,
        "temperature": 1.5,
    }
    assert {name: asked[name] for name in expected} == expected
    told = json.loads((ran.out_dir / "rig.json").read_text())
    root, tip = told["joints"]
    assert np.allclose(root["position"], CENTRE, atol=1e-5)
    assert np.allclose(tip["position"], np.add(CENTRE, (0, 1, 0)), atol=1e-5)
    assert np.allclose(tip["tail"], np.add(CENTRE, (0, 2, 0)), atol=1e-5)
    assert (root["parent"], tip["parent"], tip["name"]) == (None, 0, "bone_1")
    info = ran.end.outcome.info
    assert (info["method"], info["skin_method"], info["seed"]) == ("unirig_tokens", None, 12_345)
    assert info["provenance"]["commercial_use"] == "conditional"


def test_options_reach_upstream(runner, mesh) -> None:
    options = {
        "seed": 7,
        "num_beams": 3,
        "max_new_tokens": 512,
        "top_k": 9,
        "top_p": 0.5,
        "temperature": 0.7,
        "repetition_penalty": 2.0,
    }
    runner.run(job(mesh))
    runner.calls()
    ran = runner.run(job(mesh, skeleton_class="vroid", **options))
    assert isinstance(ran.end, Done), ran.end
    (asked,) = runner.calls("generate")
    assert {name: asked[name] for name in options} == options
    assert asked["cls"] == "vroid"


def test_full_gives_weights_to_every_vertex_of_the_clients_mesh(runner, mesh) -> None:
    runner.load()
    runner.calls()
    ran = runner.run(job(mesh, "full"))
    assert isinstance(ran.end, Done), ran.end
    calls = runner.calls()
    (made,) = [row for row in calls if row["call"] == "get_model"]
    assert made == {"call": "get_model", "target": "unirig_skin", "flash": [False, False]}
    skin = [row for row in calls if row["call"] == "transform_asset"][1]
    assert (skin["kind"], skin["names"], skin["parents"]) == (
        "skin",
        ["bone_0", "bone_1"],
        [None, 0],
    )
    assert np.allclose(skin["joints"], [[10, 5, 3], [10, 5, 4]], atol=1e-4)
    assert np.allclose(skin["tails"], [[10, 5, 4], [10, 5, 5]], atol=1e-4)
    (voxels,) = [row for row in calls if row["call"] == "voxels"]
    assert voxels["fits"]
    assert np.allclose(voxels["high"], [0.25, 0.5, 1.0], atol=0.05)
    (asked,) = [row for row in calls if row["call"] == "predict_step"]
    assert asked["shapes"]["joints"] == [1, 2, 3]
    assert np.isclose(asked["reach"], 1.0)
    assert asked["grad"] is False
    path = ran.out_dir / "output.glb"
    attributes = document(path)["meshes"][0]["primitives"][0]["attributes"]
    places = array_of(path, attributes["POSITION"])
    joints, weights = (array_of(path, attributes[name]) for name in ("JOINTS_0", "WEIGHTS_0"))
    assert len(places) == len(trimesh.load(mesh, force="mesh", process=False).vertices)
    assert np.allclose(weights.sum(axis=1), 1.0)
    strongest = np.take_along_axis(joints, weights.argmax(axis=1)[:, None], axis=1)[:, 0]
    high, low = places[:, 1] > CENTRE[1] + 1.2, places[:, 1] < CENTRE[1] - 0.2
    assert high.any()
    assert (strongest[high] == 1).all()
    assert (strongest[low] == 0).all()
    assert ran.end.outcome.info["skin_method"] == "unirig_skin"


def test_skin_uses_the_skeleton_of_the_file_and_draws_none(runner, mesh) -> None:
    rigged = runner.run(job(mesh)).out_dir / "output.glb"
    runner.calls()
    ran = runner.run(job(rigged, "skin"))
    assert isinstance(ran.end, Done), ran.end
    calls = runner.calls()
    assert not [row for row in calls if row["call"] == "generate"]
    (skin,) = [row for row in calls if row["call"] == "transform_asset"]
    assert skin["names"] == ["bone_0", "bone_1"]
    assert ran.end.outcome.info["method"] == "skeleton_of_the_file"
    told = json.loads((ran.out_dir / "rig.json").read_text())
    assert np.allclose(told["joints"][1]["position"], np.add(CENTRE, (0, 1, 0)), atol=1e-5)


def test_skin_without_a_skeleton_is_refused_before_anything_runs(runner, mesh) -> None:
    runner.calls()
    failed = runner.run(job(mesh, "skin")).end
    assert isinstance(failed, Failed)
    assert failed.code == "INVALID_VALUE"
    assert "the mesh has no skeleton" in failed.message
    assert runner.calls() == []


def told(runner: Recorded, how: str) -> None:
    """How Blender's process is to behave from now on."""
    (runner.checkpoints.parent / "calls.jsonl.blender").write_text(how)


def test_blender_that_crashes_after_its_work_is_taken_at_its_file(runner, mesh) -> None:
    told(runner, "crash")
    runner.load()
    runner.calls()
    ran = runner.run(job(mesh, mesh_reader="blender"))
    assert isinstance(ran.end, Done), ran.end
    read, transform, _ = runner.calls()
    assert read["words"] == {
        "config": "configs/data/quick_inference.yaml",
        "require_suffix": "glb",
        "force_override": "true",
        "num_runs": "1",
        "id": "0",
        "time": "run",
        "faces_target_count": "50000",
        "input": "mesh.glb",
    }
    assert read["is_glb"]
    assert read["has_config"]
    assert transform["faces"] == 1  # what the double left
    assert not Path(read["folder"]).exists()
    assert ran.end.outcome.info["mesh_reader"] == "blender"


def test_blender_that_leaves_nothing_is_a_clear_error(runner, mesh) -> None:
    told(runner, "nothing")
    failed = runner.run(job(mesh, mesh_reader="blender")).end
    assert isinstance(failed, Failed)
    assert "Blender left no mesh" in failed.message


def test_blender_that_hangs_is_killed_with_the_run(runner, mesh) -> None:
    told(runner, "hang")
    runner.calls()
    hangs = job(mesh, mesh_reader="blender")
    stopped = runner.run(hangs, cancel_at=lambda stage, percent: bool(runner.calls("extract")))
    assert isinstance(stopped.end, Cancelled)
    pid = int((runner.checkpoints.parent / "calls.jsonl.pid").read_text())
    assert not Path(f"/proc/{pid}").exists()
    assert isinstance(runner.run(job(mesh)).end, Done)


def test_blender_that_takes_too_long_is_killed(runner) -> None:
    code = """
import numpy as np
from pipelines.errors import PipelineError
from pipelines.neural.steps import Span
from pipelines.neural.unirig import blender, upstream
heard = []
span = Span(lambda stage, share: heard.append(share), "solid")
corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]])
try:
    blender.body_of(corners, np.array([[0, 1, 2]]), upstream.home(), span, most_s=0.5)
except PipelineError as error:
    print(error, heard == sorted(heard), len(heard) > 2)
"""
    record = str(runner.checkpoints.parent / "late.jsonl")
    Path(record + ".blender").write_text("hang")
    said = subprocess.run(
        [runner.python, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "RECORD": record},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "Blender took more than 0.5 s to read the mesh True True\n"
    pid = Path(record + ".pid")
    assert not pid.exists() or not Path(f"/proc/{pid.read_text()}").exists()


def test_drawing_that_does_not_end_is_tried_with_another_seed_and_that_is_told(
    runner, mesh
) -> None:
    runner.calls()
    ran = runner.run(job(mesh, seed=30))
    assert isinstance(ran.end, Done), ran.end
    assert [row["seed"] for row in runner.calls("generate")] == [30, 31]
    assert ran.end.outcome.info["seed"] == 31
    assert "SEED_CHANGED" in [notice.code for notice in ran.end.outcome.warnings]


def test_drawing_that_upstream_asserts_to_be_none_is_tried_again(runner, mesh) -> None:
    runner.calls()
    ran = runner.run(job(mesh, seed=60))
    assert isinstance(ran.end, Done), ran.end
    assert [row["seed"] for row in runner.calls("generate")] == [60, 61]


def test_drawing_that_never_ends_is_a_clear_error(runner, mesh) -> None:
    failed = runner.run(job(mesh, seed=20)).end
    assert isinstance(failed, Failed)
    assert "did not finish a skeleton, with two seeds (last token is not eos)" in failed.message
    assert not failed.is_unforeseen


def test_weights_of_nothing_are_a_clear_error(runner, mesh) -> None:
    failed = runner.run(job(mesh, "full", seed=50)).end
    assert isinstance(failed, Failed)
    assert "gave no joint any weight" in failed.message


def test_lack_of_gpu_memory_is_told_as_such_and_the_next_run_works(runner, mesh) -> None:
    failed = runner.run(job(mesh, seed=13)).end
    assert isinstance(failed, Failed)
    assert failed.memory == "gpu"
    assert isinstance(runner.run(job(mesh)).end, Done)


def test_points_are_drawn_by_the_seed(runner, mesh) -> None:
    runner.calls()
    for seed in (1, 1, 2):
        runner.run(job(mesh, seed=seed))
    one, again, other = (row["drawn"] for row in runner.calls("transform_asset"))
    assert one == again != other


def test_progress_rises_and_a_run_is_cancelled_within_a_token(runner, mesh) -> None:
    ran = runner.run(job(mesh, seed=40))
    assert isinstance(ran.end, Done)
    assert list(ran.percents) == sorted(ran.percents)
    assert len(set(ran.percents)) >= 5
    told: list[float] = []

    def at_third(stage: str, percent: float) -> bool:
        told.append(percent)
        return stage == "skeleton" and percent > 30.0

    stopped = runner.run(job(mesh, seed=40), cancel_at=at_third)
    assert isinstance(stopped.end, Cancelled)
    assert stopped.seconds < ran.seconds / 2
    assert isinstance(runner.run(job(mesh)).end, Done)


def test_weights_that_are_not_whole_are_told_when_it_is_loaded(tmp_path: Path) -> None:
    runner = Recorded("unirig", MODEL, tmp_path)
    try:
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "its weights VAST-AI/UniRig are not here whole: skeleton" in failed.message
    finally:
        runner.unload()
