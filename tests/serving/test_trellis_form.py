"""Fields and texts that clients of the first API may write into a submit. Jobs wait here and are looked at."""

from __future__ import annotations

import base64
import json

import pytest

from serving.jobs.record import JobRecord
from tests.serving import pictures
from tests.serving.bodies import BASE64, PICTURE
from tests.serving.first_api import accepted, post_form, post_json
from tests.serving.live import assert_refused

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
