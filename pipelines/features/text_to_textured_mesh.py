"""A text becomes a mesh with a PBR texture."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import Field, StringConstraints

from pipelines.features._made import sized
from pipelines.features.text_to_raw_mesh import LONGEST_PROMPT, RawTextParams, Shown
from pipelines.spec import Feature, Outcome, Report, Stage, Work


class TextParams(RawTextParams):
    """What may be set for a textured mesh from text."""

    texture_prompt: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PROMPT), Shown
    ] = Field("", description="what the surface should look like, if the prompt does not say it")
    texture_size: int = Field(
        1024, ge=256, le=4096, description="side of the texture atlas in pixels"
    )
    style: Literal["realistic", "cartoon", "lowpoly", "artistic"] = Field(  # type: ignore[assignment]
        "realistic",
        description="cartoon: bright flat colours; lowpoly: few flat faces; artistic: painted in strokes",
    )


class MakesMeshFromText(Protocol):
    """What an adapter of this feature must do."""

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """Read `text_prompt` of `work.params`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesMeshFromText, report: Report) -> Outcome:
    return sized(work, adapter.text_to_textured_mesh(work, report))


FEATURE = Feature(
    name="text_to_textured_mesh",
    route="/mesh-generation/text-to-textured-mesh",
    summary="Text to textured mesh",
    inputs={},
    params=TextParams,
    stages=(Stage("geometry", 0.2), Stage("texture", 0.7), Stage("export", 0.1)),
    run=run,
)
