"""The files behind the studio's view: how they come, what cannot be shown, downloads, sharing, and use as an input."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from serving.keys import new_key
from tests.serving.conftest import living
from tests.serving.live import Server
from tests.serving.second_api import JOBS, RAW_MESH
from tests.serving.small_glbs import boxes, packed
from tests.serving.studio_browser import OpenStudio
from tests.serving.studio_history import CONNECTION, CUT, card
from tests.serving.studio_view import (
    HEAR,
    RAW_TEXT,
    SEGMENT,
    STILL,
    View,
    assert_is_a_picture,
    made,
    view,
)

__all__ = ["view"]  # a fixture

EMPTY = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"name": "box"}]}


def test_without_webgl_downloads_still_work(open_studio: OpenStudio, server):
    def without(studio):
        studio.page.add_init_script(
            "HTMLCanvasElement.prototype.getContext = function () { return null; }"
        )

    view = View(open_studio(server, before=without))
    view.tell("show", job=made(view, RAW_TEXT, text_prompt="a sword"))
    view.becomes("error")
    expect(view.page.locator(".vp-cover")).to_contain_text("WebGL 2 is missing")
    view.page.locator('[data-menu="download"]').click()
    with view.page.expect_download() as saved:
        view.page.locator("a.vp-menu-row", has_text="GLB").first.click()
    assert saved.value.path().read_bytes()[:4] == b"glTF"


def test_a_result_is_downloaded_in_any_format_and_handed_on(view: View):
    view.page.evaluate(HEAR, ["use-as-input", "pane"])
    job = made(view, RAW_TEXT, text_prompt="a sword")
    view.show(job)
    offered = view.studio.client.get("/api/v1/system/supported-formats").json()
    menu = view.page.locator("#vp-download-list")
    view.page.locator('[data-menu="download"]').click()
    for kind in offered["output_formats"]["mesh"]:
        expect(menu.get_by_text(re.compile(f"^{kind}\\b", re.IGNORECASE)).first).to_be_visible()
    heads = {"GLB": b"glTF", "STL": b"", "OBJ": b"PK", "All of the mesh": b"PK"}
    for label, head in heads.items():
        with view.page.expect_download() as saved:
            menu.locator(".vp-menu-row", has_text=label).first.click()
        body = saved.value.path().read_bytes()
        assert len(body) > 500
        assert body.startswith(head), label
        assert re.fullmatch(r"a_sword\.(glb|stl|zip)", saved.value.suggested_filename), label
    expect(view.page.locator("#alerts")).to_contain_text("STL holds triangles alone")
    view.page.locator('[data-menu="use"]').click()
    choices = view.page.locator("#vp-use-list button")
    names = choices.evaluate_all("all => all.map((one) => one.dataset.feature)")
    rows = view.studio.client.get("/api/v1/system/features").json()["features"]
    takes = [row["name"] for row in rows if _needs_mesh(row)]
    assert sorted(names) == sorted(takes)
    choices.filter(has_text="Rig").click()
    heard = view.page.evaluate("() => window.heard")
    assert ["pane", {"name": "composer"}] in heard
    assert [
        (name, detail["feature"], detail["job"]["job_id"])
        for name, detail in heard
        if name == "use-as-input"
    ] == [("use-as-input", "auto_rig", job["job_id"])]


def _needs_mesh(feature) -> bool:
    return any(row["name"] == "mesh" and row["required"] for row in feature["inputs"])


def test_a_result_in_another_format_is_shown_by_its_glb_and_data_is_not(view: View):
    sword = made(view, RAW_TEXT, text_prompt="a sword", output_format="obj")
    view.show(sword)
    assert_is_a_picture(view.picture())
    mesh = made(view, RAW_TEXT, text_prompt="a chair")["result"]["output_mesh_path"]
    labels = made(view, SEGMENT, mesh_path=mesh, num_parts=3, output_format="json")
    view.tell("show", job=labels)
    view.becomes("error")
    expect(view.page.locator(".vp-cover")).to_contain_text("data without a mesh")
    expect(view.page.locator('[data-menu="download"]')).to_be_enabled()


def test_a_result_is_shared_by_a_link_and_the_link_is_ended(view: View):
    sword, chair = (made(view, RAW_TEXT, text_prompt=what) for what in ("a sword", "a chair"))
    view.show(sword)
    view.page.get_by_role("button", name="Share").click()
    dialog = view.page.get_by_role("dialog", name="Share this result")
    link = dialog.get_by_label("Link").input_value()
    assert link.startswith(view.studio.wire.url + "/view/")
    path = link.removeprefix(view.studio.wire.url)
    assert view.studio.client.get(path).status_code == 200
    # Another result may come into the view behind the dialog: what is done in it is done to the link it shows.
    view.show(chair)
    with view.page.expect_response("**/share") as titled:
        dialog.get_by_label("titled with the prompt").check()
    assert sword["job_id"] in titled.value.url
    expect(dialog.get_by_label("Link")).to_have_value(link)
    dialog.get_by_role("button", name="Stop sharing").click()
    expect(dialog).to_be_hidden()
    expect(view.page.locator("#alerts")).to_contain_text("leads nowhere")
    assert view.studio.client.get(path).status_code == 404
    of_picture = made(view, RAW_MESH)
    view.show(of_picture)  # there is no prompt to title a page with
    view.page.get_by_role("button", name="Share").click()
    expect(dialog.get_by_role("button", name="Copy")).to_be_visible()
    expect(dialog.get_by_label("titled with the prompt")).to_be_hidden()
    assert view.studio.client.delete(f"{JOBS}/{of_picture['job_id']}").ok
    expect(dialog).to_be_hidden()
    view.becomes("empty")


def test_a_result_that_could_not_be_reached_is_shown_when_it_can(view: View):
    view.studio.expects(*CUT)
    sword = made(view, RAW_TEXT, text_prompt="a sword")
    expect(card(view.studio, sword["job_id"])).to_be_visible()
    view.preview(boxes(["box"]))
    view.studio.wire.cut()
    view.tell("show", job=sword)
    view.becomes("error")
    expect(view.page.locator(CONNECTION)).to_contain_text("cannot be reached")
    view.studio.wire.mend()
    view.becomes("ready")


@pytest.fixture(scope="module")  # so that it outlives the page
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server with a lane where a key is needed and nothing is shared, and a key."""
    folder = tmp_path_factory.mktemp("strict")
    key = new_key(folder / "data" / "api-keys", "someone")
    with living(Server(folder, share_pages="false")) as started:
        yield started, key


