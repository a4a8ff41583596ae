"""GPU lanes on pretended GPUs: real processes, a real Redis, models that hold what they say, or lie about it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serving.jobs.board import LaneState
from serving.jobs.record import JobState
from serving.jobs.tally import Tally
from serving.rehearsed_gpus import ledger
from serving.settings import Settings
from tests.serving.house import House, until
from tests.serving.lane_jobs import completed, only_lane, submit_for

SMALL, TWIN, LARGE, HUGE = (
    f"rehearsal_gpu_{name}" for name in ("small", "small_twin", "large", "huge")
)
GONE_S = 15.0


@contextmanager
def fleet(folder: Path, gpus: str, **settings: object) -> Iterator[House]:
    """`python ai_worker.py` with one lane for each GPU and none for the CPU."""
    folder.mkdir(exist_ok=True)
    given = {"cpu_lanes": 0, "vram_reserve_mib": 512, "rehearsed_gpus": gpus, **settings}
    house = House(folder, **given)
    try:
        house.start("ai_worker.py")
        house.open(lanes=gpus.count(",") + 1)
        yield house
    finally:
        house.end()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One GPU of 20 GiB: small and large fit together, nothing fits beside them; huge never fits."""
    with fleet(tmp_path_factory.mktemp("one"), "20480") as house:
        yield house


@pytest.fixture(scope="module")
def unequal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with fleet(tmp_path_factory.mktemp("unequal"), "16384,49152") as house:
        yield house


def resident(house: House, *weights: str) -> LaneState:
    """The lane, once it says that it is idle and has these weights ready and no others."""

    def look() -> LaneState | None:
        lane = only_lane(house)
        return lane if not lane.job_id and sorted(lane.loaded) == sorted(weights) else None

    lane: LaneState = until(look, GONE_S, f"{weights} are loaded", lambda: str(only_lane(house)))
    return lane


def loads(house: House, weights: str) -> int:
    return Tally(house.redis).read(()).models.get((weights, "loads"), 0)


def empty(house: House) -> None:
    """Start from an empty GPU: its lane is killed and comes back."""
    house.kill("lane")
    house.wait_lanes()


# Placement


def test_lane_tells_of_its_gpu_what_fits_there_and_what_it_holds(house: House) -> None:
    lane = only_lane(house)
    assert (lane.title, lane.device, lane.gpu) == ("gpu0", "cuda", 0)
    assert lane.vram_mib == 20480 - 512
    assert lane.models[SMALL] == lane.models[LARGE] == ""
    assert "40,000 MiB" in lane.models[HUGE] and "19,968" in lane.models[HUGE]
    assert "rehearsal" not in lane.models  # that is for a CPU
    completed(house, house.submit(model_id=SMALL))
    lane = resident(house, SMALL)
    (one,) = lane.residents
    assert (one.state, one.price_mib, one.memory_mib) == ("idle", 4000, 4000)
    assert time.time() - lane.beat_at < 5


def test_models_stay_side_by_side_and_equal_weights_are_one(house: House) -> None:
    empty(house)
    before = loads(house, SMALL)
    runs = [completed(house, house.submit(model_id=name)) for name in (SMALL, LARGE, TWIN, SMALL)]
    resident(house, SMALL, LARGE)
    pids = [record.info["pid"] for record in runs]
    assert pids[0] == pids[2] == pids[3] != pids[1]
    until(lambda: loads(house, SMALL) == before + 1, 5, "one load")


def test_least_recently_used_leaves_for_one_that_would_not_fit(house: House) -> None:
    empty(house)
    for name in (SMALL, "rehearsal_gpu_frugal", LARGE):
        completed(house, house.submit(model_id=name))
    resident(house, "rehearsal_gpu_frugal", LARGE)


def test_unequal_gpus_get_what_fits_them(unequal: House) -> None:
    jobs = [unequal.submit(model_id=HUGE, sleep_s=0.5) for _ in range(3)]
    jobs += [unequal.submit(model_id=SMALL, sleep_s=0.1) for _ in range(3)]
    records = [completed(unequal, job) for job in jobs]
    titles = {lane.name: lane.title for lane in unequal.board.lanes()}
    assert {titles[record.lane] for record in records[:3]} == {"gpu1"}
    assert {titles[record.lane] for record in records[3:]} == {"gpu0"}  # the other was busy


