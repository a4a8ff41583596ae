"""What programs that already speak the second API send and read, each walked through from start to end."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest

from tests.serving import pictures
from tests.serving.live import Client
from tests.serving.second_api import (
    ENDS,
    FILES,
    JOBS,
    PAINTING,
    PICTURE,
    QUICK,
    RAW_MESH,
    TEXTURED_MESH,
    V1,
    as_base64,
    completed,
    ended,
    job_of,
    refused,
    status_of,
    submit,
)

UPLOADS = f"{V1}/file-upload"


def a_glb() -> bytes:
    import trimesh

    return bytes(trimesh.creation.box().export(file_type="glb"))


def upload(client: Client, path: str, name: str, data: bytes, declared: str) -> dict[str, Any]:
    answer = client.post(path, files={"file": (name, data, declared)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# The documents' own examples


def example(path: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return f"{V1}/{path}", fields


IMAGE = {"image_path": None, "image_base64": as_base64(PICTURE)}
MESH = {"mesh_path": None, "mesh_base64": as_base64(FILES["mesh"][1])}
# As they stand there, but for paths, which are of the author's machine, and models, which may not be here.
EXAMPLES = [
    example(
        "mesh-generation/text-to-raw-mesh", text_prompt="A red sports car", output_format="glb"
    ),
    example(
        "mesh-generation/text-to-textured-mesh",
        text_prompt="A red sports car",
        texture_prompt="shiny metallic paint",
        texture_resolution=1024,
        output_format="glb",
    ),
    example(
        "mesh-generation/text-mesh-painting",
        text_prompt="rusty metal texture",
        **MESH,
        texture_resolution=1024,
        output_format="glb",
    ),
    example("mesh-generation/image-to-raw-mesh", **IMAGE, output_format="glb"),
    example(
        "mesh-generation/image-to-textured-mesh",
        **IMAGE,
        texture_image_path=None,
        texture_image_base64=None,
        texture_resolution=1024,
        output_format="glb",
    ),
    example(
        "mesh-generation/image-mesh-painting",
        **IMAGE,
        **MESH,
        texture_resolution=1024,
        output_format="glb",
    ),
    example("mesh-generation/part-completion", **MESH, output_format="glb"),
    example("mesh-segmentation/segment-mesh", **MESH, num_parts=8, output_format="glb"),
    example("auto-rigging/generate-rig", **MESH, rig_mode="skeleton", output_format="glb"),
]
EVERY_EXAMPLE = pytest.mark.parametrize(
    ("path", "body"), EXAMPLES, ids=[row[0] for row in EXAMPLES]
)


@EVERY_EXAMPLE
def test_example_of_the_documents_is_accepted_whatever_stands_for_no_model(at_desk, path, body):
    """Upstream refused five of these nine, or failed on them."""
    for model in ({}, {"model_preference": None}, {"model_preference": ""}):
        answer = at_desk.post(path, json={**body, **model})
        job_of(answer)
        assert answer.json()["status"] == "queued"
        assert re.fullmatch(r".+ job queued successfully", answer.json()["message"])


def test_rig_comes_in_the_documented_fbx_and_an_unknown_format_is_refused_by_name(at_desk):
    body = {**MESH, "output_format": "fbx"}
    job_id = job_of(at_desk.post(f"{V1}/auto-rigging/generate-rig", json=body))
    assert at_desk.server.record(job_id).params["output_format"] == "fbx"
    answer = at_desk.post(f"{V1}/auto-rigging/generate-rig", json={**MESH, "output_format": "dae"})
    refused(answer, 422, "INVALID_VALUE", "output_format", "fbx")


@pytest.mark.parametrize("prefix", ["auto-rigging", "auto-rig"])
@pytest.mark.parametrize("mode", ["skeleton", "SKIN", "Full"])
def test_rigging_goes_by_both_its_paths_and_its_modes_in_any_case(at_desk, prefix, mode):
    job_id = job_of(at_desk.post(f"{V1}/{prefix}/generate-rig", json={**MESH, "rig_mode": mode}))
    assert at_desk.server.record(job_id).params["rig_mode"] == mode.lower()


def test_documented_upload_twins_take_the_documented_forms(at_desk):
    form = {"text_prompt": "rust", "texture_resolution": "1024", "output_format": "glb"}
    answer = at_desk.post(
        f"{V1}/mesh-generation/text-mesh-painting-upload",
        data=form,
        files={"mesh_file": ("m.glb", a_glb())},
    )
    assert at_desk.server.record(job_of(answer)).params["texture_size"] == 1024
    answer = at_desk.post(
        f"{RAW_MESH}-upload",
        data={"output_format": "glb"},
        files={"image_file": ("c.jpg", PICTURE)},
    )
    job_of(answer)


# The shell of the documents, and programs for models of language


def test_shell_reads_ids_and_states_with_grep_and_base64_with_a_pipe(client):
    """It looks for "job_id":"…" and "status":"completed", without a space after the colon."""
    body = {"image_base64": as_base64(PICTURE, "image/png"), "seed": 7, "priority": 1, **QUICK}
    answer = client.post(RAW_MESH, json=body)
    (job_id,) = re.findall(r'"job_id":"([^"]+)"', answer.text)
    status = client.get(f"{JOBS}/{job_id}?wait=25", timeout=40)
    while '"status":"processing"' in status.text or '"status":"queued"' in status.text:
        status = client.get(f"{JOBS}/{job_id}?wait=25", timeout=40)
    assert '"status":"completed"' in status.text
    assert status.json()["result"]["generation_info"]["seed"] == 7
    mesh = client.get(f"{JOBS}/{job_id}/download").content
    assert mesh[:4] == b"glTF"
    sent = client.get(f"{JOBS}/{job_id}/download?format=base64").json()
    assert base64.b64decode(sent["base64_data"]) == mesh
    assert sent["filename"].endswith(".glb")
    assert sent["content_type"] == "model/gltf-binary"


# The desktop studio


def test_studio_uploads_submits_by_id_polls_and_downloads(client):
    """It declares every file as octet-stream, and reads progress, mesh_url and mesh_file_info."""
    stored = upload(client, f"{UPLOADS}/image", "cat", PICTURE, "application/octet-stream")
    assert set(stored) >= {
        "file_id",
        "filename",
        "file_type",
        "file_size_mb",
        "upload_time",
        "expires_at",
        "url",
    }
    body = {
        "image_file_id": stored["file_id"],
        "image_path": None,
        "image_base64": None,
        "texture_image_file_id": None,
        "texture_resolution": 256,
        "output_format": "glb",
        "model_preference": None,
        **QUICK,
    }
    job_id = job_of(client.post(TEXTURED_MESH, json=body))
    status = status_of(client, job_id)
    while status["status"] not in ENDS:
        assert 0 <= status["progress"] < 100
        status = client.get(f"{JOBS}/{job_id}?wait=5").json()
    assert status["status"] == "completed", status
    assert status["progress"] == 100
    result = status["result"]
    mesh = client.get(result["mesh_url"]).content
    assert mesh[:4] == b"glTF"
    facts = result["mesh_file_info"]
    assert facts["file_size_bytes"] == len(mesh)
    assert facts["content_type"] == "model/gltf-binary"
    assert facts["file_extension"] == "glb"
    assert client.get(result["thumbnail_url"]).headers["Content-Type"].startswith("image/")
    info = client.get(f"{JOBS}/{job_id}/info").json()
    assert client.get(info["mesh_download_urls"]["direct_download"]).content == mesh
    assert client.get(f"{JOBS}/{job_id}/input").content == PICTURE
    page = client.get(f"{JOBS}/history?limit=20&offset=0&status=completed").json()
    assert page["jobs"][0]["job_id"] == job_id
    assert set(page["pagination"]) == {"limit", "offset", "total", "has_more"}
    assert client.delete(f"{JOBS}/{job_id}").json()["deleted"]
    refused(client.get(f"{JOBS}/{job_id}"), 410, "NOT_FOUND")


def test_studio_hands_a_result_on_to_the_next_feature_in_every_way(client):
    first = submit(client, **QUICK)
    result = completed(client, first)["result"]
    url = client.server.url + "/"
    ways = [
        {"input_job_id": first},
        {"mesh_path": result["output_mesh_path"]},
        {"mesh_path": result["output_mesh_path"].lstrip("/")},
        {"mesh_path": url + result["output_mesh_path"].lstrip("/")},
    ]
    jobs = [submit(client, PAINTING, texture_resolution=256, **way) for way in ways]
    mesh = client.get(result["mesh_url"]).content
    for job_id in jobs:
        assert client.get(f"{JOBS}/{job_id}/input?slot=mesh").content == mesh
    assert completed(client, jobs[0])["result"]
    for job_id in jobs[1:]:
        client.post(f"{JOBS}/{job_id}/cancel")
        ended(client, job_id)


def test_two_slashes_before_a_path_are_one(at_desk):
    """Programs join an address that ends in a slash and a path that begins with one."""
    job_id = job_of(at_desk.post(f"/{RAW_MESH}", json={"image_base64": as_base64(PICTURE)}))
    assert at_desk.get(f"/{JOBS}/{job_id}").json()["job_id"] == job_id


# Whatever an upload answers names it


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("mesh-generation/upload-image", "image"),
        ("file-upload/image", "image"),
        ("mesh-generation/upload-mesh", "mesh"),
        ("file-upload/mesh", "mesh"),
        ("mesh-segmentation/upload-mesh", "mesh"),
        ("auto-rigging/upload-mesh", "mesh"),
        ("auto-rig/upload-mesh", "mesh"),
    ],
)
def test_what_an_upload_answers_is_accepted_as_an_input(at_desk, where, kind):
    """Upstream stored the file and took its id nowhere, or answered a path of nothing."""
    data = PICTURE if kind == "image" else a_glb()
    stored = upload(at_desk, f"{V1}/{where}", f"file.{kind}", data, "application/octet-stream")
    names = [{f"{kind}_file_id": stored["file_id"]}, {f"{kind}_path": stored["file_id"]}]
    names += [{f"{kind}_path": stored[key]} for key in ("file_path", "url") if key in stored]
    other = "mesh" if kind == "image" else "image"
    rest = {f"{other}_base64": as_base64(a_glb() if other == "mesh" else PICTURE)}
    for name in names:
        answer = at_desk.post(PAINTING, json={**rest, **name})
        record = at_desk.server.record(job_of(answer))
        path = at_desk.server.data_dir / "inputs" / record.inputs[kind]
        assert path.read_bytes() == data
    parts = {f"{other}_file": ("f", a_glb() if other == "mesh" else PICTURE)}
    job_of(at_desk.post(f"{PAINTING}-upload", data=names[0], files=parts))


def test_upload_of_another_kind_is_refused_by_name(at_desk):
    stored = upload(at_desk, f"{UPLOADS}/image", "cat.png", PICTURE, "image/png")
    body = {"image_base64": as_base64(PICTURE), "mesh_file_id": stored["file_id"]}
    refused(at_desk.post(PAINTING, json=body), 400, "INVALID_VALUE", "mesh_file_id", "image")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_every_documented_kind_of_picture_is_taken_by_its_bytes(at_desk, form):
    data = pictures.encoded(pictures.disc("RGB"), form)
    job_id = submit(at_desk, image_base64=as_base64(data, "application/octet-stream"))
    assert at_desk.get(f"{JOBS}/{job_id}/input").content == data
    files = {"image_file": ("blob", io.BytesIO(data), "application/octet-stream")}
    job_of(at_desk.post(f"{RAW_MESH}-upload", files=files))
