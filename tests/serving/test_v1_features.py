"""The regular routes of the second API: for each feature of the catalog one for JSON and a twin for forms."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from pipelines.catalog import Catalog
from pipelines.presets import QUALITY_PRESETS
from pipelines.spec import Feature, Params, Slot, Stage
from serving.web.v1 import features
from tests.serving.second_api import (
    CATALOG,
    FILES,
    IMAGE_FILE,
    JOBS,
    PICTURE,
    QUICK,
    RAW_MESH,
    TEXTURED_MESH,
    V1,
    as_base64,
    doable,
    ended,
    form_files,
    input_bytes,
    job_of,
    json_body,
    needed_fields,
    needed_slots,
    nothing_left,
    record_of,
    refused,
    status_of,
    submit,
    whole_numbers,
)

EVERY_FEATURE = pytest.mark.parametrize("feature", doable(), ids=lambda feature: feature.name)


# Every feature


@EVERY_FEATURE
def test_json_route_and_its_twin_make_the_same_job(at_desk, feature):
    path = V1 + feature.route
    by_json = record_of(at_desk, job_of(at_desk.post(path, json=json_body(feature))))
    form = {name: str(value) for name, value in needed_fields(feature).items()}
    # The third part makes it multipart also for a feature that takes no file.
    parts = {**form_files(feature), "an_extra_field": (None, "x")}
    by_form = record_of(at_desk, job_of(at_desk.post(f"{path}-upload", data=form, files=parts)))
    for record in (by_json, by_form):
        assert record.feature == feature.name
        assert record.model_id == f"classic_{feature.name}"
        assert record.client == at_desk.address
        expected = {slot: FILES[kind][1] for slot, kind in needed_slots(feature).items()}
        assert input_bytes(at_desk, record) == expected
    assert (by_json.params, by_json.options) == (by_form.params, by_form.options)


@EVERY_FEATURE
def test_answer_to_a_submit_has_its_documented_words_and_addresses_that_work(at_desk, feature):
    answer = at_desk.post(V1 + feature.route, json=json_body(feature))
    body = answer.json()
    job_id = body["job_id"]
    assert body == {
        "job_id": job_id,
        "status": "queued",
        "message": body["message"],
        "model": f"classic_{feature.name}",
        "status_url": f"{JOBS}/{job_id}",
        "download_url": f"{JOBS}/{job_id}/download",
        "cancel_url": f"{JOBS}/{job_id}/cancel",
        "warnings": [],
    }
    assert body["message"].endswith("job queued successfully")
    assert at_desk.get(body["status_url"]).json()["feature"] == feature.name
    assert at_desk.get(body["download_url"]).status_code == 409
    assert at_desk.post(body["cancel_url"]).json()["status"] == "cancelled"


@EVERY_FEATURE
def test_null_and_empty_text_are_the_same_as_left_out(at_desk, feature):
    """The documents' own examples send null for what they do not use; upstream answered 500."""
    body = json_body(feature)
    optional = {
        *(f"{slot}_{way}" for slot in feature.inputs for way in ("path", "base64", "file_id")),
        *whole_numbers(feature),
        *("model_preference", "model_parameters", "preset", "output_format", "input_job_id"),
        "timeout_seconds",
    } - set(body)
    plain = record_of(at_desk, job_of(at_desk.post(V1 + feature.route, json=body)))
    for nothing in (None, ""):
        padded = body | dict.fromkeys(optional, nothing)
        record = record_of(at_desk, job_of(at_desk.post(V1 + feature.route, json=padded)))
        assert (record.params, record.options) == (plain.params, plain.options)
        assert (record.model_id, record.timeout_s) == (plain.model_id, plain.timeout_s)
        assert sorted(record.inputs) == sorted(plain.inputs)
        assert status_of(at_desk, record.job_id)["model_preference"] is None


