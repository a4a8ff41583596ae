"""Which runner a lane has, how it gets the one it needs, and what is known of its model: loaded, broken, how often.

For now a lane keeps one runner: the same weights are used again, others take its place. Placement over the memory of
several GPUs comes in here, behind lease(). Knows no Redis: the lane takes what was counted here to where it is kept.
"""

from __future__ import annotations

import logging
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipelines.messages import Done, Failed, Message, Progress, Ready, Warm
from pipelines.spec import ModelCard
from serving.worker.residency.handle import RunnerDied, RunnerHandle

log = logging.getLogger("meshkiln.lane")

# A model that could not be loaded is tried again so often while its lane is idle: a disk may be back, a file mended.
RETRY_LOAD_S = 60.0
LOADING = "loading_model"  # the stage that a runner tells while it loads
OUT_OF_MEMORY = "ran out of memory"  # in the sentence that a runner says of MemoryError


class Resident(RunnerHandle):
    """A runner that is listened to: what it says on its way to the lane tells how its model is.

    `load_failure` is why the model that it was told to load ahead could not be; "" when it was, or nothing is known.
    """

    def __init__(self, weights: str, *, device: str, plugin_dirs: Sequence[Path]) -> None:
        self.is_loaded = False
        self.load_failure = ""
        self.events: Counter[str] = Counter()
        self._is_loading = False
        super().__init__(weights, device=device, plugin_dirs=plugin_dirs)

    def receive(self, timeout_s: float) -> Message | None:
        try:
            message = super().receive(timeout_s)
        except RunnerDied as death:
            if not self.is_loaded:
                self.events["load_failures"] += 1
            # Not by us: nobody listens any more to a runner that we killed.
            if death.returncode == -signal.SIGKILL:
                self.events["oom"] += 1
            self.is_loaded = False
            raise
        match message:
            case Ready():
                self.load_failure = ""
                self._now_loaded()
            case Progress(stage=stage):
                self._is_loading = stage == LOADING
                if not self._is_loading:
                    self._now_loaded()
            case Done():
                self._now_loaded()
            case Failed(job_id, _, reason):
                self._heed_failure(job_id, reason)
        return message

    def _heed_failure(self, job_id: str, reason: str) -> None:
        if not job_id:  # the answer to Warm
            self.load_failure = reason
        if not job_id or self._is_loading:
            self.events["load_failures"] += 1
            self._is_loading = False
        if OUT_OF_MEMORY in reason:
            self.events["oom"] += 1

    def _now_loaded(self) -> None:
        self._is_loading = False
        if not self.is_loaded:
            self.is_loaded = True
            self.events["loads"] += 1


class Pool:
    """The runners of one lane. `events` counts, by (weights, event), what happened to models; the lane takes it."""

    def __init__(self, device: str, plugin_dirs: Sequence[Path]) -> None:
        self.events: Counter[tuple[str, str]] = Counter()
        self.load_failure = ""  # of the model loaded ahead, as long as its last try failed
        self._device = device
        self._plugin_dirs = plugin_dirs
        self._resident: Resident | None = None
        self._warmed: ModelCard | None = None
        self._warmed_at_s = 0.0

    def lease(self, card: ModelCard) -> RunnerHandle:
        """A living runner for the card's weights; the one that is there, or a new one in its place."""
        resident = self._resident
        if resident is not None and resident.weights == card.weights and resident.is_alive():
            return resident
        if resident is not None and resident.is_loaded and resident.is_alive():
            resident.events["evictions"] += 1
        self.evict()
        log.info("starting a runner for %s", card.weights)
        self._resident = Resident(card.weights, device=self._device, plugin_dirs=self._plugin_dirs)
        return self._resident

    def warm(self, card: ModelCard) -> None:
        """Load a model before anybody asks for it. Does not wait."""
        self._warmed, self._warmed_at_s = card, time.monotonic()
        self.lease(card).send(Warm(card.model_id))

    def look(self) -> None:
        """Hear what the runner of an idle lane has to say, and try a model again that could not be loaded.

        Not while a job runs: the runner's words are the job's then.
        """
        try:
            while self._resident is not None and self._resident.receive(0.0) is not None:
                continue
            self._take_note()
            self._try_again()
        except RunnerDied as death:
            log.warning("the idle runner is gone: %s", death)
            self.evict()

    def evict(self) -> None:
        """Kill the runner there is. The next lease starts a new one."""
        if self._resident is not None:
            self._take_note()
            self._resident.kill()
            self._resident = None

    @property
    def warmed(self) -> str:
        """The id of the model that was loaded ahead, or was to be; "" for none."""
        return self._warmed.model_id if self._warmed else ""

    @property
    def loaded(self) -> tuple[str, ...]:
        """The weights that are ready to run."""
        resident = self._resident
        return (resident.weights,) if resident is not None and resident.is_loaded else ()

    @property
    def runner_pid(self) -> int:
        """The process of the runner there is; 0 for none."""
        return self._resident.pid if self._resident is not None else 0

    def _try_again(self) -> None:
        """Load the model again that could not be loaded, after a while."""
        card = self._warmed
        if card is None or not self.load_failure:
            return
        if time.monotonic() - self._warmed_at_s < RETRY_LOAD_S:
            return
        if self.loaded in ((), (card.weights,)):
            self.warm(card)
        else:
            self.load_failure = (
                ""  # its place is another's now; the next job that asks for it will tell
            )

    def _take_note(self) -> None:
        resident = self._resident
        if resident is None:
            return
        for event, times in resident.events.items():
            self.events[resident.weights, event] += times
        resident.events.clear()
        if self._warmed is not None and resident.weights == self._warmed.weights:
            self.load_failure = resident.load_failure
