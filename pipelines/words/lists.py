"""Commas of a text that part things, as "and" does: "a desk, a lamp and a mug", "sun, moon and stars"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipelines.words.sizes import NUMBERS
from pipelines.words.tokens import words

IsNoun = Callable[[str], bool]
_SIDE_BY_SIDE = re.compile(r"\bside[ -]by[ -]side\b", re.IGNORECASE)
# ", a lamp" begins a new thing as "and a lamp" does; commas between colours do not.
_ARTICLES = ("a ", "an ", "the ", *(f"{number} " for number in NUMBERS))


def parted(text: str, is_noun: IsNoun) -> str:
    """The text with "and" for "&", "+" and each comma that an article, a number or a thing of a list follows."""
    text = _SIDE_BY_SIDE.sub(" ", text)  # as all things of a text stand that says nothing else
    first, *rest = text.replace("&", " and ").replace("+", " and ").split(",")
    listed = bool(rest) and _is_list([first, *rest], is_noun)
    named = bool(rest) and _ends_in_a_list(first, rest, is_noun)
    for piece in rest:
        plain = piece.strip().lower().removeprefix("and ")
        joins = listed or named or plain.startswith(_ARTICLES)
        first += f" and {plain}" if joins else f", {piece}"
    # In a list "cherry" is the fruit, not the wood.
    return first.replace(" and ", " and a ") if listed else first


def _is_list(pieces: Sequence[str], is_noun: IsNoun) -> bool:
    """Whether a text is nothing but names of things and one "and": "sun, moon and stars"."""
    *most, last = (piece.strip().lower() for piece in pieces)
    before, joint, after = last.rpartition("and ")
    named = [*most, *filter(None, (before.strip(), after.strip() if joint else ""))]
    return bool(joint) and all(is_noun(name) for name in named)


def _ends_in_a_list(first: str, rest: Sequence[str], is_noun: IsNoun) -> bool:
    """Whether nothing but names of things follow one that "of" or "with" led to: "full of books, vases and jars"."""
    lead = words(first)
    led = {"of", "with"} & set(lead) and is_noun(lead[-1])
    before, joint, after = rest[-1].strip().lower().rpartition("and ")
    names = [*(piece.strip().lower() for piece in rest[:-1]), before.strip(), after.strip()]
    return bool(led and joint) and all(is_noun(name) for name in names if name)
