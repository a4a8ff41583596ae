"""A feature for tests and benchmarks: no input, a tiny file, and every way in which a model may misbehave."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.spec import Feature, Outcome, Params, Report, Stage, Work

Fault = Literal[
    "none",
    "exit",  # ends its process
    "crash",  # SIGSEGV
    "killed",  # SIGKILL, as by the kernel when memory runs out
    "crash_once",  # SIGKILL in the first run, told by the marker file; well in the second
    "stop",  # stands still as a whole: SIGSTOP
    "hang",  # a C call that keeps the GIL
    "deaf",  # a Python loop that ignores every signal it can
    "fail",  # a PipelineError
    "raise",  # an unforeseen error, with a path in its text
    "memory",  # MemoryError
    "chatter",  # prints `chatter_kib` to stdout and to stderr, some of it not UTF-8
    "no_file",  # names a file that it did not make
    "empty_file",
    "strange_info",  # an outcome that is no JSON
    "bad_stage",  # reports a stage that the feature does not have
    "gpu_memory",  # the GPU's memory does not suffice, whatever there is of it
    "swallow_cancel",  # goes on to its end though it was cancelled
    "slow_stop",  # takes a minute to stop when it is cancelled
]


class RehearsalParams(Params):
    """How the run behaves. Paths are for tests, which share the machine with the runner."""

    sleep_s: float = Field(0.0, ge=0, le=600)
    steps: int = Field(1, ge=1, le=10_000, description="progress reports, spread over sleep_s")
    fault: Fault = "none"
    chatter_kib: int = Field(0, ge=0, le=65_536)
    marker: str = Field(
        "", description="file that crash_once leaves, so that it knows itself again"
    )
    journal: str = Field(
        "", description="file that gets a line at the start and at the end of each run"
    )
    allocate_mib: int = Field(
        0, ge=0, le=1_000_000, description="GPU memory beyond the model's own; none on a CPU"
    )
    child: str = Field("", description="file for the pid of a child that sleeps for ever")


class Rehearses(Protocol):
    """What an adapter of this feature must do."""

    def rehearse(self, work: Work, report: Report) -> Outcome: ...


def run(work: Work, adapter: Rehearses, report: Report) -> Outcome:
    return adapter.rehearse(work, report)


FEATURE = Feature(
    name="rehearsal",
    route="/rehearsal",
    summary="Nothing, in many ways",
    inputs={},
    params=RehearsalParams,
    stages=(Stage("rehearse", 0.9), Stage("export", 0.1)),
    run=run,
)
