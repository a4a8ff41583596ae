"""Connections to Redis: one that reads text, for our records; one that reads bytes, for RQ."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

# A client of the first API gives up after one to two seconds; the answer "503" must reach it before that.
WEB_TIMEOUT_S = 1.0
WORKER_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Connections:
    """Two pools to one server."""

    records: Redis
    envelopes: Redis


def connect(url: str, *, timeout_s: float) -> Connections:
    """Pools that connect on first use. A broken connection is tried again shortly after, a silent one is not."""

    def pool(decode: bool) -> Redis:
        return Redis.from_url(
            url,
            decode_responses=decode,
            socket_timeout=timeout_s,
            socket_connect_timeout=min(timeout_s, 2.0),
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2, (ConnectionError,)),
            health_check_interval=0,
        )

    return Connections(records=pool(True), envelopes=pool(False))
