"""Uploads over the second API, on real servers: what is answered, what is stored, what is refused, and for whom."""

from __future__ import annotations

import base64
import http.client
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from serving.keys import new_key
from tests.serving import pictures
from tests.serving.conftest import living
from tests.serving.live import Client, Server, assert_plain

V1 = "/api/v1"
PICTURE = pictures.encoded(pictures.disc())
GLB = b"glTF\2\0\0\0\x1c\0\0\0\x08\0\0\0JSON{}      "
MIB = 1 << 20
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
IMAGE_ROUTES = (f"{V1}/mesh-generation/upload-image", f"{V1}/file-upload/image")
MESH_ROUTES = (
    f"{V1}/mesh-generation/upload-mesh",
    f"{V1}/mesh-segmentation/upload-mesh",
    f"{V1}/auto-rigging/upload-mesh",
    f"{V1}/auto-rig/upload-mesh",
    f"{V1}/file-upload/mesh",
)


def send(
    client: Client, route: str, data: bytes, name: str = "a.bin", field: str = "file", **more: Any
) -> requests.Response:
    """As most clients do: the media type is of no help."""
    return client.post(route, files={field: (name, data, "application/octet-stream")}, **more)


def sent(client: Client, route: str, data: bytes, name: str = "a.bin") -> dict[str, Any]:
    answer = send(client, route, data, name)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def assert_refused(answer: requests.Response, status: int, code: str, *words: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "message", "detail"}
    assert body["error"] == code
    assert_plain(body["message"])
    for word in words:
        assert word in body["message"]


def stored_files(server: Server) -> list[Path]:
    return [path for path in (server.data_dir / "uploads").rglob("*") if path.is_file()]


def test_image_upload_answers_what_the_document_says(at_desk, desk_server):
    body = sent(at_desk, f"{V1}/mesh-generation/upload-image", PICTURE, "ünï cat.jpg")
    file_id = body["file_id"]
    assert re.fullmatch("img_[0-9a-f]{32}", file_id)
    assert ISO.fullmatch(body.pop("expires_at"))
    assert body == {
        "file_id": file_id,
        "original_filename": "ünï cat.jpg",
        "file_type": "image/png",
        "file_size_mb": 0.01,
        "message": "Image uploaded successfully",
        "file_path": f"/uploads/images/{file_id}.png",
        "url": f"{desk_server.url}/uploads/images/{file_id}.png",
    }


def test_mesh_upload_answers_what_the_document_says(at_desk):
    big = pictures.OBJ + b"#" * 3 * MIB
    body = sent(at_desk, f"{V1}/mesh-generation/upload-mesh", big, "../../a/chair.OBJ")
    assert re.fullmatch("mesh_[0-9a-f]{32}", body["file_id"])
    assert body["original_filename"] == "chair.OBJ"
    assert (body["file_type"], body["file_size_mb"]) == ("model/obj", 3.0)
    assert body["message"] == "Mesh uploaded successfully"
    assert body["file_path"] == f"/uploads/meshes/{body['file_id']}.obj"


@pytest.mark.parametrize("route", MESH_ROUTES[1:4])
def test_segmentation_and_rigging_answer_what_the_document_says(at_desk, route):
    body = sent(at_desk, route, GLB, "mesh.glb")
    assert body == {
        "filename": "mesh.glb",
        "file_path": f"/uploads/meshes/{body['file_id']}.glb",
        "size": len(GLB),
        "content_type": "model/gltf-binary",
        "file_id": body["file_id"],
    }


def test_file_upload_answers_what_its_clients_read(at_desk, desk_server):
    for kind, data, media_type in (
        ("image", PICTURE, "image/png"),
        ("mesh", GLB, "model/gltf-binary"),
    ):
        body = sent(at_desk, f"{V1}/file-upload/{kind}", data, "file.x")
        assert ISO.fullmatch(body["upload_time"])
        assert ISO.fullmatch(body["expires_at"])
        assert body["upload_time"] < body["expires_at"]
        assert (body["filename"], body["file_type"]) == ("file.x", media_type)
        assert body["url"] == desk_server.url + body["file_path"]
        assert set(body) == {
            *("file_id", "filename", "file_type", "file_size_mb"),
            *("upload_time", "expires_at", "url", "file_path"),
        }


