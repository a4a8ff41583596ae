"""How input files come in: written once, straight to disk, counted while they come, named by content.

An upload is an Incoming file beside the inputs until its job is accepted; then it is renamed into the job's folder.
Knows nothing of HTTP beyond a readable stream, and nothing of Redis.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from pipelines.spec import InputKind
from serving.errors import BadUpload, TooLarge
from serving.settings import MIB, Settings
from serving.storage.image_header import read_image_header
from serving.storage.mesh_header import MEDIA_TYPES, read_mesh_header

_SPACE = re.compile(r"\s")
# Decoded piece by piece, straight to disk: a multiple of 4 characters, so that no group is cut.
_BASE64_PIECE = 1 << 20


class Incoming(io.FileIO):
    """A file that fills up. Raises TooLarge as soon as more than its limit was written; gone when discarded."""

    def __init__(self, path: Path, field: str, limit_bytes: int) -> None:
        self.path = path
        self.field = field
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        super().__init__(path, "xb+")

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size_bytes += len(data)
        if self.size_bytes > self.limit_bytes:
            raise TooLarge(f"{self.field} is larger than {self.limit_bytes // MIB} MiB")
        return super().write(data)

    def discard(self) -> None:
        """Close and remove. Nothing happens when the file was kept or is gone."""
        self.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Asset:
    """An input file that was looked at: its bytes are of a kind that we take."""

    kind: InputKind
    incoming: Incoming
    extension: str
    media_type: str

    @property
    def size_bytes(self) -> int:
        return self.incoming.size_bytes


class Inputs:
    """The folder of inputs: inputs/<client>/<job_id>.<slot>.<ext>, and inputs/.incoming for what still fills."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.inputs_dir
        self._max_px = settings.max_image_px
        self._limits = {"image": settings.max_image_mib * MIB, "mesh": settings.max_mesh_mib * MIB}
        self._incoming = self.root / ".incoming"

    def receive(self, field: str, kind: InputKind) -> Incoming:
        """An empty file to write an upload into."""
        _make_folder(self._incoming)
        return Incoming(self._incoming / token_hex(16), field, self._limits[kind])

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
        if incoming.size_bytes == 0:
            raise BadUpload(f"{incoming.field} is empty")
        if kind == "image":
            header = read_image_header(incoming, incoming.field, self._max_px)
            return Asset(kind, incoming, header.extension, header.media_type)
        extension = read_mesh_header(incoming, incoming.field)
        return Asset(kind, incoming, extension, MEDIA_TYPES[extension])

    def keep(self, client: str, job_id: str, assets: dict[str, Asset]) -> dict[str, str]:
        """Move the files of an accepted job to its client's. Slot -> path below the inputs folder."""
        kept = {
            slot: f"{client}/{job_id}.{slot}.{asset.extension}" for slot, asset in assets.items()
        }
        if kept:
            _make_folder(self.root / client)
        for slot, asset in assets.items():
            asset.incoming.close()
            asset.incoming.path.rename(self.root / kept[slot])
        return kept

    def forget(self, kept: Mapping[str, str]) -> int:
        """Remove the inputs of a job. Bytes freed."""
        freed_bytes = 0
        for path in kept.values():
            with suppress(FileNotFoundError):
                freed_bytes += (self.root / path).stat().st_size
                (self.root / path).unlink()
        return freed_bytes

    def drop_abandoned(self, before_s: float) -> None:
        """Remove uploads that a web process which died left half-way."""
        for path in self._incoming.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    path.unlink()

    def job_ids(self, before_s: float) -> dict[str, list[str]]:
        """The kept files that are older than a time, by the job they were kept for."""
        found: dict[str, list[str]] = {}
        for path in self.root.glob("[!.]*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    kept = str(path.relative_to(self.root))
                    found.setdefault(path.name.partition(".")[0], []).append(kept)
        return found

    def path(self, kept: str) -> Path:
        """Where a kept file lies."""
        return self.root / kept


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
