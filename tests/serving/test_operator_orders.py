"""OperatorOrders and failures in a real Redis, as lanes and the web find them there; and who leaves for an order."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict

import pytest
from redis import Redis

from serving.errors import StaleJob
from serving.jobs.board import LANE_KEY, LANES_KEY
from serving.jobs.connect import connect
from serving.jobs.failures import MOST, last_failures
from serving.jobs.keyspace import FAILURES, IDLE
from serving.jobs.line import Idler
from serving.jobs.orders import DRAINING, OperatorOrders
from serving.jobs.record import JobState
from serving.jobs.store import JobStore
from serving.worker.residency.plan import Resident, unwanted
from tests.serving.stored_jobs import NOW_S, new_record, started
from tests.serving.test_line import Street, ids

LANE = "box.example.gpu0.18c8a2f4e1b"
HOST = "box.example"


@pytest.fixture
def street(redis_url: str, redis_client: Redis) -> Street:
    return Street(connect(redis_url, timeout_s=10.0))


@pytest.fixture
def orders(street: Street) -> OperatorOrders:
    street.redis.records.sadd(LANES_KEY, LANE)
    return OperatorOrders(street.redis.records)


# Drain


def test_drained_lane_sees_nothing_and_what_waits_keeps_its_place(
    street: Street, orders: OperatorOrders
) -> None:
    first, second = street.save(), street.save()
    line = street.line("a", lane=LANE)
    orders.drain()
    view = line.look(NOW_S)
    assert (view.is_drained, ids(view)) == (True, [])
    assert street.queues.queue("a").get_job_ids() == [first.job_id, second.job_id]
    orders.undrain()
    assert (line.look(NOW_S).is_drained, ids(line.look(NOW_S))) == (False, [first.job_id])


def test_lane_that_had_chosen_before_the_drain_does_not_start(
    street: Street, orders: OperatorOrders
) -> None:
    record = street.save()
    (waiting,) = street.line("a").look(NOW_S).waiting
    orders.drain()
    with pytest.raises(StaleJob):
        street.start(record)
    assert street.store.get(waiting.job_id).state is JobState.QUEUED
    assert street.queues.queue("a").get_job_ids() == [record.job_id]
    orders.undrain()
    assert street.start(record).state is JobState.PROCESSING


def test_run_that_had_started_hears_so_again_though_its_lane_is_drained(
    street: Street, orders: OperatorOrders
) -> None:
    """Its first answer was lost on the way."""
    record = street.save()
    run = (record.job_id, LANE, "run", NOW_S)
    street.store.start(*run)
    orders.drain()
    assert street.store.start(*run).run_id == "run"


def test_one_machine_is_drained_by_its_name_and_by_no_part_of_it(
    street: Street, orders: OperatorOrders
) -> None:
    line, other = street.line("a", lane=LANE), street.line("a", lane="box.cpu0.1")
    for host in ("box", "example", "gpu0", f"{HOST}.gpu0", LANE):
        orders.drain(host)
        assert line.look(NOW_S).is_drained is False, host
        orders.undrain(host)
    orders.drain(HOST)
    assert (line.look(NOW_S).is_drained, other.look(NOW_S).is_drained) == (True, False)
    drained = orders.drained()
    assert drained.everywhere_since_s == 0.0
    assert drained.all_since_s([HOST, HOST]) == drained.since_s[HOST] > 0
    assert drained.all_since_s([HOST, "other"]) == drained.all_since_s([]) == 0.0
    assert (drained.holds(HOST), drained.holds("box")) == (True, False)
    orders.undrain()
    assert orders.drained().since_s == {}


def test_nobody_leaves_a_job_to_a_lane_that_is_drained(
    street: Street, orders: OperatorOrders
) -> None:
    mine = street.line("a", lane=LANE, window_s=30.0)
    other = street.line("a", lane="other.gpu0.1", window_s=30.0)
    mine.look(NOW_S, Idler(("weights",), ("a",), 9_000), listens=True)
    street.save()
    assert len(other.look(NOW_S).idlers) == 1
    orders.drain(HOST)
    mine.look(NOW_S, Idler(("weights",), ("a",), 9_000), listens=True)
    assert street.redis.records.hexists(IDLE, LANE) is False
    assert other.look(NOW_S).idlers == []


def test_idle_lane_is_rung_for_by_every_order(street: Street, orders: OperatorOrders) -> None:
    line = street.line("a", lane=LANE)
    for order in (orders.drain, orders.undrain, lambda: orders.unload("weights")):
        line.look(NOW_S, listens=True)
        timer = threading.Timer(0.2, order)
        timer.start()
        began_s = time.monotonic()
        line.listen(15.0)
        assert time.monotonic() - began_s < 10.0  # it would wait for 15 s
        timer.join()


def test_submit_is_warned_while_all_is_drained_and_the_record_is_not(
    street: Street, orders: OperatorOrders
) -> None:
    given = ({"code": "OTHER", "message": "other"},)
    orders.drain(HOST)
    assert street.save(warnings=given).warnings == given  # other machines go on
    other = "other.cpu0.1"
    street.redis.records.sadd(LANES_KEY, other)
    for lane in (LANE, other):  # they live
        street.redis.records.set(LANE_KEY + lane, "{}")
    assert street.save(warnings=given).warnings == given
    orders.drain("other")
    assert street.save(warnings=given).warnings == (*given, DRAINING)
    orders.undrain("other")
    orders.drain()
    record = street.save(warnings=given)
    assert record.warnings == (*given, DRAINING)
    assert street.store.get(record.job_id).warnings == given
    orders.undrain()
    assert street.save(warnings=given).warnings == given


# Unload


def idle(weights: str, *, is_busy: bool = False) -> Resident:
    return Resident(weights, 1_000, 0.0, is_busy)


def test_idle_models_with_a_new_order_leave_and_no_others() -> None:
    residents = [idle("a"), idle("b"), idle("c"), idle("d", is_busy=True)]
    said = {"a": "1", "b": "2", "d": "3", "gone": "4"}
    assert unwanted(residents, said, {"b": "2"}) == ("a",)
    assert unwanted(residents, said, {"a": "0", "b": "0"}) == ("a", "b")
    assert unwanted(residents, {}, {}) == ()


def test_each_order_is_another_and_reaches_lanes_with_their_look(
    street: Street, orders: OperatorOrders
) -> None:
    line = street.line("a", lane=LANE)
    orders.unload("weights")
    first = line.look(NOW_S).unloads
    assert first == line.unloads()
    assert set(first) == {"weights"}
    orders.drain()
    orders.unload("weights")
    again = line.look(NOW_S).unloads  # a drained lane obeys, too
    assert again["weights"] != first["weights"]


# Failures


def test_failures_are_noted_with_the_move_the_latest_first(store: JobStore) -> None:
    run = started(store)
    store.fail(run, "JOB_FAILED", 'a "strange" sentence / ü', NOW_S + 3.5)
    unstarted = store.save(new_record(client="127.0.0.2"))
    store.fail(unstarted, "MODEL_NOT_AVAILABLE", "nobody has it", NOW_S + 4)
    never, ran = last_failures(store.redis, 10)
    assert (ran.job_id, ran.client, ran.feature) == (run.job_id, run.client, run.feature)
    assert (ran.model_id, ran.code) == (run.model_id, "JOB_FAILED")
    assert (ran.message, ran.at) == ('a "strange" sentence / ü', NOW_S + 3.5)
    assert ran.run_s == pytest.approx(2.5)
    assert (never.job_id, never.run_s) == (unstarted.job_id, None)
    assert [asdict(row) for row in last_failures(store.redis, 1)] == [asdict(never)]


def test_failure_that_is_told_twice_or_was_refused_is_noted_once(store: JobStore) -> None:
    run = started(store)
    for _ in range(2):  # the first answer was lost
        store.fail(run, "JOB_FAILED", "it did not work", NOW_S + 3)
    with pytest.raises(StaleJob):
        store.fail(run.having(run_id="another"), "JOB_FAILED", "too late", NOW_S + 4)
    assert [row.message for row in last_failures(store.redis, 10)] == ["it did not work"]


def test_so_many_failures_are_kept_and_no_more(store: JobStore) -> None:
    for number in range(MOST + 5):
        store.fail(started(store), "JOB_FAILED", str(number), NOW_S + 3)
    kept = last_failures(store.redis, 1_000)
    assert [row.message for row in kept] == [str(number) for number in range(MOST + 4, 4, -1)]


def test_failure_that_a_later_version_wrote_is_told_as_well(store: JobStore) -> None:
    store.fail(started(store), "JOB_FAILED", "it did not work", NOW_S + 3)
    row = json.loads(store.redis.lindex(FAILURES, 0))
    store.redis.lset(FAILURES, 0, json.dumps({**row, "colour": "red"}))
    assert [one.message for one in last_failures(store.redis, 10)] == ["it did not work"]


def test_what_completes_or_is_cancelled_is_no_failure(store: JobStore) -> None:
    run = started(store)
    store.complete(run, {"files": (), "info": {}, "warnings": (), "stage_s": {}}, NOW_S + 3)
    store.cancel(started(store).job_id, NOW_S + 3)
    assert last_failures(store.redis, 10) == []
