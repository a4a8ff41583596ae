"""What the system says of itself: documented keys and types, real values, and nothing listed that cannot work."""

from __future__ import annotations

import io
import json
import platform
import re
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import trimesh
from redis import Redis

from pipelines.delivered import makeable
from pipelines.mesh_kind import MESH_KINDS
from pipelines.spec import Feature
from serving.settings import ROOT
from serving.web.machine import Cpu, disk
from serving.web.v1 import formats
from tests.serving.house import until
from tests.serving.live import Client
from tests.serving.pictures import disc, encoded
from tests.serving.said_by_lanes import ALL_WELL, CATALOG, app_with, publish, told

V1 = "/api/v1"
SYSTEM = f"{V1}/system"
GLB = "model/gltf-binary"
FORMATS = {
    "input_formats": {"text": [""], "image": [""], "mesh": [""], "base64": [""]},
    "output_formats": {"mesh": [""], "texture": [""]},
}
PRESETS = {
    "quality_presets": {
        name: {"description": "", "texture_resolution": 0, "vertex_limit": 0}
        for name in ("low", "medium", "high")
    },
    "style_presets": {},
}
QUEUE = {"queued_jobs": 0, "processing_jobs": 0, "completed_jobs": 0}
MESH_FORMATS = {"input_formats": [""], "output_formats": [""]}
# Documented keys; a value says the type.
DOCUMENTED: dict[str, Any] = {
    "/health": {"status": "", "timestamp": "", "uptime": 0.0},
    f"{SYSTEM}/health": {"status": "", "timestamp": "", "uptime": 0.0},
    f"{SYSTEM}/info": {
        "system": {
            "platform": "",
            "python_version": "",
            "cpu_count": 0,
            "memory_total": 0,
            "memory_available": 0,
        },
        "application": {"version": "", "environment": "", "debug": False},
        "configuration": {
            "server": {"host": "", "port": 0, "workers": 0},
            "gpu": {"auto_detect": True, "memory_buffer": 0},
            "storage": {"input_dir": "", "output_dir": ""},
        },
    },
    f"{SYSTEM}/status": {
        "timestamp": "",
        "system": {
            "cpu_usage": 0.0,
            "memory": {"total": 0, "available": 0, "used": 0, "percent": 0.0},
            "disk": {"total": 0, "free": 0, "used": 0, "percent": 0.0},
        },
        "gpu": [],
        "models": {"loaded": 0, "available": 0, "total_vram_used": 0},
        "queue": {"pending_jobs": 0, "processing_jobs": 0, "completed_jobs": 0},
    },
    f"{SYSTEM}/models": {
        "available_models": {"image_to_raw_mesh": [""]},
        "total_features": 0,
        "total_models": 0,
    },
    f"{SYSTEM}/models?feature=image_to_raw_mesh": {"feature": "", "models": [""]},
    f"{SYSTEM}/features": {
        "features": [{"name": "", "model_count": 0, "models": [""]}],
        "total_features": 0,
    },
    f"{SYSTEM}/scheduler-status": {
        "scheduler": {
            "running": True,
            "queue_status": QUEUE,
            "gpu_status": [],
            "models": {"classic_image_to_raw_mesh": {"status": "", "vram_usage": 0}},
        },
        "adapters_registered": 0,
        "active_jobs": 0,
        "queued_jobs": 0,
        "completed_jobs": 0,
    },
    f"{SYSTEM}/supported-formats": {
        "input_formats": FORMATS["input_formats"],
        "output_formats": {**FORMATS["output_formats"], "download": [""]},
        "content_types": {"mesh": {"glb": ""}},
    },
    f"{V1}/mesh-generation/supported-formats": {
        **FORMATS,
        "upload_limits": {
            "image_max_size_mb": 0,
            "mesh_max_size_mb": 0,
            "image_max_resolution": [0],
        },
    },
    f"{V1}/mesh-segmentation/supported-formats": MESH_FORMATS,
    f"{V1}/auto-rigging/supported-formats": MESH_FORMATS,
    f"{V1}/auto-rig/supported-formats": MESH_FORMATS,
    f"{SYSTEM}/generation-presets": PRESETS,
    f"{V1}/mesh-generation/generation-presets": PRESETS,
    f"{SYSTEM}/available-adapters": {
        "features": {
            "image_to_raw_mesh": [
                {
                    "model_id": "",
                    "status": "",
                    "vram_requirement": 0,
                    "supported_formats": {"input": [""], "output": [""]},
                }
            ]
        },
        "total_adapters": 0,
        "total_features": 0,
    },
    f"{SYSTEM}/auth-status": {"auth_enabled": False, "authenticated": False},
    f"{SYSTEM}/models/classic_image_to_raw_mesh/parameters": {
        "model_id": "",
        "feature": "",
        "parameters": {},
        "model_parameters": {},
        "defaults": {},
    },
}


