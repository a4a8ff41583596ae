"""The supervisor when lanes cannot live, Redis is silent, or it was killed itself. What else may die: test_faults."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis

from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.settings import Settings, SettingsError
from serving.storage.outputs import Outputs
from serving.worker.reconcile import Sweep
from serving.worker.slots import Slot
from serving.worker.supervisor import REDIS_TIMEOUT_S, Supervisor
from tests.serving.house import House, gone, until


def supervisor_of(folder: Path, redis_url: str, slots: list[Slot], timeout_s: float) -> Supervisor:
    settings = Settings(_env_file=None, data_dir=folder, drain_s=1.2)
    settings = settings.model_copy(update={"redis_url": redis_url})
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    redis = connect(redis_url, timeout_s=timeout_s)
    store, outputs = JobStore(redis.records, settings), Outputs(settings)
    sweep = Sweep(redis.records, store, Queues(redis.envelopes), Board(redis.records), outputs)
    return Supervisor(settings, sweep, slots)


@contextmanager
def at_work(supervisor: Supervisor) -> Iterator[None]:
    """It runs, in a thread of its own, for as long as the block."""
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield
    finally:
        supervisor.stopping = True
        thread.join(20)
        assert not thread.is_alive()


def test_lane_that_cannot_start_is_tried_ever_later_and_holds_up_no_other(
    tmp_path: Path,
    redis_url: str,
    redis_client: Redis,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    # A busy machine takes longer to start and fail than a lane must live to count as one that works.
    monkeypatch.setattr("serving.worker.supervisor.SHORT_LIFE_S", 120.0)
    broken = Slot("cpu0", "cpu", environment={"MESHKILN_PORT": "eighty"})
    well = Slot("cpu1", "cpu")
    supervisor = supervisor_of(tmp_path, redis_url, [broken, well], REDIS_TIMEOUT_S)
    board = supervisor.sweep.board

    def pauses() -> list[str]:
        ends = re.compile(r"lane \S+\.cpu0\.\S+ ended after \S+ s, with code 1, again in (\S+) s")
        return [found[1] for record in caplog.records if (found := ends.match(record.message))]

    with at_work(supervisor):
        until(lambda: len(pauses()) >= 3, 120, "three starts", lambda: caplog.text)
        until(lambda: [lane.title for lane in board.lanes()] == ["cpu1"], 10, "the other lane")
    assert pauses()[:3] == ["0.5", "1.5", "3.5"]
    assert not [
        record
        for record in caplog.records
        if ".cpu1." in record.message and "ended" in record.message
    ]


def test_lane_for_which_there_is_no_process_is_tried_again(
    tmp_path: Path, redis_url: str, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
):
    slot = Slot("cpu0", "cpu")
    supervisor = supervisor_of(tmp_path, redis_url, [slot], REDIS_TIMEOUT_S)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(tmp_path / "not-there"))
        supervisor._start_due()
    assert slot.process is None
    assert slot.pause_s == 0.5
    slot.start_again_at_s = 0.0
    supervisor._start_due()
    assert slot.process is not None
    slot.process.kill()
    slot.process.wait()


def test_note_that_cannot_be_written_or_read_stops_nobody(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    supervisor = supervisor_of(tmp_path, redis_url, [], REDIS_TIMEOUT_S)
    note = supervisor.settings.lanes_file
    for nonsense in ("", "[1]", "{", "null"):
        note.write_text(nonsense)
        assert supervisor._read_note() == {}
    note.unlink()
    note.mkdir()
    assert supervisor._read_note() == {}
    supervisor._write_note()


def test_redis_that_is_silent_is_asked_once_for_all_lanes(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        slots = [Slot(f"cpu{index}", "cpu") for index in range(64)]
        supervisor = supervisor_of(tmp_path, url, slots, timeout_s=0.2)
        began_s = time.monotonic()
        supervisor._start_due()
        assert time.monotonic() - began_s < 1.0  # 64 times 0.2 s would be 13
        assert not [slot for slot in slots if slot.process]


def test_lane_of_a_killed_supervisor_that_dies_a_moment_later_is_buried_then(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    dying = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    supervisor = supervisor_of(tmp_path, redis_url, [], REDIS_TIMEOUT_S)
    supervisor.settings.lanes_file.write_text(json.dumps({"x.cpu0.1": dying.pid}))
    supervisor.predecessors = supervisor._read_note()
    assert supervisor._see_the_dead() == set()
    dying.kill()
    os.waitid(os.P_PID, dying.pid, os.WEXITED | os.WNOWAIT)  # ended, and not fetched yet
    assert supervisor._see_the_dead() == {"x.cpu0.1"}
    assert supervisor._see_the_dead() == set()
    dying.communicate()


def test_jobs_of_an_earlier_version_wait_in_their_queue_before_any_lane_starts(
    tmp_path: Path, redis_url: str, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
):
    supervisor = supervisor_of(tmp_path, redis_url, [], REDIS_TIMEOUT_S)
    job = JobRecord("a" * 32, "127.0.0.1", "rehearsal", "rehearsal", 60, time.time())
    supervisor.sweep.store.save(job)
    redis_client.rpush("rq:queue:cpu", job.job_id)
    seen: list[list[str]] = []

    def first_start(supervisor: Supervisor) -> None:
        seen.append(supervisor.sweep.queues.queue("rehearsal").get_job_ids())
        supervisor.stopping = True

    monkeypatch.setattr(Supervisor, "_start_due", first_start)
    supervisor.run()
    assert seen == [[job.job_id]]


def test_gpu_that_is_found_late_gets_a_lane_and_no_failure_ends_the_search(
    tmp_path: Path, redis_url: str, redis_client: Redis, caplog: pytest.LogCaptureFixture
):
    known = Slot("gpu0", "cuda", "GPU-0", 0)
    supervisor = supervisor_of(tmp_path, redis_url, [known], REDIS_TIMEOUT_S)
    supervisor.take_in_late()
    assert supervisor.slots == [known]

    def refuse() -> list[Slot]:
        raise SettingsError("there is no GPU 7")

    supervisor.late_slots = refuse
    supervisor.take_in_late()
    assert caplog.messages == ["GPUs that were found late get no lane: there is no GPU 7"]
    late = Slot("gpu1", "cuda", "GPU-1", 1)
    supervisor.late_slots = lambda: [Slot("gpu0", "cuda", "GPU-0", 0), late, Slot("cpu0", "cpu")]
    for _ in range(2):
        supervisor.take_in_late()
        assert [slot is one for slot, one in zip(supervisor.slots, [known, late], strict=True)]


# A supervisor whose GPU driver is ready when a file is there.
LATE_DRIVER = """
import sys
from pathlib import Path
from serving.gpus import Gpus
from serving.rehearsed_gpus import RehearsedDriver
from serving.settings import Settings
from serving.worker import supervisor
import serving.gpus
serving.gpus.DRIVER_RETRY_S = supervisor.LATE_GPUS_INTERVAL_S = 0.1
supervisor.gpus_of = lambda settings: Gpus(
    lambda: RehearsedDriver(settings) if Path(sys.argv[1]).exists() else None
)
supervisor.supervise(Settings.from_env())
"""


def test_driver_that_is_ready_after_the_start_gives_its_gpus_lanes(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    house = House(tmp_path, REDIS_URL=redis_url, rehearsed_gpus="2x24576", cpu_lanes=1)
    ready = tmp_path / "ready"
    try:
        worker = house.start(sys.executable, "-c", LATE_DRIVER, str(ready))
        house.open(lanes=1)
        ready.touch()
        house.wait_lanes(3)
        assert {lane.title for lane in house.board.lanes()} == {"cpu0", "gpu0", "gpu1"}
        assert "GPUs found: none; lanes: cpu0" in house.log()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
    finally:
        house.end()


@pytest.fixture
def house(tmp_path: Path, redis_url: str, redis_client: Redis) -> Iterator[House]:
    house = House(tmp_path, REDIS_URL=redis_url, drain_s=1.2)
    yield house
    house.end()


def test_job_of_a_lane_that_does_not_end_waits_again_when_the_supervisor_has_ended(house: House):
    """What it waited is read from its log: a clock here would tell how busy the machine is."""
    worker = house.start("ai_worker.py")
    house.open()
    job = house.submit(sleep_s=600)
    house.running(job)
    lane = house.kill("lane", signal.SIGSTOP)  # deaf
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(120) == 0
    waits = re.findall(r"pid (\d+) still runs after (\d+) s", house.log())
    assert waits == [(str(lane), "1"), (str(lane), "5")], "to drain, to give back, then killed"
    assert gone(lane)
    assert house.store.get(job).state is JobState.QUEUED
    until(lambda: house.pids() == [], 60, "the end of all")


def log_seconds(log: str, said: str) -> float:
    """When the last line of a log that holds a text was written."""
    line = next(line for line in reversed(log.splitlines()) if said in line)
    return datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f").timestamp()


def test_supervisor_that_was_killed_is_followed_at_once(house: House):
    """From its log, so that how long a busy machine takes to start Python is left out."""
    killed = house.start("ai_worker.py")
    house.open()
    job = house.submit(sleep_s=1.0)
    first = house.running(job)
    lane = house.pid("lane")
    killed.kill()
    worker = house.start("ai_worker.py")
    house.running_again(job, first, 60.0)
    log = house.log()
    assert log.count("GPUs found") == 2, "by either supervisor"
    assert log_seconds(log, "the job runs again") - log_seconds(log, "GPUs found") < 5.0
    assert gone(lane)
    assert house.ended(job).state is JobState.COMPLETED
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
