"""The RQ worker of one device. Its work horse is the persistent runner, so that a loaded model stays loaded.

A subclass of RQ's worker: its loop, the envelope's bookkeeping, signals and maintenance are RQ's. Ours are which job it
takes (serving.worker.placement), what a job does (serving.worker.execute), a heartbeat of seconds instead of minutes,
and fewer trips to Redis.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from types import FrameType

from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker.base import WorkerStatus

from serving.errors import StaleJob
from serving.jobs.board import LANE_KEY, LANE_TTL_S, LANES_KEY, LaneState
from serving.jobs.connect import WORKER_TIMEOUT_S
from serving.jobs.line import Line
from serving.jobs.record import JobRecord
from serving.jobs.tally import Tally
from serving.worker.execute import Executor
from serving.worker.placement import Chosen, Placement
from serving.worker.watch_run import BEAT_S

log = logging.getLogger("meshkiln.lane")

_ENVELOPE_KEPT_S = 86_400  # of a run, whatever becomes of its lane; queued again it is written anew


def execute_job() -> None:
    """What an envelope names. A lane runs it in its own way; a stock RQ worker cannot."""
    raise RuntimeError("this job needs a lane of Meshkiln: start ai_worker.py, not rq worker")


class Lane(Worker):
    """One RQ worker for the queues of all models that its device can run, one job at a time.

    `charges`: a client is charged the seconds that a job is expected to take, under fair. `keep_alive_s` is of models.
    """

    # An idle lane looks for a Redis that went away this often; RQ's own pause grows to a minute.
    max_connection_wait_time = 1.0

    def __init__(
        self,
        queues: Sequence[Queue],
        state: LaneState,
        executor: Executor,
        placement: Placement,
        line: Line,
        *,
        charges: bool = False,
        keep_alive_s: float = -1.0,
    ) -> None:
        self.lane_state = state
        self.executor = executor
        self.placement = placement
        self._line = line
        self._charges = charges
        self._keep_alive_s = keep_alive_s
        self._runnable = state.models
        self._tally = Tally(executor.store.redis)
        self._beaten_at_s = 0.0
        self._taken: tuple[JobRecord, Chosen]
        self._execution: Execution | None = None  # what RQ knows of the run
        placement.beat = self.heartbeat
        super().__init__(
            list(queues),
            name=state.name,
            connection=queues[0].connection,
            serializer=JSONSerializer,
            default_result_ttl=0,
            worker_ttl=30,
            log_job_description=False,
            maintenance_interval=60,
        )

    @property
    def connection_timeout(self) -> int:
        return int(WORKER_TIMEOUT_S)

    def subscribe(self) -> None:
        """Not offered: RQ's commands would kill the lane's own process group, and each lane would hold a thread."""

    def unsubscribe(self) -> None:
        """See subscribe()."""

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        """Kept here; the next heartbeat tells it. RQ would make a trip of its own."""
        self._state = state

    def set_shutdown_requested_date(self) -> None:
        """Not told: this runs in a signal handler, and Redis may be away. The job beneath it would fail of that."""

    def check_for_suspension(self, burst: bool) -> None:
        """Not offered: RQ's suspension would cost a trip per job."""

    # taking

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next job, started: it is this run's before its envelope is gone, so no death between loses it."""
        self._state = WorkerStatus.IDLE
        while True:
            try:
                self.heartbeat()
                if self.should_run_maintenance_tasks:
                    self.run_maintenance_tasks()
                if (taken := self._take()) is not None:
                    return taken
            except RedisError as error:  # also one that answers that its disk or memory is full
                log.error("lane %s cannot take jobs from Redis: %s", self.name, error)
                time.sleep(self.max_connection_wait_time)

    def _take(self) -> tuple[Job, Queue] | None:
        chosen = self.placement.next()
        if not isinstance(chosen, Chosen):
            self._waits_for(chosen.why)
            self._line.listen(chosen.seconds)
            return None
        # Busy from here: a signal that stops an idle lane at once would leave the job behind.
        self._state = WorkerStatus.BUSY
        record = self._start(chosen)
        if record is None:
            self._state = WorkerStatus.IDLE
            if self._stop_requested:
                raise StopRequested
            return None
        self._taken = record, chosen
        queue = self.executor.queues.queue(record.model_id)
        return self.executor.queues.job(record), queue

    def _start(self, chosen: Chosen) -> JobRecord | None:
        run_id, card = token_hex(8), chosen.card
        queue_key = self.executor.queues.queue(card.model_id).key
        charge_s = card.usual_s if self._charges else 0.0

        def start() -> JobRecord:
            return self.executor.store.start(
                *(chosen.job_id, self.name, run_id, time.time()),
                queue_key=queue_key,
                charge_s=charge_s,
                passes=chosen.passes,
            )

        try:
            return self.executor.insist(start)
        except StaleJob:  # another lane was faster, or it was cancelled
            return None

    def _waits_for(self, why: str) -> None:
        if why != self.lane_state.waits_for:
            self.lane_state = replace(self.lane_state, waits_for=why)
            self._beaten_at_s = 0.0
            self.heartbeat()

    # running

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run the job that was taken, and throw its envelope away."""
        record, chosen = self._taken
        self.lane_state = replace(self.lane_state, job_id=job.id, waits_for="")
        job.started_at = now()
        again = self.executor.run(record, lambda: self._beat_busy(job), chosen.price_mib)
        job.ended_at = now()
        self.lane_state = replace(self.lane_state, job_id="")
        # What is left undone here, the sweep and RQ's maintenance do later; a lane that ends would unload its model.
        with self._redis_may_be_away():
            self._throw_away(job)
            if again:  # only now: the end of the old envelope deletes what a new one of the same id would share
                self.executor.queues.enqueue(again)

    def _tell_started(self, job: Job) -> None:
        """RQ's own word that the job runs, for those who look at RQ; the record has it already. RQ makes two trips."""
        with self.connection.pipeline(transaction=False) as pipe:
            ttl_s = self.get_heartbeat_ttl(job)
            execution = Execution.create(job, ttl_s, pipeline=pipe, worker_name=self.name)
            job.prepare_for_execution(self.name, pipeline=pipe)
            pipe.expire(job.key, _ENVELOPE_KEPT_S)
            self._beat(pipe, ttl_s)
            pipe.execute()
            self._execution = self.executions[execution.id] = execution

    def _throw_away(self, job: Job) -> None:
        """The end of what RQ was told. Where it was told nothing, the envelope went with the job's end.

        RQ's own end of a job looks for dependents, repeats and results in ten trips; our envelopes have none.
        """
        if (execution := self._execution) is None:
            return
        self._execution = None
        self._beaten_at_s = 0.0  # who was told that it is busy is told at once that it is not
        with self.connection.pipeline(transaction=False) as pipe:
            self.executions.pop(execution.id, None)
            self.cleanup_execution(job, pipeline=pipe, execution=execution)
            pipe.delete(job.key)
            pipe.execute()

    # living

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Say that the lane lives and what it does: RQ's key and ours in one trip, and not more often than needed."""
        if pipeline is not None:
            self._beat(pipeline, timeout)
            return
        if time.monotonic() - self._beaten_at_s < BEAT_S / 2:
            return
        with self._redis_may_be_away(), self.connection.pipeline(transaction=False) as own:
            self._beat(own, timeout)
            own.execute()

    def _beat(self, pipeline: Pipeline, timeout: int | None) -> None:
        self._beaten_at_s = time.monotonic()
        self._see_models()
        super().heartbeat(timeout, pipeline=pipeline)
        pipeline.hset(self.key, "state", self._state)
        pipeline.set(LANE_KEY + self.name, self.lane_state.to_json(), ex=LANE_TTL_S)
        pipeline.sadd(LANES_KEY, self.name)

    def _see_models(self) -> None:
        """What can run here and what is loaded, into the lane's next word; what was counted, to Redis."""
        pool, executor = self.executor.pool, self.executor
        if not self.lane_state.job_id:
            pool.look()
            pool.expire(self._keep_alive_s)
            pool.measure()
        else:
            with self._redis_may_be_away():
                self.placement.obey()
        cards = executor.catalog.cards
        models = {
            model_id: self.placement.gpu_failure
            or pool.broken.reason(cards[model_id].weights)
            or reason
            for model_id, reason in self._runnable.items()
        }
        self.lane_state = replace(
            self.lane_state,
            models=models,
            residents=tuple(one.state() for one in pool.residents()),
            beat_at=round(time.time(), 3),
            error=executor.error,
            error_at=executor.error_at,
        )
        with self._redis_may_be_away():
            if pool.events:
                self._tally.count_models(pool.events)
                pool.events.clear()
            self.placement.refresh_prices()

    def _beat_busy(self, job: Job) -> None:
        """RQ hears of a run with its first beat: of one that is over before that, nothing."""
        with self._redis_may_be_away():
            if self._execution is not None:
                self.maintain_heartbeats(job, self._execution)
            else:
                self._tell_started(job)

    def run_maintenance_tasks(self) -> None:
        with self._redis_may_be_away():
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    @contextmanager
    def _redis_may_be_away(self) -> Iterator[None]:
        try:
            yield
        except RedisError as error:
            log.warning("lane %s goes on without Redis: %s", self.name, error)

    # ending

    def teardown(self) -> None:
        self.executor.pool.evict()
        with self._redis_may_be_away():
            self.connection.delete(LANE_KEY + self.name)
            self.connection.srem(LANES_KEY, self.name)
            self._line.leave()
            super().teardown()  # type: ignore[no-untyped-call]

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """First signal: end after the running job. An idle lane ends at once."""
        log.info("lane %s stops%s", self.name, " after its job" if self.lane_state.job_id else "")
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]
