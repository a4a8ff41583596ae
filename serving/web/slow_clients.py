"""How long a client may keep us waiting, and the connection that keeps count.

    Limits         the figures
    Patience       the rule: how much waiting one client is worth
    PatientSocket  the connection: blocking calls as WSGI wants them; while one waits, its thread's
                   place is lent (`crew`), and what it waits is charged to the client

Knows sockets and the clock. Does not know HTTP beyond the end of a head, nor gunicorn's event loop.
A call that the kernel answers at once takes neither a lock nor a clock here, so a request that
arrives and leaves promptly costs what it costs on a plain socket.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from serving.web.crew import Crew

# What one recv of a request head asks for: gunicorn's own first read.
HEAD_READ_BYTES = 8_192

# One os.sendfile call at most, so that a long download shows its progress now and then.
SENDFILE_BYTES = 1 << 20

# The end of a head, or a bare line feed: gunicorn refuses that at once and should get to say so.
_HEAD_IS_DECIDED = re.compile(rb"\r\n\r\n|(?<!\r)\n")


_NO_INT = struct.pack("i", 0)


@dataclass(frozen=True)
class Limits:
    """What a client may cost. A waiting thread starves nobody, so the times can be kind."""

    # The whole request head, from the first byte (or from the connection, if none comes).
    head_timeout_s: float = 10.0
    # An incomplete head longer than this goes to a thread: gunicorn has its own size limits
    # and answers 414 or 431 itself.
    head_bytes: int = 65_536
    # Without one byte in (upload) or acknowledged (download).
    stall_timeout_s: float = 15.0
    # Waiting allowed in total, beyond what the slowest rate accepted would explain.
    # A body of n bytes therefore has grace_s + n / min_rate_bytes_per_s to arrive.
    grace_s: float = 20.0
    min_rate_bytes_per_s: int = 20_000
    # Threads that may wait for clients at once. Beyond it the most silent client is hung up on.
    # 200 of them may wait in peace for something else than their client: see waiting.py.
    max_waiting: int = 356
    # No client is hung up on for that reason while its last byte is younger than this.
    evict_silence_s: float = 0.5
    # How often a waiting thread looks up (kernel time-outs of the socket).
    look_up_s: float = 0.5
    # After the last answer: time and bytes for the client to finish talking before we close.
    linger_s: float = 2.0
    linger_bytes: int = 8 << 20


class ClientTooSlow(BaseException):
    """The client used up its patience. Ends the request; the connection closes.

    Not an Exception, as asyncio.CancelledError is not: it passes through application code that
    reads a body or writes an answer, and no `except Exception` there may take it for its own bug.
    """


class Patience:
    """How much more waiting one client is worth: a bucket of seconds that bytes refill."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.renew()

    def renew(self) -> None:
        """A new request begins."""
        self._left_s = self._limits.grace_s
        self._silent_s = 0.0

    def spend(self, waited_s: float, moved_bytes: int) -> None:
        """Count one wait. Raises ClientTooSlow when it was one too many."""
        limits = self._limits
        self._left_s -= waited_s - moved_bytes / limits.min_rate_bytes_per_s
        self._left_s = min(self._left_s, limits.grace_s)
        self._silent_s = 0.0 if moved_bytes > 0 else self._silent_s + waited_s
        if self._silent_s >= limits.stall_timeout_s:
            raise ClientTooSlow(f"no byte moved for {self._silent_s:.1f} s")
        if self._left_s <= 0.0:
            raise ClientTooSlow(f"slower than {limits.min_rate_bytes_per_s} bytes/s for too long")


