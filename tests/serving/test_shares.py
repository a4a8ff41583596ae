"""Share pages: links that show a result to whoever has them, give nothing else away, and end with it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from serving.jobs.record import JobRecord
from serving.jobs.retention import Retention
from serving.keys import LOOK_S, new_key
from serving.settings import Settings
from serving.storage.clients import key_client_name
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.web.app import create_app
from tests.serving.live import Client, Server, assert_plain
from tests.serving.second_api import JOBS, V1, completed, picture_of, refused, submit
from tests.serving.shelf import Shelf

TEXT_MESH = f"{V1}/mesh-generation/text-to-raw-mesh"
PROMPT = "a red <b>chair</b> & table " + "with a very long back and many legs " * 3
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LINK = re.compile(r"/view/[A-Za-z0-9_-]{24}")
PARTS = ("", "/model.glb", "/poster.webp", "/facts.json")
GLB = {"name": "output.glb", "role": "model", "media_type": "model/gltf-binary", "size_bytes": 4}
POSTER = {
    "name": "thumbnail.webp",
    "role": "thumbnail",
    "media_type": "image/webp",
    "size_bytes": 4,
}


# On a real server


@pytest.fixture(scope="module")
def owner(server: Server) -> Iterator[Client]:
    with Client(server, "127.9.7.1") as client:
        yield client


@pytest.fixture(scope="module")
def job(owner: Client) -> dict[str, Any]:
    """A completed job, as its status."""
    return completed(owner, submit(owner, TEXT_MESH, text_prompt=PROMPT))


def link_of(client: Any, job_id: str, **wish: Any) -> str:
    """The path of a job's page."""
    answer = client.post(f"{JOBS}/{job_id}/share", json=wish)
    body = body_of(answer)
    assert answer.status_code == 200, body
    assert body["url"] == f"/view/{body['share_id']}"
    assert LINK.fullmatch(body["url"])
    return str(body["url"])


def body_of(answer: Any) -> dict[str, Any]:
    """The JSON of an answer of Requests or of Flask's own client."""
    return dict(answer.json() if callable(answer.json) else answer.json)


def test_link_shows_mesh_poster_facts_and_page_to_a_stranger(owner, job, server, new_client):
    path, stranger = link_of(owner, job["job_id"]), new_client(server)
    mesh = owner.get(f"{JOBS}/{job['job_id']}/download").content
    got = stranger.get(f"{path}/model.glb")
    assert (got.status_code, got.content) == (200, mesh)
    assert got.headers["Content-Type"] == "model/gltf-binary"
    poster = stranger.get(f"{path}/poster.webp")
    assert poster.headers["Content-Type"] == "image/webp"
    assert picture_of(poster.content)[0] == "WEBP"
    facts = stranger.get(f"{path}/facts.json").json()
    report = job["result"]["generation_info"]["mesh_report"]
    assert (facts["triangles"], facts["size_m"]) == (report["faces"], report["size_m"])
    assert facts["size_bytes"] == len(mesh)
    assert (facts["model"], facts["made_at"]) == (job["model"], job["completed_at"])
    assert (facts["title"], facts["has_poster"]) == ("Text to raw mesh", True)
    page = stranger.get(path, headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_same_job_has_the_same_link_and_another_after_its_end(owner, job):
    job_id = job["job_id"]
    first = link_of(owner, job_id)
    assert link_of(owner, job_id) == first
    assert owner.delete(f"{JOBS}/{job_id}/share").json() == {"job_id": job_id, "ended": True}
    assert owner.delete(f"{JOBS}/{job_id}/share").json() == {"job_id": job_id, "ended": False}
    for part in PARTS:
        refused_page(owner.get(first + part))
    second = link_of(owner, job_id)
    assert second != first
    assert owner.get(second).status_code == 200


def test_prompt_is_shown_if_that_was_asked_for_last_and_stays_text(owner, job):
    path = link_of(owner, job["job_id"], show_prompt=True)
    facts = owner.get(f"{path}/facts.json")
    title = facts.json()["title"]
    assert title == " ".join(PROMPT.split())[:80]
    assert len(title) == 80
    assert facts.headers["Content-Type"] == "application/json"
    assert "<b>" not in owner.get(path, headers=BROWSER).text
    link_of(owner, job["job_id"])
    for part in PARTS:
        assert b"very long back" not in owner.get(path + part, headers=BROWSER).content, part
    facts = owner.get(f"{path}/facts.json").json()
    assert (facts["title"], facts["shows_prompt"]) == ("Text to raw mesh", False)


def test_nothing_below_a_link_names_the_job_or_its_client(owner, job, server, new_client):
    path, stranger = link_of(owner, job["job_id"], show_prompt=True), new_client(server)
    for part in PARTS:
        for headers in ({}, BROWSER, {"Range": "bytes=0-9"}, {"Range": "bytes=99999999-"}):
            answer = stranger.get(path + part, headers=headers)
            said = answer.content + json.dumps(dict(answer.headers)).encode()
            for secret in (job["job_id"], owner.address, job["job_id"][:8]):
                assert secret.encode() not in said, (part, headers)
    answer = owner.post(f"{JOBS}/{job['job_id']}/share", json={})
    assert job["job_id"] not in answer.text + json.dumps(dict(answer.headers))


def test_mesh_comes_in_parts_and_only_when_it_has_changed(owner, job):
    path = f"{link_of(owner, job['job_id'])}/model.glb"
    whole = owner.get(path)
    head = owner.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]
    part = owner.get(path, headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, whole.content[4:12])
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(whole.content)}"
    assert owner.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    same = owner.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert owner.post(path).status_code == 405


