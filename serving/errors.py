"""What can go wrong in serving. Each class owns the code and the HTTP status that both APIs show.

ServiceError                500 API_ERROR
├── NotFound                404 NOT_FOUND
├── BadRequest              400 INVALID_VALUE
├── BadUpload               400 FILE_UPLOAD_ERROR
├── TooLarge                413 FILE_UPLOAD_ERROR
├── TooManyJobs             429 API_ERROR
├── Busy                    503 API_ERROR          no room for this request just now
└── StaleJob                409 API_ERROR          somebody else moved the job first

A message names the field, the value and the way out. It never holds a path of the server.
"""

from __future__ import annotations


class ServiceError(Exception):
    """A failure that is answered to the client in plain words."""

    code = "API_ERROR"
    status = 500
    retry_after_s: int | None = None

    @property
    def message(self) -> str:
        return str(self)


class NotFound(ServiceError):
    """No such job, file or route."""

    code = "NOT_FOUND"
    status = 404


class BadRequest(ServiceError):
    """A field is missing, of the wrong type, out of range or unknown."""

    code = "INVALID_VALUE"
    status = 400


class BadUpload(ServiceError):
    """The bytes of an upload are not what the field needs."""

    code = "FILE_UPLOAD_ERROR"
    status = 400


class TooLarge(ServiceError):
    """An upload is over its size limit."""

    code = "FILE_UPLOAD_ERROR"
    status = 413


class TooManyJobs(ServiceError):
    """The client has as many waiting jobs as one client may."""

    status = 429
    retry_after_s = 10


class Busy(ServiceError):
    """No room for this request just now. Nothing was accepted; the same request may succeed in a moment."""

    status = 503
    retry_after_s = 5


class StaleJob(ServiceError):
    """The job is not in the state that the move starts from: somebody else moved it first."""

    status = 409


# Errors of pipelines carry a code; this is the HTTP status that goes with it.
STATUS_OF_CODE = {
    "INVALID_VALUE": 400,
    "FILE_UPLOAD_ERROR": 400,
    "MODEL_NOT_AVAILABLE": 400,
    "INSUFFICIENT_VRAM": 400,
    "JOB_FAILED": 500,
}