def test_job_is_left_to_the_idle_lane_that_holds_its_model(unequal: House) -> None:
    """Both could take it; one need not load it."""
    completed(unequal, unequal.submit(model_id=LARGE))

    def holder() -> str | None:
        holders = [lane.name for lane in unequal.board.lanes() if LARGE in lane.loaded]
        return holders[0] if len(holders) == 1 else None

    name = until(holder, 10, "one lane holds it")
    for _ in range(4):
        time.sleep(0.3)  # both are idle
        assert completed(unequal, unequal.submit(model_id=LARGE)).lane == name


def test_job_that_would_drive_a_model_out_goes_to_a_lane_that_has_room(tmp_path: Path) -> None:
    with fleet(tmp_path, "16384,16384") as house:
        first = completed(house, house.submit(model_id=LARGE))
        until(lambda: any(LARGE in lane.loaded for lane in house.board.lanes()), 10, "it is loaded")
        time.sleep(0.3)  # both are idle
        second = completed(house, house.submit(model_id=SMALL, sleep_s=0.1))
        third = completed(house, house.submit(model_id=LARGE))
        assert first.lane == third.lane
        assert first.info["pid"] == third.info["pid"]
        assert second.attempt == 1


def test_job_is_left_to_an_idle_lane_only_if_that_can_run_it(tmp_path: Path) -> None:
    """One lane, whose GPU holds one of two models; another is only spoken of, and says that it has room."""
    with fleet(tmp_path, "15000", affinity_window_s=4) as house:
        took_s = {}
        for runs in ([], [SMALL, LARGE]):
            completed(house, house.submit(model_id=LARGE))
            said = json.dumps([[], runs, 99_000])
            house.redis.hset("meshkiln:idle", "ghost", f"{time.time() + 60:.3f} {said}")
            began_s = time.monotonic()
            completed(house, house.submit(model_id=SMALL))
            took_s[bool(runs)] = time.monotonic() - began_s
            house.redis.hdel("meshkiln:idle", "ghost")
        assert took_s[False] < 3.0 < took_s[True]


def test_without_affinity_the_order_is_that_of_submission_and_with_it_loaded_models_go_first(
    tmp_path: Path,
) -> None:
    """One GPU that holds one of two models at a time."""
    order = {}
    for window_s in (0, 60):
        folder = tmp_path / str(window_s)
        with fleet(folder, "15000", affinity_window_s=window_s) as house:
            journal = folder / "journal"
            jobs = [
                house.submit(model_id=model_id, journal=str(journal), sleep_s=sleep_s)
                for model_id, sleep_s in (
                    *((LARGE, 2.0), (SMALL, 0.0), (LARGE, 0.0)),
                    *((SMALL, 0.0), (LARGE, 0.0)),
                )
            ]
            for job in jobs:
                completed(house, job)
            rows = [line.split() for line in journal.read_text().splitlines()]
            started = [row[1] for row in rows if row[0] == "start"]
            order[window_s] = [jobs.index(job) for job in started]
    assert order == {0: [0, 1, 2, 3, 4], 60: [0, 2, 4, 1, 3]}


def test_job_whose_run_died_is_not_passed_over(tmp_path: Path) -> None:
    """Younger jobs of the model that is loaded wait, though they may go first otherwise."""
    with fleet(tmp_path, "15000", affinity_window_s=60) as house:
        journal = tmp_path / "journal"
        first = house.submit(model_id=SMALL, sleep_s=1.0, journal=str(journal))
        run = house.running(first, 0.3)
        younger = [house.submit(model_id=LARGE, journal=str(journal)) for _ in range(3)]
        house.kill("lane")
        house.running_again(first, run, 15.0)
        for job in (first, *younger):
            house.ended(job)
        rows = [line.split() for line in journal.read_text().splitlines()]
        assert [row[1] for row in rows if row[0] == "start"] == [first, first, *younger]


