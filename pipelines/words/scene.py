"""What things a prompt names, how many of each, and how they stand to each other.

"two chairs beside a table with a vase": chairs, a table, a vase; the chairs beside the table, the vase on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.words.contents import stuff_held
from pipelines.words.counts import BARE_AT, asked_count, count_words, is_bare
from pipelines.words.groups import ALIKE_IN_NUMBER, grouping
from pipelines.words.inlays import GEMS, SETTINGS
from pipelines.words.notices import MOST_OBJECTS
from pipelines.words.objects import SHORTEST_DOING, Match, find_object, is_weak, mentions
from pipelines.words.places import ARTICLES
from pipelines.words.relations import (
    ANIMALS,
    BACK_WORDS,
    BEINGS,
    CARRIED,
    CLOSED,
    FITTINGS,
    GARMENTS,
    MACHINES,
    RELATIONS,
    TOPS,
    WORN,
    Place,
    Relation,
    place_with,
    worn_as,
)
from pipelines.words.segments import Segment, segments_of
from pipelines.words.sizes import NUMBERS, SIZE_WORDS
from pipelines.words.tokens import singular, singulars
from pipelines.words.wishes import PARTS, THINGS_TOO, missing_words

MOST_THINGS = 6
FILLED = frozenset(("of", "full of", "filled with"))
SERVING = frozenset(("plate",))  # "a plate of cookies" has them on it
HELD_BY = FILLED | {"with"}
# After these a word is as likely a look as a thing.
LOOK_RELATIONS = frozenset(("in", "of", "with"))

# What a place is called from the other side, where a link is turned round.
TURNED_ROUND: dict[Place, Place] = {"behind": "front", "front": "behind"}

PartsOf = Callable[[str], Collection[str]]


@dataclass(frozen=True)
class Thing:
    """One kind of object: its words, where among them its noun stands, how many were asked for and are made."""

    row: tuple[str, ...]
    match: Match
    count: int = 1
    asked: int = 1
    layout: str = ""


@dataclass(frozen=True)
class Link:
    """Thing `child` has its `place` at thing `of`; both are indices."""

    child: int
    place: Place
    of: int


@dataclass(frozen=True)
class Scene:
    """The things, the first being the prompt's own object, and at most one link from each to another."""

    things: tuple[Thing, ...]
    links: tuple[Link, ...]


def read_scene(
    row: Sequence[str],
    nouns: Mapping[str, str],
    parts_of: PartsOf,
    materials: Collection[str] = (),
    clauses: Sequence[int] = (),
) -> Scene | None:
    """The things of a prompt, or None if it names none. `parts_of`: family -> words for its parts.

    `clauses`: where commas part the prompt, as numbers of words.
    """
    silent = missing_words(row)
    for at in grouping(row, nouns):
        silent |= {at, at + 1}  # "a flock of": what follows is the object itself
    present = ["a" if at in silent else word for at, word in enumerate(row)]
    match = find_object(present, nouns, materials, clauses)
    if match is None:
        return None
    return _SceneReader(row, match, nouns, parts_of, materials, clauses).read()


