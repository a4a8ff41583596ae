"""How many requests each route answered, how, and how fast: counted by every web process, added up by whoever is asked.

A process counts in a small file that it maps into its memory: no trip and no thread, and any process can read all of
them at any moment. It takes a file that no living process has and counts on in it, so counts never go back and there
are as many files as there were ever processes at once. prometheus_client has such a mode; it needs a variable in the
environment before its import, and keeps a file for every process that ever was.

Knows files and numbers. Does not know Prometheus, and Flask only where a request ends.
"""

from __future__ import annotations

import logging
import mmap
import os
import re
import socket
import struct
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.file_lock import FileLock, is_locked

log = logging.getLogger("meshkiln.web")

BOUNDS_S = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER, UNMATCHED = "OTHER", "unmatched"

# A row: what is counted as text, padded with zeros; then a number for each bound, one for more, and the seconds.
_NAME_BYTES = 160
_NUMBERS = len(BOUNDS_S) + 2
_ROW_BYTES = _NAME_BYTES + 8 * _NUMBERS
_MAX_ROWS = 1200  # some 80 routes, each with a few methods and statuses
_FILE_BYTES = _MAX_ROWS * _ROW_BYTES
_MAX_FILES = 256
# The form is in the name: a version with another one begins new files.
_SUFFIX = f"{_NUMBERS}x{_ROW_BYTES}"


@dataclass(frozen=True)
class Answers:
    """Requests of one method on one route that ended with one status.

    `counts` are by duration, in the order of BOUNDS_S and one more for longer ones; not cumulative.
    """

    method: str
    route: str
    status: str
    counts: tuple[int, ...]
    sum_s: float


class Traffic:
    """The counts of this process, and of all processes of this machine that count in the same folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._machine = re.sub(r"[^A-Za-z0-9-]", "_", socket.gethostname())
        self._lock = threading.Lock()
        self._lease: FileLock | None = None
        self._image: mmap.mmap | None = None
        self._numbers: memoryview[float] = memoryview(bytes(8)).cast("d")
        self._places: dict[tuple[str, str, int], int] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request has ended. Where the disk fails, this process counts for itself alone."""
        key = (method if method in METHODS else OTHER, route, status)
        with self._lock:
            place = self._places.get(key)
            if place is None:
                place = self._begin(key)
            self._numbers[place + bisect_left(BOUNDS_S, seconds)] += 1.0
            self._numbers[place + _NUMBERS - 1] += seconds

    def stream(self, change: int) -> None:
        """One more answer is open that goes on as long as its client likes (1), or one less (-1)."""
        with self._lock:
            place = self._places.get(_STREAMS)
            if place is None:
                place = self._begin(_STREAMS)
            self._numbers[place] += change

    def streams(self) -> int:
        """How many are open now, of all living processes together."""
        return sum(
            int(numbers[0])
            for image in self._images(living=True)
            for _, key, numbers in _rows(image)
            if key == _STREAMS
        )

    def read(self) -> list[Answers]:
        """The counts of all processes together, by route."""
        sums: dict[tuple[str, str, int], list[float]] = {}
        for image in self._images():
            for _, key, numbers in _rows(image):
                known = sums.setdefault(key, [0.0] * _NUMBERS)
                sums[key] = [a + b for a, b in zip(known, numbers, strict=True)]
        sums.pop(_STREAMS, None)
        return [
            Answers(method, route, str(status), tuple(map(int, numbers[:-1])), numbers[-1])
            for (method, route, status), numbers in sorted(sums.items())
        ]

    def _images(self, living: bool = False) -> Iterator[bytes]:
        """What all processes have counted; or those alone that live."""
        if self._image is not None and self._lease is None:
            yield self._image[:]
        for path in sorted(self._folder.glob(f"{self._machine}.*.{_SUFFIX}")):
            if not living or is_locked(path):
                yield path.read_bytes()

    def _begin(self, key: tuple[str, str, int]) -> int:
        """The place of the first number of a row, which is begun if no process before had it."""
        if self._image is None:
            self._image = self._open()
            self._numbers = memoryview(self._image).cast("d")
            self._places = {known: _place(row) for row, known, _ in _rows(self._image)}
            if _STREAMS in self._places:  # of a process that is dead
                self._numbers[self._places[_STREAMS]] = 0.0
        if key in self._places:
            return self._places[key]
        row = len(self._places)
        if row >= _MAX_ROWS - 1:  # more than there can be: the last row takes the rest
            key, row = _REST, _MAX_ROWS - 1
        at, name = row * _ROW_BYTES, _name(key)
        # The first byte last: a row that has none is not there yet for whoever reads meanwhile.
        self._image[at + 1 : at + _NAME_BYTES] = name[1:]
        self._image[at] = name[0]
        return self._places.setdefault(key, _place(row))

    def _open(self) -> mmap.mmap:
        """A file that no living process has, or memory of our own where there can be none."""
        try:
            if self._folder.parent.is_dir():
                self._folder.mkdir(exist_ok=True)
                return self._take()
        except OSError as error:
            log.warning("requests are counted by each process alone: %s", error)
        if self._lease:
            self._lease.release()
            self._lease = None
        return mmap.mmap(-1, _FILE_BYTES)

    def _take(self) -> mmap.mmap:
        for number in range(_MAX_FILES):
            lease = FileLock(self._folder / f"{self._machine}.{number}.{_SUFFIX}")
            if lease.try_acquire():
                self._lease = lease  # kept as long as the process lives
                _fill(lease.fileno())
                return mmap.mmap(lease.fileno(), _FILE_BYTES)
        raise OSError(f"all {_MAX_FILES} files are taken")


