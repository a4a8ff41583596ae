"""Envelopes: what submit() writes at once is what RQ itself would write."""

from __future__ import annotations

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
    return JobRecord(
        f"{number:032x}", "127.0.0.1", "rehearsal", "rehearsal", "cpu", 60, created_at=1.0
    )


def test_saved_envelope_is_the_one_that_rq_would_write(redis_url: str, redis_client: Redis) -> None:
    redis = connect(redis_url, timeout_s=5)
    store, queues = JobStore(redis.records, Settings()), Queues(redis.envelopes)
    ours, theirs = record(1), record(2)
    store.save(ours, queues.envelope(ours))
    queues.enqueue(theirs)
    hashes = [redis.envelopes.hgetall(Job.key_for(row.job_id)) for row in (ours, theirs)]
    said = [{name: value for name, value in row.items() if value} for row in hashes]
    assert said[0].keys() == said[1].keys()  # what is empty in it RQ takes for absent
    assert {name for name in said[0] if said[0][name] != said[1][name]} <= DIFFERENT
    queue = Queue("cpu", connection=redis.envelopes, serializer=JSONSerializer)
    assert queue.get_job_ids() == [ours.job_id, theirs.job_id]
    assert queue in Queue.all(connection=redis.envelopes, serializer=JSONSerializer)
    fetched = [queue.fetch_job(row.job_id) for row in (ours, theirs)]
    assert [(job.id, job.timeout) for job in fetched] == [(ours.job_id, -1), (theirs.job_id, -1)]
    assert fetched[0].data == fetched[1].data and fetched[0].func_name == EXECUTE
