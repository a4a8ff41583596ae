"""The operator's strip in a real browser, on a server with a pretended GPU that asks for a key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from serving.keys import new_key
from tests.serving.conftest import living
from tests.serving.house import PLUGIN
from tests.serving.live import Client, Server
from tests.serving.rehearsal import busy_lane, rehearse
from tests.serving.second_api import ended
from tests.serving.studio_browser import DESKTOP, WITHIN_MS, OpenStudio, Studio
from tests.serving.wire_tap import Wire

GPU_MODEL = "rehearsal_gpu_small"
VIEW = "/api/v1/system/operator"
POLL_MS = 3000
KEYS_MISSING = "401"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server with a pretended GPU and a lane of the CPU; and the key that it asks for."""
    folder = tmp_path_factory.mktemp("machine")
    keys = folder / "api-keys"
    key = new_key(keys, "operator")
    settings = {
        "plugin_dir": PLUGIN,
        "rehearsed_gpus": "20480",
        "cpu_lanes": 1,
        "api_keys_file": keys,
    }
    with living(Server(folder / "data", **settings)) as server:
        yield server, key


@pytest.fixture(scope="module")
def studio_with_key(studio_chromium: Browser, machine: tuple[Server, str]) -> Iterator[Studio]:
    """The studio of somebody with a key, opened once; at the end, only what was expected went wrong."""
    server, key = machine
    client = Client(server, "127.33.0.1")
    client.headers["Authorization"] = f"Bearer {key}"
    wire = Wire(server, client.address)
    context = studio_chromium.new_context(viewport=DESKTOP)
    context.set_default_timeout(WITHIN_MS)
    context.add_init_script(f"sessionStorage.setItem('meshkiln.key', '{key}')")
    opened = Studio(context.new_page(), server, wire, client)
    opened.open()
    yield opened
    opened.assert_clean()
    context.close()
    wire.close()
    client.close()


@pytest.fixture
def operated(studio_with_key: Studio) -> Studio:
    """That studio with the strip open."""
    page = studio_with_key.page
    if page.locator("#operator").is_hidden():
        chip_of(page).click()
    expect(tile(page, "Machine")).to_be_visible()
    return studio_with_key


def chip_of(page: Page) -> Locator:
    return page.locator("#queue-chip")


