"""From submit to the start of a job, and no-op jobs per second, beside plain RQ in the same run.

    python benchmarks/dispatch.py [rounds]

Ours: record and envelope, a lane, a runner process behind it, a result file published. Plain RQ: enqueue and
SimpleWorker, which runs a no-op function in place. Both on the same Redis; the two are measured in turn.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import harness
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

sys.path.insert(0, str(harness.ROOT))

from serving.jobs.record import JobState
from serving.jobs.submit import Desk, Request
from serving.redis_server import redis_for
from serving.settings import Settings
from serving.web.desk import build_core

PLUGIN = harness.ROOT / "tests" / "plugin"
SINGLE, BATCH = 60, 300


def noop(sent_at_s: float, url: str) -> None:
    """Plain RQ's job: say when it started."""
    _redis(url).rpush("bench:delays", time.time() - sent_at_s)


_connections: dict[str, Redis] = {}


def _redis(url: str) -> Redis:
    if url not in _connections:
        _connections[url] = Redis.from_url(url)
    return _connections[url]


def main(rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder,
        redis_for(Path(folder) / "data", None) as lease,
    ):
        settings = Settings().model_copy(
            update={
                "data_dir": Path(folder),
                "redis_url": lease.url,
                "plugin_dir": PLUGIN,
                "max_waiting_per_client": 100_000,
                "submits_per_minute": 0,
                "log_level": "WARNING",
            }
        )
        ours: list[tuple[list[float], float, float]] = []
        plain: list[tuple[list[float], float, float]] = []
        for _ in range(rounds):
            with _our_lane(settings) as pid:
                ours.append(_measure_ours(settings, pid))
            with _plain_worker(lease.url) as pid:
                plain.append(_measure_plain(lease.url, pid))
        _print(ours, plain)


@contextmanager
def _our_lane(settings: Settings) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "ai_worker.py"], cwd=harness.ROOT, env=settings.child_environment()
    )
    try:
        time.sleep(4.0)  # lane and runner are up, the model is loaded
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _plain_worker(url: str) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--plain-worker", url], cwd=harness.ROOT / "benchmarks"
    )
    try:
        time.sleep(2.0)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _measure_ours(settings: Settings, pid: int) -> tuple[list[float], float, float]:
    desk = build_core(settings).desk
    delays = []
    for _ in range(SINGLE):
        sent_at_s = time.time()
        job_id = desk.submit(_request()).job_id
        delays.append(_ended(desk, job_id).info["started_at_s"] - sent_at_s)
    ids = [desk.submit(_request()).job_id for _ in range(BATCH)]
    pids = harness.tree(pid)
    before_s = harness.cpu_s(pids)
    last = _ended(desk, ids[-1])
    first = desk.store.get(ids[len(ids) // 3])
    rate = (BATCH - len(ids) // 3) / (last.finished_at - first.finished_at)
    return delays, rate, (harness.cpu_s(pids) - before_s) * 1000 / BATCH


def _request() -> Request:
    return Request("127.0.0.1", "rehearsal")


def _ended(desk: Desk, job_id: str):
    while True:
        record = desk.store.get(job_id)
        if record.state is JobState.COMPLETED:
            return record
        if record.state is JobState.FAILED:
            raise RuntimeError(record.error)
        time.sleep(0.005)


def _measure_plain(url: str, pid: int) -> tuple[list[float], float, float]:
    redis = _redis(url)
    queue = Queue("plain", connection=redis, serializer=JSONSerializer)
    redis.delete("bench:delays")
    delays = []
    for _ in range(SINGLE):
        queue.enqueue("dispatch.noop", time.time(), url)
        delays.append(float(redis.blpop(["bench:delays"], 30)[1]))
        time.sleep(0.02)
    redis.set("bench:hold", 1)
    for _ in range(BATCH):
        queue.enqueue("dispatch.noop", time.time(), url)
    pids = harness.tree(pid)
    before_s = harness.cpu_s(pids)
    while redis.llen("bench:delays") < BATCH // 3:
        time.sleep(0.002)
    began_s, done = time.time(), redis.llen("bench:delays")
    while redis.llen("bench:delays") < BATCH:
        time.sleep(0.002)
    rate = (BATCH - done) / (time.time() - began_s)
    return delays, rate, (harness.cpu_s(pids) - before_s) * 1000 / BATCH


def _print(
    ours: list[tuple[list[float], float, float]], plain: list[tuple[list[float], float, float]]
) -> None:
    def p50_ms(rows: list[tuple[list[float], float, float]]) -> float:
        return statistics.median(statistics.median(delays) for delays, _, _ in rows) * 1000

    def p95_ms(rows: list[tuple[list[float], float, float]]) -> float:
        return (
            statistics.median(sorted(delays)[int(len(delays) * 0.95)] for delays, _, _ in rows)
            * 1000
        )

    own_rate, rq_rate = (statistics.median(rate for _, rate, _ in rows) for rows in (ours, plain))
    own_cpu, rq_cpu = (statistics.median(cpu for _, _, cpu in rows) for rows in (ours, plain))
    harness.table(
        f"No-op jobs, one lane; median of {len(ours)} rounds",
        ("", "this server", "plain RQ SimpleWorker", "ratio", "limit"),
        [
            (
                "submit to start, p50 ms",
                f"{p50_ms(ours):.1f}",
                f"{p50_ms(plain):.1f}",
                f"{p50_ms(ours) / p50_ms(plain):.2f}",
                "2",
            ),
            (
                "submit to start, p95 ms",
                f"{p95_ms(ours):.1f}",
                f"{p95_ms(plain):.1f}",
                f"{p95_ms(ours) / p95_ms(plain):.2f}",
                "",
            ),
            (
                "jobs per second, full queue",
                f"{own_rate:.0f}",
                f"{rq_rate:.0f}",
                f"{own_rate / rq_rate:.2f}",
                "0.8 at least",
            ),
            (
                "CPU ms per job (worker side)",
                f"{own_cpu:.1f}",
                f"{rq_cpu:.1f}",
                f"{own_cpu / rq_cpu:.2f}",
                "",
            ),
        ],
    )


def _run_plain_worker(url: str) -> None:
    queue = Queue("plain", connection=_redis(url), serializer=JSONSerializer)
    SimpleWorker(
        [queue], connection=_redis(url), serializer=JSONSerializer, name=f"plain-{os.getpid()}"
    ).work(logging_level="ERROR")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain-worker"]:
        _run_plain_worker(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
