"""The studio's history where the connection fails, where keys are used, and where there is much of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.keys import new_key, remove_key
from serving.settings import Settings
from serving.storage.clients import client_name
from tests.serving.conftest import living
from tests.serving.live import Server
from tests.serving.second_api import V1
from tests.serving.stored_jobs import new_record
from tests.serving.studio_browser import OpenStudio, Studio, picture_of
from tests.serving.studio_history import (
    CONNECTION,
    CUT,
    button,
    card,
    cards,
    expect_state,
    rehearse,
    requests_of,
)

TEXT_MESH = f"{V1}/mesh-generation/text-to-textured-mesh"
STREAM = "**/api/v1/system/events*"
HISTORY = "/system/jobs/history"
# Much for a page, little for a test.
MANY = 500


@pytest.fixture
def house(open_studio: OpenStudio, rehearsal_server: Server) -> Studio:
    """The studio of a server with one lane, whose jobs do as they are told."""
    return open_studio(rehearsal_server)


def settled(studio: Studio) -> None:
    """The list is there, and live."""
    expect(studio.page.locator(".history-empty")).to_be_visible()
    expect(studio.page.locator(CONNECTION)).to_be_hidden()


# Connections


def test_a_stream_that_was_cut_goes_on_where_it_ended(house):
    house.expects(*CUT)
    job_id = rehearse(house, sleep_s=4, steps=40)
    expect_state(house, job_id, "processing")
    lists = len(requests_of(house, HISTORY))
    with house.page.expect_request(STREAM) as again:
        house.wire.drop()
    assert again.value.header_value("last-event-id")
    expect_state(house, job_id, "completed")
    assert len(requests_of(house, HISTORY)) == lists


def test_what_happens_while_the_server_is_out_of_reach_is_there_afterwards(house):
    house.expects(*CUT)
    settled(house)
    running = rehearse(house, sleep_s=2, steps=20)
    expect_state(house, running, "processing")
    house.wire.cut()
    expect(house.page.locator(CONNECTION)).to_contain_text("cannot be reached")
    missed, gone = rehearse(house), rehearse(house)
    assert house.ended(gone)["status"] == "completed"
    expect_state(house, running, "processing")
    house.wire.mend()
    expect_state(house, running, "completed")
    expect_state(house, missed, "completed")
    expect(house.page.locator(CONNECTION)).to_be_hidden()
    after = rehearse(house)
    expect_state(house, after, "completed")


def test_offline_is_said_at_once_and_ends_by_itself(house):
    house.expects(*CUT)
    settled(house)
    house.page.context.set_offline(True)
    expect(house.page.locator(CONNECTION)).to_contain_text("cannot be reached")
    job_id = rehearse(house)
    house.ended(job_id)
    house.page.context.set_offline(False)
    expect_state(house, job_id, "completed")
    expect(house.page.locator(CONNECTION)).to_be_hidden()


def test_where_streams_are_refused_it_asks_every_few_seconds(open_studio, rehearsal_server):
    def refuse(studio: Studio) -> None:
        studio.expects("^503: .*/events", "console: .*503")
        studio.page.route(
            STREAM, lambda route: route.fulfill(status=503, json={"error": "API_ERROR"})
        )

    studio = open_studio(rehearsal_server, before=refuse)
    expect(studio.page.locator(CONNECTION)).to_contain_text("every few seconds")
    job_id = rehearse(studio, sleep_s=3, steps=30)
    expect_state(studio, job_id, "processing")
    expect_state(studio, job_id, "completed")
    studio.page.unroute(STREAM)
    expect(studio.page.locator(CONNECTION)).to_be_hidden()
    expect_state(studio, rehearse(studio), "completed")


def test_jobs_of_another_address_are_not_shown(open_studio, house):
    other = open_studio(house.server)
    expect_state(house, rehearse(house), "completed")
    expect_state(other, rehearse(other), "completed")
    for studio in (house, other):
        expect(cards(studio)).to_have_count(1)


def test_a_tab_that_nobody_sees_gives_its_connection_back(open_studio, rehearsal_server):
    """A browser has six for a server, over all tabs."""
    studio = open_studio(rehearsal_server, before=lambda studio: studio.page.clock.install())
    settled(studio)
    with studio.page.expect_event("requestfailed", lambda request: "/events" in request.url):
        see(studio, False)
        studio.page.clock.fast_forward(2_500)
    job_id = rehearse(studio)
    studio.ended(job_id)
    with studio.page.expect_request(STREAM):
        see(studio, True)
    expect_state(studio, job_id, "completed")
    expect(studio.page.locator(CONNECTION)).to_be_hidden()


def see(studio: Studio, is_seen: bool) -> None:
    """Have the page think that its tab is looked at, or not."""
    studio.page.evaluate(
        """(isSeen) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => !isSeen });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_seen,
    )


