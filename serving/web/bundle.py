"""Several files of a result as one zip, made while it is sent: it stands nowhere whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from flask import Response

PIECE_BYTES = 256 << 10
ZIP = "application/zip"
# What belongs to a mesh: pictures of it do not.
ROLES = ("model", "material", "texture", "labels", "skeleton")


class _Sink(io.RawIOBase):
    """Takes what the zip writes, until it is taken away. It cannot seek, so sizes come behind the files."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.held += data
        return len(data)

    def take(self) -> bytes:
        """All that was written since the last time."""
        piece, self.held = bytes(self.held), bytearray()
        return piece


def zipped(files: Sequence[tuple[str, str]], name: str) -> Response:
    """An answer with `files`, (name, path) each, as the zip `name`. They are stored as they are: most are packed."""
    response = Response(_pieces(files), mimetype=ZIP)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(files: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, path in files:
            with open(path, "rb") as source, archive.open(name, "w", force_zip64=True) as target:
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
                    yield sink.take()
            yield sink.take()
    yield sink.take()
