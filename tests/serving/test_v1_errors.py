"""Every code and status of the second API, each raised by what a client or a bad day can do."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from serving.jobs.board import LANE_KEY, LANES_KEY, LaneState
from serving.jobs.connect import connect
from serving.jobs.store import JobStore
from serving.keys import new_key
from serving.settings import MIB, Settings
from serving.web.app import create_app
from tests.serving import pictures
from tests.serving.second_api import (
    JOBS,
    PAINTING,
    PICTURE,
    RAW_MESH,
    TEXTURED_MESH,
    V1,
    as_base64,
    files_below,
    job_of,
    refused,
    submit,
)

PAGE = Path(__file__).parents[2] / "docs/api/generation_backend.md"
NOBODY = "redis://127.0.0.1:1/0"
IMAGE = {"image_base64": as_base64(PICTURE)}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def web(tmp_path: Path, redis_url: str, redis_client: Redis) -> Callable[..., FlaskClient]:
    """Makes the web of a server with these settings, in this process and with a real Redis."""

    def make(**settings: Any) -> FlaskClient:
        values = {"data_dir": tmp_path, "redis_url": redis_url, **settings}
        return create_app(Settings(_env_file=None).model_copy(update=values)).test_client()

    return make


# What a client can do

REFUSALS: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no input": ("POST", RAW_MESH, {"json": {}}, 400, "INVALID_VALUE"),
    "broken JSON": ("POST", RAW_MESH, {"data": "{", "headers": JSON}, 400, "INVALID_VALUE"),
    "a foreign path": ("POST", RAW_MESH, {"json": {"image_path": "/x"}}, 400, "INVALID_VALUE"),
    "no picture": (
        "POST",
        RAW_MESH,
        {"json": {"image_base64": as_base64(b"text")}},
        400,
        "FILE_UPLOAD_ERROR",
    ),
    "a model that is not here": (
        "POST",
        RAW_MESH,
        {"json": {**IMAGE, "model_preference": "x"}},
        400,
        "MODEL_NOT_AVAILABLE",
    ),
    "an unknown job": ("GET", f"{JOBS}/{'0' * 32}", {}, 404, "NOT_FOUND"),
    "an unknown upload": ("POST", RAW_MESH, {"json": {"image_file_id": "x"}}, 404, "NOT_FOUND"),
    "an unknown route": ("GET", f"{V1}/nothing/here", {}, 404, "NOT_FOUND"),
    "an unknown feature": ("POST", f"{V1}/mesh-generation/x", {"json": {}}, 404, "NOT_FOUND"),
    "a route with a slash too many": ("GET", f"{JOBS}/history/", {}, 404, "NOT_FOUND"),
    "the wrong method": ("GET", RAW_MESH, {}, 405, "API_ERROR"),
    "the wrong method for a job": ("PATCH", f"{JOBS}/{'0' * 32}", {}, 405, "API_ERROR"),
    "no JSON": ("POST", RAW_MESH, {"data": "x"}, 415, "INVALID_VALUE"),
    "JSON for a form": ("POST", f"{RAW_MESH}-upload", {"json": {}}, 415, "INVALID_VALUE"),
    "a number out of bounds": (
        "POST",
        TEXTURED_MESH,
        {"json": {**IMAGE, "texture_resolution": 255}},
        422,
        "INVALID_VALUE",
    ),
    "a bad query": ("GET", f"{JOBS}/history?limit=0", {}, 422, "INVALID_VALUE"),
    "an unknown option": (
        "POST",
        RAW_MESH,
        {"json": {**IMAGE, "model_parameters": {"x": 1}}},
        422,
        "INVALID_VALUE",
    ),
}


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_refusal_has_its_status_its_code_and_three_fields(at_desk, row):
    method, path, body, status, code = row
    answer = at_desk.request(method, path, **body)
    said = refused(answer, status, code)
    if status == 422:
        assert all(set(field) >= {"loc", "msg", "type"} for field in said["detail"])
    else:
        assert isinstance(said["detail"], str)
    if status == 405:
        assert answer.headers["Allow"]


def test_conflict_and_gone_are_told_apart_from_never_there(at_desk):
    job_id = submit(at_desk)
    refused(at_desk.get(f"{JOBS}/{job_id}/download"), 409, "API_ERROR", job_id)
    at_desk.delete(f"{JOBS}/{job_id}")
    refused(at_desk.get(f"{JOBS}/{job_id}"), 410, "NOT_FOUND", job_id)
    refused(at_desk.get(f"{JOBS}/{'0' * 32}"), 404, "NOT_FOUND")


def test_file_that_is_too_large_is_refused_in_every_form(web, tmp_path):
    app = web(max_image_mib=1, max_mesh_mib=2)
    big = pictures.encoded(pictures.disc()) + b"\0" * (MIB + 1)
    answers = [
        app.post(RAW_MESH, json={"image_base64": as_base64(big)}),
        app.post(RAW_MESH, json={"image_base64": as_base64(big, "image/png")}),
        app.post(f"{RAW_MESH}-upload", data={"image_file": (io.BytesIO(big), "p.png")}),
        app.post(f"{RAW_MESH}-upload", data={"image_base64": as_base64(big), "x": "y"}),
        app.post(f"{V1}/mesh-generation/upload-image", data={"file": (io.BytesIO(big), "p")}),
        app.post(PAINTING, json={**IMAGE, "mesh_base64": as_base64(b"v" * (2 * MIB + 1))}),
    ]
    for answer in answers:
        refused(answer, 413, "FILE_UPLOAD_ERROR")
    # By what it announces: nobody has to send 101 MiB to be told.
    announced = {"CONTENT_LENGTH": str(101 * MIB)}
    answer = app.post(RAW_MESH, data=b"{}", headers=JSON, environ_overrides=announced)
    refused(answer, 413, "FILE_UPLOAD_ERROR", "100 MiB")
    assert files_below(tmp_path / "inputs") == files_below(tmp_path / "uploads") == []


def test_too_many_jobs_are_told_when_to_come_again(web, tmp_path):
    app = web(max_waiting_per_client=2)
    accepted = [app.post(RAW_MESH, json=IMAGE).json["job_id"] for _ in range(2)]
    for answer in (
        app.post(RAW_MESH, json=IMAGE),
        app.post(f"{RAW_MESH}-upload", data={"image_file": (io.BytesIO(PICTURE), "p")}),
    ):
        refused(answer, 429, "API_ERROR", "2 jobs")
        assert int(answer.headers["Retry-After"]) >= 1
    assert len(files_below(tmp_path / "inputs")) == 2
    app.post(f"{JOBS}/{accepted[0]}/cancel")
    assert app.post(RAW_MESH, json=IMAGE).status_code == 200


def test_jobs_that_come_too_fast_are_told_when_to_come_again(web, tmp_path):
    app = web(submits_per_minute=2)
    for _ in range(2):
        assert app.post(RAW_MESH, json=IMAGE).status_code == 200
    answer = app.post(RAW_MESH, json=IMAGE)
    refused(answer, 429, "API_ERROR", "in a minute")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert len(files_below(tmp_path / "inputs")) == 2
    headers = {"Idempotency-Key": "first"}
    refused(app.post(RAW_MESH, json=IMAGE, headers=headers), 429, "API_ERROR")


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Basic YTpi", "Bearer", "nonsense", "Bearer a b"]
)
def test_wrong_key_is_refused_wherever_jobs_are_shown_or_made(web, tmp_path, header):
    """Upstream took any key, and a broken one for none: then every job was anybody's."""
    holder = {"Authorization": f"Bearer {new_key(tmp_path / 'data' / 'api-keys', 'a')}"}
    app = web()
    job_id = job_of_app(app.post(RAW_MESH, json=IMAGE, headers=holder))
    headers = {"Authorization": header}
    job = f"{JOBS}/{job_id}"
    for answer in (
        app.post(RAW_MESH, json=IMAGE, headers=headers),
        *(app.get(f"{job}{what}", headers=headers) for what in ("", "/download", "/input")),
        app.get(f"{JOBS}/history", headers=headers),
        app.post(f"{job}/cancel", headers=headers),
        app.delete(job, headers=headers),
        app.delete(f"{job}/result", headers=headers),
    ):
        refused(answer, 401, "API_ERROR")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for answer in (app.get(job), app.get(f"{job}/input"), app.delete(job)):
        refused(answer, 404, "NOT_FOUND")  # nor does the job show without any key
    assert app.get(job, headers=holder).json["status"] == "queued"


