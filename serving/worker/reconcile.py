"""What deaths left behind, set right: running jobs whose lane is dead, waiting jobs that no queue knows.

The record is the truth; every move is one script, so two sweeps at once do no harm. Knows no processes: a lane is dead
when its supervisor says so, or when it is off the board though it could have spoken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from redis import Redis
from redis.client import Pipeline

from serving.errors import StaleJob
from serving.jobs.board import LANE_TTL_S, Board
from serving.jobs.drafts import drop_orphaned_drafts, drop_unwanted_results
from serving.jobs.keyspace import PREFIX
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.storage.outputs import Outputs
from serving.worker.homeless import Homeless

log = logging.getLogger("meshkiln.sweep")

SWEEP_INTERVAL_S = 2.0
# A lane needs milliseconds from taking an envelope to starting its job, and a submit from saving to enqueueing.
# Older than this and in no queue means lost. An envelope too many is dropped by the lane that takes it.
IN_TRANSIT_S = 3.0
# Of the waiting jobs each sweep looks at the oldest, and at the next few of the others: all have their turn.
OLDEST_LOOKED_AT = 50
OTHERS_LOOKED_AT = 100
# A lane that is buried now may have published that long ago, and not said so.
LATELY_S = 600.0
# Of earlier versions, for all models of the CPU.
OLD_QUEUE = "cpu"
_LOCK_KEY = PREFIX + "sweep"


@dataclass
class Sweep:
    """One host's sweeper. Several hosts may have one; a lock makes them take turns."""

    redis: Redis
    store: JobStore
    queues: Queues
    board: Board
    outputs: Outputs
    homeless: Homeless | None = None
    _looked_at_s: float = 0.0
    _silence_counts_from_s: float = 0.0
    _looked_up_to: int = OLDEST_LOOKED_AT

    def take_turn(self) -> None:
        """Sweep, unless another did within the interval."""
        is_ours = self.redis.set(_LOCK_KEY, "1", nx=True, px=int(SWEEP_INTERVAL_S * 900))
        self.silence_is_death()
        if is_ours:
            self.sweep(time.time())

    def sweep(self, now_s: float, dead_lanes: Collection[str] = ()) -> None:
        """One pass over some waiting jobs and the running ones. `dead_lanes` are dead for sure."""
        waiting = [
            record
            for record in self.store.get_many(self._some_waiting())
            if record.state is JobState.QUEUED
        ]
        waiting = self._without_homeless(waiting, now_s)
        lost = [record for record in waiting if self._is_lost(record, now_s)]
        for record in lost:
            log.warning("job %s waits in no queue, queued again", record.job_id)
        for record in self.store.get_many(self.store.running_ids()):
            is_running = record.state is JobState.PROCESSING
            if is_running and (record.lane in dead_lanes or self._is_orphan(record, now_s)):
                if self._revive(record, now_s):
                    lost.append(record)
        self._queue_again(lost)
        if dead_lanes:
            # Of a job that was cancelled under a lane which died before it could clear up: no record leads there.
            drop_orphaned_drafts(self.store, self.outputs)
            drop_unwanted_results(self.store, self.outputs, now_s - LATELY_S)

    def _without_homeless(self, waiting: list[JobRecord], now_s: float) -> list[JobRecord]:
        """The waiting jobs but those whose model nobody can run for long: these fail with the reason."""
        if self.homeless is None:
            return waiting
        ended: set[str] = set()
        for record, reason in self.homeless.among(waiting, now_s):
            said = f"{record.model_id} cannot run here: {reason}"
            with suppress(StaleJob):  # it was cancelled or taken meanwhile
                self.store.fail(record.having(run_id=""), "MODEL_NOT_AVAILABLE", said, now_s)
                log.warning("job %s waits for a model that nobody has, it fails", record.job_id)
            ended.add(record.job_id)
        return [record for record in waiting if record.job_id not in ended]

    def empty_old_queue(self) -> None:
        """Move the jobs of the one queue that earlier versions had into those of their models, all at once."""
        old = self.queues.queue(OLD_QUEUE)
        ids = [
            str(job_id)
            for key in (old.intermediate_queue_key, old.key)  # what was being taken is older
            for job_id in self.redis.lrange(key, 0, -1)
        ]
        records = self.store.get_many(ids)
        if ids:
            log.info(
                "%d jobs of an earlier version's queue wait in those of their models", len(ids)
            )
        with self.queues.transaction() as pipe:
            pipe.srem(old.redis_queues_keys, old.key)
            pipe.delete(old.intermediate_queue_key, old.key)
            for job_id in ids:
                pipe.delete(old.job_class.key_for(job_id))
            self._queue_all(records, pipe)
            pipe.execute()

    def _some_waiting(self) -> list[str]:
        first = self._looked_up_to
        others = self.store.waiting_ids(first, OTHERS_LOOKED_AT)
        self._looked_up_to = first + len(others) if others else OLDEST_LOOKED_AT
        return [*self.store.waiting_ids(0, OLDEST_LOOKED_AT), *others]

    def _queue_again(self, records: list[JobRecord]) -> None:
        """All at once, before a lane takes one."""
        with self.queues.transaction() as pipe:
            self._queue_all(records, pipe)
            pipe.execute()

    def _queue_all(self, records: list[JobRecord], pipe: Pipeline) -> None:
        """Those that still wait. The youngest first: each finds its place at the front then."""
        for record in sorted(records, key=lambda record: -record.seq):
            self.queues.enqueue(record, pipe=pipe)

    def silence_is_death(self) -> bool:
        """Whether a lane that is off the board is dead. Asked at least every few seconds.

        If Redis was away, the machine slept or its clock jumped, the lanes' keys expired though the lanes live, and
        they get time to speak again.
        """
        now_s = time.time()
        if not 0 <= now_s - self._looked_at_s < LANE_TTL_S / 2:
            self._silence_counts_from_s = now_s + LANE_TTL_S
        self._looked_at_s = now_s
        return now_s >= self._silence_counts_from_s

    def _is_orphan(self, record: JobRecord, now_s: float) -> bool:
        lane = self.board.lane(record.lane)
        if lane is None:
            return self.silence_is_death()
        # A living lane that says for a while that it has another job or none.
        return lane.job_id != record.job_id and now_s - record.started_at > 5 * IN_TRANSIT_S

    def _revive(self, record: JobRecord, now_s: float) -> bool:
        """Whether the job, whose run is dead, waits again."""
        try:
            if self.store.requeue(record):
                log.warning(
                    "job %s: lane %s is dead, the job runs again", record.job_id, record.lane
                )
                self._drop_draft(record)
                return True
            reason = f"the worker died while it ran this job; it was tried {record.attempt} times"
            self.store.fail(record, "JOB_FAILED", reason, now_s)
            self._drop_draft(record)
        except StaleJob:
            log.info("job %s was moved meanwhile", record.job_id)
        return False

    def _drop_draft(self, record: JobRecord) -> None:
        """Of the dead run alone: the next one may have begun. Without its draft, a run cannot publish any more."""
        self.outputs.drop_draft(record.client, record.job_id, record.run_id)

    def _is_lost(self, record: JobRecord, now_s: float) -> bool:
        return now_s - record.created_at > IN_TRANSIT_S and not self.queues.has(record)
