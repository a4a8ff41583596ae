"""How tests listen to live events: one open answer, read event by event."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.serving.live import Client
from tests.serving.second_api import JOBS, V1

ALL = f"{V1}/system/events"
SILENCE_S = 30.0  # more than a heartbeat
LASTS_S = 60.0


class Told(NamedTuple):
    """One event. `id` is "" where it has none."""

    id: str
    kind: str
    data: Any


class Stream:
    """An open stream. `retry` and `first_id` are what it said before its first event."""

    def __init__(self, client: Client, path: str, last_id: str = "", **query: object) -> None:
        headers = {"Last-Event-ID": last_id} if last_id else {}
        self.answer = client.get(
            path, params=query, headers=headers, stream=True, timeout=SILENCE_S
        )
        assert self.answer.status_code == 200, self.answer.text
        self.beats = 0
        self.said: dict[str, str] = {}
        self.told: list[Told] = []
        self._events = self._read()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    @property
    def last_id(self) -> str:
        """What a browser would send to go on from here."""
        ids = [self.said.get("id", ""), *(event.id for event in self.told)]
        return [event_id for event_id in ids if event_id][-1]

    def next(self) -> Told:
        return next(self._events)

    def until(self, wanted: Callable[[Told], bool]) -> list[Told]:
        """What comes, up to the event that is wanted. Fails when the stream ends before."""
        found: list[Told] = []
        while not found or not wanted(found[-1]):
            found.append(self.next())
        return found

    def rest(self) -> list[Told]:
        """All until the server ends the stream."""
        return list(self._events)

    def _read(self) -> Iterator[Told]:
        left, until_s = b"", time.monotonic() + LASTS_S
        for piece in self.answer.raw.read_chunked():
            assert time.monotonic() < until_s, f"what is awaited did not come: {self.told[-3:]}"
            left += piece
            while b"\n\n" in left:
                block, _, left = left.partition(b"\n\n")
                if event := self._event(block.decode()):
                    self.told.append(event)
                    yield event
        assert left == b""

    def _event(self, block: str) -> Told | None:
        fields = dict(line.partition(": ")[::2] for line in block.split("\n"))
        if "data" not in fields:
            self.beats += block == ":"
            self.said |= fields
            return None
        assert set(fields) <= {"id", "event", "data"}, block
        return Told(fields.get("id", ""), fields["event"], json.loads(fields["data"]))


def of_job(client: Client, job_id: str, last_id: str = "", **query: object) -> Stream:
    return Stream(client, f"{JOBS}/{job_id}/events", last_id, **query)


def of_jobs(client: Client, *job_ids: str, last_id: str = "", **query: object) -> Stream:
    if job_ids:
        query["jobs"] = ",".join(job_ids)
    return Stream(client, ALL, last_id, **query)


def place_of(event_id: str) -> tuple[int, int]:
    """An id as what it is ordered by."""
    ms, number = event_id.split("-")
    return int(ms), int(number)


def is_at(job_id: str, status: str) -> Callable[[Told], bool]:
    """Whether an event says that the job stands there."""
    return lambda event: (
        event.kind == "job" and (event.data["job_id"], event.data["status"]) == (job_id, status)
    )
