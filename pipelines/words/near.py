"""The known noun that an unknown word stands near to: it ends in it, or is it misspelt."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from pipelines.words.spelling import meant
from pipelines.words.tokens import singular
from pipelines.words.unshown import no_things, unshown_things

SHORTEST_TAIL = 4  # letters that a compound's second half must have: steamboat -> boat
LONG_ADJECTIVE = 7
# First halves of compounds, beside every word that is known: "comfortable" is no table.
_HALVES = frozenset(
    "air arm back base bath beach bed bee bell bird black blue boat body book bow brick broom butter camp candle "
    "card cart church city clock coal coast coffee corn country cow day deck desk dinner dirt dog door down dream "
    "drift dust earth east farm field finger fire fish flat flower fly foot forest four frost fruit garden ghost "
    "gold grand grass green half ham hand hay head heart hill home horn horse house ice iron jack jet key kitchen "
    "knee land life light log love luck main mail man market milk mill mine monk moon moss motor mouse mud night "
    "north nose oil out over paper party peg pin pine pipe plant play pocket pop post pot power race rain red "
    "river road rock roof room rope royal salt sand saw sea ship shop show side silk silver single six sky snow "
    "south space spring spy star steam stone storm street sugar summer sun super swamp sweet sword table tea "
    "three thunder time toy tree twin two under village wall war watch water wave west wheel white wild wind wine "
    "winter witch wolf wood work yard".split()
)
# What only ends as these do is none of them: "friendship", "woodworking", "flowering".
_ENDINGS = ("ship", "king", "ring", "able", "sting")


def nearest_noun(
    row: Sequence[str], places: Iterable[int], nouns: Mapping[str, str], looks: Container[str]
) -> tuple[int, str] | None:
    """Where a word stands that is near to a known noun, and that noun. places: those to look at, the likeliest first.

    looks: known words that are no nouns.
    """
    for number, at in enumerate(places):
        word = singular(row[at])
        if row[at] in looks or is_other(row[at]):
            continue
        near = _ending(word, nouns, looks)
        # Words before the last are more often adjectives: a short one is no misspelt noun.
        if near is None and (number == 0 or len(word) >= LONG_ADJECTIVE):
            near = meant(word, nouns)
        if near:
            return at, near
    return None


def is_other(word: str) -> bool:
    """Whether a word is known to name something else than what is shown, or nothing."""
    forms = (word, singular(word))
    return any(form in no_things() or form in unshown_things() for form in forms)


def _ending(word: str, nouns: Mapping[str, str], looks: Container[str]) -> str | None:
    """The known noun that is the second half of a compound."""
    for cut in range(2, len(word) - SHORTEST_TAIL + 1):
        first, second = word[:cut], word[cut:]
        if second in nouns and (first in _HALVES or first in nouns or first in looks):
            return None if word.endswith(_ENDINGS) else second
    return None