def test_with_a_key_files_are_fetched_with_it_and_sharing_may_be_switched_off(
    open_studio: OpenStudio, strict_server: tuple[Server, str]
):
    server, key = strict_server
    view = View(open_studio(server, key=key, **STILL))
    view.show(made(view, RAW_TEXT, text_prompt="a sword"))
    assert_is_a_picture(view.picture())
    view.page.locator('[data-menu="download"]').click()
    assert view.page.locator("#vp-download-list a").count() == 0  # a link would go without the key
    with view.page.expect_download() as saved:
        view.page.locator(".vp-menu-row", has_text="GLB").first.click()
    assert saved.value.path().read_bytes()[:4] == b"glTF"
    assert saved.value.suggested_filename == "a_sword.glb"
    view.studio.expects("404: .*/share", "console: .* 404 ")
    share = view.page.get_by_role("button", name="Share")
    share.click()
    expect(view.page.locator("#alerts")).to_contain_text("switched off")
    expect(share).to_be_hidden()


def test_what_is_asked_for_later_is_shown_however_long_the_first_takes(view: View):
    sword = made(view, RAW_TEXT, text_prompt="a sword")
    asked = []
    view.page.route("**/download*", lambda route: asked.append(route))  # nobody answers yet
    view.tell("show", job=sword)
    view.becomes("loading")
    view.preview(boxes(["box"]), name="other.glb")
    for route in asked:
        route.abort()
    view.settle()
    expect(view.page.locator(".vp-title:visible")).to_have_text("other.glb")
    view.becomes("ready")


def test_a_mesh_that_is_still_converted_is_asked_for_again(view: View):
    sword = made(view, RAW_TEXT, text_prompt="a sword")
    view.studio.expects("503: .*/download", "console: .* 503 ")
    busy = {"Retry-After": "1", "Content-Type": "application/json"}
    view.page.route(
        "**/download*", lambda route: route.fulfill(status=503, headers=busy, body="{}"), times=1
    )
    view.tell("show", job=sword)
    expect(view.page.locator(".vp-cover")).to_contain_text("asking again in 1 s")
    view.becomes("ready")


def test_what_cannot_be_shown_is_said_in_words(view: View):
    draco = {"asset": {"version": "2.0"}, "extensionsRequired": ["KHR_draco_mesh_compression"]}
    for glb, words in (
        (b"solid nothing at all, a text", "not a GLB file"),
        (packed(draco), "compressed with Draco"),
        (
            packed({"asset": {"version": "2.0"}, "buffers": [{"uri": "http://x.test/a.bin"}]}),
            "other files",
        ),
        (packed({"asset": {"version": "2.0"}}), "holds no scene"),
        (packed(EMPTY), "nothing that can be seen"),
        (packed({**EMPTY, "nodes": [{"mesh": 7}]}), "damaged"),
    ):
        view.preview(glb, then="error")
        expect(view.page.locator(".vp-cover")).to_contain_text(words)
    view.preview(boxes(["box"]))
    expect(view.page.locator(".vp-cover")).to_be_hidden()
