"""The parts of a mesh, open where they were cut or something is missing, become closed bodies: a node for each."""

from __future__ import annotations

from typing import Protocol

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import ShownParams
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class CompletionParams(ShownParams):
    """What may be set for completion."""

    output_format: MeshFormat = format_field()


class CompletesParts(Protocol):
    """What an adapter of this feature must do."""

    def part_completion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh` of `work.inputs`, a scene of parts, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: CompletesParts, report: Report) -> Outcome:
    return adapter.part_completion(work, report)


FEATURE = Feature(
    name="part_completion",
    route="/mesh-generation/part-completion",
    summary="Close the parts of a mesh",
    inputs={
        "mesh": Slot(
            "mesh", description="GLB with a node for each part; any other mesh is one part"
        )
    },
    params=CompletionParams,
    stages=(Stage("read", 0.1), Stage("complete", 0.8), Stage("export", 0.1)),
    run=run,
)
