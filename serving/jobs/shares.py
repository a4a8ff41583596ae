"""Links that show a result to whoever has them, and no more: who knows a job's id may end the job, so no link has it.

A link lives as long as the result: lua/_shared.lua ends it with that. Knows nothing of HTTP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from secrets import token_urlsafe

from redis import Redis

from serving.errors import NotFound, WrongState
from serving.jobs.keyspace import job_key, scripts, share_key

# 144 bits. Of another length than a job's id, so that neither is taken for the other.
_ID_BYTES = 18
SHARE_ID = re.compile(r"[A-Za-z0-9_-]{24}")


@dataclass(frozen=True)
class Share:
    """What a link leads to, and whether the prompt is shown there."""

    job_id: str
    shows_prompt: bool


class Shares:
    """The links. One instance per process; safe to use from several threads. Raises RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        known = scripts(redis)
        self._share, self._unshare = known["share"], known["unshare"]

    def share(self, job_id: str, *, shows_prompt: bool = False) -> str:
        """The job's link, by its share_id: the one that it has, or a new one. Raises WrongState without a result."""
        arguments: list[str | int] = [job_id, token_urlsafe(_ID_BYTES), int(shows_prompt)]
        share_id = self._share([job_key(job_id)], arguments)
        if share_id is None:
            raise WrongState(f"job {job_id} has no result to share")
        return str(share_id)

    def end(self, job_id: str) -> bool:
        """Whether the job had a link, which leads nowhere from now on."""
        return bool(self._unshare([job_key(job_id)]))

    def find(self, share_id: str) -> Share:
        """What a link leads to. Raises NotFound."""
        job_id, prompt = self._redis.hmget(share_key(share_id), "job_id", "prompt")
        if job_id is None:
            raise NotFound("this link leads nowhere, or does not any more")
        return Share(str(job_id), prompt == "1")
