"""Fetched weights: whether they are here whole, and by which hash they are known."""

import hashlib
import json
from pathlib import Path

import pytest

from pipelines.checkpoints import MANIFEST, Checkpoint, lacking, read_manifest, weights_sha256

WEIGHTS = Checkpoint("small", "somebody/small", ("*.bin",), 1)
CONTENTS = {"config.json": b"{}", "ckpts/a.bin": b"weights"}


@pytest.fixture
def below(tmp_path: Path) -> Path:
    """The folder of checkpoints, with one in it."""
    folder = tmp_path / WEIGHTS.folder
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    files = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in CONTENTS.items()
    }
    rows = {"repo": WEIGHTS.repo, "revision": "c" * 40, "files": files}
    (folder / MANIFEST).write_text(json.dumps(rows))
    return tmp_path


def test_whole_weights_lack_nothing(below):
    assert lacking(WEIGHTS, below) == ""


def test_weights_without_a_manifest_are_not_here(below):
    (below / WEIGHTS.folder / MANIFEST).unlink()
    assert lacking(WEIGHTS, below) == "its weights somebody/small are not here"


def test_file_that_is_gone_or_of_another_size_is_named(below):
    file = below / WEIGHTS.folder / "ckpts" / "a.bin"
    file.write_bytes(b"weight")
    said = lacking(WEIGHTS, below)
    assert said == "of its weights somebody/small, ckpts/a.bin is not as it was fetched"
    file.unlink()
    assert lacking(WEIGHTS, below) == "of its weights somebody/small, ckpts/a.bin is missing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"repo": "a", "revision": "b", "files": {}}',
        '{"repo": "a", "revision": "b", "files": {"x": {"bytes": 1}}}',
        '{"repo": "a", "revision": "b", "files": {"../x": {"bytes": 1, "sha256": ""}}}',
        '{"repo": "a", "revision": "b", "files": {"/x": {"bytes": 1, "sha256": ""}}}',
        '{"repo": "a", "files": {"x": {"bytes": 1, "sha256": ""}}}',
    ],
)
def test_manifest_that_is_none_counts_as_none(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    assert read_manifest(tmp_path) is None


def test_hash_of_weights_knows_names_and_contents_and_no_order(below):
    manifest = read_manifest(below / WEIGHTS.folder)
    assert manifest
    turned = {**manifest, "files": dict(reversed(manifest["files"].items()))}
    assert weights_sha256(turned) == weights_sha256(manifest)
    other = json.loads(json.dumps(manifest))
    other["files"]["config.json"]["sha256"] = "0" * 64
    renamed = json.loads(json.dumps(manifest))
    renamed["files"]["b.json"] = renamed["files"].pop("config.json")
    assert len({weights_sha256(one) for one in (manifest, other, renamed)}) == 3
