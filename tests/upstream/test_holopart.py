"""HoloPart's adapter on a double: what upstream is asked for each part, and where what it makes comes to stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Job
from pipelines.messages import Cancelled, Done, Failed, Ready
from tests.upstream.recorded import Recorded, needs_torch

pytestmark = needs_torch
MODEL = "holopart_part_completion"
# The double's ball in the cube of a part.
RADIUS = 0.5
QUICK = {"num_inference_steps": 2, "octree_depth": 6}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    handle = Recorded("holopart", MODEL, tmp_path_factory.mktemp("holopart"))
    folder = handle.checkpoints / "holopart"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    yield handle
    handle.unload()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slab of 8 x 2 x 4 and, under a node that moves it by (100, 5, 0), a cube of side 2."""
    made = trimesh.Scene()
    made.add_geometry(trimesh.creation.box((8.0, 2.0, 4.0)), node_name="slab")
    there = trimesh.transformations.translation_matrix((100.0, 5.0, 0.0))
    cube = trimesh.creation.box((2.0, 2.0, 2.0))
    made.add_geometry(cube, node_name="cube", transform=there)
    path = tmp_path_factory.mktemp("scenes") / "scene.glb"
    path.write_bytes(made.export(file_type="glb"))
    return path


def job(mesh: Path, **options: object) -> Job:
    return Job({"mesh": mesh}, {}, options)


def bodies(out_dir: Path) -> dict[str, trimesh.Trimesh]:
    found = trimesh.load(out_dir / "output.glb")
    return {
        str(name): found.geometry[found.graph[name][1]].copy().apply_transform(found.graph[name][0])
        for name in found.graph.nodes_geometry
    }


def test_pipeline_is_loaded_from_the_local_folder_in_numbers_of_its_device(runner) -> None:
    assert isinstance(runner.load(), Ready)
    loaded, moved, quiet = runner.calls()
    assert loaded["path"] == str(runner.checkpoints / "holopart")
    assert loaded["words"] == {"local_files_only": "True", "torch_dtype": "torch.float32"}
    # Reading casts parameters alone: buffers that no file holds are cast here.
    assert moved == {"call": "to", "device": "cpu", "dtype": "torch.float32"}
    assert quiet == {"call": "set_progress_bar_config", "disable": True}


def test_each_part_is_asked_for_with_the_defaults_and_comes_back_in_its_place(
    runner, scene
) -> None:
    runner.load()
    runner.calls()
    ran = runner.run(job(scene))
    assert isinstance(ran.end, Done), ran.end
    calls = runner.calls()
    slab, cube = (row for row in calls if row["call"] == "call")
    for row in (slab, cube):
        assert row["shapes"] == {
            "part": [1, 20_480, 6],
            "whole": [1, 20_480, 7],
            "local": [1, 20_480, 6],
        }
        asked = (row["steps"], row["guidance"], row["seed"], row["output"])
        assert asked == (50, 3.5, 42, "latent")
        # The whole reaches from -0.95 to 0.95 along its longest side, a part's own cube to 0.95 x 0.7.
        assert np.allclose(
            (row["low"]["whole"][0], row["high"]["whole"][0]), (-0.95, 0.95), atol=1e-3
        )
        longest = np.subtract(row["high"]["local"][:3], row["low"]["local"][:3]).max()
        assert np.isclose(longest, 2 * 0.95 * 0.7, atol=1e-3)
    areas = np.array([2 * (16 + 32 + 8), 24.0])
    assert np.allclose([slab["mine"], cube["mine"]], areas / areas.sum(), atol=0.01)
    features = [row for row in calls if row["call"] == "_sample_features"]
    assert [row["seed"] for row in features] == [42, 42]  # upstream leaves it to chance
    made = bodies(ran.out_dir)
    assert sorted(made) == ["cube", "slab"]
    for name, centre, half in (("slab", (0, 0, 0), 4.0), ("cube", (100, 5, 0), 1.0)):
        radius = RADIUS / (0.95 * 0.7) * half
        away = np.linalg.norm(made[name].vertices - centre, axis=1)
        assert np.allclose(away, radius, rtol=0.02), name
        assert made[name].is_watertight
        assert made[name].volume > 0
    info = ran.end.outcome.info
    assert (info["num_parts"], info["watertight"], info["segmentation"]) == (2, True, None)
    assert (info["seed"], info["octree_depth"]) == (42, 8)
    assert info["provenance"]["commercial_use"] == "conditional"


