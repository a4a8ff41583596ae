"""How many of a thing a prompt asks for, and in what order: "three mushrooms", "a row of five trees"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.words.objects import Match
from pipelines.words.sizes import NUMBERS
from pipelines.words.tokens import singular, singulars

BARE_PLURAL = 3  # "mushrooms"
BARE_AT = 5  # "surrounded by trees", "a basket of eggs"
IN_A_LAYOUT = 5  # "a row of trees"
IN_A_PILE = 9
MANY: dict[str, int] = {
    "pair": 2,
    "couple": 2,
    "both": 2,
    "few": 3,
    "some": 3,
    "several": 4,
    "many": 7,
    "multiple": 4,
    "various": 4,
    "dozen": 12,
    "lots": 7,
    "numerous": 7,
}
# "a row of trees": how its members stand.
LAYOUTS: dict[str, str] = {
    **dict.fromkeys("row line queue file string chain column rank".split(), "row"),
    **dict.fromkeys("circle ring round wreath".split(), "circle"),
    **dict.fromkeys("stack tower".split(), "stack"),
    **dict.fromkeys("pile heap mound".split(), "pile"),
    **dict.fromkeys(
        "group cluster bunch flock herd pack crowd set collection pride swarm family gang team patch bouquet "
        "handful assortment field school army fleet clump".split(),
        "cluster",
    ),
}
# After a number these say how the thing is built, not how many there are: "a six legged robot".
COMPOUNDS = frozenset(
    "legged footed armed wheeled winged headed eyed tailed horned fingered sided pointed petalled petaled storied "
    "tiered layered masted stringed bladed pronged humped handed cornered fold seater wheeler decker storey story "
    "floor door way piece tier mast string speed leg wheel stem stems".split()
)
# What comes in twos if the prompt says no number.
PAIRED = frozenset(("shoe", "ski"))


def asked_count(row: Sequence[str], match: Match) -> tuple[int, str]:
    """The number of objects, at least 1, and the layout that the words before the noun ask for, or ""."""
    before = row[: match.start]
    layouts = [LAYOUTS[word] for word, then in pairwise(before) if word in LAYOUTS and then == "of"]
    layout = layouts[-1] if layouts else ""
    said = [_number(before, at) for at in range(len(before))]
    number = next((number for number in reversed(said) if number), 0)
    if number:
        return number, layout
    if layout and _is_many(row, match):
        return 1, ""
    if layout:
        return IN_A_PILE if layout == "pile" else IN_A_LAYOUT, layout
    if not is_plural(row, match):
        return 1, ""
    return (2 if match.family in PAIRED else BARE_PLURAL), ""


def is_plural(row: Sequence[str], match: Match) -> bool:
    """Whether the noun stands in the plural, and is no word of its own as "glasses" is."""
    last, forms = row[match.end - 1], (match.word.split()[-1], match.family.split()[-1])
    return match.kind != "nearest" and any(one in forms for one in singulars(last))


def _is_many(row: Sequence[str], match: Match) -> bool:
    """Whether the word of the table is a plural of several words itself: "standing stones" are a circle already."""
    own = match.word.split()
    return len(own) > 1 and own[-1] == row[match.end - 1] and singular(own[-1]) != own[-1]


def is_bare(row: Sequence[str], match: Match) -> bool:
    """Whether the noun stands in the plural and nothing says how many."""
    return is_plural(row, match) and not count_words(row, match)


def count_words(row: Sequence[str], match: Match) -> set[int]:
    """Places of words before the noun that say how many."""
    before = row[: match.start]
    return {
        at
        for at, word in enumerate(before)
        if word in MANY or (word in LAYOUTS and row[at + 1] == "of") or _number(before, at)
    }


def _number(before: Sequence[str], at: int) -> int:
    """The number at a place, 0 for none; "six" of "six legged" belongs to the legs."""
    word = before[at]
    then = before[at + 1] if at + 1 < len(before) else ""
    if word in MANY:
        first = NUMBERS.get(before[at - 1], 1) if at and word == "dozen" else 1
        return MANY[word] * first
    if word in ("single", "double", "triple") or then == "dozen":
        return 0
    return 0 if then in COMPOUNDS else NUMBERS.get(word, 0)
