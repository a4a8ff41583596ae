"""A published model through the whole server: asked over HTTP, run in its own environment on a CPU lane."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gltf_validator import validate
from tests.serving.live import Client, Server

V1 = "/api/v1"
TEXT, IMAGE = "shap_e_text_to_textured_mesh", "shap_e_image_to_raw_mesh"
ENDED_S = 90.0


@pytest.fixture(scope="module")
def client(
    torch_python: Path, tiny_shap_e: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """A server that has the environment, and of its weights those for text alone."""
    folder = tmp_path_factory.mktemp("served")
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir()
    (checkpoints / "shap_e_text").symlink_to(tiny_shap_e / "shap_e_text")
    environments = torch_python.parents[2]
    server = Server(folder / "data", checkpoints_dir=checkpoints, environments_dir=environments)
    left = ["not stopped"]
    try:
        yield Client(server, "127.1.9.9")
    finally:
        left = server.stop()
    assert left == []
    assert "Traceback" not in server.log, server.log[-5000:]


def asked(client: Client, model_id: str) -> Any:
    body = {
        "text_prompt": "a red chair",
        "seed": 4,
        "texture_resolution": 256,
        "target_face_count": 400,
        "model_preference": model_id,
        "model_parameters": {"num_inference_steps": 2, "grid_size": 32},
    }
    return client.post(f"{V1}/mesh-generation/text-to-textured-mesh", json=body)


def ended(client: Client, job_id: str) -> dict[str, Any]:
    until_s = time.monotonic() + ENDED_S
    while time.monotonic() < until_s:
        job = dict(client.get(f"{V1}/system/jobs/{job_id}").json())
        if job["status"] in ("completed", "failed"):
            return job
        time.sleep(0.1)
    raise AssertionError(f"{job_id} did not end in {ENDED_S:g} s")


def test_job_of_a_published_model_completes_on_the_cpu(client: Client, tmp_path: Path) -> None:
    answer = asked(client, TEXT)
    assert answer.status_code == 200, answer.text
    job = ended(client, answer.json()["job_id"])
    assert job["status"] == "completed", job
    made = client.get(f"{V1}/system/jobs/{answer.json()['job_id']}/download")
    path = tmp_path / "made.glb"
    path.write_bytes(made.content)
    assert validate(path).complaints == []
    assert f'"model":"{TEXT}"'.encode() in made.content
    assert b'"seed":4' in made.content


def test_what_is_missing_of_another_is_told_with_the_command(client: Client) -> None:
    rows = client.get(f"{V1}/system/available-adapters").json()["features"]["image_to_raw_mesh"]
    (row,) = [row for row in rows if row["model_id"] == IMAGE]
    reason = (
        "its weights openai/shap-e-img2img are not here; ./setup.sh --shap-e --weights installs it"
    )
    assert reason in str(row)


def test_model_nobody_named_is_the_built_in_one(client: Client) -> None:
    rows = client.get(f"{V1}/system/available-adapters").json()["features"]["text_to_textured_mesh"]
    names = [row["model_id"] for row in rows]
    assert names.index("classic_text_to_textured_mesh") < names.index(TEXT)
