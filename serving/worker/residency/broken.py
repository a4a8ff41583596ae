"""Models that could not be loaded: why, and until when nobody tries again.

A model that says itself why it cannot be loaded is broken at once, and its jobs fail with that reason. One whose
process died while it loaded, or took too long, is broken when that happens twice in a row; its jobs wait: what killed
it may have been something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_PAUSE_S = 900.0


class ModelBroken(Exception):
    """The model could not be loaded a moment ago. The message is its reason, in words for the client."""


@dataclass(frozen=True)
class _Entry:
    reason: str
    pause_s: float
    until_s: float
    is_certain: bool


class Broken:
    """What is known of the models of one lane. The pause doubles with each failure in a row."""

    def __init__(self, retry_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._retry_s = retry_s
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._deaths: dict[str, int] = {}

    def note(self, weights: str, reason: str, *, is_certain: bool = True) -> None:
        """A load has failed."""
        was = self._entries.get(weights)
        pause_s = min(MAX_PAUSE_S, was.pause_s * 2) if was else self._retry_s
        until_s = self._clock() + pause_s
        self._entries[weights] = _Entry(reason, pause_s, until_s, is_certain)

    def note_death(self, weights: str, how: str) -> None:
        """A load has ended without the model's own word."""
        self._deaths[weights] = self._deaths.get(weights, 0) + 1
        if self._deaths[weights] > 1:
            self.note(weights, f"the model could not be loaded: {how}", is_certain=False)

    def forget(self, weights: str) -> None:
        """It was loaded, or nobody tries any more."""
        self._entries.pop(weights, None)
        self._deaths.pop(weights, None)

    def reason(self, weights: str) -> str:
        """Why nobody should try now; "" when one may."""
        entry = self._entries.get(weights)
        return entry.reason if entry and self._clock() < entry.until_s else ""

    def is_certain(self, weights: str) -> bool:
        """Whether it was the model itself that said so."""
        entry = self._entries.get(weights)
        return entry is not None and entry.is_certain

    def has_lapsed(self, weights: str) -> bool:
        """Whether it was broken and may be tried again."""
        return weights in self._entries and not self.reason(weights)
