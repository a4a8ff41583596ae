"""What a lane and its runner say to each other: one JSON object a line, each kind a frozen dataclass.

Light. Does not know pipes or processes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

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
class Cancel:
    """Lane to runner: stop this run if it still goes on, and stay loaded."""

    kind: ClassVar[str] = "cancel"
    job_id: str


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
    """Runner to lane: the run ended well.

    `peak_mib` is the most GPU memory that it knows to have held, 0 where it cannot tell; of it, `returned_mib` are the
    driver's again.
    """

    kind: ClassVar[str] = "done"
    job_id: str
    outcome: Outcome
    peak_mib: int = 0
    returned_mib: int = 0


@dataclass(frozen=True)
class Failed:
    """Runner to lane: the run ended with an error that is answered to the client. job_id is empty for a Warm.

    `memory` says whose memory did not suffice: the GPU's, the machine's, or neither. `is_unforeseen`: the model's code
    failed in a way that nobody planned for, so what it holds may be of no use any more.
    """

    kind: ClassVar[str] = "failed"
    job_id: str
    code: str
    message: str
    memory: Literal["", "gpu", "machine"] = ""
    while_loading: bool = False
    is_unforeseen: bool = False


@dataclass(frozen=True)
class Cancelled:
    """Runner to lane: the run was stopped as asked; the model is still loaded."""

    kind: ClassVar[str] = "cancelled"
    job_id: str


Message = Run | Warm | Cancel | Ready | Progress | Done | Failed | Cancelled


# Made once: json.dumps would make one for each message that is not written in its own way.
_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def encode(message: Message) -> bytes:
    """The message as one line. Raises TypeError or ValueError for an outcome that is no JSON."""
    row: dict[str, Any] = {"kind": message.kind}
    match message:
        case Run(work):
            row["work"] = work.to_json()
        case Done(outcome=outcome):
            row |= {**vars(message), "outcome": outcome.to_json()}
        case _:
            row.update(vars(message))
    return _JSON.encode(row).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises ValueError for anything else: what a model's code wrote into the pipe, say."""
    try:
        row = json.loads(line)
        kind = row.pop("kind", None)
        match kind:
            case "run":
                return Run(Work.from_json(row["work"]))
            case "done":
                outcome = Outcome.from_json(row["outcome"])
                told_mib = int(row["peak_mib"]), int(row["returned_mib"])
                return Done(str(row["job_id"]), outcome, *told_mib)
            case "warm" | "cancel" | "ready" | "progress" | "failed" | "cancelled":
                return _plain(_PLAIN[kind], row)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no message: {line[:80]!r}") from error
    raise ValueError(f"unknown message kind {kind!r}")


_Plain = Warm | Cancel | Ready | Progress | Failed | Cancelled
_PLAIN: dict[str, type[_Plain]] = {
    "warm": Warm,
    "cancel": Cancel,
    "ready": Ready,
    "progress": Progress,
    "failed": Failed,
    "cancelled": Cancelled,
}
_TYPES: dict[str, type | tuple[type, ...]] = {"float": (int, float), "bool": bool}  # the rest: str


def _plain(kind: type[_Plain], row: dict[str, Any]) -> _Plain:
    """A message whose fields are plain values. Raises TypeError for one missing, of another type, or not known."""
    for known in fields(kind):
        value = row.get(known.name, known.default)
        if not isinstance(value, _TYPES.get(str(known.type), str)):
            raise TypeError(known.name)
    return kind(**row)
