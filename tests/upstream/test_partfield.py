"""PartField's adapter on a double: what upstream is asked, and what becomes of its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Job
from pipelines.messages import Cancelled, Done, Failed, Ready
from tests.upstream.recorded import Recorded, needs_torch

pytestmark = needs_torch
MODEL = "partfield_mesh_segmentation"
FACES = 20 * 4**2


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    folder = tmp_path_factory.mktemp("partfield")
    handle = Recorded("partfield", MODEL, folder)
    _weights(handle, folder)
    yield handle
    handle.unload()


@pytest.fixture(scope="module")
def ball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ball of 320 faces, far from the origin and of another size than upstream's cube."""
    path = tmp_path_factory.mktemp("meshes") / "ball.ply"
    trimesh.creation.icosphere(2, 3.0).apply_translation((10.0, 0.0, 0.0)).export(path)
    return path


def _weights(runner: Recorded, folder: Path) -> None:
    """A Lightning checkpoint, with an object of a class that is not to be had where it is read."""
    import subprocess

    path = runner.checkpoints / "partfield" / "model_objaverse.ckpt"
    path.parent.mkdir(parents=True)
    (folder / "elsewhere.py").write_text("class Settings(dict): pass\n")
    code = (
        "import sys, torch; sys.path.insert(0, sys.argv[2]); import elsewhere; "
        "torch.save({'state_dict': {'weight': torch.tensor([1.5, 2.5]), 'more': torch.ones(3)}, "
        "'hyper_parameters': elsewhere.Settings(a=1)}, sys.argv[1])"
    )
    subprocess.run([runner.python, "-c", code, str(path), str(folder)], check=True)


def job(mesh: Path, num_parts: int = 8, **options: object) -> Job:
    return Job({"mesh": mesh}, {"num_parts": num_parts}, options)


def test_model_is_loaded_with_its_weights_on_its_device(runner: Recorded) -> None:
    assert isinstance(runner.load(), Ready)
    made, encoder = runner.calls()
    assert made == {"call": "Model", "result_name": "of_the_file"}
    assert encoder == {"call": "TriPlanePC2Encoder", "device": "cpu"}  # upstream says cuda


def test_defaults_reach_upstream_and_its_features_become_parts(runner, ball) -> None:
    runner.load()
    runner.calls()
    ran = runner.run(job(ball))
    assert isinstance(ran.end, Done), ran.end
    (asked,) = runner.calls("predict_step")
    assert asked["cloud"] == [1, 100_000, 3]
    assert np.allclose(asked["high"], 0.9, atol=0.02)
    assert np.allclose(asked["low"], -0.9, atol=0.02)
    assert asked["shapes"] == [[1, 162, 3], [1, FACES, 3]]
    assert asked["kinds"] == ["torch.float32", "torch.float32", "torch.int64"]
    assert asked["points_per_face"] == 200_000 // FACES  # on a CPU; 1000 on a GPU
    assert asked["at_once"] % asked["points_per_face"] == 0
    assert (asked["seed"], asked["index"], asked["training"]) == (0, 0, False)
    assert asked["weight"] == [1.5, 2.5]
    assert asked["there"] == []
    assert not Path(asked["folder"]).exists()
    told = json.loads((ran.out_dir / "parts.json").read_text())
    middles = trimesh.load(ball).triangles_center - (10.0, 0.0, 0.0)
    octants = (middles > 0) @ (1, 2, 4)
    table = np.zeros((8, 8))
    np.add.at(table, (told["face_labels"], octants), 1)
    # Each part is one octant, but for faces at a border, which our own step makes shorter.
    assert sorted(table.argmax(axis=1)) == list(range(8))
    assert table.max(axis=1).sum() >= 0.9 * FACES, table
    assert len(trimesh.load(ran.out_dir / "output.glb").geometry) == 8
    info = ran.end.outcome.info
    assert (info["num_parts"], info["seed"], info["method"]) == (8, 0, "partfield_features_ward")
    assert info["provenance"]["commercial_use"] == "no"


