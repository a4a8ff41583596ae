"""What wakes a thread that waits for something to happen, and tells it when its client has hung up meanwhile."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading

# The client's end; where the system does not tell (macOS), it is noticed when something is sent.
_END = getattr(select, "POLLRDHUP", 0)
_GONE = _END | select.POLLHUP | select.POLLERR | select.POLLNVAL
_ONE = (1).to_bytes(8, sys.byteorder)  # as an eventfd takes it


class Bell:
    """Rung from any thread, waited at by one. Takes a descriptor until it is closed (macOS: two)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_closed = False
        if hasattr(os, "eventfd"):
            self._inner = self._outer = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        else:
            self._inner, self._outer = os.pipe()
            os.set_blocking(self._inner, False)
            os.set_blocking(self._outer, False)

    def ring(self) -> None:
        """Wake who waits, or who will next. Does nothing once the bell is closed."""
        with self._lock:  # the descriptor of a closed bell may be somebody else's by now
            if self._is_closed:
                return
            try:
                os.write(self._outer, _ONE)
            except BlockingIOError:
                pass  # rung often enough

    def wait(self, client: socket.socket | None, timeout_s: float) -> bool:
        """Until it is rung, or for so long. False at once when the client has hung up. Not after close()."""
        poll = select.poll()
        poll.register(self._inner, select.POLLIN)
        if client is not None:
            poll.register(client, _END)
        for descriptor, what in poll.poll(max(0.0, timeout_s) * 1000):
            if descriptor == self._inner:
                os.read(self._inner, 4096)
            elif what & _GONE:
                return False
        return True

    def close(self) -> None:
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                for descriptor in {self._inner, self._outer}:
                    os.close(descriptor)
