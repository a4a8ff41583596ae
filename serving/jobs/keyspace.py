"""Where things lie in Redis: the names of keys, and the scripts that move jobs."""

from __future__ import annotations

from pathlib import Path

from redis import Redis
from redis.commands.core import Script

_LUA = Path(__file__).parent / "lua"
PREFIX = "meshkiln:"
WAITING = PREFIX + "waiting"
RUNNING = PREFIX + "running"
FINISHED = PREFIX + "finished"
SEQ = PREFIX + "seq"
JOB_COUNTS = PREFIX + "count:jobs"
IDLE = PREFIX + "idle"
PRICES = PREFIX + "prices"
DRAIN = PREFIX + "drain"
UNLOADS = PREFIX + "unload"
FAILURES = PREFIX + "failures"
EVENTS = PREFIX + "events"
# What happened is known for so many moves: half an hour of two lanes that tell how far they are at their most often.
EVENTS_HELD = 10_000


def scripts(redis: Redis) -> dict[str, Script]:
    """The scripts of the lua folder by name, each with what they share before it."""
    facts = f"local P, EVENTS_HELD = '{PREFIX}', {EVENTS_HELD}\n"
    shared = facts + (_LUA / "_shared.lua").read_text()
    return {
        path.stem: redis.register_script(shared + path.read_text())
        for path in _LUA.glob("[a-z]*.lua")
    }


def job_key(job_id: str) -> str:
    """A record."""
    return f"{PREFIX}job:{job_id}"


def gone_key(job_id: str) -> str:
    """Whose a job was that is no more."""
    return f"{PREFIX}gone:{job_id}"


def pace_key(model_id: str) -> str:
    """Seconds of a model's last runs."""
    return f"{PREFIX}pace:{model_id}"


def bell_key(lane: str) -> str:
    """What an idle lane waits at."""
    return f"{PREFIX}bell:{lane}"


def share_key(share_id: str) -> str:
    """A link that shows a result to whoever has it."""
    return f"{PREFIX}share:{share_id}"


def client_key(client: str, name: str) -> str:
    """One of a client's lists."""
    return f"{PREFIX}client:{client}:{name}"


def file_key(client: str, feature: str, ended: str) -> str:
    """Where a client's jobs are filed, by feature and by how they ended; "" is any. As file() in lua/_shared.lua."""
    return client_key(client, f"jobs:{feature}:{ended}")
