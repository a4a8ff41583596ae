"""Meshes in other formats: by the convert route, by output_format, and on the way out of a download."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from types import SimpleNamespace

import pytest
import requests
import trimesh
from flask import Response

from pipelines.formats import files
from pipelines.formats.scene import face_count
from serving.web import conversions
from tests.serving.live import Client, assert_refused
from tests.serving.second_api import (
    JOBS,
    PICTURE,
    V1,
    as_base64,
    completed,
    job_of,
    refused,
    submit,
)
from tests.serving.test_bad_input import QUICK as QUICK_FIELDS

CONVERT = f"{V1}/mesh-generation/convert"
TEXT = f"{V1}/mesh-generation/text-to-textured-mesh"
OBJ = b"o tip\nv 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n"
KINDS = ("glb", "obj", "fbx", "ply", "stl")


def fetched(client: Client, path: str, **params: str) -> requests.Response:
    """A download that may have to be converted first: asked for again while it says that it works on it."""
    for _ in range(10):
        answer = client.get(path, params=params, timeout=60)
        if answer.status_code != 409:
            break
        assert int(answer.headers["Retry-After"]) > 0
        time.sleep(1)
    assert answer.status_code == 200, answer.text
    return answer


def faces_of(data: bytes, kind: str) -> int:
    return face_count(files.read(data, kind).scene)


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_is_converted(client: Client, kind: str) -> None:
    job = submit(client, CONVERT, mesh_base64=as_base64(OBJ), output_format=kind)
    result = completed(client, job)["result"]
    answer = client.get(f"{JOBS}/{job}/download")
    assert result["mesh_file_info"]["file_extension"] == kind
    assert faces_of(answer.content, kind) == 4
    assert answer.headers["Content-Disposition"].rstrip('"').endswith(f"output.{kind}")
    report = result["generation_info"]["mesh_report"]
    assert (report["faces"], report["watertight"], report["size_m"]) == (4, True, [1.0, 2.0, 1.0])


def test_a_result_comes_in_every_format_with_what_belongs_to_it(client: Client) -> None:
    fields = {"text_prompt": "red car", "texture_resolution": 256}
    job = submit(client, TEXT, **fields, output_format="obj")
    files_of = {file["filename"]: file for file in completed(client, job)["result"]["files"]}
    assert {"output.obj", "output.mtl", "output.glb"} <= set(files_of)
    whole = client.get(f"{JOBS}/{job}/download", params={"bundle": "zip"})
    assert whole.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        material = archive.read("output.mtl").decode()
        assert {"output.obj", "output.mtl"} <= names
        assert {
            line.split()[1] for line in material.splitlines() if line.startswith("map_")
        } <= names
        assert not any(name.endswith((".webp", ".glb")) for name in names)
        single = client.get(f"{JOBS}/{job}/download", params={"file": "output.mtl"})
        assert single.content.decode() == material


def test_a_download_is_converted_once(client: Client) -> None:
    job = submit(client, TEXT, text_prompt="green cup", texture_resolution=256)
    faces = completed(client, job)["result"]["generation_info"]["mesh_report"]["faces"]
    first = fetched(client, f"{JOBS}/{job}/download", **{"as": "fbx"})
    assert first.headers["Content-Type"] == "model/fbx"
    assert faces_of(first.content, "fbx") == faces
    again = fetched(client, f"{JOBS}/{job}/download", **{"as": "fbx"})
    assert again.headers["X-Job-ID"] == first.headers["X-Job-ID"] != job
    own = fetched(client, f"{JOBS}/{job}/download", **{"as": "glb"})
    assert own.headers["X-Job-ID"] == job
    zipped = fetched(client, f"{JOBS}/{job}/download", **{"as": "obj", "bundle": "zip"})
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert "output.mtl" in archive.namelist()
    text = fetched(client, f"{JOBS}/{job}/download", **{"as": "stl", "format": "base64"}).json()
    loaded = trimesh.load(io.BytesIO(base64.b64decode(text["base64_data"])), file_type="stl")
    assert len(loaded.faces) == faces


def test_a_deleted_conversion_is_made_anew(client: Client) -> None:
    job = submit(client, CONVERT, mesh_base64=as_base64(OBJ))
    completed(client, job)
    first = fetched(client, f"{JOBS}/{job}/download", **{"as": "ply"}).headers["X-Job-ID"]
    assert client.delete(f"{JOBS}/{first}/result").status_code == 200
    again = fetched(client, f"{JOBS}/{job}/download", **{"as": "ply"})
    second = again.headers["X-Job-ID"]
    assert second != first
    third = fetched(client, f"{JOBS}/{job}/download", **{"as": "ply"})
    assert third.headers["X-Job-ID"] == second, "made anew once, not at each request"


def test_the_first_api_converts_its_files_too(client: Client) -> None:
    task = client.finished(client.submit(PICTURE, **QUICK_FIELDS))
    path = task["output_files"][0].removeprefix(client.server.url)
    answer = fetched(client, path, **{"as": "obj"})
    assert faces_of(answer.content, "obj") > 100
    (told,) = json.loads(fetched(client, path, **{"as": "stl"}).headers["X-Warnings"])
    assert told["code"] == "FORMAT_LOSES" and "STL" in told["message"]
    assert_refused(client.get(path, params={"as": "dae"}), 400, "as is 'dae'", "fbx")


def test_what_a_download_in_another_format_lost_is_told_in_a_header(client: Client) -> None:
    job = submit(client, TEXT, text_prompt="red cup", texture_resolution=256)
    completed(client, job)
    download = f"{JOBS}/{job}/download"
    for more in ({}, {"bundle": "zip"}, {"format": "base64"}):
        answer = fetched(client, download, **{"as": "stl", **more})
        rows = json.loads(answer.headers["X-Warnings"])
        assert rows == completed(client, answer.headers["X-Job-ID"])["warnings"] and rows
        assert rows[0]["code"] == "FORMAT_LOSES" and "STL" in rows[0]["message"]
    for query in ({}, {"as": "glb"}):
        assert "X-Warnings" not in fetched(client, download, **query).headers


@pytest.mark.parametrize("route", ["auto-rigging", "auto-rig"])
def test_rigging_names_as_formats_those_that_hold_a_skeleton(client: Client, route: str) -> None:
    found = client.get(f"{V1}/{route}/supported-formats").json()
    assert set(found["output_formats"]) == {"glb", "fbx"}
    assert {"obj", "glb", "fbx"} <= set(found["input_formats"])


def test_the_header_of_warnings_is_bounded_and_ascii() -> None:
    long = [
        {"code": f"C{number}", "message": "ü☃\r\nX-Evil: 1" + "x" * 300} for number in range(50)
    ]
    record = SimpleNamespace(warnings=long)
    text = conversions.tell_warnings(Response(), record).headers["X-Warnings"]  # type: ignore[arg-type]
    assert text.isascii() and text.isprintable() and len(text) <= conversions.MOST_WARNINGS_BYTES
    rows = json.loads(text)
    assert rows == long[: len(rows)] and rows
    none = SimpleNamespace(warnings=[{"code": "C", "message": "x" * 9999}])
    assert "X-Warnings" not in conversions.tell_warnings(Response(), none).headers  # type: ignore[arg-type]


def test_an_unknown_format_is_refused_with_those_there_are(client: Client) -> None:
    job = submit(client, CONVERT, mesh_base64=as_base64(OBJ))
    completed(client, job)
    refused(client.get(f"{JOBS}/{job}/download", params={"as": "dae"}), 422, "INVALID_VALUE", "as")
    answer = client.post(CONVERT, json={"mesh_base64": as_base64(OBJ), "output_format": "dae"})
    refused(answer, 422, "INVALID_VALUE", "output_format")
    mixed = client.get(f"{JOBS}/{job}/download", params={"bundle": "zip", "file": "output.glb"})
    refused(mixed, 400, "INVALID_VALUE", "bundle")


def test_what_a_format_cannot_carry_is_told(client: Client) -> None:
    job = submit(client, TEXT, text_prompt="blue cup", texture_resolution=256, output_format="stl")
    warnings = completed(client, job)["warnings"]
    assert any(row["code"] == "FORMAT_LOSES" and "STL" in row["message"] for row in warnings)


def test_a_result_is_converted_by_its_job(client: Client) -> None:
    first = submit(client, CONVERT, mesh_base64=as_base64(OBJ), output_format="fbx")
    completed(client, first)
    answer = client.post(CONVERT, json={"input_job_id": first, "output_format": "ply"})
    second = job_of(answer)
    completed(client, second)
    assert faces_of(client.get(f"{JOBS}/{second}/download").content, "ply") == 4
