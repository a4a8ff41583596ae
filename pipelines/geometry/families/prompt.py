"""A prompt read against the families and materials there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import accumulate

from pipelines.errors import InvalidValue
from pipelines.geometry.families.registry import Family, Part, families, nouns, part_names
from pipelines.geometry.families.surface_prompt import read_surface
from pipelines.geometry.materials.registry import material_words
from pipelines.spec import Notice
from pipelines.words import sizes
from pipelines.words.ages import YOUNG, YOUNG_FAMILIES, Age, read_age
from pipelines.words.anatomy import by_nature
from pipelines.words.assortments import assorted, first_kinds
from pipelines.words.breeds import PATTERNS, breed_before, look_of
from pipelines.words.colours import COLOURS
from pipelines.words.contents import Contents, read_contents
from pipelines.words.counts import WITHIN, asked_count, count_words
from pipelines.words.coverings import Covering, read_covering
from pipelines.words.emojis import spelled
from pipelines.words.figures import read_figures
from pipelines.words.finish import Finish
from pipelines.words.groups import layout_of
from pipelines.words.indoors import outdoors
from pipelines.words.likeness import likest
from pipelines.words.lists import parted
from pipelines.words.looks import Looks, part_words, read_looks
from pipelines.words.looks_of_parts import default_finish, finish_of, ignored_words
from pipelines.words.notices import fewer_within, parts_not_made, refused_count, views_not_made
from pipelines.words.objects import STATUES, Match, near_words
from pipelines.words.pictures import Pictured, without_pictures
from pipelines.words.scene import Link, Scene, Thing, read_scene
from pipelines.words.tokens import singular, unread, words
from pipelines.words.variants import is_count
from pipelines.words.wishes import NOTHING, PARTS, Wish, doing, read_wishes, unspoken, with_without

SHOWN = ("car", "house", "tree", "chair", "dog", "person", "cup", "sword", "rocket", "castle")
# Words of asking, which say nothing of the object.
_SMALL = frozenset(
    "i we you he she me us want need would like can could give get show draw build design need be to kind sort type so "
    "just also any thing picture image illustration render rendering game asset prop pbr "
    "unity godot unreal blender".split()
)
# Words among those for parts that are more often the whole, its shape or its place.
_NO_PARTS = frozenset(
    "body top bottom front back side end middle point ring bar stand square ball star length width height depth radius "
    "thickness".split()
) - {"back"}
# Articles and the like, none of which is an English word of its own.
_FOREIGN = frozenset(
    "un une le la les des du el los las uno una unos il lo gli ein eine einen einem einer der das dem und mit het "
    "een och ett os um uma avec con y deux trois quatre cinq dos tres cuatro cinco zwei "
    "drei vier funf tre quattro".split()
)
# Objects stand as they are; beside another thing these say that they are on it.
_POSES = frozenset(("sitting", "lying"))
_CLAUSE_ENDS = re.compile(r"(?:[,;:!?\n]|\.(?!\d))+")


@dataclass(frozen=True)
class Reading:
    """A thing's words, the family they name, how it was found, and how many there are of it.

    within: the measure of a family of several that the number is for, and the number: ten pancakes are one stack.
    """

    row: tuple[str, ...]
    match: Match
    family: Family
    count: int = 1
    asked: int = 1
    layout: str = ""
    alone: bool = False
    within: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def wishes(self) -> tuple[Wish, ...]:
        """What the words ask of the object's parts."""
        parts = _parts_to_wish_for(self.family.name)
        found = read_wishes(self.row, self.match.start, self.match.end, parts)
        return tuple(wish for wish in found if not self._is_counted(wish))

    @cached_property
    def age(self) -> Age:
        """What the words say of the object's age."""
        silent = material_words().keys() | self.family.measures.keys()
        return read_age(self.row, self.match.start, self.match.end, silent)

    @cached_property
    def covering(self) -> Covering:
        """What lies on the object, if it is alone; in a scene these words are looks as others are."""
        if not self.alone:
            return Covering()
        silent = {*self.age.places, *(place for wish in self.wishes for place in wish.places)}
        match = self.match
        return read_covering(self.row, match.start, match.end, material_words(), silent)

    @cached_property
    def contents(self) -> Contents | None:
        """What the object holds, if it is a vessel and the words say so."""
        return read_contents(self.row, self.match.end, self.family.name)

    @property
    def heard(self) -> tuple[str, ...]:
        """The words without those of wishes and of age."""
        row = unspoken(self.row, self.wishes)
        groups = {at for at in count_words(self.row, self.match) if layout_of(self.row[at])}
        held = self.contents.places if self.contents else ()
        read = {*self.age.places, *self.covering.places, *doing(self.row), *groups, *held}
        return tuple(NOTHING if at in read else word for at, word in enumerate(row))

    @property
    def open_wishes(self) -> tuple[Wish, ...]:
        """The wishes that no measure of the family meets."""
        return tuple(
            wish
            for wish in self.wishes
            if not (self._met_by_measure(wish) or self._is_so_already(wish))
        )

    def _is_so_already(self, wish: Wish) -> bool:
        """Whether a thing has by nature what is counted, or is without what no such thing has: a chairless table."""
        if wish.kind == "count":
            return by_nature(self.family.name).get(wish.part) == wish.count
        known = _parts_to_wish_for(self.family.name) | PARTS | by_nature(self.family.name).keys()
        return wish.kind == "without" and wish.part not in known and _is_noun(wish.part)

    def _is_counted(self, wish: Wish) -> bool:
        """Whether a number of parts is a measure, which reads it by itself."""
        measures = self.family.measures.items()
        return wish.kind == "count" and any(
            wish.part in sizes.called(name) and isinstance(standard, int)
            for name, standard in measures
        )

    def _met_by_measure(self, wish: Wish) -> dict[str, float]:
        """The factor or the state of a measure that is the part's own."""
        for name, standard in self.family.measures.items():
            if isinstance(standard, bool):
                if wish.kind == "without" and name in (f"{wish.part}ed", wish.part):
                    return {name: 0.0}
            elif singular(name) == wish.part and isinstance(standard, float) and name != "open":
                if wish.kind == "size":
                    return {name: sizes.part_factor(wish.word)}
        return {}

    @property
    def measures(self) -> dict[str, float]:
        """What the words ask of the family's measures, over what the noun itself stands for."""
        asked = sizes.measures(self.heard, self.family.measures)
        for wish in self.wishes:
            for name, value in self._met_by_measure(wish).items():
                lengths = wish.kind == "size"
                asked[name] = sizes.limited(asked.get(name, 1.0) * value) if lengths else value
        for name, value in self.family.builds.get(self.match.word, {}).items():
            counts = isinstance(self.family.measures.get(name), int)
            asked[name] = asked.get(name, value) if counts else asked.get(name, 1.0) * value
        most = sizes.MOST_OF_A_MEASURE
        return asked | {name: min(number, most) for name, number in self.within.items()}

    @property
    def told(self) -> tuple[Notice, ...]:
        """That one object cannot hold as many as were asked for."""
        most = sizes.MOST_OF_A_MEASURE
        return tuple(
            fewer_within(number, self.match.word, most)
            for number in self.within.values()
            if number > most
        )


