"""Which part of an object each colour and material of a prompt is meant for.

"red sports car with black wheels": red for the car, black for its wheels. "red and white rocket": the second colour is
for the parts that the family marks as second. "a black cat on a white sofa": white is for neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.words.colours import RGB
from pipelines.words.finish import TWO_COLOURED, Finish, Gathered
from pipelines.words.objects import COUNTS, STATUES, STOP_WORDS, Match
from pipelines.words.places import ARTICLES, SURFACE_WORDS, looks_to_the_end, place_end
from pipelines.words.sizes import SIZE_WORDS, STATE_WORDS
from pipelines.words.tokens import known_phrase, singulars

MAIN = ""
# What follows these is the object's own, whatever noun ends it: "made of oak planks".
MADE = frozenset("made built carved crafted painted covered coated".split())
COVERED_ALL = frozenset("plated coated painted armoured armored".split())
# Wishes that are no nouns, so that they do not take the looks before them along.
WISHES = frozenset(
    "detailed highly quality realistic photorealistic stylized stylised cartoon lowpoly poly cute "
    "beautiful simple 4k 8k hd".split()
)

# Parts that are of one stuff whatever the object is of: a blue cushion on a wooden chair is no blue wood.
STUFFS = dict.fromkeys("cushion pillow blanket duvet sheet curtain scarf".split(), "fabric")
STUFFS["jean"] = "denim"
# Garments that stand for what somebody wears in their place, by a word that names it among the parts.
GARMENTS = {
    "clothes": "coat jacket shirt dress gown robe tunic suit sweater jumper hoodie uniform outfit costume vest blouse "
    "kimono toga overalls pyjamas pajamas cardigan garment garments clothing tshirt",
    "trousers": "jeans leggings shorts tights slacks pants",
    "shoes": "boots sneakers trainers sandals slippers shoe boot",
    "boots": "shoes sneakers trainers sandals slippers shoe boot",
}

# Words that are read elsewhere or only join others: they are not told as ignored.
SILENT = STOP_WORDS | SIZE_WORDS | STATUES | SURFACE_WORDS | MADE | {"full", "filled"}


@dataclass
class Looks:
    """Finishes asked for: of the whole (`main`), of its second colour, and of parts by name; and words of no effect.

    `accents` are the second colours and their words: they have an effect only on an object that can show them.
    `words`: by part's name the words that looks came with, each for one of the things that the part holds.
    """

    main: Finish = field(default_factory=Finish)
    second: Finish = field(default_factory=Finish)
    parts: dict[str, Finish] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    accents: list[tuple[RGB, list[str]]] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)

    def give(self, target: str, gathered: Gathered) -> None:
        """Looks that stand before their noun."""
        finish = gathered.finish()
        self.unused += gathered.spare()
        if finish.accent:
            self.accents.append((finish.accent, gathered.colour_words[1]))
        if target != MAIN:
            self.parts[target] = finish.over(self.parts.get(target, Finish()))
            return
        if finish.accent and not self.second:
            self.second = Finish(colour=finish.accent)
        self.main = finish.over(self.main)

    def add(self, target: str, gathered: Gathered) -> None:
        """Looks that stand after their noun: they fill what is open, and override nothing."""
        held = self.main if target == MAIN else self.parts.get(target, Finish())
        if not held:
            self.give(target, gathered)
            if target == MAIN and gathered.is_figured:
                # "a cat with black spots": what they lie on is as it is by itself.
                self.main = replace(self.main, colour=None, accent=self.main.colour)
            return
        finish = gathered.finish()
        if held.colour and finish.colour and not held.material and finish.material in TWO_COLOURED:
            # "a red ball with white stripes": what the pattern lies on is red.
            finish = replace(finish, colour=held.colour, accent=finish.colour)
        merged = held.over(finish)
        self.unused += [*gathered.spare(), *gathered.left_out(merged)]
        if target == MAIN:
            self.main = merged
        else:
            self.parts[target] = merged


def part_words(names: Iterable[str]) -> dict[str, str]:
    """Word -> part's name; a name such as "wheels tyres" is reached by each of its words, in either number."""
    known: dict[str, str] = {}
    for name in names:
        for word in name.split():
            known |= dict.fromkeys((word, *singulars(word)), name)
    for word, others in GARMENTS.items():
        if word in known:
            worn = {one for other in others.split() for one in (other, *singulars(other))}
            known |= dict.fromkeys(worn - known.keys(), known[word])
    return known


def read_looks(
    row: Sequence[str], match: Match | None, part_names: Iterable[str], materials: Mapping[str, str]
) -> Looks:
    """Go through the words once, giving looks to the noun that follows, or else to the last noun.

    Looks of a noun that is no part of the object, or of a thing elsewhere ("on a white sofa"), go to `unused`.
    """
    looks = _Reader(row, match, part_words(part_names), materials).read()
    looks.unused = sorted(dict.fromkeys(looks.unused), key=list(row).index)
    return looks


