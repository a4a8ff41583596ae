"""What RQ's own tools see of our jobs: those that run, and nothing of those that are over."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from os import kill

import pytest
from redis import Redis
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from serving.jobs.record import JobState
from tests.serving.house import House, until, whole_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with whole_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def started_ids(house: House) -> list[str]:
    queue = house.queues.queue("rehearsal")
    started = StartedJobRegistry(queue=queue, serializer=JSONSerializer)
    return started.get_job_ids(cleanup=False)


def traces(redis: Redis, job_id: str) -> list[str]:
    return [str(key) for key in redis.scan_iter(f"rq:*{job_id}*", count=1000)]


def test_running_job_is_among_the_started_until_it_ends(house: House) -> None:
    job_id = house.submit(sleep_s=1.5)
    until(lambda: started_ids(house) == [job_id], 5, "the job among RQ's started ones")
    assert house.queues.queue("rehearsal").fetch_job(job_id).worker_name
    assert house.ended(job_id).state is JobState.COMPLETED
    until(lambda: not started_ids(house) and not traces(house.redis, job_id), 5, "no trace")


@pytest.mark.parametrize("fault", ["", "fail"])
def test_short_job_leaves_no_envelope(house: House, fault: str) -> None:
    job_id = house.submit(fault=fault) if fault else house.submit()
    house.ended(job_id)
    assert traces(house.redis, job_id) == []


def test_job_that_was_cancelled_as_it_ran_leaves_no_envelope(house: House) -> None:
    job_id = house.submit(sleep_s=30.0)
    until(lambda: started_ids(house) == [job_id], 5, "the job among RQ's started ones")
    house.store.cancel(job_id, time.time())
    until(lambda: not started_ids(house) and not traces(house.redis, job_id), 10, "no trace")


def test_job_that_ran_again_leaves_no_envelope(house: House) -> None:
    job_id = house.submit(sleep_s=1.0)
    until(lambda: started_ids(house) == [job_id], 5, "the job among RQ's started ones")
    kill(house.pid("runner"), signal.SIGKILL)
    assert house.ended(job_id).attempt == 2
    until(lambda: not traces(house.redis, job_id), 5, "no trace")