def job_of_app(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json["job_id"])


# What a bad day can do


def test_defect_is_answered_in_three_fields_that_hold_nothing_of_it(web, caplog):
    app = web()

    def broken() -> None:
        raise ValueError("secret of /srv/secret.py")

    app.application.add_url_rule(f"{V1}/test/broken", view_func=broken)
    answer = app.get(f"{V1}/test/broken")
    body = refused(answer, 500, "INTERNAL_ERROR", "log")
    assert "secret" not in json.dumps(body)
    assert answer.headers["X-Process-Time"]
    assert "secret" in caplog.text


def test_queue_that_is_away_is_said_and_nothing_of_a_refused_job_is_left(web, tmp_path, caplog):
    app = web(redis_url=NOBODY)
    answers = [
        app.get(f"{JOBS}/{'0' * 32}"),
        app.get(f"{JOBS}/{'0' * 32}?wait=5"),
        app.get(f"{JOBS}/{'0' * 32}/download"),
        app.get(f"{JOBS}/history"),
        app.get(f"{JOBS}/queue/stats"),
        app.post(f"{JOBS}/{'0' * 32}/cancel"),
        app.delete(f"{JOBS}/{'0' * 32}"),
        app.post(RAW_MESH, json=IMAGE),
        app.post(f"{RAW_MESH}-upload", data={"image_file": (io.BytesIO(PICTURE), "p")}),
        app.post(RAW_MESH, json={"image_file_id": "img_" + "0" * 32}),
    ]
    for answer in answers:
        refused(answer, 503, "API_ERROR", "try again")
        assert int(answer.headers["Retry-After"]) >= 1
    assert "Redis is away" in caplog.text
    assert files_below(tmp_path / "inputs" / ".incoming") == []


