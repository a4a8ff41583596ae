"""Every field that either API documents for making and painting, sent to each of its routes.

It reaches the model's run, is refused by its name, or is told to have no effect: nothing is passed over in silence.
"""

from __future__ import annotations

from typing import Any

import pytest

from serving.web.v1.body import input_names
from tests.serving import pictures
from tests.serving.live import Client, assert_refused
from tests.serving.second_api import (
    CATALOG,
    PAINTING,
    PICTURE,
    QUICK,
    TEXTURED_MESH,
    V1,
    as_base64,
    completed,
    form_files,
    job_of,
    json_body,
    needed_fields,
    refused,
    shown,
)

SIX = [
    *("text_to_raw_mesh", "text_to_textured_mesh", "text_mesh_painting"),
    *("image_to_raw_mesh", "image_to_textured_mesh", "image_mesh_painting"),
]
# A value for each param of the six, and each option of their built-in models, that is not its default.
OTHER: dict[str, Any] = {
    "text_prompt": "a blue table",
    "texture_prompt": "red brick",
    "output_format": "glb",
    "turntable": True,
    "vertex_limit": 900,
    "target_face_count": 300,
    "simplify_ratio": 0.3,
    "target_height_m": 2.5,
    "style": "cartoon",
    "seed": 7,
    "texture_size": 300,
    "mode": "tile",
    "texture_bake_mode": "fast",
    "sparse_structure_sample_steps": 2,
    "sparse_structure_cfg_strength": 3.5,
    "slat_sample_steps": 60,
    "slat_cfg_strength": 9.5,
    "depth_scale": 0.5,
    "depth_method": "inflation",
    "tile_scale": 0.25,
    "pattern_scale": 3.5,
    "uvs": "new",
}


def params_of(feature: str) -> set[str]:
    return set(CATALOG.feature(feature).params.model_fields)


def options_of(feature: str) -> set[str]:
    return set(CATALOG.card(feature, f"classic_{feature}").options.model_fields)


def test_the_table_knows_every_param_and_option():
    known = set[str]().union(*(params_of(name) | options_of(name) for name in SIX))
    assert set(OTHER) == known


@pytest.mark.parametrize("twin", [False, True], ids=["json", "form"])
@pytest.mark.parametrize("feature", SIX)
def test_each_field_of_the_second_api_counts_or_is_refused_or_told(at_desk, feature, twin):
    for name, value in OTHER.items():
        field = shown(name)
        answer = post(at_desk, feature, {field: value}, twin=twin)
        if answer.status_code != 200:
            assert name == "style"
            refused(answer, answer.status_code, "INVALID_VALUE", "style")
            continue
        record = at_desk.server.record(job_of(answer))
        told = [row["message"] for row in answer.json()["warnings"]]
        if name in params_of(feature) | options_of(feature):
            assert {**record.params, **record.options}[name] == value
            assert told == []
        else:
            assert name not in {**record.params, **record.options}
            assert told == [f"{field} has no effect on {feature}"]


def post(client: Client, feature: str, fields: dict[str, Any], *, twin: bool = False) -> Any:
    facts = CATALOG.feature(feature)
    if not twin:
        return client.post(V1 + facts.route, json=json_body(facts, **fields))
    form = {name: str(value) for name, value in {**needed_fields(facts), **fields}.items()}
    parts = {**form_files(facts), **{name: (None, text) for name, text in form.items()}}
    return client.post(f"{V1}{facts.route}-upload", files=parts)


@pytest.mark.parametrize("feature", SIX)
def test_inputs_that_a_feature_does_not_take_are_told(at_desk, feature):
    own = input_names(CATALOG.feature(feature))
    for name in {field for other in SIX for field in input_names(CATALOG.feature(other))} - set(
        own
    ):
        answer = post(at_desk, feature, {name: "nothing"})
        assert [row["message"] for row in answer.json()["warnings"]] == [
            f"{name} has no effect on {feature}"
        ]


def test_many_unknown_fields_are_told_in_one_short_sentence(at_desk):
    answer = post(at_desk, "text_to_raw_mesh", {f"odd_{number:03}" * 9: 1 for number in range(50)})
    (warning,) = answer.json()["warnings"]
    assert warning["code"] == "FIELD_WITHOUT_EFFECT"
    assert "odd_000" in warning["message"] and "and 40 more have no effect" in warning["message"]
    assert len(warning["message"]) < 600


