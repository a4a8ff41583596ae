"""Inputs of the second API's feature routes: base64, paths, ids and files of forms, and bodies that hold none."""

from __future__ import annotations

import json

import pytest

from tests.serving.second_api import (
    FILES,
    IMAGE_FILE,
    JOBS,
    PAINTING,
    PICTURE,
    RAW_MESH,
    TEXTURED_MESH,
    as_base64,
    files_below,
    input_bytes,
    job_of,
    nothing_left,
    record_of,
    refused,
    submit,
)


@pytest.mark.parametrize(
    "text",
    [
        as_base64(PICTURE),
        as_base64(PICTURE, "image/png"),
        as_base64(PICTURE, "application/octet-stream"),
        as_base64(PICTURE, "image/jpeg"),  # a client that is wrong about its own file
        "data:;base64," + as_base64(PICTURE),
        "\r\n".join(as_base64(PICTURE)[at : at + 76] for at in range(0, 10_000, 76)),
    ],
    ids=["bare", "data URL", "octet-stream", "wrong type", "no type", "in lines"],
)
def test_picture_comes_as_base64_with_or_without_a_data_url(at_desk, text):
    record = record_of(at_desk, submit(at_desk, image_base64=text))
    assert input_bytes(at_desk, record) == {"image": PICTURE}
    assert record.inputs["image"].endswith(".png")


@pytest.mark.parametrize("kind", ["obj", "glb"])
def test_mesh_comes_as_base64_whatever_its_format(at_desk, kind):
    """Upstream knew the format of a mesh from the data URL alone."""
    mesh = FILES["mesh"][1] if kind == "obj" else a_glb()
    record = record_of(at_desk, submit(at_desk, PAINTING, mesh_base64=as_base64(mesh)))
    assert record.inputs["mesh"].endswith(f".{kind}")
    assert input_bytes(at_desk, record) == {"image": PICTURE, "mesh": mesh}


def a_glb() -> bytes:
    import trimesh

    return bytes(trimesh.creation.box().export(file_type="glb"))


@pytest.mark.parametrize(
    "text",
    [
        "@@@",
        as_base64(PICTURE)[:-3],
        as_base64(PICTURE)[:40] + "=" + as_base64(PICTURE)[40:],
        "data:image/png;base64",
        "data:image/png;base64,",
        "é" * 8,
        as_base64(b"a text"),
        as_base64(PICTURE[:20]),
        as_base64(FILES["mesh"][1]),
    ],
    ids=[
        "no base64",
        "cut short",
        "padding inside",
        "no comma",
        "nothing",
        "not ASCII",
        "no picture",
        "half a head",
        "a mesh",
    ],
)
def test_base64_that_is_no_picture_is_refused_at_once(at_desk, text):
    """Upstream's decoder took anything, and the job failed later."""
    answer = at_desk.post(RAW_MESH, json={"image_base64": text})
    refused(answer, 400, "FILE_UPLOAD_ERROR", "image_base64")
    assert nothing_left(at_desk)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "/etc/nothing-there",
        "file:///etc/passwd",
        "a\0b",
        "/",
        "x" * 9_000,
    ],
)
def test_path_of_the_server_is_refused_whether_it_exists_or_not(at_desk, path):
    """Upstream queued any file that the server could read."""
    answer = at_desk.post(RAW_MESH, json={"image_path": path})
    body = refused(answer, 400, "INVALID_VALUE", "image_path", "file_id", "base64")
    assert body == at_desk.post(RAW_MESH, json={"image_path": "/etc/nothing"}).json()
    assert nothing_left(at_desk)


def test_unknown_ids_are_not_found_and_name_their_field(at_desk):
    for field in ("image_file_id", "texture_image_file_id"):
        body = {"image_base64": as_base64(PICTURE), field: "img_" + "0" * 32}
        body = body if field != "image_file_id" else {field: body[field]}
        refused(at_desk.post(TEXTURED_MESH, json=body), 404, "NOT_FOUND", field)
    body = {"image_base64": as_base64(PICTURE), "input_job_id": "0" * 32}
    refused(at_desk.post(PAINTING, json=body), 404, "NOT_FOUND", "input_job_id")
    assert nothing_left(at_desk)


def test_job_without_a_result_is_no_input_yet(at_desk):
    waiting = submit(at_desk)
    body = {"image_base64": as_base64(PICTURE), "input_job_id": waiting}
    refused(at_desk.post(PAINTING, json=body), 409, "API_ERROR", waiting, "queued")


