"""A whole server for tests: the real programs on a free port, with a data folder and a Redis of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from http.client import HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from serving.jobs.connect import connect
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.redis_server import redis_for
from serving.settings import ROOT, Settings

START_S = 30.0
STOP_S = 30.0
ANSWER_S = 10.0
RUN_S = 90.0


class Server:
    """What `python <program>` starts: api.py with lanes, web_worker.py without."""

    def __init__(self, data_dir: Path, program: str = "api.py", **settings: object) -> None:
        self.data_dir = data_dir
        self.log_path = data_dir / "server.log"
        data_dir.mkdir(parents=True, exist_ok=True)
        # What a GPU of this machine can do is nobody's business here.
        gpus = "all" if "rehearsed_gpus" in settings else "none"
        values = {"data_dir": data_dir, "port": 0, "web_processes": 1, "gpus": gpus, **settings}
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("MESHKILN_") and name != "REDIS_URL"
        }
        environment |= {f"MESHKILN_{name.upper()}": str(value) for name, value in values.items()}
        self._stack = ExitStack()
        self._store: JobStore | None = None
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, program],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.url = self._address()
        self.port = int(self.url.rpartition(":")[2])
        self.host = self.url.partition("//")[2].rpartition(":")[0].strip("[]")

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    @property
    def store(self) -> JobStore:
        """The server's own job records."""
        if self._store is None:
            settings = Settings(_env_file=None).model_copy(update={"data_dir": self.data_dir})
            lease = self._stack.enter_context(redis_for(settings.state_dir, None))
            self._store = JobStore(connect(lease.url, timeout_s=5.0).records, settings)
        return self._store

    def record(self, request_id: str) -> JobRecord:
        return self.store.get(request_id)

    def forget_waiting(self) -> None:
        """Fail everything that waits: the next job is first in the queue."""
        for record in self.store.get_many(self.store.oldest_waiting_ids(100_000)):
            self.store.fail(record, "JOB_FAILED", "cleared away by a test", time.time())

    def uploads_left(self) -> list[str]:
        """What lies in the folder of uploads that no job has taken."""
        folder = self.data_dir / "inputs" / ".incoming"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def inputs_of(self, client: str) -> list[str]:
        folder = self.data_dir / "inputs" / client
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def processes(self) -> list[str]:
        """Command lines of all living processes that were started with this data folder."""
        mark = f"MESHKILN_DATA_DIR={self.data_dir}".encode()
        found = []
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (proc / "environ").read_bytes().split(b"\0"):
                    command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found.append(f"{proc.name} {command}")
            except OSError:  # gone meanwhile, or somebody else's
                continue
        return found

    def stop(self) -> list[str]:
        """End it as an operator does. -> what is left running, which should be nothing."""
        self._stack.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        deadline = time.monotonic() + 5.0
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for line in left:
            os.kill(int(line.partition(" ")[0]), signal.SIGKILL)
        return left

    def _address(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            found = re.search(r"Meshkiln answers at (http://\S+)", self.log)
            if found and self._is_healthy(found[1]):
                return found[1]
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the server did not come up:\n{self.log}")

    def _is_healthy(self, url: str) -> bool:
        try:
            return requests.get(url + "/health", timeout=1.0).ok
        except requests.RequestException:
            return False


class Client(requests.Session):
    """One client, known to the server by an address of its own in 127.0.0.0/8."""

    def __init__(self, server: Server, address: str) -> None:
        super().__init__()
        self.trust_env = False
        self.server = server
        self.address = address
        self.mount("http://", _From(address))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """`url` is a path on the server, sent as it is."""
        kwargs.setdefault("timeout", ANSWER_S)
        kwargs.setdefault("allow_redirects", False)
        return super().request(method, self.server.url + str(url), *args, **kwargs)

    def submit(self, image: bytes, **fields: object) -> str:
        """A job from one picture. -> its request_id"""
        answer = self.post("/image_to_3d", files={"image": ("picture.png", image)}, data=fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["request_id"])

    def task(self, request_id: str) -> dict[str, Any]:
        answer = self.get(f"/task/{request_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def finished(self, request_id: str) -> dict[str, Any]:
        """Wait until a job is complete or failed."""
        deadline = time.monotonic() + RUN_S
        while (task := self.task(request_id))["status"] not in ("complete", "error"):
            assert time.monotonic() < deadline, f"still {task['status']} after {RUN_S} s: {task}"
            time.sleep(0.05)
        return task

    def raw(self, data: bytes, *, then_end: bool = False) -> bytes:
        """Bytes over a bare socket, and all that comes back until the server hangs up."""
        with socket.create_connection(
            (self.server.host, self.server.port), ANSWER_S, (self.address, 0)
        ) as sock:
            received = b""
            try:
                sock.sendall(data)
                if then_end:
                    sock.shutdown(socket.SHUT_WR)
                while piece := sock.recv(65_536):
                    received += piece
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has answered and does not want the rest
            return received


class _From(HTTPAdapter):
    """Connections that leave from a given address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


def assert_refused(answer: requests.Response, status: int, *words: str) -> str:
    """An error as the first API shows it, in plain words. -> the message"""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}, body
    assert_plain(body["error"])
    for word in words:
        assert word in body["error"], body["error"]
    return str(body["error"])


def assert_plain(message: str) -> None:
    """A sentence for a client: no path of this machine, no Python."""
    assert message
    assert len(message) < 500
    for secret in (str(ROOT), "/tmp/", ".venv", ".py", "Traceback", 'File "', "object at 0x"):
        assert secret not in message


def parsed(answer: bytes) -> tuple[int, str]:
    """Status and error message of a JSON answer as it came over a bare socket."""
    response = HTTPResponse(_Heard(answer))  # type: ignore[arg-type]
    response.begin()
    body = json.loads(response.read())
    if response.status != 200:
        assert set(body) == {"error"}
        assert_plain(body["error"])
    return response.status, body.get("error", "")


class _Heard:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._data)
