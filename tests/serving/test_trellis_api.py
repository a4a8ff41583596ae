"""The first API's routes and answers, over HTTP against whole servers."""

from __future__ import annotations

import base64
import re
import time

import pytest
import requests

from tests.serving import pictures
from tests.serving.live import Server, assert_plain, assert_refused

PICTURE = pictures.encoded(pictures.disc())
# The smallest work that is still real.
QUICK = {"ss_sample_steps": 1, "slat_sample_steps": 1, "simplify_ratio": 0.05, "texture_size": 256}

ITEM_KEYS = {
    "request_id",
    "status",
    "image_name",
    "task_type",
    "text",
    "start_time",
    "finish_time",
    "queue_position",
    "progress",
}
GIVE_UP_S = 1.5
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def data_url(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64," + base64.b64encode(data).decode()


# From picture to mesh


def test_picture_becomes_a_mesh_that_can_be_downloaded(client):
    request_id = client.submit(PICTURE, **QUICK)
    seen, progress = set(), [0.0]
    while "complete" not in seen and "error" not in seen:
        task = client.task(request_id)
        seen.add(task["status"])
        progress.append(task["progress"])
        assert ("output_files" in task) == (task["status"] == "complete")
        assert "error" not in task
        time.sleep(0.02)
    assert seen <= {"queued", "processing", "complete"}
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert TIME.fullmatch(task["start_time"])
    assert TIME.fullmatch(task["finish_time"])
    assert task["queue_position"] is None
    (url,) = task["output_files"]
    assert url == f"{client.server.url}/outputs/{client.address}/{request_id}/output.glb"
    mesh = requests.get(url, timeout=5)
    assert mesh.content[:4] == b"glTF"
    assert int.from_bytes(mesh.content[8:12], "little") == len(mesh.content)


def test_json_with_a_data_url_becomes_a_mesh_too(client):
    body = {"image_data": data_url(PICTURE), "image_name": "", **QUICK}
    answer = client.post("/image_to_3d", json=body)
    task = client.finished(answer.json()["request_id"])
    assert task["status"] == "complete"
    assert task["image_name"] == ""


def test_mesh_beside_the_picture_is_painted(client):
    files = {"image": ("skin.png", PICTURE), "mesh": ("box.obj", pictures.OBJ)}
    answer = client.post("/image_to_3d", files=files, data={"texture_size": 256})
    task = client.finished(answer.json()["request_id"])
    assert task["status"] == "complete"
    assert task["task_type"] == "retexture"
    assert task["generation_info"]["face_count"] == 4
    assert client.get(f"/outputs/{client.address}/{task['request_id']}/output.glb").ok


def test_text_becomes_a_mesh_and_paints_one(client):
    text = {"text": "a small red chair", "texture_size": 256}
    mesh = base64.b64encode(pictures.OBJ).decode()
    for body, task_type in ((text, "text_to_3d"), ({**text, "mesh_data": mesh}, "retexture")):
        task = client.finished(client.post("/text_to_3d", json=body).json()["request_id"])
        assert (task["status"], task["task_type"]) == ("complete", task_type)
        assert task["text"] == task["input_name"] == text["text"]
        glb = client.get(f"/outputs/{client.address}/{task['request_id']}/output.glb")
        assert glb.content[:4] == b"glTF"


def test_text_that_names_nothing_known_fails_with_what_is(client):
    answer = client.post("/text_to_3d", json={"text": "quantum entanglement"})
    task = client.finished(answer.json()["request_id"])
    assert task["status"] == "error" and "known are car, house" in task["error"]


def test_simplify_ratio_is_the_share_of_faces_that_is_kept(client):
    faces = {}
    for ratio in (0.1, 0.05):
        request_id = client.submit(PICTURE, **QUICK | {"simplify_ratio": ratio})
        faces[ratio] = client.finished(request_id)["generation_info"]["face_count"]
    assert faces[0.05] == pytest.approx(faces[0.1] / 2, rel=0.05)


def test_seed_is_reported(client):
    request_id = client.submit(PICTURE, seed=4711, **QUICK)
    assert client.finished(request_id)["generation_info"]["seed"] == 4711


def test_job_that_fails_says_why_and_has_no_files(client):
    task = client.finished(client.submit(pictures.transparent()))
    assert task["status"] == "error"
    assert "transparent" in task["error"]
    assert_plain(task["error"])
    assert "output_files" not in task
    assert (
        client.get(f"/outputs/{client.address}/{task['request_id']}/output.glb").status_code == 404
    )


# The answer to a submit


def test_submit_answers_at_once_with_an_id_that_cannot_be_guessed(at_desk):
    ids = set()
    for _ in range(20):
        answer = at_desk.post("/image_to_3d", files={"image": PICTURE})
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"request_id", "status", "message"}
        assert body["status"] == "queued"
        assert body["message"]
        assert re.fullmatch("[0-9a-f]{32}", body["request_id"])
        ids.add(body["request_id"])
    assert len(ids) == 20
    assert max(len({id_[at] for id_ in ids}) for at in range(32)) > 4


