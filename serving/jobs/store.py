"""Job records in Redis: save, move, forget. Each move is one script, so that it happens once or not at all.

Every move may be asked for again after a lost answer and then answers the same; a move by a run that no longer has the
job raises StaleJob. Knows nothing of RQ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis import Redis

from serving.errors import KeyReused, StaleJob, TooManyJobs
from serving.jobs.keyspace import (
    EVENTS,
    EVENTS_HELD,
    FINISHED,
    RUNNING,
    SEQ,
    WAITING,
    client_key,
    file_key,
    gone_key,
    job_key,
    pace_key,
)
from serving.jobs.orders import DRAINING
from serving.jobs.reader import JobReader
from serving.jobs.record import JobRecord, JobState
from serving.settings import Settings

_GONE_IS_KNOWN_S = 30 * 86_400


@dataclass(frozen=True)
class Envelope:
    """RQ's part of a job as Redis keeps it, and the list that it joins.

    `fields` is its hash as JSON, field, value, …, but for its times, which are `stamp`.
    """

    job_key: str
    queue_key: str
    queues_key: str
    fields: str
    stamp: str


@dataclass(frozen=True)
class Once:
    """A request that is to make one job however often it comes: the client's key for it, and what it holds."""

    key: str
    digest: str


@dataclass(frozen=True)
class Pass:
    """A job goes before older ones, which counts for `window_s`. `since_s` is since when it waits itself."""

    since_s: float
    window_s: float


class JobStore(JobReader):
    """The records. One instance per process; safe to use from several threads."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        super().__init__(redis, settings)
        self._max_waiting = settings.max_waiting_per_client
        self._max_attempts = settings.max_attempts
        self._submits_per_minute = settings.submits_per_minute

    def save(
        self, record: JobRecord, envelope: Envelope | None = None, once: Once | None = None
    ) -> JobRecord:
        """Accept a job as QUEUED, with its envelope, at once: both are there, or neither.

        With `once`, a request that came before answers the job that it made then: a record of another id. While the
        operator lets no job start, what is answered has a warning that is not kept. Raises TooManyJobs when its client
        has as many waiting as one may or sends them too fast, KeyReused.
        """
        keys = [job_key(record.job_id), SEQ, WAITING, client_key(record.client, "waiting")]
        arguments: list[str | int] = [
            record.job_id,
            record.client,
            record.feature,
            repr(record.created_at),
            self._max_waiting,
            self._submits_per_minute,
            record.made(),
        ]
        if envelope:
            keys += [envelope.job_key, envelope.queue_key, envelope.queues_key]
        arguments += [envelope.fields, envelope.stamp] if envelope else ["", ""]
        if once:
            arguments += [once.key, once.digest]
        what, value, *drained = self._scripts["save"](keys, arguments)
        if what == "accepted":
            saved = record.having(seq=int(value))
            return saved.having(warnings=(*record.warnings, DRAINING)) if any(drained) else saved
        if what == "replayed":
            return self.get(value)
        raise self._refusal(what, value)

    def _refusal(self, what: str, value: str) -> Exception:
        """Why a job was not accepted."""
        if what == "reused":
            return KeyReused(
                "Idempotency-Key was sent with another request before; use a new key for a new one"
            )
        if what == "waiting":
            return TooManyJobs(
                f"{self._max_waiting} jobs of yours are waiting already; send more when some are done"
            )
        seconds = math.ceil(float(value))
        return TooManyJobs(
            f"more than {self._submits_per_minute} jobs in a minute; send the next in {seconds} s",
            seconds,
        )

    def start(
        self,
        job_id: str,
        lane: str,
        run_id: str,
        now_s: float,
        *,
        queue_key: str = "",
        charge_s: float = 0.0,
        passes: Pass | None = None,
    ) -> JobRecord:
        """QUEUED -> PROCESSING, out of the queue that its envelope is in. Raises StaleJob if it waits no more.

        Under fair its client is charged what it is expected to take, until it has ended.
        """
        keys = [job_key(job_id), WAITING, RUNNING, *([queue_key] if queue_key else [])]
        since, window_s = (repr(passes.since_s), passes.window_s) if passes else ("", 0.0)
        flat = self._scripts["start"](
            keys, [job_id, lane, run_id, now_s, charge_s, since, window_s]
        )
        if not flat:
            raise StaleJob(f"job {job_id} is not waiting")
        return JobRecord.from_hash(dict(zip(flat[::2], flat[1::2], strict=True)))

    def progress(self, record: JobRecord, stage: str, percent: float) -> None:
        """Say where a run stands. Raises StaleJob when the job is no longer this run's."""
        arguments: list[str | float] = [record.job_id, record.run_id, stage, percent]
        if not self._scripts["progress"]([job_key(record.job_id)], arguments):
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id}'s")

    def complete(self, record: JobRecord, outcome: Mapping[str, Any], now_s: float) -> None:
        """PROCESSING -> COMPLETED. `outcome` holds files, info, warnings, stage_s. Raises StaleJob."""
        done = record.having(
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

    def cancel(self, job_id: str, now_s: float) -> JobState:
        """QUEUED or PROCESSING -> CANCELLED. Answers where the job stands then: an end stays what it is.

        Raises NotFound, or Gone when it was there. A run finds out when it next says where it stands, and ends.
        """
        state = self._scripts["cancel"]([job_key(job_id)], [job_id, now_s])
        if state is None:
            raise self._missing(job_id)
        return JobState(state)

    def delete_result(self, record: JobRecord, now_s: float) -> bool:
        """A completed job has no files any more: it leaves its client's list, and stays in the history.

        False when there was nothing to delete (any more).
        """
        keys = [job_key(record.job_id), client_key(record.client, "finished")]
        return bool(self._scripts["delete_result"](keys, [record.job_id, repr(now_s)]))

    def fail(self, record: JobRecord, code: str, message: str, now_s: float) -> None:
        """PROCESSING (or QUEUED, for a record that never started) -> FAILED. Raises StaleJob."""
        failed = record.having(
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
            record.job_id,
            record.run_id,
            self._max_attempts,
            "0" if counts else "1",
        ]
        answer = self._scripts["requeue"]([job_key(record.job_id), WAITING, RUNNING], arguments)
        if answer == 0:
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id}'s")
        return bool(answer == 1)

    def _finish(self, record: JobRecord, names: tuple[str, ...]) -> None:
        fields = record.to_fields(names)
        arguments: list[str | int | float] = [
            record.job_id,
            record.run_id,
            record.finished_at,
            *fields,
        ]
        keys = [job_key(record.job_id), pace_key(record.model_id)]
        if not self._scripts["finish"](keys, arguments):
            raise StaleJob(f"job {record.job_id} is no longer run {record.run_id!r}'s")

    def forget(self, record: JobRecord) -> None:
        """Remove a finished job from everywhere. For a while it is known that it was there."""
        with self.redis.pipeline() as pipe:
            pipe.set(gone_key(record.job_id), record.client, ex=_GONE_IS_KNOWN_S)
            for feature in (record.feature, ""):
                for state in (record.state.value, ""):
                    pipe.zrem(file_key(record.client, feature, state), record.job_id)
            pipe.zrem(FINISHED, record.job_id)
            pipe.zrem(client_key(record.client, "finished"), record.job_id)
            self._scripts["unshare"]([job_key(record.job_id)], client=pipe)
            pipe.delete(job_key(record.job_id))
            entry: dict[Any, Any] = {
                "job": record.job_id,
                "client": record.client,
                "what": "forgotten",
            }
            pipe.xadd(EVENTS, entry, maxlen=EVENTS_HELD, approximate=True)
            pipe.execute()