LARGE_MODEL = '''
"""A model that needs a large GPU."""
from pipelines.spec import ModelCard, Params


class NoOptions(Params):
    """Nothing."""


class Large:
    """Never run."""


CARDS = (ModelCard("large", "image_to_raw_mesh", "x", "x", "", "MIT", ("glb",), NoOptions, vram_mib=24_000),)
ADAPTER = Large
'''


def publish_lane(redis: Redis, name: str = "a", **said: Any) -> None:
    """A living lane says this of itself."""
    redis.sadd(LANES_KEY, name)
    redis.set(LANE_KEY + name, LaneState(name, "host", 1, "cuda", "gpu0", **said).to_json())


@pytest.fixture
def large_app(web, tmp_path) -> FlaskClient:
    """The web of a server with a plug-in model that needs 24,000 MiB of GPU memory."""
    (tmp_path / "plugins/adapters").mkdir(parents=True)
    (tmp_path / "plugins/adapters/large.py").write_text(LARGE_MODEL)
    return web(plugin_dir=tmp_path / "plugins")


def test_model_that_no_gpu_here_can_hold_is_refused_with_what_it_needs_and_what_there_is(
    large_app, redis_client
):
    publish_lane(redis_client, models={"classic_image_to_raw_mesh": ""}, vram_mib=8_192)
    body = {**IMAGE, "model_preference": "large"}
    answer = large_app.post(RAW_MESH, json=body)
    refused(answer, 400, "INSUFFICIENT_VRAM", "24,000", "8,192", "classic_image_to_raw_mesh")
    assert large_app.post(RAW_MESH, json=IMAGE).json["model"] == "classic_image_to_raw_mesh"
    told = large_app.get(f"{V1}/system/available-adapters").json["features"]["image_to_raw_mesh"]
    assert ["24,000 MiB" in row["reason"] for row in told if row["model_id"] == "large"] == [True]


def test_model_that_another_gpu_can_hold_is_not_refused_for_its_size(large_app, redis_client):
    publish_lane(redis_client, models={"large": ""}, vram_mib=24_576)
    answer = large_app.post(RAW_MESH, json={**IMAGE, "model_preference": "large"})
    assert answer.status_code == 200, answer.text


def test_while_no_worker_lives_nobody_is_given_a_model_that_may_never_run(large_app):
    assert large_app.post(RAW_MESH, json=IMAGE).json["model"] == "classic_image_to_raw_mesh"
    answer = large_app.post(RAW_MESH, json={**IMAGE, "model_preference": "large"})
    assert answer.json["model"] == "large"  # who asks for it waits for it


def test_best_model_that_runs_is_given_as_soon_as_workers_live(large_app, redis_client):
    models = {"large": "", "classic_image_to_raw_mesh": ""}
    publish_lane(redis_client, models=models, vram_mib=24_576)
    assert large_app.post(RAW_MESH, json=IMAGE).json["model"] == "large"


