"""Which object a prompt names: by its own word, by a synonym, or by the nearest known word."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from pipelines.words.colours import COLOURS, SHADES
from pipelines.words.groups import LAYOUTS, MANY
from pipelines.words.near import is_other, nearest_noun
from pipelines.words.relations import ACTS, ANIMALS, BEINGS
from pipelines.words.sizes import SIZE_WORDS, number
from pipelines.words.tokens import known_phrase, singular
from pipelines.words.unshown import unshown_things

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
# A head that ends in one of these names no thing of its own: "a drawing of a cat", "something like a chair".
_NEUTRAL = frozenset(
    "art asset bunch carving character circle clipart collection concept couple creature design display drawing "
    "entity figure game group heap icon illustration image item kind line logo lots look low miniature number "
    "object one pack pair picture piece pile poly prop prototype render rendering replica representation row "
    "scale scene set shape single sketch something sort stack stuff style symbol thing toy type version view "
    "anything something nothing everything whatever".split()
)
_IS_A = (("is", "a"), ("is", "an"))
_ADJECTIVE_ENDS = (
    "ed",
    "ing",
    "ly",
    "ful",
    "ous",
    "ish",
    "less",
    "able",
    "ible",
    "est",
    "y",
    "ic",
    "al",
)
UNSHOWN = "-"  # the family of a thing that none shows
SHORTEST_DOING = 6  # letters of a word in -ing for what something does: "eating", not "king"
LEAST_ALIKE = 0.6  # of a word that is offered for an unknown one, by difflib's ratio
MOST_LOOKED_UP = 12  # words whose spelling is compared with the table: each costs milliseconds


@dataclass(frozen=True)
class Match:
    """The object found: its family, the word of the table that led there, and the words [start, end) it stands for.

    guessed: the prompt does not have that word, only one like it; likeness (0 to 1) where it is one of meaning.
    instead: an unknown word that the prompt has for its object, where another of its things was taken.
    """

    family: str
    word: str
    kind: Literal["exact", "synonym", "nearest"]
    start: int
    end: int
    guessed: bool = False
    likeness: float | None = None
    instead: str = ""


def find_object(
    row: Sequence[str],
    nouns: Mapping[str, str],
    materials: Collection[str] = (),
    clauses: Sequence[int] = (),
) -> Match | None:
    """The object of a prompt, or None where it is one that no family shows, or none is named.

    `nouns`: word or phrase -> family; a family's own name leads to itself. `materials` are words that are more often a
    material than an object: "glass", "stone". `clauses`: where commas part the prompt, as numbers of words.
    """
    said = _predicate(row)
    ends = [end - said for end in clauses if end > said]
    match = _named(row[said:], nouns, materials, ends)
    return match and replace(match, start=match.start + said, end=match.end + said)


def _named(
    row: Sequence[str],
    nouns: Mapping[str, str],
    materials: Collection[str],
    clauses: Sequence[int],
) -> Match | None:
    """As find_object, for words that do not say of one thing that it is another."""
    found = list(mentions(row, _with_unshown(nouns)))
    head = min(head_end(row, found), _clause_end(found, clauses, materials))
    in_head = [match for match in found if match.start < head]
    if in_head and in_head[-1].word in STATUES and _is_of_another(row, head, found):
        # "a butter sculpture of a cow" is a cow, of butter.
        found, in_head = [match for match in found if match.start > head], []
    elif all(match.word in STATUES or match.word in materials for match in in_head):
        # "a stone statue of a lion" is a lion; "a glass of water" is a glass.
        in_head = [] if any(match.word in STATUES for match in in_head) else in_head
    # In English the last noun of the head is the thing: a toy car is a car, a car toy is a toy.
    if in_head:
        last = _strong(in_head, materials)[-1]
        return None if last.family == UNSHOWN else last
    unknown = _unknown_noun(row[:head], materials)
    if not unknown and head + 1 < len(row) and row[head] == "of":
        unknown = _unknown_after(
            row[head + 1 :], found, materials, head + 1
        )  # "an icon of a gizmo"
    near = _nearest(row[:head], nouns, materials)
    shown = [match for match in found if match.family != UNSHOWN]
    if near and (unknown or not shown):
        return near
    if not shown:
        return _nearest(row[head:], nouns, materials, head)
    first = _strong(shown, materials)[0]
    return replace(first, kind="nearest", guessed=True, instead=unknown) if unknown else first


def _is_of_another(row: Sequence[str], head: int, found: Sequence[Match]) -> bool:
    """Whether a head goes on with "of" and a thing that can be shown."""
    after = [match for match in found if match.start > head and match.family != UNSHOWN]
    return row[head : head + 1] == ["of"] and any(not is_weak(match) for match in after)


def _unknown_after(
    row: Sequence[str], found: Sequence[Match], materials: Collection[str], start: int
) -> str:
    """The unknown noun that a drawing or a piece is of, where no known one stands there. row: words from `start`."""
    later = [replace(match, start=match.start - start, end=match.end - start) for match in found]
    head = head_end(row, [match for match in later if match.start >= 0])
    known = any(0 <= match.start < head for match in later)
    return "" if known else _unknown_noun(row[:head], materials)


def _predicate(row: Sequence[str]) -> int:
    """Where "the king of the jungle is a lion" says what it is, the last time; 0 if it does not say it so."""
    said = (at + 2 for at, pair in enumerate(pairwise(row)) if pair in _IS_A and at + 2 < len(row))
    return max(said, default=0)


def _clause_end(found: Sequence[Match], clauses: Sequence[int], materials: Collection[str]) -> int:
    """Where the first clause ends that names a thing: "a car, detailed wheels" is a car."""
    for end in clauses:
        inside = [match for match in found if match.end <= end and match.word not in STATUES]
        if any(not is_weak(match, materials) for match in inside):
            return end
    return sys.maxsize


def _unknown_noun(head: Sequence[str], materials: Collection[str]) -> str:
    """The word that stands where a head has its noun, if it is none of the words known for something else; or ""."""
    word = head[-1] if head else ""
    forms = {word, singular(word)}
    said = forms & (
        STOP_WORDS | COUNTS | STATUES | _NEUTRAL | SIZE_WORDS | MANY.keys() | LAYOUTS.keys()
    )
    said |= {word} if number(word) else set()
    looks = word in COLOURS or word in SHADES or word in materials
    return "" if said or looks or len(word) < 3 or word.endswith(_ADJECTIVE_ENDS) else word


def head_end(row: Sequence[str], found: Sequence[Match]) -> int:
    """Where the words that say what the object is end, and those on how it is and what is near it begin."""
    inside = {at for match in found for at in range(match.start, match.end)}
    for at, word in enumerate(row):
        does = _says_what_it_does(row, at) or acts(row, at, found) or _goes_round(row, at, found)
        if (word not in HEAD_ENDS and not does) or at == 0 or at in inside:
            continue
        # "a red and blue ball" goes on; "a cat and a dog" are two things.
        if (word != "and" and not does) or any(
            match.end <= at and not is_weak(match) for match in found
        ):
            return at
    return len(row)


def _says_what_it_does(row: Sequence[str], at: int) -> bool:
    """ "a squirrel eating a nut"; not "a fire-breathing dragon"."""
    doing = row[at].endswith("ing") and len(row[at]) >= SHORTEST_DOING
    return doing and (at + 1 == len(row) or row[at + 1] in STOP_WORDS | COUNTS)


def acts(row: Sequence[str], at: int, found: Sequence[Match]) -> bool:
    """Whether a word says what the noun before it does: "a cat eating pizza", not "man eating shark"."""
    if row[at] not in ACTS or not any(match.end == at and not is_weak(match) for match in found):
        return False
    if row[at + 1 : at + 2] and row[at + 1] in STOP_WORDS | COUNTS:
        return True
    after = next((match for match in found if match.start > at), None)
    return after is not None and (row[at] != "eating" or after.family not in ANIMALS | BEINGS)


def _goes_round(row: Sequence[str], at: int, found: Sequence[Match]) -> bool:
    """Whether "round" leads to another thing: "trees round a house"."""
    then = row[at + 1] if at + 1 < len(row) else ""
    return row[at] == "round" and then in STOP_WORDS and any(match.end <= at for match in found)


def is_weak(match: Match, materials: Collection[str] = ()) -> bool:
    """Whether the word is as likely a colour, a shade or a material: "orange", "light", "glass"."""
    return match.word in _WEAK or match.word in materials


def near_words(row: Sequence[str], nouns: Collection[str], count: int = 3) -> list[str]:
    """The families near to a thing that none shows, or known words that look a little like one of the prompt's."""
    things = unshown_things()
    near = [name for match in mentions(row, _with_unshown({})) for name in things[match.word]]
    if near:
        return list(dict.fromkeys(near))[:count]
    unknown = [
        word
        for word in row
        if word not in STOP_WORDS | _NEUTRAL and len(word) > 2 and not is_other(word)
    ]
    for word in dict.fromkeys(unknown[:MOST_LOOKED_UP]):
        alike = [noun for noun in nouns if noun[0] == word[0]]
        near += difflib.get_close_matches(word, alike, n=2, cutoff=LEAST_ALIKE)
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