def test_measured_price_takes_the_place_of_the_declared_one(tmp_path: Path) -> None:
    """14,000 declared, more taken: after the first run another no longer fits beside it."""
    with fleet(tmp_path, "20480") as house:
        completed(house, house.submit(model_id=LARGE, allocate_mib=4_000))
        lane = resident(house, LARGE)
        assert lane.residents[0].price_mib == 18_000
        prices = house.redis.hgetall("meshkiln:prices")
        assert [int(mib) for mib in prices.values()] == [18_000]
        completed(house, house.submit(model_id=SMALL))
        resident(house, SMALL)


def test_idle_models_leave_after_a_while(tmp_path: Path) -> None:
    with fleet(tmp_path, "20480", keep_alive_s=4) as house:
        completed(house, house.submit(model_id=SMALL))
        resident(house, SMALL)
        resident(house)
        assert house.pids("runner") == []
        completed(house, house.submit(model_id=SMALL))


def test_job_waits_for_memory_that_a_stranger_holds_and_says_so(tmp_path: Path) -> None:
    with fleet(tmp_path, "20480", memory_wait_s=2) as house:
        settings = Settings(data_dir=house.folder, rehearsed_gpus="20480")
        stranger = ledger(settings, 0) / str(os.getpid())
        stranger.write_text("12000")
        waiting = house.submit(model_id=LARGE)
        told = until(lambda: only_lane(house).waits_for, 10, "it says why")
        assert told.startswith(f"{LARGE} needs 14,000 MiB")
        small = house.submit(model_id=SMALL)
        completed(house, small)  # after memory_wait_s others go on
        assert house.store.get(waiting).state is JobState.QUEUED
        stranger.unlink()
        completed(house, waiting)
        until(lambda: not only_lane(house).waits_for, 10, "nothing to tell any more")


# Out of memory


def test_load_that_runs_out_of_memory_beside_others_is_tried_alone(house: House) -> None:
    """The model takes more than its card says, which nobody knows before."""
    empty(house)
    completed(house, house.submit(model_id=LARGE))
    completed(house, house.submit(model_id="rehearsal_gpu_liar"))
    resident(house, "rehearsal_gpu_liar")


def test_load_that_never_fits_fails_for_lack_of_memory_and_the_next_job_succeeds(
    house: House,
) -> None:
    jobs = [house.submit(model_id="rehearsal_load_oom") for _ in range(2)]
    good = house.submit(model_id=SMALL)
    for job in jobs:
        record = house.ended(job)
        assert (record.state, record.error_code) == (JobState.FAILED, "INSUFFICIENT_VRAM")
        assert "memory" in record.error
    first = completed(house, good)
    told = until(lambda: only_lane(house).models["rehearsal_load_oom"], 5, "it says why")
    assert "memory" in told
    # The next one fails of that, and drives nobody out for it.
    assert house.ended(house.submit(model_id="rehearsal_load_oom")).state is JobState.FAILED
    assert completed(house, house.submit(model_id=SMALL)).info["pid"] == first.info["pid"]


def test_run_that_runs_out_of_memory_is_done_at_the_lower_setting(house: House) -> None:
    record = completed(house, house.submit(model_id="rehearsal_gpu_frugal", allocate_mib=30_000))
    (warning,) = record.warnings
    assert warning["code"] == "LOWERED_FOR_MEMORY"
    assert "instead of 30000" in warning["message"]


def test_run_that_has_no_lower_setting_fails_and_the_next_job_succeeds(house: House) -> None:
    record = house.ended(house.submit(model_id=SMALL, fault="gpu_memory"))
    assert (record.state, record.error_code) == (JobState.FAILED, "INSUFFICIENT_VRAM")
    completed(house, house.submit(model_id=SMALL))


def test_process_of_a_model_that_failed_unforeseen_is_replaced(house: House) -> None:
    """After some errors CUDA fails every call of the process."""
    first = completed(house, house.submit(model_id=SMALL))
    record = house.ended(house.submit(model_id=SMALL, fault="raise"))
    assert (record.state, record.error_code) == (JobState.FAILED, "JOB_FAILED")
    second = completed(house, house.submit(model_id=SMALL))
    assert second.info["pid"] != first.info["pid"]
    record = house.ended(house.submit(model_id=SMALL, fault="fail"))  # in the model's own words
    assert record.state is JobState.FAILED
    assert completed(house, house.submit(model_id=SMALL)).info["pid"] == second.info["pid"]


