"""Which object a prompt names: by its own word, by a synonym, or by the nearest known word."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.words.colours import COLOURS, SHADES
from pipelines.words.spelling import meant
from pipelines.words.tokens import known_phrase, singular

# What follows these says how the object is, not what it is.
HEAD_ENDS = frozenset(
    "with in on at by for from under near that which made wearing holding carrying riding having and of to over "
    "inside beside behind against above below beneath underneath around between among next upon onto atop "
    "standing sitting lying without surrounded full filled".split()
)
STOP_WORDS = HEAD_ENDS | frozenset(
    "a an the some one two this my your his her its it them they there is are has have very really please create "
    "make generate model mesh 3d object style".split()
)
# Words of number are no nouns.
COUNTS = frozenset(
    "two three four five six seven eight nine ten eleven twelve dozen pair couple several many few "
    "multiple 2 3 4 5 6 7 8 9 10 11 12".split()
)
# These say that the thing is one piece of one stuff; they are the object only where nothing else is named.
STATUES = frozenset(("statue", "sculpture", "figurine", "monument", "bust"))
# Words that are nouns in the table and more often something else.
_WEAK = STATUES | COLOURS.keys() | SHADES.keys()
SHORTEST_TAIL = 4  # letters that a compound's second half must have: steamboat -> boat
SHORTEST_HEAD = 3  # and its first half: "sheet" is no "heet"
LONG_ADJECTIVE = 7
MOST_LOOKED_UP = 12  # words whose spelling is compared with the table: each costs milliseconds


@dataclass(frozen=True)
class Match:
    """The object found: its family, the word of the table that led there, and the words [start, end) it stands for."""

    family: str
    word: str
    kind: Literal["exact", "synonym", "nearest"]
    start: int
    end: int


def find_object(
    row: Sequence[str], nouns: Mapping[str, str], materials: Collection[str] = ()
) -> Match | None:
    """The object of a prompt. `nouns`: word or phrase -> family; a family's own name leads to itself.

    `materials` are words that are more often a material than an object: "glass", "stone".
    """
    found = list(mentions(row, nouns))
    head = head_end(row, found)
    in_head = [match for match in found if match.start < head]
    if all(match.word in STATUES for match in in_head):
        in_head = []
    # In English the last noun of the head is the thing: a toy car is a car, a car toy is a toy.
    if in_head:
        return _strong(in_head, materials)[-1]
    if found:
        return _strong(found, materials)[0]
    return _nearest(row[:head], nouns) or _nearest(row[head:], nouns, head)


def head_end(row: Sequence[str], found: Sequence[Match]) -> int:
    """Where the words that say what the object is end, and those on how it is and what is near it begin."""
    inside = {at for match in found for at in range(match.start, match.end)}
    for at, word in enumerate(row):
        if word not in HEAD_ENDS or at == 0 or at in inside:
            continue
        # "a red and blue ball" goes on; "a cat and a dog" are two things.
        if word != "and" or any(match.end <= at and not is_weak(match) for match in found):
            return at
    return len(row)


def is_weak(match: Match, materials: Collection[str] = ()) -> bool:
    """Whether the word is as likely a colour, a shade or a material: "orange", "light", "glass"."""
    return match.word in _WEAK or match.word in materials


def near_words(row: Sequence[str], nouns: Collection[str], count: int = 3) -> list[str]:
    """Known words that look a little like one of the prompt's."""
    near: list[str] = []
    unknown = [word for word in row if word not in STOP_WORDS and len(word) > 2]
    for word in dict.fromkeys(unknown[:MOST_LOOKED_UP]):
        near += difflib.get_close_matches(word, nouns, n=2, cutoff=0.6)
    return list(dict.fromkeys(near))[:count]


def mentions(row: Sequence[str], nouns: Mapping[str, str], start: int = 0) -> Iterator[Match]:
    """Every known noun of the prompt from word `start` on, the longest phrase at each place."""
    at = start
    while at < len(row):
        phrase, end = known_phrase(row, at, nouns)
        if phrase and not _is_adverb(row, at, end):
            family = nouns[phrase]
            yield Match(family, phrase, "exact" if phrase == family else "synonym", at, end)
        at = max(end, at + 1)


def _is_adverb(row: Sequence[str], at: int, end: int) -> bool:
    """ "well made", "well worn" name no well."""
    return row[at] == "well" and end < len(row) and row[end].endswith(("ed", "made", "worn"))


def _strong(found: list[Match], materials: Collection[str]) -> list[Match]:
    """Without words that are more often a look or a statue, unless there is nothing else."""
    return [match for match in found if not is_weak(match, materials)] or found


def _nearest(row: Sequence[str], nouns: Mapping[str, str], start: int = 0) -> Match | None:
    """The known noun that ends a compound, or that a misspelt word is meant for, the last words first."""
    places = [at for at in reversed(range(len(row))) if _may_be_noun(row[at])][:MOST_LOOKED_UP]
    for number, at in enumerate(places):
        word = singular(row[at])
        heads = range(SHORTEST_HEAD, len(word) - SHORTEST_TAIL + 1)
        near = next((word[cut:] for cut in heads if word[cut:] in nouns), None)
        # Words before the last are more often adjectives: a short one is no misspelt noun.
        if near is None and (number == 0 or len(word) >= LONG_ADJECTIVE):
            near = meant(word, nouns)
        if near:
            return Match(nouns[near], near, "nearest", start + at, start + at + 1)
    return None


def _may_be_noun(word: str) -> bool:
    return len(word) >= 4 and word not in STOP_WORDS and word not in COLOURS
