"""Answers to requests that never reach the app: malformed, too long or too slow. Like all others they are JSON.

A page of an allowed origin may read them. Knows HTTP's bytes and the envelopes; no gunicorn, no Flask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from serving.jobs.record import compact_json
from serving.web.wire import V1, error_body

TOO_SLOW = "the request came in too slowly; send it again"
_CODES = {
    HTTPStatus.REQUEST_TIMEOUT: "API_ERROR",
    HTTPStatus.FORBIDDEN: "API_ERROR",
    HTTPStatus.NOT_IMPLEMENTED: "API_ERROR",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
}


_ORIGIN = re.compile(rb"\r\norigin:[ \t]*([!-~]+)[ \t]*(?:\r\n|$)", re.IGNORECASE)


def origin_of(head: bytes) -> str:
    """The Origin that the head of a request names, or the part of it that came; "" without."""
    found = _ORIGIN.search(head)
    return found[1].decode("ascii") if found else ""


def early_answer(
    status: int, message: str, path: str = V1, headers: Mapping[str, str] | None = None
) -> bytes:
    """A whole answer that ends the connection. Where the path is not known either, the longer envelope says all."""
    known = HTTPStatus(status)
    code = _CODES.get(known, "INVALID_VALUE")
    body = compact_json(error_body(path, code, message or known.phrase)) + b"\n"
    head = (
        f"HTTP/1.1 {status} {known.phrase}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Process-Time: 0.000000\r\n"
    )
    head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return head.encode() + b"\r\n" + body
