"""Weights come whole or not at all: the files of one checkpoint, checked by hash, its manifest written last.

Knows folders and the hub. Does not know model cards' terms, which serving.fetch_weights shows first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pipelines import checkpoints
from pipelines.checkpoints import Checkpoint
from serving import hub
from serving.hub import HubError, HubFile

PART = ".part"
# Bytes of the disk that are left to others.
SPARE_BYTES = 256 << 20
Told = Callable[[str, int, int], None]


class FetchError(Exception):
    """Weights could not be fetched, or are not what they should be. The message is for the operator."""


def is_here(checkpoint: Checkpoint, below: Path) -> bool:
    """Whether weights are here as the card asks for them, by their sizes."""
    manifest = checkpoints.read_manifest(below / checkpoint.folder)
    if manifest is None or checkpoints.lacking(checkpoint, below):
        return False
    pinned = re.fullmatch("[0-9a-f]{40}", checkpoint.revision)
    return (
        manifest["repo"] == checkpoint.repo
        and (not pinned or manifest["revision"] == checkpoint.revision)
        and all(_matching(pattern, manifest["files"]) for pattern in checkpoint.files)
    )


def fetch(checkpoint: Checkpoint, below: Path, told: Told) -> None:
    """Have the weights in their folder below `below`, checked, with a manifest. `told` hears name, bytes there, bytes.

    What is there already and right is kept, also the beginning of a file. Raises FetchError: there is no manifest then,
    unless nothing was touched yet.
    """
    folder = below / checkpoint.folder
    try:
        known = hub.listing(checkpoint.repo, checkpoint.revision)
        names = wanted_names(checkpoint, known.files)
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(folder, [known.files[name] for name in names])
        (folder / checkpoints.MANIFEST).unlink(missing_ok=True)
        rows = {
            name: _fetch_file(checkpoint, known.commit, known.files[name], folder, told)
            for name in names
        }
    except HubError as error:
        raise FetchError(str(error)) from error
    except OSError as error:
        raise FetchError(f"{error.filename or folder}: {error.strerror}") from error
    for part in folder.rglob(f"*{PART}"):
        part.unlink()
    _write_manifest(folder, {"repo": checkpoint.repo, "revision": known.commit, "files": rows})


def wanted_names(checkpoint: Checkpoint, names: Iterable[str]) -> list[str]:
    """The files that a checkpoint's patterns stand for. Raises FetchError for a pattern that stands for none."""
    names = sorted(names)
    found: set[str] = set()
    for pattern in checkpoint.files:
        matching = _matching(pattern, names)
        if not matching:
            raise FetchError(f"{checkpoint.repo} at {checkpoint.revision} has no {pattern}")
        found.update(matching)
    for name in found:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name == checkpoints.MANIFEST:
            raise FetchError(f"{checkpoint.repo} has a file {name!r}, which is not taken")
    return sorted(found)


def verify(checkpoint: Checkpoint, below: Path) -> str:
    """What is wrong with fetched weights, by size and hash, in words; "" when nothing is. Reads every byte."""
    if missing := checkpoints.lacking(checkpoint, below):
        return missing
    folder = below / checkpoint.folder
    manifest = checkpoints.read_manifest(folder)
    for name, row in sorted(manifest["files"].items()) if manifest else ():
        try:
            same = hub.sha256_of(folder / name) == row["sha256"]
        except OSError as error:
            return f"of its weights {checkpoint.repo}, {name} cannot be read: {error.strerror}"
        if not same:
            return f"of its weights {checkpoint.repo}, {name} is not as it was fetched: its hash is another"
    return ""


def _fetch_file(
    checkpoint: Checkpoint, commit: str, file: HubFile, folder: Path, told: Told
) -> dict[str, object]:
    """The manifest's row of one file. Only what was checked gets its name."""
    path = folder / file.name
    if path.is_file() and path.stat().st_size == file.size_bytes:
        sha256 = hub.sha256_of(path)
        if hub.is_as_told(file, path, sha256):
            return {"bytes": file.size_bytes, "sha256": sha256}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path, file)
    hub.download(
        checkpoint.repo, commit, file, part, lambda there: told(file.name, there, file.size_bytes)
    )
    sha256 = hub.sha256_of(part)
    if not hub.is_as_told(file, part, sha256):
        part.unlink()
        raise FetchError(
            f"{file.name} of {checkpoint.repo} came damaged: its hash is not what the hub tells. It is removed;"
            " fetch it again"
        )
    os.replace(part, path)
    return {"bytes": file.size_bytes, "sha256": sha256}


def _part_of(path: Path, file: HubFile) -> Path:
    """Where a file is kept until it is whole; by its hash, so that none goes on as another's."""
    return path.with_name(f"{path.name}.{(file.sha256 or file.git_sha1)[:12]}{PART}")


def _check_room(folder: Path, files: Iterable[HubFile]) -> None:
    """Raises FetchError where the disk has no room for what is not here yet."""
    needed = SPARE_BYTES
    for file in files:
        path, part = folder / file.name, _part_of(folder / file.name, file)
        if not path.is_file() or path.stat().st_size != file.size_bytes:
            needed += file.size_bytes - (part.stat().st_size if part.is_file() else 0)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise FetchError(
            f"{folder} has no room: {needed >> 20:,} MiB are needed, {free >> 20:,} are free"
        )


def _matching(pattern: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if fnmatchcase(name, pattern)]


def _write_manifest(folder: Path, manifest: dict[str, object]) -> None:
    draft = folder / (checkpoints.MANIFEST + ".new")
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / checkpoints.MANIFEST)
