"""The child process that holds one loaded model family: Work in, Outcome out, as JSON lines over two private pipes.

Not over stdout, since models print. Dies with the lane that started it, and its children with it: a shell that holds a
third pipe kills the whole group when the lane's end of it closes. Knows no Redis and no HTTP.
"""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

from pipelines.catalog import Catalog
from pipelines.errors import PipelineError
from pipelines.execute import execute
from pipelines.messages import Done, Failed, Message, Progress, Ready, Run, Warm, decode, encode
from pipelines.spec import Adapter, Work

log = logging.getLogger("meshkiln.runner")

# A message costs a pipe write and a wake-up of the lane; a person sees no more than ten a second.
PROGRESS_INTERVAL_S = 0.1
PR_SET_PDEATHSIG = 1


class Runner:
    """One adapter instance and the loop that feeds it."""

    def __init__(self, catalog: Catalog, device: str, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self.catalog = catalog
        self.device = device
        self.inbox = inbox
        self.outbox = outbox
        self._adapters: dict[type[Adapter], Adapter] = {}

    def serve(self) -> None:
        """Answer messages until the lane closes the pipe."""
        for line in self.inbox:
            match decode(line):
                case Warm(model_id):
                    self._say(self._warm(model_id))
                case Run(work):
                    self._write(self._run(work))
                case message:
                    raise ValueError(f"a runner is not sent {message.kind}")

    def _warm(self, model_id: str) -> Message:
        began = time.monotonic()
        try:
            self._adapter(model_id)
        except Exception as error:  # noqa: BLE001 - one of the two places where a model's code is caught
            return _failure(error, "", f"loading {model_id}")
        return Ready(round(time.monotonic() - began, 3))

    def _run(self, work: Work) -> bytes:
        """The answer as a line, since an outcome that is no JSON is a failure too."""
        try:
            track = Track(self, work)
            adapter = self._adapters.get(self.catalog.adapters[work.model_id])
            if adapter is None:
                track("loading_model")
                began = time.monotonic()
                adapter = self._adapter(work.model_id)
                self._say(Ready(round(time.monotonic() - began, 3)))
            return encode(Done(work.job_id, execute(work, self.catalog, adapter, track)))
        except Exception as error:  # noqa: BLE001 - one of the two places where a model's code is caught
            return encode(_failure(error, work.job_id, f"job {work.job_id}"))

    def _adapter(self, model_id: str) -> Adapter:
        kind = self.catalog.adapters[model_id]
        if kind not in self._adapters:
            adapter = kind()
            adapter.load(self.device)
            self._adapters[kind] = adapter
        return self._adapters[kind]

    def _say(self, message: Message) -> None:
        self._write(encode(message))

    def _write(self, line: bytes) -> None:
        self.outbox.write(line)
        self.outbox.flush()


class Track:
    """The Report of one run: turns stages into a percentage that never falls, and does not talk too much."""

    def __init__(self, runner: Runner, work: Work) -> None:
        self._runner = runner
        self._feature = runner.catalog.feature(work.feature)
        self._job_id = work.job_id
        self._stage = ""
        self._percent = 0.0
        self._said_at_s = 0.0

    def __call__(self, stage: str, fraction: float = 0.0) -> None:
        now_s = time.monotonic()
        if stage != "loading_model":
            self._percent = max(self._percent, self._feature.percent(stage, fraction))
        if stage == self._stage and now_s - self._said_at_s < PROGRESS_INTERVAL_S:
            return
        self._stage, self._said_at_s = stage, now_s
        self._runner._say(Progress(self._job_id, stage, round(self._percent, 1)))


def _failure(error: Exception, job_id: str, doing: str) -> Failed:
    if isinstance(error, PipelineError):
        log.info("%s: %s", doing, error.message)
        return Failed(job_id, error.code, error.message)
    log.error("%s failed", doing, exc_info=error)
    if isinstance(error, MemoryError):
        return Failed(
            job_id,
            "JOB_FAILED",
            "the machine ran out of memory; try a smaller texture_size or input",
        )
    # The text of an unforeseen error may hold paths of this machine: the log keeps it, the client gets its kind.
    return Failed(
        job_id,
        "JOB_FAILED",
        f"the model failed with {type(error).__name__}; the server's log has the details",
    )


def die_with_lane(life_fd: int) -> None:
    """Have this process group killed when the lane ends, whatever it or a model's code hangs in.

    The kernel's death signal, on Linux, is faster, but ends this process alone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    subprocess.Popen(["/bin/sh", "-c", "read _; kill -9 0"], stdin=life_fd)
    os.close(life_fd)


def main() -> None:
    parser = argparse.ArgumentParser(prog="pipelines.runner")
    parser.add_argument("--in-fd", type=int, required=True)
    parser.add_argument("--out-fd", type=int, required=True)
    parser.add_argument("--life-fd", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--log-level", default="INFO")
    parser.add_argument("--plugin-dir", type=Path, action="append", default=[])
    args = parser.parse_args()
    die_with_lane(args.life_fd)
    for fd in (args.in_fd, args.out_fd):
        os.set_inheritable(fd, False)  # else a model's children keep the pipes open
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the lane's to handle
    logging.basicConfig(
        level=args.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with os.fdopen(args.in_fd, "rb") as inbox, os.fdopen(args.out_fd, "wb") as outbox:
        Runner(Catalog.discover(args.plugin_dir), args.device, inbox, outbox).serve()


if __name__ == "__main__":
    main()
