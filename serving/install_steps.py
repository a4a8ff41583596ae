"""What has to be done to make the environment of a model family: steps with their commands, decided before any is run.

Pure but for looking at what is there already. The standard library alone. Does not run anything:
serving.install_models does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from serving.families import ROOT, Extension, Family, Source

# Where torch's makers keep the builds without CUDA; PyPI has them for no Linux.
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
STAMP = "installed.json"
ENVIRONMENT = "environment"
PATH_FILE = "meshkiln_upstream.pth"
# What builds an extension against the torch of the environment, and so cannot be fetched for each build anew.
BUILDERS = ("setuptools>=70,<81", "wheel", "ninja", "packaging")


@dataclass(frozen=True)
class Run:
    """A command; `variables` are added to its environment."""

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Write:
    """A file and its text."""

    path: Path
    text: str


Command = Run | Write


@dataclass(frozen=True)
class Step:
    """A part of an installation that is done or not.

    `ways` are lists of commands, of which the first that succeeds will do. Once done, it is remembered under `key`
    with `digest`, which tells on what it depends; it is done anew when that changes, or when `proof` is gone: a file
    and how it begins. With no digest the proof is enough.
    """

    key: str
    title: str
    ways: tuple[tuple[Command, ...], ...]
    digest: str
    proof: tuple[Path, str]


@dataclass(frozen=True)
class Machine:
    """What this machine has for a family.

    `version` is that of the Python in the family's environment, or of the one that it will have: `maker` is the command
    then which makes a new one in the place of what is there, less the folder. `has_gpu`: whether models will see a GPU.
    """

    version: tuple[int, int]
    has_gpu: bool
    maker: tuple[str, ...] = ()


class NotOurs(Exception):
    """Something lies where a checkout belongs. The message names it."""


def steps(
    family: Family, extensions: Sequence[Extension], home: Path, machine: Machine
) -> Iterator[Step]:
    """All steps for the environment in the folder `home`, in order, done or not. Raises NotOurs."""
    if machine.maker:
        made = Run((*machine.maker, str(home)))
        yield Step(ENVIRONMENT, f"Making {shown(home)}", ((made,),), _digest(), _python(home))
    if family.torch:
        yield _torch(family, home, machine)
    yield _requirements(family, home)
    for source in family.sources:
        folder = home / "upstream" / source.folder
        yield _checkout(f"upstream/{source.folder}", source, folder)
    if family.sources:
        yield _on_path(family, home, machine)
    if any(extension.tools for extension in extensions):
        ways = ((_pip(home, *BUILDERS),),)
        title = "Installing what builds extensions"
        yield Step("builders", title, ways, _digest(*BUILDERS), _python(home))
    for extension in extensions:
        yield from _extension(family, extension, home, machine)


def _torch(family: Family, home: Path, machine: Machine) -> Step:
    """Torch first: whatever needs it then takes the build that is there."""
    cpu = tuple(f"{pin}+cpu" for pin in family.torch)
    # Three: with two, a build for the CPU that is there already would do.
    exactly = tuple(pin.replace("==", "===") for pin in family.torch)
    plain = (_pip(home, *(exactly if machine.has_gpu else family.torch)),)
    small = ((_pip(home, *cpu),), (_pip(home, "--extra-index-url", CPU_BUILDS, *cpu),))
    return Step(
        "torch",
        f"Installing {' '.join(family.torch)}{'' if machine.has_gpu else ' for the CPU'}",
        (plain,) if machine.has_gpu else (*small, plain),
        _digest(*family.torch, str(machine.has_gpu)),
        _python(home),
    )


def _requirements(family: Family, home: Path) -> Step:
    files = [part for name in family.requirements for part in ("-r", name)]
    # A runner needs pydantic whatever its model, as the server has it.
    web = (ROOT / "requirements" / "web.txt").read_text().splitlines()
    named = [*(line for line in web if re.match(r"pydantic[<>=]", line)), *family.torch]
    texts = [(ROOT / name).read_text() for name in family.requirements]
    return Step(
        "requirements",
        f"Installing {' '.join(family.requirements)}",
        ((_pip(home, *named, *files),),),
        _digest(*named, *texts),
        _python(home),
    )


def _checkout(key: str, source: Source, folder: Path) -> Step:
    """The makers' code at its commit. A clone that is broken off leaves nothing that looks whole. Raises NotOurs."""
    draft = folder.with_name(folder.name + ".part")
    git = ("git", "-c", "advice.detachedHead=false")
    if (folder / ".git").exists():
        commands = [Run((*git, "-C", str(folder), "fetch", "origin"))]
    elif folder.exists():
        raise NotOurs(f"{folder} is no checkout of {source.repo}; remove it")
    else:
        clone = ("clone", "--no-checkout", "--filter=blob:none", source.address, str(draft))
        commands = [
            Run(("rm", "-rf", str(draft))),
            Run((*git, *clone)),
            Run(("mv", str(draft), str(folder))),
        ]
    inside = (*git, "-C", str(folder))
    commands.append(Run((*inside, "checkout", "--detach", source.commit)))
    if source.submodules:
        commands.append(Run((*inside, "submodule", "update", "--init", "--", *source.submodules)))
    return Step(
        key,
        f"Fetching {source.repo} at {source.commit[:12]}",
        (tuple(commands),),
        _digest(source.commit, *source.submodules),
        (folder / ".git" / "HEAD", source.commit),
    )


def _on_path(family: Family, home: Path, machine: Machine) -> Step:
    """The makers' folders on the path of the environment's Python, relative to where Python looks."""
    text = "".join(f"../../../upstream/{source.folder}\n" for source in family.sources)
    version = ".".join(map(str, machine.version))
    path = home / "lib" / f"python{version}" / "site-packages" / PATH_FILE
    return Step("path", "Putting it on the path", ((Write(path, text),),), "", (path, text))


def _extension(
    family: Family, extension: Extension, home: Path, machine: Machine
) -> Iterator[Step]:
    packages = extension.pip if machine.has_gpu else (extension.pip_cpu or extension.pip)
    if extension.source:
        folder = home / "extensions" / extension.source.folder
        yield _checkout(f"extensions/{extension.source.folder}", extension.source, folder)
        packages = (str(folder / extension.path),)
    # A build looks at torch, which it would not find in an environment of its own.
    alone = ("--no-build-isolation",) if extension.tools else ()
    pip = _pip(home, *alone, *packages, *family.torch)
    commit = extension.source.commit if extension.source else ""
    yield Step(
        extension.flag,
        f"{'Building' if extension.tools else 'Installing'} {extension.name}: {extension.summary}",
        ((Run(pip.words, (*pip.variables, *extension.variables)),),),
        _digest(*packages, *family.torch, str(machine.has_gpu), commit),
        _python(home),
    )


def _pip(home: Path, *what: str) -> Run:
    # A user's PIP_USER would aim past the environment.
    words = (str(home / "bin" / "python"), "-m", "pip", "install", "--no-input", *what)
    return Run(words, ("PIP_USER=0", "PIP_DISABLE_PIP_VERSION_CHECK=1"))


def _python(home: Path) -> tuple[Path, str]:
    return home / "bin" / "python", ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def shown(path: Path) -> str:
    """A path as one says it here: relative to the project where it lies in it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
