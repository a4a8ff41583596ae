"""The studio's page as it is sent: who gets it, what its policy forbids, its files, and what its files may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from serving.settings import ROOT
from serving.web.studio.assets import assets
from tests.serving.conftest import living
from tests.serving.live import Client, Server
from tests.serving.prefix_proxy import PrefixProxy
from tests.serving.studio_browser import WITHIN_MS, Watched

PAGE_FILES = ROOT / "serving/web/studio/page_files"
BROWSERS = {
    "chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "html": "text/html",
}
PROGRAMS = {"curl": "*/*", "json": "application/json", "either": "application/json, text/html"}
SVG = "http://www.w3.org/2000/svg"
# Text that becomes markup or a program, and other hosts.
FORBIDDEN = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|new Function)\b|\beval\(|https?://[\w.\[$]"
)
OWN_FILES = sorted(
    path for path in PAGE_FILES.rglob("*") if path.suffix in (".html", ".js", ".css", ".svg")
)


class Inline(HTMLParser):
    """What of a page would be a script or a style in itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [name for name in names if name == "style" or name.startswith("on")]


def policy_of(answer: requests.Response) -> dict[str, list[str]]:
    rows = answer.headers["Content-Security-Policy"].split("; ")
    return {name: words.split() for name, _, words in (row.partition(" ") for row in rows)}


def asset_path(name: str) -> str:
    return f"/studio/{assets().digest}/{name}"


@pytest.mark.parametrize("accept", BROWSERS.values(), ids=BROWSERS)
def test_browsers_get_the_page(at_desk: Client, accept: str):
    answer = at_desk.get("/", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]
    assert answer.text.startswith("<!doctype html>")
    assert Inline(answer.text).found == []
    assert "{" not in answer.text


@pytest.mark.parametrize("accept", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_get_json(at_desk: Client, accept: str):
    answer = at_desk.get("/", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["docs_url"] == "/docs"
    assert "Accept" in answer.headers["Vary"]


def test_who_says_nothing_gets_json(at_desk: Client):
    head = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    assert b"\r\nContent-Type: application/json\r\n" in at_desk.raw(head)


def test_head_says_what_get_would(at_desk: Client):
    accept = {"Accept": BROWSERS["chromium"]}
    head, get = at_desk.head("/", headers=accept), at_desk.get("/", headers=accept)
    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "Content-Security-Policy", "Vary"):
        assert head.headers[name] == get.headers[name]


def test_policy_allows_no_inline_no_eval_no_frame_and_no_other_host(at_desk: Client):
    answer = at_desk.get("/", headers={"Accept": "text/html"})
    policy = policy_of(answer)
    said = {word for words in policy.values() for word in words}
    assert said <= {"'none'", "'self'", "'script'", "blob:", "data:"}
    for name in ("default-src", "frame-ancestors", "base-uri", "object-src", "form-action"):
        assert policy[name] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_assets_are_kept_for_good_by_those_who_have_them(at_desk: Client):
    first = at_desk.get(asset_path("main.js"))
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
    again = at_desk.get(asset_path("main.js"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [("gzip", True), ("*", True), ("identity", False), ("gzip;q=0", False)],
)
def test_assets_are_sent_zipped_to_those_who_read_that(
    at_desk: Client, accepted: str, is_zipped: bool
):
    name = "vendor/three/build/three.module.min.js"
    answer = at_desk.get(asset_path(name), headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") is is_zipped
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.content == assets().files[name].body
    assert (int(answer.headers["Content-Length"]) < len(answer.content)) is is_zipped


@pytest.mark.parametrize(
    "path",
    [
        f"/studio/{'0' * 16}/main.js",
        "/studio/{digest}/nothing.js",
        "/studio/{digest}/studio.html",
        "/studio/{digest}/../pages.py",
        "/studio/{digest}/..%2fpages.py",
        "/studio/{digest}/vendor/../../pages.py",
        "/studio/{digest}//etc/passwd",
        "/studio/{digest}/vendor/vendored.toml",
    ],
)
def test_no_other_file_can_be_had(at_desk: Client, path: str):
    line = f"GET {path.format(digest=assets().digest)} HTTP/1.1\r\n"
    answer = at_desk.raw(f"{line}Host: here\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 308 ")), answer[:200]
    assert b"import " not in answer


@pytest.mark.parametrize(
    "path", OWN_FILES, ids=lambda path: path.relative_to(PAGE_FILES).as_posix()
)
def test_own_files_make_no_markup_of_text_and_name_no_other_host(path: Path):
    text = path.read_text("utf-8").replace(SVG, "")
    assert FORBIDDEN.findall(text) == []
    if path.suffix == ".html":
        assert Inline(text).found == []


def test_without_scripts_the_page_says_so(studio_chromium: Browser, desk_server: Server):
    context = studio_chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(desk_server.url)
        expect(page.locator(".noscript")).to_contain_text("This page needs JavaScript")
        expect(page.get_by_role("link", name="openapi.json")).to_be_visible()
    finally:
        context.close()


@pytest.fixture
def behind_a_proxy(tmp_path: Path) -> Iterator[PrefixProxy]:
    with living(Server(tmp_path / "proxied", "web_worker.py", trusted_proxies=1)) as server:
        proxy = PrefixProxy(server, "/tools/mesh")
        yield proxy
        proxy.close()


def test_the_page_works_below_the_path_of_a_proxy(
    studio_chromium: Browser, behind_a_proxy: PrefixProxy
):
    context = studio_chromium.new_context()
    try:
        watched = Watched(context.new_page())
        watched.page.set_default_timeout(WITHIN_MS)
        watched.page.goto(behind_a_proxy.url + "/")
        watched.page.locator('body[data-state="ready"]').wait_for()
        expect(watched.page.locator("#queue-chip")).to_contain_text("No worker")
        watched.page.get_by_role("link", name="API", exact=True).click()
        expect(watched.page.locator(".opblock").first).to_be_visible()
        watched.assert_asked_nobody_else(behind_a_proxy.url)
        assert [said for said in watched.complaints if "ERR_ABORTED" not in said] == []
    finally:
        context.close()
