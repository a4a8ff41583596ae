"""/livez and /readyz: what they ask, and what they say of a Redis, of lanes and of a disk that are missing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.settings import Settings
from serving.web.app import create_app
from tests.serving.house import House, until, whole_house
from tests.serving.live import Client

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """`python api.py` with one lane."""
    with whole_house(tmp_path) as house:
        try:
            yield house
        finally:
            for pid in house.redis_pids():
                os.kill(pid, signal.SIGCONT)


def checks(body: dict) -> dict[str, str]:
    """The reasons by name; "" for what is well."""
    assert all(row["ok"] is (row["reason"] == "") for row in body["checks"])
    return {row["name"]: row["reason"] for row in body["checks"]}


def app_with(tmp_path: Path, redis_url: str, **settings: object):
    values = {"data_dir": tmp_path, "redis_url": redis_url, **settings}
    return create_app(Settings(_env_file=None).model_copy(update=values)).test_client()


def test_server_with_lanes_is_alive_and_ready(client: Client):
    live = client.get("/livez")
    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    until(lambda: client.get("/readyz").status_code == 200, 20, "ready")
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert checks(ready) == {"redis": "", "workers": "", "disk": ""}


def test_server_without_lanes_is_alive_and_says_which_features_nobody_serves(at_desk: Client):
    assert at_desk.get("/livez").status_code == 200
    answer = at_desk.get("/readyz")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["status"] == "not ready"
    found = checks(answer.json())
    assert found["redis"] == found["disk"] == ""
    assert found["workers"].startswith("no living worker serves ")
    assert "image_to_textured_mesh" in found["workers"]


def test_readiness_follows_redis_and_liveness_does_not_ask_it(house: House):
    assert until(lambda: house.get("/readyz")[0] == 200, 20, "ready")
    (redis_pid,) = house.redis_pids()
    os.kill(redis_pid, signal.SIGSTOP)
    began_s = time.monotonic()
    status, body = house.get("/readyz")
    waited_s = time.monotonic() - began_s
    assert status == 503
    assert waited_s < 4.0  # it does not hang with Redis
    found = checks(body)
    assert found["redis"] == "Redis does not answer (TimeoutError)"
    assert found["workers"]
    assert house.get("/livez") == (200, {"status": "alive"})
    os.kill(redis_pid, signal.SIGCONT)
    until(lambda: house.get("/readyz")[0] == 200, 20, "ready again")


def test_readiness_follows_the_lanes(house: House):
    assert until(lambda: house.get("/readyz")[0] == 200, 20, "ready")
    supervisor, lane = house.pid("supervisor"), house.pid("lane")
    os.kill(supervisor, signal.SIGSTOP)  # else it would start another
    os.kill(lane, signal.SIGKILL)
    until(lambda: house.get("/readyz")[0] == 503, 20, "not ready")
    assert "rehearsal" in checks(house.get("/readyz")[1])["workers"]
    os.kill(supervisor, signal.SIGCONT)
    until(lambda: house.get("/readyz")[0] == 200, 20, "ready again")


def test_redis_that_is_not_there_is_said_without_its_address(tmp_path: Path):
    answer = app_with(tmp_path, NOWHERE).get("/readyz")
    assert answer.status_code == 503
    assert checks(answer.json)["redis"] == "Redis does not answer (ConnectionError)"


def test_disk_that_is_nearly_full_is_not_ready(tmp_path: Path, redis_url: str):
    answer = app_with(tmp_path, redis_url, min_free_gib=1e9).get("/readyz")
    assert answer.status_code == 503
    reason = checks(answer.json)["disk"]
    assert "GiB are free and 1e+09 must be" in reason
    assert str(tmp_path) not in reason
    assert checks(app_with(tmp_path, redis_url).get("/readyz").json)["disk"] == ""


def test_probes_need_no_key(tmp_path: Path, redis_url: str):
    client = app_with(tmp_path, redis_url, host="0.0.0.0")
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)
    assert client.get("/metrics").status_code == 200
    assert client.get("/api/v1/system/status").status_code == 401
