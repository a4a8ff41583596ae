"""setup.sh's flags for models: real environments, git and pip, in copies of the project with a register of their own.

No network: wheels and repositories are made here.
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from serving.families import Extension, FamiliesError, Family, read_families
from serving.install_machine import Lacking, machine_for, making
from serving.install_models import InstallError, wanted
from serving.settings import ROOT
from tests.setup_project import REGISTER, Project, git
from tests.test_setup import run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with one family installed, for the CPU."""
    project = Project(tmp_path_factory.mktemp("models"))
    done = project.setup("--trellis")
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stderr == ""
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


# The register


def test_register_and_setup_know_the_same_flags():
    families = read_families()
    text = (ROOT / "setup.sh").read_text()
    known = {
        kind: set(re.search(rf"^{kind}_FLAGS='(.*)'$", text, re.MULTILINE)[1].split())
        for kind in ("FAMILY", "EXTENSION")
    }
    assert known["FAMILY"] == {"--all-models", *(family.flag for family in families.values())}
    extensions = [one for family in families.values() for one in family.extensions]
    assert known["EXTENSION"] == {one.flag for one in extensions}
    helped = run(ROOT / "setup.sh", "--help").stdout
    for one in extensions:
        assert re.search(rf"^  {one.flag} +(\* )?[a-z3]", helped, re.MULTILINE), one.flag


def test_every_family_has_its_requirements_and_whole_commits():
    for family in read_families().values():
        for name in family.requirements:
            assert (ROOT / name).is_file(), name
        assert family.python[0] >= (3, 11)


def test_every_environment_that_a_card_names_can_be_installed():
    from pipelines.catalog import Catalog

    families = read_families()
    for card in Catalog.discover().cards.values():
        if card.environment:
            assert families[card.environment].flag in card.setup_flags, card.model_id
            repositories = {one.repo: one.commit for one in families[card.environment].sources}
            for repo, commit in repositories.items():
                if card.version.startswith(repo):
                    assert commit.startswith(card.version.rpartition("@")[2]), card.model_id


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('commit = "{commit}"', 'commit = "main"', "no whole commit"),
        ("summary =", "sumary =", "has no sumary"),
        ('pip_cpu = ["spconv"]', 'pip_gpu = ["spconv"]', "has no pip_gpu"),
        ('path = "inside"', 'pip = ["x"]', "a source or a package"),
        ('["3.11", "3.99"]', '["3.11"]', "ValueError"),
        ("[trellis]", "[trellis", "TOMLDecodeError"),
    ],
)
def test_register_that_cannot_be_used_says_why(tmp_path, old, new, words):
    path = tmp_path / "families.toml"
    values = {"trellis": "/a", "built": "/b", "commit": "a" * 40, "built_commit": "b" * 40}
    path.write_text(REGISTER.replace(old, new, 1).format(**values))
    with pytest.raises(FamiliesError, match=words):
        read_families(path)


# What is made


def test_environment_has_the_requirements_and_the_makers_code_on_its_path(made):
    code = "import torch, pydantic, spconv, toy; print(torch.version, spconv.version)"
    assert made.python("trellis", code) == "2.13.0+cpu 2.3"
    checkout = made.home("trellis") / "upstream" / "Toy"
    assert git(checkout, "rev-parse", "HEAD") in made.register
    assert not (checkout / "later").exists()
    assert (checkout / "inner" / "deep.py").exists()
    assert not (made.root / ".venv").exists()


def test_second_run_does_nothing_and_is_quick(made):
    began_s = time.monotonic()
    done = made.setup("--trellis")
    assert (done.returncode, done.stdout) == (0, "Everything is installed (environments/trellis)\n")
    assert time.monotonic() - began_s < 3


def test_changed_requirements_are_installed_and_nothing_else_is_done(made):
    made.require("trellis", "extra\n")
    done = made.setup("--trellis")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("Installing requirements/cpu.txt requirements/trellis.txt: done")
    assert made.python("trellis", "import extra; print(extra.version)") == "1.0"


def test_moved_commit_is_checked_out(made):
    register = made.root / "requirements" / "families.toml"
    newest = git(made.upstream / "Toy", "rev-parse", "HEAD")
    old = git(made.upstream / "Toy", "rev-parse", "HEAD~1")
    register.write_text(made.register.replace(old, newest))
    done = made.setup("--trellis")
    assert done.returncode == 0, done.stderr
    assert "Fetching" in done.stdout
    assert (made.home("trellis") / "upstream" / "Toy" / "later").exists()
    register.write_text(made.register)
    assert made.setup("--trellis").returncode == 0
    assert not (made.home("trellis") / "upstream" / "Toy" / "later").exists()


