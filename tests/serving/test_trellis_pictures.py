"""Pictures, their names and meshes in a submit of the first API. Jobs wait here and are looked at."""

from __future__ import annotations

import base64
import json

import pytest

from tests.serving import pictures
from tests.serving.bodies import BASE64, PICTURE
from tests.serving.first_api import accepted, post_form, post_json
from tests.serving.live import assert_refused

# Pictures


@pytest.mark.parametrize(
    "body",
    [
        {"image_data": BASE64},
        {"image": BASE64},
        {"image": f"data:image/png;base64,{BASE64}"},
        {"image_data": f"data:application/octet-stream;base64,{BASE64}", "image_name": ""},
        {"image_data": f"data:;base64,{BASE64}", "image_name": None},
        {"image_data": "\n".join(BASE64[at : at + 76] for at in range(0, len(BASE64), 76))},
        {"image": [BASE64]},
        {"image_data": BASE64, "image": None, "mesh_data": "", "is_dv_mode": False},
    ],
    ids=lambda body: ",".join(body),
)
def test_picture_comes_as_base64_bare_or_as_a_data_url(at_desk, body):
    record = accepted(at_desk, at_desk.post("/image_to_3d", json=body))
    assert list(record.inputs) == ["image"]
    assert (at_desk.server.data_dir / "inputs" / record.inputs["image"]).read_bytes() == PICTURE
    assert record.shown["image_name"] == ""


def test_picture_comes_as_base64_in_a_form_field(at_desk):
    for encode in ({"files": {"image_data": (None, BASE64)}}, {"data": {"image_data": BASE64}}):
        record = accepted(at_desk, at_desk.post("/image_to_3d", **encode))
        assert list(record.inputs) == ["image"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "!",
        "data:",
        "data:image/png;base64,",
        "é",
        "AAA",
        BASE64[:-2],
        "\0",
        "\ud800",
        "AA=A",
    ],
)
def test_text_that_is_no_base64_of_a_picture_is_refused(at_desk, value):
    for name in ("image", "image_data"):
        body = json.dumps({name: value})
        answer = at_desk.post(
            "/image_to_3d", data=body, headers={"Content-Type": "application/json"}
        )
        assert_refused(answer, 400, "image")
    assert at_desk.server.uploads_left() == []


@pytest.mark.parametrize("value", [5, 1.5, True, {}, {"data": BASE64}, [5], [[BASE64]], [None, 1]])
@pytest.mark.parametrize("name", ["image", "image_data", "mesh_data", "image_back"])
def test_picture_of_a_wrong_type_is_refused(at_desk, name, value):
    assert_refused(at_desk.post("/image_to_3d", json={name: value}), 400)
    assert at_desk.server.uploads_left() == []


@pytest.mark.parametrize("field", ["image", "images", "images[]", "image[]"])
@pytest.mark.parametrize(
    ("count", "slots"),
    [
        (1, "image"),
        (2, "image image_back"),
        (3, "image image_left image_back"),
        (4, "image image_left image_back image_right"),
        (6, "image image_left image_back image_right image_top image_bottom"),
    ],
)
def test_repeated_picture_is_views_of_one_object(at_desk, field, count, slots):
    pictures_sent = [pictures.encoded(pictures.disc(size=(64 + step, 64))) for step in range(count)]
    files = [(field, (f"{step}.png", data)) for step, data in enumerate(pictures_sent)]
    record = accepted(at_desk, at_desk.post("/image_to_3d", files=files))
    assert list(record.inputs) == slots.split()
    folder = at_desk.server.data_dir / "inputs"
    assert [(folder / path).read_bytes() for path in record.inputs.values()] == pictures_sent
    codes = [warning["code"] for warning in record.warnings]
    assert codes == (["VIEWS_GUESSED"] if count > 1 else [])
    assert record.shown["image_name"] == "0.png"


def test_seven_pictures_are_one_too_many(at_desk):
    answer = at_desk.post("/image_to_3d", files=[("images[]", PICTURE)] * 7)
    assert_refused(answer, 400, "7 times", "at most 6")
    assert at_desk.server.uploads_left() == []


def test_labelled_views_go_where_their_labels_say(at_desk):
    names = ["image", "image_back", "image_left", "image_right", "image_top", "image_bottom"]
    for files in ([(name, PICTURE) for name in names], [(name, PICTURE) for name in names[::-1]]):
        record = accepted(at_desk, at_desk.post("/image_to_3d", files=files))
        assert sorted(record.inputs) == sorted(names)
        assert record.warnings == ()
    record = accepted(at_desk, post_json(at_desk, image_back=BASE64))
    assert sorted(record.inputs) == ["image", "image_back"]
    answer = at_desk.post("/image_to_3d", files={"image_front": PICTURE, "image_back": PICTURE})
    assert sorted(accepted(at_desk, answer).inputs) == ["image", "image_back"]


