"""The lane's grip on a runner: start it, send it work, hear from it, kill it.

Knows processes and pipes. Does not know Redis, RQ or what a model is. Whatever the process does, its lane meets either
a message, silence or RunnerDied, and never waits longer than it asked to.
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
from dataclasses import dataclass
from pathlib import Path

from pipelines.messages import Message, decode, encode

log = logging.getLogger("meshkiln.lane")

# A process that closed its pipe is ending, as a rule; so long it may take to say with which code.
REAP_S = 2.0
# A killed process ends at once, unless it hangs in a driver.
KILL_S = 5.0
# An outcome is some KiB. What is longer is not one, and must not fill the lane's memory.
LONGEST_LINE_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1 << 16
_ROOT = Path(__file__).resolve().parents[3]
# They would lead another environment's interpreter to the modules of this one.
_OURS_ALONE = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PYTHONPATH")


class RunnerDied(Exception):
    """The runner ended while it was needed. The message says how, in words for the client.

    `returncode` is the process's, minus the number of the signal that ended it; None where the lane had to end it, or
    could not start it.
    """

    def __init__(self, returncode: int | None, how: str = "") -> None:
        self.returncode = returncode
        super().__init__(how or _how(returncode))


@dataclass(frozen=True)
class Walls:
    """What a runner that is shut in may still reach beside its libraries: folders to write in and folders to read.

    It is shut in by itself, before it reads anything. `tells`: where the kernel cannot do that, it says so.
    """

    written: tuple[Path, ...]
    read: tuple[Path, ...]
    tells: bool = True

    def arguments(self) -> list[str]:
        """As the runner is told of them. The folders are made: what is not there when it starts stays out of reach."""
        for folder in (*self.written, *self.read):
            folder.mkdir(parents=True, exist_ok=True)
        told = ["--shut-in", "telling" if self.tells else "silent"]
        for flag, folders in (("--write", self.written), ("--read", self.read)):
            told += [word for folder in folders for word in (flag, str(folder))]
        return told

    def stand(self) -> tuple[tuple[int, int], ...]:
        """Which folders these are now. One that is removed and made anew is another, and out of the runner's reach; so
        is one that was mounted anew, which only the runner may notice."""
        return tuple(_number_of(folder) for folder in (*self.written, *self.read))


def _number_of(folder: Path) -> tuple[int, int]:
    """What the system knows a folder by; zeros where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


