"""The share page in a real browser: the model turns, the file can be had, and what was typed stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import pytest
from playwright.sync_api import Browser, expect

from serving.web.studio.assets import assets
from tests.serving.live import Client, Server
from tests.serving.second_api import JOBS, V1, ended, submit
from tests.serving.studio_browser import (
    DESKTOP,
    HARMLESS,
    WITHIN_MS,
    OpenStudio,
    Picture,
    Watched,
    picture_of,
)

PROMPT = 'a red car <img src=x onerror="document.title=1">{assets}'
HTML = {"Accept": "text/html"}
# model-viewer says so when drawing by software takes long.
SLOW_DRAWING = "rAF timed out"
MAY_BE_SAID = re.compile(f"{SLOW_DRAWING}|{HARMLESS.pattern}")


@dataclass(frozen=True)
class Shared:
    """A result that was made and shared: the link's path, and who shared it."""

    client: Client
    job_id: str
    path: str

    @property
    def url(self) -> str:
        return self.client.server.url + self.path

    def share(self, **wish: bool) -> str:
        answer = self.client.post(f"{JOBS}/{self.job_id}/share", json=wish)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Shared]:
    client = Client(server, "127.31.0.1")
    job_id = submit(client, f"{V1}/mesh-generation/text-to-textured-mesh", text_prompt=PROMPT)
    assert ended(client, job_id)["status"] == "completed"
    made = Shared(client, job_id, "")
    yield Shared(client, job_id, made.share(show_prompt=True))
    client.close()


