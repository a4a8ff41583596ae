"""What progress costs a model: CPU of a run that reports 0, 100 and 10,000 times a second, against silent work.

    python benchmarks/progress_cost.py [seconds]

One real runner process. A run is cut into short slices of equal work, every other one of which reports, so both see the
same machine, however busy. What a report costs the model's thread is the mean of their ratios without the outermost
tenths. To that comes all that the runner's other thread took: it tells no more often if all slices report. The first
row shows how exact the others are.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import harness

sys.path.insert(0, str(harness.ROOT))

from pipelines.catalog import Catalog
from pipelines.messages import Done, Progress, Run, decode, encode
from pipelines.runner import Runner
from pipelines.spec import (
    Feature,
    ModelCard,
    Outcome,
    OutputFile,
    Params,
    Report,
    Stage,
    Work,
)

NAME = "busy"
RATES = (0, 100, 10_000)  # reports a second
SLICE_S = 0.005
STEPS = 50  # of a slice: as often as the fastest row reports
LIMIT_PERCENT = 1.0


class BusyParams(Params):
    """How long, and how often."""

    seconds: float
    rate: int


class Busy:
    """A model that computes in Python, as an innermost loop does."""

    def load(self, device: str) -> None:
        """See how much work a step is."""
        self.turns = 500
        took_s = min(self.slice(0, None) for _ in range(20))
        self.turns = int(self.turns * SLICE_S / took_s)

    def slice(self, number: int, report: Report | None, every: int = 1, share: float = 0) -> float:
        """Work for a while. -> CPU seconds of this thread"""
        began_s = time.thread_time()
        for step in range(number * STEPS, (number + 1) * STEPS):
            _work(self.turns)
            fraction = step * share
            if step % every == 0 and report is not None:
                report("work", fraction)
        return time.thread_time() - began_s

    def run(self, work: Work, report: Report) -> Outcome:
        pairs = max(20, int(work.params["seconds"] / SLICE_S / 2))
        rate = work.params["rate"]
        every = int(STEPS / SLICE_S / rate) if rate else 1
        ratios = []
        began_s, began_here_s = time.process_time(), time.thread_time()
        for number in range(pairs):
            pair = [None, report if rate else None]
            order = (0, 1) if number % 2 else (1, 0)  # neither is always the first
            took_s = {one: self.slice(number, pair[one], every, 1 / pairs / STEPS) for one in order}
            ratios.append(took_s[1] / took_s[0])
        here_s = time.thread_time() - began_here_s
        elsewhere_s = time.process_time() - began_s - here_s
        (work.out_dir / "output.json").write_text("{}")
        info = {
            "model_percent": (_mean(ratios) - 1) * 100,
            "listener_percent": elsewhere_s / here_s * 100,
        }
        return Outcome((OutputFile("output.json", "model", "application/json", 2),), info=info)


def _mean(ratios: list[float]) -> float:
    """Without the outermost tenths."""
    tenth = len(ratios) // 10
    return statistics.mean(sorted(ratios)[tenth:-tenth])


def _work(turns: int) -> int:
    total = 0
    for turn in range(turns):
        total += turn & 7
    return total


def _catalog() -> Catalog:
    feature = Feature(
        NAME, "/busy", "", {}, BusyParams, (Stage("work", 1.0),), lambda w, a, r: a.run(w, r)
    )
    card = ModelCard(NAME, NAME, NAME, NAME, "", "MIT", ("json",), Params)
    return Catalog({NAME: feature}, {NAME: card}, {NAME: Busy})


def main(seconds: float) -> None:
    their_in, ours_out = os.pipe()
    ours_in, their_out = os.pipe()
    command = [sys.executable, __file__, "--runner", str(their_in), str(their_out)]
    process = subprocess.Popen(command, pass_fds=(their_in, their_out))
    os.close(their_in)
    os.close(their_out)
    rows = []
    with os.fdopen(ours_in, "rb") as heard, os.fdopen(ours_out, "wb") as said:
        for rate in RATES:
            done, told = _run(heard, said, seconds, rate)
            parts = done.outcome.info["model_percent"], done.outcome.info["listener_percent"]
            rows.append((f"{rate:,}", *(f"{part:+.2f}" for part in (*parts, sum(parts))), told))
    process.wait()
    harness.table(
        f"Progress, runs of {seconds:g} s of CPU work; limit {LIMIT_PERCENT:g} %",
        (
            "reports a second",
            "in the model's thread, %",
            "beside it, %",
            "cost, %",
            "told to the lane",
        ),
        rows,
    )


def _run(heard, said, seconds: float, rate: int) -> tuple[Done, int]:
    """The answer to a run, and how often it told how far it was."""
    with tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder:
        params = {"seconds": seconds, "rate": rate}
        said.write(encode(Run(Work("a", NAME, NAME, {}, params, {}, Path(folder)))))
        said.flush()
        told = 0
        while not isinstance(message := decode(heard.readline()), Done):
            told += isinstance(message, Progress)
        return message, told


def _serve(in_fd: int, out_fd: int) -> None:
    with os.fdopen(in_fd, "rb", buffering=0) as inbox, os.fdopen(out_fd, "wb") as outbox:
        Runner(_catalog(), "cpu", inbox, outbox).serve()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--runner"]:
        _serve(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
