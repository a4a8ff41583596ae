"""Jobs of the second API: their status, and waiting for their end."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from serving.settings import Settings
from serving.web.app import create_app
from serving.web.v1 import jobs
from serving.web.waiting import MAX_WAITING
from tests.serving.conftest import living
from tests.serving.house import PLUGIN, until
from tests.serving.live import Client, Server
from tests.serving.rehearsal import (
    FEW_THREADS,
    NOTICED_S,
    REHEARSAL,
    at_work,
    busy_lane,
    checked,
    ids_of,
    rehearse,
)
from tests.serving.second_api import (
    JOBS,
    PICTURE,
    RAW_MESH,
    as_base64,
    completed,
    ended,
    job_of,
    refused,
    status_of,
    submit,
)


@pytest.fixture
def client(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


# Status


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
        "turntable_url",
        "files",
        "generation_info",
    ]
    assert result["output_mesh_path"] == f"/outputs/{client.address}/{job_id}/output.json"
    assert result["mesh_url"] == url
    assert result["mesh_file_info"] == file
    assert result["thumbnail_url"] is None
    assert result["turntable_url"] is None
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
