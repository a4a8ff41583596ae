"""Models that could not be loaded: why, and until when nobody tries again.

A model that says itself why it cannot be loaded is broken at once, and its jobs fail with that reason. One whose
process died while it loaded, or took too long, is broken when that happens twice in a row; its jobs wait, since what
killed it may have been something else, and fail only when it goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.errors import PipelineError

MAX_PAUSE_S = 900.0
# So many loads in a row may die until their jobs wait no longer.
MAX_DEATHS = 5


class ModelBroken(Exception):
    """The model could not be loaded a moment ago. The message is its reason for the client, and `code` goes with it."""

    def __init__(self, reason: str, code: str = PipelineError.code) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(frozen=True)
class _Entry:
    reason: str
    pause_s: float
    until_s: float
    is_certain: bool
    code: str


class Broken:
    """What is known of the models of one lane. The pause doubles with each failure in a row."""

    def __init__(self, retry_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._retry_s = retry_s
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._deaths: dict[str, int] = {}

    def note(
        self, weights: str, reason: str, *, is_certain: bool = True, code: str = PipelineError.code
    ) -> None:
        """A load has failed."""
        was = self._entries.get(weights)
        pause_s = min(MAX_PAUSE_S, was.pause_s * 2) if was else self._retry_s
        until_s = self._clock() + pause_s
        self._entries[weights] = _Entry(reason, pause_s, until_s, is_certain, code)

    def note_death(self, weights: str, how: str) -> None:
        """A load has ended without the model's own word."""
        deaths = self._deaths[weights] = self._deaths.get(weights, 0) + 1
        if deaths > 1:
            reason = f"the model could not be loaded: {how}"
            self.note(weights, reason, is_certain=deaths > MAX_DEATHS)

    def forget(self, weights: str) -> None:
        """It was loaded, or nobody tries any more."""
        self._entries.pop(weights, None)
        self._deaths.pop(weights, None)

    def reason(self, weights: str) -> str:
        """Why nobody should try now; "" when one may."""
        entry = self._entries.get(weights)
        return entry.reason if entry and self._clock() < entry.until_s else ""

    def check(self, weights: str) -> None:
        """Raises ModelBroken while nobody should try."""
        if reason := self.reason(weights):
            raise ModelBroken(reason, self._entries[weights].code)

    def is_certain(self, weights: str) -> bool:
        """Whether it was the model itself that said so."""
        entry = self._entries.get(weights)
        return entry is not None and entry.is_certain

    def has_lapsed(self, weights: str) -> bool:
        """Whether it was broken and may be tried again."""
        return weights in self._entries and not self.reason(weights)
