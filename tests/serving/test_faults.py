"""What happens when things die: every kind of process killed or stopped under a job, in a server of real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import pytest

from serving.jobs.record import JobRecord, JobState
from tests.serving.house import House, gone, until, whole_house

RERUN_S = 15.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`python api.py` with one lane. Each test leaves it whole."""
    with whole_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A file that tells when runs started and ended, and which overlapped."""
    return tmp_path / "journal"


def starts(journal: Path) -> list[str]:
    """The ids of the runs in the order in which they started. No two runs of a job may have overlapped."""
    rows = [line.split() for line in journal.read_text().splitlines()]
    assert not [row for row in rows if row[0] == "overlap"]
    return [row[1] for row in rows if row[0] == "start"]


def completed(record: JobRecord, attempt: int) -> bool:
    return record.state is JobState.COMPLETED and record.attempt == attempt


def has_one_result(house: House, job_id: str) -> bool:
    return house.results(job_id) == [job_id]


def test_job_of_a_killed_lane_runs_again_once(house: House, journal: Path) -> None:
    job = house.submit(sleep_s=1.0, journal=str(journal))
    first = house.running(job, 0.3)
    runner = house.pid("runner")
    house.kill("lane")
    again = house.running_again(job, first, RERUN_S)
    assert again.lane != first.lane
    assert gone(runner)
    assert completed(house.ended(job), attempt=2)
    assert starts(journal) == [job, job]
    assert has_one_result(house, job)
    house.wait_lanes()


def test_job_of_a_killed_runner_runs_again_once(house: House, journal: Path) -> None:
    job = house.submit(sleep_s=1.0, journal=str(journal))
    first = house.running(job, 0.3)
    house.kill("runner")
    house.running_again(job, first, RERUN_S)
    assert completed(house.ended(job), attempt=2)
    assert starts(journal) == [job, job]
    assert has_one_result(house, job)


def test_model_that_crashes_once_is_forgiven(house: House, tmp_path: Path) -> None:
    job = house.submit(fault="crash_once", marker=str(tmp_path / "crashed"))
    assert completed(house.ended(job), attempt=2)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("crash", "the model process crashed (SIGSEGV); it was tried 2 times"),
        ("exit", "the model process ended by itself (exit code 3); it was tried 2 times"),
        (
            "killed",
            "the model process was killed (signal 9); the machine may have run out of memory; it was tried 2 times",
        ),
        ("fail", "the rehearsal was asked to fail"),
        ("raise", "the model failed with ValueError; the server's log has the details"),
        ("memory", "the machine ran out of memory; try a smaller texture_size or input"),
        ("no_file", "rehearsal made no output.json"),
        ("empty_file", "rehearsal made no output.json"),
        ("strange_info", "the model failed with TypeError; the server's log has the details"),
        ("bad_stage", "the model failed with ValueError; the server's log has the details"),
    ],
)
def test_failure_says_why_and_the_next_job_succeeds(house: House, fault: str, reason: str) -> None:
    job, after = house.submit(fault=fault), house.submit()
    record = house.ended(job)
    assert (record.state, record.error_code, record.error) == ("failed", "JOB_FAILED", reason)
    until(lambda: house.results(job) == [], 5, "the draft is gone")
    assert completed(house.ended(after), attempt=1)


def test_job_whose_lane_dies_twice_fails_with_a_reason(house: House) -> None:
    job = house.submit(sleep_s=30)
    first = house.running(job)
    house.kill("lane")
    house.running_again(job, first, RERUN_S)
    house.kill("lane")
    record = house.ended(job, RERUN_S)
    assert record.state is JobState.FAILED
    assert record.error == "the worker died while it ran this job; it was tried 2 times"
    assert house.results(job) == []
    assert completed(house.ended(house.submit()), attempt=1)
    house.wait_lanes()


def test_nothing_is_lost_when_redis_is_killed_under_a_job(house: House, journal: Path) -> None:
    jobs = [house.submit(sleep_s=length_s, journal=str(journal)) for length_s in (1.2, 0.1, 0.1)]
    house.running(jobs[0], 0.3)
    house.kill("redis")
    asked_s = time.monotonic()
    status, body = house.get("/my_requests")
    assert (status, set(body)) in [(503, {"error"}), (200, {"ip_address", "requests"})]
    assert time.monotonic() - asked_s < 1.5
    until(house.healthy, 10, "the web finds Redis again")
    assert all(completed(house.ended(job), attempt=1) for job in jobs)
    assert starts(journal) == jobs


def test_idle_lane_finds_redis_again(house: House) -> None:
    house.kill("redis")
    until(house.healthy, 10, "the web finds Redis again")
    lane = house.pid("lane")
    assert completed(house.ended(house.submit(), 10), attempt=1)
    assert house.pid("lane") == lane


@pytest.mark.parametrize("end", [signal.SIGCONT, signal.SIGKILL])
def test_result_is_kept_when_redis_is_away_as_the_job_ends(
    house: House, journal: Path, end: signal.Signals
) -> None:
    job, waiting = (house.submit(sleep_s=1.0, journal=str(journal)) for _ in range(2))
    house.running(job, 0.3)
    redis = house.kill("redis", signal.SIGSTOP)
    asked_s = time.monotonic()
    status, _ = house.get("/queue/status")
    assert status == 503
    assert time.monotonic() - asked_s < 2.0
    time.sleep(2.2)
    os.kill(redis, end)
    assert completed(house.ended(job), attempt=1)
    assert completed(house.ended(waiting), attempt=1)
    assert starts(journal) == [job, waiting]
    assert has_one_result(house, job)
    until(house.healthy, 10, "the web finds Redis again")


def test_lane_told_to_stop_while_redis_is_away_finishes_its_job(house: House) -> None:
    job = house.submit(sleep_s=1.0)
    lane = house.board.lane(house.running(job, 0.2).lane)
    assert lane
    redis = house.kill("redis")
    os.kill(lane.pid, signal.SIGTERM)
    until(lambda: house.pids("redis") not in ([], [redis]), 10, "a new Redis")
    assert completed(house.ended(job), attempt=1)
    until(lambda: gone(lane.pid), 10, "the lane's end")
    house.wait_lanes()


def test_killed_web_process_is_replaced_and_the_job_goes_on(house: House) -> None:
    job = house.submit(sleep_s=1.0)
    house.running(job)
    (web,) = house.web_workers()
    os.kill(web, signal.SIGKILL)
    until(lambda: house.web_workers() not in ([], [web]) and house.healthy(), 15, "a new web")
    assert completed(house.ended(job), attempt=1)


def test_job_of_a_killed_supervisor_runs_again_once(house: House, journal: Path) -> None:
    job = house.submit(sleep_s=1.0, journal=str(journal))
    first = house.running(job, 0.2)
    supervisor = house.kill("supervisor")
    house.running_again(job, first, RERUN_S)
    assert completed(house.ended(job), attempt=2)
    assert house.pid("supervisor") != supervisor
    assert starts(journal) == [job, job]
    assert has_one_result(house, job)
    house.wait_lanes()


def test_jobs_that_no_queue_knows_are_found(house: House, journal: Path) -> None:
    """Saved and never enqueued, given back and never enqueued, or gone from the queue."""
    blocker = house.submit(sleep_s=1.0)
    house.running(blocker)
    jobs = [house.submit(journal=str(journal)) for _ in range(2)]
    queue = house.queues.queue("rehearsal")
    assert queue.get_job_ids() == jobs
    house.redis.delete(queue.key, f"rq:job:{jobs[1]}")
    jobs.append(save_only(house, journal).job_id)
    assert queue.get_job_ids() == []
    for job in jobs:
        assert completed(house.ended(job, RERUN_S), attempt=1)
    assert starts(journal) == jobs  # and in their old order


def save_only(house: House, journal: Path) -> JobRecord:
    """A job of a web process that died between saving and enqueueing."""
    record = JobRecord(
        job_id=token_hex(16),
        client="127.0.0.1",
        feature="rehearsal",
        model_id="rehearsal",
        timeout_s=60,
        created_at=time.time(),
        params={"journal": str(journal)},
    )
    return house.store.save(record)


@pytest.mark.parametrize("fault", ["hang", "stop"])
def test_hang_ends_at_the_deadline(house: House, fault: str) -> None:
    job, after = house.submit(model_id="rehearsal_brief", fault=fault), house.submit()
    record = house.ended(job, 2 + 5)
    assert record.state is JobState.FAILED
    assert record.error == "the model took longer than its 2 s"
    assert completed(house.ended(after), attempt=1)


def test_output_folder_that_cannot_be_written_fails_the_job(house: House) -> None:
    client = "192.0.2.1"
    blocked = house.outputs.root / client
    house.outputs.root.mkdir(exist_ok=True)
    blocked.write_text("a file where a folder should be")
    record = house.ended(house.submit(client))
    blocked.unlink()
    assert record.state is JobState.FAILED
    assert record.error.startswith("the worker failed with ")
    assert str(house.folder) not in record.error
    assert completed(house.ended(house.submit(client)), attempt=1)


def test_chatter_does_not_hold_up_a_job(house: House) -> None:
    assert completed(house.ended(house.submit(chatter_kib=2048)), attempt=1)


def test_no_job_is_left_and_no_draft(house: House) -> None:
    """After all of the above."""
    counts = house.store.counts("127.0.0.1")
    assert (counts.waiting, counts.running) == (0, 0)
    assert list(house.outputs.root.rglob(".*")) == []


def test_order_is_first_come_first_served_and_progress_never_falls(
    house: House, journal: Path
) -> None:
    clients = [f"192.0.2.{number}" for number in range(10, 15)]
    jobs = [
        house.submit(clients[index % 5], sleep_s=0.02, journal=str(journal)) for index in range(30)
    ]
    steady = house.submit(sleep_s=2.0, steps=40, journal=str(journal))
    seen = {}
    while (listed := house.store.get_listed(steady)).record.state is not JobState.COMPLETED:
        seen[time.monotonic()] = (listed.record.progress, listed.position)
        time.sleep(0.02)
    percents = [percent for percent, _ in seen.values()]
    assert percents == sorted(percents)
    assert len(set(percents)) > 5
    positions = [position for _, position in seen.values() if position is not None]
    assert positions == sorted(positions, reverse=True)
    assert starts(journal) == [*jobs, steady]


# Two lanes.


@pytest.fixture(scope="module")
def wide_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`python ai_worker.py` with two lanes."""
    house = House(tmp_path_factory.mktemp("wide"), cpu_lanes=2)
    try:
        house.start("ai_worker.py")
        house.open(lanes=2)
        yield house
    finally:
        house.end()


