"""A feature is one file, a model is one file. All that the server offers of them is made of those files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.conftest import living
from tests.serving.live import Client, Server
from tests.serving.pictures import OBJ
from tests.serving.second_api import (
    JOBS,
    V1,
    as_base64,
    completed,
    job_of,
    refused,
    status_of,
)

SYSTEM = f"{V1}/system"
ROUTE = "/mesh-statistics/mesh-extent"

FEATURE = '''
"""How far a mesh reaches."""

from pydantic import Field

from pipelines.spec import Feature, Params, Slot, Stage


class ExtentParams(Params):
    decimals: int = Field(3, ge=0, le=9, description="places after the point")


FEATURE = Feature(
    name="mesh_extent",
    route="/mesh-statistics/mesh-extent",
    summary="How far a mesh reaches",
    inputs={"mesh": Slot("mesh", description="the mesh to measure")},
    params=ExtentParams,
    stages=(Stage("measure", 1.0),),
    run=lambda work, adapter, report: adapter.mesh_extent(work, report),
)
'''

MODEL = '''
"""Measures with numpy."""

import json

from pydantic import Field

from pipelines.spec import ModelCard, Outcome, OutputFile, Params


class Options(Params):
    factor: float = Field(1.0, gt=0, le=1000, description="1000 for millimetres")


CARDS = (
    ModelCard(
        model_id="ruler_mesh_extent",
        feature="mesh_extent",
        family="ruler",
        weights="ruler",
        summary="sizes by their bounds",
        licence="MIT",
        outputs=("json",),
        options=Options,
    ),
)


class Ruler:
    def load(self, device):
        pass

    def mesh_extent(self, work, report):
        from pipelines.geometry import mesh_io

        report("measure")
        mesh = mesh_io.read(work.inputs["mesh"])
        size = (mesh.vertices.max(axis=0) - mesh.vertices.min(axis=0)) * work.options["factor"]
        extent = {"extent": size.round(work.params["decimals"]).tolist()}
        path = work.out_dir / "extent.json"
        path.write_text(json.dumps(extent))
        return Outcome((OutputFile(path.name, "facts", "application/json", path.stat().st_size),), extent)


ADAPTER = Ruler
'''


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server beside whose own files there are two of somebody else's."""
    folder = tmp_path_factory.mktemp("plugin")
    for kind, name, text in (
        ("features", "mesh_extent", FEATURE),
        ("adapters", "ruler", MODEL),
    ):
        (folder / kind).mkdir()
        (folder / kind / f"{name}.py").write_text(text)
    with living(Server(tmp_path_factory.mktemp("extended"), plugin_dir=folder)) as started:
        yield started


@pytest.fixture
def client(extended: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(extended)


def test_job_runs_by_the_route_and_by_its_twin(client):
    body = {"mesh_base64": as_base64(OBJ), "decimals": 1, "model_parameters": {"factor": 2}}
    by_json = job_of(client.post(V1 + ROUTE, json=body))
    form = {"decimals": "1", "model_parameters": '{"factor": 2}'}
    files = {"mesh_file": ("t.obj", OBJ)}
    by_form = job_of(client.post(f"{V1}{ROUTE}-upload", data=form, files=files))
    for job_id in (by_json, by_form):
        status = completed(client, job_id)
        assert (status["feature"], status["model"]) == ("mesh_extent", "ruler_mesh_extent")
        assert status["result"]["generation_info"]["extent"] == [2.0, 2.0, 2.0]
        answer = client.get(f"{JOBS}/{job_id}/download")
        assert answer.json() == {"extent": [2.0, 2.0, 2.0]}
        assert answer.headers["Content-Type"] == "application/json"


def test_its_bounds_inputs_and_options_are_checked_like_any_other(client):
    mesh = {"mesh_base64": as_base64(OBJ)}
    path = V1 + ROUTE
    refused(client.post(path, json={}), 400, "INVALID_VALUE", "mesh is missing")
    refused(client.post(path, json={**mesh, "decimals": 10}), 422, "INVALID_VALUE", "decimals")
    wrong = {**mesh, "model_parameters": {"factor": 0}}
    refused(client.post(path, json=wrong), 422, "INVALID_VALUE", "factor")
    other = {**mesh, "model_preference": "classic_image_to_raw_mesh"}
    refused(client.post(path, json=other), 400, "MODEL_NOT_AVAILABLE", "ruler_mesh_extent")
    assert client.server.uploads_left() == client.server.inputs_of(client.address) == []


def test_system_lists_it_beside_its_own(client):
    rows = {row["name"]: row for row in client.get(f"{SYSTEM}/features").json()["features"]}
    assert rows["mesh_extent"]["models"] == ["ruler_mesh_extent"]
    assert rows["mesh_extent"]["model_count"] == 1
    assert "image_to_textured_mesh" in rows
    models = client.get(f"{SYSTEM}/models").json()["available_models"]
    assert models["mesh_extent"] == ["ruler_mesh_extent"]
    one = client.get(f"{SYSTEM}/models?feature=mesh_extent").json()
    assert one == {"feature": "mesh_extent", "models": ["ruler_mesh_extent"]}
    adapters = client.get(f"{SYSTEM}/available-adapters").json()["features"]["mesh_extent"]
    assert [row["model_id"] for row in adapters] == ["ruler_mesh_extent"]
    told = json.dumps(client.get(f"{SYSTEM}/models/ruler_mesh_extent/parameters").json())
    assert "decimals" in told
    assert "factor" in told


def test_documentation_has_it_with_its_fields(client):
    document: dict[str, Any] = client.get("/openapi.json").json()
    operation = document["paths"][V1 + ROUTE]["post"]
    assert operation["summary"] == "How far a mesh reaches"
    body = resolved(document, operation["requestBody"]["content"]["application/json"]["schema"])
    expected = {"decimals", "mesh_path", "mesh_base64", "mesh_file_id", "input_job_id"}
    assert set(body["properties"]) >= expected | {"model_preference", "model_parameters"}
    assert (
        body["properties"]["decimals"]["minimum"],
        body["properties"]["decimals"]["maximum"],
    ) == (
        0,
        9,
    )
    twin = document["paths"][f"{V1}{ROUTE}-upload"]["post"]
    form = resolved(document, twin["requestBody"]["content"]["multipart/form-data"]["schema"])
    assert "mesh_file" in form["properties"]
    assert set(operation["responses"]) >= {"200", "400", "422"}


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the one that it points to."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
    return schema


def test_its_jobs_are_in_the_history_of_both_apis(client):
    job_id = job_of(client.post(V1 + ROUTE, json={"mesh_base64": as_base64(OBJ)}))
    completed(client, job_id)
    listed = client.get(f"{JOBS}/history?feature=mesh_extent").json()["jobs"]
    assert listed == [status_of(client, job_id)]
    assert client.task(job_id)["status"] == "complete"


def test_the_project_itself_knows_nothing_of_it():
    root = Path(__file__).resolve().parents[2]
    for folder in ("serving", "pipelines"):
        for path in (root / folder).rglob("*.py"):
            assert "mesh_extent" not in path.read_text(), path
