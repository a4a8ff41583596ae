"""How long the jobs of killed processes wait for their next run. A part of random_kills.py.

A job counts when its run was under way as its lane, its runner or the supervisor was killed, and it ran again: one that
had no attempt left, or was cancelled first, does not. The next run has begun when a lane has started it, as its record
says. Where the supervisor or Redis was killed shortly before or meanwhile, the wait counts from the last of these
kills: nothing can run again before they are back.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from serving.jobs.record import JobRecord, JobState
from tests.serving.house import House

LOOK_S = 0.05
# So long a kill of the supervisor or of Redis may still be felt.
FELT_S = 5.0
ATTENDED, ALONE = "under a living supervisor", "otherwise"
LIMITS_S = {ATTENDED: 5.0, ALONE: 15.0}


@dataclass(frozen=True)
class Struck:
    """A run that was killed, and when."""

    job_id: str
    run_id: str
    lane: str
    at_s: float
    by: str


class Reruns:
    """A thread that waits for the next run of each job that was struck.

    `delays_s` by what was alive meanwhile, `late` tells of those that took longer than they may (LIMITS_S).
    """

    def __init__(self, house: House) -> None:
        self.delays_s: dict[str, list[float]] = defaultdict(list)
        self.late: list[str] = []
        self._waits_s: dict[Struck, float] = {}  # after what time the job was seen to wait again
        self._house = house
        self._open: list[Struck] = []
        self._felt: list[float] = []  # when the supervisor or Redis was killed
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def running_of(self, kind: str, pid: int) -> list[JobRecord]:
        """The jobs that a process has under way. None where Redis is away: then nobody can tell."""
        if kind not in ("lane", "runner", "supervisor"):
            return []
        with suppress(RedisError, OSError):
            records = self._house.store.get_many(self._house.store.running_ids())
            if kind == "supervisor":
                return records
            lane_pid = pid if kind == "lane" else _parent(pid)
            names = {lane.name for lane in self._house.board.lanes() if lane.pid == lane_pid}
            mine = [record for record in records if record.lane in names]
            return [record for record in mine if kind == "lane" or self._runs(record, pid)]
        return []

    def _runs(self, record: JobRecord, pid: int) -> bool:
        weights = self._house.desk.catalog.cards[record.model_id].weights
        return weights.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")

    def note(self, kind: str, records: Iterable[JobRecord]) -> None:
        """A process was killed just now that had these jobs."""
        now_s = time.time()
        with self._lock:
            if kind in ("supervisor", "redis"):
                self._felt.append(now_s)
            self._open += [
                Struck(record.job_id, record.run_id, record.lane, now_s, kind) for record in records
            ]

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def told(self, name: str) -> str:
        """One kind of delays in words."""
        delays_s = self.delays_s[name]
        if not delays_s:
            return "none"
        middle_s, longest_s = statistics.median(delays_s), max(delays_s)
        return f"{len(delays_s)}; median {middle_s:.1f} s, max {longest_s:.1f} s"

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            with self._lock:
                struck = list(self._open)
            if not struck:
                continue
            with suppress(RedisError):
                ids = [one.job_id for one in struck]
                records = {record.job_id: record for record in self._house.store.get_many(ids)}
                over = {one for one in struck if self._is_over(one, records.get(one.job_id))}
                with self._lock:
                    self._open = [one for one in self._open if one not in over]

    def _is_over(self, struck: Struck, record: JobRecord | None) -> bool:
        """Whether the next run has begun or there will be none."""
        if record is None or record.run_id == struck.run_id:
            return record is None or record.has_ended
        if record.state is JobState.QUEUED:
            self._waits_s.setdefault(struck, time.time() - struck.at_s)
            return False
        if record.run_id:
            self._count(struck, record)
        return True

    def _count(self, struck: Struck, record: JobRecord) -> None:
        with self._lock:
            felt = [at for at in self._felt if struck.at_s - FELT_S < at < record.started_at]
        name = ALONE if felt or struck.by == "supervisor" else ATTENDED
        delay_s = record.started_at - max([struck.at_s, *felt])
        self.delays_s[name].append(delay_s)
        if delay_s > LIMITS_S[name]:
            waits_s = self._waits_s.get(struck, 0.0)
            self.late.append(
                f"{delay_s:.1f} s {name}: {record.model_id} {record.job_id}, its {struck.by} killed at"
                f" {time.strftime('%X', time.localtime(struck.at_s))}, waited again after {waits_s:.1f} s"
            )


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
