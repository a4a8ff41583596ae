"""The operator's orders and what an operator looks at: drain, unload, the last errors, all at a glance.

Orders are kept in Redis (serving.jobs.orders); lanes obey them when they look there, and are rung for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from flask import Blueprint, Response

from pipelines.spec import ModelCard
from serving.errors import BadRequest, NotFound
from serving.jobs.board import LaneState
from serving.jobs.failures import Failure, last_failures
from serving.jobs.orders import EVERYWHERE, OperatorOrders
from serving.web import callers, wire
from serving.web.described import describe, query_of
from serving.web.desk import core
from serving.web.v1 import operator_answers as answers
from serving.web.v1 import system
from serving.web.v1.json_body import json_body
from serving.web.v1.offers import shown
from serving.web.watch import install, watch

bp = Blueprint("operator", __name__, url_prefix=f"{wire.V1}/system")
bp.record_once(install)

TAG = "operator"
# At a glance.
_FEW_ERRORS = 5


@bp.get("/drain")
@describe(TAG, answer=answers.Draining, needs_key=True)
def drain_state() -> Response:
    """Whether lanes start jobs now."""
    return shown(_draining(core().board.lanes()))


@bp.post("/drain")
@describe(TAG, answer=answers.Draining, body=answers.DrainOrder, needs_key=True)
def drain() -> Response:
    """Have lanes start no new job, or start them again. What runs goes on, what waits is kept, submits are accepted."""
    order, orders, lanes = json_body(answers.DrainOrder), _orders(), core().board.lanes()
    host = EVERYWHERE if order.host is None else order.host
    if order.drain:
        _check_lives(host, lanes)
        orders.drain(host)
    else:  # also for a machine that is gone
        orders.undrain(host)
    return shown(_draining(lanes))


@bp.post("/models/<model_id>/unload")
@describe(TAG, answer=answers.Unloaded, errors=(404,), needs_key=True)
def unload(model_id: str) -> Response:
    """Have a model leave the memory of every lane: at once where it is idle, after its run where it is busy.

    It is named by its id, or by its weights as lanes tell what they hold.
    """
    cards = core().desk.catalog.cards
    card = cards.get(model_id) or next(
        (card for card in cards.values() if card.weights == model_id), None
    )
    if card is None:
        raise NotFound(
            f"model {model_id!r:.80} is unknown; see {wire.V1}/system/available-adapters"
        )
    _orders().unload(card.weights)
    return shown(_told(card, core().board.lanes()))


@bp.get("/errors")
@describe(TAG, answer=answers.LastErrors, query=answers.ErrorsQuery, needs_key=True)
def errors() -> Response:
    """The last jobs that failed, of all clients, and what last went wrong in each lane."""
    asked = query_of(answers.ErrorsQuery)
    lanes = [
        answers.LaneError(
            lane=lane.name,
            title=lane.title or None,
            host=lane.host,
            at=wire.iso_time(lane.error_at),
            error=lane.error,
        )
        for lane in core().board.lanes()
        if lane.error
    ]
    return shown(answers.LastErrors(errors=_failures(asked.limit), lanes=lanes))


@bp.get("/operator")
@describe(TAG, answer=answers.OperatorView, needs_key=True)
def at_a_glance() -> Response:
    """Lanes, GPUs, queue, disk, orders and the last errors, for a page that asks every few seconds."""
    seen, now_s = watch(), time.time()
    roll = seen.core.board.roll()
    load = system.load(seen)
    return shown(
        answers.OperatorView(
            timestamp=wire.iso_time(now_s),
            version=wire.VERSION,
            uptime=round(now_s - seen.core.started_at, 3),
            draining=_draining([lane for lane in roll.values() if lane is not None]),
            queue=system.queue_counts(seen),
            lanes=system.lanes_of(seen, roll),
            gpus=system.gpus_of(seen),
            cpu_usage=load.cpu_usage,
            memory=load.memory,
            disk=load.disk,
            errors=_failures(_FEW_ERRORS),
        )
    )


def _orders() -> OperatorOrders:
    return OperatorOrders(core().desk.store.redis)


def _check_lives(host: str, lanes: Iterable[LaneState]) -> None:
    """Raises BadRequest for a machine that has no living lane: it may be misspelt."""
    known = sorted({lane.host for lane in lanes})
    if host != EVERYWHERE and host not in known:
        raise BadRequest(
            f"host is {host!r:.300}, which has no living lane; machines with lanes:"
            f" {', '.join(known) or 'none'}"
        )


def _draining(lanes: Iterable[LaneState]) -> answers.Draining:
    lanes, drained = list(lanes), _orders().drained()
    since_s = drained.all_since_s(lane.host for lane in lanes)
    counts = core().desk.store.counts(callers.client())
    return answers.Draining(
        draining=bool(since_s),
        since=wire.iso_time(since_s),
        hosts=sorted(host for host in drained.since_s if host != EVERYWHERE),
        lanes=sum(drained.holds(lane.host) for lane in lanes),
        processing_jobs=counts.running,
        pending_jobs=counts.waiting,
    )


def _told(card: ModelCard, lanes: Iterable[LaneState]) -> answers.Unloaded:
    """What the lanes said last that they hold of it; a run that began since is told as well."""
    residents = [
        answers.ToldResident(
            lane=lane.name,
            title=lane.title or None,
            host=lane.host,
            state=one.state,
            memory_mib=one.memory_mib,
        )
        for lane in lanes
        for one in lane.residents
        if one.weights == card.weights
    ]
    busy = sum(one.state == "busy" for one in residents)
    count = len(residents)
    leave = "1 model process leaves" if count == 1 else f"{count} model processes leave"
    after = f", {busy} of them after its run" if busy else ""
    return answers.Unloaded(
        model_id=card.model_id,
        weights=card.weights,
        told=count,
        residents=residents,
        message=f"{leave}{after}" if residents else "no lane holds it",
    )


def _failures(count: int) -> list[answers.FailureFacts]:
    """The id of a job opens it to whoever knows it: without a key, only the caller's own are told."""
    caller, has_key = callers.client(), callers.key_holder() is not None
    return [
        _failure(row, tells_id=has_key or row.client == caller)
        for row in last_failures(core().desk.store.redis, count)
    ]


def _failure(row: Failure, *, tells_id: bool) -> answers.FailureFacts:
    return answers.FailureFacts(
        at=wire.iso_time(row.at),
        feature=row.feature,
        model=row.model_id,
        error_code=row.code,
        error=row.message,
        run_seconds=None if row.run_s is None else round(row.run_s, 3),
        job_id=row.job_id if tells_id else None,
    )