def test_decoder_is_asked_coarsely_everywhere_and_finely_at_the_surface(runner, scene) -> None:
    runner.calls()
    runner.run(job(scene, num_inference_steps=1, octree_depth=7))
    asked = runner.calls("decoder")
    starts = [place for place, row in enumerate(asked) if not row["cached"]]
    assert len(starts) == 2  # what is made of a latent is made once
    count = sum(row["count"] for row in asked[: starts[1]])
    assert 65**3 < count < 0.5 * 129**3


def test_options_reach_upstream(runner, scene) -> None:
    runner.calls()
    options = {"seed": 7, "guidance_scale": 1.5, "faces_per_part": 600, **QUICK}
    ran = runner.run(job(scene, **options))
    assert isinstance(ran.end, Done), ran.end
    calls = runner.calls()
    rows = [row for row in calls if row["call"] == "call"]
    assert {(row["steps"], row["guidance"], row["seed"]) for row in rows} == {(2, 1.5, 7)}
    assert {row["seed"] for row in calls if row["call"] == "_sample_features"} == {7}
    assert ran.end.outcome.info["provenance"]["seed"] == 7
    for body in bodies(ran.out_dir).values():
        assert 400 <= len(body.faces) <= 660


def test_mesh_of_one_piece_is_cut_by_our_segmentation_first_and_that_is_told(
    runner, tmp_path
) -> None:
    path = tmp_path / "one.ply"
    trimesh.creation.icosphere(2).export(path)
    runner.calls()
    ran = runner.run(job(path, num_parts=3, **QUICK))
    assert isinstance(ran.end, Done), ran.end
    assert len(runner.calls("call")) == 3
    info = ran.end.outcome.info
    assert info["segmentation"]["model"] == "classic_mesh_segmentation"
    assert info["segmentation"]["num_parts"] == info["num_parts"] == 3
    assert "PARTS_CUT_FIRST" in [notice.code for notice in ran.end.outcome.warnings]
    whole = runner.run(job(path, num_parts=1, **QUICK))
    assert len(runner.calls("call")) == 1
    assert whole.end.outcome.info["segmentation"] is None


def test_mesh_too_coarse_to_be_cut_is_refused(runner, tmp_path) -> None:
    path = tmp_path / "box.ply"
    trimesh.creation.box().export(path)
    failed = runner.run(job(path, num_parts=13)).end
    assert isinstance(failed, Failed)
    assert failed.code == "INVALID_VALUE"
    assert "num_parts is 13" in failed.message


def test_scene_of_too_many_parts_is_refused(runner, tmp_path) -> None:
    scene = trimesh.Scene()
    for place in range(65):
        scene.add_geometry(trimesh.creation.box().apply_translation((2.0 * place, 0, 0)))
    path = tmp_path / "many.glb"
    path.write_bytes(scene.export(file_type="glb"))
    failed = runner.run(job(path)).end
    assert isinstance(failed, Failed)
    assert "65 nodes; at most 64" in failed.message


def test_part_of_which_nothing_comes_is_named(runner, scene) -> None:
    failed = runner.run(job(scene, seed=14, **QUICK)).end
    assert isinstance(failed, Failed)
    assert "empty shape for part slab" in failed.message
    assert not failed.is_unforeseen


def test_lack_of_gpu_memory_is_told_as_such_and_the_next_run_works(runner, scene) -> None:
    failed = runner.run(job(scene, seed=13, **QUICK)).end
    assert isinstance(failed, Failed)
    assert failed.memory == "gpu"
    assert isinstance(runner.run(job(scene, **QUICK)).end, Done)


def test_progress_rises_and_a_run_is_cancelled_within_a_step(runner, scene) -> None:
    slow = job(scene, seed=16, num_inference_steps=8, octree_depth=6)
    ran = runner.run(slow)
    assert isinstance(ran.end, Done)
    assert list(ran.percents) == sorted(ran.percents)
    assert len(set(ran.percents)) >= 10
    runner.calls()
    stopped = runner.run(slow, cancel_at=lambda stage, percent: percent > 15)
    assert isinstance(stopped.end, Cancelled)
    assert len(runner.calls("call")) == 1  # the second part was not begun
    assert stopped.seconds < ran.seconds
    assert isinstance(runner.run(job(scene, **QUICK)).end, Done)


def test_weights_that_are_missing_or_broken_are_told_when_it_is_loaded(tmp_path: Path) -> None:
    runner = Recorded("holopart", MODEL, tmp_path)
    folder = runner.checkpoints / "holopart"
    try:
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "its weights VAST-AI/HoloPart are not here" in failed.message
        folder.mkdir(parents=True)
        (folder / "model_index.json").write_text("{}")
        (folder / "broken").touch()
        failed = runner.load()
        assert isinstance(failed, Failed)
        assert "its weights cannot be read: OSError" in failed.message
        assert str(folder) not in failed.message
    finally:
        runner.unload()
