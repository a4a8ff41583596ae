"""What this machine has for installing models: a driver, a Python of the right version, compilers.

Asks, changes nothing. The standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeGuard

from serving.families import Extension, Family
from serving.install_steps import STAMP, Machine

ASK_S = 20.0
_VERSION = "; import sys; print(*sys.version_info[:2])"
_HINTS = {
    "nvcc": "CUDA's compiler nvcc, of the toolkit that NVIDIA offers; CUDA_HOME may name its folder",
    "c++": "a compiler of C++; on Debian: apt-get install build-essential",
    "git": "git; on Debian: apt-get install git",
}


class Lacking(Exception):
    """Something that an installation needs is not on this machine. The message says what, and how to get it."""


def gpu_wanted() -> bool:
    """Whether libraries are installed for a GPU: where NVIDIA's driver is, or as SETUP_TORCH (cuda or cpu) says."""
    said = os.environ.get("SETUP_TORCH", "")  # noqa: TID251 - of setup.sh, not of the server
    if said in ("cuda", "cpu"):
        return said == "cuda"
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


def machine_for(family: Family, home: Path, has_gpu: bool) -> Machine:
    """The Python of the family's environment, or what makes one. Raises Lacking."""

    def fits(version: tuple[int, int] | None) -> TypeGuard[tuple[int, int]]:
        return version is not None and family.python[0] <= version < family.python[1]

    if home.exists():
        version = _version_of(str(home / "bin" / "python"), "pip")
        if fits(version):
            return Machine(version, has_gpu)
        if not (home / STAMP).exists() and not making(home).exists():
            raise Lacking(f"{home} is there but does not work, and was not made here. Remove it")
    for python in _candidates(family):
        version = _version_of(python, "sys")
        if fits(version) and (maker := _maker(python)):
            return Machine(version, has_gpu, maker)
    oldest, too_new = (".".join(map(str, version)) for version in family.python)
    raise Lacking(
        f"{family.flag} needs a Python from {oldest} to before {too_new} that can make virtual environments;"
        f" on Debian: apt-get install python{oldest} python{oldest}-venv"
    )


def making(home: Path) -> Path:
    """Beside an environment while it is made: what stands there then is ours, and may be made anew."""
    return home.with_name(f".{home.name}.making")


def _maker(python: str) -> tuple[str, ...]:
    """The command that makes an environment of a Python, as setup.sh makes its own; () where nothing can."""
    if _version_of(python, "ensurepip, venv"):
        return (python, "-m", "venv", "--clear")
    if shutil.which("virtualenv"):
        return ("virtualenv", "--clear", "--python", python)
    if shutil.which("uv"):
        return ("uv", "venv", "--seed", "--clear", "--python", python)
    return ()


def lacking_tools(rows: Sequence[tuple[Family, list[Extension]]], *, printing: bool) -> None:
    """Raises Lacking for all programs at once that are not here; where commands are only printed, they need not be."""
    missing = [] if printing else list(dict.fromkeys(_missing(rows)))
    if missing:
        raise Lacking("\n    ".join(["nothing is installed, since this is missing:", *missing]))


def _missing(rows: Sequence[tuple[Family, list[Extension]]]) -> Iterator[str]:
    for family, extensions in rows:
        if family.sources and not shutil.which("git"):
            yield f"for {family.flag}: {_HINTS['git']}"
        for extension in extensions:
            for tool in extension.tools:
                if not _has(tool):
                    yield f"for {extension.flag}: {_HINTS[tool]}"


def _has(tool: str) -> bool:
    if tool == "nvcc":
        home = os.environ.get("CUDA_HOME") or "/usr/local/cuda"  # noqa: TID251 - as torch looks for it
        return bool(shutil.which("nvcc") or shutil.which("nvcc", path=f"{home}/bin"))
    if tool == "c++":
        return any(map(shutil.which, ("c++", "g++", "clang++")))
    return bool(shutil.which(tool))


def _candidates(family: Family) -> Iterator[str]:
    """This Python, then others on the PATH, newest first."""
    yield sys.executable
    for minor in range(family.python[1][1] - 1, family.python[0][1] - 1, -1):
        if found := shutil.which(f"python3.{minor}"):
            yield found


def _version_of(python: str, modules: str) -> tuple[int, int] | None:
    """Of a Python that can import modules; None of another, or of none."""
    try:
        ended = subprocess.run(
            [python, "-c", f"import {modules}{_VERSION}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_S,
            check=True,
        )
        major, minor = map(int, ended.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return major, minor
