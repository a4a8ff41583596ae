"""The lane's grip on a runner: start it, send it work, hear from it, kill it.

Knows processes and pipes. Does not know Redis, RQ or what a model is.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipelines.messages import Message, decode, encode

log = logging.getLogger("meshkiln.lane")
_ROOT = Path(__file__).resolve().parents[3]


class RunnerDied(Exception):
    """The runner ended while it was needed. The message says how, in words for the client."""

    def __init__(self, returncode: int) -> None:
        self.returncode = returncode
        super().__init__(_how(returncode))


class RunnerHandle:
    """One runner process. It is in a process group of its own, so that a kill takes its children too."""

    def __init__(
        self,
        weights: str,
        *,
        device: str = "cpu",
        plugin_dirs: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.weights = weights
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        their_life, self._life = os.pipe()
        theirs = {"--in-fd": their_in, "--out-fd": their_out, "--life-fd": their_life}
        command = [sys.executable, "-m", "pipelines.runner", "--device", device]
        for name, fd in theirs.items():
            command += [name, str(fd)]
        command += ["--log-level", logging.getLevelName(log.getEffectiveLevel())]
        for folder in plugin_dirs:
            command += ["--plugin-dir", str(folder)]
        self._process = subprocess.Popen(
            command,
            pass_fds=tuple(theirs.values()),
            stdin=subprocess.DEVNULL,
            stdout=2,  # models print; all of it belongs to the log
            start_new_session=True,
            cwd=_ROOT,
            env=dict(environment) if environment is not None else None,
        )
        for fd in theirs.values():
            os.close(fd)
        os.set_blocking(self._out, False)
        self._unsent = self._buffer = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Never waits: what the pipe does not take now goes out while receive() waits. Raises RunnerDied."""
        self._unsent += encode(message)
        self._push()

    def receive(self, timeout_s: float) -> Message | None:
        """The next message, or None when none comes in time. Raises RunnerDied."""
        until_s = time.monotonic() + timeout_s
        while b"\n" not in self._buffer:
            if not self._exchange(max(0.0, until_s - time.monotonic())):
                return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return decode(line)

    def _exchange(self, timeout_s: float) -> bool:
        """Move bytes either way. False when there were none to move in time. Raises RunnerDied."""
        poll = select.poll()
        poll.register(self._in, select.POLLIN)
        if self._unsent:
            poll.register(self._out, select.POLLOUT)
        ready = dict(poll.poll(timeout_s * 1000))
        if self._in in ready:
            chunk = os.read(self._in, 1 << 16)
            if not chunk:
                raise RunnerDied(self._reap())
            self._buffer += chunk
        elif self._out in ready:
            self._push()
        elif not self.is_alive():  # though a child of it keeps the pipe open
            raise RunnerDied(self._process.wait())
        return bool(ready)

    def _push(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._out, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise RunnerDied(self._reap()) from None

    def kill(self) -> None:
        """End the runner and its children now, whatever they do. May be called twice."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for fd in (self._in, self._out, self._life):
            if fd >= 0:
                os.close(fd)
        self._in = self._out = self._life = -1

    def _reap(self) -> int:
        """The runner closed its pipe: it is dying. Give it a moment to say why, then insist."""
        try:
            return self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _how(returncode: int) -> str:
    if returncode == -signal.SIGKILL:
        return "the model process was killed (signal 9); the machine may have run out of memory"
    if returncode < 0:
        return f"the model process crashed ({signal.Signals(-returncode).name})"
    return f"the model process ended by itself (exit code {returncode})"
