"""The first API: per-IP, /image_to_3d. A thin skin: its own spellings, then submit() and the store."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from pipelines.catalog import Catalog
from serving.errors import Gone, NotFound
from serving.jobs.named_inputs import NamedInputs
from serving.jobs.reader import Listed
from serving.jobs.submit import Request
from serving.storage.clients import client_address
from serving.storage.outputs import JOB_ID, MEDIA_TYPES
from serving.web import callers, wire
from serving.web.conversions import converted, tell_warnings
from serving.web.described import describe
from serving.web.desk import core, present_request
from serving.web.form import Form, read_form
from serving.web.once import idempotency_key, marked
from serving.web.sending import send
from serving.web.trellis_answers import (
    Alive,
    MyRequests,
    OfRequest,
    QueueStatus,
    RequestInFull,
    Submitted,
)
from serving.web.trellis_bodies import IMAGE_FILES, ImageBody, ImageFields, TextBody
from serving.web.trellis_form import image_request, kind_of_field, text_request

bp = Blueprint("trellis", __name__)
_TAG = "images and text, by address"


@bp.post("/image_to_3d")
@describe(
    _TAG, answer=Submitted, body=ImageBody, form=ImageFields, files=IMAGE_FILES, makes_job=True
)
def image_to_3d() -> Response:
    """A picture, or several views, becomes a textured mesh; with a mesh beside it, the mesh is painted."""
    return _submit(image_request)


@bp.post("/text_to_3d")
@describe(_TAG, answer=Submitted, body=TextBody, form=TextBody, makes_job=True)
def text_to_3d() -> Response:
    """A text becomes a textured mesh, where a model for that is installed."""
    return _submit(text_request)


def _submit(understand: Callable[[Form, str, NamedInputs, Catalog], Request]) -> Response:
    held = core()
    desk = held.desk
    with read_form(present_request(), desk.inputs, kind_of_field) as form:
        asked = understand(form, callers.client(), held.names, desk.able())
        accepted = desk.accept(replace(asked, idempotency_key=idempotency_key()))
    record = accepted.record
    answer = jsonify(
        request_id=record.job_id,
        status=wire.TRELLIS_WORDS[record.state],
        message="The job waits in the queue."
        if not accepted.replayed
        else "The job was accepted before.",
    )
    return marked(answer, accepted)


@bp.get("/my_requests")
@describe(_TAG, answer=MyRequests)
def my_requests() -> Response:
    """The client's jobs, newest first: all that wait or run, and the last finished ones."""
    client = callers.client()
    listed = core().desk.store.of_client(client)
    items = [wire.trellis_item(row, request.url_root) for row in listed]
    return jsonify(ip_address=client_address(client), requests=items)


@bp.get("/task/<request_id>")
@describe(_TAG, answer=RequestInFull)
def task(request_id: str) -> Response:
    """One job in full, by its unguessable id."""
    return jsonify(wire.trellis_task(_listed(request_id), request.url_root))


@bp.get("/queue/status")
@bp.get("/queue_status")
@describe(_TAG, answer=QueueStatus, query=OfRequest, errors=(404,))
def queue_status() -> Response:
    """How many jobs wait and run, of all and of this client; with ?request_id= where that job stands."""
    store, client = core().desk.store, callers.client()
    counts = store.counts(client)
    body: dict[str, Any] = {
        "queue_length": counts.waiting,
        "processing": counts.running,
        "client_queue_length": counts.client_waiting,
        "client_processing": counts.client_running,
        "processing_requests": [
            {
                "request_id": record.job_id,
                "image_name": record.shown.get("image_name", ""),
                "start_time": wire.iso_time(record.started_at),
                "stage": record.stage,
                "progress": record.progress,
            }
            for record in store.running_of(client)
        ],
    }
    if "request_id" in request.args:
        listed = _listed(request.args["request_id"])
        body |= {
            "request_id": listed.record.job_id,
            "status": wire.TRELLIS_WORDS[listed.record.state],
            "position": listed.position,
            "eta_seconds": core().eta_s(listed) or 0.0,
        }
    return jsonify(body)


@bp.get("/outputs/<client>/<job_id>/<path:name>")
@bp.get("/output/<client>/<job_id>/<path:name>")
@describe(_TAG, media_types=tuple(MEDIA_TYPES.values()), errors=(206, 304, 412, 416))
def output(client: str, job_id: str, name: str) -> Response:
    """One file of a finished job. Range, ETag and HEAD work."""
    if not callers.sees(client):
        raise NotFound("no such file")
    path = core().outputs.locate(client, job_id, name)
    if wanted := request.args.get("as"):
        return _as(wanted, job_id)
    media_type = MEDIA_TYPES.get(os.path.splitext(name)[1], "application/octet-stream")
    return send(path, media_type, name=name)


def _as(wanted: str, job_id: str) -> Response:
    """The mesh of a finished job in another format."""
    record = converted(_listed(job_id).record, wanted)
    file = next(file for file in record.files if file["role"] == "model")
    path = core().outputs.locate(record.client, record.job_id, file["name"])
    return tell_warnings(send(path, file["media_type"], name=file["name"]), record)


@bp.get("/status")
@describe(_TAG, answer=Alive)
def status() -> Response:
    """Whether the server is there."""
    return jsonify(status="ok", message="Meshkiln is running.")


def _listed(request_id: str) -> Listed:
    if not JOB_ID.fullmatch(request_id):
        raise NotFound(f"no request {request_id:.64}")
    try:
        listed = core().desk.store.get_listed(request_id)
    except Gone as gone:
        if callers.sees(gone.owner):
            raise
        raise NotFound(f"no job {request_id}") from None
    if not callers.sees(listed.record.client):
        raise NotFound(f"no job {request_id}")  # as for one that is not there
    return listed