def test_client_with_too_many_waiting_jobs_is_told_to_come_back(peculiar_server, new_client):
    crowd, other = new_client(peculiar_server), new_client(peculiar_server)
    for _ in range(3):
        crowd.submit(PICTURE)
    answer = crowd.post("/image_to_3d", files={"image": PICTURE})
    assert_refused(answer, 429, "3 jobs of yours are waiting")
    assert int(answer.headers["Retry-After"]) > 0
    assert len(crowd.get("/my_requests").json()["requests"]) == 3
    assert len(peculiar_server.inputs_of(crowd.address)) == 3
    other.submit(PICTURE)


# /my_requests


def test_list_shows_a_job_from_the_moment_of_its_submit(at_desk):
    assert at_desk.get("/my_requests").json() == {"ip_address": at_desk.address, "requests": []}
    files = {"image": ("a cup.png", PICTURE)}
    request_id = at_desk.post("/image_to_3d", files=files).json()["request_id"]
    (item,) = at_desk.get("/my_requests").json()["requests"]
    assert set(item) >= ITEM_KEYS
    assert "output_files" not in item
    assert "error" not in item
    assert item["request_id"] == request_id
    assert item["status"] == "queued"
    assert item["image_name"] == "a cup.png"
    assert item["task_type"] == "image_to_3d"
    assert item["text"] is None
    assert item["start_time"] is None
    assert item["finish_time"] is None
    assert isinstance(item["queue_position"], int)
    assert item["progress"] == 0


def test_list_is_newest_first_and_positions_follow(at_desk):
    at_desk.server.forget_waiting()
    ids = [at_desk.submit(PICTURE) for _ in range(4)]
    items = at_desk.get("/my_requests").json()["requests"]
    assert [item["request_id"] for item in items] == ids[::-1]
    assert [item["queue_position"] for item in items] == [3, 2, 1, 0]


def test_list_holds_the_last_ten_finished_and_all_that_wait_or_run(client):
    done = [client.submit(pictures.transparent()) for _ in range(12)]
    for request_id in done:
        client.finished(request_id)
    live = [
        client.submit(PICTURE),
        client.submit(PICTURE, **QUICK),
        client.submit(PICTURE, **QUICK),
    ]
    items = client.get("/my_requests").json()["requests"]
    assert [item["request_id"] for item in items] == (done[2:] + live)[::-1]
    assert {item["status"] for item in items[:3]} <= {"queued", "processing", "complete"}
    for item in items[3:]:
        assert item["status"] == "error"
        assert item["error"]
        assert "output_files" not in item
    for request_id in live:
        client.finished(request_id)
    items = client.get("/my_requests").json()["requests"]
    assert [item["request_id"] for item in items] == (done[5:] + live)[::-1]
    assert all(item["output_files"][0].endswith(".glb") for item in items[:3])
    assert client.task(done[0])["status"] == "error"  # off the list, not forgotten


def test_clients_see_their_own_jobs_only(desk_server, new_client):
    one, other = new_client(desk_server), new_client(desk_server)
    request_id = one.submit(PICTURE)
    assert other.get("/my_requests").json()["requests"] == []
    assert [item["request_id"] for item in one.get("/my_requests").json()["requests"]] == [
        request_id
    ]


@pytest.mark.parametrize("host", ["meshes.example", "meshes.example:8080", "[::1]:6006"])
def test_addresses_of_files_are_made_from_the_host_that_was_asked(client, finished_job, host):
    owner, request_id = finished_job
    for path in ("/my_requests", f"/task/{request_id}"):
        body = owner.get(path, headers={"Host": host}).json()
        item = body["requests"][0] if "requests" in body else body
        name = f"outputs/{owner.address}/{request_id}/output.glb"
        assert item["output_files"] == [f"http://{host}/{name}"]


# /task


def test_task_is_the_list_item_and_more(at_desk):
    files = {"image": ("cup.png", PICTURE)}
    request_id = at_desk.post("/image_to_3d", files=files).json()["request_id"]
    (item,) = at_desk.get("/my_requests").json()["requests"]
    task = at_desk.task(request_id)
    assert item.items() <= task.items()
    assert task["client_ip"] == at_desk.address
    assert task["input_name"] == "cup.png"
    assert task["request_output_dir"] == f"outputs/{at_desk.address}/{request_id}"


@pytest.mark.parametrize(
    "request_id",
    ["0" * 32, "nonsense", "F" * 32, "%00", "a" * 1000, "0" * 32 + "%0a", "*", "é"],
)
def test_unknown_request_is_404(at_desk, request_id):
    assert_refused(at_desk.get(f"/task/{request_id}"), 404)
    assert_refused(at_desk.get(f"/queue/status?request_id={request_id}"), 404)


# Queue


