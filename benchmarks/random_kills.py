"""Kill lanes, runners, the supervisor, Redis and web processes at random under load, and count what became of the jobs.

    python benchmarks/random_kills.py                     two CPU lanes, two rehearsed GPUs, 200 kills, some 5 minutes
    python benchmarks/random_kills.py --kills 20 --gpus "" --seed 2

Every process is real; the jobs are the tests' rehearsals, which note when they start and whether two runs of one job
overlap. Some jobs are cancelled at random moments. Kills fall anywhere; every third one of a lane is aimed at a job's
start. Ends with an error when a job was lost or ran twice at once, when a cancelled one went on or another was taken
for cancelled, when a job whose run was killed waited too long for the next, or when anything was left. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from redis.exceptions import RedisError
from reruns import LIMITS_S, Reruns

from serving.errors import TooManyJobs
from serving.jobs.record import ENDS, JobRecord, JobState
from serving.settings import Settings
from tests.serving.house import House, until

VICTIMS = ("lane", "runner", "redis", "web", "supervisor")
WEIGHTS = (4, 4, 2, 2, 1)
PAUSE_S = (0.1, 2.2)
AIMED = 0.33
RESERVE_MIB = 512
LOAD_RETRY_S = 2
CPU_MODELS = ("rehearsal", "rehearsal_other")
GPU_MODELS = tuple(f"rehearsal_gpu_{name}" for name in ("small", "small_twin", "large", "huge"))
LENGTHS_S = (0.0, 0.1, 0.5, 1.0, 2.0)
SUBMIT_S = 0.6
CANCELLED = 0.1
SETTLE_S, STOP_S = 120, 5


class Load:
    """A thread that submits jobs, remembers those that were accepted, and takes some of them back.

    `answers` are what the wish to cancel was answered, by job.
    """

    def __init__(self, house: House, journal: Path, models: list[str], seed: int) -> None:
        self.house = house
        self.journal = journal
        self.models = models
        self.accepted: list[str] = []
        self.answers: dict[str, JobState] = {}
        self.was: Counter[str] = Counter()  # where jobs stood when they were cancelled
        self.refused = 0
        self._wishes: dict[str, float] = {}  # when each is to be cancelled
        self._random = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more jobs; the wishes that are left are said first."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        submit_at_s = 0.0
        while not self._stopping.is_set() or self._wishes:
            now_s = time.monotonic()
            if now_s >= submit_at_s and not self._stopping.is_set():
                submit_at_s = now_s + SUBMIT_S * self._random.uniform(0.5, 1.5)
                self._submit()
            for job in [job for job, at_s in self._wishes.items() if at_s <= now_s]:
                self._cancel(job)
            time.sleep(0.02)

    def _submit(self) -> None:
        params = {"sleep_s": self._random.choice(LENGTHS_S), "journal": str(self.journal)}
        try:
            model_id = self._random.choice(self.models)
            job = self.house.submit(model_id=model_id, steps=10, **params)
        except (RedisError, TooManyJobs):
            self.refused += 1
            return
        self.accepted.append(job)
        if self._random.random() < CANCELLED:
            self._wishes[job] = time.monotonic() + self._random.uniform(0.0, 2.0)

    def _cancel(self, job: str) -> None:
        """Asked until it is answered: a wish whose answer was lost may have been fulfilled."""
        with suppress(RedisError):
            was = self.house.store.get(job).state
            self.answers[job] = self.house.store.cancel(job, time.time())
            self.was[was.value] += 1
            del self._wishes[job]


class Killer:
    """Kills one process after the other."""

    def __init__(self, house: House, reruns: Reruns) -> None:
        self.house = house
        self.reruns = reruns
        self.killed: Counter[str] = Counter()

    def kill_one(self) -> None:
        """Wait a random while, then kill a random process of a random kind, if there is one."""
        time.sleep(random.uniform(*PAUSE_S))
        (kind,) = random.choices(VICTIMS, WEIGHTS)
        if kind == "lane" and random.random() < AIMED:
            self._kill_at_a_start()
            return
        pids = self.house.web_workers() if kind == "web" else self.house.pids(kind)
        if pids:
            self._kill(kind, random.choice(pids), kind)

    def _kill_at_a_start(self) -> None:
        """The lane of the next job that starts, within some milliseconds of that."""
        with suppress(RedisError):
            before, until_s = set(self.house.store.running_ids()), time.monotonic() + 2.0
            while time.monotonic() < until_s:
                for job in set(self.house.store.running_ids()) - before:
                    lane = self.house.board.lane(self.house.store.get(job).lane)
                    if lane is not None:
                        self._kill("lane", lane.pid, "lane at a start")
                        return

    def _kill(self, kind: str, pid: int, name: str) -> None:
        struck = self.reruns.running_of(kind, pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.reruns.note(kind, struck)
            self.killed[name] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--lanes", type=int, default=2, help="lanes of the CPU")
    parser.add_argument("--gpus", default="16384,49152", help="MiB of each rehearsed GPU")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-log", type=Path, help="file for what the processes said")
    args = parser.parse_args()
    random.seed(args.seed)
    with tempfile.TemporaryDirectory(prefix="random-kills-") as folder:
        house = House(
            Path(folder),
            cpu_lanes=args.lanes,
            rehearsed_gpus=args.gpus,
            vram_reserve_mib=RESERVE_MIB,
            load_retry_s=LOAD_RETRY_S,
            plugin_dir=Path(__file__).resolve().parents[1] / "tests" / "plugin",
        )
        try:
            return run(house, args)
        finally:
            house.end()
            if args.keep_log:
                args.keep_log.write_text(house.log())


def run(house: House, args: argparse.Namespace) -> int:
    server = house.start("api.py")
    gpus_mib = Settings(rehearsed_gpus=args.gpus).rehearsed_gpus_mib
    house.open(args.lanes + len(gpus_mib))
    until(house.healthy, 20, "the web")
    load = Load(house, house.folder / "journal", models(house, args.lanes, gpus_mib), args.seed)
    reruns = Reruns(house)
    killer = Killer(house, reruns)
    while killer.killed.total() < args.kills:
        killer.kill_one()
        print(f"{killer.killed.total():4} killed, {len(load.accepted)} jobs accepted", flush=True)
    load.stop()
    began_s = time.monotonic()
    records = settle(house, load.accepted)
    settled_s = time.monotonic() - began_s
    reruns.stop()
    told: dict[str, object] = {
        "killed": _listed(killer.killed),
        "seconds until all had ended": round(settled_s, 1),
    }
    bad = jobs_told(load, records) | left_told(house, server)
    return report(told, bad, load, records, reruns)


def models(house: House, cpu_lanes: int, gpus_mib: tuple[int, ...]) -> list[str]:
    """Those that can run here."""
    largest_mib = max(gpus_mib, default=0) - RESERVE_MIB
    cards = house.desk.catalog.cards
    on_gpus = [name for name in GPU_MODELS if cards[name].vram_mib <= largest_mib]
    # As many jobs for the lanes of the CPU as for those of GPUs.
    return [*(CPU_MODELS * 2 if cpu_lanes else ()), *on_gpus]


def settle(house: House, jobs: list[str]) -> dict[str, JobRecord]:
    """The records once all have ended, or when patience ends."""
    deadline_s = time.monotonic() + SETTLE_S
    records: dict[str, JobRecord] = {}
    while time.monotonic() < deadline_s:
        with suppress(RedisError):
            is_over = _unended(house) == 0  # also those whose acceptance was not heard
            records = {record.job_id: record for record in house.store.get_many(jobs)}
            if is_over:
                break
        time.sleep(0.2)
    return records


def jobs_told(load: Load, records: dict[str, JobRecord]) -> dict[str, int]:
    """What must be 0, of jobs."""
    states = {job: records[job].state if job in records else None for job in load.accepted}
    wished = {job for job, answer in load.answers.items() if answer is JobState.CANCELLED}
    cancelled = {job for job, state in states.items() if state is JobState.CANCELLED}
    failed = [one for one in records.values() if one.state is JobState.FAILED]
    left = drafts(load.house)  # first: what is cancelled last is cleared away meanwhile
    there = results(load.house)
    completed = {job for job, state in states.items() if state is JobState.COMPLETED}
    return {
        "lost": sum(state is None for state in states.values()),
        "never ended": sum(state is JobState.QUEUED for state in states.values()),
        "spinning": sum(state is JobState.PROCESSING for state in states.values()),
        "ran twice at once": sum(row[0] == "overlap" for row in journal(load)),
        "failed without a reason": sum(not one.error for one in failed),
        "cancelled, and not so": len(wished - cancelled),
        "not cancelled, and yet so": len(cancelled - wished),
        "completed without a result": len(completed - there),
        "results of others": len(there & (set(states) - completed)),
        "waiting or running in the end": _unended(load.house),
        "drafts left": len(left),
    }


def results(house: House) -> set[str]:
    """The jobs that have published something."""
    return {path.name for path in house.outputs.root.glob("*/[!.]*") if any(path.iterdir())}


def drafts(house: House) -> list[str]:
    """What is left of runs, once those that were cancelled last had time to stop: .<job>.<run>"""
    until_s = time.monotonic() + STOP_S
    while left := [path.name for path in house.outputs.root.rglob(".*")]:
        if time.monotonic() > until_s:
            break
        time.sleep(0.2)
    return left


def _unended(house: House) -> int:
    """Of all jobs, also those whose submit was not answered."""
    counts = house.store.counts("")
    return counts.waiting + counts.running


def left_told(house: House, server: subprocess.Popen[bytes]) -> dict[str, int]:
    """What must be 0, of processes, after the server was told to end."""
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    return {"processes left": len(house.pids())}


def journal(load: Load) -> list[list[str]]:
    return [line.split() for line in load.journal.read_text().splitlines()]


def report(
    told: dict[str, object],
    bad: dict[str, int],
    load: Load,
    records: dict[str, JobRecord],
    reruns: Reruns,
) -> int:
    """Print the table. 1 where a rule was broken."""
    states = Counter(record.state for record in records.values())
    told |= {
        "submits refused meanwhile": load.refused,
        "jobs accepted": len(load.accepted),
        **{f"  {state.value}": states[state] for state in sorted(ENDS)},
        "cancelled while": _listed(load.was),
        "runs in all": sum(row[0] == "start" for row in journal(load)),
        "needed a second run": sum(record.attempt > 1 for record in records.values()),
    }
    told |= {
        f"run again, {name} ({limit_s:g} s)": reruns.told(name)
        for name, limit_s in LIMITS_S.items()
    }
    bad["run again too late"] = len(reruns.late)
    print()
    for row, value in (told | bad).items():
        print(f"| {row:<40} | {value}")
    for reason, count in Counter(
        record.error for record in records.values() if record.state is JobState.FAILED
    ).items():
        print(f"  {count} failed: {reason}")
    for late in reruns.late:
        print(f"  {late}")
    for name in drafts(load.house):
        record = records.get(name.split(".")[1])
        print(f"  draft {name} of a job that is {record and record.state.value}")
    for job in results(load.house) & set(records):
        if records[job].state is not JobState.COMPLETED:
            print(f"  results of {job}, which is {records[job].state.value}: {records[job].error}")
    return int(any(bad.values()))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
