"""RQ: which queue a job waits in, and its envelope there. An envelope carries the id alone and may be thrown away."""

from __future__ import annotations

import json
from copy import copy
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.client import Pipeline
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from pipelines.spec import ModelCard
from serving.jobs.keyspace import job_key, scripts
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
    """The queue of a card: one for each model id.

    So a lane can run all that waits in a queue or nothing of it, whatever its GPU, its environments and the features
    that it serves; and it sees the oldest job of each model.
    """
    return card.model_id


class Queues:
    """The RQ queues."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._push = scripts(redis)["push"]
        self._queues: dict[str, Queue] = {}
        self._jobs: dict[str, Job] = {}
        self._templates: dict[str, str] = {}

    def transaction(self) -> Pipeline:
        """A transaction that several envelopes go into together."""
        pipe = self._redis.pipeline()
        pipe.multi()
        return pipe

    def enqueue(self, record: JobRecord, *, pipe: Pipeline | None = None) -> None:
        """Put the envelope of a waiting record into its queue, where it belongs by its age. Never twice.

        At once, or as part of a transaction.
        """
        envelope = self.envelope(record)
        self._push(
            [job_key(record.job_id), envelope.job_key, envelope.queue_key, envelope.queues_key],
            [record.job_id, envelope.fields, envelope.stamp],
            client=pipe,
        )

    def envelope(self, record: JobRecord) -> Envelope:
        """What RQ's enqueue_call() would write, for writing it together with the record.

        RQ builds and packs a job in half a millisecond and several commands; but for its id and times it is the same
        for every job of a queue, and travels as one argument: each costs on its way through the Redis client.
        """
        name = record.model_id
        queue = self.queue(name)
        if name not in self._templates:
            self._templates[name] = _template(queue)
        # As rq.utils.utcformat writes it, in a tenth of the time.
        stamp = datetime.now(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        return Envelope(
            job_key=Job.redis_job_namespace_prefix + record.job_id,
            queue_key=queue.key,
            queues_key=queue.redis_queues_keys,
            fields=self._templates[name],
            stamp=stamp,
        )

    def has(self, record: JobRecord) -> bool:
        """Whether an envelope of the job waits. Fast where it waits near the front, as the oldest do."""
        return self._redis.lpos(self.queue(record.model_id).key, record.job_id) is not None

    def job(self, record: JobRecord) -> Job:
        """RQ's own object for a job that was taken, without a trip: but for the id, all of a queue are the same."""
        name = record.model_id
        if name not in self._jobs:
            self._jobs[name] = _job(self.queue(name))
        job = copy(self._jobs[name])
        job.id = record.job_id
        return job

    def queue(self, name: str) -> Queue:
        if name not in self._queues:
            self._queues[name] = Queue(name, connection=self._redis, serializer=JSONSerializer)
        return self._queues[name]


def _job(queue: Queue) -> Job:
    job = queue.create_job(EXECUTE, status=JobStatus.QUEUED, **_ENVELOPE)
    job.origin = queue.name
    return job


def _template(queue: Queue) -> str:
    """What is the same in all envelopes of a queue, as JSON: field, value, …"""
    job = _job(queue)
    fields = {**job.to_dict(), "data": job.data.decode(), "status": JobStatus.QUEUED.value}
    # What is empty in it RQ takes for absent.
    row = [
        str(part)
        for name, value in fields.items()
        if value != "" and name not in _STAMPS
        for part in (name, value)
    ]
    return json.dumps(row)
