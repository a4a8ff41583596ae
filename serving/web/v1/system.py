"""The machine and the queue as they are now: health, info, status, scheduler, and who is asking.

Every value is read when it is asked for. What can be used here is told by offers.py, which is part of this blueprint.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping

from flask import Blueprint, Response, current_app, request

from pipelines.spec import ModelCard
from serving.jobs.availability import Offer, offer
from serving.jobs.board import LaneState
from serving.jobs.tally import Totals
from serving.settings import Settings
from serving.web import callers, machine, wire
from serving.web.described import describe
from serving.web.v1 import offers
from serving.web.v1 import system_answers as answers
from serving.web.v1.lane_wire import LaneFacts, held_mib, lane_facts
from serving.web.v1.offers import shown
from serving.web.watch import Watch, install, watch

bp = Blueprint("system", __name__)
bp.record_once(install)
bp.register_blueprint(offers.bp)

TAG = "system"
_SYSTEM = f"{wire.V1}/system"
_NO_FEATURES: tuple[str, ...] = ()
_GPU_FIELDS = tuple(answers.GpuStatus.model_fields)


@bp.get("/health")
@bp.get(f"{_SYSTEM}/health")
@describe(TAG, answer=answers.Health)
def health() -> Response:
    """Whether jobs can be accepted: this process answers and Redis does."""
    core, now_s = watch().core, time.time()
    core.desk.store.redis.ping()
    return shown(
        answers.Health(
            status="healthy",
            timestamp=str(wire.iso_time(now_s)),
            uptime=round(now_s - core.started_at, 3),
            lanes=len(core.board.lanes()),
            version=wire.VERSION,
        )
    )


@bp.get(f"{_SYSTEM}/info")
@describe(TAG, answer=answers.SystemInfo, needs_key=True)
def info() -> Response:
    """What runs here, on what, and some of its settings."""
    settings, memory = watch().core.settings, machine.memory()
    return shown(
        answers.SystemInfo(
            system=answers.SystemFacts(
                platform=platform.platform(),
                python_version=platform.python_version(),
                cpu_count=os.cpu_count() or 1,
                memory_total=memory.total,
                memory_available=memory.available,
            ),
            application=answers.ApplicationFacts(
                version=wire.VERSION,
                environment="production" if settings.is_exposed else "development",
                debug=current_app.debug,
            ),
            configuration=_configuration(settings),
        )
    )


def _configuration(settings: Settings) -> answers.Configuration:
    """Neither a secret nor a path of this machine."""
    return answers.Configuration(
        server=answers.ServerFacts(
            host=settings.host,
            port=settings.port or int(request.environ["SERVER_PORT"]),
            # As gunicorn_config.py has it.
            workers=settings.web_processes or min(4, os.cpu_count() or 1),
        ),
        gpu=answers.GpuFacts(
            auto_detect=settings.gpus == "all", memory_buffer=settings.vram_reserve_mib
        ),
        storage=answers.StorageFacts(
            input_dir=settings.inputs_dir.name, output_dir=settings.outputs_dir.name
        ),
    )


@bp.get(f"{_SYSTEM}/status")
@describe(TAG, answer=answers.SystemStatus, needs_key=True)
def status() -> Response:
    """How busy the machine, its GPUs and the queue are."""
    seen = watch()
    return shown(
        answers.SystemStatus(
            timestamp=str(wire.iso_time(time.time())),
            system=load(seen),
            gpu=gpus_of(seen),
            models=_model_counts(seen, _offer_now(seen)),
            queue=queue_counts(seen),
        )
    )


def gpus_of(seen: Watch) -> list[answers.GpuStatus]:
    """The GPUs of this machine."""
    return [
        answers.GpuStatus(**{name: getattr(gpu, name) for name in _GPU_FIELDS})
        for gpu in seen.gpus.read()
    ]


def queue_counts(seen: Watch) -> answers.QueueCounts:
    """Jobs of all clients."""
    totals = seen.tally.read(_NO_FEATURES)
    return answers.QueueCounts(
        pending_jobs=totals.waiting,
        processing_jobs=totals.running,
        completed_jobs=totals.of_all("completed"),
    )


def load(seen: Watch) -> answers.SystemLoad:
    """How busy this machine is."""
    disk = machine.disk(seen.core.settings.data_dir)
    return answers.SystemLoad(
        cpu_usage=seen.cpu.percent(),
        memory=answers.Memory(**vars(machine.memory())),
        disk=answers.Disk(
            total=disk.total, free=disk.available, used=disk.used, percent=disk.percent
        ),
    )


def _offer_now(seen: Watch) -> Offer:
    """What the board says at this moment, not a second ago."""
    return offer(seen.core.desk.catalog, seen.core.board.lanes())


def _model_counts(seen: Watch, offered: Offer) -> answers.ModelCounts:
    cards = seen.core.desk.catalog.cards.values()
    declared_mib = {card.weights: card.vram_mib for card in cards}
    # Cards with equal weights in one lane are one model in memory; one model in two lanes is there twice.
    ready = [one for lane in offered.lanes for one in lane.residents if one.state != "loading"]
    return answers.ModelCounts(
        loaded=sum(offered.holder(card) is not None for card in cards),
        available=sum(not reason for reason in offered.reasons.values()),
        total_vram_used=sum(held_mib(one, declared_mib.get(one.weights, 0)) for one in ready),
    )


@bp.get(f"{_SYSTEM}/scheduler-status")
@describe(TAG, answer=answers.SchedulerStatus)
def scheduler_status() -> Response:
    """Which workers live, what they have loaded, and what waits for them."""
    seen = watch()
    totals, roll = seen.tally.read(_NO_FEATURES), seen.core.board.roll()
    cards = seen.core.desk.catalog.cards.values()
    offered = offer(seen.core.desk.catalog, [lane for lane in roll.values() if lane is not None])
    completed = totals.of_all("completed")
    return shown(
        answers.SchedulerStatus(
            scheduler=answers.Scheduler(
                running=bool(offered.lanes),
                queue_status=_queue(totals, completed),
                gpu_status=[
                    answers.GpuMemory(
                        id=gpu.id, memory_used=gpu.memory_used, memory_total=gpu.memory_total
                    )
                    for gpu in seen.gpus.read()
                ],
                models={card.model_id: _model_state(offered, card) for card in cards},
                lanes=lanes_of(seen, roll),
            ),
            adapters_registered=len(cards),
            active_jobs=totals.running,
            queued_jobs=totals.waiting,
            completed_jobs=completed,
        )
    )


def _queue(totals: Totals, completed: int) -> answers.SchedulerQueue:
    return answers.SchedulerQueue(
        queued_jobs=totals.waiting, processing_jobs=totals.running, completed_jobs=completed
    )


def _model_state(offered: Offer, card: ModelCard) -> answers.ModelState:
    reason, lane = offered.reasons[card.model_id], offered.holder(card)
    if reason:
        return answers.ModelState(status="unavailable", vram_usage=0, reason=reason)
    if lane is None:
        return answers.ModelState(status="available", vram_usage=0)
    held = next(one for one in lane.residents if one.weights == card.weights)
    return answers.ModelState(status="loaded", vram_usage=held_mib(held, card.vram_mib))


def lanes_of(seen: Watch, roll: Mapping[str, LaneState | None]) -> list[LaneFacts]:
    """The workers, and which of the jobs that they run are the caller's."""
    running = [lane.job_id for lane in roll.values() if lane is not None and lane.job_id]
    records = seen.core.desk.store.get_many(running) if running else []
    own = {record.job_id for record in records if record.client == callers.client()}
    return [lane_facts(name, lane, own, time.time()) for name, lane in roll.items()]


@bp.get(f"{_SYSTEM}/auth-status")
@describe(TAG, answer=answers.AuthStatus)
def auth_status() -> Response:
    """Whether keys are asked for here, and by which one the request is known."""
    name = callers.key_holder()
    return shown(
        answers.AuthStatus(
            auth_enabled=callers.keys_needed(), authenticated=name is not None, key_name=name
        )
    )
