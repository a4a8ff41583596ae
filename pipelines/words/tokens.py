"""A prompt cut into plain words, and the search for the longest known phrase."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence

LONGEST_PHRASE = 3
_IRREGULAR = {
    "mice": "mouse",
    "geese": "goose",
    "wolves": "wolf",
    "knives": "knife",
    "leaves": "leaf",
    "shelves": "shelf",
    "loaves": "loaf",
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "cacti": "cactus",
    "tyres": "tyre",
    "axes": "axe",
    "vases": "vase",
    "houses": "house",
    "horses": "horse",
}
_KEEP = ("ss", "us", "is")


def words(text: str) -> list[str]:
    """Lower-case words of letters and digits, accents removed: "Café-Table" -> ["cafe", "table"]."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain.replace("'s", "").replace("'", ""))


def singular(word: str) -> str:
    """A plural noun's likely singular; other words as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(_KEEP):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "oes")):
        return word[:-2]
    return word[:-1]


def known_phrase(row: Sequence[str], start: int, known: Container[str]) -> tuple[str, int]:
    """The longest phrase of `known` that begins at `start`, in either number, and where it ends; "" if none."""
    for end in range(min(len(row), start + LONGEST_PHRASE), start, -1):
        phrase = " ".join(row[start:end])
        last = " ".join((*row[start : end - 1], singular(row[end - 1])))
        for form in (phrase, last):
            if form in known:
                return form, end
    return "", start
