"""Models that run in a Python environment of their own: what is asked of it, and what their runner gets."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipelines.catalog import Catalog
from pipelines.checkpoints import Checkpoint
from pipelines.messages import Cancel, Cancelled, Done, Failed, Message, Progress, Ready, Run
from pipelines.spec import ModelCard, Work
from serving.settings import Settings
from serving.worker.residency import environments as environments_module
from serving.worker.residency.environments import Environments
from serving.worker.residency.handle import RunnerHandle
from serving.worker.supervisor import FIRST_WORD_S
from tests.plugin.adapters.rehearsal import card
from tests.serving.house import PLUGIN, ROOT

NAME = "rehearsal_env"
MODEL = "rehearsal_environment"
# pydantic, and what it needs.
NEEDED = (
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
)
SECRETS = {
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "redis_url": "redis://:secret@127.0.0.1:1/0",
    "MESHKILN_API_KEYS_FILE": "/secret",
    "meshkiln_api_keys_file": "/secret",
    "MESHKILN_SETTINGS_FILE": "/secret",
    "MESHKILN_HOST": "0.0.0.0",
}


def make_environment(home: Path) -> Path:
    """An environment whose Python has pydantic and no other library. -> the folder of its libraries"""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    for name in NEEDED:
        spec = find_spec(name)
        assert spec
        assert spec.origin
        source = Path(spec.origin)
        source = source.parent if source.name == "__init__.py" else source
        (place / source.name).symlink_to(source)
    return place


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of environments with one in it."""
    folder = tmp_path_factory.mktemp("environments")
    make_environment(folder / NAME)
    return folder


@pytest.fixture
def impostor(tmp_path: Path) -> Callable[[str], Environments]:
    """Makes a folder of environments in which the one has a shell script for its Python."""

    def make(script: str) -> Environments:
        python = tmp_path / NAME / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o700)
        return Environments(tmp_path)

    return make


def needing(*modules: str, environment: str = NAME) -> ModelCard:
    return card("some_model", environment=environment, requires=modules)


# What is asked of it


def test_interpreter_is_the_link_that_the_environment_has(folder: Path) -> None:
    python = Environments(folder).interpreter(needing())
    assert python == folder / NAME / "bin" / "python"
    assert python.is_symlink()


def test_card_without_an_environment_is_the_servers_own(folder: Path) -> None:
    environments = Environments(folder)
    assert environments.interpreter(needing(environment="")) is None
    assert environments.unmet(needing("flask", environment="")) == ""
    missing = environments.unmet(needing("no_such_library", environment=""))
    assert missing == "not installed here: no_such_library"


def test_environment_that_is_not_there_is_named(folder: Path) -> None:
    reason = Environments(folder).unmet(needing(environment="trellis"))
    assert reason == "its environment trellis is not installed here"


def test_command_that_installs_it_is_told(folder: Path) -> None:
    known = replace(needing(environment="trellis"), setup_flags=("--trellis",))
    reason = Environments(folder).unmet(known)
    assert reason.endswith("not installed here; ./setup.sh --trellis installs it")


def test_weights_that_are_not_here_are_named_with_the_command(folder: Path, tmp_path: Path) -> None:
    weights = Checkpoint("small", "somebody/small", ("*",), 1)
    known = replace(needing(), checkpoints=(weights,), setup_flags=("--small",))
    reason = Environments(folder, tmp_path).unmet(known)
    assert reason == (
        "its weights somebody/small are not here; ./setup.sh --small --weights installs it"
    )
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "a.bin").write_bytes(b"1234")
    (tmp_path / "small" / "manifest.json").write_text(
        '{"repo": "somebody/small", "revision": "1", "files": {"a.bin": {"bytes": 4, "sha256": ""}}}'
    )
    assert Environments(folder, tmp_path).unmet(known) == ""


def test_what_an_environment_lacks_is_named(folder: Path) -> None:
    environments = Environments(folder)
    assert environments.unmet(needing()) == ""
    assert environments.unmet(needing("json", "pydantic.fields")) == ""
    reason = environments.unmet(needing("redis", "json", "flask.app"))
    assert reason == f"not installed in its environment {NAME}: redis, flask"
    assert find_spec("redis")  # here it is


def test_environment_without_what_a_runner_needs_cannot_be_used(tmp_path: Path) -> None:
    home = tmp_path / NAME
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    reason = Environments(tmp_path).unmet(needing())
    assert reason == f"not installed in its environment {NAME}: pydantic"


def test_environment_is_asked_once(impostor, tmp_path: Path) -> None:
    environments = impostor('echo asked >> "$(dirname "$0")/asked"; echo \'["b"]\'')
    for _ in range(3):
        assert environments.unmet(needing("a")) == ""
        reason = environments.unmet(needing("a", "b"))
        assert reason == f"not installed in its environment {NAME}: b"
    asked = (tmp_path / NAME / "bin" / "asked").read_text().split()
    assert len(asked) == 2  # for a, then for b


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo broken >&2; exit 7", "does not work (exit code 7)"),
        ("echo hello", "does not work (JSONDecodeError)"),
        ("exit 0", "does not work (IndexError)"),
        ("kill -9 $$", "does not work (exit code -9)"),
    ],
)
def test_interpreter_that_fails_says_so_in_words(impostor, script, words) -> None:
    environments = impostor(script)
    for _ in range(2):
        assert environments.unmet(needing()) == f"its environment {NAME} {words}"