# Keys


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    """The tokens of the server's keys, by name. Filled when the server starts."""
    return {}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, tokens: dict[str, str]) -> Iterator[Server]:
    """A server with a lane and two keys."""
    folder = tmp_path_factory.mktemp("keyed")
    for name in ("a", "b"):
        tokens[name] = new_key(folder / "data" / "api-keys", name)
    with living(Server(folder)) as started:
        yield started


def test_holders_of_keys_do_not_see_each_others_jobs(open_studio, keyed, tokens):
    mine = open_studio(keyed, key=tokens["a"])
    theirs = open_studio(keyed, key=tokens["b"])
    job_id = mine.submit(TEXT_MESH, text_prompt="a red car")
    expect_state(mine, job_id, "completed")
    assert picture_of(card(mine, job_id).locator("img")).grey_levels > 50  # fetched with the key
    other = theirs.submit(TEXT_MESH, text_prompt="a cup")
    expect_state(theirs, other, "completed")
    for studio in (mine, theirs):
        expect(cards(studio)).to_have_count(1)
    use_key(theirs, tokens["a"])
    expect(card(theirs, job_id)).to_be_visible()
    expect(cards(theirs)).to_have_count(1)


def test_a_key_that_is_not_known_any_more_is_asked_for(open_studio, keyed, tokens):
    folder: Path = keyed.data_dir / "data" / "api-keys"
    studio = open_studio(keyed, key=new_key(folder, "leaves"))
    settled(studio)
    studio.expects("^401: ", "console: .*401", *CUT)
    remove_key(folder, "leaves")
    studio.wire.drop()
    expect(studio.page.locator("dialog[open]")).to_contain_text("API key")
    use_key(studio, tokens["b"])
    expect(studio.page.locator(CONNECTION)).to_be_hidden()


def test_a_key_that_is_forgotten_in_one_tab_leaves_nothing_of_its_holder_in_any(
    open_studio, keyed, tokens
):
    mine = open_studio(keyed)
    use_key(mine, tokens["a"], for_good=True)
    mine.client.headers["Authorization"] = f"Bearer {tokens['a']}"
    job_id = mine.submit(TEXT_MESH, text_prompt="a red car")
    expect_state(mine, job_id, "completed")
    button(mine, job_id, "open").click()
    pane, canvas = mine.page.locator("#viewport"), mine.page.locator("canvas.vp-canvas")
    expect(pane).to_have_attribute("data-state", "ready")
    expect(canvas).not_to_have_attribute("data-triangles", "0")
    pane.locator('[data-menu="use"]').click()
    pane.locator("#vp-use-list button", has_text="Rig").click()
    held = mine.page.locator('#composer [data-slot="mesh"][data-filled]')
    expect(held).to_contain_text("a red car")
    other = mine.page.context.new_page()
    other.goto(mine.wire.url)
    choose_text(other)
    other.locator("#composer textarea").first.fill("a secret chair")
    pane.get_by_role("button", name="Share").click()
    expect(mine.page.get_by_role("dialog")).to_be_visible()
    # Forgotten in the other tab.
    other.locator("#key-button").click()
    other.get_by_role("button", name="Forget the key").click()
    for page in (mine.page, other):
        expect(page.locator("#key-button")).to_have_text("API key")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator("#viewport")).to_have_attribute("data-state", "empty")
        expect(page.locator("body")).not_to_contain_text("a red car")
        expect(page.locator(".job:visible")).to_have_count(0)
    expect(held).to_have_count(0)
    expect(pane.locator('[data-menu="download"]')).to_be_disabled()
    assert "#job" not in mine.page.url
    expect(canvas).to_have_attribute("data-triangles", "0")
    expect(other.locator("#composer textarea").first).to_have_value("")
    assert "secret" not in other.evaluate("() => JSON.stringify({...localStorage})")


