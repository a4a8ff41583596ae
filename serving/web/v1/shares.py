"""Links that show a result to others: made and ended by whoever sees the job. The pages are studio/shared_views.py."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from serving.errors import WrongState
from serving.jobs.shares import Shares
from serving.web import wire
from serving.web.described import Answer, describe
from serving.web.desk import core
from serving.web.studio.shared_views import VIEW, check_switched_on, glb_of
from serving.web.v1.job_wire import job_path
from serving.web.v1.jobs import listed_job
from serving.web.v1.json_body import json_body
from serving.web.v1.results import finished

bp = Blueprint("shares", __name__, url_prefix=f"{wire.V1}/system/jobs")


class ShareWish(BaseModel):
    """What the link shows beside the mesh."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    show_prompt: StrictBool = Field(
        False, description="the page is titled with the prompt; false: with what was done"
    )


class Shared(Answer):
    """Where the result can be seen by whoever has the link."""

    share_id: str
    url: str = Field(description="path of the page on this server")


class Unshared(Answer):
    """The link of a job leads nowhere."""

    job_id: str
    ended: bool = Field(description="false: there was none")


@bp.post("/<job_id>/share")
@describe("jobs", answer=Shared, body=ShareWish, errors=(404, 409, 410))
def share(job_id: str) -> Response:
    """A link that shows the result to whoever has it, and gives no more. The same job has the same link."""
    check_switched_on()
    wish, record = json_body(ShareWish), finished(job_id)
    if glb_of(record) is None:
        raise WrongState(
            f"share needs a GLB, and job {job_id} has none; convert its mesh"
            f" ({job_path(record)}/download?as=glb) and share that job"
        )
    share_id = Shares(core().desk.store.redis).share(job_id, shows_prompt=wish.show_prompt)
    return jsonify(Shared(share_id=share_id, url=f"{VIEW}/{share_id}").model_dump())


@bp.delete("/<job_id>/share")
@describe("jobs", answer=Unshared, errors=(404, 410))
def unshare(job_id: str) -> Response:
    """End the link of a job. Asking again answers that there was none; a link made later is another one."""
    listed_job(job_id)
    ended = Shares(core().desk.store.redis).end(job_id)
    return jsonify(Unshared(job_id=job_id, ended=ended).model_dump())
