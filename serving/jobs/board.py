"""What the lanes say of themselves, published in Redis for everybody: who lives, which job each has, what it can run.

A lane that stops saying so is dead when its key expires. Knows nothing of RQ or processes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from redis import Redis

from serving.jobs.keyspace import PREFIX

# A lane beats every 2 s. Four missed beats make it dead; its job runs again within 15 s of its end.
LANE_TTL_S = 8
LANE_KEY = PREFIX + "lane:"
LANES_KEY = PREFIX + "lanes"


@dataclass(frozen=True)
class LaneState:
    """One lane's last word. `job_id` is empty when it waits.

    `models` tells of each model of its queue why it cannot run there, "" when it can. `loaded` are the weights that its
    runner holds ready, `runner_pid` that runner's process (0: none). `vram_mib` is all
    the memory of the largest GPU that it could use: 0 for none, None where it does not tell.
    """

    name: str
    host: str
    pid: int
    device: str
    queue: str
    job_id: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    loaded: tuple[str, ...] = ()
    runner_pid: int = 0
    vram_mib: int | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> LaneState:
        """A lane's word, also that of a lane of another version: what this one does not know is passed over."""
        row = json.loads(text)
        known = {f.name: row[f.name] for f in fields(cls) if f.name in row}
        return cls(**{**known, "loaded": tuple(row.get("loaded", ()))})


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