def test_options_of_the_model_count_beside_model_parameters_and_in_it(at_desk):
    for fields in (
        {"tile_scale": 0.25, "mode": "tile"},
        {"model_parameters": {"tile_scale": 0.25, "mode": "tile"}},
        {"model_parameters": {"tile_scale": 0.25}, "mode": "tile"},
        {"model_parameters": {"tile_scale": 0.25, "mode": "tile"}, "tile_scale": "0.25"},
    ):
        answer = post(at_desk, "image_mesh_painting", fields)
        record = at_desk.server.record(job_of(answer))
        assert (record.params["mode"], record.options["tile_scale"]) == ("tile", 0.25)
        assert answer.json()["warnings"] == []


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"mode": "paint"}, 422, ("mode", "auto", "project", "tile")),
        ({"mode": 3}, 422, ("mode",)),
        ({"model_parameters": {"mode": "paint"}}, 422, ("mode", "project")),
        ({"tile_scale": 99}, 422, ("tile_scale",)),
        (
            {"tile_scale": 0.2, "model_parameters": {"tile_scale": 0.3}},
            400,
            ("tile_scale", "twice"),
        ),
        ({"mode": "tile", "model_parameters": {"mode": "project"}}, 400, ("mode", "twice")),
        ({"texture_size": 300, "texture_resolution": 400}, 400, ("texture_size", "the same")),
    ],
)
def test_what_contradicts_itself_or_is_no_value_is_refused(at_desk, fields, status, words):
    answer = post(at_desk, "image_mesh_painting", fields)
    body = refused(answer, status, "INVALID_VALUE", *words)
    if status == 422 and "model_parameters" not in fields:
        assert body["detail"][0]["loc"] == ["body", next(iter(fields))]


# The first API

MESH_FILE = ("mesh", ("mesh.obj", pictures.OBJ))
FIRST = {name: OTHER[name] for name in OTHER if name not in ("text_prompt", "output_format")}


@pytest.mark.parametrize("has_mesh", [False, True], ids=["made", "painted"])
@pytest.mark.parametrize("path", ["/image_to_3d", "/text_to_3d"])
def test_each_field_of_the_first_api_counts_or_is_refused_or_told(at_desk, path, has_mesh):
    for name, value in FIRST.items():
        parts = (
            [("text", (None, "red wood"))] if "text" in path else [("image", ("a.png", PICTURE))]
        )
        parts += [MESH_FILE] if has_mesh else []
        answer = at_desk.post(path, files=[*parts, (name, (None, str(value)))])
        if answer.status_code != 200:
            assert_refused(answer, 400, name, "not known here", "mode")
            continue
        record = at_desk.server.record(answer.json()["request_id"])
        told = [row["message"] for row in record.warnings]
        if name in {**record.params, **record.options}:
            assert {**record.params, **record.options}[name] == value
            assert told == []
        else:
            assert told == [f"{name} has no effect on {record.model_id}"]


@pytest.mark.parametrize("wrong", ["paint", "Tile ", "1"])
def test_unknown_mode_is_refused_by_the_first_api_whatever_it_would_do(at_desk, wrong):
    for path, fields in (
        ("/image_to_3d", {"image": ("a.png", PICTURE)}),
        ("/image_to_3d", {"image": ("a.png", PICTURE), "mesh": MESH_FILE[1]}),
        ("/text_to_3d", {"text": (None, "a chair")}),
    ):
        answer = at_desk.post(path, files={**fields, "mode": (None, wrong)})
        assert_refused(answer, 400, "mode", "project", "tile")


def test_mode_is_described_where_it_counts(at_desk):
    document = at_desk.get("/openapi.json").json()
    for route, count in (
        ("/image_to_3d", 2),
        ("/text_to_3d", 2),
        (PAINTING, 1),
        (f"{PAINTING}-upload", 1),
    ):
        content = document["paths"][route]["post"]["requestBody"]["content"]
        described = [_fields_of(document, row["schema"]).get("mode") for row in content.values()]
        assert len(described) >= count
        assert all(row and "project" in str(row) and row["description"] for row in described), route


def _fields_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return dict(schema.get("properties", {}))


# Run


@pytest.mark.parametrize(("mode", "method"), [("project", "front_projection"), ("tile", "tiling")])
def test_mode_acts_over_both_apis(client, mode, method):
    files = {"image": ("a.png", PICTURE), "mesh": MESH_FILE[1]}
    answer = client.post("/image_to_3d", files=files, data={"mode": mode, "texture_size": 256})
    assert answer.status_code == 200, answer.text
    task = client.finished(answer.json()["request_id"])
    assert task["generation_info"]["method"] == method
    assert "warnings" not in task or task["warnings"] == []
    body = {"image_base64": as_base64(PICTURE), "mesh_base64": as_base64(pictures.OBJ)}
    small = {"mode": mode, "texture_resolution": 256}
    status = completed(client, job_of(client.post(PAINTING, json=body | small)))
    assert status["result"]["generation_info"]["method"] == method
    forms = {"image_file": ("a.png", PICTURE), "mesh_file": MESH_FILE[1]}
    status = completed(client, job_of(client.post(f"{PAINTING}-upload", files=forms, data=small)))
    assert status["result"]["generation_info"]["method"] == method
    body = {"image_base64": as_base64(PICTURE), "texture_image_base64": as_base64(PICTURE), **QUICK}
    status = completed(client, job_of(client.post(TEXTURED_MESH, json=body | small)))
    assert status["result"]["generation_info"]["texture_method"] == method


def test_mode_without_anything_to_lay_is_told_in_the_end(client):
    task = client.finished(client.submit(PICTURE, mode="tile", ss_sample_steps=1, texture_size=256))
    assert [row["code"] for row in task["warnings"]] == ["FIELD_WITHOUT_EFFECT"]
    assert task["warnings"][0]["message"].startswith("mode tile")
