"""Requests that wait for something other than their client, such as the end of a job: their thread's place is lent.

Sixteen such requests would else keep everybody waiting. Only so many may wait in a process; one more is answered at
once. Knows the connection of our gunicorn worker; under another server nothing is lent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request

from serving.jobs.record import JobState
from serving.web.bell import Bell
from serving.web.desk import core
from serving.web.feed import Followed, Follower, following
from serving.web.slow_clients import PatientSocket

# With the streams (stream_places.py) well below the places that a process lends in all (Limits.max_waiting): where
# those run out it hangs up on the client that has been silent longest, and that would be one that waits in peace.
MAX_WAITING = 100
# Who waits is told of the end; should that fail, it looks for itself.
_LOOK_S = 5.0
# A job is cancelled before it is deleted, which takes a moment and is the better answer.
_DELETED_S = 0.3
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


def can_lend(connection: Any) -> bool:
    """Whether who waits for long takes no thread's place from others, or nobody can say (tests, another server)."""
    return connection is None or isinstance(connection, PatientSocket)


def wait_in_peace(connection: Any, bell: Bell, timeout_s: float) -> bool:
    """Wait at a bell with the thread's place lent. False when the client has gone, or nothing can be lent."""
    if not isinstance(connection, PatientSocket):
        return bell.wait(connection, timeout_s)
    if not connection.lend_place():
        return False
    try:
        return bell.wait(connection, timeout_s)
    finally:
        connection.take_back_place()


def wait_for_end(job_id: str, wait_s: float) -> None:
    """Wait until the job has ended, the time is over, or the client has gone. Raises RedisError."""
    until_s = time.monotonic() + wait_s
    store, connection = core().desk.store, request.environ.get("gunicorn.socket")
    with lent_place(connection) as may_wait, following(Followed((job_id,))) as (follower, bell):
        while may_wait and not follower.is_closed:
            (state,) = store.states([job_id])
            left_s = until_s - time.monotonic()
            is_live = state in (JobState.QUEUED, JobState.PROCESSING)
            if left_s <= 0 or not (is_live or state is JobState.CANCELLED):
                return
            look_s = min(left_s, _LOOK_S if is_live else _DELETED_S)
            has_client = _wait_for_event(follower, bell, connection, look_s)
            if not (has_client and is_live):
                return


def _wait_for_event(follower: Follower, bell: Bell, connection: Any, wait_s: float) -> bool:
    """Wait for an end of what is followed, or for so long. False when the client has gone."""
    until_s = time.monotonic() + wait_s
    while (left_s := until_s - time.monotonic()) > 0:
        if not bell.wait(connection, left_s):
            return False
        was_reset, due = follower.take()
        if was_reset or follower.is_closed or any(event.is_over for event in due):
            break
    return True
