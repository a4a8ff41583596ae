"""Server-sent events: one open answer to one client, which lends its thread's place while nothing happens.

Knows what is sent and when. What happens comes from the feed; what a client may follow is for the routes to say.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from serving.errors import Busy, ServiceError
from serving.jobs.events import EventId
from serving.web.bell import Bell
from serving.web.feed import Feed, Followed, Follower
from serving.web.job_events import Event, event_text
from serving.web.stream_places import StreamPlaces
from serving.web.waiting import can_lend, wait_in_peace

MEDIA_TYPE = "text/event-stream"
LONGEST_S = 3_600
HEARTBEAT_S = 15.0
_RETRY = b"retry: 3000\n"
_BEAT = b":\n\n"
_places = StreamPlaces()
# So long a client may leave what is sent unacknowledged. One whose line is dead would else keep its place for a quarter
# of an hour.
_SILENCE_MS = 45_000


class NoStreams(ServiceError):
    """A stream would keep a thread that others need, as over TLS in gunicorn itself. Coming again does not help."""

    code = "API_ERROR"
    status = 503


@dataclass(frozen=True)
class Terms:
    """What a stream keeps to. `snapshot` looks at all that is followed, as it stands after an entry."""

    seconds: float
    ends_with_its_job: bool
    snapshot: Callable[[EventId], list[Event]]
    is_allowed: Callable[[], bool]
    count: Callable[[int], None]


class EventStream:
    """The body of an answer. It must be closed, however it ends.

    Made in the state in which the client is told what it follows: `begin` comes next.
    """

    def __init__(self, feed: Feed, followed: Followed, connection: Any, client: str) -> None:
        """Joins the feed. Raises Busy when no more streams may be open, NoStreams, RedisError."""
        if not can_lend(connection):
            raise NoStreams(
                "this server cannot keep event streams open; ask for the status instead"
            )
        _places.take(client)
        try:
            self._bell = Bell()
        except OSError as error:  # no descriptor is left
            _places.give_back(client)
            raise Busy("too many connections are open; ask for the status instead") from error
        self._feed = feed
        self._client = client
        self._connection = connection
        self.follower = Follower(followed, self._bell)
        self._is_open = True
        self._terms: Terms | None = None
        self._due: deque[bytes] = deque()
        self._is_over = False
        _limit_silence(connection, _SILENCE_MS)
        try:
            if not feed.join(self.follower):
                raise Busy("the server stops; come again in a moment")
        except BaseException:
            self.close()
            raise

    def begin(self, terms: Terms, first: list[Event], *, is_reset: bool, is_snapshot: bool) -> None:
        """What is sent first, and how it goes on."""
        now_s = time.monotonic()
        self._terms = terms
        self._until_s, self._beat_s = now_s + terms.seconds, now_s + HEARTBEAT_S
        terms.count(1)
        if is_snapshot and not first and not is_reset:
            # The client learns where it stands, without an event.
            self._due.append(_RETRY + _id_line(self.follower.after) + b"\n")
        else:
            self._due.append(_RETRY + b"\n")
        self._put_first(first, is_reset=is_reset, is_snapshot=is_snapshot)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while not self._due:
            if self._is_over or self._terms is None:
                raise StopIteration
            self._wait(self._terms)
            if not self._terms.is_allowed():
                raise StopIteration
        sent = b"".join(self._due)
        self._due.clear()
        self._beat_s = time.monotonic() + HEARTBEAT_S
        return sent

    def close(self) -> None:
        """Leave the feed, and the place to others."""
        if not self._is_open:
            return
        self._is_open = False
        self._feed.leave(self.follower)
        self._bell.close()
        _limit_silence(self._connection, 0)
        _places.give_back(self._client)
        if self._terms is not None:
            self._terms.count(-1)

    def _wait(self, terms: Terms) -> None:
        """Until something is due, the stream is over, or it is time to look."""
        now_s = time.monotonic()
        if now_s >= self._until_s or self.follower.is_closed:
            self._is_over = True
            return
        if now_s >= self._beat_s:
            self._due.append(_BEAT)
            return
        wait_s = min(self._until_s, self._beat_s) - now_s
        if not wait_in_peace(self._connection, self._bell, wait_s):
            self._is_over = True
            return
        was_reset, due = self.follower.take()
        if was_reset:
            self._look_anew(terms)
        else:
            self._put(due)

    def _look_anew(self, terms: Terms) -> None:
        try:
            first = terms.snapshot(self.follower.after)
        except RedisError:
            self._is_over = True  # the client comes again, and is told the same by then
            return
        self._put_first(first, is_reset=True, is_snapshot=True)

    def _put_first(self, first: list[Event], *, is_reset: bool, is_snapshot: bool) -> None:
        if is_reset:
            # Not its id, lest one that is cut off here miss what follows.
            marked = b"" if first else _id_line(self.follower.after)
            self._due.append(marked + event_text("reset", {}))
        if is_snapshot:
            self._due.extend(event.text for event in first[:-1])
            first = first[-1:]
        self._put(first)

    def _put(self, events: list[Event]) -> None:
        for event in events:
            self._due.append(_id_line(max(event.id, self.follower.after)) + event.text)
            if self._terms and self._terms.ends_with_its_job and event.is_over:
                self._is_over = True


def _limit_silence(connection: socket.socket | None, ms: int) -> None:
    """After which time without acknowledgement the system ends a connection; 0: as it does by itself."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux
    if connection is not None and option is not None:
        with suppress(OSError):  # closed by now, or no TCP
            connection.setsockopt(socket.IPPROTO_TCP, option, ms)


def _id_line(event_id: EventId) -> bytes:
    return b"id: %s\n" % str(event_id).encode()
