"""The known word that a misspelt one is meant for.

Only what fingers do is forgiven: one letter left out, put in, doubled or swapped with the next, or a wrong one. What
sounds the same is no slip: "bycicle", "elefant". In short words too many are one letter from another (stork,
stock), so that there only a vowel may stand for a vowel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

SHORTEST = 5  # letters; of shorter words too many are one slip from another: coin, corn
LONG = 7  # letters from which any wrong letter is forgiven
_VOWELS = frozenset("aeiouy")
# Spellings of one sound.
_SOUNDS = (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("y", "i"), ("z", "s"))


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is with one slip or by its sound, the first letter being right; None if there is none.

    One that sounds the same goes before one with a slip; of several the first that is known.
    """
    if len(word) < SHORTEST:
        return None
    sound, slipped = _sound(word), None
    for other in known:
        if other[0] != word[0] or abs(len(other) - len(word)) > 2:
            continue
        if _sound(other) == sound:
            return other
        if slipped is None and _one_slip(word, other):
            slipped = other
    return slipped


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    """The word in one spelling of each sound, no letter twice in a row."""
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    return re.sub(r"(.)\1+", r"\1", word)


def _one_slip(word: str, other: str) -> bool:
    """Whether one slip leads from one word to the other."""
    if abs(len(word) - len(other)) > 1:
        return False
    short, long = sorted((word, other), key=len)
    at = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 2 :] == long[at + 2 :] and short[at : at + 2] == long[at : at + 2][::-1]:
        return True
    letters = {short[at : at + 1], long[at : at + 1]}
    return short[at + 1 :] == long[at + 1 :] and (len(word) >= LONG or letters <= _VOWELS)
