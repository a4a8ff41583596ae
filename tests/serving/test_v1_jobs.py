"""Jobs of the second API: their status, waiting for their end, cancelling, deleting, and the history."""

from __future__ import annotations

import random
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from redis import Redis

from pipelines.catalog import Catalog
from serving.errors import Gone
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobState
from serving.jobs.store import JobStore
from serving.jobs.submit import Desk, Request
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.web.app import create_app
from serving.web.v1 import jobs
from serving.web.waiting import MAX_WAITING
from serving.worker.execute import Executor
from serving.worker.residency.pool import Pool
from tests.serving.conftest import living
from tests.serving.house import PLUGIN, until
from tests.serving.live import Client, Server
from tests.serving.second_api import (
    JOBS,
    PICTURE,
    RAW_MESH,
    V1,
    as_base64,
    completed,
    ended,
    job_of,
    refused,
    status_of,
    submit,
)

REHEARSAL = f"{V1}/rehearsal"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# A run is asked every 2 s whether it is still wanted; these cores are shared.
NOTICED_S = 12.0
FEW_THREADS = 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one lane, one web process of few threads, and the model that can be told how to behave."""
    folder = tmp_path_factory.mktemp("house")
    settings = {"plugin_dir": PLUGIN, "web_threads": FEW_THREADS}
    with living(Server(folder, **settings)) as started:
        yield started


@pytest.fixture
def client(house: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(house)


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


# Status

KEYS: dict[str, tuple[type, ...]] = {
    "job_id": (str,),
    "feature": (str,),
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


def test_status_has_the_same_keys_in_every_state(client):
    with busy_lane(client) as running:
        waiting = rehearse(client)
        assert checked(status_of(client, waiting))["status"] == "queued"
        assert checked(status_of(client, running))["status"] == "processing"
        client.post(f"{JOBS}/{waiting}/cancel")
        assert checked(status_of(client, waiting))["status"] == "cancelled"
    done = checked(completed(client, rehearse(client)))
    assert done["created_at"] <= done["started_at"] <= done["completed_at"]
    assert done["processing_time"] == done["result"]["generation_info"]["processing_time"]
    assert done["attempt"] == 1
    failed = checked(ended(client, rehearse(client, fault="fail")))
    assert failed["error"] == "the rehearsal was asked to fail"
    assert (failed["status"], failed["error_code"]) == ("failed", "JOB_FAILED")


def test_times_are_those_of_now_in_utc(client):
    """Upstream sent local times without a zone."""
    made = datetime.fromisoformat(status_of(client, rehearse(client))["created_at"])
    assert made.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - made) < timedelta(seconds=60)


def test_result_names_the_mesh_in_every_way_that_programs_read(client):
    job_id = rehearse(client)
    result = completed(client, job_id)["result"]
    url = f"{JOBS}/{job_id}/download"
    file = {
        "filename": "output.json",
        "file_size_bytes": 2,
        "file_size_mb": 0.01,
        "content_type": "application/json",
        "file_extension": "json",
    }
    assert list(result) == [
        "output_mesh_path",
        "mesh_url",
        "mesh_file_info",
        "thumbnail_url",
        "files",
        "generation_info",
    ]
    assert result["output_mesh_path"] == f"/outputs/{client.address}/{job_id}/output.json"
    assert result["mesh_url"] == url
    assert result["mesh_file_info"] == file
    assert result["thumbnail_url"] is None
    assert result["files"] == [{**file, "role": "model", "url": f"{url}?file=output.json"}]
    assert result["generation_info"]["model_used"] == "rehearsal"
    assert result["generation_info"]["parameters"]["sleep_s"] == 0.0
    for path in (result["mesh_url"], result["files"][0]["url"], result["output_mesh_path"]):
        assert client.get(path).content == b"{}"


def test_progress_never_falls_and_is_whole_only_at_the_end(client):
    """Upstream knew 0 and 1."""
    job_id = rehearse(client, sleep_s=2.0, steps=40)
    seen = []
    while not seen or seen[-1]["status"] not in ("completed", "failed"):
        seen.append(checked(status_of(client, job_id)))
        time.sleep(0.03)
    progress = [status["progress"] for status in seen]
    assert progress == sorted(progress)
    assert len(set(progress)) >= 4
    assert progress[-1] == 100.0
    assert [status["stage"] for status in seen].count("rehearse") >= 3


def test_waiting_jobs_know_their_place_and_move_up(client):
    with busy_lane(client):
        ids = [rehearse(client) for _ in range(3)]
        assert [status_of(client, job_id)["queue_position"] for job_id in ids] == [0, 1, 2]
        etas = [status_of(client, job_id)["eta_seconds"] for job_id in ids]
        assert etas == sorted(etas)
        client.post(f"{JOBS}/{ids[0]}/cancel")
        assert [status_of(client, job_id)["queue_position"] for job_id in ids[1:]] == [0, 1]
        first_api = client.get(f"/queue/status?request_id={ids[2]}").json()
        assert first_api["position"] == 1
    assert [completed(client, job_id)["attempt"] for job_id in ids[1:]] == [1, 1]


def test_pending_job_says_when_to_ask_again(client):
    with busy_lane(client) as running:
        waiting = rehearse(client)
        for job_id in (running, waiting):
            for what in ("", "/info", "/download", "/thumbnail"):
                answer = client.get(f"{JOBS}/{job_id}{what}")
                assert 1 <= int(answer.headers["Retry-After"]) <= 15, what
        client.post(f"{JOBS}/{waiting}/cancel")
    for what in ("", "/info", "/download"):
        assert "Retry-After" not in client.get(f"{JOBS}/{waiting}{what}").headers


def test_job_that_is_tried_again_says_so(client, tmp_path):
    job_id = rehearse(client, fault="crash_once", marker=str(tmp_path / "crashed"))
    assert completed(client, job_id)["attempt"] == 2


@pytest.mark.parametrize("what", ["", "/download", "/info", "/input", "/thumbnail"])
def test_unknown_job_is_not_found(client, what):
    for job_id in ("0" * 32, "nothing", "F" * 32, "%2e%2e%2fx", "0" * 500, "%00"):
        refused(client.get(f"{JOBS}/{job_id}{what}"), 404, "NOT_FOUND")


def test_unknown_job_is_neither_cancelled_nor_deleted(client):
    refused(client.post(f"{JOBS}/{'0' * 32}/cancel"), 404, "NOT_FOUND")
    for what in ("", "/result"):
        refused(client.delete(f"{JOBS}/{'0' * 32}{what}"), 404, "NOT_FOUND")


# Waiting for the end


def test_waiting_status_answers_as_soon_as_the_job_has_ended(client):
    job_id = rehearse(client, sleep_s=1.0)
    began_s = time.monotonic()
    answer = client.get(f"{JOBS}/{job_id}?wait=24", timeout=40)
    assert answer.json()["status"] == "completed"
    assert "Retry-After" not in answer.headers
    assert time.monotonic() - began_s < 20
    began_s = time.monotonic()
    assert client.get(f"{JOBS}/{job_id}?wait=24").json()["status"] == "completed"
    assert time.monotonic() - began_s < 5


def test_waiting_status_answers_when_its_time_is_over(client):
    with busy_lane(client) as job_id:
        began_s = time.monotonic()
        answer = client.get(f"{JOBS}/{job_id}?wait=0.7")
        assert 0.6 < time.monotonic() - began_s < 6
        assert checked(answer.json())["status"] == "processing"
        assert answer.headers["Retry-After"]


def test_nobody_waits_longer_than_the_server_allows(tmp_path, redis_url, redis_client, monkeypatch):
    monkeypatch.setattr(jobs, "MAX_WAIT_S", 0.4)
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    app = create_app(Settings(_env_file=None).model_copy(update=values)).test_client()
    job_id = app.post(RAW_MESH, json={"image_base64": as_base64(PICTURE)}).json["job_id"]
    began_s = time.monotonic()
    assert app.get(f"{JOBS}/{job_id}?wait=3600").json["status"] == "queued"
    assert 0.35 < time.monotonic() - began_s < 5


def test_wait_for_a_job_that_is_deleted_ends_with_that(at_desk):
    job_id = submit(at_desk)

    def delete() -> None:
        with Client(at_desk.server, at_desk.address) as own:
            own.delete(f"{JOBS}/{job_id}")

    later = threading.Timer(0.5, delete)
    later.start()
    refused(at_desk.get(f"{JOBS}/{job_id}?wait=9", timeout=30), 410, "NOT_FOUND", job_id)
    later.join()


@pytest.mark.parametrize("wait", ["-1", "soon", "nan", "inf", "3601", "1e9", "0x10"])
def test_wait_that_is_no_number_of_seconds_is_refused(client, wait):
    body = refused(client.get(f"{JOBS}/{'0' * 32}?wait={wait}"), 422, "INVALID_VALUE", "wait")
    assert body["detail"][0]["loc"] == ["query", "wait"]


def test_many_that_wait_keep_nobody_from_being_served(client):
    """Ten times as many as the process has threads. One that waits lends its thread's place."""
    waiting = 10 * FEW_THREADS
    answers: list[str] = []

    def wait(job_id: str) -> None:
        with Client(client.server, client.address) as own:
            answer = own.get(f"{JOBS}/{job_id}?wait=25", timeout=60)
            answers.append(answer.json()["status"])

    with busy_lane(client) as job_id:
        threads = [threading.Thread(target=wait, args=(job_id,)) for _ in range(waiting)]
        for thread in threads:
            thread.start()
        web = web_process(client.server)
        until(lambda: threads_of(web) >= waiting, 20, "all of them wait")
        took_s = []
        for _ in range(11):
            began_s = time.monotonic()
            assert client.get("/status").status_code == 200
            assert client.get(f"{JOBS}/{job_id}").status_code == 200
            took_s.append((time.monotonic() - began_s) / 2)
        print(f"/status beside {waiting} waiting: median {median(took_s) * 1e3:.0f} ms")
        assert median(took_s) < 0.5
        assert answers == []
    for thread in threads:
        thread.join(30)
    assert answers == ["cancelled"] * waiting


