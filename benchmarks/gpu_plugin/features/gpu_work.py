"""A feature for on_a_gpu.py: take memory of a GPU, compute for a while, and fail as models of torch fail."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.spec import Feature, Outcome, Params, Report, Stage, Work

Fault = Literal[
    "none",
    "assert",  # an index out of range in a kernel: after it CUDA answers no call of the process any more
    "deaf",  # computes on and never reports, so a wish to cancel does not reach it
]


class GpuWorkParams(Params):
    """How the run behaves."""

    work_s: float = Field(0.0, ge=0, le=600, description="seconds of matrix products")
    take_mib: int = Field(0, ge=0, description="memory of this run beside the model's")
    keep_mib: int = Field(0, ge=0, description="memory that the model never gives back: a leak")
    gives_back: bool = Field(False, description="empties the allocator's cache at its end")
    fault: Fault = "none"


class WorksOnGpu(Protocol):
    """What an adapter of this feature must do."""

    def work_on_gpu(self, work: Work, report: Report) -> Outcome: ...


def run(work: Work, adapter: WorksOnGpu, report: Report) -> Outcome:
    return adapter.work_on_gpu(work, report)


FEATURE = Feature(
    name="gpu_work",
    route="/gpu-work",
    summary="Memory and matrix products",
    inputs={},
    params=GpuWorkParams,
    stages=(Stage("products", 1.0),),
    run=run,
)
