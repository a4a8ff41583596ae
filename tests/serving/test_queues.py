"""Envelopes: what submit() and a queueing again write is what RQ itself would write."""

from __future__ import annotations

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from serving.jobs.connect import connect
from serving.jobs.queues import EXECUTE, Queues
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings

# Their times, and what is called: RQ compresses that, and reads it either way.
DIFFERENT = {b"created_at", b"enqueued_at", b"data"}


def record(number: int) -> JobRecord:
    return JobRecord(f"{number:032x}", "127.0.0.1", "rehearsal", "rehearsal", 60, created_at=1.0)


@pytest.mark.parametrize("again", [False, True])
def test_our_envelope_is_the_one_that_rq_would_write(
    redis_url: str, redis_client: Redis, again: bool
) -> None:
    redis = connect(redis_url, timeout_s=5)
    store, queues = JobStore(redis.records, Settings()), Queues(redis.envelopes)
    ours, theirs = record(1), record(2)
    store.save(ours, None if again else queues.envelope(ours))
    if again:
        queues.enqueue(ours)
    queue = Queue("rehearsal", connection=redis.envelopes, serializer=JSONSerializer)
    queue.enqueue_call(
        EXECUTE, job_id=theirs.job_id, timeout=-1, result_ttl=0, failure_ttl=60, description="job"
    )
    hashes = [redis.envelopes.hgetall(Job.key_for(row.job_id)) for row in (ours, theirs)]
    said = [{name: value for name, value in row.items() if value} for row in hashes]
    assert said[0].keys() == said[1].keys()  # what is empty in it RQ takes for absent
    assert {name for name in said[0] if said[0][name] != said[1][name]} <= DIFFERENT
    assert queue.get_job_ids() == [ours.job_id, theirs.job_id]
    assert queue in Queue.all(connection=redis.envelopes, serializer=JSONSerializer)
    fetched = [queue.fetch_job(row.job_id) for row in (ours, theirs)]
    assert [(job.id, job.timeout) for job in fetched] == [(ours.job_id, -1), (theirs.job_id, -1)]
    assert fetched[0].data == fetched[1].data and fetched[0].func_name == EXECUTE


def test_job_that_a_lane_took_is_the_one_that_rq_would_fetch(
    redis_url: str, redis_client: Redis
) -> None:
    redis = connect(redis_url, timeout_s=5)
    queues, ours = Queues(redis.envelopes), record(1)
    JobStore(redis.records, Settings()).save(ours, queues.envelope(ours))
    fetched, made = queues.queue("rehearsal").fetch_job(ours.job_id), queues.job(ours)
    assert (made.id, made.key, made.origin, made.func_name) == (
        *(fetched.id, fetched.key, fetched.origin, fetched.func_name),
    )
    assert queues.job(record(2)).id != made.id
