"""Who asks: over HTTP, what a key's holder made is for that key alone, and a wrong key is never no key."""

from __future__ import annotations

import hashlib
import time
from functools import cache

import pytest

from serving.keys import LOOK_S, new_key, remove_key
from serving.settings import Settings
from serving.storage.clients import (
    client_address,
    client_name,
    is_client_name,
    is_key_client,
    key_client_name,
    may_use,
)
from serving.web.app import create_app
from tests.serving import pictures
from tests.serving.conftest import living
from tests.serving.live import Server, assert_plain, assert_refused
from tests.serving.second_api import NEEDS_KEY

PICTURE = pictures.encoded(pictures.disc())
ENDS_AT_ONCE = {"seconds": 0}  # streams of events; others ask for no such thing


def eventually(happens, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# Clients


@pytest.mark.parametrize("name", ["a", "A", "..", "127.0.0.1", "key_a", "x" * 64])
def test_holder_of_a_key_has_a_folder_name_that_no_address_has(name):
    client = key_client_name(name)
    assert client == key_client_name(name)
    assert is_client_name(client)
    assert is_key_client(client)
    assert client_address(client) == ""
    assert not is_key_client(client_name(client))
    assert not is_key_client(client_name(name))


def test_holders_of_different_keys_are_different_clients():
    names = ["a", "A", "a.", "a-", "a_", "aa"]
    assert len({key_client_name(name) for name in names}) == len(names)


def test_what_a_key_made_is_for_that_key_and_what_an_address_made_for_all():
    a, b, here, there = key_client_name("a"), key_client_name("b"), "10.0.0.1", "10.0.0.2"
    assert all(may_use(a, caller) == (caller == a) for caller in (a, b, here, there, ""))
    assert all(may_use(here, caller) for caller in (a, b, here, there))


# Over HTTP


@pytest.fixture(scope="module")
def tokens():
    """The tokens of the server's keys, by name. Filled when the server starts."""
    return {}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory, tokens):
    """A server without lanes that has two keys, and two processes that must know of them."""
    folder = tmp_path_factory.mktemp("keyed")
    for name in ("a", "b"):
        tokens[name] = new_key(folder / "data" / "api-keys", name)
    with living(Server(folder, "web_worker.py", web_processes=2)) as started:
        yield started


@pytest.fixture
def caller(keyed, tokens, new_client):
    """Makes clients of the server, each from its own address: with a key, by its name, or without."""

    def make(name=None):
        client = new_client(keyed)
        if name:
            client.headers["Authorization"] = f"Bearer {tokens[name]}"
        return client

    return make


def complete(server, request_id) -> str:
    """Finish a job, as far as its record and its folder tell. -> the path of its mesh"""
    record = server.record(request_id)
    folder = server.data_dir / "outputs" / record.client / record.job_id
    folder.mkdir(parents=True)
    files = []
    for name, role, media_type in (
        ("output.glb", "model", "model/gltf-binary"),
        ("thumbnail.webp", "thumbnail", "image/webp"),
        ("turntable.webp", "turntable", "image/webp"),
    ):
        (folder / name).write_bytes(b"glTF")
        files.append({"name": name, "role": role, "media_type": media_type, "size_bytes": 4})
    outcome = {"files": files, "info": {}, "warnings": [], "stage_s": {}}
    server.store.complete(server.store.start(record.job_id, "lane", "run", 1.0), outcome, 2.0)
    return f"/outputs/{record.client}/{record.job_id}/output.glb"


@cache
def routes(method: str, *arguments: str) -> list[str]:
    """The routes that the server has for a method and for just these arguments."""
    url = "redis://127.0.0.1:1/0"  # nobody is asked there
    app = create_app(Settings(_env_file=None).model_copy(update={"redis_url": url}))
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.arguments == set(arguments)
    ]


def of_job(method: str, record) -> list[str]:
    """The paths of all routes on one job."""
    values = {"client": record.client, "job_id": record.job_id, "request_id": record.job_id}
    found = [
        *routes(method, "job_id"),
        *routes(method, "request_id"),
        *routes(method, "client", "job_id", "name"),
    ]
    paths = [path.replace("<path:name>", "output.glb") for path in found]
    for name, value in values.items():
        paths = [path.replace(f"<{name}>", value) for path in paths]
    assert not any("<" in path for path in paths)
    return paths


