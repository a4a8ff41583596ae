"""Uploaded files, each stored once by content: uploads/<ab>/<sha256>.<8 hex>.<ext>. Knows no ids and no Redis.

A name is used once and never again: whoever registers contents says which name counts for a SHA-256, and a name that
was released may be removed at any later moment without hitting a new upload of the same bytes.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from serving.settings import Settings
from serving.storage.links import freed_by_removing, link_or_copy

_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.[0-9a-f]{8}\.[a-z0-9]{1,8}")


class Contents:
    """The folder of uploaded files."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.uploads_dir

    def put(self, source: Path, sha256: str, extension: str) -> str:
        """Give a file that came in a place here, under a new name. -> the name, below the folder."""
        name = f"{sha256[:2]}/{sha256}.{token_hex(4)}.{extension}"
        self.restore(source, name)
        return name

    def restore(self, source: Path, name: str) -> None:
        """Put a file where a name says, unless one is there."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            link_or_copy(source, path)

    def path(self, name: str) -> Path:
        """Where a stored file lies. Raises ValueError for what is no name."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r:.100} is no name of a stored file")
        return self.root / name

    def exists(self, name: str) -> bool:
        return self.path(name).is_file()

    def remove(self, name: str) -> int:
        """Remove a stored file. Bytes freed: none while a job still has it."""
        return freed_by_removing(self.path(name))

    def names(self, before_s: float) -> dict[str, str]:
        """The stored files that came before a time: name -> SHA-256. Copies left half-way are removed meanwhile."""
        found = {}
        for path in self.root.glob("[!.]*/*"):
            with suppress(FileNotFoundError):
                if os.lstat(path).st_ctime >= before_s:
                    continue
                name = str(path.relative_to(self.root))
                if known := _NAME.fullmatch(name):
                    found[name] = known[1]
                elif path.name.startswith("."):
                    path.unlink()
        return found
