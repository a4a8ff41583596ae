"""The operator's orders over HTTP, obeyed by real lanes on pretended GPUs: drain, unload, and what went wrong."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from serving.jobs.board import LaneState
from serving.jobs.orders import OperatorOrders
from serving.jobs.record import JobRecord, JobState
from tests.serving.house import House, gone, until, whole_house
from tests.serving.lane_jobs import completed, only_lane
from tests.serving.live import assert_plain
from tests.serving.rehearsal import REHEARSAL
from tests.serving.second_api import refused
from tests.serving.test_documented_api import ROUTES, assert_shape

SYSTEM = "/api/v1/system"
SMALL, TWIN, LARGE = (f"rehearsal_gpu_{name}" for name in ("small", "small_twin", "large"))
SEEN_S = 15.0
DRAINED = "drained by the operator"


@contextmanager
def whole(folder: Path, gpus: str = "20480") -> Iterator[House]:
    """`python api.py` with a lane for each pretended GPU and none for the CPU."""
    folder.mkdir(exist_ok=True)
    house = House(folder, cpu_lanes=0, vram_reserve_mib=512, rehearsed_gpus=gpus)
    try:
        begin(house, lanes=gpus.count(",") + 1)
        yield house
    finally:
        house.end()


def begin(house: House, lanes: int = 1) -> None:
    house.start("api.py")
    house.open(lanes)
    until(house.healthy, 20, "the web")


@pytest.fixture(scope="module")
def module_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with whole(tmp_path_factory.mktemp("operator")) as house:
        yield house


@pytest.fixture
def house(module_house: House) -> Iterator[House]:
    """One GPU of 20 GiB, and nothing ordered."""
    yield module_house
    drain(module_house, False)


def ask(house: House, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    url = f"http://127.0.0.1:{house.port}{path}"
    answer = (
        requests.get(url, timeout=10) if body is None else requests.post(url, json=body, timeout=10)
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def drain(house: House, drains: bool) -> dict[str, Any]:
    return ask(house, f"{SYSTEM}/drain", {"drain": drains})


def unload(house: House, model_id: str) -> dict[str, Any]:
    return ask(house, f"{SYSTEM}/models/{model_id}/unload", {})


def obeys(house: House) -> dict[str, Any]:
    """The lane as the scheduler's status shows it, once it says that it is drained."""

    def look() -> dict[str, Any] | None:
        rows = ask(house, f"{SYSTEM}/scheduler-status")["scheduler"]["lanes"]
        # One that was killed may still be there for a moment.
        return rows[0] if [row["waits_for"] for row in rows] == [DRAINED] else None

    return dict(until(look, SEEN_S, "a drained lane", lambda: str(house.board.lanes())))


def holds(house: House, *weights: str) -> LaneState:
    """The lane, once it says that it has these weights ready and no others."""

    def look() -> LaneState | None:
        lane = only_lane(house)
        return lane if sorted(lane.loaded) == sorted(weights) else None

    lane: LaneState = until(look, SEEN_S, f"{weights} are loaded", lambda: str(only_lane(house)))
    return lane


def processes(house: House) -> dict[str, int]:
    """Pids by weights."""
    return {one.weights: one.pid for one in only_lane(house).residents}


def used_mib(house: House) -> int:
    (gpu,) = ask(house, f"{SYSTEM}/operator")["gpus"]
    return int(gpu["memory_used"])


def states(house: House, *job_ids: str) -> set[JobState | None]:
    return set(house.store.states(list(job_ids)))


def ready(house: House) -> tuple[int, dict[str, Any]]:
    return house.get("/readyz")


# Drain