def test_answers_below_view_are_kept_by_nobody_between_and_by_no_search_engine(owner, job):
    path = link_of(owner, job["job_id"])
    for name in (path, f"/view/{job['job_id']}", "/view/" + "x" * 24):
        for part in PARTS:
            headers = owner.get(name + part, headers=BROWSER).headers
            assert headers["Cache-Control"] == "private, no-cache"
            assert headers["X-Robots-Tag"] == "noindex"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Content-Type-Options"] == "nosniff"


def test_id_of_a_job_opens_the_page_to_whoever_knows_it(owner, job, server, new_client):
    stranger = new_client(server)
    for part in PARTS:
        assert stranger.get(f"/view/{job['job_id']}{part}").status_code == 200
    facts = stranger.get(f"/view/{job['job_id']}/facts.json").json()
    assert facts["title"].startswith("a red <b>chair")


@pytest.mark.parametrize(
    "name", ["x" * 24, "0" * 32, "nonsense", "...", "%00", "<script>alert(1)<", "-" * 24, "é" * 24]
)
def test_what_leads_nowhere_is_said_to_browsers_as_a_page_and_to_programs_as_json(owner, name):
    for part in PARTS:
        refused_page(owner.get(f"/view/{name}{part}"))
    page = owner.get(f"/view/{name}", headers=BROWSER)
    assert page.status_code == 404
    if page.headers["Content-Type"] != "application/json":  # the router knows no such path
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "alert(1)" not in page.text.replace("&lt;script&gt;alert(1)&lt;", "")


def refused_page(answer: Any, status: int = 404) -> str:
    """A refusal in JSON. -> its sentence"""
    assert answer.status_code == status, answer.text
    body = body_of(answer)
    assert list(body) == ["error"]
    assert_plain(body["error"])
    return str(body["error"])


def test_mesh_in_another_format_is_shown_as_the_glb_that_it_was_made_from(owner):
    job_id = submit(owner, TEXT_MESH, text_prompt="a red cube", output_format="obj")
    assert completed(owner, job_id)["result"]["output_mesh_path"].endswith(".obj")
    path = link_of(owner, job_id)
    assert owner.get(f"{path}/model.glb").content[:4] == b"glTF"


def test_body_that_is_not_plain_is_refused(owner, job):
    path = f"{JOBS}/{job['job_id']}/share"
    assert owner.post(path).status_code == 200  # none at all
    refused(owner.post(path, json={"show_prompt": "yes"}), 422, "INVALID_VALUE", "show_prompt")
    refused(owner.post(path, json={"show": True}), 422, "INVALID_VALUE", "show")
    refused(owner.post(path, data={"show_prompt": "true"}), 415, "INVALID_VALUE", "send JSON")


