"""What can go wrong in serving. Each class owns the code and the HTTP status that both APIs show.

ServiceError                500 INTERNAL_ERROR
├── BadRequest              400 INVALID_VALUE      a field is missing, of the wrong type, out of range or unknown
│   └── InvalidBody         422 INVALID_VALUE      the same, with a list of every bad field
├── BadUpload               400 FILE_UPLOAD_ERROR
├── Unauthorized            401 API_ERROR          a key is needed, or the one sent is not known
├── NotFound                404 NOT_FOUND
├── WrongState              409 API_ERROR          the job is not in a state that allows this
│   └── FailedJob           409 JOB_FAILED         it has no result and never will: the job failed
├── StaleJob                409 API_ERROR          somebody else moved the job first
├── Gone                    410 NOT_FOUND          it was there, and was deleted or has expired
├── TooLarge                413 FILE_UPLOAD_ERROR
├── WrongMediaType          415 INVALID_VALUE      a body of a kind that this route does not read
├── KeyReused               422 INVALID_VALUE      an Idempotency-Key that stood for another request
├── TooManyJobs             429 API_ERROR          too many waiting, or too many in a short time
└── Busy                    503 API_ERROR          no room for this request just now

A message names the field, the value and the way out. It never holds a path of the server.
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """A failure that is answered to the client in plain words. `detail` is shown by the second API alone."""

    code = "INTERNAL_ERROR"
    status = 500
    retry_after_s: int | None = None
    detail: Any = None

    @property
    def message(self) -> str:
        return str(self)


class NotFound(ServiceError):
    """No such job, file or route."""

    code = "NOT_FOUND"
    status = 404


class Gone(ServiceError):
    """It was there, and was deleted or has expired. `owner` is the client whose it was, if that is known."""

    code = "NOT_FOUND"
    status = 410

    def __init__(self, message: str, owner: str = "") -> None:
        super().__init__(message)
        self.owner = owner


class BadRequest(ServiceError):
    """A field is missing, of the wrong type, out of range or unknown."""

    code = "INVALID_VALUE"
    status = 400


class InvalidBody(BadRequest):
    """Fields of a body or query that do not validate: all of them, as [{"loc", "msg", "type"}, …]."""

    status = 422

    def __init__(self, message: str, fields: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.detail = fields


class KeyReused(BadRequest):
    """An Idempotency-Key that stood for another request."""

    status = 422


class Unauthorized(ServiceError):
    """A key is needed, or the one that was sent is not known."""

    code = "API_ERROR"
    status = 401


class WrongState(ServiceError):
    """The job is not in a state that allows this."""

    code = "API_ERROR"
    status = 409


class FailedJob(WrongState):
    """A result was asked for of a job that failed. The message says why it did."""

    code = "JOB_FAILED"


class WrongMediaType(ServiceError):
    """A body of a kind that this route does not read."""

    code = "INVALID_VALUE"
    status = 415


class BadUpload(ServiceError):
    """The bytes of an upload are not what the field needs."""

    code = "FILE_UPLOAD_ERROR"
    status = 400


class TooLarge(ServiceError):
    """An upload is over its size limit."""

    code = "FILE_UPLOAD_ERROR"
    status = 413


class TooManyJobs(ServiceError):
    """The client has as many waiting jobs as one client may, or sent too many in a short time."""

    code = "API_ERROR"
    status = 429

    def __init__(self, message: str, retry_after_s: int = 10) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Busy(ServiceError):
    """No room for this request just now. Nothing was accepted; the same request may succeed in a moment."""

    code = "API_ERROR"
    status = 503
    retry_after_s = 5


class StaleJob(ServiceError):
    """The job is not in the state that the move starts from: somebody else moved it first."""

    code = "API_ERROR"
    status = 409


# Errors of pipelines carry a code; this is the HTTP status that goes with it.
STATUS_OF_CODE = {
    "INVALID_VALUE": 400,
    "FILE_UPLOAD_ERROR": 400,
    "MODEL_NOT_AVAILABLE": 400,
    "INSUFFICIENT_VRAM": 400,
    "JOB_FAILED": 500,
}
