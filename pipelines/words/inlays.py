"""Gems that a prompt sets into an object: "a ruby in the hilt", "with a diamond". A gem is a thing and no look there.

Where the object has gems they look as the one that is named. No other makes room for one: what it would be set into
keeps its looks, and the gem is told.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from pipelines.words.objects import HEAD_ENDS
from pipelines.words.places import ARTICLES
from pipelines.words.sizes import NUMBERS
from pipelines.words.tokens import singular

GEMS = frozenset(
    "gem jewel gemstone ruby emerald sapphire diamond topaz opal amethyst pearl crystal garnet rhinestone moonstone "
    "turquoise amber jade onyx".split()
)
# Words for parts of things that gems are set into.
SETTINGS = frozenset("gem gems jewel jewels pendant orb hilt pommel blade band clasp".split())
# What a gem is among the parts of a thing that has some.
OWN = ("gem", "jewel", "crystal", "orb")
_SET = frozenset("set embedded inlaid mounted studded encrusted".split())
_INTO = frozenset("in on into at inside within".split())
FURTHEST = 3  # adjectives between an article and its gem: "a big shiny red ruby"


def inlays(
    row: Sequence[str], start: int, end: int, parts: Container[str]
) -> list[tuple[int, int]]:
    """Where [first, last) gems stand that are set into an object whose noun is at [start, end)."""
    found: list[tuple[int, int]] = []
    if start and singular(row[start - 1]) in GEMS and has_setting(parts):
        found.append((start - 1, start))  # "a diamond ring"
    for at in range(end, len(row)):
        if singular(row[at]) not in GEMS or not _is_last(row, at) or _is_part(row[at], parts):
            continue
        begun = _begun(row, at, end)
        if begun is not None:
            found.append((begun, at + 1))
    return found


def has_setting(parts: Container[str]) -> bool:
    """Whether a thing has a gem among its parts."""
    return any(word in parts for word in OWN)


def _is_part(word: str, parts: Container[str]) -> bool:
    return word in parts or singular(word) in parts


def _is_last(row: Sequence[str], at: int) -> bool:
    """Whether a gem's word ends what is said of it: not "ruby red", "diamond shape"."""
    after = row[at + 1] if at + 1 < len(row) else ""
    return not after or after in HEAD_ENDS | _SET | _INTO


def _begun(row: Sequence[str], at: int, end: int) -> int | None:
    """Where the gem's words begin: at its article or number, or where it is several of them; None if it is a look."""
    for before in range(at - 1, max(end, at - 1 - FURTHEST) - 1, -1):
        if row[before] in ARTICLES or row[before] in NUMBERS or row[before] == "single":
            return before
        if row[before] in HEAD_ENDS:
            return before + 1 if singular(row[at]) != row[at] else None
    return None