def test_drained_lane_ends_its_run_starts_no_other_and_loses_nothing(house: House) -> None:
    running = house.submit(model_id=SMALL, sleep_s=5)
    waiting = [house.submit(model_id=SMALL, sleep_s=0.1) for _ in range(2)]
    house.running(running)
    said = drain(house, True)
    assert (said["draining"], said["lanes"], said["hosts"]) == (True, 1, [])
    assert (said["processing_jobs"], said["pending_jobs"]) == (1, 2)
    answer = ask(house, REHEARSAL, {"model_preference": SMALL})
    (warning,) = answer["warnings"]
    assert warning["code"] == "DRAINING"
    assert_plain(warning["message"])
    waiting.append(answer["job_id"])
    assert completed(house, running).attempt == 1
    assert obeys(house)["busy"] is False
    assert states(house, *waiting) == {JobState.QUEUED}
    assert ready(house)[1]["draining"] is True
    assert drain(house, True)["since"] == said["since"]  # told twice, it is the same drain
    assert drain(house, False)["draining"] is False
    for job_id in waiting:
        record = completed(house, job_id)
        assert not record.warnings  # it was of the moment
    assert ready(house)[1]["draining"] is False
    until(lambda: only_lane(house).waits_for == "", SEEN_S, "a lane that is not drained")


def test_drained_lane_takes_a_job_as_soon_as_it_may(house: House) -> None:
    drain(house, True)
    obeys(house)
    job_id = house.submit(model_id=SMALL)
    drain(house, False)
    assert completed(house, job_id).lane


def test_drain_of_another_machine_concerns_nobody_here(house: House) -> None:
    OperatorOrders(house.redis).drain("elsewhere")  # it had lanes then
    said = ask(house, f"{SYSTEM}/drain")
    assert (said["draining"], said["hosts"], said["lanes"]) == (False, ["elsewhere"], 0)
    answer = ask(house, REHEARSAL, {"model_preference": SMALL})
    assert answer["warnings"] == []
    completed(house, answer["job_id"])
    assert ready(house)[1]["draining"] is False
    said = ask(house, f"{SYSTEM}/drain", {"drain": False, "host": "elsewhere"})
    assert said["hosts"] == []


def test_drain_of_this_machine_alone_holds_its_lanes(house: House) -> None:
    host = only_lane(house).host
    said = ask(house, f"{SYSTEM}/drain", {"drain": True, "host": host})
    assert (said["draining"], said["hosts"], said["lanes"]) == (True, [host], 1)
    assert said["since"] is not None
    assert ask(house, f"{SYSTEM}/operator")["draining"]["since"] == said["since"]
    assert ready(house)[1]["draining"] is True
    obeys(house)
    answer = ask(house, REHEARSAL, {"model_preference": SMALL})
    assert [warning["code"] for warning in answer["warnings"]] == ["DRAINING"]
    job_id = answer["job_id"]
    assert states(house, job_id) == {JobState.QUEUED}
    said = drain(house, False)  # of all, whatever was drained
    assert (said["hosts"], said["lanes"]) == ([], 0)
    completed(house, job_id)


def test_machine_without_lanes_cannot_be_drained(house: House) -> None:
    url = f"http://127.0.0.1:{house.port}{SYSTEM}/drain"
    answer = requests.post(url, json={"drain": True, "host": "mispelt"}, timeout=10)
    refused(answer, 400, "INVALID_VALUE", "'mispelt'", only_lane(house).host)
    assert ask(house, f"{SYSTEM}/drain")["hosts"] == []


def test_waiting_job_can_be_cancelled_while_drained(house: House) -> None:
    drain(house, True)
    job_id = house.submit(model_id=SMALL)
    ask(house, f"{SYSTEM}/jobs/{job_id}/cancel", {})
    drain(house, False)
    completed(house, house.submit(model_id=SMALL))
    assert states(house, job_id) == {JobState.CANCELLED}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"drain": "yes"},
        {"drain": 1},
        {"drain": None},
        {"drain": True, "hots": "a"},
        {"drain": True, "host": ""},
    ],
    ids=str,
)
def test_order_that_is_not_plain_is_refused_and_changes_nothing(
    house: House, body: dict[str, Any]
) -> None:
    url = f"http://127.0.0.1:{house.port}{SYSTEM}/drain"
    answer = requests.post(url, json=body, timeout=10)
    assert answer.status_code == 422, answer.text
    assert ask(house, f"{SYSTEM}/drain")["draining"] is False


