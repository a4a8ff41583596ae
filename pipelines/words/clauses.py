"""A prompt for a surface cut into pieces, each with looks and a place, weather, or a part's name. Strings alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.words.colours import COLOURS
from pipelines.words.finish import PRINTS, finish_and_ignored
from pipelines.words.surface_places import NATURAL, TURNED, place_in
from pipelines.words.tokens import known_phrase, words
from pipelines.words.weather import WEATHER, Weather, take_weather

_MARKS = ",;:/+&."
_SPLIT = re.compile(
    r"([,;:/+&.]|\b(?:with|without|no|and|but|plus|has|having|featuring|wearing)\b)"
)
_JOINT = re.compile(r"\b(?:on|of|over|in)\b")
# What follows these belongs to what was named before, or is a part of it.
_ATTACHES = frozenset("with has having featuring wearing plus but".split())
# A material that is named without a place, on another one: "paint on wood".
_LAID = "patches"


@dataclass(frozen=True)
class Piece:
    """Looks in words, the place of a coat ("" for none), weather and its words.

    attached: it follows "with"; left_out: it follows "without"; noun: the part that it is for; figures: a print
    upon it, in words; phrase: all that was said.
    """

    looks: str
    place: str = ""
    attached: bool = False
    left_out: bool = False
    noun: tuple[str, ...] = ()
    figures: str = ""
    phrase: str = ""
    weather: Weather = field(default_factory=Weather)
    weather_said: list[str] = field(default_factory=list)


def pieces_of(text: str, materials: Mapping[str, str]) -> Iterator[Piece]:
    """Every piece of a prompt, in its order."""
    attached = left_out = False
    phrases = {**materials, **dict.fromkeys(COLOURS, "")}
    for clause in _SPLIT.split(_marked(text, materials)):
        clause = clause.strip()
        if clause in _ATTACHES:
            attached, left_out = True, False
        elif clause in ("without", "no"):
            left_out = True
        elif clause and clause != "and" and clause not in _MARKS:
            yield from _read(clause, attached, left_out, materials, phrases)
            left_out = False


def _marked(text: str, materials: Mapping[str, str]) -> str:
    """The text in lower case without accents. Phrases of several words that name one look are joined by "_", so that
    "stained glass" is not a stain."""
    row = [
        word
        for piece in re.split(r"([,;:/+&.])", text)
        for word in ([piece] if piece in set(_MARKS) else words(piece))
    ]
    joined, at = [], 0
    while at < len(row):
        end = max(known_phrase(row, at, materials)[1], known_phrase(row, at, COLOURS)[1], at + 1)
        if " ".join(row[at:end]) in WEATHER:
            end = at + 1
        joined.append("_".join(row[at:end]))
        at = end
    lower = " ".join(joined)
    for phrase, turned in TURNED.items():
        lower = re.sub(rf"\b{phrase}\b", turned, lower)
    return lower


def _read(
    clause: str,
    attached: bool,
    left_out: bool,
    materials: Mapping[str, str],
    phrases: Mapping[str, str],
) -> Iterator[Piece]:
    """The pieces of one clause. phrases: every word for a look."""
    if left_out:
        yield Piece(clause, "", attached, left_out, phrase=clause)
        return
    # "mud covered" is weather, "covered" alone a place.
    weather, said, rest = take_weather(clause.split(), phrases, least=2)
    place, before, after = _parted(" ".join(rest), phrases, materials)
    sides = []
    for side in (before, after):
        more, more_said, plain = take_weather(side.split(), phrases)
        weather, said = weather.also(more), [*said, *more_said]
        sides.append(" ".join(plain))
    piece = Piece("", place, attached, phrase=clause, weather=weather, weather_said=said)
    if place:
        yield from _placed(sides[0], sides[1], piece, materials)
    else:
        yield from _laid(sides[0], piece, materials)


def _parted(
    clause: str, phrases: Mapping[str, str], materials: Mapping[str, str]
) -> tuple[str, str, str]:
    """The place that a clause names, and what stands before and after it; "" and all of it where there is none."""
    place, start, end = place_in(clause)
    said = clause[start:end]
    if place and (said in WEATHER or _names(said, materials)):
        # "gold cracks" have a place, "old cracked wood" has weather, "metal rivets" are a material.
        before = take_weather(clause[:start].split(), phrases)[2]
        place = place if _names(" ".join(before), materials) else ""
    return (place, clause[:start], clause[end:]) if place else ("", clause, "")


def _placed(before: str, after: str, piece: Piece, materials: Mapping[str, str]) -> Iterator[Piece]:
    """A clause about a place. "snow on top of stone" makes two pieces."""
    bare = replace(piece, place="", weather=Weather(), weather_said=[])
    if not finish_and_ignored(before, materials)[0]:
        # "edges in gold on black marble": what follows "on" or "of" lies beneath.
        over, beneath = (*_JOINT.split(after.removeprefix("in ").strip(), maxsplit=1), "")[:2]
        if _names(over, materials) and _names(beneath, materials):
            yield replace(piece, looks=over.strip())
            yield replace(bare, looks=beneath.strip(), attached=False)
            return
    elif _names(after, materials):
        yield (
            replace(piece, looks=before, weather=Weather(), weather_said=[])
            if _names(before, materials) and piece.weather
            else replace(piece, looks=before)
        )
        yield replace(
            bare,
            looks=after,
            attached=False,
            weather=piece.weather,
            weather_said=piece.weather_said,
        )
        return
    yield replace(piece, looks=f"{before} {after}".strip())


def _laid(clause: str, piece: Piece, materials: Mapping[str, str]) -> Iterator[Piece]:
    """A clause without a place. "moss on stone" is a coat and what it lies on, "gold on the lid" a part."""
    parts = re.split(r"\b(?:on|over)\b", clause, maxsplit=1)
    if len(parts) == 2:
        over, beneath = parts[0].strip(), parts[1].strip()
        finish = finish_and_ignored(over, materials)[0]
        ground, unknown = finish_and_ignored(beneath, materials)
        if finish.material in PRINTS and ground:
            yield replace(piece, looks=beneath, figures=over)
            return
        if finish and (ground.material or (ground and finish.material)):
            place = NATURAL.get(finish.material or "", _LAID)
            yield replace(piece, looks=over, place=place, weather=Weather(), weather_said=[])
            yield replace(piece, looks=beneath, attached=False)
            return
        noun = tuple(word for word in unknown if word not in ("the", "a", "an", "its", "it"))
        if finish and noun and not ground:
            yield replace(piece, looks=over, noun=noun, attached=True)
            return
    yield replace(piece, looks=clause)


def _names(looks: str, materials: Mapping[str, str]) -> bool:
    return bool(finish_and_ignored(looks, materials)[0])
