"""Lanes of rehearsed GPUs: what eight do that one does, what residents cost, a decision, progress, cancel.

    python benchmarks/gpu_lanes.py [--only throughput residents decision progress cancel]

Everything is real but the GPUs: ai_worker.py, lanes, runners, a Redis of its own. The models (benchmarks/plugin)
compute nothing, so that two cores are enough for eight lanes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import harness

sys.path.insert(0, str(harness.ROOT))

from decision import decision_table

from pipelines.catalog import Catalog
from pipelines.execute import execute
from pipelines.messages import Done, Run
from pipelines.spec import Work
from serving.jobs.board import LaneState
from serving.jobs.record import JobRecord, JobState
from serving.jobs.submit import Request
from serving.worker.residency.handle import RunnerHandle
from tests.serving.house import House, until

PLUGIN = harness.ROOT / "benchmarks" / "plugin"
GPU_MIB = 24_576
MODEL = "timed_0"
SLEEP_S, JOBS_PER_LANE = 1.0, 12
BATCH, ROUNDS = 200, 5
TRIPS = 500
REPORTS, RUNS = 20, 2
CANCELS = 8
ASKED_S = 0.01  # so often somebody looks whether progress has arrived


@contextmanager
def fleet(lanes: int) -> Iterator[House]:
    """ai_worker.py with so many rehearsed GPUs, and a desk that knows the benchmarks' models."""
    with tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder:
        house = House(
            Path(folder),
            cpu_lanes=0,
            rehearsed_gpus=f"{lanes}x{GPU_MIB}",
            plugin_dir=PLUGIN,
            features="timed",
            log_level="WARNING",
        )
        try:
            house.start("ai_worker.py")
            house.open(lanes)
            house.desk = replace(house.desk, catalog=Catalog.discover((PLUGIN,)))
            yield house
        finally:
            house.end()


def submit(house: House, model_id: str = MODEL, **params: Any) -> str:
    """A job of one of many clients: one alone may have a hundred waiting."""
    client = f"10.0.0.{random.randrange(250)}"
    return house.desk.submit(Request(client, "timed", model_id, params=params)).job_id


def all_completed(house: House, jobs: Sequence[str], within_s: float = 300.0) -> list[JobRecord]:
    """Wait until they are, looking seldom enough to cost nothing."""
    ended = {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED}
    until_s = time.monotonic() + within_s
    while not ended.issuperset(house.store.states(list(jobs))):
        if time.monotonic() > until_s:
            raise RuntimeError(f"not all had ended within {within_s:g} s")
        time.sleep(0.1)
    records = house.store.get_many(list(jobs))
    if bad := [record for record in records if record.state is not JobState.COMPLETED]:
        raise RuntimeError(f"{bad[0].job_id} is {bad[0].state}: {bad[0].error}")
    return records


def warm(house: House, lanes: int) -> None:
    """Have every lane load the model: a job is not left to a lane that is busy."""

    def all_loaded() -> bool:
        return [lane.loaded for lane in house.board.lanes()] == [(MODEL,)] * lanes

    for _ in range(5):
        all_completed(house, [submit(house, pauses_s=(3.0,)) for _ in range(lanes)])
        time.sleep(2.5)  # the board is told every 2 s
        if all_loaded():
            return
    raise RuntimeError("not all lanes have loaded the model")


# throughput


def throughput() -> None:
    rates = {lanes: _jobs_per_s(lanes) for lanes in (1, 8)}
    ratio = rates[8] / rates[1]
    rows = [
        (f"{lanes} x {GPU_MIB} MiB", f"{rate:.2f}", f"{rate / rates[1]:.2f}", "")
        for lanes, rate in rates.items()
    ]
    rows[-1] = (*rows[-1][:2], f"{ratio:.2f}", "7 at least")
    title = f"Jobs that sleep {SLEEP_S:g} s, {JOBS_PER_LANE} for each lane, their model loaded"
    harness.table(title, ("lanes", "jobs per second", "ratio", "limit"), rows)


def _jobs_per_s(lanes: int) -> float:
    with fleet(lanes) as house:
        warm(house, lanes)
        jobs = [submit(house, pauses_s=(SLEEP_S,)) for _ in range(lanes * JOBS_PER_LANE)]
        records = all_completed(house, jobs)
        began_s = min(record.started_at for record in records)
        return len(jobs) / (max(record.finished_at for record in records) - began_s)


# what residents cost


def residents() -> None:
    """Two fleets of one lane, measured in turn: the machine's moods hit both."""
    with ExitStack() as stack:
        few, many = (stack.enter_context(fleet(1)) for _ in range(2))
        warm(few, 1)
        for number in range(8):
            all_completed(many, [submit(many, f"timed_{number}")])
        (lane,) = until(lambda: _with_residents(many, 8), 10, "eight models are loaded")
        count = len(lane.residents)
        pairs = [(_ms_per_job(few), _ms_per_job(many)) for _ in range(ROUNDS)]
    few_ms, many_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
    each_ms = (many_ms - few_ms) / (count - 1)
    trip_ms, tail_ms = _round_trip_ms()
    bare_ms = _bare_ms()
    rows = [
        ("no-op job, 1 resident", f"{few_ms:.2f}", ""),
        (f"no-op job, {count} residents", f"{many_ms:.2f}", ""),
        ("each further resident adds to a job", f"{each_ms:.2f}", ""),
        ("no-op run in this process", f"{bare_ms:.2f}", ""),
        ("no-op run in a runner, p50", f"{trip_ms:.2f}", ""),
        ("no-op run in a runner, p95", f"{tail_ms:.2f}", ""),
        ("the runner adds to a job, p50", f"{trip_ms - bare_ms:.2f}", "2"),
    ]
    harness.table("What a resident model costs, ms", ("", "ms", "limit"), rows)


