"""What job records are looked up for: one job, a client's list, a page of its history, counts. Nothing is moved here.

All counts and positions are O(log n).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from redis import Redis

from pipelines.spec import ModelCard
from serving.errors import Gone, NotFound
from serving.jobs.keyspace import (
    FINISHED,
    JOB_COUNTS,
    PREFIX,
    RUNNING,
    WAITING,
    client_key,
    file_key,
    gone_key,
    job_key,
    pace_key,
    scripts,
)
from serving.jobs.record import ENDS, JobRecord, JobState, read_json
from serving.settings import Settings

_MAX_SETTLED = 5_000
_PACE_HOLDS_S = 5.0
# The short lists of what has not ended, by state.
_LIVE = {JobState.QUEUED: "waiting", JobState.PROCESSING: "running"}

# What lists show of jobs that wait or run.
LISTED_FIELDS = (
    *("made", "state", "seq", "attempt", "started_at", "finished_at"),
    *("stage", "progress", "warnings"),
)


@dataclass(frozen=True)
class Counts:
    """How many jobs wait and run, of all clients and of one."""

    waiting: int
    running: int
    client_waiting: int
    client_running: int


@dataclass(frozen=True)
class Listed:
    """A record as a list shows it.

    `position` is the number of jobs before it, None when it does not wait; `running` how many jobs run now.
    """

    record: JobRecord
    position: int | None
    running: int = 0


@dataclass(frozen=True)
class Page:
    """A part of a longer list of jobs, newest first, and how long the list is."""

    listed: list[Listed]
    total: int


class Standing(NamedTuple):
    """Where a job is, as far as that is told to who follows it. `state` is None where it has no record."""

    state: JobState | None
    attempt: int = 0
    stage: str = ""
    progress: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.state is None or self.state in ENDS

    @classmethod
    def of(cls, record: JobRecord) -> Standing:
        return cls(record.state, record.attempt, record.stage, record.progress)


GONE = Standing(None)


class JobReader:
    """Reads records. One instance per process; safe to use from several threads."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self.redis = redis
        self._history_size = settings.history_size
        self._scripts = scripts(redis)
        self._settled: dict[str, JobRecord] = {}
        self._paces: dict[str, tuple[float, float]] = {}

    def get(self, job_id: str) -> JobRecord:
        """One record. Raises NotFound, or Gone when it was there."""
        return self.get_listed(job_id).record

    def get_listed(self, job_id: str) -> Listed:
        """One record and its position, in one trip. Raises NotFound, or Gone when it was there."""
        found = self._scripts["look"]([job_key(job_id), WAITING, RUNNING], [job_id])
        if not found:
            raise self._missing(job_id)
        position, running, row = found
        record = JobRecord.from_hash(dict(zip(row[::2], row[1::2], strict=True)))
        return Listed(record, None if position < 0 else position, running)

    def get_all_listed(self, job_ids: Sequence[str]) -> dict[str, Listed]:
        """Those of the jobs that exist, by id, all as they stand at one moment."""
        with self.redis.pipeline() as pipe:
            pipe.zcard(RUNNING)
            for job_id in job_ids:
                pipe.hgetall(job_key(job_id))
                pipe.zrank(WAITING, job_id)
            running, *rows = pipe.execute()
        pairs = zip(job_ids, rows[::2], rows[1::2], strict=True)
        return {
            job_id: Listed(JobRecord.from_hash(row), position, running)
            for job_id, row, position in pairs
            if row
        }

    def positions(self, job_ids: Sequence[str]) -> list[int | None]:
        """How many jobs wait before each; None for one that does not wait."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.zrank(WAITING, job_id)
            return list(pipe.execute())

    def live_ids(self, client: str) -> list[str]:
        """Ids of a client's jobs that wait or run, oldest first."""
        with self.redis.pipeline() as pipe:  # at one moment: none is between the two lists
            for name in _LIVE.values():
                pipe.zrange(client_key(client, name), 0, -1, withscores=True)
            waiting, running = pipe.execute()
        return [str(job_id) for job_id, _ in sorted([*waiting, *running], key=lambda row: row[1])]

    def _missing(self, job_id: str) -> NotFound | Gone:
        owner = self.redis.get(gone_key(job_id))
        if owner:
            return Gone(f"job {job_id:.64} was deleted or has expired", str(owner))
        return NotFound(f"no job {job_id:.64}")

    def history(
        self,
        client: str,
        *,
        state: JobState | None = None,
        feature: str = "",
        created: tuple[float, float] = (-math.inf, math.inf),
        first: int = 0,
        count: int = 100,
    ) -> Page:
        """A page of a client's jobs, newest first: in one state, of one feature, from a span of time."""
        if state in _LIVE:
            return self._live_history(client, _LIVE[state], feature, created, first, count)
        filed_under = file_key(client, feature, state.value if state else "")
        bounds = ["-inf" if at == -math.inf else "+inf" if at == math.inf else at for at in created]
        total, running, *rows = read_json(
            self._scripts["history"]([filed_under], [first, count, *bounds])
        )
        listed = [
            Listed(
                JobRecord.from_hash(dict(zip(row[::2], row[1::2], strict=True))),
                None if position < 0 else position,
                running,
            )
            for position, row in rows
        ]
        return Page(listed, int(total))

    def _live_history(
        self,
        client: str,
        name: str,
        feature: str,
        created: tuple[float, float],
        first: int,
        count: int,
    ) -> Page:
        """The same of the jobs that wait or run: a client has few of those."""
        ids = [str(job_id) for job_id in self.redis.zrevrange(client_key(client, name), 0, -1)]
        earliest, latest = created
        records = [
            record
            for record in self.get_many(ids)
            if feature in ("", record.feature) and earliest <= record.created_at <= latest
        ]
        shown = records[first : first + count]
        with self.redis.pipeline(transaction=False) as pipe:
            for record in shown:
                pipe.zrank(WAITING, record.job_id)
            pipe.zcard(RUNNING)
            *positions, running = pipe.execute()
        listed = [Listed(*pair, running) for pair in zip(shown, positions, strict=True)]
        return Page(listed, len(records))

    def of_client(self, client: str) -> list[Listed]:
        """The jobs a client's list shows, newest first: all that wait or run, and the last finished ones.

        One trip, and a second one when jobs have finished that this process has not shown yet: a finished record never
        changes, so it is fetched and parsed once.
        """
        keys = [WAITING, *(client_key(client, name) for name in ("waiting", "running", "finished"))]
        rows = read_json(
            self._scripts["listing"](keys, [PREFIX, self._history_size, *LISTED_FIELDS])
        )
        settled = self._settled_records([row for row in rows if isinstance(row, str)])
        listed = []
        for row in rows:
            if isinstance(row, str):
                if row in settled:  # else retention took it between the two trips
                    listed.append(Listed(settled[row], None))
            else:
                # Lua says false for a field that is not there.
                pairs = zip(LISTED_FIELDS, row[1:], strict=True)
                record = JobRecord.from_hash(
                    {name: text for name, text in pairs if text is not False}
                )
                listed.append(Listed(record, None if row[0] < 0 else row[0]))
        return listed

    def _settled_records(self, job_ids: list[str]) -> dict[str, JobRecord]:
        """Finished records by id, from memory where this process has shown them before."""
        remembered = self._settled
        found = {job_id: remembered[job_id] for job_id in job_ids if job_id in remembered}
        new = [job_id for job_id in job_ids if job_id not in found]
        if new:
            found |= {record.job_id: record for record in self.get_many(new)}
            # A new dictionary each time: other threads go on reading the old one.
            keep = remembered if len(remembered) < _MAX_SETTLED else {}
            self._settled = keep | found
        return found

    def counts(self, client: str) -> Counts:
        """How many jobs wait and run."""
        with self.redis.pipeline(transaction=False) as pipe:
            for key in (
                WAITING,
                RUNNING,
                client_key(client, "waiting"),
                client_key(client, "running"),
            ):
                pipe.zcard(key)
            return Counts(*pipe.execute())

    def ended_counts(self) -> dict[JobState, int]:
        """How many jobs have ever ended, by how they did."""
        counts = dict.fromkeys(ENDS, 0)
        for field, number in self.redis.hgetall(JOB_COUNTS).items():
            event = str(field).rpartition("|")[2]
            if event in counts:
                counts[JobState(event)] += int(number)
        return counts

    def running_of(self, client: str) -> list[JobRecord]:
        """The running jobs of a client, oldest first."""
        ids = [str(job_id) for job_id in self.redis.zrange(client_key(client, "running"), 0, -1)]
        return self.get_many(ids) if ids else []

    def running_ids(self) -> list[str]:
        """Ids of all running jobs, oldest first."""
        return [str(job_id) for job_id in self.redis.zrange(RUNNING, 0, -1)]

    def oldest_waiting_ids(self, limit: int) -> list[str]:
        """Ids of the jobs that have waited longest."""
        return self.waiting_ids(0, limit)

    def waiting_ids(self, first: int, limit: int) -> list[str]:
        """Ids of waiting jobs, oldest first, from a place on."""
        return [str(job_id) for job_id in self.redis.zrange(WAITING, first, first + limit - 1)]

    def finished_before(self, at_s: float, limit: int) -> list[JobRecord]:
        """The jobs that finished before a time, those first that finished first."""
        return self._finished(self.redis.zrangebyscore(FINISHED, "-inf", at_s, start=0, num=limit))

    def finished_beyond(self, keep: int, limit: int) -> list[JobRecord]:
        """The finished jobs that are too many, those first that finished first."""
        excess = int(self.redis.zcard(FINISHED)) - keep
        if excess <= 0:
            return []
        return self._finished(self.redis.zrange(FINISHED, 0, min(excess, limit) - 1))

    def _finished(self, ids: list[Any]) -> list[JobRecord]:
        records = {
            record.job_id: record for record in self.get_many([str(job_id) for job_id in ids])
        }
        for job_id in ids:
            if job_id not in records:  # its record was removed by hand
                self.redis.zrem(FINISHED, str(job_id))
        return list(records.values())

    def states(self, job_ids: list[str]) -> list[JobState | None]:
        """Where jobs stand; None for one that has no record."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hget(job_key(job_id), "state")
            return [JobState(state) if state else None for state in pipe.execute()]

    def standings(self, job_ids: Sequence[str]) -> dict[str, Standing]:
        """Where jobs are, by id, in one trip; GONE for one that has no record."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hmget(job_key(job_id), Standing._fields)
            rows = dict(zip(job_ids, pipe.execute(), strict=True))
        return {
            job_id: Standing(JobState(state), int(attempt or 0), stage or "", float(progress or 0))
            if state
            else GONE
            for job_id, (state, attempt, stage, progress) in rows.items()
        }

    def existing(self, job_ids: list[str]) -> set[str]:
        """Those of the ids that have a record."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.exists(job_key(job_id))
            return {job_id for job_id, there in zip(job_ids, pipe.execute(), strict=True) if there}

    def get_many(self, job_ids: list[str]) -> list[JobRecord]:
        """The records of those ids that exist, in one trip."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hgetall(job_key(job_id))
            return [JobRecord.from_hash(row) for row in pipe.execute() if row]

    def pace_s(self, card: ModelCard) -> float:
        """How long a run of this model usually takes: the median of the last ones here, else what its card says.

        Asked of Redis every few seconds only: it is an estimate.
        """
        known = self._paces.get(card.model_id)
        if known and time.monotonic() < known[0]:
            return known[1]
        seconds = sorted(float(text) for text in self.redis.lrange(pace_key(card.model_id), 0, -1))
        pace_s = seconds[len(seconds) // 2] if seconds else card.usual_s
        self._paces[card.model_id] = (time.monotonic() + _PACE_HOLDS_S, pace_s)
        return pace_s
