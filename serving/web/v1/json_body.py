"""Small JSON bodies, of routes that make no job: read and checked against the model that describes them."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from pipelines.spec import InputKind
from serving.errors import BadRequest, WrongMediaType
from serving.web.described import invalid
from serving.web.desk import core, present_request
from serving.web.form import read_form

_M = TypeVar("_M", bound=BaseModel)


def json_body(model: type[_M]) -> _M:
    """The body of the present request; none at all has no fields. Raises WrongMediaType, BadRequest, InvalidBody."""
    if not request.is_json and request.content_length != 0 and request.mimetype:
        raise WrongMediaType(f"the body is {request.mimetype:.80}; send JSON")
    with read_form(present_request(), core().desk.inputs, _no_file) as form:
        try:
            return model.model_validate(form.fields)
        except ValidationError as error:
            raise invalid(error, "body") from None


def _no_file(name: str) -> InputKind:
    raise BadRequest(f"{name:.40} is a file, and none is taken here")
