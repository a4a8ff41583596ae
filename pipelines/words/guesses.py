"""What the client is told of an object that is not what was asked for, but the nearest that is known."""

from __future__ import annotations

from pipelines.spec import Notice
from pipelines.words.objects import Match
from pipelines.words.tokens import singulars


def guess_told(asked: str, match: Match, made: str, *, alike: bool) -> Notice:
    """The notice on one object. asked: the prompt's words for it; made: the object, "winged ant".

    alike: the word is known, and its thing only resembles what was made.
    """
    said = []
    if match.instead:
        said.append(
            f"text_prompt names {match.instead!r:.40}, which this model does not know; {made} was made of its words"
        )
    elif match.guessed:
        likeness = "" if match.likeness is None else f" (likeness {match.likeness:.2f} of 1)"
        said.append(
            f"text_prompt names nothing that this model knows; {asked!r:.40} was taken as {match.word}{likeness}"
        )
    if alike:
        said.append(f"no shape of its own for {match.word!r}: made as {with_article(made)}")
    return Notice("NEAREST_MATCH", "; ".join(said))


def with_article(name: str) -> str:
    """ "a cow", "an ant", "trousers"."""
    if next(singulars(name.split()[-1]), None):
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
