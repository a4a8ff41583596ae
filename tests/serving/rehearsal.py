"""Servers whose model can be told how to behave, and what tests ask of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.serving.house import until
from tests.serving.live import Client, Server
from tests.serving.second_api import JOBS, V1, job_of, status_of

REHEARSAL = f"{V1}/rehearsal"
FEW_THREADS = 4
# A run is asked every 2 s whether it is still wanted; these cores are shared.
NOTICED_S = 12.0
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def rehearse(client: Client, **params: Any) -> str:
    return job_of(client.post(REHEARSAL, json=params))


def at_work(client: Client, job_id: str) -> dict[str, Any]:
    """The status of a job as soon as its model is at work."""

    def look() -> dict[str, Any] | None:
        status = status_of(client, job_id)
        assert status["status"] in ("queued", "processing"), status
        return status if status["stage"] == "rehearse" else None

    return dict(until(look, 30, f"{job_id} runs"))


@contextmanager
def busy_lane(client: Client) -> Iterator[str]:
    """A job that runs for as long as the block."""
    job_id = rehearse(client, sleep_s=600, steps=10_000)
    at_work(client, job_id)
    try:
        yield job_id
    finally:
        client.post(f"{JOBS}/{job_id}/cancel")


def runners(server: Server) -> set[int]:
    return {
        int(line.partition(" ")[0])
        for line in server.processes()
        if "pipelines.runner" in line and "<defunct>" not in line
    }


def outputs_of(client: Client, job_id: str) -> list[str]:
    """What lies in the folder of results that has to do with a job: its results, drafts too."""
    folder = client.server.data_dir / "outputs"
    return sorted(path.name for path in folder.glob("*/*") if job_id in path.name)


KEYS: dict[str, tuple[type, ...]] = {
    "job_id": (str,),
    "feature": (str,),
    "title": (str, type(None)),
    "status": (str,),
    "model_preference": (str, type(None)),
    "model": (str,),
    "created_at": (str,),
    "started_at": (str, type(None)),
    "completed_at": (str, type(None)),
    "processing_time": (float, type(None)),
    "progress": (float,),
    "stage": (str, type(None)),
    "queue_position": (int, type(None)),
    "eta_seconds": (float, type(None)),
    "attempt": (int,),
    "warnings": (list,),
    "error": (str, type(None)),
    "error_code": (str, type(None)),
    "mesh_url": (str, type(None)),
    "thumbnail_url": (str, type(None)),
    "turntable_url": (str, type(None)),
    "result": (dict, type(None)),
}


def checked(status: dict[str, Any]) -> dict[str, Any]:
    """A status, after a look at its keys and types, which never depend on the state."""
    assert list(status) == list(KEYS)
    for key, types in KEYS.items():
        assert type(status[key]) in types, (key, status[key])
    for key in ("created_at", "started_at", "completed_at"):
        assert status[key] is None or MOMENT.fullmatch(status[key]), status[key]
    assert 0 <= status["progress"] <= 100
    assert (status["progress"] == 100) == (status["status"] == "completed")
    assert (status["queue_position"] is not None) == (status["status"] == "queued")
    assert (status["error"] is not None) == (status["status"] in ("failed", "cancelled"))
    assert (status["result"] is not None) == (status["status"] == "completed")
    return status


def page(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get(f"{JOBS}/history", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert list(body) == ["jobs", "pagination", "filters", "timestamp"]
    assert MOMENT.fullmatch(body["timestamp"])
    for job in body["jobs"]:
        assert list(job) == list(KEYS)
    return body


def ids_of(client: Client, **query: Any) -> list[str]:
    return [job["job_id"] for job in page(client, **query)["jobs"]]
