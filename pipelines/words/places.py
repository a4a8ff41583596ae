"""Where the description of an object ends: "a black cat on a white sofa" says nothing more of the cat after "on"."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pipelines.words.finish import Gathered
from pipelines.words.sizes import SIZE_WORDS
from pipelines.words.tokens import known_phrase

# What follows these is another object, or a part of this one: "moss on the roof".
_ON_OR_IN = (
    "on top of",
    "full of",
    "filled with",
    "in the",
    *"on at under underneath inside over above below beneath around".split(),
)
# What follows these is always another object.
_ELSEWHERE = (
    "in front of",
    "in back of",
    "next to",
    "close to",
    *"beside behind near by against between among".split(),
)
_PLACES = frozenset((*_ON_OR_IN, *_ELSEWHERE))
ARTICLES = frozenset("a an the its his her their my your this".split())
# These speak of looks and name no thing: "with a matte finish".
SURFACE_WORDS = frozenset(
    "colour color colours colors coloured colored finish texture textured surface look looks "
    "pattern patterned print material coating tone hue".split()
)


def place_end(
    row: Sequence[str], at: int, parts: Container[str], materials: Mapping[str, str]
) -> int:
    """Where the words at `at` that lead to another object end; `at` itself if there are none."""
    place, end = known_phrase(row, at, _PLACES)
    if not place or (place in _ON_OR_IN and _own_noun(row, end, parts, materials)):
        return at
    return end


def _own_noun(
    row: Sequence[str], at: int, parts: Container[str], materials: Mapping[str, str]
) -> bool:
    """Whether the noun after `at` is a part or the surface of the object itself."""
    while at < len(row):
        if row[at] in SURFACE_WORDS or known_phrase(row, at, parts)[0]:
            return True
        end = Gathered().take(row, at, materials)
        if end == at and row[at] not in ARTICLES and row[at] not in SIZE_WORDS:
            return False
        at = max(end, at + 1)
    return False


def looks_to_the_end(row: Sequence[str], at: int, materials: Mapping[str, str]) -> bool:
    """Whether only looks stand from `at` on: "red dots on white"."""
    while at < len(row):
        end = Gathered().take(row, at, materials)
        if end == at:
            return False
        at = end
    return True
