"""How a family of objects is declared, and all of them by name.

A family is a function that takes `Forms` and named measures in metres and returns parts:

    @family("barrel", "keg cask", "brown wood")
    def barrel(f: Forms, *, height: float = 0.9, radius: float = 0.3) -> list[Part]:

Its keyword names are what words reach. Lengths (float) by size words: height, width, length, depth, radius, thickness.
Counts (int) by a number: "six-legged" reaches legs. States (bool) by their word: open, old, broken, winged.
Variants (`Variant`) by the name of one, "round" of a table's top; the seed picks where none is named.
Further synonyms stand in the table of nouns, `pipelines/words/nouns.txt`. The files of the folders beside this one
(`animals`, `furniture`, …) are found because they are there; the files beside this one are what families are made of.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, unite
from pipelines.words.nouns import noun_table

Slot = Literal["main", "second", "fixed"]
COARSE = 0.1  # detail at which a family's parts are made to learn their names


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

    `synonyms` maps each further word to the finish it stands for (a zebra is a horse in stripes), or to "". `builds`
    holds the measures that some of them bring: a dachshund is a long dog. `alike` are those of them whose thing only
    resembles the family: a yak is no cow.
    """

    name: str
    synonyms: Mapping[str, str]
    finish: str
    make: Make
    builds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()

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
    name = name.replace("_", " ")
    pairs = [word.replace("_", " ").partition(":") for word in synonyms.split()]

    def declare(make: Make) -> Make:
        if name in _families:
            raise ValueError(f"family {name} is declared twice")
        _families[name] = Family(name, {word: look for word, _, look in pairs}, finish, make)
        return make

    return declare


@cache
def families() -> Mapping[str, Family]:
    """Every family by name, its synonyms completed by the table of nouns."""
    here = Path(__file__).parent
    for path in sorted(here.glob("*/[a-z]*.py")):
        importlib.import_module(f"{__package__}.{path.parent.name}.{path.stem}")
    taken = {*_families, *(word for row in _families.values() for word in row.synonyms)}
    return {name: _completed(row, taken) for name, row in _families.items()}


def _completed(row: Family, taken: set[str]) -> Family:
    """The family with the table's words for it that no family's own file has."""
    more = {
        word: noun
        for word, noun in noun_table().items()
        if noun.family == row.name and word not in taken
    }
    # A name goes before a synonym: "lighthouse" is a tower only until there is a lighthouse.
    own = {word: look for word, look in row.synonyms.items() if word not in _families}
    return replace(
        row,
        synonyms=own | {word: noun.look for word, noun in more.items()},
        builds={word: noun.measures for word, noun in more.items() if noun.measures},
        alike=frozenset(word for word, noun in more.items() if noun.alike),
    )


@cache
def nouns() -> Mapping[str, str]:
    """Word -> family, of every name and synonym. A word that two families claim leads to the first of them."""
    table: dict[str, str] = {}
    for row in families().values():
        for word in (row.name, *row.synonyms):
            table.setdefault(word, row.name)
    return table


def contested() -> list[str]:
    """Each word that two families claim, and which: there should be none."""
    claims = [(word, row.name) for row in families().values() for word in (row.name, *row.synonyms)]
    return [
        f"{word} names {nouns()[word]} and {name}" for word, name in claims if nouns()[word] != name
    ]


@cache
def part_names(name: str) -> tuple[str, ...]:
    """The names of a family's parts."""
    row = families()[name]
    return tuple(part.name for part in made(row, Forms(COARSE), row.measures))


def made(row: Family, forms: Forms, measures: Mapping[str, Any]) -> list[Part]:
    """The parts of one object, with `measures` in place of the standard ones."""
    return row.make(forms, **measures)
