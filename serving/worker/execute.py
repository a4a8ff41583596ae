"""One job from its start to its end: record to Work, Work to a runner, its Outcome to files and record.

Whatever happens, the job ends as completed, failed with a reason, cancelled, or waits again. Knows no RQ: the lane
hands in the record that it started and a function that keeps RQ's heartbeats going.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from redis.exceptions import RedisError

from pipelines.catalog import Catalog
from pipelines.errors import InsufficientVram
from pipelines.messages import Done, Failed
from pipelines.spec import ModelCard, Work
from serving.errors import StaleJob
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker import second_try
from serving.worker.residency.broken import ModelBroken
from serving.worker.residency.handle import RunnerDied
from serving.worker.residency.pool import Pool
from serving.worker.second_try import Try
from serving.worker.watch_run import DeadlineOver, LoadTooLong, Watched

log = logging.getLogger("meshkiln.lane")
_T = TypeVar("_T")
Learn = Callable[[ModelCard, Mapping[str, object], bool], None]
Outgrown = Callable[[ModelCard, Mapping[str, object]], bool]

REDIS_RETRY_S = 0.5


@dataclass
class Executor:
    """Runs jobs, one at a time, for one lane.

    `error` is what last went wrong in a model's process or in the lane itself; a model that refused an input is no
    such thing. `learn` is told of each run's params and options, and whether it was completed; `outgrown`
    answers whether a job that this GPU is too small for is to be left to another.
    """

    catalog: Catalog
    store: JobStore
    queues: Queues
    inputs: Inputs
    outputs: Outputs
    pool: Pool
    cancel_grace_s: float = 2.0
    learn: Learn = lambda card, params, has_completed: None
    outgrown: Outgrown = lambda card, params: False
    error: str = ""
    error_at: float = 0.0

    def run(
        self, record: JobRecord, beat: Callable[[], None], price_mib: int = 0
    ) -> JobRecord | None:
        """Run one job that was started. `beat` is called at least every BEAT_S seconds. Raises only what ends the lane.

        Answers the record when the job waits again and is to be enqueued once its present envelope is gone.
        """
        log.info(
            "job %s: %s by %s, attempt %d",
            *(record.job_id, record.feature, record.model_id, record.attempt),
        )
        if (
            record.attempt > 1
        ):  # a run before this one may have been killed between publishing and saying so
            self.outputs.remove(record.client, record.job_id)
        try:
            return record if self._run(record, Watched(self, record, beat), price_mib) else None
        except StaleJob:
            # Cancelled, or somebody took this lane for dead and gave the job to another: this run must not go on.
            log.warning("job %s is no longer this run's, which is dropped", record.job_id)
            self._drop_unwanted(record)
            return None
        except BaseException:
            self.pool.evict()
            self._give_back(record)
            raise
        finally:
            self.pool.release(self.catalog.cards[record.model_id])
            self.outputs.drop_draft(record.client, record.job_id, record.run_id)

    def _run(self, record: JobRecord, watched: Watched, price_mib: int) -> bool:
        """Whether the job waits again."""
        began_s = time.monotonic()
        weights = self.catalog.cards[record.model_id].weights
        try:
            draft = self.outputs.draft(record.client, record.job_id, record.run_id)
            first = Try(self._work(record, draft))
            tried, answer = self._try(record, first, watched, price_mib)
            if isinstance(answer, Failed):
                return self._end_failed(record, tried, answer)
            else:
                self._complete(record, tried, answer, draft, time.monotonic() - began_s)
        except RunnerDied as death:
            self.pool.evict(weights)
            return self._died(record, str(death))
        except (DeadlineOver, LoadTooLong) as over:
            self.pool.evict(weights)
            self._note_error(record, str(over))
            self._fail(record, "JOB_FAILED", str(over))
        except ModelBroken as broken:
            self._fail(record, broken.code, str(broken))
        except StaleJob:
            raise
        except Exception as error:
            # A full disk, a model that is gone, a defect: given back, the job would come again for ever.
            log.exception("job %s: the lane failed", record.job_id)
            self.pool.evict(weights)
            kind = type(error).__name__
            reason = f"the worker failed with {kind}; the server's log has the details"
            self._note_error(record, reason)
            self._fail(record, "JOB_FAILED", reason)
        return False

    def _try(
        self, record: JobRecord, tried: Try, watched: Watched, price_mib: int
    ) -> tuple[Try, Done | Failed]:
        """Run it, and again as serving.worker.second_try says while GPU memory does not suffice."""
        card = self.catalog.cards[record.model_id]
        while True:
            answer = watched.answer(self.pool.lease(card, price_mib), tried.work)
            self._learn(card, tried, answer)
            if not isinstance(answer, Failed):
                return tried, answer
            has_others = any(one.weights != card.weights for one in self.pool.residents())
            again = second_try.after(tried, answer, card, has_others=has_others)
            if again is None:
                if answer.memory == "gpu" or answer.while_loading or self._is_context_lost(answer):
                    self.pool.evict(card.weights)
                return tried, answer
            log.warning("job %s: %s; tried again", record.job_id, answer.message)
            tried = again
            self.pool.clear(watched.beat)
            # What a try left behind must not look like the result of the next.
            self.outputs.drop_draft(record.client, record.job_id, record.run_id)
            self.outputs.draft(record.client, record.job_id, record.run_id)

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

    def _complete(
        self, record: JobRecord, tried: Try, done: Done, draft: Path, run_s: float
    ) -> None:
        # The sweep took it away, and the job: by now the result may be another run's.
        if not draft.is_dir():
            raise StaleJob(f"the draft of run {record.run_id} is gone")
        self.outputs.publish(record.client, record.job_id, record.run_id)
        outcome = done.outcome.to_json()
        outcome["warnings"] = [*outcome["warnings"], *map(asdict, tried.notices)]
        self.insist(lambda: self.store.complete(record, outcome, time.time()))
        log.info("job %s completed in %.2f s", record.job_id, run_s)

    def _learn(self, card: ModelCard, tried: Try, answer: Done | Failed) -> None:
        self.pool.measure()
        with suppress(RedisError):
            self.learn(card, _settings_of(tried), isinstance(answer, Done))

    def _is_context_lost(self, answer: Failed) -> bool:
        """Whether the process may be of no use any more: after some errors CUDA fails every call until it ends."""
        return answer.is_unforeseen and self.pool.is_on_gpu

    def _end_failed(self, record: JobRecord, tried: Try, answer: Failed) -> bool:
        """Whether the job waits again: for a larger GPU, if one is there."""
        card, code = self.catalog.cards[record.model_id], answer.code
        if answer.memory or answer.while_loading or self._is_context_lost(answer):
            self._note_error(record, answer.message)
        if answer.memory == "gpu":
            if self.insist(lambda: self.outgrown(card, _settings_of(tried))):
                log.warning("job %s is left to a larger GPU", record.job_id)
                return self.insist(lambda: self.store.requeue(record, counts=False))
            code = InsufficientVram.code
            if answer.while_loading:  # the next job would drive out all others, and fail as well
                self.pool.broken.note(card.weights, answer.message, code=code)
        self._fail(record, code, answer.message)
        return False

    def _fail(self, record: JobRecord, code: str, message: str) -> None:
        self.insist(lambda: self.store.fail(record, code, message, time.time()))
        log.info("job %s failed: %s", record.job_id, message)

    def _died(self, record: JobRecord, how: str) -> bool:
        """The runner died under the job: once more, if a run is left."""
        log.warning("job %s: %s", record.job_id, how)
        self._note_error(record, how)
        if self.insist(lambda: self.store.requeue(record)):
            return True
        self._fail(record, "JOB_FAILED", f"{how}; it was tried {record.attempt} times")
        return False

    def _note_error(self, record: JobRecord, what: str) -> None:
        self.error, self.error_at = f"{record.model_id}: {what}", time.time()

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
            self.queues.enqueue(record)
        except (RedisError, StaleJob) as error:
            log.warning("job %s was not given back: %s", record.job_id, error)

    def insist(self, move: Callable[[], _T]) -> _T:
        """Make a move even if Redis is away for a while: what was computed must not be lost to that."""
        while True:
            try:
                return move()
            except RedisError as error:
                log.warning("Redis is away (%s), trying again", error)
                time.sleep(REDIS_RETRY_S)


def _settings_of(tried: Try) -> dict[str, object]:
    return {**tried.work.options, **tried.work.params}
