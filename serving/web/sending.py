"""Files on their way to a client: whole or in part, and only when it has not the same already."""

from __future__ import annotations

import re

from flask import Response, send_file

from serving.web.desk import present_request

# Several parts, other units and what is malformed may be ignored (RFC 9110, 14.2): the whole file is sent then.
_ONE_PART = re.compile(r"bytes=(\d+-\d*|-\d+)")


def send(
    path: str,
    media_type: str,
    *,
    name: str | None = None,
    save: bool = False,
    etag: bool | str = True,
) -> Response:
    """A file from disk, with ETag, HEAD and Range. `name` is what a browser calls it, `save` that it keeps it.

    `etag`: one of the caller's own; that of Werkzeug is made of the path, too.
    """
    environ = present_request().environ
    if "HTTP_RANGE" in environ and not _ONE_PART.fullmatch(environ["HTTP_RANGE"].strip()):
        del environ["HTTP_RANGE"]
    response = send_file(
        path,
        mimetype=media_type,
        conditional=True,
        as_attachment=save,
        download_name=name,
        etag=etag,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
