"""Models that stand in for those that are not here, where the operator wants that."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from serving.settings import Settings
from serving.web.app import create_app
from tests.serving.second_api import (
    PICTURE,
    RAW_MESH,
    as_base64,
    refused,
)


@pytest.fixture
def builtin_app(tmp_path: Path, redis_url: str, redis_client) -> FlaskClient:
    """The web of a server with MESHKILN_MODEL_FALLBACK=builtin."""
    values = {"data_dir": tmp_path, "redis_url": redis_url, "model_fallback": "builtin"}
    return create_app(Settings(_env_file=None).model_copy(update=values)).test_client()


@pytest.mark.parametrize("twin", [False, True])
def test_with_the_fallback_a_model_that_is_not_here_is_replaced_and_that_is_said(builtin_app, twin):
    wanted = {
        "model_preference": "model_of_the_future_to_raw_mesh",
        "model_parameters": json.dumps({"ss_guidance": 7, "depth_scale": 0.5}),
    }
    if twin:
        data = {**wanted, "image_file": (io.BytesIO(PICTURE), "picture.png")}
        answer = builtin_app.post(f"{RAW_MESH}-upload", data=data)
    else:
        body = {**wanted, "image_base64": as_base64(PICTURE)}
        body["model_parameters"] = json.loads(wanted["model_parameters"])
        answer = builtin_app.post(RAW_MESH, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json["model"] == "classic_image_to_raw_mesh"
    warnings = {row["code"]: row["message"] for row in answer.json["warnings"]}
    assert set(warnings) == {"MODEL_SUBSTITUTED", "FIELD_WITHOUT_EFFECT"}
    for word in ("model_of_the_future_to_raw_mesh", "classic_image_to_raw_mesh"):
        assert word in warnings["MODEL_SUBSTITUTED"]
    assert "ss_guidance" in warnings["FIELD_WITHOUT_EFFECT"]
    status = builtin_app.get(answer.json["status_url"]).json
    assert status["model_preference"] == "model_of_the_future_to_raw_mesh"
    assert status["model"] == "classic_image_to_raw_mesh"
    assert status["warnings"] == answer.json["warnings"]


def test_with_the_fallback_a_model_that_is_here_still_has_to_know_its_parameters(builtin_app):
    body = {"image_base64": as_base64(PICTURE), "model_parameters": {"ss_guidance": 7}}
    answer = builtin_app.post(RAW_MESH, json=body)
    refused(answer, 422, "INVALID_VALUE", "ss_guidance")
