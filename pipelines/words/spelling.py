"""The known word that a misspelt one is meant for."""

from __future__ import annotations

from collections.abc import Iterable

LONG = 7  # letters from which two slips are forgiven; one below
SHORTEST = 5  # of shorter words too many are one slip from another: coin, corn


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known word with the fewest slips from `word`, the first letter being right; None if there are too many."""
    if len(word) < SHORTEST:
        return None
    most = 2 if len(word) >= LONG else 1
    best: str | None = None
    for other in known:
        if other[0] == word[0] and abs(len(other) - len(word)) <= most:
            slips = distance(word, other)
            if slips <= most:
                best, most = other, slips - 1
                if not slips:
                    break
    return best


def distance(first: str, second: str) -> int:
    """Letters left out, put in, replaced or swapped with the next: optimal string alignment (Damerau 1964)."""
    before: list[int] = []
    last = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        row = [i]
        for j, other in enumerate(second, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != other)))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                row[-1] = min(row[-1], before[j - 2] + 1)
        before, last = last, row
    return last[-1]
