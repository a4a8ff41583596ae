"""What things a prompt names, how many of each, and how they stand to each other.

"two chairs beside a table with a vase": chairs, a table, a vase; the chairs beside the table, the vase on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.words.counts import BARE_AT, LAYOUTS, MANY, asked_count, is_bare
from pipelines.words.coverings import COVERED
from pipelines.words.objects import Match, find_object, is_weak, mentions
from pipelines.words.places import ARTICLES
from pipelines.words.relations import (
    BACK_WORDS,
    CARRIED,
    RELATIONS,
    Place,
    Relation,
    place_with,
)
from pipelines.words.sizes import NUMBERS, SIZE_WORDS
from pipelines.words.tokens import known_phrase, singular, singulars
from pipelines.words.wishes import PARTS, THINGS_TOO, missing_words

MOST_THINGS = 6
# After these a word is as likely a look as a thing.
LOOK_RELATIONS = frozenset(("in", "of", "with"))
MOST_OBJECTS = 12

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


@dataclass(frozen=True)
class Segment:
    """Words [start, end) of a prompt; the first `start` to `content` say how they stand to what was before."""

    relation: Relation
    start: int
    content: int
    end: int


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
    missing = missing_words(row)
    present = ["a" if at in missing else word for at, word in enumerate(row)]
    match = find_object(present, nouns, materials, clauses)
    if match is None:
        return None
    return _SceneReader(row, match, nouns, parts_of, materials).read()


class _SceneReader:
    """Goes through the segments after the object: each is a thing of its own, or says more of an earlier one."""

    def __init__(
        self,
        row: Sequence[str],
        match: Match,
        nouns: Mapping[str, str],
        parts_of: PartsOf,
        materials: Collection[str],
    ) -> None:
        self.row, self.nouns, self.parts_of, self.materials = row, nouns, parts_of, materials
        missing = missing_words(row)
        self.found = [found for found in mentions(row, nouns) if found.end - 1 not in missing]
        self.segments = _segments(row, match.end, self.found)
        first = self.segments[0].start if self.segments else len(row)
        self.rows = [list(row[:first])]
        self.matches = [match]
        self.links: list[Link] = []
        self.relations: dict[int, Relation] = {}

    def read(self) -> Scene:
        for segment in self.segments:
            noun = self._noun(segment)
            if noun is not None and self._owner(segment, noun) is None:
                self._add(segment, noun)
            elif not self._moves(segment):
                owner = self._owner(segment, noun)
                at = len(self.rows) - 1 if owner is None else owner
                self.rows[at] += self.row[segment.start : segment.end]
        things = [
            _thing(tuple(row), match) for row, match in zip(self.rows, self.matches, strict=True)
        ]
        for link in self.links:
            thing = things[link.child]
            if link.place in ("around", "in") and is_bare(thing.row, thing.match):
                things[link.child] = replace(thing, count=BARE_AT, asked=BARE_AT)
        return Scene(_bounded(things), tuple(self.links))

    def _noun(self, segment: Segment) -> Match | None:
        """The object that a segment is about: its last known noun, unless an unknown one follows."""
        inside = [m for m in self.found if segment.content <= m.start and m.end <= segment.end]
        if not inside or len(self.rows) >= MOST_THINGS:
            return None
        last = inside[-1]
        if last.end < segment.end and not _silent(self.row[last.end]):
            return None
        if is_weak(last, self.materials) and not self._counted(last, segment):
            return None
        if self._is_bare_part(segment, last):
            return None
        if segment.relation.word == "of" and place_with(self.matches[-1].family) != "in":
            return None
        return last

    def _is_bare_part(self, segment: Segment, match: Match) -> bool:
        """Whether "with horns" means a part that the object has not, rather than a horn beside it."""
        word = singular(self.row[match.end - 1])
        return segment.relation.word == "with" and word in PARTS and word not in THINGS_TOO

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
        if noun and segment.relation.word != "with" and " " in noun.word:
            return None
        named = (
            self.row[noun.end - 1 : noun.end] if noun else self.row[segment.content : segment.end]
        )
        for at in reversed(range(len(self.matches))):
            parts = self.parts_of(self.matches[at].family)
            if any(form in parts for word in named for form in (word, *singulars(word))):
                return at
        return None

    def _add(self, segment: Segment, noun: Match) -> None:
        new, last = len(self.rows), len(self.rows) - 1
        self.rows.append(list(self.row[segment.content : segment.end]))
        shift = segment.content
        self.matches.append(replace(noun, start=noun.start - shift, end=noun.end - shift))
        relation, root, of = segment.relation, self._root(last), last
        before = next((link for link in self.links if link.child == last), None)
        if relation.word == "and" and before:
            # "a man with a hat and a cane": as if "with" stood there once more.
            relation, of = self.relations[last], before.of
        self.relations[new] = relation
        if relation.word in CARRIED:
            place = relation.place or place_with(self.matches[of].family, noun.family)
            self.links.append(Link(new, place, of))
        elif of != last and before:
            self.links.append(Link(new, before.place, of))
        elif relation.new_is_child and not self._flanks(root, new):
            self.links.append(Link(new, relation.place or "beside", root))
        else:
            place = relation.place or "beside"
            self._bring_along(root, place, new)
            self.links.append(Link(root, TURNED_ROUND.get(place, place), new))

    def _bring_along(self, thing: int, place: Place, new: int) -> None:
        """ "a cat and a dog on a sofa": what is beside a thing goes with it."""
        if place in ("on", "in"):
            self.links = [
                Link(link.child, place, new) if (link.of, link.place) == (thing, "beside") else link
                for link in self.links
            ]

    def _flanks(self, thing: int, new: int) -> bool:
        """Whether several stand by one: two chairs beside a table stand on either side of it."""
        counts = [asked_count(self.rows[at], self.matches[at])[0] for at in (thing, new)]
        return counts[0] > 1 == counts[1]

    def _root(self, thing: int) -> int:
        """What a thing stands on in the end."""
        parents = {link.child: link.of for link in self.links}
        while thing in parents:
            thing = parents[thing]
        return thing

    def _moves(self, segment: Segment) -> bool:
        """Whether a segment only says where the last thing is: "a vase on top", "a tree beside it"."""
        last = len(self.rows) - 1
        place = segment.relation.at_it
        only = all(word in BACK_WORDS for word in self.row[segment.content : segment.end])
        if not (place and only and self.links and self.links[-1].child == last):
            return False
        self.links[-1] = replace(self.links[-1], place=place)
        return True


def _segments(row: Sequence[str], start: int, found: Sequence[Match]) -> list[Segment]:
    """The prompt after word `start`, cut before each word of relation that is not inside a known noun."""
    inside = {at for match in found for at in range(match.start, match.end)}
    cuts: list[tuple[int, int, Relation]] = []
    at = start
    while at < len(row):
        phrase, end = known_phrase(row, at, RELATIONS)
        counted = phrase == "of" and row[at - 1] in LAYOUTS.keys() | MANY.keys()
        covered = phrase in ("in", "with") and row[at - 1] in COVERED
        if phrase and at not in inside and not counted and not covered:
            cuts.append((at, end, RELATIONS[phrase]))
        at = max(end, at + 1)
    ends = [*(cut[0] for cut in cuts), len(row)][1:]
    return [
        Segment(relation, first, content, end)
        for (first, content, relation), end in zip(cuts, ends, strict=True)
    ]


def _silent(word: str) -> bool:
    return (
        word == "without"
        or word in ARTICLES
        or word in SIZE_WORDS
        or word in BACK_WORDS
        or word in RELATIONS
    )


def _thing(row: tuple[str, ...], match: Match) -> Thing:
    count, layout = asked_count(row, match)
    return Thing(row, match, count, count, layout)


def _bounded(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Fewer of the most numerous until all together are no more than MOST_OBJECTS."""
    counts = [thing.count for thing in things]
    while sum(counts) > MOST_OBJECTS:
        counts[counts.index(max(counts))] = max(counts) - 1
    return tuple(replace(thing, count=count) for thing, count in zip(things, counts, strict=True))
