"""What waits, as a lane sees it that is free: the jobs it may take, what speaks for and against each; and its bell.

A free lane looks at the fronts of its queues, decides (serving.worker.residency.plan), and starts the one job that it
chose. RQ's own way, to block on several queues, takes a job out before anybody has noted whose it is: a lane that dies
there loses it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from redis import Redis

from serving.jobs.keyspace import IDLE, PRICES, UNLOADS, bell_key, scripts
from serving.jobs.record import read_json

# Under fair a decision looks at so many clients of each queue, those that had least.
MAX_CLIENTS = 2
# An idle lane looks every two seconds. One that has not for so long may be dead: nobody leaves a job to it.
IDLE_FRESH_S = 6.0
_PRICES_KEPT_S = 30 * 86_400


class Waiting(NamedTuple):  # as plan.Candidate is: a decision makes a hundred
    """A job at the front of a queue, under fair of its client's part of it. `since_s`: as plan.Candidate has it.

    `made` is what never changes of its record, as JSON; "" where the line was not asked to tell.
    """

    job_id: str
    queue: str
    since_s: float
    client: str
    made: str
    attempt: int = 0

    def params(self) -> dict[str, Any]:
        """Its params and options."""
        made = read_json(self.made)
        return {**made["options"], **made["params"]}


@dataclass(frozen=True)
class Idler:
    """What an idle lane of a GPU says of itself: weights it has ready, models it can run, MiB that are nobody's."""

    holds: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    free_mib: int = 0


@dataclass(frozen=True)
class View:
    """One look. `spent_s` is as plan.Passes says it; `idlers` are the other idle lanes.

    `is_drained`: the operator lets this lane start nothing, and it sees nothing. `unloads` are the operator's orders,
    by weights.
    """

    waiting: Sequence[Waiting]
    spent_s: float
    idlers: Sequence[Idler]
    service_s: Mapping[str, float]
    is_drained: bool = False
    unloads: Mapping[str, str] = field(default_factory=dict)


_NOTHING = Idler()


class Line:
    """The line before one lane. `queues` maps RQ's keys of the queues that it serves to their names.

    `patience_s`: under fair, a client that has waited so long for its turn is looked at, whatever it had.
    `told` are the names of those of whose jobs the params matter for the choice; None: all.
    """

    def __init__(
        self,
        redis: Redis,
        lane: str,
        queues: Mapping[str, str],
        *,
        is_fair: bool = False,
        window_s: float = 0.0,
        patience_s: float = 0.0,
        told: Collection[str] | None = None,
    ) -> None:
        self._redis = redis
        known = scripts(redis)
        self._script, self._price = known["waiting"], known["price"]
        self._lane = lane
        self._queues = queues
        self._asked = json.dumps(
            {
                "lane": lane,
                "queues": list(queues),
                "fair": is_fair,
                "clients": MAX_CLIENTS,
                "patience_s": patience_s,
                "window_s": window_s,
                "fresh_s": IDLE_FRESH_S,
                "told": [key for key, name in queues.items() if told is None or name in told],
            }
        )

    def look(self, now_s: float, idler: Idler = _NOTHING, *, listens: bool = False) -> View:
        """What waits now. A lane that finds nothing, or `listens`, is rung for from now on. Raises RedisError."""
        idle = json.dumps([idler.holds, idler.runs, idler.free_mib])
        asked: list[str | int] = [self._asked, repr(now_s), idle, int(listens)]
        jobs, spent, idlers, services, is_drained, unloads = self._script([], asked)
        return View(
            waiting=[
                Waiting(job_id, self._queues[queue], float(since), client, made, int(attempt))
                for queue, job_id, since, client, made, attempt in jobs
            ],
            spent_s=float(spent) if spent else -math.inf,
            idlers=[_idler(said) for lane, said in _pairs(idlers).items() if lane != self._lane],
            service_s={client: float(seconds) for client, seconds in _pairs(services).items()},
            is_drained=bool(is_drained),
            unloads=_pairs(unloads),
        )

    def listen(self, timeout_s: float) -> None:
        """Wait until the bell rings, a submit later than the last look that listened, or the time is over."""
        self._redis.blpop([bell_key(self._lane)], timeout=max(0.05, timeout_s))

    def leave(self) -> None:
        """This lane ends: nobody need leave a job to it."""
        self._redis.hdel(IDLE, self._lane)
        self._redis.delete(bell_key(self._lane))

    def unloads(self) -> dict[str, str]:
        """The operator's orders, by weights, as a look has them. Raises RedisError."""
        return {str(weights): str(order) for weights, order in self._redis.hgetall(UNLOADS).items()}

    def prices_mib(self) -> dict[str, int]:
        """What runs were measured to take on GPUs, by what note_price() was told."""
        return {str(name): int(mib) for name, mib in self._redis.hgetall(PRICES).items()}

    def note_price(self, name: str, mib: int) -> None:
        """Tell all lanes, and those of later days. Where more is known, that stays."""
        self._price([PRICES], [name, mib, _PRICES_KEPT_S])


def _idler(said: str) -> Idler:
    holds, runs, free_mib = read_json(said)
    return Idler(tuple(holds), tuple(runs), free_mib)


def _pairs(flat: Sequence[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
