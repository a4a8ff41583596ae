"""How old, worn, broken or new a prompt says that its object is."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from pipelines.words.objects import HEAD_ENDS, STATUES
from pipelines.words.tokens import singular

# How worn each word says a thing is, 0 to 1.
WORN: dict[str, float] = {
    **dict.fromkeys("vintage antique used retro".split(), 0.35),
    **dict.fromkeys("old aged worn shabby faded rustic elderly ageing aging senior".split(), 0.6),
    **dict.fromkeys("weathered battered scruffy rundown creaky".split(), 0.8),
    **dict.fromkeys("ancient abandoned dilapidated decrepit decayed decaying derelict ruined".split(), 1.0),
    **dict.fromkeys("crumbling wrecked haunted rotten".split(), 1.0),
}  # fmt: skip
OLD = WORN["old"]
# What these are by themselves needs no word; of others such words have no effect, and are told.
YOUNG = frozenset("young youthful adult".split())
YOUNG_FAMILIES = frozenset(
    "person woman child girl baby elf fairy mermaid princess king queen".split()
)
# Names of people who are old.
_OLD_PEOPLE = frozenset("grandmother grandma granny nana grandfather grandpa granddad".split())
BROKEN = frozenset(
    "broken damaged shattered smashed chipped snapped destroyed crumbling ruined wrecked cracked".split()
)
# A fresh surface is smoother than what the object has by itself.
FRESH = frozenset("new modern brand pristine unused clean spotless futuristic".split())
# A surface is of circuits; a futuristic car is not.
_AGES_OF_OBJECTS = frozenset(("futuristic",))


@dataclass(frozen=True)
class Age:
    """worn: 0 to 1. `words` are those that said so, and their places in the prompt. statue: what is old is but one."""

    worn: float = 0.0
    broken: bool = False
    fresh: bool = False
    statue: bool = False
    words: tuple[str, ...] = ()
    places: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)


def read_age(row: Sequence[str], start: int, end: int, known: Container[str]) -> Age:
    """What the words say of the object's age, its noun being at [start, end). Those `known` as looks are no ages."""
    places = [
        at
        for at, word in enumerate(row)
        if (word in WORN or word in BROKEN or word in FRESH)
        and (word not in known or word in _AGES_OF_OBJECTS)
        and is_of_the_object(row, at, start, end)
    ]
    places += [at for at in range(start, end) if singular(row[at]) in _OLD_PEOPLE]
    said = tuple(row[at] for at in places)
    worn = max(
        (WORN.get(word, OLD if word not in BROKEN | FRESH else 0.0) for word in said), default=0.0
    )
    broken = any(word in BROKEN for word in said)
    fresh = any(word in FRESH for word in said) and not worn and not broken
    statue = any(word in STATUES for word in row)
    return Age(worn, broken, fresh, statue, said, tuple(places))


def is_of_the_object(row: Sequence[str], at: int, start: int, end: int) -> bool:
    """Whether a word stands before the noun, or after it with no other thing between: not "with an old hat"."""
    if at < start:
        return "with" not in row[:at]
    return at >= end and not any(
        word in HEAD_ENDS - {"and", "that", "which"} for word in row[end:at]
    )
