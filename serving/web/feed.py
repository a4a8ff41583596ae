"""What happens to jobs, told to all threads of a process that follow some: read once, looked up once.

    Followed   which jobs: those named, or all of a client
    Follower   one that is told, and what is due to it
    Feed       the thread that reads (serving/jobs/events.py), with a connection of its own, while somebody follows

Nothing is lost between a look at the records and the first event: join the feed first, then look. Does not know HTTP.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from serving.errors import Busy
from serving.jobs.connect import WEB_TIMEOUT_S
from serving.jobs.events import MOVES_THE_QUEUE, NOTHING_YET, EventId, EventLog, Happened
from serving.web.bell import Bell
from serving.web.desk import Core
from serving.web.job_events import Event, events_of
from serving.web.last_told import LastTold

log = logging.getLogger("meshkiln.web")

KEY = "meshkiln.feed"
# The thread asks Redis for so long at a time; it ends so soon after the last that followed.
READ_S = 2.0
# What happens within such a time is looked up together.
GATHER_S = 0.05
# Places in the queue are told so often at most; where looking at them takes long, less often.
PLACES_S = 1.0
MOST_PLACES_S = 5.0
# So often all that is followed is looked at, for changes that nobody wrote down.
QUIET_S = 15.0
AWAY_S = (0.1, 0.5, 2.0)


@dataclass(frozen=True)
class Followed:
    """Which jobs: those named, or all of a client where none is."""

    job_ids: tuple[str, ...] = ()
    client: str = ""

    def concerns(self, job_id: str, client: str) -> bool:
        return job_id in self._named if self.job_ids else client == self.client

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(self.job_ids)


class Follower:
    """One that is told. What is due to it of one job is the newest alone."""

    def __init__(self, followed: Followed, bell: Bell) -> None:
        self.followed = followed
        self.after = NOTHING_YET
        self.is_closed = False
        self._bell = bell
        self._lock = threading.Lock()
        self._due: dict[str, Event] = {}
        self._is_reset = False

    def offer(self, event: Event) -> None:
        """From the feed: this is due."""
        with self._lock:
            self._due.pop(event.job_id, None)  # in the order of their ids
            self._due[event.job_id] = event
        self._bell.ring()

    def reset(self, after: EventId) -> None:
        """From the feed: something may be lacking. All that is told from now on came after that entry."""
        with self._lock:
            self._due.clear()
            self.after, self._is_reset = after, True
        self._bell.ring()

    def close(self) -> None:
        """From the feed: nothing comes any more."""
        self.is_closed = True
        self._bell.ring()

    def take(self) -> tuple[bool, list[Event]]:
        """Whether something may be lacking; then what is due."""
        with self._lock:
            was_reset, due = self._is_reset, list(self._due.values())
            self._due.clear()
            self._is_reset = False
        return was_reset, due


class Feed:
    """Safe to use from several threads. Connects when somebody joins."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._lock = threading.RLock()
        self._followers: set[Follower] = set()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._last = NOTHING_YET  # all before it, and it, is told or in _news
        self._news: dict[str, Happened] = {}
        # Jobs that wait: whose they are, and the place that all their followers know; None where they differ.
        self._places: dict[str, tuple[str, int | None]] = {}
        self._told = LastTold()
        self._looked_s = 0.0
        self._places_at_s: float | None = None
        self._places_told_s = 0.0
        self._turned_s = 0.0

    def join(self, follower: Follower) -> bool:
        """Tell this one what happens from now on, after `follower.after`. False when the process ends.

        A look at the records after this shows all that happened before it. Raises Busy when nothing can be told now,
        RedisError.
        """
        newest = EventLog(self._core.desk.store.redis).last_id()
        with self._lock:
            if self._closed.is_set():
                return False
            if self._thread is None:
                self._last, self._looked_s = newest, time.monotonic()
                self._thread = self._started()
            follower.after = max(newest, self._last)
            self._followers.add(follower)
            return True

    def _started(self) -> threading.Thread:
        """The thread, which waits for the lock that is held."""
        thread = threading.Thread(target=self._run, name="events", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread more for us
            log.error("events cannot be read: %s", error)
            raise Busy("events cannot be told now; ask for the status instead") from error
        return thread

    def leave(self, follower: Follower) -> None:
        with self._lock:
            self._followers.discard(follower)

    def close(self) -> None:
        """The process ends: tell all that follow, and take nobody more."""
        self._closed.set()
        self._close_all()

    def look(self, after: Mapping[str, EventId]) -> list[Event]:
        """How jobs stand now, as events with these ids, in that order. Raises RedisError."""
        events = events_of(self._core, after)
        with self._lock:
            places = _places_of(events)
            for job_id, (client, place) in places.items():
                known = self._places.setdefault(job_id, (client, place))
                if known[1] != place:
                    self._places[job_id] = (client, None)
            for event in events:
                self._told.seen(event.job_id, event.client, event.standing)
            if places:
                self._expect_places()
        return events

    # The thread.

    def _run(self) -> None:
        failures = 0
        try:
            with self._connection() as redis:
                entries = EventLog(redis)
                while self._is_wanted():
                    try:
                        self._turn(entries)
                        failures = 0
                    except RedisError as error:
                        if not failures:
                            log.warning("Redis is away, events wait: %s", error)
                        failures += 1
                        self._closed.wait(AWAY_S[min(failures, len(AWAY_S)) - 1])
        finally:
            with self._lock:
                if self._thread is threading.current_thread():
                    # Something unforeseen: those that follow would wait for nothing, and may come again.
                    self._thread = None
                    self._close_all()

    def _connection(self) -> Redis:
        url = str(self._core.settings.redis_url)
        return Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=READ_S + WEB_TIMEOUT_S,
            socket_connect_timeout=WEB_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )

    def _is_wanted(self) -> bool:
        """Whether somebody follows. From then on that nobody does, another thread may be started."""
        with self._lock:
            if self._followers and not self._closed.is_set():
                return True
            self._thread = None
            self._news.clear()
            self._places.clear()
            self._told.clear()
            self._places_at_s = None
            return False

    def _turn(self, entries: EventLog) -> None:
        """Wait for something to happen, and tell it."""
        self._tell()  # what could not be looked up before
        now_s, due_s = time.monotonic(), self._places_at_s
        entries.await_more(self._last, min(READ_S, due_s - now_s) if due_s else READ_S)
        self._closed.wait(self._turned_s + GATHER_S - time.monotonic())
        self._turned_s = time.monotonic()
        happened = entries.after(self._last)
        if happened is None:
            self._reset(entries.last_id())
            return
        self._note(happened)
        self._tell()
        if self._places_at_s is not None and time.monotonic() >= self._places_at_s:
            try:
                self._tell_places()
            except RedisError:
                with self._lock:
                    self._expect_places()
                raise
        if time.monotonic() >= self._looked_s + QUIET_S:
            self._tell_quiet()
            self._looked_s = time.monotonic()

    def _reset(self, newest: EventId) -> None:
        log.warning("events were lost, or Redis its data: all that follow look anew")
        with self._lock:
            self._last = newest
            self._news.clear()
            self._places.clear()
            self._told.clear()
            for follower in self._followers:
                follower.reset(newest)

    def _note(self, happened: Iterable[Happened]) -> None:
        with self._lock:
            for one in happened:
                self._last = one.id
                self._news.pop(one.job_id, None)
                self._news[one.job_id] = one
                if one.what in MOVES_THE_QUEUE and self._places:
                    self._expect_places()

    def _expect_places(self) -> None:
        """Places may have changed. The lock is held."""
        if self._places_at_s is None:
            self._places_at_s = max(time.monotonic(), self._places_told_s + PLACES_S)

    def _tell(self) -> None:
        """Tell all that is news. It stays news where it cannot be looked up. Raises RedisError."""
        with self._lock:
            news = list(self._news.values())
            wanted = {one.job_id: one for one in news if self._who_follows(one.job_id, one.client)}
        events = events_of(self._core, {job_id: one.id for job_id, one in wanted.items()})
        with self._lock:
            for one in news:
                if self._news.get(one.job_id) is one:
                    del self._news[one.job_id]
            for job_id in wanted:
                self._places.pop(job_id, None)
            self._places |= (places := _places_of(events))
            for event in events:
                client = wanted[event.job_id].client
                self._told.told(event.job_id, client, event.standing)
                for follower in self._who_follows(event.job_id, client):
                    if event.id > follower.after:
                        follower.offer(event)
                        continue
                    # It has looked by itself, and may have seen it otherwise.
                    self._told.doubt(event.job_id, client)
                    if event.job_id in places:
                        self._places[event.job_id] = (client, None)
                        self._expect_places()

    def _tell_places(self) -> None:
        """Tell the followers of jobs that wait where those have another place by now. Raises RedisError."""
        with self._lock:
            self._places = {
                job_id: known
                for job_id, known in self._places.items()
                if self._who_follows(job_id, known[0])
            }
            known, last = dict(self._places), self._last
            self._places_at_s = None
        began_s = time.monotonic()
        now = dict(zip(known, self._core.desk.store.positions(list(known)), strict=True))
        moved = {
            job_id: last for job_id, at in now.items() if at is not None and at != known[job_id][1]
        }
        events = events_of(self._core, moved)
        with self._lock:
            self._places |= {
                job_id: row for job_id, row in _places_of(events).items() if job_id in self._places
            }
            for event in events:
                self._offer(event, known[event.job_id][0])
            took_s = time.monotonic() - began_s
            self._places_told_s = began_s + min(MOST_PLACES_S, 10 * took_s)

    def _tell_quiet(self) -> None:
        """Tell what changed without being written down, as lanes of an earlier version do it. Raises RedisError."""
        store = self._core.desk.store
        with self._lock:
            followed = [one.followed for one in self._followers]
            named = {job_id: None for one in followed for job_id in one.job_ids}
            whose = self._told.keep(lambda *job: bool(self._who_follows(*job)), named)
        for client in {one.client for one in followed if not one.job_ids}:
            whose |= dict.fromkeys(store.live_ids(client), client)
        now = store.standings(list(whose))
        with self._lock:
            changed, last = self._told.changed(now), self._last
        events = events_of(self._core, dict.fromkeys(changed, last))
        with self._lock:
            for event in events:
                self._offer(event, event.client or whose[event.job_id])

    def _offer(self, event: Event, client: str) -> None:
        """To all that follow it. The lock is held."""
        self._told.told(event.job_id, client, event.standing)
        for follower in self._who_follows(event.job_id, client):
            follower.offer(event)

    def _who_follows(self, job_id: str, client: str) -> list[Follower]:
        """The lock is held."""
        return [one for one in self._followers if one.followed.concerns(job_id, client)]

    def _close_all(self) -> None:
        with self._lock:
            followers, self._followers = self._followers, set()
        for follower in followers:
            follower.close()


@contextmanager
def following(followed: Followed) -> Iterator[tuple[Follower, Bell]]:
    """A follower of these for a while, and its bell. One that is closed where the process ends. Raises RedisError."""
    bell = Bell()
    follower = Follower(followed, bell)
    try:
        with suppress(Busy):  # then nothing rings, and who waits looks from time to time
            if not feed().join(follower):
                follower.close()
        yield follower, bell
    finally:
        feed().leave(follower)
        bell.close()


def _places_of(events: Iterable[Event]) -> dict[str, tuple[str, int | None]]:
    """Who has which place of those that wait."""
    return {
        event.job_id: (event.client, event.place) for event in events if event.place is not None
    }


def feed() -> Feed:
    """The feed of the present request's process."""
    found: Feed = current_app.extensions[KEY]
    return found
