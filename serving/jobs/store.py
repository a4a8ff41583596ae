"""Job records in Redis: save, move, list, count. Each move is one script, so that it happens once or not at all.

Every move may be asked for again after a lost answer and then answers the same; a move by a run that no longer has the
job raises StaleJob. All counts and positions are O(log n). Knows nothing of RQ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from redis import Redis
from redis.commands.core import Script

from pipelines.spec import ModelCard
from serving.errors import NotFound, StaleJob, TooManyJobs
from serving.jobs.record import JobRecord, JobState
from serving.settings import Settings

_LUA = Path(__file__).parent / "lua"
PREFIX = "meshkiln:"


@dataclass(frozen=True)
class Counts:
    """How many jobs wait and run, of all clients and of one."""

    waiting: int
    running: int
    client_waiting: int
    client_running: int


@dataclass(frozen=True)
class Envelope:
    """RQ's part of a job as Redis keeps it: its hash as field, value, …, and the list that it joins."""

    job_key: str
    queue_key: str
    queues_key: str
    fields: tuple[str | bytes, ...]


@dataclass(frozen=True)
class Listed:
    """A record as a list shows it. `position` is the number of jobs before it; None when it does not wait."""

    record: JobRecord
    position: int | None


class JobStore:
    """The records. One instance per process; safe to use from several threads."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self.redis = redis
        self._history_size = settings.history_size
        self._max_waiting = settings.max_waiting_per_client
        self._max_attempts = settings.max_attempts
        self._scripts: dict[str, Script] = {
            path.stem: redis.register_script(path.read_text()) for path in _LUA.glob("*.lua")
        }
        self._settled: dict[str, JobRecord] = {}

    # moves

    def save(self, record: JobRecord, envelope: Envelope | None = None) -> JobRecord:
        """Accept a job as QUEUED, with its envelope, at once: both are there, or neither.

        Raises TooManyJobs when its client has as many waiting as one may.
        """
        keys = [_job(record.job_id), _key("seq"), _WAITING, _client(record.client, "waiting")]
        wrapped: tuple[str | bytes, ...] = ()
        if envelope:
            keys += [envelope.job_key, envelope.queue_key, envelope.queues_key]
            wrapped = envelope.fields
        fields = [part for pair in record.to_hash().items() for part in pair]
        arguments = [record.job_id, self._max_waiting, len(wrapped), *wrapped, *fields]
        seq = int(self._scripts["save"](keys, arguments))
        if seq == 0:
            raise TooManyJobs(
                f"{self._max_waiting} jobs of yours are waiting already; send more when some are done"
            )
        return replace(record, seq=seq)

    def start(self, job_id: str, lane: str, run_id: str, now_s: float) -> JobRecord:
        """QUEUED -> PROCESSING. Raises StaleJob if someone else moved it first."""
        flat = self._scripts["start"](
            [_job(job_id), _WAITING, _RUNNING], [PREFIX, job_id, lane, run_id, now_s]
        )
        if not flat:
            raise StaleJob(f"job {job_id} is not waiting")
        return JobRecord.from_hash(dict(zip(flat[::2], flat[1::2], strict=True)))

    def progress(self, record: JobRecord, stage: str, percent: float) -> None:
        """Say where a run stands. Raises StaleJob when the job is no longer this run's."""
        if not self._scripts["progress"]([_job(record.job_id)], [record.run_id, stage, percent]):
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id}'s")

    def complete(self, record: JobRecord, outcome: Mapping[str, Any], now_s: float) -> None:
        """PROCESSING -> COMPLETED. `outcome` holds files, info, warnings, stage_s. Raises StaleJob."""
        done = replace(
            record,
            state=JobState.COMPLETED,
            finished_at=now_s,
            progress=100.0,
            stage="",
            files=tuple(outcome["files"]),
            info=outcome["info"],
            warnings=(*record.warnings, *outcome["warnings"]),
            stage_s=outcome["stage_s"],
        )
        self._finish(
            done,
            ("state", "finished_at", "progress", "stage", "files", "info", "warnings", "stage_s"),
        )

    def pace_s(self, card: ModelCard) -> float:
        """How long a run of this model usually takes: the median of the last ones here, else what its card says."""
        seconds = sorted(float(text) for text in self.redis.lrange(_pace(card.model_id), 0, -1))
        return seconds[len(seconds) // 2] if seconds else card.usual_s

    def fail(self, record: JobRecord, code: str, message: str, now_s: float) -> None:
        """PROCESSING (or QUEUED, for a record that never started) -> FAILED. Raises StaleJob."""
        failed = replace(
            record,
            state=JobState.FAILED,
            finished_at=now_s,
            error_code=code,
            error=message,
            stage="",
        )
        self._finish(failed, ("state", "finished_at", "error_code", "error", "stage"))

    def requeue(self, record: JobRecord, *, counts: bool = True) -> bool:
        """PROCESSING -> QUEUED, in its old place. False when no attempt is left. Raises StaleJob.

        A run that gave its job back unharmed (`counts=False`) does not use up an attempt.
        """
        arguments: list[str | int | float] = [
            PREFIX,
            record.job_id,
            record.run_id,
            self._max_attempts,
            "0" if counts else "1",
        ]
        answer = self._scripts["requeue"]([_job(record.job_id), _WAITING, _RUNNING], arguments)
        if answer == 0:
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id}'s")
        return bool(answer == 1)

    def _finish(self, record: JobRecord, names: tuple[str, ...]) -> None:
        fields = record.to_fields(names)
        arguments: list[str | int | float] = [
            PREFIX,
            record.job_id,
            record.run_id,
            self._history_size,
            record.finished_at,
            *fields,
        ]
        keys = [_job(record.job_id), _WAITING, _RUNNING, _FINISHED, _pace(record.model_id)]
        if not self._scripts["finish"](keys, arguments):
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id!r}'s")

    # reading

    def get(self, job_id: str) -> JobRecord:
        """One record. Raises NotFound."""
        return self.get_listed(job_id).record

    def get_listed(self, job_id: str) -> Listed:
        """One record and its position. Raises NotFound."""
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(_job(job_id))
            pipe.zrank(_WAITING, job_id)
            row, position = pipe.execute()
        if not row:
            raise NotFound(f"no job {job_id:.64}")
        return Listed(JobRecord.from_hash(row), position)

    def of_client(self, client: str) -> list[Listed]:
        """The jobs a client's list shows, newest first: all that wait or run, and the last finished ones.

        One trip, and a second one when jobs have finished that this process has not shown yet: a finished record never
        changes, so it is fetched and parsed once.
        """
        keys = [_WAITING, *(_client(client, name) for name in ("waiting", "running", "finished"))]
        rows = json.loads(
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
            for key in (_WAITING, _RUNNING, _client(client, "waiting"), _client(client, "running")):
                pipe.zcard(key)
            return Counts(*pipe.execute())

    def running_of(self, client: str) -> list[JobRecord]:
        """The running jobs of a client, oldest first."""
        ids = [str(job_id) for job_id in self.redis.zrange(_client(client, "running"), 0, -1)]
        return self.get_many(ids) if ids else []

    def running_ids(self) -> list[str]:
        """Ids of all running jobs, oldest first."""
        return [str(job_id) for job_id in self.redis.zrange(_RUNNING, 0, -1)]

    def oldest_waiting_ids(self, limit: int) -> list[str]:
        """Ids of the jobs that have waited longest."""
        return [str(job_id) for job_id in self.redis.zrange(_WAITING, 0, limit - 1)]

    def finished_before(self, at_s: float, limit: int) -> list[JobRecord]:
        """The jobs that finished before a time, those first that finished first."""
        ids = self.redis.zrangebyscore(_FINISHED, "-inf", at_s, start=0, num=limit)
        records = {
            record.job_id: record for record in self.get_many([str(job_id) for job_id in ids])
        }
        for job_id in ids:
            if job_id not in records:  # its record was removed by hand
                self.redis.zrem(_FINISHED, str(job_id))
        return list(records.values())

    def forget(self, record: JobRecord) -> None:
        """Remove a finished job from everywhere."""
        with self.redis.pipeline() as pipe:
            pipe.zrem(_FINISHED, record.job_id)
            pipe.zrem(_client(record.client, "finished"), record.job_id)
            pipe.lrem(_client(record.client, "ended"), 0, record.job_id)
            pipe.delete(_job(record.job_id))
            pipe.execute()

    def existing(self, job_ids: list[str]) -> set[str]:
        """Those of the ids that have a record."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.exists(_job(job_id))
            return {job_id for job_id, there in zip(job_ids, pipe.execute(), strict=True) if there}

    def get_many(self, job_ids: list[str]) -> list[JobRecord]:
        """The records of those ids that exist, in one trip."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hgetall(_job(job_id))
            return [JobRecord.from_hash(row) for row in pipe.execute() if row]


def _key(name: str) -> str:
    return PREFIX + name


def _job(job_id: str) -> str:
    return f"{PREFIX}job:{job_id}"


def _pace(model_id: str) -> str:
    return f"{PREFIX}pace:{model_id}"


def _client(client: str, name: str) -> str:
    return f"{PREFIX}client:{client}:{name}"


_WAITING = _key("waiting")
_RUNNING = _key("running")
_FINISHED = _key("finished")

_MAX_SETTLED = 5_000

# What lists show of jobs that wait or run. Inputs, params and options stay out: a poll needs none of them.
LISTED_FIELDS = (
    "job_id",
    "client",
    "feature",
    "model_id",
    "queue",
    "timeout_s",
    "created_at",
    "shown",
    "state",
    "seq",
    "attempt",
    "started_at",
    "finished_at",
    "stage",
    "progress",
    "warnings",
)