@dataclass(frozen=True)
class SceneReading:
    """All things of a prompt, the first its own object, how they stand to each other, and what is told of the words.

    unread: words in other scripts; pictured: words on a picture, which a mesh is not; told: what no mesh can be.
    """

    things: tuple[Reading, ...]
    links: tuple[Link, ...]
    unread: tuple[str, ...] = ()
    pictured: tuple[str, ...] = ()
    told: tuple[Notice, ...] = ()


def read_prompt(text: str) -> Reading:
    """Find the prompt's own object. Raises InvalidValue naming what is near, or some of what is known."""
    return read_things(text).things[0]


def read_things(text: str) -> SceneReading:
    """Find every object. Raises InvalidValue naming what is near, or some of what is known, or a number below one."""
    figures = read_figures(text, _is_noun)
    if figures.refused:
        raise InvalidValue(refused_count(figures.refused))
    joined = parted(spelled(figures.text, _is_noun), _is_noun)
    whole = [with_without(words(clause)) for clause in _CLAUSE_ENDS.split(joined)]
    looks = material_words().keys() | COLOURS.keys()
    seen = without_pictures(whole, nouns(), looks)
    scene = _scene(seen.clauses)
    if scene is None:
        scene, seen = _scene(whole), Pictured(whole, [], [])
    scene, hidden = outdoors(scene) if scene else (None, ())
    told = (*views_not_made(seen.views), *parts_not_made(figures.parted), *hidden)
    foreign, pictured = tuple(dict.fromkeys(unread(text))), tuple(dict.fromkeys(seen.words))
    if scene is None:
        row = [word for clause in whole for word in clause]
        return SceneReading((_likest(text, row),), (), foreign, pictured, told)
    alone = len(scene.things) == 1
    things = tuple(_reading(thing, alone=alone) for thing in scene.things)
    told += tuple(notice for thing in things for notice in thing.told)
    return SceneReading(things, scene.links, foreign, pictured, told)