class Counted:
    """The app, with each request timed once: told to the client as X-Process-Time, and counted by route and status.

    The time is that to the answer's head. What clients choose freely, paths and methods unknown here, is never a label.
    """

    def __init__(self, app: Callable[..., Any], traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        began_s = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            seconds = time.perf_counter() - began_s
            headers.append(("X-Process-Time", f"{seconds:.6f}"))
            # Left there by Werkzeug; Flask's hooks and proxies would cost several times the counting.
            request = environ.get("werkzeug.request")
            route = request.url_rule.rule if request and request.url_rule else UNMATCHED
            self._traffic.count(environ["REQUEST_METHOD"], route, int(status[:3]), seconds)
            return start_response(status, headers, *failure)

        return self._app(environ, start)  # type: ignore[no-any-return]


_REST = (OTHER, UNMATCHED, 0)
_STREAMS = ("STREAMS", "open", 0)  # its first number


def _fill(fd: int) -> None:
    """Make a file as long as it must be, with real bytes: a hole in it would kill us when the disk is full by then."""
    there = os.fstat(fd).st_size
    if (
        there < _FILE_BYTES
        and os.pwrite(fd, bytes(_FILE_BYTES - there), there) + there < _FILE_BYTES
    ):
        raise OSError("the disk is full")


def _place(row: int) -> int:
    """Where the numbers of a row begin, in numbers."""
    return (row * _ROW_BYTES + _NAME_BYTES) // 8


def _name(key: tuple[str, str, int]) -> bytes:
    method, route, status = key
    return f"{method} {status} {route}".encode()[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0")


def _rows(
    image: bytes | mmap.mmap,
) -> Iterator[tuple[int, tuple[str, str, int], tuple[float, ...]]]:
    """What a file holds: place in the file, key and numbers of each row that was begun."""
    for row in range(len(image) // _ROW_BYTES):
        at = row * _ROW_BYTES
        if not image[at]:
            continue
        name = image[at : at + _NAME_BYTES].rstrip(b"\0").decode()
        method, status, route = name.split(" ", 2)
        yield row, (method, route, int(status)), _NUMBERS_OF.unpack_from(image, at + _NAME_BYTES)


_NUMBERS_OF = struct.Struct(f"={_NUMBERS}d")
