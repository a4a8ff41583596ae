"""CPU per request of gunicorn's stock gthread and of our PatientThreadWorker, side by side.

Both servers run at once on loopback ports, with the same small Flask app, and take turns round by
round, so that what else the machine does hits both. CPU is user + system time of a server's
process tree; the difference is the median over rounds of (patient / stock). Rates depend on the
client (threads of this process) and are not shown. Clock ticks of 10 ms: keep rounds above 0.5 s.

    python benchmarks/web_worker_class.py [--rounds 15] [--requests 400]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask, request, send_file

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = 16
UPLOAD_BYTES = 500_000
DOWNLOAD_BYTES = 1_000_000
WORKER_CLASSES = {
    "stock gthread": "gthread",
    "patient": "serving.web.gunicorn_worker.PatientThreadWorker",
}


def create_app() -> Flask:
    """What the two servers serve."""
    app = Flask(__name__)
    download = Path(os.environ["BENCH_DOWNLOAD"])

    @app.post("/upload")
    def upload():
        stream, size = request.files["file"].stream, 0
        while piece := stream.read(65_536):
            size += len(piece)
        return {"bytes": size}

    @app.get("/ping")
    def ping():
        return "pong"

    @app.get("/file")
    def file():
        return send_file(download, mimetype="application/octet-stream")

    return app


def requests() -> dict[str, bytes]:
    """Row of the table -> one request as it goes over the wire."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        + os.urandom(UPLOAD_BYTES)
        + b"\r\n--b--\r\n"
    )
    head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    return {
        "POST 500 KB multipart": f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,
        "GET small": b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET 1 MB file": b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n",
    }


@contextmanager
def server(worker_class: str, download: Path, threads: int):
    """A gunicorn process on a free port. -> (port, its process id)"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.web_worker_class:create_app()"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", worker_class]
    command += ["--threads", str(threads), "--keep-alive", "30", "--log-level", "warning"]
    env = os.environ | {"BENCH_DOWNLOAD": str(download), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        deadline_s = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


def cpu_s(pid: int) -> float:
    """User + system seconds of a process and its children, threads that ended included."""
    stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_s(int(child)) for child in children)


def exchange(connection: socket.socket, message: bytes, buffer: bytearray) -> None:
    """One request, and its whole answer read."""
    connection.sendall(message)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"answered {head[:40]!r}")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    missing = length - len(body)
    while missing > 0:
        missing -= connection.recv_into(buffer, min(missing, len(buffer)))


def load(port: int, message: bytes, total: int, clients: int) -> None:
    """`total` requests by `clients` kept-alive connections."""
    failures: list[BaseException] = []

    def client() -> None:
        try:
            buffer = bytearray(1 << 18)
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                for _ in range(total // clients):
                    exchange(connection, message, buffer)
        except Exception as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def measure(servers: dict, message: bytes, arguments: argparse.Namespace) -> dict[str, list]:
    """Worker class -> CPU ms per request, one number a round."""
    figures: dict[str, list] = {name: [] for name in servers}
    total = arguments.requests // arguments.clients * arguments.clients
    for turn in range(arguments.rounds + 1):
        names = list(servers) if turn % 2 else list(reversed(servers))
        for name in names:
            port, pid = servers[name]
            before_s = cpu_s(pid)
            load(port, message, total, arguments.clients)
            if turn:  # the first round warms up
                figures[name].append((cpu_s(pid) - before_s) * 1000 / total)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=400, help="a round; GETs 5 times that")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--threads", type=int, default=16)
    arguments = parser.parse_args()
    print(f"CPU ms per request: median of {arguments.rounds} rounds (lowest - highest)")
    print(f"{arguments.clients} clients, {arguments.threads} threads, 1 worker process\n")
    print("| Request |", " | ".join(WORKER_CLASSES), "| difference |")
    print("|---" * (len(WORKER_CLASSES) + 2) + "|")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "download").write_bytes(os.urandom(DOWNLOAD_BYTES))
        servers = {
            name: stack.enter_context(server(path, folder / "download", arguments.threads))
            for name, path in WORKER_CLASSES.items()
        }
        for row, message in requests().items():
            few = argparse.Namespace(**vars(arguments))
            few.requests *= 1 if row.startswith("POST") else 5
            figures = measure(servers, message, few)
            cells = [
                f"{statistics.median(n):.3f} ({min(n):.3f} - {max(n):.3f})"
                for n in figures.values()
            ]
            # Neighbours in time are compared, so that slow drifts of the machine cancel out.
            stock, ours = figures.values()
            ratio = statistics.median(b / a for a, b in zip(stock, ours, strict=True))
            print(f"| {row} |", " | ".join(cells), f"| {ratio - 1:+.1%} |", flush=True)


if __name__ == "__main__":
    main()
