"""Job records in a real Redis: the moves that are legal and those that are not, lists, counts and places."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from secrets import token_hex

import pytest
from redis import Redis

from serving.errors import Gone, KeyReused, NotFound, StaleJob, TooManyJobs
from serving.jobs.connect import connect
from serving.jobs.reader import Counts
from serving.jobs.record import LEGAL_MOVES, JobRecord, JobState
from serving.jobs.store import JobStore, Once
from serving.settings import Settings

NOW_S = 1_000.0
OUTCOME = {
    "files": [{"name": "output.glb", "role": "model", "size_bytes": 7}],
    "info": {"faces": 12},
    "warnings": [{"code": "ROUGH", "message": "it is rough"}],
    "stage_s": {"geometry": 1.5},
}
QUEUED, PROCESSING, COMPLETED, FAILED, CANCELLED = JobState


@pytest.fixture
def store(redis_url: str, redis_client: Redis) -> JobStore:
    """A store on an empty Redis: ten finished jobs are shown, three may wait, two runs are allowed."""
    settings = Settings(history_size=10, max_waiting_per_client=3, max_attempts=2)
    return JobStore(connect(redis_url, timeout_s=5.0).records, settings)


def new_record(client: str = "127.0.0.1", **fields: object) -> JobRecord:
    given = {
        "job_id": token_hex(16),
        "client": client,
        "feature": "image_to_raw_mesh",
        "model_id": "some_model",
        "timeout_s": 60,
        "created_at": NOW_S,
    }
    return JobRecord(**(given | fields))  # type: ignore[arg-type]


def saved(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    return store.save(new_record(client))


def started(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    return store.start(saved(store, client).job_id, "lane", token_hex(8), NOW_S + 1)


def done(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    record = started(store, client)
    store.complete(record, OUTCOME, NOW_S + 3)
    return record


def failed(store: JobStore) -> JobRecord:
    record = started(store)
    store.fail(record, "JOB_FAILED", "it did not work", NOW_S + 3)
    return record


def cancelled(store: JobStore) -> JobRecord:
    record = started(store)
    store.cancel(record.job_id, NOW_S + 3)
    return record


MAKERS: dict[JobState, Callable[[JobStore], JobRecord]] = {
    QUEUED: saved,
    PROCESSING: started,
    COMPLETED: done,
    FAILED: failed,
    CANCELLED: cancelled,
}
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


# history


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


def test_half_a_surrogate_pair_from_a_client_comes_back_as_it_was(store: JobStore) -> None:
    record = store.save(new_record(shown={"image_name": "\ud800.png"}))
    assert store.get(record.job_id).shown == {"image_name": "\ud800.png"}