# GPUs of unequal size, and what others hold


def test_job_that_outgrows_a_small_gpu_is_left_to_a_large_one(unequal: House) -> None:
    """The card promises 4,000 MiB, the run takes 24,000."""
    jobs = [unequal.submit(model_id=SMALL, allocate_mib=20_000) for _ in range(4)]
    records = [completed(unequal, job) for job in jobs]
    titles = {lane.name: lane.title for lane in unequal.board.lanes()}
    assert {titles[record.lane] for record in records} == {"gpu1"}
    price = {name: int(mib) for name, mib in unequal.redis.hgetall("meshkiln:prices").items()}
    assert price[f"{SMALL}|allocate_mib=32768"] == 24_000


def test_job_that_once_took_all_there_is_is_done_again_on_a_gpu_that_others_use_a_little(
    tmp_path: Path,
) -> None:
    with fleet(tmp_path, "16384") as house:
        settings = Settings(data_dir=house.folder, rehearsed_gpus="16384")
        (ledger(settings, 0) / str(os.getpid())).write_text("300")
        for _ in range(2):
            completed(house, house.submit(model_id=SMALL, allocate_mib=12_000))
            assert "16000" in house.redis.hvals("meshkiln:prices")
            empty(house)


def test_large_run_does_not_make_small_ones_dear(tmp_path: Path) -> None:
    """The process keeps what its largest run took; that is not the price of the others."""
    with fleet(tmp_path, "20480") as house:
        completed(house, house.submit(model_id=SMALL, allocate_mib=14_000))
        completed(house, house.submit(model_id=SMALL))
        prices = house.redis.hgetall("meshkiln:prices")
        assert {name: int(mib) for name, mib in prices.items()} == {
            f"{SMALL}|allocate_mib=16384": 18_000
        }
        empty(house)
        completed(house, house.submit(model_id=SMALL))
        completed(house, house.submit(model_id=LARGE))
        resident(house, SMALL, LARGE)


# Cancel, deadlines


def cancelled_in_s(house: House, job_id: str) -> float:
    """Seconds from the wish until the lane is free again."""
    began_s = time.monotonic()
    assert house.store.cancel(job_id, time.time()) is JobState.CANCELLED
    until(lambda: not only_lane(house).job_id, 15, "the lane is free")
    return time.monotonic() - began_s


def test_run_that_stops_by_itself_keeps_its_model(house: House) -> None:
    first = completed(house, house.submit(model_id=SMALL))
    job = house.submit(model_id=SMALL, sleep_s=60, steps=1_200)
    house.running(job, 0.5)
    cancelled_in_s(house, job)
    assert completed(house, house.submit(model_id=SMALL)).info["pid"] == first.info["pid"]
    assert house.results(job) == []


@pytest.mark.parametrize("fault", ["hang", "deaf", "stop", "slow_stop"])
def test_run_that_does_not_stop_is_killed_and_the_next_job_succeeds(
    house: House, fault: str
) -> None:
    first = completed(house, house.submit(model_id=SMALL))
    before = {"sleep_s": 60, "steps": 600} if fault == "slow_stop" else {}
    job = house.submit(model_id=SMALL, fault=fault, **before)
    house.running(job, 0.5)
    after = house.submit(model_id=SMALL)
    cancelled_in_s(house, job)
    assert completed(house, after).info["pid"] != first.info["pid"]
    assert house.store.get(job).state is JobState.CANCELLED
    assert house.results(job) == []


def test_deadline_counts_all_tries_of_a_run(tmp_path: Path) -> None:
    """Two tries of 1.5 s each in a limit of 2 s."""
    with fleet(tmp_path, "20480") as house:
        params = {"sleep_s": 1.5, "fault": "gpu_memory", "allocate_mib": 2_000}
        job = submit_for(house, 2, model_id="rehearsal_gpu_frugal", **params)
        assert house.ended(job).error == "the model took longer than its 2 s"


def test_nothing_is_left(house: House) -> None:
    """After all of the above."""
    counts = house.store.counts("127.0.0.1")
    assert (counts.waiting, counts.running) == (0, 0)
    assert list(house.outputs.root.rglob(".*")) == []
