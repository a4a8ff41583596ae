"""What the lanes say of themselves, published in Redis for everybody: who lives, which job each has, what it can run.

A lane that stops saying so is dead when its key expires. Knows nothing of RQ or processes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from redis import Redis

from serving.jobs.keyspace import IDLE, PREFIX

# A lane beats every 2 s. Four missed beats make it dead; its job runs again within 15 s of its end.
LANE_TTL_S = 8
LANE_KEY = PREFIX + "lane:"
LANES_KEY = PREFIX + "lanes"


@dataclass(frozen=True)
class ResidentState:
    """A model process of a lane. `price_mib` is what is reserved for it, `memory_mib` what the driver says it holds.

    `used_at` is when its last run ended, seconds since 1970.
    """

    weights: str
    state: Literal["loading", "idle", "busy"]
    pid: int
    price_mib: int = 0
    memory_mib: int | None = None
    used_at: float = 0.0


@dataclass(frozen=True)
class LaneState:
    """One lane's last word. `job_id` is empty when it runs nothing. Times are seconds since 1970.

    `title` is its place on its host ("cpu0", "gpu2"); its name is new with every start. `models` tells of each model
    that it serves why it cannot run there, "" when it can. `residents` are its model processes. `gpu` is its GPU's
    number on its host, None on a CPU; `vram_mib` the highest price that the GPU can hold, 0 for none. `waits_for` is
    why it takes nothing though jobs wait. `error` is what last went wrong there.
    """

    name: str
    host: str
    pid: int
    device: str
    title: str = ""
    job_id: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    residents: tuple[ResidentState, ...] = ()
    vram_mib: int | None = None
    gpu: int | None = None
    gpu_name: str = ""
    started_at: float = 0.0
    beat_at: float = 0.0
    waits_for: str = ""
    error: str = ""
    error_at: float = 0.0

    @property
    def loaded(self) -> tuple[str, ...]:
        """The weights that are ready to run."""
        return tuple(one.weights for one in self.residents if one.state != "loading")

    def to_json(self) -> str:
        row = {**vars(self), "residents": [vars(one) for one in self.residents]}
        return json.dumps(row, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> LaneState:
        """A lane's word, also that of a lane of another version: what this one does not know is passed over."""
        row = _known(cls, json.loads(text))
        residents = tuple(
            ResidentState(**_known(ResidentState, one)) for one in row.get("residents", ())
        )
        return cls(**{**row, "residents": residents})


def _known(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {f.name: row[f.name] for f in fields(kind) if f.name in row}


class Board:
    """The lanes' key space."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def lane(self, name: str) -> LaneState | None:
        """The last word of a living lane; None when it is dead."""
        text = self._redis.get(LANE_KEY + name)
        return LaneState.from_json(text) if text else None

    def lanes(self) -> list[LaneState]:
        """All living lanes, by name."""
        return [lane for lane in self.roll().values() if lane is not None]

    def roll(self) -> dict[str, LaneState | None]:
        """Every lane that has spoken and was not buried, by name: its last word, None when it is dead."""
        names = sorted(str(name) for name in self._redis.smembers(LANES_KEY))
        texts = self._redis.mget([LANE_KEY + name for name in names]) if names else []
        return {
            name: LaneState.from_json(text) if text else None
            for name, text in zip(names, texts, strict=True)
        }

    def bury(self, name: str) -> None:
        """Take a lane off the board whose death was seen: nobody need wait for its key to expire."""
        self._redis.delete(LANE_KEY + name, "rq:worker:" + name)
        self._redis.srem("rq:workers", "rq:worker:" + name)
        self._redis.srem(LANES_KEY, name)
        self._redis.hdel(IDLE, name)
