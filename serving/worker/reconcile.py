"""What deaths left behind, set right: running jobs whose lane is dead, waiting jobs that no queue knows.

The record is the truth; every move is one script, so two sweeps at once do no harm. Knows no processes: a lane is dead
when it is off the board.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from redis import Redis

from serving.errors import StaleJob
from serving.jobs.board import Board
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import PREFIX, JobStore
from serving.storage.outputs import Outputs

log = logging.getLogger("meshkiln.sweep")

SWEEP_INTERVAL_S = 2.0
# A lane needs milliseconds from taking an envelope to starting its job, and a submit from saving to enqueueing.
# Older than this and in no queue means lost. An envelope too many is dropped by the lane that takes it.
IN_TRANSIT_S = 3.0
OLDEST_LOOKED_AT = 50
_LOCK_KEY = PREFIX + "sweep"


@dataclass
class Sweep:
    """One host's sweeper. Several hosts may have one; a lock makes them take turns."""

    redis: Redis
    store: JobStore
    queues: Queues
    board: Board
    outputs: Outputs

    def take_turn(self) -> None:
        """Sweep, unless another did within the interval."""
        if self.redis.set(_LOCK_KEY, "1", nx=True, px=int(SWEEP_INTERVAL_S * 900)):
            self.sweep(time.time())

    def sweep(self, now_s: float) -> None:
        """One pass over the running jobs and the oldest waiting ones."""
        for record in self.store.get_many(self.store.running_ids()):
            if record.state is JobState.PROCESSING and self._is_orphan(record, now_s):
                self._revive(record, now_s)
        for record in self.store.get_many(self.store.oldest_waiting_ids(OLDEST_LOOKED_AT)):
            if record.state is JobState.QUEUED and self._is_lost(record, now_s):
                log.warning("job %s waits in no queue, queued again", record.job_id)
                self.queues.forget_intermediate(record)
                self.queues.enqueue(record, at_front=True)

    def _is_orphan(self, record: JobRecord, now_s: float) -> bool:
        lane = self.board.lane(record.lane)
        if lane is None:
            return True
        # A living lane that says for a while that it has another job or none.
        return lane.job_id != record.job_id and now_s - record.started_at > 5 * IN_TRANSIT_S

    def _revive(self, record: JobRecord, now_s: float) -> None:
        try:
            if self.store.requeue(record):
                log.warning(
                    "job %s: lane %s is dead, the job runs again", record.job_id, record.lane
                )
                self.outputs.drop_drafts(record.client, record.job_id)
                self.queues.forget_intermediate(record)
                self.queues.enqueue(record, at_front=True)
            else:
                reason = (
                    f"the worker died while it ran this job; it was tried {record.attempt} times"
                )
                self.store.fail(record, "JOB_FAILED", reason, now_s)
                self.outputs.drop_drafts(record.client, record.job_id)
        except StaleJob:
            log.info("job %s was moved meanwhile", record.job_id)

    def _is_lost(self, record: JobRecord, now_s: float) -> bool:
        return now_s - record.created_at > IN_TRANSIT_S and not self.queues.has(record)
