"""The studio's left pane in a real browser: what is dropped, typed and chosen becomes the job that it says."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from serving.web.views import GUESSED_VIEWS, slot_of_view
from tests.serving import pictures
from tests.serving.second_api import V1, completed
from tests.serving.studio_browser import Studio
from tests.serving.studio_composer import PICTURE, Composer

MESH = ("crate.obj", pictures.OBJ)
RED_CUBE = "a red cube"


@pytest.fixture
def composer(studio: Studio) -> Composer:
    return Composer(studio)


def test_a_dropped_picture_is_uploaded_at_once_and_becomes_a_mesh(composer, studio):
    heard = composer.hear("submitted")
    composer.drop(("toy.png", PICTURE), on="#viewport")
    composer.sent("image")
    expect(composer.slot("image").get_by_role("img")).to_have_attribute("alt", "Front: toy.png")
    body, answer, headers = composer.generate()
    assert list(body) == ["image_file_id"]
    assert re.fullmatch(r"[0-9a-f-]{32,36}", headers["idempotency-key"])
    status = completed(studio.client, answer["job_id"])
    assert status["feature"] == "image_to_textured_mesh"
    submitted = {"job_id": answer["job_id"], "feature": status["feature"], "warnings": []}
    assert heard() == [["submitted", submitted]]


def test_the_features_of_the_server_are_all_there(composer, studio):
    offered = studio.client.get(f"{V1}/system/features").json()["features"]
    seen: list[str] = []
    for group in composer.pane.locator('[data-choice="task"] input').all():
        group.check(force=True)
        expect(composer.pane).not_to_have_attribute("data-feature", seen[-1] if seen else "")
        for way in composer.pane.locator('[data-choice="feature"] input').all():
            way.check(force=True)
            expect(composer.pane).to_have_attribute("data-feature", str(way.get_attribute("value")))
            seen.append(str(composer.pane.get_attribute("data-feature")))
        seen.append(str(composer.pane.get_attribute("data-feature")))
    assert set(seen) == {feature["name"] for feature in offered}


def test_a_feature_from_a_plug_in_needs_no_work_on_the_page(open_studio, rehearsal_server):
    composer = Composer(open_studio(rehearsal_server))
    composer.choose("Generate", "Rehearsal")
    composer.unfold()
    composer.control("steps").fill("3")
    body, answer, _ = composer.generate()
    assert body == {"steps": 3}
    assert completed(composer.studio.client, answer["job_id"])["feature"] == "rehearsal"


def test_pictures_without_a_views_name_are_placed_as_the_server_would(composer):
    for count, views in GUESSED_VIEWS.items():
        composer.drop(*((f"picture {n} of {count}.png", PICTURE) for n in range(count)))
        names = [slot_of_view(view) for view in views]
        for n, name in enumerate(names):
            expect(composer.slot(name)).to_contain_text(f"picture {n} of {count}.png")
        composer.sent(*names)
        assert sorted(composer.filled()) == sorted(names)


def test_views_are_told_by_file_names_moved_by_a_select_and_removed(composer):
    names = ("toy_left.png", "toy-back.png", "toy.png", "above the toy top.png")
    composer.drop(*((name, PICTURE) for name in names))
    composer.sent("image", "image_left", "image_back", "image_top")
    expect(composer.slot("image")).to_contain_text("toy.png")
    expect(composer.slot("image_top")).to_contain_text("above the toy top.png")
    composer.slot("image_left").get_by_role("combobox").select_option("image_back")
    expect(composer.slot("image_back")).to_contain_text("toy_left.png")
    expect(composer.slot("image_left")).to_contain_text("toy-back.png")
    expect(composer.slot("image_back").get_by_role("combobox")).to_be_focused()
    composer.slot("image_top").get_by_role("button", name="Remove").press("Enter")
    expect(composer.slot("image_top").get_by_role("button")).to_be_focused()
    body, _, _ = composer.generate()
    assert set(body) == {"image_file_id", "image_left_file_id", "image_back_file_id"}


def test_what_will_not_do_is_said_at_once(composer, studio):
    alerts = studio.page.locator("#alerts")
    composer.drop(("notes.txt", b"words"))
    expect(alerts).to_contain_text("notes.txt is neither a picture (bmp, gif")
    composer.choose("Split")
    composer.drop(("toy.png", PICTURE))
    expect(alerts).to_contain_text("toy.png is a picture; Split into parts takes none")
    studio.page.evaluate(
        """() => { const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(51 * 2 ** 20)], "huge.png", { type: "image/png" }));
        const how = { dataTransfer: data, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent("drop", how)); }"""
    )
    expect(alerts).to_contain_text("huge.png is too large: 53.5 MB; this server takes a picture")
    composer.choose("Generate")
    composer.drop(("long.png", pictures.encoded(Image.new("RGB", (4097, 2)))))
    wrong = composer.problem(composer.slot("image"))
    expect(wrong).to_have_text("It has 4097 \u00d7 2 pixels; 4096 \u00d7 4096 are the most.")
    assert not [url for url in studio.asked if "/file-upload/image" in url]


def test_a_refused_upload_is_told_beside_its_file_whose_name_is_text(composer, studio):
    studio.expects("400", "400: .*/file-upload/image")
    name = '<img src=x onerror=alert(1)>"&.png'
    composer.drop((name, b"no picture"))
    expect(composer.slot("image").locator(".slot-file")).to_have_text(name)
    expect(composer.problem(composer.slot("image"))).to_contain_text(
        "not an image that can be read"
    )


def test_pictures_and_text_are_pasted(composer):
    composer.paste(("image.png", PICTURE))
    composer.sent("image")
    expect(composer.slot("image")).to_contain_text("pasted.png")
    composer.choose("Generate", "Text, plain")
    expect(composer.control("text_prompt")).to_be_visible()
    composer.paste(text=RED_CUBE)
    expect(composer.control("text_prompt")).to_have_value(RED_CUBE)


def test_a_mesh_is_kept_from_feature_to_feature_and_shown(composer, studio):
    text = studio.submit(f"{V1}/mesh-generation/text-to-raw-mesh", text_prompt=RED_CUBE)
    completed(studio.client, text)
    glb = studio.client.get(f"{V1}/system/jobs/{text}/download").content
    heard = composer.hear("preview")
    composer.drop(("cube.glb", glb))
    expect(studio.page.locator("#alerts")).to_contain_text("cube.glb is kept")
    [[_, preview]] = heard()
    assert (preview["name"], preview["url"][:5]) == ("cube.glb", "blob:")
    composer.choose("Convert")
    composer.sent("mesh")
    composer.control("output_format").select_option("stl")
    body, answer, _ = composer.generate()
    assert set(body) == {"mesh_file_id", "output_format"}
    assert (
        completed(studio.client, answer["job_id"])["result"]["mesh_file_info"]["file_extension"]
        == "stl"
    )


def test_an_earlier_result_is_used_as_input(composer, studio):
    job_id = studio.submit(f"{V1}/mesh-generation/text-to-raw-mesh", text_prompt=RED_CUBE)
    job = completed(studio.client, job_id)
    composer.say("use-as-input", job=job, feature="mesh_segmentation")
    expect(composer.slot("mesh").get_by_role("img")).to_be_visible()
    composer.control("num_parts").fill("3")
    body, answer, _ = composer.generate()
    assert body == {"num_parts": 3, "input_job_id": job_id}
    assert completed(studio.client, answer["job_id"])["feature"] == "mesh_segmentation"


def test_only_what_differs_is_sent_remembered_and_reset(composer, studio):
    composer.choose("Generate", "Text, textured")
    composer.control("text_prompt").fill(RED_CUBE)
    composer.unfold()
    composer.control("texture_resolution").fill("300")
    composer.control("vertex_limit").fill("50")
    composer.control("vertex_limit").blur()
    limit = composer.problem(composer.field("vertex_limit"))
    expect(limit).to_have_text("Give a whole number from 100 to 1,000,000.")
    described = composer.control("vertex_limit").get_attribute("aria-describedby") or ""
    assert limit.get_attribute("id") in described.split()
    composer.control("vertex_limit").fill("")
    composer.control("model_parameters.texture_bake_mode").select_option("fast")
    composer.pane.get_by_text("Cartoon", exact=True).click()
    composer.pane.get_by_text("Low", exact=True).click()
    expect(composer.control("vertex_limit")).to_have_value("5000")
    expect(composer.control("texture_resolution")).to_have_value("300")
    studio.page.reload()
    studio.ready()
    composer.ready()
    body, answer, _ = composer.generate()
    options = {"texture_bake_mode": "fast"}
    assert body == {
        "preset": "low",
        "text_prompt": RED_CUBE,
        "texture_resolution": 300,
        "style": "cartoon",
        "model_parameters": options,
        "model_preference": "classic_text_to_textured_mesh",
    }
    told = completed(studio.client, answer["job_id"])["result"]["generation_info"]["parameters"]
    assert (told["vertex_limit"], told["texture_resolution"]) == (5000, 300)
    composer.unfold()
    composer.pane.get_by_role("button", name="Reset").click()
    expect(composer.control("texture_resolution")).to_have_value("512")
    assert set(composer.generate()[0]) == {"preset", "text_prompt", "style"}


def test_the_seed_is_drawn_and_unlocked(composer):
    composer.choose("Generate", "Text, plain")
    composer.control("text_prompt").fill(RED_CUBE)
    composer.unfold()
    composer.pane.get_by_role("button", name="Draw a new seed").click()
    first = int(composer.control("seed").input_value())
    lock = composer.field("seed").get_by_role("button", name="Lock")
    assert composer.generate()[0]["seed"] == first
    expect(composer.control("seed")).to_have_value(str(first))
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "false")
    assert composer.generate()[0]["seed"] == first
    expect(composer.control("seed")).not_to_have_value(str(first))


def test_what_is_missing_is_said_beside_its_field_which_gets_the_focus(composer, studio):
    composer.choose("Paint", "By text")
    studio.page.locator("#generate").click()
    expect(composer.problem(composer.slot("mesh"))).to_contain_text("A mesh is needed")
    expect(composer.slot("mesh").get_by_role("button")).to_be_focused()
    prompt = composer.control("text_prompt")
    expect(prompt).to_have_attribute("aria-invalid", "true")
    composer.drop(MESH, on='[data-slot="mesh"]')
    composer.sent("mesh")
    expect(composer.slot("mesh")).to_contain_text("No preview of OBJ")
    expect(composer.problem(composer.slot("mesh"))).to_be_hidden()
    prompt.fill("x" * 2001)
    expect(composer.field("text_prompt")).to_contain_text("2,001 of 2,000 characters")
    prompt.press("Control+Enter")
    expect(composer.problem(composer.field("text_prompt"))).to_contain_text("Too long by 1")
    expect(prompt).to_be_focused()


def test_what_the_server_finds_wrong_stands_beside_its_field(composer, studio):
    studio.expects("422", "422: .*/text-to-raw-mesh")
    composer.choose("Generate", "Text, plain")
    composer.control("text_prompt").fill(RED_CUBE)

    def spoil(route):
        sent = json.loads(route.request.post_data)
        body = {**sent, "seed": -1, "model_parameters": {"nonsense": 1}}
        route.continue_(post_data=json.dumps(body))

    studio.page.route("**/text-to-raw-mesh", spoil)
    studio.page.locator("#generate").click()
    seed = composer.problem(composer.field("seed"))
    expect(seed).to_have_text("Input should be greater than or equal to 0.")
    expect(composer.control("seed")).to_be_focused()


def test_a_server_that_does_not_take_it_says_why_and_when(composer, studio):
    studio.expects("429", "503", "401")
    composer.choose("Generate", "Text, plain")
    composer.control("text_prompt").fill(RED_CUBE)
    answers = {"status": 429}

    def refuse(route):
        body = json.dumps({"error": "API_ERROR", "message": "slow down", "detail": "slow down"})
        route.fulfill(status=answers["status"], body=body, headers={"Retry-After": "7"})

    studio.page.route("**/text-to-raw-mesh", refuse)
    told = studio.page.locator("#composer-problems")
    studio.page.locator("#generate").click()
    expect(told).to_have_text("Too much at once: slow down. Try again in 7 s.")
    answers["status"] = 503
    studio.page.locator("#generate").click()
    expect(told).to_have_text("The server is busy: slow down. Try again in 7 s.")
    answers["status"] = 401
    studio.page.locator("#generate").click()
    expect(studio.page.get_by_role("dialog", name="API key")).to_be_visible()


def test_a_lost_answer_and_a_second_press_make_one_job(composer, studio):
    studio.expects("ERR_FAILED")
    composer.choose("Generate", "Text, plain")
    composer.control("text_prompt").fill(RED_CUBE)

    def lose(route):
        route.fetch()
        route.abort()

    studio.page.route("**/text-to-raw-mesh", lose, times=1)
    studio.page.locator("#generate").click()
    expect(studio.page.locator("#composer-problems")).to_contain_text("it makes no second one")
    composer.say("connection", state="live")
    expect(studio.page.locator("#composer-problems")).to_contain_text("can be reached again")
    _, answer, _ = composer.generate()
    _, another, _ = composer.generate()
    assert another["job_id"] != answer["job_id"]
    listed = studio.client.get(f"{V1}/system/jobs/history").json()["jobs"]
    assert {job["job_id"] for job in listed} == {answer["job_id"], another["job_id"]}


def test_an_upload_that_is_gone_is_sent_again(composer, studio):
    studio.expects("410", "410: .*/image-to-textured-mesh")
    composer.drop(("toy.png", PICTURE))
    composer.sent("image")
    [stored] = studio.client.get(f"{V1}/file-upload/list").json()["files"]
    assert studio.client.delete(f"{V1}/file-upload/{stored['file_id']}").ok
    with studio.page.expect_response(
        lambda answer: answer.url.endswith("/image-to-textured-mesh") and answer.ok
    ) as caught:
        studio.page.locator("#generate").click()
    completed(studio.client, caught.value.json()["job_id"])


def test_an_example_is_one_click_without_a_file(composer, studio):
    example = composer.pane.get_by_role("button", name="Try an example")
    for feature in ("Image, plain", "Text, plain"):
        composer.choose("Generate", feature)
        with studio.page.expect_response(lambda one: one.url.endswith("-to-raw-mesh")) as caught:
            example.click()
        completed(studio.client, caught.value.json()["job_id"])
        expect(example).to_be_hidden()


def test_models_that_cannot_run_are_named_with_the_reason(composer, studio):
    adapters = studio.client.get(f"{V1}/system/available-adapters").json()["features"]
    unable = [row for row in adapters["auto_rig"] if row["status"] == "unavailable"]
    assert unable
    composer.choose("Rig")
    composer.pane.get_by_text("Why not others?").click()
    others = composer.pane.locator(".why-not li")
    expect(others).to_have_count(len(unable))
    expect(others.first).to_contain_text(unable[0]["reason"][1:])
    expect(others.first).to_contain_text("Commercial use under conditions.")


def test_a_pane_that_was_drawn_without_a_server_can_be_drawn_again(open_studio, server):
    def without_features(studio):
        studio.expects("ERR_FAILED")
        studio.page.route("**/system/features", lambda route: route.abort(), times=1)

    studio = open_studio(server, before=without_features)
    pane = studio.page.locator("#composer")
    expect(pane).to_contain_text("The server cannot be reached.")
    pane.get_by_role("button", name="Try again").click()
    Composer(studio)