def tile(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def dot_colour(page: Page) -> str:
    colour = "(dot) => getComputedStyle(dot).backgroundColor"
    return str(page.locator("#queue-chip .chip-dot").evaluate(colour))


def test_without_a_lane_the_chip_says_that_nothing_works(
    open_studio: OpenStudio, desk_server: Server
):
    page = open_studio(desk_server).page
    expect(chip_of(page)).to_have_text(re.compile("^No worker"))
    expect(chip_of(page)).to_have_attribute("title", re.compile("No lane lives"))
    told = dot_colour(page)
    page.locator("#queue-chip").evaluate("(chip) => chip.dataset.work = 'going'")
    assert dot_colour(page) != told


def test_without_a_key_the_strip_says_that_one_is_needed(
    open_studio: OpenStudio, machine: tuple[Server, str]
):
    server, key = machine
    studio = open_studio(server)
    studio.expects(KEYS_MISSING)
    chip, strip = chip_of(studio.page), studio.page.locator("#operator")
    expect(chip).to_have_text("Idle")
    expect(chip).to_have_attribute("aria-expanded", "false")
    chip.click()
    expect(strip).to_contain_text("needs an API key")
    expect(tile(studio.page, "Machine")).to_be_hidden()
    asked = studio.asked.count(studio.wire.url + VIEW)
    studio.page.wait_for_timeout(POLL_MS + 500)
    assert studio.asked.count(studio.wire.url + VIEW) == asked  # the answer would be the same
    strip.get_by_role("button", name="Enter an API key").click()
    studio.page.get_by_label("Key", exact=True).fill(key)
    studio.page.get_by_role("button", name="Use this key").click()
    expect(tile(studio.page, "Machine")).to_be_visible()
    expect(strip).not_to_contain_text("needs an API key")


def test_what_the_server_does_is_told_and_ordered(operated: Studio, machine: tuple[Server, str]):
    page, client = operated.page, operated.client
    expect(tile(page, "Machine")).to_contain_text("0 waiting, 0 running")
    disk = tile(page, "Machine").get_by_role("meter", name="Disk")
    expect(disk).to_have_attribute("aria-valuetext", re.compile("GB free"))
    memory = tile(page, "GPUs").get_by_role("meter", name="Memory")
    expect(tile(page, "GPUs")).to_contain_text("0: Rehearsed GPU")
    expect(memory).to_have_attribute("aria-valuenow", "0")

    job_id = rehearse(client, model_preference=GPU_MODEL)
    assert ended(client, job_id)["status"] == "completed"
    row = tile(page, "Lanes").get_by_role("listitem").filter(has_text=GPU_MODEL).last
    expect(row).to_contain_text(re.compile(r"idle for \d+ s, \d\.\d GiB"))
    expect(memory).not_to_have_attribute("aria-valuenow", "0")

    page.get_by_role("button", name=f"Unload {GPU_MODEL}").click()
    expect(page.locator("#alerts")).to_contain_text(f"{GPU_MODEL}: 1 model process leaves.")
    expect(tile(page, "Lanes")).not_to_contain_text(GPU_MODEL)
    expect(memory).to_have_attribute("aria-valuenow", "0")


def test_failures_are_told_as_text(operated: Studio):
    page = operated.page
    job_id = rehearse(operated.client, fault="fail")
    failed = ended(operated.client, job_id)
    row = tile(page, "Last errors").get_by_role("listitem").first
    assert failed["error_code"] == "JOB_FAILED"
    for words in ("Rehearsal", failed["error_code"], failed["error"], " s ago"):
        expect(row).to_contain_text(words)
    expect(tile(page, "Last errors").get_by_role("listitem")).to_have_count(
        1
    )  # the lane tells the same


def test_draining_is_asked_about_and_ended_at_once(operated: Studio):
    page, client = operated.page, operated.client
    switch = tile(page, "Draining").get_by_role("switch")
    switch.click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("What runs goes on to its end")
    all_is_well = dot_colour(page)
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(switch).to_be_focused()
    expect(switch).to_have_attribute("aria-checked", "false")

    switch.click()
    question.get_by_role("button", name="Drain").click()
    expect(chip_of(page)).to_have_text("Draining")
    assert dot_colour(page) != all_is_well
    expect(switch).to_have_attribute("aria-checked", "true")
    job_id = rehearse(client)
    expect(chip_of(page)).to_have_text("Draining, 1 waiting")
    switch.click()
    assert ended(client, job_id)["status"] == "completed"
    expect(chip_of(page)).to_have_text("Idle")


def test_the_chip_counts_and_the_focus_stays(operated: Studio):
    page = operated.page
    switch = tile(page, "Draining").get_by_role("switch")
    switch.focus()
    with busy_lane(operated.client):
        expect(chip_of(page)).to_have_text("1 running")
        expect(chip_of(page)).to_have_attribute("aria-label", "Server: 1 running")
        expect(switch).to_be_focused()
        page.get_by_role("button", name="Unload").first.focus()
        for _ in range(2):
            with page.expect_response(f"**{VIEW}"):
                pass
        expect(page.get_by_role("button", name="Unload").first).to_be_focused()


def test_escape_closes_the_strip_and_nothing_is_asked_any_more(operated: Studio):
    page = operated.page
    tile(page, "Draining").get_by_role("switch").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#operator")).to_be_hidden()
    expect(chip_of(page)).to_be_focused()
    expect(chip_of(page)).to_have_attribute("aria-expanded", "false")
    page.wait_for_timeout(500)
    asked = operated.asked.count(operated.wire.url + VIEW)
    page.wait_for_timeout(POLL_MS + 500)
    assert operated.asked.count(operated.wire.url + VIEW) == asked


def test_a_server_that_is_gone_is_told(operated: Studio):
    page = operated.page
    operated.expects("ERR_", "Failed to fetch")
    operated.wire.cut()
    expect(page.locator("#operator")).to_contain_text("cannot be reached")
    expect(tile(page, "Machine")).to_be_visible()
    expect(chip_of(page)).to_have_text("Offline")
    operated.wire.mend()
    expect(page.locator("#operator")).not_to_contain_text("cannot be reached")


def test_built_in_models_are_told_and_unloaded_without_a_gpu(studio: Studio):
    page = studio.page
    assert studio.ended(studio.submit())["status"] == "completed"
    chip_of(page).click()
    expect(tile(page, "GPUs")).to_contain_text("No GPU: built-in models on the CPU")
    # Several models are one process, told by its weights.
    page.get_by_role("button", name="Unload classic", exact=True).click()
    expect(page.locator("#alerts")).to_contain_text("classic: 1 model process leaves.")
