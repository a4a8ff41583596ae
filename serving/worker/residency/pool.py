"""Which runner a lane has, and how it gets the one it needs.

For now a lane keeps one runner: the same weights are used again, others take its place. Placement over the memory of
several GPUs comes in here, behind lease().
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from pipelines.messages import Warm
from pipelines.spec import ModelCard
from serving.worker.residency.handle import RunnerHandle

log = logging.getLogger("meshkiln.lane")


class Pool:
    """The runners of one lane."""

    def __init__(self, device: str, plugin_dirs: Sequence[Path]) -> None:
        self._device = device
        self._plugin_dirs = plugin_dirs
        self._resident: RunnerHandle | None = None

    def lease(self, card: ModelCard) -> RunnerHandle:
        """A living runner for the card's weights; the one that is there, or a new one in its place."""
        resident = self._resident
        if resident is not None and resident.weights == card.weights and resident.is_alive():
            return resident
        self.evict()
        log.info("starting a runner for %s", card.weights)
        self._resident = RunnerHandle(
            card.weights, device=self._device, plugin_dirs=self._plugin_dirs
        )
        return self._resident

    def warm(self, card: ModelCard) -> None:
        """Load a model before anybody asks for it. Does not wait."""
        self.lease(card).send(Warm(card.model_id))

    def evict(self) -> None:
        """Kill the runner there is. The next lease starts a new one."""
        if self._resident is not None:
            self._resident.kill()
            self._resident = None
