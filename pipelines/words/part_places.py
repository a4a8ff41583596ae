"""Where on an object the things lie that one part of it may hold: of "robe clothes hat" the hat is the highest.

A family names a part by all that is of one look in it. A prompt that gives a look to one of these means no other:
here is where each lies among the part's separate bodies, as far as its word says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.words.tokens import singular

_WORDS = {
    "high": "hat cap hood helmet hair crown ear antenna antennae feeler crest comb roof spire peak horn antler plume "
    "flag top",
    "low": "leg foot shoe boot paw hoof toe sock base root trouser pant jean short tight",
    "back": "tail cape cloak rear",
    "front": "beak bill snout muzzle mouth tusk teeth tooth",
    "side": "hand glove arm sleeve wing fin flipper",
    "small": "spike thorn spot dot plate ridge scute patch spine rivet button gem jewel stud nail",
    # On top of what is tall, in front of what is long.
    "end": "head face nose tip cone mask",
    # Where these lie, no word says.
    "own": "turret cab cabin bonnet motor engine handle lid spout stand neck collar chimney tower stem boom",
}
PLACE_OF = {word: place for place, row in _WORDS.items() for word in row.split()}
# These come in pairs, one to either side; those are single, in the middle.
PAIRED = frozenset("ear arm hand glove claw antler wing flipper sleeve".split())
MIDDLE = frozenset(
    "hat cap hood helmet crown head face nose mask tail beak bill snout muzzle cape".split()
)
# What is asked of these is for all that is with them.
ALL = frozenset("armour armor body outfit costume".split())
# A word for all of them, and no other thing.
GENERAL = frozenset(("clothe", "costume", "colour"))
REST, OWN = "rest", "own"
# Words for most of an object: what is asked of a lesser thing in such a part is not done to all of it.
WHOLES = frozenset(
    "body fur coat skin scale feather robe dress suit tunic shirt clothe torso shell wool armour armor skirt hull "
    "bandage romper vest gown wall".split()
)


def place_of(word: str) -> str:
    """Where a part's word lies, one of "high", "low", "back", "front", "side", "small", "end"; else "rest"."""
    return PLACE_OF.get(singular(word), REST)


def things(name: str) -> list[str]:
    """The words of a part's name that may be different things: the feathers of "wings feathers" are none."""
    words = [word for word in name.split() if singular(word) not in GENERAL]
    if words and singular(words[0]) not in WHOLES:
        words = [word for word in words if singular(word) not in WHOLES]
    return words


def is_mixed(name: str) -> bool:
    """Whether a part's name holds things of different places: "belly spikes", not "wheels tyres"."""
    return len({place_of(word) for word in things(name)}) > 1


def others(name: str, asked: Sequence[str]) -> list[str]:
    """What else a part holds than the words asked for, by its first word; nothing where it goes by that name."""
    if any(word in ALL for word in asked):
        return []
    own = {place_of(word) for word in asked}
    words = things(name)
    named = bool(words) and singular(words[0]) in {singular(word) for word in asked}
    found: dict[str, str] = {}
    for word in words:
        place = place_of(word)
        if place not in own and not (named and place in (REST, OWN)):
            found.setdefault(place, word)
    return list(found.values())


def lesser(name: str, asked: Iterable[str]) -> bool:
    """Whether what is asked for is a lesser thing in a part that is most of the object: a tail of "body fur tail"."""
    wholes = {singular(word) for word in things(name)} & WHOLES
    return bool(wholes) and all(place_of(word) != REST for word in asked)


def parted(name: str, word: str) -> tuple[str, str]:
    """A part's name in two: the words that lie where `word` does, and the others."""
    words: Sequence[str] = name.split()
    with_it = [other for other in words if place_of(other) == place_of(word)]
    return " ".join(with_it), " ".join(other for other in words if other not in with_it)
