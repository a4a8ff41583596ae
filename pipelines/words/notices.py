"""What the client is told of words that did nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.spec import Notice

MOST_OBJECTS = 12  # of a scene

MOST_NAMED = 12  # of a long prompt's words; the answer's details hold them all


def words_ignored(ignored: Sequence[str], field: str = "text_prompt") -> tuple[Notice, ...]:
    """One notice naming the words of a field without effect, or none."""
    if not ignored:
        return ()
    named = ", ".join(f"{word:.40}" for word in ignored[:MOST_NAMED])
    more = f" and {len(ignored) - MOST_NAMED} more" if len(ignored) > MOST_NAMED else ""
    said = f"{field} has words without effect on this model: {named}{more}"
    return (Notice("WORDS_IGNORED", said),)


def refused_count(asked: str) -> str:
    """The message of a number that is below one. asked: "-5 cats"."""
    return f"text_prompt asks for {asked:.40}; ask for at least one, up to {MOST_OBJECTS}, or leave the number out"


def parts_not_made(parted: Sequence[str]) -> tuple[Notice, ...]:
    """One notice on parts of objects that were asked for, or none. parted: "half of apple", "1.5 apples"."""
    if not parted:
        return ()
    said = f"text_prompt asks for {', '.join(parted[:MOST_NAMED])}; only whole objects are made"
    return (Notice("WHOLE_OBJECTS", said),)


def views_not_made(views: Sequence[str]) -> tuple[Notice, ...]:
    """One notice on views, cuts and drawings that were asked for, or none."""
    if not views:
        return ()
    named = ", ".join(dict.fromkeys(views))
    said = (
        f"text_prompt asks for {named:.200}; the mesh is the whole object, to be seen from every side, and no view, "
        "cut or drawing of it"
    )
    return (Notice("VIEW_NOT_MADE", said),)


def fewer_within(asked: int, word: str, most: int) -> Notice:
    """That one object holds no more of what was counted."""
    said = f"text_prompt asks for {asked} of {word}; {most} were made, the most that one such object has"
    return Notice("FEWER_OBJECTS", said)
