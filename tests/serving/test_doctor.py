"""What the doctor says of models: environments are real, and so are imports; GPUs are rehearsed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalog import Catalog
from pipelines.checkpoints import Checkpoint
from pipelines.spec import ModelCard, Terms
from serving.doctor import look
from serving.doctor_machine import examine_machine
from serving.doctor_model import Report
from serving.families import Extension, Family, Source
from serving.settings import Settings
from serving.worker.residency.environments import Environments
from tests.plugin.adapters.rehearsal import card
from tests.serving.house import ROOT
from tests.serving.test_environments import make_environment

NAME = "toy"
BUILT_IN = min(c.model_id for c in Catalog.discover().cards.values() if not c.environment)
COMMIT = "a1" * 20
WEIGHTS = Checkpoint("toy", "maker/toy", ("model.bin",), size_mib=1)
MODULES = {
    "sound": "",
    "needs_another": "import another_library",
    "wrong_build": "raise OSError('libcudart.so.99: cannot open shared object file')",
    "ends_it": "import os; os.kill(os.getpid(), 9)",
    "hangs": "import os, time; os.fork(); time.sleep(600)",
    "torch": "class version:\n    cuda = '13.0'\nclass cuda:\n    is_available = staticmethod(lambda: False)",
    "sees": "import os\nassert os.environ['HF_HUB_OFFLINE'] == '1' and 'REDIS_URL' not in os.environ",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of environments with one in it, that has pydantic, the modules above, and its makers' code."""
    folder = tmp_path_factory.mktemp("environments")
    home = folder / NAME
    place = make_environment(home)
    for name, text in MODULES.items():
        (place / f"{name}.py").write_text(text)
    (home / "upstream" / "Toy" / ".git").mkdir(parents=True)
    (home / "upstream" / "Toy" / "makers.py").write_text("import what_the_adapter_prepares")
    (place / "meshkiln_upstream.pth").write_text("../../../upstream/Toy\n")
    (home / "upstream" / "Toy" / ".git" / "HEAD").write_text(f"{COMMIT}\n")
    return folder


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(
        environments_dir=folder, checkpoints_dir=tmp_path / "checkpoints", data_dir=tmp_path
    )


@pytest.fixture
def weights(settings: Settings) -> Path:
    """The toy's weights, as they are fetched."""
    place = settings.checkpoints_dir / "toy"
    place.mkdir(parents=True)
    (place / "model.bin").write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    files = {"model.bin": {"bytes": 3, "sha256": sha256}}
    manifest = {"repo": "maker/toy", "revision": COMMIT, "files": files}
    (place / "manifest.json").write_text(json.dumps(manifest))
    return place


Doctor = Callable[..., Report]


@pytest.fixture
def doctor(settings: Settings) -> Doctor:
    """Looks at one model of the toy family."""

    def examined(
        *extensions: Extension,
        commit: str = COMMIT,
        gpus: str = "",
        hashing: bool = False,
        limit_s: float = 60.0,
        allow_noncommercial: bool = True,
        **facts: Any,
    ) -> Report:
        family = Family(
            NAME, "", ((3, 11), (3, 99)), (), (), (Source("maker/Toy", commit),), extensions
        )
        told = settings.model_copy(
            update={"rehearsed_gpus": gpus, "allow_noncommercial": allow_noncommercial}
        )
        _, (report,) = look([toy(**facts)], {NAME: family}, told, limit_s, hashing=hashing)
        return report

    return examined


def toy(**facts: Any) -> ModelCard:
    given = {"environment": NAME, "setup_flags": ("--toy",), "checkpoints": (WEIGHTS,)}
    return card("toy_model", **{**given, **facts})


def found(report: Report, what: str) -> tuple[str, str]:
    """How a thing is, and what is said of it."""
    (one,) = (one for one in report.findings if one.what == what)
    return one.state, one.text


# Ready, or not installed


def test_model_with_everything_is_ready(doctor, weights):
    report = doctor(requires=("sound",), vram_mib=8_000, gpus="24576")
    assert (report.verdict, report.next, report.is_fine) == ("ready", "", True)
    version = ".".join(map(str, sys.version_info[:3]))
    assert found(report, "environment") == ("ok", f"toy, Python {version}: pydantic, sound")
    assert found(report, "code") == ("ok", f"maker/Toy@{COMMIT[:12]}")
    state, text = found(report, "weights")
    assert state == "ok"
    assert text.startswith(f"maker/toy at {COMMIT[:12]}")
    assert found(report, "memory") == (
        "ok", "needs 8,000 MiB of GPU memory; GPU 0 has 24,576, 24,576 of them free now",
    )  # fmt: skip


