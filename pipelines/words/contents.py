"""Liquids and loose stuffs that a vessel is said to hold: "a barrel of beer", "a bucket full of water".

They are what is in the vessel: no thing beside it, and no look of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.words.colours import COLOURS
from pipelines.words.objects import HEAD_ENDS
from pipelines.words.places import ARTICLES
from pipelines.words.relations import CONTAINERS
from pipelines.words.tokens import known_phrase

_STUFFS = {
    "water": "water rainwater seawater holy_water drinking_water",
    "shiny amber plastic": "beer ale mead cider whiskey whisky rum tea honey syrup oil maple_syrup olive_oil lager "
    "apple_juice",
    "shiny burgundy plastic": "wine red_wine grape_juice",
    "shiny cream plastic": "white_wine champagne cream yoghurt yogurt custard porridge mayonnaise oatmeal ice_cream "
    "gravy",
    "shiny white plastic": "milk coconut_milk",
    "shiny orange plastic": "juice orange_juice soup stew curry pumpkin_soup carrot_juice broth",
    "shiny chocolate plastic": "coffee chocolate hot_chocolate cocoa cola coke soda",
    "shiny yellow plastic": "lemonade mustard lemon_juice",
    "shiny red plastic": "ketchup tomato_soup tomato_sauce sauce blood jam strawberry_jam salsa",
    "shiny black plastic": "ink tar",
    "shiny lime plastic": "poison acid slime goo green_slime",
    "lava": "lava magma",
    "sand": "sand",
    "dirt": "soil dirt earth mud compost",
    "snow": "snow",
    "ice": "ice",
    "charcoal rock": "coal charcoal",
    "ochre fur": "hay straw",
    "white plaster": "salt sugar flour rice plaster",
    "tan sand": "grain wheat oats barley corn_flakes cornflakes cereal sawdust",
    "charcoal sand": "gunpowder ash ashes",
    "paint": "paint",
    "red paint": "red_paint",
}
LOOK_OF = {word.replace("_", " "): look for look, row in _STUFFS.items() for word in row.split()}
FURTHEST = 4  # words to the stuff: "of very cold fresh milk"
_HOLDING = (("of",), ("full", "of"), ("filled", "with"), ("with",), ("containing",))
# Vessels beside those that things are put into.
_VESSELS = CONTAINERS | frozenset(
    (
        "bottle",
        "jar",
        "teapot",
        "kettle",
        "flask",
        "potion",
        "tin can",
        "oil drum",
        "jerry can",
        "milkshake",
    )
)
# Words among the names of parts for what is in a vessel already.
HELD = frozenset("drink liquid soup brew water soil".split())
# What these are of is seen through them.
CLEAR = frozenset(("bottle", "jar"))


@dataclass(frozen=True)
class Contents:
    """What a vessel holds: its word, its look in words, and the places in the prompt that said so."""

    word: str
    look: str
    places: tuple[int, ...]


def read_contents(row: Sequence[str], end: int, family: str) -> Contents | None:
    """What a vessel of a family holds whose noun ends at `end`; None where it is no vessel, or nothing is said."""
    if family not in _VESSELS:
        return None
    for at in range(end, len(row)):
        for said in _HOLDING:
            if tuple(row[at : at + len(said)]) == said:
                first = at + len(said)
                held = stuff_held(row, first)
                if held:
                    return _contents(row, range(at, first), *held)
    return None


def _contents(row: Sequence[str], joint: range, start: int, end: int) -> Contents:
    """The stuff at [start, end), in the colour that stands before it. joint: places of "full of"."""
    stuff = known_phrase(row, start, LOOK_OF)[0]
    dyed = [at for at in range(joint.stop, start) if row[at] in COLOURS]
    look = LOOK_OF[stuff]
    if dyed:
        bare = [word for word in look.split() if word not in COLOURS]
        look = " ".join((row[dyed[-1]], *bare))
    return Contents(stuff, look, (*joint, *dyed, *range(start, end)))


def stuff_held(row: Sequence[str], start: int) -> tuple[int, int] | None:
    """Where the stuff stands that words from `start` on name, and no thing: "of fresh milk", not "of milk bottles"."""
    for at in range(start, min(start + FURTHEST, len(row))):
        stuff, end = known_phrase(row, at, LOOK_OF)
        if stuff and stuff.endswith(row[end - 1]):  # "a box of chocolates" holds things
            return (at, end) if end == len(row) or row[end] in HEAD_ENDS else None
        if row[at] in HEAD_ENDS - ARTICLES:
            return None
    return None
