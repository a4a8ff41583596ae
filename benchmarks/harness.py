"""What the benchmarks share: a real server in a folder of its own, clients that load it, and what its processes cost.

Times here are CPU seconds of the server's processes as the kernel counts them: on a shared machine they hold where
requests per second do not.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What a run hands in that made one mesh.
OUTCOME = {
    "files": [
        {
            "name": "output.glb",
            "role": "model",
            "media_type": "model/gltf-binary",
            "size_bytes": 1,
        }
    ],
    "info": {"model": "none"},
    "warnings": [],
    "stage_s": {"geometry": 1.0},
}
_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: its address, its data folder, and the process that started it."""

    port: int
    data_dir: Path
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], data_dir: Path, port: int, **settings: object
) -> Iterator[Server]:
    """Start a server and wait until its port answers; end it after the block."""
    variables = {f"MESHKILN_{name.upper()}": str(value) for name, value in settings.items()}
    if "redis_url" in settings:
        variables["REDIS_URL"] = variables.pop("MESHKILN_REDIS_URL")
    variables |= {
        "MESHKILN_DATA_DIR": str(data_dir),
        "MESHKILN_PORT": str(port),
        "MESHKILN_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield Server(port, data_dir, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def own_server(*, workers: bool, **settings: object) -> Iterator[Server]:
    """This project's server with a data folder of its own, and no limit on what a client may send."""
    settings = {"submits_per_minute": 0, "max_waiting_per_client": 1_000_000, **settings}
    with tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder:
        script = "api.py" if workers else "web_worker.py"
        with running([sys.executable, script], Path(folder), free_port(), **settings) as server:
            yield server


def redis_url(server: Server) -> str:
    """The address of the server's own Redis, by joining its lease for a moment."""
    from serving.redis_server import redis_for

    with redis_for(server.data_dir / "data", None) as lease:
        return lease.url


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds, user and system, that those processes have used."""
    total = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) * _TICK_S
    return total


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    pids = [pid]
    for known in pids:
        for task in Path(f"/proc/{known}/task").iterdir():
            pids += [int(child) for child in (task / "children").read_text().split()]
    return pids


def rss_mib(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no VmRSS of {pid}")


Send = Callable[[http.client.HTTPConnection], None]


def load(port: int, send: Send, *, clients: int, requests: int) -> float:
    """Have `clients` kept-alive connections make `requests` requests in all. Seconds it took; raises on any failure."""
    left, lock, failures = [requests], threading.Lock(), []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            while True:
                with lock:
                    if not left[0] or failures:
                        return
                    left[0] -= 1
                send(connection)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began_s = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"a request failed: {failures[0]!r}")
    return time.monotonic() - began_s


def get(path: str) -> Send:
    """A GET whose answer must be 200."""

    def send(connection: http.client.HTTPConnection) -> None:
        connection.request("GET", path)
        _read(connection)

    return send


def post(path: str, body: bytes, content_type: str) -> Send:
    """A POST whose answer must be 200."""

    def send(connection: http.client.HTTPConnection) -> None:
        connection.request("POST", path, body, {"Content-Type": content_type})
        _read(connection)

    return send


@contextmanager
def bare_server(data_dir: Path, redis_url: str) -> Iterator[Server]:
    """bare_app.py under the gunicorn that this project's server runs under."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *_same_gunicorn(), "--chdir", "benchmarks"]
    command += ["bare_app:app", "--bind", f"127.0.0.1:{port}"]
    with running(command, data_dir, port, redis_url=redis_url) as server:
        yield server


def _same_gunicorn() -> list[str]:
    """The gunicorn settings of gunicorn_config.py that touch the cost of a request."""
    from serving.settings import Settings

    settings = Settings.from_env()
    return [
        "--worker-class=serving.web.gunicorn_worker.PatientThreadWorker",
        f"--workers={settings.web_processes or min(4, os.cpu_count() or 1)}",
        f"--threads={settings.web_threads}",
        "--keep-alive=15",
        "--worker-connections=4000",
        "--no-control-socket",
        "--log-level=warning",
    ]


def cost_ms(
    server: Server, pids: Sequence[int], send: Send, *, clients: int, requests: int
) -> float:
    """CPU of those processes per request, in milliseconds."""
    load(server.port, send, clients=clients, requests=clients * 2)
    before_s = cpu_s(pids)
    load(server.port, send, clients=clients, requests=requests)
    return (cpu_s(pids) - before_s) * 1000 / requests


def multipart(field: str, filename: str, data: bytes) -> tuple[bytes, str]:
    """A multipart body with one file, and its content type."""
    head = (
        f'--bound\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n\r\n'
    )
    return head.encode() + data + b"\r\n--bound--\r\n", "multipart/form-data; boundary=bound"


def noise_png(size_bytes: int) -> bytes:
    """A PNG of about that size, of pixels that do not compress."""
    import io

    from PIL import Image

    side = int((size_bytes / 3) ** 0.5)
    picture = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(
        picture, "PNG", compress_level=0
    )
    return picture.getvalue()


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under heads, aligned."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n{title}")
    for row in cells:
        print(
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _read(connection: http.client.HTTPConnection) -> None:
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{response.status}: {body[:200]!r}")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")
