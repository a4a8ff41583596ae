"""What the operator wants of the lanes: to start nothing, or to unload a model. In Redis, so it survives every restart.

Lanes see it when they look at the line, and are rung for. Knows no processes: who obeys is serving.worker.placement.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import token_hex

from redis import Redis
from redis.client import Pipeline

from serving.jobs.board import LANES_KEY
from serving.jobs.keyspace import DRAIN, UNLOADS, bell_key

# What a submit is told meanwhile.
DRAINING: Mapping[str, str] = {
    "code": "DRAINING",
    "message": "the operator lets no job start now; this one is kept, and waits until that is over",
}
# The name of all machines together.
EVERYWHERE = ""
# No run takes so long: every lane has seen an order by then.
_ORDER_KEPT_S = 7 * 86_400
_BELL_KEPT_S = 60


@dataclass(frozen=True)
class Drained:
    """Since when the lanes of which machines start no job, by host; EVERYWHERE stands for all. Seconds since 1970."""

    since_s: Mapping[str, float]

    @property
    def everywhere_since_s(self) -> float:
        """0.0 while not all are drained."""
        return self.since_s.get(EVERYWHERE, 0.0)

    def holds(self, host: str) -> bool:
        """Whether lanes of a machine start nothing."""
        return EVERYWHERE in self.since_s or host in self.since_s

    def all_since_s(self, hosts: Iterable[str]) -> float:
        """Since when nothing starts at all, where lanes live on these hosts: it was ordered so, or for each of them.

        0.0 while some lane starts jobs.
        """
        living = set(hosts)
        if EVERYWHERE in self.since_s or not living or not living <= self.since_s.keys():
            return self.everywhere_since_s
        return max(self.since_s[host] for host in living)


class OperatorOrders:
    """The operator's orders. Each is given once or many times, to the same end. Raises RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def drain(self, host: str = EVERYWHERE) -> None:
        """Lanes start no new job, on one machine or everywhere. What runs goes on; what waits keeps waiting."""
        with self._redis.pipeline() as pipe:
            pipe.hsetnx(DRAIN, host, repr(round(time.time(), 3)))
            self._ring(pipe)

    def undrain(self, host: str = EVERYWHERE) -> None:
        """Lanes start jobs again, at once: of one machine, or of all, whatever was drained one by one."""
        with self._redis.pipeline() as pipe:
            if host == EVERYWHERE:
                pipe.delete(DRAIN)
            else:
                pipe.hdel(DRAIN, host)
            self._ring(pipe)

    def drained(self) -> Drained:
        """What is drained now."""
        return Drained({str(host): float(at) for host, at in self._redis.hgetall(DRAIN).items()})

    def unload(self, weights: str) -> None:
        """The models with these weights leave their lanes: idle ones now, busy ones after their run."""
        with self._redis.pipeline() as pipe:
            pipe.hset(UNLOADS, weights, token_hex(8))
            pipe.expire(UNLOADS, _ORDER_KEPT_S)
            self._ring(pipe)

    def _ring(self, pipe: Pipeline) -> None:
        """Send what is in the pipe, and have every idle lane look."""
        for lane in self._redis.smembers(LANES_KEY):
            bell = bell_key(str(lane))
            pipe.lpush(bell, 1)
            pipe.ltrim(bell, 0, 0)
            pipe.expire(bell, _BELL_KEPT_S)
        pipe.execute()
