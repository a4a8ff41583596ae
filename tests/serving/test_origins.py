"""Pages of other sites in a visitor's browser: they may not read, and may not make jobs."""

from __future__ import annotations

import json

import pytest

from serving.web.early_answers import origin_of
from serving.web.origins import allowed_origins, is_foreign, shared_with
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


def head(path: str, *lines: str) -> bytes:
    """The head of a POST of a page of this machine."""
    rows = (
        f"POST {path} HTTP/1.1",
        "Host: localhost:6006",
        "Origin: http://localhost:3000",
        "Connection: close",
        *lines,
    )
    return ("\r\n".join(rows) + 2 * "\r\n").encode()


JSON_TYPE = "Content-Type: application/json"
REFUSED_EARLY = {
    "a bare line feed": (400, head("/image_to_3d", "X: a\nb")),
    "no number of bytes": (400, head("/image_to_3d", JSON_TYPE, "Content-Length: many")),
    "a bad chunk": (
        400,
        head("/image_to_3d", JSON_TYPE, "Transfer-Encoding: chunked") + b"zz\r\nabc\r\n",
    ),
    "a body too large": (413, head("/image_to_3d", JSON_TYPE, f"Content-Length: {10**12}")),
    "a body too large for v1": (
        413,
        head("/api/v1/mesh-generation/image-to-raw-mesh", JSON_TYPE, f"Content-Length: {10**12}"),
    ),
    "an expectation": (417, head("/image_to_3d", "Expect: banana")),
    "a line too long": (431, head("/api/v1/x", "X: " + "a" * 200_000)),
    "no type": (415, head("/api/v1/mesh-generation/image-to-raw-mesh", "Content-Length: 0")),
    "no such route": (404, head("/nothing", "Content-Length: 0")),
}


@pytest.mark.parametrize("name", REFUSED_EARLY)
def test_page_of_this_machine_may_read_why_it_was_refused_however_early(at_desk, name):
    """Without the header a browser tells its page nothing but that the request failed."""
    status, message = REFUSED_EARLY[name]
    answer = at_desk.raw(message)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:300]
    top, _, body = answer.partition(b"\r\n\r\n")
    lines = top.decode().split("\r\n")
    assert "Access-Control-Allow-Origin: http://localhost:3000" in lines
    assert "Vary: Origin" in lines and "Content-Type: application/json" in lines
    assert any("Expose-Headers: " in line and "Retry-After" in line for line in lines)
    assert json.loads(body)["error"]


@pytest.mark.parametrize("name", REFUSED_EARLY)
@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost.evil.example"])
def test_page_of_another_site_may_not_read_that(at_desk, name, origin):
    _, message = REFUSED_EARLY[name]
    answer = at_desk.raw(message.replace(b"http://localhost:3000", origin.encode()))
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"access-control-allow-origin" not in answer.lower()


@pytest.mark.parametrize(
    ("setting", "origin", "said"),
    [
        ("local", "http://localhost:3000", "http://localhost:3000"),
        ("local", "http://evil.example", ""),
        ("*", "http://anywhere.example", "*"),
        ("https://a.example", "https://a.example", "https://a.example"),
        ("https://a.example", "https://b.example", ""),
        ("", "http://localhost", ""),
        ("*", "", ""),
    ],
)
def test_setting_says_who_may_read_an_early_refusal(setting, origin, said):
    assert shared_with(origin, allowed_origins(setting)) == said


@pytest.mark.parametrize(
    ("sent", "origin"),
    [
        (b"GET / HTTP/1.1\r\norigin:http://a\r\nX: y\r\n\r\n", "http://a"),
        (b"GET / HTTP/1.1\r\nOrigin: http://a:1 \r\nX: cut", "http://a:1"),
        (b"GET / HTTP/1.1\r\nX-Origin: http://a\r\n\r\n", ""),
        (b"GET / HTTP/1.1\r\nOrigin: http://a\x00\r\nEvil: b\r\n\r\n", ""),
        (b"Origin: http://a", ""),
        (b"", ""),
    ],
)
def test_origin_is_found_in_what_came_of_a_head(sent, origin):
    assert origin_of(sent) == origin


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
