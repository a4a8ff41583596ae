"""What a prompt's words ask of an object's looks, part by part, and what of it is told.

A look is for the thing that is named, and for nothing else that its part holds: what cannot be told apart is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.geometry.families import prompt
from pipelines.geometry.families.prompt import Reading, coat_words
from pipelines.geometry.families.registry import Family, Part, families
from pipelines.geometry.families.surface_prompt import read_surface
from pipelines.geometry.materials.registry import material_words, materials, painting_words
from pipelines.words.adornments import Adornments, read_adornments
from pipelines.words.breeds import look_of
from pipelines.words.coats import Coat
from pipelines.words.colours import shaded
from pipelines.words.finish import GLOSS, PRINTS, Finish, read_finish
from pipelines.words.genres import of_genre
from pipelines.words.inlays import GEMS, OWN, inlays
from pipelines.words.kinds import KINDS
from pipelines.words.looks import Looks, part_words
from pipelines.words.looks_of_parts import default_finish
from pipelines.words.one_stuff import is_one_piece, of_one_piece
from pipelines.words.part_places import lesser, others
from pipelines.words.stuffs import stuff_at, stuffs_of
from pipelines.words.tokens import singular
from pipelines.words.wishes import NOTHING


@dataclass(frozen=True)
class PartLooks:
    """Looks of an object and its parts, what adorns it, and what is told of them in words."""

    looks: Looks
    coats: tuple[Coat, ...] = ()
    told: tuple[str, ...] = ()


def named(row: Sequence[str]) -> frozenset[str]:
    """The words of a prompt by which parts may be told apart, as singulars."""
    return frozenset(singular(word) for word in row)


def read(thing: Reading, parts: Sequence[Part], texture_prompt: str = "") -> PartLooks:
    """The looks that a prompt asks for. `parts` are the thing's own."""
    thing = _of_a_stuff(thing)
    known = part_words(part.name for part in parts)
    table = _materials(thing, known)
    heard, adorned, gems = _heard(thing, known, table)
    looks = prompt.looks_for(thing, parts, texture_prompt, heard=heard, materials=table)
    if texture_prompt:
        looks.words |= read_surface(texture_prompt, parts).looks.words
    looks, told = _own_things(looks, thing, parts)
    setting = next((known[word] for word in OWN if word in known), "")
    said = [thing.row[first:last] for first, last in gems]
    if not setting:
        told += tuple(f"this {thing.family.name} has no place for {' '.join(gem)}" for gem in said)
    for gem in said if setting else ():
        looks.parts[setting] = _gem(gem).over(looks.parts.get(setting, Finish()))
    return PartLooks(looks, adorned.coats, told)


def finishes(thing: Reading, parts: Sequence[Part], looks: Looks) -> list[Finish]:
    """The finish of each part; of what is of one stuff or has a breed's coat, all parts that have it."""
    looks = _on_its_own(thing, looks)
    rows = prompt.finishes(thing, parts, looks)
    whole = _of_its_name(thing, looks)
    folder = _folder(thing.family)
    if whole.main.material and is_one_piece(folder, whole.main):
        colour = materials()[whole.main.material].colour
        return [
            of_one_piece(part.name, part.slot, finish, whole, colour, folder)
            for part, finish in zip(parts, rows, strict=True)
        ]
    return _with_coat(thing, parts, looks, rows)


def _on_its_own(thing: Reading, looks: Looks) -> Looks:
    """The looks with the object's own colour beneath a pattern that has but one: "a cat with black spots"."""
    main = looks.main
    if not main.accent or main.colour or main.stuff:
        return looks
    own = default_finish(
        look_of(thing.family.name, thing.match.word, thing.family.synonyms) or thing.family.finish,
        coat_words(),
    )
    colour = own.colour or materials()[own.material or "paint"].colour
    return replace(looks, main=replace(main, colour=shaded(colour, own.shade)))


def _of_its_name(thing: Reading, looks: Looks) -> Looks:
    """The looks with the stuff that the noun itself names: an "ice dragon" is of ice."""
    look = look_of(thing.family.name, thing.match.word, thing.family.synonyms)
    if not look or looks.main.material:
        return looks
    return replace(looks, main=looks.main.over(default_finish(look, coat_words())))


