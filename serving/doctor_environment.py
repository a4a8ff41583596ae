"""What a Python environment really can: its modules are imported there, one after the other, with a limit of time.

Libraries that are found and yet cannot be imported are what an operator meets most: another CUDA, another torch. Knows
interpreters. Does not know model cards. The makers' code is looked for alone: adapters prepare what it imports.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from serving.families import ROOT, Family
from serving.settings import Settings

# Torch and what stands on it, from a cold disk.
IMPORTS_S = 180.0
# Each module is announced first, so that one that kills its process or hangs is known by name.
_IMPORT = """
import importlib, importlib.util, json, os, sys
upstream = os.path.join(os.path.realpath(sys.prefix), "upstream", "")
def is_checkout(name):
    spec = importlib.util.find_spec(name.partition(".")[0])
    places = [spec.origin or "", *(spec.submodule_search_locations or ())] if spec else []
    return any(os.path.realpath(place).startswith(upstream) for place in places)
out = open(int(sys.argv[1]), "w")
def say(*row):
    print(json.dumps(row), file=out, flush=True)
say("python", ".".join(map(str, sys.version_info[:3])))
for name in sys.argv[2:]:
    say("begins", name)
    try:
        if not is_checkout(name):
            importlib.import_module(name)
    except BaseException as error:
        say("failed", name, f"{type(error).__name__}: {error}"[:300])
    else:
        say("ended", name)
torch = sys.modules.get("torch")
if torch is not None and torch.version.cuda and not torch.cuda.is_available():
    say("no_gpu", torch.version.cuda)
elif torch is not None and not torch.version.cuda:
    say("no_gpu", "")
"""
_ABSENT = "ModuleNotFoundError: No module named"


class Asked:
    """What an interpreter answered: its version, of each module why it cannot be imported ("" = it can), and whether
    torch reaches a GPU."""

    def __init__(
        self,
        version: str = "",
        troubles: Mapping[str, str] | None = None,
        cuda: str | None = None,
    ) -> None:
        self.version = version
        self.troubles = dict(troubles or {})
        # Where torch reaches no GPU, the CUDA that it was built for, "" for none; else None.
        self.cuda = cuda

    def lacks(self, module: str) -> bool:
        """Whether a module is not installed there, rather than broken."""
        return self.troubles.get(module, "").startswith(f"{_ABSENT} {module!r}")


def ask(
    interpreter: Path, modules: Sequence[str], settings: Settings, limit_s: float = IMPORTS_S
) -> Asked:
    """Import modules as a runner of that interpreter would. Never raises: what fails is in the answer."""
    rows, end = _run(interpreter, modules, settings, limit_s)
    said = {row[1]: row for row in rows if row[0] in ("failed", "ended")}
    begun = next((row[1] for row in rows if row[0] == "begins" and row[1] not in said), None)
    troubles = {}
    for module in modules:
        if module in said:
            troubles[module] = said[module][2] if said[module][0] == "failed" else ""
        else:
            troubles[module] = (
                end if module == begun or begun is None else f"not tried: {begun} {end}"
            )
    version = next((row[1] for row in rows if row[0] == "python"), "")
    return Asked(version, troubles, next((row[1] for row in rows if row[0] == "no_gpu"), None))


def _run(
    interpreter: Path, modules: Sequence[str], settings: Settings, limit_s: float
) -> tuple[list[list[str]], str]:
    """The lines that the interpreter said, and how it ended, for the module at which it did."""
    with tempfile.TemporaryFile() as answers:
        try:
            child = subprocess.Popen(
                [str(interpreter), "-c", _IMPORT, str(answers.fileno()), *modules],
                pass_fds=(answers.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=_environment(interpreter, settings),
                start_new_session=True,
            )
        except OSError as error:
            return [], f"{interpreter} cannot be started: {error.strerror}"
        try:
            code = child.wait(limit_s)
            end = f"ends the process with {'signal' if code < 0 else 'exit code'} {abs(code)}"
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            end = f"takes longer than {limit_s:g} s"
        answers.seek(0)
        lines = answers.read().decode(errors="replace").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")], end


def _environment(interpreter: Path, settings: Settings) -> dict[str, str]:
    """As a runner has it: our modules beside the environment's own, and no look at the network."""
    own = {"PYTHONHOME", "VIRTUAL_ENV", "PYTHONPATH"}
    kept = {k: v for k, v in settings.runner_environment().items() if k not in own}
    path = os.pathsep.join([str(interpreter.parent), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "PYTHONNOUSERSITE": "1",
        "HF_HUB_OFFLINE": "1",
    }


def interpreter_of(environment: str, settings: Settings) -> Path:
    """The Python of an environment, which need not be there; "" is the server's own."""
    if not environment:
        return Path(sys.executable)
    return settings.environments_dir / environment / "bin" / "python"


def strayed(family: Family, settings: Settings) -> str:
    """Which of the makers' code is not at the commit that it should be, in words; "" when all is."""
    for source in family.sources:
        folder = settings.environments_dir / family.name / "upstream" / source.folder
        try:
            head = (folder / ".git" / "HEAD").read_text().strip()
        except OSError:
            return f"{source.repo} is not in {folder}"
        if head != source.commit:
            return f"{source.repo} is at {head[:12]}, not at {source.commit[:12]}"
    return ""
