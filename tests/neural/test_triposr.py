"""TripoSR over a recording double of its makers' code, in a real runner: what is asked of it, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Driver, Job, Ran, environment
from pipelines.adapters import triposr
from pipelines.messages import Cancelled, Done, Failed, Ready
from serving.worker.residency.environments import Environments
from tests.gltf_validator import validate
from tests.neural.conftest import fetched

DOUBLE = Path(__file__).resolve().parents[1] / "upstream" / "triposr"
MODEL = "triposr_image_to_textured_mesh"
SMALL = {"mc_resolution": 40}


class Site:
    """A runner of TripoSR, and what its double was asked."""

    def __init__(self, folder: Path, python: Path) -> None:
        below = folder / "checkpoints"
        self.weights = fetched(
            below / "triposr", {"config.yaml": "a: 1", "model.ckpt": "w"}, "tiny/triposr"
        )
        self.layout = fetched(below / "triposr_encoder", {"config.json": "{}"}, "tiny/dino")
        self.variables = {"MESHKILN_CHECKPOINTS_DIR": str(below)}
        self.python, self.folder = environment(folder / "environment", python, DOUBLE), folder
        self.driver = self.driven("runs")

    def driven(self, name: str) -> Driver:
        return Driver(MODEL, self.python, self.folder / name, self.variables)

    def calls(self) -> list[dict[str, Any]]:
        """What it was asked since this was asked last."""
        path = self.weights / "calls.jsonl"
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("")
        return rows

    def fail(self, name: str, error: str) -> None:
        (self.weights / "fail.json").write_text(json.dumps({"in": name, "with": error}))

    def heal(self) -> None:
        (self.weights / "fail.json").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def site(torch_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("triposr"), torch_python)
    loaded = made.driver.load()
    assert isinstance(loaded, Ready), loaded
    yield made
    made.driver.unload()


@pytest.fixture(autouse=True)
def healed(site: Site) -> Iterator[None]:
    yield
    site.heal()


def ran(site: Site, picture: Path, options: dict | None = None, **params: Any) -> Ran:
    inputs = {"image": picture}
    return site.driver.run(Job(inputs, {"texture_size": 256, **params}, options or SMALL))


def made(run: Ran) -> dict[str, Any]:
    assert isinstance(run.end, Done), run.end
    return dict(run.end.outcome.info)


def test_network_is_read_from_the_checkpoints_and_nowhere_else(site: Site) -> None:
    (read,) = [call for call in site.calls() if call["name"] == "from_pretrained"]
    assert read == {
        "name": "from_pretrained",
        "path": str(site.weights),
        "config": "config.yaml",
        "weights": "model.ckpt",
        "layout": str(site.layout / "config.json"),
        "offline": "1",
    }


def test_picture_is_laid_on_grey_and_the_grid_asked_in_chunks(site: Site, picture: Path) -> None:
    site.calls()
    info = made(ran(site, picture, {"mc_resolution": 40, "foreground_ratio": 0.7}))
    calls = site.calls()
    (looked,) = [call for call in calls if call["name"] == "forward"]
    assert looked["size"] == [1024, 1024, 3]
    assert looked["corner"] == [128, 128, 128]
    assert looked["middle"] == [200, 30, 30]
    assert looked["object_px"] == pytest.approx(0.7 * 1024, abs=16)
    assert (looked["pictures"], looked["device"], looked["training"]) == (1, "cpu", False)
    layers = [call["name"] for call in calls if call["name"] in ("encoder", "backbone")]
    assert layers == ["encoder", "encoder", "backbone", "backbone"]
    asked = [call for call in calls if call["name"] == "query_triplane"]
    grid = [call["points"] for call in asked][:2]
    assert grid == [32_768, 40**3 - 32_768]
    assert {tuple(call["planes"]) for call in asked} == {(3, 4, 8, 8)}
    assert len(asked) > 2  # and the texels
    assert info["parameters"]["foreground_ratio"] == 0.7
    assert (info["matting_method"], info["views_used"]) == ("alpha", ["image"])


def test_mesh_stands_in_our_frame_with_the_networks_colours(site: Site, picture: Path) -> None:
    run = ran(site, picture, seed=11, target_height_m=1.0)
    info = made(run)
    path = run.out_dir / "output.glb"
    assert validate(path).complaints == []
    mesh = trimesh.load(path, force="mesh")
    assert mesh.extents == pytest.approx([1.0, 1.0, 1.0], abs=0.02)
    picture_of = np.asarray(mesh.visual.material.baseColorTexture.convert("RGB"))
    corners = mesh.visual.uv[mesh.faces].mean(axis=1) * [1, -1] * 256 + [0, 256]
    colour = picture_of[corners[:, 1].astype(int), corners[:, 0].astype(int)]
    front = mesh.triangles_center[:, 2]
    assert (colour[front > 0.1].argmax(axis=1) == 0).mean() > 0.98  # red, as upstream's +X
    assert (colour[front < -0.1].argmax(axis=1) == 2).mean() > 0.98
    assert info["watertight"] is True
    assert info["seed"] == 11
    assert info["provenance"]["version"] == "VAST-AI-Research/TripoSR@d26e33181947"
    assert [row["repo"] for row in info["provenance"]["weights"]] == ["tiny/triposr", "tiny/dino"]


def test_threshold_no_place_reaches_is_an_empty_shape(site: Site, picture: Path) -> None:
    run = ran(site, picture, {**SMALL, "density_threshold": 60.0})
    assert isinstance(run.end, Failed)
    assert run.end.message.startswith("the model made an empty shape; try another seed")
    assert not run.end.is_unforeseen


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mc_resolution": 31}, "mc_resolution is 31"),
        ({"mc_resolution": 321}, "mc_resolution is 321"),
        ({"foreground_ratio": 0.4}, "foreground_ratio is 0.4"),
        ({"density_threshold": 0.5}, "density_threshold is 0.5"),
        ({"chunk_size": 8192}, "chunk_size is not known"),
    ],
)
def test_options_out_of_range_are_refused_by_name(site, picture, options, words) -> None:
    run = ran(site, picture, options)
    assert isinstance(run.end, Failed)
    assert run.end.code == "INVALID_VALUE"
    assert run.end.message.startswith(words)


def test_cancelled_in_the_pass_it_is_fit_for_the_next_run(site: Site, picture: Path) -> None:
    first = ran(site, picture)
    made(first)
    site.calls()
    job = Job({"image": picture}, {"texture_size": 256}, {"mc_resolution": 320})
    stopped = site.driver.run(job, cancel_at=lambda stage, percent: stage == "geometry")
    assert isinstance(stopped.end, Cancelled)
    whole = -(-(320**3) // 32_768)
    assert sum(call["name"] == "query_triplane" for call in site.calls()) < whole / 2
    again = ran(site, picture)
    made(again)
    first_bytes, again_bytes = ((run.out_dir / "output.glb").read_bytes() for run in (first, again))
    assert first_bytes == again_bytes


def test_progress_rises(site: Site, picture: Path) -> None:
    run = ran(site, picture, {"mc_resolution": 96})
    made(run)
    assert list(run.percents) == sorted(run.percents)
    assert [*dict(run.told)] == ["preprocess", "geometry", "texture", "export"]


def test_memory_that_does_not_suffice_passes_through(site: Site, picture: Path) -> None:
    site.fail("forward", "memory")
    run = ran(site, picture)
    assert isinstance(run.end, Failed)
    assert run.end.memory == "gpu"
    assert "try a smaller mc_resolution" in run.end.message
    site.heal()
    made(ran(site, picture))


def test_other_views_are_said_to_have_no_effect(site: Site, picture: Path) -> None:
    inputs = {"image": picture, "image_back": picture, "texture_image": picture}
    run = site.driver.run(Job(inputs, {"texture_size": 256, "style": "artistic"}, SMALL))
    assert isinstance(run.end, Done)
    told = [row.message for row in run.end.outcome.warnings if row.code == "FIELD_WITHOUT_EFFECT"]
    assert [text.split(" has no")[0] for text in told] == [
        *("style artistic", "image_back", "texture_image"),
    ]


def test_weights_that_do_not_fit_the_code_say_what_to_do(site: Site) -> None:
    site.fail("from_pretrained", "Error(s) in loading state_dict for TSR: Missing key(s)")
    other = site.driven("misfit")
    try:
        failed = other.load()
    finally:
        other.unload()
    assert isinstance(failed, Failed)
    assert failed.message == (
        "the model could not be loaded: its weights do not fit its code: the environment needs transformers of before 5"
    )


def test_without_weights_the_reason_and_the_command_are_told(tmp_path: Path) -> None:
    card = triposr.CARDS[0]
    python = tmp_path / "triposr" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho '[]'")
    python.chmod(0o700)
    reason = Environments(tmp_path, tmp_path / "checkpoints").unmet(card)
    assert reason == (
        "its weights stabilityai/TripoSR are not here; ./setup.sh --triposr --weights installs it"
    )
