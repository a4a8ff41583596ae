"""The worst mesh files sent to a whole server: each job ends in a clear error, and the next one succeeds."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.pipelines import hostile_meshes
from tests.serving.live import Client, assert_plain
from tests.serving.second_api import V1, as_base64, completed, ended, job_of, refused, submit
from tests.serving.test_conversion import CONVERT, OBJ

# Those that the web refuses by their first bytes, and those that only a reader finds out.
AT_THE_DOOR = ("zip of mesh.obj", "text nested 100000", "ply 4000000000 points")
INSIDE = (
    *("nodes that double 30 times", "six million points without bytes", "fbx nested 10,000"),
    *("ply list of ffffffff", "a face of 100,000 corners", "buffer elsewhere 0"),
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    secret: Path = tmp_path_factory.mktemp("beside") / "secret"
    secret.write_text(hostile_meshes.SECRET)
    return hostile_meshes.corpus(9, secret)


def sent(client: Client, data: bytes, way: str) -> requests.Response:
    if way == "json":
        return client.post(CONVERT, json={"mesh_base64": as_base64(data), "output_format": "glb"})
    return client.post(f"{CONVERT}-upload", files={"mesh_file": ("mesh.glb", data)})


@pytest.mark.parametrize("way", ["json", "upload"])
def test_what_the_first_bytes_tell_is_refused_at_the_door(client: Client, corpus, way: str) -> None:
    for name in AT_THE_DOOR:
        refused(sent(client, corpus[name], way), 400, "FILE_UPLOAD_ERROR", "mesh")
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("way", ["json", "upload"])
def test_the_worst_files_fail_their_own_job_alone(client: Client, corpus, way: str) -> None:
    jobs = {name: job_of(sent(client, corpus[name], way)) for name in INSIDE}
    for name, job in jobs.items():
        status = ended(client, job)
        assert status["status"] == "failed", name
        assert status["error_code"] in ("FILE_UPLOAD_ERROR", "INVALID_VALUE"), (name, status)
        assert_plain(status["error"])
        assert hostile_meshes.SECRET not in str(status)
    assert client.get("/readyz").status_code == 200
    completed(client, submit(client, CONVERT, mesh_base64=as_base64(OBJ), output_format="fbx"))
    assert client.get(f"{V1}/system/models").status_code == 200
