"""The deadline of a run: the model's limit, what the operator set, and what a request asks for within it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from serving.jobs.record import JobRecord
from serving.settings import Settings
from serving.web.app import create_app
from tests.serving.house import PLUGIN
from tests.serving.live import Client, Server
from tests.serving.rehearsal import REHEARSAL
from tests.serving.second_api import (
    CATALOG,
    PICTURE,
    RAW_MESH,
    V1,
    as_base64,
    doable,
    ended,
    files_below,
    form_files,
    job_of,
    json_body,
    needed_fields,
    refused,
)

IMAGE = {"image_base64": as_base64(PICTURE)}
CARD = CATALOG.cards["classic_image_to_raw_mesh"]
EVERY_FEATURE = pytest.mark.parametrize("feature", doable(), ids=lambda feature: feature.name)
Web = Callable[..., FlaskClient]


@pytest.fixture
def web(tmp_path: Path, redis_url: str, redis_client: Redis) -> Web:
    """Makes the web of a server with these settings, in this process and with a real Redis."""

    def make(**settings: Any) -> FlaskClient:
        values = {"data_dir": tmp_path, "redis_url": redis_url, **settings}
        return create_app(Settings(_env_file=None).model_copy(update=values)).test_client()

    return make


def record_of(app: FlaskClient, answer: Any) -> JobRecord:
    """The record of a job that was accepted."""
    assert answer.status_code == 200, answer.text
    store = app.application.extensions["meshkiln"].desk.store
    return store.get(answer.json["job_id"])  # type: ignore[no-any-return]


def limit_s(app: FlaskClient, **fields: Any) -> int:
    """The deadline of a job from a picture, in seconds."""
    return record_of(app, app.post(RAW_MESH, json={**IMAGE, **fields})).timeout_s


# The limit of a model


@pytest.mark.parametrize(
    ("timeouts", "expected_s"),
    [
        ("", CARD.timeout_s),
        ("unirig=5,trellis_image_to_raw_mesh=6", CARD.timeout_s),
        (f"{CARD.family}=70", 70),
        (f"{CARD.model_id}=80", 80),
        (f"{CARD.model_id}=80,{CARD.family}=70", 80),
        (f" {CARD.family}=9000 ,", 9_000),  # more than the card says, too
    ],
    ids=["card", "others", "family", "model", "both", "longer"],
)
def test_limit_is_the_models_own_else_its_familys_else_the_cards(web: Web, timeouts, expected_s):
    app = web(timeouts=timeouts)
    assert limit_s(app) == expected_s
    told = app.get(f"{V1}/system/models/{CARD.model_id}/parameters").json
    assert told["timeout_seconds"] == expected_s
    assert "timeout_seconds" not in told["parameters"]["properties"]
    rows = app.get(f"{V1}/system/available-adapters").json["features"]["image_to_raw_mesh"]
    assert {row["model_id"]: row["timeout_seconds"] for row in rows}[CARD.model_id] == expected_s


def test_first_api_has_the_limit_of_the_operator_and_no_field_for_less(web: Web):
    app = web(timeouts=f"{CARD.family}=70")
    accepted = app.post("/image_to_3d", data={"image": (io.BytesIO(PICTURE), "p.png")})
    store = app.application.extensions["meshkiln"].desk.store
    assert store.get(accepted.json["request_id"]).timeout_s == 70
    data = {"image": (io.BytesIO(PICTURE), "p.png"), "timeout_seconds": "5"}
    answer = app.post("/image_to_3d", data=data)
    assert (answer.status_code, "timeout_seconds" in answer.json["error"]) == (400, True)


# What a request asks for


@EVERY_FEATURE
def test_request_may_ask_for_less_in_both_routes(web: Web, feature):
    app, path = web(), V1 + feature.route
    model_limit_s = CATALOG.cards[f"classic_{feature.name}"].timeout_s
    for asked in (1, "7", model_limit_s):
        answer = app.post(path, json=json_body(feature, timeout_seconds=asked))
        assert record_of(app, answer).timeout_s == int(asked)
        form = {**needed_fields(feature), "timeout_seconds": str(asked)}
        for field, (name, data) in form_files(feature).items():
            form[field] = (io.BytesIO(data), name)
        answer = app.post(f"{path}-upload", data=form, content_type="multipart/form-data")
        record = record_of(app, answer)
        assert record.timeout_s == int(asked)
        assert "timeout_seconds" not in {**record.params, **record.options}


def test_more_than_the_limit_is_refused_with_the_limit_and_nothing_is_left(web: Web, tmp_path):
    app = web(timeouts=f"{CARD.model_id}=600")
    for asked in (601, 9_000, 10**30):
        answer = app.post(RAW_MESH, json={**IMAGE, "timeout_seconds": asked})
        said = refused(answer, 400, "INVALID_VALUE", "between 1 and 600", CARD.model_id)
        assert said["message"].startswith(f"timeout_seconds is {str(asked)[:20]};")
        data = {"image_file": (io.BytesIO(PICTURE), "p.png"), "timeout_seconds": str(asked)}
        answer = app.post(f"{RAW_MESH}-upload", data=data)
        refused(answer, 400, "INVALID_VALUE", "between 1 and 600", CARD.model_id)
    assert files_below(tmp_path / "inputs") == []


@pytest.mark.parametrize("asked", [0, -1, 0.5, "1.5", "soon", [3], {"s": 3}, "nan"])
def test_what_is_no_whole_number_of_seconds_is_refused(web: Web, asked):
    answer = web().post(RAW_MESH, json={**IMAGE, "timeout_seconds": asked})
    said = refused(answer, 422, "INVALID_VALUE", "timeout_seconds")
    assert [row["loc"] for row in said["detail"]] == [["body", "timeout_seconds"]]


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_empty_ask_for_nothing(web: Web, nothing):
    assert limit_s(web(), timeout_seconds=nothing) == CARD.timeout_s


def test_model_that_stands_in_has_its_own_limit_where_more_was_asked_for(web: Web):
    """The number was meant for another model; less than the limit holds for this one, too."""
    app = web(model_fallback="builtin", timeouts=f"{CARD.model_id}=60")
    wanted = {"model_preference": "model_of_the_future"}
    assert limit_s(app, **wanted, timeout_seconds=900) == 60
    assert limit_s(app, **wanted, timeout_seconds=30) == 30
    answer = app.post(RAW_MESH, json={**IMAGE, "timeout_seconds": 900})
    refused(answer, 400, "INVALID_VALUE", "between 1 and 60")


# The same request again


def test_another_deadline_makes_another_request_and_none_the_same_as_before(web: Web):
    app = web()

    def send(key: str, **fields: Any) -> Any:
        return app.post(RAW_MESH, json={**IMAGE, **fields}, headers={"Idempotency-Key": key})

    plain = record_of(app, send("a")).job_id
    for nothing in ({}, {"timeout_seconds": None}, {"timeout_seconds": ""}):
        assert record_of(app, send("a", **nothing)).job_id == plain
    refused(send("a", timeout_seconds=60), 422, "INVALID_VALUE", "Idempotency-Key")
    short = record_of(app, send("b", timeout_seconds=60))
    again = app.post(
        f"{RAW_MESH}-upload",
        data={"image_file": (io.BytesIO(PICTURE), "p.png"), "timeout_seconds": "60"},
        headers={"Idempotency-Key": "b"},
    )
    assert (record_of(app, again).job_id, short.timeout_s) == (short.job_id, 60)
    refused(send("b", timeout_seconds=61), 422, "INVALID_VALUE", "Idempotency-Key")


# A run that takes longer


@pytest.mark.parametrize("behaviour", [{"sleep_s": 60}, {"fault": "hang"}], ids=["sleeps", "hangs"])
def test_run_that_takes_longer_than_its_request_allows_fails(
    rehearsal_server: Server, new_client: Callable[[Server], Client], behaviour
):
    client = new_client(rehearsal_server)
    began_s = time.monotonic()
    job_id = job_of(client.post(REHEARSAL, json={**behaviour, "timeout_seconds": 2}))
    status = ended(client, job_id, within_s=30)
    assert (status["status"], status["error_code"]) == ("failed", "JOB_FAILED")
    assert "longer than its 2 s" in status["error"]
    assert 2 <= time.monotonic() - began_s < 15
    after = ended(client, job_of(client.post(REHEARSAL, json={"timeout_seconds": 60})))
    assert after["status"] == "completed"


def test_model_of_a_plugin_has_its_limit_too(web: Web):
    app = web(plugin_dir=PLUGIN)
    answer = app.post(REHEARSAL, json={"model_preference": "rehearsal_brief"})
    assert record_of(app, answer).timeout_s == 2
    body = {"model_preference": "rehearsal_brief", "timeout_seconds": 3}
    refused(app.post(REHEARSAL, json=body), 400, "INVALID_VALUE", "between 1 and 2")
