"""Requests that wait for something other than their client, such as the end of a job: their thread's place is lent.

Sixteen such requests would else keep everybody waiting. Only so many may wait in a process; one more is answered at
once. Knows the connection of our gunicorn worker; under another server nothing is lent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serving.web.slow_clients import PatientSocket

# Well below the places that a process lends in all (Limits.max_waiting): where those run out it hangs up on the client
# that has been silent longest, and that would be one that waits in peace. Each also asks Redis three times a second.
MAX_WAITING = 100
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