def test_interpreter_that_is_slow_now_is_asked_once_and_its_models_are_tried(
    impostor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(environments_module, "ANSWER_S", 0.5)
    environments = impostor("exec sleep 60")
    began_s = time.monotonic()
    for modules in ([], ["torch"], ["torch", "kaolin"]):
        assert environments.unmet(needing(*modules)) == ""
    assert 0.5 <= time.monotonic() - began_s < 1.0
    (told,) = caplog.messages
    assert told.endswith("does not answer within 0.5 s; loading will tell what it lacks")


def test_what_an_interpreter_said_before_it_became_slow_still_counts(
    impostor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments_module, "ANSWER_S", 0.5)
    environments = impostor('case "$*" in *slow*) exec sleep 60;; esac; echo \'["b"]\'')
    lacks_b = f"not installed in its environment {NAME}: b"
    assert environments.unmet(needing("b")) == lacks_b
    assert environments.unmet(needing("slow")) == ""
    assert environments.unmet(needing("b", "slow")) == lacks_b


def test_many_environments_that_hang_leave_a_lane_time_for_its_first_word() -> None:
    assert 6 * environments_module.ANSWER_S <= FIRST_WORD_S / 2


def test_interpreter_that_is_no_program_says_so_in_words(impostor, tmp_path: Path) -> None:
    environments = impostor("")
    (tmp_path / NAME / "bin" / "python").chmod(0o600)
    assert "does not work (PermissionError)" in environments.unmet(needing())


# What its runner gets


def test_whole_catalog_needs_no_library_but_pydantic(folder: Path) -> None:
    code = "from pipelines.catalog import Catalog; print(*Catalog.discover().cards)"
    command = [folder / NAME / "bin" / "python", "-s", "-c", code]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert said.split() == list(Catalog.discover().cards)


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """What a runner is given by a server that has secrets."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MESHKILN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MESHKILN_REHEARSED_GPU", str(tmp_path / "gpu"))
    monkeypatch.setenv("MESHKILN_CHECKPOINTS_DIR", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-7")
    return Settings(_env_file=None).runner_environment()


def test_runner_is_told_no_setting_but_whose_it_is(variables: dict[str, str], tmp_path: Path):
    kept = {name: variables[name] for name in variables if "MESHKILN" in name.upper()}
    assert kept == {
        "MESHKILN_DATA_DIR": str(tmp_path),
        "MESHKILN_REHEARSED_GPU": str(tmp_path / "gpu"),
        "MESHKILN_CHECKPOINTS_DIR": str(tmp_path / "checkpoints"),
    }
    assert not variables.keys() & SECRETS.keys()
    others = {name for name in os.environ if name not in SECRETS}
    assert variables.keys() == others | {"ORT_DISABLE_TELEMETRY"}
    assert variables["ORT_DISABLE_TELEMETRY"] == "1"


def answer(handle: RunnerHandle) -> Message:
    while isinstance(message := handle.receive(20), Progress | Ready):
        continue
    assert message
    return message


def test_model_runs_in_its_environment_with_only_what_it_needs(folder, tmp_path, variables) -> None:
    there = Environments(folder)
    known = Catalog.discover([PLUGIN]).cards[MODEL]
    assert there.unmet(known) == ""
    python = there.interpreter(known)
    handle = RunnerHandle(
        known.weights, plugin_dirs=[PLUGIN], interpreter=python, environment=variables
    )
    try:
        out_dir = tmp_path / "out"
        out_dir.mkdir()
        handle.send(Run(Work("a", "rehearsal", MODEL, {}, {}, {}, out_dir)))
        done = answer(handle)
        assert isinstance(done, Done), done
        info = done.outcome.info
        assert info["python"] == str(python) != sys.executable
        assert info["finds"] == []  # neither flask, redis, rq nor numpy
        assert not set(info["variables"]) & {*SECRETS, "VIRTUAL_ENV"}
        assert {"MESHKILN_DATA_DIR", "CUDA_VISIBLE_DEVICES", "PATH"} <= set(info["variables"])
        params = {"sleep_s": 600.0, "steps": 10_000}
        handle.send(Run(Work("b", "rehearsal", MODEL, {}, params, {}, out_dir)))
        handle.send(Cancel("b"))
        assert answer(handle) == Cancelled("b")
    finally:
        handle.kill()


def test_runner_in_another_environment_knows_its_own_weights_alone(folder, tmp_path) -> None:
    """The models of other families may not even be importable there."""
    python = folder / NAME / "bin" / "python"
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "of_others.py").write_text("import redis")
    handle = RunnerHandle(MODEL, plugin_dirs=[PLUGIN, tmp_path], interpreter=python)
    try:
        handle.send(Run(Work("a", "rehearsal", MODEL, {}, {}, {}, tmp_path)))
        assert isinstance(answer(handle), Done)
        handle.send(Run(Work("b", "rehearsal", "rehearsal_other", {}, {}, {}, tmp_path)))
        failed = answer(handle)
        assert isinstance(failed, Failed)
        assert failed.while_loading
    finally:
        handle.kill()
