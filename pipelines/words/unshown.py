"""English words that no family of objects shows: what they name is refused rather than taken for another word.

They stand in `unshown.txt`; its first lines say how a row is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("unshown.txt")
NO_THING = "-"  # begins a row of words for what no mesh could show


@cache
def unshown_things() -> Mapping[str, tuple[str, ...]]:
    """Word or phrase -> the families that are near. Raises ValueError for a word that stands there twice."""
    table: dict[str, tuple[str, ...]] = {}
    for near, words in _rows():
        if near == (NO_THING,):
            continue
        for word in words:
            if word in table:
                raise ValueError(f"{LIST.name}: {word} stands there twice")
            table[word] = near
    return table


@cache
def no_things() -> frozenset[str]:
    """Words for nothing that a mesh could show: they are no nouns, and no misspelt ones."""
    return frozenset(word for near, words in _rows() if near == (NO_THING,) for word in words)


def _rows() -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """What is near, and the words of the row. Raises ValueError for a line that is no row."""
    for number, line in enumerate(LIST.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        near, colon, words = line.partition(":")
        if not colon or not near.strip() or not words.split():
            raise ValueError(f"line {number} of {LIST.name} is no row: {line!r:.60}")
        yield _spoken(near), list(_spoken(words))


def _spoken(cell: str) -> tuple[str, ...]:
    """The cell's words, "_" within one read as a blank."""
    return tuple(word.replace("_", " ") for word in cell.split())
