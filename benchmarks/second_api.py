"""What the second API costs: a JSON submit, a status, a page of history, and what the system says of itself.

    python benchmarks/second_api.py [rounds]

Submit and status run beside bare Flask routes with one Redis trip each (the submit validates by pydantic), in turn.
Costs are CPU per request of web processes and Redis; the history and system pages are times of single requests on an
otherwise idle server.
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import harness
from redis import Redis

sys.path.insert(0, str(harness.ROOT))

CLIENTS = 16
SUBMITS, STATUSES = 600, 1500
JOBS = 10_000
BODY = json.dumps({"text_prompt": "a red sports car", "output_format": "glb", "seed": 7}).encode()
JSON = "application/json"
SUBMIT = "/api/v1/mesh-generation/text-to-raw-mesh"
SYSTEM = ("info", "status", "models", "features", "scheduler-status", "available-adapters")


def main(rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="meshkiln-bare-") as folder,
        harness.own_server(workers=False) as own,
    ):
        url = harness.redis_url(own)
        with harness.bare_server(Path(folder), url) as bare:
            redis = Redis.from_url(url)
            redis_pid = redis.info("server")["process_id"]
            _costs(own, bare, redis_pid, rounds)
            redis.flushall()
            _times(own, url, rounds)


def _costs(own: harness.Server, bare: harness.Server, redis_pid: int, rounds: int) -> None:
    own_pids, bare_pids = [*harness.tree(own.pid), redis_pid], [*harness.tree(bare.pid), redis_pid]
    job_id = _one_job(own)
    status = harness.get(f"/api/v1/system/jobs/{job_id}")
    figures: dict[str, list[float]] = {"submit": [], "bare": [], "status": [], "bare one": []}
    for _ in range(rounds):
        for name, server, pids, send, requests in (
            ("submit", own, own_pids, harness.post(SUBMIT, BODY, JSON), SUBMITS),
            ("bare", bare, bare_pids, harness.post("/submit", BODY, JSON), SUBMITS),
            ("status", own, own_pids, status, STATUSES),
            ("bare one", bare, bare_pids, harness.get(f"/one/{job_id}"), STATUSES),
        ):
            cost = harness.cost_ms(server, pids, send, clients=CLIENTS, requests=requests)
            figures[name].append(cost)
    middle = {name: statistics.median(values) for name, values in figures.items()}
    harness.table(
        f"CPU ms per request, {CLIENTS} clients, median of {rounds} rounds",
        ("request", "this server", "bare Flask + pydantic", "ratio", "at most"),
        [
            (
                "JSON submit",
                f"{middle['submit']:.2f}",
                f"{middle['bare']:.2f}",
                f"{middle['submit'] / middle['bare']:.2f}",
                "1.3",
            ),
            (
                "job status",
                f"{middle['status']:.2f}",
                f"{middle['bare one']:.2f}",
                f"{middle['status'] / middle['bare one']:.2f}",
                "0.7 ms",
            ),
        ],
    )


def _one_job(own: harness.Server) -> str:
    return str(json.loads(_request(own, "POST", SUBMIT)[1])["job_id"])


def _times(own: harness.Server, url: str, rounds: int) -> None:
    _many_jobs(url)
    paths = {
        f"history, 100 of {JOBS}": "/api/v1/system/jobs/history?limit=100",
        "history, 100 after 5,000": "/api/v1/system/jobs/history?limit=100&offset=5000",
        "history, 100 completed of a feature": "/api/v1/system/jobs/history?limit=100"
        "&status=completed&feature=image_to_raw_mesh",
        **{f"system/{name}": f"/api/v1/system/{name}" for name in SYSTEM},
    }
    rows = []
    for name, path in paths.items():
        times_ms = sorted(_request(own, "GET", path)[0] for _ in range(10 * rounds))
        limit = "10" if name.startswith("history") else "50"
        rows.append((name, f"{statistics.median(times_ms):.1f}", f"{times_ms[-2]:.1f}", limit))
    harness.table("ms per request, one at a time", ("request", "p50", "p95+", "at most"), rows)


def _many_jobs(url: str) -> None:
    """Jobs of this client, made through the store as lanes make them: most completed, some failed."""
    from serving.jobs.connect import connect
    from serving.jobs.record import JobRecord
    from serving.jobs.store import JobStore
    from serving.settings import Settings

    settings = Settings(max_waiting_per_client=JOBS, submits_per_minute=0)
    store = JobStore(connect(url, timeout_s=5).records, settings)
    began_s = time.time() - JOBS
    for index in range(JOBS):
        feature = "image_to_raw_mesh" if index % 3 else "image_to_textured_mesh"
        store.save(
            JobRecord(
                job_id=f"{index:032x}",
                client="127.0.0.1",
                feature=feature,
                model_id=f"classic_{feature}",
                queue="cpu",
                timeout_s=60,
                created_at=began_s + index,
                shown={"image_name": "cat.png", "task_type": feature},
            )
        )
        started = store.start(f"{index:032x}", "bench", "run", began_s + index + 0.1)
        if index % 10:
            store.complete(started, harness.OUTCOME, began_s + index + 1)
        else:
            store.fail(started, "JOB_FAILED", "for the benchmark", began_s + index + 1)


def _request(own: harness.Server, method: str, path: str) -> tuple[float, bytes]:
    """Milliseconds, and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=30)
    headers = {"Content-Type": JSON}
    began_s = time.perf_counter()
    connection.request(method, path, BODY if method == "POST" else None, headers)
    answer = connection.getresponse()
    body = answer.read()
    took_ms = (time.perf_counter() - began_s) * 1000
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {body[:200]!r}")
    return took_ms, body


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
