"""gunicorn's threaded worker, for clients that are slow, stuck or hostile.

Stock gthread waits for a client inside a thread and without a time-out: eight half-sent requests
against four threads, and nobody else is served for as long as the eight like. Here

    heads       are read by the event loop; a thread sees a request when its head is complete
    bodies,     waits of the threads are lent: the next request starts on another thread, and
    answers     (`crew`), and patience with each client is limited (`slow_clients`)
    last words  after the answer the client is listened to by the event loop, not in it

Threads that wait instead of reading bodies ahead into files: the application still sees the upload
while it comes in (and may refuse it early), nothing is written twice, chunked bodies, sendfile and
generators all take the same way, and 356 waiting threads cost a few MB.

Use: `worker_class = "serving.web.gunicorn_worker.PatientThreadWorker"`. Knows gunicorn 27's gthread
from inside, and which envelope an error of this server wears. Does not know Flask. Under TLS
(certfile set) the waits are not lent; there it is stock gthread with time-outs, so let a proxy do TLS.
"""

from __future__ import annotations

import errno
import resource
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import gunicorn.util
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from serving.web.crew import Crew
from serving.web.early_answers import TOO_SLOW, early_answer, origin_of
from serving.web.slow_clients import ClientTooSlow, Limits, PatientSocket
from serving.web.wire import V1

# Deadlines of connections without a thread are looked at this often.
SWEEP_S = 0.25

# Descriptors kept for everything that is not a client: Redis, logs, modules.
SPARE_DESCRIPTORS = 64

# A stopping worker hangs up on slow clients this long before its graceful_timeout ends.
STOP_MARGIN_S = 3.0

DRAIN_BYTES = 65_536


_present = threading.local()  # `head`: of the request that a thread works on, as it came


class PatientConn(TConn):  # type: ignore[misc]
    """A client's connection, as the event loop sees it."""

    def __init__(
        self, cfg: Any, sock: socket.socket, client: Any, server: Any, tls_timeout_s: float
    ) -> None:
        super().__init__(cfg, sock, client, server)
        self.data_ready = True  # no thread gets it before
        self.deadline_s = 0.0  # when the event loop stops waiting
        self.lingering = False
        self.drained_bytes = 0
        self.tls_timeout_s = tls_timeout_s

    def init(self) -> None:
        super().init()
        if self.cfg.is_ssl:
            # Again for each request: handle() has just called setblocking(True).
            self.sock.settimeout(self.tls_timeout_s)


class TlsSocket(socket.socket):
    """Before the handshake: what gunicorn calls blocking has a time-out."""

    def __init__(self, accepted: socket.socket, timeout_s: float) -> None:
        super().__init__(fileno=accepted.detach())
        self.timeout_s = timeout_s

    def setblocking(self, flag: bool) -> None:
        self.settimeout(self.timeout_s if flag else 0.0)


