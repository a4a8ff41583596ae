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
# A bare route with one HGETALL takes 0.58 ms on the quiet machine where the limit of a status is 0.7 ms.
_OF_STATUS = "1.2"
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
    requests = (
        ("JSON submit", harness.post(SUBMIT, BODY, JSON), "/submit", SUBMITS, "1.3"),
        (
            "job status",
            harness.get(f"/api/v1/system/jobs/{job_id}"),
            f"/one/{job_id}",
            STATUSES,
            _OF_STATUS,
        ),
    )
    rows = []
    for name, send, bare_path, number, limit in requests:
        plain = (
            harness.post(bare_path, BODY, JSON) if name == "JSON submit" else harness.get(bare_path)
        )
        pairs = [
            tuple(
                harness.cost_ms(server, pids, sent, clients=CLIENTS, requests=number)
                for server, pids, sent in ((own, own_pids, send), (bare, bare_pids, plain))
            )
            for _ in range(rounds)
        ]
        ours_ms, theirs_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios = sorted(ours / theirs for ours, theirs in pairs)
        spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
        rows.append(
            (
                name,
                f"{ours_ms:.2f}",
                f"{theirs_ms:.2f}",
                f"{statistics.median(ratios):.2f}",
                spread,
                limit,
            )
        )
    harness.table(
        f"CPU ms per request of web and Redis, {CLIENTS} clients, {rounds} rounds in turn",
        ("request", "this server", "bare Flask + pydantic", "median ratio", "of rounds", "at most"),
        rows,
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
        times_ms = sorted(_request(own, "GET", path)[0] for _ in range(6 * rounds))
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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
