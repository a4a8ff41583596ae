"""Folders of the operator whose files a client may name by path. By default there are none.

MESHKILN_INPUT_ROOTS lists them between commas. With `/shown=/real`, clients know the folder by another path than it has
here, as when both run in containers. Nothing outside the real folders is ever opened, whatever links lie in them.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import BinaryIO

from serving.settings import Settings, SettingsError


@dataclass(frozen=True)
class InputRoot:
    """One folder: the path that clients know, and the path here."""

    shown: str
    real: str


class InputRoots:
    """The folders that clients may name files of."""

    def __init__(self, settings: Settings) -> None:
        self._roots = parsed_roots(settings.input_roots)

    def open(self, path: str) -> BinaryIO | None:
        """A file that a client named, open for reading; None when it is none of these folders' regular files."""
        for root in self._roots:
            inside = _below(path, root.shown)
            if inside is not None and (file := _open_inside(root.real, inside)):
                return file
        return None


def parsed_roots(text: str) -> tuple[InputRoot, ...]:
    """The folders of a setting. Raises SettingsError for a path that is not absolute."""
    roots = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        shown, _, real = entry.partition("=")
        root = InputRoot(shown.rstrip("/") or "/", real or shown)
        if not (root.shown.startswith("/") and root.real.startswith("/")):
            raise SettingsError(
                f"Bad setting: MESHKILN_INPUT_ROOTS has {entry!r}: name folders from / on, as /path or /shown=/real"
            )
        roots.append(root)
    return tuple(roots)


def _below(path: str, folder: str) -> str | None:
    """The rest of a path below a folder, by its letters alone; None when it is not below it."""
    start = folder.rstrip("/") + "/"
    return path[len(start) :].lstrip("/") if path.startswith(start) else None


def _open_inside(folder: str, inside: str) -> BinaryIO | None:
    """Open a regular file below a folder. Links are followed when they lead to a place inside it."""
    try:
        root = os.path.realpath(folder, strict=True)
        real = os.path.realpath(os.path.join(root, inside), strict=True)
        if os.path.commonpath([root, real]) != root:
            return None
        fd = _walk(root, os.path.relpath(real, root).split("/"))
    except (OSError, ValueError):  # ValueError: a NUL, or letters that no file name has
        return None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    return open(fd, "rb")


def _walk(root: str, parts: list[str]) -> int:
    """Open part by part, so that no link that is put in between meanwhile leads out. Raises OSError."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # O_NONBLOCK: a pipe without a writer must not hold the request.
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
