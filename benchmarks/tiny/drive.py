"""A runner process with stand-ins on its path, driven through a model's whole life: load, run, cancel, run, unload.

The runner is started as a lane starts one, under another Python, so what is driven is what serves. Knows no model.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.catalog import Catalog
from pipelines.messages import Cancel, Cancelled, Done, Failed, Message, Progress, Ready, Run, Warm
from pipelines.spec import Work
from serving.worker.residency.handle import RunnerDied, RunnerHandle

ANSWER_S = 600.0


@dataclass(frozen=True)
class Row:
    """One thing that was tried, whether it went as it must, and what was seen."""

    what: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Ran:
    """How one run ended: the last message, the percents and stages told before, and how long it took."""

    end: Message
    told: tuple[tuple[str, float], ...]
    seconds: float
    out_dir: Path

    @property
    def percents(self) -> tuple[float, ...]:
        return tuple(percent for _, percent in self.told)


@dataclass(frozen=True)
class Job:
    """What a model is asked to do. `check` says what is wrong with the files and info it made, "" for nothing."""

    inputs: Mapping[str, Path] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Path, Mapping[str, Any]], str] = lambda out_dir, info: ""


def environment(folder: Path, base: Path, *places: Path) -> Path:
    """The Python of a new virtual environment in `folder`: it finds `places` first, then what the Python `base` has.

    By a .pth file, as setup.sh puts an upstream checkout on a family's path.
    """
    site, prefix = _said(
        base, "import sys, sysconfig; print(sysconfig.get_path('purelib'), sys.prefix, sep='\\n')"
    )
    subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    (own,) = _said(python, "import sysconfig; print(sysconfig.get_path('purelib'))")
    inner = [line for path in Path(site).glob("*.pth") for line in _folders_of(path)]
    lines = [*map(str, places), site, *inner]
    # Inserted, not appended: a stand-in goes before a package of its name. The prefix is that of the packages, for what
    # is shut in may read below it alone.
    code = f"import sys; sys.path[:] = [*{lines!r}, *sys.path]; sys.prefix = {prefix!r}"
    (Path(own) / "stand_ins.pth").write_text(code + "\n")
    return python


def _said(python: Path, code: str) -> list[str]:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _folders_of(path: Path) -> list[str]:
    """The folders that a .pth file of another environment names."""
    rows = path.read_text().splitlines()
    return [row for row in rows if row and not row.startswith(("import", "#"))]


class Driver:
    """One runner of a model. `variables` go to it beside those that a lane hands on."""

    def __init__(
        self,
        model_id: str,
        python: Path,
        work: Path,
        variables: Mapping[str, str] | None = None,
        plugin_dirs: Sequence[Path] = (),
        device: str = "cpu",
    ) -> None:
        self.card = Catalog.discover(plugin_dirs).cards[model_id]
        self._work, self._runs = work, 0
        told = {**os.environ, "OMP_NUM_THREADS": "1", **(variables or {})}
        self._handle = RunnerHandle(
            self.card.weights,
            device=device,
            plugin_dirs=plugin_dirs,
            interpreter=python,
            environment=told,
        )

    def load(self) -> Message:
        """Ready, or Failed with the reason."""
        self._handle.send(Warm(self.card.model_id))
        return self._last(time.monotonic() + ANSWER_S, [])

    def run(self, job: Job, *, cancel_at: Callable[[str, float], bool] | None = None) -> Ran:
        """Run a job to its end. It is cancelled as soon as `cancel_at(stage, percent)` is true of what it tells."""
        self._runs += 1
        job_id = f"run-{self._runs}"
        out_dir = self._work / job_id
        out_dir.mkdir(parents=True)
        work = Work(
            job_id,
            self.card.feature,
            self.card.model_id,
            job.inputs,
            job.params,
            job.options,
            out_dir,
        )
        began_s = time.monotonic()
        told: list[tuple[str, float]] = []
        self._handle.send(Run(work))
        end = self._last(began_s + ANSWER_S, told, job_id, cancel_at)
        return Ran(end, tuple(told), time.monotonic() - began_s, out_dir)

    def _last(
        self,
        until_s: float,
        told: list[tuple[str, float]],
        job_id: str = "",
        cancel_at: Callable[[str, float], bool] | None = None,
    ) -> Message:
        """The message that ends a run or a load. Raises TimeoutError."""
        while time.monotonic() < until_s:
            message = self._handle.receive(1.0)
            if isinstance(message, Progress):
                told.append((message.stage, message.percent))
                if cancel_at is not None and cancel_at(message.stage, message.percent):
                    self._handle.send(Cancel(job_id))
                    cancel_at = None
            elif isinstance(message, Done | Failed | Cancelled) or (
                isinstance(message, Ready) and not job_id
            ):
                return message
        raise TimeoutError(f"no answer in {ANSWER_S:g} s")

    def unload(self) -> None:
        self._handle.kill()


def life(driver: Driver, job: Job, *, cancel_stage: str, same_again: bool = True) -> Iterator[Row]:
    """The whole life of a model, a row for each part of it. `cancel_stage` is where the second run is cancelled;
    `same_again`: the third must leave the bytes that the first left."""
    try:
        loaded = driver.load()
        yield Row("load", isinstance(loaded, Ready), _words(loaded))
        if not isinstance(loaded, Ready):
            return
        first = driver.run(job)
        yield _run_row("run", first, job)
        rising = list(first.percents) == sorted(first.percents)
        stages = ", ".join(dict(first.told))
        yield Row("progress", rising and len(first.told) > 2, f"{len(first.told)} told: {stages}")
        stopped = driver.run(job, cancel_at=lambda stage, percent: stage == cancel_stage)
        said = f"{_words(stopped.end)} at {max(stopped.percents, default=0):.0f} % after {stopped.seconds:.1f} s"
        yield Row("cancel", isinstance(stopped.end, Cancelled), said)
        again = driver.run(job)
        yield _run_row("second run", again, job)
        if same_again:
            yield Row(
                "same seed, same files", _digests(first) == _digests(again), str(_digests(again))
            )
    finally:
        driver.unload()
    try:
        driver.load()
    except RunnerDied as gone:
        yield Row("unload", True, str(gone))
    else:
        yield Row("unload", False, "the process still answers")


def _run_row(what: str, ran: Ran, job: Job) -> Row:
    if not isinstance(ran.end, Done):
        return Row(what, False, _words(ran.end))
    wrong = job.check(ran.out_dir, ran.end.outcome.info)
    return Row(what, not wrong, wrong or f"{ran.seconds:.1f} s")


def _digests(ran: Ran) -> dict[str, str]:
    """The first bytes of each file's hash; pictures of the result are drawn from it and left out."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(ran.out_dir.iterdir())
        if path.suffix != ".webp"
    }


def _words(message: Message) -> str:
    match message:
        case Ready(load_s):
            return f"{load_s:.1f} s"
        case Failed():
            return message.message
    return message.kind


if __name__ == "__main__":
    sys.exit("part of benchmarks/tiny_upstream.py")
