"""What lies on an object that a prompt names: "mossy", "snow-covered", "wet", "covered in dust".

The words and what they do are those of the weather of surfaces; here is which of them are meant for the object.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.words.ages import is_of_the_object
from pipelines.words.coats import Coat
from pipelines.words.finish import Finish
from pipelines.words.surface_places import NATURAL
from pipelines.words.tokens import known_phrase
from pipelines.words.weather import WEATHER, Weather

COVERED = frozenset(
    "covered coated caked dusted blanketed encrusted overgrown draped strewn".split()
)
# What lies on things without being what they are of.
_LYING = frozenset(
    "moss grass leaves snow ice sand rust verdigris dirt dust frost soot grime blood slime".split()
)
# These are a stuff of their own, a state or a recipe.
_OTHERWISE = frozenset("rusty rusted iced frosted smoked used lit glowing burnt burned".split())
LONGEST = 3  # words of a weather


@dataclass(frozen=True)
class Covering:
    """Weather of the whole, what it is covered with (material, place), and the words that said so with their places."""

    weather: Weather = field(default_factory=Weather)
    laid: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def coats(self, main: Finish) -> list[Coat]:
        """The coats over an object whose main finish is given."""
        weather = [Coat(finish, place) for finish, place in self.weather.laid(main)]
        return [*weather, *(Coat(Finish(name), place) for name, place in self.laid)]


def read_covering(
    row: Sequence[str],
    start: int,
    end: int,
    materials: Mapping[str, str],
    silent: Collection[int] = (),
) -> Covering:
    """What the words lay on the object whose noun is at [start, end). `silent`: places that were read already."""
    weather = Weather()
    laid: list[tuple[str, str]] = []
    places: list[int] = []
    at = 0
    while at < len(row):
        stop, stuff = _covered(row, at, materials)
        if not stuff:
            stop = at if at in silent else _weather_end(row, at)
        if stop == at or start <= at < end or not is_of_the_object(row, at, start, end):
            at += 1
            continue
        if stuff:
            laid.append((stuff, NATURAL[stuff]))
        else:
            weather = weather.also(WEATHER[" ".join(row[at:stop])])
        places += range(at, stop)
        at = stop
    return Covering(weather, tuple(laid), tuple(row[at] for at in places), tuple(places))


def _covered(row: Sequence[str], at: int, materials: Mapping[str, str]) -> tuple[int, str]:
    """Where "covered in moss" ends, and its material; `at` and "" for other words."""
    if row[at] not in COVERED or at + 2 >= len(row) or row[at + 1] not in ("in", "with", "by"):
        return at, ""
    known = {**{name: name for name in _LYING}, **materials}
    phrase, stop = known_phrase(row, at + 2, known)
    stuff = known[phrase] if phrase else ""
    return (stop, stuff) if stuff in _LYING else (at, "")


def _weather_end(row: Sequence[str], at: int) -> int:
    for stop in range(min(len(row), at + LONGEST), at, -1):
        phrase = " ".join(row[at:stop])
        if phrase in WEATHER and phrase not in _OTHERWISE and not WEATHER[phrase].glow:
            return stop
    return at