def test_job_of_a_lane_that_stands_still_ends_once(wide_house: House, journal: Path) -> None:
    job = wide_house.submit(sleep_s=3, journal=str(journal))
    first = wide_house.running(job)
    lane = wide_house.board.lane(first.lane)
    assert lane
    os.kill(lane.pid, signal.SIGSTOP)
    with ThreadPoolExecutor() as threads:  # meanwhile the other lane serves
        others = list(threads.map(lambda _: wide_house.submit(), range(20)))
    assert all(completed(wide_house.ended(other), attempt=1) for other in others)
    again = wide_house.running_again(job, first, RERUN_S)
    assert again.lane != first.lane
    with suppress(ProcessLookupError):
        os.kill(lane.pid, signal.SIGCONT)
    assert completed(wide_house.ended(job), attempt=2)
    assert starts(journal) == [job, job]
    assert has_one_result(wide_house, job)


def test_two_lanes_share_the_work_and_no_job_runs_twice(wide_house: House, journal: Path) -> None:
    wide_house.wait_lanes(2)
    jobs = [wide_house.submit(sleep_s=0.05, journal=str(journal)) for _ in range(30)]
    records = [wide_house.ended(job) for job in jobs]
    assert all(completed(record, attempt=1) for record in records)
    assert len({record.lane for record in records}) == 2
    assert sorted(starts(journal)) == sorted(jobs)


# A server that stops.


def test_stopping_lets_a_job_end_or_gives_it_back(tmp_path: Path, journal: Path) -> None:
    house = House(tmp_path, drain_s=1.5)
    try:
        process = house.start("ai_worker.py")
        house.open()
        short = house.submit(sleep_s=1.0)
        house.running(short)
        process.terminate()
        assert process.wait(10) == 0
        assert house.pids() == []

        process = house.start("ai_worker.py")
        house.open()
        assert completed(house.store.get(short), attempt=1)
        long = house.submit(sleep_s=3.0, journal=str(journal))
        waiting = house.submit(journal=str(journal))
        house.running(long)
        process.terminate()
        assert process.wait(10) == 0
        assert house.pids() == []

        house.start("ai_worker.py")
        house.open()
        assert completed(house.ended(long), attempt=1)
        assert completed(house.ended(waiting), attempt=1)
        assert starts(journal) == [long, long, waiting]
        assert has_one_result(house, long)
    finally:
        house.end()