def _with_residents(house: House, count: int) -> list[LaneState]:
    return [lane for lane in house.board.lanes() if len(lane.loaded) == count]


def _ms_per_job(house: House) -> float:
    """Of no-op jobs from a full queue, which fills while a longer job runs."""
    blocker = submit(house, pauses_s=(1.0,))
    jobs = [submit(house) for _ in range(BATCH)]
    first, *_, last = all_completed(house, [blocker, *jobs])
    return (last.finished_at - first.finished_at) * 1000 / BATCH


@contextmanager
def _work() -> Iterator[Work]:
    with tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder:
        params = {"pauses_s": (), "hangs": False}
        yield Work("0" * 32, "timed", MODEL, {}, params, {}, Path(folder))


def _round_trip_ms() -> tuple[float, float]:
    """p50 and p95 of a no-op run through the handle, as a lane makes it."""
    took_ms = []
    with _work() as work:
        runner = RunnerHandle(MODEL, device="cuda", plugin_dirs=(PLUGIN,))
        try:
            for _ in range(TRIPS + 1):
                began_s = time.perf_counter()
                runner.send(Run(work))
                while not isinstance(runner.receive(10.0), Done):
                    continue
                took_ms.append((time.perf_counter() - began_s) * 1000)
        finally:
            runner.kill()
    took_ms = sorted(took_ms[1:])  # the first one loads the model
    return statistics.median(took_ms), took_ms[int(len(took_ms) * 0.95)]


def _bare_ms() -> float:
    """p50 of the same run without a runner."""
    catalog, took_ms = Catalog.discover((PLUGIN,)), []
    adapter = catalog.adapters[MODEL]()
    with _work() as work:
        for _ in range(TRIPS):
            began_s = time.perf_counter()
            execute(work, catalog, adapter, lambda stage, fraction=0.0: None)
            took_ms.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(took_ms)


# progress


def progress() -> None:
    """How long after a run reports its record says so."""
    late_ms: list[float] = []
    with fleet(1) as house:
        warm(house, 1)
        for _ in range(RUNS):
            late_ms += _late_ms(house)
    rows = [
        ("median", f"{statistics.median(late_ms):.0f}", ""),
        ("max", f"{max(late_ms):.0f}", "500"),
    ]
    title = (
        f"From a report in the model to the record, ms, {len(late_ms)} reports 0.1 to 1.5 s apart"
    )
    harness.table(title, ("", "ms", "limit"), rows)


def _late_ms(house: House) -> list[float]:
    pauses_s = tuple(random.uniform(0.1, 1.5) for _ in range(REPORTS))
    job = submit(house, pauses_s=(*pauses_s, 1.0))  # the last report is told by the end as well
    seen: list[tuple[float, float]] = []
    while (record := house.store.get(job)).state is not JobState.COMPLETED:
        if not seen or record.progress > seen[-1][1]:
            seen.append((time.time(), record.progress))
        time.sleep(ASKED_S)
    told = enumerate(record.info["moments"][:-1], 1)
    return [(_when(seen, 99.0 * count / (REPORTS + 1)) - at_s) * 1000 for count, at_s in told]


def _when(seen: Sequence[tuple[float, float]], percent: float) -> float:
    """When the record first said at least so much. A feature's percentage is rounded, and ends at 99."""
    return next(at_s for at_s, reached in seen if reached >= percent - 0.1)


# cancel


def cancel() -> None:
    kinds: dict[str, tuple[Callable[[House], str], str]] = {
        "reports every 50 ms": (lambda house: submit(house, pauses_s=(0.05,) * 1_000), "750"),
        "hangs in C": (lambda house: submit(house, pauses_s=(0.05,), hangs=True), "3000"),
    }
    rows = []
    with fleet(1) as house:
        warm(house, 1)
        for name, (start, limit) in kinds.items():
            took_ms = [_cancelled_in_ms(house, start) for _ in range(CANCELS)]
            told = statistics.median(took_ms), max(took_ms)
            rows.append((name, *(f"{value:.0f}" for value in told), limit))
    head = ("the run", "median ms", "max ms", "limit")
    harness.table("From the wish to cancel to the start of the next job on that lane", head, rows)


def _cancelled_in_ms(house: House, start: Callable[[House], str]) -> float:
    job = start(house)
    until(lambda: house.store.get(job).progress > 0, 30, "the model is at work")
    after = submit(house)
    time.sleep(random.uniform(0.3, 1.0))
    asked_s = time.time()
    if house.store.cancel(job, asked_s) is not JobState.CANCELLED:
        raise RuntimeError("it was not cancelled")
    (record,) = all_completed(house, [after], 30)
    return (record.started_at - asked_s) * 1000


PARTS: dict[str, Callable[[], None]] = {
    "throughput": throughput,
    "residents": residents,
    "decision": decision_table,
    "progress": progress,
    "cancel": cancel,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, help="some of the tables"
    )
    for name in parser.parse_args().only:
        PARTS[name]()


if __name__ == "__main__":
    main()
