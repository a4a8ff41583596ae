"""The list of what happened to jobs: each move writes to it, once, in the same script."""

from __future__ import annotations

from itertools import pairwise

import pytest
from redis import Redis

from serving.errors import BadRequest, StaleJob
from serving.jobs.events import NOTHING_YET, EventId, EventLog
from serving.jobs.keyspace import EVENTS, EVENTS_HELD
from serving.jobs.store import JobStore
from tests.serving.stored_jobs import NOW_S, OUTCOME, cancelled, done, failed, saved, started


def told(store: JobStore) -> list[tuple[str, str]]:
    """What happened so far, to which job."""
    return [(one.what, one.job_id) for one in EventLog(store.redis).since(NOTHING_YET)]


def whats(store: JobStore) -> list[str]:
    return [what for what, _ in told(store)]


def test_every_move_is_told_once_and_in_order(store: JobStore):
    record = started(store)
    store.progress(record, "geometry", 10.0)
    assert store.requeue(record)
    record = store.start(record.job_id, "lane", "second", NOW_S + 2)
    store.complete(record, OUTCOME, NOW_S + 3)
    store.delete_result(record, NOW_S + 4)
    store.forget(store.get(record.job_id))
    moves = ["saved", "started", "progress", "requeued", "started", "completed"]
    moves += ["result_deleted", "forgotten"]
    assert told(store) == [(what, record.job_id) for what in moves]
    failed(store)
    cancelled(store)
    assert whats(store)[len(moves) :] == [
        *("saved", "started", "failed"),
        *("saved", "started", "cancelled"),
    ]


def test_move_that_is_asked_again_or_refused_is_not_told(store: JobStore):
    record = saved(store)
    store.save(record)
    for _ in range(2):
        record = store.start(record.job_id, "lane", "run", NOW_S + 1)
    with pytest.raises(StaleJob):
        store.start(record.job_id, "lane", "another", NOW_S + 1)
    for _ in range(2):
        store.complete(record, OUTCOME, NOW_S + 3)
        store.delete_result(record, NOW_S + 4)
    store.cancel(record.job_id, NOW_S + 5)
    with pytest.raises(StaleJob):
        store.progress(record, "geometry", 99.0)
    assert whats(store) == ["saved", "started", "completed", "result_deleted"]


def test_progress_is_told_where_something_changed(store: JobStore):
    record = started(store)
    for stage, percent in (
        *(("geometry", 10.0), ("geometry", 10.0), ("texture", 10.0)),
        *(("texture", 5.0), ("texture", 10.5), ("texture", 10.5)),
    ):
        store.progress(record, stage, percent)
    assert whats(store)[2:] == ["progress"] * 3
    now = store.get(record.job_id)
    assert (now.stage, now.progress) == ("texture", 10.5)


def test_entries_say_whose_the_job_is(store: JobStore):
    saved(store, "10.0.0.1")
    done(store, "key-a")
    clients = [one.client for one in EventLog(store.redis).since(NOTHING_YET)]
    assert clients == ["10.0.0.1"] + ["key-a"] * 3


def test_only_the_last_ones_are_kept(store: JobStore, redis_client: Redis):
    record = started(store)
    for percent in range(EVENTS_HELD + 300):
        store.progress(record, "geometry", percent / 1000)
    assert EVENTS_HELD <= redis_client.xlen(EVENTS) <= EVENTS_HELD + 200
    assert EventLog(store.redis).after(NOTHING_YET) is None


def test_what_came_after_an_entry_is_known_while_that_is_there(
    store: JobStore, redis_client: Redis
):
    log = EventLog(store.redis)
    assert log.after(NOTHING_YET) == []
    record = saved(store)
    first = log.last_id()
    assert log.after(first) == []
    record = store.start(record.job_id, "lane", "run", NOW_S)
    store.progress(record, "geometry", 1.0)
    assert [one.what for one in log.after(first) or ()] == ["started", "progress"]
    assert [one.what for one in log.after(NOTHING_YET) or ()] == ["saved", "started", "progress"]
    redis_client.xdel(EVENTS, str(first))
    assert log.after(first) is None
    assert log.after(EventId(first.ms + 10**9, 0)) is None
    redis_client.flushall()
    assert log.after(first) is None


def test_many_entries_come_whole_and_in_order(store: JobStore):
    record = started(store)
    for percent in range(2_500):
        store.progress(record, "geometry", percent / 100)
    ids = [one.id for one in EventLog(store.redis).since(NOTHING_YET)]
    assert len(ids) == 2_502
    assert all(a < b for a, b in pairwise(ids))


@pytest.mark.parametrize(
    "text", ["", "1", "1-", "-1", "1-2-3", "a-b", "1-2 ", "\u0661-\u0662", "9" * 20 + "-0"]
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(BadRequest):
        EventId.parse(text)


def test_ids_are_ordered_by_their_numbers():
    assert EventId.parse("9-10") < EventId.parse("10-2") < EventId.parse("10-11")
    assert str(EventId.parse("10-2")) == "10-2"
