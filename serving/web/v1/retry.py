"""A job once more: the same inputs, model and parameters make a new one. The first stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response

from pipelines.spec import Feature, Notice
from serving.errors import BadRequest, Gone, WrongState
from serving.jobs.record import JobRecord
from serving.jobs.submit import Request
from serving.storage.uploads import Asset
from serving.web import callers, wire
from serving.web.described import describe
from serving.web.desk import core
from serving.web.once import idempotency_key
from serving.web.v1.features import JobAccepted, accepted_answer
from serving.web.v1.jobs import listed_job
from serving.web.views import VIEWS_GUESSED

bp = Blueprint("retry", __name__, url_prefix=f"{wire.V1}/system/jobs")


@bp.post("/<job_id>/retry")
@describe("jobs", answer=JobAccepted, makes_job=True, errors=(404, 409, 410))
def retry(job_id: str) -> Response:
    """Send a job again that has ended, however it did: a new job of the caller with the same inputs and parameters."""
    record = listed_job(job_id).record
    if not record.has_ended:
        raise WrongState(f"job {job_id} is {record.state.value}; cancel it, or wait until it ends")
    desk = core().desk
    feature = desk.catalog.feature(record.feature)
    choice = desk.choose(record.feature, record.model_id)
    is_same = choice.card.model_id == record.model_id
    accepted = desk.accept(
        Request(
            client=callers.client(),
            feature=record.feature,
            model_id=record.model_id,
            choice=choice,
            params=record.params,
            options=record.options if is_same else {},  # they are the other model's own
            assets=_assets(feature, record),
            shown=record.shown,
            notices=_kept_notices(record),
            idempotency_key=idempotency_key(),
            timeout_s=min(record.timeout_s, desk.limit_s(choice.card)),
        )
    )
    return accepted_answer(feature, accepted)


def _kept_notices(record: JobRecord) -> tuple[Notice, ...]:
    """Of what the first was told, that which was said of its inputs."""
    return tuple(
        Notice(row["code"], row["message"])
        for row in record.warnings
        if row["code"] == VIEWS_GUESSED
    )


def _assets(feature: Feature, record: JobRecord) -> Mapping[str, Asset]:
    """Its inputs, linked. Raises Gone when one was removed, BadRequest when the feature has no such input any more."""
    held = core().desk.inputs
    assets: dict[str, Asset] = {}
    for slot, kept in record.inputs.items():
        if slot not in feature.inputs:
            raise BadRequest(f"{feature.name} takes no {slot} any more; send the job anew")
        try:
            assets[slot] = held.inspect_stored(held.path(kept), slot, feature.inputs[slot].kind)
        except FileNotFoundError:
            raise Gone(
                f"the input {slot} of job {record.job_id} has expired; send the job anew"
            ) from None
    return assets
