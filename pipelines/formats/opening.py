"""A client's mesh and its pictures are opened in a child process first: one file, limits, no network. What comes out
is safe to read.

GLB, OBJ, PLY and STL stay as they are, once they have been read there; other formats become a GLB. A child that dies,
hangs or asks for too much costs this job alone. Nothing that it says is believed but one line of a known form.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.errors import InvalidValue, NothingToModel, PipelineError, UnreadableInput
from pipelines.formats import inner_pictures
from pipelines.formats.child import LONGEST, MOST_LOST, TOO_LARGE
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind

log = logging.getLogger("meshkiln.opening")

ROOT = Path(__file__).resolve().parents[2]
MOST_WALL_S = 180.0
LOOK_EVERY_S = 0.05
MOST_ANSWER_BYTES = 256 << 10
# By the package's own place: its folder may stand among things that a shut-in process cannot even list.
_START = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
place = sys.argv.pop(1) + "/pipelines"
spec = spec_from_file_location("pipelines", place + "/__init__.py", submodule_search_locations=[place])
sys.modules["pipelines"] = package = module_from_spec(spec)
spec.loader.exec_module(package)
from pipelines.formats import inner_pictures
from pipelines.formats.child import main
main(*sys.argv[1:])
"""
GAVE_UP = "the mesh could not be read: its reader gave up on it"
TOO_MUCH = (
    "the mesh could not be read: it asks for more memory or time than a mesh of its size needs"
)
# The only errors that come out of a child.
_KNOWN: dict[str, type[PipelineError]] = {
    kind.__name__: kind for kind in (UnreadableInput, InvalidValue, NothingToModel)
}
# How the kernel ends a process that has used up its time or the machine's memory.
_STOPPED = (-signal.SIGKILL, -signal.SIGXCPU, TOO_LARGE)


@dataclass(frozen=True)
class OpenedFile:
    """Where the mesh now lies, its format, and what was lost on the way, as sentences."""

    path: Path
    kind: str
    lost: tuple[str, ...] = ()


def open_mesh(
    path: Path, folder: Path, name: str, *, still_wanted: Callable[[], None] = lambda: None
) -> OpenedFile:
    """Try the mesh at `path` in a child; a GLB of it, where one is made, comes into `folder` as `name`.glb.

    `still_wanted` is called while the child works and may raise; the child is killed then. Raises UnreadableInput,
    InvalidValue or NothingToModel as the readers do.
    """
    with path.open("rb") as file:
        kind = mesh_kind(file.read(HEAD_BYTES), path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="meshkiln-mesh-", dir=folder) as empty:
        source, target = Path(empty) / f"mesh.{kind}", Path(empty) / "made" / "opened.glb"
        target.parent.mkdir()
        _put(path, source)
        arguments = [kind, source.name, f"{target.parent.name}/{target.name}"]
        lost = _answer_of(*_run(arguments, Path(empty), still_wanted))
        if target.is_file() and not target.is_symlink():
            kept = folder / f"{name}.glb"
            _move(target, kept)
            return OpenedFile(kept, "glb", lost)
    return OpenedFile(path, kind, lost)


def _put(path: Path, place: Path) -> None:
    try:
        os.link(path.resolve(), place)
    except OSError:  # another file system
        shutil.copyfile(path, place)


def _move(path: Path, place: Path) -> None:
    try:
        path.replace(place)
    except OSError:  # between folders, for a process that is shut in by an old kernel
        shutil.copyfile(path, place)


def _run(arguments: list[str], folder: Path, still_wanted: Callable[[], None]) -> tuple[int, bytes]:
    """Exit status and the end of the output of the child; it is gone when this returns or raises."""
    # A file, not a pipe: however much is written, the limits on the child hold and nothing here grows.
    with tempfile.TemporaryFile(dir=folder.parent) as said:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(ROOT), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PATH": ""},
        )
        try:
            return _waited(child, still_wanted), _end_of(said)
        finally:
            child.kill()
            child.wait()


def _waited(child: subprocess.Popen[bytes], still_wanted: Callable[[], None]) -> int:
    """The exit status. Raises UnreadableInput when it takes too long, and what `still_wanted` raises."""
    until_s = time.monotonic() + MOST_WALL_S
    while True:
        still_wanted()
        try:
            return child.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > until_s:
                raise UnreadableInput(TOO_MUCH) from None


def _end_of(said: BinaryIO) -> bytes:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - MOST_ANSWER_BYTES))
    return said.read(MOST_ANSWER_BYTES)


def _answer_of(status: int, output: bytes) -> tuple[str, ...]:
    """What was lost. Raises the error that the child names, or UnreadableInput where it left no answer."""
    answer = _parsed(output.strip().rpartition(b"\n")[2])
    if status != 0:
        log.warning("the reader of a mesh ended with status %d", status)
        if inner_pictures.is_label(answer.get("picture")):
            raise UnreadableInput(
                f"{answer['picture']} inside the mesh could not be decoded; {inner_pictures.SAVE_ANEW}"
            )
        raise UnreadableInput(TOO_MUCH if status in _STOPPED else GAVE_UP)
    lost = answer.get("lost")
    if isinstance(lost, list):
        return tuple(str(said)[:LONGEST] for said in lost[:MOST_LOST])
    kind, message = _KNOWN.get(str(answer.get("kind"))), answer.get("message")
    if kind is None or not isinstance(message, str) or not message:
        raise UnreadableInput(GAVE_UP)
    raise kind(message[:LONGEST])


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
