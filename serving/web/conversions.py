"""A result in another format, on the way out: an ordinary job converts it, once, and the request waits for its end.

The job is in the caller's history as any other. Asked again, the same result in the same format comes from that job.
"""

from __future__ import annotations

import json

from flask import Response

from pipelines.delivered import MEDIA_TYPES, MESH_FORMATS
from serving.errors import BadRequest, FailedJob, WrongState
from serving.jobs.record import JobRecord, JobState
from serving.jobs.submit import Request
from serving.web import callers
from serving.web.desk import core
from serving.web.waiting import wait_for_end

FEATURE = "mesh_conversion"
# A client waits at most so long for the bytes; a million faces take about half of it.
MAX_WAIT_S = 25.0
POLL_S = 2
# A conversion that failed or was deleted is made anew when it is asked for, up to so many times.
MOST_TRIES = 10
GLB = MEDIA_TYPES["glb"]
# What a conversion lost, in the answer that brings its file. Proxies take 4 KiB of headers, all together.
WARNINGS_HEADER = "X-Warnings"
MOST_WARNINGS_BYTES = 2_000


def converted(record: JobRecord, kind: str) -> JobRecord:
    """The job whose model file is the mesh of `record` as `kind`: itself where it made that, else one that converts.

    Raises BadRequest for an unknown format and a result without a GLB, FailedJob where the conversion failed,
    WrongState with a time to ask again where it has not ended yet.
    """
    if kind not in MESH_FORMATS:
        raise BadRequest(f"as is {kind!r:.40}; it must be one of {', '.join(MESH_FORMATS)}")
    if any(file["role"] == "model" and file["name"].endswith(f".{kind}") for file in record.files):
        return record
    source = next((file for file in record.files if file["media_type"] == GLB), None)
    if source is None:
        raise BadRequest(f"job {record.job_id} made no GLB, so there is nothing to convert")
    job = _job(record, str(source["name"]), kind)
    if not job.has_ended:
        wait_for_end(job.job_id, MAX_WAIT_S)
        job = core().desk.store.get(job.job_id)
    if job.state is JobState.COMPLETED and not job.result_deleted_at:
        return job
    if job.has_ended:
        raise FailedJob(
            f"the conversion to {kind} is {job.state.value}: {job.error or 'its result is gone; use POST …/convert'}"
        )
    waiting = WrongState(
        f"job {job.job_id} converts the mesh to {kind}; ask again in a moment, or poll that job"
    )
    waiting.retry_after_s = POLL_S
    raise waiting


def tell_warnings(response: Response, record: JobRecord) -> Response:
    """The answer with the warnings of the job whose file it brings, as a JSON list in ASCII; the first ones where all
    would be too long, and none of them where there are none. The job itself has all."""
    rows: list[dict[str, str]] = []
    text = ""
    for warning in record.warnings:
        rows.append({"code": str(warning["code"]), "message": str(warning["message"])})
        longer = json.dumps(rows, separators=(",", ":"))
        if len(longer) > MOST_WARNINGS_BYTES:
            break
        text = longer
    if text:
        response.headers[WARNINGS_HEADER] = text
    return response


def _job(record: JobRecord, name: str, kind: str) -> JobRecord:
    """The job that converts; the next one where that has no result any more, or did not complete.

    Each job's key names the one it follows, so that who asks again finds the last of them and starts no other.
    """
    key = f"as {kind} {record.job_id} {name}"
    job = _accepted(record, name, kind, key)
    for _ in range(MOST_TRIES - 1):
        ended_in_vain = job.state in (JobState.FAILED, JobState.CANCELLED)
        if not (job.result_deleted_at or ended_in_vain):
            break
        job = _accepted(record, name, kind, f"{key} after {job.job_id}")
    return job


def _accepted(record: JobRecord, name: str, kind: str, key: str) -> JobRecord:
    held = core()
    client = callers.client()
    path = f"/outputs/{record.client}/{record.job_id}/{name}"
    return held.desk.submit(
        Request(
            client=client,
            feature=FEATURE,
            params={"output_format": kind},
            assets={"mesh": held.names.by_path(path, "mesh", "mesh_path", client)},
            # A list shows it by the name of what is converted.
            shown={**record.shown, "task_type": FEATURE, "model_preference": ""},
            idempotency_key=key,
        )
    )
