"""What a route takes and answers, said where the route is written. The OpenAPI file is made of it.

    @bp.get("/jobs/<job_id>")
    @describe("jobs", answer=JobStatus, query=WaitQuery, errors=(404,))
    def job_status(job_id: str) -> Response:
        \"\"\"Where a job stands.\"\"\"

The summary is the first line of the docstring. Knows pydantic and Flask's request; does not know OpenAPI.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from serving.errors import InvalidBody

_F = TypeVar("_F", bound=Callable[..., Any])
_M = TypeVar("_M", bound=BaseModel)


class Answer(BaseModel):
    """A documented answer. Nothing but its fields may be in it: the schema is exact."""

    # Built when the OpenAPI file is: a web process that is not asked for it need not.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Query(BaseModel):
    """Query parameters of a route. Others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


@dataclass(frozen=True)
class Description:
    """Facts on one route.

    `answer` is the 200 body (None: not JSON, see `media_types`); `body` a JSON body; `form` the fields of a multipart
    body and `files` its files, by name, with a sentence on each; `errors` the statuses that it may answer with beside
    those that every route may; `makes_job` says that Idempotency-Key counts.
    """

    tag: str
    answer: Any = None
    media_types: tuple[str, ...] = ("application/json",)
    query: type[Query] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    required_files: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    needs_key: bool = False
    makes_job: bool = False


def describe(tag: str, **facts: Any) -> Callable[[_F], _F]:
    """Put a description on a view. Arguments are the fields of Description."""

    def put(view: _F) -> _F:
        view.description = Description(tag, **facts)  # type: ignore[attr-defined]
        return view

    return put


def query_of(model: type[_M]) -> _M:
    """The query of the present request. Raises InvalidBody naming every bad parameter."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise invalid(error, "query") from None


def invalid(error: ValidationError, where: str) -> InvalidBody:
    """A failed validation as the error that both APIs can show. `where` is "body" or "query"."""
    fields = [
        {
            "loc": [where, *row["loc"]],
            "msg": row["msg"],
            "type": row["type"],
            "input": _shown(row["input"]),
        }
        for row in error.errors(include_url=False, include_context=False)
    ]
    first = fields[0]
    name = ".".join(str(part) for part in first["loc"][1:]) or where
    rule = str(first["msg"])
    return InvalidBody(f"{name}: {rule[0].lower()}{rule[1:]}", fields)


def _shown(value: Any) -> str:
    """A bad value, short: it may be a whole image."""
    return f"{value!r:.80}"