def _scene(clauses: Sequence[Sequence[str]]) -> Scene | None:
    row = [word for clause in clauses for word in clause]
    ends = tuple(accumulate(len(clause) for clause in clauses))
    scene = read_scene(row, _nouns_and_kinds(), _words_of_parts, material_words(), ends)
    return scene and assorted(scene)


@cache
def _nouns_and_kinds() -> Mapping[str, str]:
    return {**nouns(), **first_kinds()}


def _likest(text: str, row: Sequence[str]) -> Reading:
    """The object nearest in meaning. Raises InvalidValue where none is near, or nothing can tell."""
    found = likest(" ".join(row), tuple(families()))
    if found is None:
        raise InvalidValue(_unknown(text, row))
    name, likeness = found
    match = Match(nouns()[name], name, "nearest", 0, len(row), guessed=True, likeness=likeness)
    return Reading(tuple(row), match, families()[match.family])


def looks_for(
    reading: Reading,
    parts: Sequence[Part],
    texture_prompt: str = "",
    *,
    heard: Sequence[str] | None = None,
    materials: Mapping[str, str] | None = None,
) -> Looks:
    """The colours and materials that the prompt asks for; those of the texture prompt go before.

    heard: the words to read, where they are not all of the prompt's; materials: word -> material, where there are more.
    """
    names = [part.name for part in parts]
    looks = read_looks(
        reading.heard if heard is None else heard,
        reading.match,
        names,
        material_words() if materials is None else materials,
    )
    if texture_prompt:
        surface = read_surface(texture_prompt, parts).looks
        looks.main = surface.main.over(looks.main)
        looks.second = surface.second.over(looks.second)
        looks.parts |= {
            name: finish.over(looks.parts.get(name, Finish()))
            for name, finish in surface.parts.items()
        }
    return looks


def coat_words() -> Mapping[str, str]:
    """Word -> material, with the patterns of animals' coats."""
    return {**material_words(), **PATTERNS}


def finishes(reading: Reading, parts: Sequence[Part], looks: Looks) -> list[Finish]:
    """The finish of each part."""
    table = coat_words()
    synonym = look_of(reading.family.name, reading.match.word, reading.family.synonyms)
    main = default_finish(synonym or reading.family.finish, table)
    statue = any(word in STATUES for word in reading.row)
    result = []
    for part in parts:
        own = default_finish(part.finish, table) if part.finish else main
        result.append(finish_of(part.name, part.slot, own, main, looks, statue=statue))
    return result


