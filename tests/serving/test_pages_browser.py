"""/docs and /redoc in a real browser, which must ask nobody but this server and complain of nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.serving.live import Server
from tests.serving.studio_browser import WITHIN_MS, Watched

TITLE = "3D Generative Models API"

Open = Callable[[str], Watched]


@pytest.fixture
def open_page(studio_chromium: Browser, desk_server: Server) -> Iterator[Open]:
    """Opens a page of the server, in a browser that has never seen it."""
    context = studio_chromium.new_context(viewport={"width": 1300, "height": 900})
    context.set_default_timeout(WITHIN_MS)

    def open_it(path: str) -> Watched:
        watched = Watched(context.new_page())
        watched.page.goto(desk_server.url + path)
        return watched

    yield open_it
    context.close()


def assert_faultless(watched: Watched, server: Server) -> None:
    watched.assert_asked_nobody_else(server.url)
    assert watched.complaints == []


def operations(server: Server) -> list[tuple[str, str]]:
    paths = requests.get(server.url + "/openapi.json", timeout=10).json()["paths"]
    return [(path, method) for path, methods in paths.items() for method in methods]


def test_docs_shows_every_operation_and_asks_nobody_else(open_page, desk_server):
    watched = open_page("/docs")
    expect(watched.page.locator(".info .title")).to_contain_text(TITLE)
    shown = watched.page.locator(".opblock")
    expect(shown).to_have_count(len(operations(desk_server)))
    expect(watched.page.locator('[data-path="/image_to_3d"]')).to_be_visible()
    assert_faultless(watched, desk_server)


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
    assert_faultless(watched, desk_server)


def test_docs_offers_files_and_fields_of_a_form(open_page, desk_server):
    watched = open_page("/docs")
    page = watched.page
    path = "/api/v1/mesh-generation/upload-image"
    page.locator(f'[data-path="{path}"]').click()
    block = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]'))
    block.locator(".try-out__btn").click()
    expect(block.locator('input[type="file"]')).to_have_count(1)
    assert_faultless(watched, desk_server)


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
    assert_faultless(watched, desk_server)


def test_without_scripts_the_pages_lead_to_the_file(studio_chromium, desk_server):
    context = studio_chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        for path in ("/docs", "/redoc"):
            page.goto(desk_server.url + path)
            expect(page.get_by_role("link", name="openapi.json")).to_be_visible()
    finally:
        context.close()