def test_file_may_be_sent_under_the_plain_name_of_its_input(at_desk):
    """Some programs send `image`, as the first API has it."""
    answer = at_desk.post(f"{RAW_MESH}-upload", files={"image": ("p.png", PICTURE)})
    assert list(record_of(at_desk, job_of(answer)).inputs) == ["image"]


def test_twin_takes_ids_and_base64_beside_files(at_desk):
    form = {"image_base64": as_base64(PICTURE)}
    answer = at_desk.post(f"{PAINTING}-upload", data=form, files={"mesh_file": FILES["mesh"]})
    assert sorted(record_of(at_desk, job_of(answer)).inputs) == ["image", "mesh"]
    answer = at_desk.post(f"{RAW_MESH}-upload", data=form)  # not multipart: plain fields
    assert list(record_of(at_desk, job_of(answer)).inputs) == ["image"]


def test_file_field_that_a_browser_left_empty_is_the_same_as_left_out(at_desk):
    parts = {**IMAGE_FILE, "texture_image_file": ("", b"", "application/octet-stream")}
    answer = at_desk.post(f"{TEXTURED_MESH}-upload", files=parts)
    assert list(record_of(at_desk, job_of(answer)).inputs) == ["image"]
    only_empty = {"image_file": ("", b"", "application/octet-stream")}
    answer = at_desk.post(f"{TEXTURED_MESH}-upload", files=only_empty)
    refused(answer, 400, "INVALID_VALUE", "image is missing")


def test_name_of_a_file_is_shown_without_its_folders(at_desk):
    for name in ("../../etc/cat.png", "C:\\pictures\\cat.png", "cat.png"):
        job_id = job_of(at_desk.post(f"{RAW_MESH}-upload", files={"image_file": (name, PICTURE)}))
        assert record_of(at_desk, job_id).shown["image_name"] == "cat.png"
        assert record_of(at_desk, job_id).inputs["image"] == f"{at_desk.address}/{job_id}.image.png"


REFUSED_FORMS = {
    "an unknown file field": [("picture", ("p.png", PICTURE))],
    "a view twice": [(name, ("p.png", PICTURE)) for name in ("image", *["image_back_file"] * 2)],
    "a view by two names": [(name, ("p.png", PICTURE)) for name in ("image", "image_front_file")],
    "an empty file": [("image_file", ("p.png", b""))],
    "a mesh for a picture": [("image_file", FILES["mesh"])],
    "a bad second file": [("image_file", ("p.png", PICTURE)), ("image_back_file", ("q", b"GIF"))],
    "a bad field after the file": [("image_file", ("p.png", PICTURE)), ("seed", (None, "x"))],
    "an unknown model": [("image_file", ("p", PICTURE)), ("model_preference", (None, "x"))],
    "an unknown id beside it": [
        ("image_file", ("p", PICTURE)),
        ("image_back_file_id", (None, "x")),
    ],
}


@pytest.mark.parametrize("parts", REFUSED_FORMS.values(), ids=REFUSED_FORMS)
def test_refused_form_leaves_no_file(at_desk, parts):
    """Upstream left a folder and the files of every rejected call."""
    before = files_below(at_desk.server.data_dir / "uploads")
    answer = at_desk.post(f"{RAW_MESH}-upload", files=parts)
    assert answer.status_code in (400, 404, 422), answer.text
    refused(answer, answer.status_code, answer.json()["error"])
    assert nothing_left(at_desk)
    assert not (at_desk.server.data_dir / "inputs" / at_desk.address).exists()
    assert files_below(at_desk.server.data_dir / "uploads") == before
    assert at_desk.get(f"{JOBS}/history").json()["jobs"] == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff", b"[" * 50_000])
def test_body_that_is_no_object_is_refused(at_desk, body):
    answer = at_desk.post(RAW_MESH, data=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, "INVALID_VALUE")


def test_json_of_a_windows_shell_is_read(at_desk):
    """It begins with a byte order mark."""
    body = json.dumps({"image_base64": as_base64(PICTURE)}).encode("utf-8-sig")
    job_of(at_desk.post(RAW_MESH, data=body, headers={"Content-Type": "application/json"}))
    with_charset = {"Content-Type": "application/json; charset=utf-8"}
    job_of(at_desk.post(RAW_MESH, data=body, headers=with_charset))
