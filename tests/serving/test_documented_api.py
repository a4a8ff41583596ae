"""The second API's page is walked against a running server: each route, its example, the keys and types of its answer.

What stands on the page and not on the server fails here. The workflows are run as they are written, by a shell.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import trimesh

from serving.settings import ROOT, Settings
from serving.web.app import create_app
from serving.web.described import Description
from tests.serving.conftest import living
from tests.serving.live import Server
from tests.serving.pictures import disc, encoded

PAGE = (ROOT / "docs/api/generation_backend.md").read_text()
BASE_URL = "http://localhost:8000"
# Maps whose keys are names of this installation; what they lead to has the documented type.
FREE_KEYS = (
    "available_models",
    "models",
    "features",
    "content_types.mesh",
    "warnings",
)
# Beside the documented ones: conversion, and what the studio needs of an operator.
CONVERT = "/api/v1/mesh-generation/convert"
OPERATOR = {
    "GET /api/v1/system/drain",
    "POST /api/v1/system/drain",
    "POST /api/v1/system/models/{model_id}/unload",
    "GET /api/v1/system/errors",
    "GET /api/v1/system/operator",
}
MAGIC = {"glb": b"glTF", "fbx": b"Kaydara FBX Binary"}
RUN_S = 90.0


@dataclass(frozen=True)
class Documented:
    """One route of the page."""

    method: str
    path: str
    needs_key: bool
    request: Any
    answer: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def documented() -> Iterator[Documented]:
    """The routes with a heading of their own."""
    for section in re.split(r"\n### ", PAGE)[1:]:
        head, _, rest = section.partition("\n")
        if match := re.fullmatch(r"(GET|POST|DELETE) (/\S+)", head):
            blocks = dict(re.findall(r"(Request|Response):\n\n```json\n(.*?)\n```", rest, re.S))
            request, answer = (
                json.loads(blocks[name]) if name in blocks else None
                for name in ("Request", "Response")
            )
            yield Documented(
                match[1], match[2], rest.strip().startswith("**key**"), request, answer
            )


ROUTES = list(documented())


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that documented examples name, in one folder."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("image.jpg", "texture.jpg", "car_image.jpg"):
        (folder / name).write_bytes(encoded(disc("RGB"), "JPEG"))
    body = trimesh.creation.capsule(height=1.0, radius=0.3)
    arm = trimesh.creation.cylinder(radius=0.1, height=1.2, transform=turned())
    whole = trimesh.util.concatenate([body, arm])
    for name in ("mesh.glb", "incomplete_mesh.glb", "untextured_mesh.glb", "character.glb"):
        whole.export(folder / name)
    return folder


def turned() -> Any:
    return trimesh.transformations.rotation_matrix(1.5708, (0, 1, 0), (0, 0, 0))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Iterator[Server]:
    """A server on which the examples' /path/to is the folder above."""
    folder = tmp_path_factory.mktemp("documented")
    with living(Server(folder, input_roots=f"/path/to={shelf}")) as started:
        yield started


@pytest.fixture(scope="module")
def job_id(server: Server, shelf: Path) -> str:
    """A completed job."""
    body = {"image_path": "/path/to/image.jpg", "texture_resolution": 256}
    answer = requests.post(f"{server.url}/api/v1/mesh-generation/image-to-textured-mesh", json=body)
    assert answer.status_code == 200, answer.text
    return completed(server, answer.json()["job_id"])


def completed(server: Server, job_id: str) -> str:
    """Wait until a job is done. -> its id."""
    until_s = time.monotonic() + RUN_S
    while time.monotonic() < until_s:
        answer = requests.get(f"{server.url}/api/v1/system/jobs/{job_id}?wait=20").json()
        if answer["status"] == "completed":
            return job_id
        assert answer["status"] in ("queued", "processing"), answer
    raise AssertionError(f"job {job_id} did not end")


def test_page_has_the_documented_routes():
    ours = [route for route in ROUTES if route.path.startswith(CONVERT)]
    assert len(ours) == 2
    assert {str(route) for route in ROUTES} >= OPERATOR
    assert len(ROUTES) == 32 + len(ours) + len(OPERATOR)
    assert len({str(route) for route in ROUTES}) == len(ROUTES)


def test_keys_are_asked_for_where_the_page_says_so():
    app = create_app(Settings(redis_url="redis://127.0.0.1:1/0"))  # type: ignore[call-arg]
    asking = set()
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "description", Description("")).needs_key:
            (method,) = rule.methods - {"HEAD", "OPTIONS"}
            asking.add(f"{method} " + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
    assert asking == {str(route) for route in ROUTES if route.needs_key}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "GET" and r.answer], ids=str)
