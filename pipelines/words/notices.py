"""What the client is told of words that did nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.spec import Notice

MOST_NAMED = 12  # of a long prompt's words; the answer's details hold them all


def words_ignored(ignored: Sequence[str], field: str = "text_prompt") -> tuple[Notice, ...]:
    """One notice naming the words of a field without effect, or none."""
    if not ignored:
        return ()
    named = ", ".join(f"{word:.40}" for word in ignored[:MOST_NAMED])
    more = f" and {len(ignored) - MOST_NAMED} more" if len(ignored) > MOST_NAMED else ""
    said = f"{field} has words without effect on this model: {named}{more}"
    return (Notice("WORDS_IGNORED", said),)
