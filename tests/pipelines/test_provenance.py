"""What made a result stands in its generation_info and in its GLB, and changes nothing else there."""

import json
import struct
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines import checkpoints, provenance
from pipelines.catalog import Catalog
from pipelines.execute import execute
from pipelines.geometry import glb
from pipelines.spec import Terms, Work
from tests.gltf_validator import validate
from tests.pipelines.test_checkpoints import WEIGHTS, below

__all__ = ["below"]  # a fixture

CATALOG = Catalog.discover()
CARD = CATALOG.cards["classic_text_to_raw_mesh"]
RECORD = {"model": "some_model", "seed": 3}


def parts(path: Path) -> tuple[dict, bytes]:
    """The document of a GLB, and all that follows it."""
    data = path.read_bytes()
    assert struct.unpack_from("<4sII", data) == (b"glTF", 2, len(data))
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length]), data[20 + length :]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "triangle.glb"
    glb.write(path, np.eye(3), np.array([[0, 1, 2]]), np.full((3, 3), 3**-0.5))
    return path


def test_version_is_the_projects():
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert provenance.VERSION == tomllib.loads(project.read_text())["project"]["version"]


def test_signing_adds_a_record_and_keeps_all_else(path):
    document, rest = parts(path)
    provenance.sign(path, RECORD)
    signed, kept = parts(path)
    assert kept == rest
    assert signed["asset"].pop("extras") == {"meshkiln": RECORD}
    document["asset"].pop("extras", None)
    assert signed == document
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert not validate(path).complaints


def test_signing_keeps_extras_of_the_file(path):
    for theirs, kept in [({"by": "me"}, {"by": "me"}), ("mine", {"was": "mine"})]:
        document, rest = parts(path)
        document["asset"]["extras"] = theirs
        path.write_bytes(glb.container(document, rest[8:]))
        provenance.sign(path, RECORD)
        assert parts(path)[0]["asset"]["extras"] == {**kept, "meshkiln": RECORD}


def test_what_a_file_said_of_its_makers_is_kept_as_before(path):
    first, second, third = ({"model": name} for name in ("first", "second", "third"))
    for record in (first, second, third):
        provenance.sign(path, record)
    signed = parts(path)[0]["asset"]["extras"]["meshkiln"]
    assert signed == {**third, "before": {**second, "before": first}}


def test_long_word_of_earlier_makers_is_cut_and_no_record_grows_without_end(path):
    long = "x" * (provenance.MOST_BEFORE_BYTES // 2)
    provenance.sign(path, {"model": "first", "note": long})
    provenance.sign(path, {"model": "second", "note": long})
    provenance.sign(path, {"model": "third"})
    signed = parts(path)[0]["asset"]["extras"]["meshkiln"]
    assert signed == {"model": "third", "before": {"model": "second", "note": long}}
    provenance.sign(path, {"model": "fourth", "note": 2 * long})
    provenance.sign(path, RECORD)
    assert parts(path)[0]["asset"]["extras"]["meshkiln"] == RECORD


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_numbers_that_json_has_not_become_null(path, number):
    document, rest = parts(path)
    document["nodes"][0]["extras"] = {"a": [123456789]}
    path.write_bytes(
        glb.container(document, rest[8:]).replace(b"123456789", number.encode().ljust(9))
    )
    provenance.sign(path, RECORD)
    assert parts(path)[0]["nodes"][0]["extras"] == {"a": [None]}
    assert not validate(path).complaints


@pytest.mark.parametrize("data", [b"", b"glTF", b"solid sheet of paper, no GLB at all"])
def test_what_is_no_glb_is_left_alone(tmp_path, data):
    path = tmp_path / "some.glb"
    path.write_bytes(data)
    provenance.sign(path, RECORD)
    assert path.read_bytes() == data


def test_weights_are_told_by_their_hash(below, monkeypatch):
    monkeypatch.setenv(checkpoints.VARIABLE, str(below))
    terms = Terms("MIT", "CC-BY-4.0", "conditional")
    other = replace(WEIGHTS, folder="elsewhere", repo="somebody/else")
    card = replace(CARD, terms=terms, version="somebody/code@abc", checkpoints=(WEIGHTS, other))
    record = provenance.provenance(card, 7)
    manifest = checkpoints.read_manifest(below / WEIGHTS.folder)
    assert manifest
    assert record == {
        "model": CARD.model_id,
        "version": "somebody/code@abc",
        "licence": "MIT",
        "weights_licence": "CC-BY-4.0",
        "commercial_use": "conditional",
        "weights": [
            {
                "repo": WEIGHTS.repo,
                "revision": "c" * 40,
                "sha256": checkpoints.weights_sha256(manifest),
            },
            {"repo": "somebody/else", "revision": None, "sha256": None},
        ],
        "seed": 7,
    }


def test_run_tells_the_same_in_its_info_and_its_glb(tmp_path):
    work = Work(
        "job", CARD.feature, CARD.model_id, {}, {"text_prompt": "a cup", "seed": 5}, {}, tmp_path
    )
    adapter = CATALOG.adapters[CARD.model_id]()
    adapter.load("cpu")
    outcome = execute(work, CATALOG, adapter, lambda stage, fraction=0.0: None)
    record = outcome.info["provenance"]
    assert (record["model"], record["seed"], record["weights"]) == (CARD.model_id, 5, [])
    assert record["version"] == provenance.VERSION
    model = outcome.files[0]
    document, _ = parts(tmp_path / model.name)
    assert document["asset"]["extras"]["meshkiln"] == record
    assert model.size_bytes == (tmp_path / model.name).stat().st_size