def test_drain_survives_the_end_of_lanes_and_web(tmp_path: Path) -> None:
    with whole(tmp_path / "house") as house:
        running = house.submit(model_id=SMALL, sleep_s=4)
        house.running(running)
        waiting = [house.submit(model_id=SMALL), house.submit(model_id=LARGE)]
        drain(house, True)
        house.kill("lane")  # its run waits again, as any whose lane died, and is not begun again
        house.wait_lanes()
        obeys(house)
        until(lambda: states(house, running) == {JobState.QUEUED}, SEEN_S, "the run waits again")
        program = house.started[-1]
        program.send_signal(signal.SIGTERM)
        program.wait(30)
        begin(house)
        assert ask(house, f"{SYSTEM}/drain")["draining"] is True
        obeys(house)
        assert states(house, running, *waiting) == {JobState.QUEUED}
        drain(house, False)
        ended = [house.ended(job_id) for job_id in (running, *waiting)]
        assert {record.state for record in ended} == {JobState.COMPLETED}
        assert [record.attempt for record in ended] == [2, 1, 1]


# Unload


def both_loaded(house: House) -> dict[str, int]:
    for name in (SMALL, LARGE):
        completed(house, house.submit(model_id=name))
    holds(house, SMALL, LARGE)
    return processes(house)


def test_idle_model_leaves_with_its_process_and_its_memory(house: House) -> None:
    pids = both_loaded(house)
    assert used_mib(house) == 18_000
    said = unload(house, TWIN)  # another model with the same weights
    assert (said["model_id"], said["weights"], said["told"]) == (TWIN, SMALL, 1)
    (told,) = said["residents"]
    assert (told["title"], told["state"], told["memory_mib"]) == ("gpu0", "idle", 4_000)
    holds(house, LARGE)
    assert gone(pids[SMALL])
    until(lambda: used_mib(house) == 14_000, SEEN_S, "its memory is free")
    assert processes(house) == {LARGE: pids[LARGE]}
    again = unload(house, TWIN)
    assert (again["told"], again["residents"]) == (0, [])
    completed(house, house.submit(model_id=SMALL))
    holds(house, SMALL, LARGE)  # one that was loaded after the order stays


def test_idle_model_leaves_while_another_runs(house: House) -> None:
    pids = both_loaded(house)
    job_id = house.submit(model_id=LARGE, sleep_s=600, steps=10_000)
    house.running(job_id)
    unload(house, SMALL)
    until(lambda: gone(pids[SMALL]), SEEN_S, "the idle one is gone")
    assert states(house, job_id) == {JobState.PROCESSING}
    ask(house, f"{SYSTEM}/jobs/{job_id}/cancel", {})
    until(lambda: only_lane(house).job_id == "", SEEN_S, "a free lane")
    assert processes(house) == {LARGE: pids[LARGE]}


def test_busy_model_leaves_after_its_run(house: House) -> None:
    pids = both_loaded(house)
    job_id = house.submit(model_id=LARGE, sleep_s=5)
    house.running(job_id)
    until(lambda: only_lane(house).job_id == job_id, SEEN_S, "a lane that says it is busy")
    said = unload(house, LARGE)
    assert [row["state"] for row in said["residents"]] == ["busy"]
    assert unload(house, LARGE)["told"] == 1
    assert not gone(pids[LARGE])
    record = completed(house, job_id)
    assert record.info["pid"] == pids[LARGE]
    holds(house, SMALL)
    assert gone(pids[LARGE])
    fresh = completed(house, house.submit(model_id=LARGE))
    assert fresh.info["pid"] != pids[LARGE]
    assert completed(house, house.submit(model_id=LARGE)).info["pid"] == fresh.info["pid"]


def test_unknown_model_is_not_found(house: House) -> None:
    url = f"http://127.0.0.1:{house.port}{SYSTEM}/models/nonsense/unload"
    answer = requests.post(url, timeout=10)
    assert answer.status_code == 404
    assert "'nonsense' is unknown" in answer.json()["message"]