@pytest.mark.parametrize("route", [*IMAGE_ROUTES, *MESH_ROUTES])
def test_every_route_stores_the_file_itself(at_desk, desk_server, route):
    data = (PICTURE if "image" in route else pictures.OBJ) + route.encode()
    for field in ("file", "image" if "image" in route else "mesh"):
        answer = send(at_desk, route, data, field=field)
        assert answer.status_code == 200, answer.text
        got = at_desk.get(answer.json()["file_path"])
        assert (got.status_code, got.content) == (200, data)
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    same = [path for path in stored_files(desk_server) if path.read_bytes() == data]
    assert len(same) == 1
    assert desk_server.uploads_left() == []


def test_stored_file_is_sent_with_its_type_in_ranges_and_under_no_other_name(at_desk):
    body = sent(at_desk, f"{V1}/file-upload/image", PICTURE)
    path, file_id = body["file_path"], body["file_id"]
    assert at_desk.get(path).headers["Content-Type"] == "image/png"
    part = at_desk.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    assert at_desk.head(path).headers["Content-Length"] == str(len(PICTURE))
    for other in (
        f"/uploads/meshes/{file_id}.png",
        f"/uploads/images/{file_id}.jpg",
        f"/uploads/images/{file_id}",
        "/uploads/images/..%2f..%2fdata",
        f"/uploads/images/img_{'0' * 32}.png",
        "/uploads/other/x.png",
        "/uploads/",
    ):
        assert at_desk.get(other).status_code == 404, other


def test_metadata_tells_whether_the_file_is_there(at_desk, desk_server):
    data = PICTURE + b"metadata"
    body = sent(at_desk, f"{V1}/file-upload/image", data, "cat.png")
    found = at_desk.get(f"{V1}/file-upload/metadata/{body['file_id']}")
    assert found.json() == {**body, "is_available": True}
    next(path for path in stored_files(desk_server) if path.read_bytes() == data).unlink()
    found = at_desk.get(f"{V1}/file-upload/metadata/{body['file_id']}")
    assert found.json()["is_available"] is False
    assert at_desk.get(body["file_path"]).status_code == 410


def test_deleted_file_is_gone_and_its_bytes_too(at_desk, desk_server):
    data = PICTURE + b"to be deleted"
    body = sent(at_desk, f"{V1}/file-upload/image", data)
    url = f"{V1}/file-upload/{body['file_id']}"
    answer = at_desk.delete(url)
    assert answer.status_code == 200
    assert answer.json() == {
        "file_id": body["file_id"],
        "deleted": True,
        "message": "File deleted successfully",
    }
    assert_refused(at_desk.delete(url), 410, "NOT_FOUND", "was deleted or has expired")
    gone = at_desk.get(f"{V1}/file-upload/metadata/{body['file_id']}")
    assert_refused(gone, 410, "NOT_FOUND", body["file_id"])
    assert at_desk.get(body["file_path"]).status_code == 410
    assert not [path for path in stored_files(desk_server) if path.read_bytes() == data]


@pytest.mark.parametrize("file_id", ["img_1", "img_" + "0" * 32, "..", "%00", "x" * 300])
def test_unknown_id_is_not_found(at_desk, file_id):
    assert_refused(at_desk.get(f"{V1}/file-upload/metadata/{file_id}"), 404, "NOT_FOUND")
    assert_refused(at_desk.delete(f"{V1}/file-upload/{file_id}"), 404, "NOT_FOUND")


