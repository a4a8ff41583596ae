"""One job from its id to its end: record to Work, Work to a runner, its Outcome to files and record.

Whatever happens, the job ends as completed, failed with a reason, or waits again. Knows no RQ: the lane hands in the id
and a function that keeps RQ's heartbeats going.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from redis.exceptions import RedisError

from pipelines.catalog import Catalog
from pipelines.messages import Done, Failed, Progress, Run
from pipelines.spec import Outcome, Work
from serving.errors import StaleJob
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.residency.handle import RunnerDied, RunnerHandle
from serving.worker.residency.pool import Pool

log = logging.getLogger("meshkiln.lane")
_T = TypeVar("_T")

BEAT_S = 2.0
# A person sees no more than four steps a second, and each is a trip to Redis.
PROGRESS_INTERVAL_S = 0.25
REDIS_RETRY_S = 0.5


class DeadlineOver(Exception):
    """The run took longer than its model may."""


@dataclass
class Executor:
    """Runs jobs, one at a time, for one lane."""

    catalog: Catalog
    store: JobStore
    queues: Queues
    inputs: Inputs
    outputs: Outputs
    pool: Pool
    lane: str

    def run(self, job_id: str, beat: Callable[[], None]) -> JobRecord | None:
        """Run one job. `beat` is called at least every BEAT_S seconds. Raises only what ends the lane.

        Answers the record when the job waits again and is to be enqueued once its present envelope is gone.
        """
        run_id = token_hex(8)
        try:
            record = self._insist(lambda: self.store.start(job_id, self.lane, run_id, time.time()))
        except StaleJob:
            log.info("job %s is not waiting any more, skipped", job_id)
            return None
        log.info(
            "job %s: %s by %s, attempt %d", job_id, record.feature, record.model_id, record.attempt
        )
        try:
            return record if self._run(record, beat) else None
        except StaleJob:
            # Cancelled, or somebody took this lane for dead and gave the job to another: this run must not go on.
            log.warning("job %s is no longer this run's, which is dropped", job_id)
            self.pool.evict()
            self._drop_unwanted(record)
            return None
        except BaseException:
            self.pool.evict()
            self._give_back(record)
            raise
        finally:
            self.outputs.drop_draft(record.client, job_id, run_id)

    def _run(self, record: JobRecord, beat: Callable[[], None]) -> bool:
        """Whether the job waits again."""
        began_s = time.monotonic()
        try:
            draft = self.outputs.draft(record.client, record.job_id, record.run_id)
            runner = self.pool.lease(self.catalog.cards[record.model_id])
            runner.send(Run(self._work(record, draft)))
            answer = self._wait(record, runner, beat)
            if isinstance(answer, Failed):
                self._fail(record, answer.code, answer.message)
            else:
                self._complete(record, answer.outcome, draft, time.monotonic() - began_s)
        except RunnerDied as death:
            self.pool.evict()
            return self._died(record, str(death))
        except DeadlineOver:
            self.pool.evict()
            self._fail(record, "JOB_FAILED", f"the model took longer than its {record.timeout_s} s")
        except StaleJob:
            raise
        except Exception as error:
            # A full disk, a model that is gone, a defect: given back, the job would come again for ever.
            log.exception("job %s: the lane failed", record.job_id)
            self.pool.evict()
            kind = type(error).__name__
            reason = f"the worker failed with {kind}; the server's log has the details"
            self._fail(record, "JOB_FAILED", reason)
        return False

    def _work(self, record: JobRecord, draft: Path) -> Work:
        inputs = {slot: self.inputs.path(kept) for slot, kept in record.inputs.items()}
        return Work(
            record.job_id,
            record.feature,
            record.model_id,
            inputs,
            record.params,
            record.options,
            draft,
        )

    def _wait(
        self, record: JobRecord, runner: RunnerHandle, beat: Callable[[], None]
    ) -> Done | Failed:
        """Listen to the runner until it is done. Raises RunnerDied, DeadlineOver or StaleJob."""
        began_s = beat_s = told_s = time.monotonic()
        last = Progress(record.job_id, record.stage, record.progress)
        untold = False
        while True:
            now_s = time.monotonic()
            if now_s - began_s > record.timeout_s:
                raise DeadlineOver
            if now_s - beat_s >= BEAT_S:
                beat_s = now_s
                beat()
                # Also without news: the answer says whether the job is still this run's.
                untold = True
            if untold and now_s - told_s >= PROGRESS_INTERVAL_S:
                told_s = now_s
                self._tell(record, last)
                untold = False
            match runner.receive(PROGRESS_INTERVAL_S if untold else BEAT_S):
                case Progress() as message if message.job_id == record.job_id:
                    last, untold = message, True
                case (Done() | Failed()) as message if message.job_id == record.job_id:
                    return message

    def _tell(self, record: JobRecord, news: Progress) -> None:
        try:
            self.store.progress(record, news.stage, news.percent)
        except RedisError as error:
            log.warning("progress of job %s is not saved: %s", record.job_id, error)

    def _complete(self, record: JobRecord, outcome: Outcome, draft: Path, run_s: float) -> None:
        # The sweep took it away, and the job: by now the result may be another run's.
        if not draft.is_dir():
            raise StaleJob(f"the draft of run {record.run_id} is gone")
        self.outputs.publish(record.client, record.job_id, record.run_id)
        self._insist(lambda: self.store.complete(record, outcome.to_json(), time.time()))
        log.info("job %s completed in %.2f s", record.job_id, run_s)

    def _fail(self, record: JobRecord, code: str, message: str) -> None:
        self._insist(lambda: self.store.fail(record, code, message, time.time()))
        log.info("job %s failed: %s", record.job_id, message)

    def _died(self, record: JobRecord, how: str) -> bool:
        """The runner died under the job: once more, if a run is left."""
        log.warning("job %s: %s", record.job_id, how)
        if self._insist(lambda: self.store.requeue(record)):
            return True
        self._fail(record, "JOB_FAILED", f"{how}; it was tried {record.attempt} times")
        return False

    def _drop_unwanted(self, record: JobRecord) -> None:
        """A job that was cancelled or deleted just as its result was published must not leave the result behind."""
        with suppress(RedisError):
            (state,) = self.store.states([record.job_id])
            if state in (None, JobState.CANCELLED):
                self.outputs.remove(record.client, record.job_id)

    def _give_back(self, record: JobRecord) -> None:
        """This lane ends: the job waits again in its old place, unharmed. If Redis is away, the sweep does it."""
        try:
            self.store.requeue(record, counts=False)
            self.queues.enqueue(record, at_front=True)
        except (RedisError, StaleJob) as error:
            log.warning("job %s was not given back: %s", record.job_id, error)

    def _insist(self, move: Callable[[], _T]) -> _T:
        """Make a move even if Redis is away for a while: what was computed must not be lost to that."""
        while True:
            try:
                return move()
            except RedisError as error:
                log.warning("Redis is away (%s), trying again", error)
                time.sleep(REDIS_RETRY_S)
