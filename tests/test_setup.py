"""setup.sh, in copies of the project whose requirement files are empty: real shells and environments, no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from serving.settings import ROOT

EXTENSION_FLAGS = (
    "--xformers", "--flash-attn", "--diffoctreerast", "--spconv", "--mipgaussian", "--kaolin", "--nvdiffrast",
)  # fmt: skip
MODEL_FLAGS = (
    *(
        "--trellis",
        "--holopart",
        "--partfield",
        "--unirig",
        "--triposr",
        "--shap-e",
        "--all-models",
    ),
    *("--weights", "--accept-noncommercial"),
)
SHELLS = [name for name in ("bash", "zsh", "dash") if shutil.which(name)]


def clean_environment() -> dict[str, str]:
    """Without an activated environment, and with this Python as the first on the PATH."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MESHKILN_") and name not in ("VIRTUAL_ENV", "PYTHONHOME")
    }
    python = Path(sys.base_prefix) / "bin"
    return {**environment, "PATH": f"{python}:/usr/bin:/bin"}


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        **{"env": clean_environment(), "cwd": "/", **options},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy that has nothing to install, in a path with a space."""
    folder = tmp_path / "mesh kiln"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "setup.sh", folder)
    for name in ("web", "cpu", "dev"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A copy with its environment made and installed into. Tests may install into it again."""
    folder = tmp_path_factory.mktemp("made") / "mesh kiln"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "setup.sh", folder)
    for name in ("web", "cpu"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    done = run(folder / "setup.sh", "--basic")
    assert done.returncode == 0, done.stderr
    return folder


def test_help_tells_every_flag():
    done = run(ROOT / "setup.sh", "--help")
    assert done.returncode == 0
    flags = set(re.findall(r"^  (--[a-z-]+) ", done.stdout, re.MULTILINE))
    own = {"--demo", "--stop", "--test", "--basic", "--new-env", "--print", "--doctor", "--help"}
    keys = {"--new-key", "--keys", "--remove-key"}
    assert flags == {*own, *keys, *MODEL_FLAGS, *EXTENSION_FLAGS}


@pytest.mark.parametrize("arguments", [["--bogus"], ["demo"], ["--basic", "--Demo"], []], ids=str)
def test_unknown_flags_are_refused_before_anything_is_done(project, arguments):
    done = run(project / "setup.sh", *arguments)
    assert done.returncode == 2
    assert "unknown flag" in done.stderr or "Usage" in done.stderr
    assert not (project / ".venv").exists()


def test_print_shows_commands_and_runs_none(project):
    before = sorted(project.rglob("*"))
    without_models = {**clean_environment(), "SKIP_NEURAL_TESTS": "1"}
    flags = ("--print", "--demo", "--test", "--", "-k", "a b")
    done = run(project / "setup.sh", *flags, env=without_models)
    assert done.returncode == 0, done.stderr
    for part in ("-m venv", "pip install", "-r requirements/dev.txt", "serving.demo", "a\\ b"):
        assert part in done.stdout
    assert sorted(project.rglob("*")) == before


def test_second_run_finds_everything_installed_and_is_quick(made):
    began_s = time.monotonic()
    done = run(made / "setup.sh", "--basic")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Everything is installed (requirements/web.txt requirements/cpu.txt)\n"
    assert time.monotonic() - began_s < 2


def test_changed_requirements_are_installed_again(made):
    (made / "requirements" / "cpu.txt").write_text("# still nothing\n")
    assert "Installing" in run(made / "setup.sh", "--basic").stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_sourced_it_activates_and_leaves_the_shell_as_it_was(made, shell):
    script = """
    cd "$1"; shift; set -- --new-env --basic; before="$- $(set | grep -c _meshkiln_)"
    . ./setup.sh --new-env --basic; status=$?
    echo "status $status"; echo "venv $VIRTUAL_ENV"; echo "python $(command -v python)"
    [ "$before" = "$- $(set | grep -c _meshkiln_)" ] && echo unchanged
    """
    done = run(shell, "-c", script, shell, made)
    assert done.stderr == ""
    said = done.stdout.splitlines()
    venv = made / ".venv"
    assert said[-4:] == ["status 0", f"venv {venv}", f"python {venv}/bin/python", "unchanged"]


def test_sourced_by_name_from_elsewhere_it_finds_its_own_folder(made):
    script = '. "$1/setup.sh" --basic; echo "$PWD $VIRTUAL_ENV"'
    done = run("bash", "-euc", script, "bash", made)
    assert done.stdout.splitlines()[-1] == f"/ {made}/.venv"


@pytest.mark.parametrize("flag, status", [("--bogus", 2), ("--help", 0)])
def test_sourced_it_never_ends_the_shell(made, flag, status):
    script = '. "$1/setup.sh" "$2"; echo "status $? ${VIRTUAL_ENV:-none}"'
    done = run("bash", "-c", script, "bash", made, flag)
    assert done.stdout.splitlines()[-1] == f"status {status} none"


def test_run_by_sh_it_goes_on_in_bash(made):
    done = run("sh", made / "setup.sh", "--basic")
    assert done.returncode == 0, done.stderr


def test_failing_install_shows_the_end_of_its_log_and_is_tried_again(made):
    requirements = made / "requirements" / "web.txt"
    requirements.write_text("./is-not-there\n")
    failed = run(made / "setup.sh", "--basic")
    assert failed.returncode == 1
    assert "is-not-there" in failed.stderr
    assert str(made / "data" / "setup.log") in failed.stderr
    requirements.write_text("# nothing\n")
    again = run(made / "setup.sh", "--basic")
    assert again.returncode == 0, again.stderr


def test_moved_folder_gets_a_new_environment(project):
    run(project / "setup.sh", "--new-env")
    moved = project.rename(project.with_name("moved"))
    done = run(moved / "setup.sh", "--new-env")
    assert "made again" in done.stdout
    assert str(moved) in (moved / ".venv" / "bin" / "activate").read_text()


def test_strange_environment_is_not_touched(project):
    (project / ".venv").mkdir()
    (project / ".venv" / "mine").touch()
    done = run(project / "setup.sh", "--basic")
    assert done.returncode == 1
    assert "Remove it" in done.stderr
    assert (project / ".venv" / "mine").exists()


@pytest.mark.parametrize(
    "python, hint",
    [
        ("exit 1", "no Python 3.11 or newer"),
        (f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"', "python3-venv"),
    ],
    ids=["old", "without venv"],
)
def test_unfit_python_is_explained(project, tmp_path, python, hint):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "mkdir", "cat", "rm"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (tools / "python3").chmod(0o755)
    done = run(project / "setup.sh", "--basic", env={"PATH": str(tools)})
    assert done.returncode == 1
    assert hint in done.stderr


def test_nothing_to_stop_where_nothing_is_installed(project):
    done = run(project / "setup.sh", "--stop")
    assert done.returncode == 0
    assert "Nothing to stop" in done.stdout
