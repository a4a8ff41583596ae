"""What a prompt asks of an object's parts: another size, how many, or none of them.

"a dog with a big nose", "a long-necked bird", "a house without a roof". A size word is for the whole only where it
stands before the object's noun or by itself; one that is about something else never changes the whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.words.objects import HEAD_ENDS, STOP_WORDS
from pipelines.words.places import ARTICLES
from pipelines.words.sizes import NUMBERS, SIZE_WORDS
from pipelines.words.tokens import singular

# Parts that objects have whose families do not name them: "-less" and "-ed" are read with these too.
PARTS = frozenset(
    "antler arm back beak beard blade branch brim button chimney claw collar cushion door ear eye face fang "
    "feather fin finger flower foot hair handle hand hat head headlight hoof horn leaf leg lid light mast mouth "
    "mustache neck nose petal propeller rim roof sail seat shade sleeve snout spike spot stem stripe tail "
    "tentacle tooth tongue tower trunk tusk wall wheel whisker window wing smile grin frown belly tummy cheek "
    "chin knob lid pocket hood eyebrow eyelash hump pouch antenna muzzle paw thumb shoulder hip knee elbow "
    "battlement".split()
)
# These of them are as often things of their own: "a man with a hat".
THINGS_TOO = frozenset("hat flower light hand".split())
# Ways of saying "without", the longest first.
_NONE = tuple(
    tuple(phrase.split())
    for phrase in (
        "with no", "has no", "have no", "having no", "but no", "and no", "free of", "lacking", "minus", "sans",
        "no",
    )
)  # fmt: skip
# What stands for "without" something: "a bald man", "a bare tree", "an empty shelf".
_BARE = {"bald": "hair", "bare": "leaf", "barefoot": "shoe", "empty": "book"}
_PATTERNS = frozenset("striped spotted flowered".split())  # looks of the whole
_DOING = frozenset(
    "breathing spitting eating proof resistant fighting loving chopping cutting mining climbing blowing melting "
    "swinging slaying".split()
)
FURTHEST = 3  # adjectives between a size word and its part: "long thin white beard"
NOTHING = "a"  # stands in for words that were read here, where the others are read


@dataclass(frozen=True)
class Wish:
    """What is asked of a part: its word as a singular, and the words [places] of the prompt that said so.

    `word` is the size word, or "without". count: how many, 0 where nothing says so; of "without", how many are missing.
    """

    kind: Literal["size", "without", "count"]
    part: str
    word: str
    places: tuple[int, ...]
    count: int = 0

    @property
    def said(self) -> str:
        """The wish in words, for what is told."""
        if self.kind == "count":
            return f"{self.count} {self.part}{'s' * (self.count != 1)}"
        return f"{self.word} {self.part}"


def with_without(row: Sequence[str]) -> list[str]:
    """The words with "without" for every way of saying it: "with no roof", "missing a wheel" -> "without one wheel"."""
    plain: list[str] = []
    at = 0
    while at < len(row):
        if row[at] in ("low", "high") and row[at + 1 : at + 2] in (
            ["poly"],
            ["res"],
            ["detail"],
            ["resolution"],
        ):
            plain.append("".join(row[at : at + 2]))
            at += 2
            continue
        phrase = next((p for p in _NONE if tuple(row[at : at + len(p)]) == p), ())
        if row[at] == "missing" and at + 1 < len(row):
            single = row[at + 1] in ("a", "an", "one")
            plain += ["without", "one"] if single else ["without"]
            at += 2 if single else 1
        elif phrase and at + len(phrase) < len(row):
            plain.append("without")
            at += len(phrase)
        else:
            plain.append(row[at])
            at += 1
    return plain


def read_wishes(
    row: Sequence[str], start: int, end: int, parts: Container[str]
) -> tuple[Wish, ...]:
    """What is asked of parts. The object's noun is at [start, end); `parts`: singular words that its parts have."""
    reader = _Reader(row, start, end, parts)
    wishes: list[Wish] = []
    for at in range(len(row)):
        if not any(at in wish.places for wish in wishes):
            wishes += reader.at(at)
    return tuple(wishes)


def doing(row: Sequence[str]) -> set[int]:
    """Places of words that say what somebody does with a stuff: "fire-breathing" is made of no fire."""
    return {
        at
        for at, word in enumerate(row[:-1])
        if row[at + 1] in _DOING and word not in ARTICLES | HEAD_ENDS
    }


def unspoken(row: Sequence[str], wishes: Sequence[Wish]) -> tuple[str, ...]:
    """The words with those of the wishes made silent; each keeps its place."""
    read = {place for wish in wishes for place in wish.places}
    return tuple(NOTHING if at in read else word for at, word in enumerate(row))


