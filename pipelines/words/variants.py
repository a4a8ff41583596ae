"""A measure whose values have names: a table is rectangular, round or oval. A word picks one, else the seed does."""

from __future__ import annotations

from typing import Self


class Variant(int):
    """Which of several shapes an object has, as the number of one; `words` holds what each is called.

    Declared as a family's keyword: `shape: int = Variant("rectangular, round circular, oval")`. One without a name
    is "-".
    """

    words: tuple[frozenset[str], ...]

    def __new__(cls, named: str) -> Self:
        one = super().__new__(cls, 0)
        one.words = tuple(frozenset(cell.split()) for cell in named.split(","))
        return one

    def called(self, word: str) -> int | None:
        """The shape that a word names; None if it names none."""
        return next((at for at, names in enumerate(self.words) if word in names), None)

    def kept(self, value: float) -> int:
        """A number brought to one of the shapes."""
        return int(value) % len(self.words)


def is_count(standard: float) -> bool:
    """Whether a measure's standard value says how many, and is no state and no variant."""
    return isinstance(standard, int) and not isinstance(standard, bool | Variant)
