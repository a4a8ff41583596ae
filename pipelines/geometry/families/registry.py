"""How a family of objects is declared, and all of them by name.

A family is a function that takes `Forms` and named measures in metres and returns parts:

    @family("barrel", "keg cask", "brown wood")
    def barrel(f: Forms, *, height: float = 0.9, radius: float = 0.3) -> list[Part]:

Its keyword names are what size words reach: height, width, length, depth, radius, thickness. Files of this folder are
found because they are there.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, unite

Slot = Literal["main", "second", "fixed"]
NOT_FAMILIES = {"registry", "forms", "blob", "model", "prompt"}


@dataclass(frozen=True)
class Part:
    """A named piece of an object. `name` may hold several words by which a prompt can reach it.

    `finish` is how it looks if the prompt says nothing. The prompt's first colour and material go to the parts of slot
    "main", its second colour to those of "second".
    """

    name: str
    solid: Manifold
    finish: str
    slot: Slot = "fixed"


def main(name: str, *solids: Manifold, finish: str = "") -> Part:
    """A part that the prompt's first colour and material are for."""
    return Part(name, unite(solids), finish, "main")


def second(name: str, *solids: Manifold, finish: str) -> Part:
    """A part that the prompt's second colour is for."""
    return Part(name, unite(solids), finish, "second")


def fixed(name: str, *solids: Manifold, finish: str) -> Part:
    """A part that keeps its looks unless the prompt names it."""
    return Part(name, unite(solids), finish)


Make = Callable[..., list[Part]]


@dataclass(frozen=True)
class Family:
    """One kind of object. `finish` is what its main parts look like unless the prompt says otherwise.

    `synonyms` maps each further word to the finish it stands for (a zebra is a horse in stripes), or to "".
    """

    name: str
    synonyms: Mapping[str, str]
    finish: str
    make: Make

    @property
    def measures(self) -> dict[str, float]:
        """The named measures and their standard values in metres."""
        rows = inspect.signature(self.make).parameters.values()
        return {row.name: row.default for row in rows if row.kind is row.KEYWORD_ONLY}


_families: dict[str, Family] = {}


def family(name: str, synonyms: str, finish: str) -> Callable[[Make], Make]:
    """Declare a family. `synonyms` are words apart by blanks, those of several words joined by "_".

    A synonym may bring its own finish after a colon: "zebra:zebra_print".
    """
    pairs = [word.replace("_", " ").partition(":") for word in synonyms.split()]

    def declare(make: Make) -> Make:
        if name in _families:
            raise ValueError(f"family {name} is declared twice")
        _families[name] = Family(name, {word: look for word, _, look in pairs}, finish, make)
        return make

    return declare


@cache
def families() -> Mapping[str, Family]:
    """Every family by name."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if path.stem not in NOT_FAMILIES:
            importlib.import_module(f"pipelines.geometry.families.{path.stem}")
    return dict(_families)


@cache
def nouns() -> Mapping[str, str]:
    """Word -> family, of every name and synonym. Raises ValueError for a word of two families."""
    table: dict[str, str] = {}
    for row in families().values():
        for word in (row.name, *row.synonyms):
            if table.setdefault(word, row.name) != row.name:
                raise ValueError(f"{word} names {table[word]} and {row.name}")
    return table


def made(row: Family, forms: Forms, measures: Mapping[str, Any]) -> list[Part]:
    """The parts of one object, with `measures` in place of the standard ones."""
    return row.make(forms, **measures)
