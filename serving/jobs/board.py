"""What the lanes say of themselves, published in Redis for everybody: who lives, and which job each has.

A lane that stops saying so is dead when its key expires. Knows nothing of RQ or processes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from redis import Redis

from serving.jobs.store import PREFIX

# A lane beats every 2 s. Four missed beats make it dead; its job runs again within 15 s of its end.
LANE_TTL_S = 8
LANE_KEY = PREFIX + "lane:"
LANES_KEY = PREFIX + "lanes"


@dataclass(frozen=True)
class LaneState:
    """One lane's last word. `job_id` is empty when it waits."""

    name: str
    host: str
    pid: int
    device: str
    queue: str
    job_id: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


class Board:
    """The lanes' key space."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def lane(self, name: str) -> LaneState | None:
        """The last word of a living lane; None when it is dead."""
        text = self._redis.get(LANE_KEY + name)
        return LaneState(**json.loads(text)) if text else None

    def lanes(self) -> list[LaneState]:
        """All living lanes, by name."""
        names = sorted(str(name) for name in self._redis.smembers(LANES_KEY))
        texts = self._redis.mget([LANE_KEY + name for name in names]) if names else []
        return [LaneState(**json.loads(text)) for text in texts if text]

    def bury(self, name: str) -> None:
        """Take a lane off the board whose death was seen: nobody need wait for its key to expire."""
        self._redis.delete(LANE_KEY + name, "rq:worker:" + name)
        self._redis.srem("rq:workers", "rq:worker:" + name)
        self._redis.srem(LANES_KEY, name)
