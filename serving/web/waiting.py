"""Requests that wait for something other than their client, such as the end of a job: their thread's place is lent.

Sixteen such requests would else keep everybody waiting. Only so many may wait in a process; one more is answered at
once. Knows the connection of our gunicorn worker; under another server nothing is lent.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request

from serving.jobs.record import JobState
from serving.web.desk import core
from serving.web.slow_clients import PatientSocket

# Well below the places that a process lends in all (Limits.max_waiting): where those run out it hangs up on the client
# that has been silent longest, and that would be one that waits in peace. Each also asks Redis three times a second.
MAX_WAITING = 100
# Pauses between looks; the last one repeats.
_LOOK_S = (0.05, 0.1, 0.2, 0.3)
_room = threading.BoundedSemaphore(MAX_WAITING)


@contextmanager
def lent_place(connection: Any) -> Iterator[bool]:
    """Whether the request may wait here; its thread's place is lent meanwhile. False when too many wait already."""
    if not isinstance(connection, PatientSocket):
        yield True
        return
    has_room = _room.acquire(blocking=False)
    lent = has_room and connection.lend_place()
    try:
        yield lent
    finally:
        if lent:
            connection.take_back_place()
        if has_room:
            _room.release()


def wait_for_end(job_id: str, wait_s: float) -> None:
    """Look now and then, until the job has ended, the time is over, or the client has gone."""
    until_s = time.monotonic() + wait_s
    store, connection = core().desk.store, request.environ.get("gunicorn.socket")
    with lent_place(connection) as may_wait:
        for look in range(10_000):
            left_s = until_s - time.monotonic()
            if not may_wait or left_s <= 0 or _has_gone(connection):
                return
            time.sleep(min(left_s, _LOOK_S[min(look, len(_LOOK_S) - 1)]))
            (state,) = store.states([job_id])
            if state not in (JobState.QUEUED, JobState.PROCESSING):
                return


def _has_gone(connection: socket.socket | None) -> bool:
    """Whether the client has hung up: nobody waits any more."""
    if connection is None:
        return False
    try:
        return not socket.socket.recv(connection, 1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
