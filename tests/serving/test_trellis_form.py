"""What clients of the first API may write into a submit, and what becomes of it. Jobs wait here and are looked at."""

from __future__ import annotations

import base64
import json

import pytest

from serving.jobs.record import JobRecord
from tests.serving import pictures
from tests.serving.live import Client, assert_refused

PICTURE = pictures.encoded(pictures.disc())
BASE64 = base64.b64encode(PICTURE).decode()

DOCUMENTED = {
    "sparse_structure_sample_steps": 25,
    "sparse_structure_cfg_strength": 8.5,
    "slat_sample_steps": 25,
    "slat_cfg_strength": 4.0,
    "simplify_ratio": 1.0,
    "texture_size": 1024,
    "texture_bake_mode": "pbr",
}
INNER = {
    "ss_sample_steps": "sparse_structure_sample_steps",
    "ss_cfg_strength": "sparse_structure_cfg_strength",
}


def post_form(client: Client, **fields: object):
    return client.post("/image_to_3d", files={"image": ("a.png", PICTURE)}, data=fields)


def post_json(client: Client, **fields: object):
    """As JSON text of our own: also what `json.dumps` takes and JSON forbids."""
    body = json.dumps({"image_data": BASE64, **fields})
    return client.post("/image_to_3d", data=body, headers={"Content-Type": "application/json"})


def accepted(client: Client, answer) -> JobRecord:
    assert answer.status_code == 200, answer.text
    return client.server.record(answer.json()["request_id"])


def settings_of(record: JobRecord) -> dict[str, object]:
    return {**record.params, **record.options}


# The seven fields, and seed


@pytest.mark.parametrize("post", [post_form, post_json])
def test_defaults_are_the_documented_ones(at_desk, post):
    record = accepted(at_desk, post(at_desk))
    assert DOCUMENTED.items() <= settings_of(record).items()
    assert record.feature == "image_to_textured_mesh"
    assert record.params["seed"] == 0
    assert record.warnings == ()


@pytest.mark.parametrize("post", [post_form, post_json])
@pytest.mark.parametrize("empty", ["", None])
def test_empty_field_is_the_default(at_desk, post, empty):
    record = accepted(at_desk, post(at_desk, **dict.fromkeys(DOCUMENTED, empty)))
    assert DOCUMENTED.items() <= settings_of(record).items()


VALUES = [
    ("sparse_structure_sample_steps", 12),
    ("ss_sample_steps", 12),
    ("ss_sample_steps", 1),
    ("ss_sample_steps", 100),
    ("sparse_structure_cfg_strength", 7.5),
    ("ss_cfg_strength", 7.5),
    ("ss_cfg_strength", 0),
    ("slat_sample_steps", 50),
    ("slat_cfg_strength", 3),
    ("simplify_ratio", 0.01),
    ("simplify_ratio", 0.95),
    ("simplify_ratio", 1),
    ("texture_size", 256),
    ("texture_size", 4096),
    ("texture_bake_mode", "pbr"),
    ("texture_bake_mode", "fast"),
    ("texture_bake_mode", "opt"),
    ("seed", 0),
    ("seed", 2**31 - 1),
    ("depth_scale", 0.5),
]


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_value_reaches_the_job_as_text_and_as_a_number(at_desk, name, value):
    for answer in (
        post_form(at_desk, **{name: value}),
        post_json(at_desk, **{name: value}),
        post_json(at_desk, **{name: str(value)}),
    ):
        settings = settings_of(accepted(at_desk, answer))
        assert settings[INNER.get(name, name)] == value
        assert type(settings[INNER.get(name, name)]) in (type(value), float)