def assert_has(body: Any, documented: Any, where: str) -> None:
    """Every documented key is there, with a value of its type."""
    if isinstance(documented, dict):
        assert isinstance(body, dict), where
        for name, part in documented.items():
            assert name in body, f"{where}.{name}"
            assert_has(body[name], part, f"{where}.{name}")
    elif isinstance(documented, list):
        assert isinstance(body, list), where
        for item in body if documented else ():
            assert_has(item, documented[0], f"{where}[]")
    elif isinstance(documented, float):
        assert isinstance(body, int | float) and not isinstance(body, bool), where
    else:
        assert type(body) is type(documented), f"{where} is {body!r}"


# The contract


@pytest.mark.parametrize("path", DOCUMENTED)
def test_documented_keys_are_there_with_their_types(client: Client, path: str):
    assert_has(told(client, path), DOCUMENTED[path], path)


def test_time_stamps_are_utc_and_now(client: Client):
    for path in ("/health", f"{SYSTEM}/status"):
        stamp = told(client, path)["timestamp"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
        assert stamp[:10] == time.strftime("%Y-%m-%d", time.gmtime())


def test_unknown_feature_and_unknown_model_are_not_found(client: Client):
    for path in ("models?feature=tea", "models/tea/parameters"):
        answer = client.get(f"{SYSTEM}/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"] == "NOT_FOUND"
        assert "'tea' is unknown" in answer.json()["message"]


def test_answers_hold_no_secret_and_no_path_of_this_machine(client: Client):
    for path in DOCUMENTED:
        text = client.get(path).text
        for secret in (
            str(ROOT),
            str(client.server.data_dir),
            "redis://",
            "/tmp/",
            "/root",
            "sha256",
        ):
            assert secret not in text, path


def test_routes_that_need_a_key_are_the_documented_ones(tmp_path: Path):
    app = app_with(tmp_path, "redis://127.0.0.1:1/0")
    needing = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(SYSTEM)
        and getattr(getattr(app.view_functions[rule.endpoint], "description", None), "needs_key", 0)
        and "/jobs/" not in rule.rule
    }
    names = ("info", "status", "models", "drain", "errors", "operator", "models/<model_id>/unload")
    assert needing == {f"{SYSTEM}/{name}" for name in names}


# Real values


def test_machine_is_the_real_one(client: Client):
    info = told(client, f"{SYSTEM}/info")
    assert info["system"]["platform"] == platform.platform()
    assert info["system"]["python_version"] == platform.python_version()
    assert info["system"]["memory_total"] == psutil.virtual_memory().total
    assert 0 < info["system"]["memory_available"] < info["system"]["memory_total"]
    server = info["configuration"]["server"]
    assert (server["host"], server["port"], server["workers"]) == (
        client.server.host,
        client.server.port,
        2,
    )
    assert info["configuration"]["storage"] == {"input_dir": "inputs", "output_dir": "outputs"}
    # The tests leave the GPUs of their machine alone.
    assert info["configuration"]["gpu"] == {"auto_detect": False, "memory_buffer": 512}
    assert info["application"] == {"version": "1.0.0", "environment": "development", "debug": False}


def test_memory_and_disk_follow_what_is_taken(client: Client):
    before = told(client, f"{SYSTEM}/status")["system"]
    taken = bytearray(600 * 1024**2)
    taken[::4096] = b"x" * len(taken[::4096])
    after = told(client, f"{SYSTEM}/status")["system"]
    assert after["memory"]["used"] - before["memory"]["used"] > 100 * 1024**2
    del taken
    assert before["disk"]["total"] == disk(client.server.data_dir).total


