"""Opens many files as the project's own child does: under its limits, shut in, but several of them in one process.

A start of Python for each of hundreds would take minutes. Processes are forked where the libraries are loaded already;
when one dies, the file that it died of is known, and another goes on with the rest.

`python -m tests.pipelines.hostile_trial <folder>` says for each file of the folder, as a line of JSON, how it ended.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.formats import child, files, opening
from pipelines.formats.confinement import confine
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind

ROOT = Path(__file__).resolve().parents[2]
TOGETHER, SMALL_BYTES = 40, 64 << 10


@dataclass(frozen=True)
class Ended:
    """How one file ended: `kind` of the error, "" for none, its message, and what its process took."""

    name: str
    kind: str = ""
    message: str = ""
    lost: tuple[str, ...] = ()
    status: int = 0
    peak_mib: int = 0
    cpu_s: float = 0.0


def tried(folder: Path) -> dict[str, Ended]:
    """Every file of the folder, by name."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipelines.hostile_trial", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["name"]: Ended(**row | {"lost": tuple(row["lost"])}) for row in rows}


def main(folder: str) -> None:
    """Open each file, and print how it ended."""
    for module, _ in (*files.READERS.values(), files.WRITERS["glb"]):
        importlib.import_module(f"pipelines.formats.{module}")

    waiting: list[tuple[Path, str]] = []
    for path in sorted(Path(folder).iterdir()):
        try:
            with path.open("rb") as file:
                waiting.append((path, mesh_kind(file.read(HEAD_BYTES), path.stat().st_size)))
        except PipelineError as error:
            _print(Ended(path.name, type(error).__name__, error.message))
    while waiting:
        small = itertools.takewhile(lambda row: row[0].stat().st_size < SMALL_BYTES, waiting)
        for found in _opened(list(small)[:TOGETHER] or waiting[:1]):
            _print(found)
            waiting.pop(0)


def _print(found: Ended) -> None:
    print(json.dumps(asdict(found)), flush=True)


def _opened(together: list[tuple[Path, str]]) -> list[Ended]:
    """How the first of the files ended, or more of them, up to one that the process died of."""
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryFile() as said:
        for path, _ in together:
            os.link(path, Path(empty) / path.name)
        made = Path(empty) / "made"
        made.mkdir()
        number = os.fork()
        if number == 0:
            os.dup2(said.fileno(), 1)
            _answer_and_end([(Path(empty) / path.name, kind) for path, kind in together], made)
        _, ended, used = os.wait4(number, 0)
        status, peak = os.waitstatus_to_exitcode(ended), used.ru_maxrss >> 10
        said.seek(0)
        answers = said.read().splitlines()
        if status:
            answers.append(b"")
        seconds = round((used.ru_utime + used.ru_stime) / len(answers), 3)
        names = [path.name for path, _ in together]
        return [
            _ended(name, line, status if not line else 0, peak, seconds)
            for name, line in zip(names, answers, strict=False)
        ]


def _ended(name: str, line: bytes, status: int, peak_mib: int, cpu_s: float) -> Ended:
    cost = {"status": status, "peak_mib": peak_mib, "cpu_s": cpu_s}
    try:
        return Ended(name, lost=opening._answer_of(status, line), **cost)
    except PipelineError as error:
        return Ended(name, type(error).__name__, error.message, **cost)


def _answer_and_end(files: list[tuple[Path, str]], made: Path) -> None:
    """What the started child does, for each of the files; a line for each."""
    status = 1
    try:
        child.limit()
        confine(made, (*(path for path, _ in files), *child.LIBRARIES))
        for path, kind in files:
            said = child.answer(kind, path, made / "opened.glb")
            os.write(1, json.dumps(said).encode() + b"\n")
        status = 0
    except MemoryError:
        status = child.TOO_LARGE
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