# In this process


def put(shelf: Shelf, client: str = "127.0.0.1", **outcome: Any) -> JobRecord:
    """A completed job with these files, each of four bytes or so."""
    record = shelf.store.save(
        JobRecord(token_hex(16), client, "image_to_raw_mesh", "some_model", 60, time.time())
    )
    record = shelf.store.start(record.job_id, "lane", "run", time.time())
    given = {"files": [GLB, POSTER], "info": {"face_count": 12, "size_m": [1, 2, 3]}, **outcome}
    folder = shelf.folder(record)
    folder.mkdir(parents=True)
    for file in given["files"]:
        (folder / file["name"]).write_bytes(b"glTF")
    shelf.store.complete(record, {"warnings": (), "stage_s": {}, **given}, time.time())
    return record


def test_what_a_model_says_itself_is_told_where_there_is_no_report(shelf: Shelf):
    path = link_of(shelf.web, put(shelf).job_id)
    facts = body_of(shelf.web.get(f"{path}/facts.json"))
    assert (facts["triangles"], facts["size_m"]) == (12, [1, 2, 3])
    bare = link_of(shelf.web, put(shelf, info={}, files=[GLB]).job_id)
    facts = body_of(shelf.web.get(f"{bare}/facts.json"))
    assert (facts["triangles"], facts["size_m"], facts["has_poster"]) == (None, None, False)
    refused_page(shelf.web.get(f"{bare}/poster.webp"))


def test_links_are_unlike_each_other_and_unlike_the_jobs(shelf: Shelf):
    links = {link_of(shelf.web, put(shelf).job_id) for _ in range(50)}
    assert len(links) == 50
    first = [link[6:] for link in links]
    # 24 characters of 64 kinds, each drawn on its own: every place differs among fifty.
    assert all(len({link[place] for link in first}) > 10 for place in range(24))


def test_link_ends_with_the_result_and_with_the_job(shelf: Shelf):
    ways = (
        lambda record: shelf.web.delete(f"{JOBS}/{record.job_id}/result"),
        lambda record: shelf.web.delete(f"{JOBS}/{record.job_id}"),
        lambda record: shelf.web.delete(f"{JOBS}/{record.job_id}/share"),
        expire,
    )
    for end in ways:
        record = put(shelf)
        path = link_of(shelf.web, record.job_id)
        assert shelf.web.get(f"{path}/model.glb").status_code == 200
        end(record) if end is not expire else expire(shelf)
        for part in PARTS:
            said = refused_page(shelf.web.get(path + part))
            assert said == "this link leads nowhere, or does not any more"
        assert not list(shelf.store.redis.scan_iter("meshkiln:share:*"))  # nothing piles up


def expire(shelf: Shelf) -> None:
    """Retention, when all jobs are too old."""
    settings = shelf.settings.model_copy(update={"keep_days": 1.0})
    inputs, outputs = Inputs(settings), Outputs(settings)
    assert Retention(settings, shelf.store, inputs, outputs).take_turn(time.time() + 90_000)


def test_result_that_was_deleted_is_not_shared(shelf: Shelf):
    record = put(shelf)
    shelf.web.delete(f"{JOBS}/{record.job_id}/result")
    refused(shelf.web.post(f"{JOBS}/{record.job_id}/share", json={}), 410, "NOT_FOUND")


def test_files_that_were_removed_by_hand_are_not_found_and_not_told_of(shelf: Shelf):
    record = put(shelf)
    path = link_of(shelf.web, record.job_id)
    (shelf.folder(record) / "output.glb").unlink()
    assert record.job_id not in refused_page(shelf.web.get(f"{path}/model.glb"))