@EVERY_FEATURE
@pytest.mark.parametrize("twin", [False, True])
def test_unknown_model_is_refused_and_those_there_are_are_named(at_desk, feature, twin):
    """Upstream's -upload routes took the first model in silence."""
    own = f"classic_{feature.name}"
    others = [card.model_id for card in CATALOG.cards.values() if card.feature != feature.name]
    for wrong in ("trellis_of_the_future", *others[:1]):
        if twin:
            form = {**needed_fields(feature), "model_preference": wrong}
            parts = {**form_files(feature), "x": (None, "x")}
            answer = at_desk.post(f"{V1}{feature.route}-upload", data=form, files=parts)
        else:
            body = json_body(feature, model_preference=wrong)
            answer = at_desk.post(V1 + feature.route, json=body)
        refused(answer, 400, "MODEL_NOT_AVAILABLE", wrong, own)
    assert nothing_left(at_desk)


@EVERY_FEATURE
def test_every_model_of_a_feature_can_be_asked_for_by_its_id(at_desk, feature):
    for card in CATALOG.cards_for(feature.name):
        body = json_body(feature, model_preference=f" {card.model_id}")
        job_id = job_of(at_desk.post(V1 + feature.route, json=body))
        assert record_of(at_desk, job_id).model_id == card.model_id
        assert status_of(at_desk, job_id)["model_preference"] == card.model_id


@EVERY_FEATURE
def test_unknown_fields_are_ignored_in_both_routes(at_desk, feature):
    extra = {"priority": 5, "gpu": {"id": 3}, "callback": None, "image_name": "x"}
    record = record_of(
        at_desk, job_of(at_desk.post(V1 + feature.route, json=json_body(feature, **extra)))
    )
    assert "priority" not in {**record.params, **record.options}
    form = {**needed_fields(feature), "priority": "5"}
    parts = {**form_files(feature), "x": (None, "x")}
    job_of(at_desk.post(f"{V1}{feature.route}-upload", data=form, files=parts))


@EVERY_FEATURE
def test_required_inputs_must_be_named_exactly_once(at_desk, feature):
    for slot, kind in needed_slots(feature).items():
        body = json_body(feature)
        lacking = {name: value for name, value in body.items() if name != f"{slot}_base64"}
        answer = at_desk.post(V1 + feature.route, json=lacking)
        refused(answer, 400, "INVALID_VALUE", f"{slot} is missing", f"{slot}_file_id")
        doubled = {**body, f"{slot}_path": "/some/file"}
        answer = at_desk.post(V1 + feature.route, json=doubled)
        refused(answer, 400, "INVALID_VALUE", f"{slot}_path", f"{slot}_base64", "exactly one")
        form = {**needed_fields(feature), f"{slot}_base64": as_base64(FILES[kind][1])}
        answer = at_desk.post(f"{V1}{feature.route}-upload", data=form, files=form_files(feature))
        refused(answer, 400, "INVALID_VALUE", f"{slot}_file", f"{slot}_base64", "exactly one")
    assert nothing_left(at_desk)


@EVERY_FEATURE
def test_numbers_count_by_their_bounds_also_when_they_come_as_text(at_desk, feature):
    for name, facts in whole_numbers(feature).items():
        bounds = {type(rule).__name__: rule for rule in facts.metadata}
        least, most = bounds["Ge"].ge, bounds["Le"].le
        for wrong in (least - 1, most + 1, "many", "", 0.5, [least]):
            if wrong == "":
                continue  # the same as left out
            answer = at_desk.post(V1 + feature.route, json=json_body(feature, **{name: wrong}))
            body = refused(answer, 422, "INVALID_VALUE", name)
            assert body["detail"][0]["loc"] == ["body", name]
        for right in (least, most, str(most)):
            answer = at_desk.post(V1 + feature.route, json=json_body(feature, **{name: right}))
            assert int(right) in record_of(at_desk, job_of(answer)).params.values()
        form = {**needed_fields(feature), name: str(least)}
        parts = {**form_files(feature), "x": (None, "x")}
        answer = at_desk.post(f"{V1}{feature.route}-upload", data=form, files=parts)
        assert least in record_of(at_desk, job_of(answer)).params.values()


