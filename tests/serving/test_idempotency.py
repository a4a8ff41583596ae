"""The same request again: one job, however often and through whichever API it comes."""

from __future__ import annotations

import threading

import pytest

from tests.serving.live import Client
from tests.serving.second_api import (
    IMAGE_FILE,
    JOBS,
    OTHER_PICTURE,
    PICTURE,
    RAW_MESH,
    TEXTURED_MESH,
    as_base64,
    job_of,
    nothing_left,
    refused,
)


def again(client: Client, key: str, path: str = RAW_MESH, **fields: object):
    fields.setdefault("image_base64", as_base64(PICTURE))
    return client.post(path, json=fields, headers={"Idempotency-Key": key})


def test_same_request_with_the_same_key_is_one_job(at_desk):
    first, second = again(at_desk, "a"), again(at_desk, "a")
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    job_id = job_of(first)
    assert job_of(second) == job_id
    assert at_desk.get(f"{JOBS}/history").json()["pagination"]["total"] == 1
    assert at_desk.server.inputs_of(at_desk.address) == [f"{job_id}.image.png"]
    at_desk.post(f"{JOBS}/{job_id}/cancel")
    assert again(at_desk, "a").json()["status"] == "cancelled"


def test_form_that_holds_the_same_is_the_same_request(at_desk):
    job_id = job_of(again(at_desk, "a"))
    headers = {"Idempotency-Key": "a"}
    answer = at_desk.post(f"{RAW_MESH}-upload", files=IMAGE_FILE, headers=headers)
    assert job_of(answer) == job_id


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (RAW_MESH, {"seed": 5}),
        (RAW_MESH, {"model_parameters": {"depth_scale": 0.5}}),
        (RAW_MESH, {"image_base64": as_base64(OTHER_PICTURE)}),
        (TEXTURED_MESH, {}),
    ],
    ids=["another param", "another option", "another picture", "another feature"],
)
def test_key_that_stood_for_another_request_is_refused(at_desk, path, fields):
    job_id = job_of(again(at_desk, "a"))
    refused(again(at_desk, "a", path, **fields), 422, "INVALID_VALUE", "Idempotency-Key")
    assert at_desk.server.inputs_of(at_desk.address) == [f"{job_id}.image.png"]
    assert job_of(again(at_desk, "b", path, **fields)) != job_id


def test_keys_of_other_clients_are_not_mine(at_desk, desk_server, new_client):
    assert job_of(again(at_desk, "a")) != job_of(again(new_client(desk_server), "a"))


def test_same_key_from_many_threads_at_once_is_one_job(desk_server, at_desk):
    clients = [Client(desk_server, at_desk.address) for _ in range(8)]
    answers, gate = [], threading.Barrier(len(clients))

    def send(client: Client) -> None:
        gate.wait()
        answers.append(again(client, "at once"))

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    (job_id,) = {job_of(answer) for answer in answers}
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert sorted(replayed, key=str) == [None, *["true"] * 7]
    assert desk_server.inputs_of(at_desk.address) == [f"{job_id}.image.png"]
    assert desk_server.uploads_left() == []


def test_key_counts_in_the_first_api_too(at_desk):
    headers = {"Idempotency-Key": "first"}
    answers = [
        at_desk.post("/image_to_3d", files={"image": ("p.png", PICTURE)}, headers=headers)
        for _ in range(2)
    ]
    assert len({answer.json()["request_id"] for answer in answers}) == 1
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    other = at_desk.post("/image_to_3d", files={"image": ("p.png", OTHER_PICTURE)}, headers=headers)
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["error"]


@pytest.mark.parametrize(("length", "status"), [(255, 200), (256, 400)])
def test_key_may_have_255_characters(at_desk, length, status):
    answer = again(at_desk, "k" * length)
    assert answer.status_code == status
    if status == 400:
        refused(answer, 400, "INVALID_VALUE", "Idempotency-Key", "255")
        assert nothing_left(at_desk)


def test_job_that_was_deleted_may_be_asked_for_again_under_its_key(at_desk):
    first = job_of(again(at_desk, "a"))
    assert at_desk.delete(f"{JOBS}/{first}").status_code == 200
    second = again(at_desk, "a")
    assert "Idempotency-Replayed" not in second.headers
    assert job_of(second) != first