# Errors


def failed(house: House, **params: Any) -> JobRecord:
    record = house.ended(house.submit(**params))
    assert record.state is JobState.FAILED
    return record


def test_last_failures_are_told_as_clients_know_them(house: House) -> None:
    first = failed(house, model_id=SMALL, fault="fail")
    second = failed(house, client="127.0.0.2", model_id=SMALL, fault="raise", sleep_s=0.2)
    told = ask(house, f"{SYSTEM}/errors?limit=2")
    newest, older = told["errors"]
    assert (older["job_id"], newest["job_id"]) == (first.job_id, None)  # the other one's is its own
    assert second.job_id not in json.dumps(told)
    assert (newest["feature"], newest["model"]) == ("rehearsal", SMALL)
    assert (newest["error"], newest["error_code"]) == (second.error, second.error_code)
    assert newest["run_seconds"] == round(second.finished_at - second.started_at, 3) >= 0.2
    assert_plain(newest["error"])
    assert house.redis.llen("meshkiln:failures") >= 2
    ask(house, f"{SYSTEM}/jobs/{first.job_id}")
    assert len(ask(house, f"{SYSTEM}/errors?limit=1")["errors"]) == 1


def test_last_error_of_a_lane_is_told_beside(house: House) -> None:
    failed(house, model_id=SMALL, fault="gpu_memory")

    def look() -> dict[str, Any] | None:
        rows = ask(house, f"{SYSTEM}/errors")["lanes"]
        return rows[0] if rows else None

    row = until(look, SEEN_S, "the lane's error")
    assert (row["title"], row["host"]) == ("gpu0", os.uname().nodename)
    assert row["error"].startswith(SMALL)
    assert_plain(row["error"])


# Without a GPU


def test_server_of_a_cpu_is_ready_while_it_drains_and_its_model_leaves_too(tmp_path: Path) -> None:
    with whole_house(tmp_path) as house:
        until(lambda: ready(house)[0] == 200, SEEN_S, "ready")
        completed(house, house.submit())
        holds(house, "rehearsal")
        pid = processes(house)["rehearsal"]
        drain(house, True)
        obeys(house)
        status, body = ready(house)
        assert (status, body["status"], body["draining"]) == (200, "ready", True)
        assert unload(house, "rehearsal")["told"] == 1  # a drained lane obeys, too
        holds(house)
        assert gone(pid)
        assert unload(house, "classic")["weights"] == "classic"  # no model's id, but of many


# At a glance


def test_operator_sees_lanes_gpus_queue_disk_orders_and_errors_at_once(house: House) -> None:
    both_loaded(house)
    failed(house, model_id=SMALL, fault="fail")
    drain(house, True)
    obeys(house)
    waiting = house.submit(model_id=SMALL)
    seen = ask(house, f"{SYSTEM}/operator")
    (lane,), (gpu,) = seen["lanes"], seen["gpus"]
    assert sorted(one["weights"] for one in lane["residents"]) == sorted((SMALL, LARGE))
    assert (gpu["memory_total"], gpu["memory_used"]) == (20_480, 18_000)
    assert seen["draining"]["draining"] is True
    assert seen["queue"]["pending_jobs"] == 1
    assert 1 <= len(seen["errors"]) <= 5
    assert 0 < seen["disk"]["free"] < seen["disk"]["total"]
    ask(house, f"{SYSTEM}/jobs/{waiting}/cancel", {})


@pytest.mark.parametrize(
    ("path", "body"),
    [(f"{SYSTEM}/drain", {"drain": True}), (f"{SYSTEM}/models/{{model_id}}/unload", {})],
    ids=["drain", "unload"],
)
def test_order_is_answered_as_documented(house: House, path: str, body: dict[str, Any]) -> None:
    (route,) = (one for one in ROUTES if str(one) == f"POST {path}")
    assert_shape(ask(house, path.replace("{model_id}", SMALL), body), route.answer)
