"""How input files come in: written once, straight to disk, counted while they come, named by content.

An upload is an Incoming file beside the inputs until its job is accepted; then it is renamed into the job's folder.
What lies here already, a stored upload or the output of an earlier job, is linked there. Knows nothing of HTTP beyond a
readable stream, and nothing of Redis.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from pipelines.spec import InputKind
from serving.errors import BadUpload, Gone, TooLarge
from serving.settings import MIB, Settings
from serving.storage.image_header import read_image_header
from serving.storage.links import freed_by_removing, link_or_copy
from serving.storage.mesh_header import MEDIA_TYPES, read_mesh_header

_SPACE = re.compile(r"\s")
# Decoded piece by piece, straight to disk: a multiple of 4 characters, so that no group is cut.
_BASE64_PIECE = 1 << 20
_COPY_PIECE_BYTES = 1 << 20


class Incoming(io.FileIO):
    """A file that fills up. Raises TooLarge as soon as more than its limit was written; gone when discarded."""

    def __init__(self, path: Path, field: str, limit_bytes: int, *, hashed: bool = False) -> None:
        self.path = path
        self.field = field
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._digest = hashlib.sha256() if hashed else None
        super().__init__(path, "xb+")

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size_bytes += len(data)
        if self.size_bytes > self.limit_bytes:
            raise TooLarge(f"{self.field} is larger than {self.limit_bytes // MIB} MiB")
        if self._digest:
            self._digest.update(data)
        return super().write(data)

    @property
    def known_sha256(self) -> str:
        """The SHA-256 of what was written, as hex, where it was counted along; else ""."""
        return self._digest.hexdigest() if self._digest else ""

    def discard(self) -> None:
        """Close and remove. Nothing happens when the file was kept or is gone."""
        self.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Asset:
    """An input file that was looked at: its bytes are of a kind that we take.

    With `incoming` it is the job's alone and will be moved to it. Without, it lies here for others too, as a stored
    upload or an output of an earlier job, never changes, and will be linked. `name` is what people call it, if known.
    """

    kind: InputKind
    path: Path
    extension: str
    media_type: str
    size_bytes: int
    incoming: Incoming | None = None
    known_sha256: str = ""
    name: str = ""

    def sha256(self) -> str:
        """The SHA-256 of its bytes, as hex. Read for it unless it is known. Raises Gone when the file was removed."""
        known = self.known_sha256 or (self.incoming.known_sha256 if self.incoming else "")
        if known:
            return known
        try:
            with open(self.path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise _gone(self.kind) from None

    def discard(self) -> None:
        """Remove it if it came for one job that did not take it. What others may use stays."""
        if self.incoming:
            self.incoming.discard()

    def become(self, target: Path) -> None:
        """Be the input of a job from now on. Raises Gone when the file was removed meanwhile."""
        if self.incoming:
            self.incoming.close()
            self.path.rename(target)
            return
        try:
            link_or_copy(self.path, target)
        except FileNotFoundError:
            raise _gone(self.kind) from None


def _gone(kind: InputKind) -> Gone:
    return Gone(f"the file of the {kind} was deleted or has expired meanwhile; upload it again")


class Inputs:
    """The folder of inputs: inputs/<client>/<job_id>.<slot>.<ext>, and inputs/.incoming for what still fills.

    With `hashed`, the SHA-256 of what comes in is counted along: 1 ms of CPU for each MiB.
    """

    def __init__(self, settings: Settings, *, hashed: bool = False) -> None:
        self._hashed = hashed
        self.root = settings.inputs_dir
        self._max_px = settings.max_image_px
        self._limits = {"image": settings.max_image_mib * MIB, "mesh": settings.max_mesh_mib * MIB}
        self._incoming = self.root / ".incoming"

    def receive(self, field: str, kind: InputKind) -> Incoming:
        """An empty file to write an upload into."""
        _make_folder(self._incoming)
        limit_bytes = self._limits[kind]
        return Incoming(self._incoming / token_hex(16), field, limit_bytes, hashed=self._hashed)

    @contextmanager
    def scratch(self) -> Iterator[BinaryIO]:
        """A file without a name, for what is too large to hold in memory while it comes in."""
        _make_folder(self._incoming)
        with tempfile.TemporaryFile(dir=self._incoming) as file:
            yield file

    def receive_copy(self, source: BinaryIO, field: str, kind: InputKind) -> Incoming:
        """A copy of an open file, which may change later. Raises TooLarge."""
        incoming = self.receive(field, kind)
        try:
            shutil.copyfileobj(source, incoming, _COPY_PIECE_BYTES)
        except BaseException:
            incoming.discard()
            raise
        return incoming

    def receive_base64(self, text: str, field: str, kind: InputKind) -> Incoming:
        """Decode base64, bare or as a data URL, into a file. Raises BadUpload or TooLarge."""
        if text.startswith("data:"):
            text = text.partition(",")[2]
        if len(text) * 3 // 4 > self._limits[kind] + 3:
            raise TooLarge(f"{field} is larger than {self._limits[kind] // MIB} MiB")
        if _SPACE.search(text):
            text = "".join(text.split())
        incoming = self.receive(field, kind)
        try:
            for at in range(0, len(text), _BASE64_PIECE):
                piece = text[at : at + _BASE64_PIECE]
                if "=" in piece and at + _BASE64_PIECE < len(text):
                    raise ValueError("padding before the end")
                incoming.write(base64.b64decode(piece, validate=True))
        except (binascii.Error, ValueError):
            incoming.discard()
            raise BadUpload(f"{field} is not base64") from None
        except BaseException:
            incoming.discard()
            raise
        return incoming

    def inspect(self, incoming: Incoming, kind: InputKind) -> Asset:
        """Look at the bytes. Raises BadUpload when they are not of that kind."""
        extension, media_type = self._look(incoming, incoming.size_bytes, incoming.field, kind)
        return Asset(kind, incoming.path, extension, media_type, incoming.size_bytes, incoming)

    def inspect_stored(self, path: Path, field: str, kind: InputKind) -> Asset:
        """The same for a file that lies here and never changes, as outputs do. Raises FileNotFoundError too."""
        with open(path, "rb") as file:
            size_bytes = os.fstat(file.fileno()).st_size
            extension, media_type = self._look(file, size_bytes, field, kind)
        return Asset(kind, path, extension, media_type, size_bytes)

    def _look(
        self, file: BinaryIO | Incoming, size_bytes: int, field: str, kind: InputKind
    ) -> tuple[str, str]:
        """Extension and media type, by content."""
        if size_bytes == 0:
            raise BadUpload(f"{field} is empty")
        if kind == "image":
            header = read_image_header(file, field, self._max_px)
            return header.extension, header.media_type
        extension = read_mesh_header(file, field)
        return extension, MEDIA_TYPES[extension]

    def keep(self, client: str, job_id: str, assets: dict[str, Asset]) -> dict[str, str]:
        """Make files the inputs of an accepted job: all of them, or none. Slot -> path below the inputs folder.

        Raises Gone when one that others may use was removed meanwhile.
        """
        kept: dict[str, str] = {}
        if assets:
            _make_folder(self.root / client)
        try:
            for slot, asset in assets.items():
                path = f"{client}/{job_id}.{slot}.{asset.extension}"
                asset.become(self.root / path)
                kept[slot] = path
        except BaseException:
            self.forget(kept)
            raise
        return kept

    def forget(self, kept: Mapping[str, str]) -> int:
        """Remove the inputs of a job. Bytes freed: none for a file that lies elsewhere too."""
        return sum(freed_by_removing(self.root / path) for path in kept.values())

    def drop_abandoned(self, before_s: float) -> None:
        """Remove uploads that a web process which died left half-way."""
        for path in self._incoming.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    path.unlink()

    def job_ids(self, before_s: float) -> dict[str, list[str]]:
        """The files that were kept before a time, by the job they were kept for.

        A linked file is as old as its bytes, so what counts is when its inode last changed: when it was linked.
        """
        found: dict[str, list[str]] = {}
        for path in self.root.glob("[!.]*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_ctime < before_s:
                    kept = str(path.relative_to(self.root))
                    found.setdefault(path.name.partition(".")[0], []).append(kept)
        return found

    def path(self, kept: str) -> Path:
        """Where a kept file lies."""
        return self.root / kept


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