def test_get_answers_as_documented(server: Server, job_id: str, route: Documented):
    answer = requests.get(server.url + route.path.replace("{job_id}", job_id))
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), route.answer)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.request], ids=str)
def test_documented_request_is_taken_and_ends_with_a_mesh(server: Server, route: Documented):
    url = server.url + route.path
    if "model_preference" in route.request:
        refused = requests.post(url, json=route.request)
        assert refused.status_code == 400, refused.text
        # Its weights are not here, and it says what is.
        assert refused.json()["error"] == "MODEL_NOT_AVAILABLE"
        said = refused.json()["message"]
        assert "available for" in said and "classic_" in said
    body = {name: value for name, value in route.request.items() if name != "model_preference"}
    answer = requests.post(url, json=body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), route.answer)
    job_id = completed(server, answer.json()["job_id"])
    mesh = requests.get(f"{server.url}/api/v1/system/jobs/{job_id}/download").content
    assert mesh.startswith(MAGIC[body["output_format"]])


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.path.endswith(("upload-image", "upload-mesh"))], ids=str
)
def test_upload_answers_as_documented(server: Server, shelf: Path, route: Documented):
    name = "image.jpg" if route.path.endswith("image") else "mesh.glb"
    with (shelf / name).open("rb") as file:
        answer = requests.post(server.url + route.path, files={"file": file})
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), route.answer)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.endswith("-upload")], ids=str)
def test_job_with_a_file_is_taken(server: Server, shelf: Path, route: Documented):
    name, path = (
        ("mesh_file", "mesh.glb")
        if "text-mesh" in route.path or route.path.startswith(CONVERT)
        else ("image_file", "image.jpg")
    )
    fields = {}
    if "text-mesh" in route.path:
        fields = {"text_prompt": "red wood", "texture_resolution": "256"}
    with (shelf / path).open("rb") as file:
        answer = requests.post(server.url + route.path, files={name: file}, data=fields)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), route.answer)


def test_result_is_downloaded_and_deleted_as_documented(server: Server):
    (delete,) = (route for route in ROUTES if route.method == "DELETE")
    body = {"image_path": "/path/to/image.jpg"}
    made = requests.post(f"{server.url}/api/v1/mesh-generation/image-to-raw-mesh", json=body).json()
    url = f"{server.url}/api/v1/system/jobs/{completed(server, made['job_id'])}"
    assert requests.get(f"{url}/download").content[:4] == b"glTF"
    assert "base64_data" in requests.get(f"{url}/download?format=base64").json()
    answer = requests.delete(f"{url}/result")
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), delete.answer)
    assert requests.get(f"{url}/download").status_code == 410


WORKFLOWS = re.findall(r"### (A .*?)\n\n```bash\n(.*?)```", PAGE, re.S)


@pytest.mark.parametrize("title, script", WORKFLOWS, ids=[title for title, _ in WORKFLOWS])
def test_workflow_runs_as_written(
    server: Server, shelf: Path, tmp_path: Path, title: str, script: str
):
    assert shutil.which("curl"), "the workflows are curl commands: install curl"
    shutil.copy(shelf / "car_image.jpg", tmp_path)
    job_id = ""
    for command in script.strip().split("\n\n"):
        if "/download" in command:
            completed(server, job_id)
        text = command.replace(BASE_URL, server.url)
        text = text.replace("job_123456", job_id).replace("{job_id}", job_id)
        ran = subprocess.run(
            ["bash", "-ec", text], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        if '"job_id":' in ran.stdout:
            job_id = json.loads(ran.stdout)["job_id"]
    saved = tmp_path / shlex.split(command)[-1]
    assert saved.read_bytes()[:4] == b"glTF"
    assert len(trimesh.load(saved, force="mesh").faces) > 10


def assert_shape(answer: Any, shown: Any, where: str = "") -> None:
    """The answer has every key that is shown, with a value of the type that is shown."""
    if shown is None:
        return
    if isinstance(shown, dict):
        assert isinstance(answer, dict), f"{where} is {answer!r:.80}"
        if where.endswith("parameters"):
            return  # whatever the run was told
        if shown and where.endswith(FREE_KEYS):
            for name, value in answer.items():
                assert_shape(value, next(iter(shown.values())), f"{where}.{name}")
            return
        missing = shown.keys() - answer.keys()
        assert not missing, f"{where} lacks {missing}"
        for name, value in shown.items():
            assert_shape(answer[name], value, f"{where}.{name}".strip("."))
    elif isinstance(shown, list):
        assert isinstance(answer, list), f"{where} is {answer!r:.80}"
        for index, item in enumerate(answer if shown else ()):
            assert_shape(item, shown[0], f"{where}[{index}]")
    else:
        kinds = (int, float) if type(shown) in (int, float) else type(shown)
        assert isinstance(answer, kinds), f"{where} is {answer!r:.80}, not like {shown!r}"
        assert isinstance(answer, bool) == isinstance(shown, bool), where
