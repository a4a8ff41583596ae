"""The documented ways to start, together and alone, and that each ends all that it started and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from serving.jobs.record import JobState
from serving.settings import Settings
from tests.serving.house import GUNICORN, House, until

END_S = 20


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Houses in folders of their own; whatever is left of them is killed in the end."""
    houses: list[House] = []

    def make(**settings: object) -> House:
        folder = tmp_path / f"house-{len(houses)}"
        folder.mkdir()
        houses.append(House(folder, **settings))
        return houses[-1]

    yield make
    for house in houses:
        house.end()


def ends(house: House, process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Signal a process, or with SIGINT its whole group as Ctrl-C does: it ends in order."""
    if how is signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    assert process.wait(END_S) == 0, house.log()[-3000:]


def completes(house: House, job_id: str) -> bool:
    record = house.ended(job_id)
    return record.state is JobState.COMPLETED and record.attempt == 1


def test_api_py_serves_all_and_ctrl_c_ends_all(make_house: Callable[..., House]) -> None:
    house = make_house(drain_s=1.2)
    process = house.start("api.py")
    house.open()
    until(house.healthy, 20, "the web")
    job = house.submit(sleep_s=3)
    house.running(job)
    ends(house, process, signal.SIGINT)
    assert house.pids() == []
    house.start("api.py")
    house.open()
    assert completes(house, job)


def test_gunicorn_serves_all_reloads_and_ends_all(make_house: Callable[..., House]) -> None:
    house = make_house()
    process = house.start(*GUNICORN)
    house.open()
    until(house.healthy, 20, "the web")
    before = house.web_workers()
    process.send_signal(signal.SIGHUP)
    until(lambda: not set(house.web_workers()) & set(before), 20, "a reload")
    until(house.healthy, 20, "the web after a reload")
    assert completes(house, house.submit())
    ends(house, process, signal.SIGTERM)
    assert house.pids() == []


@pytest.mark.parametrize("first", ["web_worker.py", "ai_worker.py"])
def test_web_and_workers_come_and_go_apart(make_house: Callable[..., House], first: str) -> None:
    house = make_house()
    second = {"web_worker.py": "ai_worker.py", "ai_worker.py": "web_worker.py"}[first]
    started = {first: house.start(first)}
    house.open(lanes=1 if first == "ai_worker.py" else 0)
    job = house.submit()
    if first == "web_worker.py":
        until(house.healthy, 20, "the web")
        time.sleep(1.2)
        assert house.pids("supervisor") == house.pids("lane") == []
        assert house.store.get(job).state is JobState.QUEUED
    started[second] = house.start(second)
    house.wait_lanes(1)
    until(house.healthy, 20, "the web")
    assert completes(house, job)

    ends(house, started[first], signal.SIGTERM)
    if first == "ai_worker.py":
        assert house.pids("lane") == house.pids("runner") == house.pids("supervisor") == []
        assert house.healthy()
    else:
        assert completes(house, house.submit())
    ends(house, started[second], signal.SIGINT)
    assert house.pids() == []


def test_gunicorn_leaves_lanes_to_a_living_ai_worker_and_takes_over_after_it(
    make_house: Callable[..., House],
) -> None:
    house = make_house()
    worker = house.start("ai_worker.py")
    house.open()
    web = house.start(*GUNICORN)
    until(house.healthy, 20, "the web")
    time.sleep(1.2)
    assert house.pids("supervisor") == [worker.pid]
    house.wait_lanes(1)

    refused = house.start("ai_worker.py")
    assert refused.wait(END_S) == 1
    assert "The lanes of this data folder run already" in house.log()
    assert house.pids("supervisor") == [worker.pid]

    ends(house, worker, signal.SIGTERM)
    house.wait_lanes(1)
    assert completes(house, house.submit())
    ends(house, web, signal.SIGTERM)
    assert house.pids() == []


def test_given_redis_is_used_and_left_alone(
    make_house: Callable[..., House], redis_url: str, redis_client: Redis
) -> None:
    house = make_house(REDIS_URL=redis_url, start_workers=0)
    web = house.start(*GUNICORN)
    until(house.healthy, 20, "the web")
    time.sleep(1.2)
    assert house.pids("supervisor") == house.pids("lane") == []
    worker = house.start("ai_worker.py", "--cpu-lanes", "2")
    house.open(lanes=2)
    assert completes(house, house.submit())
    ends(house, worker, signal.SIGTERM)
    ends(house, web, signal.SIGTERM)
    assert house.pids() == []
    assert not (house.folder / "data" / "redis").exists()
    assert redis_client.ping()
    assert not redis_client.keys("meshkiln:lane:*")


def test_given_redis_and_a_new_data_folder_have_lanes_too(
    make_house: Callable[..., House], redis_url: str, redis_client: Redis
) -> None:
    house = make_house(REDIS_URL=redis_url)
    master = house.start(*GUNICORN)
    house.open()
    assert completes(house, house.submit())
    ends(house, master, signal.SIGTERM)


def test_a_note_of_lanes_with_a_number_that_is_somebody_elses_now_stops_nobody(
    make_house: Callable[..., House],
) -> None:
    house = make_house()
    note = Settings().model_copy(update={"data_dir": house.folder}).lanes_file
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text('{"gone.cpu0.1": 1}')
    worker = house.start("ai_worker.py")
    house.open()
    assert completes(house, house.submit())
    ends(house, worker, signal.SIGTERM)
    assert not note.exists()


def test_nothing_outlives_a_killed_master_for_long(make_house: Callable[..., House]) -> None:
    house = make_house(drain_s=1.2)
    master = house.start(*GUNICORN)
    house.open()
    until(house.healthy, 20, "the web")
    job = house.submit(sleep_s=3)
    house.running(job)
    redis = house.pids("redis")
    master.kill()
    began_s = time.monotonic()
    until(lambda: house.pids() == redis, 8, "the end of all but Redis")
    print(f"all ended {time.monotonic() - began_s:.2f} s after the master")
    master = house.start(*GUNICORN)
    house.wait_lanes(1)
    assert completes(house, job)
    ends(house, master, signal.SIGTERM)
    assert house.pids() == []


def test_taken_port_leaves_nothing_behind(make_house: Callable[..., House]) -> None:
    house = make_house()
    with socket.create_server(("127.0.0.1", house.port)):
        assert house.start("api.py").wait(END_S) != 0
    assert house.pids() == []
    assert "Traceback" not in house.log()