BAD_TEXTS = [
    ("sparse_structure_sample_steps", "many"),
    ("sparse_structure_sample_steps", "0"),
    ("ss_sample_steps", "101"),
    ("ss_sample_steps", "2.5"),
    ("sparse_structure_cfg_strength", "strong"),
    ("ss_cfg_strength", "-0.1"),
    ("ss_cfg_strength", "nan"),
    ("ss_cfg_strength", "inf"),
    ("slat_sample_steps", "1e99"),
    ("slat_sample_steps", "9" * 5000),
    ("slat_cfg_strength", "-inf"),
    ("slat_cfg_strength", "20.01"),
    ("simplify_ratio", "0"),
    ("simplify_ratio", "0.009"),
    ("simplify_ratio", "1.01"),
    ("simplify_ratio", "-1"),
    ("simplify_ratio", "NaN"),
    ("simplify_ratio", "half"),
    ("texture_size", "255"),
    ("texture_size", "4097"),
    ("texture_size", "1024px"),
    ("texture_size", "1024.5"),
    ("texture_bake_mode", "best"),
    ("texture_bake_mode", "PBR "),
    ("seed", "-1"),
    ("seed", str(2**31)),
    ("seed", "random"),
    ("depth_scale", "0"),
]
BAD_VALUES = [
    (name, value)
    for name in ("ss_sample_steps", "slat_cfg_strength", "simplify_ratio", "texture_size", "seed")
    for value in (
        True,
        False,
        [],
        {},
        [1],
        {"a": 1},
        -(10**400),
        10**400,
        1e999,
        float("nan"),
        "\0",
        "\ud800",
    )
]


@pytest.mark.parametrize(("name", "value"), BAD_TEXTS)
def test_bad_value_is_refused_with_the_fields_name_as_it_was_sent(at_desk, name, value):
    for post in (post_form, post_json):
        message = assert_refused(post(at_desk, **{name: value}), 400)
        assert message.startswith(f"{name} is "), message
    assert at_desk.server.inputs_of(at_desk.address) == []
    assert at_desk.get("/my_requests").json()["requests"] == []


@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=str)
def test_value_of_a_wrong_type_is_refused_with_the_fields_name(at_desk, name, value):
    message = assert_refused(post_json(at_desk, **{name: value}), 400)
    assert message.startswith(f"{name} is "), message


def test_bad_value_is_refused_also_where_it_would_have_no_effect(at_desk):
    """Beside a mesh the shape's numbers are not used; they are still looked at."""
    for name, value in BAD_TEXTS:
        answer = at_desk.post(
            "/image_to_3d", files={"image": PICTURE, "mesh": pictures.OBJ}, data={name: value}
        )
        assert assert_refused(answer, 400).startswith(f"{name} is ")


@pytest.mark.parametrize(
    "name",
    ["steps", "Texture_size", "text", "model", "__class__", "x" * 10_000, "\ud800", "\0", ""],
)
def test_unknown_field_is_refused(at_desk, name):
    assert_refused(post_json(at_desk, **{name: 1}), 400, "not known here")


@pytest.mark.parametrize("name", ["steps", "Texture_size", "x" * 1_000])
def test_unknown_form_field_is_refused(at_desk, name):
    assert_refused(post_form(at_desk, **{name: "1"}), 400, name[:40])


@pytest.mark.parametrize(
    "name", ["file", "front", "back", "image_", "image_inside", "Image", "x" * 999]
)
def test_unknown_file_field_is_refused(at_desk, name):
    answer = at_desk.post("/image_to_3d", files=[("image", PICTURE), (name, PICTURE)])
    assert_refused(answer, 400, name[:40], "not a file field")
    assert_refused(post_json(at_desk, **{name: BASE64}), 400, name[:40])
    assert at_desk.server.uploads_left() == []


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


# Text


@pytest.mark.parametrize("encode", ["json", "data"])
def test_text_goes_to_the_built_in_model_and_what_it_cannot_use_is_said(at_desk, encode):
    fields = {"text": "a cup", "negative_text": "a saucer", "ss_sample_steps": 12, "seed": 1}
    record = accepted(at_desk, at_desk.post("/text_to_3d", **{encode: fields}))
    assert record.model_id == "classic_text_to_textured_mesh"
    assert (record.params["text_prompt"], record.params["seed"]) == ("a cup", 1)
    assert {row["code"] for row in record.warnings} == {"FIELD_WITHOUT_EFFECT"}
    said = {row["message"].split()[0] for row in record.warnings}
    assert said == {"negative_text", "ss_sample_steps"}


@pytest.mark.parametrize("text", [None, "", " \n", 5, [], ["a cup"], {}, True])
def test_text_is_required(at_desk, text):
    assert_refused(at_desk.post("/text_to_3d", json={"text": text}), 400, "text is missing")
    assert_refused(at_desk.post("/text_to_3d", json={}), 400, "text is missing")
    assert_refused(at_desk.post("/text_to_3d"), 400, "text is missing")
    assert_refused(at_desk.post("/text_to_3d", data={"negative_text": "x"}), 400, "text is missing")


