"""The files of finished jobs in the second API: downloads in every form, what is told of them, their inputs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.http import parse_options_header

from serving.jobs.record import JobState
from serving.web.v1.results import MAX_NAME_CHARACTERS, safe_name
from tests.serving.live import Client, Server
from tests.serving.second_api import (
    FILES,
    JOBS,
    PAINTING,
    PICTURE,
    TEXTURED_MESH,
    as_base64,
    completed,
    job_of,
    picture_of,
    refused,
    submit,
)

TRAVERSALS = [
    "..",
    "../output.glb",
    "..%2f..%2fserver.log",
    "%2e%2e/%2e%2e/server.log",
    "....//output.glb",
    "/etc/passwd",
    "%00output.glb",
    "output.glb%00.png",
    "output.glb/.",
    "other.glb",
]


@pytest.fixture(scope="module")
def owner(server: Server) -> Iterator[Client]:
    with Client(server, "127.9.1.1") as client:
        yield client


@pytest.fixture(scope="module")
def painted(owner: Client) -> dict[str, Any]:
    """A completed job of two inputs: its status."""
    fields = {"texture_resolution": 256, "mesh_base64": as_base64(FILES["mesh"][1])}
    return completed(owner, submit(owner, PAINTING, **fields))


@pytest.fixture
def path(painted: dict[str, Any]) -> str:
    return f"{JOBS}/{painted['job_id']}"


@pytest.fixture
def mesh(owner: Client, painted: dict[str, Any]) -> bytes:
    record = owner.server.record(painted["job_id"])
    return (
        owner.server.data_dir / "outputs" / record.client / record.job_id / "output.glb"
    ).read_bytes()


# Download


def test_download_is_the_file_with_all_that_a_program_wants_to_know(owner, painted, path, mesh):
    answer = owner.get(f"{path}/download")
    assert answer.status_code == 200
    assert answer.content == mesh
    assert mesh[:4] == b"glTF"
    headers = answer.headers
    assert headers["Content-Type"] == "model/gltf-binary"
    assert headers["Content-Length"] == headers["X-File-Size"] == str(len(mesh))
    assert headers["X-Job-ID"] == painted["job_id"]
    assert float(headers["X-Process-Time"]) >= 0
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["X-Content-Type-Options"] == "nosniff"
    kind, facts = parse_options_header(headers["Content-Disposition"])
    assert kind == "attachment"
    assert facts["filename"] == f"image_mesh_painting_{painted['job_id'][:8]}_output.glb"
    assert painted["result"]["mesh_file_info"]["file_size_bytes"] == len(mesh)


def test_head_tells_the_same_without_the_file(owner, path, mesh):
    for query in ("", "?format=base64", "?file=thumbnail.webp"):
        got, head = owner.get(f"{path}/download{query}"), owner.head(f"{path}/download{query}")
        assert head.status_code == 200
        assert head.content == b""
        for name in ("Content-Length", "Content-Type", "X-Job-ID", "X-File-Size"):
            assert head.headers[name] == got.headers[name], (query, name)


def test_part_of_a_file_can_be_had(owner, path, mesh):
    for span, part in (("0-3", mesh[:4]), ("4-", mesh[4:]), ("-7", mesh[-7:])):
        answer = owner.get(f"{path}/download", headers={"Range": f"bytes={span}"})
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["Content-Range"].endswith(f"/{len(mesh)}")
        assert answer.headers["X-File-Size"] == str(len(mesh))
    answer = owner.get(f"{path}/download", headers={"Range": "bytes=999999999-"})
    refused(answer, 416, "API_ERROR")
    assert answer.headers["Content-Range"] == f"bytes */{len(mesh)}"


def test_file_that_the_client_has_is_not_sent_again(owner, path):
    for what in ("download", "thumbnail", "input"):
        tag = owner.get(f"{path}/{what}").headers["ETag"]
        answer = owner.get(f"{path}/{what}", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        other = owner.get(f"{path}/{what}", headers={"If-None-Match": '"other"'})
        assert other.status_code == 200


def test_base64_is_json_that_holds_the_file(owner, painted, path, mesh):
    """Upstream put a data URL where bare base64 belongs."""
    answer = owner.get(f"{path}/download?format=base64&filename=chair")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Job-ID"] == painted["job_id"]
    assert answer.headers["X-File-Size"] == str(len(mesh))
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    body = answer.json()
    assert base64.b64decode(body.pop("base64_data"), validate=True) == mesh
    assert body == {
        "job_id": painted["job_id"],
        "filename": "chair.glb",
        "content_type": "model/gltf-binary",
        "file_size_mb": painted["result"]["mesh_file_info"]["file_size_mb"],
    }


@pytest.mark.parametrize("size", [1, 2, 3, 786_431, 786_432, 786_433, 2_000_000])
def test_base64_of_any_size_is_whole(shelf, size):
    data = bytes(range(256)) * (size // 256 + 1)
    record = shelf.put({"output.glb": data[:size]})
    answer = shelf.web.get(f"{JOBS}/{record.job_id}/download?format=base64")
    assert len(answer.data) == answer.content_length
    body = json.loads(answer.data)
    assert base64.b64decode(body["base64_data"], validate=True) == data[:size]
    assert body["file_size_mb"] >= 0.01


def test_form_that_is_not_known_is_refused(owner, path):
    """Upstream sent the file whatever was asked for."""
    body = refused(owner.get(f"{path}/download?format=zip"), 422, "INVALID_VALUE", "format")
    assert body["detail"][0]["loc"] == ["query", "format"]


def test_every_file_of_a_result_can_be_had_by_its_address(owner, painted):
    roles = []
    for file in painted["result"]["files"]:
        answer = owner.get(file["url"])
        assert answer.status_code == 200
        assert len(answer.content) == file["file_size_bytes"]
        assert answer.headers["Content-Type"] == file["content_type"]
        assert file["filename"].endswith("." + file["file_extension"])
        roles.append(file["role"])
    assert roles == ["model", "thumbnail"]


def test_result_without_a_mesh_is_its_first_file(shelf):
    record = shelf.put({"facts.json": b"{}"})
    answer = shelf.web.get(f"{JOBS}/{record.job_id}/download")
    assert answer.data == b"{}"
    assert record.state is JobState.COMPLETED


@pytest.mark.parametrize("name", TRAVERSALS)
def test_nothing_but_files_of_the_result_can_be_had(owner, path, name):
    refused(owner.get(f"{path}/download?file={name}"), 404, "NOT_FOUND", "output.glb")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("chair", "chair.glb"),
        ("chair.glb", "chair.glb"),
        ("chair.GLB", "chair.glb"),
        ("chair.exe", "chair.exe.glb"),
        ("../x.glb", "x.glb"),
        ("..\\..\\x.glb", "x.glb"),
        ("/etc/passwd", "passwd.glb"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x_1.glb"),
        ('"; filename="evil.exe', "__ filename__evil.exe.glb"),
        ("стул.glb", "стул.glb"),
        ("椅子", "椅子.glb"),
        ("a\0b", "a_b.glb"),
        ("x" * 255, "x" * MAX_NAME_CHARACTERS + ".glb"),
        ("x" * 251 + ".glb", "x" * MAX_NAME_CHARACTERS + ".glb"),
        (".", None),
        ("..", None),
        ("...glb", "glb.glb"),
        ("☃☃", None),
        ("", None),
    ],
)
def test_name_that_the_client_wants_is_made_safe(owner, painted, path, wanted, name):
    """Upstream echoed it into the header as it came."""
    name = name or f"image_mesh_painting_{painted['job_id'][:8]}_output.glb"
    answer = owner.head(f"{path}/download", params={"filename": wanted})
    assert answer.status_code == 200
    assert set(answer.headers) >= {"Content-Disposition"}
    assert "Set-Cookie" not in answer.headers
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isprintable()
    assert parse_options_header(disposition)[1]["filename"] == name
    body = owner.get(f"{path}/download", params={"filename": wanted, "format": "base64"}).json()
    assert body["filename"] == name


def test_name_of_more_than_255_characters_is_refused(owner, path):
    answer = owner.get(f"{path}/download", params={"filename": "x" * 256})
    refused(answer, 422, "INVALID_VALUE", "filename", "255")


def test_safe_name_never_has_a_separator_or_a_line_end():
    for code in (*range(0x300), 0x2028, 0x2029, 0x202E, 0xFFFD, 0x1F600):
        name = safe_name(f"a{chr(code)}b", "output.glb")
        assert name.isprintable()
        assert not set(name) & set("/\\\r\n\"';:*?<>|")


def test_thumbnail_is_a_picture_of_the_mesh(owner, painted, path):
    assert painted["thumbnail_url"] == painted["result"]["thumbnail_url"] == f"{path}/thumbnail"
    answer = owner.get(painted["thumbnail_url"])
    assert answer.headers["Content-Type"] == "image/webp"
    form, (width, height) = picture_of(answer.content)
    assert form == "WEBP"
    assert min(width, height) >= 64


# Info


def test_info_tells_what_there_is_to_download(owner, painted, path, mesh):
    info = owner.get(f"{path}/info").json()
    urls = {
        "direct_download": f"{path}/download",
        "base64_download": f"{path}/download?format=base64",
    }
    assert info["job_id"] == painted["job_id"]
    assert (info["status"], info["has_result"]) == ("completed", True)
    assert info["file_info"] == {
        "file_exists": True,
        "file_format": "glb",
        **painted["result"]["mesh_file_info"],
    }
    assert info["file_info"]["file_size_bytes"] == len(mesh)
    assert info["file_info"]["file_extension"] == "glb"
    assert info["generation_info"] == painted["result"]["generation_info"]
    assert info["download_urls"] == info["mesh_download_urls"] == urls
    assert info["thumbnail_download_urls"] == {"direct_download": f"{path}/thumbnail"}
    for url in (*urls.values(), *info["thumbnail_download_urls"].values()):
        assert owner.get(url).status_code == 200


def test_generation_info_tells_how_the_mesh_was_made(owner, painted):
    info = painted["result"]["generation_info"]
    assert info["model_used"] == painted["model"]
    assert info["parameters"]["texture_resolution"] == 256
    assert info["seed"] == 0
    assert info["vertex_count"] > 0
    assert info["face_count"] == 4
    assert info["processing_time"] == painted["processing_time"] > 0
    assert set(info["stage_seconds"]) >= {"preprocess", "texture", "export"}


def test_number_among_the_facts_of_a_run_does_no_harm(shelf):
    """Upstream failed every download whose model reported its time as a number."""
    record = shelf.put({"output.glb": b"glTF"}, info={"generation_time": 1.5, "n": None})
    for what in ("download", "download?format=base64", "info"):
        assert shelf.web.get(f"{JOBS}/{record.job_id}/{what}").status_code == 200


# Inputs


def test_input_is_what_the_client_sent_and_no_other_file(owner, path):
    for slot, data, media_type in (
        ("", PICTURE, "image/png"),
        ("image", PICTURE, "image/png"),
        ("mesh", FILES["mesh"][1], "model/obj"),
    ):
        answer = owner.get(f"{path}/input?slot={slot}")
        assert answer.content == data
        assert answer.headers["Content-Type"].partition(";")[0] == media_type
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for slot in ("texture_image", "../mesh", "%2fetc%2fpasswd", "x%00"):
        refused(owner.get(f"{path}/input?slot={slot}"), 404, "NOT_FOUND", "image, mesh")


def test_job_without_inputs_has_none_to_show(at_desk):
    job_id = job_of(
        at_desk.post("/api/v1/mesh-generation/text-to-raw-mesh", json={"text_prompt": "a chair"})
    )
    refused(at_desk.get(f"{JOBS}/{job_id}/input"), 404, "NOT_FOUND", "none")


# Of every answer


@pytest.fixture
def answers(owner: Client, path: str) -> Callable[[], list[Any]]:
    def all_of_them() -> list[Any]:
        return [
            owner.get(path),
            owner.get(f"{path}/info"),
            owner.get(f"{path}/download?format=base64"),
            owner.get(f"{JOBS}/history"),
            owner.get(f"{JOBS}/queue/stats"),
            owner.post(f"{path}/cancel"),
            owner.get(f"{JOBS}/nothing"),
            owner.get(f"{JOBS}/history?limit=0"),
            owner.put(path),
            owner.post(TEXTURED_MESH, json={}),
        ]

    return all_of_them


def test_json_is_compact_and_times_are_told(answers):
    """A shell client looks for "status":"completed" with grep."""
    for answer in answers():
        assert answer.headers["Content-Type"] == "application/json"
        assert float(answer.headers["X-Process-Time"]) >= 0
        compact = json.dumps(answer.json(), separators=(",", ":"), ensure_ascii=True)
        assert answer.text.strip() == compact, answer.url


def test_results_of_each_api_are_those_of_the_other(owner):
    first = owner.submit(PICTURE, texture_size=256, ss_sample_steps=1, slat_sample_steps=1)
    status = completed(owner, first)
    (link,) = owner.task(first)["output_files"]
    mesh = owner.get(link.removeprefix(owner.server.url)).content
    assert owner.get(status["mesh_url"]).content == mesh
    assert owner.get(status["result"]["output_mesh_path"]).content == mesh
    assert status["result"]["generation_info"]["parameters"]["texture_resolution"] == 256
