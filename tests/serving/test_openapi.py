"""/openapi.json: it is valid, names every route and nothing else, and says what the routes take and answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from pipelines.catalog import Catalog
from pipelines.errors import PipelineError
from serving.errors import ServiceError
from serving.settings import ROOT, Settings
from serving.web import pages, trellis_form
from serving.web.app import create_app
from serving.web.described import Answer, Query, describe
from serving.web.openapi.document import UNLISTED, document
from serving.web.trellis_bodies import IMAGE_FILES, ImageBody, TextBody, Tuning
from serving.web.v1.features import ALIASES
from serving.web.views import UNLABELLED, VIEWS
from tests.serving.live import Client

Document = dict[str, Any]
ERRORS = {"Refusal", "Error", "FieldError"}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings(redis_url="redis://127.0.0.1:1/0"))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def whole(app: Flask) -> Document:
    """The file as a client gets it."""
    answer = app.test_client().get("/openapi.json")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)  # type: ignore[arg-type]


def operations(whole: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


# The whole


def test_it_is_valid_openapi_3_1(whole):
    assert whole["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(whole).iter_errors()] == []


def test_it_names_this_api_and_its_version(whole):
    assert whole["info"]["title"] == "3D Generative Models API"
    assert whole["info"]["version"] == "1.0.0"


def test_every_route_of_the_server_is_in_it_and_no_other(app, whole):
    routes = {
        (re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNLISTED
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(whole)} == routes


def test_only_files_of_the_pages_are_unlisted(app):
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in UNLISTED}
    assert rules == {"/docs/assets/<digest>/<name>", "/studio/<digest>/<path:name>"}


def test_it_is_the_same_in_every_process(app):
    script = (
        "from serving.settings import Settings; from serving.web.app import create_app; import sys;"
        "app = create_app(Settings(redis_url='redis://127.0.0.1:1/0'));"
        "sys.stdout.buffer.write(app.test_client().get('/openapi.json').data)"
    )
    files = [app.test_client().get("/openapi.json").data]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=60,
        )
        files.append(done.stdout)
    assert json.loads(files[0])["openapi"]
    assert files[0] == files[1] == files[2]


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_tag(whole):
    names = [operation["operationId"] for _, _, operation in operations(whole)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    tags = {tag["name"] for tag in whole["tags"]}
    for path, _, operation in operations(whole):
        assert operation["summary"], path
        assert set(operation["tags"]) <= tags, path


def test_its_text_names_no_path_of_this_machine(whole):
    text = json.dumps(whole)
    for secret in (str(ROOT), "/tmp/", ".venv", "Traceback"):
        assert secret not in text


# What routes take


def test_every_feature_has_both_its_routes(whole):
    catalog = Catalog.discover()
    for feature in catalog.features.values():
        paths = [feature.route] + [
            feature.route.replace(a, b) for a, b in ALIASES.items() if a in feature.route
        ]
        for path in paths:
            plain = whole["paths"][f"/api/v1{path}"]["post"]["requestBody"]["content"]
            twin = whole["paths"][f"/api/v1{path}-upload"]["post"]["requestBody"]["content"]
            assert set(plain) == {"application/json"}
            form = twin["multipart/form-data"]["schema"]["properties"]
            assert {f"{slot}_file" for slot in feature.inputs} <= set(form)


def test_a_feature_from_a_plugin_folder_is_in_it():
    folder = ROOT / "tests" / "plugin"
    settings = Settings(redis_url="redis://127.0.0.1:1/0", plugin_dir=folder)  # type: ignore[call-arg]
    whole = create_app(settings).test_client().get("/openapi.json").json
    route = Catalog.discover([folder]).feature("rehearsal").route
    assert {f"/api/v1{route}", f"/api/v1{route}-upload"} <= set(whole["paths"])  # type: ignore[index]


def test_bounds_of_a_features_parameters_are_in_its_body(whole):
    schema = body_of(whole, "/api/v1/mesh-generation/image-to-textured-mesh")
    size = schema["properties"]["texture_resolution"]
    assert (size["minimum"], size["maximum"], size["default"]) == (256, 4096, 1024)


def test_deadline_of_a_run_is_in_both_bodies_of_every_feature(whole):
    for feature in Catalog.discover().features.values():
        path = f"/api/v1{feature.route}"
        form = whole["paths"][f"{path}-upload"]["post"]["requestBody"]["content"]
        in_form = form["multipart/form-data"]["schema"]["properties"]["timeout_seconds"]
        in_json = body_of(whole, path)["properties"]["timeout_seconds"]["anyOf"][0]
        assert in_json == {"type": "integer", "minimum": 1}
        assert (in_form["type"], in_form["minimum"]) == ("integer", 1)
    assert "timeout_seconds" not in json.dumps(whole["paths"]["/image_to_3d"])


def body_of(whole: Document, path: str) -> Document:
    """The schema of a POST's JSON body."""
    content = whole["paths"][path]["post"]["requestBody"]["content"]
    return resolved(whole, content["application/json"]["schema"])