def test_job_of_a_key_is_for_that_key_alone_on_every_route(keyed, caller):
    mine, strangers = caller("a"), [caller("b"), caller()]
    record = keyed.record(mine.submit(PICTURE))
    complete(keyed, record.job_id)
    unknown = "0" * 32
    paths = [*of_job("GET", record), f"/queue/status?request_id={record.job_id}"]
    assert len(paths) >= 9
    for path in paths:
        assert mine.get(path).status_code == 200, path
        for stranger in strangers:
            answer = stranger.get(path)
            assert answer.status_code == 404, path
            like = stranger.get(path.replace(record.job_id, unknown))
            assert answer.text == like.text.replace(unknown, record.job_id)
            assert stranger.head(path).status_code == 404
    for method in ("POST", "DELETE"):
        for path in of_job(method, record):
            statuses = [stranger.request(method, path).status_code for stranger in strangers]
            assert statuses == [404, 401 if (method, generic(path)) in NEEDS_KEY else 404], path
    assert mine.get(of_job("GET", record)[0]).status_code == 200
    (path,) = [path for path in of_job("DELETE", record) if path.endswith("/result")]
    assert mine.delete(path).json()["deleted"] is True
    assert keyed.record(record.job_id).client == key_client_name("a")


def generic(path: str) -> str:
    return "/".join("<job_id>" if len(part) == 32 else part for part in path.split("/"))


def test_no_list_and_no_report_tells_strangers_of_a_keys_jobs(keyed, caller):
    mine, strangers = caller("a"), [caller("b"), caller()]
    waiting, running, done = (mine.submit(PICTURE) for _ in range(3))
    keyed.store.start(running, "lane", "run", 1.0)
    complete(keyed, done)
    for path in routes("GET"):
        for stranger in strangers:
            text = stranger.get(path, params=ENDS_AT_ONCE).text
            assert not any(job_id in text for job_id in (waiting, running, done)), path
            assert key_client_name("a") not in text, path
    for path in ("/my_requests", "/api/v1/system/jobs/history"):
        assert all(job_id in mine.get(path).text for job_id in (waiting, running, done))


def test_waiting_job_of_a_key_is_cancelled_by_that_key_alone(keyed, caller):
    mine, strangers = caller("a"), [caller("b"), caller()]
    job_id = mine.submit(PICTURE)
    path = f"/api/v1/system/jobs/{job_id}"
    for stranger in strangers:
        assert stranger.post(f"{path}/cancel").status_code == 404
        assert stranger.delete(path).status_code == 404
        assert mine.get(path).json()["status"] == "queued"
    assert mine.post(f"{path}/cancel").json()["status"] == "cancelled"


def test_upload_of_a_key_is_for_that_key_alone(keyed, caller):
    mine, strangers = caller("a"), [caller("b"), caller()]
    files = {"file": ("picture.png", PICTURE)}
    stored = mine.post("/api/v1/file-upload/image", files=files).json()
    metadata = f"/api/v1/file-upload/metadata/{stored['file_id']}"
    submit = "/api/v1/mesh-generation/image-to-raw-mesh"
    earlier = keyed.record(mine.submit(PICTURE))
    mesh = complete(keyed, earlier.job_id)
    for stranger in strangers:
        assert stranger.get(metadata).status_code == 404
        assert stranger.get(stored["file_path"]).status_code == 404
        assert stranger.delete(f"/api/v1/file-upload/{stored['file_id']}").status_code == 404
        assert stored["file_id"] not in stranger.get("/api/v1/file-upload/list").text
        for body in ({"image_file_id": stored["file_id"]}, {"image_path": stored["file_path"]}):
            assert stranger.post(submit, json=body).status_code == 404
        body = {"mesh_path": mesh}
        answer = stranger.post("/api/v1/mesh-segmentation/segment-mesh", json=body)
        assert answer.status_code == 400
        assert "not a file that this server may read" in answer.json()["message"]
    assert mine.get(metadata).status_code == 200
    assert mine.post(submit, json={"image_file_id": stored["file_id"]}).status_code == 200


def test_same_idempotency_key_of_two_clients_makes_two_jobs(caller):
    clients = [caller("a"), caller("b"), caller()]
    headers = {"Idempotency-Key": "order-1"}
    answers = [c.post("/image_to_3d", files={"image": PICTURE}, headers=headers) for c in clients]
    assert len({answer.json()["request_id"] for answer in answers}) == 3


