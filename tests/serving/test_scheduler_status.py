"""The lanes as the system shows them: what they hold, what they wait for, and nothing that opens a job to strangers."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from serving.jobs.board import LANES_KEY, ResidentState
from tests.serving.house import House, until, whole_house
from tests.serving.pictures import disc, encoded
from tests.serving.said_by_lanes import ALL_WELL, app_with, publish, told

V1 = "/api/v1"
SYSTEM = f"{V1}/system"
LARGE = '''
"""Two models that share one set of weights."""
from pipelines.spec import ModelCard, Params


class NoOptions(Params):
    """Nothing."""


class Large:
    """Never run."""


CARDS = tuple(
    ModelCard(name, "image_to_raw_mesh", "large", "large", "", "MIT", ("glb",), NoOptions, vram_mib=9000)
    for name in ("large_a", "large_b")
)
ADAPTER = Large
'''


# Each lane


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with whole_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def test_id_of_a_running_job_is_told_to_its_own_client_alone(house: House):
    for client, is_told in (("127.0.0.1", True), ("127.0.0.2", False)):
        job = house.submit(client, sleep_s=4)
        house.running(job)

        def lane() -> Any:
            (row,) = house.get(f"{SYSTEM}/scheduler-status")[1]["scheduler"]["lanes"]
            return row if row["busy"] else None

        row = until(lane, 6, "a busy lane")
        assert row["job"] == (job if is_told else None)
        assert (row["alive"], row["device"], row["gpu"]) == (True, "cpu", None)
        if not is_told:
            assert job not in json.dumps(house.get(f"{SYSTEM}/scheduler-status")[1])
        house.ended(job)


GPU_LANE: dict[str, Any] = {
    "name": "box.gpu2.1",
    "host": "box",
    "pid": 77,
    "device": "cuda",
    "title": "gpu2",
    "gpu": 2,
    "gpu_name": "NVIDIA Pretend 24",
    "vram_mib": 24_064,
}


def test_lane_of_a_gpu_is_shown_with_all_that_it_says_but_no_process(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    now_s = time.time()
    residents = (
        ResidentState("old", "idle", 101, 9_000, 8_500, used_at=now_s - 40),
        ResidentState("new", "busy", 102, 5_000, None, used_at=now_s - 70),
        ResidentState("next", "loading", 103, 700),
        ResidentState("warmed", "idle", 104, 600),
    )
    said = {**GPU_LANE, "residents": residents, "beat_at": now_s - 3, "error_at": 1_700_000_000.0}
    publish(redis_client, **said, waits_for="next needs 700 MiB", error="no weights")
    client = app_with(tmp_path, redis_url).test_client()
    (row,) = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]["lanes"]
    assert 3 <= row.pop("heartbeat_age_s") < 30
    old, new, loading, warmed = row.pop("residents")
    assert 40 <= old.pop("idle_s") < 70
    assert old == {"weights": "old", "state": "idle", "price_mib": 9_000, "memory_mib": 8_500}
    assert new == {
        "weights": "new",
        "state": "busy",
        "price_mib": 5_000,
        "memory_mib": None,
        "idle_s": None,
    }
    assert (loading["state"], loading["idle_s"], warmed["idle_s"]) == ("loading", None, None)
    assert row == {
        "name": "box.gpu2.1",
        "alive": True,
        "title": "gpu2",
        "host": "box",
        "device": "cuda",
        "gpu": 2,
        "gpu_name": "NVIDIA Pretend 24",
        "vram_mib": 24_064,
        "busy": False,
        "job": None,
        "loaded": ["old", "new", "warmed"],
        "waits_for": "next needs 700 MiB",
        "last_error": "no weights",
        "last_error_at": "2023-11-14T22:13:20.000Z",
    }


def test_every_lane_has_the_same_keys_and_nothing_is_known_of_a_dead_one(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    publish(redis_client, **GPU_LANE, beat_at=time.time() + 60)  # its clock is ahead
    publish(redis_client, name="quiet")
    redis_client.sadd(LANES_KEY, "dead")
    client = app_with(tmp_path, redis_url).test_client()
    scheduler = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]
    ahead, dead, quiet = scheduler["lanes"]
    assert list(ahead) == list(dead) == list(quiet)
    known = {"name": "dead", "alive": False, "busy": False, "loaded": [], "residents": []}
    assert dead == {**dict.fromkeys(dead), **known}
    assert (ahead["heartbeat_age_s"], quiet["heartbeat_age_s"]) == (0.0, None)
    unsaid = ("title", "gpu", "gpu_name", "waits_for", "last_error", "last_error_at")
    assert [quiet[name] for name in unsaid] == [None] * len(unsaid)
    assert scheduler["running"] is True
    assert told(client, "/health")["lanes"] == 2


def test_ids_of_running_jobs_are_looked_up_in_one_trip_and_told_to_their_own_client(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    app = app_with(tmp_path, redis_url)
    client = app.test_client()
    body = {"image_base64": base64.b64encode(encoded(disc())).decode()}
    mine, other = (
        client.post(
            f"{V1}/mesh-generation/image-to-raw-mesh",
            json=body,
            environ_overrides={"REMOTE_ADDR": address},
        ).json["job_id"]
        for address in ("127.0.0.1", "127.0.0.2")
    )
    for number in range(20):
        publish(redis_client, name=f"lane{number:02}", job_id=(mine, other, "f" * 32)[number % 3])
    store = app.extensions["meshkiln"].desk.store
    asked: list[list[str]] = []
    real = store.get_many
    store.get_many = lambda ids: (asked.append(ids), real(ids))[1]
    lanes = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]["lanes"]
    assert [lane["job"] for lane in lanes] == [(mine, None, None)[n % 3] for n in range(20)]
    assert all(lane["busy"] for lane in lanes)
    assert len(asked) == 1


# The models in them


def test_model_that_is_broken_on_every_lane_is_unavailable_and_on_one_of_two_is_not(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    model = "classic_image_to_raw_mesh"
    broken = {**ALL_WELL, model: "its weights could not be loaded: no such file"}
    publish(redis_client, name="a", models=broken)
    publish(redis_client, name="b", models=broken)
    client = app_with(tmp_path, redis_url).test_client()

    def rows() -> list[tuple[str, str | None]]:
        adapters = told(client, f"{SYSTEM}/available-adapters")["features"]["image_to_raw_mesh"]
        states = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]["models"]
        of_model = [*(row for row in adapters if row["model_id"] == model), states[model]]
        return [(row["status"], row.get("reason")) for row in of_model]

    assert rows() == [("unavailable", broken[model])] * 2
    publish(redis_client, name="b", models=ALL_WELL)
    client = app_with(tmp_path, redis_url).test_client()  # what lanes say is kept for a moment
    assert rows() == [("available", None)] * 2


def test_memory_of_a_loaded_model_is_as_the_driver_says_else_as_reserved_else_as_its_card_says(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "large.py").write_text(LARGE)
    client = app_with(tmp_path, redis_url, plugin_dir=tmp_path).test_client()
    models = {"models": {**ALL_WELL, "large_a": "", "large_b": ""}}
    for price_mib, memory_mib, shown_mib in (
        (7_000, 5_120, 5_120),
        (7_000, 0, 0),
        (7_000, None, 7_000),
        (0, None, 9_000),
    ):
        held = ResidentState("large", "idle", 1, price_mib, memory_mib)
        publish(redis_client, device="cuda", gpu=0, residents=(held,), **models)
        states = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]["models"]
        shown = {"status": "loaded", "vram_usage": shown_mib}
        assert states["large_a"] == states["large_b"] == shown
        counts = told(client, f"{SYSTEM}/status")["models"]
        # One process holds both.
        assert (counts["loaded"], counts["total_vram_used"]) == (2, shown_mib)


def test_model_that_is_loaded_on_two_gpus_takes_memory_of_both_and_counts_once(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "large.py").write_text(LARGE)
    client = app_with(tmp_path, redis_url, plugin_dir=tmp_path).test_client()
    models = {**ALL_WELL, "large_a": "", "large_b": ""}
    for number, state in enumerate(("idle", "busy", "loading")):
        held = ResidentState("large", state, 1, 9_000, 8_000)  # type: ignore[arg-type]
        publish(redis_client, name=f"gpu{number}", gpu=number, residents=(held,), models=models)
    counts = told(client, f"{SYSTEM}/status")["models"]
    assert (counts["loaded"], counts["total_vram_used"]) == (2, 16_000)


def test_model_that_is_being_loaded_is_available_and_not_yet_loaded(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "large.py").write_text(LARGE)
    client = app_with(tmp_path, redis_url, plugin_dir=tmp_path).test_client()
    held = ResidentState("large", "loading", 1, 9_000, 3_000)
    publish(redis_client, gpu=0, residents=(held,), models={**ALL_WELL, "large_a": ""})
    scheduler = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]
    assert scheduler["models"]["large_a"] == {"status": "available", "vram_usage": 0}
    assert scheduler["lanes"][0]["loaded"] == []
    assert told(client, f"{SYSTEM}/status")["models"]["total_vram_used"] == 0