def web_process(server: Server) -> int:
    """The web process with the most threads: gunicorn's master has hardly any."""
    pids = [int(line.partition(" ")[0]) for line in server.processes() if "gunicorn" in line]
    return max(pids, key=threads_of)


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_wait_ends_when_its_client_hangs_up(client):
    web = web_process(client.server)
    until(lambda: threads_of(web) < 20, 20, "nobody waits")
    with busy_lane(client) as job_id:
        head = f"GET {JOBS}/{job_id}?wait=25 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        address = (client.server.host, client.server.port)
        sockets = [socket.create_connection(address, 10) for _ in range(20)]
        for sock in sockets:
            sock.sendall(head)
        until(lambda: threads_of(web) >= 20, 20, "they wait")
        for sock in sockets:
            sock.close()
        until(lambda: threads_of(web) < 20, NOTICED_S, "the server sees that they have gone")


def test_nobody_is_hung_up_on_where_more_want_to_wait_than_may(client):
    """Those beyond are answered at once: come again later."""
    beyond = 20
    with busy_lane(client) as job_id:
        head = f"GET {JOBS}/{job_id}?wait=25 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        address = (client.server.host, client.server.port)
        sockets = []
        for _ in range(MAX_WAITING + beyond):
            sockets.append(socket.create_connection(address, 30))
            sockets[-1].sendall(head.encode())
        early = until(
            lambda: len(found := readable(sockets)) >= beyond and found, 30, "some are answered"
        )
        answers = [all_of(sock) for sock in early]
        assert len(answers) == beyond
        for answer in answers:
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert b'"status":"processing"' in answer
            assert b"Retry-After: " in answer
        time.sleep(0.5)
        assert set(readable(sockets)) == set(early)
    late = [all_of(sock) for sock in sockets if sock not in early]
    assert all(b'"status":"cancelled"' in answer for answer in late)
    for sock in sockets:
        sock.close()


