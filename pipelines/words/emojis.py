"""Emojis as the words for what they show."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable

from pipelines.words.tokens import words

JOINER = "\N{ZERO WIDTH JOINER}"
LONGEST_WORD = 60  # letters before an emoji that may be a noun
MOST = 100  # of one emoji in a run that are counted
# Words in the names of emojis that say nothing of the thing.
_OF_EMOJIS = frozenset(
    "face heavy black white european japanese building symbol sign emoji evergreen deciduous smiling "
    "medium large small".split()
)
_PEOPLE = frozenset("man woman boy girl adult baby child".split())
# What a person joined with another emoji is.
_TRADES = {
    "rocket": "astronaut",
    "fire engine": "firefighter",
    "ear of rice": "farmer",
    "cooking": "chef",
    "graduation cap": "student",
    "airplane": "pilot",
    "wrench": "mechanic",
    "microscope": "scientist",
}


def spelled(text: str, is_noun: Callable[[str], bool]) -> str:
    """The text with the names of its emojis in their places, but for those that follow a noun: they only adorn it.

    Several together are several things: a cat's and two dogs' are "cat and 2 dog".
    """
    out, run = "", ""
    for letter in text:
        if unicodedata.category(letter) == "So" or (run and _joins(letter)):
            run += letter
            continue
        out += _said(run, out, is_noun) + letter
        run = ""
    return out + _said(run, out, is_noun)


def _joins(letter: str) -> bool:
    """Whether a letter may stand within a run of emojis: a joiner, a colour of skin, a blank."""
    return letter.isspace() or unicodedata.category(letter) in ("Cf", "Mn", "Sk")


def _said(run: str, before: str, is_noun: Callable[[str], bool]) -> str:
    """The words for a run of emojis that stands after the text `before`."""
    if not run:
        return ""
    last = words(before[-LONGEST_WORD:])[-1:]
    if last and is_noun(last[0]):
        return " "
    counted = Counter(filter(None, map(_name, _units(run))))
    things = [name for name in counted if is_noun(words(name)[-1])]
    others = [name for name in counted if name not in things]
    named = [f"{min(counted[name], MOST)} {name}" if counted[name] > 1 else name for name in things]
    return f" {' '.join((*others, ' and '.join(named)))} "


def _units(run: str) -> list[list[str]]:
    """The names of the emojis of a run, those joined together in one list."""
    units: list[list[str]] = []
    joined = False
    for letter in run:
        if unicodedata.category(letter) == "So":
            name = unicodedata.name(letter, "").lower().partition(" with")[0]
            kept = " ".join(word for word in name.split() if word not in _OF_EMOJIS)
            if joined and units and kept not in _PEOPLE:
                units[-1].append(kept)
            else:
                units.append([kept])
        joined = letter == JOINER
    return units


def _name(unit: list[str]) -> str:
    """The word for emojis joined together: a woman and a rocket are an astronaut."""
    trade = next((_TRADES[name] for name in unit[1:] if name in _TRADES), "")
    return trade if trade and unit[0] in _PEOPLE else unit[0]