class _Reader:
    """One pass over a prompt's words. Each step returns where it ended, or `at` if it had nothing to read."""

    def __init__(
        self,
        row: Sequence[str],
        match: Match | None,
        parts: Mapping[str, str],
        materials: Mapping[str, str],
    ) -> None:
        self.row, self.match, self.parts, self.materials = row, match, parts, materials
        self.looks, self.gathered = Looks(), Gathered()
        self.at = 0
        # Who gets looks that no noun follows; None: nobody.
        self.target: str | None = MAIN
        self.word = ""
        # In words on another object; after a noun that is none of ours; after a word such as "made".
        self.away = self.stray = self.made = False

    def read(self) -> Looks:
        steps = (self._object, self._place, self._part, self._compound, self._look, self._word)
        while self.at < len(self.row):
            self.at = next(end for step in steps if (end := step()) > self.at)
        self._settle()
        return self.looks

    @property
    def _before(self) -> bool:
        return self.match is not None and self.at < self.match.start

    @property
    def _described(self) -> bool:
        """Whether the object has been named, or, in words on looks alone, has got its looks."""
        return bool(self.looks.main) if self.match is None else self.at >= self.match.end

    def _object(self) -> int:
        if self.match is None or self.at != self.match.start:
            return self.at
        self._give(MAIN)
        return self.match.end

    def _place(self) -> int:
        end = place_end(self.row, self.at, self.parts, self.materials)
        if end == self.at:
            return end
        if self._before:
            self._drop()
        elif self.match is None and looks_to_the_end(self.row, end, self.materials):
            return self.at
        elif self._described or self.gathered or self.looks.parts:
            self._settle()
            self.away, self.target = True, None
        return end

    def _part(self) -> int:
        part, end = known_phrase(self.row, self.at, self.parts)
        if self.away or not part or self._is_stuff(end):
            return self.at
        stuff = STUFFS.get(next(singulars(part), part))
        if stuff and self.gathered.colours and not self.gathered.materials:
            self.gathered.materials.append(stuff)
            self.gathered.material_words.append([])
        self.word = part
        self._give(self.parts[part])
        return end

    def _compound(self) -> int:
        """ "a grey-haired man", "a red-roofed house": the look is for the part."""
        word = self.row[self.at]
        stems = (word[:-2], word[:-1], word[:-3] if word[-4:-3] == word[-3:-2] else "")
        stem = next((stem for stem in stems if stem in self.parts), "")
        # A red winged dragon is red, a gold plated knight is gold.
        joins = word.endswith("ed") and word not in STATE_WORDS | COVERED_ALL
        if self.away or not self.gathered or not stem or not joins:
            return self.at
        self.word = stem
        self._give(self.parts[stem])
        return self.at + 1

    def _is_stuff(self, end: int) -> bool:
        """Whether a part's word is a stuff here: "made of glass", "a glass tower", "glass doors"."""
        if Gathered().take(self.row, self.at, self.materials) != end:
            return False
        part = known_phrase(self.row, end, self.parts)[0]
        other = bool(part) and self.parts[part] != self.parts[self.row[self.at]]
        return other or self.made or (self.match is not None and end == self.match.start)

    def _look(self) -> int:
        if self.away or Gathered().take(self.row, self.at, self.materials) == self.at:
            return self.at
        if self.stray and self._described:
            self._drop()
        return self.gathered.take(self.row, self.at, self.materials)

    def _word(self) -> int:
        word = self.row[self.at]
        if word in ("with", "without"):
            self._settle()
            self.away = self.made = False
        elif self.stray and word in STOP_WORDS and (self._described or self._next_thing(word)):
            self._drop()
        if word in COUNTS or word not in SILENT:
            self.looks.unused.append(word)
        if word in MADE and self._described:
            self.made = True
        elif not self.made and word not in SILENT | COUNTS | WISHES:
            self.stray = bool(self.gathered)
        return self.at + 1

    def _next_thing(self, word: str) -> bool:
        """Whether "and" leads to a new thing before the object: "a black gizmo and a white cat"."""
        after = self.at + 1
        return (
            self._before
            and word == "and"
            and (
                self.row[after] in ARTICLES
                or Gathered().take(self.row, after, self.materials) > after
            )
        )

    def _give(self, target: str) -> None:
        self._named(target)
        self.looks.give(target, self.gathered)
        self.target, self.gathered = target, Gathered()
        self.stray = self.made = False

    def _named(self, target: str) -> None:
        if self.gathered and target != MAIN:
            self.looks.words.setdefault(target, []).append(self.word)

    def _settle(self) -> None:
        """Looks that no noun of ours followed go to the last noun, if they can be meant for it."""
        lost = self.stray and (self._described or self._before)
        if self.gathered and self.target is not None and not lost:
            self._named(self.target)
            self.looks.add(self.target, self.gathered)
            self.gathered, self.stray = Gathered(), False
        else:
            self._drop()

    def _drop(self) -> None:
        self.looks.unused += self.gathered.said
        self.gathered, self.stray = Gathered(), False
