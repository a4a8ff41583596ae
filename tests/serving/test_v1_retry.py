"""A job once more, by its id: a new one with the same inputs, model and parameters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.serving.live import Client, Server
from tests.serving.rehearsal import busy_lane, rehearse
from tests.serving.second_api import (
    JOBS,
    QUICK,
    V1,
    completed,
    ended,
    input_bytes,
    job_of,
    record_of,
    refused,
    submit,
)


@pytest.fixture
def at_house(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


def retried(client: Client, job_id: str, **headers: str) -> str:
    return job_of(client.post(f"{JOBS}/{job_id}/retry", headers=headers))


def test_a_failed_job_is_sent_again_with_all_that_it_was_told(client):
    unknown = {"text_prompt": "the essence of bureaucracy", "target_height_m": 2.5}
    first = submit(client, f"{V1}/mesh-generation/text-to-raw-mesh", **unknown)
    failed = ended(client, first)
    assert failed["status"] == "failed"
    second = retried(client, first)
    assert second != first
    assert ended(client, second)["error"] == failed["error"]
    told, again = record_of(client, first), record_of(client, second)
    assert told.params["target_height_m"] == 2.5
    assert again.params == told.params
    assert (again.model_id, again.timeout_s, again.shown) == (
        told.model_id,
        told.timeout_s,
        told.shown,
    )
    assert ended(client, first) == failed


def test_a_job_that_has_not_ended_is_not_sent_again(at_house):
    with busy_lane(at_house) as running:
        waiting = rehearse(at_house)
        for job_id, state in ((running, "processing"), (waiting, "queued")):
            refused(at_house.post(f"{JOBS}/{job_id}/retry"), 409, "API_ERROR", state)
        at_house.post(f"{JOBS}/{waiting}/cancel")
        again = retried(at_house, waiting)
    assert ended(at_house, again)["status"] == "completed"


def test_the_picture_and_the_settings_come_along_and_outlive_the_first_job(client):
    first = submit(client, **QUICK, seed=7, simplify_ratio=0.5)
    completed(client, first)
    told = record_of(client, first)
    picture = input_bytes(client, told)["image"]
    second = retried(client, first)
    assert client.delete(f"{JOBS}/{first}").status_code == 200
    status = completed(client, second)
    again = record_of(client, second)
    assert input_bytes(client, again) == {"image": picture}
    assert (again.params, again.options) == (told.params, told.options)
    assert status["result"]["generation_info"]["parameters"]["simplify_ratio"] == 0.5


def test_an_input_that_is_gone_is_told(client):
    first = submit(client, **QUICK)
    completed(client, first)
    (kept,) = record_of(client, first).inputs.values()
    (client.server.data_dir / "inputs" / kept).unlink()
    refused(client.post(f"{JOBS}/{first}/retry"), 410, "NOT_FOUND", "image", "expired")


def test_the_same_retry_sent_twice_makes_one_job(at_house):
    first = rehearse(at_house)
    ended(at_house, first)
    headers = {"Idempotency-Key": f"again-{first}"}
    assert retried(at_house, first, **headers) == retried(at_house, first, **headers)


def test_a_job_that_is_not_there_is_not_sent_again(client):
    refused(client.post(f"{JOBS}/{'0' * 32}/retry"), 404, "NOT_FOUND", "0" * 32)