def without_effect(reading: Reading, looks: Looks, finishes: Sequence[Finish]) -> list[str]:
    """The words of a thing that did nothing: not its looks, its measures nor its number."""
    row = reading.heard
    used = sizes.measure_words(row, reading.family.measures)
    counted = count_words(reading.row, reading.match)
    effective = {row[at] for at in used} | {reading.row[at] for at in counted}
    wished = {wish.part for wish in reading.wishes}
    ignored = [
        *ignored_words(looks, finishes, row),
        *(reading.row[at] for at in doing(reading.row)),
        *(word for word in reading.row if word in _POSES and reading.alone),
    ]
    silent = effective | _SMALL | (YOUNG if reading.family.name in YOUNG_FAMILIES else frozenset())
    return [
        word
        for word in ignored
        if word not in silent and singular(word) not in wished and not _says_the_same(reading, word)
    ]


def _says_the_same(reading: Reading, word: str) -> bool:
    """Whether a word names the object once more, as "kitty" does beside "cat", and asks for no look or build."""
    family = reading.family
    if nouns().get(word) != family.name or word in family.alike:
        return False
    return not (family.synonyms.get(word) or family.builds.get(word))


@cache
def _words_of_parts(name: str) -> frozenset[str]:
    measures = families()[name].measures.items()
    counted = (word for row, value in measures if is_count(value) for word in sizes.called(row))
    return frozenset((*part_words(part_names(name)), *counted))


@cache
def _parts_to_wish_for(name: str) -> frozenset[str]:
    """Words for parts, as singulars, that are no looks: a castle's "stone" is what it is of."""
    known = {singular(word) for word in (*_words_of_parts(name), *families()[name].measures)}
    known |= by_nature(name).keys()
    return frozenset(known - material_words().keys() - COLOURS.keys() - _NO_PARTS)


def _reading(thing: Thing, *, alone: bool) -> Reading:
    family = families()[thing.match.family]
    thing, family = _drunk_from(*_leafless(thing, family))
    match = breed_before(thing.row, thing.match, family.synonyms, family.builds)
    match = replace(match, kind="nearest") if match.word in family.alike else match
    own, counted = WITHIN.get(family.name, ("", frozenset()))
    if own and match.word in counted and thing.count > 1:
        # "three dumplings": so many in the one that the family makes; a plural alone leaves it as it is.
        within = {own: thing.asked} if asked_count(thing.row, thing.match).said else {}
        return Reading(thing.row, match, family, alone=alone, within=within)
    return Reading(thing.row, match, family, thing.count, thing.asked, thing.layout, alone)


def _drunk_from(thing: Thing, family: Family) -> tuple[Thing, Family]:
    """Several glasses are drunk from; one pair is worn."""
    worn = thing.match.word != "glasses" or "pair" in thing.row or "pairs" in thing.row
    if worn or thing.count < 2 or "glass" not in nouns():
        return thing, family
    name = nouns()["glass"]
    match = replace(thing.match, family=name, word="glass", kind="synonym")
    return replace(thing, match=match), families()[name]


def _leafless(thing: Thing, family: Family) -> tuple[Thing, Family]:
    """A tree without leaves is a dead tree, whose shape is one of branches."""
    bare = families().get("dead tree")
    asked = read_wishes(thing.row, thing.match.start, thing.match.end, frozenset(("leaf",)))
    leaves = [wish for wish in asked if wish.kind == "without" and wish.part == "leaf"]
    if family.name != "tree" or bare is None or not leaves:
        return thing, family
    match = replace(thing.match, family=bare.name)
    return replace(thing, row=unspoken(thing.row, leaves), match=match), bare


def _is_noun(word: str) -> bool:
    """Whether a word, or several, names a known thing in either number."""
    return any(form in nouns() for form in (word, singular(word)))


def _unknown(text: str, row: Sequence[str]) -> str:
    near = near_words(row, nouns())
    hint = f"near is {', '.join(near)}; known are" if near else "known are"
    return (
        f"text_prompt is {text!r:.80}; it names no object that this model knows{_english(text)}; "
        f"{hint} {', '.join(SHOWN)} and {len(families()) - len(SHOWN)} more"
    )


def _english(text: str) -> str:
    """What is said to a prompt in another script, or with articles of another language."""
    foreign = unread(text) or not _FOREIGN.isdisjoint(words(text))
    return " (prompts are read in English)" if foreign else ""
