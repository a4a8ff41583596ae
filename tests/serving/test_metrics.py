"""/metrics: right with two web processes, in Prometheus' own form, with labels that no client can make."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from serving.jobs.board import LANE_KEY, LANES_KEY, LaneState, ResidentState
from serving.jobs.connect import connect
from serving.jobs.tally import BOUNDS, Tally
from serving.settings import MIB, ROOT, Settings
from serving.web.app import create_app
from serving.web.traffic import BOUNDS_S, Traffic
from tests.serving.house import until
from tests.serving.live import Client
from tests.serving.pictures import disc, encoded

REQUESTS = "meshkiln_http_requests_total"
SECONDS = "meshkiln_http_request_duration_seconds"


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    """The sum of all samples of a name with these labels."""
    return sum(
        sample.value
        for family in found.values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def metrics(client: Client) -> dict[str, Metric]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return families(answer.text)


def once(client: Client, path: str) -> int:
    """A request over a connection of its own: either web process may take it."""
    return client.get(path, headers={"Connection": "close"}).status_code


# Over real sockets


def test_counts_of_two_web_processes_add_up(client: Client):
    before = value(metrics(client), REQUESTS, route="/livez", method="GET", status="200")
    threads = [
        threading.Thread(target=lambda: [once(client, "/livez") for _ in range(25)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Asked several times, so that both processes are.
    for _ in range(8):
        found = families(client.get("/metrics", headers={"Connection": "close"}).text)
        assert value(found, REQUESTS, route="/livez", method="GET", status="200") == before + 100
    folder = client.server.data_dir / "data" / "metrics"
    assert len(list(folder.iterdir())) == 2  # both have counted


def test_what_clients_make_up_is_no_label(client: Client):
    for number in range(5):
        client.get(f"/no/such/path/{number}")
        client.get(f"/task/made-up-{number}")
        client.request(f"MADEUP{number}", "/livez")
    text = client.get("/metrics").text
    assert "made-up" not in text
    assert "MADEUP" not in text
    assert "/no/such" not in text
    found = families(text)
    assert value(found, REQUESTS, route="unmatched", status="404") >= 5
    assert value(found, REQUESTS, route="/task/<request_id>", status="404") >= 5
    assert value(found, REQUESTS, method="OTHER", route="unmatched", status="405") >= 5


def test_durations_are_a_histogram_of_all_requests(client: Client):
    found = metrics(client)
    for method, route in {
        (sample.labels["method"], sample.labels["route"]) for sample in found[SECONDS].samples
    }:
        labels = {"method": method, "route": route}
        buckets = [
            sample.value
            for sample in found[SECONDS].samples
            if sample.name == f"{SECONDS}_bucket" and labels.items() <= sample.labels.items()
        ]
        assert len(buckets) == len(BOUNDS_S) + 1
        assert buckets == sorted(buckets)
        assert buckets[-1] == value(found, f"{SECONDS}_count", **labels)
        assert buckets[-1] == value(found, REQUESTS, **labels)
        assert value(found, f"{SECONDS}_sum", **labels) > 0


def test_job_is_counted_from_its_submit_to_its_end(client: Client):
    feature = "image_to_textured_mesh"
    before = metrics(client)

    def grown(name: str, **labels: str) -> float:
        return value(metrics(client), name, **labels) - value(before, name, **labels)

    client.finished(client.submit(encoded(disc()), texture_size=256))
    for event in ("submitted", "started", "completed"):
        assert grown("meshkiln_jobs_total", feature=feature, event=event) == 1
    assert grown("meshkiln_jobs_total", feature=feature, event="failed") == 0
    for name in ("meshkiln_job_wait_seconds", "meshkiln_job_run_seconds"):
        assert grown(f"{name}_count", feature=feature) == 1
        assert grown(f"{name}_bucket", feature=feature, le="+Inf") == 1
        assert grown(f"{name}_sum", feature=feature) > 0


def test_workers_and_models_are_counted(client: Client):
    found = until(
        lambda: value(now := metrics(client), "meshkiln_model_loads_total") and now, 20, "a model"
    )
    assert value(found, "meshkiln_model_loads_total", weights="classic") >= 1
    assert value(found, "meshkiln_lanes", device="cpu") == 1
    assert "device" in found["meshkiln_lanes_busy"].samples[0].labels
    assert value(found, "meshkiln_model_available", model="classic_image_to_textured_mesh") == 1
    assert value(found, "meshkiln_redis_up") == 1
    disk = value(found, "meshkiln_disk_size_bytes")
    assert 0 < value(found, "meshkiln_disk_free_bytes") < disk


def test_queue_and_the_age_of_its_oldest_job_are_told(at_desk: Client):
    at_desk.server.forget_waiting()
    found = metrics(at_desk)
    assert value(found, "meshkiln_jobs_waiting") == 0
    assert value(found, "meshkiln_oldest_waiting_seconds") == 0
    for _ in range(3):
        at_desk.submit(encoded(disc()))
    found = metrics(at_desk)
    assert value(found, "meshkiln_jobs_waiting") == 3
    first_s = value(found, "meshkiln_oldest_waiting_seconds")
    assert 0 < first_s < 60
    assert value(metrics(at_desk), "meshkiln_oldest_waiting_seconds") > first_s
    at_desk.server.forget_waiting()


# Without a server


def test_metrics_are_answered_without_redis(tmp_path: Path):
    values = {"data_dir": tmp_path, "redis_url": "redis://127.0.0.1:1/0"}
    client = create_app(Settings(_env_file=None).model_copy(update=values)).test_client()
    client.get("/livez")
    found = families(client.get("/metrics").text)
    assert value(found, "meshkiln_redis_up") == 0
    assert "meshkiln_jobs_waiting" not in found
    assert value(found, REQUESTS, route="/livez") == 1
    assert value(found, "meshkiln_disk_free_bytes") > 0


def published(redis_client: Redis, *lanes: LaneState) -> None:
    """Lanes say this, as living ones do."""
    for lane in lanes:
        redis_client.sadd(LANES_KEY, lane.name)
        redis_client.set(LANE_KEY + lane.name, lane.to_json())


def test_lanes_are_counted_by_device_also_where_there_are_none(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    """An alarm for workers that are gone needs a 0: of what is not there Prometheus sees nothing."""
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    client = create_app(Settings(_env_file=None).model_copy(update=values)).test_client()

    def lanes(name: str) -> dict[str, float]:
        samples = families(client.get("/metrics").text)[name].samples
        return {sample.labels["device"]: sample.value for sample in samples}

    assert lanes("meshkiln_lanes") == lanes("meshkiln_lanes_busy") == {"cpu": 0, "cuda": 0}
    published(
        redis_client,
        LaneState("a", "here", 1, "cpu"),
        LaneState("b", "here", 2, "cuda", job_id="x"),
        LaneState("c", "there", 3, "cuda"),
    )
    assert lanes("meshkiln_lanes") == {"cpu": 1, "cuda": 2}
    assert lanes("meshkiln_lanes_busy") == {"cpu": 0, "cuda": 1}


def test_memory_of_residents_is_as_measured_else_as_reserved_and_every_row_is_there_once(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    large = ResidentState("large", "idle", 7, price_mib=9_000, memory_mib=8_000)
    small = ResidentState("small", "loading", 8, price_mib=500)
    published(
        redis_client,
        LaneState("a", "here", 1, "cuda", gpu=0, residents=(large, small)),
        LaneState("a2", "here", 2, "cuda", gpu=0, residents=(small,)),  # a's successor
        LaneState("b", "here", 3, "cuda", gpu=1, residents=(large,)),
        LaneState("c", "there", 4, "cuda", gpu=1, residents=(large,)),
        LaneState("d", "here", 5, "cpu", residents=(small,)),
    )
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    client = create_app(Settings(_env_file=None).model_copy(update=values)).test_client()
    samples = families(client.get("/metrics").text)["meshkiln_resident_memory_bytes"].samples
    rows = [
        (*(sample.labels[name] for name in ("weights", "host", "gpu")), sample.value / MIB)
        for sample in samples
    ]
    assert sorted(rows) == [
        ("large", "here", "0", 8_000),
        ("large", "here", "1", 8_000),
        ("large", "there", "1", 8_000),
        ("small", "here", "0", 1_000),
    ]


def test_every_metric_has_its_row_in_the_documents(client: Client):
    page = (ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"`(meshkiln_[a-z_]+)`(?=[^\n]*\|)", page))
    told = {
        f"{name}_total" if family.type == "counter" else name
        for name, family in metrics(client).items()
    }
    assert documented == told


def test_tally_reads_what_the_scripts_wrote(redis_url: str, redis_client: Redis):
    tally = Tally(connect(redis_url, timeout_s=5.0).records)
    nothing = tally.read(("some",))
    assert (nothing.waiting, nothing.running, nothing.oldest_at, nothing.jobs) == (0, 0, 0.0, {})
    assert nothing.wait["some"].counts == (0,) * len(BOUNDS)
    redis_client.hset("meshkiln:count:jobs", mapping={"some|failed": 3, "other|failed": 4})
    row = {"0.1": 2, "+Inf": 1, "sum": "4000.5"}
    redis_client.hset("meshkiln:hist:run:some", mapping=row)
    redis_client.zadd("meshkiln:waiting", {"young": 8, "old": 7})
    redis_client.hset("meshkiln:job:old", "created_at", "1700000000.5")
    tally.count_models({("w", "loads"): 2, ("w", "oom"): 1})
    tally.count_models({("w", "loads"): 1})
    found = tally.read(("some",))
    assert (found.waiting, found.oldest_at) == (2, 1700000000.5)
    assert found.of_all("failed") == 7
    assert found.run["some"].counts == (2, *[0] * (len(BOUNDS) - 2), 1)
    assert found.run["some"].sum_s == 4000.5
    assert found.models == {("w", "loads"): 3, ("w", "oom"): 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "metrics"


def counted(traffic: Traffic) -> dict[tuple[str, str, str], int]:
    return {(row.method, row.route, row.status): sum(row.counts) for row in traffic.read()}


def test_requests_fall_into_the_bucket_of_their_duration(folder: Path):
    traffic = Traffic(folder)
    for seconds in (0.001, 0.005, 0.006, 9.9, 10.1):
        traffic.count("GET", "/a", 200, seconds)
    (row,) = traffic.read()
    assert row.counts == (2, 1, 0, 0, 0, 0, 0, 1, 1)
    assert row.sum_s == pytest.approx(20.012)


def test_processes_count_in_files_of_their_own_and_read_all(folder: Path):
    code = (
        "import sys, pathlib; from serving.web.traffic import Traffic\n"
        "t = Traffic(pathlib.Path(sys.argv[1]))\n"
        "for _ in range(10): t.count('GET', '/a', 200, 0.1)\n"
        "t.count('POST', '/b', 429, 0.1)"
    )
    traffic = Traffic(folder)
    traffic.count("GET", "/a", 200, 0.1)
    for _ in range(3):  # one after the other: each goes on in the file of the one that ended
        subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True)
    assert counted(traffic) == {("GET", "/a", "200"): 31, ("POST", "/b", "429"): 3}
    assert len(list(folder.iterdir())) == 2


def test_no_request_is_lost_between_threads(folder: Path):
    traffic = Traffic(folder)

    def work() -> None:
        for number in range(2_000):
            traffic.count("GET", f"/{number % 7}", 200, 0.001)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted(traffic).values()) == 12_000


def test_more_routes_than_there_is_room_for_are_counted_together(folder: Path):
    traffic = Traffic(folder)
    for number in range(2_000):
        traffic.count("GET", f"/route/{number}", 200, 0.001)
    found = counted(traffic)
    assert sum(found.values()) == 2_000
    assert found[("OTHER", "unmatched", "0")] > 1
    again = Traffic(folder)
    again.count("GET", "/route/5", 200, 0.001)
    assert sum(counted(again).values()) == 2_001


def test_where_no_file_can_be_a_process_counts_for_itself(tmp_path: Path):
    (tmp_path / "metrics").write_text("in the way")
    traffic = Traffic(tmp_path / "metrics")
    traffic.count("GET", "/a", 200, 0.001)
    nowhere = Traffic(tmp_path / "not made yet" / "metrics")
    nowhere.count("GET", "/a", 200, 0.001)
    assert counted(traffic) == counted(nowhere) == {("GET", "/a", "200"): 1}
    assert not (tmp_path / "not made yet").exists()


def test_full_disk_costs_no_request_and_holds_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    folder.parent.mkdir(exist_ok=True)
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: 4096)
    full = Traffic(folder)
    full.count("GET", "/a", 200, 0.001)
    monkeypatch.undo()
    after = Traffic(folder)
    after.count("GET", "/b", 200, 0.001)
    assert counted(full)[("GET", "/a", "200")] == 1
    assert counted(after) == {("GET", "/b", "200"): 1}
    assert len(list(folder.iterdir())) == 1