def test_list_shows_own_files_newest_first_by_pages(at_desk, desk_server, new_client):
    mine = [sent(at_desk, f"{V1}/file-upload/image", PICTURE, f"{n}.png") for n in range(3)]
    sent(new_client(desk_server), f"{V1}/file-upload/image", PICTURE)
    body = at_desk.get(f"{V1}/file-upload/list").json()
    assert body["files"] == mine[::-1]
    assert body["pagination"] == {"limit": 100, "offset": 0, "total": 3, "has_more": False}
    page = at_desk.get(f"{V1}/file-upload/list?limit=1&offset=1").json()
    assert page["files"] == [mine[1]]
    assert page["pagination"] == {"limit": 1, "offset": 1, "total": 3, "has_more": True}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "offset=-1", "offset=x", f"offset={'9' * 30}"]
)
def test_bad_page_is_refused_by_name(at_desk, query):
    answer = at_desk.get(f"{V1}/file-upload/list?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json()["message"]


def test_supported_formats_are_those_that_are_taken(at_desk):
    body = at_desk.get(f"{V1}/file-upload/supported-formats").json()
    assert body == {
        "input_formats": {
            "image": ["bmp", "gif", "jpeg", "jpg", "png", "tiff", "webp"],
            "mesh": ["obj", "glb", "gltf", "ply", "stl", "fbx"],
        },
        "upload_limits": {
            "image_max_size_mb": 50,
            "mesh_max_size_mb": 200,
            "image_max_resolution": [4096, 4096],
            "keep_hours": 24.0,
        },
    }
    for name in ("bmp", "gif", "jpeg", "png", "tiff", "webp"):
        sent(at_desk, IMAGE_ROUTES[0], pictures.encoded(pictures.disc("RGB"), name.upper()))


@pytest.mark.parametrize("route", [*IMAGE_ROUTES, *MESH_ROUTES])
def test_what_is_not_a_file_of_the_kind_is_refused_and_leaves_nothing(at_desk, desk_server, route):
    kind = "image" if "image" in route else "mesh"
    other = GLB if kind == "image" else PICTURE
    refused = [
        (
            send(at_desk, route, other, f"a.{'png' if kind == 'image' else 'glb'}"),
            "FILE_UPLOAD_ERROR",
        ),
        (send(at_desk, route, b"hello"), "FILE_UPLOAD_ERROR"),
        (send(at_desk, route, b""), "FILE_UPLOAD_ERROR"),
        (send(at_desk, route, (PICTURE if kind == "image" else GLB)[:-5]), "FILE_UPLOAD_ERROR"),
        (send(at_desk, route, PICTURE, field="picture"), "INVALID_VALUE"),
        (at_desk.post(route, files={"x": (None, "no file")}), "INVALID_VALUE"),
        (at_desk.post(route, files={"file": (None, "no file")}), "INVALID_VALUE"),
        (at_desk.post(route, files=[("file", io.BytesIO(PICTURE))] * 2), "INVALID_VALUE"),
        (
            at_desk.post(route, data=b"--x\r\n", headers={"Content-Type": "multipart/form-data"}),
            "INVALID_VALUE",
        ),
        (
            at_desk.post(
                route,
                data=b"--x\r\ncut",
                headers={"Content-Type": "multipart/form-data; boundary=x"},
            ),
            "INVALID_VALUE",
        ),
    ]
    for answer, code in refused:
        assert_refused(answer, 400, code)
    assert at_desk.get(f"{V1}/file-upload/list").json()["files"] == []
    assert desk_server.uploads_left() == []


def test_format_that_no_pipeline_reads_is_named(at_desk):
    answer = send(at_desk, MESH_ROUTES[2], b"BLENDER-v405" + b"\0" * 50, "hero.fbx")
    said = "send GLB, glTF, OBJ, FBX, PLY or STL"
    assert_refused(answer, 400, "FILE_UPLOAD_ERROR", "a Blender file", said)


@pytest.mark.parametrize("route", [IMAGE_ROUTES[0], MESH_ROUTES[1]])
def test_body_that_is_no_form_with_files_is_refused(at_desk, route):
    text = base64.b64encode(PICTURE).decode()
    for answer in (
        at_desk.post(route),
        at_desk.post(route, json={"file": text}),
        at_desk.post(route, data={"file": text}),
        at_desk.post(route, data=PICTURE, headers={"Content-Type": "image/png"}),
    ):
        assert_refused(answer, 415, "INVALID_VALUE", "multipart/form-data")


@pytest.mark.parametrize(
    ("name", "answered"),
    [
        ("image_file_id", "file_id"),
        ("image_path", "file_id"),
        ("image_path", "file_path"),
        ("image_path", "url"),
    ],
)
def test_what_an_upload_answers_is_accepted_as_an_input(at_desk, desk_server, name, answered):
    data = PICTURE + answered.encode()
    image = sent(at_desk, f"{V1}/mesh-generation/upload-image", data)
    mesh = sent(at_desk, f"{V1}/auto-rigging/upload-mesh", pictures.OBJ)
    body = {name: image[answered], "mesh_path": mesh["file_path"]}
    answer = at_desk.post(f"{V1}/mesh-generation/image-mesh-painting", json=body)
    assert answer.status_code == 200, answer.text
    for uploaded in (image, mesh):
        at_desk.delete(f"{V1}/file-upload/{uploaded['file_id']}")
    kept = desk_server.record(answer.json()["job_id"]).inputs
    folder = desk_server.data_dir / "inputs"
    assert (folder / kept["image"]).read_bytes() == data
    assert (folder / kept["mesh"]).read_bytes() == pictures.OBJ
    again = at_desk.post(f"{V1}/mesh-generation/image-mesh-painting", json=body)
    assert_refused(again, 410, "NOT_FOUND", name)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with two keys and a limit of 1 MiB."""
    folder = tmp_path_factory.mktemp("keyed")
    keys_file = folder / "keys"
    tokens = {name: new_key(keys_file, name) for name in ("ann", "bob")}
    settings = {"max_image_mib": 1, "max_mesh_mib": 1, "api_keys_file": keys_file}
    with living(Server(folder, "web_worker.py", **settings)) as server:
        yield server, tokens


@pytest.mark.parametrize("route", [*IMAGE_ROUTES, *MESH_ROUTES])
def test_file_over_the_limit_is_refused_while_it_comes(keyed, new_client, route):
    server, _ = keyed
    client = new_client(server)
    data = (PICTURE if "image" in route else pictures.OBJ).ljust(MIB)
    assert send(client, route, data).status_code == 200
    assert_refused(send(client, route, data + b" "), 413, "FILE_UPLOAD_ERROR", "larger than 1 MiB")
    assert server.uploads_left() == []


def test_upload_that_never_ends_is_answered_as_soon_as_it_is_too_large(keyed):
    server, _ = keyed
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    connection.putrequest("POST", IMAGE_ROUTES[0])
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    for piece in (head, *[b"x" * 65_536] * 24):  # 1.5 MiB, and no end
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
    answer = connection.getresponse()
    assert answer.status == 413
    assert "larger than 1 MiB" in json.load(answer)["message"]
    connection.close()
    assert server.uploads_left() == []


def test_what_one_key_uploaded_no_other_sees(keyed, new_client):
    server, tokens = keyed
    ann, bob, nobody = (new_client(server) for _ in range(3))
    ann.headers["Authorization"] = f"Bearer {tokens['ann']}"
    bob.headers["Authorization"] = f"Bearer {tokens['bob']}"
    body = sent(ann, f"{V1}/file-upload/image", PICTURE)
    metadata = f"{V1}/file-upload/metadata/{body['file_id']}"
    assert ann.get(metadata).status_code == ann.get(body["file_path"]).status_code == 200
    for other in (bob, nobody):
        assert_refused(other.get(metadata), 404, "NOT_FOUND")
        assert other.get(body["file_path"]).status_code == 404
        assert_refused(other.delete(f"{V1}/file-upload/{body['file_id']}"), 404, "NOT_FOUND")
        assert other.get(f"{V1}/file-upload/list").json()["files"] == []
    assert ann.get(f"{V1}/file-upload/list").json()["files"] == [body]
    assert ann.delete(f"{V1}/file-upload/{body['file_id']}").status_code == 200


def test_ids_and_files_outlive_the_server(tmp_path):
    def visit(server: Server) -> Client:
        return Client(server, "127.9.9.9")

    with living(Server(tmp_path, "web_worker.py")) as server, visit(server) as client:
        body = sent(client, f"{V1}/file-upload/mesh", pictures.OBJ, "tetra.obj")
    with living(Server(tmp_path, "web_worker.py")) as server, visit(server) as client:
        assert client.get(body["file_path"]).content == pictures.OBJ
        found = client.get(f"{V1}/file-upload/list").json()["files"]
        assert [row["file_id"] for row in found] == [body["file_id"]]
