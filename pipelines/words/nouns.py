"""The table of everyday nouns: which family of objects shows each, and how it differs from the family's standard.

The table is `nouns.txt`; its first lines say how a row is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("nouns.txt")
ALIKE = "~"  # begins a row whose words only resemble its family


@dataclass(frozen=True)
class Noun:
    """A row of the table for one word: its family, words for its look ("" for the family's own), and measures.

    A measure is a factor for a length, and the value itself for a count: height=0.7, legs=3. alike: the thing only
    resembles the family, and whoever asks for it is told.
    """

    family: str
    look: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    alike: bool = False


@cache
def noun_table() -> Mapping[str, Noun]:
    """Word -> its row. Raises ValueError for a word that stands there twice or a line that is no row."""
    table: dict[str, Noun] = {}
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head, colon, named = line.rpartition(":")
        if not colon or not named.split():
            raise ValueError(f"line {number} of {TABLE.name} is no row: {line!r:.60}")
        row = _row(head)
        for word in named.split():
            phrase = word.replace("_", " ")
            if phrase in table:
                raise ValueError(f"line {number} of {TABLE.name}: {phrase} stands there twice")
            table[phrase] = row
    return table


def _row(head: str) -> Noun:
    """What stands before a row's words: "dog: white dots, height=1.2", "~pig"."""
    family, _, rest = head.removeprefix(ALIKE).partition(":")
    looks, measures = [], {}
    for cell in filter(None, (cell.strip() for cell in rest.split(","))):
        name, equals, value = cell.partition("=")
        if equals:
            measures[name.strip()] = float(value)
        else:
            looks.append(cell)
    return Noun(family.strip(), " ".join(looks), measures, head.startswith(ALIKE))