def resolved(whole: Document, schema: Document) -> Document:
    if "$ref" not in schema:
        return schema
    return dict(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]])


def test_path_parameters_are_required_and_ids_have_their_pattern(whole):
    seen = set()
    for path, _, operation in operations(whole):
        said = {row["name"]: row for row in operation.get("parameters", []) if row["in"] == "path"}
        assert set(said) == set(re.findall(r"{(\w+)}", path))
        assert all(row["required"] for row in said.values())
        for name in {"job_id", "request_id", "file_id"} & set(said):
            assert re.fullmatch(said[name]["schema"]["pattern"], example_of(name))
            seen.add(name)
    assert seen == {"job_id", "request_id", "file_id"}


def example_of(name: str) -> str:
    return ("img_" if name == "file_id" else "") + "0123456789abcdef" * 2


def test_posts_that_make_jobs_take_an_idempotency_key(whole):
    jobs = {"/image_to_3d", "/text_to_3d", "/api/v1/mesh-generation/image-to-raw-mesh"}
    for path, _, operation in operations(whole):
        headers = {row["name"] for row in operation.get("parameters", []) if row["in"] == "header"}
        if path in jobs:
            assert headers == {"Idempotency-Key"}
            assert {"422", "429"} <= set(operation["responses"])
        elif operation.get("operationId", "").startswith("jobs_"):
            assert headers == set()


def test_queries_and_forms_never_ask_for_null(whole):
    for path, _, operation in operations(whole):
        schemas = [row["schema"] for row in operation.get("parameters", [])]
        form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
        schemas += list(form["schema"]["properties"].values()) if form else []
        for schema in schemas:
            assert {"type": "null"} not in schema.get("anyOf", []), path
            assert schema.get("default", "") is not None, path


# What routes answer


def test_every_200_says_what_it_is_in_exact_terms(whole):
    for path, _, operation in operations(whole):
        content = operation["responses"]["200"]["content"]
        assert content, path
        schema = content.get("application/json", {}).get("schema")
        if schema is not None and path != "/openapi.json":
            assert_exact(whole, schema, path)


def assert_exact(whole: Document, schema: Document, where: str, seen: tuple[str, ...] = ()) -> None:
    """Every object with fields forbids others."""
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen = (*seen, schema["$ref"])
        schema = resolved(whole, schema)
    if "properties" in schema:
        assert schema.get("additionalProperties") is False, f"{where}: {schema.get('title')}"
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [schema["items"]] if isinstance(schema.get("items"), dict) else []
    for one in inner:
        assert_exact(whole, one, where, seen)


