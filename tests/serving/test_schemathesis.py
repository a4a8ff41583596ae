"""Every operation of /openapi.json, called with what its schema allows, with what it forbids, and on real things.

No answer may be a 5xx, have a status that is not documented, or a body, header or content type not as documented.
Generated requests go to a server without lanes, so that nothing they submit runs. They are the same in every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest
import requests
import schemathesis
from schemathesis import CheckContext, Response
from schemathesis.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from serving.keys import new_key
from serving.settings import Settings
from serving.web.app import create_app
from serving.web.openapi.document import document
from tests.serving.conftest import living
from tests.serving.live import Client, Server
from tests.serving.pictures import disc, encoded

# Random requests for each operation, beside those at the bounds of its schema, which are fifty on average.
EXAMPLES = 8


def no_server_error(ctx: CheckContext, response: Response, case: schemathesis.Case) -> bool | None:
    """No 5xx, but for one that is an honest answer: without lanes, a server is not ready."""
    if case.operation.path == "/readyz" and response.status_code == 503:
        return None
    return not_a_server_error(ctx, response, case)


def methods_are_as_documented(
    ctx: CheckContext, response: Response, case: schemathesis.Case
) -> bool | None:
    """Other methods get 405, and Allow names those there are.

    Not looked at where a path is also another's, as /files/list fits /files/{id}: it has the methods of both.
    """
    others = (path for path in schema if path != case.operation.path)
    if any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), case.operation.path) for path in others):
        return None
    unsupported_method(ctx, response, case)
    return allow_header_conformance(ctx, response, case)


CHECKS = [
    no_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    methods_are_as_documented,
]


def _config() -> SchemathesisConfig:
    generation = GenerationConfig(
        max_examples=EXAMPLES,
        deterministic=True,
        no_shrink=True,
        database="none",
        allow_extra_parameters=False,  # they are ignored here, which would pass for taking what is forbidden
    )
    phases = PhasesConfig(coverage=CoveragePhaseConfig(enabled=True))
    project = ProjectConfig(generation=generation, phases=phases)
    return SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))


def _schema() -> schemathesis.BaseSchema:
    app = create_app(Settings(redis_url="redis://127.0.0.1:1/0"))  # type: ignore[call-arg]
    return schemathesis.openapi.from_dict(document(app, "", ""), config=_config())


schema = _schema()


@schemathesis.hook
def before_call(context: object, case: schemathesis.Case, kwargs: dict[str, object]) -> None:
    """A stream of events would go on for an hour: what it sends first is looked at. Bad queries stay as they are."""
    if case.operation.path.endswith("/events") and case.method == "GET":
        seconds = str(dict(case.query or {}).get("seconds", 3600))
        if re.fullmatch(r"[0-9.]+(e[+-]?[0-9]+)?", seconds) and 0 <= float(seconds) <= 3600:
            case.query = {**(case.query or {}), "seconds": 0}


OPERATIONS = {result.ok().label: result.ok() for result in schema.get_all_operations()}


class Real:
    """A server, who asks, and what there is by the names of path parameters."""

    def __init__(
        self,
        server: Server,
        names: Mapping[str, str],
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.server = server
        self.names = names
        self.headers = dict(headers)

    def ask(self, label: str, query: Mapping[str, str] | None = None) -> Response:
        """Call an operation about these things. Its answer must be as documented."""
        operation = OPERATIONS[label]
        wanted = [parameter.name for parameter in operation.path_parameters]
        case = operation.Case(
            path_parameters={name: self.names[name] for name in wanted}, query=dict(query or {})
        )
        return case.call_and_validate(base_url=self.server.url, headers=self.headers, checks=CHECKS)

    def submitted(self) -> Real:
        """The same, with a new job."""
        answer = requests.post(
            f"{self.server.url}/image_to_3d",
            files={"image": encoded(disc())},
            headers=self.headers,
            timeout=10,
        )
        job_id = answer.json()["request_id"]
        return Real(self.server, {"job_id": job_id, "request_id": job_id}, self.headers)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A server without lanes that takes any number of jobs from one client, and asks for keys where they are due."""
    folder = tmp_path_factory.mktemp("desk-with-keys")
    token = new_key(Settings(data_dir=folder).keys_path, "tester")  # type: ignore[call-arg]
    limits = {"submits_per_minute": 0, "max_waiting_per_client": 100_000}
    with living(Server(folder, "web_worker.py", **limits)) as started:
        yield Real(started, {}, {"Authorization": f"Bearer {token}"})


