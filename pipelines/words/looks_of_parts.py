"""The finish that each part of an object gets: what the prompt asks for it, over what it looks like by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pipelines.words.colours import shaded
from pipelines.words.finish import TWO_COLOURED, Finish, read_finish
from pipelines.words.looks import Looks

# A part of the same stuff as the main one follows its colour, a little darker, so that it still shows.
DARKER = -0.28
STATUE = "stone"


def finish_of(
    name: str,
    slot: Literal["main", "second", "fixed"],
    own: Finish,
    main: Finish,
    looks: Looks,
    *,
    statue: bool = False,
) -> Finish:
    """The finish of one part. `own` is the part's, `main` the family's for its main parts.

    statue: the whole is of one piece, so that every part gets what is asked for the whole.
    """
    asked = looks.parts.get(name)
    if asked and (asked.material or asked.colour):
        return asked.over(own)
    unnamed = _unnamed(slot, own, main, looks, statue=statue)
    return asked.over(unnamed) if asked else unnamed


def _unnamed(
    slot: Literal["main", "second", "fixed"],
    own: Finish,
    main: Finish,
    looks: Looks,
    *,
    statue: bool,
) -> Finish:
    """A part that got no colour and no material of its own: the body's, as far as it goes with the body."""
    if statue:
        return looks.main.over(Finish(STATUE))
    if slot == "main":
        return looks.main.over(own)
    if slot == "second":
        if looks.second:
            return looks.second.over(own)
        if own.material == main.material:
            return _following(looks.main, own, main)
    return own


def _following(asked: Finish, own: Finish, main: Finish) -> Finish:
    if own == main or asked.colour is None:
        return asked.over(own)
    darker = replace(asked, colour=shaded(asked.colour, DARKER))
    return darker.over(own)


def ignored_words(looks: Looks, finishes: Sequence[Finish], row: Sequence[str]) -> list[str]:
    """Words of the prompt `row` without effect: the unused ones, and second colours that nothing shows."""
    shown = {finish.colour for finish in finishes}
    shown |= {finish.accent for finish in finishes if finish.material in TWO_COLOURED}
    hidden = [word for colour, words in looks.accents if colour not in shown for word in words]
    return sorted(dict.fromkeys([*looks.unused, *hidden]), key=list(row).index)


def default_finish(text: str, materials: Mapping[str, str]) -> Finish:
    """A finish from the words in a family's file. Raises ValueError for a word that says nothing."""
    finish, unused = read_finish(text, materials)
    if unused:
        raise ValueError(f"{text!r}: {', '.join(unused)} is no word for a look")
    return finish