def test_errors_have_the_envelope_of_their_api(whole):
    for path, _, operation in operations(whole):
        wanted = "Error" if path.startswith("/api/v1") else "Refusal"
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and path != "/readyz":
                said = whole["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                schema = said["content"]["application/json"]["schema"]
                assert schema == {"$ref": f"#/components/schemas/{wanted}"}, path


def test_every_code_that_errors_have_is_in_the_envelope(whole):
    named = whole["components"]["schemas"]["Error"]["properties"]["error"]["enum"]
    assert {kind.code for kind in kinds_of(ServiceError)} <= set(named)
    assert {kind.code for kind in kinds_of(PipelineError)} <= set(named)


def kinds_of(base: type[Any]) -> Iterator[type[Any]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds_of(kind)


def test_nothing_in_the_components_is_unused(whole):
    text = json.dumps(whole)
    for kind in ("schemas", "responses"):
        for name in whole["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text or name in ERRORS, name


def test_routes_that_need_a_key_say_so_and_others_take_one(whole):
    documented = {
        ("/api/v1/system/info", "get"),
        ("/api/v1/system/status", "get"),
        ("/api/v1/system/models", "get"),
        ("/api/v1/system/jobs/{job_id}/result", "delete"),
        ("/api/v1/system/drain", "get"),
        ("/api/v1/system/drain", "post"),
        ("/api/v1/system/models/{model_id}/unload", "post"),
        ("/api/v1/system/errors", "get"),
        ("/api/v1/system/operator", "get"),
    }
    needing = {(p, m) for p, m, one in operations(whole) if one.get("security") == [{"bearer": []}]}
    assert needing == documented
    assert whole["security"] == [{}, {"bearer": []}]
    assert whole["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_what_is_not_ready_says_so_in_the_form_of_its_answer(whole):
    answers = whole["paths"]["/readyz"]["get"]["responses"]
    assert answers["503"]["content"] == answers["200"]["content"]


# The first API's words, which are written twice


def test_fields_of_the_first_api_are_those_that_it_reads():
    files = {name for name in ImageBody.model_fields if name not in Tuning.model_fields}
    for name in {*files, *IMAGE_FILES} - {"image_name", "is_dv_mode"}:
        trellis_form.kind_of_field(name)
    assert {*Tuning.model_fields} == {*trellis_form.OPTIONS, *trellis_form.PARAMS}
    views = {f"image_{view}" for view in VIEWS}
    unlabelled = {"image", *UNLABELLED, "image_data"}
    known = views | unlabelled | {*trellis_form.MESH_FIELDS}
    assert known - {"images[]", "image[]"} <= files
    assert known - {"images", "image[]", "image_data"} == {*IMAGE_FILES}
    assert "text" in TextBody.model_fields


@pytest.mark.parametrize("name", sorted(Tuning.model_fields))
def test_bounds_and_defaults_of_the_first_api_are_those_of_the_model(name):
    catalog = Catalog.discover()
    card = catalog.cards["classic_image_to_textured_mesh"]
    inner = trellis_form.OPTIONS.get(name, name)
    for model in (card.options, catalog.feature(card.feature).params):
        if inner in model.model_fields:
            real = model.model_json_schema()["properties"][inner]
    said = Tuning.model_json_schema()["properties"][name]
    assert said.get("default") in (None, real["default"])
    if "enum" in real:
        assert said["anyOf"][0]["enum"] == [*real["enum"], ""]
    else:
        bounds = real.get("anyOf", [real])[
            0
        ]  # of a param that may be left out, the first is the number
        facts = {"type", "minimum", "maximum"} & {*bounds}
        assert said["anyOf"][0] == {key: bounds[key] for key in facts}
        assert "minimum" in facts or bounds["type"] == "boolean"


# How it is made


class Thing(Answer):
    size: int
    note: str = ""


class ThingQuery(Query):
    depth: int | None = None


class ThingBody(BaseModel):
    name: str = "plain"


def small_app(**facts: Any) -> Flask:
    app = Flask("small", static_folder=None)
    bp = Blueprint("small", __name__)

    @bp.post("/things/<job_id>/<any(red, green):colour>")
    @describe("things", answer=Thing, **facts)
    def thing(job_id: str, colour: str) -> str:
        """Make a thing.

        And more on it.
        """
        return job_id + colour

    app.register_blueprint(bp)
    return app


def only_operation(app: Flask) -> tuple[Document, Document]:
    whole = document(app, "Small", "1")
    assert [error.message for error in OpenAPIV31SpecValidator(whole).iter_errors()] == []
    ((_, _, operation),) = operations(whole)
    return whole, operation


def test_summary_and_description_are_the_docstring():
    _, operation = only_operation(small_app())
    assert (operation["summary"], operation["description"]) == ("Make a thing", "And more on it.")


def test_a_field_with_a_default_may_be_absent_from_an_answer_and_shows_no_default():
    whole, _ = only_operation(small_app())
    thing = whole["components"]["schemas"]["Thing"]
    assert thing["required"] == ["size"]
    assert "default" not in thing["properties"]["note"]


def test_choices_in_a_path_are_an_enum():
    _, operation = only_operation(small_app())
    assert operation["parameters"][1]["schema"]["enum"] == ["red", "green"]


def test_a_query_becomes_parameters_and_a_form_holds_fields_and_files():
    facts = {"query": ThingQuery, "form": ThingBody, "files": {"mesh_file": "GLB"}}
    whole, operation = only_operation(small_app(**facts, required_files=("mesh_file",)))
    assert operation["parameters"][2]["schema"] == {"type": "integer"}
    form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"mesh_file", "name"}
    assert form["required"] == ["mesh_file"]
    assert "ThingQuery" not in whole["components"]["schemas"]


def test_a_view_without_a_description_is_refused_by_name():
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(TypeError, match="bare has no description"):
        document(app, "", "")


# How it is served


def test_a_browser_that_has_it_is_told_so(app):
    client = app.test_client()
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_behind_a_proxy_with_a_prefix_its_server_has_the_prefix():
    settings = Settings(redis_url="redis://127.0.0.1:1/0", trusted_proxies=1)  # type: ignore[call-arg]
    headers = {"X-Forwarded-Prefix": "/meshkiln"}
    answer = create_app(settings).test_client().get("/openapi.json", headers=headers)
    assert answer.json["servers"] == [{"url": "/meshkiln"}]  # type: ignore[index]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_pages_take_everything_from_this_server(app, path):
    client = app.test_client()
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "http" not in policy and "unsafe" not in policy
    assert "<script>" not in answer.text and "://" not in answer.text
    files = re.findall(r'(?:src|href)="(docs/assets/[^"]+)"', answer.text)
    assert files
    for name in files:
        file = client.get("/" + name)
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert file.content_type.startswith(("text/javascript", "text/css"))


@pytest.mark.parametrize("path", ["0/redoc.js", "{digest}/../pages.py", "{digest}/none.js"])
def test_only_the_files_of_the_pages_are_served(app, path):
    path = path.format(digest=pages._assets().digest)
    answer = app.test_client().get(f"/docs/assets/{path}")
    assert answer.status_code == 404
    assert set(answer.json) == {"error"}  # type: ignore[arg-type]


def test_two_web_processes_serve_the_same(client: Client):
    answers = {client.get("/openapi.json").content for _ in range(8)}
    assert len(answers) == 1
