"""Job records in a real Redis: the moves that are legal and those that are not, counts, places, repeated requests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from secrets import token_hex

import pytest

from serving.errors import Gone, KeyReused, NotFound, StaleJob, TooManyJobs
from serving.jobs.reader import Counts
from serving.jobs.record import LEGAL_MOVES, JobRecord, JobState
from serving.jobs.store import JobStore, Once
from serving.settings import Settings
from tests.serving.stored_jobs import (
    CANCELLED,
    COMPLETED,
    FAILED,
    MAKERS,
    NOW_S,
    OUTCOME,
    PROCESSING,
    QUEUED,
    cancelled,
    done,
    failed,
    new_record,
    saved,
    started,
)

# Each by the run that has the job, or had it.
MOVES: dict[JobState, Callable[[JobStore, JobRecord], object]] = {
    PROCESSING: lambda store, record: store.start(record.job_id, "lane", "another", NOW_S),
    COMPLETED: lambda store, record: store.complete(record, OUTCOME, NOW_S + 3),
    FAILED: lambda store, record: store.fail(record, "JOB_FAILED", "no", NOW_S + 3),
    QUEUED: lambda store, record: store.requeue(record),
    CANCELLED: lambda store, record: store.cancel(record.job_id, NOW_S + 3),
}


@pytest.mark.parametrize("to", JobState)
@pytest.mark.parametrize("state", JobState)
def test_only_legal_moves_happen(store: JobStore, state: JobState, to: JobState) -> None:
    record = MAKERS[state](store)
    before = store.get(record.job_id)
    if to in LEGAL_MOVES[state]:
        MOVES[to](store, record)
        assert store.get(record.job_id).state is to
    elif to is CANCELLED:
        assert MOVES[to](store, record) is state  # too late: the end stays what it is
        assert vars(store.get(record.job_id)) == vars(before)
    elif state is to and state in (COMPLETED, FAILED):
        MOVES[to](store, record)  # by its own run: taken for a repetition, and nothing changes
        assert vars(store.get(record.job_id)) == vars(before)
    else:
        with pytest.raises(StaleJob):
            MOVES[to](store, record)
        assert vars(store.get(record.job_id)) == vars(before)


@pytest.mark.parametrize("to", [COMPLETED, FAILED, QUEUED])
def test_run_that_lost_its_job_moves_nothing(store: JobStore, to: JobState) -> None:
    lost = started(store)
    store.requeue(lost)
    present = store.start(lost.job_id, "other lane", "present", NOW_S + 2)
    for stale in (lost, replace(lost, run_id="")):
        with pytest.raises(StaleJob):
            MOVES[to](store, stale)
        with pytest.raises(StaleJob):
            store.progress(stale, "geometry", 50.0)
    assert vars(store.get(lost.job_id)) == vars(present)


@pytest.mark.parametrize("to", [COMPLETED, FAILED, QUEUED])
def test_move_asked_again_after_a_lost_answer_answers_the_same(
    store: JobStore, to: JobState
) -> None:
    record = started(store)
    first = MOVES[to](store, record)
    after = store.get(record.job_id)
    assert MOVES[to](store, record) == first
    assert vars(store.get(record.job_id)) == vars(after)
    counts = store.counts(record.client)
    assert counts.waiting == counts.client_waiting == (1 if to is QUEUED else 0)


def test_start_and_save_asked_again_answer_the_same(store: JobStore) -> None:
    record = new_record()
    assert store.save(record).seq == store.save(record).seq == 1
    first = store.start(record.job_id, "lane", "run", NOW_S + 1)
    assert vars(store.start(record.job_id, "lane", "run", NOW_S + 9)) == vars(first)
    assert first.attempt == 1


def test_one_of_many_starts_wins(store: JobStore) -> None:
    job_id = saved(store).job_id

    def try_to_start(number: int) -> bool:
        try:
            store.start(job_id, f"lane {number}", f"run {number}", NOW_S)
        except StaleJob:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_to_start, range(40))) == 1


def test_job_that_came_back_keeps_its_place_and_starts_afresh(store: JobStore) -> None:
    first, second = started(store), saved(store)
    store.progress(first, "geometry", 40.0)
    assert store.requeue(first) is True
    again = store.get_listed(first.job_id)
    assert (again.position, store.get_listed(second.job_id).position) == (0, 1)
    assert (again.record.stage, again.record.progress, again.record.started_at) == ("", 40.0, 0.0)
    assert store.start(first.job_id, "lane", "again", NOW_S + 5).attempt == 2


def test_attempts_run_out_but_a_job_given_back_unharmed_keeps_its_own(store: JobStore) -> None:
    record = started(store)
    store.requeue(record)
    record = store.start(record.job_id, "lane", "second", NOW_S)
    assert store.requeue(record) is False
    assert store.get(record.job_id).state is PROCESSING
    assert store.requeue(record, counts=False) is True
    record = store.start(record.job_id, "lane", "third", NOW_S)
    assert record.attempt == 2


def test_progress_never_falls_not_even_in_a_second_run(store: JobStore) -> None:
    record = started(store)
    for stage, percent in (("a", 10.0), ("b", 50.0)):
        store.progress(record, stage, percent)
    store.requeue(record)
    again = store.start(record.job_id, "lane", "second", NOW_S)
    store.progress(again, "a", 10.0)
    shown = store.get(record.job_id)
    assert (shown.stage, shown.progress) == ("a", 50.0)
    store.progress(again, "c", 60.0)
    assert store.get(record.job_id).progress == 60.0


def test_completed_record_has_all_that_was_made(store: JobStore) -> None:
    record = store.save(new_record(warnings=({"code": "GUESSED", "message": "a guess"},)))
    record = store.start(record.job_id, "lane", "run", NOW_S + 1)
    store.complete(record, OUTCOME, NOW_S + 3)
    shown = store.get(record.job_id)
    assert (shown.progress, shown.finished_at, shown.stage) == (100.0, NOW_S + 3, "")
    assert list(shown.files) == OUTCOME["files"]
    assert (shown.info, shown.stage_s) == (OUTCOME["info"], OUTCOME["stage_s"])
    assert [row["code"] for row in shown.warnings] == ["GUESSED", "ROUGH"]


def test_record_comes_back_as_it_was_saved(store: JobStore) -> None:
    record = new_record(
        inputs={"image": "127.0.0.1/x.png"},
        params={"seed": 3, "ratio": 0.1, "text": "größe \n ✓", "none": None},
        options={"deep": {"list": [1, 2.5, True]}},
        shown={"image_name": 'a "cat".png'},
        warnings=({"code": "A", "message": "b"},),
    )
    store.save(record)
    assert vars(store.get(record.job_id)) == vars(replace(record, seq=1))


def test_half_a_surrogate_pair_from_a_client_comes_back_as_it_was(store: JobStore) -> None:
    record = store.save(new_record(shown={"image_name": "\ud800.png"}))
    assert store.get(record.job_id).shown == {"image_name": "\ud800.png"}


def test_unknown_job_is_not_found(store: JobStore) -> None:
    with pytest.raises(NotFound):
        store.get(token_hex(16))
    with pytest.raises(StaleJob):
        store.start(token_hex(16), "lane", "run", NOW_S)


def test_client_may_have_so_many_waiting_and_no_more(store: JobStore) -> None:
    records = [saved(store) for _ in range(3)]
    refused = new_record()
    with pytest.raises(TooManyJobs):
        store.save(refused)
    with pytest.raises(NotFound):
        store.get(refused.job_id)
    saved(store, "127.0.0.2")  # another client is not hindered
    store.start(records[0].job_id, "lane", "run", NOW_S)
    saved(store)
    assert store.counts("127.0.0.1") == Counts(4, 1, 3, 1)


def test_counts_and_positions_follow_every_move(store: JobStore) -> None:
    mine, other = "127.0.0.1", "127.0.0.2"
    first, second, third = saved(store, mine), saved(store, other), saved(store, mine)
    assert [store.get_listed(row.job_id).position for row in (first, second, third)] == [0, 1, 2]
    run = store.start(first.job_id, "lane", "run", NOW_S)
    assert [store.get_listed(row.job_id).position for row in (first, second, third)] == [None, 0, 1]
    assert store.counts(mine) == Counts(2, 1, 1, 1)
    assert store.counts(other) == Counts(2, 1, 1, 0)
    assert [row.job_id for row in store.running_of(mine)] == store.running_ids() == [first.job_id]
    store.complete(run, OUTCOME, NOW_S + 1)
    store.fail(third, "API_ERROR", "never enqueued", NOW_S + 1)
    assert store.counts(mine) == Counts(1, 0, 0, 0)
    assert store.oldest_waiting_ids(5) == [second.job_id]


def test_jobs_come_in_one_order_whoever_saves_them(store: JobStore) -> None:
    numbers = count()

    def save(_: int) -> JobRecord:
        return saved(store, f"10.0.0.{next(numbers)}")

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(save, range(40)))
    assert sorted(record.seq for record in records) == list(range(1, 41))
    in_order = [record.job_id for record in sorted(records, key=lambda record: record.seq)]
    assert store.oldest_waiting_ids(100) == in_order


def test_pace_is_the_median_of_the_last_runs(store: JobStore) -> None:
    class Card:
        model_id = "some_model"
        usual_s = 12.0

    assert store.pace_s(Card()) == 12.0  # type: ignore[arg-type]
    for run_s in (1.0, 9.0, 2.0):
        record = started(store)
        store.complete(record, OUTCOME, record.started_at + run_s)
    failed(store)
    another = JobStore(store.redis, Settings())  # the first one asks again after some seconds
    assert another.pace_s(Card()) == 2.0  # type: ignore[arg-type]


# cancel


def test_cancelled_job_leaves_the_queue_and_the_counts(store: JobStore) -> None:
    waiting, running = saved(store), started(store)
    assert store.cancel(waiting.job_id, NOW_S + 2) is CANCELLED
    assert store.cancel(running.job_id, NOW_S + 2) is CANCELLED
    assert store.cancel(running.job_id, NOW_S + 9) is CANCELLED  # again: the same
    counts = store.counts(waiting.client)
    assert (counts.waiting, counts.running, counts.client_waiting, counts.client_running) == (
        0,
    ) * 4
    assert store.get(running.job_id).finished_at == NOW_S + 2
    assert [row.record.state for row in store.of_client(waiting.client)] == [CANCELLED] * 2
    with pytest.raises(StaleJob):
        store.start(waiting.job_id, "lane", "run", NOW_S)
    with pytest.raises(StaleJob):
        store.progress(running, "geometry", 50.0)


def test_job_that_is_not_there_cannot_be_cancelled(store: JobStore) -> None:
    with pytest.raises(NotFound):
        store.cancel("0" * 32, NOW_S)


def test_forgotten_job_is_known_to_have_been_there(store: JobStore) -> None:
    record = done(store)
    store.forget(store.get(record.job_id))
    for ask in (store.get, lambda job_id: store.cancel(job_id, NOW_S)):
        with pytest.raises(Gone):
            ask(record.job_id)
    assert store.history(record.client).total == 0


# the same request again, and too many of them


def test_same_request_with_the_same_key_makes_one_job(store: JobStore) -> None:
    first = store.save(new_record(), once=Once("key", "digest"))
    assert store.save(new_record(), once=Once("key", "digest")).job_id == first.job_id
    assert store.counts(first.client).waiting == 1
    other = store.save(new_record("10.0.0.1"), once=Once("key", "digest"))  # another's key
    assert other.job_id != first.job_id
    with pytest.raises(KeyReused):
        store.save(new_record(), once=Once("key", "another digest"))


def test_key_of_a_deleted_job_makes_a_new_one(store: JobStore) -> None:
    record = store.save(new_record(), once=Once("key", "digest"))
    store.cancel(record.job_id, NOW_S)
    store.forget(store.get(record.job_id))
    assert store.save(new_record(), once=Once("key", "digest")).job_id != record.job_id


def test_client_that_sends_too_fast_is_told_when_to_go_on(store: JobStore) -> None:
    strict = JobStore(store.redis, Settings(submits_per_minute=2))
    strict.save(new_record())
    strict.save(new_record(), once=Once("key", "digest"))
    with pytest.raises(TooManyJobs, match="2 jobs in a minute") as refused:
        strict.save(new_record())
    assert refused.value.retry_after_s is not None and 25 <= refused.value.retry_after_s <= 30
    strict.save(new_record(), once=Once("key", "digest"))  # a repetition costs nothing
    strict.save(new_record("10.0.0.1"))
    free = JobStore(store.redis, Settings(submits_per_minute=0))
    free.save(new_record())


def test_events_and_times_are_counted(store: JobStore) -> None:
    record = done(store)
    cancelled(store)
    feature = record.feature
    counted = store.redis.hgetall("meshkiln:count:jobs")
    assert counted == {
        f"{feature}|submitted": "2",
        f"{feature}|started": "2",
        f"{feature}|completed": "1",
        f"{feature}|cancelled": "1",
    }
    assert store.redis.hgetall(f"meshkiln:hist:wait:{feature}") == {"1": "2", "sum": "2"}
    assert store.redis.hgetall(f"meshkiln:hist:run:{feature}") == {"2": "1", "sum": "2"}
