"""The threads of a web process: those at work are counted, those that wait for a client are not.

Knows threads and who waits for whom. Does not know sockets or HTTP: a job is anything, a client
anything that can be cut off.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol


class Client(Protocol):
    """Whom a thread can wait for. Hashable by identity."""

    def cut(self, why: str) -> None:
        """End the wait, from any thread."""

    def __hash__(self) -> int: ...


class Crew:
    """`size` threads at work, and besides them up to `max_waiting` that wait for a client.

    A thread about to wait lends its place: the next job starts at once, on an idle thread or a new
    one. When its client moves it goes on working, for that long the crew is over size and starts
    nothing new. Threads beyond `size` leave when they have nothing to do.
    """

    def __init__(
        self, work: Callable[[Any], None], size: int, max_waiting: int, evict_silence_s: float
    ) -> None:
        self._size = size
        self._max_waiting = max_waiting
        self._evict_silence_s = evict_silence_s
        self._work = work
        # Re-entrant: gunicorn's signal handlers call shutdown() in the thread that submits.
        self._lock = threading.RLock()
        self._jobs: deque[Any] = deque()
        self._hand_over: SimpleQueue[Any] = SimpleQueue()
        self._working = 0
        self._idle = 0
        self._closed = False
        # Client -> when it last moved; the most silent one comes first.
        self._waiting: OrderedDict[Client, float] = OrderedDict()

    def submit(self, job: Any) -> None:
        """Work on this as soon as a place is free."""
        with self._lock:
            self._jobs.append(job)
            self._start_jobs()

    def lend(self, client: Client) -> bool:
        """Give this thread's place to the next job while it waits for its client.

        False if `max_waiting` do already and none of them has been silent for long.
        """
        victim = None
        now_s = time.monotonic()
        with self._lock:
            if len(self._waiting) >= self._max_waiting:
                victim, moved_s = next(iter(self._waiting.items()))
                if now_s - moved_s < self._evict_silence_s:
                    return False
                del self._waiting[victim]
            self._waiting[client] = now_s
            self._working -= 1
            self._start_jobs()
        if victim is not None:
            victim.cut("hung up on, too many slow clients")
        return True

    def moved(self, client: Client) -> None:
        """The client of a lent place did something: it is not the most silent one."""
        with self._lock:
            if client in self._waiting:
                self._waiting[client] = time.monotonic()
                self._waiting.move_to_end(client)

    def take_back(self, client: Client) -> None:
        """The wait is over, the thread works again."""
        with self._lock:
            self._waiting.pop(client, None)
            self._working += 1

    def cut_all(self, why: str) -> None:
        """Hang up on every client that a thread waits for."""
        with self._lock:
            waiting = list(self._waiting)
        for client in waiting:
            client.cut(why)

    def shutdown(self, wait: bool = False) -> None:
        """Send idle threads home. Never waits: busy ones are daemons and end with the process."""
        with self._lock:
            self._closed = True
            for _ in range(self._idle):
                self._hand_over.put(None)
            self._idle = 0

    def _start_jobs(self) -> None:
        """Start what there is room for. The lock is held."""
        while self._jobs and self._working < self._size:
            job = self._jobs.popleft()
            if self._idle:
                self._idle -= 1
                self._hand_over.put(job)
            elif not self._start_thread(job):
                self._jobs.appendleft(job)
                return
            self._working += 1

    def _start_thread(self, job: Any) -> bool:
        try:
            threading.Thread(target=self._run, args=(job,), name="web", daemon=True).start()
        except RuntimeError:  # no more threads for this process: one that ends takes the job
            return False
        return True

    def _run(self, job: Any) -> None:
        while job is not None:
            self._work(job)
            job = self._next_job()

    def _next_job(self) -> Any:
        with self._lock:
            if self._jobs and self._working <= self._size:
                return self._jobs.popleft()
            self._working -= 1
            if self._closed or self._idle >= self._size:
                return None
            self._idle += 1
        return self._hand_over.get()
