"""A prompt after its object cut into segments, each of which says how what it names stands to what was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.words.coverings import COVERED
from pipelines.words.groups import SHAPED, layout_of, many
from pipelines.words.objects import Match, acts
from pipelines.words.places import ARTICLES
from pipelines.words.relations import ACTS, BACK_WORDS, RELATIONS, Relation
from pipelines.words.sizes import number
from pipelines.words.tokens import known_phrase


@dataclass(frozen=True)
class Segment:
    """Words [start, end) of a prompt; the first `start` to `content` say how they stand to what was before.

    loose: a clause of its own, which only says more of what was named: ", hay on the ground".
    """

    relation: Relation
    start: int
    content: int
    end: int
    loose: bool = False


def segments_of(
    row: Sequence[str], start: int, found: Sequence[Match], clauses: Sequence[int]
) -> list[Segment]:
    """The prompt after word `start`, cut at commas and before each word of relation that no known noun has."""
    inside = {at for match in found for at in range(match.start, match.end)}
    cuts: list[tuple[int, int, Relation]] = []
    at = start
    while at < len(row):
        phrase, end = known_phrase(row, at, RELATIONS)
        covered = phrase in ("in", "with") and row[at - 1] in COVERED
        own = _counts(row, at, phrase) or covered or not _relates(row, at, phrase, found)
        if phrase and at not in inside and not own:
            cuts.append((at, end, RELATIONS[phrase]))
        at = max(end, at + 1)
    ends = [*(cut[0] for cut in cuts), len(row)][1:]
    segments: list[Segment] = []
    for (first, content, relation), end in zip(cuts, ends, strict=True):
        stop = next((at for at in clauses if content <= at < end), end)
        segments.append(Segment(relation, first, content, stop))
        if stop < end:
            segments.append(Segment(RELATIONS["and"], stop, stop, end, loose=True))
    return segments


def _counts(row: Sequence[str], at: int, phrase: str) -> bool:
    """Whether a word of relation only belongs to how many there are: "a row of", "dozens of", "in a circle"."""
    if phrase == "in":
        return "a" in row[at + 1 : at + 2] and not SHAPED.isdisjoint(row[at + 2 : at + 3])
    before = row[at - 1]
    return phrase == "of" and bool(layout_of(before) or many(before) or number(before))


def _relates(row: Sequence[str], at: int, phrase: str, found: Sequence[Match]) -> bool:
    """Whether a word that may be another stands as one of relation: "round a house", not "a round door"."""
    if phrase == "round":
        return at + 1 < len(row) and row[at + 1] in ARTICLES | BACK_WORDS
    return row[at] not in ACTS or acts(row, at, found)
