"""One run, watched from outside: its progress is told, its deadline kept, its cancellation noticed and carried out.

Nothing here waits for the model's good will: what it does not do in time ends with a kill.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from redis.exceptions import RedisError

from pipelines.catalog import Catalog
from pipelines.messages import Cancel, Cancelled, Done, Failed, Progress, Run
from pipelines.spec import Work
from serving.errors import StaleJob
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.worker.residency.handle import RunnerDied
from serving.worker.residency.pool import Pool, Resident

log = logging.getLogger("meshkiln.lane")

BEAT_S = 2.0
# The first says what the lane does now. A run that is over by then is never told of.
FIRST_BEAT_S = 0.2
# A person sees no more than four steps a second, and each is a trip to Redis.
PROGRESS_INTERVAL_S = 0.25
# So often a run without news asks whether it is still wanted.
WANTED_INTERVAL_S = 0.5


class DeadlineOver(Exception):
    """The run took longer than it may. The message is for the client."""


class LoadTooLong(Exception):
    """The model was not loaded in its time. The message is for the client."""


class Watcher(Protocol):
    """What a run is watched with."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def store(self) -> JobStore: ...
    @property
    def pool(self) -> Pool: ...
    @property
    def cancel_grace_s(self) -> float: ...


class Watched:
    """The runs of one job, one after the other. `beat` is called at least every BEAT_S."""

    def __init__(self, watcher: Watcher, record: JobRecord, beat: Callable[[], None]) -> None:
        self._watcher = watcher
        self._record = record
        self._beat = beat
        self._ran_s = 0.0  # in tries before this one
        self._told_s = time.monotonic()
        self._beat_s = self._told_s - BEAT_S + FIRST_BEAT_S
        self._last = Progress(record.job_id, record.stage, record.progress)
        self._is_untold = False

    def answer(self, runner: Resident, work: Work) -> Done | Failed:
        """Have a runner do the work. Raises RunnerDied, DeadlineOver, LoadTooLong, or StaleJob for one not wanted any
        more: then the runner has been stopped, by its own consent or by force.
        """
        runner.send(Run(work))
        began_s = time.monotonic()
        ran_before_s, loaded_s = self._ran_s, began_s
        while True:
            now_s = time.monotonic()
            if not runner.is_loaded:
                loaded_s = now_s
            self._ran_s = ran_before_s + now_s - loaded_s
            self._check_time(runner, now_s - began_s)
            try:
                self._keep_up(now_s)
            except StaleJob:
                self._stop(runner)
                raise
            match runner.receive(PROGRESS_INTERVAL_S if self._is_untold else WANTED_INTERVAL_S):
                case Progress() as message if message.job_id == self._record.job_id:
                    self._last, self._is_untold = message, True
                case (Done() | Failed()) as message if message.job_id == self._record.job_id:
                    return message

    def _check_time(self, runner: Resident, since_sent_s: float) -> None:
        limit_s = self._watcher.catalog.cards[self._record.model_id].load_timeout_s
        if not runner.is_loaded and since_sent_s > limit_s:
            how = f"it was not loaded within {limit_s} s"
            self._watcher.pool.load_ended(runner.weights, how)
            raise LoadTooLong(f"the model could not be loaded: {how}")
        if self._ran_s > self._record.timeout_s:
            raise DeadlineOver(f"the model took longer than its {self._record.timeout_s} s")

    def beat(self) -> None:
        """Beat if it is time, between two tries."""
        if time.monotonic() - self._beat_s >= BEAT_S:
            self._beat_s = time.monotonic()
            self._beat()

    def _keep_up(self, now_s: float) -> None:
        """Beat, tell how far it is, and learn whether the job is still this run's. Raises StaleJob."""
        if now_s - self._beat_s >= BEAT_S:
            self._watcher.pool.measure()
        self.beat()
        interval_s = PROGRESS_INTERVAL_S if self._is_untold else WANTED_INTERVAL_S
        if now_s - self._told_s < interval_s:
            return
        self._told_s, self._is_untold = now_s, False
        try:
            self._watcher.store.progress(self._record, self._last.stage, self._last.percent)
        except RedisError as error:
            log.warning("progress of job %s is not saved: %s", self._record.job_id, error)

    def _stop(self, runner: Resident) -> None:
        """Ask the model to stop, and kill it if it does not: a model that stops by itself stays loaded."""
        until_s = time.monotonic() + self._watcher.cancel_grace_s
        with suppress(RunnerDied):
            runner.send(Cancel(self._record.job_id))
            while (left_s := until_s - time.monotonic()) > 0:
                self.beat()
                match runner.receive(min(left_s, BEAT_S)):
                    case (Cancelled() | Done() | Failed()) as end:
                        if end.job_id == self._record.job_id:
                            return
            log.warning("job %s does not stop, its model is killed", self._record.job_id)
        self._watcher.pool.evict(runner.weights)
