"""What waits, as a lane sees it, in a real Redis: fronts of queues, fair shares, passes, bells, prices."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from secrets import token_hex

import pytest
from redis import Redis

from serving.errors import StaleJob
from serving.jobs.connect import Connections, connect
from serving.jobs.line import Idler, Line
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore, Pass
from serving.settings import Settings
from serving.worker.residency.plan import Candidate, Passes, Take

NOW_S = 1_000.0


class Street:
    """A store, its queues, and lanes that look at them."""

    def __init__(self, redis: Connections) -> None:
        settings = Settings(max_waiting_per_client=100_000, submits_per_minute=0)
        self.redis = redis
        self.store, self.queues = JobStore(redis.records, settings), Queues(redis.envelopes)

    def line(self, *queues: str, lane: str = "lane", **rules: object) -> Line:
        keys = {self.queues.queue(name).key: name for name in queues}
        return Line(self.redis.records, lane, keys, **rules)  # type: ignore[arg-type]

    def save(
        self, model_id: str = "a", client: str = "one", created_at: float = NOW_S, **fields: object
    ) -> JobRecord:
        record = JobRecord(token_hex(16), client, "feature", model_id, 60, created_at, **fields)  # type: ignore[arg-type]
        return self.store.save(record, self.queues.envelope(record))

    def start(self, record: JobRecord, now_s: float = NOW_S, **more: object) -> JobRecord:
        key = self.queues.queue(record.model_id).key
        run = (record.job_id, "lane", token_hex(8), now_s)
        return self.store.start(*run, queue_key=key, **more)  # type: ignore[arg-type]


@pytest.fixture
def street(redis_url: str, redis_client: Redis) -> Street:
    return Street(connect(redis_url, timeout_s=10.0))


def ids(view: object) -> list[str]:
    return [one.job_id for one in view.waiting]  # type: ignore[attr-defined]


def test_lane_sees_the_oldest_of_each_of_its_queues(street: Street) -> None:
    first, second = street.save("a", params={"size": 1}, options={"steps": 2}), street.save("a")
    other, foreign = street.save("b", created_at=NOW_S + 1), street.save("c")
    line = street.line("a", "b")
    view = line.look(NOW_S)
    assert ids(view) == [first.job_id, other.job_id]
    (one, two) = view.waiting
    assert (one.queue, one.since_s, one.client) == ("a", NOW_S, "one")
    assert one.params() == {"size": 1, "steps": 2}
    assert two.since_s == NOW_S + 1
    street.start(first)
    assert ids(line.look(NOW_S)) == [second.job_id, other.job_id]
    assert ids(street.line("c").look(NOW_S)) == [foreign.job_id]


def test_params_are_told_where_they_matter(street: Street) -> None:
    street.save("a", params={"size": 1})
    street.save("b", params={"size": 2})
    made = [one.made for one in street.line("a", "b", told=["b"]).look(NOW_S).waiting]
    assert made[0] == ""
    assert '"size":2' in made[1]


def test_started_job_has_left_its_queue_in_the_same_moment(street: Street) -> None:
    record = street.save()
    queue = street.queues.queue("a")
    assert queue.get_job_ids() == [record.job_id]
    street.start(record)
    assert queue.get_job_ids() == []
    with pytest.raises(StaleJob):
        street.start(record)


def test_envelopes_of_jobs_that_wait_no_more_are_thrown_away(street: Street) -> None:
    unwanted = [street.save() for _ in range(3)]
    for record in unwanted:
        street.store.cancel(record.job_id, NOW_S)
    wanted = street.save()
    assert ids(street.line("a").look(NOW_S)) == [wanted.job_id]
    assert street.queues.queue("a").get_job_ids() == [wanted.job_id]
    assert not any(street.redis.records.exists(f"rq:job:{record.job_id}") for record in unwanted)


def test_job_that_is_queued_again_stands_in_its_place_and_once(street: Street) -> None:
    records = [street.save() for _ in range(205)]
    queue = street.queues.queue("a")
    for index in (0, 3, 150, 204):
        for _ in range(2):
            street.queues.enqueue(records[index])
    street.redis.records.lrem(queue.key, 0, records[120].job_id)
    street.queues.enqueue(records[120])
    assert queue.get_job_ids() == [record.job_id for record in records]


def test_job_that_waits_no_more_is_not_queued_again(street: Street) -> None:
    record = street.save()
    street.store.cancel(record.job_id, NOW_S)
    street.redis.records.delete("rq:queue:a")
    street.queues.enqueue(record)
    assert street.queues.queue("a").get_job_ids() == []


# Bells


def rung_s(line: Line, ring: Callable[[], object], timeout_s: float = 5.0) -> float:
    """Seconds from the ring until listen() has come back."""
    threading.Timer(0.2, ring).start()
    began_s = time.monotonic()
    line.listen(timeout_s)
    return time.monotonic() - began_s


def test_submit_rings_for_the_lanes_that_listen(street: Street) -> None:
    line = street.line("a", "b")
    assert ids(line.look(NOW_S)) == []  # found nothing, so it listens
    assert rung_s(line, lambda: street.save("b")) < 4.0
    assert len(ids(line.look(NOW_S))) == 1


def test_job_that_comes_between_look_and_listen_rings(street: Street) -> None:
    line = street.line("a")
    line.look(NOW_S)
    street.save()
    began_s = time.monotonic()
    line.listen(5.0)
    assert time.monotonic() - began_s < 4.0


def test_job_that_is_queued_again_rings_and_that_of_another_queue_does_not(street: Street) -> None:
    lost = street.save("a")
    street.redis.records.delete("rq:queue:a")
    line = street.line("a")
    line.look(NOW_S)
    assert rung_s(line, lambda: street.queues.enqueue(lost)) < 4.0
    street.start(lost)
    line.look(NOW_S)
    assert rung_s(line, lambda: street.save("b"), timeout_s=1.0) >= 0.9


def test_lane_that_sees_jobs_and_may_take_none_listens_when_it_says_so(street: Street) -> None:
    street.save("a")
    line = street.line("a")
    line.look(NOW_S)
    line.look(NOW_S, listens=True)
    assert rung_s(line, lambda: street.save("a")) < 4.0


def test_all_lanes_that_listen_are_rung_for(street: Street) -> None:
    lines = [street.line("a", lane=f"lane {number}") for number in range(3)]
    for line in lines:
        line.look(NOW_S)
    street.save()
    for line in lines:
        began_s = time.monotonic()
        line.listen(5.0)
        assert time.monotonic() - began_s < 4.0


# Who holds what


def test_idle_lanes_tell_what_they_hold_and_busy_ones_do_not(street: Street) -> None:
    mine = street.line("a", lane="mine", window_s=30.0)
    other = street.line("a", lane="lane", window_s=30.0)
    street.line("a", lane="cpu").look(
        NOW_S, Idler(("w3",), ("a",))
    )  # without a window it is nobody's concern
    idler = Idler(("w1", "w2"), ("a", "b"), 4_000)
    other.look(NOW_S, idler)
    assert mine.look(NOW_S).idlers == [idler]
    assert other.look(NOW_S, idler).idlers == [Idler()]  # mine, not its own
    street.start(street.save())
    assert mine.look(NOW_S).idlers == []
    other.look(NOW_S, idler)
    other.leave()
    assert mine.look(NOW_S).idlers == []
    other.look(NOW_S, idler)
    assert mine.look(NOW_S + 5).idlers == [idler]
    assert mine.look(NOW_S + 7).idlers == []  # it may be dead
    assert mine.look(NOW_S).idlers == []


# Passes


def test_passes_are_told_as_the_rule_has_them(street: Street) -> None:
    """The script against plan.Passes, over random moments."""
    rng, window_s = random.Random(3), 10.0
    line, rule = street.line("a", window_s=window_s), Passes(window_s)
    now_s = NOW_S
    for _ in range(60):
        now_s += rng.choice((0.0, 0.5, 3.0, 11.0))
        record = street.save(created_at=round(now_s - rng.uniform(0, 40), 3))
        if rng.random() < 0.7:
            noted = Pass(record.created_at, window_s)
            street.start(record, now_s, passes=noted)
            candidate = Candidate(record.job_id, "a", "w", 0, record.created_at)
            rule.note(Take(candidate, is_pass=True), now_s)
        assert line.look(now_s).spent_s == pytest.approx(rule.spent_s(now_s))


def test_nothing_was_passed_over_where_nobody_says_so(street: Street) -> None:
    street.start(street.save(), passes=None)
    assert street.line("a", window_s=10.0).look(NOW_S + 100).spent_s == -math.inf


# Fair


def test_fair_lane_sees_the_oldest_of_each_client_in_each_queue(street: Street) -> None:
    loud = [street.save("a", "loud") for _ in range(5)]
    quiet_a, quiet_b = street.save("a", "quiet"), street.save("b", "quiet")
    line = street.line("a", "b", is_fair=True)
    view = line.look(NOW_S)
    assert sorted(ids(view)) == sorted([loud[0].job_id, quiet_a.job_id, quiet_b.job_id])
    assert view.service_s == {"loud": 0.0, "quiet": 0.0}
    street.start(loud[0], charge_s=7.0)
    view = line.look(NOW_S)
    assert sorted(ids(view)) == sorted([loud[1].job_id, quiet_a.job_id, quiet_b.job_id])
    assert view.service_s["loud"] == pytest.approx(7.0, rel=0.01)
    assert view.service_s["quiet"] == 0.0


def test_fair_lane_sees_those_that_had_least_and_the_one_that_waits_longest(street: Street) -> None:
    """Of many clients in one queue."""
    first = {}
    for number in range(20):
        client = f"client {number}"
        run = street.save("a", client, created_at=NOW_S + number)
        first[client] = street.save("a", client, created_at=NOW_S + number)
        street.start(run, NOW_S + 100 + number, charge_s=float(100 - number))
    view = street.line("a", is_fair=True).look(NOW_S + 200)
    seen = [one.client for one in view.waiting]
    assert sorted(seen) == ["client 0", "client 18", "client 19"]
    assert sorted(ids(view)) == sorted(first[client].job_id for client in seen)
    # client 0 had its last turn at 100 s
    for now_s, sees_longest in ((NOW_S + 399.9, False), (NOW_S + 400.1, True)):
        seen = [
            one.client for one in street.line("a", is_fair=True, patience_s=300).look(now_s).waiting
        ]
        assert ("client 0" in seen) == sees_longest
    for number in range(10, 20):  # now these have nothing any more
        street.store.cancel(first[f"client {number}"].job_id, NOW_S)
    seen = [one.client for one in street.line("a", is_fair=True).look(NOW_S + 200).waiting]
    assert sorted(seen) == ["client 0", "client 8", "client 9"]


def test_waiting_begins_when_the_job_became_its_clients_oldest(street: Street) -> None:
    first, second = street.save(), street.save()
    street.start(first, NOW_S + 50, charge_s=1.0)
    (one,) = street.line("a", is_fair=True).look(NOW_S + 60).waiting
    assert (one.job_id, one.since_s) == (second.job_id, NOW_S + 50)


def test_client_is_charged_what_its_run_took_once_it_has_ended(street: Street) -> None:
    waiting = street.save()
    line = street.line("a", is_fair=True)
    for end in (
        lambda run: street.store.fail(run, "JOB_FAILED", "no", NOW_S),
        lambda run: street.store.requeue(run),
        lambda run: street.store.cancel(run.job_id, NOW_S),
    ):
        run = street.start(street.save(), charge_s=100.0)
        assert line.look(NOW_S).service_s["one"] > 99
        end(run)  # it took no time at all
        assert line.look(NOW_S).service_s["one"] < 1
    assert waiting.job_id in ids(line.look(NOW_S))


def test_served_seconds_are_halved_in_ten_minutes(street: Street) -> None:
    """A level of ten minutes ago is one less."""
    street.start(street.save(), charge_s=80.0)
    level = float(street.redis.records.get("meshkiln:client:one:level") or 0)
    street.redis.records.set("meshkiln:client:one:level", str(level - 1))
    street.save()
    view = street.line("a", is_fair=True).look(NOW_S)
    assert view.service_s["one"] == pytest.approx(40, rel=0.02)


def test_nothing_of_a_client_is_left_in_line_when_it_has_no_waiting_job(street: Street) -> None:
    redis = street.redis.records

    def in_line() -> list[str]:
        return sorted(
            key.removeprefix("meshkiln:") for key in redis.scan_iter("meshkiln:*") if ":line" in key
        )

    record = street.save()
    full = ["client:one:line:rq:queue:a", "client:one:lines", "line:rq:queue:a"]
    assert in_line() == full
    run = street.start(record)
    assert in_line() == []
    street.store.requeue(run)
    street.queues.enqueue(run)
    assert in_line() == full
    street.store.cancel(record.job_id, NOW_S)
    assert in_line() == []
    assert list(redis.scan_iter("meshkiln:since:*")) == []


def test_prices_are_told_to_all(street: Street) -> None:
    street.line("a").note_price("w|size=4", 5_000)
    street.line("a").note_price("w|size=4", 4_000)  # another lane did not know
    assert street.line("b", lane="other").prices_mib() == {"w|size=4": 5_000}
