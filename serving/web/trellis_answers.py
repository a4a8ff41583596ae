"""What the first API answers, field by field. wire.py and trellis_api.py make these; the OpenAPI file shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from serving.web.described import Answer, Query

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Percent = Annotated[float, Field(ge=0, le=100)]
Word = Literal["queued", "processing", "complete", "error"]


class Submitted(Answer):
    """A job was accepted."""

    request_id: JobId
    status: Word
    message: str


class Warned(Answer):
    """Something the client should know though the job was accepted or succeeded."""

    code: str
    message: str


class RequestItem(Answer):
    """A job as lists show it."""

    request_id: JobId
    status: Word
    image_name: str
    task_type: str
    text: str | None
    model: str
    created_time: Time
    start_time: Time | None
    finish_time: Time | None
    queue_position: int | None = Field(description="jobs before this one; null: it does not wait")
    progress: Percent
    stage: str | None
    attempt: int = Field(ge=0, description="2 when the first run's process died")
    warnings: list[Warned] = Field(default=[], description="there only when there are some")
    output_files: list[str] = Field(default=[], description="addresses; there only when complete")
    thumbnail_url: str | None = Field(
        default=None, description="address of a picture of the mesh; there only when complete"
    )
    turntable_url: str | None = Field(
        default=None,
        description="address of the mesh turning, if asked for; there only when complete",
    )
    error: str = Field(default="", description="there only when it failed or was cancelled")


class MyRequests(Answer):
    """The client's jobs, newest first."""

    ip_address: str = Field(description="empty for the holder of an API key")
    requests: list[RequestItem]


class RequestInFull(RequestItem):
    """One job in full."""

    client_ip: str
    request_output_dir: str = Field(description="relative to the data folder")
    input_name: str
    generation_info: dict[str, Any] = Field(default={}, description="there only when complete")
    stage_seconds: dict[str, float] = Field(default={}, description="there only when complete")


class RunningRequest(Answer):
    """A job of this client that runs."""

    request_id: JobId
    image_name: str
    start_time: Time | None
    stage: str
    progress: Percent


class QueueStatus(Answer):
    """How many jobs wait and run, of all clients and of this one."""

    queue_length: int = Field(ge=0)
    processing: int = Field(ge=0)
    client_queue_length: int = Field(ge=0)
    client_processing: int = Field(ge=0)
    processing_requests: list[RunningRequest]
    request_id: JobId = Field(default="", description="this and what follows: with ?request_id=")
    status: Word = "queued"
    position: int | None = Field(default=None, description="0 is next; null: it does not wait")
    eta_seconds: float = Field(default=0, ge=0, description="from the last runs on this machine")


class OfRequest(Query):
    """Of which job."""

    request_id: str | None = Field(None, description="a job to tell the place of")


class Alive(Answer):
    """The server is there."""

    status: Literal["ok"]
    message: str
