"""What is told of TRELLIS before it runs: ids, weights, defaults of the documents, and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.adapters import trellis
from pipelines.catalog import Catalog
from pipelines.errors import ModelLoadFailed
from pipelines.neural.trellis.assembled import assemble
from serving.web import trellis_form
from serving.worker.residency.environments import Environments
from tests.upstream.trellis_site import NAMES, weights

CARDS = {card.model_id: card for card in trellis.CARDS}
MAKING = ("raw_mesh", "textured_mesh")


def test_six_models_share_two_sets_of_weights():
    assert {name: card.weights for name, card in CARDS.items()} == {
        **{
            f"trellis_{kind}_to_{what}": f"trellis-{kind}"
            for kind in ("text", "image")
            for what in MAKING
        },
        **{f"trellis_{kind}_mesh_painting": f"trellis-{kind}" for kind in ("text", "image")},
    }
    assert set(trellis.ADAPTERS) == {card.weights for card in CARDS.values()}
    known = Catalog.discover()
    assert all(
        known.adapters[name] is trellis.ADAPTERS[card.weights] for name, card in CARDS.items()
    )


@pytest.mark.parametrize("model_id", [name for name in CARDS if "painting" not in name])
def test_defaults_are_those_of_the_first_apis_document(model_id):
    told = CARDS[model_id].options().model_dump()
    assert told["sparse_structure_sample_steps"] == told["slat_sample_steps"] == 25
    assert (told["sparse_structure_cfg_strength"], told["slat_cfg_strength"]) == (8.5, 4.0)


def test_options_of_the_first_api_are_known_to_its_model():
    known = set(CARDS["trellis_image_to_textured_mesh"].options.model_fields)
    assert set(trellis_form.OPTIONS.values()) - known == {"depth_scale"}


def test_second_apis_document_asks_for_painting_by_the_id_of_the_textured_mesh():
    card = Catalog.discover().card("text_mesh_painting", "trellis_text_to_textured_mesh")
    assert card.model_id == "trellis_text_mesh_painting"


def test_weights_that_are_needed_are_told_with_the_command(tmp_path: Path):
    python = tmp_path / "trellis" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho '[]'")
    python.chmod(0o700)
    environments = Environments(tmp_path, tmp_path / "checkpoints")
    for kind, repo in (("image", "TRELLIS-image-large"), ("text", "TRELLIS-text-xlarge")):
        reason = environments.unmet(CARDS[f"trellis_{kind}_to_raw_mesh"])
        assert reason == (
            f"its weights microsoft/{repo} are not here; ./setup.sh --trellis --weights installs it"
        )


@pytest.mark.parametrize("kind", ["image", "text"])
def test_pipeline_is_told_of_links_to_whole_files_alone(tmp_path: Path, kind):
    below, into = weights(tmp_path / "checkpoints"), tmp_path / "into"
    into.mkdir()
    rows, _ = trellis.PIPELINES[kind]
    assemble(into, rows, below, {f"{kind}_cond_model": "/here"})
    told = json.loads((into / "pipeline.json").read_text())["args"]
    assert told[f"{kind}_cond_model"] == "/here"
    assert told["models"] == {name: name for name in NAMES}
    for name in NAMES:
        assert (into / f"{name}.json").resolve().is_relative_to(below)
        assert (into / f"{name}.safetensors").is_file()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("no json", "pipeline.json cannot be read (JSONDecodeError)"),
        ('{"args": 1}', "pipeline.json cannot be read (TypeError)"),
        ("{}", "pipeline.json cannot be read (KeyError)"),
        ('{"args": {"models": {}}}', "names no sparse_structure_flow_model"),
    ],
)
def test_pipeline_json_that_is_none_is_told(tmp_path: Path, told, said):
    below = weights(tmp_path / "checkpoints")
    (below / "trellis_image" / "pipeline.json").write_text(told)
    with pytest.raises(ModelLoadFailed) as failed:
        assemble(tmp_path, trellis.PIPELINES["image"][0], below, {})
    assert said in failed.value.message
    assert str(tmp_path) not in failed.value.message