def test_model_runs_where_one_gpu_of_several_can_hold_it_and_no_other_does(large_app, redis_client):
    small = {"large": "it needs 24,000 MiB of GPU memory, this GPU has 8,192 for models"}
    publish_lane(redis_client, "cpu", models={"classic_image_to_raw_mesh": ""}, vram_mib=0)
    publish_lane(redis_client, "small", models=small, vram_mib=8_192)
    body = {**IMAGE, "model_preference": "large"}
    answer = large_app.post(RAW_MESH, json=body)
    refused(answer, 400, "INSUFFICIENT_VRAM", "24,000", "the largest GPU here has 8,192")
    publish_lane(redis_client, "roomy", models={"large": ""}, vram_mib=24_576)
    large_app.application.extensions["meshkiln"].availability._seen = None  # kept for a moment
    assert large_app.post(RAW_MESH, json=body).json["model"] == "large"


def test_feature_whose_models_all_need_more_is_refused_for_that(large_app, redis_client):
    """Those that need no GPU are told apart: they are not here for another reason."""
    publish_lane(redis_client, models={"classic_image_to_raw_mesh": "not today"}, vram_mib=8_192)
    refused(large_app.post(RAW_MESH, json=IMAGE), 400, "MODEL_NOT_AVAILABLE", "not today", "24,000")
    cards = large_app.application.extensions["meshkiln"].desk.catalog.cards
    for name in [name for name, card in cards.items() if card.vram_mib < 24_000]:
        del cards[name]
    refused(large_app.post(RAW_MESH, json=IMAGE), 400, "INSUFFICIENT_VRAM", "24,000", "8,192")


def test_gpu_model_where_there_is_no_gpu_is_not_available_and_says_why(web, redis_client, tmp_path):
    (tmp_path / "plugins/adapters").mkdir(parents=True)
    (tmp_path / "plugins/adapters/large.py").write_text(LARGE_MODEL)
    app = web(plugin_dir=tmp_path / "plugins")
    publish_lane(redis_client, models={"classic_image_to_raw_mesh": ""}, vram_mib=0)
    answer = app.post(RAW_MESH, json={**IMAGE, "model_preference": "large"})
    refused(answer, 400, "MODEL_NOT_AVAILABLE", "24,000 MiB", "no GPU")


def failed_job(app: FlaskClient, redis_url: str) -> str:
    """A job whose run failed. -> its id"""
    job_id = job_of_app(app.post(RAW_MESH, json=IMAGE))
    store = JobStore(connect(redis_url, timeout_s=5).records, Settings(_env_file=None))
    store.fail(store.start(job_id, "lane", "run", 1.0), "JOB_FAILED", "out of luck", 2.0)
    return job_id


def test_what_a_failed_job_did_not_make_is_refused_with_its_reason(web, redis_url):
    app = web()
    job_id = failed_job(app, redis_url)
    for answer in (
        app.get(f"{JOBS}/{job_id}/download"),
        app.get(f"{JOBS}/{job_id}/thumbnail"),
        app.delete(f"{JOBS}/{job_id}/result"),
    ):
        refused(answer, 409, "JOB_FAILED", job_id, "out of luck")
        assert "Retry-After" not in answer.headers
    refused(app.post(PAINTING, json={**IMAGE, "input_job_id": job_id}), 409, "JOB_FAILED", job_id)


def test_every_code_of_the_documents_is_raised(large_app, redis_client, redis_url):
    app = large_app
    app.application.add_url_rule(f"{V1}/test/broken", view_func=lambda: 1 / 0)
    publish_lane(redis_client, models={"classic_image_to_raw_mesh": ""}, vram_mib=8_192)
    no_picture = {"image_base64": as_base64(b"text")}
    answers = (
        (app.post(RAW_MESH, json={}), 400, "INVALID_VALUE"),
        (app.post(RAW_MESH, json=no_picture), 400, "FILE_UPLOAD_ERROR"),
        (app.post(RAW_MESH, json={**IMAGE, "model_preference": "x"}), 400, "MODEL_NOT_AVAILABLE"),
        (app.post(RAW_MESH, json={**IMAGE, "model_preference": "large"}), 400, "INSUFFICIENT_VRAM"),
        (app.get(f"{V1}/nothing/here"), 404, "NOT_FOUND"),
        (app.get(RAW_MESH), 405, "API_ERROR"),
        (app.get(f"{JOBS}/{failed_job(app, redis_url)}/download"), 409, "JOB_FAILED"),
        (app.get(f"{V1}/test/broken"), 500, "INTERNAL_ERROR"),
    )
    raised = {refused(*answer)["error"] for answer in answers}
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert raised == told
    assert {code for *_, code in REFUSALS.values()} <= told


def test_first_api_keeps_its_own_form_of_errors(at_desk):
    answer = at_desk.post("/image_to_3d", json={})
    assert (answer.status_code, set(answer.json())) == (400, {"error"})
    job_of(at_desk.post(RAW_MESH, json=IMAGE))
