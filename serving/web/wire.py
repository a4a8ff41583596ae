"""A record in the words and envelopes that each API shows. Pure: no request, no Redis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from serving.jobs.reader import Listed
from serving.jobs.record import JobRecord, JobState
from serving.settings import MIB
from serving.storage.clients import client_address
from serving.web.views import VIEWS_GUESSED

V1 = "/api/v1"
# What the documents of the second API call this server.
NAME = "3D Generative Models API"
VERSION = "1.0.0"

TRELLIS_WORDS: Mapping[JobState, str] = {
    JobState.QUEUED: "queued",
    JobState.PROCESSING: "processing",
    JobState.COMPLETED: "complete",
    JobState.FAILED: "error",
    JobState.CANCELLED: "error",  # its clients know no other word for an end without a mesh
}
# Roles of the files that show the result.
PICTURES = ("thumbnail", "turntable")
CANCELLED_MESSAGE = "the job was cancelled"


def iso_time(seconds: float) -> str | None:
    """UTC ISO 8601 with Z; None for a time that has not come."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def size_mb(size_bytes: int) -> float:
    """MiB with two places; never 0 for a file that has bytes."""
    return max(round(size_bytes / MIB, 2), 0.01) if size_bytes else 0.0


def error_body(path: str, code: str, message: str, detail: Any = None) -> dict[str, Any]:
    """The error envelope of the API that a path belongs to."""
    if path.startswith(V1):
        return {
            "error": code,
            "message": message,
            "detail": detail if detail is not None else message,
        }
    return {"error": message}


def output_path(record: JobRecord, name: str) -> str:
    """The path of an output below the server's address."""
    return f"outputs/{record.client}/{record.job_id}/{name}"


def trellis_item(listed: Listed, url_root: str) -> Mapping[str, Any]:
    """One job as /my_requests and /task show it. `url_root` ends in a slash."""
    if listed.record.has_ended:
        return _settled_item(listed.record, url_root)
    return _item(listed.record, listed.position, url_root)


@lru_cache(maxsize=2048)
def _settled_item(record: JobRecord, url_root: str) -> Mapping[str, Any]:
    """What is shown of a finished job never changes, and the same record is asked for at every poll."""
    return _item(record, None, url_root)


def _item(record: JobRecord, position: int | None, url_root: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "request_id": record.job_id,
        "status": TRELLIS_WORDS[record.state],
        "image_name": record.shown.get("image_name", ""),
        "task_type": record.shown.get("task_type", record.feature),
        "text": record.shown.get("text"),
        "model": record.model_id,
        "start_time": iso_time(record.started_at),
        "finish_time": iso_time(record.finished_at),
        "created_time": iso_time(record.created_at),
        "queue_position": position,
        "progress": record.progress,
        "stage": record.stage or None,
        "attempt": record.attempt,
    }
    if record.warnings:
        item["warnings"] = list(record.warnings)
    if record.state is JobState.COMPLETED:
        item["output_files"] = [
            url_root + output_path(record, file["name"])
            for file in record.files
            if file.get("role") not in PICTURES and not record.result_deleted_at
        ]
        item |= {f"{role}_url": _picture_url(record, role, url_root) for role in PICTURES}
    if record.state is JobState.FAILED:
        item["error"] = record.error
    if record.state is JobState.CANCELLED:
        item["error"] = CANCELLED_MESSAGE
    return item


def views_info(record: JobRecord) -> dict[str, bool]:
    """Whether the views of the pictures were guessed from their order; nothing for a job without views."""
    if "views_used" not in record.info:
        return {}
    return {"views_guessed": any(row["code"] == VIEWS_GUESSED for row in record.warnings)}


def _picture_url(record: JobRecord, role: str, url_root: str) -> str | None:
    """The address of a picture of the result; None where there is none."""
    for file in record.files:
        if file.get("role") == role and not record.result_deleted_at:
            return url_root + output_path(record, file["name"])
    return None


def trellis_task(listed: Listed, url_root: str) -> dict[str, Any]:
    """One job in full."""
    record = listed.record
    item = dict(trellis_item(listed, url_root))
    item["client_ip"] = client_address(record.client)
    item["request_output_dir"] = f"outputs/{record.client}/{record.job_id}"
    item["input_name"] = item["image_name"] or record.shown.get("text") or ""
    if record.state is JobState.COMPLETED:
        item["generation_info"] = {**record.info, **views_info(record)}
        item["stage_seconds"] = dict(record.stage_s)
    return item
