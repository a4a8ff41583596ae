"""RQ: which queue a job waits in, and its envelope there. An envelope carries the id alone and may be thrown away."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.client import Pipeline
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from pipelines.spec import ModelCard
from serving.jobs.record import JobRecord
from serving.jobs.store import Envelope

# By name: the web process never imports the worker's code.
EXECUTE = "serving.worker.lane.execute_job"
# No arguments: the envelope's own id is the job's. No time-out: the lane enforces the deadline from outside, since an
# alarm cannot stop a hang in C.
_ENVELOPE: dict[str, Any] = {
    "timeout": -1,
    "result_ttl": 0,
    "failure_ttl": 60,
    "description": "job",
}
_STAMPS = ("created_at", "enqueued_at")  # the script puts them in


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
        self._templates: dict[str, str] = {}

    def transaction(self) -> Pipeline:
        """A transaction that several envelopes go into together."""
        pipe = self._redis.pipeline()
        pipe.multi()
        return pipe

    def enqueue(
        self, record: JobRecord, *, at_front: bool = False, pipe: Pipeline | None = None
    ) -> None:
        """Put the envelope of a record into its queue, at once or as part of a transaction."""
        with self._redis.pipeline() if pipe is None else nullcontext(pipe) as pipeline:
            self.queue(record.queue).enqueue_call(
                EXECUTE, job_id=record.job_id, at_front=at_front, pipeline=pipeline, **_ENVELOPE
            )
            if pipe is None:
                pipeline.execute()

    def envelope(self, record: JobRecord) -> Envelope:
        """What enqueue() would write, for writing it together with the record.

        RQ builds and packs a job in half a millisecond and several commands; but for its id and times it is the same
        for every job of a queue, and travels as one argument: each costs on its way through the Redis client.
        """
        queue = self.queue(record.queue)
        if record.queue not in self._templates:
            self._templates[record.queue] = _template(queue)
        # As rq.utils.utcformat writes it, in a tenth of the time.
        stamp = datetime.now(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        return Envelope(
            job_key=Job.redis_job_namespace_prefix + record.job_id,
            queue_key=queue.key,
            queues_key=queue.redis_queues_keys,
            fields=self._templates[record.queue],
            stamp=stamp,
        )

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


def _template(queue: Queue) -> str:
    """What is the same in all envelopes of a queue, as JSON: field, value, …"""
    job = queue.create_job(EXECUTE, status=JobStatus.QUEUED, **_ENVELOPE)
    job.origin = queue.name
    fields = {**job.to_dict(), "data": job.data.decode(), "status": JobStatus.QUEUED.value}
    # What is empty in it RQ takes for absent.
    row = [
        str(part)
        for name, value in fields.items()
        if value != "" and name not in _STAMPS
        for part in (name, value)
    ]
    return json.dumps(row)