class PatientThreadWorker(ThreadWorker):  # type: ignore[misc]
    """gthread with the same settings, where `threads` counts threads at work."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Registered with the poller; a head or the client's end is outstanding.
        self.waiting: set[PatientConn] = set()
        self.most_connections: int = self.cfg.worker_connections
        self._next_sweep_s = 0.0
        self._cut_at_s: float | None = None

    def init_process(self) -> None:
        # A connection may need a second descriptor, for the file it brings or takes.
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = max(1, (soft - SPARE_DESCRIPTORS) // 2)
        if soft != resource.RLIM_INFINITY and most < self.most_connections:
            self.log.warning("Only %d connections: the limit on open files is %d", most, soft)
            self.worker_connections = self.most_connections = most
        gunicorn.util.write_error = self._refuse  # gunicorn has no hook for it
        super().init_process()

    def _refuse(self, sock: socket.socket, status: int, reason: str, message: str) -> None:
        """In the place of gunicorn.util.write_error, which writes a page of HTML."""
        head = getattr(_present, "head", b"")
        words = head.partition(b"\r\n")[0].split(b" ")
        path = words[1].decode("latin-1") if len(words) == 3 else V1
        answer = early_answer(status, message or reason, path, self._readable(head))
        gunicorn.util.write_nonblock(sock, answer)

    def _readable(self, head: bytes) -> Mapping[str, str]:
        """Headers that let the page of a browser read an answer; the application's `early_headers` knows which may."""
        ask = getattr(self.wsgi, "early_headers", None)
        origin = origin_of(head)
        return ask(origin) if ask and origin else {}

    # Threads.

    def get_thread_pool(self) -> Crew:
        limits = self.limits
        return Crew(self._work, self.cfg.threads, limits.max_waiting, limits.evict_silence_s)

    def enqueue_req(self, conn: PatientConn) -> None:
        self.tpool.submit(conn)

    def _work(self, conn: PatientConn) -> None:
        keep = False
        try:
            keep = self.handle(conn)
        except BaseException:
            self.log.exception("Error in a web thread")
        self.method_queue.defer(self.finish_request, conn, keep)

    def handle(self, conn: PatientConn) -> Any:
        if isinstance(conn.sock, PatientSocket):
            conn.sock.begin_request()
            _present.head = conn.sock.head
        try:
            return super().handle(conn)
        except ClientTooSlow as slow:
            request = getattr(conn.parser, "mesg", None)
            what = f"{request.method} {request.path}" if request else "request head"
            path = request.path if request else V1
            head = getattr(_present, "head", b"")
            self._part_with(conn, f"{what}: {slow}", head, tell=not conn.sock.answered, path=path)
            return False

    def _part_with(
        self, conn: PatientConn, why: str, head: bytes, tell: bool, path: str = V1
    ) -> None:
        peer = conn.client[0] if conn.client else "local socket"
        outcome = "answered 408" if tell else "connection closed"
        self.log.info("Slow client %s, %s; %s", peer, why, outcome)
        if tell:
            try:
                answer = early_answer(408, TOO_SLOW, path, self._readable(head))
                conn.sock.send(answer, socket.MSG_DONTWAIT)
            except OSError:
                pass  # it has gone, or never reads

    # Connections without a thread: all below runs in the event loop.

    def accept(self, listener: socket.socket) -> None:
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                # Stock ends the worker here. Pause instead, murder_pending() resumes.
                self.worker_connections = 0
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        stall_s = self.limits.stall_timeout_s
        if self.cfg.is_ssl:
            sock: socket.socket = TlsSocket(accepted, stall_s)
        else:
            sock = PatientSocket(accepted, self.tpool, self.limits)
        conn = PatientConn(self.cfg, sock, client, listener.getsockname(), stall_s)
        conn.deadline_s = time.monotonic() + self.limits.head_timeout_s
        if self.cfg.is_ssl:
            self._watch(conn, self._start)
        else:
            self._gather(conn)

    def on_client_socket_readable(self, conn: PatientConn, client: Any) -> None:
        """A kept-alive connection has something to say."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.deadline_s = time.monotonic() + self.limits.head_timeout_s
        if self.cfg.is_ssl:
            self._start(conn)
        else:
            self._gather(conn)

    def _gather(self, conn: PatientConn, _sock: Any = None) -> None:
        """Read on in the head; start the request when it is complete."""
        try:
            ready = conn.sock.gather()
        except BlockingIOError:
            ready = False
        except (EOFError, OSError):
            self._drop(conn)
            return
        # uWSGI's heads are binary; a thread waits for them, its place lent.
        if ready or (conn.sock.head and self.cfg.protocol != "http"):
            self._start(conn)
        elif conn not in self.waiting:
            self._watch(conn, self._gather)

    def _start(self, conn: PatientConn, _sock: Any = None) -> None:
        self._unwatch(conn)
        self.enqueue_req(conn)

    def finish_request(self, conn: PatientConn, keep: bool) -> None:
        """A thread is done with the connection."""
        try:
            if keep:
                self._keep(conn)
            else:
                self._linger(conn)
        except (OSError, ValueError, KeyError):  # the application has closed or taken its socket
            self._drop(conn)

    def _keep(self, conn: PatientConn) -> None:
        """Wait for the next request, or start it if it came along with this one."""
        now_s = time.monotonic()
        if self.cfg.is_ssl:
            ahead = ready = bool(conn.parser.unreader.buf.getvalue())
        else:
            conn.sock.head = conn.parser.unreader.take_buffered() + conn.sock.head
            ahead, ready = bool(conn.sock.head), conn.sock.head_is_ready()
        if ready:
            self.enqueue_req(conn)
        elif ahead:
            conn.deadline_s = now_s + self.limits.head_timeout_s
            self._watch(conn, self._gather)
        else:
            keepalive_s = self.cfg.keepalive
            conn.timeout = now_s + (
                keepalive_s if self.alive else min(keepalive_s, STOP_KEEPALIVE_LINGER)
            )
            self._register(conn, self.on_client_socket_readable)
            self.keepalived_conns.append(conn)

    def _linger(self, conn: PatientConn) -> None:
        """Close in a way that the client can read the answer first (RFC 9112, 9.6).

        Stock waits for the client's end inside the event loop, up to 2 s for each connection.
        """
        conn.sock.shutdown(socket.SHUT_WR)
        conn.sock.setblocking(False)
        conn.lingering = True
        conn.deadline_s = time.monotonic() + self.limits.linger_s
        self._watch(conn, self._drain)

    def _drain(self, conn: PatientConn, _sock: Any = None) -> None:
        try:
            data = conn.sock.recv(DRAIN_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.drained_bytes += len(data)
        if not data or conn.drained_bytes > self.limits.linger_bytes:
            self._drop(conn)

    def _watch(self, conn: PatientConn, when_readable: Callable[..., None]) -> None:
        self._register(conn, when_readable)
        self.waiting.add(conn)

    def _register(self, conn: PatientConn, when_readable: Callable[..., None]) -> None:
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(when_readable, conn))

    def _unwatch(self, conn: PatientConn) -> None:
        if conn in self.waiting:
            self.waiting.remove(conn)
            self.poller.unregister(conn.sock)

    def _drop(self, conn: PatientConn) -> None:
        self._unwatch(conn)
        self.nr_conns -= 1
        conn.close()

    # Time. gunicorn's loop calls both of these on every turn, also while it stops.

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        if self.waiting or not self.alive or not self.worker_connections:
            timeout = min(timeout, SWEEP_S)
        super().wait_for_and_dispatch_events(timeout)

    def murder_pending(self) -> None:
        """Part from clients whose head, or end, is overdue."""
        now_s = time.monotonic()
        if now_s < self._next_sweep_s:
            return
        self._next_sweep_s = now_s + SWEEP_S
        self.worker_connections = self.most_connections
        if not self.alive:
            self._hurry(now_s)
        for conn in [conn for conn in self.waiting if conn.deadline_s <= now_s]:
            if not conn.lingering and getattr(conn.sock, "head", None):
                why = f"request head: incomplete after {self.limits.head_timeout_s:g} s"
                self._part_with(conn, why, conn.sock.head, tell=True)
            self._drop(conn)

    def _hurry(self, now_s: float) -> None:
        """The worker stops: half-sent heads get as long as kept-alive connections, waits of
        threads nearly all of graceful_timeout, after which gunicorn's master would kill us."""
        if self._cut_at_s is None:
            graceful_s = self.cfg.graceful_timeout
            self._cut_at_s = now_s + max(graceful_s - STOP_MARGIN_S, graceful_s / 2)
            if end_streams := getattr(self.wsgi, "end_streams", None):
                end_streams()
            for conn in self.waiting:
                conn.deadline_s = min(conn.deadline_s, now_s + STOP_KEEPALIVE_LINGER)
        if now_s >= self._cut_at_s:
            self.tpool.cut_all("the server stops")
