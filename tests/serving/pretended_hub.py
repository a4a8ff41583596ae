"""A hub of models on a socket of this machine, with those answers of the real one that fetching weights asks for.

Contents come from another address than the hub's own, as they do there. It can break off, send damaged contents, and
refuse; it remembers what it was asked.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34


class Hub(ThreadingHTTPServer):
    """`repos`: contents by file name, by repository. Names that end in .bin are in LFS, the others are git's."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.repos: dict[str, dict[str, bytes]] = {}
        self.break_after: dict[
            str, list[int]
        ] = {}  # bytes after which contents break off, by turns
        self.damaged: set[str] = set()
        self.ranges_work = True
        self.refuses = 0  # a status for every question
        self.asked: list[tuple[str, str | None, str | None]] = []  # path, Range, Authorization

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def contents_asked(self) -> list[tuple[str, str | None]]:
        return [(path, span) for path, span, _ in self.asked if path.startswith("/contents/")]


class _Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(
            (path, self.headers.get("Range"), self.headers.get("Authorization"))
        )
        if self.server.refuses:
            return self.send_error(self.server.refuses)
        match path.strip("/").split("/", 5):
            case ["api", "models", owner, name, "revision", revision]:
                self._list(f"{owner}/{name}", revision)
            case [owner, name, "resolve", commit, *file] if commit == COMMIT:
                self.send_response(302)
                self.send_header("Location", f"/contents/{owner}/{name}/{'/'.join(file)}")
                self.end_headers()
            case ["contents", owner, name, *file]:
                self._contents(f"{owner}/{name}", "/".join(file))
            case _:
                self.send_error(404)

    def _list(self, repo: str, revision: str) -> None:
        if repo not in self.server.repos or revision not in ("main", COMMIT):
            return self.send_error(404)
        rows = [_row(name, data) for name, data in self.server.repos[repo].items()]
        self._send(200, json.dumps({"id": repo, "sha": COMMIT, "siblings": rows}).encode())

    def _contents(self, repo: str, name: str) -> None:
        name = unquote(name)
        data = self.server.repos[repo].get(name)
        if data is None:
            return self.send_error(404)
        if name in self.server.damaged:
            data = bytes(255 - byte for byte in data)
        span = self.headers.get("Range")
        begin = int(span.removeprefix("bytes=").removesuffix("-")) if span else 0
        if not self.server.ranges_work:
            span, begin = None, 0
        turns = self.server.break_after.get(name)
        self._send(206 if span else 200, data[begin:], turns.pop(0) if turns else None)

    def _send(self, status: int, body: bytes, only: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if only is None else body[:only])
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Not said."""


def _row(name: str, data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {"rfilename": name, "size": len(data)}
    git = f"blob {len(data)}\0".encode()
    row["blobId"] = hashlib.sha1(git + data).hexdigest()
    if name.endswith(".bin"):
        row["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return row


@contextmanager
def pretended_hub() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        thread.join()
        hub.server_close()
