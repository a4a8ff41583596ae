"""Words for several things together: "a pair of boots", "a flock of sheep", "a tower of four cubes"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.words.sizes import NUMBERS
from pipelines.words.tokens import known_phrase, singular, singulars

# How many each stands for, where nothing else says so.
MANY: dict[str, int] = {
    "pair": 2,
    "couple": 2,
    "both": 2,
    "duo": 2,
    "twin": 2,
    "trio": 3,
    "triplet": 3,
    "few": 3,
    "some": 3,
    "quartet": 4,
    "several": 4,
    "multiple": 4,
    "various": 4,
    "quintet": 5,
    "many": 7,
    "lot": 7,
    "lots": 7,
    "numerous": 7,
    "countless": 12,
    "dozen": 12,
    "dozens": 24,
}
# Of these a number before them says how many: "two dozen", "three pairs".
MULTIPLIED = frozenset("dozen pair couple trio".split())
# "a row of trees": how its members stand.
LAYOUTS: dict[str, str] = {
    **dict.fromkeys("row line queue file string chain column rank series procession parade".split(), "row"),
    **dict.fromkeys("circle ring round wreath".split(), "circle"),
    **dict.fromkeys("stack tower".split(), "stack"),
    **dict.fromkeys("pile heap mound pyramid mountain hill".split(), "pile"),
    **dict.fromkeys(
        "group cluster bunch flock herd pack crowd set collection pride swarm family gang team patch bouquet "
        "handful assortment field school army fleet clump litter brood shoal colony gaggle pod troop squad horde mob "
        "drove convoy legion batch bundle crew grove armada platoon murder band".split(),
        "cluster",
    ),
}  # fmt: skip
# The layouts that things may be said to stand in after their noun: "lamps in a row", "stacked crates".
SHAPED = frozenset("row line queue column circle ring stack pile heap group cluster bunch".split())
STANDING: dict[str, str] = {
    "stacked": "stack",
    "piled": "pile",
    "heaped": "pile",
    "lined": "row",
    "crossed": "crossed",
}
# After a noun these say how many are sold together: "health potion, set of 3".
SETS = frozenset("set pack bundle group collection batch".split())
ALIKE_IN_NUMBER = frozenset("fish sheep deer bison moose salmon trout shrimp squid swine".split())
FURTHEST = 4  # words between "of" and the noun: "a ring of eight tall standing stones"


def grouping(row: Sequence[str], nouns: Mapping[str, str]) -> set[int]:
    """Places of words that only say how things stand together: the flock of "a flock of sheep".

    One that is a thing by itself is that thing unless a number or a plural follows: "a ring of fire", "a ring of eggs".
    """
    return {
        at
        for at in range(len(row) - 2)
        if row[at + 1] == "of"
        and layout_of(row[at])
        and not any(known_phrase(row, start, nouns)[1] > at + 1 for start in (at - 1, at) if start >= 0)
        and (not known_phrase(row, at, nouns)[0] or _several(row, at + 2, nouns))
    }  # fmt: skip


def _several(row: Sequence[str], start: int, nouns: Mapping[str, str]) -> bool:
    """Whether a number or a noun in the plural stands among the next words."""
    for at in range(start, min(start + FURTHEST, len(row))):
        if row[at] in NUMBERS or row[at].isdigit():
            return True
        phrase, end = known_phrase(row, at, nouns)
        if phrase:
            return row[end - 1] in ALIKE_IN_NUMBER or row[end - 1] != singular(row[end - 1])
    return False


def layout_of(word: str) -> str:
    """How things stand that a word such as "row" or "herds" groups; "" for another word."""
    return next((LAYOUTS[form] for form in (word, *singulars(word)) if form in LAYOUTS), "")


def many(word: str) -> int:
    """How many a word such as "pair" or "dozens" stands for; 0 for another word."""
    return next((MANY[form] for form in (word, *singulars(word)) if form in MANY), 0)
