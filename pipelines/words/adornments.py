"""What adorns an object and is no part of it: "gold trim", "silver edges", "glowing blue lines", "gold-trimmed".

It is laid on as a coat at its place, by the words that painting knows for places.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.words.coats import Coat
from pipelines.words.finish import Finish, Gathered
from pipelines.words.places import ARTICLES
from pipelines.words.sizes import SIZE_WORDS
from pipelines.words.tokens import singulars

_WORDS = {
    "edges": "edge edges edging rim rims trim trims trimming trimmings border borders accent accents detail details "
    "detailing outline outlines lining highlight highlights piping filigree engraving engravings ornament ornaments "
    "ornamentation decoration decorations embellishment embellishments trimmed edged rimmed bordered outlined",
    "cracks": "crack cracks fissures fractures",
    "veins": "veins veining lines circuits circuitry markings veined",
    "flecks": "flecks specks speckles studs rivets sparkles studded flecked speckled",
    "patches": "patches splashes blotches stains smears splatters",
}
PLACE_OF = {word: place for place, row in _WORDS.items() for word in row.split()}
# These stand before the object's noun.
_ADJECTIVES = frozenset(
    "trimmed edged rimmed bordered outlined studded flecked speckled veined".split()
)
_WITH = frozenset("with and has have having featuring".split())
_WEAK = frozenset(
    "fine subtle intricate delicate ornate shiny glowing small thin thick some".split()
)


@dataclass(frozen=True)
class Adornments:
    """Coats over the object, and the places of the words that said so."""

    coats: tuple[Coat, ...] = ()
    places: frozenset[int] = field(default_factory=frozenset)


def read_adornments(
    row: Sequence[str],
    start: int,
    end: int,
    parts: Container[str],
    materials: Mapping[str, str],
    silent: Collection[int] = (),
) -> Adornments:
    """The adornments of an object whose noun is at [start, end). `parts`: words for its own parts, which go before."""
    coats: list[Coat] = []
    places: set[int] = set()
    for at, word in enumerate(row):
        if word not in PLACE_OF or at in silent or start <= at < end or _is_part(word, parts):
            continue
        if at < start and word not in _ADJECTIVES:
            continue
        begun = _begun(row, at, materials)
        finish = _finish(row[begun:at], materials)
        if finish and (at < start or begun == 0 or row[begun - 1] in _WITH):
            coats.append(Coat(finish, PLACE_OF[word]))
            places |= {*range(begun, at + 1)}
    return Adornments(tuple(coats), frozenset(places))


def _is_part(word: str, parts: Container[str]) -> bool:
    return word in parts or any(form in parts for form in singulars(word))


def _begun(row: Sequence[str], at: int, materials: Mapping[str, str]) -> int:
    """Where the words of looks before `at` begin."""
    begun = at
    while begun > 0:
        word = row[begun - 1]
        known = Gathered().take(row, begun - 1, materials) > begun - 1
        two = begun > 1 and Gathered().take(row, begun - 2, materials) == begun
        if two:
            begun -= 2
        elif known or word in _WEAK | SIZE_WORDS | ARTICLES:
            begun -= 1
        else:
            break
    return begun


def _finish(said: Sequence[str], materials: Mapping[str, str]) -> Finish:
    gathered, at = Gathered(), 0
    while at < len(said):
        at = max(gathered.take(said, at, materials), at + 1)
    finish = gathered.finish()
    return finish if finish.colour or finish.material else Finish()
