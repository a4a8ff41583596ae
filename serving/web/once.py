"""Idempotency-Key: a request that comes again makes no second job, and is told so. For every POST that makes a job."""

from __future__ import annotations

from flask import Response, request

from serving.errors import BadRequest
from serving.jobs.submit import Accepted

MAX_KEY_CHARACTERS = 255


def idempotency_key() -> str:
    """The key of the present request; "" when there is none. Raises BadRequest for one that is too long."""
    key: str = request.environ.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(key) > MAX_KEY_CHARACTERS:
        raise BadRequest(f"Idempotency-Key is longer than {MAX_KEY_CHARACTERS} characters")
    return key


def marked(response: Response, accepted: Accepted) -> Response:
    """The answer to a submit, with a note if the job was accepted before."""
    if accepted.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
