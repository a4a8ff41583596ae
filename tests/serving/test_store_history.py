"""What a client is shown of its jobs: the list of the last ones, the history in pages, results that it deleted."""

from __future__ import annotations

import pytest

from serving.errors import Gone
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings
from tests.serving.stored_jobs import (
    COMPLETED,
    FAILED,
    MAKERS,
    NOW_S,
    OUTCOME,
    PROCESSING,
    QUEUED,
    done,
    new_record,
    saved,
    started,
)


def test_history_shows_the_last_ten_finished_and_all_that_live(store: JobStore) -> None:
    finished = [done(store) for _ in range(12)]
    running, waiting = started(store), saved(store)
    shown = store.of_client("127.0.0.1")
    expected = [waiting, running, *reversed(finished[2:])]
    assert [row.record.job_id for row in shown] == [row.job_id for row in expected]
    assert [row.position for row in shown] == [0] + [None] * 11
    assert [row.record.state for row in shown[:3]] == [QUEUED, PROCESSING, COMPLETED]
    assert store.get(finished[0].job_id).state is COMPLETED  # off the list, not gone


def test_list_follows_a_job_from_one_state_to_the_next(store: JobStore) -> None:
    states = []

    def look() -> None:
        (row,) = store.of_client("127.0.0.1")
        states.append((row.record.state, row.record.progress, row.position))

    record = saved(store)
    look()
    record = store.start(record.job_id, "lane", "run", NOW_S)
    store.progress(record, "geometry", 40.0)
    look()
    store.requeue(record)
    look()
    record = store.start(record.job_id, "lane", "again", NOW_S)
    store.fail(record, "JOB_FAILED", "no", NOW_S)
    look()
    assert states == [
        (QUEUED, 0.0, 0),
        (PROCESSING, 40.0, None),
        (QUEUED, 40.0, 0),
        (FAILED, 40.0, None),
    ]


def test_lists_of_two_clients_do_not_mix(store: JobStore) -> None:
    clients = ("127.0.0.1", "127.0.0.2", "6_fe80__1")
    jobs = {client: [saved(store, client).job_id for _ in range(2)] for client in clients}
    for client in clients:
        assert [row.record.job_id for row in store.of_client(client)] == jobs[client][::-1]
    assert store.of_client("127.0.0.9") == []


def test_slow_job_stays_in_the_list_when_its_end_comes_after_many_younger_ones(
    store: JobStore,
) -> None:
    slow = started(store)
    younger = [done(store) for _ in range(10)]
    store.complete(slow, OUTCOME, NOW_S + 9)
    shown = [row.record.job_id for row in store.of_client("127.0.0.1")]
    assert slow.job_id in shown and len(shown) == 10
    assert shown[-1] == slow.job_id, "the list goes by age"
    assert younger[0].job_id not in shown, "who finished first left"


def test_list_is_whole_when_the_memory_of_finished_jobs_is_full(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.jobs.reader._MAX_SETTLED", 3)
    wanted: list[str] = []
    for _ in range(8):
        wanted.insert(0, done(store).job_id)
        assert [row.record.job_id for row in store.of_client("127.0.0.1")] == wanted


# pages of the history


def at(second: int, feature: str = "image_to_raw_mesh", client: str = "127.0.0.1") -> JobRecord:
    return new_record(client, created_at=NOW_S + second, feature=feature)


def test_history_is_newest_first_and_comes_in_pages(store: JobStore) -> None:
    roomy = JobStore(store.redis, Settings(max_waiting_per_client=50))
    ids = [roomy.save(at(second)).job_id for second in range(7)][::-1]
    roomy.save(at(99, client="10.0.0.1"))
    page = roomy.history("127.0.0.1", first=2, count=3)
    assert [row.record.job_id for row in page.listed] == ids[2:5]
    assert page.total == 7
    assert roomy.history("127.0.0.1", first=50, count=3).listed == []
    assert roomy.history("127.0.0.1", count=0).total == 7
    assert roomy.history("10.9.9.9").total == 0


def test_history_follows_every_move_and_keeps_to_its_filters(store: JobStore) -> None:
    made = {QUEUED: saved(store), **{state: make(store) for state, make in MAKERS.items()}}
    other = store.save(at(5, feature="mesh_segmentation"))
    for state, record in made.items():
        page = store.history(record.client, state=state, feature=record.feature)
        assert record.job_id in [row.record.job_id for row in page.listed], state
        assert {row.record.state for row in page.listed} == {state}
    assert store.history(other.client, feature="mesh_segmentation").total == 1
    assert store.history(other.client).total == len(made) + 2  # one of them was replaced above
    later = store.history(other.client, created=(NOW_S + 1, NOW_S + 9))
    assert [row.record.job_id for row in later.listed] == [other.job_id]
    given_back = made[PROCESSING]
    store.requeue(given_back)
    waiting = store.history(other.client, state=QUEUED, feature=given_back.feature)
    assert given_back.job_id in [row.record.job_id for row in waiting.listed]
    assert store.history(other.client, state=PROCESSING).total == 0


# the files of a result


def test_result_is_deleted_once_and_its_job_stays_in_the_history(store: JobStore) -> None:
    record = store.get(done(store).job_id)
    assert store.delete_result(record, NOW_S + 5)
    assert not store.delete_result(record, NOW_S + 6)
    assert store.get(record.job_id).result_deleted_at == NOW_S + 5
    assert store.of_client(record.client) == []
    assert store.history(record.client, state=COMPLETED).total == 1


def test_deleting_the_result_of_a_forgotten_job_leaves_no_half_a_record(store: JobStore) -> None:
    record = store.get(done(store).job_id)
    store.forget(record)
    assert not store.delete_result(record, NOW_S + 5)
    with pytest.raises(Gone):
        store.get(record.job_id)


def test_list_fills_up_again_when_jobs_are_deleted(store: JobStore) -> None:
    roomy = JobStore(store.redis, Settings(history_size=3, submits_per_minute=0))
    kept = [done(roomy).job_id for _ in range(3)]
    for record in [done(roomy) for _ in range(5)]:
        roomy.forget(roomy.get(record.job_id))
    assert [row.record.job_id for row in roomy.of_client("127.0.0.1")] == kept[::-1]
