"""A runner in this process, with pipes as it has them, and models of a test's own making."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.catalog import Catalog
from pipelines.messages import Message, Progress, Ready, decode, encode
from pipelines.runner import Runner
from pipelines.spec import Adapter, Outcome, OutputFile, Report, Work
from tests.plugin.adapters.rehearsal import card


def work(out_dir: Path, model_id: str = "rehearsal", job_id: str = "a", **params: object) -> Work:
    return Work(job_id, "rehearsal", model_id, {}, params, {}, out_dir)


class Lane:
    """The other end of both pipes of a runner that serves in a thread of this process."""

    def __init__(self, catalog: Catalog) -> None:
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        self._heard = os.fdopen(self._in, "rb")
        ends = os.fdopen(their_in, "rb", buffering=0), os.fdopen(their_out, "wb")
        self._thread = threading.Thread(target=self._serve, args=(catalog, *ends))
        self._thread.start()

    def _serve(self, catalog: Catalog, inbox: BinaryIO, outbox: BinaryIO) -> None:
        with inbox, outbox:
            Runner(catalog, "cpu", inbox, outbox).serve()

    def say(self, *messages: Message) -> None:
        os.write(self._out, b"".join(map(encode, messages)))

    def hear(self) -> Message:
        return decode(self._heard.readline())

    def answer(self) -> Message:
        """The next message that ends something."""
        while isinstance(message := self.hear(), Progress | Ready):
            continue
        return message

    def await_work(self) -> None:
        """Wait until the run is in the model's hands."""
        while not (isinstance(message := self.hear(), Progress) and message.stage == "rehearse"):
            continue

    def close(self) -> None:
        os.close(self._out)
        self._heard.read()
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._heard.close()


@contextmanager
def lanes() -> Iterator[Callable[[Catalog], Lane]]:
    """Makes lanes, and ends their runners."""
    made: list[Lane] = []

    def make(catalog: Catalog) -> Lane:
        made.append(Lane(catalog))
        return made[-1]

    yield make
    for one in made:
        one.close()


def talk(catalog: Catalog, *messages: Message) -> list[Message]:
    """What a runner answers to these until its lane closes the pipe."""
    outbox, (their_in, ours) = io.BytesIO(), os.pipe()
    os.write(ours, b"".join(map(encode, messages)))
    os.close(ours)
    with os.fdopen(their_in, "rb", buffering=0) as inbox:
        Runner(catalog, "cpu", inbox, outbox).serve()
    return [decode(line) for line in outbox.getvalue().splitlines()]


def kinds(messages: list[Message]) -> list[type[Message]]:
    return [type(message) for message in messages if not isinstance(message, Progress)]


class Scripted:
    """A model of a test's own making."""

    def __init__(self, run: Callable[[Report], None], load: Callable[[], None]) -> None:
        self._run = run
        self._load = load

    def load(self, device: str) -> None:
        self._load()

    def rehearse(self, work: Work, report: Report) -> Outcome:
        self._run(report)
        (work.out_dir / "output.json").write_text("{}")
        return Outcome((OutputFile("output.json", "model", "application/json", 2),))


def nothing(*_: object) -> None:
    """Does nothing."""


def scripted(
    catalog: Catalog,
    run: Callable[[Report], None] = nothing,
    load: Callable[[], None] = nothing,
    adapter: Callable[[], Adapter] | None = None,
    **facts: Any,
) -> Catalog:
    """A catalog of one model: it loads and runs so, or is that adapter."""
    made_by = adapter or (lambda: Scripted(run, load))
    cards = {"rehearsal": card("rehearsal", **facts)}
    return Catalog(catalog.features, cards, {"rehearsal": made_by})


def raiser(error: BaseException) -> Callable[..., None]:
    def throw(*_: object) -> None:
        raise error

    return throw
