"""The body of a submit, whatever its form: multipart, JSON, or plain form fields. Files go straight to disk.

The multipart library parses, in half the time of Werkzeug's parser (500 KB: 0.7 ms against 1.4); it is fed here, so
that a file is written once, where it stays, and its size limit holds while it is read. Knows nothing of jobs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)
from werkzeug.exceptions import RequestEntityTooLarge

from pipelines.spec import InputKind
from serving.errors import BadRequest, Busy, TooLarge
from serving.jobs.record import read_json
from serving.settings import MIB
from serving.storage.uploads import Incoming, Inputs

MAX_PARTS = 200
MAX_FIELDS_BYTES = MIB
MAX_JSON_BYTES = 100 * MIB
LARGE_JSON_BYTES = 4 * MIB
LARGE_JSON_WAIT_S = 5.0
_large_bodies = threading.BoundedSemaphore(2)
# gunicorn copies what it holds once more for each piece taken: small pieces of a large body cost more than parsing it.
_CHUNK_BYTES = 256 * 1024


@dataclass
class FormFile:
    """One uploaded file: the field it came in, the name the client gave it, its bytes on disk."""

    field: str
    filename: str
    incoming: Incoming


@dataclass
class Form:
    """Fields by name (a JSON body's values as they are, others as text), and files in the order they came.

    `decoded` takes files that came as text in a field: they go with the others unless a job takes them.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    files: list[FormFile] = field(default_factory=list)
    decoded: list[Incoming] = field(default_factory=list)


CUT_SHORT = "the body was cut short; send it again"
KindOf = Callable[[str], InputKind]


@contextmanager
def read_form(request: Request, inputs: Inputs, kind_of: KindOf) -> Iterator[Form]:
    """The body of a request. `kind_of` tells image from mesh by the field's name, or raises BadRequest.

    Files that nobody took inside the block are gone after it. Raises BadRequest, TooLarge.
    """
    form = Form()
    mimetype = request.mimetype
    try:
        if mimetype == "multipart/form-data":
            _Multipart(request, inputs, kind_of, form).read()
        elif mimetype == "application/x-www-form-urlencoded":
            form.fields.update(request.form.to_dict())
        else:
            form.fields.update(_json_object(request, inputs))
        yield form
    finally:
        for incoming in (*(file.incoming for file in form.files), *form.decoded):
            incoming.discard()


class _Multipart:
    """One multipart body on its way in."""

    def __init__(self, request: Request, inputs: Inputs, kind_of: KindOf, form: Form) -> None:
        self._stream = request.stream
        self._boundary = request.mimetype_params.get("boundary", "")
        self._inputs = inputs
        self._kind_of = kind_of
        self._form = form
        self._fields_bytes = 0

    def read(self) -> None:
        if not self._boundary:
            raise BadRequest(
                "the multipart body has no boundary; let your HTTP library set Content-Type"
            )
        try:
            with PushMultipartParser(self._boundary, max_segment_count=MAX_PARTS) as parser:
                self._take(parser)
        except ParserLimitReached:
            raise TooLarge(f"the form has more than {MAX_PARTS} parts, or a long head") from None
        except (MultipartError, ValueError):
            raise BadRequest(
                "the multipart body is malformed or cut short; send it again"
            ) from None

    def _take(self, parser: PushMultipartParser) -> None:
        """Each part is announced, then comes in pieces; None ends it."""
        take: Callable[[bytes], object] = len
        while not parser.closed:
            for event in parser.parse(self._stream.read(_CHUNK_BYTES)):
                if isinstance(event, MultipartSegment):
                    take = self._file(event) if event.filename is not None else self._field(event)
                elif event:
                    take(event)

    def _file(self, head: MultipartSegment) -> Callable[[bytes], object]:
        name = head.name or ""
        incoming = self._inputs.receive(name, self._kind_of(name))
        self._form.files.append(FormFile(name, shown_name(head.filename), incoming))
        return incoming.write

    def _field(self, head: MultipartSegment) -> Callable[[bytes], object]:
        name = head.name
        if not name:
            raise BadRequest("a part of the form has no name")
        pieces: list[bytes] = []
        self._form.fields[name] = ""

        def take(piece: bytes) -> None:
            self._fields_bytes += len(piece)
            if self._fields_bytes > MAX_FIELDS_BYTES:
                raise TooLarge("the fields of the form are too long; send images as files")
            pieces.append(piece)
            self._form.fields[name] = b"".join(pieces).decode("utf-8", "replace")

        return take


def _json_object(request: Request, inputs: Inputs) -> dict[str, Any]:
    """The fields of a JSON body. No body at all has no fields. Raises BadRequest, TooLarge, Busy."""
    length_bytes = request.content_length
    try:
        if length_bytes is not None and length_bytes < LARGE_JSON_BYTES:
            # As the server hands it over, which ends it at its length: Werkzeug's stream costs more than the parsing.
            data = request.environ["wsgi.input"].read(length_bytes)
            if len(data) != length_bytes:
                raise BadRequest(CUT_SHORT)
            body = read_json(data or b"{}")
        else:
            request.max_content_length = MAX_JSON_BYTES  # holds for a chunked body too
            body = _large_json(request, inputs)
    except RequestEntityTooLarge:
        raise TooLarge(
            f"a JSON body may have {MAX_JSON_BYTES // MIB} MiB; send files as multipart"
        ) from None
    except (ValueError, RecursionError):  # RecursionError: nested a thousand deep
        raise BadRequest(
            "the body is neither multipart/form-data nor JSON that can be read"
        ) from None
    if not isinstance(body, dict):
        raise BadRequest("the JSON body must be an object of fields")
    return body


def _large_json(request: Request, inputs: Inputs) -> Any:
    """A large body: it comes in on disk, however slowly, and only then takes its turn to stand in memory whole."""
    with inputs.scratch() as file:
        while piece := request.stream.read(_CHUNK_BYTES):
            file.write(piece)
        if not _large_bodies.acquire(timeout=LARGE_JSON_WAIT_S):
            raise Busy("too many large JSON bodies came in at once; send files as multipart")
        try:
            file.seek(0)
            return read_json(file.read() or b"{}")
        finally:
            _large_bodies.release()


def shown_name(filename: object) -> str:
    """The name a client gave a file, for showing it again: its last part, no control characters, at most 255."""
    text = str(filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in text if character.isprintable())[:255]
