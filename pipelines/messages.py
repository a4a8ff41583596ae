"""What a lane and its runner say to each other: one JSON object a line, each kind a frozen dataclass.

Light. Does not know pipes or processes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from pipelines.spec import Outcome, Work


@dataclass(frozen=True)
class Run:
    """Lane to runner: do this."""

    kind: ClassVar[str] = "run"
    work: Work


@dataclass(frozen=True)
class Warm:
    """Lane to runner: load this model now, nobody waits yet."""

    kind: ClassVar[str] = "warm"
    model_id: str


@dataclass(frozen=True)
class Ready:
    """Runner to lane: the model is loaded."""

    kind: ClassVar[str] = "ready"
    load_s: float


@dataclass(frozen=True)
class Progress:
    """Runner to lane: the run is here. `percent` never falls within a run."""

    kind: ClassVar[str] = "progress"
    job_id: str
    stage: str
    percent: float


@dataclass(frozen=True)
class Done:
    """Runner to lane: the run ended well."""

    kind: ClassVar[str] = "done"
    job_id: str
    outcome: Outcome


@dataclass(frozen=True)
class Failed:
    """Runner to lane: the run ended with an error that is answered to the client. job_id is empty for a Warm."""

    kind: ClassVar[str] = "failed"
    job_id: str
    code: str
    message: str


Message = Run | Warm | Ready | Progress | Done | Failed


def encode(message: Message) -> bytes:
    """The message as one line. Raises TypeError or ValueError for an outcome that is no JSON."""
    row: dict[str, Any] = {"kind": message.kind}
    match message:
        case Run(work):
            row["work"] = work.to_json()
        case Done(job_id, outcome):
            row |= {"job_id": job_id, "outcome": outcome.to_json()}
        case _:
            row.update(vars(message))
    return json.dumps(row, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises ValueError for anything else."""
    row = json.loads(line)
    kind = row.pop("kind", None)
    match kind:
        case "run":
            return Run(Work.from_json(row["work"]))
        case "done":
            return Done(row["job_id"], Outcome.from_json(row["outcome"]))
        case "warm" | "ready" | "progress" | "failed":
            return _PLAIN[kind](**row)
    raise ValueError(f"unknown message kind {kind!r}")


_PLAIN: dict[str, type[Warm | Ready | Progress | Failed]] = {
    "warm": Warm,
    "ready": Ready,
    "progress": Progress,
    "failed": Failed,
}