def test_lost_checkout_is_fetched_again(made):
    shutil.rmtree(made.home("trellis") / "upstream" / "Toy")
    done = made.setup("--trellis")
    assert done.returncode == 0, done.stderr
    assert made.python("trellis", "import toy; print(toy.deep.x)") == "1"


def test_folder_that_is_no_checkout_is_not_touched(made):
    checkout = made.home("trellis") / "upstream" / "Toy"
    (checkout / ".git").rename(made.root / "kept")
    try:
        done = made.setup("--trellis")
        assert done.returncode == 1
        assert "is no checkout of" in done.stderr
        assert (checkout / "toy.py").exists()
    finally:
        (made.root / "kept").rename(checkout / ".git")


# Extensions


def test_extensions_are_left_out_without_a_driver_and_nothing_is_made_for_them(project):
    done = project.setup("--nvdiffrast", "--spconv")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "# --spconv is left out",
        "# --nvdiffrast is left out",
    ]
    assert not (project.root / "environments").exists()


def test_extension_brings_the_first_family_that_has_it():
    one = Extension("--one", "one", "", pip=("one",))
    other = Extension("--other", "other", "", pip=("other",), pip_cpu=("other",), default=True)
    versions = ((3, 11), (3, 99))
    families = {
        "first": Family("first", "", versions, (), (), (), (one, other)),
        "second": Family("second", "", versions, (), (), (), (one,)),
    }

    def names(*flags: str, has_gpu: bool = True) -> dict[str, list[str]]:
        rows = wanted(families, flags, has_gpu=has_gpu)
        return {family.name: [one.name for one in extensions] for family, extensions in rows}

    assert names("--one") == {"first": ["one", "other"]}
    assert names("--second", "--one") == {"first": ["one", "other"], "second": ["one"]}
    assert names("--all-models") == {"first": ["other"], "second": []}
    assert names("--first", "--one", has_gpu=False) == {"first": ["other"]}
    assert names("--one", "--other", has_gpu=False) == {}
    with pytest.raises(InstallError, match="unknown: --three; known: --all-models --first"):
        names("--three")


def test_missing_compiler_is_told_before_anything_is_done(project):
    done = project.setup("--nvdiffrast", SETUP_TORCH="cuda", CUDA_HOME="/nowhere")
    assert done.returncode == 1
    assert "for --nvdiffrast: CUDA's compiler nvcc" in done.stderr
    assert not (project.root / "environments").exists()