def _with_unshown(nouns: Mapping[str, str]) -> Mapping[str, str]:
    return {**dict.fromkeys(unshown_things(), UNSHOWN), **nouns}


def _is_adverb(row: Sequence[str], at: int, end: int) -> bool:
    """ "well made", "well worn" name no well."""
    return row[at] == "well" and end < len(row) and row[end].endswith(("ed", "made", "worn"))


def _strong(found: list[Match], materials: Collection[str]) -> list[Match]:
    """Without words that are more often a look or a statue, unless there is nothing else."""
    return [match for match in found if not is_weak(match, materials)] or found


def _nearest(
    row: Sequence[str], nouns: Mapping[str, str], materials: Collection[str], start: int = 0
) -> Match | None:
    """The known noun that ends a compound, or that a misspelt word is meant for, the last words first."""
    places = [at for at in reversed(range(len(row))) if _may_be_noun(row[at])][:MOST_LOOKED_UP]
    near = nearest_noun(row, places, nouns, {*materials, *SIZE_WORDS})
    if near is None:
        return None
    at, word = near
    return Match(nouns[word], word, "nearest", start + at, start + at + 1, guessed=True)


def _may_be_noun(word: str) -> bool:
    return len(word) >= 4 and word not in STOP_WORDS and word not in COLOURS