def readable(sockets: list[socket.socket]) -> list[socket.socket]:
    """Those on which something has come, or whose other end has hung up."""
    return select.select(sockets, [], [], 0)[0]


def all_of(sock: socket.socket) -> bytes:
    data = b""
    while piece := sock.recv(65_536):
        data += piece
    return data


# Cancel


@pytest.mark.parametrize("fault", ["none", "hang", "deaf"])
def test_cancel_ends_a_running_job_and_its_process_and_nothing_is_left(client, fault):
    """Upstream could not cancel. What does not listen, or keeps the interpreter to itself, ends as well."""
    job_id = rehearse(client, sleep_s=0 if fault != "none" else 60, steps=60, fault=fault)
    until(lambda: status_of(client, job_id)["stage"] in ("rehearse", "export"), 30, "it runs")
    until(lambda: runners(client.server), 10, "its runner")
    held = runners(client.server)
    began_s = time.monotonic()
    answer = client.post(f"{JOBS}/{job_id}/cancel")
    assert answer.status_code == 200
    said = answer.json()
    assert said == {"job_id": job_id, "status": "cancelled", "message": "Job cancelled"}
    status = checked(status_of(client, job_id))
    assert (status["status"], status["stage"]) == ("cancelled", None)
    assert status["progress"] < 100
    until(lambda: not held & runners(client.server), NOTICED_S, "its runner has ended")
    print(f"runner gone {time.monotonic() - began_s:.1f} s after the cancel")
    assert completed(client, rehearse(client))["attempt"] == 1
    assert outputs_of(client, job_id) == []
    assert status_of(client, job_id) == status


