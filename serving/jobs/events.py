"""What happened to jobs, in the order in which it did: a short list in Redis that each move writes to, as it moves.

The list is a stream (tell() in lua/_shared.lua, JobStore.forget) of which the last EVENTS_HELD entries are kept. Knows
entries and their ids. What the job looks like is asked of its record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from redis import Redis

from serving.errors import BadRequest
from serving.jobs.keyspace import EVENTS, EVENTS_HELD

_PAGE = 1_000
# Who missed more is told how all stands, which costs less than to find what changed.
MOST_MISSED = 1_000
_ID = re.compile(r"(\d{1,20})-(\d{1,20})", re.ASCII)
_LARGEST = 2**64 - 1
# After these, jobs that wait may have another place than before.
MOVES_THE_QUEUE = frozenset({"started", "requeued", "cancelled", "failed"})


class EventId(NamedTuple):
    """The name of an entry, which tells its place: milliseconds since 1970 by Redis's clock, and a number."""

    ms: int
    number: int

    def __str__(self) -> str:
        return f"{self.ms}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> EventId:
        """Raises BadRequest for what is no id."""
        found = _ID.fullmatch(text)
        event_id = cls(int(found[1]), int(found[2])) if found else None
        if event_id is None or max(event_id) > _LARGEST:
            raise BadRequest(f"Last-Event-ID is {text[:60]!r}; send an id that an event had")
        return event_id


# Before all others: that of a list that is still empty.
NOTHING_YET = EventId(0, 0)


@dataclass(frozen=True)
class Happened:
    """One entry: what happened to which job, and whose it is."""

    id: EventId
    job_id: str
    client: str
    what: str


class EventLog:
    """The list as one connection reads it. Where that is blocking, nobody else may use it meanwhile."""

    def __init__(self, redis: Redis) -> None:
        """`redis` decodes answers."""
        self._redis = redis

    def last_id(self) -> EventId:
        """The id of the newest entry. Raises RedisError."""
        rows: Any = self._redis.xrevrange(EVENTS, count=1)
        return EventId.parse(rows[0][0]) if rows else NOTHING_YET

    def await_more(self, after: EventId, timeout_s: float) -> None:
        """Return when there is an entry after that one, or nothing happens for so long. Raises RedisError."""
        self._redis.xread({EVENTS: str(after)}, count=1, block=max(1, int(timeout_s * 1000)))

    def after(self, known: EventId) -> list[Happened] | None:
        """All entries after that one; None where others may be lacking as well, see `are_whole`. Raises RedisError."""
        entries = self.since(known)
        return [one for one in entries if one.id > known] if are_whole(entries, known) else None

    def since(self, first: EventId) -> list[Happened]:
        """All entries from that one on, itself included, or where it would be. Raises RedisError."""
        found: list[Happened] = []
        start = str(first)
        while True:
            rows: Any = self._redis.xrange(EVENTS, min=start, count=_PAGE)
            found += [_entry(*row) for row in rows]
            if len(rows) < _PAGE:
                return found
            start = f"({found[-1].id}"

    def missed(self, known: EventId, before_ms: int) -> list[Happened] | None:
        """The entries after that one, it, and those of the last `before_ms` before it, which it came with.

        None where others may be lacking as well, or they are more than MOST_MISSED. Raises RedisError.
        """
        if known != NOTHING_YET and not self._redis.xrange(EVENTS, str(known), str(known), 1):
            return None
        first = EventId(max(0, known.ms - before_ms), 0)
        rows: Any = self._redis.xrange(EVENTS, min=str(first), count=MOST_MISSED + 1)
        if len(rows) > MOST_MISSED:
            return None
        entries = [_entry(*row) for row in rows]
        return entries if are_whole(entries, known) else None


def are_whole(entries: list[Happened], known: EventId) -> bool:
    """Whether entries, as since() gave them, lack nothing that happened after the one of that id.

    An entry goes with all before it when it is too old, and with those about it when Redis has lost its data: while it
    is there, so is all that came after it.
    """
    if known == NOTHING_YET:  # then nothing had happened; more than are held may have by now
        return len(entries) < EVENTS_HELD
    return any(entry.id == known for entry in entries)


def _entry(event_id: str, fields: dict[str, Any]) -> Happened:
    return Happened(EventId.parse(event_id), fields["job"], fields["client"], fields["what"])
