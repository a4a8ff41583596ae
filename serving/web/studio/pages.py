"""The studio, the share page, and the files that they ask for. No page holds a script or a style: none is allowed."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path

from flask import Blueprint, Response, request

from serving.errors import NotFound
from serving.web.studio.assets import assets

bp = Blueprint("studio", __name__)

HTML = "text/html"
_PAGES = Path(__file__).parent / "page_files"
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    # Textures inside a GLB are fetched from blob: addresses.
    "connect-src": "'self' blob:",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
# The one <style> that model-viewer puts into its own element; a test finds out when another version has another.
_VIEWER_STYLE = "'sha256-PXtZZkJMMyc18o/DN1ZEFOJ2qEGq95IQbVaJFMOXOb0='"
# What a page has beside. Text becomes a script nowhere, and markup only in the templates of model-viewer's library.
_ALSO: dict[str, dict[str, str]] = {
    "studio.html": {"require-trusted-types-for": "'script'", "trusted-types": "'none'"},
    "view.html": {
        "style-src": f"'self' {_VIEWER_STYLE}",
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
    },
}
_BLANK = re.compile(r"\{([a-z_]+)\}")


def wants_page() -> bool:
    """Whether the one who asks would rather have a page than JSON: browsers do, programs take anything."""
    best = request.accept_mimetypes.best_match(["application/json", HTML], "application/json")
    return best == HTML


def studio_page(name: str, status: int = 200, **words: str) -> Response:
    """A page by the name of its file, its blanks filled with `words`. Addresses begin with the prefix of a proxy."""
    known = {"assets": f"{request.script_root}/studio/{assets().digest}", **words}
    text = _BLANK.sub(lambda blank: escape(known[blank[1]]), _text(name))
    response = Response(text, status, mimetype=HTML)
    policy = {**_POLICY, **_ALSO.get(name, {})}
    response.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.vary.add("Accept")
    return response


@bp.get("/studio/<digest>/<path:name>")
def asset(digest: str, name: str) -> Response:
    """A file of a page. Its address changes with what is in any of them, so browsers keep it for good."""
    held = assets()
    file = held.files.get(name)
    if digest != held.digest or file is None:
        raise NotFound(f"the pages have no file {name:.80}; load the page again")
    zipped = file.gzipped if request.accept_encodings["gzip"] > 0 else None
    response = Response(zipped or file.body, mimetype=file.media_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{digest}-gzip" if zipped else digest)
    response.make_conditional(request)
    return response


@cache
def _text(name: str) -> str:
    return (_PAGES / name).read_text("utf-8")
