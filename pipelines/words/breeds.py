"""A breed or make before the noun of its kind: "dalmatian dog", "siamese cat", "granny smith apple".

Such a word is a synonym of the same family that brings a look or measures; the noun behind it says no more than it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.words.objects import Match
from pipelines.words.tokens import LONGEST_PHRASE, known_phrase

# Patterns of coats that are no words for other objects' looks.
PATTERNS = {"cow print": "cow_print"}
# Breeds and patterns of coats by kind, where the table of nouns has no such word for it: a look in words.
COATS: dict[str, dict[str, str]] = {
    "cat": {
        "tabby": "tiger print",
        "calico": "white cow print",
        "tortoiseshell": "leopard print",
        "tuxedo": "black fur",
        "ginger": "orange fur",
        "siamese": "cream fur",
        "bengal": "leopard print",
    },
    "dog": {
        "dalmatian": "white dots",
        "labrador": "golden yellow fur",
        "golden retriever": "golden yellow fur",
        "husky": "grey fur",
        "poodle": "white fur",
        "rottweiler": "black fur",
        "doberman": "black fur",
    },
    "horse": {
        "palomino": "golden yellow fur",
        "appaloosa": "white dots",
        "pinto": "cow print",
        "piebald": "cow print",
        "dapple": "grey fur",
    },
    "cow": {
        "holstein": "white fur",
        "jersey": "caramel fur",
        "angus": "black fur",
        "highland": "rust fur",
    },
    "rabbit": {"dutch": "cow print"},
}


def look_of(family: str, word: str, synonyms: Mapping[str, str]) -> str:
    """The look in words that a noun stands for; "" where it is the family's own."""
    return COATS.get(family, {}).get(word) or synonyms.get(word, "")


def breed_before(
    row: Sequence[str],
    match: Match,
    synonyms: Mapping[str, str],
    builds: Mapping[str, Mapping[str, float]],
) -> Match:
    """The match with the breed's word that stands right before its noun; as it is where none does.

    synonyms: the family's, each with its look; builds: those that bring measures.
    """
    known = {word for word, look in synonyms.items() if look}
    known |= builds.keys() | COATS.get(match.family, {}).keys()
    for start in range(max(0, match.start - LONGEST_PHRASE), match.start):
        phrase, end = known_phrase(row, start, known)
        if phrase and end == match.start:
            return replace(match, word=phrase, start=start)
    return match
