"""Connections to Redis: one that reads text, for our records; one that reads bytes, for RQ."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from typing import Any, cast

from redis import ConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.connection import Connection, ConnectionInterface
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


class QuickConnections(ConnectionPool):
    """A pool that hands out what was last given back, as it is.

    redis-py's looks each time whether the connection still lives, and counts: that costs more than sending the command,
    in the web as in a lane. A dead one is noticed in use, and tried again. To redis-py all are in use, for ever.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._idle: deque[Connection] = deque()

    def get_connection(
        self, command_name: object = None, *keys: object, **options: object
    ) -> Connection:
        try:
            connection = self._idle.pop()
        except IndexError:
            return super().get_connection()
        # Not that of the process which this one was forked from.
        return connection if connection.pid == os.getpid() else self.get_connection()

    def release(self, connection: ConnectionInterface) -> None:
        self._idle.append(cast(Connection, connection))


def connect(
    url: str, *, timeout_s: float, kind: type[ConnectionPool] = ConnectionPool
) -> Connections:
    """Pools that connect on first use. A broken connection is tried again shortly after, a silent one is not."""

    def pool(decode: bool) -> Redis:
        return Redis.from_pool(
            kind.from_url(
                url,
                decode_responses=decode,
                socket_timeout=timeout_s,
                socket_connect_timeout=min(timeout_s, 2.0),
                retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2, (ConnectionError,)),
                health_check_interval=0,
            )
        )

    return Connections(records=pool(True), envelopes=pool(False))
