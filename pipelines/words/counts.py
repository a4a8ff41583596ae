"""How many of a thing a prompt asks for, and in what order: "three mushrooms", "a row of five trees"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.words.groups import (
    ALIKE_IN_NUMBER,
    LAYOUTS,
    MULTIPLIED,
    SETS,
    SHAPED,
    STANDING,
    layout_of,
    many,
)
from pipelines.words.objects import HEAD_ENDS, Match
from pipelines.words.sizes import SIZE_WORDS, number
from pipelines.words.tokens import singular, singulars

BARE_PLURAL = 3  # "mushrooms"
BARE_AT = 5  # "surrounded by trees", "a basket of eggs"
IN_A_LAYOUT = 5  # "a row of trees"
IN_A_PILE = 9
TWO = 2  # "shoes", "crossed swords"
AS_ONE = frozenset(("dice",))  # plurals that people say of one
# A number with a noun that has no plural end is a count up to here: "3 barrel", "two fish", not "a Boeing 747 jet".
MOST_OF_A_SINGULAR = 100
YEARS = range(1900, 2000)  # "1967 sports cars" are not so many
# After a number these say how the thing is built or measured, not how many there are: "a six legged robot".
COMPOUNDS = frozenset(
    "legged footed armed wheeled winged headed eyed tailed horned fingered sided pointed petalled petaled storied "
    "tiered layered masted stringed bladed pronged humped handed cornered fold seater wheeler decker storey story "
    "floor door way piece tier mast string speed leg wheel stem stems year years person man player seat burner side "
    "inch inches foot feet ft cm mm metre metres meter meters kg gram grams lb pound ounce oz ton tonne gallon litre "
    "liter ml watt volt gauge degree degrees percent bit mile miles hour hours minute minutes day days week weeks "
    "month months".split()
)
# What comes in twos if the prompt says no number.
PAIRED = frozenset(("shoe", "ski"))
# What is a pair by itself: a pair of them is one.
PAIRS = frozenset("headphones glasses scissors trousers pliers binoculars skis chopsticks".split())
# Families that show several of what is counted as one thing, and the measure that says how many.
WITHIN: dict[str, tuple[str, frozenset[str]]] = {
    "pancakes": ("layers", frozenset("pancakes pancake hotcakes flapjack crepe".split())),
    "dumpling": ("count", frozenset("dumpling dumplings gyoza wonton pierogi momo ravioli".split())),
    "sushi": ("pieces", frozenset("sushi maki nigiri sashimi".split())),
    "blueberry": ("count", frozenset("blueberry blueberries bilberry huckleberry cranberry currant".split())),
    "peas": ("count", frozenset("peas pea".split())),
    "stonehenge": ("stones", frozenset(("standing stones", "standing stone"))),
    "bacon": ("strips", frozenset(("bacon strip", "bacon strips", "rasher", "slice of bacon"))),
}  # fmt: skip
_TIMES = re.compile(r"x(\d{1,9})")


@dataclass(frozen=True)
class Count:
    """How many of a thing are asked for, 1 or more, how they stand, or "", and the places of the words that said so.

    said: a number is among them.
    """

    number: int
    layout: str = ""
    places: frozenset[int] = frozenset()
    said: bool = False


def asked_count(row: Sequence[str], match: Match) -> Count:
    """The number of objects and their layout, as the words about a noun ask for them."""
    before = row[: match.start]
    layouts = [
        at for at, pair in enumerate(pairwise(before)) if pair[1] == "of" and layout_of(pair[0])
    ]
    after, after_places, layout = _after(row, match)
    layout = layout_of(before[layouts[-1]]) if layouts else layout
    asked, places = _before(row, match)
    asked = after or asked
    places |= {*after_places, *layouts}
    if asked:
        return Count(asked, layout, frozenset(places), said=True)
    if layouts and _is_many(row, match):
        return Count(1, "", frozenset(places))
    if layouts:
        return Count(IN_A_PILE if layout == "pile" else IN_A_LAYOUT, layout, frozenset(places))
    if not is_plural(row, match):
        return Count(1)
    if match.word.startswith("twin "):
        return Count(2, layout, frozenset(places))
    two = match.family in PAIRED or layout == "crossed"
    return Count(TWO if two else BARE_PLURAL, layout, frozenset(places))


def is_plural(row: Sequence[str], match: Match) -> bool:
    """Whether the noun stands in the plural, and is no word of its own as "glasses" is."""
    if row[match.end - 1] in AS_ONE and "a" in row[max(0, match.start - 1) : match.start]:
        return False
    last, forms = row[match.end - 1], (match.word.split()[-1], match.family.split()[-1])
    if " of " in match.word and row[match.start] != match.word.split()[0]:
        return True  # "slices of cheese"
    return match.kind != "nearest" and any(one in forms for one in singulars(last))


def _is_many(row: Sequence[str], match: Match) -> bool:
    """Whether the word of the table is a plural of several words itself: "standing stones" are a circle already."""
    own = match.word.split()
    return len(own) > 1 and own[-1] == row[match.end - 1] and singular(own[-1]) != own[-1]


def is_bare(row: Sequence[str], match: Match) -> bool:
    """Whether the noun stands in the plural and nothing says how many."""
    return is_plural(row, match) and not count_words(row, match)


def count_words(row: Sequence[str], match: Match) -> set[int]:
    """Places of words about the noun that say how many."""
    return set(asked_count(row, match).places)


def _before(row: Sequence[str], match: Match) -> tuple[int, set[int]]:
    """The number before a noun, 0 for none, and the places of its words. "two rows of three" are six."""
    before = row[: match.start]
    total, places = 0, set[int]()
    for at in reversed(range(len(before))):
        if before[at] in ("single", "lone"):
            places.add(at)
        value = _many(row, at, match) if many(before[at]) else _figure(row, at, match)
        groups = _groups(before, at)
        if not value or (total and not groups):
            continue
        total = value * (total or groups or 1)
        places.add(at)
    return total, places


def _many(row: Sequence[str], at: int, match: Match) -> int:
    """What "pair" or "dozens" stands for here: a pair of scissors is one, twin towers are two."""
    word = singular(row[at])
    if word == "twin" and not is_plural(row, match):
        return 0
    return 1 if word == "pair" and match.family in PAIRS else many(row[at])


def _groups(before: Sequence[str], at: int) -> int:
    """How many are in each of the groups that the word at a place counts: "two dozen", "two rows of"; 0 for none."""
    then = singular(before[at + 1]) if at + 1 < len(before) else ""
    if then in MULTIPLIED:
        return many(then)
    several = then and then != before[at + 1] and "of" in before[at + 2 : at + 3]
    return IN_A_LAYOUT if several and layout_of(then) else 0


def _figure(row: Sequence[str], at: int, match: Match) -> int:
    """The number at a place, 0 for none; "six" of "six legged" belongs to the legs, "747" of a name to it."""
    word, before = row[at], row[at - 1] if at else ""
    then = row[at + 1] if at + 1 < match.start else ""
    if word in ("single", "double", "triple") or then in COMPOUNDS or then == "and":
        return 0
    if word.isdigit() and (before.isdigit() or then == "of"):
        return 0  # "version 1.5", "7 of hearts"
    value = number(word)
    if not value or not word.isdigit() or _said_as_count(row, at, match):
        return value
    return 0


def _said_as_count(row: Sequence[str], at: int, match: Match) -> bool:
    """Whether figures are a count rather than part of a name or a year: "3 barrel", not "a Boeing 747 jet"."""
    value = number(row[at])
    noun = row[match.end - 1]
    if is_plural(row, match) or noun in ALIKE_IN_NUMBER or noun != singular(noun):
        return value not in YEARS
    before = row[at - 1] if at else ""
    leads = before in HEAD_ENDS | SIZE_WORDS or before in ("", "the", "only", "exactly", "about")
    return value <= MOST_OF_A_SINGULAR and leads


def _after(row: Sequence[str], match: Match) -> tuple[int, set[int], str]:
    """The number and the layout after a noun: "barrel x4", "potion set of 3", "lamps in a row". 0 and "" for none."""
    asked, places, layout = 0, set[int](), ""
    for at in range(match.end, len(row)):
        word, then = row[at], row[at + 1] if at + 1 < len(row) else ""
        times = _TIMES.fullmatch(word)
        last = at + 2 >= len(row) or row[at + 2] in HEAD_ENDS
        if times:
            asked, places = int(times[1]), places | {at}
        elif word == "x" and then.isdigit() and last:
            asked, places = number(then), places | {at, at + 1}
        elif word in SETS and then == "of" and at + 2 < len(row) and number(row[at + 2]):
            asked, places = number(row[at + 2]), places | {at, at + 2}
        elif word == "in" and then == "a" and at + 2 < len(row) and row[at + 2] in SHAPED:
            layout, places = LAYOUTS[row[at + 2]], places | {at + 2}
        elif word in STANDING and at == match.end:
            layout, places = STANDING[word], places | {at}
    if match.start and row[match.start - 1] in STANDING:
        layout, places = STANDING[row[match.start - 1]], places | {match.start - 1}
    return asked, places, layout
