"""/view/<name>: a result on a page of its own, and what that page shows. Read-only, and nothing on it names the job.

`name` is a share_id, which needs no key, or the id of a job that the caller may see.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import Field

from pipelines.delivered import MEDIA_TYPES
from serving.errors import Gone, NotFound, ServiceError, WrongState
from serving.jobs.record import JobRecord
from serving.jobs.shares import SHARE_ID, Shares
from serving.web import wire
from serving.web.described import Answer, describe
from serving.web.desk import core
from serving.web.sending import send
from serving.web.studio.pages import HTML, studio_page, wants_page
from serving.web.v1.job_wire import file_with_role
from serving.web.v1.results import finished

VIEW = "/view"
bp = Blueprint("shared_views", __name__, url_prefix=VIEW)

TAG = "share pages"
GLB = MEDIA_TYPES["glb"]
TITLE_CHARACTERS = 80
# A browser asks each time whether the link still leads there; nobody between keeps anything.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}
# A client's own file, opened by itself, must not run anything in this server's name.
_SHUT = "sandbox; default-src 'none'"
_NOWHERE = "this link leads nowhere, or does not any more"


class ShownFacts(Answer):
    """What is told of a shared result."""

    title: str = Field(description="the prompt, cut short, if that is shown; else what was done")
    feature: str
    shows_prompt: bool
    triangles: int | None
    size_m: list[float] | None = Field(description="width, height and depth in metres")
    size_bytes: int = Field(description="of the GLB")
    model: str
    made_at: str | None
    has_poster: bool


class _Shown:
    """A result that may be shown by this name."""

    def __init__(self, name: str, record: JobRecord, *, shows_prompt: bool) -> None:
        self.name = name
        self.record = record
        self.shows_prompt = shows_prompt

    def send(self, file: Mapping[str, Any] | None, media_type: str, as_name: str) -> Response:
        """A file of it. Raises NotFound."""
        if file is None:
            raise NotFound(_NOWHERE)
        record = self.record
        try:
            path = core().outputs.locate(record.client, record.job_id, file["name"])
        except NotFound:
            raise NotFound(_NOWHERE) from None
        response = send(path, media_type, name=as_name, etag=self._etag(path))
        response.headers["Content-Security-Policy"] = _SHUT
        return response

    def _etag(self, path: str) -> str:
        """Of nothing that names the job, as the path does."""
        row = os.stat(path)
        said = f"{self.name} {row.st_mtime_ns} {row.st_size} {os.path.basename(path)}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def check_switched_on() -> None:
    """Raises NotFound where the operator wants no share pages."""
    if not core().settings.share_pages:
        raise NotFound("share pages are switched off here (MESHKILN_SHARE_PAGES)")


def glb_of(record: JobRecord) -> Mapping[str, Any] | None:
    """The GLB of a result: its mesh, or that from which its mesh was written in another format."""
    found = [file for file in record.files if file["media_type"] == GLB]
    return next((file for file in found if file["role"] == "model"), found[0] if found else None)


@bp.after_request
def keep_private(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response


@bp.get("/<name>")
@describe(TAG, media_types=(HTML,), errors=(404, 409, 410))
def page(name: str) -> Response:
    """A result on a page of its own, by its link or by the id of a job that the caller may see."""
    try:
        shown = _shown(name)
        if glb_of(shown.record) is None:
            raise WrongState("this result has no GLB, and nothing else can be shown here")
    except ServiceError as error:
        if not wants_page():
            raise
        return _refused(error)
    return studio_page(
        "view.html",
        shown=_title(shown),
        model=f"{request.script_root}{VIEW}/{name}/model.glb",
        poster=f"{request.url_root}{VIEW[1:]}/{name}/poster.webp",
    )


@bp.get("/<name>/model.glb")
@describe(TAG, media_types=(GLB,), errors=(206, 304, 404, 409, 410, 412, 416))
def model(name: str) -> Response:
    """The mesh of that page."""
    shown = _shown(name)
    return shown.send(glb_of(shown.record), GLB, "model.glb")


@bp.get("/<name>/poster.webp")
@describe(TAG, media_types=("image/webp",), errors=(206, 304, 404, 409, 410, 412, 416))
def poster(name: str) -> Response:
    """The picture of that page, until its mesh is there."""
    shown = _shown(name)
    return shown.send(file_with_role(shown.record, "thumbnail"), "image/webp", "poster.webp")


@bp.get("/<name>/facts.json")
@describe(TAG, answer=ShownFacts, errors=(404, 409, 410))
def facts(name: str) -> Response:
    """What that page says of its mesh."""
    shown = _shown(name)
    record, file = shown.record, glb_of(shown.record)
    if file is None:
        raise NotFound(_NOWHERE)
    report = record.info.get("mesh_report", {})
    return jsonify(
        ShownFacts(
            title=_title(shown),
            feature=record.feature,
            shows_prompt=bool(_prompt(shown)),
            triangles=report.get("faces", record.info.get("face_count")),
            size_m=report.get("size_m", record.info.get("size_m")),
            size_bytes=file["size_bytes"],
            model=record.model_id,
            made_at=wire.iso_time(record.finished_at),
            has_poster=file_with_role(record, "thumbnail") is not None,
        ).model_dump()
    )


def _shown(name: str) -> _Shown:
    """What may be shown by a name. Raises NotFound; of a job's id also what finished() raises."""
    check_switched_on()
    if not SHARE_ID.fullmatch(name):
        return _Shown(name, finished(name), shows_prompt=True)
    store = core().desk.store
    share = Shares(store.redis).find(name)
    try:
        record = store.get(share.job_id)
    except (NotFound, Gone):  # its record was removed by hand
        raise NotFound(_NOWHERE) from None
    return _Shown(name, record, shows_prompt=share.shows_prompt)


def _prompt(shown: _Shown) -> str:
    """The text that was sent, on one line, if it may be shown."""
    if not shown.shows_prompt:
        return ""
    return " ".join(str(shown.record.shown.get("text") or "").split())


def _title(shown: _Shown) -> str:
    return _prompt(shown)[:TITLE_CHARACTERS] or shown.record.feature.replace("_", " ").capitalize()


def _refused(error: ServiceError) -> Response:
    """The error as a page, for a person."""
    said = error.message[:1].upper() + error.message[1:].rstrip(".")
    return studio_page("view_gone.html", error.status, said=said)
