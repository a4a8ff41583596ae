"""The server in the background, as ./setup.sh --demo leaves it: start it, find it again, end it.

    python -m serving.background start | stop

In the state folder (data/) lie, while it lives and after:

    meshkiln.lock   held by the server's web processes while they live; its text is the server's address
    meshkiln.pid    the master's process number; believed only while the lock is held
    meshkiln.log    what the server says

Knows processes, ports and HTTP as far as "are you there". Does not know jobs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from secrets import token_hex
from urllib.request import ProxyHandler, Request, build_opener

from serving.file_lock import FileLock, is_locked
from serving.settings import MIB, ROOT, Settings

READY_S = 60.0  # from the start to the first answer; about 2 s on an idle machine
STOP_EXTRA_S = 30.0  # beyond the time that a running job gets to end
ANSWER_S = 3.0
LOOK_S = 0.1
PORTS_TRIED = 100
LOG_TAIL_LINES = 15
MAX_LOG_BYTES = 10 * MIB

# A proxy that the environment names is for the internet, not for this machine.
_opener = build_opener(ProxyHandler({}))


class ServerTrouble(Exception):
    """The server cannot be started, reached or ended. The message is for the person at the terminal."""


@dataclass(frozen=True)
class Server:
    """A server that answers. `in_background`: start() made it, now or earlier, and stop() ends it."""

    address: str
    in_background: bool


def ask(
    url: str, timeout_s: float = ANSWER_S, *, data: bytes | None = None, content_type: str = ""
) -> bytes:
    """The body of the answer to a GET, or to a POST of `data`. Raises OSError for none or a bad one (HTTPError)."""
    headers = {"Content-Type": content_type} if data is not None else {}
    request = Request(url, data=data, headers=headers)  # noqa: S310 - our own server's http address
    try:
        with _opener.open(request, timeout=timeout_s) as response:
            body: bytes = response.read()
            return body
    except HTTPException as error:
        raise OSError(f"the answer is not HTTP: {error}") from error


class Background:
    """The background server of one data folder."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self.log = settings.state_dir / "meshkiln.log"
        self._pid = settings.state_dir / "meshkiln.pid"
        self._lock = settings.state_dir / "meshkiln.lock"

    def alive(self) -> bool:
        """Whether a server that start() made runs, ready or not."""
        return self._lock.exists() and is_locked(self._lock)

    def start(self) -> Server:
        """The server of this data folder: the one that runs, or a new one. Raises ServerTrouble."""
        try:
            self._settings.state_dir.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock)
            while not lock.try_acquire():
                if joined := self._join():
                    return joined
            try:
                return self._started_by_hand() or self._launch(lock)
            finally:
                lock.drop()
        except OSError as error:
            raise ServerTrouble(f"the server cannot be started: {error}") from error

    def stop(self) -> bool:
        """End the server that start() made. False: there is none. Raises ServerTrouble if it does not go."""
        if not self.alive():
            self._pid.unlink(missing_ok=True)
            return False
        try:
            os.kill(int(self._pid.read_text()), signal.SIGTERM)
        except (OSError, ValueError) as error:
            raise ServerTrouble(
                f"the server at {self._address()} runs, but cannot be told to end: {error}"
            ) from error
        patience_s = self._settings.drain_s + STOP_EXTRA_S
        until_s = time.monotonic() + patience_s
        while self.alive():
            if time.monotonic() > until_s:
                raise ServerTrouble(
                    f"the server (process {self._pid.read_text()}) still runs after"
                    f" {patience_s:.0f} s. {self.last_words()}"
                )
            time.sleep(LOOK_S)
        self._pid.unlink(missing_ok=True)
        return True

    def last_words(self) -> str:
        """The end of the log."""
        lines: list[str] = []
        with suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])

    def _address(self) -> str:
        return self._lock.read_text().strip()

    def _join(self) -> Server | None:
        """The server that another start() has begun or long finished. None: it is gone meanwhile."""
        until_s = time.monotonic() + READY_S
        while time.monotonic() < until_s:
            if not self.alive():
                return None
            address = self._address()
            if address and _is_healthy(address):
                self._say(f"The server runs already at {address}")
                return Server(address, in_background=True)
            time.sleep(LOOK_S)
        raise ServerTrouble(
            f"the server that was started before does not answer. {self.last_words()}"
        )

    def _started_by_hand(self) -> Server | None:
        """A server of this data folder at the port of the settings, whoever started it."""
        address = _address_of(self._settings.host, self._settings.port)
        if not self._settings.port or not self._serves_here(address):
            return None
        self._say(f"A server that was started by hand runs at {address}; using it")
        return Server(address, in_background=False)

    def _serves_here(self, address: str) -> bool:
        """Whether a server's results are this data folder's: it can hand out a file that we put there."""
        try:
            if "Meshkiln" not in str(json.loads(ask(f"{address}/status")).get("message")):
                return False
            with _probe(self._settings.outputs_dir) as (path, secret):
                return ask(f"{address}/{path}") == secret
        except (OSError, ValueError, AttributeError):
            return False

    def _launch(self, lock: FileLock) -> Server:
        port = _free_port(self._settings.host, self._settings.port, self._say)
        address = _address_of(self._settings.host, port)
        self._lock.write_text(address)
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "api.py")],
                cwd=ROOT,
                env=self._settings.child_environment(port=port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # neither Ctrl-C here nor the terminal's end reaches it
                pass_fds=[lock.fileno()],
            )
        self._pid.write_text(f"{process.pid}\n")
        self._say(f"Starting the server at {address} (log: {self.log})")
        try:
            self._wait_until_ready(process, address)
        except BaseException:  # Ctrl-C too: half a server is of no use
            process.terminate()
            raise
        return Server(address, in_background=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], address: str) -> None:
        until_s = time.monotonic() + READY_S
        while not _is_healthy(address):
            if process.poll() is not None:
                raise ServerTrouble(
                    f"the server ended with code {process.returncode}. {self.last_words()}"
                )
            if time.monotonic() > until_s:
                raise ServerTrouble(
                    f"the server does not answer after {READY_S:.0f} s. {self.last_words()}"
                )
            time.sleep(LOOK_S)


