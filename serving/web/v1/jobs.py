"""Jobs of the second API: status, history, cancel and delete. Their files are served by results.py."""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from pydantic import Field, field_validator
from pydantic.config import JsonDict

from serving.errors import Gone, NotFound
from serving.jobs.reader import Listed
from serving.jobs.record import JobRecord, JobState
from serving.storage.outputs import JOB_ID
from serving.web import callers, wire
from serving.web.described import Answer, Query, describe, query_of
from serving.web.desk import core
from serving.web.v1.job_wire import JobStatus, job_status
from serving.web.waiting import wait_for_end

bp = Blueprint("jobs", __name__, url_prefix=f"{wire.V1}/system/jobs")

MAX_WAIT_S = 25.0
POLL_S = (1, 15)
# "+02:00" that was put into an address as it is arrives as a space and "02:00".
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# What a date in a query may be: "" is the same as none.
_MOMENT: JsonDict = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"const": ""},
    ]
}
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)")


class WaitQuery(Query):
    """How long a status may wait for the end of its job."""

    wait: float = Field(0, ge=0, le=3600, description=f"seconds; at most {MAX_WAIT_S:.0f} count")


class HistoryQuery(Query):
    """Which jobs a history shows."""

    limit: int = Field(50, ge=1, le=500)
    offset: int = Field(0, ge=0, le=10_000_000)
    status: JobState | None = None
    feature: str = Field("", max_length=64)
    start_date: datetime | None = Field(
        None, description="ISO 8601; without a zone it is UTC", json_schema_extra=_MOMENT
    )
    end_date: datetime | None = Field(
        None,
        description="ISO 8601; without a zone it is UTC; a day is meant to its end",
        json_schema_extra=_MOMENT,
    )

    @field_validator("status", "start_date", "end_date", mode="before")
    @classmethod
    def none_is_any(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("end_date", mode="before")
    @classmethod
    def to_its_end(cls, value: object) -> object:
        is_a_day = isinstance(value, str) and _DATE.fullmatch(value)
        return f"{value}T23:59:59.999999Z" if is_a_day else value

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def is_a_date(cls, value: object) -> object:
        """pydantic would take a bare number for seconds since 1970."""
        if isinstance(value, str) and not _DATE.match(value) and value:
            raise ValueError("send ISO 8601, such as 2026-01-31T12:00:00Z")
        return _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value


class Pagination(Answer):
    """Which part of a list this is."""

    limit: int
    offset: int
    total: int
    has_more: bool


class History(Answer):
    """Jobs of the client that asks, newest first."""

    jobs: list[JobStatus]
    pagination: Pagination
    filters: dict[str, str | None]
    timestamp: str | None


class JobMoved(Answer):
    """Where a job stands after the request."""

    job_id: str
    status: str
    message: str


class JobDeleted(Answer):
    """A job is gone, with its files."""

    job_id: str
    message: str
    deleted: bool
    freed_space_mb: float


class QueueStats(Answer):
    """How many jobs there are, of all clients, and of the one that asks."""

    pending_jobs: int
    processing_jobs: int
    completed_jobs: int
    failed_jobs: int
    cancelled_jobs: int
    client_pending_jobs: int
    client_processing_jobs: int


def listed_job(job_id: str) -> Listed:
    """A job that the caller may see. Raises NotFound, also for one of another key; Gone for one that was there."""
    if not JOB_ID.fullmatch(job_id):
        raise NotFound(f"no job {job_id:.64}")
    try:
        listed = core().desk.store.get_listed(job_id)
    except Gone as gone:
        if callers.sees(gone.owner):
            raise
        raise NotFound(f"no job {job_id}") from None
    if not callers.sees(listed.record.client):
        raise NotFound(f"no job {job_id:.64}")
    return listed


@bp.get("/<job_id>")
@describe("jobs", answer=JobStatus, query=WaitQuery, errors=(404, 410))
def status(job_id: str) -> Response:
    """Where a job stands; with ?wait= as soon as it has ended, or after as many seconds."""
    has_query = request.environ.get("QUERY_STRING")
    wait_s = min(query_of(WaitQuery).wait, MAX_WAIT_S) if has_query else 0.0
    listed = listed_job(job_id)
    if wait_s and not listed.record.has_ended:
        wait_for_end(job_id, wait_s)
        listed = listed_job(job_id)
    eta_s = core().eta_s(listed)
    return telling_when(jsonify(job_status(listed, eta_s)), listed, eta_s)


def telling_when(response: Response, listed: Listed, eta_s: float | None) -> Response:
    """The answer, with Retry-After while the job has not ended."""
    if seconds := poll_in_s(listed, eta_s):
        response.headers["Retry-After"] = str(seconds)
    return response


def poll_in_s(listed: Listed, eta_s: float | None) -> int | None:
    """Seconds after which asking again makes sense; None for a job that has ended."""
    if listed.record.has_ended:
        return None
    least, most = POLL_S
    return max(least, min(most, math.ceil((eta_s or 0.0) / 2)))


@bp.get("/history")
@describe("jobs", answer=History, query=HistoryQuery)
def history() -> Response:
    """The jobs of the client that asks, newest first, by page."""
    asked, held = query_of(HistoryQuery), core()
    page = held.desk.store.history(
        callers.client(),
        state=asked.status,
        feature=asked.feature,
        created=(_seconds(asked.start_date, -math.inf), _seconds(asked.end_date, math.inf)),
        first=asked.offset,
        count=asked.limit,
    )
    return jsonify(
        jobs=[job_status(listed, held.eta_s(listed)) for listed in page.listed],
        pagination={
            "limit": asked.limit,
            "offset": asked.offset,
            "total": page.total,
            "has_more": asked.offset + len(page.listed) < page.total,
        },
        filters={
            "status": asked.status.value if asked.status else None,
            "feature": asked.feature or None,
            "start_date": request.args.get("start_date"),
            "end_date": request.args.get("end_date"),
        },
        timestamp=wire.iso_time(time.time()),
    )


def _seconds(moment: datetime | None, otherwise: float) -> float:
    if moment is None:
        return otherwise
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@bp.get("/queue/stats")
@describe("jobs", answer=QueueStats)
def queue_stats() -> Response:
    """How many jobs wait, run and have ended."""
    store = core().desk.store
    counts, ended = store.counts(callers.client()), store.ended_counts()
    return jsonify(
        pending_jobs=counts.waiting,
        processing_jobs=counts.running,
        completed_jobs=ended[JobState.COMPLETED],
        failed_jobs=ended[JobState.FAILED],
        cancelled_jobs=ended[JobState.CANCELLED],
        client_pending_jobs=counts.client_waiting,
        client_processing_jobs=counts.client_running,
    )


@bp.post("/<job_id>/cancel")
@describe("jobs", answer=JobMoved, errors=(404, 410))
def cancel(job_id: str) -> Response:
    """End a job that waits or runs. One that has ended stays as it is; asking again answers the same."""
    record = listed_job(job_id).record
    state = core().desk.store.cancel(job_id, time.time())
    if (
        state is JobState.CANCELLED
    ):  # an earlier run may have been killed between publishing and saying so
        core().outputs.remove(record.client, job_id)
    said = "Job cancelled" if state is JobState.CANCELLED else f"Job had already {state.value}"
    return jsonify(job_id=job_id, status=state.value, message=said)


@bp.delete("/<job_id>")
@describe("jobs", answer=JobDeleted, errors=(404, 410))
def delete(job_id: str) -> Response:
    """Cancel a job if it has not ended, then remove it with its inputs and results."""
    record = listed_job(job_id).record
    store = core().desk.store
    store.cancel(job_id, time.time())
    freed_bytes = free_result(record) + core().desk.inputs.forget(record.inputs)
    store.forget(store.get(job_id))
    return jsonify(
        job_id=job_id,
        message="Job deleted",
        deleted=True,
        freed_space_mb=wire.size_mb(freed_bytes),
    )


def free_result(record: JobRecord) -> int:
    """Remove the files of a result. Bytes freed."""
    freed_bytes = core().outputs.size_bytes(record.client, record.job_id)
    core().outputs.remove(record.client, record.job_id)
    return freed_bytes
