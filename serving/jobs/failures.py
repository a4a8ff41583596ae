"""The last jobs that failed, of all clients, as lua/finish.lua writes them down: a short list for the operator."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from redis import Redis

from serving.jobs.keyspace import FAILURES

# As lua/finish.lua has it.
MOST = 100


@dataclass(frozen=True)
class Failure:
    """A job that failed. `message` is what its client was told; `run_s` how long its last run took, None for a job that
    never started. `at` is seconds since 1970."""

    job_id: str
    client: str
    feature: str
    model_id: str
    code: str
    message: str
    at: float
    run_s: float | None = None


def last_failures(redis: Redis, count: int) -> list[Failure]:
    """The last jobs that failed, the latest first. Raises RedisError."""
    return [_failure(json.loads(text)) for text in redis.lrange(FAILURES, 0, count - 1)]


def _failure(row: dict[str, Any]) -> Failure:
    """Also one that a lane of another version wrote: what this one does not know is passed over."""
    return Failure(
        **{known.name: row[known.name] for known in fields(Failure) if known.name in row}
    )
