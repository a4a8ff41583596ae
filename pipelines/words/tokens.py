"""A prompt cut into plain words, and the search for the longest known phrase."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence

LONGEST_PHRASE = 5  # "lily of the valley"
SHORTEST_JOINED = 8  # letters of two words that may stand for one: "fire place"
_IRREGULAR = {
    "mice": "mouse",
    "lice": "louse",
    "geese": "goose",
    "people": "person",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "oxen": "ox",
    "cacti": "cactus",
    "octopi": "octopus",
    "buses": "bus",
    "dice": "die",
}
_KEEP = ("ss", "us", "is")
# A plural's end, and what a singular may have there, the likeliest first.
_ENDS = (
    ("ies", ("y", "ie")),
    ("oes", ("o", "oe")),
    ("ves", ("f", "fe", "ve")),
    ("ches", ("ch", "che")),
    ("shes", ("sh",)),
    ("sses", ("ss",)),
    ("xes", ("x", "xe")),
    ("ses", ("se", "s")),
    ("s", ("",)),
)


def words(text: str) -> list[str]:
    """Lower-case words of letters and digits, accents removed: "Café-Table" -> ["cafe", "table"]."""
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain.replace("'s", "").replace("'", ""))


def unread(text: str) -> list[str]:
    """The words of a text that have letters of other scripts alone: nothing of them is read."""
    return [
        piece
        for piece in re.findall(r"[^\W\d_]+", text)
        if not words(piece) and any(unicodedata.category(letter)[0] == "L" for letter in piece)
    ]


def singular(word: str) -> str:
    """A plural noun's likeliest singular; other words as they are."""
    return next(singulars(word), word)


def singulars(word: str) -> Iterator[str]:
    """What a plural noun may be the plural of, the likeliest first; nothing for a word that is no plural."""
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    elif word.endswith("men"):
        yield word[:-3] + "man"
    elif len(word) > 3 and not word.endswith(_KEEP):
        for end, heads in _ENDS:
            if word.endswith(end):
                yield from (word[: -len(end)] + head for head in heads)
                return


def known_phrase(row: Sequence[str], start: int, known: Container[str]) -> tuple[str, int]:
    """The longest phrase of `known` that begins at `start`, in either number, and where it ends; "" if none."""
    for end in range(min(len(row), start + LONGEST_PHRASE), start, -1):
        head, last = row[start : end - 1], row[end - 1]
        for form in (last, *singulars(last)):
            phrase = " ".join((*head, form))
            if phrase in known:
                return phrase, end
        if "of" in head[1:2]:  # "slices of cheese"
            for first in singulars(head[0]):
                phrase = " ".join((first, *head[1:], last))
                if phrase in known:
                    return phrase, end
        for form in (last, *singulars(last)):
            joined = "".join((*head, form))
            if len(head) == 1 and len(joined) >= SHORTEST_JOINED and joined in known:
                return joined, end
    return "", start
