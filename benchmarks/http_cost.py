"""What a request costs the server: CPU of web processes and Redis, beside a bare Flask app under the same gunicorn.

    python benchmarks/http_cost.py [rounds]

Both servers run at the same time and are loaded in turn, so that a noisy machine treats them alike.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import harness
from redis import Redis

sys.path.insert(0, str(harness.ROOT))

CLIENTS = 16
POSTS, POLLS, DOWNLOADS = 300, 1500, 800


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="meshkiln-bare-") as folder:
        bare_dir = Path(folder)
        (bare_dir / "file.glb").write_bytes(os.urandom(1 << 20))
        with harness.own_server(workers=False) as own:
            url = harness.redis_url(own)
            with harness.bare_server(bare_dir, url) as bare:
                _measure(own, bare, url, rounds)


def _measure(own: harness.Server, bare: harness.Server, url: str, rounds: int) -> None:
    redis = Redis.from_url(url)
    redis_pid = redis.info("server")["process_id"]
    own_pids, bare_pids = [*harness.tree(own.pid), redis_pid], harness.tree(bare.pid)
    body, kind = harness.multipart("image", "noise.png", harness.noise_png(500_000))
    upload = harness.post("/image_to_3d", body, kind)
    file_path = _publish_one(own, redis_url=url)
    figures: dict[str, list[float]] = {
        name: []
        for name in ("post", "post bare", "get", "get bare", "poll", "poll plain", "bare status")
    }
    for _ in range(rounds):
        figures["post"].append(_cost_ms(own, own_pids, upload, POSTS))
        figures["post bare"].append(_cost_ms(bare, bare_pids, upload, POSTS))
        figures["get"].append(_cost_ms(own, own_pids, harness.get(file_path), DOWNLOADS))
        figures["get bare"].append(_cost_ms(bare, bare_pids, harness.get("/file.glb"), DOWNLOADS))
    redis.flushall()
    _ten_jobs(own, url)
    for _ in range(rounds):
        figures["poll"].append(_cost_ms(own, own_pids, harness.get("/my_requests"), POLLS))
        figures["poll plain"].append(
            _cost_ms(bare, [*bare_pids, redis_pid], harness.get("/plain_requests"), POLLS)
        )
        figures["bare status"].append(_cost_ms(bare, bare_pids, harness.get("/status"), POLLS))
    _print(figures, _trips(redis, own))


def _cost_ms(server: harness.Server, pids: list[int], send: harness.Send, requests: int) -> float:
    return harness.cost_ms(server, pids, send, clients=CLIENTS, requests=requests)


def _publish_one(own: harness.Server, redis_url: str) -> str:
    folder = own.data_dir / "outputs" / "127.0.0.1" / ("a" * 32)
    folder.mkdir(parents=True)
    (folder / "output.glb").write_bytes(os.urandom(1 << 20))
    return f"/outputs/127.0.0.1/{'a' * 32}/output.glb"


def _ten_jobs(own: harness.Server, url: str) -> None:
    """Ten finished jobs of this client, made through the store as a lane makes them."""
    from serving.jobs.connect import connect
    from serving.jobs.record import JobRecord
    from serving.jobs.store import JobStore
    from serving.settings import Settings

    store = JobStore(connect(url, timeout_s=5).records, Settings(submits_per_minute=0))
    for index in range(10):
        record = JobRecord(
            job_id=f"{index:032x}",
            client="127.0.0.1",
            feature="image_to_textured_mesh",
            model_id="classic_image_to_textured_mesh",
            timeout_s=60,
            created_at=time.time(),
            shown={"image_name": "cat.png", "task_type": "image_to_3d"},
        )
        store.save(record)
        started = store.start(record.job_id, "bench", "run", time.time())
        store.complete(replace(started), harness.OUTCOME, time.time())


def _trips(redis: Redis, own: harness.Server) -> float:
    """Commands that Redis received per poll (a script's inner ones are not trips)."""
    redis.config_resetstat()
    harness.load(own.port, harness.get("/my_requests"), clients=1, requests=100)
    stats = redis.info("commandstats")
    return stats.get("cmdstat_evalsha", {"calls": 0})["calls"] / 100


def _print(figures: dict[str, list[float]], trips: float) -> None:
    middle = {name: statistics.median(values) for name, values in figures.items()}
    rows = [
        ("POST of a 500 KB PNG", middle["post"], middle["post bare"], "1.25"),
        ("download of 1 MB", middle["get"], middle["get bare"], "1.1"),
    ]
    harness.table(
        f"CPU ms per request, {CLIENTS} clients, median of {len(figures['post'])} rounds",
        ("request", "this server", "bare Flask", "ratio", "at most"),
        [
            (name, f"{own:.2f}", f"{bare:.2f}", f"{own / bare:.2f}", limit)
            for name, own, bare, limit in rows
        ],
    )
    harness.table(
        "/my_requests with 10 jobs, CPU ms",
        (
            "this server",
            "bare Flask, plain pipeline",
            "ratio",
            "route without Redis",
            "script calls per poll",
        ),
        [
            (
                f"{middle['poll']:.2f}",
                f"{middle['poll plain']:.2f}",
                f"{middle['poll'] / middle['poll plain']:.2f}",
                f"{middle['bare status']:.2f}",
                f"{trips:.2f}",
            )
        ],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
