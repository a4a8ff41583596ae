"""The first API: per-IP, /image_to_3d. A thin skin: its own spellings, then submit() and the store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, send_file

from pipelines.catalog import Catalog
from serving.errors import NotFound
from serving.jobs.record import JobState
from serving.jobs.store import Listed
from serving.jobs.submit import Request
from serving.storage.clients import client_address, client_name
from serving.storage.outputs import JOB_ID
from serving.storage.uploads import Inputs
from serving.web import wire
from serving.web.desk import Core
from serving.web.form import Form, read_form
from serving.web.trellis_form import image_request, kind_of_field, text_request

bp = Blueprint("trellis", __name__)

OUTPUT_TYPES = {".glb": "model/gltf-binary", ".json": "application/json", ".png": "image/png"}


def _core() -> Core:
    core: Core = current_app.extensions["meshkiln"]
    return core


def _client() -> str:
    return client_name(request.remote_addr)


@bp.post("/image_to_3d")
def image_to_3d() -> Response:
    """A picture, or several views, becomes a textured mesh; with a mesh beside it, the mesh is painted."""
    return _submit(image_request)


@bp.post("/text_to_3d")
def text_to_3d() -> Response:
    """A text becomes a textured mesh, where a model for that is installed."""
    return _submit(text_request)


def _submit(understand: Callable[[Form, str, Inputs, Catalog], Request]) -> Response:
    desk = _core().desk
    with read_form(request, desk.inputs, kind_of_field) as form:
        record = desk.submit(understand(form, _client(), desk.inputs, desk.catalog))
    return jsonify(request_id=record.job_id, status="queued", message="The job waits in the queue.")


@bp.get("/my_requests")
def my_requests() -> Response:
    """The client's jobs, newest first: all that wait or run, and the last finished ones."""
    client = _client()
    listed = _core().desk.store.of_client(client)
    items = [wire.trellis_item(row, request.url_root) for row in listed]
    return jsonify(ip_address=client_address(client), requests=items)


@bp.get("/task/<request_id>")
def task(request_id: str) -> Response:
    """One job in full, by its unguessable id."""
    return jsonify(wire.trellis_task(_listed(request_id), request.url_root))


@bp.get("/queue/status")
@bp.get("/queue_status")
def queue_status() -> Response:
    """How many jobs wait and run, of all and of this client; with ?request_id= where that job stands."""
    store, client = _core().desk.store, _client()
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
            "eta_seconds": _eta_s(listed, counts.running),
        }
    return jsonify(body)


@bp.get("/outputs/<client>/<job_id>/<path:name>")
@bp.get("/output/<client>/<job_id>/<path:name>")
def output(client: str, job_id: str, name: str) -> Response:
    """One file of a finished job. Range, ETag and HEAD work."""
    path = _core().outputs.locate(client, job_id, name)
    media_type = OUTPUT_TYPES.get(os.path.splitext(name)[1], "application/octet-stream")
    response = send_file(path, mimetype=media_type, conditional=True, download_name=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get("/status")
def status() -> Response:
    """Whether the server is there."""
    return jsonify(status="ok", message="Meshkiln is running.")


def _listed(request_id: str) -> Listed:
    if not JOB_ID.fullmatch(request_id):
        raise NotFound(f"no request {request_id:.64}")
    return _core().desk.store.get_listed(request_id)


def _eta_s(listed: Listed, running: int) -> float:
    """Seconds until a job is done, from how long runs of its model take here. 0 for a finished one."""
    record = listed.record
    if record.state in (JobState.COMPLETED, JobState.FAILED):
        return 0.0
    core = _core()
    pace_s = core.desk.store.pace_s(core.desk.catalog.cards[record.model_id])
    if record.state is JobState.PROCESSING:
        return round(max(0.0, record.started_at + pace_s - time.time()), 1)
    lanes = max(1, running)
    return round(pace_s * (1 + ((listed.position or 0) + running) / lanes), 1)
