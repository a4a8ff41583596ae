"""A reverse proxy that shows a server below a path of its own, as operators set one up; a thread of the test."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress

from tests.serving.live import Server

_PIECE = 65_536
_HEAD_END = b"\r\n\r\n"


class PrefixProxy:
    """Answers below `prefix` ("/tools/mesh") what the server answers at its root, and tells it so by X-Forwarded-*."""

    def __init__(self, server: Server, prefix: str) -> None:
        self._target = (server.host, server.port)
        self._prefix = prefix
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = self.origin + prefix
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        """One request and its answer, as long as that lasts."""
        with suppress(OSError), near:
            head, body = self._read(near)
            if head is None:
                near.sendall(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            with socket.create_connection(self._target) as far:
                far.sendall(head + body)
                while piece := far.recv(_PIECE):
                    near.sendall(piece)

    def _read(self, near: socket.socket) -> tuple[bytes | None, bytes]:
        """The head as the server is to read it, None for what lies elsewhere; and the body."""
        read = b""
        while _HEAD_END not in read:
            piece = near.recv(_PIECE)
            if not piece:
                raise OSError("the browser hung up")
            read += piece
        head, _, body = read.partition(_HEAD_END)
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        while length and len(body) < int(length[1]):
            body += near.recv(_PIECE)
        line, _, rest = head.partition(b"\r\n")
        method, path, version = line.split(b" ")
        prefix = self._prefix.encode()
        if not path.startswith(prefix + b"/"):
            return None, b""
        rest = re.sub(rb"(?im)^(connection|keep-alive):[^\r]*\r\n", b"", rest + b"\r\n")
        host = self.origin.partition("//")[2].encode()
        more = (
            b"X-Forwarded-Prefix: " + prefix + b"\r\nX-Forwarded-For: 127.0.0.9\r\n"
            b"X-Forwarded-Proto: http\r\nX-Forwarded-Host: "
            + host
            + b"\r\nConnection: close\r\n\r\n"
        )
        return b" ".join((method, path.removeprefix(prefix), version)) + b"\r\n" + rest + more, body
