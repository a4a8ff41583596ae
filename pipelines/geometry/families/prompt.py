"""A prompt read against the families and materials there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import InvalidValue
from pipelines.geometry.families.registry import Family, Part, families, nouns
from pipelines.geometry.materials.registry import material_words
from pipelines.words.finish import Finish
from pipelines.words.looks import Looks, read_looks
from pipelines.words.looks_of_parts import default_finish, finish_of
from pipelines.words.objects import STATUES, Match, find_object, near_words
from pipelines.words.tokens import words

SHOWN = ("car", "house", "tree", "chair", "dog", "person", "cup", "sword", "rocket", "castle")


@dataclass(frozen=True)
class Reading:
    """A prompt's words, the family they name, and how it was found."""

    row: tuple[str, ...]
    match: Match
    family: Family


def read_prompt(text: str) -> Reading:
    """Find the object. Raises InvalidValue naming what is near, or some of what is known."""
    row = words(text)
    match = find_object(row, nouns())
    if match is None:
        near = near_words(row, nouns())
        hint = f"near is {', '.join(near)}; known are" if near else "known are"
        raise InvalidValue(
            f"text_prompt is {text!r:.80}; it names no object that this model knows; "
            f"{hint} {', '.join(SHOWN)} and {len(families()) - len(SHOWN)} more"
        )
    return Reading(tuple(row), match, families()[match.family])


def looks_for(reading: Reading, parts: Sequence[Part], texture_prompt: str = "") -> Looks:
    """The colours and materials that the prompt asks for; those of the texture prompt go before."""
    names = [part.name for part in parts]
    looks = read_looks(reading.row, reading.match, names, material_words())
    if texture_prompt:
        surface = read_looks(words(texture_prompt), None, names, material_words())
        looks.main = surface.main.over(looks.main)
        looks.second = surface.second.over(looks.second)
        looks.parts |= {
            name: finish.over(looks.parts.get(name, Finish()))
            for name, finish in surface.parts.items()
        }
    return looks


def says_nothing(texture_prompt: str, parts: Sequence[Part]) -> bool:
    """Whether a texture prompt names no colour and no material."""
    names = [part.name for part in parts]
    looks = read_looks(words(texture_prompt), None, names, material_words())
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