class RunnerHandle:
    """One runner process. It is in a process group of its own, so that a kill takes its children too.

    `interpreter` is another environment's Python, by a path that is not resolved: a link tells which environment it is
    of. `environment` is all the variables that the runner gets; without it, it gets this process's. With `walls` it is
    shut in. Raises RunnerDied.
    """

    def __init__(
        self,
        weights: str,
        *,
        device: str = "cpu",
        plugin_dirs: Sequence[Path] = (),
        interpreter: Path | None = None,
        environment: Mapping[str, str] | None = None,
        walls: Walls | None = None,
    ) -> None:
        self.weights = weights
        self._death: tuple[int | None, str] | None = None
        self._unsent, self._buffer, self._searched = b"", bytearray(), 0
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        their_life, self._life = os.pipe()
        theirs = {"--in-fd": their_in, "--out-fd": their_out, "--life-fd": their_life}
        command = [str(interpreter or sys.executable), "-m", "pipelines.runner"]
        command += ["--device", device, "--weights", weights]
        for name, fd in theirs.items():
            command += [name, str(fd)]
        command += ["--log-level", logging.getLevelName(log.getEffectiveLevel())]
        for folder in plugin_dirs:
            command += ["--plugin-dir", str(folder)]
        if interpreter is not None:
            environment = _for_interpreter(interpreter, environment or {})
        try:
            command += walls.arguments() if walls else []
            self._walls, self._stood = walls, walls.stand() if walls else ()
            self._process = _start(command, list(theirs.values()), environment)
        except OSError as error:
            log.error("the runner of %s cannot be started: %s", weights, error)
            self._close()
            how = f"the model process could not be started ({type(error).__name__})"
            raise RunnerDied(None, how) from error
        finally:
            for fd in theirs.values():
                os.close(fd)
        os.set_blocking(self._out, False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def reaches(self) -> bool:
        """Whether the folders that it was given are still those that are there."""
        return self._walls is None or self._walls.stand() == self._stood

    def send(self, message: Message) -> None:
        """Never waits: what the pipe does not take now goes out while receive() waits. Raises RunnerDied."""
        self._check_death()
        self._unsent += encode(message)
        self._push()

    def receive(self, timeout_s: float) -> Message | None:
        """The next message, or None when none comes in time. Raises RunnerDied."""
        self._check_death()
        until_s = time.monotonic() + timeout_s
        while (line := self._next_line()) is None:
            if not self._exchange(max(0.0, until_s - time.monotonic())):
                return None
        try:
            return decode(line)
        except ValueError as error:
            log.error("the runner of %s talks nonsense: %s", self.weights, error)
            raise self._end("the model process answered with nonsense and was ended") from None

    def kill(self) -> None:
        """End the runner and its children now, whatever they do. May be called twice."""
        if self._in < 0:
            return
        self._kill_group()
        self._death = self._death or (None, "the model process was ended")
        self._close()

    def _next_line(self) -> bytes | None:
        """A whole line of what has come, or None. Raises RunnerDied for one that never ends."""
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            if self._searched > LONGEST_LINE_BYTES:
                raise self._end("the model process answered at too great length and was ended")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    def _exchange(self, timeout_s: float) -> bool:
        """Move bytes either way. False when there were none to move in time. Raises RunnerDied."""
        poll = select.poll()
        poll.register(self._in, select.POLLIN)
        if self._unsent:
            poll.register(self._out, select.POLLOUT)
        ready = dict(poll.poll(timeout_s * 1000))
        if self._in in ready:
            chunk = os.read(self._in, _CHUNK_BYTES)
            if not chunk:
                raise self._reap()
            self._buffer += chunk
        elif self._out in ready:
            self._push()
        elif not self.is_alive():  # though a child of it keeps the pipe open
            raise self._died(self._process.wait())
        return bool(ready)

    def _push(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._out, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise self._reap() from None

    def _check_death(self) -> None:
        if self._death is not None:
            raise RunnerDied(*self._death)

    def _reap(self) -> RunnerDied:
        """The runner closed its pipe: it is dying. Give it a moment to say why, then insist."""
        try:
            return self._died(self._process.wait(REAP_S))
        except subprocess.TimeoutExpired:
            return self._end("the model process closed its pipe and was ended")

    def _end(self, how: str) -> RunnerDied:
        self._kill_group()
        return self._died(None, how)

    def _died(self, returncode: int | None, how: str = "") -> RunnerDied:
        self._death = returncode, how
        return RunnerDied(returncode, how)

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        try:
            self._process.wait(KILL_S)
        except subprocess.TimeoutExpired:
            log.error("runner %d of %s was killed and does not end", self.pid, self.weights)

    def _close(self) -> None:
        for fd in (self._in, self._out, self._life):
            if fd >= 0:
                os.close(fd)
        self._in = self._out = self._life = -1


def _start(
    command: Sequence[str], fds: Sequence[int], environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        pass_fds=fds,
        stdin=subprocess.DEVNULL,
        stdout=2,  # models print; all of it belongs to the log
        start_new_session=True,
        cwd=_ROOT,
        env=environment,
    )


def _for_interpreter(interpreter: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables for another environment's interpreter: as if that were activated, with our modules beside its."""
    kept = {name: value for name, value in environment.items() if name not in _OURS_ALONE}
    path = os.pathsep.join([str(interpreter.parent), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONPATH": str(_ROOT), "PYTHONNOUSERSITE": "1"}


def _how(returncode: int | None) -> str:
    if returncode is None:
        return "the model process was ended"
    if returncode == -signal.SIGKILL:
        return "the model process was killed (signal 9); the machine may have run out of memory"
    if returncode < 0:
        return f"the model process crashed ({_signal(-returncode)})"
    return f"the model process ended by itself (exit code {returncode})"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of those without a name
        return f"signal {number}"
