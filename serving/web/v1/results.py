"""The files of jobs: results, thumbnails, inputs. Each is sent from disk, with Range, ETag and HEAD."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from flask import Blueprint, Response, jsonify
from pydantic import Field

from pipelines.delivered import MeshFormat
from serving.errors import BadRequest, FailedJob, Gone, NotFound, WrongState
from serving.jobs.record import JobRecord, JobState
from serving.storage.image_header import MEDIA_TYPES as IMAGE_TYPES
from serving.storage.mesh_header import MEDIA_TYPES as MESH_TYPES
from serving.storage.outputs import MEDIA_TYPES as OUTPUT_TYPES
from serving.web import wire
from serving.web.bundle import ROLES, ZIP, zipped
from serving.web.conversions import converted, tell_warnings
from serving.web.described import Answer, Query, describe, query_of
from serving.web.desk import core
from serving.web.sending import send
from serving.web.v1.job_wire import (
    file_info,
    file_with_role,
    generation_info,
    job_path,
    model_file,
)
from serving.web.v1.jobs import free_result, listed_job, poll_in_s, telling_when

bp = Blueprint("results", __name__, url_prefix=f"{wire.V1}/system/jobs")

_UNSAFE = re.compile(r"[^\w.()\[\] -]")
MAX_NAME_CHARACTERS = 128
_BASE64_PIECE_BYTES = 3 << 18  # a multiple of 3: the pieces' base64 joins without padding between


class DownloadQuery(Query):
    """Which file of a result, and how."""

    format: Literal["file", "base64"] = "file"
    filename: str = Field("", max_length=255, description="the name that the download gets")
    file: str = Field("", max_length=128, description="a file of result.files; none: the mesh")
    as_: MeshFormat | None = Field(
        None, alias="as", description="the mesh in this format; what is not there yet is converted"
    )
    bundle: Literal["", "zip"] = Field(
        "",
        description="zip: the mesh with all that belongs to it, such as an OBJ's materials and pictures",
    )


class InputQuery(Query):
    """Which input of a job."""

    slot: str = Field("", max_length=64, description="image, mesh, …; none: the first")


class Base64File(Answer):
    """A file as text."""

    job_id: str
    filename: str
    content_type: str
    file_size_mb: float
    base64_data: str


class ResultInfo(Answer):
    """What there is to download."""

    job_id: str
    status: str
    has_result: bool
    message: str
    file_info: dict[str, Any]
    generation_info: dict[str, Any]
    download_urls: dict[str, str] | None
    mesh_download_urls: dict[str, str] | None
    thumbnail_download_urls: dict[str, str] | None = None


class ResultDeleted(Answer):
    """The files of a result are gone; the job stays in the history."""

    job_id: str
    message: str
    deleted: bool
    freed_space_mb: float
    deleted_file: str | None


def finished(job_id: str) -> JobRecord:
    """A completed job whose files are there. Raises NotFound, WrongState until it is completed, Gone afterwards."""
    listed = listed_job(job_id)
    record = listed.record
    if record.state is not JobState.COMPLETED:
        error = _without_result(record)
        error.retry_after_s = poll_in_s(listed, core().eta_s(listed))
        raise error
    if record.result_deleted_at:
        raise Gone(_no_result(record))
    return record


def _without_result(record: JobRecord) -> WrongState:
    kind = FailedJob if record.state is JobState.FAILED else WrongState
    return kind(_no_result(record))


def _no_result(record: JobRecord) -> str:
    if record.result_deleted_at:
        at = wire.iso_time(record.result_deleted_at)
        return f"the result of job {record.job_id} was deleted at {at}"
    why = f": {record.error}" if record.error else ""
    return f"job {record.job_id} is {record.state.value}, there is no result{why}"


def _located(record: JobRecord, file: Mapping[str, Any]) -> str:
    """The path of a file of a result, for sending it. Raises Gone when somebody removed it."""
    try:
        return core().outputs.locate(record.client, record.job_id, file["name"])
    except NotFound:
        raise Gone(
            f"{file['name']} of job {record.job_id} was removed from the server; run it again"
        ) from None


@bp.get("/<job_id>/download")
@describe(
    "jobs",
    answer=Base64File,
    media_types=("application/octet-stream", ZIP, *sorted({*OUTPUT_TYPES.values()})),
    query=DownloadQuery,
    errors=(206, 304, 404, 409, 410, 416),
)
def download(job_id: str) -> Response:
    """The mesh of a completed job, or another file of its result: as a file, or as base64 in JSON."""
    asked = query_of(DownloadQuery)
    record = finished(job_id)
    if asked.as_:
        record = converted(record, asked.as_)
    if asked.bundle:
        return _bundle(record, asked)
    file = _chosen(record, asked.file)
    path = _located(record, file)
    name = (
        safe_name(asked.filename, file["name"])
        or f"{record.feature}_{record.job_id[:8]}_{file['name']}"
    )
    if asked.format == "base64":
        response = _as_base64(record, file, path, name)
    else:
        response = send(path, file["media_type"], name=name, save=True)
    response.headers["X-Job-ID"] = record.job_id
    response.headers["X-File-Size"] = str(file["size_bytes"])
    return tell_warnings(response, record) if asked.as_ else response


def _bundle(record: JobRecord, asked: DownloadQuery) -> Response:
    """The files that belong to the mesh of a result. Raises BadRequest where one of them is asked for alone."""
    if asked.file or asked.format == "base64":
        raise BadRequest(
            "bundle=zip sends all files of the mesh as a file; leave out file and format=base64"
        )
    files = [
        (file["name"], _located(record, file)) for file in record.files if file["role"] in ROLES
    ]
    if not files:
        raise NotFound(f"job {record.job_id} has no mesh")
    name = safe_name(asked.filename, "result.zip") or f"{record.feature}_{record.job_id[:8]}.zip"
    response = zipped(files, name)
    response.headers["X-Job-ID"] = record.job_id
    return tell_warnings(response, record) if asked.as_ else response


def _chosen(record: JobRecord, name: str) -> Mapping[str, Any]:
    if not name:
        main = model_file(record)
        if main is None:
            raise NotFound(f"job {record.job_id} has no mesh")
        return main
    for file in record.files:
        if file["name"] == name:
            return file
    known = ", ".join(file["name"] for file in record.files)
    raise NotFound(f"job {record.job_id} has no file {name:.64}; it has {known}")


def safe_name(wanted: str, real: str) -> str:
    """A client's name for a download: its last part, plain characters, the file's own ending. "" when none is left."""
    name = _UNSAFE.sub("_", wanted.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not name.strip("_"):
        return ""
    ending = "." + real.rpartition(".")[2]
    if name.lower().endswith(ending):
        name = name[: -len(ending)]
    return name[:MAX_NAME_CHARACTERS] + ending


def _as_base64(record: JobRecord, file: Mapping[str, Any], path: str, name: str) -> Response:
    """The file as JSON, made while it is sent: it never stands in memory whole."""
    size_bytes = os.path.getsize(path)
    head = json.dumps(
        {
            "job_id": record.job_id,
            "filename": name,
            "content_type": file["media_type"],
            "file_size_mb": wire.size_mb(size_bytes),
            "base64_data": "",
        },
        separators=(",", ":"),
    )[:-2]

    def pieces() -> Iterator[bytes]:
        yield head.encode()
        with open(path, "rb") as stream:
            while piece := stream.read(_BASE64_PIECE_BYTES):
                yield base64.b64encode(piece)
        yield b'"}'

    response = Response(pieces(), mimetype="application/json")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = len(head.encode()) + (size_bytes + 2) // 3 * 4 + 2
    return response


@bp.get("/<job_id>/info")
@describe("jobs", answer=ResultInfo, errors=(404, 410))
def info(job_id: str) -> Response:
    """What a job made, without downloading it."""
    listed = listed_job(job_id)
    record = listed.record
    file, message = _available(record)
    body: dict[str, Any] = {
        "job_id": job_id,
        "status": record.state.value,
        "has_result": file is not None,
        "message": message,
        "file_info": {"file_exists": False},
        "generation_info": generation_info(record),
        "download_urls": None,
        "mesh_download_urls": None,
    }
    if file is not None:
        facts = file_info(file)
        body["file_info"] = {"file_exists": True, "file_format": facts["file_extension"], **facts}
        body["download_urls"] = body["mesh_download_urls"] = _urls(f"{job_path(record)}/download")
        if file_with_role(record, "thumbnail"):
            body["thumbnail_download_urls"] = {"direct_download": f"{job_path(record)}/thumbnail"}
    return telling_when(jsonify(body), listed, core().eta_s(listed))


def _available(record: JobRecord) -> tuple[Mapping[str, Any] | None, str]:
    """The file that the job was for, if it can be downloaded, and a sentence on that."""
    file = model_file(record)
    if file is None:
        return None, _no_result(record)
    try:
        _located(record, file)
    except Gone as gone:
        return None, gone.message
    return file, "the result can be downloaded"


def _urls(path: str) -> dict[str, str]:
    return {"direct_download": path, "base64_download": f"{path}?format=base64"}


@bp.delete("/<job_id>/result")
@describe("jobs", answer=ResultDeleted, errors=(404, 409, 410), needs_key=True)
def delete_result(job_id: str) -> Response:
    """Delete the files of a completed job to free their room. Asking again answers that nothing was left."""
    record = listed_job(job_id).record
    if record.state is not JobState.COMPLETED:
        raise _without_result(record)
    file = model_file(record)
    deleted = core().desk.store.delete_result(record, time.time())
    freed_bytes = free_result(record) if deleted else 0
    return jsonify(
        job_id=job_id,
        message="Result file deleted successfully" if deleted else "The result was deleted before",
        deleted=deleted,
        freed_space_mb=wire.size_mb(freed_bytes),
        deleted_file=file["name"] if file and deleted else None,
    )


@bp.get("/<job_id>/thumbnail")
@describe("jobs", media_types=("image/webp",), errors=(206, 304, 404, 409, 410, 416))
def thumbnail(job_id: str) -> Response:
    """A picture of the resulting mesh."""
    return _picture(job_id, "thumbnail")


def _picture(job_id: str, role: str, hint: str = "") -> Response:
    record = finished(job_id)
    file = file_with_role(record, role)
    if file is None:
        raise NotFound(f"job {job_id} has no {role}{hint}")
    return _inline(_located(record, file), file["media_type"])


@bp.get("/<job_id>/turntable")
@describe("jobs", media_types=("image/webp",), errors=(206, 304, 404, 409, 410, 416))
def turntable(job_id: str) -> Response:
    """The resulting mesh turned once about, animated; there if the request had `turntable` true."""
    return _picture(job_id, "turntable", "; send turntable: true with the request")


@bp.get("/<job_id>/input")
@describe(
    "jobs",
    media_types=tuple(sorted({*IMAGE_TYPES.values(), *MESH_TYPES.values()})),
    query=InputQuery,
    errors=(206, 304, 404, 410, 416),
)
def job_input(job_id: str) -> Response:
    """An input of a job: its picture or mesh."""
    record = listed_job(job_id).record
    slot = query_of(InputQuery).slot or next(iter(record.inputs), "")
    if slot not in record.inputs:
        known = ", ".join(record.inputs) or "none"
        raise NotFound(f"job {job_id} has no input {slot:.64}; it has {known}")
    path = core().desk.inputs.path(record.inputs[slot])
    if not path.is_file():
        raise Gone(f"the input {slot} of job {job_id} has expired")
    ending = path.suffix[1:]
    return _inline(str(path), {**IMAGE_TYPES, **MESH_TYPES}[ending])


def _inline(path: str, media_type: str) -> Response:
    response = send(path, media_type)
    # A client's own file shown in a browser must not run anything in this server's name.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
