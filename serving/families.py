"""The model families from elsewhere: what setup.sh installs for each, and the doctor looks for.

The register is requirements/families.toml.

The standard library alone: setup.sh reads this before anything is installed. Does not know model cards, which say what
a model does and which weights it needs.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
REGISTER = ROOT / "requirements" / "families.toml"
VARIABLE = "MESHKILN_ENVIRONMENTS_DIR"
HUB = "https://github.com/"
_T = TypeVar("_T")


class FamiliesError(ValueError):
    """The register of families cannot be used. The message says what is wrong with it."""


@dataclass(frozen=True)
class Source:
    """A repository at one commit, with those of its submodules that are needed.

    `repo` is "owner/name", or an address of its own for a mirror.
    """

    repo: str
    commit: str
    submodules: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        return self.repo.rstrip("/").removesuffix(".git").rpartition("/")[2]

    @property
    def address(self) -> str:
        return self.repo if ":" in self.repo else f"{HUB}{self.repo}.git"


@dataclass(frozen=True)
class Extension:
    """A library with compiled parts that a family runs faster with, or needs.

    `flag` of setup.sh installs it; with `default`, so does that of the family. From a registry it is `pip`, and
    `pip_cpu` where no GPU is; else it is built of `source`, in its folder `path`, with `variables` ("NAME=value") set.
    `tools` are the programs that building it needs. `note` is what one should know of it first: its licence.
    """

    flag: str
    module: str
    summary: str
    pip: tuple[str, ...] = ()
    pip_cpu: tuple[str, ...] = ()
    source: Source | None = None
    path: str = ""
    variables: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    default: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        return self.flag.removeprefix("--")


@dataclass(frozen=True)
class Family:
    """What makes the environment of a family.

    `python` are the oldest version that will do and the first that will not, (3, 11) and (3, 12); `torch` the builds
    that it was tested with; `requirements` the files, relative to the project; `sources` are put on its path.
    """

    name: str
    summary: str
    python: tuple[tuple[int, int], tuple[int, int]]
    torch: tuple[str, ...]
    requirements: tuple[str, ...]
    sources: tuple[Source, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


def read_families(path: Path = REGISTER) -> dict[str, Family]:
    """The families by name, in the order of the register. Raises FamiliesError."""
    try:
        rows = tomllib.loads(path.read_text())
        families = {name: _family(name, row) for name, row in rows.items()}
    except (OSError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise FamiliesError(f"{path} cannot be used: {type(error).__name__}: {error}") from error
    return families


def environments_dir() -> Path:
    """Where the environments lie: the setting MESHKILN_ENVIRONMENTS_DIR, for who has no Settings yet."""
    return Path(os.environ.get(VARIABLE) or ROOT / "environments")  # noqa: TID251 - before pydantic is installed


def _family(name: str, row: Mapping[str, Any]) -> Family:
    oldest, too_new = (_version(text) for text in row["python"])
    return _made(
        Family,
        {
            **row,
            "name": name,
            "python": (oldest, too_new),
            "requirements": ("requirements/cpu.txt", f"requirements/{name}.txt"),
            "sources": tuple(_source(one) for one in row.get("sources", ())),
            "extensions": tuple(_extension(one) for one in row.get("extensions", ())),
        },
    )


def _extension(row: Mapping[str, Any]) -> Extension:
    source = row.get("source")
    if bool(source) == bool(row.get("pip")):
        raise ValueError(f"{row['flag']} has a source or a package, one of them")
    return _made(Extension, {**row, "source": _source(source) if source else None})


def _source(row: Mapping[str, Any]) -> Source:
    if len(row["commit"]) != 40:
        raise ValueError(f"{row['repo']}: {row['commit']} is no whole commit")
    return _made(Source, row)


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def _made(kind: type[_T], row: Mapping[str, Any]) -> _T:
    """A record of a row, its lists as tuples. Raises TypeError for names that are unknown or missing."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(row) - known):
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()})