def test_cancelled_job_that_waited_never_starts(client, tmp_path):
    journal = tmp_path / "journal"
    with busy_lane(client):
        job_id = rehearse(client, journal=str(journal))
        assert client.post(f"{JOBS}/{job_id}/cancel").json()["status"] == "cancelled"
        before = checked(status_of(client, job_id))
        assert before["started_at"] is None
        assert before["queue_position"] is None
    completed(client, rehearse(client))
    assert not journal.exists()
    assert status_of(client, job_id) == before


def test_cancel_of_what_has_ended_changes_nothing_and_may_be_repeated(client):
    for fault, end in (("none", "completed"), ("fail", "failed")):
        job_id = rehearse(client, fault=fault)
        before = ended(client, job_id)
        for _ in range(2):
            answer = client.post(f"{JOBS}/{job_id}/cancel")
            assert (answer.status_code, answer.json()["status"]) == (200, end)
            assert end in answer.json()["message"]
        assert status_of(client, job_id) == before
    with busy_lane(client):
        job_id = rehearse(client)
        answers = [client.post(f"{JOBS}/{job_id}/cancel") for _ in range(3)]
        assert [answer.json()["status"] for answer in answers] == ["cancelled"] * 3
        assert len({answer.text for answer in answers}) == 1


def test_first_api_shows_a_cancelled_job_as_one_that_ended_without_a_mesh(client):
    with busy_lane(client):
        job_id = rehearse(client)
        client.post(f"{JOBS}/{job_id}/cancel")
        task = client.task(job_id)
        assert (task["status"], task["error"]) == ("error", "the job was cancelled")
        assert "output_files" not in task


class CancelledMeanwhile(Outputs):
    """Results whose job is cancelled, or deleted, right after they were put in their place."""

    def __init__(self, settings: Settings, then: Callable[[str], object]) -> None:
        super().__init__(settings)
        self._then = then

    def publish(self, client: str, job_id: str, run_id: str) -> None:
        super().publish(client, job_id, run_id)
        self._then(job_id)