@pytest.mark.parametrize(
    "feature",
    [row for row in CATALOG.features.values() if "output_format" in row.params.model_fields],
    ids=lambda feature: feature.name,
)
def test_output_format_that_no_model_writes_is_refused(at_desk, feature):
    """Upstream queued output_format zzz and failed later."""
    answer = at_desk.post(V1 + feature.route, json=json_body(feature, output_format="zzz"))
    refused(answer, 422, "INVALID_VALUE", "output_format", "glb")
    assert nothing_left(at_desk)


@EVERY_FEATURE
def test_route_answers_post_alone_and_bodies_of_its_own_kind(at_desk, feature):
    path = V1 + feature.route
    for where in (path, f"{path}-upload"):
        answer = at_desk.get(where)
        refused(answer, 405, "API_ERROR", "GET")
        assert "POST" in answer.headers["Allow"]
        refused(at_desk.post(where, data=b"x"), 415, "INVALID_VALUE")
    refused(at_desk.post(path, files=IMAGE_FILE), 415, "INVALID_VALUE", "-upload")
    refused(at_desk.post(f"{path}-upload", json={}), 415, "INVALID_VALUE", f"JSON to {path}")
    assert nothing_left(at_desk)


@EVERY_FEATURE
def test_preset_sets_what_the_feature_has_unless_the_request_does(at_desk, feature):
    known = set(feature.params.model_fields)
    in_effect = {"texture_size": "texture_resolution", "vertex_limit": "vertex_limit"}
    in_effect = {name: key for name, key in in_effect.items() if name in known}
    low = QUALITY_PRESETS["low"]
    path = V1 + feature.route
    if not in_effect:
        answer = at_desk.post(path, json=json_body(feature, preset="low"))
        refused(answer, 400, "INVALID_VALUE", "preset", "no effect")
        return
    record = record_of(at_desk, job_of(at_desk.post(path, json=json_body(feature, preset="low"))))
    assert {name: record.params[name] for name in in_effect} == {
        name: low[key] for name, key in in_effect.items()
    }
    for key in in_effect.values():
        own = json_body(feature, preset="low", **{key: 600})
        told = record_of(at_desk, job_of(at_desk.post(path, json=own))).params
        assert told[{shown: name for name, shown in in_effect.items()}[key]] == 600
    form = {**needed_fields(feature), "preset": "low"}
    parts = {**form_files(feature), "x": (None, "x")}
    answer = at_desk.post(f"{path}-upload", data=form, files=parts)
    assert record_of(at_desk, job_of(answer)).params == record.params
    answer = at_desk.post(path, json=json_body(feature, preset="ultra"))
    refused(answer, 422, "INVALID_VALUE", "preset", "low", "medium", "high")


@EVERY_FEATURE
def test_style_is_refused_where_it_has_no_effect(at_desk, feature):
    answer = at_desk.post(V1 + feature.route, json=json_body(feature, style="realistic"))
    if "style" in feature.params.model_fields:
        assert record_of(at_desk, job_of(answer)).params["style"] == "realistic"
    else:
        refused(answer, 400, "INVALID_VALUE", "style", "no effect")


def test_route_that_is_known_by_two_names_is_served_by_both():
    """The documents say auto-rigging, older programs auto-rig."""

    class NoParams(Params):
        pass

    rig = Feature(
        name="auto_rigging",
        route="/auto-rigging/generate-rig",
        summary="Rig a mesh",
        inputs={"mesh": Slot("mesh")},
        params=NoParams,
        stages=(Stage("rig", 1.0),),
        run=lambda work, adapter, report: adapter.rig(work, report),
    )
    app = Flask("test")
    app.register_blueprint(features.blueprint(Catalog({"auto_rigging": rig}, {}, {})))
    routes = {rule.rule for rule in app.url_map.iter_rules()} - {"/static/<path:filename>"}
    assert routes == {
        "/api/v1/auto-rigging/generate-rig",
        "/api/v1/auto-rigging/generate-rig-upload",
        "/api/v1/auto-rig/generate-rig",
        "/api/v1/auto-rig/generate-rig-upload",
    }