def test_just_the_documented_routes_need_a_key(keyed, caller, tokens):
    job_id = caller("a").submit(PICTURE)
    for method in ("GET", "POST", "DELETE"):
        for rule in {*routes(method), *routes(method, "job_id")}:
            path = rule.replace("<job_id>", job_id)
            needs = (method, rule) in NEEDS_KEY
            answer = caller().request(method, path, params=ENDS_AT_ONCE)
            assert (answer.status_code == 401) is needs, (method, rule)
    for method, rule in NEEDS_KEY:
        path = rule.replace("<job_id>", job_id)
        answer = caller().request(method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "API key" in answer.json()["message"]
        # The job is not done, there is no body, and no such model.
        ends = {"result": 409, "unload": 404, "drain": 422 if method == "POST" else 200}
        assert caller("a").request(method, path).status_code == ends.get(path.split("/")[-1], 200)


def test_auth_status_tells_who_one_is(caller):
    path = "/api/v1/system/auth-status"
    nobody = {"auth_enabled": True, "authenticated": False, "key_name": None}
    assert caller().get(path).json() == nobody
    assert caller("b").get(path).json() == {**nobody, "authenticated": True, "key_name": "b"}


def test_key_is_the_same_client_from_every_address(keyed, caller):
    here, there = caller("a"), caller("a")
    request_id = here.submit(PICTURE)
    body = there.get("/my_requests").json()
    assert body["ip_address"] == ""
    assert body["requests"][0]["request_id"] == request_id
    assert there.task(request_id)["client_ip"] == ""
    counts = there.get("/queue/status").json()
    assert counts["client_queue_length"] >= 1
    assert keyed.inputs_of(here.address) == []


def test_job_made_without_a_key_is_seen_by_who_knows_its_id_and_is_in_no_keys_list(keyed, caller):
    maker, holder = caller(), caller("a")
    request_id = maker.submit(PICTURE)
    path = complete(keyed, request_id)
    assert holder.task(request_id)["client_ip"] == maker.address
    assert holder.get(path).content == b"glTF"
    assert request_id not in holder.get("/my_requests").text


def test_key_is_told_in_any_case_of_the_word(caller, tokens):
    client = caller()
    for word in ("bearer", "BEARER", "Bearer  "):
        headers = {"Authorization": f"{word} {tokens['a']} "}
        assert client.get("/my_requests", headers=headers).json()["ip_address"] == ""


def corrupt(token: str) -> dict[str, str]:
    return {
        "unknown": "Bearer mk_" + "x" * 43,
        "short by one": f"Bearer {token[:-1]}",
        "one more": f"Bearer {token}x",
        "no word": token,
        "another word": f"Basic {token}",
        "glued": f"Bearer{token}",
        "quoted": f'Bearer "{token}"',
        "twice": f"Bearer {token}, Bearer {token}",
        "two": f"Bearer {token} {token}",
        "only the word": "Bearer",
        "empty": "",
        "null": "Bearer null",
        "bytes": "Bearer \xff\xfe",
        "its hash": "Bearer " + hashlib.sha256(token.encode()).hexdigest(),
        "the name": "Bearer a",
    }


ROUTES = ["/my_requests", "/queue/status", "/queue_status", "/status", "/health", "/", "/nothing"]


@pytest.mark.parametrize("kind", corrupt("t"))
def test_corrupt_key_is_refused_on_every_route_and_shows_no_job(keyed, caller, tokens, kind):
    request_id = caller("a").submit(PICTURE)
    client = caller()
    client.headers["Authorization"] = corrupt(tokens["a"])[kind].encode("latin-1")
    record = keyed.record(request_id)
    file = f"/outputs/{record.client}/{request_id}/output.glb"
    for path in (*ROUTES, f"/task/{request_id}", f"/queue/status?request_id={request_id}", file):
        answer = client.get(path)
        assert_refused(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert client.head(path).status_code == 401
    waiting = keyed.store.counts(record.client).waiting
    answers = [
        client.post("/image_to_3d", files={"image": PICTURE}),
        client.post("/text_to_3d", json={"text": "a chair"}),
        client.delete(f"/api/v1/system/jobs/{request_id}/result"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert keyed.store.counts(record.client).waiting == waiting
    assert keyed.inputs_of(client.address) == []
    assert keyed.uploads_left() == []


def test_second_api_refuses_a_wrong_key_in_its_own_words(caller):
    answer = caller().get("/api/v1/system/health", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    body = answer.json()
    assert body["error"] == "API_ERROR"
    assert_plain(body["message"])


def test_wrong_key_with_a_large_upload_is_answered(caller):
    client = caller()
    big = {"image": ("big.png", PICTURE + b"\0" * 8_000_000)}
    answer = client.post("/image_to_3d", files=big, headers={"Authorization": "Bearer nonsense"})
    assert_refused(answer, 401, "not known here")
    assert client.get("/status").status_code == 200


def test_browser_may_ask_whether_it_may_send_a_key(caller):
    headers = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = caller().options("/my_requests", headers=headers)
    assert answer.status_code == 200
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
    wrong = {"Origin": headers["Origin"], "Authorization": "Bearer nonsense"}
    answer = caller().get("/my_requests", headers=wrong)
    assert answer.headers["Access-Control-Allow-Origin"] == headers["Origin"]


def refused_in_every_process(client, path: str = "/my_requests") -> bool:
    """Each process looks for itself; connections go to any of them."""
    headers = {"Connection": "close"}
    return all(client.get(path, headers=headers).status_code == 401 for _ in range(10))


def test_removed_key_stops_working_without_a_restart_and_its_jobs_stay_unseen(
    keyed, caller, tokens
):
    path = keyed.data_dir / "data" / "api-keys"
    tokens["leaving"] = new_key(path, "leaving")
    leaving, nobody = caller("leaving"), caller()
    assert eventually(lambda: leaving.get("/my_requests").status_code == 200)
    time.sleep(2 * LOOK_S)  # the other process knows it as well
    request_id = leaving.submit(PICTURE)
    file = complete(keyed, request_id)
    remove_key(path, "leaving")
    assert eventually(lambda: refused_in_every_process(leaving))
    for stranger in (nobody, caller("a")):
        assert_refused(stranger.get(f"/task/{request_id}"), 404)
        assert_refused(stranger.get(file), 404)
    tokens["leaving"] = new_key(path, "leaving")
    time.sleep(2 * LOOK_S)
    assert caller("leaving").task(request_id)["request_id"] == request_id
    assert refused_in_every_process(leaving)
    remove_key(path, "leaving")


def test_broken_file_lets_no_key_in_until_it_is_mended(keyed, caller):
    path = keyed.data_dir / "data" / "api-keys"
    text = path.read_text()
    holder = caller("a")
    request_id = holder.submit(PICTURE)
    try:
        path.write_text(text + "oops\n")
        time.sleep(2 * LOOK_S)
        answer = holder.get(f"/task/{request_id}")
        assert_refused(answer, 503, "API keys cannot be checked")
        assert answer.headers["Retry-After"]
        assert_refused(caller().get(f"/task/{request_id}"), 404)
        assert f"line {len(text.splitlines()) + 1}: not of the form" in keyed.log
    finally:
        path.write_text(text)
    assert eventually(lambda: holder.get(f"/task/{request_id}").status_code == 200)


def test_without_keys_the_header_changes_nothing(at_desk):
    headers = {"Authorization": "Bearer whatever"}
    files = {"image": PICTURE}
    request_id = at_desk.post("/image_to_3d", files=files, headers=headers).json()["request_id"]
    assert at_desk.task(request_id)["client_ip"] == at_desk.address
    assert at_desk.get("/my_requests", headers={"Authorization": "\xff"}).status_code == 200


def test_picture_becomes_a_mesh_for_the_holder_of_a_key_alone(server, new_client):
    path = server.data_dir / "data" / "api-keys"
    holder, stranger = new_client(server), new_client(server)
    holder.headers["Authorization"] = f"Bearer {new_key(path, 'maker')}"
    try:
        assert eventually(lambda: holder.get("/my_requests").json()["ip_address"] == "")
        time.sleep(2 * LOOK_S)  # the other process knows it as well
        quick = {"ss_sample_steps": 1, "slat_sample_steps": 1, "texture_size": 256}
        task = holder.finished(holder.submit(PICTURE, **quick))
        assert task["status"] == "complete"
        (url,) = task["output_files"]
        file = url.removeprefix(server.url)
        assert file.startswith(f"/outputs/{key_client_name('maker')}/")
        assert holder.get(file).content[:4] == b"glTF"
        assert_refused(stranger.get(file), 404)
    finally:
        remove_key(path, "maker")
        time.sleep(2 * LOOK_S)
    for without in (holder, stranger):
        assert_refused(without.get(file), 404)
