"""Several views of one object, as clients of both APIs send them: with names and without, in every way to send them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pipelines.catalog import Catalog
from serving.errors import BadRequest
from serving.jobs.record import JobRecord
from serving.web.views import VIEWS, is_picture, label, takes_views, views_of
from tests.serving import pictures
from tests.serving.live import Client, assert_refused
from tests.serving.second_api import (
    PAINTING,
    QUICK,
    RAW_MESH,
    TEXTURED_MESH,
    V1,
    as_base64,
    completed,
    job_of,
    nothing_left,
    refused,
)
from tests.serving.test_bad_input import QUICK as QUICK_FIELDS

# One picture for each view, each of another size, so that none is taken for another.
SENT = {
    view: pictures.encoded(pictures.disc(size=(64 + 8 * number, 96)))
    for number, view in enumerate(VIEWS)
}
SLOTS = {"image" if view == "front" else f"image_{view}": data for view, data in SENT.items()}
TWO = [SENT["front"], SENT["back"]]


def inputs(client: Client, record: JobRecord) -> dict[str, bytes]:
    folder = client.server.data_dir / "inputs"
    return {slot: (folder / path).read_bytes() for slot, path in record.inputs.items()}


def first_api(client: Client, **kwargs: Any) -> JobRecord:
    answer = client.post("/image_to_3d", **kwargs)
    assert answer.status_code == 200, answer.text
    return client.server.record(answer.json()["request_id"])


def second_api(client: Client, path: str, **kwargs: Any) -> JobRecord:
    return client.server.record(job_of(client.post(path, **kwargs)))


def uploaded(client: Client, data: bytes) -> dict[str, Any]:
    answer = client.post(f"{V1}/file-upload/image", files={"file": ("a.png", data)})
    return dict(answer.json())


def named(client: Client, way: str) -> dict[str, str]:
    """The views by their names, each in one of the ways that JSON has."""
    values = {
        "base64": lambda data: as_base64(data, "image/png"),
        "file_id": lambda data: uploaded(client, data)["file_id"],
        "path": lambda data: uploaded(client, data)["url"],
    }
    return {f"image_{view}_{way}": values[way](data) for view, data in SENT.items()}


# Which view is which, decided by names alone


@pytest.mark.parametrize(
    ("fields", "views", "is_guessed"),
    [
        ("image", "front", False),
        ("images", "front", False),
        ("image_front", "front", False),
        ("image image_back", "front back", False),
        ("image image_front_base64", None, False),
        ("image image", "front back", True),
        ("images[] images[] images[]", "front left back", True),
        ("image images images", "front left back", True),
        ("image_back images", "back front", True),
        ("image_left image_back", None, False),
        ("image_back image_back_path image", None, False),
        (" ".join(["images"] * 7), None, False),
    ],
)
def test_view_is_told_by_the_field_or_guessed_by_the_order(fields, views, is_guessed):
    if views is None:
        with pytest.raises(BadRequest, match="image"):
            views_of(fields.split())
        return
    found, notices = views_of(fields.split())
    assert found == views.split()
    assert [notice.code for notice in notices] == (["VIEWS_GUESSED"] if is_guessed else [])


@pytest.mark.parametrize(
    "field", ["image_name", "image_", "image_inside", "front", "texture_image"]
)
def test_other_fields_are_no_pictures_of_the_object(field):
    assert not is_picture(field)
    assert not label(field)


def test_features_that_model_an_object_take_views():
    taking = {name for name, row in Catalog.discover(()).features.items() if takes_views(row)}
    assert taking == {"image_to_raw_mesh", "image_to_textured_mesh"}


# Both APIs


def test_six_files_by_name_are_six_inputs(at_desk):
    files = {f"image_{view}": data for view, data in SENT.items()}
    assert inputs(at_desk, first_api(at_desk, files=files)) == SLOTS
    for path in (RAW_MESH, TEXTURED_MESH):
        for ending in ("", "_file"):
            sent = {name + ending: data for name, data in files.items()}
            record = second_api(at_desk, f"{path}-upload", files=sent)
            assert inputs(at_desk, record) == SLOTS
            assert record.warnings == ()


@pytest.mark.parametrize("way", ["base64", "file_id", "path"])
def test_six_views_in_json_by_name_are_six_inputs(at_desk, way):
    fields = named(at_desk, way)
    assert inputs(at_desk, first_api(at_desk, json=fields)) == SLOTS
    for path in (RAW_MESH, TEXTURED_MESH):
        assert inputs(at_desk, second_api(at_desk, path, json=fields)) == SLOTS


def assert_guessed(client: Client, record: JobRecord, field: str) -> None:
    assert inputs(client, record) == {"image": TWO[0], "image_back": TWO[1]}
    (said,) = record.warnings
    assert said["code"] == "VIEWS_GUESSED"
    assert field in said["message"]
    assert "front, back" in said["message"]


FIELDS = ["image", "image_file", "images", "images_file", "images[]", "image[]"]


@pytest.mark.parametrize("field", FIELDS)
def test_repeated_files_are_guessed_by_their_order_and_that_is_said(at_desk, field):
    files = [(field, ("a.png", data)) for data in TWO]
    assert_guessed(at_desk, first_api(at_desk, files=files), field)
    assert_guessed(at_desk, second_api(at_desk, f"{RAW_MESH}-upload", files=files), field)


@pytest.mark.parametrize("way", ["base64", "file_id", "path"])
def test_list_in_json_is_guessed_by_its_order_and_that_is_said(at_desk, way):
    values = list(named(at_desk, way).values())[:2]
    answer = at_desk.post(RAW_MESH, json={f"images_{way}": values})
    assert [row["code"] for row in answer.json()["warnings"]] == ["VIEWS_GUESSED"]
    record = at_desk.server.record(job_of(answer))
    assert inputs(at_desk, record) == {"image": TWO[0], "image_back": TWO[1]}


def test_one_picture_in_a_list_is_the_front_and_nothing_is_guessed(at_desk):
    record = second_api(at_desk, RAW_MESH, json={"images_base64": [as_base64(TWO[0])]})
    assert inputs(at_desk, record) == {"image": TWO[0]}
    assert record.warnings == ()


# What becomes of them


def test_views_shape_the_mesh_in_both_apis_and_the_job_says_which(client):
    files = {"image_front": SENT["front"], "image_left": SENT["front"]}
    answer = client.post("/image_to_3d", files=files, data=QUICK_FIELDS)
    task = client.finished(answer.json()["request_id"])
    assert task["status"] == "complete", task
    body = {f"{name}_base64": as_base64(data) for name, data in files.items()}
    status = completed(client, job_of(client.post(RAW_MESH, json=body | QUICK)))
    for info in (task["generation_info"], status["result"]["generation_info"]):
        assert info["views_used"] == ["image", "image_left"]
        assert info["method"] == "visual_hull"
        assert info["size_m"][1] == pytest.approx(1.0, rel=1e-4)


# Refused, with the field's name


def bad_views() -> list[tuple[dict[str, Any], list[str]]]:
    text = as_base64(TWO[0])
    return [
        ({"image_back_base64": text}, ["image is missing"]),
        ({"image_base64": text, "image_front_base64": text}, ["image_front_base64", "image"]),
        ({"image_base64": text, "image_left_base64": "?"}, ["image_left_base64"]),
        ({"image_base64": text, "image_top_file_id": "img_" + "0" * 32}, ["image_top_file_id"]),
        ({"image_base64": text, "image_top_path": "/etc/passwd"}, ["image_top_path"]),
    ]


@pytest.mark.parametrize(("body", "words"), bad_views(), ids=lambda row: "-".join(row))
def test_bad_view_is_refused_in_both_apis_with_the_fields_name(at_desk, body, words):
    answer = at_desk.post(RAW_MESH, json=body)
    status = answer.status_code
    refused(answer, status, answer.json()["error"], *words)
    assert status in (400, 404)
    assert_refused(at_desk.post("/image_to_3d", json=body), status, *words)
    assert nothing_left(at_desk)


@pytest.mark.parametrize("view", VIEWS)
def test_broken_file_is_refused_with_the_views_name(at_desk, view):
    broken = base64.b64decode("bm8gcGljdHVyZQ==")
    files = {"image": TWO[0], "image_front": TWO[0], f"image_{view}": broken}
    files.pop("image" if view == "front" else "image_front")
    assert_refused(at_desk.post("/image_to_3d", files=files), 400, f"image_{view} is not an image")
    answer = at_desk.post(f"{RAW_MESH}-upload", files=files)
    refused(answer, 400, "FILE_UPLOAD_ERROR", f"image_{view} is not an image")
    assert nothing_left(at_desk)


@pytest.mark.parametrize("value", [5, "", {}, [5], [[]], ["x"] * 7])
def test_list_of_a_wrong_form_is_refused_with_the_fields_name(at_desk, value):
    answer = at_desk.post(RAW_MESH, json={"images_base64": value})
    word = "image is missing" if value == "" else "images_base64"
    refused(answer, 400 if value == "" else 422, "INVALID_VALUE", word)


def test_painting_takes_one_picture(at_desk):
    files = [("image", TWO[0]), ("image", TWO[1]), ("mesh", pictures.OBJ)]
    answer = at_desk.post(f"{PAINTING}-upload", files=files)
    refused(answer, 400, "INVALID_VALUE", "image and image both name image")
    files = [("image_back", TWO[0]), ("image", TWO[1]), ("mesh", pictures.OBJ)]
    refused(at_desk.post(f"{PAINTING}-upload", files=files), 400, "INVALID_VALUE", "image_back")
    answer = at_desk.post("/image_to_3d", files=files)
    assert_refused(answer, 400, "image_back")
