"""A job record in the words of the second API, and the models of those words. Pure: no request, no Redis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from serving.jobs.reader import Listed
from serving.jobs.record import JobRecord, JobState
from serving.web.described import Answer
from serving.web.v1.body import SHOWN_NAMES
from serving.web.wire import (
    CANCELLED_MESSAGE,
    PICTURES,
    V1,
    iso_time,
    output_path,
    size_mb,
    views_info,
)

Number = int | float
TITLE_LENGTH = 80


class FileInfo(Answer):
    """One file of a result."""

    filename: str
    file_size_bytes: int
    file_size_mb: float
    content_type: str
    file_extension: str = Field(description="without a dot")


class ResultFile(FileInfo):
    """One of all files of a result."""

    role: str = Field(description="model, labels, thumbnail, …")
    url: str


class JobResult(Answer):
    """What a completed job made."""

    output_mesh_path: str = Field(description="may be given as mesh_path to another job")
    mesh_url: str
    mesh_file_info: FileInfo
    thumbnail_url: str | None
    turntable_url: str | None
    files: list[ResultFile]
    generation_info: dict[str, Any]


class JobStatus(Answer):
    """Where a job stands."""

    job_id: str
    feature: str
    title: str | None = Field(
        description="the prompt's beginning, or the name of what was sent; null where neither is known"
    )
    status: str = Field(description="queued, processing, completed, failed or cancelled")
    model_preference: str | None = Field(description="the model that was asked for")
    model: str = Field(description="the model that does it")
    created_at: str | None
    started_at: str | None
    completed_at: str | None
    processing_time: float | None = Field(description="seconds")
    progress: float = Field(description="percent; 100 only when completed")
    stage: str | None
    queue_position: int | None = Field(description="jobs before it; null when it does not wait")
    eta_seconds: float | None = Field(description="null when it has ended")
    attempt: int
    warnings: list[dict[str, str]]
    error: str | None
    error_code: str | None
    mesh_url: str | None
    thumbnail_url: str | None
    turntable_url: str | None
    result: JobResult | None


def job_path(record: JobRecord) -> str:
    """The path of a job on the server."""
    return f"{V1}/system/jobs/{record.job_id}"


def title_of(record: JobRecord) -> str | None:
    """What people would call a job."""
    words = record.shown.get("text") or record.shown.get("image_name") or ""
    return " ".join(str(words).split())[:TITLE_LENGTH] or None


def file_with_role(record: JobRecord, role: str) -> Mapping[str, Any] | None:
    """The first file of a role that is there; None when there is none, or the result was deleted."""
    if record.state is not JobState.COMPLETED or record.result_deleted_at:
        return None
    return next((file for file in record.files if file["role"] == role), None)


def model_file(record: JobRecord) -> Mapping[str, Any] | None:
    """The file that the job was for."""
    main = file_with_role(record, "model")
    if main is None and record.files and record.state is JobState.COMPLETED:
        return None if record.result_deleted_at else record.files[0]
    return main


def picture_urls(record: JobRecord) -> dict[str, str | None]:
    """Where the pictures of the result are; None for one that is not there."""
    base = job_path(record)
    return {
        f"{role}_url": f"{base}/{role}" if file_with_role(record, role) else None
        for role in PICTURES
    }


def file_info(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file of a result, as FileInfo."""
    return {
        "filename": file["name"],
        "file_size_bytes": file["size_bytes"],
        "file_size_mb": size_mb(file["size_bytes"]),
        "content_type": file["media_type"],
        "file_extension": file["name"].rpartition(".")[2],
    }


def processing_s(record: JobRecord) -> float | None:
    """Seconds that the last run took."""
    if not record.finished_at or not record.started_at:
        return None
    return round(record.finished_at - record.started_at, 3)


def generation_info(record: JobRecord) -> dict[str, Any]:
    """What the model says of its run, and what every run has."""
    return {
        "model_used": record.model_id,
        "parameters": _parameters(record),
        "seed": record.params.get("seed"),
        **{name: value for name, value in record.info.items() if name != "parameters"},
        **views_info(record),
        "processing_time": processing_s(record),
        "stage_seconds": dict(record.stage_s),
    }


def _parameters(record: JobRecord) -> dict[str, Any]:
    """What the run was told, by the names of this API."""
    told = {**record.params, **record.options}
    return {SHOWN_NAMES.get(name, name): value for name, value in told.items()}


def job_result(record: JobRecord) -> dict[str, Any] | None:
    """The result of a job, as JobResult; None while there is none."""
    mesh = model_file(record)
    if mesh is None:
        return None
    base = job_path(record)
    return {
        "output_mesh_path": "/" + output_path(record, mesh["name"]),
        "mesh_url": f"{base}/download",
        "mesh_file_info": file_info(mesh),
        **picture_urls(record),
        "files": [
            {
                **file_info(file),
                "role": file["role"],
                "url": f"{base}/download?file={file['name']}",
            }
            for file in record.files
        ],
        "generation_info": generation_info(record),
    }


def job_status(listed: Listed, eta_s: float | None) -> dict[str, Any]:
    """A job, as JobStatus."""
    record = listed.record
    result = job_result(record)
    error = CANCELLED_MESSAGE if record.state is JobState.CANCELLED else record.error
    return {
        "job_id": record.job_id,
        "feature": record.feature,
        "title": title_of(record),
        "status": record.state.value,
        "model_preference": record.shown.get("model_preference") or None,
        "model": record.model_id,
        "created_at": iso_time(record.created_at),
        "started_at": iso_time(record.started_at),
        "completed_at": iso_time(record.finished_at),
        "processing_time": processing_s(record),
        "progress": record.progress,
        "stage": record.stage or None,
        "queue_position": listed.position,
        "eta_seconds": eta_s,
        "attempt": record.attempt,
        "warnings": list(record.warnings),
        "error": error or None,
        "error_code": record.error_code or None,
        "mesh_url": result["mesh_url"] if result else None,
        **picture_urls(record),
        "result": result,
    }
