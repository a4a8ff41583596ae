"""The RQ worker of one device. Its work horse is the persistent runner, so that a loaded model stays loaded.

A subclass of RQ's worker: taking jobs, the envelope's bookkeeping, signals and commands are RQ's. Ours are what a job
does (serving.worker.execute), a heartbeat of seconds instead of minutes, and fewer trips to Redis.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker.base import WorkerStatus

from pipelines.catalog import Catalog, unmet
from serving.gpus import Gpus
from serving.jobs.board import LANE_KEY, LANE_TTL_S, LANES_KEY, LaneState
from serving.jobs.connect import WORKER_TIMEOUT_S, connect
from serving.jobs.queues import Queues, queue_for
from serving.jobs.store import JobStore
from serving.jobs.tally import Tally
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.execute import BEAT_S, Executor
from serving.worker.process import die_with_parent
from serving.worker.residency.handle import RunnerDied
from serving.worker.residency.pool import Pool

log = logging.getLogger("meshkiln.lane")


def execute_job() -> None:
    """What an envelope names. A lane runs it in its own way; a stock RQ worker cannot."""
    raise RuntimeError("this job needs a lane of Meshkiln: start ai_worker.py, not rq worker")


class Lane(Worker):
    """One RQ worker, one queue, one runner."""

    # An idle lane looks for a Redis that went away this often; RQ's own pause grows to a minute.
    max_connection_wait_time = 1.0

    def __init__(self, queue: Queue, state: LaneState, executor: Executor) -> None:
        self.lane_state = state
        self.executor = executor
        self._runnable = state.models
        self._tally = Tally(executor.store.redis)
        self._beaten_at_s = 0.0
        super().__init__(
            [queue],
            name=state.name,
            connection=queue.connection,
            serializer=JSONSerializer,
            default_result_ttl=0,
            worker_ttl=30,
            log_job_description=False,
            maintenance_interval=60,
        )

    @property
    def dequeue_timeout(self) -> int:
        """An idle lane wakes this often to say that it lives."""
        return int(BEAT_S)

    @property
    def connection_timeout(self) -> int:
        return int(WORKER_TIMEOUT_S)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        """Kept here; the next heartbeat tells it. RQ would make a trip of its own."""
        self._state = state

    def set_shutdown_requested_date(self) -> None:
        """Not told: this runs in a signal handler, and Redis may be away. The job beneath it would fail of that."""

    def check_for_suspension(self, burst: bool) -> None:
        """Not offered: RQ's suspension would cost a trip per job."""

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
        pool = self.executor.pool
        if not self.lane_state.job_id:
            pool.look()
        models = self._runnable
        if pool.load_failure:
            models = {**models, pool.warmed: pool.load_failure}
        self.lane_state = replace(
            self.lane_state, models=models, loaded=pool.loaded, runner_pid=pool.runner_pid
        )
        if pool.events:
            with self._redis_may_be_away():
                self._tally.count_models(pool.events)
                pool.events.clear()

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Take the envelope's word for the id, run the job, throw the envelope away."""
        self.lane_state = replace(self.lane_state, job_id=job.id)
        self._state = WorkerStatus.BUSY
        execution = self.prepare_execution(job)
        self.prepare_job_execution(job, remove_from_intermediate_queue=True)
        job.started_at = now()
        again = self.executor.run(job.id, beat=lambda: self._beat_busy(job, execution))
        job.ended_at = now()
        self.lane_state = replace(self.lane_state, job_id="")
        self._state = WorkerStatus.IDLE
        self.executions.pop(execution.id, None)
        # What is left undone here, the sweep and RQ's maintenance do later; a lane that ends would unload its model.
        with self._redis_may_be_away():
            self._throw_away(job, execution)
            if again:  # only now: the end of the old envelope deletes what a new one of the same id would share
                self.executor.queues.enqueue(again, at_front=True)

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """RQ's stop command comes here. There is no forked horse: RQ would kill the lane's own process group."""
        log.warning("lane %s takes no stop command of RQ", self.name)

    def run_maintenance_tasks(self) -> None:
        with self._redis_may_be_away():
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    @contextmanager
    def _redis_may_be_away(self) -> Iterator[None]:
        try:
            yield
        except RedisError as error:
            log.warning("lane %s goes on without Redis: %s", self.name, error)

    def _throw_away(self, job: Job, execution: Execution) -> None:
        """RQ's own end of a job looks for dependents, repeats and results in ten trips; our envelopes have none."""
        with self.connection.pipeline() as pipe:
            self.cleanup_execution(job, pipeline=pipe, execution=execution)
            pipe.delete(job.key)
            pipe.execute()

    def _beat_busy(self, job: Job, execution: Execution) -> None:
        with self._redis_may_be_away():
            self.maintain_heartbeats(job, execution)

    def teardown(self) -> None:
        self.executor.pool.evict()
        with self._redis_may_be_away():
            self.connection.delete(LANE_KEY + self.name)
            self.connection.srem(LANES_KEY, self.name)
            super().teardown()  # type: ignore[no-untyped-call]

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """First signal: end after the running job. An idle lane ends at once."""
        log.info("lane %s stops%s", self.name, " after its job" if self.lane_state.job_id else "")
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def main() -> None:
    parser = argparse.ArgumentParser(prog="serving.worker.lane")
    parser.add_argument("--name", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--queue", default="cpu")
    parser.add_argument("--parent-pid", type=int, required=True)
    args = parser.parse_args()
    die_with_parent(signal.SIGKILL, args.parent_pid)
    settings = Settings.from_env()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    lane = build_lane(settings, args.name, args.device, args.queue)
    for card in lane.executor.catalog.cards.values():
        if lane.lane_state.models.get(card.model_id) == "":
            with suppress(RunnerDied):  # the job that needs it will say why
                lane.executor.pool.warm(card)
            break
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lane.work(logging_level="WARNING")


def build_lane(settings: Settings, name: str, device: str, queue: str) -> Lane:
    """A lane and all it needs, from settings."""
    if settings.redis_url is None:
        raise SystemExit("a lane needs REDIS_URL; start ai_worker.py, which sets it")
    redis = connect(settings.redis_url, timeout_s=WORKER_TIMEOUT_S)
    queues = Queues(redis.envelopes)
    executor = Executor(
        catalog=Catalog.discover(settings.plugin_dirs),
        store=JobStore(redis.records, settings),
        queues=queues,
        inputs=Inputs(settings),
        outputs=Outputs(settings),
        pool=Pool(device, settings.plugin_dirs),
        lane=name,
    )
    cards = executor.catalog.cards.values()
    models = {card.model_id: unmet(card) for card in cards if queue_for(card) == queue}
    state = LaneState(
        name,
        socket.gethostname(),
        os.getpid(),
        device,
        queue,
        models=models,
        vram_mib=Gpus().largest_mib(),
    )
    return Lane(queues.queue(queue), state, executor)


if __name__ == "__main__":
    main()
