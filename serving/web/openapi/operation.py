"""One route as an OpenAPI operation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from serving.web.described import Description
from serving.web.once import MAX_KEY_CHARACTERS
from serving.web.openapi import refusals
from serving.web.openapi.schemas import Schema, Schemas

JSON = "application/json"
# Any route may answer it; one that names it says it in the form of its own answer.
UNAVAILABLE = 503
# As Flask writes it: <name>, <path:name>, <any(one, two):name>.
_ARGUMENT = re.compile(r"<(?:\w+(?:\(([^)]*)\))?:)?(\w+)>")
_FILE = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
# Path parameters that have a form. What does not fit is answered with 404, as an unknown id is.
_IDS: Mapping[str, Schema] = {
    "job_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "request_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "file_id": {"type": "string", "pattern": "^(img|mesh)_[0-9a-f]{32}$"},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request answers the job that the first one made.",
    "schema": {"type": "string", "maxLength": MAX_KEY_CHARACTERS},
}


@dataclass(frozen=True)
class Route:
    """One path and method, and what its view says of itself."""

    path: str
    method: str
    endpoint: str
    arguments: Mapping[str, Schema]
    view: Callable[..., Any]
    facts: Description

    @classmethod
    def of(cls, rule: Rule, method: str, view: Callable[..., Any]) -> Route:
        """Raises TypeError for a view without a description."""
        facts = getattr(view, "description", None)
        if not isinstance(facts, Description):
            raise TypeError(f"{rule.endpoint} has no description; see serving.web.described")
        arguments = {name: _argument(name, of) for of, name in _ARGUMENT.findall(rule.rule)}
        path = _ARGUMENT.sub(r"{\2}", rule.rule)
        return cls(path, method.lower(), rule.endpoint, arguments, view, facts)

    @property
    def name(self) -> str:
        """Unique among all routes."""
        return f"{self.method} {self.path}"

    @property
    def refusals(self) -> list[int]:
        """The statuses beside 200."""
        return refusals.statuses(self.path, self.facts, bool(self.arguments))


def _argument(name: str, choices: str) -> Schema:
    """The schema of a path parameter."""
    if choices:
        return {"type": "string", "enum": [choice.strip() for choice in choices.split(",")]}
    return _IDS.get(name, {"type": "string", "minLength": 1})


def operation(route: Route, schemas: Schemas, operation_id: str) -> dict[str, Any]:
    """The operation of a route."""
    lines = (inspect.getdoc(route.view) or route.endpoint).partition("\n")
    said: dict[str, Any] = {
        "tags": [route.facts.tag],
        "operationId": operation_id,
        "summary": lines[0].removesuffix("."),
    }
    if more := lines[2].strip():
        said["description"] = more
    if parameters := _parameters(route, schemas):
        said["parameters"] = parameters
    if content := _bodies(route, schemas):
        said["requestBody"] = {"required": True, "content": content}
    said["responses"] = {
        "200": {"description": "Done.", "content": _answers(route, schemas)},
        **{str(status): refusals.reference(route.path, status) for status in route.refusals},
    }
    if UNAVAILABLE in route.facts.errors:
        said["responses"][str(UNAVAILABLE)] = {
            "description": "No; in the same form.",
            "content": _answers(route, schemas),
        }
    if route.facts.needs_key:
        said["security"] = [{"bearer": []}]
    return said


def _parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in route.arguments.items()
    ]
    if route.facts.query:
        fields, required = schemas.fields(route.name, "query")
        for name, schema in fields.items():
            row = {"name": name, "in": "query", "schema": schema, "required": name in required}
            if words := schema.get("description"):
                row["description"] = words
            found.append(row)
    if route.facts.makes_job:
        found.append(_IDEMPOTENCY_KEY)
    return found


def _bodies(route: Route, schemas: Schemas) -> dict[str, Any]:
    """The body in each of the forms that the route reads."""
    facts = route.facts
    content: dict[str, Any] = {}
    if facts.body:
        content[JSON] = {"schema": schemas.of(route.name, "body")}
    if facts.form or facts.files:
        fields, required = schemas.fields(route.name, "form") if facts.form else ({}, [])
        files = {name: {**_FILE, "description": words} for name, words in facts.files.items()}
        form = {"type": "object", "properties": {**files, **fields}}
        if needed := [*facts.required_files, *required]:
            form["required"] = needed
        content["multipart/form-data"] = {"schema": form}
    return content


def _answers(route: Route, schemas: Schemas) -> dict[str, Any]:
    """The 200 body in each of its media types. What is not JSON has no schema."""
    facts = route.facts
    content: dict[str, Any] = {kind: {} for kind in facts.media_types}
    if facts.answer is not None:
        content[JSON] = {"schema": schemas.of(route.name, "answer")}
    return content
