"""What tests of the first API share: a submit of one picture as a form or as JSON, and the job it became."""

from __future__ import annotations

import json

from serving.jobs.record import JobRecord
from tests.serving.bodies import BASE64, PICTURE
from tests.serving.live import Client


def post_form(client: Client, **fields: object):
    return client.post("/image_to_3d", files={"image": ("a.png", PICTURE)}, data=fields)


def post_json(client: Client, **fields: object):
    """As JSON text of our own: also what `json.dumps` takes and JSON forbids."""
    body = json.dumps({"image_data": BASE64, **fields})
    return client.post("/image_to_3d", data=body, headers={"Content-Type": "application/json"})


def accepted(client: Client, answer) -> JobRecord:
    assert answer.status_code == 200, answer.text
    return client.server.record(answer.json()["request_id"])
