"""Pages of other sites in a visitor's browser: they may not read, and may not make jobs."""

from __future__ import annotations

import pytest

from serving.web.origins import allowed_origins, is_foreign
from tests.serving import pictures
from tests.serving.live import assert_refused

PICTURE = pictures.encoded(pictures.disc())
LOCAL = ["http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:5173"]
FOREIGN = [
    "http://evil.example",
    "http://localhost.evil.example",
    "http://localhost:80.evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1@evil.example",
    "http://evil.example/localhost",
    "http://notlocalhost",
    "http://127a0.0.1",
    "ftp://localhost",
    "null",
    "file://",
    "localhost",
    "http://localhost:3000/path",
]


@pytest.mark.parametrize("origin", LOCAL)
def test_page_of_this_machine_may_read_and_make_jobs(at_desk, origin):
    headers = {"Origin": origin}
    assert at_desk.get("/status", headers=headers).headers["Access-Control-Allow-Origin"] == origin
    answer = at_desk.post("/image_to_3d", files={"image": PICTURE}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    asked = {**headers, "Access-Control-Request-Method": "POST"}
    answer = at_desk.options("/image_to_3d", headers=asked)
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_page_of_another_site_may_do_neither(at_desk, origin):
    headers = {"Origin": origin}
    assert "Access-Control-Allow-Origin" not in at_desk.get("/status", headers=headers).headers
    for path in ("/image_to_3d", "/text_to_3d", "/nothing"):
        answer = at_desk.post(path, files={"image": PICTURE}, headers=headers)
        assert_refused(answer, 403, "may not call this server")
        assert "Access-Control-Allow-Origin" not in answer.headers
    asked = {**headers, "Access-Control-Request-Method": "POST"}
    answer = at_desk.options("/image_to_3d", headers=asked)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert at_desk.get("/my_requests").json()["requests"] == []


def test_servers_own_page_may_call_it_by_whatever_name_it_was_asked(at_desk):
    headers = {"Origin": "http://meshes.lan:6006", "Host": "meshes.lan:6006"}
    answer = at_desk.post("/image_to_3d", files={"image": PICTURE}, headers=headers)
    assert answer.status_code == 200


def test_program_without_an_origin_may_call(at_desk):
    assert at_desk.post("/image_to_3d", files={"image": PICTURE}).status_code == 200


@pytest.mark.parametrize(
    ("setting", "origin", "foreign"),
    [
        ("", "http://localhost", True),
        ("", "http://server", False),
        ("*", "http://anywhere.example", False),
        ("https://a.example, https://b.example/", "https://b.example", False),
        ("https://a.example, https://b.example/", "https://c.example", True),
        ("https://a.example", "https://a.example.evil", True),
        ("local", "http://localhost:1", False),
        ("local", "http://localhost:1x", True),
    ],
)
def test_setting_says_who_is_let_in(setting, origin, foreign):
    assert is_foreign(origin, "http://server/", allowed_origins(setting)) is foreign


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}


@pytest.mark.parametrize(
    "host", ["evil.example:6006", "evil.example", "localhost.evil.example:6006"]
)
def test_browser_that_was_led_here_by_a_foreign_name_gets_nothing(at_desk, host):
    headers = {"Host": host, "Origin": f"http://{host}", **BROWSER}
    assert_refused(
        at_desk.get("/my_requests", headers=headers), 403, "by the name", "MESHKILN_CORS_ORIGINS"
    )
    answer = at_desk.post("/image_to_3d", files={"image": PICTURE}, headers=headers)
    assert_refused(answer, 403, "by the name")


@pytest.mark.parametrize(
    "host", ["localhost:6006", "127.0.0.1:6006", "[::1]:6006", "desk.localhost"]
)
def test_browser_may_come_by_any_name_of_this_machine(at_desk, host):
    assert at_desk.get("/my_requests", headers={"Host": host, **BROWSER}).status_code == 200