@pytest.mark.parametrize("deleted", [False, True])
def test_job_that_is_cancelled_while_its_result_is_published_leaves_no_result(
    tmp_path: Path, redis_url: str, redis_client: Redis, deleted: bool
) -> None:
    settings = Settings(_env_file=None).model_copy(
        update={"data_dir": tmp_path, "plugin_dir": PLUGIN}
    )
    redis = connect(redis_url, timeout_s=10.0)
    store, queues = JobStore(redis.records, settings), Queues(redis.envelopes)
    catalog, inputs = Catalog.discover((PLUGIN,)), Inputs(settings)
    job_id = Desk(catalog, inputs, store, queues).submit(Request("127.0.0.1", "rehearsal")).job_id

    def cancel(job_id: str) -> None:
        assert (tmp_path / "outputs" / "127.0.0.1" / job_id / "output.json").is_file()
        assert store.cancel(job_id, time.time()) is JobState.CANCELLED
        if deleted:
            store.forget(store.get(job_id))

    outputs, pool = CancelledMeanwhile(settings, cancel), Pool("cpu", (PLUGIN,))
    executor = Executor(catalog, store, queues, inputs, outputs, pool, "lane")
    try:
        assert executor.run(job_id, beat=lambda: None) is None
    finally:
        pool.evict()
    if deleted:
        with pytest.raises(Gone):
            store.get(job_id)
    else:
        assert store.get(job_id).state is JobState.CANCELLED
        assert store.get(job_id).files == ()
    assert list((tmp_path / "outputs" / "127.0.0.1").iterdir()) == []


# Delete


def test_deleted_job_is_gone_with_its_files_whatever_it_was_doing(client, tmp_path):
    finished, journal = rehearse(client), tmp_path / "journal"
    completed(client, finished)
    assert outputs_of(client, finished) == [finished]
    with busy_lane(client) as running:
        waiting = rehearse(client, journal=str(journal))
        with_input = submit(client)
        assert client.server.inputs_of(client.address) == [f"{with_input}.image.png"]
        for job_id in (finished, running, waiting, with_input):
            answer = client.delete(f"{JOBS}/{job_id}")
            assert answer.status_code == 200
            said = answer.json()
            assert list(said) == ["job_id", "message", "deleted", "freed_space_mb"]
            assert (said["job_id"], said["deleted"]) == (job_id, True)
            assert (said["freed_space_mb"] > 0) == (job_id in (finished, with_input))
    completed(client, rehearse(client))
    for job_id in (finished, running, waiting, with_input):
        assert outputs_of(client, job_id) == []
        for what in ("", "/download", "/info", "/input", "/thumbnail"):
            refused(client.get(f"{JOBS}/{job_id}{what}"), 410, "NOT_FOUND", job_id)
        refused(client.post(f"{JOBS}/{job_id}/cancel"), 410, "NOT_FOUND", job_id)
        for what in ("", "/result"):
            refused(client.delete(f"{JOBS}/{job_id}{what}"), 410, "NOT_FOUND", job_id)
    assert client.server.inputs_of(client.address) == []
    assert not journal.exists()
    listed = {job["job_id"] for job in client.get(f"{JOBS}/history").json()["jobs"]}
    assert not listed & {finished, running, waiting, with_input}


