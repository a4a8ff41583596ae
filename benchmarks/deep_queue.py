"""Whether 10,000 waiting jobs make requests dearer: /queue/status and submit, with an empty queue and a deep one.

python benchmarks/deep_queue.py [jobs]
"""

from __future__ import annotations

import statistics
import sys
import time

import harness
from redis import Redis

sys.path.insert(0, str(harness.ROOT))

REQUESTS, CLIENTS, ROUNDS = 600, 16, 5


def main(jobs: int) -> None:
    with (
        harness.own_server(workers=False) as shallow,
        harness.own_server(workers=False) as deep,
    ):
        fill(harness.redis_url(deep), jobs)
        body, kind = harness.multipart("image", "small.png", harness.noise_png(3_000))
        requests = {
            "GET /queue/status": harness.get("/queue/status"),
            "GET /queue/status?request_id=": harness.get(
                f"/queue/status?request_id={jobs // 2:032x}"
            ),
            "POST /image_to_3d, 3 KB": harness.post("/image_to_3d", body, kind),
        }
        fill(harness.redis_url(shallow), 1, first=jobs // 2)
        rows = []
        for name, send in requests.items():
            pairs = [(cost_ms(shallow, send), cost_ms(deep, send)) for _ in range(ROUNDS)]
            empty_ms, deep_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
            rows.append((name, f"{empty_ms:.2f}", f"{deep_ms:.2f}", f"{ratio:.2f}", "1.2"))
        harness.table(
            f"CPU ms per request, web and Redis, median of {ROUNDS} rounds",
            ("request", "empty queue", f"{jobs} waiting", "ratio", "at most"),
            rows,
        )


def fill(url: str, jobs: int, first: int = 0) -> None:
    """Waiting jobs of a thousand clients, made as submit() makes them."""
    from serving.jobs.connect import connect
    from serving.jobs.queues import Queues
    from serving.jobs.record import JobRecord
    from serving.jobs.store import JobStore
    from serving.settings import Settings

    redis = connect(url, timeout_s=30)
    store, queues = JobStore(redis.records, Settings(submits_per_minute=0)), Queues(redis.envelopes)
    for index in range(first, first + jobs):
        record = JobRecord(
            job_id=f"{index:032x}",
            client=f"10.0.{index % 1000 // 250}.{index % 250}",
            feature="image_to_textured_mesh",
            model_id="classic_image_to_textured_mesh",
            timeout_s=60,
            created_at=time.time(),
        )
        store.save(record, queues.envelope(record))


def cost_ms(server: harness.Server, send: harness.Send) -> float:
    """CPU of a server's processes and its Redis per request."""
    redis_pid = Redis.from_url(harness.redis_url(server)).info("server")["process_id"]
    pids = [*harness.tree(server.pid), redis_pid]
    harness.load(server.port, send, clients=CLIENTS, requests=CLIENTS)
    before_s = harness.cpu_s(pids)
    harness.load(server.port, send, clients=CLIENTS, requests=REQUESTS)
    return (harness.cpu_s(pids) - before_s) * 1000 / REQUESTS


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
