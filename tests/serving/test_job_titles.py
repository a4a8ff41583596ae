"""The title of a job: what its client would call it."""

from __future__ import annotations

from typing import Any

from tests.serving.live import Client
from tests.serving.second_api import (
    IMAGE_FILE,
    JOBS,
    PICTURE,
    RAW_MESH,
    V1,
    completed,
    job_of,
    status_of,
    submit,
)

TEXT_MESH = f"{V1}/mesh-generation/text-to-raw-mesh"


def title(client: Client, job_id: str) -> Any:
    return status_of(client, job_id)["title"]


def upload(client: Client, name: str) -> str:
    answer = client.post(f"{V1}/file-upload/image", files={"file": (name, PICTURE)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["file_id"])


def test_a_text_is_titled_with_its_first_words(at_desk):
    prompt = "a red  chair\nwith " + "very " * 40 + "long legs"
    job_id = submit(at_desk, TEXT_MESH, text_prompt=prompt)
    assert title(at_desk, job_id) == " ".join(prompt.split())[:80]


def test_a_file_is_called_what_its_sender_calls_it(at_desk):
    files = {"image_file": ("my rocket <b>.png", IMAGE_FILE["image_file"][1])}
    assert (
        title(at_desk, job_of(at_desk.post(f"{RAW_MESH}-upload", files=files)))
        == "my rocket <b>.png"
    )


def test_an_upload_keeps_its_name(at_desk):
    file_id = upload(at_desk, "rocket.png")
    assert title(at_desk, submit(at_desk, image_file_id=file_id, image_base64=None)) == "rocket.png"


def test_bytes_without_a_name_have_no_title(at_desk):
    assert title(at_desk, submit(at_desk)) is None


def test_a_mesh_of_an_earlier_job_is_called_what_that_was_made_of(client):
    first = submit(client, TEXT_MESH, text_prompt="a red chair")
    completed(client, first)
    path = f"{V1}/mesh-segmentation/segment-mesh"
    assert title(client, submit(client, path, input_job_id=first)) == "a red chair"


def test_a_conversion_on_the_way_out_is_called_what_it_converts(client):
    first = submit(client, TEXT_MESH, text_prompt="a red chair")
    completed(client, first)
    answer = client.get(f"{JOBS}/{first}/download", params={"as": "stl"})
    assert answer.status_code == 200, answer.text
    assert title(client, answer.headers["X-Job-ID"]) == "a red chair"
