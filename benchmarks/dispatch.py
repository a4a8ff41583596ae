"""From submit to the start of a job, and no-op jobs per second, beside plain RQ in the same run.

    python benchmarks/dispatch.py [rounds]

Ours: record and envelope, a lane, a runner process behind it, a result file published; once a lane of the CPU, once one
of a rehearsed GPU, whose memory is asked for. Plain RQ: enqueue and SimpleWorker, which runs a no-op function in place.
All on the same Redis, measured in turn.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import truediv
from pathlib import Path

import harness
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

sys.path.insert(0, str(harness.ROOT))

from serving.jobs.record import JobRecord, JobState
from serving.jobs.submit import Desk, Request
from serving.redis_server import redis_for
from serving.settings import Settings
from serving.web.desk import build_core

PLUGIN = harness.ROOT / "tests" / "plugin"
GPU_MODEL = "rehearsal_gpu_small"
CPU, GPU, PLAIN = "CPU lane", "GPU lane", "plain RQ"
SINGLE, BATCH = 60, 300
WARM_S = 1.5

# Seconds from submit to start, jobs per second, CPU milliseconds per job.
Measured = tuple[list[float], float, float]


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
        gpu = {"cpu_lanes": 0, "rehearsed_gpus": "24576"}
        measured: dict[str, list[Measured]] = {CPU: [], PLAIN: [], GPU: []}
        for _ in range(rounds):
            with _our_lane(settings) as pid:
                measured[CPU].append(_measure_ours(settings, "rehearsal", pid))
            with _plain_worker(lease.url) as pid:
                measured[PLAIN].append(_measure_plain(lease.url, pid))
            with _our_lane(settings.model_copy(update=gpu)) as pid:
                measured[GPU].append(_measure_ours(settings, GPU_MODEL, pid))
        _print(measured)


@contextmanager
def _our_lane(settings: Settings) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "ai_worker.py"], cwd=harness.ROOT, env=settings.child_environment()
    )
    try:
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


def _measure_ours(settings: Settings, model_id: str, pid: int) -> Measured:
    core = build_core(settings)
    desk, request = core.desk, Request("127.0.0.1", "rehearsal", model_id)
    while not any(lane.models.get(model_id) == "" for lane in core.board.lanes()):
        time.sleep(0.1)
    _ended(desk, desk.submit(request).job_id)  # its model is loaded then
    time.sleep(WARM_S)
    delays = []
    for _ in range(SINGLE):
        sent_at_s = time.time()
        job_id = desk.submit(request).job_id
        delays.append(_ended(desk, job_id).info["started_at_s"] - sent_at_s)
    ids = [desk.submit(request).job_id for _ in range(BATCH)]
    pids = harness.tree(pid)
    before_s = harness.cpu_s(pids)
    last = _ended(desk, ids[-1])
    first = desk.store.get(ids[len(ids) // 3])
    rate = (BATCH - len(ids) // 3) / (last.finished_at - first.finished_at)
    return delays, rate, (harness.cpu_s(pids) - before_s) * 1000 / BATCH


def _ended(desk: Desk, job_id: str) -> JobRecord:
    while True:
        record = desk.store.get(job_id)
        if record.state is JobState.COMPLETED:
            return record
        if record.state is JobState.FAILED:
            raise RuntimeError(record.error)
        time.sleep(0.005)


def _measure_plain(url: str, pid: int) -> Measured:
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


def _print(measured: dict[str, list[Measured]]) -> None:
    def row(name: str, of: Callable[[Measured], float], limit: str, digits: int) -> list[str]:
        values = {kind: statistics.median(map(of, rows)) for kind, rows in measured.items()}
        # By round: the machine may have been slower in the next.
        ratios = [
            f"{statistics.median(map(truediv, map(of, measured[kind]), map(of, measured[PLAIN]))):.2f}"
            for kind in (CPU, GPU)
        ]
        return [name, *(f"{value:.{digits}f}" for value in values.values()), *ratios, limit]

    harness.table(
        f"No-op jobs, one lane; median of {len(measured[PLAIN])} rounds",
        ("", *measured, f"ratio of {CPU}", f"ratio of {GPU}", "limit"),
        [
            row("submit to start, p50 ms", lambda one: _percentile_ms(one[0], 50), "2", 1),
            row("submit to start, p95 ms", lambda one: _percentile_ms(one[0], 95), "", 1),
            row("jobs per second, full queue", lambda one: one[1], "0.8 at least", 0),
            row("CPU ms per job (worker side)", lambda one: one[2], "", 1),
        ],
    )


def _percentile_ms(delays_s: list[float], percent: int) -> float:
    return sorted(delays_s)[len(delays_s) * percent // 100] * 1000


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