def test_options_reach_upstream(runner, ball) -> None:
    ran = runner.run(job(ball, seed=7, points_per_face=33))
    assert isinstance(ran.end, Done), ran.end
    (asked,) = runner.calls("predict_step")
    assert (asked["seed"], asked["points_per_face"], asked["at_once"]) == (7, 33, 33 * 1515)
    assert ran.end.outcome.info["seed"] == ran.end.outcome.info["provenance"]["seed"] == 7
    assert ran.end.outcome.info["points_per_face"] == 33


def test_each_run_has_a_name_and_a_folder_of_its_own_and_points_by_its_seed(runner, ball) -> None:
    for seed in (1, 1, 2):
        runner.run(job(ball, seed=seed))
    one, again, other = runner.calls("predict_step")
    assert len({row["uid"] for row in (one, again, other)}) == 3
    assert len({row["folder"] for row in (one, again, other)}) == 3
    assert one["first"] == again["first"] != other["first"]


@pytest.mark.parametrize("num_parts", [2, 5, 32])
def test_count_of_parts_is_exact(runner, ball, num_parts) -> None:
    ran = runner.run(job(ball, num_parts))
    told = json.loads((ran.out_dir / "parts.json").read_text())
    assert len(set(told["face_labels"])) == num_parts


def test_mesh_of_fewer_faces_than_parts_is_refused_before_the_network_runs(
    runner, tmp_path
) -> None:
    path = tmp_path / "box.ply"
    trimesh.creation.box().export(path)
    runner.calls()
    failed = runner.run(job(path, 13)).end
    assert isinstance(failed, Failed)
    assert (failed.code, failed.memory) == ("INVALID_VALUE", "")
    assert "num_parts is 13" in failed.message
    assert runner.calls() == []


@pytest.mark.parametrize(("seed", "told"), [(14, "what are no numbers"), (15, "left no features")])
def test_answer_that_is_none_is_a_clear_error(runner, ball, seed, told) -> None:
    failed = runner.run(job(ball, seed=seed)).end
    assert isinstance(failed, Failed)
    assert told in failed.message
    assert not failed.is_unforeseen


def test_lack_of_gpu_memory_is_told_as_such_and_the_next_run_works(runner, ball) -> None:
    failed = runner.run(job(ball, seed=13)).end
    assert isinstance(failed, Failed)
    assert failed.memory == "gpu"
    assert isinstance(runner.run(job(ball)).end, Done)


def test_progress_rises_and_a_run_is_cancelled_between_chunks_of_points(runner, ball) -> None:
    slow = job(ball, seed=16, points_per_face=1000)  # seven chunks
    ran = runner.run(slow)
    assert isinstance(ran.end, Done)
    assert list(ran.percents) == sorted(ran.percents)
    assert len(set(ran.percents)) >= 5
    stopped = runner.run(slow, cancel_at=lambda stage, percent: percent > 35)
    assert isinstance(stopped.end, Cancelled)
    assert stopped.seconds < ran.seconds
    assert isinstance(runner.run(job(ball)).end, Done)


def test_weights_of_another_model_are_told_when_it_is_loaded(tmp_path: Path) -> None:
    import subprocess

    runner = Recorded("partfield", MODEL, tmp_path)
    path = runner.checkpoints / "partfield" / "model_objaverse.ckpt"
    path.parent.mkdir(parents=True)
    save = "import sys, torch; torch.save({'state_dict': {'other': torch.ones(2)}}, sys.argv[1])"
    try:
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "its weights mikaelaangel/partfield-ckpt are not here" in failed.message
        path.write_bytes(b"no checkpoint")
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "the weights model_objaverse.ckpt cannot be read" in failed.message
        subprocess.run([runner.python, "-c", save, str(path)], check=True)
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "lack 1 tensors of the model, weight among them" in failed.message
    finally:
        runner.unload()
