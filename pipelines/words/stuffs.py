"""Nouns that are a thing's stuff where they stand before it or say what it is made of: "marzipan pig", "bone handle".

They are kinds of a material that painting knows. Elsewhere in a prompt for an object they name objects: "a dog with a
bone", "bread on a table".
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pipelines.words.finish import Gathered
from pipelines.words.inlays import GEMS, has_setting
from pipelines.words.places import ARTICLES
from pipelines.words.sizes import SIZE_WORDS
from pipelines.words.tokens import known_phrase, singulars

FOODS = frozenset(
    "chocolate dark-chocolate milk-chocolate white-chocolate gingerbread marzipan cheese swiss-cheese butter bread "
    "cookie biscuit pastry candy fudge toffee fondant icing frosting marshmallow gummy bubblegum bubble-gum "
    "cotton-candy meringue dough nougat".split()
)
_OTHERS = frozenset(
    "wax bone paper newspaper parchment papyrus origami straw clay plasticine play-dough play-doh adobe styrofoam "
    "knit knitted crochet crocheted yarn plush fleece ebony birch maple cedar redwood driftwood plywood limestone "
    "basalt alabaster onyx travertine flint quartzite cast-iron wrought-iron stainless-steel brushed-steel pewter "
    "nickel zinc rose-gold white-gold damascus-steel tin-foil tinfoil sea-glass resin silicone latex burlap satin "
    "crystal diamond ruby emerald sapphire amethyst topaz "
    "tweed corduroy graphite charred-wood burnt-wood stained-glass mother-of-pearl bone-china stoneware".split()
)
_PHRASES = frozenset(word.replace("-", " ") for word in FOODS | _OTHERS)
# Things that are for a food, of it or sell it, rather than made of it: "cookie jar", "chocolate factory".
FOR_FOODS = frozenset("vessels machines tools food".split())
_SELLERS = frozenset(
    "shop store factory stand stall truck van cart bakery market machine dispenser monster bar box counter "
    "fountain".split()
)
# Of these a food is the colour: "chocolate labrador".
_COATED = frozenset(
    "labrador lab retriever poodle spaniel cocker siamese point leather fur".split()
)
_MADE_OF = frozenset("of from".split())
_MAKING = frozenset(
    "made carved built crafted sculpted moulded molded cast baked formed woven cut hewn out entirely completely".split()
)


def stuffs_of(
    row: Sequence[str],
    match: tuple[int, int],
    folder: str,
    parts: Container[str],
    known: Mapping[str, str],
) -> dict[str, str]:
    """Each word of the prompt that is a stuff where it stands -> its material.

    match: where the object's noun is; folder: where its family stands; parts: words for its parts; known: what
    painting knows.
    """
    found: dict[str, str] = {}
    start, end = match
    eaten = {word.replace("-", " ") for word in FOODS}
    for at in range(len(row)):
        phrase, stop = known_phrase(row, at, _PHRASES)
        set_in = phrase in GEMS and has_setting(parts)  # "a ruby ring" is of no ruby throughout
        if not phrase or (start <= at < end) or set_in:
            continue
        if stop <= start:
            applies = not (phrase in eaten and _is_for(row, start, end, folder))
        else:
            applies = at >= end and (_is_made_of(row, at) or _before_part(row, stop, parts, known))
        if applies and phrase in known and not _is_colour_of(row, stop):
            found[phrase] = known[phrase]
    return found


def stuff_at(row: Sequence[str], at: int) -> int:
    """Where a stuff that begins at word `at` ends; `at` itself where none does."""
    return known_phrase(row, at, _PHRASES)[1]


def _is_for(row: Sequence[str], start: int, end: int, folder: str) -> bool:
    return folder in FOR_FOODS or not _SELLERS.isdisjoint(row[start:end])


def _is_colour_of(row: Sequence[str], at: int) -> bool:
    return at < len(row) and row[at] in _COATED


def _is_made_of(row: Sequence[str], at: int) -> bool:
    """ "made of", "carved out of solid", "entirely from"."""
    before = [word for word in row[max(0, at - 4) : at] if word not in ARTICLES]
    said = [at for at, word in enumerate(before) if word in _MADE_OF]
    return bool(said) and any(word in _MAKING for word in before[: said[-1]])


def _before_part(
    row: Sequence[str], at: int, parts: Container[str], known: Mapping[str, str]
) -> bool:
    """Whether the next noun is a part of the object: "a bone handle", "a chocolate brown roof"."""
    while at < len(row):
        word = row[at]
        if word in parts or any(form in parts for form in singulars(word)):
            return True
        end = Gathered().take(row, at, known)
        if end == at and word not in SIZE_WORDS:
            return False
        at = max(end, at + 1)
    return False
