"""Shap-E by diffusers itself, with tiny random weights, in a real runner: from a request to a GLB."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Driver, Job, Ran
from pipelines import checkpoints
from pipelines.adapters import shap_e
from pipelines.catalog import Catalog
from pipelines.messages import Cancelled, Done, Failed, Ready
from serving.worker.residency.environments import Environments
from tests.gltf_validator import validate
from tests.neural.conftest import ROOT

TEXT, IMAGE = "shap_e_text_to_raw_mesh", "shap_e_image_to_textured_mesh"
SMALL = {"num_inference_steps": 2, "grid_size": 32}
FEW = {"target_face_count": 500}


@pytest.fixture(scope="module")
def text(torch_python: Path, tiny_shap_e: Path, tmp_path_factory) -> Iterator[Driver]:
    yield from driven(TEXT, torch_python, tiny_shap_e, tmp_path_factory.mktemp("text"))


@pytest.fixture(scope="module")
def image(torch_python: Path, tiny_shap_e: Path, tmp_path_factory) -> Iterator[Driver]:
    yield from driven(IMAGE, torch_python, tiny_shap_e, tmp_path_factory.mktemp("image"))


def driven(model_id: str, python: Path, weights: Path, work: Path) -> Iterator[Driver]:
    driver = Driver(model_id, python, work, {"MESHKILN_CHECKPOINTS_DIR": str(weights)})
    try:
        loaded = driver.load()
        assert isinstance(loaded, Ready), loaded
        yield driver
    finally:
        driver.unload()


def said(text: Driver, prompt: str = "a chair", options: dict | None = None, **params: Any) -> Ran:
    return text.run(Job({}, {"text_prompt": prompt, **FEW, **params}, {**SMALL, **(options or {})}))


def info(run: Ran) -> dict[str, Any]:
    assert isinstance(run.end, Done), run.end
    return dict(run.end.outcome.info)


def glb(run: Ran) -> bytes:
    info(run)
    return (run.out_dir / "output.glb").read_bytes()


def geometry(run: Ran) -> bytes:
    """The points of a mesh, whatever else its file says."""
    info(run)
    mesh = trimesh.load(run.out_dir / "output.glb", force="mesh", process=False)
    return np.asarray(mesh.vertices, np.float32).tobytes()


def test_text_becomes_a_sound_mesh_that_says_what_made_it(text: Driver, tiny_shap_e: Path) -> None:
    run = said(text, seed=5)
    assert validate(run.out_dir / "output.glb").complaints == []
    told = info(run)
    assert told["watertight"] is True
    assert told["face_count"] == pytest.approx(500, rel=0.05)
    made = told["provenance"]
    manifest = checkpoints.read_manifest(tiny_shap_e / "shap_e_text")
    assert manifest
    assert (made["model"], made["seed"], told["seed"]) == (TEXT, 5, 5)
    assert made["weights"][0]["sha256"] == checkpoints.weights_sha256(manifest)
    assert told["parameters"]["guidance_scale"] == 15.0


def test_same_seed_gives_the_same_file_and_another_another_mesh(text: Driver) -> None:
    first, again, other = said(text, seed=5), said(text, seed=5), said(text, seed=6)
    assert glb(first) == glb(again)
    assert geometry(first) != geometry(other)


@pytest.mark.parametrize(
    "change",
    [{"num_inference_steps": 4}, {"guidance_scale": 2.0}, {"grid_size": 40}],
)
def test_every_option_has_an_effect(text: Driver, change: dict[str, Any]) -> None:
    assert geometry(said(text)) != geometry(said(text, options=change))


def test_another_prompt_gives_another_mesh(text: Driver) -> None:
    assert geometry(said(text, "a chair")) != geometry(said(text, "a red boat"))


def test_prompt_beyond_what_the_model_reads_is_told(text: Driver) -> None:
    run = said(text, "one two three four five six seven eight")
    assert isinstance(run.end, Done)
    (told,) = [row for row in run.end.outcome.warnings if row.code == "WORDS_IGNORED"]
    # The tiny tokenizer takes a token a letter and reads 22 of them.
    assert told.message.replace(" ", "").endswith("didnotread:seveneight")


def test_cancel_takes_effect_within_a_step_and_the_next_run_is_as_before(text: Driver) -> None:
    first = said(text, seed=5)
    job = Job({}, {"text_prompt": "a chair"}, {"num_inference_steps": 128, "grid_size": 32})
    stopped = text.run(job, cancel_at=lambda stage, percent: percent > 5)
    assert isinstance(stopped.end, Cancelled)
    assert max(stopped.percents) < 50
    assert glb(said(text, seed=5)) == glb(first)


def test_progress_rises_with_the_steps(text: Driver) -> None:
    run = said(text, options={"num_inference_steps": 128})
    info(run)
    assert list(run.percents) == sorted(run.percents)
    assert [*dict(run.told)] == ["geometry", "export"]
    # The diffusion is 70 % of a stage that is 80 % of the run.
    assert any(0 < percent < 56 for percent in run.percents)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_inference_steps": 1}, "num_inference_steps is 1"),
        ({"num_inference_steps": 129}, "num_inference_steps is 129"),
        ({"grid_size": 31}, "grid_size is 31"),
        ({"grid_size": 257}, "grid_size is 257"),
        ({"guidance_scale": 0.9}, "guidance_scale is 0.9"),
    ],
)
def test_options_out_of_range_are_refused_by_name(text, options, words) -> None:
    run = said(text, options=options)
    assert isinstance(run.end, Failed)
    assert (run.end.code, run.end.message[: len(words)]) == ("INVALID_VALUE", words)


def test_picture_becomes_a_textured_mesh(image: Driver, picture: Path) -> None:
    inputs = {"image": picture, "image_left": picture}
    params = {**FEW, "texture_size": 256, "seed": 3, "style": "cartoon"}
    run = image.run(Job(inputs, params, SMALL))
    path = run.out_dir / "output.glb"
    told = info(run)
    assert validate(path).complaints == []
    texture = trimesh.load(path, force="mesh").visual.material.baseColorTexture
    assert texture.size == (256, 256)
    assert np.asarray(texture.convert("RGB")).std(axis=(0, 1)).max() > 5
    assert told["parameters"]["guidance_scale"] == 3.0
    assert told["provenance"]["weights"][0]["repo"] == "tiny/shap_e_image"
    assert isinstance(run.end, Done)
    assert [row.message.split(" has no")[0] for row in run.end.outcome.warnings] == [
        *("style cartoon", "image_left"),
    ]


def test_picture_and_guidance_have_an_effect(image: Driver, picture: Path) -> None:
    def run(path: Path, **options: Any) -> bytes:
        return geometry(
            image.run(Job({"image": path}, {**FEW, "texture_size": 256}, {**SMALL, **options}))
        )

    first = run(picture)
    assert first == run(picture)
    assert first != run(picture, guidance_scale=20.0)
    assert first != run(ROOT / "examples" / "rocket.png")


def test_surface_lies_where_diffusers_network_says_and_its_first_camera_in_front(
    tiny_shap_e: Path,
) -> None:
    told = json.loads((tiny_shap_e / "facts.json").read_text())
    assert told["points"] > 500
    assert told["on_surface"] < 0.05 * told["anywhere"]
    assert told["colour_off"] < 1e-3
    # It stands in front and above; its picture's right and down are ours.
    assert told["camera"][0] == pytest.approx(0.0, abs=1e-6)
    assert told["camera"][2] > told["camera"][1] > 0
    assert told["right"] == pytest.approx([1, 0, 0], abs=1e-6)
    assert told["down"][1] < 0


# without a runner


def test_built_in_models_are_taken_first() -> None:
    known = Catalog.discover()
    for card in shap_e.CARDS:
        first = known.card(card.feature)
        assert first.family != "shap_e"
        assert card.standing < first.standing
        assert card.cpu_capable


def test_without_weights_the_reason_and_the_command_are_told(tmp_path: Path) -> None:
    python = tmp_path / "shap_e" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho '[]'")
    python.chmod(0o700)
    for card, repo in ((shap_e.CARDS[0], "shap-e"), (shap_e.CARDS[2], "shap-e-img2img")):
        reason = Environments(tmp_path, tmp_path / "checkpoints").unmet(card)
        assert reason == (
            f"its weights openai/{repo} are not here; ./setup.sh --shap-e --weights installs it"
        )


def test_model_whose_weights_are_gone_says_so_when_it_loads(
    torch_python: Path, tmp_path: Path
) -> None:
    driver = Driver(TEXT, torch_python, tmp_path, {"MESHKILN_CHECKPOINTS_DIR": str(tmp_path)})
    try:
        failed = driver.load()
    finally:
        driver.unload()
    assert isinstance(failed, Failed)
    assert failed.message == (
        "the model could not be loaded: its weights openai/shap-e are not here"
    )