@pytest.fixture(scope="module")
def view(studio_chromium: Browser, shared: Shared) -> Iterator[Watched]:
    """The share page, with its model in sight and still. Nothing went wrong on it, and nobody else was asked."""
    context = studio_chromium.new_context(viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(WITHIN_MS)
    watched = Watched(context.new_page())
    watched.page.goto(shared.url)
    watched.page.locator('body[data-state="ready"]').wait_for()
    yield watched
    watched.page.locator("body").count()  # what happened until now has been told by then
    context.close()
    watched.assert_asked_nobody_else(shared.client.server.url)
    assert [said for said in watched.complaints if not MAY_BE_SAID.search(said)] == []


def redness(picture: Picture) -> float:
    """Share of pixels that are clearly red."""
    pixels = picture.image.convert("RGB").tobytes()
    red = sum(
        r > 120 and g < r / 2 and b < r / 2
        for r, g, b in zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    )
    return red * 3 / len(pixels)


def test_model_is_drawn_with_its_textures(view: Watched):
    stage = picture_of(view.page.locator("model-viewer"))
    assert stage.deviation > 20
    assert stage.grey_levels > 50
    assert redness(stage) > 0.03
    # Pictures inside a GLB: with a policy that is too strict they are missing, and nothing else says so.
    assert any(url.startswith("blob:") for url in view.asked)
    assert [url for url in view.asked if url.endswith("poster.webp")]


def test_prompt_is_text_and_nothing_else(view: Watched, shared: Shared):
    expect(view.page.locator("h1")).to_have_text(PROMPT)
    expect(view.page).to_have_title(f"{PROMPT} · Meshkiln")
    expect(view.page.locator("model-viewer")).to_have_attribute("alt", f"3D model: {PROMPT}")
    assert view.page.locator("main img, h1 *").count() == 0
    text = shared.client.get(shared.path, headers=HTML).text
    assert "<img src=x" not in text
    assert f'<meta property="og:title" content="{escape(PROMPT)}"' in text


def test_facts_are_told(view: Watched, shared: Shared):
    told = shared.client.get(f"{shared.path}/facts.json").json()
    facts = view.page.locator("#facts")
    for words in ("Text to textured mesh", f"{told['triangles']:,}", told["model"], "GLB, "):
        expect(facts).to_contain_text(words)
    expect(facts).to_contain_text(" \u00d7 ".join(f"{side:.2f}" for side in told["size_m"]))


def test_without_leave_the_prompt_is_not_told(shared: Shared):
    assert shared.share() == shared.path
    try:
        for address in (shared.path, f"{shared.path}/facts.json"):
            assert "red car" not in shared.client.get(address, headers=HTML).text
        assert "Text to textured mesh" in shared.client.get(shared.path, headers=HTML).text
    finally:
        shared.share(show_prompt=True)


def test_the_file_can_be_taken_away(view: Watched):
    with view.page.expect_download() as taken:
        view.page.get_by_role("link", name="Download GLB").click()
    assert taken.value.suggested_filename == "model.glb"
    assert taken.value.path().read_bytes()[:4] == b"glTF"


def test_others_see_a_picture_of_the_link(shared: Shared):
    text = shared.client.get(shared.path, headers=HTML).text
    found = re.search(r'<meta property="og:image" content="([^"]+)"', text)
    assert found
    assert found[1].startswith(shared.client.server.url)
    picture = shared.client.get(found[1].removeprefix(shared.client.server.url))
    assert picture.headers["Content-Type"] == "image/webp"
    assert picture.content[8:12] == b"WEBP"


def test_policy_allows_one_style_and_no_more(shared: Shared):
    rows = shared.client.get(shared.path, headers=HTML).headers["Content-Security-Policy"]
    policy = dict(row.split(" ", 1) for row in rows.split("; "))
    viewer = assets().files["vendor/model-viewer/model-viewer-module.min.js"].body
    (style,) = re.findall(rb"<style>(.*?)</style>", viewer, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert policy["style-src"] == f"'self' 'sha256-{hashed}'"
    assert policy["script-src"] == "'self'"
    assert policy["trusted-types"] == "lit-html"
    assert policy["frame-ancestors"] == policy["default-src"] == "'none'"
    assert "unsafe" not in rows
    assert "http" not in rows


def test_keys_turn_the_model(view: Watched):
    viewer = view.page.locator("model-viewer")
    before = viewer.evaluate("viewer => viewer.getCameraOrbit().theta")
    viewer.locator("[role=img], [tabindex='0']").first.focus()
    view.page.keyboard.press("ArrowRight")
    viewer.evaluate(
        "viewer => new Promise(done => viewer.addEventListener('camera-change', done, {once: true}))"
    )
    assert viewer.evaluate("viewer => viewer.getCameraOrbit().theta") != before


def test_it_turns_by_itself_only_where_motion_is_welcome(view: Watched):
    page = view.page
    switch = page.get_by_role("button", name="Turn by itself")
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(page.locator("model-viewer[auto-rotate]")).to_have_count(0)
    page.emulate_media(reduced_motion="no-preference")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.locator("model-viewer[auto-rotate]")).to_have_count(1)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(page.locator("model-viewer[auto-rotate]")).to_have_count(0)


def test_room_view_is_offered_only_where_there_is_one(view: Watched):
    expect(view.page.get_by_text("See it in your room")).to_be_hidden()


def test_an_ended_link_leads_to_a_page_that_says_so(
    open_studio: OpenStudio, server: Server, shared: Shared
):
    path = f"/view/{'0' * 24}"
    studio = open_studio(server, None)
    studio.expects("404")
    answer = studio.page.goto(studio.wire.url + path)
    assert answer is not None
    assert answer.status == 404
    expect(studio.page.get_by_role("heading")).to_have_text("Nothing to see here")
    expect(studio.page.locator("body")).to_contain_text("This link leads nowhere")
    program = shared.client.get(path)
    assert program.status_code == 404
    assert program.headers["Content-Type"] == "application/json"


def test_without_webgl_there_are_a_picture_and_the_file(
    open_studio: OpenStudio, server: Server, shared: Shared
):
    studio = open_studio(server, None)
    studio.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    studio.page.goto(studio.wire.url + shared.path)
    expect(studio.page.get_by_role("alert")).to_contain_text("can be downloaded")
    expect(studio.page.get_by_role("img", name="3D model")).to_be_visible()
    expect(studio.page.get_by_role("link", name="Download GLB")).to_be_visible()


def test_a_model_that_does_not_arrive_is_told(
    open_studio: OpenStudio, server: Server, shared: Shared
):
    studio = open_studio(
        server, None, before=lambda page: page.expects("model.glb", SLOW_DRAWING, "Failed to fetch")
    )
    studio.page.route("**/model.glb", lambda route: route.abort())
    studio.page.goto(studio.wire.url + shared.path)
    expect(studio.page.get_by_role("alert")).to_contain_text("cannot be shown")


def test_without_scripts_there_is_the_file(studio_chromium: Browser, shared: Shared):
    context = studio_chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(shared.url)
        expect(page.locator(".noscript a")).to_have_attribute("href", f"{shared.path}/model.glb")
    finally:
        context.close()
