"""Weights are fetched whole, checked and pinned, or not at all: over real sockets, from a pretended hub."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import checkpoints
from pipelines.checkpoints import Checkpoint
from serving import hub as hub_module
from serving.fetch_checkpoint import FetchError, fetch, is_here, verify
from serving.fetch_weights import UnknownFamily, wanted
from tests.plugin.adapters.rehearsal import card
from tests.serving.house import ROOT
from tests.serving.pretended_hub import COMMIT, Hub, pretended_hub

WEIGHTS = bytes(range(256)) * 4096  # 1 MiB
CONFIG = b'{"layers": 2}\n'
MODEL = Checkpoint("toy", "maker/toy", ("model.bin", "sub dir/*.json"), size_mib=1)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(hub_module, "PAUSES_S", (0.0,) * 3)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pretended_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        hub.repos["maker/toy"] = {
            "model.bin": WEIGHTS,
            "sub dir/config.json": CONFIG,
            "sub dir/empty.json": b"",
            "README.md": b"not asked for",
        }
        yield hub


def silent(name: str, there: int, size_bytes: int) -> None:
    assert there <= size_bytes, name


def files(below: Path) -> set[str]:
    return {str(path.relative_to(below)) for path in below.rglob("*") if path.is_file()}


def test_whole_weights_come_with_a_manifest_that_pins_and_hashes_them(hub, tmp_path):
    assert "not here" in checkpoints.lacking(MODEL, tmp_path)
    fetch(MODEL, tmp_path, silent)
    assert checkpoints.lacking(MODEL, tmp_path) == ""
    assert is_here(MODEL, tmp_path)
    assert files(tmp_path / "toy") == {
        "model.bin", "sub dir/config.json", "sub dir/empty.json", "manifest.json",
    }  # fmt: skip
    manifest = checkpoints.read_manifest(tmp_path / "toy")
    assert manifest is not None
    assert (manifest["repo"], manifest["revision"]) == ("maker/toy", COMMIT)
    row = {"bytes": len(WEIGHTS), "sha256": hashlib.sha256(WEIGHTS).hexdigest()}
    assert manifest["files"]["model.bin"] == row
    assert (tmp_path / "toy" / "model.bin").read_bytes() == WEIGHTS
    assert verify(MODEL, tmp_path) == ""


def test_connection_that_breaks_is_resumed_where_it_broke(hub, tmp_path):
    hub.break_after["model.bin"] = [300_000, 100_000]
    fetch(MODEL, tmp_path, silent)
    assert (tmp_path / "toy" / "model.bin").read_bytes() == WEIGHTS
    spans = [span for path, span in hub.contents_asked() if path.endswith("model.bin")]
    assert spans == [None, "bytes=300000-", "bytes=400000-"]


def test_fetch_that_was_given_up_is_resumed_by_the_next(hub, tmp_path):
    hub.break_after["model.bin"] = [500_000, 0, 0, 0, 0]
    with pytest.raises(FetchError, match=r"model.bin of maker/toy does not come"):
        fetch(MODEL, tmp_path, silent)
    assert checkpoints.read_manifest(tmp_path / "toy") is None
    assert "model.bin" not in files(tmp_path / "toy")
    hub.break_after.clear()
    hub.asked.clear()
    fetch(MODEL, tmp_path, silent)
    assert ("/contents/maker/toy/model.bin", "bytes=500000-") in hub.contents_asked()
    assert checkpoints.lacking(MODEL, tmp_path) == ""
    assert not any(name.endswith(".part") for name in files(tmp_path))


def test_hub_that_knows_no_ranges_starts_over(hub, tmp_path):
    hub.ranges_work = False
    hub.break_after["model.bin"] = [300_000]
    fetch(MODEL, tmp_path, silent)
    assert (tmp_path / "toy" / "model.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("name", ["model.bin", "sub dir/config.json"], ids=["LFS", "git"])
def test_damaged_file_is_an_error_removed_and_no_manifest_is_written(hub, tmp_path, name):
    hub.damaged.add(name)
    with pytest.raises(FetchError, match=f"{name} of maker/toy came damaged"):
        fetch(MODEL, tmp_path, silent)
    assert not any(Path(name).name in found for found in files(tmp_path))
    assert checkpoints.read_manifest(tmp_path / "toy") is None
    hub.damaged.clear()
    fetch(MODEL, tmp_path, silent)
    assert verify(MODEL, tmp_path) == ""


def test_missing_file_is_named_before_anything_is_fetched(hub, tmp_path):
    del hub.repos["maker/toy"]["sub dir/config.json"], hub.repos["maker/toy"]["sub dir/empty.json"]
    with pytest.raises(FetchError, match=r"maker/toy at main has no sub dir/\*.json"):
        fetch(MODEL, tmp_path, silent)
    assert hub.contents_asked() == []
    assert checkpoints.read_manifest(tmp_path / "toy") is None


def test_names_that_lead_out_of_the_folder_are_not_taken(hub, tmp_path):
    hub.repos["maker/toy"]["sub dir/../../../evil.json"] = b"x"
    with pytest.raises(FetchError, match="is not taken"):
        fetch(MODEL, tmp_path / "below", silent)
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    "status, words",
    [(404, "the hub has no maker/toy at main"), (401, "ask for consent first"), (500, "HTTP 500")],
)
def test_refusal_is_told_in_words(hub, tmp_path, status, words):
    hub.refuses = status
    with pytest.raises(FetchError, match=words):
        fetch(MODEL, tmp_path, silent)


def test_hub_that_is_away_is_told_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match=r"http://127.0.0.1:9 does not answer"):
        fetch(MODEL, tmp_path, silent)


def test_weights_that_are_here_stay_usable_while_the_hub_is_away(hub, tmp_path):
    fetch(MODEL, tmp_path, silent)
    hub.refuses = 503
    with pytest.raises(FetchError, match="HTTP 503"):
        fetch(MODEL, tmp_path, silent)
    assert is_here(MODEL, tmp_path)


def test_token_goes_to_the_hub_and_not_where_it_sends_us(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(MODEL, tmp_path, silent)
    shown = {path.split("/")[1] for path, _, token in hub.asked if token == "Bearer hf_secret"}
    hidden = {path.split("/")[1] for path, _, token in hub.asked if token is None}
    assert (shown, hidden) == ({"api", "maker"}, {"contents"})


def test_pinned_commit_that_is_not_the_one_here_is_fetched_anew(hub, tmp_path):
    fetch(MODEL, tmp_path, silent)
    pinned = Checkpoint(MODEL.folder, MODEL.repo, MODEL.files, 1, revision=COMMIT)
    other = Checkpoint(MODEL.folder, MODEL.repo, MODEL.files, 1, revision="a" * 40)
    more = Checkpoint(MODEL.folder, MODEL.repo, (*MODEL.files, "README.md"), 1)
    assert is_here(pinned, tmp_path)
    assert not is_here(other, tmp_path)
    assert not is_here(more, tmp_path)
    hub.asked.clear()
    fetch(more, tmp_path, silent)
    assert [path for path, _ in hub.contents_asked()] == ["/contents/maker/toy/README.md"]


def test_verify_finds_what_changed_on_the_disk(hub, tmp_path):
    fetch(MODEL, tmp_path, silent)
    path = tmp_path / "toy" / "model.bin"
    path.write_bytes(WEIGHTS[:-1] + b"?")
    assert checkpoints.lacking(MODEL, tmp_path) == ""  # the size is the same
    assert "its hash is another" in verify(MODEL, tmp_path)
    path.unlink()
    assert "model.bin is missing" in verify(MODEL, tmp_path)


def test_no_room_is_told_before_anything_is_fetched(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 30, 1 << 30, 1 << 20)
    )
    with pytest.raises(FetchError, match=r"has no room: 257 MiB are needed, 1 are free"):
        fetch(MODEL, tmp_path, silent)
    assert hub.contents_asked() == []


# Which


def test_families_are_named_as_setup_does_and_weights_are_counted_once():
    other = Checkpoint("other", "maker/other", ("*",), size_mib=1)
    cards = [
        card("a", environment="two_words", checkpoints=(MODEL,)),
        card("b", environment="two_words", checkpoints=(MODEL, other)),
        card("c", environment="third", checkpoints=(other,)),
        card("d"),
    ]
    (row,) = wanted(cards, ["two-words"])
    assert (row.family, row.checkpoints) == ("two_words", (MODEL, other))
    assert [row.family for row in wanted(cards, [])] == ["third", "two_words"]
    assert [row.family for row in wanted(cards, ["all-models"])] == ["third", "two_words"]
    assert [row.family for row in wanted(cards, ["third", "all_models"])] == ["third", "two_words"]
    with pytest.raises(UnknownFamily, match=r"of forth; of these: third, two_words"):
        wanted(cards, ["forth"])


# The command

PLUGIN = '''
from pipelines.checkpoints import Checkpoint
from pipelines.spec import ModelCard, Params, Terms

CARDS = (
    ModelCard(
        model_id="toy_image_to_raw_mesh", feature="image_to_raw_mesh", family="toy", weights="toy", summary="",
        licence="own", outputs=("glb",), options=Params, environment="toy", setup_flags=("--toy",),
        terms=Terms(code="MIT", weights="Toy licence 1.0", commercial_use="no", territory="Atlantis", note="research"),
        checkpoints=(Checkpoint("toy", "maker/toy", ("model.bin",), size_mib=1),),
    ),
)
ADAPTER = object
'''  # fmt: skip


@pytest.fixture
def command(hub, tmp_path):
    """Runs it with a family of a plug-in, whose weights may not be used commercially."""
    (tmp_path / "plugin" / "adapters").mkdir(parents=True)
    (tmp_path / "plugin" / "features").mkdir()
    (tmp_path / "plugin" / "adapters" / "toy.py").write_text(PLUGIN)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MESHKILN_")}
    environment = {
        **kept,
        "MESHKILN_PLUGIN_DIR": str(tmp_path / "plugin"),
        "MESHKILN_CHECKPOINTS_DIR": str(tmp_path / "checkpoints"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "serving.fetch_weights", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


def test_terms_are_shown_and_must_be_accepted_where_they_forbid_commercial_use(
    command, hub, tmp_path
):
    done = command("toy")
    assert done.returncode == 1
    for words in ("maker/toy", "Toy licence 1.0", "commercial use: no (research)", "Atlantis"):
        assert words in done.stdout
    assert "--accept-noncommercial" in done.stderr
    assert hub.asked == []

    done = command("toy", "--accept-noncommercial")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("Toy licence 1.0") < done.stdout.index("Fetching")
    manifest = json.loads((tmp_path / "checkpoints" / "toy" / "manifest.json").read_text())
    assert manifest["revision"] == COMMIT

    hub.asked.clear()
    done = command("toy", "--accept-noncommercial")
    assert (done.returncode, hub.asked) == (0, [])
    assert "maker/toy is here" in done.stdout

    assert command("--verify", "toy").returncode == 0
    (tmp_path / "checkpoints" / "toy" / "model.bin").write_bytes(bytes(len(WEIGHTS)))
    done = command("--verify", "toy")
    assert done.returncode == 1
    assert "its hash is another" in done.stdout


def test_unknown_family_and_none_are_told_in_words(command):
    done = command("nonsense")
    assert done.returncode == 1
    assert "no weights are known of nonsense" in done.stderr
    assert "Traceback" not in done.stderr
    assert command().returncode == 2


def test_two_at_once_do_not_mix(command, tmp_path):
    from serving.file_lock import locked

    (tmp_path / "checkpoints").mkdir()
    with locked(tmp_path / "checkpoints" / ".fetching.lock", 1.0):
        done = command("toy", "--accept-noncommercial")
    assert done.returncode == 1
    assert ".fetching.lock" in done.stderr
