"""What the sweep sets right, by itself: a real Redis and real folders, and lanes that are only spoken of."""

from __future__ import annotations

import time
from pathlib import Path
from secrets import token_hex

import pytest
from redis import Redis

from pipelines.catalog import Catalog
from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.worker.homeless import PATIENCE_S, Homeless
from serving.worker.reconcile import OLDEST_LOOKED_AT, OTHERS_LOOKED_AT, Sweep
from tests.serving.house import PLUGIN
from tests.serving.said_by_lanes import publish


@pytest.fixture
def sweep(tmp_path: Path, redis_url: str, redis_client: Redis) -> Sweep:
    settings = Settings(_env_file=None, data_dir=tmp_path, max_waiting_per_client=1_000)
    settings = settings.model_copy(update={"submits_per_minute": 0})
    redis = connect(redis_url, timeout_s=10.0)
    store, queues = JobStore(redis.records, settings), Queues(redis.envelopes)
    return Sweep(redis.records, store, queues, Board(redis.records), Outputs(settings))


def save(sweep: Sweep, model_id: str = "rehearsal", *, is_queued: bool = True) -> JobRecord:
    record = JobRecord(token_hex(16), "127.0.0.1", "rehearsal", model_id, 60, time.time() - 60)
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


def test_results_of_jobs_that_ended_without_one_are_dropped(sweep: Sweep) -> None:
    """Their runs were killed between publishing and saying so."""
    ends = {}
    for end in ("cancelled", "failed", "completed", "waiting"):
        record = start(sweep, "gone")
        sweep.outputs.publish(record.client, record.job_id, record.run_id)
        ends[end] = record
    outcome = {"files": [], "info": {}, "warnings": [], "stage_s": {}}
    sweep.store.cancel(ends["cancelled"].job_id, time.time())
    sweep.store.fail(ends["failed"], "JOB_FAILED", "no", time.time())
    sweep.store.complete(ends["completed"], outcome, time.time())
    sweep.store.requeue(ends["waiting"])
    sweep.sweep(time.time(), ["gone"])
    left = [path.name for path in sweep.outputs.job_folders(time.time() + 60)]
    assert sorted(left) == sorted([ends["completed"].job_id, ends["waiting"].job_id])


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


def in_old_queue(sweep: Sweep, records: list[JobRecord]) -> None:
    """As an earlier version had them: one queue for all models of the CPU."""
    for record in records:
        sweep.redis.hset(f"rq:job:{record.job_id}", mapping={"origin": "cpu", "data": "old"})
        sweep.redis.rpush("rq:queue:cpu", record.job_id)
    sweep.redis.sadd("rq:queues", "rq:queue:cpu")


def test_jobs_in_the_queue_of_an_earlier_version_come_to_their_models_in_their_order(
    sweep: Sweep,
) -> None:
    old = [save(sweep, model_id, is_queued=False) for model_id in ("a", "b", "a", "a", "b")]
    in_old_queue(sweep, old)
    younger = save(sweep, "a")  # the web was up before
    sweep.empty_old_queue()
    of_a, of_b = (
        [record.job_id for record in [*old, younger] if record.model_id == name] for name in "ab"
    )
    assert sweep.queues.queue("a").get_job_ids() == of_a
    assert sweep.queues.queue("b").get_job_ids() == of_b
    assert {job.origin for job in sweep.queues.queue("a").get_jobs()} == {"a"}
    assert not sweep.redis.exists("rq:queue:cpu")
    assert sweep.redis.smembers("rq:queues") == {"rq:queue:a", "rq:queue:b"}


def test_old_queue_leaves_nothing_of_jobs_that_wait_no_more(sweep: Sweep) -> None:
    cancelled, waiting, taken = (save(sweep, is_queued=False) for _ in range(3))
    gone = JobRecord(token_hex(16), "127.0.0.1", "rehearsal", "rehearsal", 60, time.time())
    in_old_queue(sweep, [cancelled, gone, waiting])
    sweep.redis.rpush("rq:queue:cpu:intermediate", taken.job_id)  # by a lane that died then
    sweep.store.cancel(cancelled.job_id, time.time())
    for _ in range(2):
        sweep.empty_old_queue()
        ids = sweep.queues.queue("rehearsal").get_job_ids()
        assert ids == [waiting.job_id, taken.job_id]
    assert {str(key) for key in sweep.redis.scan_iter("rq:*")} == {
        "rq:queues",
        "rq:queue:rehearsal",
        f"rq:job:{waiting.job_id}",
        f"rq:job:{taken.job_id}",
    }


# Jobs whose model nobody can run


def speak(sweep: Sweep, reason: str, name: str = "a") -> None:
    publish(sweep.redis, name=name, models={"rehearsal": reason})


@pytest.fixture
def patient(sweep: Sweep) -> Sweep:
    """A sweep that knows one model and ends jobs that wait for it in vain."""
    sweep.homeless = Homeless(Catalog.discover([PLUGIN]), sweep.board)
    return sweep


def test_job_whose_model_nobody_can_run_fails_with_the_reason(patient: Sweep) -> None:
    record, now_s = save(patient), time.time()
    speak(patient, "its weights are gone")
    patient.sweep(now_s)
    patient.sweep(now_s + PATIENCE_S - 1)
    assert patient.store.get(record.job_id).state is JobState.QUEUED
    patient.sweep(now_s + PATIENCE_S)
    failed = patient.store.get(record.job_id)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "MODEL_NOT_AVAILABLE")
    assert "its weights are gone" in failed.error


@pytest.mark.parametrize("between", ["it can run", "no lane lives"])
def test_patience_begins_anew_once_somebody_could_run_it_or_nobody_knows(
    patient: Sweep, between: str
) -> None:
    record, now_s = save(patient), time.time()
    speak(patient, "its weights are gone")
    patient.sweep(now_s)
    if between == "it can run":
        speak(patient, "")
    else:
        patient.board.bury("a")
    patient.sweep(now_s + 1)
    speak(patient, "its weights are gone")
    patient.sweep(now_s + PATIENCE_S)
    patient.sweep(now_s + 2 * PATIENCE_S - 1)
    assert patient.store.get(record.job_id).state is JobState.QUEUED
    patient.sweep(now_s + 2 * PATIENCE_S)
    assert patient.store.get(record.job_id).state is JobState.FAILED


def test_job_that_came_later_has_its_own_patience(patient: Sweep) -> None:
    now_s = time.time()
    speak(patient, "its weights are gone")
    patient.sweep(now_s - PATIENCE_S)
    record = save(patient)
    patient.sweep(now_s)
    assert patient.store.get(record.job_id).state is JobState.QUEUED
