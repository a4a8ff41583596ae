"""Workers in the words of the second API, and the models of those words. Pure: no request, no Redis, no clock."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from serving.jobs.board import LaneState, ResidentState
from serving.web.described import Answer
from serving.web.wire import iso_time


class ResidentFacts(Answer):
    """A model process of a worker."""

    weights: str
    state: Literal["loading", "idle", "busy"]
    price_mib: int = Field(description="MiB of GPU memory that are reserved for it")
    memory_mib: int | None = Field(
        description="MiB that it holds, as the driver says; null where it does not"
    )
    idle_s: float | None = Field(description="seconds since its last run; null unless it is idle")


class LaneFacts(Answer):
    """A worker. Of a dead one nothing is known but its name."""

    name: str
    alive: bool
    title: str | None = Field(description="its place on its machine: cpu0, gpu2")
    host: str | None = Field(description="name of its machine")
    device: str | None
    gpu: int | None = Field(description="number of its GPU on its machine; null for none")
    gpu_name: str | None
    vram_mib: int | None = Field(description="MiB of that GPU that models may take")
    heartbeat_age_s: float | None = Field(description="seconds since it last spoke")
    busy: bool
    job: str | None = Field(description="id of the job that it runs, if that is the caller's own")
    loaded: list[str] = Field(description="weights that are ready")
    residents: list[ResidentFacts]
    waits_for: str | None = Field(description="why it takes nothing though jobs wait")
    last_error: str | None
    last_error_at: str | None


def lane_facts(
    name: str, lane: LaneState | None, own_jobs: Collection[str], now_s: float
) -> LaneFacts:
    """A worker. The id of a job opens it to whoever knows it: only those in `own_jobs` are told."""
    if lane is None:
        return _dead(name)
    return LaneFacts(
        name=name,
        alive=True,
        title=lane.title or None,
        host=lane.host,
        device=lane.device,
        gpu=lane.gpu,
        gpu_name=lane.gpu_name or None,
        vram_mib=lane.vram_mib,
        heartbeat_age_s=_age_s(lane.beat_at, now_s),
        busy=bool(lane.job_id),
        job=lane.job_id if lane.job_id in own_jobs else None,
        loaded=list(lane.loaded),
        residents=[_resident(one, now_s) for one in lane.residents],
        waits_for=lane.waits_for or None,
        last_error=lane.error or None,
        last_error_at=iso_time(lane.error_at),
    )


def _dead(name: str) -> LaneFacts:
    known = {"name": name, "alive": False, "busy": False, "loaded": [], "residents": []}
    return LaneFacts(**{**dict.fromkeys(LaneFacts.model_fields), **known})


def _resident(one: ResidentState, now_s: float) -> ResidentFacts:
    return ResidentFacts(
        weights=one.weights,
        state=one.state,
        price_mib=one.price_mib,
        memory_mib=one.memory_mib,
        idle_s=_age_s(one.used_at, now_s) if one.state == "idle" else None,
    )


def held_mib(one: ResidentState, declared_mib: int = 0) -> int:
    """MiB of GPU memory that a model takes: as the driver says, else as is reserved for it or its card declares."""
    return (one.price_mib or declared_mib) if one.memory_mib is None else one.memory_mib


def _age_s(at_s: float, now_s: float) -> float | None:
    """Seconds since then; None for never. Another machine's clock may be ahead of ours."""
    return round(max(0.0, now_s - at_s), 1) if at_s else None
