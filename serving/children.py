"""Child processes that a thread starts while another thread of the same process forks, as gunicorn's master does.

Popen learns from a pipe whether its child could start. A fork at that moment copies the pipe, and Popen waits for as
long as the copy lives. So: no fork while a child is being started.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.RLock()


@contextmanager
def no_fork() -> Iterator[None]:
    """Forks of other threads wait until the block ends. Popen itself is not held up: it does not call os.fork()."""
    with _turn:
        yield


os.register_at_fork(
    before=_turn.acquire, after_in_parent=_turn.release, after_in_child=_turn.release
)
