"""A forwarder between a browser and a server: what comes over it has an address of its own, and it can be cut.

A browser cannot say from which address it calls, and clients without a key are told apart by that.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.serving.live import Server

_PIECE = 65_536


class Wire:
    """Listens on a port of this machine and passes all on to `server`, from `address` (127.0.0.0/8)."""

    def __init__(self, server: Server, address: str) -> None:
        self._target = (server.host, server.port)
        self._address = address
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_whole = True
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all that is open, and let nothing new through until mended."""
        self._is_whole = False
        self.drop()

    def mend(self) -> None:
        """Let new connections through again."""
        self._is_whole = True

    def drop(self) -> None:
        """End all connections that are open now."""
        with self._lock:
            ended, self._open = self._open, set()
        for sock in ended:
            _hang_up(sock)

    def close(self) -> None:
        """The end of it."""
        self.cut()
        _hang_up(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            if not self._is_whole:
                near.close()
                continue
            try:
                far = socket.create_connection(self._target, 10.0, (self._address, 0))
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := source.recv(_PIECE):
                sink.sendall(piece)
        except OSError:  # cut, or one side is gone
            pass
        for sock in (source, sink):
            _hang_up(sock)
        with self._lock:
            done = {source, sink} & self._open
            self._open -= done
        for sock in done:
            sock.close()


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
