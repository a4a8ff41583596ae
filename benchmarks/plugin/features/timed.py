"""A feature for benchmarks: pause, report, pause, report, and say when; or do nothing at all."""

from __future__ import annotations

from typing import Protocol

from pipelines.spec import Feature, Outcome, Params, Report, Stage, Work


class TimedParams(Params):
    """How the run behaves. `pauses_s` are seconds, with a report after each; `hangs`: a C call that never returns."""

    pauses_s: tuple[float, ...] = ()
    hangs: bool = False


class Times(Protocol):
    """What an adapter of this feature must do."""

    def run_timed(self, work: Work, report: Report) -> Outcome: ...


def run(work: Work, adapter: Times, report: Report) -> Outcome:
    return adapter.run_timed(work, report)


FEATURE = Feature(
    name="timed",
    route="/timed",
    summary="Nothing, at known moments",
    inputs={},
    params=TimedParams,
    stages=(Stage("timed", 1.0),),
    run=run,
)
