"""RQ: which queue a job waits in, and its envelope there. An envelope carries the id alone and may be thrown away."""

from __future__ import annotations

from contextlib import nullcontext

from redis import Redis
from redis.client import Pipeline
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from pipelines.spec import ModelCard
from serving.jobs.record import JobRecord

# By name: the web process never imports the worker's code.
EXECUTE = "serving.worker.lane.execute_job"


def queue_for(card: ModelCard) -> str:
    """The queue of a card: one for all that runs on a CPU, one for each GPU model family.

    A lane takes from one queue at a time: RQ keeps a job safe between taking and starting only so.
    """
    return card.family if card.vram_mib else "cpu"


class Queues:
    """The RQ queues."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queues: dict[str, Queue] = {}

    def transaction(self) -> Pipeline:
        """A transaction that a record and its envelope go into together."""
        pipe = self._redis.pipeline()
        pipe.multi()
        return pipe

    def enqueue(
        self, record: JobRecord, *, at_front: bool = False, pipe: Pipeline | None = None
    ) -> None:
        """Put the envelope of a record into its queue, at once or as part of a transaction."""
        with self._redis.pipeline() if pipe is None else nullcontext(pipe) as pipeline:
            self.queue(record.queue).enqueue_call(
                EXECUTE,
                args=(record.job_id,),
                job_id=record.job_id,
                timeout=-1,  # the lane enforces the deadline from outside; an alarm cannot stop a hang in C
                result_ttl=0,
                failure_ttl=60,
                description=record.feature,
                at_front=at_front,
                pipeline=pipeline,
            )
            if pipe is None:
                pipeline.execute()

    def withdraw(self, record: JobRecord) -> None:
        """Take the envelope out again that was put in last."""
        queue = self.queue(record.queue)
        self._redis.lrem(queue.key, -1, record.job_id)
        self._redis.delete(Job.key_for(record.job_id))

    def has(self, record: JobRecord) -> bool:
        """Whether an envelope of the job waits. Fast where it waits near the front, as the oldest do."""
        return self._redis.lpos(self.queue(record.queue).key, record.job_id) is not None

    def forget_intermediate(self, record: JobRecord) -> None:
        """Remove what a lane left that died between taking and starting."""
        self._redis.lrem(self.queue(record.queue).intermediate_queue_key, 0, record.job_id)

    def queue(self, name: str) -> Queue:
        if name not in self._queues:
            self._queues[name] = Queue(name, connection=self._redis, serializer=JSONSerializer)
        return self._queues[name]