@contextmanager
def _probe(outputs: Path) -> Iterator[tuple[str, bytes]]:
    """A file among the results for a moment: its path below an address, and what is in it."""
    client, job_id, name, secret = "0.0.0.0", token_hex(16), "probe.json", token_hex(16)  # noqa: S104
    folder = outputs / client / job_id
    folder.mkdir(parents=True)
    try:
        (folder / name).write_text(secret)
        yield f"outputs/{client}/{job_id}/{name}", secret.encode()
    finally:
        (folder / name).unlink()
        folder.rmdir()
        with suppress(OSError):  # somebody else's probe may be in it
            folder.parent.rmdir()


def _is_healthy(address: str) -> bool:
    try:
        return bool(json.loads(ask(f"{address}/health"))["status"] == "healthy")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _address_of(host: str, port: int) -> str:
    """Where a server that listens on `host` is reached from here."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _free_port(host: str, wanted: int, say: Callable[[str], None]) -> int:
    """The wanted port, or the next free one. Raises ServerTrouble."""
    if wanted == 0:
        with _bound(host, 0) as probe:
            return int(probe.getsockname()[1])
    for port in range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        try:
            _bound(host, port).close()
        except OSError:
            continue
        if port != wanted:
            say(f"Port {wanted} is taken by another program; using {port}")
        return port
    raise ServerTrouble(f"no port from {wanted} on can be used on {host}; set MESHKILN_PORT")


def _bound(host: str, port: int) -> socket.socket:
    """A socket there. Raises OSError when the place is taken or not ours to take."""
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    except OSError:
        probe.close()
        raise
    return probe


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.background")
    parser.add_argument("what", choices=("start", "stop"))
    args = parser.parse_args()
    background = Background(Settings.from_env(), _say)
    try:
        if args.what == "start":
            background.start()
        elif background.stop():
            _say("The server has ended.")
        else:
            _say("No server runs in the background here.")
    except ServerTrouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
