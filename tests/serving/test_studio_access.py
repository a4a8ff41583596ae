"""The studio and the share page for everybody: axe finds nothing grave, keys reach everything, no size breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.serving.axe import grave_findings
from tests.serving.live import Client, Server
from tests.serving.second_api import JOBS, V1, ended, submit
from tests.serving.studio_browser import WITHIN_MS, OpenStudio, Studio
from tests.serving.wire_tap import Wire

SIZES = {"phone": (375, 800), "desk": (1400, 900), "wall": (2560, 1440)}
SCHEMES = ("light", "dark")
PANES = ("Input", "View", "History")
DOES_NOT_FIT = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# The element with the focus: what it is, whether it can be seen, and whether one sees that it has the focus.
FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const box = it.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(it);
  const name = it.id || it.getAttribute("aria-label") || it.textContent.trim() || it.name || it.tagName;
  const seen = box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  const pane = it.closest(".pane")?.id ?? (it.closest("header") ? "header" : "");
  return { name: name.slice(0, 40), pane, seen, marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
}"""


@dataclass(frozen=True)
class Maker:
    """Who has made a few things: a split chair, and a prompt that means nothing; and the chair's share page."""

    client: Client
    parts_id: str
    failed_id: str
    view: str


@pytest.fixture(scope="module")
def maker(server: Server) -> Iterator[Maker]:
    client = Client(server, "127.32.0.1")
    chair = ended(
        client, submit(client, f"{V1}/mesh-generation/text-to-raw-mesh", text_prompt="a chair")
    )
    path = chair["result"]["output_mesh_path"]
    parts_id = submit(client, f"{V1}/mesh-segmentation/segment-mesh", mesh_path=path, num_parts=4)
    prompt = "the essence of bureaucracy"
    failed_id = submit(client, f"{V1}/mesh-generation/text-to-raw-mesh", text_prompt=prompt)
    assert ended(client, parts_id)["status"] == "completed"
    assert ended(client, failed_id)["status"] == "failed"
    view = client.post(f"{JOBS}/{chair['job_id']}/share", json={}).json()["url"]
    yield Maker(client, parts_id, failed_id, view)
    client.close()


@pytest.fixture(scope="module")
def made(studio_chromium: Browser, maker: Maker) -> Iterator[Page]:
    """The studio of somebody who has made a few things."""
    wire = Wire(maker.client.server, maker.client.address)
    context = studio_chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(WITHIN_MS)
    page = context.new_page()
    page.goto(wire.url)
    page.locator('body[data-state="ready"]').wait_for()
    yield page
    context.close()
    wire.close()


@pytest.fixture
def page(made: Page) -> Iterator[Page]:
    """That studio at a desk, with no dialog open at the end."""
    resize(made, "desk")
    yield made
    expect(made.locator("dialog[open]")).to_have_count(0)


def resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


def card(page: Page, job_id: str) -> Locator:
    return page.locator(f'.job[data-job-id="{job_id}"]')


def assert_good(page: Page, what: str) -> None:
    """As it is now, in both schemes."""
    assert not page.evaluate(DOES_NOT_FIT), f"{what}: wider than the window"
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert grave_findings(page) == [], f"{what}, {scheme}"


def assert_good_everywhere(page: Page, what: str) -> None:
    for size in SIZES:
        resize(page, size)
        assert_good(page, f"{what}, {size}")


def assert_panes_good(page: Page, what: str) -> None:
    """At each size; one pane after the other where they stand behind each other."""
    for size in ("desk", "wall"):
        resize(page, size)
        assert_good(page, f"{what}, {size}")
    resize(page, "phone")
    for name in PANES:
        page.get_by_role("tab", name=name, exact=True).click()
        assert_good(page, f"{what}, phone, {name}")
    page.get_by_role("tab", name=PANES[0], exact=True).click()


def test_empty_studio(studio: Studio):
    expect(studio.page.locator("#queue-chip")).not_to_have_text("Server")
    assert_panes_good(studio.page, "empty")


def test_studio_with_results(page: Page, maker: Maker):
    card(page, maker.parts_id).locator('button[data-act="open"]').click()
    expect(
        page.locator("#viewport[data-state=ready], #viewport [data-state=ready]").first
    ).to_be_visible()
    page.get_by_role("button", name="Parts", exact=True).click()
    expect(card(page, maker.failed_id)).to_be_visible()
    assert_panes_good(page, "results")


def test_operator_strip(page: Page):
    chip = page.locator("#queue-chip")
    chip.click()
    expect(page.get_by_role("region", name="Machine", exact=True)).to_be_visible()
    assert_good_everywhere(page, "operator")
    resize(page, "desk")
    page.get_by_role("switch", name="Drain").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_good_everywhere(page, "question")
    page.keyboard.press("Escape")
    chip.click()
    expect(page.locator("#operator")).to_be_hidden()


@pytest.mark.parametrize("opener", ["API key", "Copy as curl", "Share"])
def test_dialogs(page: Page, opener: str):
    page.locator('#composer [data-choice="feature"]').get_by_text("Text, plain").click()
    page.locator("#composer textarea").first.fill("a chair")
    button = page.get_by_role("button", name=opener, exact=opener != "API key")
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_good(page, opener)
    resize(page, "phone")
    assert_good(page, f"{opener}, phone")
    resize(page, "desk")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_share_page(studio_chromium: Browser, maker: Maker):
    context = studio_chromium.new_context(reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(maker.client.server.url + maker.view)
        page.locator('body[data-state="ready"]').wait_for(timeout=WITHIN_MS)
        assert_good_everywhere(page, "share page")
        resize(page, "desk")
        names = [stop["name"] for stop in walk(page)]
        assert names[-2:] == ["download", "turning"]
        page.goto(maker.client.server.url + f"/view/{'0' * 24}")
        assert_good_everywhere(page, "no such page")
    finally:
        context.close()


def walk(page: Page, most: int = 150) -> list[dict[str, Any]]:
    """What Tab comes by, from the top of the page to its end."""
    page.evaluate("() => document.activeElement.blur()")
    page.evaluate("() => getSelection().removeAllRanges()")
    stops: list[dict[str, Any]] = []
    while len(stops) < most:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"Tab does not come to an end: {stops[-5:]}")


def test_tab_comes_by_everything_in_order(open_studio: OpenStudio, server: Server):
    studio = open_studio(server)
    studio.page.locator('#composer[data-state="ready"]').wait_for()  # its form comes after the page
    stops = walk(studio.page)
    assert [stop for stop in stops if not (stop["seen"] and stop["marked"])] == []
    panes = [stop["pane"] for stop in stops if stop["pane"]]
    assert list(dict.fromkeys(panes)) == ["header", "composer", "viewport", "history"]
    assert panes == sorted(panes, key=["header", "composer", "viewport", "history"].index)
    names = [stop["name"] for stop in stops]
    for name in (
        "queue-chip",
        "key-button",
        "theme-button",
        "docs-link",
        "generate",
        "Copy as curl",
    ):
        assert name in names
