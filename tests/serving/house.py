"""A whole server for tests: real processes in a folder of their own, and the pids of each kind to be unkind to.

Processes are told by the data folder in their environment, so nobody else's is ever touched. Linux only (/proc).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from redis import Redis
from redis.exceptions import RedisError

from pipelines.catalog import Catalog
from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.jobs.submit import Desk, Request
from serving.redis_process import RedisProcess
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "tests" / "plugin"
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "gunicorn_config.py", "wsgi:app")
CLIENT = "127.0.0.1"
ENDED = (JobState.COMPLETED, JobState.FAILED)
# What marks the command line of each kind of process.
ROLES = {
    "supervisor": "ai_worker.py",
    "lane": "serving.worker.lane",
    "runner": "pipelines.runner",
    "web": "gunicorn_config.py wsgi",
}
_T = TypeVar("_T")


class House:
    """One data folder and the processes that run on it."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder.resolve()
        self.port = free_port()
        self.started: list[subprocess.Popen[bytes]] = []
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESHKILN_", "REDIS_URL"))}
        self.environment = {
            **kept,
            "MESHKILN_DATA_DIR": str(self.folder),
            "MESHKILN_PORT": str(self.port),
            "MESHKILN_PLUGIN_DIR": str(PLUGIN),
            "MESHKILN_WEB_PROCESSES": "1",
            "MESHKILN_GPUS": "all" if "rehearsed_gpus" in settings else "none",
            **{
                name if name == "REDIS_URL" else f"MESHKILN_{name.upper()}": str(value)
                for name, value in settings.items()
            },
        }

    # processes

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A process of its own group, as one in the foreground of a terminal is."""
        if command[0].endswith(".py"):
            command = (sys.executable, *command)
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def pids(self, role: str | None = None) -> list[int]:
        """The living processes of this folder, or those of one kind, by pid."""
        mark = f"MESHKILN_DATA_DIR={self.folder}\0".encode()
        found = self.redis_pids() if role in (None, "redis") else []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(entry.name)
                if mark in (entry / "environ").read_bytes() + b"\0":
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if command and (role is None or ROLES.get(role, "\0") in command):
                        found.append(pid)
        return sorted(set(found))

    def redis_pids(self) -> list[int]:
        """Redis writes its title over its environment; its command line does not tell its folder."""
        file = self.folder / "data" / "redis" / "redis.pid"
        with suppress(OSError, ValueError):
            pid = int(file.read_text())
            if b"-server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return [pid]
        return []

    def pid(self, role: str) -> int:
        """The only process of a kind, waited for."""
        (pid,) = until(lambda: len(found := self.pids(role)) == 1 and found, 20, f"one {role}")
        return pid

    def web_workers(self) -> list[int]:
        """gunicorn's workers, without its master."""
        masters = {process.pid for process in self.started}
        return [pid for pid in self.pids("web") if pid not in masters]

    def kill(self, role: str, how: signal.Signals = signal.SIGKILL) -> int:
        pid = self.pid(role)
        os.kill(pid, how)
        return pid

    def end(self) -> None:
        """Kill what is left, whoever started it."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.started:
            process.wait()

    # the inside

    @property
    def redis_url(self) -> str:
        if "REDIS_URL" in self.environment:
            return self.environment["REDIS_URL"]
        server = RedisProcess(self.folder / "data" / "redis")
        server.settle(may_move=False)
        server.close()
        return server.url

    def open(self, lanes: int = 1) -> None:
        """Wait until the lanes are on the board, then look inside."""
        if "REDIS_URL" not in self.environment:
            address = self.folder / "data" / "redis" / "server.json"
            until(address.exists, 20, "Redis")
        settings = Settings(
            data_dir=self.folder,
            plugin_dir=PLUGIN,
            REDIS_URL=self.redis_url,
            submits_per_minute=0,
        )
        pools = connect(self.redis_url, timeout_s=20.0)
        self.redis: Redis = pools.records
        self.store = JobStore(pools.records, settings)
        self.queues = Queues(pools.envelopes)
        self.board = Board(pools.records)
        self.outputs = Outputs(settings)
        self.desk = Desk(
            Catalog.discover(settings.plugin_dirs), Inputs(settings), self.store, self.queues
        )
        until(self.answers, 20, "Redis answers")
        self.wait_lanes(lanes)

    def answers(self) -> bool:
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False

    def wait_lanes(self, count: int = 1) -> None:
        """Wait until as many lanes live and say so."""

        def all_there() -> bool:
            on_board = {lane.pid for lane in self.board.lanes()}
            return len(on_board) == count and on_board == set(self.pids("lane"))

        until(all_there, 30, f"{count} lanes on the board")

    def submit(self, client: str = CLIENT, model_id: str = "rehearsal", **params: Any) -> str:
        request = Request(client, "rehearsal", model_id, params=params)
        return self.desk.submit(request).job_id

    def running(self, job_id: str, runs_for_s: float = 0.0) -> JobRecord:
        """Wait until the model is at work on the job."""

        def at_work() -> JobRecord | None:
            record = self.store.get(job_id)
            assert record.state not in ENDED, record
            return record if record.stage in ("rehearse", "export") else None

        record = until(at_work, 30, f"{job_id} runs")
        time.sleep(runs_for_s)
        return record

    def running_again(self, job_id: str, first: JobRecord, within_s: float) -> JobRecord:
        """Wait until another run of the job is at work."""

        def at_work() -> JobRecord | None:
            record = self.store.get(job_id)
            assert record.state not in ENDED, record
            return record if record.run_id not in ("", first.run_id) else None

        began_s = time.monotonic()
        record = until(at_work, within_s, f"{job_id} runs again", lambda: self.log()[-3000:])
        print(f"ran again after {time.monotonic() - began_s:.2f} s")
        return record

    def ended(self, job_id: str, within_s: float = 30.0) -> JobRecord:
        """Wait until the job is done, one way or the other. Redis may be away meanwhile."""

        def look() -> JobRecord | None:
            with suppress(RedisError):
                record = self.store.get(job_id)
                return record if record.state in ENDED else None
            return None

        return until(look, within_s, f"{job_id} ends", lambda: self.log()[-3000:])

    def results(self, job_id: str, client: str = CLIENT) -> list[str]:
        """What lies in the client's folder for a job: the published folder, and drafts if any."""
        folder = self.outputs.root / client
        return [path.name for path in folder.iterdir() if job_id in path.name]

    def get(self, path: str, timeout_s: float = 10.0) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=timeout_s
            ) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def healthy(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False


@contextmanager
def whole_house(folder: Path) -> Iterator[House]:
    """`python api.py` in a folder, with one lane, once it answers."""
    house = House(folder)
    try:
        house.start("api.py")
        house.open()
        until(house.healthy, 20, "the web")
        yield house
    finally:
        house.end()


def until(
    look: Callable[[], _T],
    within_s: float,
    what: str,
    more: Callable[[], str] = lambda: "",
) -> Any:
    """What `look` answers as soon as that is true."""
    deadline_s = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not within {within_s:g} s: {what}\n{more()}")
        time.sleep(0.03)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
