"""What a supervisor of servers asks: does it live, is it ready, how does it do. None of these needs a key."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from flask import Blueprint, Response, jsonify
from pydantic import Field
from redis.exceptions import RedisError

from serving.jobs.orders import OperatorOrders
from serving.settings import Settings
from serving.web import machine
from serving.web.described import Answer, describe
from serving.web.watch import Watch, install, watch

bp = Blueprint("probes", __name__)
bp.record_once(install)

TAG = "probes"
GIB = 1024**3
RETRY_S = 2


class Alive(Answer):
    """This process answers."""

    status: Literal["alive"]


class Check(Answer):
    """One thing that must be well. `reason` says what is not."""

    name: Literal["redis", "workers", "disk"]
    ok: bool
    reason: str


class Readiness(Answer):
    """Whether jobs can be accepted and done. Not ready comes with 503, in the same form."""

    status: Literal["ready", "not ready"]
    checks: list[Check]
    draining: bool = Field(
        description="jobs are accepted, and start when the operator lets them; for that nobody is sent elsewhere"
    )


@bp.get("/livez")
@describe(TAG, answer=Alive)
def livez() -> Response:
    """Whether this process answers; nothing else is asked for that."""
    return jsonify(Alive(status="alive").model_dump())


@bp.get("/readyz")
@describe(TAG, answer=Readiness, errors=(503,))
def readyz() -> Response:
    """Whether jobs can be accepted and done here now; with 503 if not, and what is in the way."""
    seen = watch()
    checks = [*_redis_and_workers(seen), _disk(seen.core.settings)]
    is_ready = all(check.ok for check in checks)
    response = jsonify(
        Readiness(
            status="ready" if is_ready else "not ready",
            checks=checks,
            draining=checks[0].ok and _is_draining(seen),
        ).model_dump()
    )
    if not is_ready:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_S)
    return response


@bp.get("/metrics")
@describe(TAG, media_types=("text/plain",))
def prometheus() -> Response:
    """Counts and measures in the text form of Prometheus."""
    from serving.web import metrics  # a library that a process needs only once it is scraped

    return Response(metrics.exposition(watch()), content_type=metrics.CONTENT_TYPE)


def _redis_and_workers(seen: Watch) -> list[Check]:
    """One question to Redis answers both; while it is away, nobody can tell which workers live."""
    try:
        served = {
            model_id
            for lane in seen.core.board.lanes()
            for model_id, reason in lane.models.items()
            if not (lane.device == "cpu" and reason and _is_for_a_gpu(seen, model_id))
        }
    except RedisError as error:
        reason = f"Redis does not answer ({type(error).__name__})"
        return [
            Check(name="redis", ok=False, reason=reason),
            Check(name="workers", ok=False, reason="not known while Redis does not answer"),
        ]
    catalog = seen.core.desk.catalog
    alone = [
        name
        for name in catalog.features
        if (cards := catalog.cards_for(name)) and not any(card.model_id in served for card in cards)
    ]
    reason = f"no living worker serves {', '.join(alone)}" if alone else ""
    return [
        Check(name="redis", ok=True, reason=""),
        Check(name="workers", ok=not alone, reason=reason),
    ]


def _is_draining(seen: Watch) -> bool:
    """False also where Redis went away just now: then that is what is to be mended."""
    with suppress(RedisError):
        drained = OperatorOrders(seen.core.desk.store.redis).drained()
        hosts = [lane.host for lane in seen.core.board.lanes()] if drained.since_s else []
        return bool(drained.all_since_s(hosts))
    return False


def _is_for_a_gpu(seen: Watch, model_id: str) -> bool:
    """A lane of the CPU says of such models only what else they lack."""
    card = seen.core.desk.catalog.cards.get(model_id)
    return bool(card and card.vram_mib)


def _disk(settings: Settings) -> Check:
    free_gib = machine.disk(settings.data_dir).available / GIB
    is_enough = free_gib >= settings.min_free_gib
    reason = (
        ""
        if is_enough
        else f"{free_gib:.1f} GiB are free and {settings.min_free_gib:g} must be;"
        " remove old results or lower MESHKILN_KEEP_GIB"
    )
    return Check(name="disk", ok=is_enough, reason=reason)