class _SceneReader:
    """Goes through the segments after the object: each is a thing of its own, or says more of an earlier one."""

    def __init__(
        self,
        row: Sequence[str],
        match: Match,
        nouns: Mapping[str, str],
        parts_of: PartsOf,
        materials: Collection[str],
        clauses: Sequence[int],
    ) -> None:
        self.row, self.nouns, self.parts_of, self.materials = row, nouns, parts_of, materials
        silent = missing_words(row) | grouping(row, nouns)
        self.found = [found for found in mentions(row, nouns) if found.end - 1 not in silent]
        self.segments = segments_of(row, match.end, self.found, clauses)
        first = self.segments[0].start if self.segments else len(row)
        self.rows = [list(row[:first])]
        self.matches = [match]
        self.links: list[Link] = []
        self.relations: dict[int, Relation] = {}
        # The last "with" that named a part: "and" after it goes on with it.
        self.had: tuple[Relation, int] | None = None

    def read(self) -> Scene:
        for segment in self.segments:
            noun = self._noun(segment)
            owner = self._owner(segment, noun)
            if noun is not None and owner is None:
                self._add(segment, noun)
                self.had = None
            elif not self._moves(segment):
                at = len(self.rows) - 1 if owner is None else owner
                if owner is not None and segment.relation.word == "in":
                    self._set_into(owner)
                self.rows[at] += self.row[segment.start : segment.end]
                has = segment.relation.word in HELD_BY or segment.relation.word == "and"
                piece = self._mentions_a_piece(segment)
                if piece and segment.relation.word in RELATIONS.keys() - {"and"}:
                    self.had = segment.relation, at
                elif has and owner is not None:
                    self.had = RELATIONS["with"], at
        things = [
            _thing(tuple(row), match) for row, match in zip(self.rows, self.matches, strict=True)
        ]
        for link in self.links:
            thing = things[link.child]
            alike = self._is_many_alike(link.child)
            if link.place in ("around", "in") and (alike or is_bare(thing.row, thing.match)):
                things[link.child] = replace(thing, count=BARE_AT, asked=BARE_AT)
        return Scene(_bounded(things), tuple(self.links))

    def _is_many_alike(self, child: int) -> bool:
        """Whether a thing's plural looks like its singular and several are meant: "full of fish"."""
        match, row = self.matches[child], self.rows[child]
        bare = match.start == 0 or row[match.start - 1] not in ARTICLES
        filled = self.relations.get(child) in (
            RELATIONS["full of"],
            RELATIONS["filled with"],
            RELATIONS["of"],
        )
        return (
            filled
            and bare
            and row[match.end - 1] in ALIKE_IN_NUMBER
            and not count_words(row, match)
        )

    def _mentions_a_piece(self, segment: Segment) -> bool:
        """Whether a segment's noun was left to the object before, as the pipes of "with pipes and gears" are."""
        inside = [m for m in self.found if segment.content <= m.start and m.end <= segment.end]
        return bool(inside) and self._is_piece_of_it(segment, inside[-1])

    def _noun(self, segment: Segment) -> Match | None:
        """The object that a segment is about: its last known noun, unless an unknown one follows."""
        inside = [m for m in self.found if segment.content <= m.start and m.end <= segment.end]
        if segment.loose or not inside or len(self.rows) >= MOST_THINGS:
            return None
        last = inside[-1]
        if last.end < segment.end and not self._may_follow(self.row[last.end]):
            return None
        if is_weak(last, self.materials) and not self._counted(last, segment):
            return None
        if self._is_bare_part(segment, last):
            return None
        family = self.matches[-1].family
        if segment.relation.word in HELD_BY and stuff_held(self.row, segment.content):
            return None  # "a barrel of beer" holds no bottle
        if segment.relation.word in FILLED and family in CLOSED:
            return None
        if self._is_piece_of_it(segment, last):
            return None
        if segment.relation.word == "of" and family not in SERVING and place_with(family) != "in":
            return None
        # "a mug filled with hot chocolate": what it is full of is its own.
        return None if last.family == family and segment.relation.word in FILLED else last

    def _may_follow(self, word: str) -> bool:
        """Whether a word after a noun makes no other noun of it: "two crates stacked", "a vase standing"."""
        does = word.endswith(("ed", "ing")) and len(word) >= SHORTEST_DOING
        return _silent(word) or (does and word not in self.nouns)

    def _is_bare_part(self, segment: Segment, match: Match) -> bool:
        """Whether "with horns" means a part that the object has not, rather than a horn beside it."""
        word = singular(self.row[match.end - 1])
        if segment.relation.word != "with":
            return False
        if word in GEMS:  # "a crown with a sapphire" has it set in
            return not SETTINGS.isdisjoint(self.parts_of(self.matches[-1].family))
        return word in PARTS and word not in THINGS_TOO

    def _is_piece_of_it(self, segment: Segment, match: Match) -> bool:
        """Whether "with socks", "with pipes" means what is on an object, rather than a thing beside it."""
        at = len(self.rows) - 1
        before = next((link for link in self.links if link.child == at), None)
        relation = segment.relation.word
        if relation == "and":
            relation = self.had[0].word if self.had else self.relations[at].word if before else ""
        owner = self.matches[self._root(at)].family
        if match.family in GARMENTS and owner in BEINGS | ANIMALS:
            return relation in ("with", "wearing", "in")
        built = owner in MACHINES or place_with(owner) == "beside"
        return match.family in FITTINGS and relation == "with" and built

    def _counted(self, match: Match, segment: Segment) -> bool:
        """Whether a word that may be a look stands as a thing: "an orange", "two lemons", "roses", "on a mossy rock".

        Not "in a dark orange", "with a bright red": these words come before looks as well.
        """
        before = self.row[segment.content : match.start]
        if segment.relation.word in LOOK_RELATIONS:
            before = before[-1:]
        plural = self.row[match.end - 1] not in match.word.split()
        return plural or any(word in ARTICLES or word in NUMBERS for word in before)

    def _owner(self, segment: Segment, noun: Match | None) -> int | None:
        """Which thing has what the segment names as a part: the last one that does."""
        has = segment.relation.word == "with" or (segment.relation.word == "and" and self.had)
        if noun and not has and (" " in noun.word or self._is_next(segment, noun)):
            return None
        named = (
            self.row[noun.end - 1 : noun.end] if noun else self.row[segment.content : segment.end]
        )
        for at in reversed(range(len(self.matches))):
            parts = self.parts_of(self.matches[at].family)
            if any(form in parts for word in named for form in (word, *singulars(word))):
                return at
        return None

    def _is_next(self, segment: Segment, noun: Match) -> bool:
        """Whether "and two glasses" begins another thing, and says nothing more of a bottle's glass."""
        before = self.row[segment.content : noun.start]
        return segment.relation.word == "and" and any(word in NUMBERS for word in before)

    def _add(self, segment: Segment, noun: Match) -> None:
        new, last = len(self.rows), len(self.rows) - 1
        self.rows.append(list(self.row[segment.content : segment.end]))
        shift = segment.content
        self.matches.append(replace(noun, start=noun.start - shift, end=noun.end - shift))
        relation, root, of = segment.relation, self._root(last), last
        if self.had and relation.word in CARRIED:
            of = self.had[1]  # "a chimney with smoke": of the house, not of what was named between
        before = next((link for link in self.links if link.child == last), None)
        if relation.word == "in" and self.matches[of].family in BEINGS and noun.family in WORN:
            relation = RELATIONS["wearing"]  # "a man in a top hat"
        if relation.word == "and" and before:
            # "a man with a hat and a cane": as if "with" stood there once more.
            relation, of = self.relations[last], before.of
        elif relation.word == "and" and self.had:
            relation, of = self.had
        self.relations[new] = relation
        if relation.word in CARRIED:
            other = worn_as(noun.family, noun.word)
            handless = relation.place == "hold" and self.matches[of].family not in BEINGS | ANIMALS
            named = None if handless else relation.place
            place = named or place_with(self.matches[of].family, other)
            self.links.append(Link(new, place, of))
        elif of != last and before:
            self.links.append(Link(new, before.place, of))
        elif relation.new_is_child and not self._flanks(root, new):
            self.links.append(Link(new, relation.place or "beside", root))
        else:
            place = relation.place or "beside"
            self._bring_along(root, place, new)
            self.links.append(Link(root, TURNED_ROUND.get(place, place), new))

    def _set_into(self, owner: int) -> None:
        """ "a sword with a gem in its hilt": no thing beside the sword, but words on its hilt."""
        last = len(self.rows) - 1
        if last and self.links and self.links[-1] == Link(last, self.links[-1].place, owner):
            self.rows[owner] += self.rows.pop()
            self.matches.pop()
            self.links.pop()

    def _bring_along(self, thing: int, place: Place, new: int) -> None:
        """ "a cat and a dog on a sofa": what is beside a thing goes with it."""
        if place in ("on", "in"):
            self.links = [
                Link(link.child, place, new) if (link.of, link.place) == (thing, "beside") else link
                for link in self.links
            ]

    def _flanks(self, thing: int, new: int) -> bool:
        """Whether several stand by one: two chairs beside a table stand on either side of it."""
        counts = [asked_count(self.rows[at], self.matches[at]).number for at in (thing, new)]
        return counts[0] > 1 == counts[1]

    def _root(self, thing: int) -> int:
        """What a thing stands on in the end."""
        parents = {link.child: link.of for link in self.links}
        while thing in parents:
            thing = parents[thing]
        return thing

    def _moves(self, segment: Segment) -> bool:
        """Whether a segment only says where the last thing is: "a vase on top", "a tree beside it", "on its roof"."""
        last = len(self.rows) - 1
        place = segment.relation.at_it
        if not (place and self.links and self.links[-1].child == last):
            return False
        words = self.row[segment.content : segment.end]
        of = self.matches[self.links[-1].of].family
        tops = TOPS & frozenset(self.parts_of(of)) | (TOPS if of in ANIMALS else frozenset())
        known = BACK_WORDS | ARTICLES | (tops if place == "on" else frozenset())
        if not all(word in known for word in words):
            return False
        if place == "on" and not {"side", "sides"}.isdisjoint(words):
            place = "beside"
        self.links[-1] = replace(self.links[-1], place=place)
        return True


def _silent(word: str) -> bool:
    return (
        word == "without"
        or word in ARTICLES
        or word in SIZE_WORDS
        or word in BACK_WORDS
        or word in RELATIONS
    )


def _thing(row: tuple[str, ...], match: Match) -> Thing:
    count = asked_count(row, match)
    return Thing(row, match, count.number, count.number, count.layout)


def _bounded(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Fewer of the most numerous until all together are no more than MOST_OBJECTS."""
    counts = [min(thing.count, MOST_OBJECTS) for thing in things]
    while sum(counts) > MOST_OBJECTS:
        counts[counts.index(max(counts))] = max(counts) - 1
    return tuple(replace(thing, count=count) for thing, count in zip(things, counts, strict=True))