def test_processor_load_is_measured_between_two_questions(monkeypatch: pytest.MonkeyPatch):
    from serving.web import machine

    monkeypatch.setattr(machine, "CPU_SPAN_S", 0.0)
    readings = iter([(10.0, 100.0), (40.0, 160.0), (40.0, 160.0), (40.0, 200.0)])
    monkeypatch.setattr(machine, "_cpu_seconds", lambda: next(readings))
    cpu = Cpu()
    assert [cpu.percent() for _ in range(3)] == [50.0, 50.0, 0.0]  # no time has passed: as before


def test_processor_load_rises_when_the_processor_works():
    cpu = Cpu()
    until_s = time.monotonic() + 0.7
    while time.monotonic() < until_s:
        sum(range(1000))
    percent = cpu.percent()
    assert 60.0 / psutil.cpu_count() < percent <= 100.0
    assert cpu.percent() == percent  # asked again at once, the same


def test_queue_is_counted(at_desk: Client):
    at_desk.server.forget_waiting()
    assert told(at_desk, f"{SYSTEM}/status")["queue"]["pending_jobs"] == 0
    at_desk.submit(encoded(disc()))
    at_desk.submit(encoded(disc()))
    assert told(at_desk, f"{SYSTEM}/status")["queue"]["pending_jobs"] == 2
    scheduler = told(at_desk, f"{SYSTEM}/scheduler-status")
    assert scheduler["queued_jobs"] == scheduler["scheduler"]["queue_status"]["queued_jobs"] == 2
    assert scheduler["scheduler"]["running"] is False
    assert scheduler["scheduler"]["lanes"] == []
    at_desk.server.forget_waiting()


def test_finished_job_is_counted_and_its_model_is_loaded(client: Client):
    before = told(client, f"{SYSTEM}/status")["queue"]["completed_jobs"]
    client.finished(client.submit(encoded(disc()), texture_size=256))
    assert told(client, f"{SYSTEM}/status")["queue"]["completed_jobs"] == before + 1
    model = "classic_image_to_textured_mesh"

    def state() -> str:
        scheduler = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]
        return str(scheduler["models"][model]["status"])

    until(lambda: state() == "loaded", 10, "the lane says so")
    counts = told(client, f"{SYSTEM}/status")["models"]
    assert counts["loaded"] >= 1
    assert counts["available"] == told(client, f"{SYSTEM}/models")["total_models"]
    assert counts["total_vram_used"] == 0  # it runs on a CPU


def test_textures_are_of_the_formats_that_are_listed(client: Client):
    task = client.finished(client.submit(encoded(disc()), texture_size=256))
    path = next(url for url in task["output_files"] if url.endswith(".glb"))
    glb = client.get(path.removeprefix(client.server.url)).content
    assert trimesh.load(io.BytesIO(glb), file_type="glb") is not None
    length = int.from_bytes(glb[12:16], "little")
    images = json.loads(glb[20 : 20 + length])["images"]
    listed = told(client, f"{SYSTEM}/supported-formats")["output_formats"]["texture"]
    names = {"image/png": "png", "image/jpeg": "jpg"}
    assert {names[image["mimeType"]] for image in images} <= set(listed)
    assert set(listed) == set(names.values())


# What is listed works


