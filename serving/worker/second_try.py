"""What a job gets whose GPU memory did not suffice: the GPU for itself, then a lower setting, then an answer.

Pure: says what to try next; the executor tries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.messages import Failed
from pipelines.spec import ModelCard, Notice, Work

LOWERED = "LOWERED_FOR_MEMORY"


@dataclass(frozen=True)
class Try:
    """One try at a job. `alone`: every other model has left the GPU."""

    work: Work
    alone: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def is_lowered(self) -> bool:
        return bool(self.notices)


def after(tried: Try, failed: Failed, card: ModelCard, *, has_others: bool) -> Try | None:
    """The next try after one for which the memory of the GPU did not suffice; None when none is left.

    A load is tried again alone, even where nobody else was there: the memory of one that left may not have been back.
    """
    if failed.memory != "gpu":
        return None
    if not tried.alone and (has_others or failed.while_loading):
        return replace(tried, alone=True)
    if failed.while_loading or tried.is_lowered:
        return None
    changes = _changes(tried.work, card)
    if not changes:
        return None
    work = replace(
        tried.work,
        params=_having(tried.work.params, changes),
        options=_having(tried.work.options, changes),
    )
    was = {**tried.work.params, **tried.work.options}
    said = ", ".join(f"{name} is {value} instead of {was[name]}" for name, value in changes.items())
    notice = Notice(LOWERED, f"the memory of the GPU did not suffice: {said}")
    return Try(work, alone=True, notices=(notice,))


def _changes(work: Work, card: ModelCard) -> dict[str, Any]:
    """What the card's lower setting changes. A number that the client has set lower still stays."""
    was = {**work.params, **work.options}
    return {
        name: value
        for name, value in card.lower.items()
        if name in was and value != was[name] and not _is_lower(was[name], value)
    }


def _is_lower(was: Any, value: Any) -> bool:
    return isinstance(was, int | float) and isinstance(value, int | float) and was < value


def _having(row: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: changes.get(name, value) for name, value in row.items()}
