"""Pictures of a result in both APIs: the thumbnail of every mesh, and the turntable where it was asked for."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.serving.live import Client, assert_refused
from tests.serving.second_api import (
    JOBS,
    PAINTING,
    PICTURE,
    QUICK,
    RAW_MESH,
    TEXTURED_MESH,
    as_base64,
    completed,
    job_of,
    refused,
    submit,
)
from tests.serving.test_bad_input import QUICK as QUICK_FIELDS

MESH = {
    "mesh_base64": as_base64(
        b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n"
    )
}
SMALL = {"texture_resolution": 256}


def is_animated(client: Client, url: str) -> bool:
    """Fetch a picture of a result. -> whether it moves"""
    answer = client.get(url.removeprefix(client.server.url))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "WEBP"
        return bool(getattr(picture, "is_animated", False))


def first_task(client: Client, **fields: Any) -> dict[str, Any]:
    task = client.finished(client.submit(PICTURE, **QUICK_FIELDS, **fields))
    assert task["status"] == "complete", task
    return task


def test_first_api_shows_the_thumbnail_of_every_mesh_and_no_turntable_unasked(client):
    task = first_task(client)
    assert not is_animated(client, task["thumbnail_url"])
    assert task["turntable_url"] is None
    assert [url.rpartition("/")[2] for url in task["output_files"]] == ["output.glb"]
    (item,) = client.get("/my_requests").json()["requests"]
    assert item["thumbnail_url"] == task["thumbnail_url"]


@pytest.mark.parametrize("value", ["true", "1"])
def test_first_api_turns_the_mesh_where_it_was_asked_to(client, value):
    task = first_task(client, turntable=value)
    assert is_animated(client, task["turntable_url"])
    assert not is_animated(client, task["thumbnail_url"])
    assert [url.rpartition("/")[2] for url in task["output_files"]] == ["output.glb"]
    assert task["stage_seconds"]["turntable"] > 0


@pytest.mark.parametrize("value", ["perhaps", "2", "[]"])
def test_first_api_refuses_what_is_neither_true_nor_false(at_desk, value):
    files = {"image": ("a.png", PICTURE)}
    answer = at_desk.post("/image_to_3d", files=files, data={"turntable": value})
    assert_refused(answer, 400, "turntable is ")


@pytest.mark.parametrize(
    ("path", "fields"),
    [(RAW_MESH, QUICK), (TEXTURED_MESH, QUICK | SMALL), (PAINTING, MESH | SMALL)],
)
def test_second_api_shows_both_pictures_where_both_were_asked_for(client, path, fields):
    job_id = submit(client, path, turntable=True, **fields)
    status = completed(client, job_id)
    for where in (status, status["result"]):
        assert where["thumbnail_url"] == f"{JOBS}/{job_id}/thumbnail"
        assert where["turntable_url"] == f"{JOBS}/{job_id}/turntable"
    assert not is_animated(client, status["thumbnail_url"])
    assert is_animated(client, status["turntable_url"])
    roles = [file["role"] for file in status["result"]["files"]]
    assert roles == ["model", "thumbnail", "turntable"]


def test_second_api_has_no_turntable_unasked_and_says_how_to_get_one(client):
    job_id = submit(client, RAW_MESH, **QUICK)
    status = completed(client, job_id)
    assert status["turntable_url"] is None
    refused(client.get(f"{JOBS}/{job_id}/turntable"), 404, "NOT_FOUND", "turntable: true")


def test_pictures_of_a_job_that_waits_are_not_there_yet(at_desk):
    answer = at_desk.post(RAW_MESH, json={"image_base64": as_base64(PICTURE)})
    job_id = job_of(answer)
    for name in ("thumbnail", "turntable"):
        refused(at_desk.get(f"{JOBS}/{job_id}/{name}"), 409, "API_ERROR")