def missing_words(row: Sequence[str]) -> set[int]:
    """Places of the words that a "without" is about: they name nothing that is there."""
    reader = _Reader(row, len(row), len(row), PARTS)
    return {
        place
        for at, word in enumerate(row)
        if word == "without"
        for place in (at, *reader.chunk(at + 1))
    }


class _Reader:
    def __init__(self, row: Sequence[str], start: int, end: int, parts: Container[str]) -> None:
        self.row, self.start, self.end, self.parts = row, start, end, parts

    def at(self, at: int) -> Iterator[Wish]:
        """The wishes that begin at a word."""
        word = self.row[at]
        if self.start <= at < self.end:
            return
        if word == "without":
            yield from self._without(at)
        elif word in _BARE and self._is_part(_BARE[word]):
            yield Wish("without", _BARE[word], "without", (at,))
        elif word.endswith("less") and self._is_part(lacking := singular(word[:-4])):
            yield Wish("without", lacking, "without", (at,))
        elif word in SIZE_WORDS:
            part = self._part_of_size(at)
            if part:
                yield Wish("size", part, word, (at,))
        elif word in NUMBERS:
            part = self._compound(at + 1) or (self._known(at + 1) if at >= self.end else "")
            if part:
                places = (at, at + 1) if self._compound(at + 1) else (at,)
                yield Wish("count", part, word, places, NUMBERS[word])

    def _without(self, at: int) -> Iterator[Wish]:
        """ "without wheels or a roof": each of them, as long as it is a part."""
        count = 1 if "one" in self.row[at + 1 : at + 2] else 0
        begun, first = at, True
        while begun < len(self.row):
            chunk = self.chunk(begun + 1)
            known = [place for place in chunk if self._is_part(singular(self.row[place]))]
            if not chunk or not (known or first):
                return
            noun = known[-1] if known else chunk[-1]
            yield Wish(
                "without",
                singular(self.row[noun]),
                "without",
                tuple(range(begun, noun + 1)),
                count,
            )
            begun, first = chunk[-1] + 1, False
            if not self._goes_on(at, begun):
                return

    def _goes_on(self, without: int, joint: int) -> bool:
        """Whether what follows "and" is missing too: "no arms and legs", not "no arms and a red hat"."""
        after = [word for word in self.row[joint + 1 : joint + 2] if word not in SIZE_WORDS]
        alike = after and ((after[0] in ARTICLES) == (self.row[without + 1] in ARTICLES))
        return joint < len(self.row) and self.row[joint] in ("or", "and", "nor") and bool(alike)

    def chunk(self, at: int) -> list[int]:
        """Places of the words from `at` on, articles left out, up to one that joins or relates."""
        places = []
        while at < len(self.row) and not self._parts_words(self.row[at]):
            if self.row[at] not in ARTICLES | {"any", "one"}:
                places.append(at)
            at += 1
        return places

    def _parts_words(self, word: str) -> bool:
        return word in ("or", "and", "nor", "but") or (
            word in HEAD_ENDS or (word in STOP_WORDS and word not in ARTICLES | {"any", "one"})
        )

    def _part_of_size(self, at: int) -> str:
        """The part that a size word is about; "" where it is about the whole."""
        if at < self.start:
            after = self.row[at + 1]
            before_noun = at + 2 <= self.start and singular(after) in self.parts
            return self._compound(at + 1) or (singular(after) if before_noun else "")
        chunk = self.chunk(at + 1)
        if not chunk or chunk[0] != at + 1:
            return ""
        if self._compound(at + 1):
            return self._compound(at + 1)
        elsewhere = any(
            word in HEAD_ENDS - {"and", "that", "which"} for word in self.row[self.end : at]
        )
        unknown = singular(self.row[chunk[-1]]) if elsewhere else ""
        return self._known(at + 1) or unknown

    def _known(self, at: int) -> str:
        """The first known part among the next words, the last of several together: "big door handle"."""
        chunk = [place for place in self.chunk(at) if place - at <= FURTHEST]
        known = [place for place in chunk if singular(self.row[place]) in self.parts]
        if not known:
            return ""
        last = known[0]
        while last + 1 in known:
            last += 1
        return singular(self.row[last])

    def _compound(self, at: int) -> str:
        """The part of "necked", "nosed", "legged"; "" if the word is none such."""
        word = self.row[at] if at < len(self.row) else ""
        if not word.endswith("ed") or word in _PATTERNS or self.start <= at < self.end:
            return ""
        stems = [word[:-2], word[:-1]]
        if len(word) > 4 and word[-3] == word[-4]:
            stems.append(word[:-3])
        if word.endswith("ied"):
            stems.append(word[:-3] + "y")
        if word in ("footed", "toothed", "haired"):
            stems.append({"footed": "foot", "toothed": "tooth", "haired": "hair"}[word])
        return next((stem for stem in stems if self._is_part(stem)), "")

    def _is_part(self, word: str) -> bool:
        return word in self.parts or word in PARTS
