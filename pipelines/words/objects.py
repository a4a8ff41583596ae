"""Which object a prompt names: by its own word, by a synonym, or by the nearest known word."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.words.colours import COLOURS
from pipelines.words.tokens import known_phrase, singular

# What follows these says how the object is, not what it is.
HEAD_ENDS = frozenset(
    "with in on at by for from under near that which made wearing holding having and of to over "
    "inside beside behind against above below beneath underneath around between among "
    "standing sitting lying without".split()
)
STOP_WORDS = HEAD_ENDS | frozenset(
    "a an the some one two this my your his her its is are very really please create make generate "
    "model mesh 3d object style".split()
)
# Words of number are no nouns; one object is made whatever they say.
COUNTS = frozenset(
    "two three four five six seven eight nine ten twelve dozen pair couple several many few "
    "multiple 2 3 4 5 6 7 8 9 10 12".split()
)
# These say that the thing is one piece of one stuff; they are the object only where nothing else is named.
STATUES = frozenset(("statue", "sculpture", "figurine", "monument", "bust"))
NEAR = 0.8  # difflib's ratio: "chiar" finds chair, "cart" no cat
SHORTEST_TAIL = 4  # letters that a compound's second half must have: steamboat -> boat


@dataclass(frozen=True)
class Match:
    """The object found: its family, the word of the table that led there, and the words [start, end) it stands for."""

    family: str
    word: str
    kind: Literal["exact", "synonym", "nearest"]
    start: int
    end: int


def find_object(row: Sequence[str], nouns: Mapping[str, str]) -> Match | None:
    """The object of a prompt. `nouns`: word or phrase -> family; a family's own name leads to itself."""
    found = list(_mentions(row, nouns))
    head = next((at for at, word in enumerate(row) if word in HEAD_ENDS and at > 0), len(row))
    in_head = [match for match in found if match.start < head]
    if all(match.word in STATUES for match in in_head):
        in_head = []
    # In English the last noun of the head is the thing: a toy car is a car, a car toy is a toy.
    if in_head:
        return _strong(in_head)[-1]
    if found:
        return _strong(found)[0]
    return _nearest(row[:head], nouns) or _nearest(row[head:], nouns, head)


def near_words(row: Sequence[str], nouns: Mapping[str, str], count: int = 3) -> list[str]:
    """Known words that look a little like one of the prompt's."""
    near: list[str] = []
    for word in row:
        if word not in STOP_WORDS and len(word) > 2:
            near += difflib.get_close_matches(word, nouns, n=2, cutoff=0.6)
    return list(dict.fromkeys(near))[:count]


def _mentions(row: Sequence[str], nouns: Mapping[str, str]) -> Iterator[Match]:
    at = 0
    while at < len(row):
        phrase, end = known_phrase(row, at, nouns)
        if phrase:
            family = nouns[phrase]
            yield Match(family, phrase, "exact" if phrase == family else "synonym", at, end)
        at = max(end, at + 1)


def _strong(found: list[Match]) -> list[Match]:
    """Without statues and words that are colours too ("rose", "orange"), unless there is nothing else."""
    weak = STATUES | COLOURS.keys()
    return [match for match in found if match.word not in weak] or found


def _nearest(row: Sequence[str], nouns: Mapping[str, str], start: int = 0) -> Match | None:
    for at in reversed(range(len(row))):
        word = singular(row[at])
        if word in STOP_WORDS or word in COLOURS or len(word) < 4:
            continue
        tails = [noun for noun in nouns if len(noun) >= SHORTEST_TAIL and word.endswith(noun)]
        near = [max(tails, key=len)] if tails else difflib.get_close_matches(word, nouns, 1, NEAR)
        if near:
            return Match(nouns[near[0]], near[0], "nearest", start + at, start + at + 1)
    return None
