"""The Flask app: blueprints, error envelopes, and who may call. Holds nothing that computes."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, Response, after_this_request, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask_cors.core import get_cors_options, set_cors_headers
from gunicorn.http.errors import ParseException
from redis.exceptions import RedisError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from pipelines.errors import PipelineError
from serving.errors import STATUS_OF_CODE, ServiceError
from serving.jobs.record import compact_json
from serving.settings import MIB, Settings
from serving.web import callers, pages, probes, trellis_api, wire
from serving.web.described import Answer, describe
from serving.web.desk import build_core
from serving.web.feed import KEY as FEED
from serving.web.feed import Feed
from serving.web.origins import allowed_origins, is_foreign, is_local_name, shared_with
from serving.web.studio import pages as studio_pages
from serving.web.studio import shared_views
from serving.web.v1 import events, features, jobs, operator, results, retry, shares, system, uploads

log = logging.getLogger("meshkiln.web")

# What pages of allowed origins may read of an answer, beside its body.
READABLE_HEADERS = (
    *("Retry-After", "Idempotency-Replayed", "X-Job-ID", "X-File-Size", "X-Process-Time"),
    *("Content-Disposition", "ETag", "X-Warnings"),
)
MALFORMED = "the request was cut short or is malformed; send it again"
CODES = {
    400: "INVALID_VALUE",
    404: "NOT_FOUND",
    413: "FILE_UPLOAD_ERROR",
    415: "INVALID_VALUE",
    500: "INTERNAL_ERROR",
}


def create_app(settings: Settings) -> Flask:
    """The app for one web process. Connects to Redis on first use, not here."""
    app = _Guarded(__name__, static_folder=None)
    app.origins = allowed_origins(settings.cors_origins)
    app.url_map.merge_slashes = False  # a path is right or 404, never sent elsewhere; see _OneSlash
    # Six views and a mesh, and what wraps them; each file has its own smaller limit.
    app.config["MAX_CONTENT_LENGTH"] = (
        6 * settings.max_image_mib + settings.max_mesh_mib + 2
    ) * MIB
    app.json = _Json(app)
    app.extensions["meshkiln"] = build_core(settings)
    app.register_blueprint(trellis_api.bp)
    app.register_blueprint(uploads.bp)
    app.register_blueprint(features.blueprint(app.extensions["meshkiln"].desk.catalog))
    app.register_blueprint(jobs.bp)
    app.register_blueprint(events.bp)
    app.register_blueprint(results.bp)
    app.register_blueprint(retry.bp)
    app.register_blueprint(pages.bp)
    app.register_blueprint(studio_pages.bp)
    app.register_blueprint(shared_views.bp)
    app.register_blueprint(system.bp)
    app.register_blueprint(operator.bp)
    app.register_blueprint(shares.bp)
    app.register_blueprint(probes.bp)
    app.add_url_rule("/", view_func=_index)
    _answer_errors(app)
    _guard_origins(app, app.origins, settings)
    app.before_request(callers.check_key)
    app.wsgi_app = _OneSlash(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    return app


class _Guarded(Flask):
    """Flask, where no route is without what its description asks. `origins` are those whose pages may call it."""

    origins: list[str]

    def early_headers(self, origin: str) -> dict[str, str]:
        """What the server's worker adds to an answer that it gives itself, for a page of that origin."""
        shared = shared_with(origin, self.origins)
        if not shared:
            return {}
        exposed = ", ".join(READABLE_HEADERS)
        return {
            "Access-Control-Allow-Origin": shared,
            "Access-Control-Expose-Headers": exposed,
            "Vary": "Origin",
        }

    def end_streams(self) -> None:
        """From the server's worker, when it stops: what would not end for long ends now."""
        found: Feed = self.extensions[FEED]
        found.close()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view here is a coroutine. Flask looks whether it is, each time, for each view and hook."""
        return func

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        view = callers.guarded(view_func) if view_func else None
        super().add_url_rule(rule, endpoint, view, *args, **options)


class Index(Answer):
    """What this server is, and where to go on."""

    name: str
    version: str
    description: str
    docs_url: str
    health_url: str
    openapi_url: str


@describe("system", answer=Index, media_types=("application/json", studio_pages.HTML))
def _index() -> Response:
    """What this is, and where to go on: the studio for a browser, JSON for a program."""
    if studio_pages.wants_page():
        return studio_pages.studio_page("studio.html")
    answer = jsonify(
        name=wire.NAME,
        version=wire.VERSION,
        description="Meshkiln turns images and text into 3D meshes, and paints, segments, completes and rigs meshes.",
        docs_url="/docs",
        health_url="/health",
        openapi_url="/openapi.json",
    )
    answer.vary.add("Accept")
    return answer


def _answer_errors(app: Flask) -> None:
    def answer(
        status: int, code: str, message: str, retry_after_s: int | None = None, detail: Any = None
    ) -> Response:
        response = jsonify(wire.error_body(request.path, code, message, detail))
        response.status_code = status
        if retry_after_s:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    @app.errorhandler(ServiceError)
    def service_error(error: ServiceError) -> Response:
        response = answer(
            error.status, error.code, error.message, error.retry_after_s, error.detail
        )
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(PipelineError)
    def pipeline_error(error: PipelineError) -> Response:
        return answer(STATUS_OF_CODE.get(error.code, 500), error.code, error.message)

    @app.errorhandler(RedisError)
    def redis_error(error: RedisError) -> Response:
        log.warning("%s %s: Redis is away: %s", request.method, request.path, error)
        return answer(503, "API_ERROR", "the queue is away for a moment; try again", 2)

    @app.errorhandler(OSError)
    def full_disk(error: OSError) -> Response:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return unforeseen(error)
        log.error("%s %s: the disk is full", request.method, request.path)
        return answer(503, "API_ERROR", "the server's disk is full; try again later", 60)

    @app.errorhandler(ParseException)
    def malformed_chunks(error: ParseException) -> Response:
        """gunicorn reads a body as it is asked for: what is wrong with its chunks comes up in the view."""
        return answer(400, "INVALID_VALUE", MALFORMED)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        response = answer(status, CODES.get(status, "API_ERROR"), _plain(error))
        for name, value in error.get_headers():
            if name in ("Allow", "Content-Range"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return answer(
            500, "INTERNAL_ERROR", "the server failed on this request; its log has the details"
        )


def _plain(error: HTTPException) -> str:
    if error.code == 404:
        return f"there is nothing at {request.path:.200}"
    if error.code == 405:
        return f"{request.method} is not answered at {request.path:.200}"
    if error.code == 413:
        return "the request is too large"
    if error.code == 400 and error.description == BadRequest.description:
        return MALFORMED
    return error.description or error.name


def _guard_origins(app: Flask, origins: list[str], settings: Settings) -> None:
    """Pages of other sites may neither read answers (CORS) nor make jobs with the visitor's browser."""
    cors = get_cors_options(
        app,
        {"origins": origins, "send_wildcard": "*" in origins, "expose_headers": READABLE_HEADERS},
    )

    def answer_browser(response: Response) -> Response:
        set_cors_headers(response, cors)
        return response

    # Behind a proxy or on the network, names of this server are not known here.
    only_local = not settings.is_exposed
    listed = {origin.partition("://")[2] for origin in origins}

    @app.before_request
    def refuse_foreign_pages() -> tuple[Response, int] | None:
        environ = request.environ
        if origins and "HTTP_ORIGIN" in environ:  # as flask_cors.CORS does, at no cost to programs
            after_this_request(answer_browser)
        if (
            only_local
            and _is_browser(environ)
            and request.host not in listed
            and not is_local_name(request.host)
        ):
            return _forbidden(f"a browser came here by the name {request.host:.100}")
        if environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
            return None
        origin = environ.get("HTTP_ORIGIN")
        if origin and is_foreign(origin, request.host_url, origins):
            return _forbidden(f"pages of {origin:.100} may not call this server")
        return None


def _is_browser(environ: Mapping[str, Any]) -> bool:
    """Programs may use any name for this server; a browser may have been led here by a name of somebody else's."""
    agent = str(environ.get("HTTP_USER_AGENT", ""))
    return agent.startswith("Mozilla/") or "HTTP_SEC_FETCH_MODE" in environ


def _forbidden(what: str) -> tuple[Response, int]:
    message = f"{what}; see MESHKILN_CORS_ORIGINS"
    return jsonify(wire.error_body(request.path, "API_ERROR", message)), 403


class _Json(DefaultJSONProvider):
    """Compact JSON by pydantic's encoder; Flask makes a new one of Python's for each answer."""

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = compact_json(self._prepare_response_obj(args, kwargs))
        return Response(body + b"\n", mimetype="application/json")


class _OneSlash:
    """Clients join addresses and end up with two slashes in front: take one."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("//"):
            environ["PATH_INFO"] = "/" + path.lstrip("/")
        return self._app(environ, start_response)  # type: ignore[no-any-return]