def test_job_that_is_deleted_many_times_at_once_is_deleted(at_desk):
    job_id = submit(at_desk)
    answers = []

    def delete() -> None:
        with Client(at_desk.server, at_desk.address) as own:
            answers.append(own.delete(f"{JOBS}/{job_id}").status_code)

    threads = [threading.Thread(target=delete) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 in answers
    assert set(answers) <= {200, 410}
    refused(at_desk.get(f"{JOBS}/{job_id}"), 410, "NOT_FOUND")
    assert at_desk.server.inputs_of(at_desk.address) == []


def test_job_is_cancelled_or_completed_and_never_something_between(client):
    """Cancelled at any moment of its short life: the answer holds, and a result is there for completed jobs alone."""
    chance, ends = random.Random(7), {}
    for _ in range(15):
        job_id = rehearse(client)
        time.sleep(chance.random() * 0.1)
        ends[job_id] = client.post(f"{JOBS}/{job_id}/cancel").json()["status"]
    completed(client, rehearse(client))  # the lane has done with them
    for job_id, end in ends.items():
        status = checked(status_of(client, job_id))
        assert status["status"] == end
        assert outputs_of(client, job_id) == ([job_id] if end == "completed" else [])


# History


@pytest.fixture
def past(at_desk: Client) -> list[dict[str, Any]]:
    """Seven jobs of a client, oldest first: of two features, some cancelled. They are some milliseconds apart."""
    ids = []
    for number in range(7):
        path = f"{V1}/mesh-generation/image-to-{'raw' if number % 2 else 'textured'}-mesh"
        ids.append(submit(at_desk, path, seed=number))
        time.sleep(0.005)
    for job_id in ids[:3]:
        at_desk.post(f"{JOBS}/{job_id}/cancel")
    return [status_of(at_desk, job_id) for job_id in ids]


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


def test_history_shows_all_jobs_newest_first_and_by_page(at_desk, past):
    newest_first = [job["job_id"] for job in reversed(past)]
    assert ids_of(at_desk) == newest_first
    by_page = [ids_of(at_desk, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert by_page == [newest_first[:3], newest_first[3:6], newest_first[6:], []]
    more = {
        offset: page(at_desk, limit=3, offset=offset)["pagination"] for offset in (0, 3, 4, 6, 9)
    }
    for offset, facts in more.items():
        assert facts == {"limit": 3, "offset": offset, "total": 7, "has_more": offset < 4}
    assert page(at_desk)["pagination"]["limit"] == 50
    assert page(at_desk, limit=500)["pagination"]["total"] == 7


def test_history_of_a_finished_job_shows_its_result(client):
    """Upstream listed finished jobs as queued, without result."""
    status = completed(client, rehearse(client))
    (listed,) = page(client)["jobs"]
    assert listed == status


def test_history_can_be_narrowed_down(at_desk, past):
    raw = [job["job_id"] for job in reversed(past) if job["feature"] == "image_to_raw_mesh"]
    ended_ones = [job["job_id"] for job in reversed(past) if job["status"] == "cancelled"]
    assert ids_of(at_desk, feature="image_to_raw_mesh") == raw
    assert ids_of(at_desk, status="cancelled") == ended_ones
    both = [job_id for job_id in raw if job_id in ended_ones]
    assert ids_of(at_desk, status="cancelled", feature="image_to_raw_mesh") == both
    assert ids_of(at_desk, status="completed") == []
    assert ids_of(at_desk, feature="no_such_feature") == []
    assert len(ids_of(at_desk, status="", feature="", start_date="", end_date="")) == 7
    filters = page(at_desk, status="queued", start_date="2026-01-01T00:00:00Z")["filters"]
    assert filters == {
        "status": "queued",
        "feature": None,
        "start_date": "2026-01-01T00:00:00Z",
        "end_date": None,
    }


def in_berlin(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(tz=DAYLIGHT_SAVING).isoformat()


DAYLIGHT_SAVING = datetime.fromisoformat("2026-07-01T00:00:00+02:00").tzinfo


@pytest.mark.parametrize(
    "spelled",
    [str, lambda moment: moment.removesuffix("Z"), in_berlin],
    ids=["with Z", "without a zone", "of another zone"],
)
def test_history_of_a_span_of_time(at_desk, past, spelled):
    """Upstream answered 500 to a date with Z, the form that its own documents have."""
    newest_first = [job["job_id"] for job in reversed(past)]
    third, fifth = spelled(past[2]["created_at"]), spelled(past[4]["created_at"])
    # Shown times are cut to milliseconds, so a job may be a little younger than it says.
    assert ids_of(at_desk, start_date=third) == newest_first[:5]
    assert ids_of(at_desk, end_date=fifth)[-4:] == newest_first[3:]
    assert ids_of(at_desk, start_date=third, end_date=fifth)[-2:] == newest_first[3:5]
    assert ids_of(at_desk, start_date=fifth, end_date=third) == []


def test_history_takes_a_zone_whose_plus_was_not_encoded(at_desk, past):
    """+02:00 in an address means a space and 02:00; many programs send it so."""
    third = in_berlin(past[2]["created_at"])
    answer = at_desk.get(f"{JOBS}/history?start_date={third}")
    assert len(answer.json()["jobs"]) == 5


def test_history_of_days(at_desk, past):
    assert len(ids_of(at_desk, start_date="2020-01-01")) == 7
    assert ids_of(at_desk, end_date="2020-01-01") == []
    today = datetime.now(UTC).date().isoformat()
    assert len(ids_of(at_desk, end_date=today)) == 7  # the day counts to its end


@pytest.mark.parametrize(
    "query",
    [
        "start_date=yesterday",
        "end_date=2026-13-01T00:00:00Z",
        "end_date=2026-02-30",
        "start_date=99999999999999999999",
        "limit=0",
        "limit=501",
        "limit=ten",
        "limit=",
        "offset=-1",
        "status=done",
        f"feature={'x' * 65}",
    ],
)
def test_history_refuses_what_it_does_not_understand(at_desk, query):
    name = query.partition("=")[0]
    body = refused(at_desk.get(f"{JOBS}/history?{query}"), 422, "INVALID_VALUE", name)
    assert body["detail"][0]["loc"] == ["query", name]


def test_jobs_of_others_are_not_in_my_history(at_desk, desk_server, new_client, past):
    assert page(new_client(desk_server))["pagination"]["total"] == 0


def test_both_apis_list_the_jobs_of_both(at_desk):
    first = at_desk.submit(PICTURE)
    second = submit(at_desk)
    assert ids_of(at_desk) == [second, first]
    listed = at_desk.get("/my_requests").json()["requests"]
    assert [row["request_id"] for row in listed] == [second, first]
    assert status_of(at_desk, first)["feature"] == "image_to_textured_mesh"
    assert at_desk.task(second)["status"] == "queued"


def test_numbers_of_the_queue_follow_the_jobs(client):
    def stats() -> dict[str, int]:
        return dict(client.get(f"{JOBS}/queue/stats").json())

    completed(client, rehearse(client))  # what others left has ended
    before = stats()
    assert all(type(number) is int for number in before.values())
    with busy_lane(client):
        waiting = [rehearse(client) for _ in range(2)]
        now = stats()
        for key, number in (("pending_jobs", 2), ("processing_jobs", 1)):
            assert now[key] == now[f"client_{key}"] == number
        client.post(f"{JOBS}/{waiting[0]}/cancel")
        assert stats()["cancelled_jobs"] == before["cancelled_jobs"] + 1
    completed(client, waiting[1])
    ended(client, rehearse(client, fault="fail"))
    after = stats()
    assert after["completed_jobs"] == before["completed_jobs"] + 1
    assert after["failed_jobs"] == before["failed_jobs"] + 1
    assert after["cancelled_jobs"] == before["cancelled_jobs"] + 2
    assert (after["pending_jobs"], after["processing_jobs"]) == (0, 0)


def test_jobs_outlive_a_restart_of_the_whole_server(tmp_path, new_client):
    """Upstream forgot every job, or left those that ran as they were for ever."""
    settings = {"plugin_dir": PLUGIN, "drain_s": 0}
    with living(Server(tmp_path, **settings)) as first:
        client = new_client(first)
        done = completed(client, rehearse(client))
        running = rehearse(client, sleep_s=2, steps=20)
        at_work(client, running)
        key = {"Idempotency-Key": "once"}
        waiting = job_of(client.post(REHEARSAL, json={}, headers=key))
    with living(Server(tmp_path, **settings)) as second:
        client = Client(second, client.address)
        assert status_of(client, done["job_id"]) == done
        assert client.get(done["mesh_url"]).content == b"{}"
        assert job_of(client.post(REHEARSAL, json={}, headers=key)) == waiting
        assert [ended(client, job)["status"] for job in (running, waiting)] == ["completed"] * 2
        assert ids_of(client) == [waiting, running, done["job_id"]]
        client.close()