def test_job_without_a_glb_is_not_shared(shelf: Shelf):
    ply = {**GLB, "name": "output.ply", "media_type": "model/ply"}
    record = put(shelf, files=[ply])
    answer = shelf.web.post(f"{JOBS}/{record.job_id}/share", json={})
    refused(answer, 409, "API_ERROR", "share needs a GLB")
    assert shelf.web.get(f"/view/{record.job_id}").status_code == 409
    assert shelf.web.get(f"/view/{record.job_id}", headers=BROWSER).status_code == 409


def test_job_that_is_not_done_or_not_there_is_not_shared(at_desk: Client):
    waiting = submit(at_desk, TEXT_MESH, text_prompt="a cube")
    refused(at_desk.post(f"{JOBS}/{waiting}/share", json={}), 409, "API_ERROR", "queued")
    refused(at_desk.delete(f"{JOBS}/{'0' * 32}/share"), 404, "NOT_FOUND")
    for job_id in ("0" * 32, "nonsense"):
        refused(at_desk.post(f"{JOBS}/{job_id}/share", json={}), 404, "NOT_FOUND")
    assert at_desk.delete(f"{JOBS}/{waiting}/share").json()["ended"] is False
    refused_page(at_desk.get(f"/view/{waiting}"), 409)


def web_of(folder: Path, redis_url: str, **settings: Any) -> Any:
    values = {"data_dir": folder, "redis_url": redis_url, **settings}
    return create_app(Settings(_env_file=None).model_copy(update=values)).test_client()


def test_switched_off_there_are_no_pages_and_no_links_until_they_are_on_again(
    shelf: Shelf, tmp_path: Path, redis_url: str
):
    record = put(shelf)
    path = link_of(shelf.web, record.job_id)
    off = web_of(tmp_path, redis_url, share_pages=False)
    for name in (path, f"/view/{record.job_id}"):
        for part in PARTS:
            assert "switched off" in refused_page(off.get(name + part))
    page = off.get(path, headers=BROWSER)
    assert (page.status_code, "switched off" in page.text) == (404, True)
    answer = off.post(f"{JOBS}/{record.job_id}/share", json={})
    refused(answer, 404, "NOT_FOUND", "switched off", "MESHKILN_SHARE_PAGES")
    assert shelf.web.get(f"{path}/model.glb").status_code == 200
    # A link can be ended all the same: it would lead somewhere again when they are on.
    assert off.delete(f"{JOBS}/{record.job_id}/share").json["ended"] is True
    assert shelf.web.get(f"{path}/model.glb").status_code == 404


def test_job_of_a_key_is_shared_by_that_key_and_seen_by_all_who_have_the_link(
    shelf: Shelf, tmp_path: Path, redis_url: str
):
    keys = {name: new_key(tmp_path / "data" / "api-keys", name) for name in ("a", "b")}
    time.sleep(2 * LOOK_S)
    record = put(shelf, key_client_name("a"))
    mine, other = ({"Authorization": f"Bearer {keys[name]}"} for name in ("a", "b"))
    path = f"{JOBS}/{record.job_id}/share"
    for headers in ({}, other):
        refused(shelf.web.post(path, json={}, headers=headers), 404, "NOT_FOUND")
        refused(shelf.web.delete(path, headers=headers), 404, "NOT_FOUND")
        refused_page(shelf.web.get(f"/view/{record.job_id}", headers=headers))
    assert shelf.web.get(f"/view/{record.job_id}", headers=mine).status_code == 200
    link = body_of(shelf.web.post(path, json={}, headers=mine))["url"]
    for headers in ({}, other, mine):
        for part in PARTS:
            answer = shelf.web.get(link + part, headers=headers)
            assert answer.status_code == 200
            said = answer.get_data() + str(answer.headers).encode()
            assert record.job_id.encode() not in said
            assert record.client.encode() not in said
    wrong = {"Authorization": "Bearer nonsense"}
    assert shelf.web.get(link, headers=wrong).status_code == 401  # never passes as no key


def test_redis_that_is_away_is_said_in_plain_words(tmp_path: Path):
    answer = web_of(tmp_path, "redis://127.0.0.1:1/0").get("/view/" + "x" * 24)
    assert "try again" in refused_page(answer, 503)
