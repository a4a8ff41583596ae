"""The studio's view: models of real jobs and of files, drawn by a real browser, judged by what is on the screen."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import expect

from tests.serving.second_api import V1
from tests.serving.small_glbs import boxes
from tests.serving.studio_browser import OpenStudio, Picture, picture_of
from tests.serving.studio_view import (
    CLEARLY,
    RAW_TEXT,
    RIG,
    SEGMENT,
    STILL,
    TEXTURED_TEXT,
    View,
    assert_is_a_picture,
    difference,
    half,
    hues,
    is_colour_near,
    made,
    middle,
    view,
)

__all__ = ["view"]  # a fixture


def test_the_view_is_empty_at_first_and_fetches_no_viewer(view: View):
    view.becomes("empty")
    expect(view.pane).to_contain_text("Nothing to show yet")
    expect(view.page.locator('[data-menu="download"]')).to_be_disabled()
    assert not [url for url in view.studio.asked if "three" in url]


def test_each_mode_shows_a_result_in_another_way(view: View):
    job = made(view, TEXTURED_TEXT, text_prompt="a red chair")
    view.show(job)
    seen = {"shaded": view.picture()}
    assert_is_a_picture(seen["shaded"])
    for mode in ("wire", "normals", "uv", "plain"):
        view.mode(mode)
        seen[mode] = view.picture()
        assert seen[mode].grey_levels > 50
    for one in seen:
        for other in seen:
            assert one == other or difference(seen[one], seen[other]) > CLEARLY, (one, other)
    assert len(hues(seen["uv"])) > len(hues(seen["shaded"]))
    assert len(hues(seen["normals"])) > len(hues(seen["plain"])) == 0
    view.mode("shaded")
    assert difference(view.picture(), seen["shaded"]) == 0
    thumbnail = view.studio.client.get(f"{V1}/system/jobs/{job['job_id']}/thumbnail").content
    drawn = Image.open(io.BytesIO(thumbnail)).convert("RGB")
    assert abs(lightness_of_colour(seen["shaded"].image) - lightness_of_colour(drawn)) < 20
    facts = view.page.locator(".vp-facts:visible")
    info = job["result"]["generation_info"]
    expect(facts).to_contain_text(f"{info['mesh_report']['faces']:,} triangles")
    expect(facts).to_contain_text("Closed" if info["mesh_report"]["watertight"] else "Open edges")
    facts.locator("summary").click()
    expect(facts).to_contain_text(job["model"])
    expect(facts).to_contain_text(info["provenance"]["licence"])
    expect(view.page.locator(".vp-grid")).to_have_text("Grid 10 cm")


def lightness_of_colour(image: Image.Image) -> float:
    """How light what is clearly coloured is, on average, 0 to 255."""
    strong = image.convert("HSV").split()[1].point(lambda level: 255 if level > 150 else 0)
    return float(ImageStat.Stat(image.convert("L"), strong).mean[0])


def test_parts_have_a_colour_each_and_one_can_be_seen_alone(view: View):
    chair = made(view, RAW_TEXT, text_prompt="a chair")
    job = made(view, SEGMENT, mesh_path=chair["result"]["output_mesh_path"], num_parts=4)
    parts = job["result"]["generation_info"]["parts"]
    view.show(job)
    view.mode("parts")
    rows = view.page.locator(".vp-parts li")
    expect(rows).to_have_count(len(parts))
    for row, part in zip(rows.all(), parts, strict=True):
        expect(row).to_contain_text(part["name"])
        expect(row).to_contain_text(f"{part['face_count']:,} faces")
    everything = view.picture()
    view.tool("frame").click()
    assert difference(view.picture(), everything) < 0.5  # framed anew when the drawer came
    colours = swatches(view)
    assert len(set(colours)) == len(parts)
    assert all(is_colour_near(everything, colour) for colour in colours)
    rows.first.locator(".vp-part").click()
    alone = view.picture()
    assert difference(alone, everything) > CLEARLY
    assert is_colour_near(alone, colours[0])
    assert not any(is_colour_near(alone, colour) for colour in colours[1:])
    expect(view.page.get_by_text(f"1 of {len(parts)} parts are shown")).to_be_visible()
    view.canvas.press("Escape")
    view.page.mouse.move(0, 0)
    rows.nth(1).locator(".vp-eye").click()
    assert not is_colour_near(view.picture(), colours[1])
    expect(rows.nth(1).locator(".vp-eye")).to_have_attribute("aria-label", re.compile("^Show "))
    # Of one part there is nothing to tell apart.
    view.show(chair)
    expect(view.pane).to_have_attribute("data-mode", "shaded")
    view.mode("wire")
    view.show(job)
    expect(view.pane).to_have_attribute("data-mode", "wire")


def swatches(view: View) -> list[str]:
    """The colours in the list, as "#rrggbb"."""
    told = view.page.locator(".vp-swatch").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    return ["#" + bytes(map(int, re.findall(r"\d+", colour)[:3])).hex() for colour in told]


def test_a_click_on_the_mesh_shows_that_part_alone_and_another_all(view: View):
    view.preview(boxes(["left", "right"]))
    view.mode("parts")
    everything = view.picture()
    at = {"x": everything.image.width * 0.45, "y": everything.image.height * 0.55}
    view.canvas.click(position=at)
    pressed = view.page.locator('.vp-part[aria-pressed="true"]')
    expect(pressed).to_have_count(1)
    alone = view.picture()
    assert difference(alone, everything) > CLEARLY
    view.canvas.click(position=at)
    expect(pressed).to_have_count(0)
    assert difference(view.picture(), everything) < 0.5


def test_a_bone_bends_the_mesh_and_its_weights_are_seen(view: View):
    figure = made(view, RAW_TEXT, text_prompt="a person")
    job = made(view, RIG, mesh_path=figure["result"]["output_mesh_path"], rig_mode="full")
    view.show(job)
    plain = view.picture()
    view.mode("skeleton")
    bones = view.picture()
    assert difference(bones, middle(plain, bones)) > CLEARLY
    tree = view.page.get_by_role("tree")
    expect(tree.get_by_role("treeitem")).to_have_count(
        job["result"]["generation_info"]["bone_count"]
    )
    tree.get_by_role("treeitem").first.focus()
    for _ in range(6):
        view.page.keyboard.press("ArrowDown")
    view.page.keyboard.press("Enter")
    expect(tree.locator('[aria-selected="true"]')).to_have_count(1)
    weights = view.picture()
    assert len(hues(weights)) > len(hues(plain))
    view.page.get_by_label("Show weights").uncheck()
    assert len(hues(view.picture())) < len(hues(weights))
    view.page.get_by_label("Show weights").check()
    view.page.locator('input[data-axis="x"]').fill("70")
    bent = view.picture()
    assert difference(bent, weights) > 0.5
    view.page.get_by_role("button", name="Reset pose").click()
    assert difference(view.picture(), weights) < 0.1


def test_a_skeleton_without_weights_shows_its_joints_and_a_mesh_without_one_says_so(view: View):
    figure = made(view, RAW_TEXT, text_prompt="a person")
    view.show(figure)
    expect(view.button("skeleton")).to_have_attribute("aria-disabled", "true")
    view.button("skeleton").dispatch_event("click")
    expect(view.page.locator(".vp-note")).to_contain_text("has no skeleton")
    path = figure["result"]["output_mesh_path"]
    view.show(made(view, RIG, mesh_path=path, rig_mode="skeleton"))
    before = view.picture()
    view.mode("skeleton")
    expect(view.page.get_by_text("Rig it with rig mode full")).to_be_visible()
    bones = view.picture()
    assert darkest(bones) < 60 < darkest(before)  # rims, since the mesh is as light as the bones
    assert difference(bones, middle(before, bones)) > CLEARLY


def darkest(picture: Picture) -> int:
    """The darkest level in the middle, where no words lie."""
    width, height = picture.image.size
    box = (width // 4, height // 2, width * 3 // 4, height * 17 // 20)
    return int(picture.image.crop(box).convert("L").getextrema()[0])


def test_two_results_stand_side_by_side_and_turn_together(view: View):
    chair = made(view, RAW_TEXT, text_prompt="a chair")
    sword = made(view, RAW_TEXT, text_prompt="a sword")
    view.show(chair)
    view.compare(sword)
    both = view.picture()
    for side in ("left", "right"):
        assert half(both, side).deviation > 10
    assert difference(half(both, "left"), half(both, "right")) > CLEARLY
    expect(view.page.locator(".vp-letter")).to_have_text(["A", "B"])
    view.turn()
    turned = view.picture()
    for side in ("left", "right"):
        assert difference(half(turned, side), half(both, side)) > 0.5, side
    view.mode("normals")
    for side in ("left", "right"):
        assert len(hues(half(view.picture(), side))) > 3
    view.mode("shaded")
    view.page.get_by_role("button", name="Swap").click()
    expect(view.page.locator(".vp-title").first).to_contain_text("sword")
    swapped = view.picture()
    assert difference(half(swapped, "left"), half(turned, "right")) < 1.5
    view.page.get_by_role("button", name="Close comparison").click()
    expect(view.pane).to_have_attribute("data-compare", "false")
    expect(view.page.locator(".vp-facts:visible")).to_have_count(1)


def test_the_same_job_again_keeps_the_camera_and_r_resets_it(view: View):
    chair = made(view, RAW_TEXT, text_prompt="a chair")
    view.show(chair)
    view.canvas.focus()
    home = view.picture()
    view.turn()
    turned = view.picture()
    assert difference(turned, home) > CLEARLY
    view.show(chair)
    assert difference(view.picture(), turned) == 0
    view.page.keyboard.press("+")
    assert difference(view.picture(), turned) > CLEARLY
    view.page.keyboard.press("Shift+ArrowUp")
    view.page.keyboard.press("r")
    assert difference(view.picture(), home) < 0.5
    view.page.keyboard.press("g")
    assert 0 < difference(view.picture(), home)
    expect(view.page.locator(".vp-grid")).to_be_hidden()
    for key, mode in enumerate(("shaded", "wire", "normals", "uv", "parts"), 1):
        view.page.keyboard.press(str(key))
        expect(view.pane).to_have_attribute("data-mode", mode)


def test_the_toolbar_is_one_stop_and_arrows_go_through_it(view: View):
    view.preview(boxes(["box"]))
    view.button("shaded").focus()
    view.page.keyboard.press("ArrowRight")
    expect(view.button("wire")).to_be_focused()
    view.page.keyboard.press("Enter")
    expect(view.button("wire")).to_have_attribute("aria-pressed", "true")
    view.page.keyboard.press("End")
    expect(view.tool("screenshot")).to_be_focused()
    view.page.keyboard.press("ArrowRight")
    expect(view.button("shaded")).to_be_focused()
    assert view.page.locator('.vp-toolbar button[tabindex="0"]').count() == 1


def test_a_screenshot_is_twice_as_large_and_shows_what_is_seen(view: View):
    view.preview(boxes(["box"], picture=True), name="toy box.glb")
    with view.page.expect_download() as saved:
        view.tool("screenshot").click()
    assert saved.value.suggested_filename == "toy box.png"
    shot = Picture(Image.open(io.BytesIO(saved.value.path().read_bytes())).convert("RGB"))
    seen = view.picture()
    assert shot.image.size == (seen.image.width * 2, seen.image.height * 2)
    assert_is_a_picture(shot)
    # The rest is what the page lays over the canvas.
    assert difference(Picture(shot.image.resize(seen.image.size)), seen) < 12


def test_the_background_follows_the_theme(view: View):
    view.preview(boxes(["box"]))
    light = view.picture()
    view.page.emulate_media(color_scheme="dark")
    dark = view.picture()
    assert light.mean - dark.mean > 60
    view.page.locator("#theme-button").click()  # light, whatever the system says
    assert view.picture().mean - dark.mean > 60


def test_hostile_names_are_text_and_a_picture_inside_is_shown(view: View):
    evil = '<img src=x onerror="alert(1)">'
    view.preview(boxes([evil, "b"], picture=True), name=f"{evil}.glb")
    assert hues(view.picture()) >= {0, 15}  # the picture's red and blue, from a data: address
    expect(view.page.locator(".vp-title:visible")).to_have_text(f"{evil}.glb")
    view.mode("parts")
    expect(view.page.locator(".vp-part-name").first).to_have_text(evil)
    assert view.page.locator("#viewport img").count() == 0


def test_a_mesh_without_uvs_says_so(view: View):
    view.preview(boxes(["box"]))
    view.mode("uv")
    expect(view.page.locator(".vp-note")).to_contain_text("no texture coordinates")
    view.mode("shaded")
    expect(view.page.locator(".vp-note")).to_be_hidden()
    white = view.picture().image.convert("L")  # a white box
    width, height = white.size
    sides = white.crop((width // 3, height // 2, width * 2 // 3, height * 2 // 3))
    assert 150 < ImageStat.Stat(sides).median[0] < 230


def test_an_animation_plays_and_pauses_and_nothing_is_drawn_in_between(view: View):
    view.preview(boxes(["box", "other"], moves=True))
    still = view.holds("pictures")
    view.page.wait_for_timeout(400)
    assert view.holds("pictures") == still
    view.page.get_by_role("button", name="Play animation").click()
    expect(view.canvas).not_to_have_attribute(
        "data-pictures", re.compile(f"^({still}|{still + 1})$")
    )
    view.page.get_by_role("button", name="Pause").click()
    view.settle()
    still = view.holds("pictures")
    view.page.wait_for_timeout(300)
    assert view.holds("pictures") == still


def test_many_models_in_a_row_leave_nothing_behind(view: View):
    """The graphics card holds as much after the twentieth as after the first of its kind."""
    files = [boxes(["a", "b", "c"], picture=True), boxes(["a"], moves=True)]
    held = []
    for number in range(20):
        view.preview(files[number % 2])
        for mode in ("wire", "uv", "shaded"):
            view.mode(mode)
        held.append((view.holds("geometries"), view.holds("textures")))
    assert held[2:4] == held[-2:]


def test_a_lost_graphics_card_is_said_and_comes_back(view: View):
    view.preview(boxes(["box"], picture=True))
    before = view.picture()
    view.canvas.evaluate(
        "(c) => (window.card = c.getContext('webgl2').getExtension('WEBGL_lose_context')).loseContext()"
    )
    view.becomes("loading")
    expect(view.page.locator(".vp-cover")).to_contain_text("comes back by itself")
    view.page.evaluate("() => window.card.restoreContext()")
    view.becomes("ready")
    assert difference(view.picture(), before) < 0.5
    view.preview(boxes(["other"]))  # lets go of what was on the lost card


@pytest.mark.parametrize("width", [320, 2560])
def test_the_view_fits_screens_of_any_width(open_studio: OpenStudio, server, width: int):
    view = View(open_studio(server, **{**STILL, "viewport": {"width": width, "height": 700}}))
    view.tell("pane", name="viewport")
    view.preview(boxes(["left", "right"]))
    for mode in ("shaded", "parts"):
        view.mode(mode)
        box = view.canvas.bounding_box()
        assert box
        assert box["width"] > 300
        assert box["height"] > 200
        assert view.picture().deviation > 10
    assert view.page.locator(".vp-toolbar").evaluate("(bar) => bar.clientHeight") < 60  # one row
    overflow = "() => document.documentElement.scrollWidth - innerWidth"
    assert view.page.evaluate(overflow) <= 0
    view.page.locator('[data-menu="download"]').is_disabled()
    assert picture_of(view.page).grey_levels > 50