class PatientSocket(socket.socket):
    """A client's connection whose waits are lent to the crew and counted against its patience.

    The descriptor always blocks, with the kernel waking us every `look_up_s`; what must not wait
    says so call by call (MSG_DONTWAIT). So gunicorn's many changes of mode cost no system call.
    """

    def __init__(self, accepted: socket.socket, crew: Crew, limits: Limits) -> None:
        super().__init__(fileno=accepted.detach())
        super().setblocking(True)
        look_up = struct.pack("ll", *divmod(int(limits.look_up_s * 1e6), 1_000_000))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, look_up)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, look_up)
        self._crew = crew
        self._limits = limits
        self._patience = Patience(limits)
        self._timeout_s: float | None = None  # what settimeout() was told: None, 0, or seconds
        self._cut_why: str | None = None
        self._received = 0
        self._sent = 0
        self._counted = 0  # bytes, both ways, that patience has heard of
        self.head = b""  # read by the event loop, or too early; comes first
        self.answered = False  # some byte of an answer has left

    def begin_request(self) -> None:
        """A thread takes the connection."""
        self._patience.renew()
        self.answered = False

    def gather(self) -> bool:
        """Event loop: read what is here of a request head. True when a thread should take over.

        Raises BlockingIOError if nothing is here, EOFError if the client has hung up.
        """
        data = super().recv(HEAD_READ_BYTES, socket.MSG_DONTWAIT)
        if not data:
            raise EOFError
        seen = len(self.head)
        self.head += data
        return self.head_is_ready(seen)

    def head_is_ready(self, seen: int = 0) -> bool:
        """Whether gunicorn can answer by what `head` holds; its first `seen` bytes did not do."""
        enough = len(self.head) >= self._limits.head_bytes
        return enough or _HEAD_IS_DECIDED.search(self.head, max(0, seen - 3)) is not None

    def cut(self, why: str) -> None:
        """From any thread: end whatever waits for this client."""
        self._cut_why = why
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has just ended by itself

    def lend_place(self) -> bool:
        """The application waits for something else than this client. False: too many wait, it must not."""
        return self._crew.lend(self)

    def take_back_place(self) -> None:
        """The wait is over."""
        self._crew.take_back(self)

    # What gunicorn calls, from a thread of the crew.

    def gettimeout(self) -> float | None:
        return self._timeout_s

    def settimeout(self, value: float | None) -> None:
        self._timeout_s = value

    def setblocking(self, flag: bool) -> None:
        self._timeout_s = None if flag else 0.0

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.head:
            data, self.head = self.head[:size], self.head[size:]
            return data
        try:
            return self._receive(size, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            if self._timeout_s == 0.0:
                raise
        received: bytes = self._wait_for(self._receive, size, flags)
        return received

    def sendall(self, data: Any, flags: int = 0) -> None:
        try:
            sent = self._transmit(data, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            if self._timeout_s == 0.0:
                raise BlockingIOError(errno.EAGAIN, "the client does not take the answer")
            rest = memoryview(data)[sent:]
            while rest:
                rest = rest[self._wait_for(self._transmit, rest, flags) :]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send `count` bytes of a file out of the kernel's cache. -> bytes sent, all of them.

        Python has nothing to do meanwhile, so the place is lent from the start and no call tries
        first whether it would wait: a file that fits the send buffer leaves in one call, as stock.
        """
        end = os.fstat(file.fileno()).st_size if count is None else offset + count
        at = offset
        while at < end:
            sent = self._wait_for(self._splice, file.fileno(), at, min(end - at, SENDFILE_BYTES))
            if not sent:
                # The length is announced already; only hanging up tells the client.
                raise OSError(errno.EIO, f"the file ends {end - at} bytes early")
            at += sent
        return at - offset

    def _receive(self, size: int, flags: int) -> bytes:
        data = super().recv(size, flags)
        self._received += len(data)
        return data

    def _transmit(self, data: Any, flags: int) -> int:
        sent = super().send(data, flags)
        self._sent += sent
        self.answered = True
        return sent

    def _splice(self, file: int, at: int, count: int) -> int:
        sent = os.sendfile(self.fileno(), file, at, count)
        self._sent += sent
        self.answered = True
        return sent

    def _wait_for(self, attempt: Callable[..., Any], *args: Any) -> Any:
        """Repeat a call that blocks for at most `look_up_s` until something has moved.

        Raises ClientTooSlow when patience ends, TimeoutError after what settimeout() was told.
        """
        began_s = looked_s = time.monotonic()
        lent = self._crew.lend(self)
        try:
            while True:
                try:
                    result = attempt(*args)
                except BlockingIOError:
                    result = None
                before_s, looked_s = looked_s, time.monotonic()
                moved = self._judge(looked_s - before_s)
                if result is not None:
                    return result
                if self._timeout_s is not None and looked_s - began_s >= self._timeout_s:
                    raise TimeoutError("timed out")
                if not lent:
                    lent = self._crew.lend(self)
                elif moved:
                    self._crew.moved(self)
        finally:
            if lent:
                self._crew.take_back(self)

    def _judge(self, waited_s: float) -> int:
        """Charge a wait to the client. -> bytes moved since the last charge, both ways."""
        if self._cut_why is not None:
            raise ClientTooSlow(self._cut_why)
        total = self._received + self._sent - self._unacknowledged()
        moved, self._counted = total - self._counted, total
        self._patience.spend(waited_s, moved)
        return moved

    def _unacknowledged(self) -> int:
        """Bytes sent that have not reached the client.

        "The socket took more" says nothing for minutes when some MB of send buffer are full and
        the line is slow; an honest client still acknowledges a packet now and then.
        """
        try:
            held = fcntl.ioctl(self.fileno(), termios.TIOCOUTQ, _NO_INT)
        except OSError:
            return 0
        return int.from_bytes(held, sys.byteorder)