def test_extension_is_built_with_the_torch_of_the_environment_and_goes_on_after_an_interruption(
    project,
):
    project.hang.touch()
    environment = {**project.environment, **project.with_cuda}
    setup = subprocess.Popen(
        [str(project.root / "setup.sh"), "--nvdiffrast"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    began = project.hang.with_name("hang.began")
    wait_for(lambda: began.exists() or setup.poll() is not None)
    assert began.exists(), setup.communicate()
    setup.send_signal(signal.SIGTERM)
    _, complaint = setup.communicate(timeout=30)
    assert setup.returncode == 143
    assert "it goes on where it stopped" in complaint
    began.unlink()
    time.sleep(0.3)
    assert not began.exists()  # nothing of it lives on

    project.hang.unlink()
    done = project.setup("--nvdiffrast", **project.with_cuda)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "# nvdiffrast: a licence of its own"
    assert [line.split(":")[0] for line in done.stdout.splitlines()[1:]] == ["Building nvdiffrast"]
    code = "import built, torch, spconv_cu126; print(built.torch, torch.version)"
    assert project.python("trellis", code) == "2.13.0 2.13.0"


def wait_for(condition, patience_s: float = 60.0) -> None:
    ends_s = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < ends_s
        time.sleep(0.02)


# Before and without


def test_print_shows_every_command_and_runs_none(project):
    before = sorted(project.root.rglob("*"))
    done = project.setup("--print", "--trellis", "--nvdiffrast", "--weights", **project.with_cuda)
    assert done.returncode == 0, done.stderr
    for part in (
        "-m venv --clear", "pip install --no-input torch===2.13.0", "-r requirements/trellis.txt",
        "clone --no-checkout", "checkout --detach", "submodule update --init -- inner", "meshkiln_upstream.pth",
        "BUILT_WITH=care", "--no-build-isolation", "serving.fetch_weights trellis",
    ):  # fmt: skip
        assert part in done.stdout, part
    assert [
        path for path in sorted(project.root.rglob("*")) if "__pycache__" not in str(path)
    ] == before


def test_what_is_printed_can_be_pasted_and_any_torch_will_do(project, tmp_path):
    (tmp_path / "wheels" / "torch-2.13.0+cpu-py3-none-any.whl").unlink()
    shown = project.setup("--print", "--trellis")
    (project.root / "environments").mkdir()
    done = run("bash", "-ec", shown.stdout, env=project.environment)
    assert done.returncode == 0, done.stderr
    assert project.python("trellis", "import toy, torch; print(torch.version)") == "2.13.0"


def test_environment_made_by_hand_is_completed_and_goes_on_after_a_failure(made):
    subprocess.run([sys.executable, "-m", "venv", str(made.home("shap_e"))], check=True)
    made.require("shap_e", "is-not-there\n")
    failed = made.setup("--shap-e")
    assert failed.returncode == 1
    assert "is-not-there" in failed.stderr
    assert str(made.root / "data" / "setup.log") in failed.stderr
    made.require("shap_e", "extra\n")
    again = made.setup("--shap-e")
    assert again.returncode == 0, again.stderr
    assert "Making" not in again.stdout
    assert made.python("shap_e", "import extra; print(extra.version)") == "1.0"


def test_broken_environment_of_ours_is_made_again(made):
    (made.home("shap_e") / "bin" / "python").unlink()
    assert "-m venv --clear" in made.setup("--print", "--shap-e").stdout
    done = made.setup("--shap-e")
    assert done.returncode == 0, done.stderr
    assert "Making environments/shap_e: done" in done.stdout
    assert made.python("shap_e", "import pydantic; print(pydantic.version)") == "2.12"


def test_missing_python_is_told_before_anything_is_done(project):
    done = project.setup("--all-models")
    assert done.returncode == 1
    assert "--unirig needs a Python from 3.97 to before 3.98" in done.stderr
    assert not (project.root / "environments").exists()


def test_python_without_venv_has_environments_made_by_other_means(tmp_path, monkeypatch):
    python, uv = tmp_path / "python3", tmp_path / "uv"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(tmp_path))
    family = Family("one", "", ((3, 11), sys.version_info[:2]), (), ())
    with pytest.raises(Lacking, match="can make virtual environments"):
        machine_for(family, tmp_path / "home", has_gpu=False)
    family = Family("one", "", (sys.version_info[:2], (3, 99)), (), ())
    with pytest.raises(Lacking, match=r"apt-get install python3.\d+ python3.\d+-venv"):
        machine_for(family, tmp_path / "home", has_gpu=False)
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    machine = machine_for(family, tmp_path / "home", has_gpu=False)
    assert machine.maker == ("uv", "venv", "--seed", "--clear", "--python", str(python))
    assert machine.version == sys.version_info[:2]


def test_strange_environment_is_not_touched(project):
    (project.home("shap_e") / "mine").mkdir(parents=True)
    done = project.setup("--shap-e")
    assert done.returncode == 1
    assert "was not made here. Remove it" in done.stderr
    assert (project.home("shap_e") / "mine").exists()


def test_environment_whose_making_was_broken_off_is_made_again(project):
    home = project.home("shap_e")
    home.mkdir(parents=True)
    making(home).touch()
    done = project.setup("--print", "--shap-e")
    assert done.returncode == 0, done.stderr
    assert "-m venv --clear" in done.stdout


def test_folder_of_environments_is_a_setting(project):
    done = project.setup("--print", "--shap-e", MESHKILN_ENVIRONMENTS_DIR="else where")
    assert done.returncode == 0, done.stderr
    assert "'//else where/shap_e/bin/python' -m pip" in done.stdout  # said from where the caller is


def test_weights_alone_are_refused():
    done = run(ROOT / "setup.sh", "--weights")
    assert done.returncode == 2
    assert "--weights goes with the flag of a model" in done.stderr


def test_doctor_and_weights_are_commands_of_the_environment(project):
    done = project.setup("--print", "--doctor", "--shap-e", "--weights", "--accept-noncommercial")
    assert done.returncode == 0, done.stderr
    lines = [shlex.split(line) for line in done.stdout.splitlines()]
    tails = [line[1:] for line in lines if len(line) > 2 and line[2].startswith("serving.")]
    assert tails == [
        ["-m", "serving.fetch_weights", "--accept-noncommercial", "shap-e"],
        ["-m", "serving.doctor"],
    ]


def test_tests_install_shap_e_unless_told_not_to(project):
    for name in ("dev",):
        project.require(name, "# nothing\n")
    assert "environments/shap_e" in project.setup("--print", "--test").stdout
    done = project.setup("--print", "--test", SKIP_NEURAL_TESTS="1")
    assert "environments/shap_e" not in done.stdout
    assert "the tests of neural models are left out" in done.stdout
