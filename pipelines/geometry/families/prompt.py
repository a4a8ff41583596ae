"""A prompt read against the families and materials there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.errors import InvalidValue
from pipelines.geometry.families.registry import Family, Part, families, nouns, part_names
from pipelines.geometry.materials.registry import material_words
from pipelines.words import sizes
from pipelines.words.counts import count_words
from pipelines.words.finish import Finish
from pipelines.words.likeness import likest
from pipelines.words.looks import Looks, part_words, read_looks
from pipelines.words.looks_of_parts import default_finish, finish_of, ignored_words
from pipelines.words.objects import STATUES, Match, near_words
from pipelines.words.scene import Link, Thing, read_scene
from pipelines.words.tokens import words

SHOWN = ("car", "house", "tree", "chair", "dog", "person", "cup", "sword", "rocket", "castle")
# ", a lamp" begins a new thing as "and a lamp" does; commas between colours do not.
_ARTICLES = ("a ", "an ", "the ", *(f"{number} " for number in sizes.NUMBERS))


@dataclass(frozen=True)
class Reading:
    """A thing's words, the family they name, how it was found, and how many there are of it."""

    row: tuple[str, ...]
    match: Match
    family: Family
    count: int = 1
    asked: int = 1
    layout: str = ""

    @property
    def measures(self) -> dict[str, float]:
        """What the words ask of the family's measures, over what the noun itself stands for."""
        asked = sizes.measures(self.row, self.family.measures)
        for name, value in self.family.builds.get(self.match.word, {}).items():
            counts = isinstance(self.family.measures.get(name), int)
            asked[name] = asked.get(name, value) if counts else asked.get(name, 1.0) * value
        return asked


@dataclass(frozen=True)
class SceneReading:
    """All things of a prompt, the first its own object, and how they stand to each other."""

    things: tuple[Reading, ...]
    links: tuple[Link, ...]


def read_prompt(text: str) -> Reading:
    """Find the prompt's own object. Raises InvalidValue naming what is near, or some of what is known."""
    return read_things(text).things[0]


def read_things(text: str) -> SceneReading:
    """Find every object. Raises InvalidValue naming what is near, or some of what is known."""
    row = words(_parted(text))
    scene = read_scene(row, nouns(), _words_of_parts, material_words())
    if scene is not None:
        return SceneReading(tuple(_reading(thing) for thing in scene.things), scene.links)
    found = likest(" ".join(row), tuple(families()))
    if found is None:
        raise InvalidValue(_unknown(text, row))
    match = Match(nouns()[found], found, "nearest", 0, len(row))
    return SceneReading((Reading(tuple(row), match, families()[match.family]),), ())


def looks_for(reading: Reading, parts: Sequence[Part], texture_prompt: str = "") -> Looks:
    """The colours and materials that the prompt asks for; those of the texture prompt go before."""
    names = [part.name for part in parts]
    looks = read_looks(reading.row, reading.match, names, material_words())
    if texture_prompt:
        surface = surface_looks(texture_prompt, parts)
        looks.main = surface.main.over(looks.main)
        looks.second = surface.second.over(looks.second)
        looks.parts |= {
            name: finish.over(looks.parts.get(name, Finish()))
            for name, finish in surface.parts.items()
        }
    return looks


def surface_looks(texture_prompt: str, parts: Sequence[Part]) -> Looks:
    """The looks that a texture prompt asks for."""
    names = [part.name for part in parts]
    return read_looks(words(texture_prompt), None, names, material_words())


def says_nothing(texture_prompt: str, parts: Sequence[Part]) -> bool:
    """Whether a texture prompt names no colour and no material."""
    looks = surface_looks(texture_prompt, parts)
    return not (looks.main or looks.second or looks.parts)


def finishes(reading: Reading, parts: Sequence[Part], looks: Looks) -> list[Finish]:
    """The finish of each part."""
    table = material_words()
    synonym = reading.family.synonyms.get(reading.match.word, "")
    main = default_finish(synonym or reading.family.finish, table)
    statue = any(word in STATUES for word in reading.row)
    result = []
    for part in parts:
        own = default_finish(part.finish, table) if part.finish else main
        result.append(finish_of(part.name, part.slot, own, main, looks, statue=statue))
    return result


def without_effect(reading: Reading, looks: Looks, finishes: Sequence[Finish]) -> list[str]:
    """The words of a thing that did nothing: not its looks, its measures nor its number."""
    used = sizes.measure_words(reading.row, reading.family.measures)
    used |= count_words(reading.row, reading.match)
    effective = {reading.row[at] for at in used}
    return [word for word in ignored_words(looks, finishes, reading.row) if word not in effective]


@cache
def _words_of_parts(name: str) -> frozenset[str]:
    return frozenset(part_words(part_names(name)))


def _reading(thing: Thing) -> Reading:
    family = families()[thing.match.family]
    return Reading(thing.row, thing.match, family, thing.count, thing.asked, thing.layout)


def _parted(text: str) -> str:
    """The text with "and" for each comma that an article or a number follows."""
    first, *rest = text.split(",")
    for piece in rest:
        plain = piece.strip().lower().removeprefix("and ")
        first += f" and {plain}" if plain.startswith(_ARTICLES) else f", {piece}"
    return first


def _unknown(text: str, row: Sequence[str]) -> str:
    near = near_words(row, nouns())
    hint = f"near is {', '.join(near)}; known are" if near else "known are"
    return (
        f"text_prompt is {text!r:.80}; it names no object that this model knows; "
        f"{hint} {', '.join(SHOWN)} and {len(families()) - len(SHOWN)} more"
    )