@pytest.mark.parametrize("dv", [{}, {"is_dv_mode": "true"}])
def test_mesh_beside_a_text_is_painted(at_desk, dv):
    mesh = base64.b64encode(pictures.OBJ).decode()
    fields = {"text": "red bricks", "texture_size": 256, **dv}
    as_json = at_desk.post("/text_to_3d", json={**fields, "mesh_data": mesh})
    as_file = at_desk.post("/text_to_3d", data=fields, files={"mesh": pictures.OBJ})
    for answer in (as_json, as_file):
        record = accepted(at_desk, answer)
        assert record.feature == "text_mesh_painting" and set(record.inputs) == {"mesh"}
        assert (record.params["text_prompt"], record.params["texture_size"]) == ("red bricks", 256)
        assert (record.shown["task_type"], record.shown["text"]) == ("retexture", "red bricks")


@pytest.mark.parametrize(
    ("fields", "files", "named"),
    [
        ({"text": "x", "is_dv_mode": "1"}, {}, "mesh is missing"),
        ({"text": "x"}, {"image": ("a.png", PICTURE)}, "image is refused"),
        ({"text": "x"}, {"mesh": b"no mesh"}, "mesh"),
        (
            {"text": "x"},
            [("mesh", pictures.OBJ), ("mesh_data", pictures.OBJ)],
            "mesh is given more than once",
        ),
    ],
)
def test_files_beside_a_text_that_do_not_fit_are_refused(at_desk, fields, files, named):
    answer = at_desk.post("/text_to_3d", data=fields, files=files or None)
    assert_refused(answer, 400, named)
    assert at_desk.server.uploads_left() == []


@pytest.mark.parametrize("encode", ["json", "data", "files"])
def test_text_becomes_a_job(at_desk, encode):
    fields = {"text": "a cup \u676f", "negative_text": "a saucer", "ss_sample_steps": "12"}
    fields |= {"slat_cfg_strength": "3.5", "texture_size": "512", "seed": "7"}
    sent = {name: (None, value) for name, value in fields.items()} if encode == "files" else fields
    answer = at_desk.post("/text_to_3d", **{encode: sent})
    record = accepted(at_desk, answer)
    assert record.feature == "text_to_textured_mesh"
    assert record.params["text_prompt"] == fields["text"]
    assert "negative_text" in record.warnings[0]["message"]
    assert (record.params["texture_size"], record.params["seed"]) == (512, 7)
    assert len(record.warnings) == 3, "the image model's numbers are said to have no effect"
    (item,) = at_desk.get("/my_requests").json()["requests"]
    assert (item["text"], item["task_type"]) == (fields["text"], "text_to_3d")
    assert item["image_name"] == ""
    assert at_desk.task(record.job_id)["input_name"] == fields["text"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"text": "x" * 2001}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"negative_text": 5}, "negative_text"),
        ({"negative_text": ["x"]}, "negative_text"),
        ({"negative_text": "x" * 2001}, "negative_text"),
        ({"ss_sample_steps": "many"}, "ss_sample_steps"),
        ({"seed": True}, "seed"),
        ({"is_dv_mode": "maybe"}, "is_dv_mode"),
        ({"image_name": "x"}, "image_name"),
        ({"image_data": BASE64}, "image_data"),
        ({"prompt": "x"}, "prompt"),
    ],
)
def test_bad_field_beside_a_text_is_refused_with_its_name(at_desk, fields, name):
    body = json.dumps({"text": "a cup", **fields})
    headers = {"Content-Type": "application/json"}
    answer = at_desk.post("/text_to_3d", data=body, headers=headers)
    assert assert_refused(answer, 400).startswith(f"{name} is ")


def test_odd_but_honest_text_is_taken_as_it_is(at_desk):
    for text in ("<b>&amp;</b>", "line\nline\ttab", "\U0001f375", "'; DROP TABLE jobs --"):
        record = accepted(at_desk, at_desk.post("/text_to_3d", json={"text": text}))
        assert record.params["text_prompt"] == record.shown["text"] == text
        assert at_desk.task(record.job_id)["text"] == text
