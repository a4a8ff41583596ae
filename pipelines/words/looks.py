"""Which part of an object each colour and material of a prompt is meant for.

"red sports car with black wheels": red for the car, black for its wheels. "red and white rocket": the second colour is
for the parts that the family marks as second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.words.finish import Finish, Gathered
from pipelines.words.objects import STOP_WORDS, Match
from pipelines.words.sizes import SIZE_WORDS
from pipelines.words.tokens import known_phrase, singular

MAIN = ""


@dataclass
class Looks:
    """Finishes asked for: of the whole (`main`), of its second colour, and of parts by name; and words of no effect."""

    main: Finish = field(default_factory=Finish)
    second: Finish = field(default_factory=Finish)
    parts: dict[str, Finish] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)

    def give(self, target: str, gathered: Gathered) -> None:
        finish = gathered.finish()
        if target != MAIN:
            self.parts[target] = finish.over(self.parts.get(target, Finish()))
            return
        if finish.accent and not self.second:
            self.second = Finish(colour=finish.accent)
        self.main = finish.over(self.main)


def part_words(names: Iterable[str]) -> dict[str, str]:
    """Word -> part's name; a name such as "wheels tyres" is reached by each of its words, in either number."""
    known: dict[str, str] = {}
    for name in names:
        for word in name.split():
            known[word] = known[singular(word)] = name
    return known


def read_looks(
    row: Sequence[str], match: Match | None, part_names: Iterable[str], materials: Mapping[str, str]
) -> Looks:
    """Go through the words once, giving looks to the noun that follows, or at the end to the last noun."""
    looks, gathered, target = Looks(), Gathered(), MAIN
    known_parts = part_words(part_names)
    at = 0
    while at < len(row):
        if match and at == match.start:
            target, at = MAIN, match.end
            looks.give(MAIN, gathered)
            gathered = Gathered()
            continue
        part, end = known_phrase(row, at, known_parts)
        if part:
            target = known_parts[part]
            looks.give(target, gathered)
            gathered = Gathered()
        elif row[at] in ("with", "without") and gathered:
            looks.give(target, gathered)
            gathered = Gathered()
        else:
            end = gathered.take(row, at, materials)
        if end == at:
            if row[at] not in STOP_WORDS and row[at] not in SIZE_WORDS:
                looks.unused.append(row[at])
            end += 1
        at = end
    if gathered:
        looks.give(target, gathered)
    return looks