def test_model_that_cannot_run_is_listed_only_with_its_reason(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    feature, model = "image_mesh_painting", "classic_image_mesh_painting"
    other_feature = "image_to_raw_mesh"
    publish(redis_client, models={**ALL_WELL, model: "not installed here: cv2"})
    client = app_with(tmp_path, redis_url).test_client()
    assert feature not in told(client, f"{SYSTEM}/models")["available_models"]
    assert told(client, f"{SYSTEM}/models?feature={feature}")["models"] == []
    assert feature not in [row["name"] for row in told(client, f"{SYSTEM}/features")["features"]]
    rows = told(client, f"{SYSTEM}/available-adapters")["features"]
    (row,) = (row for row in rows[feature] if row["model_id"] == model)
    assert (row["status"], row["reason"]) == ("unavailable", "not installed here: cv2")
    (other,) = (row for row in rows[other_feature] if row["model_id"] == f"classic_{other_feature}")
    assert other["status"] == "available"
    assert "reason" not in other
    state = told(client, f"{SYSTEM}/scheduler-status")["scheduler"]["models"][model]
    assert state == {
        "status": "unavailable",
        "vram_usage": 0,
        "reason": "not installed here: cv2",
    }
    assert told(client, f"{SYSTEM}/models/{model}/parameters")["status"] == "unavailable"


def test_formats_and_styles_go_with_the_models_that_use_them(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    publish(redis_client, models={**dict.fromkeys(CATALOG.cards, "no")})
    client = app_with(tmp_path, redis_url).test_client()
    found = told(client, f"{SYSTEM}/supported-formats")
    assert found["input_formats"] == {"text": [], "image": [], "mesh": [], "base64": []}
    assert found["output_formats"]["mesh"] == found["output_formats"]["texture"] == []
    assert told(client, f"{V1}/mesh-segmentation/supported-formats")["input_formats"] == []
    assert told(client, f"{SYSTEM}/generation-presets")["style_presets"] == {}
    assert told(client, f"{SYSTEM}/features") == {"features": [], "total_features": 0}


def test_formats_of_a_raw_mesh_alone_name_no_texture_and_no_mesh_input(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    only = {**dict.fromkeys(CATALOG.cards, "no"), "classic_image_to_raw_mesh": ""}
    publish(redis_client, models=only)
    client = app_with(tmp_path, redis_url).test_client()
    found = told(client, f"{SYSTEM}/supported-formats")
    assert found["input_formats"]["mesh"] == found["output_formats"]["texture"] == []
    assert "webp" in found["input_formats"]["image"]
    assert set(found["content_types"]["mesh"]) == set(found["output_formats"]["mesh"])


def test_formats_are_those_that_the_pipelines_read_and_offer(client: Client):
    found = told(client, f"{SYSTEM}/supported-formats")
    assert found["input_formats"]["mesh"] == list(MESH_KINDS)
    assert {"png", "jpg", "jpeg", "webp", "bmp", "tiff"} <= set(found["input_formats"]["image"])
    assert {"image/png", "image/jpeg", GLB} <= set(found["input_formats"]["base64"])
    assert found["content_types"]["mesh"]["glb"] == GLB
    assert "glb" in found["output_formats"]["mesh"]
    limits = told(client, f"{V1}/mesh-generation/supported-formats")["upload_limits"]
    assert limits == {
        "image_max_size_mb": 50,
        "mesh_max_size_mb": 200,
        "image_max_resolution": [4096, 4096],
    }


@pytest.mark.parametrize("feature", CATALOG.features.values(), ids=lambda feature: feature.name)
def test_output_formats_of_every_model_are_offered_by_its_feature(feature: Feature):
    for card in CATALOG.cards_for(feature.name):
        offered = formats.choices(feature, "output_format")
        found = formats.output_formats(feature, card)
        assert found
        assert set(found) <= set(makeable(card.outputs))
        assert not offered or set(found) <= set(offered)


def test_presets_are_the_documented_ones(client: Client):
    found = told(client, f"{SYSTEM}/generation-presets")
    assert found == told(client, f"{V1}/mesh-generation/generation-presets")
    sizes = {
        name: (row["texture_resolution"], row["vertex_limit"])
        for name, row in found["quality_presets"].items()
    }
    assert sizes == {"low": (512, 5000), "medium": (1024, 10000), "high": (2048, 20000)}
    assert set(found["style_presets"]) <= {"realistic", "cartoon", "lowpoly", "artistic"}


def test_parameters_are_those_that_a_request_may_hold(client: Client):
    found = told(client, f"{SYSTEM}/models/classic_image_to_textured_mesh/parameters")
    assert found["parameters"]["properties"]["texture_resolution"]["maximum"] == 4096
    assert found["model_parameters"]["properties"]["depth_scale"]["minimum"] == 0.1
    assert found["model_parameters"]["additionalProperties"] is False
    assert found["defaults"]["parameters"]["texture_resolution"] == 1024
    assert found["defaults"]["model_parameters"]["depth_scale"] == 1.0
    for name in ("image_path", "model_preference", "model_parameters"):
        assert name not in found["parameters"]["properties"]