def choose_text(page: Page) -> None:
    page.locator('#composer [data-choice="task"]').get_by_text("Generate", exact=True).click()
    page.locator('#composer [data-choice="feature"]').get_by_text("Text, plain").click()


def use_key(studio: Studio, token: str, for_good: bool = False) -> None:
    dialog = studio.page.locator("dialog[open]")
    if not dialog.count():
        studio.page.locator("#key-button").click()
    dialog.locator("#key-input").fill(token)
    dialog.locator("#key-for-good").set_checked(for_good)
    dialog.get_by_role("button", name="Use this key").click()
    expect(dialog).to_have_count(0)


# Much


def fill(server: Server, address: str, number: int) -> list[JobRecord]:
    """So many jobs of an address that have failed, oldest first; every fifth of another feature."""
    store = JobStore(server.store.redis, Settings(_env_file=None, submits_per_minute=0))
    now_s, records = time.time(), []
    for at in range(number):
        feature = "auto_rig" if at % 5 == 0 else "image_to_raw_mesh"
        record = new_record(
            client_name(address),
            feature=feature,
            created_at=now_s - number + at,
            shown={"image_name": f"thing {at}.png"},
        )
        store.save(record)
        store.fail(record, "JOB_FAILED", "it did not work", now_s)
        records.append(record)
    return records


def test_many_jobs_come_page_by_page_and_can_be_searched(open_studio, desk_server):
    studio = open_studio(desk_server, path=None)
    records = fill(desk_server, studio.client.address, MANY)
    studio.open()
    expect(cards(studio)).to_have_count(50)
    shown = studio.page.locator(".job h3").all_text_contents()
    assert shown == [f"thing {MANY - 1 - at}.png" for at in range(50)]
    # By its kind: more are asked of the server, and none of another kind between them.
    studio.page.locator("#history-feature").select_option("auto_rig")
    expect(cards(studio)).to_have_count(50)
    studio.page.locator("#history-feature").select_option("")
    expect(cards(studio)).to_have_count(50)
    studio.page.locator("#history-search").fill("no such thing")
    expect(studio.page.locator(".history-empty")).to_contain_text("None of the ")
    expect(studio.page.locator(".history-more")).to_be_visible()
    studio.page.locator("#history-search").fill("")
    # To the end by scrolling.
    while (number := cards(studio).count()) < MANY:
        cards(studio).last.scroll_into_view_if_needed()
        expect(cards(studio)).not_to_have_count(number)
    expect(cards(studio)).to_have_count(MANY)
    expect(studio.page.locator(".history-more")).to_be_hidden()
    studio.page.locator("#history-search").fill("thing 123")
    expect(cards(studio)).to_have_count(1)
    assert cards(studio).get_attribute("data-job-id") == records[123].job_id
    studio.page.locator("#history-search").fill("no such thing")
    expect(studio.page.locator(".history-empty")).to_be_visible()


def test_up_and_down_go_from_card_to_card(open_studio, desk_server):
    studio = open_studio(desk_server, path=None)
    newest_first = [
        record.job_id for record in reversed(fill(desk_server, studio.client.address, 3))
    ]
    studio.open()
    expect(cards(studio)).to_have_count(3)
    button(studio, newest_first[0], "remove").focus()
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowDown", 2), ("ArrowUp", 1)):
        studio.page.keyboard.press(key)
        expect(button(studio, newest_first[at], "remove")).to_be_focused()