@schema.parametrize()
def test_generated_requests_are_answered_as_documented(case: schemathesis.Case, desk: Real):
    checks = [*CHECKS, negative_data_rejection, ignored_auth]
    case.call_and_validate(base_url=desk.server.url, headers=desk.headers, checks=checks)


# On real things


@pytest.fixture(scope="module")
def completed(server: Server) -> Real:
    """A completed job and an upload."""
    client = Client(server, "127.0.0.1")  # as the generated requests come
    files = {"file": ("picture.png", encoded(disc()))}
    upload = client.post("/api/v1/mesh-generation/upload-image", files=files).json()
    job_id = client.submit(encoded(disc()), texture_size=256, turntable=True)
    done = client.finished(job_id)
    assert done["status"] == "complete", done
    client.close()
    names = {
        "job_id": job_id,
        "request_id": job_id,
        "client": "127.0.0.1",
        "name": "output.glb",
        "file_id": upload["file_id"],
        "model_id": done["model"],
    }
    return Real(server, names)


GETS = [label for label in OPERATIONS if label.startswith("GET ")]
ABOUT_JOBS = [label for label in GETS if "{job_id}" in label and "{client}" not in label]
ABOUT_JOBS.append("GET /task/{request_id}")


@pytest.mark.parametrize("label", GETS)
def test_every_get_answers_about_real_things_as_documented(label, completed):
    if "{folder}" in label:
        names = {"folder": "images", "name": completed.names["file_id"] + ".png"}
        completed = Real(completed.server, names)
    elif label.startswith("GET /view/"):
        completed = Real(completed.server, {"name": completed.names["job_id"]})
    assert completed.ask(label).status_code == 200


@pytest.mark.parametrize("label", ["GET /queue/status", "GET /queue_status"])
def test_the_place_of_a_real_job_is_told_as_documented(label, completed, desk):
    for real in (completed, desk.submitted()):
        answer = real.ask(label, query={"request_id": real.names["request_id"]})
        assert answer.json()["request_id"] == real.names["request_id"]


def test_a_result_as_text_is_as_documented(completed):
    answer = completed.ask("GET /api/v1/system/jobs/{job_id}/download", query={"format": "base64"})
    assert answer.json()["content_type"] == "model/gltf-binary"


@pytest.mark.parametrize("label", ABOUT_JOBS)
def test_every_get_answers_about_a_waiting_and_a_cancelled_job_as_documented(label, desk):
    real = desk.submitted()
    assert real.ask(label).status_code in (200, 404, 409)
    assert real.ask("POST /api/v1/system/jobs/{job_id}/cancel").status_code == 200
    assert real.ask(label).status_code in (200, 404, 409)


def test_cancelling_and_deleting_is_answered_as_documented(desk):
    real = desk.submitted()
    job = "/api/v1/system/jobs/{job_id}"
    assert real.ask(f"DELETE {job}/result").status_code == 409
    for _ in range(2):
        assert real.ask(f"POST {job}/cancel").json()["status"] == "cancelled"
    assert real.ask(f"DELETE {job}").json()["deleted"] is True
    assert real.ask(f"GET {job}").status_code in (404, 410)


def test_a_deleted_result_is_answered_as_documented(completed):
    real = completed.submitted()
    client = Client(completed.server, "127.0.0.1")
    client.finished(real.names["job_id"])
    client.close()
    job = "/api/v1/system/jobs/{job_id}"
    assert [real.ask(f"DELETE {job}/result").json()["deleted"] for _ in range(2)] == [True, False]
    assert real.ask(f"GET {job}/download").status_code == 410
    for label in (f"GET {job}", f"GET {job}/info", "GET /my_requests"):
        assert real.ask(label).status_code == 200