def _of_a_stuff(thing: Reading) -> Reading:
    """The reading of "gingerbread house" as of a house, where no family has that name: the stuff stands before it."""
    match = thing.match
    stuff = stuff_at(thing.row, match.start)
    if not match.start < stuff < match.end or match.word == thing.family.name:
        return thing
    return replace(thing, match=replace(match, start=stuff))


def _folder(family: Family) -> str:
    """Where a family stands: "animals", "vehicles"."""
    return family.make.__module__.split(".")[-2]


def _materials(thing: Reading, known: Mapping[str, str]) -> dict[str, str]:
    """Word -> material, with those nouns that are a stuff where they stand, without those that say a genre."""
    place = _folder(thing.family)
    span = (thing.match.start, thing.match.end)
    stuffs = stuffs_of(thing.heard, span, place, known, painting_words())
    return of_genre(material_words(), place) | stuffs


def _heard(
    thing: Reading, known: Mapping[str, str], table: Mapping[str, str]
) -> tuple[list[str], Adornments, list[tuple[int, int]]]:
    """The words without those of adornments and gems, which are read here."""
    row, match = list(thing.heard), thing.match
    gems = inlays(row, match.start, match.end, known)
    read = {at for first, last in gems for at in range(first, last)}
    adorned = Adornments()
    if thing.alone:  # a coat would lie on the other things of a scene too
        adorned = read_adornments(row, match.start, match.end, known, table, read)
    read |= adorned.places
    return [NOTHING if at in read else word for at, word in enumerate(row)], adorned, gems


def _own_things(
    looks: Looks, thing: Reading, parts: Sequence[Part]
) -> tuple[Looks, tuple[str, ...]]:
    """The looks without those of lesser things in large parts, and what is told of things that share a part."""
    told: list[str] = []
    kept = dict(looks.parts)
    for part in parts:
        asked = list(dict.fromkeys(looks.words.get(part.name, [])))
        if not looks.parts.get(part.name) or not asked:
            continue
        said, name = " and ".join(asked), thing.family.name
        beside = " and ".join(others(part.name, asked))
        if beside and lesser(part.name, asked):
            del kept[part.name]
            told.append(
                f"the {said} of this {name} cannot be told apart from its {beside}: unchanged"
            )
        elif beside:
            told.append(f"the {beside} of this {name} cannot be told apart from its {said}: alike")
        elif not {singular(word) for word in asked} & {
            singular(word) for word in part.name.split()
        }:
            worn = part.name.split()[0]
            told.append(
                f"what this {name} wears is no {said} but a kind of {worn}, which gets its look"
            )
    return replace(looks, parts=kept), tuple(told)


def _gem(said: Sequence[str]) -> Finish:
    """How a gem looks: by its name, in the colour that is said of it."""
    kinds = families()["gem"].synonyms
    look = next((kinds[singular(word)] for word in said if kinds.get(singular(word))), "")
    asked, _ = read_finish(" ".join(word for word in said if singular(word) not in GEMS), {})
    if look:
        return asked.over(default_finish(look, material_words()))
    kind = next((KINDS[singular(word)] for word in said if singular(word) in KINDS), None)
    return asked.over(Finish("glass", kind.colour, GLOSS["shiny"])) if kind else asked


def _with_coat(
    thing: Reading, parts: Sequence[Part], looks: Looks, rows: list[Finish]
) -> list[Finish]:
    """A breed's pattern on all that is of the animal's usual stuff: spots on the ears too."""
    look = look_of(thing.family.name, thing.match.word, thing.family.synonyms)
    coat, own = (default_finish(said, coat_words()) for said in (look, thing.family.finish))
    if coat.material not in PRINTS or looks.main or looks.second:
        return rows
    return [
        coat
        if part.slot == "second"
        and part.name not in looks.parts
        and default_finish(part.finish, material_words()).material == own.material
        else finish
        for part, finish in zip(parts, rows, strict=True)
    ]
