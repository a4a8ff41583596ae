"""The history of the studio: what cards show of jobs as they come, and what their buttons do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.serving.live import Server
from tests.serving.pictures import disc, encoded
from tests.serving.rehearsal import busy_lane
from tests.serving.second_api import JOBS, RAW_MESH, V1, job_of, status_of
from tests.serving.studio_browser import OpenStudio, Studio, picture_of
from tests.serving.studio_history import (
    CUT,
    button,
    card,
    cards,
    expect_state,
    rehearse,
    requests_of,
    seeing_states,
    tell,
)

TEXT_MESH = f"{V1}/mesh-generation/text-to-textured-mesh"
HOSTILE = "<img src=x onerror=alert(1)>"  # no object that a model knows: it fails, and is quoted


@pytest.fixture
def house(open_studio: OpenStudio, rehearsal_server: Server) -> Studio:
    """The studio of a server with one lane, whose jobs do as they are told."""
    return open_studio(rehearsal_server)


@pytest.fixture
def busy(house: Studio) -> Iterator[str]:
    """A job of the studio that runs on and on."""
    with busy_lane(house.client) as job_id:
        yield job_id


def test_without_jobs_it_says_so(studio):
    expect(studio.page.locator(".history-empty")).to_contain_text("Nothing here yet")
    expect(cards(studio)).to_have_count(0)


def test_a_job_goes_through_its_stages_to_a_drawn_thumbnail(studio):
    with seeing_states(studio) as seen:
        job_id = studio.submit(TEXT_MESH, text_prompt="a red car")
        expect_state(studio, job_id, "completed")
    expect(card(studio, job_id).locator("h3")).to_have_text("a red car")
    states = [one.split(" ")[1] for one in seen]
    stages = {one.partition("processing ")[2] for one in seen} - {""}
    assert states[-1] == "completed"
    assert "processing" in states
    assert stages - {"Starting"}, seen
    drawn = card(studio, job_id).locator("img")
    expect(drawn).to_be_visible()
    picture = picture_of(drawn)
    assert picture.deviation > 10
    assert picture.grey_levels > 50
    # The stream told all of it: the list was read once, and nobody asked for the job.
    assert len(requests_of(studio, "/system/jobs/history")) == 1
    assert requests_of(studio, f"/system/jobs/{job_id}$") == []


def test_waiting_jobs_show_their_place_and_can_be_cancelled(house, busy):
    first, second = rehearse(house), rehearse(house)
    expect(card(house, first).locator(".job-place")).to_contain_text("Next in line")
    expect(card(house, second).locator(".job-place")).to_contain_text("2nd in line")
    button(house, first, "cancel").click()
    expect_state(house, first, "cancelled")
    expect(card(house, second).locator(".job-place")).to_contain_text("Next in line")
    assert status_of(house.client, first)["status"] == "cancelled"


def test_a_running_job_shows_progress_and_can_be_cancelled(house, busy):
    bar = card(house, busy).locator('[role="progressbar"]')
    expect(bar).to_be_visible()
    expect(card(house, busy).locator(".job-stage")).to_contain_text("Rehearse")
    button(house, busy, "cancel").focus()
    before = bar.get_attribute("aria-valuetext")
    expect(bar).not_to_have_attribute("aria-valuetext", str(before))
    expect(button(house, busy, "cancel")).to_be_focused()  # it was changed in place
    house.page.keyboard.press("Enter")
    expect_state(house, busy, "cancelled")
    expect(button(house, busy, "retry")).to_be_focused()
    assert status_of(house.client, busy)["status"] == "cancelled"


def test_a_failed_job_says_why_and_retry_makes_a_new_one(house):
    job_id = rehearse(house, fault="fail")
    expect_state(house, job_id, "failed")
    failure = card(house, job_id).locator(".job-failure")
    expect(failure).to_contain_text(status_of(house.client, job_id)["error"][1:])
    expect(failure).to_contain_text("JOB_FAILED")
    expect(failure).to_contain_text("Try again")
    # The answer to the first click is lost; the second asks for the same job.
    keys: list[str | None] = []
    house.expects(*CUT)

    def lose_once(route: Route) -> None:
        keys.append(route.request.header_value("idempotency-key"))
        if len(keys) > 1:
            return route.continue_()
        assert route.fetch().ok
        return route.abort("connectionreset")

    house.page.route("**/retry", lose_once)
    button(house, job_id, "retry").click()
    expect(house.page.locator(".alert")).to_contain_text("was not sent again")
    button(house, job_id, "retry").click()
    expect(house.page.locator(".alert")).to_have_count(2)
    assert keys[0]
    assert keys == [keys[0]] * 2
    expect(cards(house)).to_have_count(2)
    again = cards(house).first
    expect(again).to_have_attribute("data-state", "failed")
    assert again.get_attribute("data-job-id") != job_id
    # Its end was told before it was said to be this tab's, and is told as one that was waited for.
    expect(house.page.locator(".alert").last).to_contain_text("failed")


def test_a_reload_in_the_middle_of_a_job_loses_nothing(house):
    job_id = rehearse(house, sleep_s=6, steps=60)
    bar = card(house, job_id).locator('[role="progressbar"]')
    expect(bar).to_be_visible()
    house.page.reload()
    house.ready()
    expect(bar).to_be_visible()
    expect(button(house, job_id, "cancel")).to_be_visible()
    expect_state(house, job_id, "completed")


def test_hostile_names_are_shown_as_text(studio):
    dialogs: list[Dialog] = []
    studio.page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    files = {"image_file": (f"{HOSTILE}.png", encoded(disc()))}
    by_file = job_of(studio.client.post(f"{RAW_MESH}-upload", files=files))
    by_text = studio.submit(TEXT_MESH, text_prompt=HOSTILE)
    expect(card(studio, by_file).locator("h3")).to_have_text(f"{HOSTILE}.png")
    expect(card(studio, by_text).locator("h3")).to_have_text(HOSTILE)
    expect_state(studio, by_file, "completed")
    expect_state(studio, by_text, "failed")
    expect(card(studio, by_text).locator(".job-error")).to_contain_text(HOSTILE)
    assert studio.page.locator('img[src="x"]').count() == 0
    assert dialogs == []


def test_a_result_of_this_tab_opens_by_itself_and_again_after_a_reload(studio):
    job_id = studio.submit(TEXT_MESH, text_prompt="a wooden table")
    submitted = {"job_id": job_id, "feature": "text_to_textured_mesh", "warnings": []}
    tell(studio, "submitted", submitted)
    expect(card(studio, job_id)).to_have_attribute("aria-current", "true")
    assert studio.page.url.endswith(f"#job={job_id}")
    expect(studio.page.locator("#announcer")).to_contain_text("a wooden table: completed")
    studio.page.reload()
    studio.ready()
    expect(card(studio, job_id)).to_have_attribute("aria-current", "true")
    # One that ends before its answer has come: the stream tells of it first.
    quick = studio.submit(TEXT_MESH, text_prompt="a cup")
    expect_state(studio, quick, "completed")
    tell(studio, "submitted", {**submitted, "job_id": quick})
    expect(card(studio, quick)).to_have_attribute("aria-current", "true")


def test_a_picture_that_did_not_come_is_asked_for_when_the_server_is_back(studio):
    studio.expects("ERR_FAILED")
    studio.page.route(re.compile("thumbnail"), lambda route: route.abort(), times=1)
    with studio.page.expect_event("requestfailed", lambda request: "thumbnail" in request.url):
        job_id = studio.submit(TEXT_MESH, text_prompt="a cup")
    drawn = card(studio, job_id).locator("img")
    expect(drawn).to_have_count(0)
    tell(studio, "connection", {"state": "live"})
    expect(drawn).to_be_visible()
    assert picture_of(drawn).grey_levels > 50


def test_open_goes_into_the_address_and_back_again(studio):
    ids = [studio.submit(TEXT_MESH, text_prompt=f"a {what}") for what in ("cup", "chair")]
    for job_id in ids:
        expect_state(studio, job_id, "completed")
        button(studio, job_id, "open").click()
        expect(card(studio, job_id)).to_have_attribute("aria-current", "true")
    expect(button(studio, ids[0], "compare")).to_be_visible()
    expect(button(studio, ids[1], "compare")).to_be_hidden()
    pane = studio.page.locator("#viewport")
    expect(pane).to_have_attribute("data-state", "ready")
    button(studio, ids[0], "compare").click()
    pane.get_by_role("button", name="Swap").click()
    expect(card(studio, ids[0])).to_have_attribute("aria-current", "true")
    assert studio.page.url.endswith(f"#job={ids[0]}")
    pane.get_by_role("button", name="Swap").click()
    expect(card(studio, ids[1])).to_have_attribute("aria-current", "true")
    studio.page.go_back()
    expect(card(studio, ids[0])).to_have_attribute("aria-current", "true")
    assert studio.page.url.endswith(f"#job={ids[0]}")


def test_delete_asks_first(studio):
    job_id = studio.submit(TEXT_MESH, text_prompt="a cup")
    expect_state(studio, job_id, "completed")
    button(studio, job_id, "open").click()
    assert f"#job={job_id}" in studio.page.url
    button(studio, job_id, "remove").click()
    dialog = studio.page.locator("dialog[open]")
    expect(dialog).to_contain_text("a cup")
    dialog.get_by_role("button", name="Keep").click()
    expect(button(studio, job_id, "remove")).to_be_focused()
    assert status_of(studio.client, job_id)["status"] == "completed"
    button(studio, job_id, "remove").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(cards(studio)).to_have_count(0)
    assert studio.client.get(f"{JOBS}/{job_id}").status_code == 410
    assert "#job" not in studio.page.url
    pane = studio.page.locator("#viewport")
    expect(pane).to_have_attribute("data-state", "empty")
    expect(pane).to_contain_text("This result was deleted")
    expect(pane.get_by_role("button", name="Share")).to_be_disabled()


def test_what_is_deleted_elsewhere_leaves_the_list(house):
    job_id = rehearse(house)
    expect_state(house, job_id, "completed")
    assert house.client.delete(f"{JOBS}/{job_id}").status_code == 200
    expect(card(house, job_id)).to_have_count(0)


def test_warnings_are_there_on_request(studio):
    job_id = studio.submit(TEXT_MESH, text_prompt="a yak")
    expect_state(studio, job_id, "completed")
    warnings = card(studio, job_id).locator("details")
    expect(warnings.locator("ul")).to_be_hidden()
    warnings.locator("summary").click()
    expect(warnings.locator("ul")).to_contain_text("NEAREST_MATCH")
