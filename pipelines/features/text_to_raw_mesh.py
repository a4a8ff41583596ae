"""A text becomes a mesh without texture."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import Field, StringConstraints

from pipelines.spec import Feature, Outcome, Params, Report, Stage, Work

LONGEST_PROMPT = 2_000
Prompt = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT)
]


class RawTextParams(Params):
    """What may be set for a mesh without texture from text."""

    text_prompt: Prompt = Field(
        description="what the mesh should show, such as: a tall wooden chair"
    )
    output_format: Literal["glb"] = "glb"
    vertex_limit: int | None = Field(
        None,
        ge=100,
        le=1_000_000,
        description="most vertices the mesh may have, as generation_info.vertex_count counts them",
    )
    style: Literal["realistic", "lowpoly"] = Field(
        "realistic", description="lowpoly: few faces, each of them flat"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="another seed varies the proportions")


class MakesRawMeshFromText(Protocol):
    """What an adapter of this feature must do."""

    def text_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """Read `text_prompt` of `work.params`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesRawMeshFromText, report: Report) -> Outcome:
    return adapter.text_to_raw_mesh(work, report)


FEATURE = Feature(
    name="text_to_raw_mesh",
    route="/mesh-generation/text-to-raw-mesh",
    summary="Text to mesh without texture",
    inputs={},
    params=RawTextParams,
    stages=(Stage("geometry", 0.8), Stage("export", 0.2)),
    run=run,
)
