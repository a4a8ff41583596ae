"""Kill lanes, runners, the supervisor, Redis and web processes at random under load, and count what became of the jobs.

    python benchmarks/random_kills.py --kills 30 --seed 1

Every process is real; the jobs are the tests' rehearsals, which note when they start and whether two runs of one job
overlap. Ends with an error when a job was lost, ran twice at once, or anything was left behind. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from redis.exceptions import RedisError

from serving.errors import TooManyJobs
from serving.jobs.record import JobState
from tests.serving.house import House, until

VICTIMS = ("lane", "runner", "redis", "web", "supervisor")
WEIGHTS = (4, 4, 3, 2, 1)
SETTLE_S = 120


class Load:
    """A thread that submits jobs and remembers those that were accepted."""

    def __init__(self, house: House, journal: Path, seed: int) -> None:
        self.house = house
        self.journal = journal
        self.accepted: list[str] = []
        self.refused = 0
        self._random = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(0.3):
            try:
                length_s = self._random.choice((0.0, 0.1, 0.5, 1.0))
                job = self.house.submit(sleep_s=length_s, steps=5, journal=str(self.journal))
                self.accepted.append(job)
            except (RedisError, TooManyJobs):
                self.refused += 1


def kill_one(house: House, kind: str) -> bool:
    pids = house.web_workers() if kind == "web" else house.pids(kind)
    if not pids:
        return False
    with suppress(ProcessLookupError):
        os.kill(random.choice(pids), signal.SIGKILL)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random.seed(args.seed)
    with tempfile.TemporaryDirectory(prefix="random-kills-") as folder:
        house = House(
            Path(folder), cpu_lanes=args.lanes, max_waiting_per_client=100_000, submits_per_minute=0
        )
        try:
            return run(house, args.kills, args.lanes, args.seed)
        finally:
            house.end()


def run(house: House, kills: int, lanes: int, seed: int) -> int:
    server = house.start("api.py")
    house.open(lanes)
    until(house.healthy, 20, "the web")
    journal = house.folder / "journal"
    load = Load(house, journal, seed)
    killed: Counter[str] = Counter()
    while killed.total() < kills:
        time.sleep(random.uniform(0.2, 3.0))
        (kind,) = random.choices(VICTIMS, WEIGHTS)
        if kill_one(house, kind):
            killed[kind] += 1
            print(
                f"{killed.total():4} {kind} killed, {len(load.accepted)} jobs accepted", flush=True
            )
    load.stop()
    began_s = time.monotonic()
    states = settle(house, load.accepted)
    settled_s = time.monotonic() - began_s
    drafts = len(list(house.outputs.root.rglob(".*")))
    rows = [line.split() for line in journal.read_text().splitlines()]
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    orphans = house.pids()
    failed = [record for record in states.values() if record.state is JobState.FAILED]
    table = {
        "killed": ", ".join(f"{count} {kind}" for kind, count in killed.most_common()),
        "submits refused meanwhile": load.refused,
        "jobs accepted": len(load.accepted),
        "completed": sum(record.state is JobState.COMPLETED for record in states.values()),
        "failed with a reason": sum(bool(record.error) for record in failed),
        "lost": len(load.accepted) - sum(r.state is not JobState.QUEUED for r in states.values()),
        "ran twice at once": sum(row[0] == "overlap" for row in rows),
        "runs in all": sum(row[0] == "start" for row in rows),
        "needed a second run": sum(record.attempt > 1 for record in states.values()),
        "seconds until all had ended": round(settled_s, 1),
        "drafts left": drafts,
        "processes left": len(orphans),
    }
    print()
    for name, value in table.items():
        print(f"| {name:<28} | {value}")
    for reason, count in Counter(record.error for record in failed).items():
        print(f"  {count} times: {reason}")
    return int(
        any(table[name] for name in ("lost", "ran twice at once", "drafts left", "processes left"))
    )


def settle(house: House, jobs: list[str]) -> dict:
    """The records once all have ended, or when patience ends."""
    deadline_s = time.monotonic() + SETTLE_S
    ended = {JobState.COMPLETED, JobState.FAILED}
    states: dict = {}
    while time.monotonic() < deadline_s:
        with suppress(RedisError):
            states = {record.job_id: record for record in house.store.get_many(jobs)}
            if len(states) == len(jobs) and all(r.state in ended for r in states.values()):
                break
        time.sleep(0.2)
    return {job: record for job, record in states.items() if record.state in ended}


if __name__ == "__main__":
    sys.exit(main())
