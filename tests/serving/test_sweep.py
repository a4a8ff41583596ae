"""What the sweep sets right, by itself: a real Redis and real folders, and lanes that are only spoken of."""

from __future__ import annotations

import time
from pathlib import Path
from secrets import token_hex

import pytest
from redis import Redis

from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.worker.reconcile import OLDEST_LOOKED_AT, OTHERS_LOOKED_AT, Sweep


@pytest.fixture
def sweep(tmp_path: Path, redis_url: str, redis_client: Redis) -> Sweep:
    settings = Settings(_env_file=None, data_dir=tmp_path, max_waiting_per_client=1_000)
    settings = settings.model_copy(update={"submits_per_minute": 0})
    redis = connect(redis_url, timeout_s=10.0)
    store, queues = JobStore(redis.records, settings), Queues(redis.envelopes)
    return Sweep(redis.records, store, queues, Board(redis.records), Outputs(settings))


def save(sweep: Sweep, *, is_queued: bool = True) -> JobRecord:
    record = JobRecord(token_hex(16), "127.0.0.1", "rehearsal", "rehearsal", 60, time.time() - 60)
    return sweep.store.save(record, sweep.queues.envelope(record) if is_queued else None)


def start(sweep: Sweep, lane: str = "dead") -> JobRecord:
    """A run that has written into its draft."""
    record = sweep.store.start(save(sweep).job_id, lane, token_hex(8), time.time())
    draft = sweep.outputs.draft(record.client, record.job_id, record.run_id)
    (draft / "output.glb").write_text("half a mesh")
    return record


def test_drafts_of_dead_runs_are_dropped_and_those_of_living_ones_stay(sweep: Sweep) -> None:
    cancelled, orphan, living = start(sweep), start(sweep), start(sweep, "living")
    sweep.store.cancel(cancelled.job_id, time.time())
    sweep.outputs.draft("127.0.0.1", token_hex(16), token_hex(8))  # of no job at all
    sweep.sweep(time.time(), ["dead"])
    assert [draft[1:] for draft in sweep.outputs.drafts()] == [(living.job_id, living.run_id)]
    assert sweep.store.get(orphan.job_id).state is JobState.QUEUED
    assert sweep.store.get(cancelled.job_id).state is JobState.CANCELLED


def test_lost_job_far_back_in_the_line_is_found_in_time(sweep: Sweep) -> None:
    for _ in range(OLDEST_LOOKED_AT + OTHERS_LOOKED_AT):
        save(sweep)
    lost = save(sweep, is_queued=False)
    for _ in range(3):
        save(sweep)
    sweeps = 0
    while not sweep.queues.has(lost):
        sweeps += 1
        assert sweeps <= 4
        sweep.sweep(time.time())


def test_job_that_waits_in_a_queue_of_an_earlier_version_is_queued_anew(
    sweep: Sweep, redis_client: Redis
) -> None:
    """There was one queue for all models of the CPU."""
    old = save(sweep, is_queued=False)
    redis_client.rpush("rq:queue:cpu", old.job_id)
    sweep.sweep(time.time())
    assert sweep.queues.queue("rehearsal").get_job_ids() == [old.job_id]
