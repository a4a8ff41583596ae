"""What the operator's routes take and answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from serving.web.described import Answer, Query
from serving.web.v1.lane_wire import LaneFacts
from serving.web.v1.system_answers import Disk, GpuStatus, Memory, QueueCounts


class DrainOrder(BaseModel):
    """Whether lanes are to start jobs."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    drain: StrictBool = Field(description="true: they start none; false: they start them again")
    host: str | None = Field(
        None,
        min_length=1,
        max_length=255,
        description="the machine whose lanes are meant, one with living lanes if drain; none: all",
    )


class Draining(Answer):
    """Whether lanes start jobs, and how many there are."""

    draining: bool = Field(
        description="no lane starts a job: none may, or none of each machine with lanes"
    )
    since: str | None
    hosts: list[str] = Field(description="machines whose lanes are drained one by one")
    lanes: int = Field(description="living lanes that start no job")
    processing_jobs: int = Field(description="runs that go on to their end")
    pending_jobs: int


class ToldResident(Answer):
    """A model process that was told to leave, and the lane that has it."""

    lane: str
    title: str | None
    host: str
    state: Literal["loading", "idle", "busy"] = Field(
        description="idle ones leave now, busy ones after their run, loading ones after the job they load for"
    )
    memory_mib: int | None = Field(description="MiB of GPU memory that it held, if that is known")


class Unloaded(Answer):
    """Which processes were told to leave. `weights` may be those of other models, too."""

    model_id: str
    weights: str
    told: int
    residents: list[ToldResident]
    message: str


class ErrorsQuery(Query):
    """How many failures are told."""

    limit: int = Field(20, ge=1, le=100)


class FailureFacts(Answer):
    """A job that failed."""

    at: str | None
    feature: str
    model: str
    error_code: str
    error: str = Field(description="what its client was told")
    run_seconds: float | None = Field(description="of its last run; null if it never started")
    job_id: str | None = Field(description="if it is the caller's own, or a key was sent")


class LaneError(Answer):
    """What last went wrong in a lane itself."""

    lane: str
    title: str | None
    host: str
    at: str | None
    error: str


class LastErrors(Answer):
    """The last failures of all clients, the latest first, and the last error of each living lane."""

    errors: list[FailureFacts]
    lanes: list[LaneError]


class OperatorView(Answer):
    """What an operator looks at every few seconds, in one answer."""

    timestamp: str | None
    version: str
    uptime: float = Field(description="seconds since the web process that answers started")
    draining: Draining
    queue: QueueCounts
    lanes: list[LaneFacts]
    gpus: list[GpuStatus]
    cpu_usage: float = Field(description="percent of all processors")
    memory: Memory
    disk: Disk
    errors: list[FailureFacts]
