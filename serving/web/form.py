"""The body of a submit, whatever its form: multipart, JSON, or plain form fields. Files go straight to disk.

Werkzeug's decoder does the parsing; it is fed here, so that a file is written once, where it stays, and its size limit
holds while it is read. Knows nothing of features or jobs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
    State,
)

from pipelines.spec import InputKind
from serving.errors import BadRequest, TooLarge
from serving.settings import MIB
from serving.storage.uploads import Incoming, Inputs

MAX_PARTS = 200
MAX_FIELDS_BYTES = MIB
MAX_JSON_BYTES = 100 * MIB
MAX_HEAD_BYTES = 64 * 1024
_CHUNK_BYTES = 256 * 1024
_HEAD_STATES = (State.PREAMBLE, State.PART)


@dataclass
class FormFile:
    """One uploaded file: the field it came in, the name the client gave it, its bytes on disk."""

    field: str
    filename: str
    incoming: Incoming


@dataclass
class Form:
    """Fields by name (a JSON body's values as they are, others as text), and files in the order they came."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: list[FormFile] = field(default_factory=list)


KindOf = Callable[[str], InputKind]


@contextmanager
def read_form(request: Request, inputs: Inputs, kind_of: KindOf) -> Iterator[Form]:
    """The body of a request. `kind_of` tells image from mesh by the field's name, or raises BadRequest.

    Files that nobody took inside the block are gone after it. Raises BadRequest, TooLarge.
    """
    form = Form()
    try:
        if request.mimetype == "multipart/form-data":
            _Multipart(request, inputs, kind_of, form).read()
        elif request.mimetype == "application/x-www-form-urlencoded":
            form.fields.update(request.form.to_dict())
        else:
            form.fields.update(_json_object(request))
        yield form
    finally:
        for file in form.files:
            file.incoming.discard()


class _Multipart:
    """One multipart body on its way in."""

    def __init__(self, request: Request, inputs: Inputs, kind_of: KindOf, form: Form) -> None:
        self._stream = request.stream
        self._boundary = request.mimetype_params.get("boundary", "").encode("latin-1", "replace")
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
            self._take(self._events(MultipartDecoder(self._boundary, max_parts=MAX_PARTS)))
        except RequestEntityTooLarge:
            raise TooLarge(f"the form has more than {MAX_PARTS} parts") from None
        except ValueError:
            raise BadRequest(
                "the multipart body is malformed or cut short; send it again"
            ) from None

    def _events(self, decoder: MultipartDecoder) -> Iterator[Event]:
        while True:
            event = decoder.next_event()
            if isinstance(event, Epilogue):
                return
            if isinstance(event, NeedData):
                if decoder.state in _HEAD_STATES and len(decoder.buffer) > MAX_HEAD_BYTES:
                    raise TooLarge("the head of a form part is too long")
                decoder.receive_data(self._stream.read(_CHUNK_BYTES) or None)
            else:
                yield event

    def _take(self, events: Iterator[Event]) -> None:
        for event in events:
            if isinstance(event, File):
                self._take_file(event, events)
            elif isinstance(event, Field):
                self._take_field(event, events)

    def _take_file(self, head: File, events: Iterator[Event]) -> None:
        incoming = self._inputs.receive(head.name, self._kind_of(head.name or ""))
        self._form.files.append(FormFile(head.name, shown_name(head.filename), incoming))
        for data in _until_last(events):
            incoming.write(data)

    def _take_field(self, head: Field, events: Iterator[Event]) -> None:
        value = bytearray()
        for data in _until_last(events):
            self._fields_bytes += len(data)
            if self._fields_bytes > MAX_FIELDS_BYTES:
                raise TooLarge("the fields of the form are too long; send images as files")
            value += data
        self._form.fields[head.name] = value.decode("utf-8", "replace")


def _until_last(events: Iterator[Event]) -> Iterator[bytes]:
    """The data of one part."""
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _json_object(request: Request) -> dict[str, Any]:
    if request.content_length is None or request.content_length > MAX_JSON_BYTES:
        raise TooLarge(f"a JSON body may have {MAX_JSON_BYTES // MIB} MiB; send files as multipart")
    try:
        body = json.loads(request.stream.read())
    except ValueError:
        raise BadRequest(
            "the body is neither multipart/form-data nor JSON that can be read"
        ) from None
    if not isinstance(body, dict):
        raise BadRequest("the JSON body must be an object of fields")
    return body


def shown_name(filename: object) -> str:
    """The name a client gave a file, for showing it again: its last part, no control characters, at most 255."""
    text = str(filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in text if character.isprintable())[:255]
