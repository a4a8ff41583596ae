"""What a route may answer beside success: statuses, and the envelope of the API that the path belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serving.web.described import Description
from serving.web.wire import V1

# What each status says, on whichever route.
_WORDS: Mapping[int, str] = {
    204: "Nothing has happened since, and nothing will: come again no more.",
    206: "The part of the file that `Range` asks for.",
    304: "Not changed since the `ETag` or the time that was sent.",
    400: "A field or file is missing, wrong or unknown; the message names it.",
    401: "An API key is needed here, or the one that was sent is not known.",
    403: "A page of a foreign origin called from a browser.",
    404: "There is nothing by that name.",
    405: "The path does not answer this method.",
    408: "The request came in too slowly.",
    409: "The job is not in a state that allows this.",
    410: "It was there, and was deleted or has expired.",
    412: "`If-Match` or `If-Unmodified-Since` does not hold.",
    413: "A file or the whole body is too large.",
    415: "A body of a kind that is not read here.",
    416: "The file is shorter than `Range` asks for.",
    422: "The body or the query does not validate, or an `Idempotency-Key` stood for another request.",
    429: "Too many jobs wait, or came in a short time; `Retry-After` says when to try again.",
    500: "The server failed; its log says why.",
    501: "This cannot be done here.",
    503: "The queue is away for a moment, or there is no room; `Retry-After`.",
}
_RETRY_AFTER = {
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}}
}
_CHALLENGE = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
_HEADERS: Mapping[int, Mapping[str, Any]] = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}

# What `error` may be in the second API.
CODES = (
    "INVALID_VALUE",
    "NOT_FOUND",
    "API_ERROR",
    "INTERNAL_ERROR",
    "FILE_UPLOAD_ERROR",
    "MODEL_NOT_AVAILABLE",
    "INSUFFICIENT_VRAM",
    "JOB_FAILED",
)
# The envelopes; serving.web.wire.error_body makes them.
ENVELOPES: Mapping[str, dict[str, Any]] = {
    "Refusal": {
        "type": "object",
        "description": "An error of the first API, and of paths that belong to neither.",
        "properties": {"error": {"type": "string", "description": "a sentence"}},
        "required": ["error"],
        "additionalProperties": False,
    },
    "Error": {
        "type": "object",
        "description": "An error of the second API.",
        "properties": {
            "error": {"type": "string", "enum": list(CODES)},
            "message": {"type": "string", "description": "a sentence"},
            "detail": {
                "description": "the sentence again, or every bad field of a body or query",
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
                ],
            },
        },
        "required": ["error", "message", "detail"],
        "additionalProperties": False,
    },
    "FieldError": {
        "type": "object",
        "description": "One bad field.",
        "properties": {
            "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
            "msg": {"type": "string"},
            "type": {"type": "string"},
            "input": {"type": "string", "description": "the value, cut short"},
        },
        "required": ["loc", "msg", "type"],
        "additionalProperties": False,
    },
}


def statuses(path: str, facts: Description, takes_arguments: bool) -> list[int]:
    """The statuses beside 200 that a route may answer with, in order."""
    found = {401, 403, 500, 503, *facts.errors}
    if takes_arguments:
        found |= {400, 404}
    if facts.query:
        found.add(400)
    if has_body := bool(facts.body or facts.form or facts.files):
        found |= {400, 408, 413}
    if facts.makes_job:
        found |= {422, 429}  # 422: an Idempotency-Key that stood for another request
    if path.startswith(V1) and (has_body or facts.query):  # the first API says 400 of all these
        found |= {415, 422} if has_body else {422}
    return sorted(found)


def reference(path: str, status: int) -> dict[str, str]:
    """Where components/responses says it."""
    return {"$ref": f"#/components/responses/{_name(path, status)}"}


def component(path: str, status: int) -> tuple[str, dict[str, Any]]:
    """Name and text of an answer for components/responses."""
    said: dict[str, Any] = {"description": _WORDS[status]}
    if status in _HEADERS:
        said["headers"] = dict(_HEADERS[status])
    if status == 206:
        said["content"] = {"*/*": {}}
    elif status >= 400:
        schema = {"$ref": f"#/components/schemas/{_envelope(path)}"}
        said["content"] = {"application/json": {"schema": schema}}
    return _name(path, status), said


def _envelope(path: str) -> str:
    return "Error" if path.startswith(V1) else "Refusal"


def _name(path: str, status: int) -> str:
    return f"{_envelope(path)}{status}" if status >= 400 else f"File{status}"