@pytest.mark.parametrize("path", ["/queue/status", "/queue_status"])
def test_queue_counts_all_jobs_and_the_clients(desk_server, new_client, path):
    one, other, third = (new_client(desk_server) for _ in range(3))
    desk_server.forget_waiting()
    mine = [one.submit(PICTURE) for _ in range(2)]
    other.submit(PICTURE)
    for asking, waiting in ((one, 2), (other, 1), (third, 0)):
        assert asking.get(path).json() == {
            "queue_length": 3,
            "processing": 0,
            "client_queue_length": waiting,
            "client_processing": 0,
            "processing_requests": [],
        }
    for place, request_id in enumerate(mine):
        body = one.get(path, params={"request_id": request_id}).json()
        assert body["request_id"] == request_id
        assert body["status"] == "queued"
        assert body["position"] == place
        assert body["eta_seconds"] > 0
        assert body["queue_length"] == 3


def test_eta_grows_with_the_place_in_the_queue(at_desk):
    at_desk.server.forget_waiting()
    ids = [at_desk.submit(PICTURE) for _ in range(3)]
    etas = [at_desk.get(f"/queue/status?request_id={id_}").json()["eta_seconds"] for id_ in ids]
    assert etas == sorted(set(etas))


def test_running_job_is_counted_and_shown(client):
    request_id = client.submit(PICTURE, texture_size=2048)
    while client.task(request_id)["status"] == "queued":
        time.sleep(0.01)
    body = client.get(f"/queue/status?request_id={request_id}").json()
    assert body["status"] == "processing"
    assert body["processing"] == body["client_processing"] == 1
    assert body["client_queue_length"] == 0
    assert [row["request_id"] for row in body["processing_requests"]] == [request_id]
    assert body["position"] is None
    assert body["eta_seconds"] >= 0
    assert client.finished(request_id)["status"] == "complete"
    body = client.get(f"/queue/status?request_id={request_id}").json()
    assert (body["status"], body["position"], body["eta_seconds"]) == ("complete", None, 0)
    assert body["processing_requests"] == []


# Everything else


def test_status_and_health(client):
    assert client.get("/status").json()["status"] == "ok"
    health = client.get("/health").json()
    assert health["status"] == "healthy"
    assert TIME.fullmatch(health["timestamp"])
    assert health["uptime"] >= 0
    assert client.get("/").json()["health_url"] == "/health"


@pytest.mark.parametrize(
    "path", ["//my_requests", "///my_requests", "//queue/status", "//status", "//health"]
)
def test_doubled_slash_in_front_is_tolerated(client, path):
    assert client.get(path).status_code == 200


def test_doubled_slash_is_tolerated_on_submit_and_download(finished_job, at_desk):
    owner, request_id = finished_job
    assert at_desk.post("//image_to_3d", files={"image": PICTURE}).status_code == 200
    assert owner.get(f"//outputs/{owner.address}/{request_id}/output.glb").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/image_to_3d", "POST"),
        ("PUT", "/text_to_3d", "POST"),
        ("POST", "/my_requests", "GET"),
        ("DELETE", "/queue/status", "GET"),
        ("PATCH", "/outputs/127.0.0.1/x/y", "GET"),
        ("BREW", "/status", "GET"),
    ],
)
def test_wrong_method_is_405_and_says_which_is_right(at_desk, method, path, allowed):
    answer = at_desk.request(method, path)
    assert_refused(answer, 405, method)
    assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/outputs", "/my_requests/x", "/image_to_3d/", "/static/x", "/a" * 300]
)
def test_unknown_route_is_404_in_json(at_desk, path):
    assert_refused(at_desk.get(path), 404)


def test_unknown_route_of_the_other_api_has_its_envelope(at_desk):
    body = at_desk.get("/api/v1/nothing").json()
    assert set(body) == {"error", "message", "detail"}
    assert body["error"] == "NOT_FOUND"


def test_every_answer_comes_before_clients_give_up(finished_job, client):
    """They do after one to two seconds, on every call."""
    owner, request_id = finished_job
    for path in (
        "/my_requests",
        f"/task/{request_id}",
        "/queue/status",
        "/status",
        f"/outputs/{owner.address}/{request_id}/output.glb",
    ):
        assert owner.get(path).elapsed.total_seconds() < GIVE_UP_S
    big = pictures.encoded(pictures.disc("RGB", (3000, 3000)), "BMP")
    request = client.post("/image_to_3d", files={"image": big}, data={"texture_size": "bad"})
    assert request.status_code == 400
    assert request.elapsed.total_seconds() < GIVE_UP_S


@pytest.fixture
def finished_job(client):
    """A client, and the id of a mesh of its own."""
    request_id = client.submit(PICTURE, **QUICK)
    assert client.finished(request_id)["status"] == "complete"
    return client, request_id


@pytest.fixture(scope="session")
def peculiar_server(tmp_path_factory):
    """Three waiting jobs a client."""
    server = Server(tmp_path_factory.mktemp("peculiar"), "web_worker.py", max_waiting_per_client=3)
    yield server
    assert server.stop() == []
