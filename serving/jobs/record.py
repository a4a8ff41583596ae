"""The job record, the truth about a job, and the moves that its state may make. Pure: no Redis, no clock.

QUEUED -> PROCESSING -> COMPLETED | FAILED | CANCELLED. PROCESSING -> QUEUED when the lane or the model process died and
a run is left. QUEUED -> FAILED is legal for a job that can never run, QUEUED -> CANCELLED for one that nobody wants any
more. COMPLETED, FAILED and CANCELLED are the ends: they never change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter


class JobState(StrEnum):
    """Where a job stands. Each API has its own words for these; see serving/web/wire.py."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


LEGAL_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.PROCESSING, JobState.FAILED, JobState.CANCELLED}),
    JobState.PROCESSING: frozenset(
        {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}
    ),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
ENDS = frozenset(state for state, moves in LEGAL_MOVES.items() if not moves)


@dataclass(frozen=True, eq=False)
class JobRecord:
    """One accepted request for one feature. Times are seconds since 1970, UTC; `progress` is percent, 0 to 100.

    `seq` is its place among all jobs ever accepted. `run_id` names the present or last run; `lane` the worker that has
    it. `shown` holds what one API wants to show again and the core does not understand (image name, prompt).
    `result_deleted_at` is when the files of a completed job were removed at its client's wish; 0 while they are there.
    """

    job_id: str
    client: str
    feature: str
    model_id: str
    timeout_s: int
    created_at: float
    inputs: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    state: JobState = JobState.QUEUED
    seq: int = 0
    attempt: int = 0
    lane: str = ""
    run_id: str = ""
    started_at: float = 0.0
    finished_at: float = 0.0
    stage: str = ""
    progress: float = 0.0
    files: tuple[Mapping[str, Any], ...] = ()
    info: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Mapping[str, str], ...] = ()
    stage_s: Mapping[str, float] = field(default_factory=dict)
    error_code: str = ""
    error: str = ""
    result_deleted_at: float = 0.0

    @property
    def has_ended(self) -> bool:
        return self.state in ENDS

    def having(self, **changes: Any) -> JobRecord:
        """A copy with some fields changed. dataclasses.replace() takes twenty times as long: this class is frozen."""
        changed = object.__new__(JobRecord)
        changed.__dict__.update(self.__dict__, **changes)
        return changed

    def to_hash(self) -> dict[str, str]:
        """The record as a flat map of strings, as Redis keeps it.

        What never changes stands together in one field, `made`: writing and reading it costs the time of one. Of that,
        what scripts look at stands beside it as well. Of the others those at their default are left out.
        """
        row = vars(self)
        flat = {"made": self.made()}
        flat |= {name: _to_text(row[name]) for name in _LOOKED_AT}
        for name in _CHANGING_ALONE:
            if row[name] != _DEFAULTS[name]:
                flat[name] = _to_text(row[name])
        return flat

    def made(self) -> str:
        """What never changes, in one field."""
        row = vars(self)
        return _encode({name: row[name] for name in _MADE})

    def to_fields(self, names: tuple[str, ...]) -> list[str]:
        """Some fields as name, text, name, text, …, also where they are at their default."""
        return [part for name in names for part in (name, _to_text(getattr(self, name)))]

    @classmethod
    def from_hash(cls, row: Mapping[str, str]) -> JobRecord:
        """The record of a flat map. Missing fields keep their defaults, unknown ones are ignored.

        Raises KeyError for a map without what every record has.
        """
        given = read_json(row["made"])
        given["warnings"] = tuple(given["warnings"])
        for name, text in row.items():
            if name in _CHANGING:
                given[name] = _KINDS[name](text)
        record = object.__new__(cls)  # as in having()
        record.__dict__.update(_DEFAULTS, **given)
        return record


_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_dump_json, _load_json = _ANY.dump_json, _ANY.validate_json


def compact_json(value: Any) -> bytes:
    """JSON without spaces, in a fifth of the time of json.dumps(), which makes an encoder at each call.

    Half a surrogate pair, which a client may send and UTF-8 has not, is escaped.
    """
    try:
        return _dump_json(value)
    except ValueError:
        return json.dumps(value, separators=(",", ":")).encode()


def read_json(text: str | bytes) -> Any:
    """What json.loads() reads, in a third of its time. Raises ValueError, RecursionError."""
    try:
        return _load_json(text)
    except ValueError:  # half a surrogate pair, UTF-16: json.loads() may know what to do
        return json.loads(text)


def _encode(value: Any) -> str:
    return compact_json(value).decode()


def _default(row: Field[Any]) -> Any:
    return row.default if row.default_factory is MISSING else row.default_factory()


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping | tuple):
        return _encode(value)
    return repr(value) if isinstance(value, float) else str(value)


def _rows(text: str) -> tuple[Any, ...]:
    return () if text == "[]" else tuple(read_json(text))


def _map(text: str) -> Any:
    return {} if text == "{}" else read_json(text)


_BY_ANNOTATION: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "JobState": JobState,
}
_KINDS: dict[str, Any] = {
    f.name: _BY_ANNOTATION.get(str(f.type), _rows if str(f.type).startswith("tuple") else _map)
    for f in fields(JobRecord)
}
_DEFAULTS: dict[str, Any] = {f.name: _default(f) for f in fields(JobRecord)}
# What is settled when the job is accepted; `warnings` grow when it ends.
_MADE = (
    *("job_id", "client", "feature", "model_id", "timeout_s", "created_at"),
    *("inputs", "params", "options", "shown", "warnings"),
)
_LOOKED_AT = ("client", "feature", "created_at")
_CHANGING_ALONE = frozenset(_DEFAULTS) - frozenset(_MADE)
_CHANGING = _CHANGING_ALONE | {"warnings"}
