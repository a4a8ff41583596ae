"""Copies of the project in which setup.sh installs a small register of its own: wheels and repositories made here."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

from serving.settings import ROOT
from tests.test_setup import clean_environment, run

INSTALLER = ("__init__", "families", "install_models", "install_machine", "install_steps")
REGISTER = """
[trellis]
summary = "one with everything"
python = ["3.11", "3.99"]
torch = ["torch==2.13.0"]
sources = [{{ repo = "file://{trellis}", commit = "{commit}", submodules = ["inner"] }}]

[[trellis.extensions]]
flag = "--spconv"
module = "spconv"
summary = "brought along"
default = true
pip = ["spconv-cu126"]
pip_cpu = ["spconv"]

[[trellis.extensions]]
flag = "--nvdiffrast"
module = "built"
summary = "built here"
source = {{ repo = "file://{built}", commit = "{built_commit}" }}
path = "inside"
variables = ["BUILT_WITH=care"]
tools = ["nvcc"]
note = "a licence of its own"

[shap_e]
summary = "one with nothing"
python = ["3.11", "3.99"]
torch = []

[unirig]
summary = "one for a Python that nobody has"
python = ["3.97", "3.98"]
torch = []
"""
# A build backend without setuptools; while the file `hang` is there, it hangs.
BACKEND = """
import os, sys, time, zipfile
def build_wheel(folder, settings=None, metadata=None):
    while os.path.exists({hang!r}):
        open({hang!r} + ".began", "a").close()
        time.sleep(0.05)
    if os.environ["BUILT_WITH"] != "care": sys.exit("built without")
    import torch
    name = "built-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("built.py", f"torch = {{torch.version!r}}")
        wheel.writestr("built-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: built\\nVersion: 1.0\\n")
        wheel.writestr("built-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("built-1.0.dist-info/RECORD", "")
    return name
"""


def make_wheel(folder: Path, name: str, version: str) -> None:
    """A wheel with a module of that name, which knows its version."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"version = {version!r}\n")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def git(folder: Path, *words: str) -> str:
    who = (
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "protocol.file.allow=always",
    )
    done = subprocess.run(
        ["git", *who, "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def make_repository(folder: Path, files: dict[str, str], inner: Path | None = None) -> str:
    """-> its commit, which a later one follows."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    if inner:
        git(folder, "submodule", "add", "-q", str(inner), "inner")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    commit = git(folder, "rev-parse", "HEAD")
    (folder / "later").touch()
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "later")
    return commit


class Project:
    """A copy of what installs models, in a path with a space."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "mesh kiln"
        self.hang = folder / "hang"
        (self.root / "requirements").mkdir(parents=True)
        (self.root / "serving").mkdir()
        shutil.copy(ROOT / "setup.sh", self.root)
        for name in INSTALLER:
            shutil.copy(ROOT / "serving" / f"{name}.py", self.root / "serving")
        (self.root / "requirements" / "web.txt").write_text("# nothing\npydantic>=2,<3\n")
        for name in ("cpu", "trellis", "shap_e", "unirig"):
            self.require(name, "# nothing\n")
        self._make_elsewhere(folder)
        self.environment = {
            **clean_environment(),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(folder / "wheels"),
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_CONSTRAINT": "",
            "SETUP_TORCH": "cpu",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "protocol.file.allow",
            "GIT_CONFIG_VALUE_0": "always",
        }
        tools = folder / "tools"
        tools.mkdir()
        (tools / "nvcc").write_text("#!/bin/sh\n")
        (tools / "nvcc").chmod(0o755)
        self.with_cuda = {"SETUP_TORCH": "cuda", "PATH": f"{tools}:{self.environment['PATH']}"}

    def _make_elsewhere(self, folder: Path) -> None:
        """What else would come over the network."""
        (folder / "wheels").mkdir()
        for name, version in [
            *(("torch", "2.13.0"), ("torch", "2.13.0+cpu"), ("pydantic", "2.12")),
            *(("spconv", "2.3"), ("spconv_cu126", "2.3"), ("extra", "1.0"), ("setuptools", "75.0")),
            *(("wheel", "1.0"), ("ninja", "1.0"), ("packaging", "20.0")),
        ]:
            make_wheel(folder / "wheels", name, version)
        self.upstream = folder / "upstream"
        make_repository(self.upstream / "Inner", {"deep.py": "x = 1\n"})
        commit = make_repository(
            self.upstream / "Toy", {"toy.py": "from inner import deep\n"}, self.upstream / "Inner"
        )
        backend = BACKEND.format(hang=str(self.hang))
        project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        files = {"inside/pyproject.toml": project, "inside/backend.py": backend}
        self.register = REGISTER.format(
            trellis=self.upstream / "Toy",
            commit=commit,
            built=self.upstream / "Built",
            built_commit=make_repository(self.upstream / "Built", files),
        )
        (self.root / "requirements" / "families.toml").write_text(self.register)

    def require(self, name: str, text: str) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text(text)

    def home(self, name: str) -> Path:
        return self.root / "environments" / name

    def setup(self, *flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run(self.root / "setup.sh", *flags, env={**self.environment, **variables})

    def python(self, name: str, code: str) -> str:
        done = run(self.home(name) / "bin" / "python", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
