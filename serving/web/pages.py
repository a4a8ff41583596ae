"""The API as people read it: /openapi.json, and /docs and /redoc, which show it without any other host.

The two browsers' programs come from the offapi wheel, whose files are served and which is never imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, send_file

from serving.errors import NotFound
from serving.web.described import describe
from serving.web.openapi.document import document
from serving.web.wire import NAME, VERSION

bp = Blueprint("pages", __name__)

_OWN = Path(__file__).parent / "page_files"
_SHIPPED = ("swagger_bundle.js", "swagger_style.css", "redoc.js")
_WRITTEN = ("swagger_start.js", "redoc_start.js")
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_HTML = "text/html"
# All comes as files of this server. Redoc also makes an empty <style>, which it fills by script: the hash of nothing.
_NOTHING = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {_NOTHING}",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True)
class _Assets:
    """Files of the pages by name, and a digest of them all, which is part of their address."""

    files: Mapping[str, Path]
    digest: str


@bp.get("/openapi.json")
@describe("documentation", answer=dict[str, Any])
def openapi() -> Response:
    """This file: every route, what it takes and what it answers."""
    response = Response(_document(_app(), request.script_root), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/docs")
@describe("documentation", media_types=(_HTML,))
def docs() -> Response:
    """The API as a page on which it can be tried out."""
    return _page("swagger.html")


@bp.get("/redoc")
@describe("documentation", media_types=(_HTML,))
def redoc() -> Response:
    """The API as a page to read."""
    return _page("redoc.html")


@bp.get("/docs/assets/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    """A file of one of the pages. Its address changes with what is in it, so browsers keep it for good."""
    assets = _assets()
    if digest != assets.digest or name not in assets.files:
        raise NotFound(f"the pages have no file {name:.40}")
    path = assets.files[name]
    response = send_file(path, mimetype=_TYPES[path.suffix], conditional=True, max_age=31_536_000)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


@lru_cache(maxsize=8)
def _document(app: Flask, prefix: str) -> bytes:
    """/openapi.json, made at the first call; a proxy that adds a prefix gets one of its own."""
    return json.dumps(document(app, NAME, VERSION, prefix), separators=(",", ":")).encode()


def _page(name: str) -> Response:
    """One page. Addresses in it are relative, so that it works behind a proxy that adds a prefix."""
    text = (_OWN / name).read_text("utf-8")
    text = text.replace("{title}", NAME).replace("{assets}", f"docs/assets/{_assets().digest}")
    response = Response(text, mimetype=_HTML)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@cache
def _assets() -> _Assets:
    """Found once per process. Raises NotFound when the wheel that carries the programs is not installed."""
    spec = importlib.util.find_spec("offapi")
    if spec is None or spec.origin is None:
        raise NotFound("the documentation pages are not installed here: pip install offapi")
    shipped = Path(spec.origin).parent
    files = {name: shipped / name for name in _SHIPPED} | {name: _OWN / name for name in _WRITTEN}
    digest = hashlib.sha256()
    for path in files.values():
        digest.update(path.read_bytes())
    return _Assets(files, digest.hexdigest()[:16])