def test_feature_without_a_model_says_so(at_desk):
    for feature in CATALOG.features.values():
        if not CATALOG.cards_for(feature.name):
            answer = at_desk.post(V1 + feature.route, json=json_body(feature))
            refused(answer, 400, "MODEL_NOT_AVAILABLE", f"no model for {feature.name}")


# Parameters of the model


def test_parameters_of_the_model_reach_the_job_from_both_routes(at_desk):
    chosen = {"depth_scale": 0.5, "sparse_structure_sample_steps": "7"}
    job_id = submit(at_desk, model_parameters=chosen)
    by_json = record_of(at_desk, job_id)
    assert (by_json.options["depth_scale"], by_json.options["sparse_structure_sample_steps"]) == (
        0.5,
        7,
    )
    form = {"model_parameters": json.dumps(chosen)}
    answer = at_desk.post(f"{RAW_MESH}-upload", data=form, files=IMAGE_FILE)
    assert record_of(at_desk, job_of(answer)).options == by_json.options


@pytest.mark.parametrize(
    ("parameters", "where"),
    [
        ({"ss_guidance": 7}, ["body", "model_parameters", "ss_guidance"]),
        ({"depth_scale": 99}, ["body", "model_parameters", "depth_scale"]),
        ({"depth_scale": "deep"}, ["body", "model_parameters", "depth_scale"]),
        ([1], ["body", "model_parameters"]),
        ("not an object", ["body", "model_parameters"]),
        ("[" * 5_000, ["body", "model_parameters"]),
    ],
    ids=["unknown", "out of bounds", "no number", "a list", "text", "nested"],
)
def test_wrong_parameters_of_the_model_are_refused_in_both_routes(at_desk, parameters, where):
    body = {"image_base64": as_base64(PICTURE), "model_parameters": parameters}
    as_text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    answers = [
        at_desk.post(RAW_MESH, json=body),
        at_desk.post(f"{RAW_MESH}-upload", data={"model_parameters": as_text}, files=IMAGE_FILE),
    ]
    for answer in answers:
        detail = refused(answer, 422, "INVALID_VALUE", "model_parameters")["detail"]
        assert [row["loc"] for row in detail] == [where]
        assert all(row["msg"] and row["type"] for row in detail)
    assert nothing_left(at_desk)


def test_unknown_parameter_of_the_model_is_answered_with_those_it_knows(at_desk):
    body = {"image_base64": as_base64(PICTURE), "model_parameters": {"ss_guidance": 7}}
    refused(at_desk.post(RAW_MESH, json=body), 422, "INVALID_VALUE", "depth_scale")


def test_every_bad_field_is_listed_at_once(at_desk):
    body = {"image_base64": as_base64(PICTURE), "seed": "x", "texture_resolution": 1}
    detail = refused(at_desk.post(TEXTURED_MESH, json=body), 422, "INVALID_VALUE")["detail"]
    assert sorted(row["loc"][-1] for row in detail) == ["seed", "texture_resolution"]


def test_bad_value_is_not_sent_back_whole(at_desk):
    answer = at_desk.post(RAW_MESH, json={"image_base64": [as_base64(PICTURE) * 100]})
    refused(answer, 422, "INVALID_VALUE", "image_base64")
    assert len(answer.content) < 1_000


# The same submits, run


def test_two_like_requests_at_once_are_two_jobs_with_results_of_their_own(client):
    """Upstream named results by model, prompt and second: one overwrote the other."""
    jobs = [submit(client, **QUICK, vertex_limit=limit) for limit in (500, 900)]
    statuses = [ended(client, job_id) for job_id in jobs]
    assert [status["status"] for status in statuses] == ["completed"] * 2
    meshes = [client.get(f"{JOBS}/{job_id}/download").content for job_id in jobs]
    assert meshes[0] != meshes[1]
    assert client.delete(f"{JOBS}/{jobs[0]}/result").json()["deleted"]
    assert client.get(f"{JOBS}/{jobs[1]}/download").content == meshes[1]
