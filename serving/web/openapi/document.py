"""The whole OpenAPI file of an app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask

from serving.web.openapi import refusals
from serving.web.openapi.operation import Route, operation
from serving.web.openapi.schemas import Part, Schemas

_PARTS: tuple[Part, ...] = ("answer", "body", "form", "query")
# Files of the pages, by endpoint.
UNLISTED = frozenset({"pages.asset", "studio.asset"})
_COME_BY_THEMSELVES = {"HEAD", "OPTIONS"}  # HEAD with every GET, OPTIONS with everything
_ABOUT = (
    "Turns images and text into 3D meshes, and paints, splits, completes and rigs meshes. "
    "A job is submitted by POST and answers an id at once; its state is asked for until it is done."
)


def document(app: Flask, title: str, version: str, prefix: str = "") -> dict[str, Any]:
    """OpenAPI 3.1 of every route of the app, the same in every process.

    `prefix` stands in front of all paths, as some proxies have it. Raises TypeError for a view without a description.
    """
    routes = sorted(routes_of(app), key=lambda route: (route.path, route.method))
    types = {
        (route.name, part): kind
        for route in routes
        for part in _PARTS
        if (kind := getattr(route.facts, part)) is not None
    }
    schemas = Schemas(types)
    paths: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for route in routes:
        said = operation(route, schemas, _operation_id(route, taken))
        paths.setdefault(route.path, {})[route.method] = said
    answers = dict(
        refusals.component(route.path, status) for route in routes for status in route.refusals
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": _ABOUT},
        "servers": [{"url": prefix or "/"}],
        "tags": [{"name": name} for name in sorted({route.facts.tag for route in routes})],
        "security": [{}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas.definitions(paths), **refusals.ENVELOPES},
            "responses": dict(sorted(answers.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key of this server, where keys are in use.",
                }
            },
        },
    }


def routes_of(app: Flask) -> Iterator[Route]:
    """Every path and method that the app answers, but for the files of its own pages."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint in UNLISTED:
            continue
        for method in (rule.methods or set()) - _COME_BY_THEMSELVES:
            yield Route.of(rule, method, view)


def _operation_id(route: Route, taken: set[str]) -> str:
    """A name for generated clients: the view's, or the view's and a number where it has several paths."""
    plain = route.endpoint.lstrip("_").replace(".", "_").replace("-", "_")
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}_{number}"
    taken.add(name)
    return name
