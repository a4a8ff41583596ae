"""/docs and /redoc in a real browser, which must ask nobody but this server and complain of nothing.

The browser is the system's Chromium; ./setup.sh --test installs it where it may. SKIP_BROWSER_TESTS=1 leaves these out.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving.live import Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHIN_MS = 30_000
TITLE = "3D Generative Models API"

pytestmark = pytest.mark.skipif(
    os.environ.get("SKIP_BROWSER_TESTS") == "1", reason="SKIP_BROWSER_TESTS is 1"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.fail(
            "these tests need Chromium: on Debian, apt-get install chromium (./setup.sh --test does it as root);"
            " or leave them out with SKIP_BROWSER_TESTS=1"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser
        browser.close()


class Watched:
    """One page, and all that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))

    def _answered(self, answer: Any) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status}: {answer.url}")

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def assert_asked_nobody_else(self, server: Server) -> None:
        assert self.asked, "nothing was asked for"
        foreign = [
            url for url in self.asked if not url.startswith((server.url + "/", "data:", "blob:"))
        ]
        assert foreign == []
        assert self.complaints == []


Open = Callable[[str], Watched]


@pytest.fixture
def open_page(browser: Browser, desk_server: Server) -> Iterator[Open]:
    """Opens a page of the server, in a browser that has never seen it."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    context.set_default_timeout(WITHIN_MS)
    expect.set_options(timeout=WITHIN_MS)

    def open_it(path: str) -> Watched:
        watched = Watched(context.new_page())
        watched.page.goto(desk_server.url + path)
        return watched

    yield open_it
    context.close()


def operations(server: Server) -> list[tuple[str, str]]:
    paths = requests.get(server.url + "/openapi.json", timeout=10).json()["paths"]
    return [(path, method) for path, methods in paths.items() for method in methods]


def test_docs_shows_every_operation_and_asks_nobody_else(open_page, desk_server):
    watched = open_page("/docs")
    expect(watched.page.locator(".info .title")).to_contain_text(TITLE)
    shown = watched.page.locator(".opblock")
    expect(shown).to_have_count(len(operations(desk_server)))
    expect(watched.page.locator('[data-path="/image_to_3d"]')).to_be_visible()
    watched.assert_asked_nobody_else(desk_server)


def test_docs_can_try_an_operation_out(open_page, desk_server):
    watched = open_page("/docs")
    page = watched.page
    page.locator('[data-path="/health"]').click()
    block = page.locator(".opblock", has=page.locator('[data-path="/health"]'))
    block.locator(".try-out__btn").click()
    block.locator(".execute").click()
    answer = block.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_have_text(re.compile("200"))
    expect(answer.locator(".response-col_description")).to_contain_text('"healthy"')
    assert watched.asked[-1] == desk_server.url + "/health"
    watched.assert_asked_nobody_else(desk_server)


def test_docs_offers_files_and_fields_of_a_form(open_page, desk_server):
    watched = open_page("/docs")
    page = watched.page
    path = "/api/v1/mesh-generation/upload-image"
    page.locator(f'[data-path="{path}"]').click()
    block = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]'))
    block.locator(".try-out__btn").click()
    expect(block.locator('input[type="file"]')).to_have_count(1)
    watched.assert_asked_nobody_else(desk_server)


def test_redoc_shows_the_operations_and_asks_nobody_else(open_page, desk_server):
    watched = open_page("/redoc")
    page = watched.page
    expect(page.locator("h1").first).to_contain_text(TITLE)
    for path in ("/image_to_3d", "/api/v1/mesh-generation/image-to-raw-mesh", "/openapi.json"):
        expect(page.get_by_text(path, exact=True).first).to_be_attached()
    page.get_by_text("/api/v1/mesh-generation/image-to-raw-mesh", exact=True).first.click()
    expect(page.get_by_text("vertex_limit").first).to_be_visible()
    page.mouse.wheel(0, 20_000)  # what is drawn only when it comes into view
    page.wait_for_load_state("networkidle")
    watched.assert_asked_nobody_else(desk_server)


def test_without_scripts_the_pages_lead_to_the_file(browser, desk_server):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        for path in ("/docs", "/redoc"):
            page.goto(desk_server.url + path)
            expect(page.get_by_role("link", name="openapi.json")).to_be_visible()
    finally:
        context.close()