def test_imports_see_what_a_runner_sees(doctor, weights, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    assert doctor(requires=("sees",)).verdict == "ready"


def test_makers_code_is_looked_for_and_not_imported(doctor, weights):
    assert doctor(requires=("makers", "sound")).verdict == "ready"


def test_environment_that_is_not_there_is_installed_next(doctor, settings):
    report = doctor(environment="else")
    assert (report.verdict, report.is_fine) == ("not installed", True)
    folder = settings.environments_dir / "else"
    assert found(report, "environment") == ("missing", f"{folder} is not there")
    assert report.next == "./setup.sh --toy --weights"


def test_weights_that_are_not_there_are_fetched_next(doctor):
    report = doctor()
    assert (report.verdict, report.is_fine) == ("not installed", True)
    assert found(report, "weights") == ("missing", "maker/toy (1 MiB) is not here")
    assert report.next == "./setup.sh --toy --weights"


def test_lanes_and_doctor_agree(doctor, settings, weights):
    environments = Environments(settings.environments_dir, settings.checkpoints_dir)
    assert environments.unmet(toy(requires=("sound",))) == ""
    (weights / "model.bin").unlink()
    reason = environments.unmet(toy(requires=("sound",)))
    assert reason == f"{found(doctor(), 'weights')[1]}; ./setup.sh --toy --weights installs it"


# Broken


@pytest.mark.parametrize(
    "module, words",
    [
        ("not_there", "not_there: ModuleNotFoundError: No module named 'not_there'"),
        ("needs_another", "needs_another: ModuleNotFoundError: No module named 'another_library'"),
        ("wrong_build", "wrong_build: OSError: libcudart.so.99: cannot open shared object file"),
        ("ends_it", "ends_it: ends the process with signal 9"),
    ],
)
def test_module_that_cannot_be_imported_is_named_with_its_reason(
    doctor, folder, weights, module, words
):
    report = doctor(requires=(module,))
    assert (report.verdict, report.is_fine) == ("broken", False)
    assert found(report, "environment") == ("broken", f"toy: {words}")
    assert report.next == f"rm -r {folder / NAME} && ./setup.sh --toy"


def test_module_that_hangs_costs_its_limit_and_is_told_from_those_after_it(doctor, weights):
    report = doctor(requires=("sound", "hangs", "sees"), limit_s=2.0)
    _, text = found(report, "environment")
    assert "sound" not in text
    assert "hangs: takes longer than 2 s; sees: not tried: hangs takes longer than 2 s" in text


def test_interpreter_that_cannot_be_started_is_told(doctor, settings, tmp_path, weights):
    python = tmp_path / "odd" / "toy" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program")
    odd = settings.model_copy(update={"environments_dir": tmp_path / "odd"})
    _, (report,) = look([toy()], {}, odd, 10.0, hashing=False)
    assert report.verdict == "broken"
    assert "cannot be started" in found(report, "environment")[1]


def test_code_at_another_commit_is_told(doctor, weights):
    report = doctor(commit="b2" * 20)
    assert report.verdict == "broken"
    text = "maker/Toy is at a1a1a1a1a1a1, not at b2b2b2b2b2b2"
    assert found(report, "code") == ("broken", text)
    assert report.next == "./setup.sh --toy"


def test_extension_that_is_not_installed_is_noted_and_a_broken_one_breaks(doctor, weights):
    absent = Extension("--fast", "not_there", "makes it fast", pip=("fast",))
    broken = Extension("--fast", "wrong_build", "makes it fast", pip=("fast",))
    report = doctor(absent)
    assert report.verdict == "ready"
    assert found(report, "extension") == ("note", "fast is not installed (makes it fast)")
    report = doctor(broken)
    assert report.verdict == "broken"
    assert found(report, "extension")[1].startswith("fast: OSError: libcudart")


def test_weights_that_changed_are_found_by_size_and_by_hash(doctor, weights):
    (weights / "model.bin").write_bytes(b"abd")
    assert doctor().verdict == "ready"
    report = doctor(hashing=True)
    assert report.verdict == "broken"
    assert "its hash is another" in found(report, "weights")[1]
    assert report.next == f"rm -f {weights / 'manifest.json'} && ./setup.sh --toy --weights"
    (weights / "model.bin").write_bytes(b"a")
    assert "is not as it was fetched" in found(doctor(), "weights")[1]


# What it may do, and where


def test_torch_that_does_not_reach_the_gpu_is_told(doctor, weights):
    facts = {"vram_mib": 8_000, "requires": ("torch",)}
    report = doctor(gpus="24000", **facts)
    assert report.verdict == "broken"
    (found,) = (one for one in report.findings if one.what == "torch")
    assert "CUDA 13.0" in found.text and "driver" in found.text
    assert report.next.startswith("update NVIDIA's driver, or SETUP_TORCH=cuda ./setup.sh")
    assert doctor(cpu_capable=True, **facts).verdict == "ready"  # without a GPU nobody asks for it


@pytest.mark.parametrize(
    "facts, gpus, verdict",
    [
        ({"vram_mib": 8_000}, "", "no room"),
        ({"vram_mib": 8_000}, "6000,4000", "no room"),
        ({"vram_mib": 8_000}, "8000", "no room"),  # less what is kept for others
        ({"vram_mib": 8_000}, "4000,9000", "ready"),
        ({"vram_mib": 8_000, "cpu_capable": True}, "", "ready"),
        ({}, "", "ready"),
    ],
)
def test_memory_that_there_is_decides(doctor, weights, facts, gpus, verdict):
    report = doctor(gpus=gpus, **facts)
    assert report.verdict == verdict
    assert report.is_fine == (verdict == "ready")
    assert report.next == ""


def test_terms_are_told_and_asked_to_be_accepted(doctor):
    terms = Terms("MIT", "Toy licence", "no", territory="Atlantis", note="research")
    report = doctor(terms=terms, allow_noncommercial=False)
    _, text = found(report, "terms")
    assert text == (
        "code MIT, weights Toy licence, commercial use: no; not in Atlantis; research;"
        " not offered, by MESHKILN_ALLOW_NONCOMMERCIAL"
    )
    assert report.next == "./setup.sh --toy --weights --accept-noncommercial"


# The machine


def test_redis_is_asked_and_its_password_is_not_told(settings):
    assert examine_machine(settings).redis == "an own one is started"
    closed = settings.model_copy(update={"redis_url": "redis://:secret@127.0.0.1:9/0"})
    machine = examine_machine(closed)
    assert machine.troubles
    assert machine.redis.startswith("Redis at 127.0.0.1:9 does not answer")
    odd = settings.model_copy(update={"redis_url": "nonsense://x"})
    machine = examine_machine(odd)
    assert "REDIS_URL cannot be used" in machine.redis
    assert "secret" not in str(machine)


# The command


@pytest.fixture
def command(settings: Settings, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESHKILN_", "REDIS"))}
        told = {
            "MESHKILN_DATA_DIR": str(tmp_path),
            "MESHKILN_ENVIRONMENTS_DIR": str(settings.environments_dir),
            "MESHKILN_CHECKPOINTS_DIR": str(settings.checkpoints_dir),
        }
        return subprocess.run(
            [sys.executable, "-m", "serving.doctor", *arguments],
            cwd=ROOT, env={**kept, **told, **variables}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def test_built_in_models_are_fine_and_those_not_installed_are_no_failure(command):
    done = command()
    assert (done.returncode, done.stderr) == (0, "")
    assert "all ready" in done.stdout
    assert "trellis_image_to_textured_mesh: not installed" in done.stdout
    assert "./setup.sh --trellis --weights" in done.stdout


def test_model_that_is_named_must_be_ready(command):
    done = command("--json", BUILT_IN)
    rows = json.loads(done.stdout)
    assert (done.returncode, rows["ok"]) == (0, True)
    assert [row["model_id"] for row in rows["models"]] == [BUILT_IN]
    assert rows["models"][0]["verdict"] == "ready"
    assert command("trellis").returncode == 1


def test_unknown_model_bad_plugin_and_bad_setting_are_told_in_words(command, tmp_path):
    done = command("nonsense")
    assert done.returncode == 2
    assert "no model nonsense; there are: " in done.stderr
    (tmp_path / "plugin" / "adapters").mkdir(parents=True)
    (tmp_path / "plugin" / "adapters" / "odd.py").write_text("1 / 0")
    done = command(MESHKILN_PLUGIN_DIR=str(tmp_path / "plugin"))
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    done_badly = command(MESHKILN_PORT="many")
    assert done_badly.returncode == 1
    for words in (done.stderr, done_badly.stderr):
        assert "Traceback" not in words


def test_redis_that_does_not_answer_is_a_failure(command):
    done = command(BUILT_IN, REDIS_URL="redis://:secret@127.0.0.1:9/0")
    assert done.returncode == 1
    assert "Redis at 127.0.0.1:9 does not answer" in done.stdout
    assert "secret" not in done.stdout


def test_reader_that_leaves_early_is_no_trouble():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESHKILN_", "REDIS"))}
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "serving.doctor", BUILT_IN],
        cwd=ROOT, env=kept, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