def test_labelled_views_without_a_front_are_refused(at_desk):
    answer = at_desk.post("/image_to_3d", files={"image_back": PICTURE, "image_left": PICTURE})
    assert_refused(answer, 400, "front")


def test_same_view_twice_is_refused(at_desk):
    files = [("image", PICTURE), ("image_back", PICTURE), ("image_back", PICTURE)]
    assert_refused(at_desk.post("/image_to_3d", files=files), 400, "more than once")


# Names


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("", ""),
        ("cup.png", "cup.png"),
        ("Tasse groß 杯子.png", "Tasse groß 杯子.png"),
        ("C:\\Users\\me\\cup.png", "cup.png"),
        ("../../etc/passwd", "passwd"),
        ("a\0b\r\nc\x1b[31m\u202e.png", "abc[31m.png"),
        ("\ud800x", "x"),
        ("n" * 10_000, "n" * 255),
        ("<script>alert(1)</script>", "script>"),
    ],
)
def test_image_name_is_shown_as_its_last_part_without_control_characters(at_desk, sent, shown):
    request_id = post_json(at_desk, image_name=sent).json()["request_id"]
    (item,) = at_desk.get("/my_requests").json()["requests"]
    assert item["image_name"] == at_desk.task(request_id)["input_name"] == shown


@pytest.mark.parametrize("value", [5, True, [], ["a"], {}])
def test_image_name_that_is_no_text_is_refused(at_desk, value):
    assert_refused(post_json(at_desk, image_name=value), 400, "image_name is ")


def test_image_name_beats_the_name_of_the_file(at_desk):
    request_id = post_form(at_desk, image_name="given.png").json()["request_id"]
    assert at_desk.task(request_id)["image_name"] == "given.png"


# A mesh beside the picture


@pytest.mark.parametrize(
    "dv", [{}, *({"is_dv_mode": text} for text in ("true", "True", "1", "false"))]
)
def test_mesh_file_beside_the_picture_is_to_be_painted(at_desk, dv):
    files = {"image": ("a.png", PICTURE), "mesh": ("a.obj", pictures.OBJ)}
    record = accepted(at_desk, at_desk.post("/image_to_3d", files=files, data=dv))
    assert record.feature == "image_mesh_painting"
    assert sorted(record.inputs) == ["image", "mesh"]


@pytest.mark.parametrize(
    "dv", [{}, *({"is_dv_mode": flag} for flag in (True, "true", False, None, 1))]
)
@pytest.mark.parametrize("name", ["mesh", "mesh_data"])
def test_mesh_in_json_is_to_be_painted(at_desk, dv, name):
    mesh = base64.b64encode(pictures.OBJ).decode()
    record = accepted(at_desk, post_json(at_desk, **{name: mesh}, **dv))
    assert record.feature == "image_mesh_painting"


@pytest.mark.parametrize("flag", [True, "true", "1", "on", 1])
def test_dv_mode_without_a_mesh_is_refused(at_desk, flag):
    assert_refused(post_json(at_desk, is_dv_mode=flag), 400, "mesh is missing")


@pytest.mark.parametrize("flag", ["maybe", 2, [], {}, "\ud800", -1, 1.5])
def test_dv_mode_that_is_neither_true_nor_false_is_refused(at_desk, flag):
    assert_refused(post_json(at_desk, is_dv_mode=flag), 400, "is_dv_mode is ")


def test_mesh_without_a_picture_is_refused(at_desk):
    answer = at_desk.post("/image_to_3d", files={"mesh": ("a.obj", pictures.OBJ)})
    assert_refused(answer, 400, "image is missing")


def test_two_meshes_are_one_too_many(at_desk):
    files = [("image", PICTURE), ("mesh", pictures.OBJ), ("mesh", pictures.OBJ)]
    assert_refused(at_desk.post("/image_to_3d", files=files), 400, "mesh is given more than once")
    assert at_desk.server.uploads_left() == []


@pytest.mark.parametrize(
    "mesh",
    [b"", b"hello", PICTURE, b"glTF\1\0\0\0\x0c\0\0\0", b"glTF\2\0\0\0\xff\xff\0\0{}", b"solid x"],
)
def test_file_that_is_no_mesh_is_refused(at_desk, mesh):
    answer = at_desk.post("/image_to_3d", files={"image": PICTURE, "mesh": mesh})
    assert_refused(answer, 400, "mesh")
    assert at_desk.server.uploads_left() == []


def test_field_that_a_painting_cannot_use_is_said_to_have_no_effect(at_desk):
    files = {"image": PICTURE, "mesh": pictures.OBJ}
    fields = {"ss_sample_steps": "12", "simplify_ratio": "0.5", "texture_size": "512"}
    answer = at_desk.post("/image_to_3d", files=files, data=fields)
    record = accepted(at_desk, answer)
    assert record.params["texture_size"] == 512
    said = {row["message"].split()[0] for row in record.warnings}
    assert {row["code"] for row in record.warnings} == {"FIELD_WITHOUT_EFFECT"}
    assert said == {"ss_sample_steps", "simplify_ratio"}
